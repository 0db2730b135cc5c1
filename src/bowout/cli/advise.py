"""``bowout advise WHO``: call or write, how late is it, what to have ready and leave out; writes nothing."""

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
    """Say what the guides advise: call or write, how late it is, what to have ready and what to leave out.

    WHO is the company, the recruiter's name or address, a domain, the job title, or words of the subject.
    Once recorded, the number (w3) names it in whichever account it is.
    Each line names the guide rule behind it. Nothing is written.
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
        name = known.label if known else for_shell(who) if who else thread_option(thread.id)
        return Result(
            command="advise", data=_data(told, lines, thread), lines=(*_told(told, chosen, lines, name),)
        )


def _told(case: Case, chosen: Candidate, lines: tuple[Advice, ...], name: str) -> Iterator[str]:
    for warning in chosen.warnings:
        yield render.alarm(f"Suspicious: {warning}")
    about = [fact.value for fact in (case.facts.company, case.facts.position) if fact]
    yield render.label("Thread", render.strong(", ".join(about) or chosen.thread.subject))
    if chosen.status:
        yield from render.caution("Note", show.STATUS[chosen.status])
    yield render.label("Stage", str(case.situation))
    if case.slot:
        yield render.label("Slot", phrases.slot(case.slot, case.now))
    for kind, group in groupby(lines, lambda advice: advice.kind):
        title = kind.value.capitalize()
        for advice in group:
            yield from render.labelled(title, f"{advice.line} [{advice.guide.replace(' ', ',')}]")
            title = ""
    yield render.label("Next", render.safe(_next(case, chosen, name)))


def _next(case: Case, chosen: Candidate, name: str) -> str:
    from bowout.advice import advise

    if chosen.status:
        return "bowout status"
    if case.spoke:
        return f"bowout confirm {name}"
    if advise.prefers_call(case):
        return f"bowout call {name}, then: bowout confirm {name}"
    return f"bowout draft {name}"


def _data(case: Case, lines: tuple[Advice, ...], thread: Thread) -> dict[str, object]:
    from bowout.advice import advise

    return {
        "thread": thread.id,
        "situation": case.situation,
        "slot": {"start": case.slot.start, "zone": case.slot.zone} if case.slot else None,
        "call_first": advise.prefers_call(case) and not case.spoke,
        "advice": [{"kind": a.kind, "line": a.line, "guide": a.guide} for a in lines],
    }
