"""Drafts in Outlook against the fake Graph: what the contract does not say but a person would miss."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from bowout.errors import (
    BowoutError,
    DraftChanged,
    DraftGone,
    Failed,
    NeedsPerson,
    OutcomeUnknown,
    SignInNeeded,
    Unreachable,
)
from bowout.model import Account, Address, DraftKey, Query, Thread
from bowout.providers.base import Receipt
from bowout.providers.outlook.mailbox import OutlookMailbox
from bowout.providers.web.api import MOST_PAGES
from clock import FakeClock
from graph_kit import account_at, letter_in, opened
from servers.graph import BACKEND, DENIED, EXPIRED, GATEWAY, GraphServer, error, throttled
from servers.graph_mail import Item, Switches
from servers.http import Listing, Response, Trouble, closed_port

INVITE = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
UID:slot-1@acme.example
SEQUENCE:0
DTSTAMP:20261118T090000Z
DTSTART:20261125T100000Z
DTEND:20261125T110000Z
SUMMARY:Interview
ORGANIZER:mailto:jane@acme.example
END:VEVENT
END:VCALENDAR"""

RTT = 0.03  # seconds; without any distance, requests that run at once do not overlap


@dataclass
class World:
    server: GraphServer
    clock: FakeClock
    account: Account
    mailbox: OutlookMailbox
    pauses: list[float] = field(default_factory=list)

    def reopen(self, **changes: Any) -> OutlookMailbox:
        self.mailbox.close()
        account = account_at(self.server, self.account.data_dir or Path(), **changes)
        self.mailbox = opened(self.server, account, self.clock, sleep=self.pauses.append, limit=1.0)
        return self.mailbox

    def found(self, who: str = "acme") -> Thread:
        (thread,) = self.mailbox.search(Query(who=who), 10)
        return thread

    def draft(self) -> Item:
        (draft,) = self.server.box.drafts()
        return draft


@pytest.fixture
def world(clock: FakeClock, tmp_path: Path) -> Iterator[World]:
    with GraphServer(clock=clock) as server:
        account = account_at(server, tmp_path)
        world = World(server, clock, account, opened(server, account, clock))
        world.reopen()
        server.recruiter.write(at=clock() - timedelta(days=1))
        yield world
        world.mailbox.close()


# --- the draft ----------------------------------------------------------------------------------------


def test_the_letter_stands_above_the_quote_which_is_untouched(world: World) -> None:
    thread = world.found()
    quote = world.server.box.create_reply(world.server.box.item(thread.messages[0].id), None)
    del world.server.box.items[quote.id]
    world.mailbox.save_draft(letter_in(thread))
    body = world.draft().body.replace("\r\n", "\n")
    letter, _, rest = body.partition('<hr tabindex="-1"')
    assert "I withdraw my application." in letter
    assert rest == quote.body.replace("\r\n", "\n").partition('<hr tabindex="-1"')[2]


def test_a_rewritten_letter_keeps_the_one_quote(world: World) -> None:
    thread = world.found()
    draft = world.mailbox.save_draft(letter_in(thread))
    for text in ("Second version.", "Third version."):
        draft = world.mailbox.replace_draft(draft, letter_in(thread, text))
    body = world.draft().body
    assert body.count("divRplyFwdMsg") == body.count("appendonsend") == 1
    assert body.count("Shall we talk on Tuesday") == 1
    assert "Second version." not in body
    assert body.index("Third version.") < body.index("divRplyFwdMsg")


def test_a_letter_without_quote_has_none(world: World) -> None:
    world.mailbox.save_draft(letter_in(world.found(), quoted=None))
    assert "Shall we talk" not in world.draft().body


def test_recipients_are_those_of_the_letter_and_nobody_else(world: World) -> None:
    relay = "Reply-To: Jane via Relay <reply+abc@relay.example>"
    world.server.recruiter.write("Answer here, Acme", subject="Second", extra=(relay,))
    (thread,) = (t for t in world.mailbox.search(Query(who="acme"), 10) if t.subject == "Second")
    world.mailbox.save_draft(letter_in(thread))
    draft = world.draft()
    assert [address for _, address in draft.to] == ["reply+abc@relay.example"]
    assert (draft.cc, draft.bcc) == ((), ())


