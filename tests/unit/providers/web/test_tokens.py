"""Sign-ins that an older bowout stored still open; a token command is asked as often as needed."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bowout.errors import SignInNeeded
from bowout.model import Account
from bowout.providers.gmail import tokens as gmail
from bowout.providers.outlook import tokens as outlook
from bowout.providers.web.tokens import COMMAND_TOKEN_LIFE, CommandTokens
from bowout.vault import Vault
from clock import FakeClock

STORED = Path(__file__).parent / "sign_ins"  # written by the bowout of 28 November 2026
SIGNED_IN = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    shutil.copytree(STORED, tmp_path / "sign-ins")
    return Vault(tmp_path, environ={"BOWOUT_PASSPHRASE": "correct horse battery staple"})


def test_a_stored_sign_in_of_google_opens_unchanged(vault: Vault) -> None:
    account = Account(name="personal", provider="gmail", address="me@gmail.com")
    keeper = gmail.keeper(account, lambda: SIGNED_IN, vault)
    assert keeper.token(frozenset()) == "ya29.access"
    assert keeper.load() == gmail.SignIn(
        address="me@gmail.com",
        client_id="id.apps.googleusercontent.com",
        client_secret="GOCSPX-secret",
        token_uri="https://oauth2.googleapis.com/token",
        refresh_token="1//refresh",
        scopes=(gmail.READONLY, gmail.COMPOSE),
        signed_in=SIGNED_IN,
        ends=SIGNED_IN + timedelta(days=7),
        access_token="ya29.access",
        expires=SIGNED_IN + timedelta(hours=1),
    )


def test_a_stored_sign_in_of_microsoft_opens_unchanged(vault: Vault) -> None:
    account = Account(name="work", provider="outlook", address="me@outlook.com")
    keeper = outlook.keeper(account, lambda: SIGNED_IN, vault)
    assert keeper.token(frozenset()) == "eyJ.access"
    assert keeper.load() == outlook.SignIn(
        address="me@outlook.com",
        client_id="11111111-2222-3333-4444-555555555555",
        authority="https://login.microsoftonline.com/consumers",
        user="u.1",
        scopes=("Mail.ReadWrite", "User.Read"),
        signed_in=SIGNED_IN,
        cache="{}",
        access_token="eyJ.access",
        expires=SIGNED_IN + timedelta(hours=1),
    )


def test_a_sign_in_of_the_other_provider_is_none(vault: Vault) -> None:
    account = Account(name="work", provider="gmail", address="me@gmail.com")
    with pytest.raises(SignInNeeded, match="is not one for Gmail"):
        gmail.keeper(account, lambda: SIGNED_IN, vault).load()


def test_a_token_command_is_asked_again_when_its_token_is_old_or_refused(tmp_path: Path) -> None:
    script = tmp_path / "token.py"
    script.write_text(
        "import pathlib\nfile = pathlib.Path(__file__).with_suffix('.count')\n"
        "number = int(file.read_text()) + 1 if file.exists() else 1\n"
        "file.write_text(str(number))\nprint(f'token-{number}')\n"
    )
    clock = FakeClock()
    command = (sys.executable, str(script))
    tokens = CommandTokens(
        Account(name="a", provider="gmail", address="a@b.example", token_command=command), clock
    )
    assert [tokens.token(frozenset()) for _ in range(2)] == ["token-1", "token-1"]
    assert tokens.token(frozenset(), "token-1") == "token-2"
    clock.advance(COMMAND_TOKEN_LIFE)
    assert tokens.token(frozenset(), "token-1") == "token-3"
