"""config.toml: its specification as data, and the one place that reads it.

``SPEC`` is the whole truth: key, type, default, explanation. docs/configuration.md is made from it
(``reference``), config.example.toml is compared with it, and ``load`` checks a file against it. Whatever is
wrong with a file is one ``ConfigError`` line: the file, the key path, what was expected.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bowout.errors import ConfigError, UsageError
from bowout.model import Account, Depth, Server, Tone

__all__ = ["SPEC", "Config", "Defaults", "Key", "Lint", "Profile", "default_path", "load", "reference"]

NAME = re.compile(r"[a-z0-9-]{1,32}")
# A config or a signature beyond this many bytes is some other file given by mistake.
MAX_CONFIG = 1_000_000
MAX_SIGNATURE = 10_000


class Provider(StrEnum):
    """The adapters that an account can name."""

    MAILDIR = "maildir"
    GMAIL = "gmail"
    OUTLOOK = "outlook"
    IMAP = "imap"


class Security(StrEnum):
    """How the connection to a mail server is protected (RFC 8314: prefer implicit TLS)."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


# --- what a configuration is ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """``[profile]``: the person. ``language`` None = the language of the thread."""

    name: str
    phone: str | None = None
    timezone: str | None = None
    language: str | None = None

    @property
    def zone(self) -> str:
        """``timezone``, else this computer's IANA zone. Raises ConfigError when that cannot be told."""
        return self.timezone or local_zone()


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """``[defaults]``: what a command assumes when it is not told."""

    account: str | None
    depth: Depth
    tone: Tone
    quote: bool
    grace: timedelta
    quiet_period: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """``[lint]``: rules of the letter check that the person switched off, such as ``T03``."""

    disable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A checked config.toml. ``path`` is absolute, so that a timer can be given it.

    ``accounts`` keeps the file's order; signature files are read by ``account``, when one is needed.
    """

    path: Path
    data_dir: Path
    profile: Profile
    defaults: Defaults
    lint: Lint
    accounts: Mapping[str, Account]
    signature_files: Mapping[str, Path]

    def account(self, name: str | None = None) -> Account:
        """The account of that name, else the default one, else the only one; its signature read.

        Raises ConfigError when there is none or no way to choose, UsageError when ``name`` is unknown.
        """
        chosen = self.accounts.get(name) if name else self._default_account()
        if chosen is None:
            raise UsageError(
                f"no account named {name!r} in {self.path}", _one_of("the accounts are", self.accounts)
            )
        signature = self.signature_files.get(chosen.name)
        if signature is None:
            return chosen
        where = _Where(self.path).at(f"accounts.{chosen.name}.signature_file")
        return replace(chosen, signature=_read_signature(signature, where))

    @property
    def state_dir(self) -> Path:
        """Where the proof is kept that the database is not an older copy (``Store.open``)."""
        import platformdirs

        return platformdirs.user_state_path("bowout", appauthor=False)

    def _default_account(self) -> Account:
        where = _Where(self.path)
        if not self.accounts:
            raise where.at("accounts").wrong("no account, expected a table such as [accounts.personal]")
        if self.defaults.account:
            return self.accounts[self.defaults.account]
        if len(self.accounts) > 1:
            raise where.at("defaults.account").wrong(
                f"missing, expected one of {', '.join(self.accounts)}",
                "give --account NAME, or set account under [defaults]",
            )
        return next(iter(self.accounts.values()))


# --- errors: file, key path, what was expected ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Where:
    """A place in a config file; makes the one line that says what is wrong there."""

    file: Path
    path: str = ""

    def at(self, key: str) -> _Where:
        return _Where(self.file, f"{self.path}.{key}" if self.path else key)

    def wrong(self, what: str, next_step: str = "") -> ConfigError:
        place = f"{self.file}: {self.path}" if self.path else f"{self.file}"
        return ConfigError(f"{place}: {what}", next_step)

    def expected(self, expected: str, value: object) -> ConfigError:
        return self.wrong(f"expected {expected}, got {_shown(value)}")


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (int, "a number"),
    (float, "a decimal number"),
    (str, "text"),
    (list, "a list"),
    (dict, "a table"),
)


def _shown(value: object) -> str:
    """A wrong value for one line: short text as it is (escaped), anything else by its kind."""
    if isinstance(value, str):
        return ascii(value) if len(value) <= 60 else f"text of {len(value)} characters"
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "a date")


def _one_of(intro: str, names: Mapping[str, object]) -> str:
    return f"{intro} {', '.join(names)}" if names else "there is no account yet"


def _did_you_mean(word: str, known: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word.lower().replace("-", "_"), known, n=1)
    return f"did you mean {close[0]}?" if close else f"expected one of {', '.join(known)}"


# --- types: TOML value -> checked value -----------------------------------------------------------


def _text(value: object, where: _Where) -> str:
    if not isinstance(value, str) or not value.strip():
        raise where.expected("text in quotes", value)
    if not value.isprintable():
        raise where.expected("text without line breaks and control characters", value)
    return value.strip()


def _lines(value: object, where: _Where) -> str:
    """Text of several lines, line ends made LF."""
    if not isinstance(value, str):
        raise where.expected("text in quotes", value)
    text = "\n".join(line.rstrip() for line in value.splitlines()).strip("\n")
    if not text.replace("\n", "").replace("\t", "").isprintable():
        raise where.expected("text without control characters", value)
    return text


def _flag(value: object, where: _Where) -> bool:
    if not isinstance(value, bool):
        raise where.expected("true or false", value)
    return value


def _port(value: object, where: _Where) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 65536:
        raise where.expected("a port number from 1 to 65535", value)
    return value


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _duration(value: object, where: _Where) -> timedelta:
    found = re.fullmatch(r"(\d{1,6})([smhd])", value.strip()) if isinstance(value, str) else None
    if found is None:
        raise where.expected('a duration such as "12h" (a whole number and s, m, h or d)', value)
    length = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if length > timedelta(days=366):
        raise where.expected("a duration of at most 366d", value)
    return length


def _zone(value: object, where: _Where) -> str:
    from bowout.when import zone_info

    name = _text(value, where)
    # "EST" and its like name an offset, not a place: they would be an hour off for half the year.
    if name != "UTC" and "/" not in name:
        raise where.expected('an IANA time zone such as "Europe/Berlin"', value)
    try:
        zone_info(name)
    except UsageError as exc:
        raise where.expected('an IANA time zone such as "Europe/Berlin"', value) from exc
    return name


def _language(value: object, where: _Where) -> str:
    text = _text(value, where).replace("_", "-")
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        raise where.expected('a language code such as "en" or "pt-BR"', value)
    return text


def _address(value: object, where: _Where) -> str:
    text = _text(value, where)
    if not re.fullmatch(r"[^\s@<>(),;:\"\\]+@[^\s@<>(),;:\"\\]+", text):
        raise where.expected('an address such as "jo@example.org"', value)
    return text


def _rule(value: object, where: _Where) -> str:
    text = _text(value, where).upper()
    if not re.fullmatch(r"[A-Z]\d{2}", text):
        raise where.expected('a rule such as "T03"', value)
    return text


def _account_name(value: object, where: _Where) -> str:
    text = _text(value, where).replace("_", "-")
    if not NAME.fullmatch(text):
        raise where.expected("a name of 1 to 32 of a-z, 0-9 and -", value)
    return text


def _path(value: object, where: _Where) -> Path:
    """A path: ``~`` is the home directory, a relative one starts at the config file."""
    try:
        path = Path(_text(value, where)).expanduser()
    except RuntimeError as exc:
        raise where.wrong("~ cannot be expanded, expected a full path") from exc
    return (where.file.parent / path).absolute()


def _command(value: object, where: _Where) -> tuple[str, ...]:
    """A program and its arguments; never given to a shell (a string is only split by its rules)."""
    if isinstance(value, str):
        import shlex

        try:
            value = shlex.split(value)
        except ValueError as exc:
            raise where.wrong(f"expected a command, got one that cannot be split ({exc})") from exc
    if not isinstance(value, list) or not value or not all(isinstance(word, str) for word in value):
        raise where.expected('a command such as ["pass", "show", "mail"]', value)
    if not value[0] or any("\0" in word for word in value):
        raise where.wrong("expected a command that starts with the name of a program")
    return tuple(value)


_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _url(value: object, where: _Where) -> str:
    from urllib.parse import urlsplit

    text = _text(value, where).rstrip("/")
    try:
        url = urlsplit(text)
        host = url.hostname
    except ValueError as exc:
        raise where.expected("an https:// address", value) from exc
    plain = url.scheme == "http" and host in _LOOPBACK
    if not host or not (url.scheme == "https" or plain):
        raise where.expected("an https:// address", value)
    return text


def _choice(options: type[StrEnum]) -> Callable[[object, _Where], str]:
    names = [option.value for option in options]

    def read(value: object, where: _Where) -> str:
        text = value.strip().lower().replace("_", "-") if isinstance(value, str) else ""
        if text not in names:
            raise where.expected(f"one of {', '.join(names)}", value)
        return options(text)

    return read


def _each(read: Callable[[object, _Where], str]) -> Callable[[object, _Where], tuple[str, ...]]:
    def read_all(value: object, where: _Where) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise where.expected("a list in brackets", value)
        return tuple(read(item, where) for item in value)

    return read_all


# --- the specification ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Key:
    """One key: where it stands, what it holds, what it is when absent (as TOML), and its explanation.

    ``providers`` names the providers it belongs to; none named = all of them.
    """

    section: str
    name: str
    kind: str
    read: Callable[[object, _Where], Any]
    text: str
    default: object = None
    required: bool = False
    providers: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return f"{self.section}.{self.name}"


_ACCOUNT = "accounts.NAME"
_SMTP = "accounts.NAME.smtp"


def _server_keys(section: str, protocol: str, providers: tuple[str, ...], ports: str) -> tuple[Key, ...]:
    def key(name: str, kind: str, read: Callable[[object, _Where], Any], text: str, **more: Any) -> Key:
        return Key(section, name, kind, read, text, providers=providers, **more)

    return (
        key("host", "text", _text, f"The {protocol} server.", required=True),
        key("port", "number", _port, f"Its port; without it {ports}."),
        key("security", "choice", _choice(Security), "tls, starttls or none.", default="tls"),
        key("user", "text", _text, "The name to sign in with; without it the account's address."),
        key("password_command", "command", _command, "Prints the password as its first line."),
        key("ca_file", "path", _path, "Certificates to trust instead of the system's (PEM)."),
    )


SPEC: tuple[Key, ...] = (
    Key("profile", "name", "text", _text, "Your name as it stands under a letter.", required=True),
    Key("profile", "phone", "text", _text, "Your phone number, for letters and call scripts that offer it."),
    Key("profile", "timezone", "zone", _zone, "Your IANA time zone; without it this computer's."),
    Key("profile", "language", "language", _language, "Letters in this language; without it the thread's."),
    Key("defaults", "account", "name", _account_name, "The account to use when a command names none."),
    Key("defaults", "depth", "choice", _choice(Depth), "How much of the reason: none, brief, full.", "brief"),
    Key("defaults", "tone", "choice", _choice(Tone), "formal, neutral or warm.", "neutral"),
    Key("defaults", "quote", "flag", _flag, "Quote the answered message below the letter.", default=True),
    Key("defaults", "grace", "duration", _duration, "How late an armed letter may still go out.", "12h"),
    Key(
        "defaults",
        "quiet_period",
        "duration",
        _duration,
        "How long an edit must have rested before it is followed.",
        "10m",
    ),
    Key(
        "defaults",
        "data_dir",
        "path",
        _path,
        "Where bowout keeps its records; without it BOWOUT_DATA_DIR, else the system's place for data.",
    ),
    Key("lint", "disable", "list of rules", _each(_rule), "Rules of the letter check to skip.", default=[]),
    Key(_ACCOUNT, "provider", "choice", _choice(Provider), "maildir, gmail, outlook or imap.", required=True),
    Key(_ACCOUNT, "address", "address", _address, "The address you write from.", required=True),
    Key(
        _ACCOUNT,
        "aliases",
        "list of addresses",
        _each(_address),
        "Further addresses of yours that arrive in this mailbox.",
        default=[],
    ),
    Key(_ACCOUNT, "signature", "lines", _lines, "What stands below your name; or use signature_file."),
    Key(_ACCOUNT, "signature_file", "path", _path, "A UTF-8 text file with the signature."),
    Key(
        _ACCOUNT,
        "allow_send",
        "flag",
        _flag,
        "Let bowout send letters that you armed. Off: it never sends anything.",
        default=False,
    ),
    Key(
        _ACCOUNT,
        "token_command",
        "command",
        _command,
        "Prints an access token as its first line, instead of a sign-in kept by bowout.",
    ),
    Key(
        _ACCOUNT,
        "path",
        "path",
        _path,
        "The Maildir: the folder that holds cur, new and tmp.",
        required=True,
        providers=("maildir",),
    ),
    Key(
        _ACCOUNT,
        "drafts",
        "text",
        _text,
        "The drafts folder; without it the server's own mark or a usual name.",
        providers=("maildir", "imap"),
    ),
    Key(
        _ACCOUNT,
        "sent",
        "text",
        _text,
        "The folder of sent mail; without it as for drafts.",
        providers=("maildir", "imap"),
    ),
    Key(
        _ACCOUNT,
        "send_command",
        "command",
        _command,
        "Sends the message on its standard input, such as sendmail; or use an smtp table.",
        providers=("maildir",),
    ),
    *_server_keys(_ACCOUNT, "IMAP", ("imap",), "993, or 143 with starttls and none"),
    Key(
        _ACCOUNT,
        "client_file",
        "path",
        _path,
        "Your OAuth client of type desktop, as downloaded from Google.",
        providers=("gmail",),
    ),
    Key(
        _ACCOUNT,
        "api_endpoint",
        "address of a server",
        _url,
        "Another place that speaks the Gmail API, for tests.",
        providers=("gmail",),
    ),
    Key(
        _ACCOUNT,
        "client_id",
        "text",
        _text,
        "The application id of your app registration at Microsoft.",
        required=True,
        providers=("outlook",),
    ),
    Key(
        _ACCOUNT,
        "authority",
        "address of a server",
        _url,
        "Where to sign in: personal and work accounts differ, sovereign clouds too.",
        providers=("outlook",),
    ),
    Key(
        _ACCOUNT,
        "graph_endpoint",
        "address of a server",
        _url,
        "Another place that speaks Microsoft Graph (sovereign clouds, tests).",
        providers=("outlook",),
    ),
    *_server_keys(_SMTP, "SMTP", ("maildir", "imap"), "465, or 587 with starttls and none"),
)

_Values = dict[str, Any]


# --- reading --------------------------------------------------------------------------------------


def default_path() -> Path:
    """config.toml in the platform's directory for configuration (XDG_CONFIG_HOME is respected)."""
    import platformdirs

    return platformdirs.user_config_path("bowout", appauthor=False) / "config.toml"


