"""The vault: what lies on the disk, what a keyring may do wrong, and processes that change it at once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from ast import literal_eval
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import keyring as library
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend

from bowout.errors import SignInNeeded, StoreError
from bowout.vault import PASSPHRASE, SCRYPT, Protection, SystemKeyring, Vault, environment_of_children

SECRET = {"refresh_token": "1//very-secret", "scopes": ["a"]}
WORDS = {PASSPHRASE: "correct horse battery staple"}


class Memory(KeyringBackend):
    """A keyring that works, for as long as the test runs."""

    priority: float = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not there")


class Windows(Memory):
    """Credential Manager takes at most 1,280 characters."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password) > 1280:
            raise OSError(1783, "CredWrite", "The stub received bad data")
        super().set_password(service, username, password)


class Forgetful(Memory):
    """Takes everything, keeps nothing, reports success."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Gone."""


class Hanging(Memory):
    """Waits for a dialogue that nobody sees."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.closed.wait(30)
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.closed.wait(30)


class Locked(Memory):
    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("Failed to unlock the collection!")


class Plain(Memory):
    """As keyrings.alt has them: works, and writes plain text."""

    priority = 0.5


Plain.__module__ = "keyrings.alt.file"
NOTHING = keyring.backends.null.Keyring()  # type: ignore[no-untyped-call] # keyring is half typed
NO_KEYRING = keyring.backends.fail.Keyring()  # type: ignore[no-untyped-call] # as above


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path, SystemKeyring(Memory()), {})


@pytest.fixture
def chosen() -> Iterator[Callable[[KeyringBackend], None]]:
    """Makes a backend the one that the keyring library chooses."""
    before = library.get_keyring()
    yield library.set_keyring
    library.set_keyring(before)


def on_disk(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())


def test_what_is_saved_is_loaded(vault: Vault) -> None:
    vault.save("work", SECRET)
    assert vault.load("work") == SECRET
    assert vault.protection("work") is Protection.KEYRING


def test_nothing_readable_lies_on_the_disk(vault: Vault, tmp_path: Path) -> None:
    vault.save("work", SECRET)
    assert b"secret" not in on_disk(tmp_path)
    (file,) = tmp_path.rglob("*.vault")
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700


def test_the_keyring_holds_a_key_and_no_token(tmp_path: Path) -> None:
    backend = Windows()
    vault = Vault(tmp_path, SystemKeyring(backend), {})
    vault.save("work", {"cache": "x" * 20_000})
    assert [len(value) for value in backend.kept.values()] == [44]
    assert vault.load("work") == {"cache": "x" * 20_000}


def test_the_same_content_never_looks_the_same(vault: Vault, tmp_path: Path) -> None:
    vault.save("work", SECRET)
    before = on_disk(tmp_path)
    vault.save("work", SECRET)
    assert on_disk(tmp_path) != before


def test_a_file_cannot_become_another_accounts(tmp_path: Path) -> None:
    vault = Vault(tmp_path, SystemKeyring(Memory()), {})
    vault.save("work", SECRET)
    file = tmp_path / "sign-ins" / "work.vault"
    file.rename(file.with_name("home.vault"))
    with pytest.raises(SignInNeeded, match="cannot be opened"):
        vault.load("home")


@pytest.mark.parametrize("part", ["sealed", "nonce"])
def test_a_changed_file_is_not_trusted(vault: Vault, tmp_path: Path, part: str) -> None:
    vault.save("work", SECRET)
    file = tmp_path / "sign-ins" / "work.vault"
    content = json.loads(file.read_text())
    content[part] = (
        content[part][:-6] + ("AAAA" if content[part][-6:-2] != "AAAA" else "BBBB") + content[part][-2:]
    )
    file.write_text(json.dumps(content))
    with pytest.raises(SignInNeeded) as raised:
        vault.load("work")
    assert raised.value.next_step == "Sign in: bowout account add work"


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b"{}", b'{"bowout-vault": 1, "lock": 3}', b"\xff\xfe"])
def test_a_damaged_file_asks_for_a_new_sign_in(vault: Vault, tmp_path: Path, left: bytes) -> None:
    vault.save("work", SECRET)
    (tmp_path / "sign-ins" / "work.vault").write_bytes(left)
    with pytest.raises(SignInNeeded, match="damaged"):
        vault.load("work")
    vault.save("work", SECRET)
    assert vault.load("work") == SECRET


def test_a_guess_at_the_passphrase_costs_what_owasp_asks_for() -> None:
    """In a process of its own: the tests lower it for themselves."""
    asked = [sys.executable, "-c", "from bowout import vault; print(vault.SCRYPT)"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert literal_eval(told) == {"n": 2**17, "r": 8, "p": 1}


ODD: list[object] = [None, 5, -1, 0, 2**70, 1e300, [], {}, "", "!", "AAAA"]


@pytest.mark.parametrize("protection", Protection)
@pytest.mark.parametrize("key", ["nonce", "sealed", "entry", "salt", "n", "r", "p"])
def test_no_damage_is_more_than_a_new_sign_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, protection: Protection, key: str
) -> None:
    """Whatever a value became, or none: opening says so, and signing in anew or out works."""
    monkeypatch.setitem(SCRYPT, "n", 2**4)  # for speed
    vault = Vault(tmp_path, SystemKeyring(Memory()), WORDS)
    vault.save("work", SECRET, protection)
    file = tmp_path / "sign-ins" / "work.vault"
    good = file.read_text()
    for value in (*ODD, ...):
        content = json.loads(good)
        place = content if key in content else content["lock"]
        if key not in place:
            return  # belongs to the other protection
        place.pop(key)
        if value is not ...:
            place[key] = value
        file.write_text(json.dumps(content))
        fresh = replace(vault, _derived={})
        with pytest.raises(SignInNeeded):
            fresh.load("work")
        assert fresh.protection("work") is protection
    fresh.save("work", SECRET)
    assert fresh.load("work") == SECRET
    file.write_text(json.dumps(content))
    fresh.wipe("work")
    assert not file.exists()


@pytest.mark.parametrize("text", ["", "AAAA", "!", "A" * 400])
def test_what_is_no_key_is_not_used_as_one(tmp_path: Path, text: str) -> None:
    backend = Memory()
    vault = Vault(tmp_path, SystemKeyring(backend), {})
    vault.save("work", SECRET)
    for entry in backend.kept:
        backend.kept[entry] = text
    with pytest.raises(SignInNeeded, match="no key"):
        vault.load("work")
    vault.save("work", SECRET)
    assert vault.load("work") == SECRET


def test_an_account_that_never_signed_in_is_told_so(vault: Vault) -> None:
    assert vault.protection("work") is None
    with pytest.raises(SignInNeeded, match="Account work is not signed in"):
        vault.load("work")


@pytest.mark.parametrize("name", ["../work", "a/b", "", "A", "x" * 33])
def test_a_name_never_leads_out_of_the_directory(vault: Vault, name: str) -> None:
    with pytest.raises(ValueError, match="no account name"):
        vault.save(name, SECRET)


def test_wiping_forgets_file_and_key(tmp_path: Path) -> None:
    backend = Memory()
    vault = Vault(tmp_path, SystemKeyring(backend), {})
    vault.save("work", SECRET)
    vault.wipe("work")
    vault.wipe("work")
    assert (backend.kept, vault.protection("work"), on_disk(tmp_path)) == ({}, None, b"")


def test_two_data_directories_do_not_share_a_key(tmp_path: Path) -> None:
    backend = Memory()
    one, other = (Vault(tmp_path / name, SystemKeyring(backend), {}) for name in ("one", "other"))
    one.save("work", SECRET)
    other.save("work", {"token": "2"})
    other.wipe("work")
    assert one.load("work") == SECRET


# --- passphrase -----------------------------------------------------------------------------------


def test_a_passphrase_opens_what_it_closed(tmp_path: Path) -> None:
    Vault(tmp_path, SystemKeyring(Forgetful()), WORDS).save("work", SECRET, Protection.PASSPHRASE)
    again = Vault(tmp_path, SystemKeyring(Forgetful()), WORDS)
    assert (again.load("work"), again.protection("work")) == (SECRET, Protection.PASSPHRASE)
    assert b"secret" not in on_disk(tmp_path)
    assert b"staple" not in on_disk(tmp_path)


def test_another_passphrase_opens_nothing(tmp_path: Path) -> None:
    Vault(tmp_path, SystemKeyring(Memory()), WORDS).save("work", SECRET, Protection.PASSPHRASE)
    with pytest.raises(SignInNeeded, match="with this passphrase") as raised:
        Vault(tmp_path, SystemKeyring(Memory()), {PASSPHRASE: "wrong"}).load("work")
    assert "Try again" in raised.value.next_step


def test_a_refresh_keeps_the_passphrase(tmp_path: Path) -> None:
    vault = Vault(tmp_path, SystemKeyring(Forgetful()), WORDS)
    vault.save("work", SECRET, Protection.PASSPHRASE)
    vault.save("work", {"token": "new"})
    assert Vault(tmp_path, SystemKeyring(Forgetful()), WORDS).load("work") == {"token": "new"}


def test_nobody_to_ask_is_said(tmp_path: Path) -> None:
    Vault(tmp_path, SystemKeyring(Memory()), WORDS).save("work", SECRET, Protection.PASSPHRASE)
    with pytest.raises(SignInNeeded) as raised:
        Vault(tmp_path, SystemKeyring(Memory()), {}).load("work")
    assert PASSPHRASE in raised.value.next_step
    asked = Vault(tmp_path, SystemKeyring(Memory()), {}, ask=lambda: WORDS[PASSPHRASE])
    assert asked.load("work") == SECRET


def test_a_file_cannot_make_us_spend_all_memory(tmp_path: Path) -> None:
    vault = Vault(tmp_path, SystemKeyring(Memory()), WORDS)
    vault.save("work", SECRET, Protection.PASSPHRASE)
    file = tmp_path / "sign-ins" / "work.vault"
    content = json.loads(file.read_text())
    content["lock"]["n"] = 2**40
    file.write_text(json.dumps(content))
    with pytest.raises(SignInNeeded, match="damaged"):
        Vault(tmp_path, SystemKeyring(Memory()), WORDS).load("work")


# --- keyrings that cannot be relied on --------------------------------------------------------------


@pytest.mark.parametrize(
    ("backend", "says"),
    [
        (Forgetful(), "did not give it back"),
        (Locked(), "KeyringLocked"),
        (NO_KEYRING, "NoKeyringError"),
        (NOTHING, "did not give it back"),
    ],
)
def test_a_keyring_that_does_not_keep_a_key_is_refused(
    tmp_path: Path, backend: KeyringBackend, says: str
) -> None:
    vault = Vault(tmp_path, SystemKeyring(backend), {})
    with pytest.raises(SignInNeeded, match=says) as raised:
        vault.save("work", SECRET)
    assert "--passphrase" in raised.value.next_step
    assert not list(tmp_path.rglob("*.vault"))


def test_a_hanging_keyring_is_left_behind(tmp_path: Path) -> None:
    backend = Hanging()
    with pytest.raises(SignInNeeded, match=r"did not answer within 0\.05 seconds"):
        Vault(tmp_path, SystemKeyring(backend, limit=0.05), {}).save("work", SECRET)
    backend.closed.set()


@pytest.mark.parametrize("backend", [NO_KEYRING, NOTHING, Plain()])
def test_a_keyring_that_the_library_should_not_have_chosen_is_refused(
    tmp_path: Path, chosen: Callable[[KeyringBackend], None], backend: KeyringBackend
) -> None:
    chosen(backend)
    with pytest.raises(SignInNeeded, match=r"no keyring is running|does not keep a key safely"):
        Vault(tmp_path, environ={}).save("work", SECRET)
    assert not list(tmp_path.rglob("*.vault"))


def test_of_a_chain_the_first_safe_keyring_is_taken(
    tmp_path: Path, chosen: Callable[[KeyringBackend], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, safe = Plain(), Memory()
    monkeypatch.setattr(ChainerBackend, "backends", [plain, safe])
    chosen(ChainerBackend())  # type: ignore[no-untyped-call] # as above
    Vault(tmp_path, environ={}).save("work", SECRET)
    assert (len(plain.kept), len(safe.kept)) == (0, 1)


def test_a_keyring_that_lost_the_key_asks_for_a_new_sign_in(tmp_path: Path) -> None:
    backend = Memory()
    vault = Vault(tmp_path, SystemKeyring(backend), {})
    vault.save("work", SECRET)
    backend.kept.clear()
    with pytest.raises(SignInNeeded, match="no longer holds its key"):
        vault.load("work")
    vault.save("work", SECRET)
    assert vault.load("work") == SECRET


# --- several processes ------------------------------------------------------------------------------

KILLED = """
import os, sys
from pathlib import Path
from bowout import files
from bowout.vault import Vault
os.replace = lambda *_: os._exit(9)
os.rename = os.replace
vault = Vault(Path(sys.argv[1]))
with vault.locked("work"):
    vault.save("work", {"count": 1})
