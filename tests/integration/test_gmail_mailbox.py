"""The Gmail mailbox beyond the common contract: identities, what is read first, rounds, draft ids."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bowout.errors import DraftChanged, DraftGone, Failed, NeedsPerson, OutcomeUnknown
from bowout.model import Address, Identity, Query, Reply
from bowout.providers.base import Draft
from bowout.providers.gmail.mailbox import GmailMailbox
from clock import FakeClock
from gmail_kit import account_at, letter_in, opened
from servers.gmail import GmailServer
from servers.gmail_mail import Switches, with_header
from servers.http import Trouble


@pytest.fixture
def server(clock: FakeClock) -> Iterator[GmailServer]:
    with GmailServer(clock=clock) as running:
        yield running


@pytest.fixture
def mailbox(server: GmailServer, clock: FakeClock, tmp_path: Path) -> Iterator[GmailMailbox]:
    box = opened(server, account_at(server, tmp_path, display_name="Me Myself"), clock)
    yield box
    box.close()


# --- who I am ---------------------------------------------------------------------------------------


def test_identities_are_the_verified_addresses_with_their_signatures(
    server: GmailServer, mailbox: GmailMailbox
) -> None:
    server.send_as[0]["signature"] = "<div>Me &amp; <b>Myself</b></div>"
    server.send_as.insert(0, server.send_as[0] | {"sendAsEmail": "pending@a.example", "isPrimary": False})
    server.send_as[0]["verificationStatus"] = "pending"
    server.add_alias("Work@Alias.example", name="Me at Work")
    assert mailbox.identities() == (
        Identity(
            address=Address("Me Myself", "me@gmail.com"),
            signature="Me & Myself",
            signature_html="<div>Me &amp; <b>Myself</b></div>",
        ),
        Identity(address=Address("Me at Work", "Work@Alias.example")),
    )


def test_a_signature_of_the_config_is_used_where_gmail_has_none(
    server: GmailServer, clock: FakeClock, tmp_path: Path
) -> None:
    mailbox = opened(server, account_at(server, tmp_path, signature="Me\n+49 30 1"), clock)
    (me,) = mailbox.identities()
    assert (me.signature, me.signature_html) == ("Me\n+49 30 1", None)
    mailbox.close()


# --- what is read -----------------------------------------------------------------------------------


def test_threads_with_the_company_in_people_or_subject_are_read_first(
    server: GmailServer, mailbox: GmailMailbox, clock: FakeClock
) -> None:
    """Eight threads are read; twenty newsletters that came later must not crowd the recruiter out."""
    wanted = server.recruiter.write(at=clock() - timedelta(days=30))
    for number in range(20):
        server.recruiter.write(
            "Acme in the news",
            sender="News <news@paper.example>",
            subject=f"Daily {number}",
            message_id=f"<d{number}@paper.example>",
            at=clock() - timedelta(days=number),
        )
    found = mailbox.search(Query(who="acme"), 20)
    assert len(found) == 8
    assert wanted.thread in [thread.id for thread in found]


class Paper:
    """Fills a mailbox with newsletters of a company, newest first, and lets people of it write in between."""

    def __init__(self, server: GmailServer, clock: FakeClock) -> None:
        self.server = server
        self.now = clock()
        self._serial = 0

    def newsletters(self, count: int, sender: str = "Acme News <news@acme.example>", text: str = "") -> None:
        for days in range(1, count + 1):
            self.write(sender, text or "Acme opens a new office.", f"Weekly {days}", days)

    def write(self, sender: str, text: str, subject: str, days: int) -> str:
        self._serial += 1
        return self.server.recruiter.write(
            text,
            sender=sender,
            subject=subject,
            message_id=f"<paper{self._serial}@mail.example>",
            at=self.now - timedelta(days=days),
        ).thread


@pytest.fixture
def paper(server: GmailServer, clock: FakeClock) -> Paper:
    return Paper(server, clock)


def test_who_hires_is_read_before_what_only_mentions_the_company(mailbox: GmailMailbox, paper: Paper) -> None:
    """Two rivals, one of them with an agency, and more of the company's newsletters than are read."""
    paper.newsletters(20)
    bob = paper.write("Bob <bob@acme.example>", "An interview for the Data Engineer role?", "Hello", 30)
    agency = paper.write("Ann <ann@agency.example>", "Acme liked your application.", "News", 40)
    found = mailbox.search(Query(who="acme"), 20)
    assert {bob} <= {thread.id for thread in found if thread.messages}
    assert agency in {thread.id for thread in found}


