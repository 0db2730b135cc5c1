"""Say what config.toml may hold, as data: every key, its kind, its default, its explanation.

``config.load`` reads a file by it, docs/configuration.md is made from it (``reference``) and
config.example.toml is compared with it. The keys of a provider stand in its own folder and come in as an
argument, ``Specs``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from bowout.errors import UsageError
from bowout.model import Depth, OwnKeys, Tone

__all__ = [
    "ACCOUNT",
    "NAME",
    "SPEC",
    "Key",
    "Kind",
    "ProviderSpec",
    "Specs",
    "all_keys",
    "choice",
    "lines",
    "reference",
    "toml",
]

NAME = re.compile(r"[a-z0-9-]{1,32}")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value may be. ``parse`` makes the checked value of a TOML one or raises ValueError, whose text
    (if any) says more than ``expected`` does."""

    name: str
    expected: str
    parse: Callable[[object], Any]


@dataclass(frozen=True, slots=True)
class Key:
    """One key. ``default`` is as in TOML, None = none; ``provider`` it belongs to, none named = all."""

    path: str
    kind: Kind
    text: str
    default: object = None
    required: bool = False
    provider: str = ""

    @property
    def section(self) -> str:
        return self.path.rpartition(".")[0]

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]


# --- from TOML value to checked value -------------------------------------------------------------


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    if not value.isprintable():
        raise ValueError("it holds line breaks or control characters")
    return value.strip()


