"""``bowout draft WHO``: the main job."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from bowout.cli import ask, private, recorded, render, show
from bowout.cli.asked import Asked
from bowout.cli.options import Kebab, Options, Rule, shared, who_words
from bowout.cli.render import Result
from bowout.errors import Ambiguous, BowoutError, UsageError
from bowout.model import Channel, Depth, Reason, Situation, Stage, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bowout.find.candidate import Candidate
    from bowout.session import Session


@click.command("draft")
@who_words
@click.option("--reason", type=Kebab(Reason), help="Why you leave; see: bowout letters list")
@click.option("--depth", type=Kebab(Depth), help="How much of the reason to tell: none, brief, full.")
@click.option("--tone", type=Kebab(Tone), help="formal, neutral or warm.")
@click.option("--situation", type=Kebab(Situation), help="Overrides what the thread suggests.")
@click.option("--channel", type=Kebab(Channel), help="email-reply, or agency (what the thread suggests).")
@click.option("--lang", "language", metavar="LANG", help="Language of the letter, e.g. en, en-US or de.")
@click.option("--du/--sie", "familiar", default=None, help="Say du (tú, tu) or Sie, whatever they say.")
@click.option("--set", "values", multiple=True, metavar="KEY=VALUE", help="State a fact, e.g. position='QA'.")
@click.option("--with", "with_parts", multiple=True, metavar="PART", help="Add an optional part.")
@click.option("--without", "without_parts", multiple=True, metavar="PART", help="Leave an optional part out.")
@click.option("--thread", "thread_id", metavar="ID", help="Use this thread; ids are listed by find.")
@click.option("--to", metavar="PERSON", help="Write to this person of the thread.")
@click.option("--from", "from_", metavar="ADDRESS", help="Write from this address of yours.")
@click.option("--reply-all", is_flag=True, help="Put everybody else of the thread in Cc.")
@click.option("--quote/--no-quote", default=None, help="Quote the message you answer below the letter.")
@private.options
@click.option("--edit", is_flag=True, help="Open the letter in your editor before it is saved.")
@click.option("--allow", type=Rule(), multiple=True, help="Accept a letter that breaks this lint rule.")
@click.option("--each", is_flag=True, help="Walk through all recent hiring threads, one letter each.")
@click.option("--explain", is_flag=True, help="Say why this thread and this person.")
@click.option("--yes", is_flag=True, help="Save without asking.")
@click.option("--force", is_flag=True, help="Overwrite a draft you changed; write in spite of a warning.")
@shared
def command(*, opts: Options, who: str | None, each: bool, **options: Any) -> Result:
    """Draft a kind withdrawal in the recruiter's own thread.

    WHO is the company, the recruiter's name or address, a domain, the job title, or words of the subject.
    Once recorded, the number (w3) names it in whichever account it is.
    Nothing is sent: the letter is left as a draft in the thread, for you to read, change and send.
    """
    asked = Asked(**options)
    if each and not (opts.interactive or asked.yes):
        raise UsageError(
            "draft --each walks through all your hiring threads and asks about each.",
            "Run it on a terminal, or draft for every one of them with --yes.",
        )
    who = (who or "").strip()
    if each and (who or asked.thread_id or asked.to or asked.values):
        raise UsageError(
            "draft --each writes to every process what its own thread says, and to its own person.",
            "Leave WHO, --thread, --to and --set out, or draft that one by itself without --each.",
        )
    if not (who or each or asked.thread_id):
        raise UsageError("draft needs WHO, for example: bowout draft acme", "Or give --thread ID, or --each.")
    with recorded.account_of(opts, who) as active:
        if each:
            return _draft_each(active, opts, asked)
        return draft_one(active, opts, who, asked)


def draft_one(active: Session, opts: Options, who: str, asked: Asked) -> Result:
    """Find, prepare, show, ask, save; also what ``demo`` runs."""
    from bowout.drafts import basis, prepare

    chosen = ask.choose(active, opts, who, asked.thread_id, letter_first=True)
    thread, candidate = chosen.thread, chosen.candidate
    with ask.about(active, candidate):
        ask.refuse_suspicious(candidate.warnings, opts, asked)
        request = replace(asked.request(active), who=who)
        request = basis.with_typed_firm(active, thread, candidate, who, request)
        proposal, request = ask.settled(active, opts, chosen, request)
        if asked.edit:
            proposal = ask.edited(
                opts,
                proposal,
                lambda text: prepare.prepare(active, thread, replace(request, text=text), candidate),
            )
        why = candidate.reasons if (asked.explain or opts.verbose) else ()
        # Not where nobody wants to be asked, nothing is written, the person writes it anyway, or it may be
        # another thread that is meant.
        seen = False
        if opts.interactive and chosen.is_clear and not (asked.yes or asked.edit or opts.dry_run):
            proposal, seen = ask.in_own_words(
                opts, proposal, request, lambda r: prepare.prepare(active, thread, r, candidate), why=why
            )
        return ask.finish(active, opts, proposal, asked, chosen=chosen, why=why, seen=seen)


# --- one by one ---------------------------------------------------------------------------------------


def _draft_each(active: Session, opts: Options, asked: Asked) -> Result:
    """Each open process its own letter; what cannot be drafted is said and skipped."""
    from bowout.find import appraisal, overview

    done: list[dict[str, object]] = []
    seen = overview.overview(active)
    walked = [(c, f.stage.value if f.stage else None) for c, f in seen.processes]
    if not walked:
        raise overview.nothing(active, seen)
    for number, (candidate, stage) in enumerate(walked, 1):
        if not opts.json:
            render.show([render.dim(f"--- {number} of {len(walked)} " + "-" * 40)])
            render.show(show.candidate_lines(active, candidate, ""))
        # Whether a machine's thread can be answered is found out when the answer is planned.
        doubts = (doubt for doubt in candidate.doubts if doubt != appraisal.BY_MACHINE)
        done.append(_each(active, opts, candidate, (*_OFFERED.get(stage, ()), *doubts), asked))
    saved = sum(1 for entry in done if entry.get("saved"))
    worst = max((int(str(entry.get("exit", 0))) for entry in done), default=0)
    return Result(
        command="draft",
        data={"drafts": done, **show.left_out_data(seen)},
        lines=(
            f"{saved} of {len(done)} drafted. See them all with: bowout status",
            *show.left_out_lines(seen),
        ),
        exit_code=worst,
    )


# The process whose offer was taken is among the hiring threads too.
_OFFERED: Mapping[Stage | None, tuple[str, ...]] = {
    Stage.OFFER: ("they made you an offer",),
    Stage.ACCEPTED: ("you accepted their offer",),
}


def _each(
    active: Session, opts: Options, candidate: Candidate, doubts: tuple[str, ...], asked: Asked
) -> dict[str, object]:
    subject, thread_id = candidate.thread.subject, candidate.thread.id
    entry: dict[str, object] = {"thread": thread_id, "subject": subject, "saved": False}
    if opts.interactive:
        render.show(line for doubt in doubts for line in render.caution("Check", doubt))
        if not click.confirm(f"Leave {render.safe(subject)}?", default=False):
            return entry
    try:
        if doubts and not opts.interactive:
            raise Ambiguous(
                f"It is not certain that you leave this one: {doubts[0]}.",
                f"If you do: bowout draft --thread {thread_id.strip('<>')}",
            )
        result = draft_one(active, opts, "", replace(asked, thread_id=thread_id))
    except BowoutError as exc:
        if not opts.json:
            render.fail("draft", exc, as_json=False)
        error = {"code": exc.code, "message": exc.message, "next": exc.next_step}
        return {**entry, "exit": exc.exit_code, "error": error}
    if not opts.json:
        render.show(result.lines)
    return {"subject": subject, **(result.data if isinstance(result.data, dict) else {})}
