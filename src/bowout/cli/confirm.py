"""``bowout confirm WHO``: the written confirmation of a logged call, as a draft in the thread."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from bowout import when
from bowout.cli import ask, recorded, render, send
from bowout.cli.asked import Asked
from bowout.cli.options import Kebab, Options, Rule, shared
from bowout.cli.render import Result
from bowout.errors import NeedsPerson, SaidBefore, UsageError
from bowout.model import CallOutcome, FollowUp, Situation, Tone

if TYPE_CHECKING:
    from bowout.drafts.proposal import Proposal
    from bowout.journal.record import Withdrawal
    from bowout.model import Call
    from bowout.outbox.arm import Shown
    from bowout.session import Session
    from bowout.when import When


@click.command("confirm")
@click.argument("who")
@click.option(
    "--at", metavar="WHEN", help="Arm it: it is sent once at that time, e.g. 17:00 or tomorrow 9am."
)
@click.option("--follow-edits", is_flag=True, help="With --at: send what you change in the draft until then.")
@click.option("--letter", "follow_up", type=Kebab(FollowUp), help="Another follow-up, e.g. confirm-receipt.")
@click.option("--situation", type=Kebab(Situation), help="What you left; overrides what the thread suggests.")
@click.option("--tone", type=Kebab(Tone), help="formal, neutral or warm.")
@click.option("--lang", "language", metavar="LANG", help="Language of the letter, e.g. en, en-US or de.")
@click.option("--du/--sie", "familiar", default=None, help="Say du (tú, tu) or Sie, whatever they say.")
@click.option("--set", "values", multiple=True, metavar="KEY=VALUE", help="State a fact, e.g. position='QA'.")
@click.option("--to", metavar="PERSON", help="Write to this person of the thread.")
@click.option("--from", "from_", metavar="ADDRESS", help="Write from this address of yours.")
@click.option("--quote/--no-quote", default=None, help="Quote the message you answer below the letter.")
@click.option("--edit", is_flag=True, help="Open the letter in your editor before it is saved.")
@click.option("--allow", type=Rule(), multiple=True, help="Accept a letter that breaks this lint rule.")
@click.option("--yes", is_flag=True, help="Save without asking.")
@click.option(
    "--force", is_flag=True, help="Take the place of drafts you changed; write in spite of a warning."
)
@shared
def command(*, opts: Options, who: str, at: str | None, follow_edits: bool, **options: Any) -> Result:
    """Draft the written confirmation of a call that you logged.

    WHO is a recorded withdrawal: its number (w3), company, or person. The logged call decides the letter: you
    spoke, you left a voicemail, nobody answered twice, or it was the wrong person. An unsent withdrawal draft
    of bowout's in the thread makes place for it, unless you changed it.
    """
    from bowout.calls import log

    asked = Asked(**options)
    if follow_edits and at is None:
        raise UsageError("--follow-edits belongs to --at.", "Add --at WHEN, or leave it out.")
    if at is not None and not (asked.yes or opts.interactive or opts.dry_run):
        raise UsageError(
            "bowout asks before it arms a letter, and nobody can answer here.",
            "Run it on a terminal, look first with --dry-run, or say --yes.",
        )
    with recorded.session(opts, who) as (active, withdrawal):
        moment = when.parse(at, active.clock(), active.zone) if at is not None else None
        told = _call_told(active, opts, withdrawal, asked)
        proposal = _prepared(active, opts, withdrawal, asked, told)
        if proposal is None:
            return Result(command="confirm", data={"saved": False}, lines=("Nothing was saved.",))
        promise, shown = None, None
        if moment is not None:
            shown = _foreseen(active, withdrawal, proposal, moment, follow_edits=follow_edits)
            promise = ask.Promise(lines=(*send.describe(shown, active),), agreed=lambda: send.agreed(at))
        left = ask.considered(opts, proposal, asked, promise=promise)
        if left is not None:
            return replace(left, command="confirm")
        if told is not None:
            log.keep(active, told)
        saved = replace(ask.written(active, proposal, asked), command="confirm")
        return (
            saved if shown is None else _armed(active, opts, shown, saved, asked, follow_edits=follow_edits)
        )


def _prepared(
    active: Session, opts: Options, withdrawal: Withdrawal, asked: Asked, told: Call | None
) -> Proposal | None:
    """Prepare the letter; None = the person does not want to say it again."""
    from bowout.calls import confirm

    request = asked.request(active)
    try:
        proposal = confirm.prepare_follow_up(active, withdrawal, request, told)
    except SaidBefore as exc:
        if not opts.interactive:
            raise
        render.show([render.safe(exc.message)])
        if not click.confirm("Write it all the same?", default=False):
            return None
        request = replace(request, again=True)
        proposal = confirm.prepare_follow_up(active, withdrawal, request, told)
    if not asked.edit:
        return proposal
    return ask.edited(
        opts,
        proposal,
        lambda text: confirm.prepare_follow_up(active, withdrawal, replace(request, text=text), told),
    )


def _call_told(active: Session, opts: Options, withdrawal: Withdrawal, asked: Asked) -> Call | None:
    """Without a logged call there is nothing to confirm: ask how it ended, where somebody can answer.

    It is logged with the letter, so that a no to that leaves everything as it was.
    """
    if asked.follow_up or not opts.interactive or active.store.calls(withdrawal.id):
        return None
    from bowout.calls import log

    render.show([f"No call is logged for {render.strong(withdrawal.label)} yet. How did it end?"])
    choices = click.Choice([*(outcome.value for outcome in CallOutcome), "none"])
    answer = click.prompt("The call", type=choices, default="none")
    if answer == "none":
        raise NeedsPerson(
            "Nothing was logged, so there is nothing to confirm.",
            f"Without a call: bowout draft {withdrawal.label}",
        )
    return log.told(active, withdrawal, log.Said(outcome=CallOutcome(answer)))


def _foreseen(
    active: Session,
    withdrawal: Withdrawal,
    proposal: Proposal,
    moment: When,
    *,
    follow_edits: bool,
) -> Shown:
    """Check that it could be armed, before anything is written."""
    from bowout.outbox import arm

    return arm.foresee(active, proposal, withdrawal, moment, follow_edits=follow_edits)


def _armed(
    active: Session, opts: Options, shown: Shown, saved: Result, asked: Asked, *, follow_edits: bool
) -> Result:
    """Arm the draft that was just saved; should that be refused, the draft stays, and that is said first."""
    from bowout.outbox import arm

    if not opts.json:
        render.show(saved.lines[:-1])
    # Read anew: saving may have changed what the promise is compared with.
    withdrawal = active.store.withdrawal(shown.withdrawal.id)
    row = arm.arm(
        active,
        withdrawal,
        send.letter_of(active, withdrawal, shown.purpose),
        shown.when,
        follow_edits=follow_edits,
        allow=asked.allow,
        shown=shown,
    )
    done = send.armed(active, "confirm", row.id, shown)
    return replace(done, data={**_mapping(saved.data), **_mapping(done.data)})


def _mapping(data: object) -> dict[str, object]:
    return data if isinstance(data, dict) else {}
