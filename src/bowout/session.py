"""One account, opened: what a use case needs, handed in and never global."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bowout.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from bowout.config.load import Config
    from bowout.journal.store import Store
    from bowout.model import Account
    from bowout.people.machines import Relays
    from bowout.providers.base import Clock, Mailbox


@dataclass(frozen=True, kw_only=True)
class Session:
    """The configuration, one account with its mailbox, the journal, the clock."""

    config: Config
    account: Account
    mailbox: Mailbox
    store: Store
    relays: Relays
    clock: Clock
    letters_dir: Path | None = None

    @property
    def zone(self) -> str:
        """The person's IANA zone."""
        return self.config.profile.zone

    @property
    def home_zone(self) -> str | None:
        """The same where it can be told: what only shows times does without."""
        try:
            return self.zone
        except ConfigError:
            return None
