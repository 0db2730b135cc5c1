"""Store and read the submissions: every change is one durable transaction that also writes its event.

A row is changed only as it was read (``version``): a cancel while a pass is at work makes the pass stop,
never the other way round. Raises ``StoreError``, and then nothing was changed.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bowout.errors import NothingFound, Unresolved, UsageError
from bowout.journal.database import moment, stamp
from bowout.journal.origin import Provenance, Scheduled
from bowout.journal.record import DraftState
from bowout.journal.refusals import Stale, refused, stale
from bowout.journal.remedy import restore
from bowout.journal.rows import as_submission, columns, instant_text
from bowout.journal.submission import ADOPTED, SUSPECT, UNANSWERED, Hold, State, Submission
from bowout.providers.base import Receipt
from bowout.when import zone_info

if TYPE_CHECKING:
    from collections.abc import Generator

    from bowout.journal.damage import Damage
    from bowout.journal.store import Store

__all__ = ["SENDING", "Queue"]

AGAIN = 9  # tries to record a proof while another run changes the row
SENDING = "sending"  # the event of an attempt that begins
LOOK_AHEAD = timedelta(hours=24)  # a pass looks at what is due within; the rest can wait
# From which states a person's command leads where; the rest is refused with the reason.
_FINAL = tuple(state for state in State if state.is_final)
_CANCELLABLE = (State.ARMED, State.HELD, State.MISSED)
_RESOLVABLE = (State.UNKNOWN, State.HELD, State.MISSED)


class Queue:
    """The submissions of one journal."""

    def __init__(self, store: Store) -> None:
        self.store = store

    # --- reading ----------------------------------------------------------------------------------

    def get(self, submission_id: int) -> Submission:
        """The one of that number. Raises NothingFound."""
        found = self._select("id = ?", submission_id)
        if not found:
            raise NothingFound(f"There is no submission s{submission_id}.", "See: bowout outbox list")
        return found[0]

    def all(self) -> tuple[Submission, ...]:
        """Every row ever that can be read, by number."""
        return self._list("1")

    def damaged(self, *, ended: bool = False) -> tuple[Damage, ...]:
        """The rows that cannot be read and so never go out; ``ended``: also those that say they are final."""
        found = self.store.damage(as_submission, "SELECT * FROM submissions ORDER BY id")
        return tuple(row for row in found if ended or row.state not in _FINAL)

    def damaged_beside(self) -> tuple[Damage, ...]:
        """The withdrawals and drafts of open rows that cannot be read, so that these cannot go out either."""
        rows = self.open()
        named = {f"w{row.withdrawal_id}" for row in rows}
        named |= {f"draft {row.draft_id} of w{row.withdrawal_id}" for row in rows}
        every = (*self.store.damaged_withdrawals(), *self.store.damaged_drafts())
        return tuple(one for one in every if one.label in named)

    def open(self) -> tuple[Submission, ...]:
        """What is not finished: armed, sending, held, missed, unknown; and what was sent and has chores."""
        states = tuple(state for state in State if not state.is_final)
        return self._list(f"state IN ({_marks(states)}) OR todo <> '[]'", *states)

    def of_draft(self, draft_id: int) -> Submission | None:
        """The promise for this draft; there is at most one that was not cancelled."""
        found = self._select("draft_id = ? AND state <> ?", draft_id, State.CANCELLED)
        return found[0] if found else None

    def armed_for(self, withdrawal_id: int) -> tuple[Submission, ...]:
        """What may still be sent for this withdrawal: its draft must not be touched."""
        states = (State.ARMED, State.SENDING, State.UNKNOWN)
        return self._select(f"withdrawal_id = ? AND state IN ({_marks(states)})", withdrawal_id, *states)

    def due(self, now: datetime) -> tuple[Submission, ...]:
        """What a pass at ``now`` looks at: armed and due within a day, the earliest first."""
        return self._list("state = ? AND due <= ? ORDER BY due", State.ARMED, stamp(now + LOOK_AHEAD))

    def unsettled(self) -> tuple[Submission, ...]:
        """Those that evidence may settle: unknown, or perhaps sent; and those with chores left."""
        maybe = self._list("state = ? AND hold = ?", State.HELD, Hold.MAYBE_SENT)
        return (*self._list("state = ?", State.UNKNOWN), *maybe, *self._list("todo <> '[]'"))

    def in_doubt(self, withdrawal_id: int, purpose: str) -> tuple[Submission, ...]:
        """The promises of that letter that may have been kept, as far as these records know."""
        holds = (Hold.MAYBE_SENT, *SUSPECT.values())
        where = f"withdrawal_id = ? AND purpose = ? AND state = ? AND hold IN ({_marks(holds)})"
        return self._select(where, withdrawal_id, purpose, State.HELD, *holds)

    def needing_person(self) -> tuple[Submission, ...]:
        """Held, missed and unknown ones; armed ones whose mailbox could not be looked at, and sent ones whose
        copy could not be filed."""
        states = tuple(state for state in State if state.needs_person)
        wanted = f"state IN ({_marks(states)}) OR ((state = ? OR todo <> '[]') AND last_error <> '')"
        return self._list(wanted, *states, State.ARMED)

    def accounts(self) -> tuple[str, ...]:
        """The accounts that anything was ever armed for."""
        return self.store.rows(lambda row: str(row["account"]), "SELECT DISTINCT account FROM submissions")

    def last_pass(self) -> datetime | None:
        """When the last pass began; None as well when that cannot be read: the next pass writes it anew."""
        found = self.store.readable(lambda row: moment(row["last"]), "SELECT last FROM passes")
        return found[0] if found else None

    def _select(self, where: str, *values: object) -> tuple[Submission, ...]:
        return self.store.rows(as_submission, _all_where(where), *values)

    def _list(self, where: str, *values: object) -> tuple[Submission, ...]:
        """Those of them that can be read: one that cannot hides no other."""
        return self.store.readable(as_submission, _all_where(where), *values)

    # --- changing ---------------------------------------------------------------------------------

    def arm(self, new: Submission) -> Submission:
        """Store a new promise (``id`` 0) or arm an armed, held or missed one anew; durable on return."""
        with self._change():
            known = self.of_draft(new.draft_id)
            if known is not None and (known.id, known.version) != (new.id, new.version):
                raise stale(known)
            if known is None:
                new = replace(new, id=self.store.insert("submissions", columns(new)))
            else:
                new = self._store(new)
            self.store.event(new.label, "armed", f"due {stamp(new.due)}")
        return new

    def change(
        self,
        submission: Submission,
        kind: str,
        said: str = "",
        /,
        *,
        draft: DraftState | None = None,
        **changes: Any,
    ) -> Submission:
        """Store ``changes`` to the row as it was read, with the event ``kind``; ``said`` holds no mail text.

        ``draft`` is what became of its draft.
        """
        with self._change():
            self._require_fresh(submission)
            new = self._store(replace(submission, **changes))
            if draft is not None:
                became = {"state": draft, "sent_at": instant_text(new.sent_at)}
                self.store.update("drafts", new.draft_id, became)
            if kind:
                self.store.event(new.label, kind, said)
        return new

    def note_taken(self, submission: Submission) -> None:
        """Record that the attempt has taken the letter out: a draft there may be a restored one now."""
        with self.store.change():
            self.store.execute(
                "UPDATE submissions SET taken = claim WHERE id = ? AND claim = ?",
                submission.id,
                submission.claim,
            )

    def seen(self, submission: Submission, **changes: Any) -> Submission:
        """Store what a look found; no event."""
        return self.change(submission, "", **changes)

    def sent(self, submission: Submission, receipt: Receipt, todo: tuple[str, ...] = ()) -> Submission:
        """Record the proof; durable before anything else happens.

        It counts for the attempt that it proves, also where somebody has called that unknown meanwhile.
        """
        for _ in range(AGAIN):  # who called it unknown may be counting its looks, where a lock does not lock
            stored = self.get(submission.id)
            same = bool(stored.claim) and stored.claim == submission.claim
            with suppress(Stale):
                known = stored if same and stored.state is State.UNKNOWN else submission
                return self._sent(known, receipt, todo)
        raise stale(stored)

    def _sent(self, submission: Submission, receipt: Receipt, todo: tuple[str, ...]) -> Submission:
        return self.change(
            submission,
            "sent",
            draft=DraftState.SENT,
            state=State.SENT,
            hold=None,
            detail="",
            last_error="",
            message_id=receipt.message_id,
            sent_at=receipt.at,
            todo=todo,
        )

    def begin_pass(self, now: datetime) -> None:
        """Record that a pass begins."""
        with self._change():
            self.store.execute("INSERT OR REPLACE INTO passes VALUES (1, ?)", stamp(now))

    def orphans(self, now: datetime) -> tuple[Submission, ...]:
        """With the lock of the runner held: nobody answers for what is ``sending``.

        Its run died; or it is at work still, where a lock does not lock, or in what it had started.
        """
        found = []
        for row in self._list("state = ?", State.SENDING):
            with suppress(Stale):  # it has answered this moment, where a lock does not lock
                new = self.change(
                    row,
                    "unknown",
                    "no answer of the run that took it",
                    state=State.UNKNOWN,
                    detail=UNANSWERED.format(at=_clock(row)),
                    unknown_since=now,
                    looks=0,
                )
                found.append(new)
        return tuple(found)

    @contextmanager
    def _change(self) -> Generator[None]:
        """One transaction, after which the twin of the store knows what is scheduled."""
        with self.store.change():
            yield
        self.store.tell_twin(self._scheduled())

    def _scheduled(self) -> tuple[Scheduled, ...]:
        states = tuple(state for state in State if not state.is_final)
        rows = self._list(f"state IN ({_marks(states)})", *states)
        return tuple(
            Scheduled(label=row.label, due=row.due.astimezone(zone_info(row.zone)), account=row.account)
            for row in rows
        )

    def _require_fresh(self, submission: Submission) -> None:
        stored = self.get(submission.id)
        if stored.version != submission.version:
            raise stale(stored)

    def _store(self, submission: Submission) -> Submission:
        new = replace(submission, version=submission.version + 1)
        self.store.update("submissions", new.id, columns(new))
        return new

    # --- what the person says ---------------------------------------------------------------------

    def let_go(self, submission_id: int) -> None:
        """The person takes back a promise that cannot be read; what else its row holds stays as it is.

        Raises Unresolved when it may have been sent, UsageError when it was let go before.
        """
        with self._change():
            sql = "SELECT state FROM submissions WHERE id = ?"
            (state,) = self.store.execute(sql, submission_id).fetchone()
            label = f"s{submission_id}"
            if state in (State.SENDING, State.UNKNOWN):
                raise Unresolved(
                    f"{label} may already have been sent, and its record cannot be read.",
                    f"Look into Sent. {restore(self.store.path)}",
                )
            if state in _FINAL:
                raise UsageError(f"{label} is {state} and cannot be cancelled.", "See: bowout outbox log")
            self.store.update("submissions", submission_id, {"state": State.CANCELLED})
            self.store.event(label, "cancelled", "it cannot be read")

    def cancel(self, submission_id: int) -> Submission:
        """The person takes the promise back; the draft stays where it is."""
        row = self._in(submission_id, _CANCELLABLE, "cancelled")
        return self.change(row, "cancelled", state=State.CANCELLED, hold=None, detail="you cancelled it")

    def require_cancellable(self, row: Submission) -> None:
        """Raise ``UsageError`` or ``Unresolved`` for one that is over or on its way."""
        _require(row, _CANCELLABLE, "cancelled")

    def require_resolvable(self, row: Submission) -> None:
        """Raise ``UsageError`` or ``Unresolved`` for one of which nothing is left to be said."""
        _require(row, _RESOLVABLE, "resolved")

    def left_elsewhere(self, row: Submission, receipt: Receipt) -> Submission:
        """Record that it left without this outbox; the receipt proves it."""
        return self.change(
            row,
            "sent-by-person",
            draft=DraftState.SENT,
            state=State.SENT_BY_PERSON,
            hold=None,
            detail="it left by another way: you sent it, a copy did, or another promise",
            last_error="",
            message_id=receipt.message_id,
            sent_at=receipt.at,
        )

    def hold(self, submission_id: int) -> Submission:
        """The person holds it back until they arm it again."""
        row = self._in(submission_id, (State.ARMED,), "held")
        return self.change(
            row, "held", Hold.BY_PERSON, state=State.HELD, hold=Hold.BY_PERSON, detail="you held it back"
        )

    def resolve(
        self,
        submission_id: int,
        *,
        sent: bool,
        now: datetime,
        left_at: datetime | None = None,
        todo: tuple[str, ...] = (),
    ) -> Submission:
        """The person has looked and says what became of it; ``todo`` is what is left to do then.

        ``left_at`` is when it left, where the mailbox knows.

        For one that is not unknown this is said of whatever lies outside Drafts, whoever took it.
        """
        row = self._in(submission_id, _RESOLVABLE, "resolved")
        claim = row.claim if row.state is State.UNKNOWN else ""
        if sent:
            return self.change(
                row,
                "resolved",
                "sent",
                draft=DraftState.SENT,
                state=State.SENT,
                hold=None,
                detail="you said that it was sent",
                sent_at=left_at or self._began(row) or row.unknown_since or now,
                claim=claim,
                todo=todo,
            )
        return self.change(
            row,
            "resolved",
            Hold.NOT_SENT,
            state=State.HELD,
            hold=Hold.NOT_SENT,
            detail="you said that it was not sent",
            claim=claim,
            todo=todo,
        )

    def adopt(self) -> None:
        """The person says that these records are the ones to go by from now on; ``forgotten`` and
        ``may_lack_more`` say before which letters they do not hold.

        What is not finished in suspect records is held first, even if no pass has seen it yet: it may have
        been armed again, sent or taken back without their knowing.
        """
        reason = SUSPECT.get(self.store.provenance())
        waiting = (State.ARMED, State.HELD, State.MISSED)
        with self.store.adopting():
            for row in self._list(f"state IN ({_marks(waiting)})", *waiting) if reason else ():
                self._store(replace(row, state=State.HELD, hold=reason, detail=ADOPTED))
                self.store.event(row.label, "held", str(reason))
        self.store.tell_twin(self._scheduled())

    def _began(self, row: Submission) -> datetime | None:
        """When the attempt that took it out began; None where these records know of none."""
        began = [e.at for e in self.store.events(row.label) if e.kind == SENDING]
        return began[-1] if began and row.handed_over else None

    def forgotten(self) -> tuple[Scheduled, ...]:
        """The letters known to have been scheduled in records that are gone or newer, and not in these."""
        here = {row.label for row in self.all()}
        newer = self.store.newer
        later = (one for one in (newer.scheduled or () if newer else ()) if one.label not in here)
        return (*(one for twin in self.store.gone for one in twin.scheduled or ()), *later)

    def may_lack_more(self) -> bool:
        """May there have been letters beside ``forgotten``, of which nobody knows?"""
        newer, gone = self.store.newer, self.store.gone
        if newer is None and self.store.provenance() is Provenance.OLDER_STORE:
            return True
        return any(twin.scheduled is None for twin in (*gone, *filter(None, [newer])))

    def _in(self, number: int, states: tuple[State, ...], what: str) -> Submission:
        _require(row := self.get(number), states, what)
        return row


def _require(row: Submission, states: tuple[State, ...], what: str) -> None:
    if row.state not in states:
        raise refused(row, what)


def _clock(row: Submission) -> str:
    """When the run that sends it began, as the person's clock showed it."""
    began = (row.last_look or row.due).astimezone(zone_info(row.zone))
    return f"{began:%H:%M} on {began.day} {began:%B}"


def _all_where(where: str) -> str:
    order = "" if "ORDER BY" in where else " ORDER BY id"
    return f"SELECT * FROM submissions WHERE {where}{order}"  # noqa: S608 - words are ours, values bound


def _marks(values: tuple[object, ...]) -> str:
    return ", ".join("?" * len(values))