def test_a_thread_about_work_that_is_left_unread_is_named(mailbox: GmailMailbox, paper: Paper) -> None:
    """Whoever would be sure of one of those that were read must know that there are more."""
    for days in range(1, 12):
        paper.write(f"P{days} <p{days}@acme.example>", "About the position at Acme", f"Role {days}", days)
    found = mailbox.search(Query(who="acme"), 20)
    assert [bool(thread.messages) for thread in found] == [True] * 8 + [False] * 3
    assert mailbox.thread(found[-1].id).messages
    assert len(mailbox.search(Query(who="acme"), 9)) == 9


def test_chatter_that_is_left_unread_is_not_named(mailbox: GmailMailbox, paper: Paper) -> None:
    paper.newsletters(20)
    assert len(mailbox.search(Query(who="acme"), 20)) == 8


def test_alerts_do_not_crowd_an_interview_out(
    server: GmailServer, mailbox: GmailMailbox, paper: Paper
) -> None:
    """The listing reads on until it has what is wanted, and says when it did not read all."""
    paper.newsletters(60, "Jobs <a@board.example>", "Your interview tips")
    talk = paper.write("Ann <ann@gull.example>", "An interview for the Baker role?", "Hello", 70)
    since = Query(since=paper.now - timedelta(days=120))
    found = mailbox.search(since, 50, lambda thread: thread.subject == "Hello")
    assert [thread.id for thread in found] == [talk]
    server.new_minute()
    paper.newsletters(110, "Jobs <a@board.example>", "Your interview tips")
    cut = mailbox.search(since, 50, lambda thread: thread.subject == "Hello")
    assert cut
    assert not any(thread.messages for thread in cut)


def test_old_matches_do_not_make_a_listing_incomplete(mailbox: GmailMailbox, paper: Paper) -> None:
    talk = paper.write("Ann <ann@gull.example>", "An interview for the Baker role?", "Hello", 1)
    for days in range(200, 420):
        paper.write("Jobs <a@board.example>", "Your interview tips", f"Weekly {days}", days)
    found = mailbox.search(Query(since=paper.now - timedelta(days=120)), 50, lambda thread: True)
    assert [thread.id for thread in found] == [talk]


def test_what_is_new_is_looked_for_newest_first(mailbox: GmailMailbox, paper: Paper) -> None:
    """The outbox asks what an address wrote since: old letters about work must not crowd that out."""
    for days in range(10, 20):
        paper.write("Jane <jane@acme.example>", "About the position at Acme", f"Role {days}", days)
    new = paper.write("Jane <jane@acme.example>", "One moment, please.", "Hello", 0)
    (thread,) = (
        t
        for t in mailbox.search(Query(who="jane@acme.example", since=paper.now - timedelta(days=1)), 20)
        if t.messages
    )
    assert thread.id == new


def test_a_draft_takes_three_rounds_the_first_time_and_again(clock: FakeClock, tmp_path: Path) -> None:
    with GmailServer(clock=clock, rtt=0.1) as server:
        for number in range(8):
            server.recruiter.write(subject=f"Interview {number}", message_id=f"<{number}@acme.example>")
        mailbox = opened(server, account_at(server, tmp_path), clock, tick=lambda: 100.0)
        (thread, *_) = mailbox.search(Query(who="acme"), 8)
        mailbox.identities()
        draft = mailbox.save_draft(letter_in(thread))
        assert server.chain() == 3
        before = len(server.seen)
        (thread, *_) = [t for t in mailbox.search(Query(who="acme"), 8) if t.drafts]
        found = mailbox.find_draft(draft.key)  # known from its thread a moment ago, and so is its check
        assert found is not None
        mailbox.replace_draft(found, letter_in(thread, "Shorter."))
        assert server.chain(before) == 3
        assert b"Shorter." in server.box.drafts()[0].raw
        mailbox.close()


