"""Template files: sections of plain text with variables, read and filled in a sandbox.

FILE      ``en.invited.j2`` = language, dot, topic. The person's own folder comes before ours.
SECTION   starts with a line ``== name ==`` or ``== name (flag, flag) ==`` and ends at the next one.
          Several names may share a section: ``== personal, health (brief) ==``.
WORDINGS  of one section are separated by a line ``-- or --``; the facts decide which is used.
FLAGS     narrow a section to a tone, a channel, a depth and so on. Of the sections whose flags all hold, one
          for the channel wins, then the more special file, then the one with most flags.

A wording is the only thing ever compiled; values are data. The sandbox knows values, ifs and single loops of
at most 100 rounds, no attribute and no multiplication, and a wording may not grow beyond 4,000 characters.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from bowout.errors import TemplateError
from bowout.model import Channel
from bowout.text.spelling import fold

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Template, nodes
    from jinja2.sandbox import SandboxedEnvironment

MAX_FILE = 64_000  # characters of one template file
MAX_WORDING = 4_000  # characters of one rendered wording
MAX_ROUNDS = 100  # of one loop

_HEADER = re.compile(r"==\s*(?P<names>[^()=]+?)\s*(?:\((?P<flags>[^()]*)\))?\s*==")
_OR = re.compile(r"--\s*or\s*--", re.IGNORECASE)
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_CHANNELS = frozenset(Channel)


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say something. ``line`` is the number of its first line in ``file``, counted from 1."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """What a file says under one header; ``line`` is that of the header."""

    file: str
    line: int
    names: tuple[str, ...]
    flags: frozenset[str]
    wordings: tuple[Wording, ...]


class MissingVariable(Exception):
    """A wording names a variable that has no value. Caught in ``letters``; never leaves it."""

    def __init__(self, name: str, file: str, line: int) -> None:
        super().__init__(name)
        self.name = name
        self.file = file
        self.line = line


def _split_names(text: str | None) -> tuple[str, ...]:
    return tuple(name for name in (part.strip() for part in (text or "").split(",")) if name)


def parse(source: str, file: str) -> tuple[Section, ...]:
    """The sections of a template file. Raises TemplateError naming file and line."""
    if len(source) > MAX_FILE:
        raise TemplateError(f"{file}: longer than {MAX_FILE} characters.", "Split or shorten the file.")
    lines = source.splitlines()
    heads = [
        (number, match) for number, line in enumerate(lines) if (match := _HEADER.fullmatch(line.strip()))
    ]
    before = "\n".join(lines[: heads[0][0]] if heads else lines)
    if _COMMENT.sub("", before).strip() or not heads:
        raise TemplateError(
            f"{file}:1: text before the first section.",
            'Start with a section line such as "== thanks ==", or put remarks between {# and #}.',
        )
    ends = [number for number, _ in heads[1:]] + [len(lines)]
    return tuple(
        Section(
            file,
            start + 1,
            _split_names(match["names"]),
            frozenset(_split_names(match["flags"])),
            tuple(_wordings(lines[start + 1 : end], file, start + 2)),
        )
        for (start, match), end in zip(heads, ends, strict=True)
    )


def _wordings(lines: list[str], file: str, first: int) -> Iterable[Wording]:
    begin = 0
    for index, line in enumerate([*lines, "-- or --"]):
        if _OR.fullmatch(line.strip()):
            text = _COMMENT.sub("", "\n".join(lines[begin:index]))
            if text.strip():
                yield Wording(file, first + begin, text)
            begin = index + 1


class Book:
    """The template files of one language, the person's own ones first. Raises TemplateError for bad files."""

    def __init__(self, language: str, own_dir: Path | None) -> None:
        self.language = language
        self._own_dir = own_dir

    def topic(self, topic: str) -> tuple[Section, ...]:
        """The sections of ``LANGUAGE.TOPIC.j2``; empty when nobody wrote that file.

        Where a variety has a file of its own, a section there stands for all of that name and those flags.
        """
        files = (f"{name}.{topic}.j2" for name in varieties(self.language))
        sources = (read_source(name, self._own_dir) for name in files)
        found: dict[tuple[tuple[str, ...], frozenset[str]], Section] = {}
        for section in chain.from_iterable(_parse_cached(*source) for source in sources if source):
            found.setdefault((section.names, section.flags), section)
        return tuple(found.values())

    @property
    def home(self) -> str:
        """The language in whose files something new belongs: a variety says only what it says otherwise."""
        general = varieties(self.language)[-1]
        return general if read_source(f"{general}.letter.j2", self._own_dir) else self.language


