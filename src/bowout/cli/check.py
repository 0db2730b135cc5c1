"""``bowout check FILE|-|--draft WHO``: lint a text as a letter, one line per finding."""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bowout.cli import options, recorded, render
from bowout.cli.occasion import Occasion
from bowout.cli.options import Options, Rule, pairs, shared
from bowout.cli.render import Result
from bowout.errors import UsageError
from bowout.etiquette.rule import Severity
from bowout.model import FollowUp, Situation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bowout.config.load import Config
    from bowout.etiquette.proof import Placed, Proof

MAX_FILE = 200_000  # bytes; a longer file is no letter


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options as typed."""

    situation: Situation | FollowUp | None
    values: tuple[str, ...]
    language: str | None
    allow: tuple[str, ...]


@click.command("check")
@click.argument("file", required=False, metavar="FILE|-")
@click.option("--draft", "who", metavar="WHO", help="Check the draft of this recorded withdrawal instead.")
@click.option("--situation", type=Occasion(), help="Where you stand, e.g. scheduled, or a follow-up's name.")
@click.option(
    "--set", "values", multiple=True, metavar="KEY=VALUE", help="State a fact: company, position ..."
)
@click.option("--lang", "language", metavar="LANG", help="Language of the text, if it cannot be guessed.")
@click.option("--allow", type=Rule(), multiple=True, help="Leave this rule out.")
@shared
def command(*, opts: Options, file: str | None, who: str | None, **options: Any) -> Result:
    """Read a letter the way a considerate friend would.

    FILE is plain text, - is standard input. Quote and signature are left out. Every finding is one line,
    file:line:column; bowout explain RULE says why. The exit code is 6 when there are errors. The more facts
    are given with --set (company, position, recipient_name, full_name, interview_start, other_employer), the
    more rules can be applied. Rules about thread and addressees are applied with --draft.
    """
    from bowout.drafts import lint

    asked = Asked(**options)
    if (file is None) == (who is None):
        raise UsageError(
            "check needs one text: FILE, - or --draft WHO.", "For example: bowout check letter.txt"
        )
    if who is not None:
        if asked.situation or asked.language:
            raise UsageError(
                "The draft's situation and language are known.", "Leave --situation, --lang out."
            )
        with recorded.session(opts, who) as (active, withdrawal):
            return _result(lint.check_draft(active, withdrawal, pairs(asked.values), asked.allow))
    return _result(_check_file(opts, str(file), asked))


def _check_file(opts: Options, file: str, asked: Asked) -> Proof:
    from bowout.config.load import local_zone
    from bowout.drafts import lint
    from bowout.etiquette import check, proof

    config = _config(opts)
    context = lint.context_for(
        pairs(asked.values),
        situation=asked.situation,
        language=asked.language,
        full_name=config.profile.name if config else None,
        now=options.now(),
        zone=config.profile.zone if config else local_zone(),
        disabled=(*check.known(config.lint.disable if config else (), "lint.disable"), *asked.allow),
        own_dir=options.letters_dir(opts),
    )
    return proof.check(_read(file), "stdin" if file == "-" else file, context)


def _config(opts: Options) -> Config | None:
    """The configuration, if there is one: a text can be checked without."""
    import os

    from bowout import accounts
    from bowout.config import load

    if opts.config is None and not load.locate(None, os.environ).exists():
        return None
    return accounts.load_config(opts.config)


def _read(file: str) -> str:
    try:
        if file == "-":
            raw = sys.stdin.buffer.read(MAX_FILE + 1)
        else:
            with Path(file).open("rb") as stream:
                raw = stream.read(MAX_FILE + 1)
    except OSError as exc:
        raise UsageError(
            f"{file} cannot be read: {exc.strerror}.", "Name a text file, or - for input."
        ) from exc
    if len(raw) > MAX_FILE:
        raise UsageError(f"{file} is larger than {MAX_FILE} bytes: no letter.", "Name the letter's file.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise UsageError(f"{file} is not UTF-8 text.", "Save the letter as UTF-8 text.") from exc


def _result(proof: Proof) -> Result:
    errors, warnings, notes = (proof.count(severity) for severity in Severity)
    counted = ((errors, "error"), (warnings, "warning"), (notes, "note"))
    said = ", ".join(f"{number} {word}{'s' if number > 1 else ''}" for number, word in counted if number)
    lines = [line for placed in proof.placed for line in _lines(proof.name, placed)]
    applied = f"{proof.applied} of {proof.rules} rules apply to this letter"
    lines.append(f"{said or 'No problems found'} ({applied}).")
    if worst := min(proof.placed, key=lambda placed: _ORDER.index(placed.finding.severity), default=None):
        lines.append(f"Why: bowout explain {worst.finding.rule}")
    lines += _not_checked(proof)
    return Result(
        command="check",
        data={
            "file": proof.name,
            "errors": errors,
            "warnings": warnings,
            "notes": notes,
            "findings": [_data(placed) for placed in proof.placed],
            "rules": proof.rules,
            "applied": proof.applied,
            "not_checked": proof.not_checked,
        },
        lines=tuple(lines),
        exit_code=6 if errors else 0,
    )


_ORDER = tuple(Severity)  # the most severe first
_COLOUR = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def _lines(name: str, placed: Placed) -> Iterator[str]:
    found = placed.finding
    severity = click.style(found.severity, fg=_COLOUR[found.severity])
    place = f"{render.safe(name)}:{placed.line}:{placed.column}:"
    yield f"{place} {found.rule} {severity}: {render.safe(found.message)} [{found.guide}]"
    if found.suggestion:
        yield f"    {render.safe(found.suggestion)}"


def _not_checked(proof: Proof) -> Iterator[str]:
    """``Not checked: F03 X02 (slot not known)``, one entry per reason."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for entry in proof.not_checked:
        rule, _, why = entry.partition(": ")
        by_reason[why].append(rule)
    if by_reason:
        told = "; ".join(f"{' '.join(rules)} ({why})" for why, rules in by_reason.items())
        yield from (render.dim(line) for line in render.hanging(f"Not checked: {told}", ""))


def _data(placed: Placed) -> dict[str, object]:
    found = placed.finding
    return {
        "rule": found.rule,
        "severity": found.severity,
        "message": found.message,
        "suggestion": found.suggestion or None,
        "guide": found.guide,
        "line": placed.line,
        "column": placed.column,
    }