"""


def test_a_process_that_is_killed_while_it_writes_leaves_the_old_sign_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed when all is written but not yet in its place; the lock goes with the process."""
    monkeypatch.setenv(PASSPHRASE, "words")
    Vault(tmp_path).save("work", {"count": 0}, Protection.PASSPHRASE)
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert done.returncode == 9
    vault = Vault(tmp_path)
    assert vault.load("work") == {"count": 0}
    with vault.locked("work"):
        vault.save("work", {"count": 2})
    assert vault.load("work") == {"count": 2}
    vault.wipe("work")
    assert not [path for path in (tmp_path / "sign-ins").iterdir() if path.suffix != ".lock"]


ADD_ONE = """
import sys
from pathlib import Path
from bowout.vault import Vault
vault = Vault(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    with vault.locked("work"):
        kept = vault.load("work")
        vault.save("work", {"count": kept["count"] + 1})
"""


def test_processes_that_change_a_sign_in_at_once_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSPHRASE, "words")
    Vault(tmp_path).save("work", {"count": 0}, Protection.PASSPHRASE)
    runs = [subprocess.Popen([sys.executable, "-c", ADD_ONE, str(tmp_path), "5"]) for _ in range(3)]
    assert [run.wait(60) for run in runs] == [0, 0, 0]
    assert Vault(tmp_path).load("work") == {"count": 15}
    assert not list(tmp_path.rglob("*.tmp"))


def test_children_get_our_environment_without_the_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSPHRASE, "correct horse battery staple")
    monkeypatch.setenv("BESIDE_IT", "stays")
    given = environment_of_children()
    assert PASSPHRASE not in given
    assert given["BESIDE_IT"] == "stays"


def test_sign_ins_that_others_could_put_there_are_not_used(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "data", keyring=SystemKeyring(Memory()))
    vault.save("home", SECRET)
    (tmp_path / "data").chmod(0o777)
    if sys.platform != "win32":
        for use in (vault.load, vault.protection, vault.wipe, lambda name: vault.save(name, SECRET)):
            with pytest.raises(StoreError, match="others can write") as refused:
                use("home")
            assert f"chmod go-w {tmp_path / 'data'}" in refused.value.next_step
    (tmp_path / "data").chmod(0o700)
    assert vault.load("home") == SECRET