@lru_cache(maxsize=256)
def _parse_cached(source: str, file: str) -> tuple[Section, ...]:
    return parse(source, file)


@cache
def _package_loader() -> BaseLoader:
    from jinja2 import PackageLoader

    return PackageLoader("bowout.templates", "")


def read_source(name: str, own_dir: Path | None) -> tuple[str, str] | None:
    """Text and display name of a template file, the own one first; None when there is none.

    Raises TemplateError when the file is not UTF-8 or cannot be read.
    """
    from jinja2 import ChoiceLoader, FileSystemLoader, TemplateNotFound

    # utf-8-sig: some editors put a byte order mark in front.
    own = [FileSystemLoader(own_dir, encoding="utf-8-sig")] if own_dir else []
    try:
        source, file, _ = ChoiceLoader([*own, _package_loader()]).get_source(_sandbox(), name)
    except TemplateNotFound:
        return None
    except (UnicodeDecodeError, OSError) as exc:
        shown = own_dir / name if own_dir else name
        raise TemplateError(f"{shown}: cannot be read as UTF-8 text.", "Save the file as UTF-8.") from exc
    own_file = bool(own_dir and file and Path(file).is_relative_to(own_dir))
    return source, str(file) if own_file else name


def varieties(language: str) -> tuple[str, ...]:
    """List where words of a language are looked for, the most special first: "en-US", then "en"."""
    return tuple(dict.fromkeys((language, language.partition("-")[0])))


def languages(own_dir: Path | None) -> tuple[str, ...]:
    """The languages that have letters, ours and the person's own."""
    names = [entry.name for entry in files("bowout.templates").iterdir()]
    names += [path.name for path in own_dir.glob("*.letter.j2")] if own_dir and own_dir.is_dir() else []
    return tuple(sorted({n.removesuffix(".letter.j2") for n in names if n.endswith(".letter.j2")}))


def find(books: Iterable[tuple[Section, ...]], name: str, flags: Collection[str]) -> Section | None:
    """The section of that name that fits best; ``books`` run from the most special file to the general."""
    held = frozenset(flags)
    fitting = [
        (bool(section.flags & _CHANNELS), -rank, len(section.flags), section)
        for rank, book in enumerate(books)
        for section in book
        if name in section.names and section.flags <= held
    ]
    return max(fitting, key=lambda found: found[:3], default=(None,))[-1]


def topic_of(name: str, topic: str) -> str:
    """The topic in whose file a section of that name belongs: all letters share what they do in English."""
    shared = Book("en", None).topic("letter")
    return "letter" if any(name in section.names for section in shared) else topic


def choose(section: Section, seed: str) -> Wording:
    """The wording for these facts: always the same for the same seed."""
    if not section.wordings:
        return Wording(section.file, section.line, "")
    return section.wordings[crc32(f"{seed}\0{section.names[0]}".encode()) % len(section.wordings)]


