"""Sign-ins at rest: one encrypted file per account, never plain text.

The file (0600, replaced whole) holds the provider's tokens, sealed with AES-256-GCM; the associated data is
format version and account name, so a file cannot be renamed into another account. The 32-byte key is random
and lives in the system's keyring, or is derived from a passphrase (scrypt, RFC 7914) when the person chose
that explicitly. The keyring holds only the key because some keyrings take no more than 1,280 characters.

Whoever changes a sign-in does it inside ``Vault.locked``, so that two processes that refresh a token at the
same time cannot lose one. Every failure is ``SignInNeeded`` with the command that cures it, or ``StoreError``
where the directory is not the person's alone or cannot be written.
"""

from __future__ import annotations

import base64
import json
import os
import re
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from bowout import files, owners
from bowout.errors import SignInNeeded, StoreError

if TYPE_CHECKING:
    from bowout.model import Account

__all__ = ["Backend", "Protection", "SystemKeyring", "Vault"]

T = TypeVar("T")

FORMAT = 1
KEY = 32  # bytes: AES-256
SERVICE = "bowout"
PASSPHRASE = "BOWOUT_PASSPHRASE"  # noqa: S105 - the name of the variable
# A refresh under the lock talks to the provider; whoever waits must outlast its time limit.
LOCK_WAIT = 60.0
# OWASP's figures for scrypt: 128 MiB and about 0.3 s per guess.
SCRYPT = {"n": 2**17, "r": 8, "p": 1}
MOST_MEMORY = 1 << 30  # bytes that a file may make us spend on scrypt


def environment_of_children() -> dict[str, str]:
    """Make the environment for a program that bowout starts: ours, without the passphrase."""
    return {name: value for name, value in os.environ.items() if name != PASSPHRASE}


class Protection(StrEnum):
    """What keeps the key of a sign-in."""

    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105 - a word, no secret