class Watched:
    """A draft of ours that was just looked at, by a clock that only the test moves."""

    def __init__(self, server: GmailServer, clock: FakeClock, data_dir: Path) -> None:
        self.server = server
        self.now = 100.0
        self.mailbox = opened(server, account_at(server, data_dir), clock, tick=lambda: self.now)
        self.thread = self.mailbox.thread(server.recruiter.write().thread)
        self.saved = self.mailbox.save_draft(letter_in(self.thread))

    def look(self, way: str) -> None:
        if way == "search":
            self.mailbox.search(Query(who="acme"), 8)
        elif way == "thread":
            self.mailbox.thread(self.thread.id)
        else:
            self.mailbox.find_draft(self.saved.key)

    def edit(self) -> None:
        self.server.person.edit(self.saved.key.id or "", "My own words.")

    def replace(self) -> None:
        self.mailbox.replace_draft(self.saved, letter_in(self.thread, "Second."))

    @property
    def asked(self) -> int:
        """How often this one draft was asked for."""
        return self.server.count("GET .*/drafts/")


@pytest.fixture
def watched(server: GmailServer, clock: FakeClock, tmp_path: Path) -> Iterator[Watched]:
    made = Watched(server, clock, tmp_path)
    yield made
    made.mailbox.close()


LOOKS = ["search", "thread", "find"]


@pytest.mark.parametrize("way", LOOKS)
def test_a_look_holds_for_a_second(watched: Watched, way: str) -> None:
    watched.look(way)
    before = watched.asked
    watched.now += 1.0
    assert watched.mailbox.find_draft(watched.saved.key)
    assert watched.asked == before
    watched.now += 0.1
    assert watched.mailbox.find_draft(watched.saved.key)
    assert watched.asked == before + 1


@pytest.mark.parametrize("way", LOOKS)
def test_an_edit_after_an_older_look_is_never_written_over(watched: Watched, way: str) -> None:
    """The person thought at the prompt: the draft is asked for again before the write."""
    watched.look(way)
    watched.edit()
    watched.now += 1.1
    with pytest.raises(DraftChanged):
        watched.replace()
    assert watched.server.count("PUT ") == 0


@pytest.mark.parametrize("way", LOOKS)
def test_an_edit_before_the_look_is_never_written_over(watched: Watched, way: str) -> None:
    """Without asking again: the look itself shows another version than the one to replace."""
    watched.edit()
    watched.look(way)
    before = watched.asked
    with pytest.raises(DraftChanged):
        watched.replace()
    assert (watched.asked, watched.server.count("PUT ")) == (before, 0)


@pytest.mark.parametrize(
    ("way", "request_"), [("search", "threads/"), ("thread", "threads/"), ("find", "drafts/")]
)
def test_a_look_is_as_old_as_its_question(watched: Watched, way: str, request_: str) -> None:
    """An answer that takes long shows the draft as it may have been when it was asked for."""
    listed = threading.Event()

    def late() -> None:
        assert way == "find" or listed.wait(10)  # the edit comes after both listings
        watched.edit()
        watched.now += 1.1

    watched.server.fault(Trouble.SLOW, "GET .*/drafts$", then=listed.set)
    watched.server.fault(Trouble.SLOW, f"GET .*/{request_}", then=late)
    watched.look(way)
    with pytest.raises(DraftChanged):
        watched.replace()


@pytest.mark.parametrize("way", LOOKS)
def test_one_look_serves_one_write(watched: Watched, way: str) -> None:
    """After a write of unknown outcome nothing seen before it counts."""
    watched.look(way)
    watched.server.fault(Trouble.CLOSE_AFTER, "PUT ")
    with pytest.raises(OutcomeUnknown):
        watched.replace()
    with pytest.raises(DraftChanged):
        watched.replace()


