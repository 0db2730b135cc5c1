"""Anything in any order around an armed letter; Hypothesis looks for the order that breaks a promise.

Never two submissions. Never one after a cancel, deletion, edit or reply that came before the last look. Every
row ends in a state that the person is told about.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bowout import providers
from bowout.errors import BowoutError
from bowout.model import Draft
from bowout.outbox import runner
from bowout.outbox.queue import Queue
from bowout.outbox.submission import State
from bowout.providers.memory import Habits, Trouble
from clock import FakeClock
from contract.mailbox_suite import retyped
from outbox_kit import CONSUMES, TEXT, Office

HABITS = {
    "carried": Habits(),
    "consumes": CONSUMES,
    "ids-change": Habits(edit_changes_id=True),
    "message-ids-change": Habits(edit_changes_id=True, edit_changes_message_id=True),
}
EVENTS = ("they_write", "i_write", "i_write_elsewhere")


class Killed(BaseException):
    """The process ends here."""


class OutboxMachine(RuleBasedStateMachine):
    """One letter. ``stops`` = something happened since arming after which it must not go out."""

    @initialize(habits=st.sampled_from(sorted(HABITS)), follow=st.booleans())
    def begin(self, habits: str, follow: bool) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="bowout-machine-"))
        self.patch = pytest.MonkeyPatch()
        self.patch.setitem(providers.ADAPTERS, "memory", "bowout.providers.memory")
        self.office = Office(self.root, FakeClock(), HABITS[habits])
        self.follow = follow
        self.numbers = 0
        self.by_hand = 0
        self.stops = False
        self.before = 0  # accepted when the stop came
        self.backup: bytes | None = None
        self.try_to_arm()

    def teardown(self) -> None:
        """In the end it always comes due, and the promises are asked for once more."""
        if not hasattr(self, "office"):
            return
        try:
            self.it_comes_due(2)
            self.never_twice()
            self.never_after_a_stop()
            self.every_row_is_in_a_state_that_is_told()
            self.what_left_is_never_called_unsent()
        finally:
            self.office.close()
            self.patch.undo()
            shutil.rmtree(self.root)

    # --- helpers ---

    @property
    def draft_there(self) -> bool:
        return len(self.office.drafts()) == 1

    def stop(self) -> None:
        if not self.stops:
            self.stops, self.before = True, self.office.accepted

    def name(self) -> str:
        self.numbers += 1
        return f"m{self.numbers}"

    def try_to_arm(self) -> None:
        try:
            self.office.arm("in 2 hours", follow_edits=self.follow)
        except BowoutError:
            return
        self.stops = False  # the person has seen everything that is there

    def reopen(self) -> None:
        self.office.close()
        self.office.store = self.office.open_store()

    # --- the person and the world ---

    @rule(event=st.sampled_from(EVENTS))
    def somebody_writes(self, event: str) -> None:
        getattr(self.office, event)(name=self.name())
        self.stop()

    @rule()
    def a_machine_answers(self) -> None:
        self.office.they_write("Auto-Submitted: auto-replied", name=self.name())

    @precondition(lambda self: self.draft_there)
    @rule(wish=st.sampled_from(["every success", "much luck"]))
    def edit_the_text(self, wish: str) -> None:
        self.office.edit(retyped(TEXT.replace("all the best", wish)))
        if not self.follow:
            self.stop()

    @precondition(lambda self: self.draft_there)
    @rule()
    def edit_the_recipients(self) -> None:
        self.office.edit(lambda raw: raw.replace(b"To: ", b"To: else@acme.example, ", 1))
        self.stop()

    @precondition(lambda self: self.draft_there)
    @rule(trash=st.booleans())
    def delete_the_draft(self, trash: bool) -> None:
        (draft,) = self.office.drafts()
        self.office.mailbox.trash(draft) if trash else self.office.mailbox.discard(draft)
        self.stop()

    @precondition(lambda self: self.draft_there)
    @rule()
    def send_by_hand(self) -> None:
        self.office.send_by_hand()
        self.by_hand += 1
        self.stop()

    @rule(what=st.sampled_from(["cancel", "hold"]))
    def take_it_back(self, what: str) -> None:
        try:
            getattr(Queue(self.office.store), what)(1)
        except BowoutError:
            return
        self.stop()

    @rule()
    def look_and_arm_again(self) -> None:
        self.try_to_arm()

    @rule(sent=st.booleans())
    def resolve(self, sent: bool) -> None:
        """The person looks into Sent and says what is true, or does not answer."""
        queue = Queue(self.office.store)
        truth = self.office.accepted > 0
        if sent is truth and queue.all() and queue.get(1).state is State.UNKNOWN:
            chore = runner.FILE_SENT if truth else runner.GIVE_BACK
            row = queue.resolve(1, sent=truth, now=self.office.clock(), todo=(chore,))
            runner.handle(self.office.desk(), row)

    @rule()
    def a_fact_is_corrected(self) -> None:
        store = self.office.store
        known = store.withdrawal(1)
        store.update_withdrawal(replace(known, position=f"Engineer {self.name()}"))
        self.stop()

    # --- the computer ---

    @rule(minutes=st.sampled_from([1, 5, 11, 30, 61, 121, 600, 900]))
    def time_passes(self, minutes: int) -> None:
        self.office.clock.advance(timedelta(minutes=minutes))

    @rule()
    def the_clock_is_set_back(self) -> None:
        self.office.clock.advance(timedelta(minutes=-45))

    def come_due(self) -> None:
        rows = Queue(self.office.store).all()
        if rows and rows[-1].state in (State.ARMED, State.UNKNOWN):
            self.office.clock.now = max(self.office.clock.now, rows[-1].due) + timedelta(minutes=6)

    @rule(passes=st.integers(1, 3))
    def it_comes_due(self, passes: int) -> None:
        """The usual course of things; the other rules are what may come in between."""
        for _ in range(passes):
            self.come_due()
            self.office.run()

    @rule()
    def a_pass(self) -> None:
        self.office.run()

    @rule(trouble=st.sampled_from(list(Trouble)))
    def the_next_submission_goes_wrong(self, trouble: Trouble) -> None:
        self.office.mailbox.trouble = trouble

    @rule(after=st.booleans())
    def a_pass_dies_while_sending(self, after: bool) -> None:
        office = self.office
        self.come_due()
        hand_over = office.mailbox.hand_over

        def dies(draft: Draft, raw: bytes, *, accepted: bool) -> None:
            if after:
                hand_over(draft, raw, accepted=accepted)
            raise Killed

        office.mailbox.hand_over = dies  # type: ignore[method-assign] # the crash
        try:
            office.run()
        except Killed:
            self.reopen()
        finally:
            del office.mailbox.hand_over

    @rule()
    def sleep_between_look_and_byte(self) -> None:
        self.come_due()
        ticks = iter(range(0, 100_000, 100))
        runner.run(replace(self.office.desk(), ticks=lambda: float(next(ticks))))

    @rule()
    def restart(self) -> None:
        self.reopen()

    @rule()
    def back_up(self) -> None:
        self.office.close()
        self.backup = (self.office.data / "bowout.db").read_bytes()
        self.office.store = self.office.open_store()

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore_the_backup(self) -> None:
        self.office.close()
        for left in self.office.data.glob("bowout.db*"):
            left.unlink()
        assert self.backup is not None
        (self.office.data / "bowout.db").write_bytes(self.backup)
        self.office.store = self.office.open_store()

    # --- the promises ---

    @invariant()
    def never_twice(self) -> None:
        if hasattr(self, "office"):
            assert self.office.accepted + self.by_hand <= 1

    @invariant()
    def never_after_a_stop(self) -> None:
        if hasattr(self, "office") and self.stops:
            assert self.office.accepted == self.before

    @invariant()
    def every_row_is_in_a_state_that_is_told(self) -> None:
        if not hasattr(self, "office"):
            return
        queue = Queue(self.office.store)
        stuck = {row.id for row in queue.needing_person()}
        told = {row.id for row in queue.open() if row.id in stuck or not row.state.needs_person}
        assert all(row.state.is_final or row.id in told for row in queue.all())

    @invariant()
    def what_left_is_never_called_unsent(self) -> None:
        if not hasattr(self, "office") or self.office.store.provenance() != "ok":
            return  # a restored backup knows no better, and sends nothing
        rows = Queue(self.office.store).all()
        if self.office.accepted and rows:
            assert rows[-1].state in (State.SENT, State.UNKNOWN, State.SENDING)


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(
    max_examples=150, stateful_step_count=12, suppress_health_check=[HealthCheck.too_slow], deadline=None
)
