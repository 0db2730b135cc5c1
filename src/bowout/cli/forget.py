"""``bowout forget WHO``: remove what is private about a withdrawal, kept copies and backups included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bowout.cli import options, recorded, render
from bowout.cli.options import Options, shared
from bowout.cli.render import Result
from bowout.errors import UsageError
from bowout.model import Depth, Reason

if TYPE_CHECKING:
    from bowout.journal.record import Withdrawal
    from bowout.journal.store import Store


@click.command("forget")
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared
def command(*, opts: Options, who: str, yes: bool) -> Result:
    """Remove the private notes of a withdrawal, the copies of drafts, and a reason that you told nobody.

    It cannot be undone. That you withdrew, from whom and when stays, and so does every mail in your mailbox.
    """

    from bowout import accounts

    config = accounts.load_config(opts.config)
    with options.journal(config) as store:
        withdrawal = recorded.named(store, opts, who)
        what = _found(store, withdrawal)
        data = {"withdrawal": withdrawal.label, "found": {k.replace(" ", "_"): v for k, v in what.items()}}
        told = ", ".join(_counted(name, count) for name, count in what.items() if count) or "nothing private"
        about = f"{withdrawal.label} ({withdrawal.company or withdrawal.person.address})"
        if opts.dry_run:
            lines = (f"{render.safe(about)}: {told}.", "Dry run: nothing was removed.")
            return Result(command="forget", data={**data, "forgotten": False}, lines=lines)
        if not yes and not _agreed(opts, about, told):
            return Result(
                command="forget", data={**data, "forgotten": False}, lines=("Nothing was removed.",)
            )
        store.forget(withdrawal.id)
    done = click.style("Forgotten", fg="green") + f" for {render.safe(about)}: {told}."
    return Result(command="forget", data={**data, "forgotten": True}, lines=(done,))


def _found(store: Store, withdrawal: Withdrawal) -> dict[str, int]:
    letters = sum(1 for record in store.drafts(withdrawal.id) if store.letter(record.id))
    private_reason = withdrawal.depth is Depth.NONE and withdrawal.reason is not Reason.NONE
    return {
        "note": len(store.notes(withdrawal.id)),
        "kept copy": len(store.copies(withdrawal.id)),
        "letter as written": letters,
        "private reason": int(private_reason),
    }


def _counted(name: str, count: int) -> str:
    plural = {"kept copy": "kept copies", "letter as written": "letters as written"}.get(name, f"{name}s")
    return f"{count} {name if count == 1 else plural}"


def _agreed(opts: Options, about: str, told: str) -> bool:
    if not opts.interactive:
        raise UsageError(
            "forget asks before it removes anything, and nobody can answer here.",
            "Look first with --dry-run, then say --yes.",
        )
    return click.confirm(
        f"Remove for good what is private about {render.safe(about)}: {told}?", default=False
    )
