"""Show a candidate, a proposal and what saving it did, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from bowout.cli import phrases, render
from bowout.cli.render import Result
from bowout.etiquette.rule import Severity
from bowout.model import Channel, Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bowout.drafts.proposal import Proposal, Saved
    from bowout.find.candidate import Candidate
    from bowout.find.overview import Overview
    from bowout.session import Session


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


def left_out_lines(seen: Overview) -> Iterator[str]:
    """What the overview does not list, and whether more was there than was read."""
    if seen.is_cut:
        yield render.attention("More threads were not read. Name one that is missing: bowout find acme")
    yield from render.hanging("; ".join(seen.left_out()) + ".", "Left out: ")


def left_out_data(seen: Overview) -> dict[str, object]:
    """The JSON form of the same."""
    told = [(c.thread, how) for c, how in seen.over] + [(t, "nobody-hires") for t in seen.elsewhere]
    left = [{"thread": t.id, "subject": t.subject, "why": why} for t, why in told]
    return {"left_out": left, "cut_off": seen.is_cut}


STATUS = {"rejected": "They turned you down in this thread.", "withdrawn": "You already withdrew here."}


# --- a proposal -----------------------------------------------------------------------------------


def describe(
    proposal: Proposal,
    why: tuple[str, ...] = (),
    doubts: tuple[str, ...] = (),
    *,
    verbose: bool = False,
    with_text: bool = True,
) -> Iterator[str]:
    """What the person is shown before anything is written; ``doubts`` = why it may be the wrong thread."""
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
    for doubt in doubts:
        yield from render.caution("Unsure", doubt)
    for text in (*proposal.uncertain, *proposal.warnings):
        if text not in doubts:
            yield from render.caution("Check", text)
    shown = [f for f in proposal.report.findings if verbose or f.severity is not Severity.NOTE]
    for finding in shown:
        yield from render.caution(finding.rule, finding.message)
    if shown:
        yield render.label("Why", f"bowout explain {shown[0].rule}")
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
    if proposal.newest:
        yield from render.two_lines("They", phrases.newest(proposal.newest, proposal.reply.to))


_DONE = {
    "create": "Draft saved in the thread",
    "update": "Your draft in the thread was updated",
    "keep": "The draft in the thread already says this; nothing was changed",
    "overwrite": "Your changed draft was replaced",
}


def done(proposal: Proposal, saved: Saved) -> Result:
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


def rehearsed(proposal: Proposal, lines: tuple[str, ...]) -> Result:
    from bowout.mail.build import build

    raw = build(proposal.reply).decode("ascii")
    shown = [*lines, "Dry run: nothing was written. These bytes would be saved:", "", *render.indented(raw)]
    return Result(command="draft", data={**data_of(proposal), "mime": raw}, lines=tuple(shown))


def data_of(proposal: Proposal, saved: Saved | None = None) -> dict[str, object]:
    """The JSON form of a proposal and of what saving it did."""
    reply, facts = proposal.reply, proposal.facts
    action = saved.action if saved else proposal.action
    return {
        "saved": saved is not None,
        # A draft that says this already is brought up to date by leaving it as it is.
        "action": "update" if action == "keep" else action,
        "changed": saved is not None and action != "keep",
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
        "newest": phrases.newest_data(proposal.newest),
        "company": _fact(facts.company),
        "position": _fact(facts.position),
        **phrases.slot_data(facts),
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
