"""``bowout account add|list|test|remove``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bowout.cli import options, render
from bowout.cli.options import Options, shared
from bowout.cli.render import Result
from bowout.errors import UsageError
from bowout.providers import ADAPTERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bowout.accounts import Checked, Planned
    from bowout.model import Account
    from bowout.providers.sign_in import SignInState

_FILE = click.Path(path_type=Path, dir_okay=False)
_ENDPOINTS = ("api_endpoint", "graph_endpoint")


@click.group("account")
def command() -> None:
    """Add, list, test and remove the mailboxes that bowout may use."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options of ``account add`` as typed; None = not typed."""

    provider: str | None
    address: str | None
    full_name: str | None
    allow_send: bool | None
    client_file: Path | None
    client_id: str | None
    authority: str | None
    device_code: bool
    right_to_send: bool
    right_to_decline: bool
    path: Path | None
    api_endpoint: str | None
    graph_endpoint: str | None
    authorized_user: Path | None
    passphrase: bool
    no_browser: bool
    port: int
    time_limit: float


@command.command("add")
@click.argument("name")
@click.option(
    "--provider",
    type=click.Choice([*ADAPTERS], case_sensitive=False),
    help="gmail, outlook or maildir.",
)
@click.option("--address", metavar="ADDRESS", help="The address you write from.")
@click.option("--full-name", metavar="NAME", help="Your name under the letters, for a new configuration.")
@click.option("--allow-send/--no-allow-send", default=None, help="May bowout send letters that you armed?")
@click.option("--client-file", type=_FILE, help="Gmail: your OAuth client, as downloaded from Google.")
@click.option("--client-id", metavar="ID", help="Outlook: your application, from Microsoft.")
@click.option(
    "--authority", metavar="URL", help="Outlook: where to sign in, if not guessed from the address."
)
@click.option("--device-code", is_flag=True, help="Outlook: sign in with a code, on any screen.")
@click.option(
    "--right-to-send", is_flag=True, help="Outlook: also agree to sending, before you arm anything."
)
@click.option("--right-to-decline", is_flag=True, help="Outlook: also agree to bowout decline-invite.")
@click.option("--path", type=click.Path(path_type=Path), help="Maildir: the folder with cur, new and tmp.")
@click.option("--api-endpoint", metavar="URL", hidden=True, help="Gmail: another server, for tests.")
@click.option("--graph-endpoint", metavar="URL", hidden=True, help="Outlook: another server, for tests.")
@click.option("--authorized-user", type=_FILE, help="Gmail: import this authorised-user JSON.")
@click.option("--passphrase", is_flag=True, help="Protect the sign-in with a passphrase, not the keyring.")
@click.option("--no-browser", is_flag=True, help="Print the address to open instead of opening it.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Wait for the browser on this port.")
@click.option("--time-limit", type=click.FloatRange(1), default=300.0, help="Seconds to wait for consent.")
@shared
def add(*, opts: Options, name: str, **typed: Any) -> Result:
    """Sign in to a mailbox and add it to the configuration, or sign in again.

    NAME is yours to choose; later commands use it with --account.
    """
    from bowout import accounts
    from bowout.providers.sign_in import How

    asked = Asked(**typed)
    planned = _plan(opts, name, asked)
    if opts.dry_run:
        return _would_add(planned)
    how = How(
        show=_show_url(no_browser=asked.no_browser),
        passphrase=_new_passphrase(opts) if asked.passphrase else None,
        port=asked.port,
        limit=asked.time_limit,
        authorized_user=asked.authorized_user,
        device=_show_code if asked.device_code else None,
        to_send=asked.right_to_send,
        to_decline=asked.right_to_decline,
    )
    warnings = accounts.add(planned, options.now, how)
    account = planned.account
    return Result(
        command="account",
        data={"account": name, "address": account.address, "config": planned.path, "added": planned.is_new},
        lines=(
            f"Account {render.strong(name)} is ready: {render.safe(account.address)}.",
            render.label("Sending", _sending(account)),
            render.label("Config", render.safe(planned.path)),
            render.label("Next", f"bowout account test {name}, then: bowout find"),
        ),
        warnings=warnings,
    )


