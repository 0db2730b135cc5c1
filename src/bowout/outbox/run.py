"""One pass over the outbox: look, decide, make it happen; at most one pass on a computer at a time.

The order of the writes is the promise. ``sending`` is on the disk before the first byte can leave, and the
receipt before anything else happens; whatever dies in between is unknown and is never sent again by itself.
One bad submission never stops the others.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bowout import files, when
from bowout.drafts.state import in_drafts
from bowout.errors import (
    BowoutError,
    DraftChanged,
    DraftGone,
    Interrupted,
    NotArmed,
    Refused,
    SignInNeeded,
    StoreError,
    Unreachable,
    UsageError,
)
from bowout.journal.damage import Damage
from bowout.journal.origin import Provenance
from bowout.journal.record import DraftState
from bowout.journal.refusals import Stale
from bowout.journal.sqlite import told
from bowout.journal.submission import COPY_STAYED, Hold, State, Submission
from bowout.journal.submissions import SENDING, Queue
from bowout.outbox import close, look
from bowout.outbox.decide import (
    Cancel,
    HoldBack,
    Miss,
    Policy,
    Proven,
    Rearm,
    Send,
    SentByPerson,
    Stay,
    View,
    Wait,
    decide,
    settle,
)
from bowout.providers.base import STALE, Filing, boot_time

if TYPE_CHECKING:
    from bowout.journal.store import Store
    from bowout.model import Account
    from bowout.outbox.decide import Action
    from bowout.providers.base import Clock, Draft, Submitter
    from bowout.session import Session

__all__ = ["FILE_SENT", "GIVE_BACK", "Desk", "Report", "handle", "probe", "recover", "run"]

AGAIN = 3  # looks at one submission within a pass
LOCK = "outbox.lock"
PATIENCE = 30.0  # seconds that a command waits for a pass
NOTED = "an automatic reply or a bounce arrived since you armed it"
FILE_SENT, GIVE_BACK = "file-sent", "give-back"  # chores


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a pass works with. ``open`` gives a configured account's session and submitter, or raises;
    ``only`` names the one account whose rows are looked at, None = all."""

    store: Store
    clock: Clock
    accounts: Sequence[str]
    open: Callable[[str], AbstractContextManager[tuple[Session, Submitter]]]
    policy: Policy = field(default_factory=Policy)
    ticks: Callable[[], float] = boot_time
    only: str | None = None

    def wants(self, row: Submission) -> bool:
        """Is it one of those to look at?"""
        return self.only in (None, row.account)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a pass did. ``changed`` are the rows as they are now, whose state or error changed in it."""

    locked_out: bool = False
    looked: int = 0
    changed: tuple[Submission, ...] = ()
    unresolved: tuple[Submission, ...] = ()
    damaged: tuple[Damage, ...] = ()  # rows that cannot be read, and so are never sent


def run(desk: Desk) -> Report:
    """One pass. Raises ``StoreError`` when the journal itself cannot be used."""
    with _alone(desk) as held:
        return _Pass(desk).run() if held else Report(locked_out=True)


@contextmanager
def _alone(desk: Desk, wait: float = 0.0) -> Generator[bool]:
    """Be the only pass on these records, if that comes true within ``wait`` seconds."""
    path = desk.store.path.with_name(LOCK)
    with ExitStack() as until_done:
        with told(path):
            held = until_done.enter_context(files.lock(path, wait=wait))
        yield held


def probe(desk: Desk) -> dict[str, str]:
    """Open every account as a pass would and send nothing: account -> what is wrong, "" = nothing."""
    found = {}
    for name in desk.accounts:
        try:
            with desk.open(name) as (session, _):
                session.mailbox.mailbox_id()
                found[name] = _missing_program(session.account)
        except BowoutError as exc:
            found[name] = _said(exc)
    return found


def _missing_program(account: Account) -> str:
    """A command of the account that a run here would not find: a timer's PATH is a short one."""
    lost = next((words[0] for words in account.commands if shutil.which(words[0]) is None), None)
    return (
        f"The program {lost} is not found there. Write its full path into the configuration." if lost else ""
    )


def recover(desk: Desk) -> None:
    """Where no run is at work, call what a dead one had begun unknown, as the next pass would."""
    with _alone(desk) as held:
        if held:
            Queue(desk.store).orphans(desk.clock())


