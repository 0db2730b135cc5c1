"""Ask the person: which thread, which person, is the letter right; then have it saved."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from bowout.cli import phrases, private, render, show
from bowout.cli.render import Result
from bowout.errors import Ambiguous, BowoutError, NothingFound, Suspicious
from bowout.model import Address

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from bowout.cli.asked import Asked
    from bowout.cli.options import Options
    from bowout.drafts.proposal import Proposal, Request
    from bowout.find.candidate import Candidate, Ranking
    from bowout.model import Thread
    from bowout.session import Session


# --- which thread ---------------------------------------------------------------------------------


def choose(active: Session, opts: Options, who: str, thread_id: str | None) -> tuple[Thread, Candidate]:
    """The thread that WHO or ``--thread`` names; several are asked about on a terminal, else listed."""
    from bowout.find import search
    from bowout.journal import lookup

    if not thread_id and lookup.is_label(who):
        thread_id = lookup.called(active.store, who, active.account.name).thread_id
    if thread_id:
        thread = search.thread_called(active, thread_id)
        return thread, search.appraise(active, thread)
    ranking = search.seek(active, who)
    if not ranking.candidates and (by_id := search.thread_with_id(active, who)) is not None:
        return by_id, search.appraise(active, by_id)
    try:
        chosen = search.the_one(active, ranking, who)
    except (Ambiguous, Suspicious):
        if not opts.interactive:
            raise
        chosen = _pick(active, ranking, who)
    return chosen.thread, chosen


@contextmanager
def about(active: Session, candidate: Candidate) -> Generator[None]:
    """Let every error that stops work on this thread name it."""
    from bowout.find import search

    try:
        yield
    except BowoutError as exc:
        raise search.about(active, candidate, exc) from exc.__cause__


def _pick(active: Session, ranking: Ranking, who: str) -> Candidate:
    render.show(
        [
            f"Several threads could be meant by {render.strong(who)}:"
            if len(ranking.candidates) > 1
            else f"One thread may be meant by {render.strong(who)}. Is it the right one?"
        ]
    )
    for number, candidate in enumerate(ranking.candidates, 1):
        render.show(show.candidate_lines(active, candidate, str(number)))
    only = ranking.candidates[0] if len(ranking.candidates) == 1 else None
    default = 1 if only and not only.warnings else None
    answer = click.prompt(
        "Which one (0 = none)", type=click.IntRange(0, len(ranking.candidates)), default=default
    )
    if not answer:
        raise NothingFound("None was chosen; nothing was written.", "Try other words: bowout find WHO")
    return ranking.candidates[answer - 1]


# --- which person, which letter -------------------------------------------------------------------


def settled(
    active: Session, opts: Options, thread: Thread, candidate: Candidate, request: Request
) -> tuple[Proposal, Request]:
    """Prepare; on a terminal ask for a company or position that is only guessed."""
    from bowout.drafts import basis, prepare

    if opts.interactive:
        for name, guess, source in basis.open_questions(active, thread):
            if name not in request.values:
                told = f" (guessed from {render.safe(source)})" if source else " (the thread does not say)"
                answer = click.prompt(name.capitalize() + told, default=render.safe(guess) or None)
                request = replace(request, values={**request.values, name: answer})
    try:
        return prepare.prepare(active, thread, request, candidate), request
    except Ambiguous as exc:
        if not (opts.interactive and exc.candidates):
            raise
        request = replace(request, to=_pick_person(exc))
        return prepare.prepare(active, thread, request, candidate), request


def _pick_person(several: Ambiguous) -> str:
    """Which of the people named in the error shall get the letter: the address."""
    people = several.candidates
    render.show([render.safe(several.message)])
    for number, person in enumerate(people, 1):
        address = Address(str(person.get("person") or ""), str(person["address"]))
        render.show([f"{number:>3}  {phrases.person(address)}"])
    answer = click.prompt("Who shall get the letter (0 = nobody)", type=click.IntRange(0, len(people)))
    if not answer:
        raise NothingFound("Nobody was chosen; nothing was written.", several.next_step)
    return str(people[answer - 1]["address"])


def _agreed(proposal: Proposal) -> bool:
    if proposal.suspicions:
        return click.confirm("The sender looks suspicious. Save a draft to them all the same?", default=False)
    question = {
        "create": "Save this as a draft in the thread?",
        "update": "Update your draft with this text?",
        "keep": "The draft already says this. Keep it?",
        "overwrite": "Replace the draft you changed (your version is kept)?",
    }[proposal.action]
    return click.confirm(question, default=proposal.action != "overwrite")


def edited(proposal: Proposal, again: Callable[[str], Proposal]) -> Proposal:
    """The proposal with the letter as the person changed it in their editor."""
    from bowout.vault import PASSPHRASE

    text = click.edit(proposal.letter.text, extension=".txt", env={PASSPHRASE: ""})
    return again(text.rstrip() + "\n") if text and text.strip() else proposal


# --- is it right ----------------------------------------------------------------------------------


def finish(
    active: Session,
    opts: Options,
    proposal: Proposal,
    asked: Asked,
    *,
    command: str = "draft",
    why: tuple[str, ...] = (),
    asks_later: bool = False,
) -> Result:
    """Show what was prepared, ask where somebody can answer, save it.

    ``asks_later`` = the letter is shown and asked about before it is armed, so once is enough.
    """
    from bowout.drafts import save

    lines = (*show.describe(proposal, why, verbose=opts.verbose, with_text=opts.dry_run or not asks_later),)
    can_ask = opts.interactive and not asks_later
    if not can_ask:
        refuse_suspicious(proposal.suspicions, replace(opts, no_input=True), asked)
    if opts.dry_run:
        return replace(show.rehearsed(proposal, lines), command=command)
    if not opts.json:
        render.show(lines)
    if can_ask and not asked.yes and not _agreed(proposal):
        return Result(command=command, data={"saved": False}, lines=("Nothing was saved.",))
    saved = save.save(active, proposal)
    private.keep(active, saved.withdrawal, asked)
    return replace(show.done(proposal, saved), command=command)


def refuse_suspicious(suspicions: Sequence[str], opts: Options, asked: Asked) -> None:
    """Stop before anything else is asked or said, unless somebody can look and answer."""
    if suspicions and not asked.force and not opts.interactive:
        raise Suspicious(
            suspicions[0],
            "Look at the message yourself; if it is genuine, run again on a terminal or with --force.",
        )