def test_the_original_stays_unread_even_when_the_answer_is_lost(world: World) -> None:
    thread = world.found()
    world.server.fault(Trouble.CLOSE_AFTER, "POST .*/createReply$")
    with pytest.raises(OutcomeUnknown):
        world.mailbox.save_draft(letter_in(thread))
    assert not world.server.box.item(thread.messages[0].id).is_read


def test_a_read_original_stays_read(world: World) -> None:
    thread = world.found()
    item = world.server.box.item(thread.messages[0].id)
    world.server.box.change(item, touch=False, is_read=True)
    world.reopen()
    world.mailbox.save_draft(letter_in(world.found()))
    assert world.server.box.item(item.id).is_read


def test_the_link_opens_the_draft(world: World) -> None:
    draft = world.mailbox.save_draft(letter_in(world.found()))
    assert draft.link == f"https://outlook.example/mail/{world.draft().id}"


def test_an_alias_writes_as_itself(world: World) -> None:
    world.server.box.aliases = ("jobs@me.example",)
    alias = Address("Me", "jobs@me.example")
    world.mailbox.save_draft(letter_in(world.found(), from_=alias))
    assert world.draft().from_ == ("Me", "jobs@me.example")


def test_outlooks_own_touch_of_the_new_draft_is_no_obstacle(world: World) -> None:
    """Graph may change the change key right after createReply."""
    stale = error(412, "ErrorIrresolvableConflict", "The change key is not current.")
    thread = world.found()
    world.server.fault(Trouble.STATUS, "PATCH .*/messages/", response=stale, times=1)
    world.mailbox.save_draft(letter_in(thread))
    assert len(world.server.box.drafts()) == 1
    assert "I withdraw" in world.draft().body


# --- between createReply and the letter -----------------------------------------------------------------


def intent(world: World, thread: Thread) -> DraftKey:
    return DraftKey(
        thread_id=thread.id,
        message_id="<ours@bowout.example>",
        parent_id=thread.messages[0].id,
        intended_at=world.clock(),
        known=tuple(m.id for m in thread.drafts),
    )


@pytest.mark.parametrize(
    ("trouble", "response"),
    [
        (Trouble.CLOSE, None),
        (Trouble.STATUS, EXPIRED),
        (Trouble.STATUS, throttled()),
        (Trouble.STATUS, BACKEND),
    ],
)
def test_an_empty_draft_is_said_and_filled_by_the_next_run(
    world: World, trouble: Trouble, response: Response | None
) -> None:
    thread = world.found()
    key = intent(world, thread)
    world.server.box.change(world.server.box.item(thread.messages[0].id), touch=False, is_read=True)
    world.reopen()
    thread = world.found()
    world.server.fault(trouble, "PATCH", response=response)
    with pytest.raises(OutcomeUnknown):
        world.mailbox.save_draft(letter_in(thread))
    world.reopen()
    adopted = world.mailbox.find_draft(key)
    assert adopted is not None
    assert adopted.empty
    world.mailbox.replace_draft(adopted, letter_in(thread))
    assert "I withdraw" in world.draft().body
    assert world.draft().body.count("Shall we talk") == 1


@pytest.mark.parametrize("status", [400, 403, 409, 413, 423])
def test_a_letter_that_outlook_refuses_leaves_no_empty_draft(world: World, status: int) -> None:
    thread = world.found()
    refused = error(status, "ErrorInvalidRecipients", "At least one recipient is not valid.")
    world.server.fault(Trouble.STATUS, "PATCH .*/messages/", response=refused, times=2)
    world.server.box.change(world.server.box.item(thread.messages[0].id), touch=False, is_read=True)
    world.reopen()
    with pytest.raises(Failed, match="recipient"):
        world.mailbox.save_draft(letter_in(world.found()))
    assert world.server.box.drafts() == []


