"""Read the case that advice is asked about from the thread, the records and one search."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bowout.advice.advise import Case
from bowout.drafts import basis, lint
from bowout.find import search
from bowout.letters.situation import infer_situation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bowout.find.candidate import Candidate
    from bowout.journal.record import Withdrawal
    from bowout.model import Person, Reason, Situation
    from bowout.session import Session


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the person told; None = decide from thread and records."""

    rapport: bool | None = None
    reason: Reason | None = None
    decided_on: datetime | None = None
    situation: Situation | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def case(session: Session, chosen: Candidate, asked: Asked, known: Withdrawal | None) -> Case:
    """The case of this thread; ``known`` is its recorded withdrawal. Reads only."""
    now, thread = session.clock(), chosen.thread
    facts = basis.told_by(session, thread, asked.values, known)
    inferred = basis.situation_now(known, facts, now) if known else infer_situation(facts, now)
    return Case(
        facts=facts,
        situation=asked.situation or inferred,
        now=now,
        calls=session.store.calls(known.id) if known else (),
        others=open_elsewhere(session, chosen, facts.company.value if facts.company else None),
        rapport=asked.rapport,
        decided_on=asked.decided_on,
        reason=asked.reason or (known.reason if known else None),
    )


def open_elsewhere(session: Session, chosen: Candidate, company: str | None) -> tuple[str, ...]:
    """Other processes with the same company: recorded ones, and open threads with people of its domain."""
    recorded = [w for w in lint.recorded_at(session.store, company) if w.thread_id != chosen.thread.id]
    known = {chosen.thread.id, *(w.thread_id for w in recorded)}
    found = _open_threads(session, chosen.person, company) if company and chosen.person else []
    return (*map(lint.named, recorded), *(subject for id_, subject in found if id_ not in known))


def _open_threads(session: Session, person: Person, company: str) -> list[tuple[str, str]]:
    relays, domain = session.relays, person.address.domain
    if relays.is_freemail(domain):
        return []
    return [
        (found.thread.id, found.thread.subject)
        for found in search.seek(session, company).candidates
        if found.status is None
        and found.person
        and relays.organisation(found.person.address.domain) == relays.organisation(domain)
    ]
