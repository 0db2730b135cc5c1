"""Signing in to Google, staying signed in and signing out, with the person's browser played by the test."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import keyring
import keyring.backends.fail
import pytest
import requests

from account_kit import with_keys
from bowout import accounts
from bowout.cli.account import _line
from bowout.errors import ConfigError, NotArmed, SignInNeeded, Unreachable, UsageError
from bowout.model import Account
from bowout.providers import sign_in
from bowout.providers.gmail.keys import GmailKeys
from bowout.providers.gmail.mailbox import open_mailbox
from bowout.providers.gmail.tokens import keeper
from bowout.providers.sign_in import How, SecretPlace
from bowout.providers.web.token_command import first_line
from bowout.vault import PASSPHRASE, Protection, Vault
from clock import FakeClock
from gmail_kit import PASSPHRASE as WORDS
from gmail_kit import account_at, signed_in, vault
from gmail_kit import sign_in as a_sign_in
from servers.gmail import BACKEND, GmailServer
from servers.google_oauth import CLIENT_SECRET, COMPOSE, READONLY, Browser
from servers.http import Trouble, closed_port

ME = "me@gmail.com"


@pytest.fixture(autouse=True)
def setting(monkeypatch: pytest.MonkeyPatch) -> None:
    # oauthlib refuses plain http, which only a test server speaks.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv(PASSPHRASE, WORDS)


@pytest.fixture
def server(clock: FakeClock) -> Iterator[GmailServer]:
    with GmailServer(ME, clock=clock) as running:
        yield running


@pytest.fixture
def account(server: GmailServer, tmp_path: Path) -> Account:
    return account_at(server, tmp_path, client_file=server.tokens.write_client(tmp_path / "client.json"))


class Person:
    """Opens the URL that is shown, in a thread of its own, as a browser would."""

    def __init__(self, browser: Browser, state: str | None = None) -> None:
        self.browser = browser
        self.state = state
        self.urls: list[str] = []
        self.pages: list[requests.Response] = []
        self._threads: list[threading.Thread] = []

    def show(self, url: str) -> None:
        self.urls.append(url)
        thread = threading.Thread(target=self._visit, args=(url,))
        thread.start()
        self._threads.append(thread)

    def _visit(self, url: str) -> None:
        self.pages.append(self.browser.visit(url, state=self.state))

    def wait(self) -> None:
        for thread in self._threads:
            thread.join(10)


def how(person: Person, **changes: object) -> How:
    return replace(How(show=person.show, passphrase=lambda: WORDS, limit=10), **changes)  # type: ignore[arg-type] # fields of How


def enrol(account: Account, clock: FakeClock, person: Person, **changes: object) -> tuple[str, ...]:
    try:
        return sign_in.enrol(account, clock, how(person, **changes))
    finally:
        person.wait()


# --- signing in -------------------------------------------------------------------------------------


def test_consent_in_the_browser_opens_the_mailbox(account: Account, clock: FakeClock) -> None:
    person = Person(Browser(ME))
    assert enrol(account, clock, person) == ()
    (page,) = person.pages
    assert (page.status_code, "Back to the terminal" in page.text) == (200, True)
    mailbox = open_mailbox(account, clock)
    assert mailbox.mailbox_id() == "gmail:me@gmail.com"
    mailbox.close()
    state = sign_in.state(account, clock)
    assert (state.secret, state.signed_in, state.unattended) == (SecretPlace.PASSPHRASE, clock(), False)


def test_the_least_scopes_are_asked_for(account: Account, clock: FakeClock) -> None:
    person = Person(Browser(ME))
    enrol(account, clock, person)
    (url,) = person.urls
    asked = requests.Request("GET", url).prepare().url or ""
    assert "gmail.readonly" in asked
    assert "gmail.compose" in asked
    assert "mail.google.com" not in asked
    assert "gmail.modify" not in asked


def test_a_box_left_unticked_keeps_nothing(account: Account, clock: FakeClock, server: GmailServer) -> None:
    """Nor does Google: what was agreed to by half is taken back."""
    for scope, words in ((COMPOSE, "leave a draft"), (READONLY, "read the conversation")):
        with pytest.raises(SignInNeeded, match=words) as raised:
            enrol(account, clock, Person(Browser(ME).unticking(scope)))
        assert "Tick every box" in raised.value.next_step
    assert len(server.tokens.revoked) == 2
    assert sign_in.state(account, clock).secret is SecretPlace.NOWHERE


def test_more_rights_than_were_asked_for_are_no_hindrance(account: Account, clock: FakeClock) -> None:
    """Google adds what the same client was granted elsewhere."""

    class Generous(Person):
        def _visit(self, url: str) -> None:
            self.pages.append(self.browser.visit(url.replace("&scope=", "&scope=openid+")))

    assert enrol(account, clock, Generous(Browser(ME))) == ()


def test_a_no_is_a_no(account: Account, clock: FakeClock) -> None:
    with pytest.raises(SignInNeeded, match="You did not agree"):
        enrol(account, clock, Person(Browser(ME, deny=True)))
    assert sign_in.state(account, clock).secret is SecretPlace.NOWHERE


def test_another_account_is_refused_and_taken_back(
    account: Account, clock: FakeClock, server: GmailServer
) -> None:
    server.box.address = "somebody.else@gmail.com"
    with pytest.raises(SignInNeeded, match=r"signed in as somebody\.else@gmail\.com"):
        enrol(account, clock, Person(Browser("somebody.else@gmail.com")))
    assert sign_in.state(account, clock).secret is SecretPlace.NOWHERE
    assert len(server.tokens.revoked) == 1


def test_dots_and_case_name_the_same_mailbox(account: Account, clock: FakeClock, server: GmailServer) -> None:
    server.box.address = "M.E@gmail.com"
    enrol(account, clock, Person(Browser("M.E@gmail.com")))
    assert sign_in.state(account, clock).secret is SecretPlace.PASSPHRASE


def test_testing_mode_is_noticed_and_its_end_remembered(
    account: Account, clock: FakeClock, server: GmailServer
) -> None:
    server.tokens.testing = True
    (warning,) = enrol(account, clock, Person(Browser(ME)))
    assert "testing mode" in warning
    assert "27 November 2026" in warning
    state = sign_in.state(account, clock)
    ends = state.ends
    assert ends is not None
    assert "passphrase until 27 November 2026, sending never" in _line(account, state)
    assert ends - clock() == timedelta(seconds=604799)
    clock.advance(timedelta(days=7))
    server.tokens.revoke_all()
    mailbox = open_mailbox(account, clock)
    with pytest.raises(SignInNeeded, match="ends every sign-in after 7 days"):
        mailbox.identities()
    mailbox.close()


def test_a_forged_answer_is_not_believed(account: Account, clock: FakeClock) -> None:
    """Another page can make the browser call our address, but does not know the state."""
    with pytest.raises(SignInNeeded, match="Nobody agreed"):
        enrol(account, clock, Person(Browser(ME), state="forged"), limit=0.6)


def test_a_stray_request_does_not_end_the_waiting(account: Account, clock: FakeClock) -> None:
    class Curious(Person):
        def _visit(self, url: str) -> None:
            port = url.partition("127.0.0.1%3A")[2].partition("%2F")[0]
            assert requests.get(f"http://127.0.0.1:{port}/favicon.ico", timeout=5).status_code == 404
            super()._visit(url)

    person = Curious(Browser(ME))
    enrol(account, clock, person)
    assert len(person.pages) == 1


@pytest.fixture
def no_keyring() -> Iterator[None]:
    """As on a machine without one, whatever this machine has."""
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call] # half typed
    yield
    keyring.set_keyring(before)


def test_a_missing_keyring_is_told_before_the_browser_opens(
    account: Account, clock: FakeClock, no_keyring: None
) -> None:
    person = Person(Browser(ME))
    with pytest.raises(SignInNeeded, match="no keyring is running") as raised:
        enrol(account, clock, person, passphrase=None)
    assert "--passphrase" in raised.value.next_step
    assert person.urls == []


def test_nobody_in_the_browser_ends_after_the_limit(account: Account, clock: FakeClock) -> None:
    with pytest.raises(SignInNeeded, match="Nobody agreed in the browser"):
        sign_in.enrol(account, clock, How(show=lambda url: None, passphrase=lambda: WORDS, limit=0.3))


def test_a_port_that_is_taken_is_said(account: Account, clock: FakeClock) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        how_ = How(show=lambda url: None, passphrase=lambda: WORDS, port=port)
        with pytest.raises(UsageError, match=f"Port {port} of 127.0.0.1 is taken"):
            sign_in.enrol(account, clock, how_)


def test_a_code_is_worthless_without_its_verifier(
    server: GmailServer, account: Account, clock: FakeClock
) -> None:
    """PKCE: whoever sees the code in the browser's history cannot use it."""

    class Thief(Person):
        def _visit(self, url: str) -> None:
            forged = url.replace("code_challenge=", "code_challenge=A")
            self.pages.append(self.browser.visit(forged))

    with pytest.raises(SignInNeeded, match="invalid_grant"):
        enrol(account, clock, Thief(Browser(ME)))


