"""``bowout draft WHO``: the main job."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from bowout.cli import phrases, private, recorded, render
from bowout.cli.options import Kebab, Options, Rule, pairs, shared
from bowout.cli.render import Result
from bowout.errors import Ambiguous, BowoutError, NothingFound, Suspicious, UsageError
from bowout.etiquette.rule import Severity
from bowout.model import Address, Channel, Confidence, Depth, Reason, Situation, Stage, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bowout.drafts.proposal import Proposal, Request, Saved
    from bowout.find.candidate import Candidate, Ranking
    from bowout.model import Thread
    from bowout.session import Session


@click.command("draft")
@click.argument("who", required=False)
@click.option("--reason", type=Kebab(Reason), help="Why you leave; see: bowout letters list")
@click.option("--depth", type=Kebab(Depth), help="How much of the reason to tell: none, brief, full.")
@click.option("--tone", type=Kebab(Tone), help="formal, neutral or warm.")
@click.option("--situation", type=Kebab(Situation), help="Overrides what the thread suggests.")
@click.option("--channel", type=Kebab(Channel), help="email-reply, or agency (what the thread suggests).")
@click.option("--lang", "language", metavar="LANG", help="Language of the letter, for example en or de.")
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
def command(*, opts: Options, who: str | None, each: bool, **given: Any) -> Result:
    """Draft a kind withdrawal in the recruiter's own thread.

    WHO is the company, the recruiter's name or address, a domain, the job title, or words of the subject.
    Once recorded, the number (w3) names it in whichever account it is.
    Nothing is sent: the letter is left as a draft in the thread, for you to read, change and send.
    """
    if each and not (opts.interactive or given["yes"]):
        raise UsageError(
            "draft --each walks through all your hiring threads and asks about each.",
            "Run it on a terminal, or draft for every one of them with --yes.",
        )
    who = (who or "").strip()
    if each and (who or given["thread_id"] or given["to"] or given["values"]):
        raise UsageError(
            "draft --each writes to every process what its own thread says, and to its own person.",
            "Leave WHO, --thread, --to and --set out, or draft that one by itself without --each.",
        )
    if not (who or each or given["thread_id"]):
        raise UsageError("draft needs WHO, for example: bowout draft acme", "Or give --thread ID, or --each.")
    with recorded.account_of(opts, who) as active:
        if each:
            return _draft_each(active, opts, given)
        return draft_one(active, opts, who, given)


def draft_one(active: Session, opts: Options, who: str, given: dict[str, Any]) -> Result:
    """Find, prepare, show, ask, save; also what ``demo`` runs."""
    from bowout.drafts import prepare

    thread, candidate = choose(active, opts, who, given.get("thread_id"))
    _refuse_suspicious(candidate.warnings, opts, given)
    request = request_from(given, active)
    proposal, request = _settled(active, opts, thread, candidate, request)
    if given.get("edit"):
        proposal = edited(
            proposal, lambda text: prepare.prepare(active, thread, replace(request, text=text), candidate)
        )
    why = candidate.reasons if (given.get("explain") or opts.verbose) else ()
    return finish(active, opts, proposal, given, why=why)


def finish(
    active: Session,
    opts: Options,
    proposal: Proposal,
    given: dict[str, Any],
    *,
    command: str = "draft",
    why: tuple[str, ...] = (),
    asks_later: bool = False,
) -> Result:
    """Show what was prepared, ask where somebody can answer, save it.

    ``asks_later`` = the letter is shown and asked about before it is armed, so once is enough.
    """
    from bowout.drafts import save

    lines = (*describe(proposal, why, verbose=opts.verbose, with_text=opts.dry_run or not asks_later),)
    can_ask = opts.interactive and not asks_later
    if not can_ask:
        _refuse_suspicious(proposal.suspicions, replace(opts, no_input=True), given)
    if opts.dry_run:
        return replace(_dry_run(proposal, lines), command=command)
    if not opts.json:
        render.show(lines)
    if can_ask and not given.get("yes") and not _agreed(proposal):
        return Result(command=command, data={"saved": False}, lines=("Nothing was saved.",))
    saved = save.save(active, proposal)
    private.keep(active, saved.withdrawal, given)
    return replace(_result(proposal, saved), command=command)


def _refuse_suspicious(suspicions: Sequence[str], opts: Options, given: dict[str, Any]) -> None:
    """Stop before anything else is asked or said, unless somebody can look and answer."""
    if suspicions and not given.get("force") and not opts.interactive:
        raise Suspicious(
            suspicions[0],
            "Look at the message yourself; if it is genuine, run again on a terminal or with --force.",
        )


def request_from(given: dict[str, Any], active: Session) -> Request:
    """The command line as the use case's request."""
    from bowout.drafts.proposal import Request

    parts = dict.fromkeys(given.get("with_parts", ()), True) | dict.fromkeys(
        given.get("without_parts", ()), False
    )
    return Request(
        reason=given.get("reason"),
        depth=given.get("depth"),
        tone=given.get("tone"),
        situation=given.get("situation"),
        language=given.get("language"),
        channel=given.get("channel"),
        values=pairs(given.get("values", ())),
        parts={name.strip().lower().replace("_", "-"): on for name, on in parts.items()},
        to=given.get("to"),
        from_=given.get("from_"),
        reply_all=given.get("reply_all", False),
        quote=given.get("quote"),
        force=given.get("force", False),
        allow=frozenset(given.get("allow", ())),
        decided_on=private.decided_on(active, given.get("decided_on")),
        other_employer=given.get("other_employer"),
    )