def fill(wording: Wording, values: Mapping[str, object]) -> str:
    """The wording with its values in place.

    Raises MissingVariable for a value that is not there and TemplateError for everything else wrong with it.
    """
    from jinja2 import TemplateError as JinjaError
    from jinja2 import UndefinedError

    out: list[str] = []
    size = 0
    try:
        for chunk in _compiled(wording).generate(dict(values)):
            size += len(chunk)
            if size > MAX_WORDING:
                raise TemplateError(
                    f"{wording.file}:{wording.line}: grows beyond {MAX_WORDING} characters.",
                    "Shorten the wording.",
                )
            out.append(chunk)
    except UndefinedError as exc:
        line = _line_of(exc, wording)
        name = re.search(r"'([^']+)' is undefined", str(exc))
        if name is None:
            raise _fault(wording, line, exc) from exc
        raise MissingVariable(name[1], wording.file, line) from exc
    except (JinjaError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as exc:
        raise _fault(wording, _line_of(exc, wording), exc) from exc
    return "".join(out).strip()


def variables(wording: Wording) -> frozenset[str]:
    """The names of all variables a wording uses. Raises TemplateError when it cannot be compiled."""
    from jinja2 import meta

    _compiled(wording)
    return frozenset(meta.find_undeclared_variables(_sandbox().parse(wording.text))) - {"range"}


def _line_of(exc: BaseException, wording: Wording) -> int:
    """The line of the template file in which it went wrong (Jinja2 maps its tracebacks to the template)."""
    line = getattr(exc, "lineno", None)
    trace = exc.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == wording.file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line or wording.line


_MEND = "Mend the line; ours show the form: bowout letters show letter"


def _fault(wording: Wording, line: int, exc: BaseException) -> TemplateError:
    reason = " ".join(str(exc).split())[:200]
    return TemplateError(f"{wording.file}:{line}: {reason}", _MEND)


@lru_cache(maxsize=1024)
def _compiled(wording: Wording) -> Template:
    from jinja2 import Template, TemplateSyntaxError

    # Empty lines in front keep the line numbers of the file in every message.
    padded = "\n" * (wording.line - 1) + wording.text
    env = _sandbox()
    try:
        tree = env.parse(padded, name=wording.file, filename=wording.file)
        _refuse_programs(tree, wording)
        code = env.compile(tree, name=wording.file, filename=wording.file)
    except TemplateSyntaxError as exc:
        raise _fault(wording, exc.lineno, exc) from exc
    return Template.from_code(env, code, env.globals)


def _refuse_programs(tree: nodes.Template, wording: Wording) -> None:
    """A wording has values, ifs and single loops; what could run for ever or read files is refused."""
    from jinja2 import nodes

    for statement in tree.find_all(nodes.Stmt):
        if not isinstance(statement, (nodes.Output, nodes.If, nodes.For)):
            word = type(statement).__name__.lower()
            problem = f"{word} is not available in letters, only values, if and for"
        elif isinstance(statement, nodes.For) and (statement.recursive or any(statement.find_all(nodes.For))):
            problem = "a loop within a loop is not available in letters"
        else:
            continue
        raise TemplateError(f"{wording.file}:{statement.lineno}: {problem}.", _MEND)


def sentence(text: str) -> str:
    """Begin with a capital, and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def _begins_with_vowel(value: str) -> bool:
    """Tell whether "de" is elided before a name: "d'Orange", "de Peugeot"."""
    return fold(value)[:1] in tuple("aeiouy")


@cache
def _sandbox() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.runtime import LoopContext
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        """Plain text with values and ifs; whatever could grow without bound is refused."""

        intercepted_binops = frozenset({"*", "**", "%"})

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            return isinstance(obj, LoopContext) and super().is_safe_attribute(obj, attr, value)

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002 - Jinja2's
            raise SecurityError(f"the operator {operator} is not available in letters")

    def short_range(*args: int) -> range:
        rounds = range(*args)
        if len(rounds) > MAX_ROUNDS:
            raise SecurityError(f"a loop may have at most {MAX_ROUNDS} rounds")
        return rounds

    env = Sandbox(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)
    kept_globals: dict[str, Any] = {"range": short_range}
    env.globals.clear()
    env.globals.update(kept_globals)
    kept = ("capitalize", "first", "int", "last", "length", "lower", "title", "trim", "upper")
    env.filters = {name: env.filters[name] for name in kept} | {"sentence": sentence}
    env.tests["vowel"] = _begins_with_vowel
    return env