def test_google_being_away_during_the_sign_in_is_unreachable(
    server: GmailServer, account: Account, clock: FakeClock
) -> None:
    server.fault(Trouble.CLOSE, "POST /token", times=9)
    with pytest.raises(Unreachable):
        enrol(account, clock, Person(Browser(ME)))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{}", "not an OAuth client of type desktop"),
        ('{"web": {"client_id": "1"}}', "for a web server"),
        ("not json", "not JSON"),
        ("[]", "not what Google writes"),
    ],
)
def test_a_wrong_client_file_is_named(account: Account, clock: FakeClock, content: str, says: str) -> None:
    file = account.own(GmailKeys).client_file
    assert file
    file.write_text(content)
    with pytest.raises(ConfigError, match=says):
        sign_in.enrol(account, clock, How(show=lambda url: None, passphrase=lambda: WORDS))


def test_without_a_client_file_the_next_step_is_told(account: Account, clock: FakeClock) -> None:
    with pytest.raises(ConfigError, match="client_file is missing") as raised:
        sign_in.enrol(
            with_keys(account, client_file=None), clock, How(show=lambda url: None, passphrase=lambda: WORDS)
        )
    assert "--client-file" in raised.value.next_step


# --- an authorised-user file ------------------------------------------------------------------------


class UserFile:
    """An authorised-user file as other tools write it."""

    def __init__(self, server: GmailServer, path: Path) -> None:
        self.made = a_sign_in(server)
        self.server = server
        self.path = path

    def holding(self, **changes: object) -> Path:
        content = {
            "type": "authorized_user",
            "client_id": self.made.client_id,
            "client_secret": self.made.client_secret,
            "refresh_token": self.made.refresh_token,
            "token_uri": self.made.token_uri,
            **changes,
        }
        self.path.write_text(json.dumps(content))
        return self.path


