"""Read the options that every command shares, and open the account of a run."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bowout.errors import CannotDo, ConfigError, SignInNeeded, Unreachable, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from enum import StrEnum

    from bowout.config.load import Config
    from bowout.journal.store import Store
    from bowout.model import Account
    from bowout.session import Session

E = TypeVar("E", bound="StrEnum")

_DOUBT = "bowout.doubt"  # in the context of a run: what is to be said of records that nothing is sent from
DEMO_MARKER = ".bowout-demo"  # in the folder of a demo; one without it is not ours to rebuild
# What keeps an account from being looked at, while the records can still be told.
CANNOT_LOOK = (Unreachable, SignInNeeded, UsageError, CannotDo)


@dataclass(frozen=True, kw_only=True)
class Options:
    """The shared options of one run."""

    json: bool
    dry_run: bool
    account: str | None
    config: Path | None
    no_input: bool
    verbose: bool

    @property
    def interactive(self) -> bool:
        """May questions be asked? Only on a terminal, never with ``--no-input`` or ``--json``."""
        return not (self.no_input or self.json) and sys.stdin.isatty() and sys.stdout.isatty()


def _who(_context: click.Context, _parameter: click.Parameter, words: tuple[str, ...]) -> str:
    from bowout.find.typed import plain

    return plain(" ".join(words))


# WHO of ``find`` and ``draft``: several words need no quotes, and what bowout prints can be pasted.
who_words = click.argument("who", nargs=-1, metavar="[WHO]", callback=_who)


def shared(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the shared options and hand them over as one ``opts`` value."""

    def collect(**values: Any) -> Any:
        opts = Options(**{name: values.pop(name) for name in Options.__dataclass_fields__})
        result = function(opts=opts, **values)
        doubt = click.get_current_context().meta.get(_DOUBT)
        return replace(result, warnings=(*result.warnings, doubt)) if doubt and result else result

    wrapped: Callable[..., Any] = update_wrapper(collect, function)
    for option in reversed(_SHARED):
        wrapped = option(wrapped)
    return wrapped


def _account_name(_ctx: click.Context, _param: click.Parameter, name: str | None) -> str | None:
    """As config.toml is read. An empty one is a slip of a script, not the default account."""
    if name is not None and not name.strip():
        raise click.BadParameter("it is empty")
    return name and name.replace("_", "-")


_SHARED = (
    click.option(
        "--account",
        metavar="NAME",
        callback=_account_name,
        help="Use this account of the configuration.",
    ),
    click.option(
        "--config",
        type=click.Path(path_type=Path, readable=False),  # what cannot be read is told by bowout.config
        metavar="FILE",
        help="Use this configuration file.",
    ),
    click.option("--json", is_flag=True, help="Print one JSON object instead of text."),
    click.option("--dry-run", is_flag=True, help="Show everything, write nothing."),
    click.option("--no-input", is_flag=True, help="Never ask; stop where a question would be needed."),
    click.option("-v", "--verbose", is_flag=True, help="Say more about why."),
)


class Kebab(click.ParamType["StrEnum"]):
    """A value of an enum, kebab-case; underscores and capitals are accepted."""

    def __init__(self, values: type[StrEnum]) -> None:
        self.values = values
        self.name = values.__name__.lower()

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        return self.name.upper()

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> StrEnum:
        if isinstance(value, self.values):
            return value
        wanted = str(value).strip().lower().replace("_", "-")
        try:
            return self.values(wanted)
        except ValueError:
            choices = ", ".join(v.value for v in self.values)
            self.fail(f"{value!r} is not one of: {choices}", param, ctx)


class Rule(click.ParamType[str]):
    """The name of a rule of the letter check, in capitals."""

    name = "rule"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from bowout.etiquette import check

        return check.known([value], "--allow")[0]


def pairs(values: tuple[str, ...]) -> dict[str, str]:
    """``--set key=value`` repeated, as a mapping; keys accept kebab-case."""
    found = {}
    for text in values:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise click.UsageError(f"--set expects KEY=VALUE, got {text!r}")
        found[key.strip().lower().replace("-", "_")] = value.strip()
    return found