def locate(path: Path | None, env: Mapping[str, str]) -> Path:
    """The config file that counts, absolute, whether it exists or not."""
    chosen = path or (Path(env["BOWOUT_CONFIG"]) if env.get("BOWOUT_CONFIG") else default_path())
    return chosen.expanduser().absolute()


def load(path: Path | None = None, env: Mapping[str, str] | None = None) -> Config:
    """Read and check a config file: ``path``, else ``$BOWOUT_CONFIG``, else ``default_path()``.

    ``env`` holds the BOWOUT_ variables (the process environment when None). Raises ConfigError.
    """
    env = os.environ if env is None else env
    file = locate(path, env)
    where = _Where(file)
    text, others_can_write = _read(where)
    config = _build(_parse(text, where), where, env)
    if others_can_write and _names_a_command(config):
        raise where.wrong(
            "names a command but others can write the file, so they could run programs as you",
            f"make it yours alone: chmod go-w {file} {file.parent}",
        )
    return config


def _read(where: _Where) -> tuple[str, bool]:
    """The file's text, and whether anyone but its owner and root could have written it."""
    try:
        with where.file.open("rb") as file:
            raw = file.read(MAX_CONFIG + 1)
            shared = _others_can_write(os.fstat(file.fileno()), where.file)
        if len(raw) > MAX_CONFIG:
            raise where.wrong(f"larger than {MAX_CONFIG} bytes, expected a config.toml")
        return raw.decode("utf-8-sig"), shared
    except FileNotFoundError as exc:
        raise where.wrong(
            "no config file there",
            "write one (docs/configuration.md has the smallest), or try `bowout demo`, which needs none",
        ) from exc
    except UnicodeDecodeError as exc:
        raise where.wrong(f"not UTF-8 text at byte {exc.start}, expected TOML in UTF-8") from exc
    except OSError as exc:
        raise where.wrong(f"cannot be read: {exc.strerror}") from exc