class Backend(Protocol):
    """What we use of a keyring backend (keyring.backend.KeyringBackend)."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


# --- the keyring ----------------------------------------------------------------------------------


class _Unusable(Exception):
    """The keyring cannot be relied on; the text says why, in words for a person."""


# They keep plain text, keep nothing, or ask on a terminal that a timer does not have.
REFUSED = ("keyrings.alt", "keyrings.cryptfile", "keyring.backends.null", "keyring.backends.fail")


@dataclass(slots=True)
class SystemKeyring:
    """The system's keyring, trusted only as far as it can be checked.

    Every call has a time limit in seconds: a locked keyring waits for a dialogue that may be on no screen.
    ``backend`` None = the one the keyring library chooses.
    """

    backend: Backend | None = None
    limit: float = 15.0

    def put(self, entry: str, key: bytes) -> None:
        """Store ``key`` and read it back. Raises ``_Unusable``."""
        text = base64.b64encode(key).decode()
        self._call(lambda backend: backend.set_password(SERVICE, entry, text))
        if self._call(lambda backend: backend.get_password(SERVICE, entry)) != text:
            raise _Unusable("the keyring took a key and did not give it back")

    def get(self, entry: str) -> bytes:
        """The key. Raises ``_Unusable``, also when it is not there."""
        text = self._call(lambda backend: backend.get_password(SERVICE, entry))
        if text is None:
            raise _Unusable("the keyring no longer holds its key")
        try:
            key = base64.b64decode(text, validate=True)
        except ValueError:
            key = b""
        if len(key) != KEY:
            raise _Unusable("the keyring gave something that is no key")
        return key

    def delete(self, entry: str) -> None:
        """Forget the key; one that is not there is as good."""
        with suppress(_Unusable):
            self._call(lambda backend: backend.delete_password(SERVICE, entry))

    def check(self) -> str:
        """The name of the backend after a round trip with a throw-away key. Raises ``_Unusable``."""
        entry = f"probe {token_hex(8)}"
        self.put(entry, token_bytes(KEY))
        self.delete(entry)
        return self._call(lambda backend: type(backend).__name__)

    def _call(self, use: Callable[[Backend], T]) -> T:
        """``use`` on the backend, in a thread that is left behind when the keyring does not answer."""
        outcome: list[T] = []
        trouble: list[Exception] = []

        def work() -> None:
            try:
                outcome.append(use(self.backend or _choose()))
            except Exception as exc:  # backends raise whatever their D-Bus or Win32 layer does
                trouble.append(exc)

        thread = threading.Thread(target=work, daemon=True, name="keyring")
        thread.start()
        thread.join(self.limit)
        if trouble:
            raise _explained(trouble[0]) from trouble[0]
        if not outcome:
            raise _Unusable(f"the keyring did not answer within {self.limit:g} seconds; it may be locked")
        return outcome[0]


def _explained(exc: Exception) -> _Unusable:
    if isinstance(exc, _Unusable):
        return exc
    # Only the kind: a backend may put what it was given into its message.
    return _Unusable(f"the keyring failed ({type(exc).__name__})")


def _choose() -> Backend:
    """The backend that the keyring library would use, unless it cannot be trusted with a key."""
    import keyring

    chosen: Any = keyring.get_keyring()
    members = getattr(chosen, "backends", None) or [chosen]
    for member in members:
        if _refusal(member) is None:
            backend: Backend = member
            return backend
    raise _Unusable(_refusal(members[0]) or "there is no keyring")


def _refusal(backend: Any) -> str | None:
    """Why a backend is not used, or None."""
    module = type(backend).__module__
    if module.startswith("keyring.backends.fail"):
        return "no keyring is running on this computer"
    if module.startswith(REFUSED) or _priority(backend) < 1:
        return f"the keyring on offer ({module}) does not keep a key safely"
    return None


def _priority(backend: Any) -> float:
    try:
        return float(backend.priority)
    except Exception:
        return -1.0


# --- the vault ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Vault:
    """The sign-ins in ``directory``. ``ask`` asks the person for their passphrase; None = nobody is there."""

    directory: Path
    keyring: SystemKeyring = field(default_factory=SystemKeyring)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    ask: Callable[[], str] | None = None
    _derived: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, account: Account) -> Vault:
        """The vault that keeps the sign-in of a configured account."""
        if account.data_dir:
            return cls(account.data_dir)
        import platformdirs

        return cls(platformdirs.user_data_path("bowout", appauthor=False))

    def protection(self, account: str) -> Protection | None:
        """What protects the sign-in, or None when there is none. Asks nobody for anything."""
        path = self._path(account)
        return Protection(self._read(account)["lock"]["kind"]) if path.exists() else None

    def load(self, account: str) -> dict[str, Any]:
        """The sign-in as it was saved. Raises ``SignInNeeded`` when there is none or it cannot be opened."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        file = self._read(account)
        key = self._key(account, file["lock"])
        try:
            opened = AESGCM(key).decrypt(_bytes(file["nonce"]), _bytes(file["sealed"]), _bound_to(account))
            content: dict[str, Any] = json.loads(opened)
        except InvalidTag as exc:
            raise _not_opened(account, Protection(file["lock"]["kind"])) from exc
        except (ValueError, KeyError, TypeError) as exc:
            raise _needed(account, f"The sign-in of account {account} is damaged.") from exc
        return content

    def save(self, account: str, content: Mapping[str, Any], protection: Protection | None = None) -> None:
        """Keep a sign-in in the place of the old one; ``protection`` None = as the old one, else the keyring.

        Raises ``SignInNeeded`` when no key can be kept, ``StoreError`` when the file cannot be written.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        lock, key = self._lock_for(account, protection)
        nonce = token_bytes(12)
        sealed = AESGCM(key).encrypt(nonce, json.dumps(content).encode(), _bound_to(account))
        file = {"bowout-vault": FORMAT, "lock": lock, "nonce": _text(nonce), "sealed": _text(sealed)}
        try:
            files.private_dir(self._path(account).parent)
            files.write(self._path(account), json.dumps(file).encode())
        except OSError as exc:
            raise _unwritable(self._path(account), exc) from exc

    def require_keyring(self, account: str) -> None:
        """Raise ``SignInNeeded`` when no keyring can keep a key, before the person goes to any length."""
        try:
            self.keyring.check()
        except _Unusable as exc:
            raise _no_keyring(account, exc) from exc

    @contextmanager
    def locked(self, account: str) -> Generator[None]:
        """Be the only process that changes this sign-in. Raises ``StoreError`` after waiting in vain."""
        path = self._path(account).with_suffix(".lock")
        try:
            lock = files.lock(path, wait=LOCK_WAIT)
            held = lock.__enter__()
        except OSError as exc:
            raise _unwritable(path, exc) from exc
        try:
            if not held:
                raise StoreError(
                    f"Another bowout has been changing the sign-in of {account} for {LOCK_WAIT:g} seconds.",
                    "Wait until it has finished, or end it, then try again.",
                )
            yield
        finally:
            lock.__exit__(None, None, None)

    def wipe(self, account: str) -> None:
        """Forget the sign-in here: file and key. One that is not there is as good."""
        path = self._path(account)
        with suppress(SignInNeeded):
            lock = self._read(account)["lock"]
            if lock["kind"] == Protection.KEYRING:
                self.keyring.delete(str(lock.get("entry")))
        try:
            # Also what a crash in the middle of a write left (atomic.write names it after the file).
            for left in path.parent.glob(f"{path.name}*"):
                left.unlink()
        except OSError as exc:
            raise _unwritable(path, exc) from exc

    def _path(self, account: str) -> Path:
        if not re.fullmatch(r"[a-z0-9-]{1,32}", account):
            raise ValueError(f"no account name: {account!r}")
        if found := owners.doubt(self.directory):
            raise StoreError(f"{found.says}, so your sign-ins are not yours alone", found.cure)
        return self.directory / "sign-ins" / f"{account}.vault"

    def _read(self, account: str) -> dict[str, Any]:
        path = self._path(account)
        try:
            file = json.loads(path.read_bytes())
            if file["bowout-vault"] != FORMAT:
                raise _needed(account, f"{path} was written by another version of bowout.")
            Protection(file["lock"]["kind"])
        except FileNotFoundError as exc:
            raise _needed(account, f"Account {account} is not signed in.") from exc
        except PermissionError as exc:
            raise StoreError(f"{path} cannot be read: {exc.strerror}.", files.cure(exc)) from exc
        except OSError as exc:
            raise _needed(account, f"{path} cannot be read: {exc.strerror}.") from exc
        except (ValueError, KeyError, TypeError) as exc:
            raise _needed(account, f"The sign-in of account {account} is damaged ({path}).") from exc
        checked: dict[str, Any] = file
        return checked

    def _key(self, account: str, lock: Mapping[str, Any]) -> bytes:
        try:
            if lock["kind"] == Protection.KEYRING:
                return self.keyring.get(str(lock["entry"]))
            return self._derive(account, lock)
        except _Unusable as exc:
            raise SignInNeeded(
                f"The sign-in of account {account} cannot be opened: {exc}.",
                f"Unlock the keyring and try again, or sign in anew: bowout account add {account}",
            ) from exc
        # The last two are how the library takes parameters that make no sense.
        except (KeyError, TypeError, ValueError, OverflowError, MemoryError) as exc:
            raise _needed(account, f"The sign-in of account {account} is damaged.") from exc

    def _lock_for(self, account: str, protection: Protection | None) -> tuple[dict[str, Any], bytes]:
        """How the next file is locked, and its key: the old ones as long as the protection stays."""
        old = None
        if self._path(account).exists():
            with suppress(SignInNeeded):
                old = self._read(account)["lock"]
        wanted = protection or (Protection(old["kind"]) if old else Protection.KEYRING)
        if old and old["kind"] == wanted:
            with suppress(SignInNeeded):
                return old, self._key(account, old)
        if wanted is Protection.PASSPHRASE:
            lock = {"kind": str(wanted), "salt": _text(token_bytes(16)), **SCRYPT}
            return lock, self._derive(account, lock)
        return self._new_entry(account)

    def _new_entry(self, account: str) -> tuple[dict[str, Any], bytes]:
        # The random part keeps two data directories with accounts of one name apart.
        entry, key = f"{account} {token_hex(8)}", token_bytes(KEY)
        try:
            self.keyring.put(entry, key)
        except _Unusable as exc:
            raise _no_keyring(account, exc) from exc
        return {"kind": str(Protection.KEYRING), "entry": entry}, key

    def _derive(self, account: str, lock: Mapping[str, Any]) -> bytes:
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

        salt, n, r, p = str(lock["salt"]), int(lock["n"]), int(lock["r"]), int(lock["p"])
        if 128 * n * r * p > MOST_MEMORY:
            raise ValueError("scrypt parameters beyond all reason")
        if salt not in self._derived:
            kdf = Scrypt(salt=_bytes(salt), length=KEY, n=n, r=r, p=p)
            self._derived[salt] = kdf.derive(self._passphrase(account).encode())
        return self._derived[salt]

    def _passphrase(self, account: str) -> str:
        given = self.environ.get(PASSPHRASE) or (self.ask() if self.ask else "")
        if not given:
            raise SignInNeeded(
                f"The sign-in of account {account} is protected by a passphrase, and none was given.",
                f"Run the command in a terminal, or set {PASSPHRASE} for this one command.",
            )
        return given


def _bound_to(account: str) -> bytes:
    return f"bowout vault {FORMAT} {account}".encode()


def _needed(account: str, what: str) -> SignInNeeded:
    return SignInNeeded(what, f"Sign in: bowout account add {account}")


def _not_opened(account: str, protection: Protection) -> SignInNeeded:
    if protection is Protection.KEYRING:
        return _needed(account, f"The sign-in of account {account} cannot be opened with its key.")
    return SignInNeeded(
        f"The sign-in of account {account} cannot be opened with this passphrase.",
        f"Try again with the right one, or sign in anew: bowout account add {account}",
    )


def _no_keyring(account: str, exc: _Unusable) -> SignInNeeded:
    return SignInNeeded(
        f"The sign-in of account {account} cannot be kept: {exc}.",
        f"Protect it with a passphrase instead: bowout account add {account} --passphrase. "
        "Or set token_command in the config.",
    )


def _unwritable(path: Path, exc: OSError) -> StoreError:
    return StoreError(f"{path} cannot be written: {exc.strerror}.", files.cure(exc))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