@pytest.fixture
def user_file(server: GmailServer, tmp_path: Path) -> UserFile:
    return UserFile(server, tmp_path / "user.json")


@pytest.mark.parametrize("scopes", [None, "https://mail.google.com/ openid", ["x"]])
def test_an_authorised_user_file_is_imported(
    account: Account, clock: FakeClock, user_file: UserFile, scopes: object
) -> None:
    """What it says of its own rights is not believed; Google is asked."""
    enrol(account, clock, Person(Browser(ME)), authorized_user=user_file.holding(scopes=scopes))
    mailbox = open_mailbox(account, clock)
    assert mailbox.identities()[0].address.address == ME
    mailbox.close()


@pytest.mark.parametrize("content", ["{}", "[]", "{", '"text"', '{"client_id": "1", "client_secret": "2"}'])
def test_a_file_that_is_none_is_a_mistake_of_the_command(
    account: Account, clock: FakeClock, user_file: UserFile, content: str
) -> None:
    user_file.path.write_text(content)
    with pytest.raises(ConfigError) as raised:
        enrol(account, clock, Person(Browser(ME)), authorized_user=user_file.path)
    assert str(user_file.path) in raised.value.message
    assert "client_secret" in raised.value.next_step


@pytest.mark.parametrize("scope", [READONLY, COMPOSE])
def test_a_file_without_a_right_is_told_at_once(
    account: Account, clock: FakeClock, user_file: UserFile, scope: str
) -> None:
    """Not at the first draft, when the person wants to write one."""
    file = user_file.holding(refresh_token=user_file.server.tokens.issue(ME, [scope]))
    with pytest.raises(SignInNeeded, match="lacks a right") as raised:
        enrol(account, clock, Person(Browser(ME)), authorized_user=file)
    assert f"Make {file} anew" in raised.value.next_step
    assert sign_in.state(account, clock).secret is SecretPlace.NOWHERE


