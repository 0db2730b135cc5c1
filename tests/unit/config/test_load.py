"""config.toml: everything right is read, everything wrong is one line with file, key and expectation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bowout import accounts, owners, providers
from bowout.config.keys import ACCOUNT, all_keys, reference
from bowout.config.load import MAX_CONFIG, MAX_SIGNATURE, Config, default_path
from bowout.config.load import load as load_with
from bowout.errors import CannotDo, ConfigError, UsageError
from bowout.model import Depth, Tone
from bowout.providers.gmail.keys import GmailKeys
from bowout.providers.maildir.keys import MaildirKeys
from bowout.providers.outlook.keys import OutlookKeys
from bowout.providers.sending.keys import Server
from clock import FakeClock

SPECS = providers.specs()
SPEC = all_keys(SPECS)
SMTP = f"{ACCOUNT}.smtp"
ROOT = Path(__file__).parents[3]
MINIMAL = """
[profile]
name = "Jo Doe"
[accounts.home]
provider = "maildir"
address = "jo@example.org"
path = "Mail"
"""
SERVER = MINIMAL + '[accounts.home.smtp]\nhost = "h"\n'
IMAP = '[profile]\nname = "Jo"\n[accounts.i]\nprovider = "imap"\naddress = "j@x.org"\nhost = "h"\n'
OUTLOOK = '[profile]\nname = "Jo"\n[accounts.o]\nprovider = "outlook"\naddress = "j@x.org"\nclient_id = "1"\n'


def load(path: Path | None, env: Mapping[str, str] | None = None) -> Config:
    return load_with(path, SPECS, env)


def write(directory: Path, text: str) -> Path:
    path = directory / "config.toml"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    return path


def read(directory: Path, text: str, env: Mapping[str, str] | None = None) -> Config:
    return load(write(directory, text), env or {})


def refused(directory: Path, text: str) -> str:
    """The one line that says what is wrong, without the file name it must start with."""
    path = write(directory, text)
    with pytest.raises(ConfigError) as wrong:
        load(path, {}).account()
    assert wrong.value.exit_code == 2
    assert "\n" not in wrong.value.message
    assert wrong.value.message.startswith(f"{path}: ")
    return wrong.value.message.removeprefix(f"{path}: ")


# --- what is read ---------------------------------------------------------------------------------


def test_the_smallest_config_has_every_default(tmp_path: Path) -> None:
    config = read(tmp_path, MINIMAL)
    assert config.profile.name == "Jo Doe"
    assert (config.profile.phone, config.profile.timezone, config.profile.language) == (None, None, None)
    defaults = config.defaults
    assert (defaults.account, defaults.depth, defaults.tone) == (None, Depth.BRIEF, Tone.NEUTRAL)
    assert (defaults.quote, defaults.grace) == (True, timedelta(hours=12))
    assert defaults.quiet_period == timedelta(minutes=10)
    assert config.lint.disable == ()
    account = config.account()
    assert (account.name, account.provider, account.address) == ("home", "maildir", "jo@example.org")
    assert (account.display_name, account.signature, account.aliases) == ("Jo Doe", "", ())
    assert account.allow_send is False
    assert account.keys == MaildirKeys(path=tmp_path / "Mail")


def test_paths_start_at_the_config_file_or_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    assert read(tmp_path, MINIMAL).account().own(MaildirKeys).path == tmp_path / "Mail"
    text = MINIMAL.replace('"Mail"', '"~/Mail"')
    assert read(tmp_path, text).account().own(MaildirKeys).path == tmp_path / "home" / "Mail"


def test_commands_are_lists_or_split_like_a_posix_shell_would(tmp_path: Path) -> None:
    as_text = MINIMAL + """send_command = 'msmtp -a "my account" -v $HOME'"""
    as_list = MINIMAL + """send_command = ["C:\\\\bin\\\\msmtp.exe", ""]"""
    assert read(tmp_path, as_text).account().own(MaildirKeys).send_command == (
        "msmtp",
        "-a",
        "my account",
        "-v",
        "$HOME",
    )
    assert read(tmp_path, as_list).account().own(MaildirKeys).send_command == ("C:\\bin\\msmtp.exe", "")


def test_values_take_underscores_and_capitals(tmp_path: Path) -> None:
    text = IMAP.replace("[accounts.i]", '[defaults]\naccount = "my_box"\ndepth = "FULL"\n[accounts.my-box]')
    config = read(tmp_path, text)
    assert config.defaults.depth is Depth.FULL
    assert config.account().name == config.account("my_box").name == "my-box"


def test_an_smtp_server_and_the_programs_that_an_account_names(tmp_path: Path) -> None:
    text = (
        SERVER + 'port = 143\nsecurity = "starttls"\nca_file = "ca.pem"\npassword_command = ["pass", "x"]\n'
    )
    account = read(tmp_path, text).account()
    assert account.own(MaildirKeys).smtp == Server(
        host="h", port=143, security="starttls", ca_file=tmp_path / "ca.pem", password_command=("pass", "x")
    )
    assert account.commands == (("pass", "x"),)
    with pytest.raises(TypeError, match="maildir has no GmailKeys"):
        account.own(GmailKeys)


def test_an_account_for_a_later_version_loads_and_says_so_when_it_is_opened(tmp_path: Path) -> None:
    """Whatever keys it holds: the other accounts must stay usable."""
    keys = 'port = 143\nsecurity = "starttls"\nsent = "Sent"\n[accounts.i.smtp]\nhost = "s"\nodd = 1\n'
    config = read(tmp_path, MINIMAL + IMAP.partition("\n[")[2].replace("accounts", "[accounts", 1) + keys)
    assert config.account("home").own(MaildirKeys).path == tmp_path / "Mail"
    later = config.account("i")
    assert (later.provider, later.address) == ("imap", "j@x.org")
    with pytest.raises(CannotDo, match="cannot open imap mailboxes yet") as told:
        providers.open_mailbox(later, FakeClock())
    assert told.value.next_step.startswith("Use a maildir account")


def test_a_byte_order_mark_and_crlf_are_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())
    assert load(path, {}).profile.name == "Jo Doe"


def test_the_signature_comes_from_text_or_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "sig.txt").write_bytes(b"\xef\xbb\xbfJo Doe  \r\n+49 30 1\r\n\r\n")
    config = read(tmp_path, MINIMAL + 'signature_file = "sig.txt"')
    assert config.account().signature == "Jo Doe\n+49 30 1"
    config = read(tmp_path, MINIMAL + 'signature = """\nJo\nBerlin\n"""')
    assert config.account().signature == "Jo\nBerlin"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        pytest.param(b"x" * (MAX_SIGNATURE + 1), "larger than", id="huge"),
        (b"\xff\xfe", "not plain UTF-8"),
        (b"\x1b[2J", "not plain UTF-8"),
    ],
)
def test_an_unusable_signature_file_is_one_line(tmp_path: Path, content: bytes | None, says: str) -> None:
    if content is not None:
        (tmp_path / "sig.txt").write_bytes(content)
    line = refused(tmp_path, MINIMAL + 'signature_file = "sig.txt"')
    assert line.startswith("accounts.home.signature_file: ")
    assert says in line


def test_several_accounts_keep_their_order_and_need_a_default(tmp_path: Path) -> None:
    two = MINIMAL + IMAP.partition("\n[")[2].replace("accounts", "[accounts", 1)
    config = read(tmp_path, two)
    assert list(config.accounts) == ["home", "i"]
    assert config.account("i").address == "j@x.org"
    assert refused(tmp_path, two).startswith("defaults.account: missing, expected one of home, i")
    assert read(tmp_path, '[defaults]\naccount = "i"\n' + two).account().name == "i"


def test_an_unknown_account_on_the_command_line_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no account named 'hone' in .*, did you mean home\?"):
        read(tmp_path, MINIMAL).account("hone")


# --- where things are -----------------------------------------------------------------------------


def test_order_of_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named, by_env = tmp_path / "named", tmp_path / "env"
    for directory in (named, by_env):
        directory.mkdir()
        write(directory, MINIMAL.replace("Jo Doe", directory.name))
    env = {"BOWOUT_CONFIG": str(by_env / "config.toml")}
    assert load(named / "config.toml", env).profile.name == "named"
    assert load(None, env).profile.name == "env"
    monkeypatch.chdir(by_env)
    assert load(None, {"BOWOUT_CONFIG": "config.toml"}).path == by_env / "config.toml"


@pytest.mark.parametrize("key", ["config", "data", "state"])
def test_the_platforms_places_respect_xdg(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"XDG_{key.upper()}_HOME", str(tmp_path / "xdg"))
    config = read(tmp_path, MINIMAL)
    place = {"config": default_path().parent, "data": config.data_dir, "state": config.state_dir}[key]
    if sys.platform != "win32":
        assert place == tmp_path / "xdg" / "bowout"
    assert place.name == "bowout"


def test_data_dir_comes_from_the_config_then_the_environment(tmp_path: Path) -> None:
    env = {"BOWOUT_DATA_DIR": str(tmp_path / "env")}
    assert read(tmp_path, MINIMAL, env).data_dir == tmp_path / "env"
    assert read(tmp_path, MINIMAL, env).account().data_dir == tmp_path / "env"
    assert read(tmp_path, '[defaults]\ndata_dir = "d"\n' + MINIMAL, env).data_dir == tmp_path / "d"


def test_the_zone_is_the_persons_or_the_computers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = MINIMAL.replace("[accounts", 'timezone = "Asia/Kolkata"\n[accounts')
    assert read(tmp_path, told).profile.zone == "Asia/Kolkata"
    script = (
        "import sys, pathlib, bowout.accounts as a\n"
        "print(a.load_config(pathlib.Path(sys.argv[1])).profile.zone)"
    )
    command = [sys.executable, "-c", script, str(write(tmp_path, MINIMAL))]
    environment = {**os.environ, "TZ": "Australia/Lord_Howe"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "Australia/Lord_Howe"


# --- what is refused ------------------------------------------------------------------------------


def line(section: str, entry: str) -> str:
    """A small good config with ``entry`` added to ``section``."""
    if section == "home":
        return MINIMAL + entry
    if section == "profile":
        return but('name = "Jo Doe"', f'name = "Jo Doe"\n{entry}')
    return f"[{section}]\n{entry}\n{MINIMAL}"


def but(old: str, new: str) -> str:
    """The small good config with ``new`` in the place of ``old``."""
    return MINIMAL.replace(old, new)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "profile.name: missing"),
        ('[profile]\nname = "Jo"', "accounts: no account"),
        (line("profil", ""), "profil: unknown key, did you mean profile?"),
        (line("profile", 'fone = "1"'), "profile.fone: unknown key, did you mean phone?"),
        (line("defaults", "quiet-period = 1"), "unknown key, did you mean quiet_period?"),
        (line("defaults", "xyzzy = 1"), "defaults.xyzzy: unknown key, expected one of account, depth, tone"),
        (line("home", "allow-send = true"), "unknown key, did you mean allow_send?"),
        ("profile = 3", "profile: expected a table, got the number 3"),
        (but('"Jo Doe"', "7"), "profile.name: expected text in quotes, got the number 7"),
        (but('"Jo Doe"', '" "'), "profile.name: expected text in quotes, got ' '"),
        (but('"Jo Doe"', r'"Jo\nBcc: x"'), r"got 'Jo\nBcc: x' (it holds line breaks"),
        (but('"Jo Doe"', r'"\u001b[2J"'), r"got '\x1b[2J'"),
        (line("profile", 'timezone = "Berlin"'), 'expected an IANA time zone such as "Europe/Berlin"'),
        (line("profile", 'timezone = "Europe/Berlinn"'), "profile.timezone: expected an IANA"),
        (line("profile", 'timezone = "EST"'), "profile.timezone: expected an IANA"),
        (line("profile", 'timezone = "../etc/passwd"'), "profile.timezone: expected an IANA"),
        (line("profile", 'language = "English"'), "profile.language: expected a language code"),
        (line("defaults", 'depth = "deep"'), "defaults.depth: expected one of none, brief, full, got 'deep'"),
        (line("defaults", 'quote = "yes"'), "defaults.quote: expected true or false, got 'yes'"),
        (line("defaults", "quote = 1"), "defaults.quote: expected true or false, got the number 1"),
        (line("defaults", "grace = 12"), "defaults.grace: expected a duration such as"),
        (line("defaults", 'grace = "12 hours"'), "defaults.grace: expected a duration such as"),
        (line("defaults", 'grace = "-1h"'), "defaults.grace: expected a duration such as"),
        (line("defaults", 'grace = "9999d"'), "(at most 366d)"),
        (line("defaults", 'grace = "٣h"'), "defaults.grace: expected a duration"),
        (line("defaults", 'account = "hom"'), "defaults.account: no account named hom, did you mean home?"),
        (line("lint", 'disable = "T03"'), "lint.disable: expected rules such as"),
        (line("lint", 'disable = ["t03"]'), """lint.disable: expected rules such as ["T03"], got ['t03']"""),
        (line("lint", 'disable = ["T03", 3]'), "lint.disable: expected rules such as"),
        (but("accounts.home", "accounts.My_Box"), "accounts.My_Box: expected an account name"),
        (but("accounts.home", r'accounts."a\nb"'), r"accounts.'a\nb': expected an account name"),
        (but("accounts.home", "accounts." + "a" * 33), "expected an account name of 1 to 32"),
        (but("[accounts.home]", "[accounts]"), "accounts.provider: expected a table"),
        (but('provider = "maildir"', ""), "accounts.home.provider: missing"),
        (but('"maildir"', '"yahoo"'), "provider: expected one of maildir, gmail, outlook, got 'yahoo'"),
        (but('"maildir"', "7"), "accounts.home.provider: expected one of maildir, gmail"),
        (but('path = "Mail"', ""), "accounts.home.path: missing, expected a path in quotes"),
        (but('"jo@example.org"', '"Jo <jo@example.org>"'), "home.address: expected an address"),
        (but('"jo@example.org"', '"jo"'), "home.address: expected an address"),
        (line("home", 'aliases = "a@b.org"'), "accounts.home.aliases: expected addresses such as"),
        (line("home", 'host = "h"'), "accounts.home.host: unknown key"),
        (line("home", 'client_id = "x"'), "client_id: belongs to provider outlook"),
        (line("home", 'signature = "a"\nsignature_file = "b"'), "signature_file: given together"),
        (line("home", 'send_command = "a"\nsmtp = {host = "h"}'), "home.smtp: given together"),
        (line("home", "send_command = []"), "accounts.home.send_command: expected a command"),
        (line("home", 'send_command = ""'), "accounts.home.send_command: expected a command"),
        (line("home", "send_command = 'a \"b'"), "(No closing quotation)"),
        (line("home", 'send_command = ["a", 1]'), "accounts.home.send_command: expected a command"),
        (line("home", 'smtp = "x"'), "accounts.home.smtp: expected a table, got 'x'"),
        (line("home", "smtp = {}"), "accounts.home.smtp.host: missing, expected text in quotes"),
        (line("home", 'smtp = {hots = "x"}'), "home.smtp.hots: unknown key, did you mean host?"),
        (SERVER + "port = 0", "home.smtp.port: expected a port number from 1 to 65535, got the number 0"),
        (SERVER + "port = " + "9" * 20, "from 1 to 65535, got a long number"),
        (SERVER + "port = " + "9" * 5000, "not valid TOML: a number in it is too long"),
        (SERVER + "port = true", "accounts.home.smtp.port: expected a port number"),
        (SERVER + 'security = "ssl"', "smtp.security: expected one of tls, starttls, none, got 'ssl'"),
        (OUTLOOK.replace('client_id = "1"', ""), "accounts.o.client_id: missing"),
        (OUTLOOK + 'smtp = {host = "h"}', "accounts.o.smtp: belongs to provider maildir, not outlook"),
        (OUTLOOK + 'authority = "http://example.org"', "accounts.o.authority: expected an https:// address"),
        (OUTLOOK + 'authority = "https://[x"', "accounts.o.authority: expected an https:// address"),
        (OUTLOOK + 'authority = "file:///etc"', "accounts.o.authority: expected an https:// address"),
        ("[profile\n", "not valid TOML: "),
        ("a = 1\nb = ?", "not valid TOML: Invalid value (at line 2, column 5)"),
        pytest.param("a = " + "[" * 9_999, "not valid TOML: nested too deeply", id="deep"),
        pytest.param("#" * (MAX_CONFIG + 1), f"larger than {MAX_CONFIG} bytes", id="huge"),
    ],
)  # fmt: skip
def test_wrong_config_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    told = refused(tmp_path, text)
    assert says in told
    assert "is not a valid" not in told  # that is Python talking to programmers


def test_a_local_http_server_is_allowed_for_tests(tmp_path: Path) -> None:
    config = read(tmp_path, OUTLOOK + 'graph_endpoint = "http://127.0.0.1:8080/v1.0/"')
    assert config.account().own(OutlookKeys).graph_endpoint == "http://127.0.0.1:8080/v1.0"


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=f"^{re.escape(str(tmp_path / 'no.toml'))}: no config file"
    ) as wrong:
        load(tmp_path / "no.toml", {})
    assert "bowout demo" in wrong.value.next_step


def test_files_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'[profile]\nname = "J\xf6"')
    with pytest.raises(ConfigError, match="not UTF-8 text at byte 19"):
        load(path, {})
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path, {})


def test_a_config_that_its_owner_cannot_read_is_opened_by_the_printed_command(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.touch(mode=0)
    if sys.platform == "win32" or not os.geteuid():
        assert owners.barred(path, write=False) == f"chmod u+r {path}" or sys.platform == "win32"
        return  # root reads it all the same
    with pytest.raises(ConfigError, match="cannot be read") as refused:
        load(path)
    subprocess.run(["/bin/sh", "-c", refused.value.next_step.partition(": ")[2]], check=True)
    assert path.read_bytes() == b""


# --- who may write it -----------------------------------------------------------------------------


LOCAL = 'provider = "maildir"\naddress = "jo@example.org"\npath = "Mail"\n'
MAY_SEND = LOCAL + "allow_send = true\n"


@pytest.mark.parametrize(
    ("account", "file_mode", "directory_mode", "power"),
    [
        (LOCAL + 'send_command = "x"', 0o600, 0o700, ""),
        (LOCAL + 'send_command = "x"', 0o644, 0o755, ""),
        (LOCAL + 'send_command = "x"', 0o600, 0o1777, ""),
        (LOCAL + 'send_command = "x"', 0o602, 0o700, "names a command"),
        (LOCAL + 'send_command = "x"', 0o600, 0o777, "names a command"),
        (LOCAL + 'token_command = "x"', 0o666, 0o700, "names a command"),
        (LOCAL + 'smtp = {host = "h", password_command = "x"}', 0o666, 0o700, "names a command"),
        (LOCAL + 'smtp = {host = "h"}', 0o666, 0o700, "names a server"),
        (MAY_SEND, 0o666, 0o700, "may send"),
        ('provider = "gmail"\naddress = "jo@example.org"', 0o666, 0o700, "names a server"),
        ('provider = "outlook"\naddress = "jo@example.org"\nclient_id = "1"', 0o666, 0o700, "names a server"),
        ('provider = "imap"\naddress = "jo@example.org"\nhost = "h"', 0o666, 0o700, "names a server"),
        (LOCAL, 0o666, 0o777, ""),
    ],
)
def test_a_config_that_others_can_write_gives_them_nothing(
    tmp_path: Path, account: str, file_mode: int, directory_mode: int, power: str
) -> None:
    directory = tmp_path / "shared"
    directory.mkdir()
    path = write(directory, f'[profile]\nname = "Jo"\n[accounts.other]\n{LOCAL}[accounts.home]\n{account}')
    path.chmod(file_mode)
    directory.chmod(directory_mode)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    for name in (path, link):
        if not power or sys.platform == "win32":
            assert load(name, {}).account("home").name == "home"
        else:
            with pytest.raises(ConfigError, match=f"account home {power}.*others can write") as wrong:
                load(name, {})
            assert "chmod go-w" in wrong.value.next_step


def test_an_account_is_refused_before_its_sign_in_where_others_can_write_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, MINIMAL)
    path.chmod(0o666)
    assert load(path, {}).account().name == "home"
    if sys.platform != "win32":
        with pytest.raises(ConfigError, match="others can write"):
            accounts.plan(path, "mine", {"provider": "gmail", "address": "jo@gmail.com"})


# --- example and documentation --------------------------------------------------------------------

EXAMPLE = (ROOT / "config.example.toml").read_text("utf-8")
# A commented key or table, as opposed to a comment in words.
UNCOMMENTED = re.sub(r"^# (?=\w+ = |\[)", "", EXAMPLE, flags=re.MULTILINE)


def keys(table: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in table.items():
        here = f"{path}.{name}" if path else name
        found |= keys(value, here) if isinstance(value, dict) else {here: value}
    return found


def test_the_example_loads_as_it_is_and_uncommented(tmp_path: Path) -> None:
    assert read(tmp_path, EXAMPLE).account().name == "personal"
    config = read(tmp_path, UNCOMMENTED)
    assert list(config.accounts) == ["personal", "gmail", "work", "other"]
    assert config.account("other").own(MaildirKeys).smtp is not None


def test_the_example_shows_every_key_with_its_default() -> None:
    shown: dict[str, Any] = {}
    for path, value in keys(tomllib.loads(UNCOMMENTED)).items():
        shown[re.sub(r"^accounts\.\w+", ACCOUNT, path)] = value
    assert shown.keys() == {key.path for key in SPEC}
    assert {k.path: shown[k.path] for k in SPEC if k.default is not None} == {
        k.path: k.default for k in SPEC if k.default is not None
    }


def test_only_required_keys_are_uncommented_in_the_example() -> None:
    plain = {re.sub(r"^accounts\.\w+", ACCOUNT, path) for path in keys(tomllib.loads(EXAMPLE))}
    for_maildir = {k.path for k in SPEC if k.required and k.provider in {"", "maildir"}}
    assert plain == {path for path in for_maildir if not path.startswith(SMTP)}


def test_the_page_holds_the_table_of_the_specification() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    assert page.endswith("\n\n" + reference(SPECS))


def test_the_smallest_config_of_the_page_loads(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    found = re.search(r"```toml\n(.+?)```", page, re.DOTALL)
    assert found
    assert read(tmp_path, found[1]).account().provider == "maildir"
