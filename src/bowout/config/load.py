"""Find config.toml, read it and check it against the specification of its keys.

Whatever is wrong with a file is one ``ConfigError`` line: the file, the key path, what was expected.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bowout import owners
from bowout.config.keys import ACCOUNT, NAME, Key, ProviderSpec, Specs, all_keys, lines
from bowout.errors import ConfigError, UsageError
from bowout.model import Account, Depth, Tone

__all__ = [
    "Config",
    "Defaults",
    "Lint",
    "Profile",
    "check",
    "default_data_dir",
    "default_path",
    "load",
    "local_zone",
    "locate",
]

# A config or a signature beyond this many bytes is some other file given by mistake.
MAX_CONFIG = 1_000_000
MAX_SIGNATURE = 10_000


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
        chosen = self.accounts.get(name.replace("_", "-")) if name else self._default_account()
        if chosen is None:
            raise UsageError(
                f"no account named {name!a} in {self.path}, {_did_you_mean(name or '', self.accounts)}"
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
        shown = key if key.isprintable() else ascii(key)
        return _Where(self.file, f"{self.path}.{shown}" if self.path else shown)

    def wrong(self, what: str, next_step: str = "") -> ConfigError:
        place = f"{self.file}: {self.path}" if self.path else f"{self.file}"
        return ConfigError(f"{place}: {what}", next_step)

    def expected(self, expected: str, value: object) -> ConfigError:
        return self.wrong(f"expected {expected}, got {_shown(value)}")


# In this order, since True is an int too.
_NAMES: tuple[tuple[type, str], ...] = (
    (bool, "true or false without quotes"),
    (int, "a long number"),
    (float, "a decimal number"),
    (list, "a list"),
    (dict, "a table"),
)


def _shown(value: object) -> str:
    """A wrong value for one line: what is short as it is (escaped), anything else by what it is."""
    if isinstance(value, str):
        return ascii(value) if len(value) <= 60 else f"text of {len(value)} characters"
    if isinstance(value, list) and len(shown := ascii(value)) <= 60:
        return shown
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return f"the number {value}"
    return next((name for kind, name in _NAMES if isinstance(value, kind)), "a date")


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    names = {name.replace("_", "-"): name for name in known}
    close = get_close_matches(word.lower().replace("_", "-"), names, n=1)
    return f"did you mean {names[close[0]]}?" if close else f"expected one of {', '.join(names.values())}"


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


def load(path: Path | None, specs: Specs, env: Mapping[str, str] | None = None) -> Config:
    """Read and check a config file: ``path``, else ``$BOWOUT_CONFIG``, else ``default_path()``.

    ``specs`` are the keys of the providers (``bowout.providers.specs``). ``env`` holds the BOWOUT_ variables
    (the process environment when None). Raises ConfigError.
    """
    env = os.environ if env is None else env
    file = locate(path, env)
    where = _Where(file)
    config = _Reader(specs).build(_parse(_read(where), where), where, env)
    _refuse_shared(config, specs)
    return config


def check(text: str, file: Path, specs: Specs, env: Mapping[str, str] | None = None) -> Config:
    """Check the configuration that ``text`` would be in ``file``, which is not read. Raises ConfigError."""
    where = _Where(file)
    config = _Reader(specs).build(_parse(text, where), where, os.environ if env is None else env)
    _refuse_shared(config, specs)
    return config


def _read(where: _Where) -> str:
    try:
        # A pipe would be waited for without end.
        if where.file.exists() and not (where.file.is_file() or where.file.is_dir()):
            raise where.wrong("neither a file nor a link to one, expected a config.toml")
        with where.file.open("rb") as file:
            raw = file.read(MAX_CONFIG + 1)
        if len(raw) > MAX_CONFIG:
            raise where.wrong(f"larger than {MAX_CONFIG} bytes, expected a config.toml")
        return raw.decode("utf-8-sig")
    except FileNotFoundError as exc:
        raise where.wrong(
            "no config file there",
            "make one with `bowout account add personal`, or try `bowout demo`, which needs none",
        ) from exc
    except UnicodeDecodeError as exc:
        raise where.wrong(f"not UTF-8 text at byte {exc.start}, expected TOML in UTF-8") from exc
    except OSError as exc:
        command = owners.barred(where.file, write=False)
        cure = f"let yourself read it: {command}" if command else ""
        raise where.wrong(f"cannot be read: {exc.strerror}", cure) from exc


def _refuse_shared(config: Config, specs: Specs) -> None:
    """A file that others can write may hold nothing by which they could act as the person."""
    powers = (_power(account, specs[account.provider]) for account in config.accounts.values())
    if (power := next(filter(None, powers), "")) and (found := owners.doubt(config.path)):
        says = f"account {power}, so only you may be able to write this file, but {found.says}"
        raise _Where(config.path).wrong(says, found.cure)


def _power(account: Account, spec: ProviderSpec) -> str:
    """What whoever writes the account could do with it beyond this computer's files; "" = nothing."""
    if account.commands:
        return f"{account.name} names a command"
    if account.allow_send:
        return f"{account.name} may send"
    return "" if spec.is_local(account.keys) else f"{account.name} names a server"


def _parse(text: str, where: _Where) -> _Values:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise where.wrong(f"not valid TOML: {exc}") from exc
    except RecursionError as exc:
        raise where.wrong("not valid TOML: nested too deeply") from exc
    except ValueError as exc:  # Python reads no number of thousands of digits
        raise where.wrong("not valid TOML: a number in it is too long") from exc