def _others_can_write(found: os.stat_result, file: Path) -> bool:
    """By POSIX permissions: of the file itself, or of a directory in which it could be replaced."""
    if sys.platform == "win32":
        return False
    directory = file.resolve().parent.stat()
    others = stat.S_IWGRP | stat.S_IWOTH
    replaceable = directory.st_mode & others and not directory.st_mode & stat.S_ISVTX
    foreign = found.st_uid not in (os.geteuid(), 0)
    return bool(found.st_mode & others or replaceable or foreign)


def _names_a_command(config: Config) -> bool:
    accounts = config.accounts.values()
    servers = [server for account in accounts for server in (account.imap, account.smtp) if server]
    return any(account.token_command or account.send_command for account in accounts) or any(
        server.password_command for server in servers
    )


def _parse(text: str, where: _Where) -> _Values:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise where.wrong(f"not valid TOML: {exc}") from exc
    except RecursionError as exc:
        raise where.wrong("not valid TOML: nested too deeply") from exc


def _build(raw: _Values, where: _Where, env: Mapping[str, str]) -> Config:
    sections = ["profile", "defaults", "lint", "accounts"]
    for name in raw:
        if name not in sections:
            raise where.at(name).wrong(f"unknown key, {_did_you_mean(name, sections)}")
    profile = Profile(**_section("profile", raw.get("profile", {}), where.at("profile")))
    defaults = _section("defaults", raw.get("defaults", {}), where.at("defaults"))
    data_dir = defaults.pop("data_dir") or default_data_dir(env)
    lint = Lint(**_section("lint", raw.get("lint", {}), where.at("lint")))
    accounts, signatures = _accounts(raw.get("accounts", {}), profile.name, where.at("accounts"))
    if defaults["account"] and defaults["account"] not in accounts:
        raise where.at("defaults.account").wrong(
            f"no account named {defaults['account']}, {_did_you_mean(defaults['account'], list(accounts))}"
        )
    return Config(
        path=where.file,
        data_dir=data_dir,
        profile=profile,
        defaults=Defaults(**defaults),
        lint=lint,
        accounts=MappingProxyType({n: replace(a, data_dir=data_dir) for n, a in accounts.items()}),
        signature_files=MappingProxyType(signatures),
    )