def handle(desk: Desk, row: Submission) -> Submission:
    """Only this row, now: send what is due, do what is left to do. Returns it as it is afterwards.

    Waits a while for a pass that is under way; what cannot be done is left to the next one.
    """
    with _alone(desk, PATIENCE) as held:
        work = _Pass(desk)
        if held:
            work.account(row.account, [work.queue.get(row.id)])
        return work.queue.get(row.id)


def _said(exc: Exception) -> str:
    """An error for the person; of a fault of bowout's own only the kind, since its text may hold anything."""
    if isinstance(exc, BowoutError):
        return exc.told
    return f"bowout failed: {type(exc).__name__}"


def _reason(exc: BowoutError) -> str:
    """Why a file could not be written, without what it would have been."""
    cause = exc.__cause__
    if isinstance(cause, OSError) and cause.strerror:
        return f"{cause.strerror}: {cause.filename}" if cause.filename else cause.strerror
    return exc.message


class _Pass:
    """A pass with the lock held."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.queue = Queue(desk.store)
        self.changed: dict[int, Submission] = {}
        self.last_pass = self.queue.last_pass()
        self.stopped = False  # by the person, with Ctrl-C: nothing more is begun

    def run(self) -> Report:
        now = self.desk.clock()
        self.desk.store.require_whole()  # nobody else may look for weeks
        beside = self.queue.damaged_beside()
        self._note(self.queue.orphans(now))
        near = (*self.queue.due(now), *self.queue.unsettled())
        rows = {row.id: row for row in near if self.desk.wants(row)}
        self.queue.begin_pass(now)
        for account in dict.fromkeys(row.account for row in rows.values()):
            if self.stopped:
                break
            self.account(account, [row for row in rows.values() if row.account == account])
        return Report(
            looked=len(rows),
            changed=tuple(self.changed.values()),
            unresolved=tuple(filter(self.desk.wants, self.queue.needing_person())),
            damaged=(
                *(row for row in self.queue.damaged() if self.desk.only in (None, row.account)),
                *beside,
            ),
        )

    def _note(self, rows: Iterable[Submission]) -> None:
        self.changed.update((row.id, row) for row in rows)

    def account(self, name: str, rows: list[Submission]) -> None:
        """Every row of one account; when it cannot be opened, that is what was seen of each."""
        done: set[int] = set()
        try:
            with self._opened(name) as (session, submitter):
                for row in rows:
                    if self.stopped:
                        return
                    self._guarded(row, _Handler(self, session, submitter).handle)
                    done.add(row.id)
        except StoreError:
            raise
        except BowoutError as exc:
            problem = _said(exc)
            for row in rows:
                if row.id not in done:
                    self._guarded(row, lambda r: self._unopened(r, problem))

    @contextmanager
    def _opened(self, name: str) -> Generator[tuple[Session, Submitter]]:
        if name not in self.desk.accounts:
            raise UsageError(
                f"The account {name} is no longer configured.", "Put it back into the configuration."
            )
        with self.desk.open(name) as (session, submitter):
            yield replace(session, store=self.desk.store), submitter

    def _guarded(self, row: Submission, handle: Callable[[Submission], Submission]) -> None:
        """What goes wrong with one row is its own trouble: it is told, and the next row has its turn."""
        try:
            after = handle(row)
        except Stale:
            after = self.queue.get(row.id)  # changed by the person meanwhile: theirs counts
        except StoreError:
            raise  # a journal that cannot be written stops everything
        except Exception as exc:
            with suppress(Stale):
                self.queue.seen(self.queue.get(row.id), last_error=_said(exc))
            after = self.queue.get(row.id)
        if (after.state, after.last_error) != (row.state, row.last_error):
            self._note([after])

    def _unopened(self, row: Submission, problem: str) -> Submission:
        if row.state is State.SENT and row.account not in self.desk.accounts:
            # Nobody can file its copy any more; the letter itself was sent.
            return self.queue.change(row, "not-filed", "the account is gone", todo=(), last_error="")
        if row.hold is Hold.MAYBE_SENT and not row.todo:
            return row  # it waits for the person anyway
        if row.state is not State.ARMED:
            return self.queue.seen(row, last_error=problem)
        view = look.unseen(
            self.desk.store,
            problem=problem,
            account_known=row.account in self.desk.accounts,
            last_pass=self.last_pass,
        )
        now = self.desk.clock()
        return self.apply(row, decide(row, view, now, self.desk.policy), now)

    # --- what is decided, made to happen (all but Send) ---

    def apply(self, row: Submission, action: Action, now: datetime) -> Submission:
        """Write down what was decided; nothing leaves here."""
        looked = {"last_look": now, "last_error": ""}
        match action:
            case Stay(error):
                return self.queue.seen(row, last_look=now, last_error=error)
            case HoldBack(reason, detail):
                held = {"state": State.HELD, "hold": reason, "detail": detail}
                return self.queue.change(row, "held", reason, draft=None, **looked, **held)
            case Miss(detail):
                return self.queue.change(
                    row, "missed", draft=None, **looked, state=State.MISSED, detail=detail
                )
            case Cancel(detail):
                gone = {"state": State.CANCELLED, "detail": detail}
                return self.queue.change(
                    row, "cancelled", "draft-deleted", draft=DraftState.DELETED, **looked, **gone
                )
            case SentByPerson(receipt):
                return self.queue.left_elsewhere(self.queue.seen(row, **looked), receipt)
            case Wait():
                return self.queue.seen(row, draft=None, **looked)
            case Send():
                raise AssertionError("only a handler sends")


@dataclass(frozen=True)
class _Handler:
    """One row in an opened account."""

    work: _Pass
    session: Session
    submitter: Submitter

    def handle(self, row: Submission) -> Submission:
        if self._is_suspect:
            return self._armed(row) if row.state is State.ARMED else row
        if row.state is State.ARMED:
            return self._armed(self._chores(row))
        if row.hold is Hold.MAYBE_SENT and (found := close.proof(self.session, row)):
            row = self.work.queue.left_elsewhere(row, found)
        if row.state is State.UNKNOWN:
            row = self._unknown(row)
        return self._chores(row)

    @property
    def _is_suspect(self) -> bool:
        """Copied or older records leave the mailbox alone: they do not know what happened in it."""
        return self.session.store.provenance() is not Provenance.OK

    # --- armed ---

    def _armed(self, row: Submission) -> Submission:
        for _ in range(AGAIN):
            row = self._on_time(row)
            began = self.work.desk.ticks()
            now = self.work.desk.clock()
            view = look.look(self.session, row, now, last_pass=self.work.last_pass)
            row = self._remember(row, view, now)
            action = decide(row, view, now, self.work.desk.policy)
            if not isinstance(action, Send):
                return self.work.apply(row, action, now)
            after = self._send(row, action.draft, now, began)
            if after is not None:
                return after
            row = self.work.queue.get(row.id)
        return self.work.queue.seen(row, last_error="It changed while it was looked at; it is tried again.")

    def _on_time(self, row: Submission) -> Submission:
        """A promised wall clock time stays that when the zone's rules change."""
        told = when.When(instant=row.due, zone=row.zone, typed=row.typed, wall=row.wall)
        fresh = when.again(told, self.work.desk.clock())
        if fresh.instant == row.due:
            return row
        moved = fresh.instant - row.due
        return self.work.queue.change(
            row, "moved", "the clocks changed their rules", due=fresh.instant, not_after=row.not_after + moved
        )

    def _remember(self, row: Submission, view: View, now: datetime) -> Submission:
        """Since when the draft is as it is (``--follow-edits`` waits for that), and that machines wrote."""
        if view.draft is not None and (content := view.draft.content_hash) != row.seen_hash:
            row = self.work.queue.seen(row, seen_hash=content, seen_at=now)
        if view.machines and row.detail != NOTED:
            row = self.work.queue.change(row, "noted", NOTED, detail=NOTED)
        return row

    def _send(self, row: Submission, draft: Draft, now: datetime, began: float) -> Submission | None:
        """Submit; None = nothing left here and it must be looked at again."""
        queue = self.work.queue
        row = queue.change(
            row,
            SENDING,
            state=State.SENDING,
            last_look=now,
            last_error="",
            attempts=row.attempts + 1,
            claim=secrets.token_hex(16),
        )
        if self.work.desk.ticks() - began > STALE:
            queue.change(row, "looked-again", "the computer slept in between", state=State.ARMED)
            return None
        try:
            claimed = replace(draft, claim=row.claim, on_taken=lambda: queue.note_taken(row))
            receipt = self.submitter.submit(claimed)
        except (DraftGone, DraftChanged):
            queue.change(row, "looked-again", "the draft changed", state=State.ARMED)
            return None
        except (Interrupted, KeyboardInterrupt) as exc:
            self.work.stopped = True
            return self._stopped(row, nothing_left=isinstance(exc, Interrupted))
        except Exception as exc:
            return self._not_accepted(row, exc)
        todo = (FILE_SENT,) if isinstance(self.submitter, Filing) else ()
        return self._chores(queue.sent(row, receipt, todo))

    def _not_accepted(self, row: Submission, exc: Exception) -> Submission:
        queue = self.work.queue
        said = exc.message if isinstance(exc, BowoutError) else _said(exc)
        if isinstance(exc, NotArmed):
            held = {"state": State.HELD, "hold": Hold.BY_PERSON, "detail": said}
            return queue.change(row, "held", Hold.BY_PERSON, draft=None, **held)
        # The submitter has put back what was refused; if it could not, later passes try.
        todo = (GIVE_BACK,) if isinstance(self.submitter, Filing) else ()
        if isinstance(exc, (Unreachable, SignInNeeded)) or (isinstance(exc, Refused) and exc.temporary):
            row = queue.change(row, "refused-for-now", state=State.ARMED, last_error=_said(exc), todo=todo)
            return self._chores(row)
        if isinstance(exc, Refused):
            held = {"state": State.HELD, "hold": Hold.REFUSED, "detail": said}
            return self._chores(queue.change(row, "held", Hold.REFUSED, draft=None, todo=todo, **held))
        return self._unclear(row, said)

    def _stopped(self, row: Submission, *, nothing_left: bool) -> Submission:
        """Ctrl-C while it was being sent: held where it is certain that nothing left, else nobody knows."""
        if not nothing_left:
            return self._unclear(row, "you stopped it while it was being sent")
        held = {"state": State.HELD, "hold": Hold.BY_PERSON, "detail": "you stopped it before anything left"}
        return self.work.queue.change(row, "held", Hold.BY_PERSON, draft=None, **held)

    def _unclear(self, row: Submission, said: str) -> Submission:
        return self.work.queue.change(
            row,
            "unknown",
            state=State.UNKNOWN,
            detail=said,
            unknown_since=self.work.desk.clock(),
            looks=0,
        )

    # --- unknown, and what is left to do ---

    def _unknown(self, row: Submission) -> Submission:
        queue, now = self.work.queue, self.work.desk.clock()
        view = look.look(self.session, row, now, last_pass=self.work.last_pass)
        if view.problem is not None:
            return queue.seen(row, last_look=now, last_error=view.problem)
        row = queue.seen(row, last_look=now, last_error="", looks=row.looks + 1)
        match settle(row, view, self.submitter.evidence, now):
            case Proven(receipt):
                return queue.sent(row, receipt, (FILE_SENT,) if isinstance(self.submitter, Filing) else ())
            case Rearm():
                return queue.change(
                    row,
                    "armed",
                    "the draft is still there, so it was not sent",
                    state=State.ARMED,
                    detail="",
                    rearmed=True,
                    unknown_since=None,
                )
            case _:
                return row

    def _chores(self, row: Submission) -> Submission:
        """What is left after an attempt; a chore that fails waits for the next pass."""
        if not row.todo:
            return row
        done, detail = [], row.detail
        key, claim = row.snapshot.key, row.claim
        if isinstance(self.submitter, Filing):
            for chore in row.todo:
                if chore == FILE_SENT:
                    try:
                        self.submitter.file_sent(key, claim, row.sent_at or self.work.desk.clock())
                    except BowoutError as exc:  # its cure is for a draft: nothing is to be run again here
                        return self.work.queue.seen(row, last_error=_reason(exc))
                    done.append(chore)
                    detail = COPY_STAYED if in_drafts(self.session.mailbox, key) else detail
                elif self.submitter.give_back(key, claim):
                    done.append(chore)
        kept = row.last_error if row.state is State.ARMED else ""  # why it was refused for now
        return self.work.queue.change(
            row, "filed" if done else "", ", ".join(done), todo=(), last_error=kept, detail=detail
        )
