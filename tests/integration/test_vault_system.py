"""The vault on the real Secret Service: gnome-keyring on a D-Bus session of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

UNLOCKED = (
    'printf "login password" | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@"'
)
LOCKED = 'gnome-keyring-daemon --start --components=secrets >/dev/null && exec "$@"'

ROUND_TRIP = """
import sys
from pathlib import Path
import keyring
from bowout.errors import SignInNeeded
from bowout.vault import Protection, SystemKeyring, Vault
print(SystemKeyring().check())
vault = Vault(Path(sys.argv[1]))
vault.save("work", {"token": "1//secret"})
assert vault.protection("work") is Protection.KEYRING
assert Vault(Path(sys.argv[1])).load("work") == {"token": "1//secret"}
vault.wipe("work")
try:
    vault.load("work")
except SignInNeeded as exc:
    print(exc.message)
"""

NOBODY_THERE = """
import sys
from pathlib import Path
from bowout.errors import SignInNeeded
from bowout.vault import SystemKeyring, Vault
try:
    Vault(Path(sys.argv[1]), SystemKeyring(limit=3)).save("work", {"token": "1//secret"})
except SignInNeeded as exc:
    print(exc.message)
    print(exc.next_step)
"""


def session(prepare: str, code: str, data_dir: Path) -> list[str]:
    """The lines that ``code`` prints in a fresh D-Bus session with a keyring daemon of its own."""
    command = ["dbus-run-session", "--", "sh", "-c", prepare, "sh", sys.executable, "-c", code, str(data_dir)]
    runtime = data_dir / "run"
    runtime.mkdir(mode=0o700)
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_key_is_kept_and_forgotten_in_the_secret_service(tmp_path: Path) -> None:
    assert session(UNLOCKED, ROUND_TRIP, tmp_path) == ["Keyring", "Account work is not signed in."]


def test_a_locked_keyring_with_nobody_to_unlock_it_is_told_in_time(tmp_path: Path) -> None:
    message, cure = session(LOCKED, NOBODY_THERE, tmp_path)
    assert message.startswith("The sign-in of account work cannot be kept: ")
    assert "--passphrase" in cure
    assert not list(tmp_path.rglob("*.vault"))
