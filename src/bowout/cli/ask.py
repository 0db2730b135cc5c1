"""Ask the person: which thread, which person, is the letter right; then have it saved."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from bowout.cli import phrases, private, render, show
from bowout.cli.render import Result
from bowout.errors import Ambiguous, BowoutError, NothingFound, Suspicious, UsageError
from bowout.model import Address, Confidence, Situation
from bowout.text import spelling

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from bowout.cli.asked import Asked
    from bowout.cli.options import Options
    from bowout.drafts.proposal import Proposal, Request
    from bowout.find.candidate import Candidate, Ranking
    from bowout.model import Thread
    from bowout.session import Session


# --- which thread ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The thread to work on. ``guessed`` = it is the only one that may be meant, and nobody said so yet."""

    thread: Thread
    candidate: Candidate
    guessed: bool = False

    @property
    def is_clear(self) -> bool:
        """Is it certain enough that Enter alone means yes?"""
        unclear = self.guessed or self.candidate.doubts or self.candidate.warnings
        return self.candidate.sure or not unclear


def choose(
    active: Session, opts: Options, who: str, thread_id: str | None, *, letter_first: bool = False
) -> Chosen:
    """The thread that WHO or ``--thread`` names; several are asked about on a terminal, else listed.

    ``letter_first`` = the only one that may be meant is shown with its letter, and asked about there.
    """
    from bowout.find import overview, search
    from bowout.journal import lookup

    named: Thread | None = None
    if thread_id:
        named = search.thread_listed(active, thread_id)
    elif lookup.is_label(who):
        named = search.thread_called(active, lookup.called(active.store, who, active.account.name).thread_id)
    if named is not None:
        return Chosen(thread=named, candidate=search.appraise(active, named, who if thread_id else ""))
    ranking = search.seek_or_open(active, who)
    try:
        typed = click.get_current_context(silent=True)
        command = typed.info_name if typed is not None else None
        chosen = search.the_one(active, ranking, who, command or "draft")
    except NothingFound as exc:
        raise overview.with_running(active, exc) from exc.__cause__
    except (Ambiguous, Suspicious):
        if not opts.interactive:
            raise
        if letter_first and len(ranking.candidates) == 1:
            (only,) = ranking.candidates
            return Chosen(thread=only.thread, candidate=only, guessed=True)
        chosen = _pick(active, ranking, who)
    return Chosen(thread=chosen.thread, candidate=chosen)


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
        raise NothingFound("None was chosen; nothing was written.", "See what is open: bowout find")
    return ranking.candidates[answer - 1]


# --- which person, which letter -------------------------------------------------------------------


def settled(active: Session, opts: Options, chosen: Chosen, request: Request) -> tuple[Proposal, Request]:
    """Prepare; on a terminal ask for a company or position that is only guessed, and for an unknown stage."""
    from bowout.drafts import basis, prepare

    thread, candidate = chosen.thread, chosen.candidate
    active.keep(candidate.reading)
    if opts.interactive:
        questions = [q for q in basis.open_questions(active, thread) if q[0] not in request.values]
        known = basis.told_by(active, thread, request.values)
        blind = basis.stage_is_unknown(known, request, basis.known_withdrawal(active, thread))
        if (questions or blind) and not chosen.is_clear:  # who asks about a thread shows it first
            render.show(show.candidate_lines(active, candidate, ""))
        for name, guess, source in questions:
            told = f" (guessed from {render.safe(source)})" if source else " (the thread does not say)"
            spare = name == "company" and not guess and known.position is not None
            told = " (the thread does not say; Enter = leave it out)" if spare else told
            default = render.safe(guess) or ("" if spare else None)
            answer = click.prompt(name.capitalize() + told, default=default, show_default=not spare)
            if answer:
                request = replace(request, values={**request.values, name: answer})
        if blind:
            request = replace(request, situation=_pick_situation())
    try:
        return prepare.prepare(active, thread, request, candidate), request
    except Ambiguous as exc:
        if not (opts.interactive and exc.candidates):
            raise
        request = replace(request, to=_pick_person(exc))
        return prepare.prepare(active, thread, request, candidate), request


# What readers of letters liked most, and what no thread tells.
_LIKED = 'One thing you liked, such as "the tour of the lab" (Enter = none)'
_ALSO = 'A sentence of your own to add, such as "I have cancelled the hotel." (Enter = none)'


def in_own_words(
    opts: Options,
    proposal: Proposal,
    request: Request,
    again: Callable[[Request], Proposal],
    *,
    why: tuple[str, ...],
) -> tuple[Proposal, bool]:
    """Show a first letter and ask what only the person can add: one thing they liked, where they met, and a
    sentence of their own. Gives the letter that says it, and whether it has been shown as it is."""
    from bowout.etiquette.context import INTERVIEWED

    met = proposal.letter.situation in INTERVIEWED
    questions = {"thanks_detail": _LIKED, "also": _ALSO} if met else {"also": _ALSO}
    wanted = {name: question for name, question in questions.items() if name not in request.values}
    if not wanted or proposal.withdrawal is not None or proposal.suspicions:
        return proposal, False  # a second letter says again what was told for the first
    render.show(show.describe(proposal, why, (), verbose=opts.verbose))
    told = {
        name: click.prompt(question, default="", show_default=False, value_proc=_fitting(name))
        for name, question in wanted.items()
    }
    if not any(told.values()):
        return proposal, True
    values = {**request.values, **{name: answer for name, answer in told.items() if answer}}
    return again(replace(request, values=values)), False


