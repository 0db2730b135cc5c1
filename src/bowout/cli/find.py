"""``bowout find [WHO]``: the ranked threads, with reasons; writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bowout.cli import phrases, recorded, render
from bowout.cli.options import Options, shared, who_words
from bowout.cli.render import Result
from bowout.cli.show import candidate_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bowout.find.candidate import Candidate, Ranking
    from bowout.model import Facts
    from bowout.session import Session


@click.command("find")
@who_words
@click.option("--explain", is_flag=True, help="Say why each thread is where it is.")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="At most so many.")
@shared
def command(*, opts: Options, who: str, explain: bool, limit: int) -> Result:
    """List the threads that answer to WHO, best first.

    Without WHO: the hiring threads of the last 120 days, with stage, next slot and who wrote last.
    The number of a recorded withdrawal (w3) shows its thread.
    """
    from bowout.find import search

    who = who.strip()
    with recorded.account_of(opts, who) as active:
        ranking = _ranking(active, who, limit)
        if not ranking.candidates:
            raise search.nothing_found(active, ranking, who)
        found = search.stories(active, ranking)[:limit]
        lines: list[str] = []
        for number, (candidate, facts) in enumerate(found, 1):
            lines += candidate_lines(active, candidate, str(number), explain=explain or opts.verbose)
            lines += _facts_lines(active, facts)
            lines.append(f"     {render.dim(render.thread_option(candidate.thread.id))}")
        lines.append(_next(ranking.outcome, who))
        return Result(
            command="find",
            data={"outcome": ranking.outcome, "candidates": [_data(c, f) for c, f in found]},
            lines=tuple(lines),
        )


def _ranking(active: Session, who: str, limit: int) -> Ranking:
    from bowout.find import search
    from bowout.journal import lookup

    if lookup.is_label(who):
        return search.recorded(active, lookup.called(active.store, who, active.account.name))
    if who:
        return search.seek(active, who)
    return search.seek_recent(active, max(limit, search.RECENT_LIMIT))


def _facts_lines(active: Session, facts: Facts) -> Iterator[str]:
    known = [render.safe(f.value) for f in (facts.company, facts.position) if f]
    if facts.stage:
        known.append(str(facts.stage.value))
    if known:
        yield f"     {', '.join(known)}"
    slot = facts.slot.value if facts.slot else None
    if slot and slot.start > active.clock():
        yield f"     interview {phrases.slot(slot, active.clock())}"


def _next(outcome: str, who: str) -> str:
    if not who:
        return "Next: bowout draft WHO, or one letter after the other: bowout draft --each"
    if outcome == "sure":
        return f"Next: bowout draft {render.safe(who)}"
    return f"Next: bowout draft {render.safe(who)} --thread ID"


def _data(candidate: Candidate, facts: Facts) -> dict[str, object]:
    from bowout.find import search

    slot = facts.slot.value if facts.slot else None
    return {
        **search.candidate_summary(candidate, facts),
        "company": facts.company.value if facts.company else None,
        "position": facts.position.value if facts.position else None,
        "slot": {"start": slot.start, "zone": slot.zone, "cancelled": slot.cancelled} if slot else None,
    }