@pytest.mark.parametrize("way", LOOKS)
def test_a_deletion_never_relies_on_a_look(watched: Watched, way: str) -> None:
    watched.look(way)
    watched.edit()
    with pytest.raises(DraftChanged):
        watched.mailbox.delete_draft(watched.saved)
    assert len(watched.server.box.drafts()) == 1


def test_a_draft_that_changes_during_the_search_is_asked_for_again(watched: Watched) -> None:
    """The list of drafts names one version, the thread shows a later one: somebody is typing."""
    edited = threading.Event()

    def edit() -> None:
        watched.edit()
        edited.set()

    def wait() -> None:
        assert edited.wait(10)

    watched.server.fault(Trouble.SLOW, "GET .*/drafts$", then=edit)
    watched.server.fault(Trouble.SLOW, "GET .*/messages$", times=2, then=wait)
    watched.look("search")
    before = watched.asked
    found = watched.mailbox.find_draft(watched.saved.key)
    assert found is not None
    assert "My own words." in found.message.text
    assert watched.asked == before + 1


def test_more_drafts_than_one_page_are_all_known(server: GmailServer, mailbox: GmailMailbox) -> None:
    first = server.recruiter.write()
    ours = server.person.draft(first, "the oldest draft")
    for number in range(505):
        server.box.create_draft(f"Subject: {number}\r\n\r\nx".encode(), None)
    (draft,) = mailbox.thread(first.thread).drafts
    assert draft.id == ours


def test_what_was_thrown_away_or_never_mail_is_not_shown(server: GmailServer, mailbox: GmailMailbox) -> None:
    first = server.recruiter.write()
    server.recruiter.write("Chat", answers=first, labels=("CHAT",), message_id="<chat@acme.example>")
    server.recruiter.write("Gone", answers=first, labels=("TRASH",), message_id="<gone@acme.example>")
    assert len(mailbox.thread(first.thread).messages) == 1


def test_the_server_tells_the_time_and_the_thread_has_a_link(
    server: GmailServer, mailbox: GmailMailbox, clock: FakeClock
) -> None:
    thread = mailbox.thread(server.recruiter.write().thread)
    assert mailbox.server_time() == clock()
    assert thread.link == f"https://mail.google.com/mail/?authuser=me%40gmail.com#all/{thread.id}"


# --- drafts -----------------------------------------------------------------------------------------


def test_a_draft_that_gmail_detaches_is_removed_again(server: GmailServer, mailbox: GmailMailbox) -> None:
    """Thread id, references and subject must agree; a lone draft would answer nobody."""
    thread = mailbox.thread(server.recruiter.write().thread)
    for wrong in ({"in_reply_to": None, "references": ()}, {"subject": "Something else"}):
        with pytest.raises(Failed, match="would not keep the draft in the conversation"):
            mailbox.save_draft(replace(letter_in(thread), **wrong))
        assert server.box.drafts() == []


def test_a_draft_whose_subject_the_person_changed_is_found_in_its_new_place(
    server: GmailServer, mailbox: GmailMailbox
) -> None:
    thread = mailbox.thread(server.recruiter.write().thread)
    key = mailbox.save_draft(letter_in(thread)).key
    server.person.edit(key.id or "", subject="Withdrawing")
    found = mailbox.find_draft(key)
    assert found is not None
    assert found.message.subject == "Withdrawing"
    assert found.key.thread_id == thread.id
    assert found.message.thread_id != thread.id


def test_a_draft_with_a_new_id_is_found_by_its_message_id(clock: FakeClock, tmp_path: Path) -> None:
    """Also when the index lags: the drafts of the thread are looked through."""
    switches = Switches(keeps_draft_id=False, indexed_at_once=False)
    with GmailServer(clock=clock, switches=switches) as server:
        mailbox = opened(server, account_at(server, tmp_path), clock)
        thread = mailbox.thread(server.recruiter.write().thread)
        key = mailbox.save_draft(letter_in(thread)).key
        new_id = server.person.open_and_close(key.id or "")
        found = mailbox.find_draft(key)
        assert found is not None
        assert found.key == replace(key, id=new_id)
        assert new_id != key.id
        mailbox.close()