def test_an_empty_draft_is_found_whatever_was_read_just_before(world: World) -> None:
    """What is remembered of one conversation says nothing of another."""
    world.server.recruiter.write("Globex calls", sender="Otto <otto@globex.example>", subject="Globex")
    acme, globex = world.found(), world.found("globex")
    world.mailbox.save_draft(letter_in(acme, message_id="<other@bowout.example>"))
    world.server.fault(Trouble.CLOSE_AFTER, "POST .*/createReply$")
    with pytest.raises(OutcomeUnknown):
        world.mailbox.save_draft(letter_in(globex))
    world.mailbox.thread(acme.id)
    found = world.mailbox.find_draft(intent(world, globex))
    assert found is not None
    assert found.empty


def test_an_empty_draft_is_found_by_the_run_that_left_it(world: World) -> None:
    thread = world.found()
    world.server.fault(Trouble.CLOSE_AFTER, "POST .*/createReply$")
    with pytest.raises(OutcomeUnknown):
        world.mailbox.save_draft(letter_in(thread))
    found = world.mailbox.find_draft(intent(world, thread))
    assert found is not None
    assert found.empty


def test_a_letter_sent_from_an_address_that_nobody_told_of_was_sent(world: World) -> None:
    draft = world.mailbox.save_draft(letter_in(world.found()))
    item = world.server.box.change(world.draft(), from_=("Me", "other@me.example"))
    world.clock.advance(timedelta(minutes=5))
    world.server.person.send(item)
    world.reopen()
    assert world.mailbox.find_draft(draft.key) is None
    assert isinstance(world.mailbox.find_sent(draft), Receipt)


def test_the_persons_own_empty_reply_is_not_ours(world: World) -> None:
    thread = world.found()
    world.server.person.begin_reply(world.server.box.item(thread.messages[0].id))
    world.clock.advance(timedelta(minutes=1))
    again = world.found()
    assert world.mailbox.find_draft(intent(world, again)) is None


def test_a_reply_that_the_person_began_with_a_text_is_not_ours(world: World) -> None:
    """Nor is it overwritten."""
    thread = world.found()
    key = intent(world, thread)
    world.server.person.begin_reply(world.server.box.item(thread.messages[0].id), "Dear Jane, about Tuesday")
    world.reopen()
    assert world.mailbox.find_draft(key) is None


def test_what_is_typed_into_the_new_draft_before_the_letter_is_kept(world: World) -> None:
    thread = world.found()

    world.server.box.change(world.server.box.item(thread.messages[0].id), touch=False, is_read=True)
    world.reopen()
    thread = world.found()

    def types() -> None:
        world.server.person.type_above(world.draft(), "I was faster")

    world.server.fault(Trouble.SLOW, "POST .*/createReply$", then=types)
    with pytest.raises(OutcomeUnknown, match="changed in Outlook"):
        world.mailbox.save_draft(letter_in(thread))
    assert "I was faster" in world.draft().body


def test_two_empty_drafts_are_left_to_the_person(world: World) -> None:
    thread = world.found()
    key = intent(world, thread)
    for _ in range(2):
        world.server.person.begin_reply(world.server.box.item(thread.messages[0].id))
    with pytest.raises(NeedsPerson, match="Two drafts"):
        world.mailbox.find_draft(key)


def test_a_clock_that_is_wrong_does_not_lose_the_draft(world: World) -> None:
    world.server.clock_skew = timedelta(minutes=-7)
    world.reopen()
    thread = world.found()
    key = intent(world, thread)
    world.server.person.begin_reply(world.server.box.item(thread.messages[0].id))
    found = world.mailbox.find_draft(key)
    assert found is not None
    assert found.empty


@pytest.mark.parametrize("change", ["PATCH", "DELETE"])
def test_what_the_person_typed_a_moment_ago_is_neither_overwritten_nor_deleted(
    world: World, change: str
) -> None:
    """The draft is remembered from a moment before, so only Outlook itself can notice."""
    mailbox = OutlookMailbox(world.account, world.mailbox.graph, tick=lambda: 0.0)
    draft = mailbox.save_draft(letter_in(world.found()))
    (thread,) = mailbox.search(Query(who="acme"), 10)
    before = world.server.count(f"{change} .*/messages/")
    world.server.person.type_above(world.draft(), "wait, one more thing")
    steps: dict[str, Callable[[], object]] = {
        "PATCH": lambda: mailbox.replace_draft(draft, letter_in(thread, "Second")),
        "DELETE": lambda: mailbox.delete_draft(draft),
    }
    with pytest.raises(DraftChanged):
        steps[change]()
    assert world.server.count(f"{change} .*/messages/") == before + 1
    assert "one more thing" in world.draft().body
    mailbox.close()


