"""Stay signed in: access tokens from the sign-in in the vault, or from the person's own command.

Processes that refresh at the same time take turns under the vault's lock. The last access token lies in the
vault too, so that most runs need no library of the provider's. What a sign-in holds besides, and how it is
refreshed, each provider says.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, Self, TypeVar

from bowout.errors import SignInNeeded
from bowout.model import Account
from bowout.providers.base import Clock
from bowout.providers.web.token_command import first_line
from bowout.vault import Vault

TOKEN_LIMIT = 20.0  # seconds for one request to a sign-in server
SPARE = timedelta(seconds=60)  # an access token that ends sooner is not begun with
COMMAND_TOKEN_LIFE = timedelta(minutes=5)  # a token_command is asked again after this

_TIMES = ("signed_in", "ends", "expires")


class Tokens(Protocol):
    """Where access tokens come from. Raises ``SignInNeeded``, ``Unreachable``."""

    def token(self, scopes: frozenset[str], refused: str | None = None) -> str:
        """A token that covers ``scopes`` (none = the usual ones); not the one that was just ``refused``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What every sign-in holds. ``scopes`` were consented to; times are aware."""

    address: str
    client_id: str
    scopes: tuple[str, ...]
    signed_in: datetime
    access_token: str | None = None
    expires: datetime | None = None

    def usable(self, now: datetime, wanted: frozenset[str], refused: str | None) -> bool:
        """Can the access token be used for this now? Not the one that was just refused."""
        fresh = self.expires is not None and self.expires - SPARE > now
        return bool(self.access_token) and self.access_token != refused and fresh and self.covers(wanted)

    def covers(self, wanted: Iterable[str]) -> bool:
        """Was every one of these rights consented to?"""
        return {scope.casefold() for scope in wanted} <= {scope.casefold() for scope in self.scopes}

    def to_dict(self) -> dict[str, Any]:
        """Make the form that the vault stores."""
        return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(self).items()}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Read what ``to_dict`` made. Raises KeyError, TypeError or ValueError for anything else."""
        made: dict[str, Any] = {**values, "scopes": tuple(values["scopes"])}
        for name in {one.name for one in fields(cls)} & set(_TIMES):
            made[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
        return cls(**made)


S = TypeVar("S", bound=SignIn)


@dataclass(slots=True)
class Keeper(Generic[S]):
    """The sign-in of one account in the vault, refreshed under its lock.

    ``form`` is what the provider stores; ``refresh(account, sign_in, wanted, clock)`` makes one with a new
    access token.
    """

    account: Account
    clock: Clock
    vault: Vault
    place: str  # what the person calls the provider
    form: type[S]
    refresh: Callable[[Account, S, frozenset[str], Clock], S]
    usual: frozenset[str] = frozenset()
    _last: S | None = None
    _one: threading.Lock = field(default_factory=threading.Lock)

    def load(self) -> S:
        """Read the sign-in. Raises ``SignInNeeded``."""
        try:
            return self.form.of(self.vault.load(self.account.name))
        except (KeyError, TypeError, ValueError) as exc:
            raise SignInNeeded(
                f"The sign-in of account {self.account.name} is not one for {self.place}.",
                f"Sign in: bowout account add {self.account.name}",
            ) from exc

    def token(self, scopes: frozenset[str], refused: str | None = None) -> str:
        """An access token, as ``Tokens`` says."""
        wanted = scopes or self.usual
        with self._one:
            if self._last is None or not self._last.usable(self.clock(), wanted, refused):
                self._last = self._fetched(wanted, refused)
            return str(self._last.access_token)

    def _fetched(self, wanted: frozenset[str], refused: str | None) -> S:
        stored = self.load()
        if stored.usable(self.clock(), wanted, refused):
            return stored
        with self.vault.locked(self.account.name):
            stored = self.load()  # another process may have refreshed it meanwhile
            if not stored.usable(self.clock(), wanted, refused):
                stored = self.refresh(self.account, stored, wanted, self.clock)
                self.vault.save(self.account.name, stored.to_dict())
        return stored


@dataclass(slots=True)
class CommandTokens:
    """Access tokens that the person's own command prints; whoever wrote it decides what they may do."""

    account: Account
    clock: Clock
    _token: str | None = None
    _until: datetime | None = None
    _one: threading.Lock = field(default_factory=threading.Lock)

    def token(self, scopes: frozenset[str], refused: str | None = None) -> str:  # noqa: ARG002 - as Tokens
        """An access token, as ``Tokens`` says."""
        with self._one:
            now = self.clock()
            if self._token is None or self._token == refused or self._until is None or self._until <= now:
                command = self.account.token_command or ()
                self._token = first_line(command, account=self.account.name, key="token_command")
                self._until = now + COMMAND_TOKEN_LIFE
            return self._token


@dataclass(frozen=True, slots=True)
class Held:
    """The one token of a sign-in that is not stored yet."""

    value: str

    def token(self, scopes: frozenset[str], refused: str | None = None) -> str:  # noqa: ARG002 - as Tokens
        """That token, whatever is asked for."""
        return self.value