@pytest.mark.parametrize("token", ["1//dead", 5, None])
def test_a_file_that_google_no_longer_accepts_is_told(
    account: Account, clock: FakeClock, user_file: UserFile, token: object
) -> None:
    file = user_file.holding(refresh_token=token)
    with pytest.raises(SignInNeeded, match="no longer accepts") as raised:
        enrol(account, clock, Person(Browser(ME)), authorized_user=file)
    assert f"Make {file} anew" in raised.value.next_step


def test_a_file_of_another_account_is_refused_and_stays_good_where_it_came_from(
    account: Account, clock: FakeClock, user_file: UserFile
) -> None:
    other = "somebody.else@gmail.com"
    user_file.server.box.address = other
    file = user_file.holding(refresh_token=user_file.server.tokens.issue(other))
    with pytest.raises(SignInNeeded, match=r"signed in as somebody\.else@gmail\.com"):
        enrol(account, clock, Person(Browser(ME)), authorized_user=file)
    assert user_file.server.tokens.revoked == []


# --- staying signed in ------------------------------------------------------------------------------


def test_an_access_token_is_kept_and_used_until_it_ends(
    server: GmailServer, clock: FakeClock, tmp_path: Path
) -> None:
    account = signed_in(server, tmp_path)
    for wait, refreshes in ((0, 1), (30, 1), (31, 2)):
        clock.advance(timedelta(minutes=wait))
        mailbox = open_mailbox(account, clock)
        mailbox.identities()
        mailbox.close()
        assert server.tokens.refreshes == refreshes


def test_a_sign_in_that_was_revoked_says_so(server: GmailServer, clock: FakeClock, tmp_path: Path) -> None:
    account = signed_in(server, tmp_path)
    server.tokens.revoke_all()
    mailbox = open_mailbox(account, clock)
    with pytest.raises(SignInNeeded, match="revoked, the password was changed") as raised:
        mailbox.identities()
    assert raised.value.next_step == "bowout account add personal"
    mailbox.close()


def test_a_token_refused_before_its_time_is_renewed(
    server: GmailServer, clock: FakeClock, tmp_path: Path
) -> None:
    """Also what a clock that runs slow looks like."""
    mailbox = open_mailbox(signed_in(server, tmp_path), clock)
    mailbox.identities()
    server.tokens.expire_access()
    assert mailbox.mailbox_id()
    assert server.tokens.refreshes == 2
    mailbox.close()


@pytest.mark.parametrize("trouble", [Trouble.CLOSE, Trouble.STATUS])
def test_offline_is_unreachable_and_loses_nothing(
    server: GmailServer, clock: FakeClock, tmp_path: Path, trouble: Trouble
) -> None:
    account = signed_in(server, tmp_path)
    server.fault(trouble, "POST /token", times=9, response=BACKEND)
    mailbox = open_mailbox(account, clock)
    with pytest.raises(Unreachable):
        mailbox.identities()
    server.clear_faults()
    assert mailbox.identities()
    mailbox.close()


REFRESH = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from bowout.model import Account
from bowout.providers.gmail.tokens import keeper
from bowout.vault import Vault
account = Account(name="personal", provider="gmail", address="me@gmail.com", data_dir=Path(sys.argv[1]))
kept = keeper(account, lambda: datetime.now(UTC), Vault.of(account))
refused = None
for _ in range(3):
    refused = kept.token(frozenset(), refused)