def test_a_draft_that_was_thrown_away_a_moment_ago_is_gone(clock: FakeClock, tmp_path: Path) -> None:
    """Where moving it changes no ETag, only the answer to the change tells."""
    with GraphServer(clock=clock, switches=Switches(move_keeps_etag=True)) as server:
        usual = opened(server, account_at(server, tmp_path), clock)
        mailbox = OutlookMailbox(usual.account, usual.graph, tick=lambda: 0.0)
        server.recruiter.write()
        (thread,) = mailbox.search(Query(who="acme"), 10)
        draft = mailbox.save_draft(letter_in(thread))
        (thread,) = mailbox.search(Query(who="acme"), 10)
        server.person.trash(server.box.item(draft.message.id))
        with pytest.raises(DraftGone):
            mailbox.replace_draft(draft, letter_in(thread, "Second"))
        mailbox.close()


def test_a_letter_goes_to_nobody_blind(world: World) -> None:
    draft = world.mailbox.save_draft(letter_in(world.found()))
    world.server.box.change(world.draft(), bcc=(("", "spouse@home.example"),))
    found = world.mailbox.find_draft(draft.key)
    assert found is not None
    assert found.content_hash != draft.content_hash
    world.mailbox.replace_draft(found, letter_in(world.found()))
    assert world.draft().bcc == ()


def test_a_changed_recipient_is_an_edit(world: World) -> None:
    draft = world.mailbox.save_draft(letter_in(world.found()))
    world.server.person.readdress(world.draft(), "somebody@else.example")
    found = world.mailbox.find_draft(draft.key)
    assert found is not None
    assert found.content_hash != draft.content_hash


def test_an_attachment_is_an_edit(world: World) -> None:
    draft = world.mailbox.save_draft(letter_in(world.found()))
    world.server.box.change(world.draft(), attachments=(("cv.pdf", "application/pdf", 4711),))
    found = world.mailbox.find_draft(draft.key)
    assert found is not None
    assert found.content_hash != draft.content_hash
    assert found.message.body is not None
    assert [a.filename for a in found.message.body.attachments] == ["cv.pdf"]


# --- round trips ------------------------------------------------------------------------------------------


def test_a_draft_takes_four_round_trips_and_three_when_run_again(world: World) -> None:
    world.server.rtt = RTT
    start = len(world.server.seen)
    draft = world.mailbox.save_draft(letter_in(world.found()))
    assert world.server.chain(start) <= 4
    world.reopen()
    start = len(world.server.seen)
    thread = world.found()
    again = world.mailbox.find_draft(draft.key)
    assert again is not None
    world.mailbox.replace_draft(again, letter_in(thread, "Second"))
    assert world.server.chain(start) <= 3


def test_an_invitation_costs_no_further_round_trip(world: World) -> None:
    world.server.recruiter.write("Acme invites you", subject="Interview slot", calendar=INVITE)
    world.server.rtt = RTT
    start = len(world.server.seen)
    threads = world.mailbox.search(Query(who="acme"), 10)
    assert world.server.chain(start) <= 3
    calendars = [c for t in threads for m in t.messages if m.body for c in m.body.calendars]
    assert ["UID:slot-1@acme.example" in calendar for calendar in calendars] == [True]


def test_headers_are_read_of_the_message_to_answer_only(world: World) -> None:
    for number in range(4):
        at = world.clock() + timedelta(minutes=number)
        first = next(iter(world.server.box.items.values()))
        world.server.recruiter.write(f"Acme {number}", answers=first, at=at)
    thread = world.found()
    assert world.server.count("GET /v1.0/me/messages/[^/]+$") == 1
    assert len(thread.messages) == 5
    assert thread.messages[-1].in_reply_to == ("<rec1@acme.example>",)


