"""``bowout find [WHO]``: the ranked threads, with reasons; writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bowout.cli import phrases, recorded, render
from bowout.cli.options import Options, shared, who_words
from bowout.cli.render import Result
from bowout.cli.show import candidate_lines, left_out_data, left_out_lines
from bowout.text.harmless import for_shell, thread_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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

    Without WHO: every open process of the last 120 days, offers first, with stage, next slot and who wrote
    last; and what was left out, and why.
    The number of a recorded withdrawal (w3) shows its thread.
    """
    from bowout.find import overview, search

    who = who.strip()
    with recorded.account_of(opts, who) as active:
        if not who:
            return _overview(active, opts, limit, explain=explain)
        ranking = _ranking(active, who)
        if not ranking.candidates:
            raise overview.with_running(active, search.nothing_found(active, ranking, who))
        found = search.stories(active, ranking.candidates[:limit])
        return Result(
            command="find",
            data={"outcome": ranking.outcome, "candidates": [_data(c, f) for c, f in found]},
            lines=(*_lines(active, found, explain=explain or opts.verbose), *_next(active, ranking, who)),
        )


def _lines(active: Session, found: Iterable[tuple[Candidate, Facts]], *, explain: bool) -> Iterator[str]:
    for number, (candidate, facts) in enumerate(found, 1):
        yield from candidate_lines(active, candidate, str(number), explain=explain)
        yield from _facts_lines(active, facts)
        yield f"     {render.dim(thread_option(candidate.thread.id))}"


def _overview(active: Session, opts: Options, limit: int, *, explain: bool) -> Result:
    """Every open process, and what is not listed."""
    from bowout.find import overview, search

    seen = overview.overview(active, max(limit, search.RECENT_LIMIT))
    if not seen.processes:
        raise overview.nothing(active, seen)
    shown = seen.processes[:limit]
    more = len(seen.processes) - len(shown)
    named = for_shell(overview.example(active, seen.processes))
    lines = [
        *_lines(active, shown, explain=explain or opts.verbose),
        *([f"{more} more are open: bowout find --limit {len(seen.processes)}"] if more else []),
        *left_out_lines(seen),
        f"Next: bowout draft {named}, or another company, person or address; all: bowout draft --each",
    ]
    data = {"outcome": "ambiguous", "candidates": [_data(c, f) for c, f in shown], **left_out_data(seen)}
    return Result(command="find", data=data, lines=tuple(lines))


def _ranking(active: Session, who: str) -> Ranking:
    from bowout.find import search
    from bowout.journal import lookup

    if lookup.is_label(who):
        return search.recorded(active, lookup.called(active.store, who, active.account.name))
    return search.seek_or_open(active, who)


def _facts_lines(active: Session, facts: Facts) -> Iterator[str]:
    known = [render.safe(f.value) for f in (facts.company, facts.position) if f]
    if facts.stage:
        known.append(str(facts.stage.value))
    if known:
        yield f"     {', '.join(known)}"
    slot = facts.slot.value if facts.slot else None
    if slot and slot.start > active.clock():
        yield f"     interview {phrases.slot(slot, active.clock())}"


def _next(active: Session, ranking: Ranking, who: str) -> Iterator[str]:
    """What to type next, as it can be typed; before it why that asks, where it is not sure."""
    best = ranking.candidates[0]
    known = active.store.find_withdrawal(active.account.name, best.thread.id)
    if known is not None and len(ranking.candidates) == 1:
        yield f"You have begun to leave there ({known.label}). Where it stands: bowout status"
        return
    if ranking.outcome == "sure":
        yield f"Next: bowout draft {for_shell(who)}"
        return
    several = len(ranking.candidates) > 1
    why = f"{len(ranking.candidates)} threads could be meant" if several else next(iter(best.why_unsure), "")
    yield from render.hanging(f"{why}." if why else "", "Not certain: ")
    yield f"Next: bowout draft {thread_option(best.thread.id)}{', or another one' if several else ''}"


def _data(candidate: Candidate, facts: Facts) -> dict[str, object]:
    from bowout.find import search

    return {
        **search.candidate_summary(candidate, facts),
        "company": facts.company.value if facts.company else None,
        "position": facts.position.value if facts.position else None,
        **phrases.slot_data(facts),
    }