def default_data_dir(env: Mapping[str, str]) -> Path:
    """Where the journal is kept unless config.toml says otherwise."""
    if env.get("BOWOUT_DATA_DIR"):
        return Path(env["BOWOUT_DATA_DIR"]).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("bowout", appauthor=False)


def _section(section: str, raw: object, where: _Where, provider: str | None = None) -> _Values:
    """Every key of the section with its checked value or default; ``raw`` is what the file holds."""
    if not isinstance(raw, dict):
        raise where.expected("a table", raw)
    known = {key.name: key for key in SPEC if key.section == section}
    _refuse_unknown(raw, known, where, provider)
    values: _Values = {}
    for name, key in known.items():
        if provider and key.providers and provider not in key.providers:
            continue
        if name in raw:
            values[name] = key.read(raw[name], where.at(name))
        elif key.required:
            raise where.at(name).wrong(f"missing, expected {_a(key.kind)}: {key.text}")
        else:
            values[name] = None if key.default is None else key.read(key.default, where.at(name))
    return values


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _refuse_unknown(raw: _Values, known: Mapping[str, Key], where: _Where, provider: str | None) -> None:
    for name in raw:
        if name not in known:
            raise where.at(name).wrong(f"unknown key, {_did_you_mean(name, list(known))}")
        owners = known[name].providers
        if provider and owners and provider not in owners:
            raise where.at(name).wrong(f"belongs to provider {' and '.join(owners)}, not {provider}")