def test_what_a_machine_says_of_itself_is_seen(world: World) -> None:
    world.server.recruiter.write("I am away", subject="Away", extra=("Auto-Submitted: auto-replied",))
    (thread,) = (t for t in world.mailbox.search(Query(who="acme"), 10) if t.subject == "Away")
    assert thread.messages[0].header("auto-submitted") == "auto-replied"


def test_no_more_than_four_requests_run_at_once(world: World) -> None:
    for number in range(12):
        world.server.recruiter.write("Acme", subject=f"Interview {number}")
    world.server.rtt = 0.02
    read = [thread for thread in world.mailbox.search(Query(who="acme"), 20) if thread.messages]
    assert len(read) == 8
    assert world.server.most_at_once == 4


def test_no_more_than_four_run_at_once_whoever_asks(world: World) -> None:
    world.server.rtt = 0.2  # long enough for eight threads to begin on a busy machine
    graph = world.mailbox.graph
    threads = [threading.Thread(target=lambda: graph.read("/me", select="id")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.server.most_at_once == 4


class Paper:
    """Fills the mailbox with newsletters of a company, newest first, and lets people write in between."""

    def __init__(self, world: World) -> None:
        self.world = world

    def newsletters(self, count: int, folder: str = "inbox") -> None:
        for days in range(1, count + 1):
            self.write("Acme News <news@acme.example>", "Acme opens an office.", f"Week {days}", days, folder)

    def write(self, sender: str, text: str, subject: str, days: float, folder: str = "inbox") -> str:
        at = self.world.clock() - timedelta(days=days)
        item = self.world.server.recruiter.write(text, sender=sender, subject=subject, at=at, folder=folder)
        return item.subject


@pytest.fixture
def paper(world: World) -> Paper:
    world.server.box.items.clear()
    return Paper(world)


@pytest.mark.parametrize("folder", ["inbox", "deleteditems"])
def test_who_hires_is_read_before_what_only_mentions_the_company(
    world: World, paper: Paper, folder: str
) -> None:
    """Two rivals, one of them with an agency, and more of the company's newsletters than are looked at."""
    paper.newsletters(220, folder)
    paper.write("Bob <bob@acme.example>", "An interview for the Data Engineer role?", "Hello", 230)
    paper.write("Ann <ann@agency.example>", "Acme liked your application.", "News", 240)
    found = world.mailbox.search(Query(who="acme"), 20)
    assert {"Hello", "News"} <= {thread.subject for thread in found}


def test_a_thread_about_work_that_is_left_unread_is_named(world: World, paper: Paper) -> None:
    """Whoever would be sure of one of those that were read must know that there are more."""
    for days in range(1, 12):
        paper.write(f"P{days} <p{days}@acme.example>", "About the position at Acme", f"Role {days}", days)
    assert world.mailbox.abilities.names_unread
    found = world.mailbox.search(Query(who="acme"), 20)
    assert [bool(thread.messages) for thread in found] == [True] * 8 + [False] * 3
    assert world.mailbox.thread(found[-1].id).subject == "Role 11"
    assert len(world.mailbox.search(Query(who="acme"), 9)) == 9


def test_chatter_that_is_left_unread_is_not_named(world: World, paper: Paper) -> None:
    paper.newsletters(20)
    assert len(world.mailbox.search(Query(who="acme"), 20)) == 8


def test_alerts_do_not_crowd_an_interview_out(world: World, paper: Paper) -> None:
    """The listing reads on until it has what is wanted, and says when it did not read all."""
    for days in range(1, 50):
        paper.write("Jobs <a@paper.example>", "Your interview tips", f"Week {days}", days)
    paper.write("Ann <ann@gull.example>", "An interview for the Baker role?", "Hello", 60)
    since = Query(since=world.clock() - timedelta(days=120))
    found = world.mailbox.search(since, 50, lambda thread: thread.subject == "Hello")
    assert [thread.subject for thread in found] == ["Hello"]
    for days in range(1, 90):
        paper.write("Jobs <a@paper.example>", "Your interview tips", f"More {days}", days / 2)
    cut = world.mailbox.search(since, 50, lambda thread: thread.subject == "Hello")
    assert cut
    assert not any(thread.messages for thread in cut)


def test_boards_are_read_last(world: World, paper: Paper) -> None:
    for days in range(1, 90):
        paper.write("LinkedIn <jobalerts-noreply@linkedin.com>", "interview", f"Week {days}", days / 2)
    paper.write("Ann <ann@gull.example>", "An interview for the Baker role?", "Hello", 60)
    since = Query(since=world.clock() - timedelta(days=120))
    found = world.mailbox.search(since, 50, lambda thread: thread.subject == "Hello")
    assert found[0].subject == "Hello"


def test_what_is_new_is_looked_for_newest_first(world: World, paper: Paper) -> None:
    """The outbox asks what an address wrote since: old letters about work must not crowd that out."""
    for days in range(10, 20):
        paper.write("Jane <jane@acme.example>", "About the position at Acme", f"Role {days}", days)
    paper.write("Jane <jane@acme.example>", "One moment, please.", "Hello", 0)
    since = world.clock() - timedelta(days=1)
    found = world.mailbox.search(Query(who="jane@acme.example", since=since), 20)
    assert [thread.subject for thread in found if thread.messages] == ["Hello"]


def test_pages_are_followed_to_the_end(world: World) -> None:
    first = next(iter(world.server.box.items.values()))
    for number in range(120):
        world.server.recruiter.write(f"Mail {number}", answers=first)
    assert len(world.found("mail").messages) == 121


def test_a_page_on_another_server_is_not_fetched(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = world.found()
    page = {"value": [], "@odata.nextLink": "https://evil.example/v1.0/me/messages"}
    world.server.fault(Trouble.STATUS, "GET .*/me/messages$", response=Response.of(page))
    with pytest.raises(Failed, match="another server"):
        world.mailbox.thread(thread.id)


@pytest.mark.parametrize("listing", [Listing.COMES_BACK, Listing.NEVER_ENDS])
def test_a_listing_without_an_end_is_told_and_not_taken_for_nothing(world: World, listing: Listing) -> None:
    """Once Graph repeated the same link for hours, and a draft never came to its end."""
    draft = world.mailbox.save_draft(letter_in(world.found()))
    looks: list[Callable[[], object]] = [
        world.found,
        lambda: world.mailbox.search(Query(), 10),
        lambda: world.mailbox.thread(draft.key.thread_id),
        lambda: world.mailbox.find_draft(replace(draft.key, id=None)),
        lambda: world.mailbox.find_sent(
            replace(draft, key=replace(draft.key, id="gone", message_id="<x@y>"))
        ),
    ]
    for look in looks:
        world.reopen()
        world.server.listing, before = listing, len(world.server.seen)
        with pytest.raises(Unreachable, match="nobody knows what else is in it"):
            look()
        assert len(world.server.seen) - before <= 2 * MOST_PAGES + 10
        world.server.listing = Listing.ENDS


# --- a conversation that is not one -------------------------------------------------------------------------


def test_unrelated_mail_in_one_conversation_is_told_apart(clock: FakeClock, tmp_path: Path) -> None:
    switches = Switches(merges_same_subject=True, own_index=True)
    with GraphServer(clock=clock, switches=switches) as server:
        mailbox = opened(server, account_at(server, tmp_path), clock)
        server.recruiter.write("From Acme", at=clock() - timedelta(days=2))
        server.recruiter.write(
            "From Globex", sender="Otto <otto@globex.example>", at=clock() - timedelta(days=1)
        )
        (acme,) = mailbox.search(Query(who="acme"), 10)
        (globex,) = mailbox.search(Query(who="globex"), 10)
        assert acme.id != globex.id
        for thread, sender in ((acme, "jane@acme.example"), (globex, "otto@globex.example")):
            (only,) = mailbox.thread(thread.id).messages
            assert only.from_[0].address == sender
        mailbox.close()


# --- trouble --------------------------------------------------------------------------------------


def test_a_read_waits_as_long_as_graph_says(world: World) -> None:
    world.server.fault(Trouble.STATUS, "GET", response=throttled(7), times=1)
    assert world.found()
    assert world.pauses == [7.0]


def test_a_read_waits_until_the_date_that_graph_names(world: World) -> None:
    """Measured on Graph's clock, whatever ours says."""
    world.server.clock_skew = timedelta(hours=3)
    until = format_datetime(world.server.now() + timedelta(seconds=9), usegmt=True)
    full = error(429, "ApplicationThrottled", "Too many.", **{"Retry-After": until})
    world.server.fault(Trouble.STATUS, "GET", response=full, times=1)
    assert world.found()
    assert world.pauses == [9.0]


@pytest.mark.parametrize("written", ["-3", "soon", "1e9", "Fri, 32 Nov 2026 99:00:00 GMT"])
def test_a_pause_that_cannot_be_read_is_a_short_one(world: World, written: str) -> None:
    full = error(429, "ApplicationThrottled", "Too many.", **{"Retry-After": written})
    world.server.fault(Trouble.STATUS, "GET", response=full, times=1)
    assert world.found()
    (pause,) = world.pauses
    assert 0 < pause <= 1


@pytest.mark.parametrize(("told", "pauses"), [(9, [9.0, 9.0, 9.0]), (12, [12.0, 12.0])])
def test_patience_ends(world: World, told: int, pauses: list[float]) -> None:
    """A server that always asks for a little more gets it three times, and half a minute of it at most."""
    world.mailbox.graph.tick = lambda: sum(world.pauses)
    world.server.fault(Trouble.STATUS, "GET /v1.0/me$", response=throttled(told), times=4)
    with pytest.raises(Unreachable, match=f"{told} seconds"):
        world.mailbox.mailbox_id()
    world.server.clear_faults()
    assert world.pauses == pauses


def test_a_read_that_is_told_to_wait_long_says_so(world: World) -> None:
    world.server.fault(Trouble.STATUS, "GET /v1.0/me$", response=throttled(600), times=1)
    with pytest.raises(Unreachable, match="600 seconds"):
        world.mailbox.mailbox_id()
    assert world.pauses == []


@pytest.mark.parametrize(
    ("trouble", "response"),
    [
        (Trouble.CLOSE, None),
        (Trouble.CUT_SHORT, None),
        (Trouble.CUT_JSON, None),
        (Trouble.STATUS, BACKEND),
        (Trouble.STATUS, GATEWAY),
        (Trouble.STATUS, EXPIRED),
    ],
)
def test_a_read_is_tried_again(world: World, trouble: Trouble, response: Response | None) -> None:
    world.server.fault(trouble, "GET /v1.0/me$", response=response, times=1)
    assert world.mailbox.mailbox_id()


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (BACKEND, Unreachable),
        (EXPIRED, SignInNeeded),
        (DENIED, SignInNeeded),
        (error(500, "InternalServerError", "x"), Unreachable),
        (error(404, "MailboxNotEnabledForRESTAPI", "on-premise"), Failed),
        (Response(200, b"[]"), Unreachable),
        (Response(302, b"", headers={"Location": "https://evil.example/"}), Unreachable),
    ],
)
def test_trouble_that_stays_has_a_name(world: World, response: Response, expected: type[BowoutError]) -> None:
    world.server.fault(Trouble.STATUS, "GET /v1.0/me$", response=response, times=9)
    with pytest.raises(expected):
        world.mailbox.mailbox_id()
    world.server.clear_faults()


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412])
@pytest.mark.parametrize("match", ["/me$", "/me/mailFolders/", "/me/messages$", "/me/messages/[^/]+$"])
def test_a_refusal_that_nobody_expects_is_still_an_error_of_ours(
    world: World, match: str, status: int
) -> None:
    """In every step: finding, looking for the draft, looking for the sent copy."""
    draft = world.mailbox.save_draft(letter_in(world.found()))
    for step in (
        world.found,
        lambda: world.mailbox.find_draft(draft.key),
        lambda: world.mailbox.find_sent(draft),
    ):
        world.reopen()
        world.server.fault(Trouble.STATUS, f"GET /v1.0{match}", response=error(status, "Odd", "Why\x1b[2J"))
        with suppress(BowoutError):
            step()
        world.server.clear_faults()