def lines(value: object) -> str:
    """Text of several lines: line ends become LF, trailing blanks go. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004 - every parse function answers with ValueError
    text = "\n".join(line.rstrip() for line in value.splitlines()).strip("\n")
    if not text.replace("\n", "").replace("\t", "").isprintable():
        raise ValueError("it holds control characters")
    return text


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004 - every parse function answers with ValueError
    return value


def _port(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 65536:
        raise ValueError
    return value


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _duration(value: object) -> timedelta:
    from bowout.when import FURTHEST

    found = re.fullmatch(r"([0-9]{1,9})([smhd])", _text(value))
    if found is None:
        raise ValueError
    length = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if length > FURTHEST:
        raise ValueError(f"at most {FURTHEST.days}d")
    return length


def _zone(value: object) -> str:
    from bowout.when import zone_info

    name = _text(value)
    # "EST" and its like name an offset, not a place: they would be an hour off for half the year.
    if name != "UTC" and "/" not in name:
        raise ValueError
    try:
        zone_info(name)
    except UsageError as exc:
        raise ValueError from exc
    return name


def _account_name(value: object) -> str:
    name = _text(value).replace("_", "-")
    if not NAME.fullmatch(name):
        raise ValueError("1 to 32 of a-z, 0-9 and -")
    return name


def _matching(pattern: str) -> Callable[[object], str]:
    def parse(value: object) -> str:
        text = _text(value)
        if not re.fullmatch(pattern, text):
            raise ValueError
        return text

    return parse


def choice(options: type[StrEnum]) -> Kind:
    """One value of an enum. Values are kebab-case; underscores and capitals are accepted."""
    known = _one_of(options)
    return replace(known, parse=lambda value: options(known.parse(value)))


def _one_of(names: Iterable[str]) -> Kind:
    known = tuple(map(str, names))

    def parse(value: object) -> str:
        name = _text(value).lower().replace("_", "-")
        if name not in known:
            raise ValueError
        return name

    return Kind("choice", f"one of {', '.join(known)}", parse)


def _path(value: object) -> Path:
    """With ``~`` expanded; relative ones are left to the reader, who knows where the file is."""
    try:
        return Path(_text(value)).expanduser()
    except RuntimeError as exc:
        raise ValueError("~ has no meaning here") from exc


def _command(value: object) -> tuple[str, ...]:
    """A program and its arguments; a string is split by POSIX rules but never given to a shell."""
    if isinstance(value, str):
        import shlex

        value = shlex.split(value)
    if not isinstance(value, list) or not all(isinstance(word, str) and "\0" not in word for word in value):
        raise ValueError
    if not value or not value[0]:
        raise ValueError("it names no program")
    return tuple(value)


_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _url(value: object) -> str:
    from urllib.parse import urlsplit

    url = urlsplit(_text(value).rstrip("/"))
    plain = url.scheme == "http" and url.hostname in _LOOPBACK
    if not url.hostname or not (url.scheme == "https" or plain):
        raise ValueError
    return url.geturl()


def _each(kind: Kind) -> Callable[[object], tuple[str, ...]]:
    def parse(value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise ValueError  # noqa: TRY004 - every parse function answers with ValueError
        return tuple(kind.parse(item) for item in value)

    return parse


# --- kinds ----------------------------------------------------------------------------------------

TEXT = Kind("text", "text in quotes", _text)
LINES = Kind("lines of text", "text in quotes", lines)
FLAG = Kind("true or false", "true or false", _flag)
PORT = Kind("number", "a port number from 1 to 65535", _port)
DURATION = Kind("duration", 'a duration such as "12h" (a whole number and s, m, h or d)', _duration)
ZONE = Kind("time zone", 'an IANA time zone such as "Europe/Berlin"', _zone)
LANGUAGE = Kind("language", 'a language code such as "en"', _matching(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"))
ADDRESS = Kind(
    "address", 'an address such as "jo@example.org"', _matching(r"[^\s@<>(),;:\"\\]+@[^\s@<>(),;:\"\\]+")
)
ACCOUNT_NAME = Kind("name", "the name of an account", _account_name)
ADDRESSES = Kind("list of addresses", 'addresses such as ["jo@example.org"]', _each(ADDRESS))
RULES = Kind("list of rules", 'rules such as ["T03"]', _each(Kind("", "", _matching(r"[A-Z][0-9]{2}"))))
PATH = Kind("path", "a path in quotes", _path)
COMMAND = Kind("command", 'a command such as ["pass", "show", "mail"]', _command)
URL = Kind("web address", "an https:// address", _url)

# --- the keys -------------------------------------------------------------------------------------

ACCOUNT = "accounts.NAME"

SPEC: tuple[Key, ...] = (
    Key("profile.name", TEXT, "Your name, as it stands under a letter.", required=True),
    Key("profile.phone", TEXT, "Your number, for letters and call scripts that offer it."),
    Key("profile.timezone", ZONE, "Where you are; without it the time zone of this computer."),
    Key("profile.language", LANGUAGE, "The language of letters, where the thread does not tell."),
    Key("defaults.account", ACCOUNT_NAME, "The account to use when a command names none."),
    Key("defaults.depth", choice(Depth), "How much of the reason: none, brief, full.", "brief"),
    Key("defaults.tone", choice(Tone), "How letters sound: formal, neutral, warm.", "neutral"),
    Key("defaults.quote", FLAG, "Quote the answered message below the letter.", default=True),
    Key("defaults.grace", DURATION, "How late an armed letter may still go out.", "12h"),
    Key("defaults.quiet_period", DURATION, "How long an edit rests before it is followed.", "10m"),
    Key("defaults.data_dir", PATH, "Your records; without it BOWOUT_DATA_DIR, else the system's data place."),
    Key("lint.disable", RULES, "Rules of the letter check to leave out.", []),
    Key(f"{ACCOUNT}.provider", TEXT, "", required=True),  # its choice: all_keys
    Key(f"{ACCOUNT}.address", ADDRESS, "The address you write from.", required=True),
    Key(f"{ACCOUNT}.aliases", ADDRESSES, "More addresses of yours that arrive in this mailbox.", []),
    Key(f"{ACCOUNT}.signature", LINES, "What stands below your name; or use signature_file."),
    Key(f"{ACCOUNT}.signature_file", PATH, "A text file (UTF-8) with the signature."),
    Key(f"{ACCOUNT}.allow_send", FLAG, "Send what you armed. Off: nothing is ever sent.", False),
    Key(f"{ACCOUNT}.token_command", COMMAND, "Prints an access token; instead of signing in with bowout."),
)


# --- what providers add ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSpec:
    """The keys that one provider adds to an account.

    ``make`` makes its frozen keys of the checked values, by name. A table of its own (``accounts.NAME.smtp``)
    is a value too: ``tables`` makes it. Of each pair in ``one_of`` only one may be given. ``later`` = there
    is no adapter yet: nobody looks at the keys of such an account. ``is_local`` tells of its keys whether the
    account keeps to files of this computer: no sign-in, no server.
    """

    rows: tuple[Key, ...] = ()
    make: Callable[..., OwnKeys] = OwnKeys
    tables: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    one_of: tuple[tuple[str, str], ...] = ()
    later: bool = False
    is_local: Callable[[Any], bool] = lambda _: False


Specs = Mapping[str, ProviderSpec]  # by the name of the provider


def all_keys(specs: Specs) -> tuple[Key, ...]:
    """Every key of a config.toml, those of the providers behind the common ones."""
    own = [replace(row, provider=name) for name, spec in specs.items() for row in spec.rows]
    return (*(_provider(row, specs) if row.path == f"{ACCOUNT}.provider" else row for row in SPEC), *own)


def _provider(row: Key, specs: Specs) -> Key:
    names = [name for name, spec in specs.items() if not spec.later]
    known = _one_of(specs)
    kind = replace(known, expected=f"one of {', '.join(names)}")
    return replace(row, kind=kind, text=f"{', '.join(names[:-1])} or {names[-1]}.")


# --- documentation --------------------------------------------------------------------------------


def reference(specs: Specs) -> str:
    """Write the table of every key in Markdown, as docs/configuration.md holds it."""
    rows = [
        f"| `{key.path}` | {key.kind.name} | {_default(key)} | {_explained(key)} |" for key in all_keys(specs)
    ]
    return "\n".join(["| key | kind | default | what it is |", "|---|---|---|---|", *rows]) + "\n"


def _default(key: Key) -> str:
    return "required" if key.required else "" if key.default is None else f"`{toml(key.default)}`"


def _explained(key: Key) -> str:
    return f"{key.provider}: {key.text}" if key.provider else key.text


def toml(value: object) -> str:
    """A value as TOML writes it: text, a flag, a list of texts."""
    import json

    # These look the same in both.
    return json.dumps(value, ensure_ascii=False)