@command.command("list")
@shared
def list_(*, opts: Options) -> Result:
    """List the accounts of the configuration and how each is signed in."""
    from bowout import accounts
    from bowout.providers import sign_in

    loaded = accounts.load_config(opts.config)
    rows = [(a, sign_in.state(a, options.now)) for a in loaded.accounts.values()]
    return Result(
        command="account",
        data=[_row(account, state) for account, state in rows],
        lines=tuple(_line(account, state) for account, state in rows)
        or ("There is no account yet: bowout account add NAME --provider gmail --address ADDRESS",),
    )


@command.command("test")
@click.argument("name", required=False)
@shared
def test(*, opts: Options, name: str | None) -> Result:
    """Open a mailbox and show whose it is; changes nothing."""
    from bowout import accounts

    account = _account(opts, name)
    options.unlock(account, opts)
    found = accounts.check(account, options.now)
    return Result(
        command="account",
        data={
            **_row(account, found.state),
            "mailbox": found.mailbox_id,
            "identities": [identity.address.address for identity in found.identities],
        },
        lines=(
            f"Account {render.strong(account.name)} works.",
            render.label("Mailbox", render.safe(found.mailbox_id)),
            *(render.label("Write as", line) for line in _identities(found)),
            render.label("Sign-in", _kept(found.state)),
            render.label("Sending", _sending(account)),
        ),
        warnings=(*_mismatch(found), *_ending(found.state)),
    )


@command.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared
def remove(*, opts: Options, name: str, yes: bool) -> Result:
    """Take the sign-in back at the provider and forget it here; drafts and letters stay."""
    from bowout import accounts

    account = _account(opts, name)
    if not yes and not opts.interactive:
        raise UsageError("account remove ends the sign-in for good.", "Run it with --yes to confirm.")
    if opts.dry_run:
        return Result(command="account", data={"removed": False}, lines=("Nothing was changed.",))
    if not yes and not click.confirm(f"Forget the sign-in of {account.address}?", default=False):
        return Result(command="account", data={"removed": False}, lines=("Nothing was changed.",))
    options.unlock(account, opts)
    left = accounts.remove(account, options.now, _armed(opts, account))
    return Result(
        command="account",
        data={"account": name, "removed": True},
        lines=(
            f"bowout keeps no sign-in of {render.safe(account.address)} any more.",
            render.label("Next", f"delete [accounts.{name}] from the configuration, if you are done with it"),
        ),
        warnings=left,
    )


# --- helpers ------------------------------------------------------------------------------------------


def _plan(opts: Options, name: str, asked: Asked) -> Planned:
    """What to add, questions asked where somebody can answer."""
    import os

    from bowout import accounts
    from bowout.config import load

    path = load.locate(opts.config, os.environ)
    keys = ("provider", "address", "client_file", "client_id", "authority", "path", *_ENDPOINTS)
    wanted = {key: str(value) for key in keys if (value := getattr(asked, key)) is not None}
    for key in ("client_file", "path"):
        if key in wanted:
            wanted[key] = str(Path(wanted[key]).absolute())  # typed here, read beside the config
    full_name = asked.full_name or ""
    if opts.interactive and not path.exists() and not full_name:
        full_name = click.prompt("Your full name, as it stands under a letter")
    known = path.exists() and name in accounts.load_config(path).accounts
    if known and asked.allow_send is not None:
        raise UsageError(
            f"Account {name} is in the configuration already.",
            f"Set allow_send under [accounts.{name}] in {path}.",
        )
    if known:
        return accounts.plan(path, name, wanted, full_name)
    allow = asked.allow_send
    if allow is None and opts.interactive and not any(getattr(asked, key) for key in _ENDPOINTS):
        allow = click.confirm("May bowout send letters from here that you armed yourself?", default=False)
    return accounts.plan(path, name, {**wanted, "allow_send": bool(allow)}, full_name)