def test_the_words_of_a_refusal_reach_the_person_without_escapes(world: World) -> None:
    odd = error(400, "Odd\x1b[2J", "Nobody knows\x1b[2J why.")
    world.server.fault(Trouble.STATUS, "GET /v1.0/me$", response=odd)
    with pytest.raises(Failed, match=r"Nobody knows.* why") as told:
        world.mailbox.mailbox_id()
    assert told.value.message.isprintable()
    assert told.value.code == "failed"


def test_a_redirect_is_not_followed(world: World) -> None:
    """The token and the letter go to Graph and nowhere else."""
    with GraphServer() as other:
        thread = world.found()
        for match, status, step in (
            ("GET", 302, lambda: world.mailbox.thread(thread.id)),
            ("POST", 307, lambda: world.mailbox.save_draft(letter_in(thread))),
        ):
            moved = Response(status, b"", headers={"Location": f"{other.base}/v1.0/me"})
            world.server.fault(Trouble.STATUS, match, response=moved, times=9)
            with pytest.raises((Unreachable, OutcomeUnknown)):
                step()
            world.server.clear_faults()
        assert other.seen == []


WRITE_TROUBLE = [
    (Trouble.CLOSE, None, OutcomeUnknown),
    (Trouble.CLOSE_AFTER, None, OutcomeUnknown),
    (Trouble.RESET_AFTER, None, OutcomeUnknown),
    (Trouble.CUT_JSON, None, OutcomeUnknown),
    (Trouble.CUT_SHORT, None, OutcomeUnknown),
    (Trouble.HANG_AFTER, None, OutcomeUnknown),
    (Trouble.STATUS, BACKEND, OutcomeUnknown),
    (Trouble.STATUS_AFTER, GATEWAY, OutcomeUnknown),
    (Trouble.STATUS, throttled(), Unreachable),
    (Trouble.STATUS, EXPIRED, SignInNeeded),
    (Trouble.STATUS, DENIED, SignInNeeded),
    (Trouble.STATUS, Response(400, b"<html>proxy</html>", "text/html"), OutcomeUnknown),
]


