"""The letters and the words of their check as files: list, show, copy one to change it, check own ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from bowout import files
from bowout.errors import Failed, TemplateError, UsageError
from bowout.etiquette import lexicon, own_words
from bowout.letters.templates import Section, parse, read_source, variables, varieties
from bowout.letters.values import load_dates
from bowout.letters.wish import FLAGS, KNOWN
from bowout.mail.quotes import begins_quote, verbs
from bowout.model import Message

__all__ = ["Entry", "Fault", "copy", "entries", "faults", "show", "there"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file. ``own`` = it lies in the person's folder and comes before ours of that name."""

    name: str
    own: bool

    @property
    def language(self) -> str:
        return self.name.removeprefix("lint_").partition(".")[0]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in an own file; ``file:line`` is in the message."""

    file: str
    message: str


def entries(own_dir: Path | None) -> tuple[Entry, ...]:
    """Every file there is, the own one where a name exists twice; those of one language side by side."""
    packages = (resources.files("bowout.templates"), resources.files("bowout.etiquette"))
    ours = {entry.name for package in packages for entry in package.iterdir() if _is_ours(entry.name)}
    own = {path.name for path in _own_files(own_dir)}
    found = (Entry(name, name in own) for name in ours | own)
    return tuple(sorted(found, key=lambda entry: (entry.language, entry.name[:5] == "lint_", entry.name)))


def show(name: str, own_dir: Path | None) -> str:
    """The text of a file. Raises UsageError when there is none of that name."""
    source = _source(name, own_dir)
    if source is None:
        raise UsageError(f"There is no letter file {name!r}.", "bowout letters list shows their names.")
    return source[0]


def _source(name: str, own_dir: Path | None) -> tuple[str, str] | None:
    if own_words.is_file_of_words(name):
        return lexicon.show(name, own_dir)
    return read_source(name, own_dir) if _is_ours(name) else None


def there(name: str, own_dir: Path | None) -> str:
    """Name the file that stands for ``name``: that of the language, where a variety has none of its own."""
    language, dot, rest = name.partition(".")
    names = (f"{one}{dot}{rest}" for one in varieties(language))
    return next((one for one in names if _source(one, own_dir)), name)


def copy(name: str, own_dir: Path) -> Path:
    """Copy one of our files to the person's folder, to be changed there; an existing one is left alone.

    Raises UsageError when it is already there, Failed when it cannot be written.
    """
    target = own_dir / name
    text = show(name, None)
    if target.exists():
        raise UsageError(
            f"{target} is already there; it was left as it is.", "Edit that file, or remove it first."
        )
    try:
        files.private_dir(own_dir)
        files.write(target, text.encode())
    except OSError as exc:
        raise Failed(
            f"{target} cannot be written: {exc.strerror}.", "Check the folder and its rights."
        ) from exc
    return target


def faults(own_dir: Path | None) -> tuple[Fault, ...]:
    """Everything wrong with the own files, each with file, line and, where it is one, the variable."""
    return tuple(fault for path in _own_files(own_dir) for fault in _faults_of(path, own_dir))


def _faults_of(path: Path, own_dir: Path | None) -> Iterator[Fault]:
    try:
        if own_words.is_file_of_words(path.name):
            yield from _faults_of_words(path)
            return
        if path.suffix == ".toml":
            yield from _faults_of_dates(path, own_dir)
            return
        source = read_source(path.name, own_dir)
        sections = parse(*source) if source else ()
    except TemplateError as exc:
        yield Fault(str(path), exc.message)
        return
    for section in sections:
        yield from _faults_in(section)


def _faults_of_dates(path: Path, own_dir: Path | None) -> Iterator[Fault]:
    language = path.name.partition(".")[0]
    dates = load_dates(language, own_dir)
    if dates is None or dates.attribution is None:
        return
    known = verbs(lexicon.base_of(language))
    cure = (
        f"it needs a colon at its end, and in front {' or '.join(map(repr, known))} (an ending may follow)."
        if known
        else "it needs {clock}, {offset} and a colon at its end. Without all three quote lines it is English."
    )
    dated = Message(id="", thread_id="", date=datetime(2026, 11, 19, 14, 3, tzinfo=UTC))
    for name, message in (("quote", dated), ("quote_undated", replace(dated, date=None))):
        if not begins_quote(line := dates.attribution.write(message)):
            yield Fault(
                str(path),
                f"{path}: {name}: nobody would know {line!r} as the beginning of a quote; {cure}",
            )


def _faults_of_words(path: Path) -> Iterator[Fault]:
    if path.name != (right := lexicon.file_name(Entry(path.name, own=True).language)):
        yield Fault(str(path), f"{path}: nobody reads it; a variety has the words of its language: {right}.")
        return
    known = lexicon.lexicon("en").names
    for message in own_words.faults(own_words.read(path), str(path), known):
        yield Fault(str(path), message)


def _faults_in(section: Section) -> Iterator[Fault]:
    for flag in sorted(section.flags - FLAGS):
        yield Fault(section.file, f"{section.file}:{section.line}: there is no flag {flag!r}.")
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
    return sorted(path for path in own_dir.iterdir() if _is_ours(path.name) and path.is_file())


def _is_ours(name: str) -> bool:
    """Tell by its name whether a file is one that bowout reads."""
    letters = name.endswith((".j2", ".dates.toml")) and "/" not in name and "\\" not in name
    return letters or own_words.is_file_of_words(name)