# --- choosing -----------------------------------------------------------------------------------------


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
    try:
        chosen = search.the_one(ranking, who)
    except (Ambiguous, Suspicious):
        if not opts.interactive:
            raise
        chosen = _pick(active, ranking, who)
    return chosen.thread, chosen


def _pick(active: Session, ranking: Ranking, who: str) -> Candidate:
    render.show(
        [
            f"Several threads could be meant by {render.strong(who)}:"
            if len(ranking.candidates) > 1
            else f"One thread may be meant by {render.strong(who)}. Is it the right one?"
        ]
    )
    for number, candidate in enumerate(ranking.candidates, 1):
        render.show(candidate_lines(active, candidate, str(number)))
    only = ranking.candidates[0] if len(ranking.candidates) == 1 else None
    default = 1 if only and not only.warnings else None
    answer = click.prompt(
        "Which one (0 = none)", type=click.IntRange(0, len(ranking.candidates)), default=default
    )
    if not answer:
        raise NothingFound("None was chosen; nothing was written.", "Try other words: bowout find WHO")
    return ranking.candidates[answer - 1]


def candidate_lines(
    active: Session, candidate: Candidate, mark: str, *, explain: bool = False
) -> Iterator[str]:
    """One candidate in a list: who, subject, last word by whom; suspicion first and in red."""
    word = {"me": "you wrote last, ", "them": "they wrote last, "}.get(candidate.last_by or "", "")
    when = word + phrases.short_day(candidate.newest, active.zone) if candidate.newest else ""
    name = phrases.person(candidate.person.address) if candidate.person else "nobody to write to"
    for warning in candidate.warnings:
        yield f"{mark:>3}  {render.alarm(warning)}"
        mark = ""
    yield f"{mark:>3}  {name}  {render.dim(when)}"
    yield f"     {render.safe(candidate.thread.subject)}"
    if candidate.status:
        yield f"     {render.strong(STATUS.get(candidate.status, candidate.status))}"
    if explain:
        yield from (f"     - {render.safe(reason)}" for reason in candidate.reasons)


STATUS = {"rejected": "They turned you down in this thread.", "withdrawn": "You already withdrew here."}


