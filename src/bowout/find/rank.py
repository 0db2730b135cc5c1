"""Rank threads against WHO, with reasons, and say whether the first is surely meant. Pure.

Wrong is worse than unsure. ``sure`` means: after the hard filters exactly one candidate is left, somebody of
the other side wrote it in person, in the words of a hiring process, nothing about it is suspicious, and WHO
equals its company, domain, address or a full name. The score only orders the list; it never makes anything
sure. docs/finding.md tells the rules to the person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bowout.find.appraisal import Appraisal
from bowout.find.aside import joined
from bowout.find.candidate import Candidate, Outcome, Ranking
from bowout.find.view import View, other_position
from bowout.model import Identity, Query, Stage, Thread, require_aware
from bowout.people.machines import Relays
from bowout.read import stage

__all__ = ["appraise", "rank"]


def rank(
    threads: Sequence[Thread],
    query: Query,
    identities: Sequence[Identity],
    relays: Relays,
    now: datetime,
    reads: Callable[[Thread], bool] = lambda _: True,
) -> Ranking:
    """Rank ``threads`` (complete ones: bodies that are missing tell nothing) against ``query`` at ``now``.

    Without WHO every hiring thread is a candidate, newest first, and nothing is sure. ``reads`` = is there
    still time for a thread?
    """
    require_aware(now=now)
    unique = {t.id: t for t in threads}.values()
    views: list[Appraisal] = []
    for thread in filter(reads, unique):
        view = Appraisal(thread, identities, relays, now, query.who)
        # Most of the work, done here so that ``reads`` knows how long it took.
        _ = view.answer if query.who.strip() else view.is_listed
        views += [view] if _recent(view, query) else []
    if not query.who.strip():
        kept = [v for v in views if v.is_listed]
        listed = sorted((v.candidate() for v in kept), key=_newest, reverse=True)
        return Ranking(outcome=Outcome.AMBIGUOUS if listed else Outcome.NONE, candidates=tuple(listed))
    views = _with_events(views, lambda t: Appraisal(t, identities, relays, now, query.who), identities)
    answering = _answering(views)
    kept = _hard_filters([v for v in answering if v.somebody])
    if len(kept) == 1 and kept[0].may_be_sure:
        best = kept[0]
        kept += [v for v in views if v is not best and (v.rivals(best) or v.ends(best))]
    ranked = sorted((v.candidate() for v in kept), key=lambda c: (c.score, _newest(c)), reverse=True)
    if len(kept) == 1 and kept[0].may_be_sure:
        return Ranking(outcome=Outcome.SURE, candidates=(replace(ranked[0], sure=True),))
    return Ranking(
        outcome=Outcome.AMBIGUOUS if ranked else Outcome.NONE,
        candidates=tuple(ranked),
        passed_over=tuple(v.candidate() for v in answering if not v.somebody),
        hosts=tuple((v.thread.id, host) for v in answering if not v.somebody for host in v.hosts),
    )


def appraise(
    thread: Thread, identities: Sequence[Identity], relays: Relays, now: datetime, who: str = ""
) -> Candidate:
    """Judge one thread that the person chose: warnings and status count there too."""
    return Appraisal(thread, identities, relays, now, who).candidate()


def _recent(view: Appraisal, query: Query) -> bool:
    return query.since is None or (view.newest is not None and view.newest >= query.since)


def _newest(candidate: Candidate) -> float:
    return candidate.newest.timestamp() if candidate.newest else 0.0


def _with_events(
    views: list[Appraisal], view: Callable[[Thread], Appraisal], identities: Sequence[Identity]
) -> list[Appraisal]:
    """Lay the calendar's own threads beside the talks that answer to WHO as well."""
    answering = [v.thread for v in views if v.answer is not None]
    known = {t.id: t for t in joined(answering, identities)}
    ids = {t.id for t in answering}
    kept = [v for v in views if v.thread.id in known or v.thread.id not in ids]
    return [view(known[v.thread.id]) if known.get(v.thread.id, v.thread).aside else v for v in kept]


def _answering(views: Sequence[Appraisal]) -> list[Appraisal]:
    """Choose the threads that answer to WHO; those that only tell something like it where nothing does."""
    plain = [v for v in views if v.answer is not None]
    if any(v.somebody for v in plain):
        return plain
    return plain + [v for v in views if v.answer is None and v.match is not None and v.somebody]


# --- hard filters ---------------------------------------------------------------------------------


def _hard_filters(views: Sequence[Appraisal]) -> list[Appraisal]:
    """Keep what may be meant at all: threads of machines or small talk only when there is nothing better.

    Better is only what WHO equals: somebody who has a word of it in common takes nothing away.
    """
    human = [v for v in views if v.human and (v.signs or v.is_my_process)]
    if not human:
        return [v for v in views if v.hiring_system or (v.human and v.equal)] or list(views)
    if not any(v.equal for v in human):
        return list(views)
    rivals = [v for v in views if v.hiring_system and v not in human]
    rivals = [v for v in rivals if all(other_position(v, h) or _applied_later(v, h) for h in human)]
    plain = any(v.equal and v.speaks_hiring for v in human)
    return [v for v in human if not (plain and v.only_mentions)] + rivals


def _applied_later(a: View, b: View) -> bool:
    """Tell whether ``a`` confirms an application, of no known position, made after ``b`` had begun.

    The confirmation of the application that ``b`` is about came before anybody wrote.
    """
    if a.position and a.position == b.position:
        return False
    reached = stage.stage(a.theirs, (), a.now)
    confirms = reached is not None and reached.value is Stage.APPLIED
    return confirms and min(m.moment for m in a.thread.mails) > min(s.message.moment for s in b.human)
