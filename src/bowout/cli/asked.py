"""Take the options of ``draft``, ``confirm`` and ``call`` as one typed value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bowout.cli import private
from bowout.cli.options import pairs

if TYPE_CHECKING:
    from bowout.drafts.proposal import Request
    from bowout.model import Channel, Depth, FollowUp, Reason, Situation, Tone
    from bowout.session import Session


@dataclass(frozen=True, kw_only=True)
class Asked(private.Notes):
    """The options as typed, by their names; None = not typed. ``request`` is what is asked of the letter,
    the last group is asked of the command."""

    reason: Reason | None = None
    depth: Depth | None = None
    tone: Tone | None = None
    situation: Situation | None = None
    channel: Channel | None = None
    language: str | None = None
    familiar: bool | None = None
    values: tuple[str, ...] = ()
    with_parts: tuple[str, ...] = ()
    without_parts: tuple[str, ...] = ()
    follow_up: FollowUp | None = None
    to: str | None = None
    from_: str | None = None
    reply_all: bool = False
    quote: bool | None = None
    allow: tuple[str, ...] = ()

    thread_id: str | None = None
    edit: bool = False
    explain: bool = False
    yes: bool = False
    force: bool = False

    def request(self, active: Session) -> Request:
        """What is asked of the letter. Raises UsageError for a day that cannot be read."""
        from bowout.drafts.proposal import Request

        parts = dict.fromkeys(self.with_parts, True) | dict.fromkeys(self.without_parts, False)
        return Request(
            reason=self.reason,
            depth=self.depth,
            tone=self.tone,
            situation=self.situation,
            language=self.language,
            familiar=self.familiar,
            channel=self.channel,
            values=pairs(self.values),
            parts={name.strip().lower().replace("_", "-"): on for name, on in parts.items()},
            to=self.to,
            from_=self.from_,
            reply_all=self.reply_all,
            quote=self.quote,
            force=self.force,
            allow=frozenset(self.allow),
            follow_up=self.follow_up,
            decided_on=private.decided_on(active, self.decided_on),
            other_employer=self.other_employer,
        )
