"""Sending a draft at Gmail: at most once, and every outcome told as what it proves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from account_kit import with_keys
from bowout.errors import BowoutError, DraftChanged, DraftGone, NotArmed, OutcomeUnknown, Refused
from bowout.providers.base import Draft, Evidence, Maybe, Receipt, Submitter
from bowout.providers.gmail.mailbox import GmailMailbox, open_submitter
from clock import FakeClock
from gmail_kit import account_at, letter_in, opened
from servers.gmail import BACKEND, EXPIRED, GATEWAY, QUOTA, TOO_MANY, GmailServer, error
from servers.gmail_mail import POSITIONS, Switches
from servers.http import Response, Trouble, closed_port

SEND = r"POST .*/drafts/send$"


class Desk:
    """A saved draft, the mailbox it lies in and the means to send it."""

    def __init__(self, server: GmailServer, clock: FakeClock, data_dir: Path) -> None:
        self.server = server
        self.clock = clock
        account = account_at(server, data_dir, allow_send=True)
        self.mailbox: GmailMailbox = opened(server, account, clock, limit=0.3)
        thread = self.mailbox.thread(server.recruiter.write().thread)
        self.draft: Draft = self.mailbox.save_draft(letter_in(thread))
        self.submitter: Submitter = open_submitter(account, self.mailbox, clock)
        clock.advance(timedelta(minutes=5))

    @property
    def id(self) -> str:
        assert self.draft.key.id
        return self.draft.key.id

    @property
    def sent(self) -> int:
        """How many mails really left."""
        return len(self.server.box.sent)


@pytest.fixture
def make(clock: FakeClock, tmp_path: Path) -> Callable[[Switches], Iterator[Desk]]:
    def at(switches: Switches) -> Iterator[Desk]:
        with GmailServer(switches=switches, clock=clock) as server:
            desk = Desk(server, clock, tmp_path)
            yield desk
            desk.mailbox.close()

    return at


@pytest.fixture
def desk(make: Callable[[Switches], Iterator[Desk]]) -> Iterator[Desk]:
    yield from make(Switches())


@pytest.fixture(params=POSITIONS, ids=str)
def any_desk(request: pytest.FixtureRequest, make: Callable[[Switches], Iterator[Desk]]) -> Iterator[Desk]:
    yield from make(POSITIONS[request.param])


# --- under every switch -----------------------------------------------------------------------------


def test_a_draft_is_sent_and_its_real_message_id_read_back(any_desk: Desk) -> None:
    receipt = any_desk.submitter.submit(any_desk.draft)
    (sent,) = any_desk.server.box.sent
    assert receipt.id == sent.id
    assert receipt.message_id == sent.parsed["Message-ID"]
    assert abs(receipt.at - any_desk.clock()) < timedelta(seconds=5)
    assert any_desk.mailbox.find_draft(any_desk.draft.key) is None
    assert sent.thread == any_desk.draft.key.thread_id


def test_what_was_sent_is_found_as_sent(any_desk: Desk) -> None:
    receipt = any_desk.submitter.submit(any_desk.draft)
    found = any_desk.mailbox.find_sent(any_desk.draft)
    assert isinstance(found, Receipt)
    assert found.id == receipt.id


def test_a_draft_is_never_sent_twice(any_desk: Desk) -> None:
    any_desk.submitter.submit(any_desk.draft)
    with pytest.raises(DraftGone):
        any_desk.submitter.submit(any_desk.draft)
    assert any_desk.sent == 1
    assert any_desk.server.count(SEND) == 1


def test_a_second_send_that_slips_past_the_check_is_no_refusal_by_gmail(any_desk: Desk) -> None:
    """The person sends between our look and our request: 404 or 400, and then the draft is gone."""
    server = any_desk.server
    checked = any_desk.draft.revision

    def person_sends() -> None:
        server.person.send(any_desk.id)

    server.fault(Trouble.SLOW, "GET .*/drafts/", then=person_sends)
    assert server.box.draft(any_desk.id).id == checked
    with pytest.raises(DraftGone):
        any_desk.submitter.submit(any_desk.draft)
    assert any_desk.sent == 1
    assert server.count(SEND) == 1


def test_an_edited_draft_is_not_sent(any_desk: Desk) -> None:
    any_desk.server.person.edit(any_desk.id, "One more thing.")
    with pytest.raises((DraftChanged, DraftGone)) as raised:
        any_desk.submitter.submit(any_desk.draft)
    if any_desk.server.switches.composer_keeps_message_id or any_desk.server.switches.keeps_draft_id:
        assert raised.type is DraftChanged
    assert any_desk.sent == 0
    assert any_desk.server.count(SEND) == 0


def test_a_look_of_a_moment_ago_is_nothing_to_send_by(desk: Desk) -> None:
    desk.mailbox.thread(desk.draft.key.thread_id)
    desk.mailbox.find_draft(desk.draft.key)
    desk.server.person.edit(desk.id, "One more thing.")
    with pytest.raises(DraftChanged):
        desk.submitter.submit(desk.draft)
    assert desk.sent == 0


@pytest.mark.parametrize("how", ["delete", "trash"])
def test_a_draft_that_was_thrown_away_is_not_sent(any_desk: Desk, how: str) -> None:
    getattr(any_desk.server.person, how)(any_desk.id)
    with pytest.raises(DraftGone):
        any_desk.submitter.submit(any_desk.draft)
    assert any_desk.sent == 0


def test_a_letter_edited_and_sent_by_hand_is_proved_where_its_id_lives_on(any_desk: Desk) -> None:
    server = any_desk.server
    server.person.send(server.person.edit(any_desk.id, "And thank you for the coffee."))
    found = any_desk.mailbox.find_sent(any_desk.draft)
    if server.switches.keeps_message_id and server.switches.composer_keeps_message_id:
        assert isinstance(found, Receipt)
        assert found.edited
    else:
        assert isinstance(found, Maybe)


def test_a_letter_whose_subject_the_person_changed_before_sending_is_found(any_desk: Desk) -> None:
    """An edited subject takes the draft out of the thread; the sent copy is found by its words."""
    draft_id = any_desk.server.person.edit(any_desk.id, subject="Withdrawing")
    any_desk.server.person.send(draft_id)
    any_desk.server.index()
    found = any_desk.mailbox.find_sent(any_desk.draft)
    assert isinstance(found, Receipt)
    assert any_desk.server.box.sent[0].thread != any_desk.draft.key.thread_id


# --- what each outcome proves -------------------------------------------------------------------------

TEMPORARY, FOR_GOOD = True, False
# trouble, answer, how many mails left, error, for refusals whether trying later may help
OUTCOMES: list[tuple[Trouble, Response | None, int, type[BowoutError], bool | None]] = [
    (Trouble.CLOSE, None, 0, OutcomeUnknown, None),
    (Trouble.CLOSE_AFTER, None, 1, OutcomeUnknown, None),
    (Trouble.RESET_AFTER, None, 1, OutcomeUnknown, None),
    (Trouble.HANG, None, 0, OutcomeUnknown, None),
    (Trouble.HANG_AFTER, None, 1, OutcomeUnknown, None),
    (Trouble.CUT_JSON, None, 1, OutcomeUnknown, None),
    (Trouble.CUT_SHORT, None, 1, OutcomeUnknown, None),
    (Trouble.STATUS, GATEWAY, 0, OutcomeUnknown, None),
    (Trouble.STATUS_AFTER, GATEWAY, 1, OutcomeUnknown, None),
    (Trouble.STATUS, BACKEND, 0, OutcomeUnknown, None),
    (Trouble.STATUS_AFTER, Response.of({}, 200), 1, OutcomeUnknown, None),
    (Trouble.STATUS_AFTER, Response.of([], 200), 1, OutcomeUnknown, None),
    (Trouble.STATUS, Response(403, b"<html>log in</html>", "text/html"), 0, OutcomeUnknown, None),
    (Trouble.STATUS, Response(404, b"", "text/plain"), 0, OutcomeUnknown, None),
    (Trouble.STATUS, Response(307, headers={"Location": "/"}), 0, OutcomeUnknown, None),
    (Trouble.STATUS, TOO_MANY, 0, Refused, TEMPORARY),
    (Trouble.STATUS, QUOTA, 0, Refused, TEMPORARY),
    (Trouble.STATUS, EXPIRED, 0, Refused, TEMPORARY),
    (Trouble.STATUS, error(400, "invalidArgument", "Recipient address required"), 0, Refused, FOR_GOOD),
    (Trouble.STATUS, error(403, "domainPolicy", "The app is disabled"), 0, Refused, FOR_GOOD),
    (Trouble.STATUS, error(404, "notFound", "Requested entity was not found."), 0, Refused, FOR_GOOD),
]


@pytest.mark.parametrize(("trouble", "response", "left", "told", "temporary"), OUTCOMES)
def test_an_outcome_is_told_as_what_it_proves(
    desk: Desk,
    trouble: Trouble,
    response: Response | None,
    left: int,
    told: type[BowoutError],
    temporary: bool | None,
) -> None:
    desk.server.fault(trouble, SEND, response=response)
    with pytest.raises(told) as raised:
        desk.submitter.submit(desk.draft)
    assert type(raised.value) is told
    assert getattr(raised.value, "temporary", None) is temporary
    assert (desk.server.count(SEND), desk.sent) == (1, left)


@pytest.mark.parametrize("left", [0, 1])
def test_an_unknown_outcome_leaves_the_evidence_that_was_declared(desk: Desk, left: int) -> None:
    """consumes-draft: a draft that is still there was not sent."""
    desk.server.fault(Trouble.CLOSE_AFTER if left else Trouble.CLOSE, SEND)
    with pytest.raises(OutcomeUnknown):
        desk.submitter.submit(desk.draft)
    assert desk.submitter.evidence is Evidence.CONSUMES_DRAFT
    assert (desk.mailbox.find_draft(desk.draft.key) is None) is bool(left)
    assert isinstance(desk.mailbox.find_sent(desk.draft), Receipt) is bool(left)


def test_a_failed_read_back_is_still_sent(desk: Desk) -> None:
    desk.server.fault(Trouble.STATUS, "GET .*/messages/", times=9, response=BACKEND)
    receipt = desk.submitter.submit(desk.draft)
    assert (receipt.message_id, receipt.id) == (None, desk.server.box.sent[0].id)


def test_nothing_is_sent_while_nobody_answers(desk: Desk, tmp_path: Path) -> None:
    with closed_port() as base:
        account = with_keys(desk.mailbox.account, api_endpoint=base)
        mailbox = opened(desk.server, account, desk.clock)
        with pytest.raises(Refused) as raised:
            open_submitter(account, mailbox, desk.clock).submit(desk.draft)
        mailbox.close()
    assert raised.value.temporary
    assert desk.sent == 0


def test_a_connection_that_fails_before_the_request_is_a_refusal(desk: Desk) -> None:
    """The look succeeds, then the network goes: nothing of the send has left."""
    desk.server.fault(Trouble.LAST, "GET .*/drafts/")
    with pytest.raises(Refused) as raised:
        desk.submitter.submit(desk.draft)
    assert raised.value.temporary
    assert desk.sent == 0


def test_an_account_that_may_not_send_does_not(desk: Desk) -> None:
    account = replace(desk.mailbox.account, allow_send=False)
    before = len(desk.server.seen)
    with pytest.raises(NotArmed):
        open_submitter(account, desk.mailbox, desk.clock).submit(desk.draft)
    assert len(desk.server.seen) == before


def test_something_else_i_wrote_is_only_a_maybe(desk: Desk) -> None:
    (first,) = [m for m in desk.server.box.mails.values() if "INBOX" in m.labels]
    desk.server.person.delete(desk.id)
    desk.server.person.answer(first, "Could we move it to Thursday?")
    assert isinstance(desk.mailbox.find_sent(desk.draft), Maybe)


def test_a_clock_that_runs_ahead_does_not_hide_the_sent_copy(desk: Desk) -> None:
    desk.server.clock_skew = -timedelta(minutes=8)  # Google's clock against ours
    desk.server.person.send(desk.id)
    assert isinstance(desk.mailbox.find_sent(desk.draft), Receipt)