def _would_add(planned: Planned) -> Result:
    return Result(
        command="account",
        data={"account": planned.account.name, "config": planned.path, "addition": planned.addition},
        lines=(
            f"Nothing was changed. This would be added to {render.safe(planned.path)}:",
            *(f"  {render.safe(line)}" for line in planned.addition.splitlines()),
        )
        if planned.is_new
        else (f"Account {planned.account.name} is in {render.safe(planned.path)}; you would sign in again.",),
    )


def _show_url(*, no_browser: bool) -> Callable[[str], None]:
    def show(url: str) -> None:
        import webbrowser

        opened = False if no_browser else webbrowser.open(url)
        words = "Agree in the browser window that has opened. If there is none, open:" if opened else "Open:"
        render.show([words, f"  {url}"], err=True)

    return show


def _show_code(address: str, code: str) -> None:
    render.show([f"Open {address} on any device and enter this code:", f"  {code}"], err=True)


def _new_passphrase(opts: Options) -> Callable[[], str]:
    import os

    from bowout.vault import PASSPHRASE

    if not opts.interactive and not os.environ.get(PASSPHRASE):
        raise UsageError(
            "There is nobody to ask for the passphrase.", f"Run it on a terminal, or set {PASSPHRASE}."
        )

    def ask() -> str:
        answer: str = click.prompt("A passphrase for this sign-in", hide_input=True, confirmation_prompt=True)
        return answer

    return ask


def _account(opts: Options, name: str | None) -> Account:

    from bowout import accounts

    return accounts.load_config(opts.config).account(name or opts.account)


def _armed(opts: Options, account: Account) -> tuple[str, ...]:
    """The submissions that still need this account."""
    from bowout import accounts
    from bowout.journal.submission import State
    from bowout.journal.submissions import Queue

    needing = (State.ARMED, State.SENDING, State.UNKNOWN)
    with options.journal(accounts.load_config(opts.config)) as store:
        rows = Queue(store).open()
    return tuple(row.label for row in rows if row.account == account.name and row.state in needing)


def _line(account: Account, state: SignInState) -> str:
    until = f" until {state.ends:%d %B %Y}" if state.ends else ""
    told = f"{account.provider}, {_kept(state)}{until}, sending {_sending(account)}"
    return f"{render.strong(account.name)}  {render.safe(account.address)}  {told}"


def _row(account: Account, state: SignInState) -> dict[str, object]:
    return {
        "account": account.name,
        "provider": account.provider,
        "address": account.address,
        "allow_send": account.allow_send,
        "sign_in": state.secret,
        "signed_in": state.signed_in,
        "ends": state.ends,
        "unattended": state.unattended,
    }


def _identities(found: Checked) -> list[str]:
    return [render.safe(identity.address.address) for identity in found.identities]


def _kept(state: SignInState) -> str:
    from bowout.providers.sign_in import SecretPlace

    return {
        SecretPlace.KEYRING: "signed in, key in the keyring",
        SecretPlace.PASSPHRASE: "signed in, protected by a passphrase",
        SecretPlace.COMMAND: "token from a command",
        SecretPlace.NOWHERE: "not signed in",
        SecretPlace.NOT_NEEDED: "no sign-in needed",
    }[state.secret]


def _sending(account: Account) -> str:
    return "allowed for letters you armed" if account.allow_send else "never"


def _mismatch(found: Checked) -> tuple[str, ...]:
    address = found.account.address
    if any(identity.address.key == address.casefold() for identity in found.identities):
        return ()
    return (f"The config says {address}, but this mailbox cannot write from that address.",)


def _ending(state: SignInState) -> tuple[str, ...]:
    if state.ends is None:
        return ()
    return (f"This sign-in ends on {state.ends:%d %B %Y}; publish the app there and sign in again.",)