@dataclass(frozen=True, slots=True)
class _Reader:
    """Checks what a file holds against the keys of bowout and of the providers."""

    specs: Specs
    keys: tuple[Key, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", all_keys(self.specs))

    def build(self, raw: _Values, where: _Where, env: Mapping[str, str]) -> Config:
        sections = ("profile", "defaults", "lint", "accounts")
        for name in raw:
            if name not in sections:
                raise where.at(name).wrong(f"unknown key, {_did_you_mean(name, sections)}")
        profile = Profile(**self._section("profile", raw.get("profile", {}), where.at("profile")))
        defaults = self._section("defaults", raw.get("defaults", {}), where.at("defaults"))
        data_dir = defaults.pop("data_dir") or default_data_dir(env)
        lint = Lint(**self._section("lint", raw.get("lint", {}), where.at("lint")))
        accounts, signatures = self._accounts(raw.get("accounts", {}), profile.name, where.at("accounts"))
        if defaults["account"] and defaults["account"] not in accounts:
            raise where.at("defaults.account").wrong(
                f"no account named {defaults['account']}, {_did_you_mean(defaults['account'], accounts)}"
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

    def _section(self, section: str, raw: object, where: _Where, provider: str = "") -> _Values:
        """Every key of the section with its checked value or default; ``raw`` is what the file holds."""
        there = [key for key in self.keys if key.section == section]
        # Where two providers have a key of that name, the account's own counts.
        known = {key.name: key for key in sorted(there, key=lambda key: key.provider == provider)}
        table = _table(raw, where)
        for name in table:
            if name not in known:
                raise where.at(name).wrong(f"unknown key, {_did_you_mean(name, known)}")
            _check_owner(known[name].provider, provider, where.at(name))
        return {
            key.name: _value(key, table, where.at(key.name))
            for key in known.values()
            if not (provider and key.provider) or provider == key.provider
        }

    def _accounts(
        self, raw: object, person: str, where: _Where
    ) -> tuple[dict[str, Account], dict[str, Path]]:
        accounts: dict[str, Account] = {}
        signatures: dict[str, Path] = {}
        for name, table in _table(raw, where).items():
            here = where.at(name)
            if not NAME.fullmatch(name):
                raise here.wrong("expected an account name of 1 to 32 of a-z, 0-9 and -")
            values = self._account_values(_table(table, here), here)
            signature_file = values.pop("signature_file")
            if signature_file:
                signatures[name] = signature_file
            values["signature"] = values["signature"] or ""
            accounts[name] = Account(name=name, display_name=person, **values)
        return accounts, signatures

    def _account_values(self, raw: _Values, where: _Where) -> _Values:
        """The checked values of one account, those of its provider's keys made into one, ``keys``."""
        of_provider = next(key for key in self.keys if key.path == f"{ACCOUNT}.provider")
        provider: str = _value(of_provider, raw, where.at("provider"))
        spec = self.specs[provider]
        common = {key.name for key in self.keys if key.section == ACCOUNT and not key.provider}
        if spec.later:
            raw = {name: value for name, value in raw.items() if name in common}
        for one, other in (("signature", "signature_file"), *spec.one_of):
            if one in raw and other in raw:
                raise where.at(other).wrong(f"given together with {one}, expected only one of them")
        owners = {table: name for name, other in self.specs.items() for table in other.tables}
        flat = {name: value for name, value in raw.items() if name not in owners}
        values = self._section(ACCOUNT, flat, where, provider)
        own = {name: values.pop(name) for name in [*values] if name not in common}
        for table in owners.keys() & raw.keys():
            _check_owner("" if table in spec.tables else owners[table], provider, where.at(table))
            made = self._section(f"{ACCOUNT}.{table}", raw[table], where.at(table), provider)
            own[table] = spec.tables[table](**made)
        return {**values, "keys": spec.make(**own)}


def default_data_dir(env: Mapping[str, str]) -> Path:
    """Where the journal is kept unless config.toml says otherwise."""
    if env.get("BOWOUT_DATA_DIR"):
        return Path(env["BOWOUT_DATA_DIR"]).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("bowout", appauthor=False)


def _table(raw: object, where: _Where) -> _Values:
    if not isinstance(raw, dict):
        raise where.expected("a table", raw)
    return raw


def _check_owner(owner: str, provider: str, where: _Where) -> None:
    if provider and owner and provider != owner:
        raise where.wrong(f"belongs to provider {owner}, not {provider}")


def _value(key: Key, table: _Values, where: _Where) -> Any:
    value = table.get(key.name, key.default)
    if value is None:
        if key.required:
            raise where.wrong(f"missing, expected {key.kind.expected}. {key.text}")
        return None
    try:
        parsed = key.kind.parse(value)
    except ValueError as exc:
        more = f" ({exc})" if str(exc) and isinstance(value, str) else ""
        raise where.wrong(f"expected {key.kind.expected}, got {_shown(value)}{more}") from exc
    return (where.file.parent / parsed).absolute() if isinstance(parsed, Path) else parsed


def _read_signature(path: Path, where: _Where) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_SIGNATURE + 1)
        if len(raw) > MAX_SIGNATURE:
            raise where.wrong(f"{path} is larger than {MAX_SIGNATURE} bytes, expected a short text file")
        return lines(raw.decode("utf-8-sig"))
    except ValueError as exc:
        raise where.wrong(f"{path} is not plain UTF-8 text, expected a short text file") from exc
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