def _accounts(raw: object, person: str, where: _Where) -> tuple[dict[str, Account], dict[str, Path]]:
    if not isinstance(raw, dict):
        raise where.expected("tables such as [accounts.personal]", raw)
    accounts: dict[str, Account] = {}
    signatures: dict[str, Path] = {}
    for name, table in raw.items():
        here = where.at(name)
        if not NAME.fullmatch(name):
            raise here.wrong("expected a name of 1 to 32 of a-z, 0-9 and -")
        values = _account_values(table, here)
        signature_file = values.pop("signature_file")
        if signature_file:
            signatures[name] = signature_file
        accounts[name] = _account(name, person, values)
    return accounts, signatures


def _account_values(raw: object, where: _Where) -> _Values:
    """The checked keys of one account, the smtp table among them as a Server."""
    if not isinstance(raw, dict):
        raise where.expected("a table", raw)
    if "provider" not in raw:
        raise where.at("provider").wrong("missing, expected one of maildir, gmail, outlook, imap")
    provider = _choice(Provider)(raw["provider"], where.at("provider"))
    table = dict(raw)
    smtp = table.pop("smtp", None)
    values = _section(_ACCOUNT, table, where, provider)
    for one, other in (("signature", "signature_file"), ("send_command", "smtp")):
        if one in raw and other in raw:
            raise where.at(other).wrong(f"given together with {one}, expected only one of them")
    values["smtp"] = _smtp(smtp, provider, where.at("smtp"))
    return values