@pytest.mark.parametrize(("trouble", "response", "expected"), WRITE_TROUBLE)
def test_a_write_is_made_once_whatever_comes_of_it(
    world: World, trouble: Trouble, response: Response | None, expected: type[BowoutError]
) -> None:
    thread = world.found()
    world.server.fault(trouble, "POST .*/createReply", response=response)
    with pytest.raises(expected):
        world.mailbox.save_draft(letter_in(thread))
    assert world.server.count("POST .*/createReply") == 1
    assert len(world.server.box.drafts()) == int(trouble.carried_out)


def test_nothing_is_changed_when_graph_cannot_be_reached(world: World) -> None:
    thread = world.found()
    with closed_port() as base:
        world.reopen(graph_endpoint=base)
        with pytest.raises(Unreachable):
            world.mailbox.thread(thread.id)
        with pytest.raises(Unreachable):
            world.mailbox.save_draft(letter_in(thread))
    assert world.server.box.drafts() == []


def test_the_servers_clock_is_known_after_an_answer(world: World) -> None:
    world.server.clock_skew = timedelta(minutes=9)
    world.mailbox.mailbox_id()
    assert world.mailbox.server_time() == world.clock() + timedelta(minutes=9)


@pytest.mark.parametrize("module", ["msal", "requests"])
@pytest.mark.parametrize(
    "use", ["import bowout.providers.outlook.mailbox", "from bowout.cli import main; main()"]
)
def test_nothing_is_imported_before_it_is_needed(use: str, module: str) -> None:
    code = (
        f"import sys\nsys.argv = ['bowout', 'status', '--help']\ntry:\n    {use}\n"
        f"except SystemExit:\n    pass\nprint({module!r} in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "False"