def now() -> datetime:
    """The clock of every command: the current instant in UTC."""
    return datetime.now(UTC)


def unlock(account: Account, opts: Options) -> None:
    """Ask once for the passphrase of a sign-in that is protected by one, where somebody can answer."""
    import os

    from bowout import accounts
    from bowout.vault import PASSPHRASE

    if opts.interactive and accounts.passphrase_wanted(account, now):
        # The vault reads it there; children never see it (providers/command.py).
        os.environ[PASSPHRASE] = click.prompt(
            f"Passphrase of account {account.name}", hide_input=True, err=True
        )


def require_account(config: Config, opts: Options, recorded: Iterable[str]) -> None:
    """An ``--account`` that neither the configuration nor the records know is a slip. Raises UsageError."""
    if opts.account and opts.account not in config.accounts and opts.account not in recorded:
        config.account(opts.account)


def refuse_account(opts: Options) -> None:
    """For commands that are about every account. Raises UsageError."""
    if opts.account:
        raise UsageError("This command is about every account.", "Leave --account out.")


def letters_dir(opts: Options) -> Path:
    """The person's folder for letters, whether it exists or not."""
    import os

    from bowout.config import load

    return load.locate(opts.config, os.environ).parent / "letters"


@contextmanager
def session(opts: Options) -> Generator[Session]:
    """The account of this run, opened; closed again whatever happens."""

    from bowout import accounts

    config = accounts.load_config(opts.config)
    unlock(config.account(opts.account), opts)
    with opened(config, opts.account) as active:
        yield active


@contextmanager
def opened(config: Config, account_name: str | None = None) -> Generator[Session]:
    """An account of a configuration that is already loaded."""
    from bowout import providers
    from bowout.people import machines
    from bowout.session import Session

    account = config.account(account_name)
    own = config.path.parent
    relays = own / "relays.toml"
    with journal(config) as store:
        try:
            mailbox = providers.open_mailbox(account, now)
        except ConfigError as exc:
            # A provider knows the key that is wrong, not the file it stands in.
            raise ConfigError(f"{config.path}: {exc.message}", exc.next_step) from exc
        try:
            yield Session(
                config=config,
                account=account,
                mailbox=mailbox,
                store=store,
                relays=machines.load_relays(relays if relays.exists() else None),
                clock=now,
                letters_dir=letters if (letters := own / "letters").is_dir() else None,
            )
        finally:
            mailbox.close()


def journal(config: Config, *, anew: bool = False) -> Store:
    """The journal of a configuration; the one of a demo leaves no trace outside its folder.

    Every command gets it here, so that none can forget what ``--dry-run`` promises. ``anew`` goes on without
    one that is gone. Raises RecordsGone, StoreError.
    """
    from bowout.journal.store import Store

    is_demo = (config.path.parent / DEMO_MARKER).exists()
    ctx = click.get_current_context(silent=True)
    make = Store.rehearse if ctx and ctx.params.get("dry_run") else Store.open
    store = make(config.data_dir, now, state_dir=None if is_demo else config.state_dir, anew=anew)
    if ctx and not anew and (doubt := _doubt(store)):
        ctx.meta[_DOUBT] = doubt
    return store


def _doubt(store: Store) -> str:
    """What every command says of records that cannot be changed or are an older copy; "" of others."""
    if refused := store.refusal:
        return f"{refused.message}; {refused.next_step}"
    from bowout.journal.origin import Provenance

    if store.provenance() is not Provenance.OLDER_STORE:
        return ""
    from bowout.journal.remedy import ADOPT, letters
    from bowout.journal.submissions import Queue

    forgotten = Queue(store).forgotten()
    if store.newer is None:
        says = "Nothing proves that bowout.db is the newest one, so nothing is sent."
    else:
        says = "bowout.db is an older copy: what was sent or armed later is not in it, so nothing is sent."
    known = f" Scheduled in the newer one: {letters(forgotten)}." if forgotten else ""
    return f"{says}{known} Put the newest one back, or look into Sent and go on with this one: {ADOPT}"
