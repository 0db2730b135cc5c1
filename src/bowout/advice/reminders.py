"""What the person should not forget about a withdrawal, at this moment. Pure.

Sources: guide rules D13 (confirm a call in writing, the same day), A9 and B16 (never leave them guessing);
etiquette notes: ask after two working days without an answer, and once more the day before the interview.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bowout.drafts.state import WITHDRAWAL
from bowout.etiquette.context import FROM_CALLS
from bowout.journal.calls import REACHED
from bowout.model import CallOutcome, FollowUp, require_aware

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bowout.journal.record import Withdrawal
    from bowout.model import Call

WORKING_DAYS = 2  # without an answer, before one asks
FORGOTTEN = timedelta(days=21)  # after that a silence is an answer


class Kind(StrEnum):
    """What a reminder is about."""

    BOUNCED = "bounced"
    CONFIRM_CALL = "confirm-call"
    STILL_SILENT = "still-silent"
    NO_ANSWER = "no-answer"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to remember and the command for it."""

    kind: Kind
    line: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What became of the letters: when the first and the last one went out, and what came back since.

    ``armed`` = one will be sent by itself. ``sent`` holds the purposes of the letters that went out,
    ``waiting`` of the drafts that did not. Of what was before ``doubted_until`` the records may not know all.
    """

    first: datetime | None = None
    last: datetime | None = None
    answered: bool = False
    bounced: bool = False
    armed: bool = False
    sent: frozenset[str] = frozenset()
    waiting: frozenset[str] = frozenset()
    doubted_until: datetime | None = None

    def __post_init__(self) -> None:
        require_aware(first=self.first, last=self.last, doubted_until=self.doubted_until)


def due(
    withdrawal: Withdrawal, calls: Sequence[Call], trail: Trail, now: datetime, zone: str
) -> tuple[Reminder, ...]:
    """What is due at ``now`` (aware) for somebody in ``zone`` (IANA), the most pressing first."""
    local = ZoneInfo(zone)
    found = [*_bounced(withdrawal, trail)]
    if trail.armed:
        return tuple(found)
    found += _unconfirmed(withdrawal, calls, trail, now.astimezone(local))
    told = any(call.outcome is CallOutcome.SPOKE for call in calls)
    if not (trail.answered or trail.bounced or told):
        found += _silence(withdrawal, trail, now.astimezone(local))
    return tuple(found)


def _bounced(withdrawal: Withdrawal, trail: Trail) -> Iterator[Reminder]:
    if trail.bounced and not trail.answered:
        yield Reminder(
            Kind.BOUNCED,
            "Your letter came back undelivered: they do not know yet.",
            f"write to somebody else: bowout draft {withdrawal.label} --to ADDRESS --force",
        )


def _unconfirmed(
    withdrawal: Withdrawal, calls: Sequence[Call], trail: Trail, now: datetime
) -> Iterator[Reminder]:
    told = [call for call in calls if call.outcome in REACHED]
    if not told:
        return
    call = max(told, key=lambda c: c.at)
    if trail.doubted_until is not None and call.at <= trail.doubted_until:
        return  # it may have been confirmed by records that are newer than these
    written = trail.sent & {WITHDRAWAL, *FROM_CALLS}  # says already what a confirmation would say
    # The date of a mail has no fractions of a second.
    if written or (trail.last is not None and trail.last >= call.at.replace(microsecond=0)):
        return
    days = (now.date() - call.at.astimezone(now.tzinfo).date()).days
    spoke = "You spoke with them" if call.outcome is CallOutcome.SPOKE else "You left a voicemail"
    when = (
        "today; confirm it in writing today"
        if days == 0
        else f"{_days(days)} ago and nothing in writing went out"
    )
    letter = FollowUp.AFTER_CALL if call.outcome is CallOutcome.SPOKE else FollowUp.AFTER_VOICEMAIL
    drafted = letter in trail.waiting
    step = "send the draft that waits in the thread" if drafted else f"bowout confirm {withdrawal.label}"
    yield Reminder(Kind.CONFIRM_CALL, f"{spoke} {when}.", step)


def _silence(withdrawal: Withdrawal, trail: Trail, now: datetime) -> Iterator[Reminder]:
    label, slot = withdrawal.label, withdrawal.slot
    ahead = (slot.astimezone(now.tzinfo).date() - now.date()).days if slot and slot > now else None
    if ahead is not None and ahead <= 1:
        day = "today" if ahead == 0 else "tomorrow"
        if trail.first is None:
            line = f"The interview is {day} and they do not know yet."
            yield Reminder(Kind.STILL_SILENT, line, f"bowout call {label}, and send the letter today")
        elif FollowUp.SECOND_NOTICE not in trail.sent:
            line = f"The interview is {day} and they have not answered."
            step = f"bowout call {label}, or: bowout confirm {label} --letter {FollowUp.SECOND_NOTICE}"
            yield Reminder(Kind.STILL_SILENT, line, step)
    elif (
        trail.first is not None and _overdue(trail.first, now) and FollowUp.CONFIRM_RECEIPT not in trail.sent
    ):
        step = f"bowout confirm {label} --letter {FollowUp.CONFIRM_RECEIPT}"
        yield Reminder(Kind.NO_ANSWER, f"No answer for {WORKING_DAYS} working days.", step)


def _overdue(sent: datetime, now: datetime) -> bool:
    return now - sent < FORGOTTEN and working_days(sent, now) >= WORKING_DAYS


def working_days(since: datetime, now: datetime) -> int:
    """Full working days between two moments on the clock of ``now``: Monday to Friday, no holidays."""
    begin = since.astimezone(now.tzinfo)
    days = (now.date() - begin.date()).days
    passed = sum((begin + timedelta(days=n)).weekday() < 5 for n in range(1, days + 1))
    not_yet = now.weekday() < 5 and now.time() < begin.time()
    return max(0, passed - not_yet)


def _days(count: int) -> str:
    return f"{count} day{'s' if count > 1 else ''}"