def test_two_drafts_with_our_id_are_for_the_person_to_settle(
    server: GmailServer, mailbox: GmailMailbox
) -> None:
    thread = mailbox.thread(server.recruiter.write().thread)
    key = mailbox.save_draft(letter_in(thread)).key
    server.box.create_draft(server.box.drafts()[0].raw, thread.id)
    with pytest.raises(NeedsPerson, match="Two drafts"):
        mailbox.find_draft(replace(key, id=None))


def test_opening_a_draft_in_the_composer_changes_its_revision_and_not_its_hash(
    server: GmailServer, mailbox: GmailMailbox
) -> None:
    thread = mailbox.thread(server.recruiter.write(html="<div>Shall we <b>talk</b>?</div>").thread)
    saved = mailbox.save_draft(letter_in(thread))
    server.person.open_and_close(saved.key.id or "")
    found = mailbox.find_draft(saved.key)
    assert found is not None
    assert found.revision != saved.revision
    assert found.content_hash == saved.content_hash


@pytest.mark.parametrize("to", ["Eve <eve@evil.example>", "jane@acme.example, eve@evil.example"])
def test_another_recipient_changes_the_hash(server: GmailServer, mailbox: GmailMailbox, to: str) -> None:
    saved = mailbox.save_draft(letter_in(mailbox.thread(server.recruiter.write().thread)))
    server.person.readdress(saved.key.id or "", to)
    found = mailbox.find_draft(saved.key)
    assert found is not None
    assert found.content_hash != saved.content_hash


WRITES: dict[str, Callable[[GmailMailbox, Draft, Reply], object]] = {
    "PUT": lambda mailbox, draft, reply: mailbox.replace_draft(draft, reply),
    "DELETE": lambda mailbox, draft, _: mailbox.delete_draft(draft),
}


@pytest.mark.parametrize("verb", WRITES)
def test_an_update_or_deletion_is_never_sent_twice(
    server: GmailServer, mailbox: GmailMailbox, verb: str
) -> None:
    """PUT and DELETE count as repeatable in HTTP, and libraries do repeat them."""
    thread = mailbox.thread(server.recruiter.write().thread)
    draft = mailbox.save_draft(letter_in(thread))
    server.fault(Trouble.CLOSE, f"{verb} .*/drafts/")
    with pytest.raises(OutcomeUnknown):
        WRITES[verb](mailbox, draft, letter_in(thread, "Second."))
    assert server.count(f"{verb} .*/drafts/") == 1
    assert server.box.drafts()[0].id == draft.revision


@pytest.mark.parametrize("verb", WRITES)
def test_a_draft_deleted_between_check_and_write_is_gone(
    server: GmailServer, mailbox: GmailMailbox, verb: str
) -> None:
    thread = mailbox.thread(server.recruiter.write().thread)
    draft = mailbox.save_draft(letter_in(thread))
    server.fault(Trouble.SLOW, "GET .*/drafts/", then=lambda: server.person.delete(draft.key.id or ""))
    with pytest.raises(DraftGone):
        WRITES[verb](mailbox, draft, letter_in(thread, "Second."))
    assert server.box.drafts() == []


def test_an_80_character_id_twenty_times_survives_the_way_to_gmail(
    server: GmailServer, mailbox: GmailMailbox
) -> None:
    """Outlook's ids are longer than a line; encoded they would break the thread."""
    ids = [f"<{f'AM6PR05MB{n:02}'}{'x' * 50}@AM6PR05MB6455.example.com>" for n in range(20)]
    first = server.recruiter.write(message_id=ids[-1])
    raw = with_header(first.raw, "References", " ".join(ids[:-1]))
    server.box.change(first, raw=raw)
    thread = mailbox.thread(first.thread)
    mailbox.save_draft(letter_in(thread))
    (draft,) = server.box.drafts()
    assert draft.thread == first.thread
    assert str(draft.parsed["References"]).split() == ids
    assert draft.parsed["In-Reply-To"] == ids[-1]
