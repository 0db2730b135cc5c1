"""Say why a submission cannot be changed now. Pure."""

from __future__ import annotations

from bowout.errors import StoreError, Unresolved, UsageError
from bowout.journal.submission import State, Submission

__all__ = ["Stale", "refused", "stale"]


class Stale(StoreError):
    """The row was changed by another bowout since it was read; nothing was written."""


def refused(row: Submission, what: str) -> UsageError | Unresolved:
    """Say why this row cannot be ``what`` (cancelled, resolved ...) as it stands, and what can be done."""
    if row.state is State.SENDING:
        return Unresolved(
            f"A run took {row.label} to send it, and no answer is known yet; it cannot be {what}.",
            "See what became of it: bowout outbox run, then: bowout outbox list",
        )
    if row.state is State.UNKNOWN:
        return Unresolved(
            f"{row.label} may already have been sent, so it cannot be {what}.",
            f"{row.proof}, then say it: bowout outbox resolve {row.label} --sent (or --not-sent)",
        )
    return UsageError(f"{row.label} is {row.state} and cannot be {what}.", f"bowout outbox show {row.label}")


def stale(row: Submission) -> Stale:
    """Say that another bowout was faster."""
    return Stale(f"{row.label} was changed by another bowout just now", "run the same command again")
