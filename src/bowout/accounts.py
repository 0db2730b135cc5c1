"""Adding, testing and removing accounts.

The configuration is the person's: a new account is appended, nothing is rewritten. What an account needs to
sign in, its provider knows (``bowout.providers.sign_in``).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bowout import files, providers
from bowout.config import load
from bowout.config.keys import NAME, all_keys, toml
from bowout.errors import ConfigError, NotArmed, UsageError
from bowout.providers import sign_in

if TYPE_CHECKING:
    from pathlib import Path

    from bowout.config.load import Config
    from bowout.model import Account, Identity
    from bowout.providers.base import Clock
    from bowout.providers.sign_in import How, SignInState

__all__ = ["Checked", "Planned", "add", "check", "load_config", "plan", "remove"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An account to sign in to; ``addition`` is the text that the config lacks, "" when it is there."""

    account: Account
    path: Path
    addition: str = ""
    is_new_file: bool = False

    @property
    def is_new(self) -> bool:
        return bool(self.addition)


def load_config(path: Path | None) -> Config:
    """Read the config file, with the keys of every provider. Raises ``ConfigError``."""
    return load.load(path, providers.specs())


def plan(path: Path, name: str, wanted: Mapping[str, object], full_name: str = "") -> Planned:
    """The account as the config holds it, else as it would be with the keys ``wanted`` added to it.

    ``full_name`` is for a config that does not exist yet. Raises ``UsageError`` for keys that contradict the
    config, ``ConfigError`` for what would not be a valid account.
    """
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for an account.", "Use 1 to 32 of a-z, 0-9 and -.")
    wanted = {key: value for key, value in wanted.items() if value is not None}
    exists = path.exists()
    if exists and (known := load_config(path).accounts.get(name)):
        _refuse_contradiction(known, wanted, path)
        return Planned(account=known, path=path)
    for needed in ("provider", "address"):
        if needed not in wanted:
            raise UsageError(
                f"{path} has no account {name} yet, so its {needed} is needed.",
                f"bowout account add {name} --provider gmail --address you@gmail.com",
            )
    addition = _table(f"accounts.{name}", wanted)
    text = ""
    if exists:
        text = path.read_text(encoding="utf-8")
        addition = ("\n" if text.endswith("\n") else "\n\n") + addition
    elif not full_name:
        raise UsageError(
            "Your full name is needed: it stands under the letters.", "Give it: --full-name NAME"
        )
    else:
        addition = _table("profile", {"name": full_name}) + "\n" + addition
    account = load.check(text + addition, path, providers.specs()).accounts[name]
    return Planned(account=account, path=path, addition=addition, is_new_file=not exists)


def _refuse_contradiction(known: Account, wanted: Mapping[str, object], path: Path) -> None:
    for key, value in wanted.items():
        old = getattr(known, key, getattr(known.keys, key, value))
        if str(old) != str(value):
            raise UsageError(
                f"{path} has an account {known.name} whose {key} is {'not set' if old is None else old}.",
                "Correct it there, or choose another name.",
            )


def _table(name: str, values: Mapping[str, object]) -> str:
    order = [key.name for key in all_keys(providers.specs())]
    rows = [
        f"{key} = {toml(value)}\n" for key, value in sorted(values.items(), key=lambda v: order.index(v[0]))
    ]
    return f"[{name}]\n{''.join(rows)}"


def add(planned: Planned, clock: Clock, how: How) -> tuple[str, ...]:
    """Sign in, then write the new table; answers with warnings. Nothing is written when the sign-in fails."""
    warnings = sign_in.enrol(planned.account, clock, how)
    try:
        if planned.is_new_file:
            files.private_dir(planned.path.parent)
            files.write(planned.path, planned.addition.encode())
        elif planned.is_new:
            # Appended: the file stays the one it is, links and permissions too.
            with planned.path.open("ab") as file:
                file.write(planned.addition.encode())
                file.flush()
                files.sync(file.fileno())
    except OSError as exc:
        raise ConfigError(
            f"{planned.path} cannot be written: {exc.strerror}.",
            f"The sign-in is kept. Add this by hand:\n{planned.addition}",
        ) from exc
    return warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a test of an account found."""

    account: Account
    mailbox_id: str
    identities: tuple[Identity, ...]
    state: SignInState


def check(account: Account, clock: Clock) -> Checked:
    """Open the mailbox and ask who it belongs to. Raises what opening and reading raise."""
    mailbox = providers.open_mailbox(account, clock)
    try:
        mailbox_id, identities = mailbox.mailbox_id(), mailbox.identities()
    finally:
        mailbox.close()
    state = sign_in.state(account, clock)
    return Checked(account=account, mailbox_id=mailbox_id, identities=identities, state=state)


def remove(account: Account, clock: Clock, armed: Sequence[str] = ()) -> tuple[str, ...]:
    """Take the sign-in back and forget it here; answers with what is left to do by hand.

    ``armed`` names the submissions that still need the account: with any, ``NotArmed`` and nothing happens.
    """
    if armed:
        raise NotArmed(
            f"Account {account.name} still has letters to send: {', '.join(armed)}.",
            f"Cancel them first: bowout outbox cancel {armed[0]}",
        )
    return sign_in.leave(account, clock)


def passphrase_wanted(account: Account, clock: Clock) -> bool:
    """Would opening this account need a passphrase that the environment does not hold?"""
    from bowout.vault import PASSPHRASE

    if os.environ.get(PASSPHRASE):
        return False
    return sign_in.state(account, clock).secret is sign_in.SecretPlace.PASSPHRASE
