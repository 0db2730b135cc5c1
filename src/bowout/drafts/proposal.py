"""Hold what a draft goes through: what was asked for, what was decided, what saving did.

``find.search`` finds the thread, ``prepare`` decides everything and writes nothing, ``save`` writes what the
person has seen; between the last two the CLI shows the proposal and asks.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bowout.drafts.state import WITHDRAWAL, Look
from bowout.model import Channel, Depth, FollowUp, Reason, Situation, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from bowout.etiquette.rule import Report
    from bowout.journal.record import Withdrawal
    from bowout.letters.render import Letter
    from bowout.model import Account, Call, Facts, Reply, Thread
    from bowout.providers.base import Draft
    from bowout.read.newest import Newest
    from bowout.reply.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the person asked for on the command line; None = decide from the thread or the configuration."""

    reason: Reason | None = None
    depth: Depth | None = None
    tone: Tone | None = None
    situation: Situation | None = None
    language: str | None = None
    familiar: bool | None = None  # German du, and its like
    channel: Channel | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    typed_firm: bool = False  # the company among them is WHO, not --set company
    parts: Mapping[str, bool] = field(default_factory=dict)
    who: str = ""  # as typed
    to: str | None = None
    from_: str | None = None
    reply_all: bool = False
    quote: bool | None = None
    text: str | None = None  # the letter as the person edited it
    force: bool = False
    again: bool = False  # the person knows that a letter has said it before
    allow: frozenset[str] = frozenset()
    follow_up: FollowUp | None = None  # None = the withdrawal itself; ``situation`` is then what was left
    call: Call | None = None  # the logged call that a follow-up speaks of
    # Private: the linter looks at them, no letter ever holds them.
    decided_on: datetime | None = None
    other_employer: str | None = None

    @property
    def purpose(self) -> str:
        """Of the draft in the journal: there is one draft for each."""
        return self.follow_up or WITHDRAWAL

    def depth_or(self, usual: Depth) -> Depth:
        """The depth asked for, else the usual one; where no reason is given there is nothing to tell."""
        return self.depth or (usual if (self.reason or Reason.NONE) is not Reason.NONE else Depth.NONE)


def as_before(request: Request, withdrawal: Withdrawal | None) -> Request:
    """A second run that names no reason keeps the recorded one, instead of taking it out of the letter."""
    if withdrawal is None or request.reason is not None or request.depth is not None:
        return request
    return replace(request, reason=withdrawal.reason, depth=withdrawal.depth)


class Action(StrEnum):
    """What saving a proposal will do to the mailbox."""

    CREATE = "create"
    UPDATE = "update"
    KEEP = "keep"  # the draft already says exactly this
    OVERWRITE = "overwrite"  # the person edited it and forced us; their version is kept


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Everything decided and nothing written: what the person is shown before saving."""

    account: Account
    thread: Thread
    facts: Facts
    plan: Plan
    letter: Letter
    reply: Reply
    report: Report
    report_at: Callable[[datetime], Report]  # what the check finds when it goes out at another time
    action: Action
    uncertain: tuple[str, ...]
    warnings: tuple[str, ...]
    suspicions: tuple[str, ...]
    previous: Look | None
    withdrawal: Withdrawal | None
    prepared_at: datetime
    newest: Newest | None = None  # their newest words, shown above the letter
    purpose: str = WITHDRAWAL
    named_situation: Situation | None = None  # what the person named, instead of having it read
    superseded: tuple[Look, ...] = ()  # drafts of ours that say the same less well; removed when saved
    own_words: Mapping[str, str] = field(default_factory=dict)  # told by the person, for the next letter too


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What saving did: the draft in the mailbox and the withdrawal it belongs to."""

    withdrawal: Withdrawal
    draft: Draft
    action: Action
    kept_copy: Path | None = None
    removed: tuple[str, ...] = ()  # purposes of the drafts of ours that this one took the place of
