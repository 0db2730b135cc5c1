"""Which of the logged calls a letter speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bowout.model import CallOutcome, FollowUp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bowout.model import Call

VOICEMAIL = frozenset({CallOutcome.VOICEMAIL_CALLBACK, CallOutcome.VOICEMAIL_DECISION})
UNANSWERED = frozenset({CallOutcome.NO_ANSWER, CallOutcome.BUSY})
SPEAKS_OF = {
    FollowUp.AFTER_CALL: frozenset({CallOutcome.SPOKE}),
    FollowUp.AFTER_VOICEMAIL: VOICEMAIL,
    FollowUp.NO_ANSWER: UNANSWERED,
}


def newest(calls: Sequence[Call], outcomes: frozenset[CallOutcome]) -> Call | None:
    """The newest call with one of these outcomes."""
    return max((c for c in calls if c.outcome in outcomes), key=lambda c: (c.at, c.id), default=None)


def call_of(letter: FollowUp, calls: Sequence[Call]) -> Call | None:
    """The logged call that a follow-up speaks of; None when it speaks of none, or none is logged."""
    return newest(calls, SPEAKS_OF.get(letter, frozenset()))
