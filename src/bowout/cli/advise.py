"""``bowout advise WHO``: the one pressing thing, then what else fits this case; writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from bowout.cli import ask, phrases, private, recorded, render, show
from bowout.cli.options import Kebab, Options, pairs, shared
from bowout.cli.render import Result
from bowout.errors import UsageError
from bowout.model import Reason, Situation
from bowout.text.harmless import for_shell, thread_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bowout.advice.advise import Advice, Case
    from bowout.find.candidate import Candidate
    from bowout.model import Thread


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options as typed."""

    rapport: bool | None
    reason: Reason | None
    decided_on: str | None
    situation: Situation | None
    values: tuple[str, ...]
    thread_id: str | None


@click.command("advise")
@click.argument("who", required=False)
@click.option("--rapport/--no-rapport", default=None, help="Are you on good terms with them?")
@click.option("--reason", type=Kebab(Reason), help="Why you leave, if that is to be considered.")
@click.option("--decided-on", metavar="DAY", help="When you decided, e.g. yesterday or 2026-11-20.")
@click.option("--situation", type=Kebab(Situation), help="Overrides what the thread suggests.")
@click.option("--set", "values", multiple=True, metavar="KEY=VALUE", help="State a fact, e.g. position='QA'.")
@click.option("--thread", "thread_id", metavar="ID", help="Use this thread; ids are listed by find.")
@shared
def command(*, opts: Options, who: str | None, **options: Any) -> Result:
    """Say what to do now, and at most five more things that the guides advise in this case.

    WHO is the company, the recruiter's name or address, a domain, the job title, or words of the subject.
    Once recorded, the number (w3) names it in whichever account it is.
    With -v all that the guides say, each line with the rule behind it. Nothing is written.
    """
    from bowout.advice import advise, case
    from bowout.drafts import basis
    from bowout.journal import lookup

    asked = Asked(**options)
    if not (who or asked.thread_id):
        raise UsageError("advise needs WHO, for example: bowout advise acme", "Or give --thread ID.")
    with recorded.account_of(opts, who or "") as active:
        found = ask.choose(active, opts, who or "", asked.thread_id)
        thread, chosen = found.thread, found.candidate
        known = basis.known_withdrawal(active, thread)
        noted = lookup.noted(active.store, known).decided_on if known else None
        wanted = case.Asked(
            rapport=asked.rapport,
            reason=asked.reason,
            decided_on=private.decided_on(active, asked.decided_on) or noted,
            situation=asked.situation,
            values=pairs(asked.values),
        )
        with ask.about(active, chosen):
            told = case.case(active, chosen, wanted, known)
        lines = advise.advise(told)
        shown = () if chosen.status else advise.shown(lines)  # where it is over, nothing presses
        name = known.label if known else for_shell(who) if who else thread_option(thread.id)
        about = [*_about(told, chosen), *_advice(lines, shown, verbose=opts.verbose)]
        about.append(render.label("Next", render.safe(_next(told, chosen, name))))
        return Result(command="advise", data=_data(told, lines, shown, thread), lines=tuple(about))


def _about(case: Case, chosen: Candidate) -> Iterator[str]:
    for warning in chosen.warnings:
        yield render.alarm(f"Suspicious: {warning}")
    about = [fact.value for fact in (case.facts.company, case.facts.position) if fact]
    yield render.label("Thread", render.strong(", ".join(about) or chosen.thread.subject))
    if chosen.status:
        yield from render.caution("Note", show.STATUS[chosen.status])
    yield render.label("Stage", str(case.situation))
    if case.slot:
        yield render.label("Slot", phrases.slot(case.slot, case.now))


def _advice(lines: tuple[Advice, ...], shown: tuple[Advice, ...], *, verbose: bool) -> Iterator[str]:
    """The lines under what they are about; with ``verbose`` all of them, with the rules behind each."""
    told = lines if verbose else shown
    for kind, group in groupby(told, lambda advice: advice.kind):
        title = kind.value.capitalize()
        for advice in group:
            rules = f" [{advice.guide.replace(' ', ',')}]" if verbose else ""
            write = render.caution if advice is lines[0] else render.labelled
            yield from write(title, f"{advice.line}{rules}")
            title = ""
    if told and (hidden := len(lines) - len(told)):
        yield from render.labelled("More", f"{hidden} more of lesser weight, and the rules behind each: -v")


def _next(case: Case, chosen: Candidate, name: str) -> str:
    from bowout.advice import advise

    if chosen.status:
        return "bowout status"
    if case.spoke:
        return f"bowout confirm {name}"
    if advise.calls_first(case):
        return f"bowout call {name}, then: bowout confirm {name}"
    if advise.prefers_call(case):
        return f"bowout draft {name}, then: bowout call {name}"
    return f"bowout draft {name}"


def _data(
    case: Case, lines: tuple[Advice, ...], shown: tuple[Advice, ...], thread: Thread
) -> dict[str, object]:
    from bowout.advice import advise

    return {
        "thread": thread.id,
        "situation": case.situation,
        "slot": {"start": case.slot.start, "zone": case.slot.zone} if case.slot else None,
        "call_first": advise.calls_first(case),
        "advice": [
            {
                "kind": advice.kind,
                "line": advice.line,
                "guide": advice.guide,
                "leads": advice in shown[:1],
                "shown": advice in shown,
            }
            for advice in lines
        ],
    }