# --- asking -------------------------------------------------------------------------------------------


def _settled(
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
    text = click.edit(proposal.letter.text, extension=".txt")
    return again(text.rstrip() + "\n") if text and text.strip() else proposal


# --- telling ------------------------------------------------------------------------------------------


def describe(
    proposal: Proposal, why: tuple[str, ...] = (), *, verbose: bool = False, with_text: bool = True
) -> Iterator[str]:
    """What the person is shown before anything is written."""
    now, reply = proposal.prepared_at, proposal.reply
    for suspicion in proposal.suspicions:
        yield render.alarm(f"Suspicious: {suspicion}")
    yield from _thread_lines(proposal)
    yield from (render.label("", render.dim(reason)) for reason in why)
    yield render.label("From", phrases.person(reply.from_))
    yield render.label("To", render.strong(phrases.people(reply.to)))
    if reply.cc:
        yield render.label("Cc", phrases.people(reply.cc))
    if proposal.facts.slot:
        yield render.label("Slot", phrases.slot(proposal.facts.slot.value, now))
    letter = proposal.letter
    reason = f"reason {letter.reason} ({letter.depth}), " if proposal.purpose == "withdrawal" else ""
    agency = "to an agency, " if letter.channel is Channel.AGENCY else ""
    yield render.label("Letter", f"{letter.situation}, {agency}{reason}{letter.tone}, {letter.language}")
    if verbose:
        yield render.label("Reply to", render.safe(proposal.plan.parent.message_id))
    for text in (*proposal.uncertain, *proposal.warnings):
        yield from render.caution("Check", text)
    for finding in proposal.report.findings:
        if verbose or finding.severity is not Severity.NOTE:
            yield from render.caution(finding.rule, finding.message)
    yield ""
    if with_text:
        yield from render.letter(letter.text)
        yield ""


def _thread_lines(proposal: Proposal) -> Iterator[str]:
    facts, newest = proposal.facts, max(proposal.thread.mails, key=lambda m: m.moment)
    job = facts.position.value if facts.position else ""
    company = facts.company.value if facts.company else ""
    about = ", ".join(render.safe(text) for text in (company, job) if text)
    yield render.label("Thread", render.strong(proposal.thread.subject) + (f"  ({about})" if about else ""))
    sender = phrases.people(newest.from_[:1])
    ago = phrases.distance(newest.moment, proposal.prepared_at)
    yield render.label("Last", f"{sender}, {ago}")


_DONE = {
    "create": "Draft saved in the thread",
    "update": "Your draft in the thread was updated",
    "keep": "The draft in the thread already says this; nothing was changed",
    "overwrite": "Your changed draft was replaced",
}


def _result(proposal: Proposal, saved: Saved) -> Result:
    where = saved.draft.link or saved.draft.key.id or ""
    lines = [click.style(f"{_DONE[saved.action]}", fg="green") + f" ({saved.withdrawal.label})."]
    if where:
        lines.append(render.label("Where", render.safe(where)))
    lines += [
        render.label("Removed", f"the unsent {purpose} draft; this one says it") for purpose in saved.removed
    ]
    if saved.kept_copy:
        lines.append(render.label("Kept", f"your version: {render.safe(saved.kept_copy)}"))
    lines.append(render.label("Next", "read it once in your mail client and send it; then: bowout status"))
    return Result(command="draft", data=data_of(proposal, saved), lines=tuple(lines))


def _dry_run(proposal: Proposal, lines: tuple[str, ...]) -> Result:
    from bowout.mail.build import build

    raw = build(proposal.reply).decode("ascii")
    shown = [*lines, "Dry run: nothing was written. These bytes would be saved:", "", *render.indented(raw)]
    return Result(command="draft", data={**data_of(proposal), "mime": raw}, lines=tuple(shown))


def data_of(proposal: Proposal, saved: Saved | None = None) -> dict[str, object]:
    """The JSON form of a proposal and of what saving it did."""
    reply, facts = proposal.reply, proposal.facts
    slot = facts.slot.value if facts.slot else None
    return {
        "saved": saved is not None,
        "action": saved.action if saved else proposal.action,
        "purpose": proposal.purpose,
        "withdrawal": saved.withdrawal.label if saved else None,
        "draft": {"id": saved.draft.key.id, "link": saved.draft.link} if saved else None,
        "account": proposal.account.name,
        "thread": {
            "id": proposal.thread.id,
            "subject": proposal.thread.subject,
            "link": proposal.thread.link,
        },
        "from": reply.from_.address,
        "to": [a.address for a in reply.to],
        "cc": [a.address for a in reply.cc],
        "subject": reply.subject,
        "message_id": reply.message_id,
        "company": _fact(facts.company),
        "position": _fact(facts.position),
        "slot": {"start": slot.start, "zone": slot.zone, "cancelled": slot.cancelled} if slot else None,
        "letter": {
            "situation": proposal.letter.situation,
            "depth": proposal.letter.depth,
            "tone": proposal.letter.tone,
            "language": proposal.letter.language,
            "text": proposal.letter.text,
        },
        "findings": [
            {"rule": f.rule, "severity": f.severity, "message": f.message} for f in proposal.report.findings
        ],
        "suspicions": proposal.suspicions,
        "uncertain": proposal.uncertain,
        "warnings": proposal.warnings,
    }


def _fact(fact: Any) -> dict[str, object] | None:
    if fact is None or fact.confidence is Confidence.LOW:
        return None
    return {"value": fact.value, "source": fact.source, "confidence": fact.confidence}


# --- one by one ---------------------------------------------------------------------------------------


def _draft_each(active: Session, opts: Options, given: dict[str, Any]) -> Result:
    """Each recent hiring thread its own letter; what cannot be drafted is said and skipped."""
    from bowout.find import search, view

    done: list[dict[str, object]] = []
    found = search.stories(active, search.seek_recent(active))
    walked = [(c, f.stage.value if f.stage else None) for c, f in found if c.status is None]
    if not walked:
        raise NothingFound("No hiring thread of the last 120 days is still open.", "See: bowout find")
    for number, (candidate, stage) in enumerate(walked, 1):
        if not opts.json:
            render.show([render.dim(f"--- {number} of {len(walked)} " + "-" * 40)])
            render.show(candidate_lines(active, candidate, ""))
        # Whether a machine's thread can be answered is found out when the answer is planned.
        doubts = (doubt for doubt in candidate.doubts if doubt != view.BY_MACHINE)
        done.append(_each(active, opts, candidate, (*_OFFERED.get(stage, ()), *doubts), given))
    saved = sum(1 for entry in done if entry.get("saved"))
    worst = max((int(str(entry.get("exit", 0))) for entry in done), default=0)
    return Result(
        command="draft",
        data={"drafts": done},
        lines=(f"{saved} of {len(done)} drafted. See them all with: bowout status",),
        exit_code=worst,
    )


# The process whose offer was taken is among the hiring threads too.
_OFFERED: Mapping[Stage | None, tuple[str, ...]] = {
    Stage.OFFER: ("they made you an offer",),
    Stage.ACCEPTED: ("you accepted their offer",),
}


def _each(
    active: Session, opts: Options, candidate: Candidate, doubts: tuple[str, ...], given: dict[str, Any]
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
        result = draft_one(active, opts, "", {**given, "thread_id": thread_id})
    except BowoutError as exc:
        if not opts.json:
            render.fail("draft", exc, as_json=False)
        error = {"code": exc.code, "message": exc.message, "next": exc.next_step}
        return {**entry, "exit": exc.exit_code, "error": error}
    if not opts.json:
        render.show(result.lines)
    return {"subject": subject, **(result.data if isinstance(result.data, dict) else {})}