print(refused)
"""


def test_processes_that_refresh_at_once_lose_no_token(tmp_path: Path) -> None:
    """With a server that voids a refresh token once it was used, one lost write would end the sign-in."""
    with GmailServer(ME) as server:
        server.tokens.rotates = True
        account = signed_in(server, tmp_path)
        runs = [
            subprocess.Popen(
                [sys.executable, "-c", REFRESH, str(tmp_path)], stdout=subprocess.PIPE, env=dict(os.environ)
            )
            for _ in range(3)
        ]
        assert [run.wait(60) for run in runs] == [0, 0, 0]
        for run in runs:
            assert run.stdout
            run.stdout.close()
        kept = keeper(account, server.now, vault(tmp_path)).load()
        assert kept.refresh_token != a_sign_in(server).refresh_token
        token = keeper(account, server.now, vault(tmp_path)).token(frozenset(), kept.access_token)
        assert token != kept.access_token


# --- token_command ----------------------------------------------------------------------------------


def test_a_token_command_needs_no_sign_in(server: GmailServer, clock: FakeClock, tmp_path: Path) -> None:
    say = f"import os; assert '{PASSPHRASE}' not in os.environ; print({server.token()!r}); print('more')"
    account = account_at(server, tmp_path, token_command=(sys.executable, "-c", say))
    mailbox = open_mailbox(account, clock)
    assert mailbox.mailbox_id() == "gmail:me@gmail.com"
    mailbox.close()
    assert sign_in.state(account, clock).secret is SecretPlace.COMMAND
    assert not list(tmp_path.rglob("*.vault"))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("raise SystemExit(3)", "ended with status 3"),
        ("", "printed no secret"),
        ("print('bad\\x07token')", "printed no secret"),
    ],
)
def test_a_token_command_that_fails_is_told_without_what_it_said(
    server: GmailServer, clock: FakeClock, tmp_path: Path, code: str, says: str
) -> None:
    account = account_at(server, tmp_path, token_command=(sys.executable, "-c", code))
    mailbox = open_mailbox(account, clock)
    with pytest.raises(SignInNeeded, match=says) as raised:
        mailbox.mailbox_id()
    assert "bad" not in raised.value.message
    mailbox.close()


def test_a_token_that_google_refuses_is_the_commands_to_mend(
    server: GmailServer, clock: FakeClock, tmp_path: Path
) -> None:
    """A new sign-in would not help: bowout keeps none for this account."""
    mailbox = open_mailbox(account_at(server, tmp_path, token_command=("echo", "stale")), clock)
    with pytest.raises(SignInNeeded) as raised:
        mailbox.mailbox_id()
    assert raised.value.next_step == "Its token comes from token_command. Try it by hand: echo"
    mailbox.close()


def test_a_token_command_that_hangs_is_ended() -> None:
    wait = (sys.executable, "-c", "import time; time.sleep(60)")
    with pytest.raises(SignInNeeded, match=r"token_command of account a did not end within 0\.3 seconds"):
        first_line(wait, account="a", key="token_command", limit=0.3)


def test_a_token_command_that_is_not_there_is_told(
    server: GmailServer, clock: FakeClock, tmp_path: Path
) -> None:
    mailbox = open_mailbox(account_at(server, tmp_path, token_command=("/no/such/program",)), clock)
    with pytest.raises(SignInNeeded, match="cannot be started"):
        mailbox.mailbox_id()
    mailbox.close()


# --- leaving ----------------------------------------------------------------------------------------


def test_signing_out_revokes_at_google_and_wipes_here(
    server: GmailServer, clock: FakeClock, tmp_path: Path
) -> None:
    account = signed_in(server, tmp_path)
    assert accounts.remove(account, clock) == ()
    assert len(server.tokens.revoked) == 1
    assert sign_in.state(account, clock).secret is SecretPlace.NOWHERE
    assert not list(tmp_path.rglob("*.vault"))


def test_signing_out_while_google_is_away_wipes_and_says_what_is_left(
    server: GmailServer, clock: FakeClock, tmp_path: Path
) -> None:
    with closed_port() as base:
        account = account_at(server, tmp_path)
        made = replace(a_sign_in(server), token_uri=f"{base}/token")
        vault(tmp_path).save("personal", made.to_dict(), Protection.PASSPHRASE)
        (left,) = accounts.remove(account, clock)
    assert "myaccount.google.com/permissions" in left
    assert not list(tmp_path.rglob("*.vault"))


def test_an_account_with_armed_letters_is_kept(server: GmailServer, clock: FakeClock, tmp_path: Path) -> None:
    account = signed_in(server, tmp_path)
    with pytest.raises(NotArmed, match="s7"):
        accounts.remove(account, clock, armed=("s7",))
    assert Vault.of(account).protection("personal")
    assert server.tokens.revoked == []


# --- the command ------------------------------------------------------------------------------------

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def bowout(*args: str | Path) -> list[str]:
    return [sys.executable, "-c", "from bowout.cli import main; main()", *map(str, args)]


def test_from_nothing_to_a_working_account(tmp_path: Path) -> None:
    """A new user's way: no config, one command, the browser, and `account test` works."""
    with GmailServer(ME) as server:
        client = server.tokens.write_client(tmp_path / "client.json")
        config = tmp_path / "conf" / "config.toml"
        given: list[str | Path] = ["--provider", "gmail", "--address", ME, "--full-name", "Zoë Me"]
        given += ["--client-file", client]
        given += ["--api-endpoint", server.base, "--passphrase", "--no-browser", "--config", config, "-v"]
        command = bowout("account", "add", "personal", *given)
        adding = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert adding.stderr
        url = next(line.strip() for line in adding.stderr if "/o/oauth2/" in line)
        Browser(ME).visit(url)
        out, err = adding.communicate(timeout=30)
        assert adding.returncode == 0, err
        assert "Account personal is ready" in out
        assert not [
            secret for secret in ("1//", "4/code", "ya29.", CLIENT_SECRET, WORDS) if secret in out + err
        ]
        assert 'name = "Zoë Me"' in config.read_text(encoding="utf-8")
        assert "allow_send = false" in config.read_text(encoding="utf-8")
        listed = subprocess.run(
            bowout("account", "list", "--config", config), capture_output=True, text=True, check=True
        )
        told = "gmail, signed in, protected by a passphrase, sending never"
        assert listed.stdout.split("  ") == ["personal", ME, f"{told}\n"]
        tested = subprocess.run(
            bowout("account", "test", "--json", "--config", config),
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(tested.stdout)["result"]["mailbox"] == "gmail:me@gmail.com"
        again = subprocess.run(
            bowout("account", "remove", "personal", "--yes", "--config", config),
            capture_output=True,
            text=True,
            check=False,
        )
        assert again.returncode == 0, again.stderr
        assert len(server.tokens.revoked) == 1


def test_a_token_of_another_mailbox_is_noticed(tmp_path: Path) -> None:
    with GmailServer("other@gmail.com") as server:
        config = tmp_path / "config.toml"
        wanted = {"provider": "gmail", "address": ME, "api_endpoint": server.base}
        wanted_too = {**wanted, "token_command": ["echo", server.token()]}
        accounts.add(accounts.plan(config, "personal", wanted_too, "Me"), server.now, How(show=print))
        tested = subprocess.run(
            bowout("account", "test", "--config", config), capture_output=True, text=True, check=False
        )
    assert "The config says me@gmail.com" in tested.stderr


def test_a_hand_written_config_is_only_appended_to(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    old = '# mine\n[profile]\nname = "Me"  # keep this'
    config.write_text(old)
    with GmailServer(ME) as server:
        wanted = {"provider": "gmail", "address": ME, "api_endpoint": server.base}
        planned = accounts.plan(config, "personal", {**wanted, "token_command": ["echo", server.token()]})
        assert config.read_text() == old
        assert accounts.add(planned, server.now, How(show=lambda url: None)) == ()
    assert config.read_text().startswith(old + "\n\n[accounts.personal]\n")
    assert accounts.plan(config, "personal", {}).is_new is False
    with pytest.raises(UsageError, match="whose address is"):
        accounts.plan(config, "personal", {"address": "other@gmail.com"})


def test_the_listener_is_reachable_from_this_computer_only(account: Account, clock: FakeClock) -> None:
    seen: list[str] = []

    def show(url: str) -> None:
        seen.append(url)

    with pytest.raises(SignInNeeded):
        sign_in.enrol(account, clock, How(show=show, passphrase=lambda: WORDS, limit=0.3))
    assert "redirect_uri=http%3A%2F%2F127.0.0.1%3A" in seen[0]
    port = int(seen[0].partition("127.0.0.1%3A")[2].partition("%2F")[0])
    with pytest.raises(OSError, match="refused"):
        urlopen(f"http://127.0.0.1:{port}/", timeout=2)
