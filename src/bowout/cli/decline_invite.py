"""``bowout decline-invite WHO``: decline the interview's invitation after the withdrawal was sent."""

from __future__ import annotations

import click

from bowout.cli import phrases, recorded, render
from bowout.cli.options import Options, shared
from bowout.cli.render import Result
from bowout.errors import UsageError


@click.command("decline-invite")
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared
def command(*, opts: Options, who: str, yes: bool) -> Result:
    """Decline the interview's invitation in your calendar, once your withdrawal was sent.

    WHO is a withdrawal's number (w3), its company or its person. The organiser gets a short note without a
    reason. Outlook accounts only; the right to do it is asked for separately:
    bowout account add NAME --right-to-decline
    """
    from bowout import decline_invite

    with recorded.session(opts, who) as (active, withdrawal):
        found = decline_invite.offer(active, withdrawal)
        when = phrases.moment(found.slot.start, found.slot.zone)
        shown = (
            render.label("Invitation", f"{render.safe(found.slot.title) or 'Interview'}, {when}"),
            render.label("Note", found.note),
        )
        data = {"withdrawal": withdrawal.label, "slot": found.slot.start, "note": found.note}
        if opts.dry_run:
            return _left(data, shown)
        if not yes:
            if not opts.interactive:
                raise UsageError("Declining tells the organiser at once.", "Run it with --yes to confirm.")
            render.show(list(shown), err=True)
            if not click.confirm("Decline it now?", default=False, err=True):
                return _left(data, ())
        decline_invite.decline(active, withdrawal, found)
    return Result(
        command="decline-invite",
        data={**data, "declined": True},
        lines=(*shown, f"The invitation is declined; {withdrawal.label} is complete."),
    )


def _left(data: dict[str, object], shown: tuple[str, ...]) -> Result:
    lines = (*shown, "Nothing was changed.")
    return Result(command="decline-invite", data={**data, "declined": False}, lines=lines)
