"""The letters as files: list them, show one, copy one to change it, check the own ones, preview them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from importlib.resources import files
from itertools import product
from pathlib import Path

from bowout import atomic
from bowout.errors import Failed, TemplateError, UsageError
from bowout.letters import Wish, render
from bowout.letters_templates import Section, languages, parse, read_source, variables
from bowout.letters_wish import KNOWN
from bowout.letters_words import load_dates
from bowout.model import (
    Address,
    Call,
    CallOutcome,
    Confidence,
    Depth,
    Fact,
    Facts,
    FollowUp,
    Letter,
    Person,
    Reason,
    Situation,
    Slot,
    Tone,
)

__all__ = ["Entry", "Fault", "copy", "entries", "faults", "preview", "show"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One template file. ``own`` = it lies in the person's folder and comes before ours of that name."""

    name: str
    own: bool

    @property
    def language(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in an own template; ``file:line`` is in the message."""

    file: str
    message: str


def entries(own_dir: Path | None) -> tuple[Entry, ...]:
    """Every template there is, the own one where a name exists twice."""
    ours = {entry.name for entry in files("bowout.templates").iterdir() if _is_template(entry.name)}
    own = {path.name for path in _own_files(own_dir)}
    return tuple(Entry(name, name in own) for name in sorted(ours | own))


def show(name: str, own_dir: Path | None) -> str:
    """The text of a template. Raises UsageError when there is none of that name."""
    source = read_source(name, own_dir) if _is_template(name) else None
    if source is None:
        raise UsageError(f"There is no letter file {name!r}.", "bowout letters list shows their names.")
    return source[0]


def copy(name: str, own_dir: Path) -> Path:
    """Copy one of our templates to the person's folder, to be changed there; an existing one is left alone.

    Raises UsageError when it is already there, Failed when it cannot be written.
    """
    target = own_dir / name
    text = show(name, None)
    if target.exists():
        raise UsageError(
            f"{target} is already there; it was left as it is.", "Edit that file, or remove it first."
        )
    try:
        atomic.private_dir(own_dir)
        atomic.write(target, text.encode())
    except OSError as exc:
        raise Failed(
            f"{target} cannot be written: {exc.strerror}.", "Check the folder and its rights."
        ) from exc
    return target


def faults(own_dir: Path | None) -> tuple[Fault, ...]:
    """Everything wrong with the own templates, each with file, line and, where it is one, the variable."""
    return tuple(fault for path in _own_files(own_dir) for fault in _faults_of(path, own_dir))


def _faults_of(path: Path, own_dir: Path | None) -> Iterator[Fault]:
    try:
        if path.suffix == ".toml":
            load_dates(path.name.partition(".")[0], own_dir)
            return
        source = read_source(path.name, own_dir)
        sections = parse(*source) if source else ()
    except TemplateError as exc:
        yield Fault(str(path), exc.message)
        return
    for section in sections:
        yield from _faults_in(section)


def _faults_in(section: Section) -> Iterator[Fault]:
    for wording in section.wordings:
        try:
            unknown = sorted(variables(wording) - KNOWN)
        except TemplateError as exc:
            yield Fault(section.file, exc.message)
            continue
        for name in unknown:
            line = next(
                (n for n, text in enumerate(wording.text.splitlines(), wording.line) if name in text), 0
            )
            yield Fault(
                section.file,
                f"{section.file}:{line}: bowout has no variable {name!r}; it must be given with --set.",
            )


def _own_files(own_dir: Path | None) -> list[Path]:
    if own_dir is None or not own_dir.is_dir():
        return []
    return sorted(path for path in own_dir.iterdir() if _is_template(path.name) and path.is_file())


def _is_template(name: str) -> bool:
    return name.endswith((".j2", ".dates.toml")) and "/" not in name and "\\" not in name


# --- preview --------------------------------------------------------------------------------------

_HOURS = {Situation.SOON: 30, Situation.LATE: 5, Situation.MISSED: -3}
_OUTCOMES = {
    FollowUp.AFTER_VOICEMAIL: CallOutcome.VOICEMAIL_CALLBACK,
    FollowUp.NO_ANSWER: CallOutcome.NO_ANSWER,
}
_DANA = Person(address=Address("Dana Whitfield", "dana@northwind.example"), name="Dana Whitfield")


def _sample(wish: Wish, own_dir: Path | None, now: datetime) -> Letter:
    """The letter for a wish in a made-up process."""
    hours = _HOURS.get(wish.situation, 100) if isinstance(wish.situation, Situation) else 100
    sure = Confidence.HIGH
    facts = Facts(
        company=Fact("Northwind Labs", "sample", sure),
        position=Fact("Data Engineer", "sample", sure),
        slot=Fact(Slot(start=now + timedelta(hours=hours), zone="Europe/Berlin"), "sample", sure),
    )
    call = None
    if isinstance(wish.situation, FollowUp):
        outcome = _OUTCOMES.get(wish.situation, CallOutcome.SPOKE)
        call = Call(id=0, withdrawal_id=0, outcome=outcome, person=_DANA.name, at=now, zone="Europe/Berlin")
    return render(
        wish,
        facts,
        recipient=_DANA,
        full_name="Robin Sample",
        now=now,
        zone="Europe/Berlin",
        own_dir=own_dir,
        call=call,
    )


def _cells(language: str) -> Iterator[Wish]:
    for situation, tone in product(Situation, Tone):
        yield Wish(situation=situation, tone=tone, language=language)
    for situation, reason in product(Situation, Reason):
        yield Wish(situation=situation, reason=reason, depth=Depth.BRIEF, language=language)
    for follow_up in FollowUp:
        values = {"items": "the laptop"} if follow_up is FollowUp.RETURN_ITEMS else {}
        after = Situation.SOON if follow_up is FollowUp.SECOND_NOTICE else Situation.AFTER_INTERVIEW
        yield Wish(situation=follow_up, language=language, values=values, after=after)


_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 84rem; margin: 2rem auto; padding: 0 1rem; }
section { display: grid; grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); gap: 1rem; }
article { border: 1px solid #8886; border-radius: .5rem; padding: .25rem 1.25rem .75rem; }
h3 { font-size: .8rem; font-weight: 600; letter-spacing: .03em; opacity: .7; }
.refused { opacity: .6; }
"""


def preview(language: str, own_dir: Path | None, now: datetime) -> str:
    """One HTML page with the letters of a language: every situation in every tone and with every reason.

    Raises UsageError when the language has no letters. Cells that are refused show why.
    """
    if language not in languages(own_dir):
        raise UsageError(
            f"There are no letters in the language {language!r}.",
            f"There are: {', '.join(languages(own_dir))}.",
        )
    articles = "\n".join(_article(wish, own_dir, now) for wish in _cells(language))
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head><meta charset="utf-8">'
        f"<title>bowout letters: {escape(language)}</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>Letters: {escape(language)}</h1>\n<section>\n{articles}\n</section></body>\n</html>\n"
    )


def _article(wish: Wish, own_dir: Path | None, now: datetime) -> str:
    title = f"<h3>{wish.situation} · {wish.reason} · {wish.tone}</h3>"
    try:
        return f"<article>{title}\n{_sample(wish, own_dir, now).html}</article>"
    except (UsageError, TemplateError) as exc:
        return f'<article class="refused">{title}\n<p>{escape(exc.message)}</p></article>'
