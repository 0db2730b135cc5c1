"""``bowout confirm WHO``: the written confirmation of a logged call, as a draft in the thread."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from bowout import when
from bowout.cli import ask, recorded, render
from bowout.cli.asked import Asked
from bowout.cli.options import Kebab, Options, Rule, shared
from bowout.cli.render import Result
from bowout.errors import NeedsPerson, SaidBefore, UsageError
from bowout.model import CallOutcome, FollowUp, Situation, Tone

if TYPE_CHECKING:
    from bowout.journal.record import Withdrawal
    from bowout.session import Session


@click.command("confirm")
@click.argument("who")
@click.option(
    "--at", metavar="WHEN", help="Arm it: it is sent once at that time, e.g. 17:00 or tomorrow 9am."
)
@click.option("--follow-edits", is_flag=True, help="With --at: send what you change in the draft until then.")
@click.option("--letter", "follow_up", type=Kebab(FollowUp), help="Another follow-up, e.g. confirm-receipt.")
@click.option("--situation", type=Kebab(Situation), help="What you left; overrides what the thread suggests.")
@click.option("--tone", type=Kebab(Tone), help="formal, neutral or warm.")
@click.option("--lang", "language", metavar="LANG", help="Language of the letter, for example en or de.")
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
    asked = Asked(**options)
    if follow_edits and at is None:
        raise UsageError("--follow-edits belongs to --at.", "Add --at WHEN, or leave it out.")
    if at is not None and not (asked.yes or opts.interactive or opts.dry_run):
        raise UsageError(
            "bowout asks before it arms a letter, and nobody can answer here.",
            "Run it on a terminal, look first with --dry-run, or say --yes.",
        )
    with recorded.session(opts, who) as (active, withdrawal):
        if at is not None:
            when.parse(at, active.clock(), active.zone)  # refused before anything is written
        result, purpose = _confirm(active, opts, withdrawal, asked, asks_later=at is not None)
        saved = isinstance(result.data, dict) and result.data.get("saved")
        if at is None or opts.dry_run or not saved:
            return result
        return _arm(active, opts, withdrawal.id, purpose, result, at, follow_edits=follow_edits, asked=asked)


def _confirm(
    active: Session, opts: Options, withdrawal: Withdrawal, asked: Asked, *, asks_later: bool
) -> tuple[Result, str]:
    from bowout.calls import confirm

    _offer_to_log(active, opts, withdrawal, asked)
    request = asked.request(active)
    try:
        proposal = confirm.prepare_follow_up(active, withdrawal, request)
    except SaidBefore as exc:
        if not opts.interactive:
            raise
        render.show([render.safe(exc.message)])
        if not click.confirm("Write it all the same?", default=False):
            return Result(command="confirm", data={"saved": False}, lines=("Nothing was saved.",)), ""
        request = replace(request, again=True)
        proposal = confirm.prepare_follow_up(active, withdrawal, request)
    if asked.edit:
        proposal = ask.edited(
            opts,
            proposal,
            lambda text: confirm.prepare_follow_up(active, withdrawal, replace(request, text=text)),
        )
    done = ask.finish(active, opts, proposal, asked, command="confirm", asks_later=asks_later)
    return done, proposal.purpose


def _offer_to_log(active: Session, opts: Options, withdrawal: Withdrawal, asked: Asked) -> None:
    """Without a logged call there is nothing to confirm: offer to log it, where somebody can answer."""
    if asked.follow_up or not opts.interactive or active.store.calls(withdrawal.id):
        return
    from bowout.calls import log

    render.show([f"No call is logged for {render.strong(withdrawal.label)} yet. How did it end?"])
    choices = click.Choice([*(outcome.value for outcome in CallOutcome), "none"])
    answer = click.prompt("The call", type=choices, default="none")
    if answer == "none":
        raise NeedsPerson(
            "Nothing was logged, so there is nothing to confirm.",
            f"Without a call: bowout draft {withdrawal.label}",
        )
    log.log(active, withdrawal, log.Said(outcome=CallOutcome(answer)))


def _arm(
    active: Session,
    opts: Options,
    withdrawal_id: int,
    purpose: str,
    saved: Result,
    at: str,
    *,
    follow_edits: bool,
    asked: Asked,
) -> Result:
    """Arm the draft that was just saved; when that is refused the draft stays, and that is said first."""
    from bowout.cli import send

    # Read anew: saving may have changed what the promise is compared with.
    withdrawal = active.store.withdrawal(withdrawal_id)
    if not opts.json:
        render.show(saved.lines[:-1])
    armed = send.arm_and_tell(
        active,
        opts,
        withdrawal,
        send.letter_of(active, withdrawal, purpose),
        at,
        command="confirm",
        follow_edits=follow_edits,
        allow=asked.allow,
        yes=asked.yes,
    )
    return replace(armed, data={**_mapping(saved.data), **_mapping(armed.data)})


def _mapping(data: object) -> dict[str, object]:
    return data if isinstance(data, dict) else {}