def _fitting(name: str) -> Callable[[str], str]:
    """Check an answer while it can still be given in another way."""
    from bowout.letters.values import clean

    def checked(answer: str) -> str:
        try:
            return clean(answer, name)
        except UsageError as exc:
            raise click.UsageError(exc.message) from exc

    return checked


def _pick_situation() -> Situation:
    """How far it has come, where no mail says it; one line with what there is to choose from."""
    return Situation(click.prompt("How far has it come", type=click.Choice([str(one) for one in Situation])))


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


_QUESTIONS = {
    "create": "Save this draft to {whom}?",
    "update": "Update your draft to {whom} with this text?",
    "keep": "Your draft to {whom} already says this. Keep it?",
    "overwrite": "Replace the draft to {whom} that you changed (your version is kept)?",
}


def _agreed(proposal: Proposal, *, clear: bool) -> bool:
    """One question, which names who gets the letter; Enter means yes only where everything is certain."""
    question = _QUESTIONS[proposal.action]
    if proposal.suspicions:
        question = "The sender looks suspicious. Save a draft to {whom} all the same?"
    default = clear and not proposal.suspicions and proposal.action != "overwrite"
    return click.confirm(question.format(whom=_whom(proposal)), default=default)


def _whom(proposal: Proposal) -> str:
    """``Jackson Pruett, Coolabah``: the person, and the firm or agency as far as it is known."""
    to, facts = proposal.reply.to[0], proposal.facts
    name = to.name or to.address
    told = (f.value for f in (facts.company, facts.agency) if f and f.confidence is not Confidence.LOW)
    firm = next(told, "")
    return render.safe(name if spelling.fold(firm) in spelling.fold(name) else f"{name}, {firm}")


def edited(opts: Options, proposal: Proposal, again: Callable[[str], Proposal]) -> Proposal:
    """The proposal with the letter as the person changed it in their editor."""
    from bowout.vault import PASSPHRASE

    if not opts.interactive:  # an editor would wait for ever
        raise UsageError("--edit needs a terminal.", "Leave it out, and edit the draft in your mail client.")
    text = click.edit(proposal.letter.text, extension=".txt", env={PASSPHRASE: ""})
    return again(text.rstrip() + "\n") if text and text.strip() else proposal


# --- is it right ----------------------------------------------------------------------------------


def finish(
    active: Session,
    opts: Options,
    proposal: Proposal,
    asked: Asked,
    *,
    chosen: Chosen | None = None,
    why: tuple[str, ...] = (),
    seen: bool = False,
) -> Result:
    """Show what was prepared, unless it was ``seen``, ask where somebody can answer, save it."""
    left = considered(opts, proposal, asked, chosen=chosen, why=why, seen=seen)
    return written(active, proposal, asked) if left is None else left


def considered(
    opts: Options,
    proposal: Proposal,
    asked: Asked,
    *,
    chosen: Chosen | None = None,
    why: tuple[str, ...] = (),
    promise: Promise | None = None,
    seen: bool = False,
) -> Result | None:
    """Show what was prepared and ask; None = it is to be written, else what is told instead.

    ``chosen`` = how the thread was found; None = the person named it. ``promise`` = it is to be armed too.
    """
    guessed = chosen is not None and chosen.guessed
    doubts = () if chosen is None else chosen.candidate.why_unsure if guessed else chosen.candidate.doubts
    lines = (*show.describe(proposal, why, doubts, verbose=opts.verbose, with_text=promise is None),)
    lines += promise.lines if promise else ()
    can_ask = opts.interactive and promise is None
    if not can_ask:
        refuse_suspicious(proposal.suspicions, replace(opts, no_input=True), asked)
    if opts.dry_run:
        return show.rehearsed(proposal, lines)
    if not (opts.json or seen):
        render.show(lines)
    # --yes answers for a thread that is certain or was named, not for one that may be another's.
    if not opts.interactive or (asked.yes and not guessed):
        return None
    agreed = promise.agreed() if promise else _agreed(proposal, clear=not chosen or chosen.is_clear)
    return None if agreed else Result(command="draft", data={"saved": False}, lines=("Nothing was saved.",))


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What is shown below a letter that is to be armed as well, and the one question about both."""

    lines: tuple[str, ...]
    agreed: Callable[[], bool]


def written(active: Session, proposal: Proposal, asked: Asked) -> Result:
    """Save what was agreed to."""
    from bowout.drafts import save

    saved = save.save(active, proposal)
    private.keep(active, saved.withdrawal, asked)
    return show.done(proposal, saved)


def refuse_suspicious(suspicions: Sequence[str], opts: Options, asked: Asked) -> None:
    """Stop before anything else is asked or said, unless somebody can look and answer."""
    if suspicions and not asked.force and not opts.interactive:
        raise Suspicious(
            suspicions[0],
            "Look at the message yourself; if it is genuine, run again on a terminal or with --force.",
        )
