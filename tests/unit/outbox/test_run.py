"""A pass makes happen what was decided, once, and tells what it could not do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from bowout import files, providers, status, when
from bowout.advice import reminders, trail
from bowout.errors import (
    AlreadyDone,
    BowoutError,
    DraftChanged,
    Failed,
    Interrupted,
    NotArmed,
    OutcomeUnknown,
    Refused,
    SignInNeeded,
    Unreachable,
)
from bowout.etiquette.rule import Finding, Report, Severity
from bowout.journal.record import DraftState
from bowout.journal.submission import Hold, State
from bowout.journal.submissions import Queue
from bowout.mail.build import build
from bowout.mail.parse import parse
from bowout.model import Address, CallOutcome, DraftKey, Facts, Folder, FollowUp
from bowout.outbox import arm, notify, run
from bowout.providers import sign_in
from bowout.providers.base import STALE, Draft, Evidence, Receipt, Submitter
from bowout.providers.sign_in import SecretPlace, SignInState
from clock import FakeClock
from contract.mailbox_suite import JANE, follow_up, retyped
from memory.mailbox import Habits, Trouble
from outbox_kit import AFTER_CALL, CONSUMES, TEXT, ZONE, Office, letter

if TYPE_CHECKING:
    from bowout.drafts.proposal import Proposal


@pytest.fixture(autouse=True)
def _memory_is_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(providers.ADAPTERS, "memory", "memory")


@pytest.fixture(params=[Habits(), CONSUMES], ids=["carried", "consumes"])
def office(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[Office]:
    made = Office(tmp_path, clock, request.param)
    yield made
    made.close()


@pytest.fixture
def carried(tmp_path: Path, clock: FakeClock) -> Iterator[Office]:
    made = Office(tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def consuming(tmp_path: Path, clock: FakeClock) -> Iterator[Office]:
    made = Office(tmp_path, clock, CONSUMES)
    yield made
    made.close()


# --- sent ---------------------------------------------------------------------------------------------


def test_an_armed_letter_goes_out_once_when_it_is_due(office: Office) -> None:
    office.arm("in 2 hours")
    assert office.run_at(minutes=119).state is State.ARMED
    assert office.accepted == 0
    row = office.run_at(minutes=1)
    assert (row.state, row.sent_at, row.todo) == (State.SENT, office.clock(), ())
    for _ in range(3):
        office.run_at(hours=1)
    assert office.accepted == 1
    assert office.store.draft(1).state is DraftState.SENT
    sent = [parse(item.raw, id="") for item in office.mailbox.contents(Folder.SENT)]
    assert [m.text.startswith("Dear Jane,\n\nThank you") for m in sent] == [False, True]
    assert office.drafts() == []


def test_what_is_due_counts_from_when_the_letter_left_and_not_from_its_drafting(office: Office) -> None:
    office.clock.advance(timedelta(hours=1))
    office.log_call()
    office.arm("in 2 days")
    office.run_at(days=2)
    left = office.clock()
    assert office.store.draft(1).sent_at == left
    for copy in office.mailbox.contents(Folder.SENT)[1:]:  # servers that keep none: only the receipt tells
        office.mailbox.discard(copy.id)
    office.clock.advance(timedelta(hours=1))
    assert status.report(office.session, office.withdrawal).sent_at == left
    assert trail.due(office.session, office.withdrawal) == ()
    assert trail.due_from_memory(office.store, office.withdrawal, office.clock(), ZONE) == ()


def test_the_wait_for_an_answer_begins_when_the_letter_left(office: Office) -> None:
    office.arm("in 2 days")
    office.run_at(days=2)
    for copy in office.mailbox.contents(Folder.SENT)[1:]:
        office.mailbox.discard(copy.id)
    office.clock.advance(timedelta(hours=1))
    assert trail.due(office.session, office.withdrawal) == ()
    office.clock.advance(timedelta(days=5))
    assert [r.kind for r in trail.due(office.session, office.withdrawal)] == [reminders.Kind.NO_ANSWER]


def test_what_i_sent_by_hand_counts_from_its_sent_copy(office: Office) -> None:
    office.clock.advance(timedelta(hours=1))
    office.log_call()
    office.clock.advance(timedelta(hours=1))
    left = office.clock()
    office.send_by_hand()
    office.clock.advance(timedelta(days=1))
    assert status.report(office.session, office.withdrawal).sent_at == left
    assert office.store.draft(1).sent_at == left
    assert trail.due_from_memory(office.store, office.withdrawal, office.clock(), ZONE) == ()
    office.log_call()  # it was said in writing before
    assert trail.due(office.session, office.withdrawal) == ()


def test_what_goes_out_is_the_draft_dated_now(office: Office) -> None:
    office.arm("in 2 hours")
    office.run_at(hours=2)
    (raw,) = office.mailbox.accepted
    sent = parse(raw, id="")
    assert sent.message_id == "<ours@home.example>"
    assert sent.date == office.clock()
    assert "\nKind regards\nAda Example" in sent.text


def test_two_letters_of_two_accounts_do_not_hinder_each_other(office: Office) -> None:
    office.arm("in 2 hours")
    broken = replace(office.row(), id=0, account="gone")
    office.store.set_draft_state(office.draft.id, DraftState.OPEN)
    other = office.write(AFTER_CALL, "second")
    Queue(office.store).arm(replace(broken, draft_id=other.id))
    office.run_at(hours=2)
    states = {row.account: (row.state, row.hold) for row in Queue(office.store).all()}
    assert states["gone"] == (State.HELD, Hold.ACCOUNT_GONE)
    # The second draft in the thread is a rival that came after arming.
    assert states["home"] == (State.HELD, Hold.WHICH_DRAFT)


# --- held, missed, cancelled --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "state", "hold"),
    [
        ("they_write", State.HELD, Hold.THEY_WROTE),
        ("i_write", State.HELD, Hold.YOU_WROTE),
        ("i_write_elsewhere", State.HELD, Hold.YOU_WROTE),
        ("edit", State.HELD, Hold.EDITED),
        ("delete", State.CANCELLED, None),
        ("send_by_hand", State.SENT_BY_PERSON, None),
        ("delete_all_but_a_copy", State.HELD, Hold.MAYBE_SENT),
    ],
)
def test_what_happens_before_it_is_due_keeps_it(
    office: Office, event: str, state: State, hold: Hold | None
) -> None:
    office.arm("in 2 hours")
    office.clock.advance(timedelta(hours=1))
    getattr(office, event)()
    row = office.run_at(minutes=1)
    assert (row.state, row.hold) == (state, hold)
    office.run_at(hours=1)
    assert office.accepted == 0


def test_an_automatic_reply_is_noted_and_it_goes_out(office: Office) -> None:
    office.arm("in 2 hours")
    office.they_write("Auto-Submitted: auto-replied")
    row = office.run_at(hours=1)
    assert "automatic reply" in row.detail
    assert office.run_at(hours=1).state is State.SENT


def test_a_copy_of_the_draft_in_another_folder_is_no_news(carried: Office) -> None:
    carried.arm("in 2 hours")
    carried.archive_copy()
    assert carried.run_at(hours=2).state is State.SENT
    assert carried.accepted == 1


def test_mail_that_moves_to_another_folder_is_no_news(office: Office) -> None:
    office.arm("in 2 hours")
    (invitation,) = office.mailbox.contents(Folder.INBOX)
    office.mailbox.discard(invitation.id)
    office.mailbox.arrive(invitation.raw, Folder.OTHER, seen=True)
    assert office.run_at(hours=2).state is State.SENT


def test_a_new_thread_of_theirs_holds_it_too(office: Office) -> None:
    office.arm("in 2 hours")
    (invitation,) = office.mailbox.contents(Folder.INBOX)
    fresh = invitation.raw.replace(b"<invitation@", b"<fresh@").replace(b"Subject: ", b"Subject: New: ")
    date = office.clock() + timedelta(minutes=1)
    office.mailbox.arrive(fresh.replace(b"Date: Wed, 18 Nov", f"Date: {date:%a, %d %b}".encode()))
    assert office.run_at(hours=2).hold is Hold.THEY_WROTE


def test_a_second_draft_in_the_thread_holds_it(office: Office) -> None:
    office.arm("in 2 hours")
    (item,) = office.mailbox.contents(Folder.DRAFTS)
    office.mailbox.arrive(item.raw.replace(b"<ours@", b"<copy@"), Folder.DRAFTS, seen=True)
    assert office.run_at(hours=2).hold is Hold.WHICH_DRAFT
    assert office.accepted == 0


def test_it_is_missed_when_the_computer_came_back_too_late(office: Office) -> None:
    office.arm("in 2 hours")
    assert office.run_at(hours=14, minutes=1).state is State.MISSED
    assert office.accepted == 0


def test_late_at_night_it_waits_for_the_morning(office: Office) -> None:
    office.arm("20:30")  # 19:30 UTC
    assert office.run_at(hours=9, minutes=31).state is State.ARMED  # 22:31 in Berlin
    assert office.run_at(hours=8, minutes=29).state is State.SENT  # 7:00


def test_the_interview_is_the_latest_time(office: Office) -> None:
    slot = office.clock() + timedelta(hours=3)
    office.withdrawal = office.store.update_withdrawal(replace(office.withdrawal, slot=slot))
    assert office.arm("in 2 hours").not_after == slot
    assert office.run_at(hours=3, seconds=1).state is State.MISSED


# --- edits that are followed --------------------------------------------------------------------------


def test_an_edit_of_the_text_is_sent_when_it_has_rested(office: Office) -> None:
    office.arm("in 2 hours", follow_edits=True)
    office.clock.advance(timedelta(minutes=118))
    office.edit()
    assert office.run_at(minutes=2).state is State.ARMED
    assert office.run_at(minutes=9).state is State.ARMED
    assert office.run_at(minutes=1).state is State.SENT
    (raw,) = office.mailbox.accepted
    assert "every success" in parse(raw, id="").text


def test_an_edit_that_goes_on_is_waited_for(office: Office) -> None:
    office.arm("in 2 hours", follow_edits=True)
    for wish in ("much luck", "much joy", "good luck"):
        office.edit(retyped(TEXT.replace("all the best", wish)))
        assert office.run_at(minutes=125 if wish == "much luck" else 9).state is State.ARMED
    assert office.run_at(minutes=10).state is State.SENT


def test_an_edit_that_breaks_a_rule_is_held(office: Office) -> None:
    office.arm("in 2 hours", follow_edits=True)
    office.edit(retyped("Dear Jane,\n\nHello {{ name }}.\n\nAda Example"))
    row = office.run_at(hours=2)
    assert (row.state, row.hold) == (State.HELD, Hold.EDITED)
    assert "letter rules" in row.detail


@pytest.mark.parametrize(
    "change",
    [
        (b"To: ", b"To: else@acme.example, "),
        (b"Subject: Re: ", b"Subject: Re: New "),
        (b"Subject: ", b"Bcc: boss@home.example\r\nSubject: "),
        (b"From: Ada Example <ada@home.example>", b"From: Ada <ada.jobs@alias.example>"),
    ],
)
def test_another_envelope_is_never_followed(office: Office, change: tuple[bytes, bytes]) -> None:
    office.arm("in 2 hours", follow_edits=True)
    office.edit(lambda raw: raw.replace(*change, 1))
    assert office.run_at(hours=2).hold is Hold.EDITED
    assert office.accepted == 0


# --- the ground under it ------------------------------------------------------------------------------


def test_an_account_that_cannot_be_opened_is_no_silence(office: Office) -> None:
    office.arm("in 2 hours")

    def fails() -> None:
        raise SignInNeeded("The sign-in has ended.", "Sign in again.")

    office.opening = fails
    row = office.run_at(hours=2)
    assert (row.state, row.last_error) == (State.ARMED, "The sign-in has ended.\nSign in again.")
    assert [r.label for r in Queue(office.store).needing_person()] == ["s1"]
    office.opening = lambda: None
    row = office.run_at(minutes=5)
    assert (row.state, row.last_error) == (State.SENT, "")


def test_an_unknown_one_that_cannot_be_looked_at_says_so(carried: Office) -> None:
    carried.arm("in 2 hours")
    carried.mailbox.trouble = Trouble.LOST_AFTER
    assert carried.run_at(hours=2).state is State.UNKNOWN

    def fails() -> None:
        raise Unreachable("Offline.")

    carried.opening = fails
    row = carried.run_at(minutes=5)
    assert (row.state, row.last_error, row.looks) == (State.UNKNOWN, "Offline.", 0)


def test_a_fault_of_bowout_itself_is_told_and_stops_nothing_else(office: Office) -> None:
    office.arm("in 2 hours")
    desk = office.desk()
    office.clock.advance(timedelta(hours=2))
    broken = replace(desk, policy=None)  # type: ignore[arg-type] # a fault
    office.edit()
    Queue(office.store).seen(office.row(), follow_edits=True)
    run.run(broken)
    assert office.row().last_error == "bowout failed: AttributeError"
    assert office.row().state is State.ARMED


def test_a_copied_home_sends_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.arm("in 2 hours")
    monkeypatch.setattr("bowout.journal.database.machine", lambda uuid: "another")
    monkeypatch.setattr("bowout.journal.origin.machine", lambda uuid: "another")
    assert office.run_at(hours=2).hold is Hold.COPIED_STORE


def test_a_restored_backup_sends_nothing_until_the_person_says_so(office: Office, tmp_path: Path) -> None:
    office.arm("in 2 hours")
    office.close()
    copy = (office.data / "bowout.db").read_bytes()
    office.store = office.open_store()
    office.run_at(hours=2)
    assert office.accepted == 1
    office.close()
    for left in office.data.glob("bowout.db*"):
        left.unlink()
    (office.data / "bowout.db").write_bytes(copy)
    office.store = office.open_store()
    row = office.run_at(minutes=5)
    assert (row.state, row.hold) == (State.HELD, Hold.OLDER_STORE)
    with pytest.raises(NotArmed, match="older copy"):
        office.arm("in 2 hours")
    assert office.accepted == 1


def test_another_mailbox_under_the_name_holds_it(office: Office) -> None:
    office.arm("in 2 hours")
    office.mailbox.account = replace(office.account, address="someone@else.example")
    assert office.run_at(hours=2).hold is Hold.OTHER_MAILBOX


def test_a_clock_that_was_set_back_holds_it_once(office: Office) -> None:
    office.arm("in 2 hours")
    office.run_at(hours=1)
    assert office.run_at(minutes=-30).hold is Hold.CLOCK
    office.arm("in 2 hours")
    assert office.run_at(hours=2).state is State.SENT


def test_switching_sending_off_counts_also_for_what_is_armed(office: Office) -> None:
    office.arm("in 2 hours")
    office.account = replace(office.account, allow_send=False)
    assert office.run_at(hours=2).hold is Hold.BY_PERSON
    assert office.accepted == 0


def test_a_second_run_stays_out(office: Office) -> None:
    office.arm("in 2 hours")
    office.clock.advance(timedelta(hours=2))
    with files.lock(office.store.path.with_name(run.LOCK)) as held:
        assert held
        assert office.run().locked_out
    assert office.accepted == 0


def test_later_letters_are_not_even_looked_at(office: Office) -> None:
    office.arm("in 2 days")
    assert office.run().looked == 0
    assert office.run_at(hours=25).last_look == office.clock()


# --- sleep between look and byte ----------------------------------------------------------------------


def test_sleep_between_look_and_byte_means_looking_again(office: Office) -> None:
    office.arm("in 2 hours")
    office.clock.advance(timedelta(hours=2))
    moments = iter([0.0, 61.0, 100.0, 101.0])
    run.run(replace(office.desk(), ticks=lambda: next(moments)))
    assert office.accepted == 1
    kinds = [event.kind for event in office.store.events("s1")]
    assert kinds[1:4] == ["sending", "looked-again", "sending"]


@pytest.mark.parametrize(("took", "looks"), [(STALE - 1, 1), (STALE, 1), (STALE + 1, 2)])
def test_a_look_counts_for_a_minute(office: Office, took: float, looks: int) -> None:
    office.arm("in 2 hours")
    office.clock.advance(timedelta(hours=2))
    moments = iter([0.0, took, 1000.0, 1001.0])
    run.run(replace(office.desk(), ticks=lambda: next(moments)))
    assert office.accepted == 1
    assert [event.kind for event in office.store.events("s1")].count("sending") == looks


def test_a_computer_that_keeps_falling_asleep_sends_nothing(office: Office) -> None:
    office.arm("in 2 hours")
    office.clock.advance(timedelta(hours=2))
    moments = iter(range(0, 100_000, 100))
    run.run(replace(office.desk(), ticks=lambda: float(next(moments))))
    assert office.accepted == 0
    assert office.row().state is State.ARMED
    assert office.row().last_error


# --- the server's answer ------------------------------------------------------------------------------


def test_a_refusal_holds_it_and_the_draft_is_back(office: Office) -> None:
    office.arm("in 2 hours")
    office.mailbox.trouble = Trouble.REFUSED
    row = office.run_at(hours=2)
    assert (row.state, row.hold, row.detail) == (State.HELD, Hold.REFUSED, "550 no")
    assert len(office.drafts()) == 1


def test_a_refusal_for_now_is_tried_again_until_it_is_too_late(office: Office) -> None:
    office.arm("in 2 hours")
    office.mailbox.trouble = Trouble.REFUSED_FOR_NOW
    row = office.run_at(hours=2)
    assert (row.state, row.last_error) == (State.ARMED, "550 no\nNothing was sent.")
    assert office.run_at(minutes=5).state is State.SENT
    assert office.row().attempts == 2


def test_no_answer_is_unknown_for_ever_where_nothing_can_tell(carried: Office) -> None:
    for trouble in (Trouble.LOST_BEFORE,):
        carried.arm("in 2 hours")
        carried.mailbox.trouble = trouble
        assert carried.run_at(hours=2).state is State.UNKNOWN
    assert carried.drafts() == []  # out of Drafts: nobody sends it by hand by mistake
    for _ in range(5):
        assert carried.run_at(hours=1).state is State.UNKNOWN
    assert carried.accepted == 0


def test_a_sent_copy_settles_it(carried: Office) -> None:
    carried.arm("in 2 hours")
    carried.mailbox.trouble = Trouble.LOST_AFTER
    assert carried.run_at(hours=2).state is State.UNKNOWN
    (raw,) = carried.mailbox.accepted
    carried.mailbox.arrive(raw, Folder.SENT, seen=True)
    assert carried.run_at(minutes=5).state is State.SENT
    assert carried.accepted == 1


def test_one_that_the_person_sent_again_under_another_name_is_filed_once(carried: Office) -> None:
    carried.arm("in 2 hours")
    carried.mailbox.trouble = Trouble.LOST_BEFORE
    assert carried.run_at(hours=2).state is State.UNKNOWN
    by_hand = letter(carried.thread(), carried.clock(), name="by-hand")
    carried.mailbox.arrive(build(by_hand), Folder.SENT, seen=True)
    sent = len(carried.mailbox.contents(Folder.SENT))
    row = carried.run_at(minutes=5)
    assert (row.state, row.todo) == (State.SENT, ())
    assert len(carried.mailbox.contents(Folder.SENT)) == sent
    assert carried.drafts() == []


def test_a_draft_that_would_be_gone_is_proof_and_is_armed_once(consuming: Office) -> None:
    consuming.arm("in 2 hours")
    consuming.mailbox.trouble = Trouble.LOST_BEFORE
    assert consuming.run_at(hours=2).state is State.UNKNOWN
    assert consuming.run_at(minutes=5).state is State.UNKNOWN
    assert consuming.run_at(minutes=5).state is State.ARMED
    consuming.mailbox.trouble = Trouble.LOST_BEFORE
    assert consuming.run_at(minutes=5).state is State.UNKNOWN
    for _ in range(5):
        assert consuming.run_at(hours=1).state is State.UNKNOWN
    assert consuming.accepted == 0


def test_accepted_without_an_answer_is_found_in_sent(consuming: Office) -> None:
    consuming.arm("in 2 hours")
    consuming.mailbox.trouble = Trouble.LOST_AFTER
    assert consuming.run_at(hours=2).state is State.UNKNOWN
    assert consuming.run_at(minutes=5).state is State.SENT
    assert consuming.accepted == 1


class Full:
    """A submitter whose disk is full: what it sent it cannot file, what was refused it cannot put back."""

    evidence = Evidence.SENT_COPY

    def __init__(self, inner: Submitter) -> None:
        self.inner = inner

    def submit(self, draft: Draft) -> Receipt:
        return self.inner.submit(draft)

    def give_back(self, key: DraftKey, claim: str) -> bool:
        raise Failed("disk full")

    def file_sent(self, key: DraftKey, claim: str, at: datetime) -> None:
        raise Failed("disk full")


def test_a_copy_that_nobody_can_file_any_more_is_let_go(carried: Office) -> None:
    carried.arm("in 2 hours")
    carried.clock.advance(timedelta(hours=2))
    report = run.run(carried.desk(Full))
    assert [(row.state, row.last_error) for row in report.unresolved] == [(State.SENT, "disk full")]
    carried.accounts = ()
    assert carried.run().unresolved == ()
    assert carried.row().todo == ()
    assert carried.accepted == 1


def test_a_refused_draft_that_could_not_be_put_back_is_put_back_later(carried: Office) -> None:
    carried.arm("in 2 hours")
    carried.mailbox.trouble = Trouble.REFUSED
    carried.clock.advance(timedelta(hours=2))
    run.run(carried.desk(Full))
    assert carried.row().state is State.HELD
    assert carried.row().todo
    assert carried.run_at(minutes=5).todo == ()
    assert len(carried.drafts()) == 1


class Drops(Full):
    """A submitter that is refused for now and dies before it has put the draft back."""

    def submit(self, draft: Draft) -> Receipt:
        try:
            return self.inner.submit(draft)
        except OutcomeUnknown as exc:
            raise Refused("450 later", temporary=True) from exc


def test_an_armed_draft_that_was_left_outside_is_put_back_and_sent(carried: Office) -> None:
    carried.arm("in 2 hours")
    carried.mailbox.trouble = Trouble.LOST_BEFORE
    carried.clock.advance(timedelta(hours=2))
    run.run(carried.desk(Drops))
    assert carried.row().state is State.ARMED
    assert carried.drafts() == []
    assert carried.run_at(minutes=5).state is State.SENT  # not taken for one that the person deleted
    assert carried.accepted == 1


class Says:
    """A submitter whose answer is this error."""

    evidence = Evidence.SENT_COPY

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def submit(self, draft: Draft) -> Receipt:
        raise self.error


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Refused("no"), State.HELD),
        (Refused("not now", temporary=True), State.ARMED),
        (Unreachable("offline"), State.ARMED),
        (SignInNeeded("ended"), State.ARMED),
        (NotArmed("off"), State.HELD),
        (OutcomeUnknown("cut off"), State.UNKNOWN),
        (RuntimeError("a fault of the adapter"), State.UNKNOWN),
        (Interrupted("stopped before anything left"), State.HELD),
        (KeyboardInterrupt(), State.UNKNOWN),
    ],
)
def test_only_proof_that_nothing_left_keeps_it_from_unknown(
    office: Office, error: BaseException, state: State
) -> None:
    office.arm("in 2 hours")
    office.clock.advance(timedelta(hours=2))
    run.run(office.desk(lambda _: Says(error)))
    assert office.row().state is state


@pytest.mark.parametrize("error", [Interrupted("stopped"), KeyboardInterrupt()])
def test_ctrl_c_ends_the_pass_before_the_next_letter(office: Office, error: BaseException) -> None:
    other = office.write(AFTER_CALL, "second")
    first = office.arm("in 2 hours")
    later = first.due + timedelta(seconds=1)
    Queue(office.store).arm(replace(first, id=0, draft_id=other.id, account="gone", due=later))
    office.clock.advance(timedelta(hours=3))
    report = run.run(office.desk(lambda _: Says(error)))
    assert [row.id for row in report.changed] == [1]
    assert office.row(2).state is State.ARMED


def test_a_pass_for_one_account_leaves_the_others_alone(office: Office) -> None:
    office.arm("in 2 hours")
    office.clock.advance(timedelta(hours=2))
    assert run.run(replace(office.desk(), only="work")).looked == 0
    assert (office.row().state, office.accepted) == (State.ARMED, 0)
    assert run.run(replace(office.desk(), only="home")).looked == 1
    assert office.accepted == 1


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (Office.delete, notify.ENDED),
        (Office.send_by_hand, notify.ENDED),
        (Office.they_write, notify.NEEDS_YOU),
        (lambda _: None, notify.SENT),
    ],
    ids=["deleted", "sent-by-hand", "they-write", "sent"],
)
def test_no_promise_ends_in_silence(office: Office, happens: Callable[[Office], object], told: str) -> None:
    office.arm("in 2 hours")
    happens(office)
    office.clock.advance(timedelta(hours=2))
    assert notify.news(office.run().changed) == (told,)
    assert notify.news(office.run().changed) == ()  # once is enough


def test_the_person_who_cancels_during_a_pass_wins(office: Office) -> None:
    office.arm("in 2 hours")
    office.clock.advance(timedelta(hours=2))
    find = office.mailbox.find_draft

    def cancelled_meanwhile(key: DraftKey) -> Draft | None:
        if office.row().state is State.ARMED:
            Queue(office.store).cancel(1)
        return find(key)

    office.mailbox.find_draft = cancelled_meanwhile  # type: ignore[method-assign] # the moment to cancel in
    report = office.run()
    assert office.row().state is State.CANCELLED
    assert office.accepted == 0
    assert [row.state for row in report.changed] == [State.CANCELLED]


# --- follow-ups and zones -----------------------------------------------------------------------------


AFTER_OUR_TALK = TEXT.replace(
    "I have decided", "As I told you on the phone on Friday, 20 November, I have decided"
)


def test_a_confirmation_of_a_corrected_call_is_held(office: Office) -> None:
    office.delete()
    office.log_call()
    office.draft = office.write(AFTER_CALL, "confirms", AFTER_OUR_TALK)
    office.arm("in 2 hours")
    office.correct_call()
    assert office.run_at(hours=2).hold is Hold.RECORD_CHANGED


@pytest.mark.parametrize("outcome", [CallOutcome.NO_ANSWER, CallOutcome.VOICEMAIL_CALLBACK])
def test_a_call_in_vain_after_the_talk_changes_nothing_about_its_confirmation(
    office: Office, outcome: CallOutcome
) -> None:
    office.delete()
    office.log_call()
    office.draft = office.write(AFTER_CALL, "confirms", AFTER_OUR_TALK)
    office.arm("in 2 hours")
    office.log_call(outcome)
    assert office.run_at(hours=2).state is State.SENT
    assert office.accepted == 1


def test_a_confirmation_can_be_armed_after_a_call_in_vain(office: Office) -> None:
    office.delete()
    office.log_call()
    office.log_call(CallOutcome.NO_ANSWER)
    office.draft = office.write(AFTER_CALL, "confirms", AFTER_OUR_TALK)
    assert office.arm("in 2 hours").state is State.ARMED  # K03: the letter says "on the phone"


def test_a_second_talk_is_another_one_than_the_letter_speaks_of(office: Office) -> None:
    office.delete()
    office.log_call()
    office.draft = office.write(AFTER_CALL, "confirms", AFTER_OUR_TALK)
    office.arm("in 2 hours")
    office.log_call()
    assert office.run_at(hours=2).hold is Hold.RECORD_CHANGED


def test_what_confirms_nothing_cannot_be_armed(office: Office) -> None:
    office.delete()
    office.draft = office.write(AFTER_CALL, "confirms")
    with pytest.raises(NotArmed, match="never sent"):
        office.arm("in 2 hours")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_a_promised_wall_clock_survives_new_rules(office: Office, zone: str) -> None:
    """The row was armed under rules by which its local time was an hour earlier than it is now."""
    office.arm("in 2 hours")
    told = when.parse("2026-11-21 15:00", office.clock(), zone)
    row = Queue(office.store).seen(
        office.row(),
        due=told.instant - timedelta(hours=1),
        not_after=told.instant + timedelta(hours=11),
        zone=zone,
        wall=told.wall,
    )
    office.clock.now = row.due - timedelta(hours=1)
    office.run()
    office.run_at(hours=1)
    assert office.accepted == 0
    assert office.row().due == told.instant
    assert office.row().not_after == told.instant + timedelta(hours=12)
    assert office.run_at(hours=1).state is State.SENT


# --- arming -------------------------------------------------------------------------------------------


def test_arming_shows_what_changed_since_the_last_time(office: Office) -> None:
    office.arm("in 2 hours")
    office.edit()
    office.run_at(hours=1)
    record = office.store.draft(1)
    shown = arm.preview(
        office.session, office.withdrawal, record, when.parse("in 2 hours", office.clock(), ZONE)
    )
    assert "+I wish you and the team every success." in shown.difference
    assert shown.previous is not None
    assert shown.previous.label == "s1"
    assert office.arm("in 2 hours").label == "s1"
    assert office.run_at(hours=2).state is State.SENT


@pytest.mark.parametrize(
    "happens",
    [Office.they_write, Office.edit, lambda office: office.write(AFTER_CALL, "second")],
    ids=["they-write", "edit", "another-draft"],
)
def test_what_moves_while_the_person_reads_is_not_armed(
    office: Office, happens: Callable[[Office], object]
) -> None:
    moment = when.parse("in 2 hours", office.clock(), ZONE)
    record = office.store.draft(1)
    shown = arm.preview(office.session, office.withdrawal, record, moment)
    happens(office)
    with pytest.raises(DraftChanged, match="changed while you looked"):
        arm.arm(office.session, office.withdrawal, record, moment, shown=shown)
    assert Queue(office.store).all() == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda raw: raw.replace(b"Subject: ", b"Bcc: x@home.example\r\nSubject: ", 1), "Bcc"),
        (lambda raw: raw.replace(b"From: Ada Example <ada@home.example>", b"From: <x@y.example>"), "your"),
        (lambda raw: raw.replace(b"<ada@home.example>", b"<ada@home.example>, x@y.example", 1), "one sender"),
        (lambda raw: raw.replace(b"To: Jane Doe <jane.doe@acme", b"To: Jane <no-reply@acme"), "Nobody"),
        (retyped("Dear {{ name }},\n\nI withdraw.\n\nAda Example"), "rules"),
    ],
)
def test_a_draft_that_must_not_go_is_refused_at_arming(
    office: Office, change: Callable[[bytes], bytes], says: str
) -> None:
    office.edit(change)
    with pytest.raises(NotArmed, match=says):
        office.arm("in 2 hours")


def test_sending_must_be_allowed(office: Office) -> None:
    office.account = replace(office.account, allow_send=False)
    with pytest.raises(NotArmed, match="may not send") as refused:
        office.arm("in 2 hours")
    assert "allow_send = true" in refused.value.next_step


def test_a_way_to_send_is_needed(office: Office) -> None:
    office.account = replace(office.account, provider="maildir")
    with pytest.raises(NotArmed, match="no way to send"):
        office.arm("in 2 hours")


@pytest.mark.parametrize(
    ("unattended", "hours", "says"),
    [(False, None, "without you could not sign in"), (True, 1, "ends before"), (True, 3, "")],
)
def test_the_run_without_a_person_must_be_able_to_sign_in(
    office: Office, monkeypatch: pytest.MonkeyPatch, unattended: bool, hours: int | None, says: str
) -> None:
    ends = office.clock() + timedelta(hours=hours) if hours else None
    state = SignInState(
        secret=SecretPlace.KEYRING, ends=ends, unattended=unattended, why="it asks for a passphrase"
    )
    monkeypatch.setattr(sign_in, "state", lambda _account, _clock: state)
    if not says:
        assert office.arm("in 2 hours").state is State.ARMED
        return
    with pytest.raises(NotArmed, match=says) as refused:
        office.arm("in 2 hours")
    assert "bowout account add home" in refused.value.next_step
    assert Queue(office.store).all() == ()


def test_a_passphrase_is_no_sign_in_for_a_run_without_a_person(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = SignInState(
        secret=SecretPlace.PASSPHRASE, unattended=False, why="only you can give the passphrase"
    )
    monkeypatch.setattr(sign_in, "state", lambda _account, _clock: state)
    with pytest.raises(NotArmed, match=r"only you can give the passphrase[.]$") as refused:
        office.arm("in 2 hours")
    assert "without --passphrase" in refused.value.next_step
    assert "token_command" in refused.value.next_step


def test_a_moment_that_passes_while_the_person_reads_is_refused(office: Office) -> None:
    moment = when.parse("in 5 minutes", office.clock(), ZONE)
    record = office.store.draft(1)
    shown = arm.preview(office.session, office.withdrawal, record, moment)
    office.clock.advance(timedelta(minutes=6))
    with pytest.raises(NotArmed, match="has passed"):
        arm.arm(office.session, office.withdrawal, record, moment, shown=shown)
    assert Queue(office.store).all() == ()


def test_an_interview_before_the_letter_is_refused(office: Office) -> None:
    slot = office.clock() + timedelta(hours=1)
    office.withdrawal = office.store.update_withdrawal(replace(office.withdrawal, slot=slot))
    with pytest.raises(NotArmed, match="interview begins before"):
        office.arm("in 2 hours")


def test_a_submitter_is_one(office: Office) -> None:
    submitter: Submitter = Says(RuntimeError())
    assert submitter.evidence is Evidence.SENT_COPY


# --- a letter that is not saved yet -------------------------------------------------------------------


def unsaved(office: Office, purpose: str = AFTER_CALL, *, broken: bool = False, **changes: Any) -> Proposal:
    """What ``confirm --at`` has decided; ``broken`` = when it is due, the letter breaks a rule."""
    reply = replace(letter(office.thread(), office.clock(), AFTER_OUR_TALK, "confirms"), **changes)
    error = Finding(rule="L01", severity=Severity.ERROR, message="it says tomorrow", guide="D1")
    late = office.clock() + timedelta(hours=1)
    made = SimpleNamespace(
        purpose=purpose,
        thread=office.thread(),
        reply=reply,
        newest=None,
        facts=Facts(),
        letter=SimpleNamespace(situation=FollowUp.AFTER_CALL),
        report_at=lambda at: Report((error,) if broken and at > late else (), ()),
    )
    return cast("Proposal", made)


def foreseen(office: Office, proposal: Proposal) -> arm.Shown:
    moment = when.parse("in 2 hours", office.clock(), ZONE)
    return arm.foresee(office.session, proposal, office.withdrawal, moment)


@pytest.mark.parametrize(
    ("error", "says", "changes"),
    [
        (NotArmed, "breaks the etiquette rules: L01", {"broken": True}),
        (NotArmed, "never sent and never told", {"purpose": "confirm-receipt"}),
        (NotArmed, "Nobody reads", {"to": (Address("", "no-reply@acme.example"),)}),
    ],
)
def test_what_could_not_be_armed_is_refused_before_it_is_saved(
    office: Office, error: type[BowoutError], says: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(error, match=says):
        foreseen(office, unsaved(office, **changes))


def test_a_withdrawal_from_what_is_over_is_refused_before_it_is_saved(office: Office) -> None:
    no = "Unfortunately, we have decided not to move forward with your application."
    office.mailbox.arrive(follow_up(no, name="no", at=office.clock()))
    with pytest.raises(AlreadyDone, match="turned you down"):
        foreseen(office, unsaved(office, "withdrawal"))


@pytest.mark.parametrize("happens", [None, "they_write", "text", "to"])
def test_what_was_foreseen_is_armed_only_as_it_was_shown(office: Office, happens: str | None) -> None:
    office.log_call()
    office.delete()
    office.store.set_draft_state(office.draft.id, DraftState.DELETED)
    to = Address("", "else@acme.example") if happens == "to" else JANE
    shown = foreseen(office, unsaved(office, to=(to,)))
    text = TEXT if happens == "text" else AFTER_OUR_TALK
    record = office.write(AFTER_CALL, "confirms", text)
    if happens == "they_write":
        office.they_write()
    moved = pytest.raises(DraftChanged, match="changed while you looked") if happens else nullcontext()
    with moved:
        arm.arm(office.session, office.withdrawal, record, shown.when, shown=shown, allow=("K01",))
    assert len(Queue(office.store).all()) == (0 if happens else 1)
