"""The letter linter over a text file or a draft in the mailbox: findings with line and column."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bowout.drafts import basis, lint, state
from bowout.errors import NothingFound, UsageError
from bowout.etiquette import check as etiquette
from bowout.etiquette.context import Context
from bowout.etiquette.rule import Finding, Severity
from bowout.journal import calls, lookup
from bowout.letters import wish
from bowout.mail import quotes
from bowout.model import Address, Facts, FollowUp, Person, Situation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bowout.model import DraftRecord, Withdrawal
    from bowout.providers.base import Draft
    from bowout.session import Session

# What --set understands here.
VALUES = ("company", "position", "recipient_name", "full_name", "interview_start", "other_employer")
# The lines of a quoted mail that name people; the rest of a quote is what the reader wrote or has seen.
_NAMES_PEOPLE = re.compile(r"[>\s]*(?:\*?\w+\*?\s?:.*@|.*@.*:\s*$)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A finding and where it begins in the checked file, both counted from 1."""

    finding: Finding
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was found in ``name``, in the order of the text, and the rules that could not be applied."""

    name: str
    placed: tuple[Placed, ...]
    not_checked: tuple[str, ...]

    def count(self, severity: Severity) -> int:
        """How many findings of that severity."""
        return sum(placed.finding.severity is severity for placed in self.placed)


def check(text: str, name: str, context: Context) -> Proof:
    """Lint what is new in ``text``: quote and signature are left out. Raises UsageError when nothing is."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    new = quotes.split(text).new
    if not new.strip():
        raise UsageError(f"{name} holds no text of a letter.", "Quoted lines and signatures are not checked.")
    report = etiquette.check(new, context)
    lines = _origin(new, text)
    placed = tuple(_placed(finding, new, lines) for finding in report.findings)
    return Proof(name=name, placed=placed, not_checked=report.not_checked)


def _origin(new: str, text: str) -> list[int]:
    """For each line of ``new``, the number of the line of ``text`` that it was."""
    source = text.split("\n")
    found, at = [], 0
    for line in new.split("\n"):
        if line.strip():
            at = next((n for n in range(at, len(source)) if source[n].rstrip() == line.rstrip()), at)
        found.append(at + 1)
        at += 1
    return found


def _placed(finding: Finding, new: str, lines: Sequence[int]) -> Placed:
    before = new[: finding.start]
    row = before.count("\n")
    return Placed(finding=finding, line=lines[row], column=len(before) - (before.rfind("\n") + 1) + 1)


def context_for(
    values: Mapping[str, str],
    *,
    situation: Situation | FollowUp | None,
    language: str | None,
    full_name: str | None,
    now: datetime,
    zone: str,
    disabled: Sequence[str] = (),
) -> Context:
    """What is known about a letter that is only a text: what the person says. Raises UsageError."""
    if unknown := set(values) - set(VALUES):
        raise UsageError(f"check does not know the value {min(unknown)!r}.", f"It knows {', '.join(VALUES)}.")
    told = wish.told(Facts(), {k: v for k, v in values.items() if k in wish.VALUES}, zone)
    name = values.get("recipient_name")
    return Context(
        situation=situation,
        language=language,
        facts=told,
        recipient=Person(address=Address(name, ""), name=name) if name else None,
        full_name=values.get("full_name") or full_name,
        other_employer=values.get("other_employer"),
        now=now,
        disabled=tuple(disabled),
    )


# --- the draft in the mailbox ---------------------------------------------------------------------


def check_draft(
    session: Session, withdrawal: Withdrawal, values: Mapping[str, str], disabled: Sequence[str] = ()
) -> Proof:
    """Lint the draft that waits in the thread of this withdrawal, with all that the thread tells.

    Raises NothingFound when no draft of bowout's is there.
    """
    for record in reversed(session.store.drafts(withdrawal.id)):
        seen = state.look(session.mailbox, session.store, record)
        if seen.draft and not seen.draft.empty:
            context = _context(session, withdrawal, record, seen.draft, values)
            known = etiquette.known(session.config.lint.disable, "lint.disable")
            context = replace(context, disabled=(*known, *disabled))
            return check(seen.draft.message.text, withdrawal.label, context)
    raise NothingFound(
        f"No draft of bowout's waits in the thread of {withdrawal.label}.",
        f"Write one: bowout draft {withdrawal.label}",
    )


def _context(
    session: Session, withdrawal: Withdrawal, record: DraftRecord, draft: Draft, values: Mapping[str, str]
) -> Context:
    message, now = draft.message, session.clock()
    thread = session.mailbox.thread(withdrawal.thread_id)
    facts = basis.told_by(session, thread, values, withdrawal)
    left = basis.situation_now(withdrawal, facts, now)
    follow_up = None if record.purpose == state.WITHDRAWAL else FollowUp(record.purpose)
    noted = lookup.noted(session.store, withdrawal)
    return Context(
        situation=follow_up or left,
        after=left if follow_up else None,
        reason=None if follow_up else withdrawal.reason,
        depth=None if follow_up else withdrawal.depth,
        language=withdrawal.language,
        facts=facts,
        recipient=basis.person_at(facts, message.to[0]) if message.to else None,
        full_name=session.config.profile.name,
        now=now,
        call=calls.call_of(follow_up, session.store.calls(withdrawal.id)) if follow_up else None,
        other_employer=noted.other_employer,
        decided_on=noted.decided_on,
        to=message.to,
        cc=message.cc,
        contacts=lint.contacts(session, thread),
        dead=lint.dead(thread, session.relays),
        participants=lint.participants(thread),
        in_reply_to=next(iter(message.in_reply_to), None),
        parents=tuple(m.message_id for m in thread.mails if m.message_id),
        quoted="\n".join(_NAMES_PEOPLE.findall(quotes.split(message.text).quoted)),
        attachments=len(message.body.attachments) if message.body else None,
        other_threads=lint.others(session.store, withdrawal),
    )
