"""The command line: parse, call one use case, render its value. Errors become text and exit codes here only.

Commands are listed by name and loaded when called, so ``--version`` and ``--help`` import nothing else.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from bowout import __version__
from bowout.errors import BowoutError, Failed, Interrupted, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

# name -> (module in bowout.cli, one line of help), in the order in which --help lists them
COMMANDS = {
    "demo": ("demo", "Run the whole main job on a sample mailbox made on the spot."),
    "draft": ("draft", "Draft a kind withdrawal in the recruiter's own thread."),
    "advise": ("advise", "What to do now: call or write? Then at most five more things that matter here."),
    "call": ("call", "The phone card, on one screen; log how the call went."),
    "confirm": ("confirm", "Draft the written confirmation of a logged call."),
    "find": ("find", "List the threads that answer to WHO, or all recent hiring threads."),
    "send": ("send", "Send a draft that you have read, now or at a time you name."),
    "outbox": ("outbox", "What you armed: list, stop, retry, run; install the timer."),
    "status": ("status", "Show every withdrawal and where it stands."),
    "decline-invite": ("decline_invite", "Decline the interview's invitation after you withdrew."),
    "forget": ("forget", "Remove what is private about a withdrawal, kept copies included."),
    "letters": ("letters", "See the letters, and make them your own."),
    "check": ("check", "Read a text as a considerate friend would: lint a letter."),
    "explain": ("explain", "What a rule of that check asks, why, and how to switch it off."),
    "account": ("account", "Add, list, test and remove the mailboxes that bowout may use."),
    "config": ("config", "Show where things are and what is configured."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports a command only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"bowout.cli.{COMMANDS[cmd_name][0]}")
        return cast("click.Command", module.command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # Overridden because click would import every command to read its help line.
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as exc:
            from difflib import get_close_matches

            close = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"Did you mean: bowout {close[0]}" if close else "See: bowout --help"
            raise UsageError(f"There is no command {args[0]!r}.", hint) from exc


def _note_more(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    ctx.meta["bowout.more"] = value


def _show_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Print the version; with -v also the age of what bowout knows about the world."""
    more = ctx.meta.get("bowout.more", False)
    if more and not value and not ctx.resilient_parsing:
        raise click.UsageError("-v stands behind the command, or beside --version.", ctx)
    if not value or ctx.resilient_parsing:
        return
    click.echo(f"bowout, version {__version__}")
    if more:
        from bowout.text import domains

        click.echo(f"public suffix register of {domains.register_date() or 'an unknown day'}")
    ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    *("-v", "more"),
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_note_more,
    help="With --version: more.",
)
@click.option(
    "--version", is_flag=True, expose_value=False, callback=_show_version, help="Show the version and exit."
)
def app() -> None:
    """Leave an interview process with one kind, prompt message in the recruiter's own thread.

    Nothing is ever sent by a draft: bowout leaves the letter in your mailbox, you send it.

    \b
    First time here:   bowout demo
    The main job:      bowout draft WHO --reason accepted-offer
    """


def main() -> None:
    """Entry point of the ``bowout`` command."""
    _make_streams_bearable()
    sys.exit(run(sys.argv[1:]))


def _make_streams_bearable() -> None:
    """Output that nobody reads is dropped; a character that the encoding lacks is spelt out."""
    # A stream that was closed before we started is None.
    nowhere = Path(os.devnull)
    sys.stdin = sys.stdin or nowhere.open(encoding="utf-8")
    sys.stdout = sys.stdout or nowhere.open("w", encoding="utf-8")
    sys.stderr = sys.stderr or nowhere.open("w", encoding="utf-8")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as stderr always does


def run(args: Sequence[str]) -> int:
    """Run one command line and return its exit code; the only place that turns errors into text."""
    from bowout.cli import render

    as_json = "--json" in args
    command = next((a for a in args if a in COMMANDS), "")
    try:
        value = app.main(args=list(args), prog_name="bowout", standalone_mode=False)
        if not isinstance(value, render.Result):
            return int(value or 0)  # --help and --version
        return render.emit(value, as_json=as_json)
    except click.exceptions.NoArgsIsHelpError as exc:
        click.echo(exc.format_message())
        return 0
    except click.ClickException as exc:
        return render.fail(command, _from_click(exc), as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        stopped = Interrupted("Stopped.", "Nothing is half done; see where things stand with: bowout status")
        return render.fail(command, stopped, as_json=as_json)
    except BowoutError as exc:
        return render.fail(command, exc, as_json=as_json)
    except SystemExit:
        return 0  # click's answer to a reader of --help that went away, after it took the output from it
    except OSError as exc:
        if exc.filename is None:  # it was the output itself, so the object cannot be printed either
            render.drop_output(sys.stdout)
        return render.fail(command, _from_os(exc), as_json=as_json and exc.filename is not None)
    except Exception as exc:
        # A traceback would show text from mail, unescaped.
        return render.fail(command, _from_fault(exc), as_json=as_json)


_LOOK = "Where things stand: bowout status"


def _from_os(exc: OSError) -> BowoutError:
    return Failed(f"{exc.filename or 'The output'} cannot be read or written: {exc.strerror}.", _LOOK)


def _from_fault(exc: Exception) -> BowoutError:
    """What no room foresaw: by its place in the code, since its words may come from a mail."""
    from traceback import extract_tb

    last = extract_tb(exc.__traceback__)[-1]
    place = f"{Path(last.filename).name}, line {last.lineno}"
    return Failed(
        f"A fault in bowout itself: {type(exc).__name__} in {place}.", f"Please report this line. {_LOOK}"
    )


def _from_click(exc: click.ClickException) -> UsageError:
    ctx = getattr(exc, "ctx", None)
    where = f"See: {ctx.command_path} --help" if ctx else "See: bowout --help"
    return UsageError(exc.format_message(), where)