def _smtp(raw: object, provider: str, where: _Where) -> Server | None:
    if raw is None:
        return None
    if provider not in (Provider.MAILDIR, Provider.IMAP):
        raise where.wrong(f"belongs to provider maildir and imap, not {provider}")
    return Server(**_section(_SMTP, raw, where, provider))


_SERVER = ("host", "port", "security", "user", "password_command", "ca_file")


def _account(name: str, person: str, values: _Values) -> Account:
    server = {key: values.pop(key) for key in _SERVER if key in values}
    values["signature"] = values["signature"] or ""
    return Account(name=name, display_name=person, imap=Server(**server) if server else None, **values)


def _read_signature(path: Path, where: _Where) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_SIGNATURE + 1)
        if len(raw) > MAX_SIGNATURE:
            raise where.wrong(f"{path} is larger than {MAX_SIGNATURE} bytes, expected a short text file")
        return _lines(raw.decode("utf-8-sig"), where)
    except UnicodeDecodeError as exc:
        raise where.wrong(f"{path} is not UTF-8 text") from exc
    except OSError as exc:
        raise where.wrong(f"{path} cannot be read: {exc.strerror}") from exc


def local_zone() -> str:
    """The IANA zone of this computer. Raises ConfigError when it cannot be told."""
    import warnings
    from zoneinfo import ZoneInfoNotFoundError

    from tzlocal import get_localzone_name

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            name: str | None = get_localzone_name()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        name = None
    if not name:
        raise ConfigError(
            "the time zone of this computer cannot be told",
            'set timezone under [profile], such as "Europe/Berlin"',
        )
    return name


# --- documentation --------------------------------------------------------------------------------


def reference() -> str:
    """The table of every key in Markdown: docs/configuration.md holds exactly this."""
    lines = ["| key | type | default | what it is |", "|---|---|---|---|"]
    lines += [f"| `{key.path}` | {key.kind} | {_default_shown(key)} | {_explained(key)} |" for key in SPEC]
    return "\n".join(lines) + "\n"


def _default_shown(key: Key) -> str:
    return "required" if key.required else "" if key.default is None else f"`{toml(key.default)}`"


def _explained(key: Key) -> str:
    return f"{key.text} ({', '.join(key.providers)})" if key.providers else key.text


def toml(value: object) -> str:
    """A default as it is written in TOML."""
    return (
        str(value).lower()
        if isinstance(value, bool)
        else str(value).replace("'", '"')
        if isinstance(value, list)
        else f'"{value}"'
    )
