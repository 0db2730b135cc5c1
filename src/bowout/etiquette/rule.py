"""What the letter linter's rules share: context, the text taken apart, word lists, the register of rules."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from importlib.resources import files

from bowout.model import (
    Address,
    Call,
    Channel,
    Confidence,
    Depth,
    Fact,
    Facts,
    Finding,
    FollowUp,
    Person,
    Reason,
    Severity,
    Situation,
    Slot,
    T,
    Tone,
    require_aware,
)

# Situations in which an interview stands in the calendar, and follow-ups that come from a call.
BOOKED = frozenset(
    {Situation.SCHEDULED, Situation.SOON, Situation.LATE, Situation.ONSITE_TRAVEL, Situation.MISSED}
)
FROM_CALLS = frozenset({FollowUp.AFTER_CALL, FollowUp.AFTER_VOICEMAIL, FollowUp.NO_ANSWER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known around a letter; None = unknown, and the rules that need it are listed as not checked.

    Company, position, slot and rounds are taken from ``facts`` unless given (not those of low confidence).
    ``after`` is the situation behind a follow-up. ``to`` and ``cc`` are the addressees, ``contacts`` those
    who scheduled or wrote most, ``participants`` everybody of the thread, ``dead`` addresses that nobody
    reads, ``client_domains`` the employer behind an agency, ``work_domain`` the person's present employer.
    ``parents`` are the Message-IDs a reply may answer. ``attachments`` is how many the mail carries.
    ``other_threads`` are open processes with the same company or agency. ``disabled`` = ``lint.disable``.
    """

    situation: Situation | FollowUp | None = None
    after: Situation | None = None
    reason: Reason | None = None
    depth: Depth | None = None
    tone: Tone | None = None
    channel: Channel | None = None
    language: str | None = None
    facts: Facts | None = None
    recipient: Person | None = None
    full_name: str | None = None
    company: str | None = None
    position: str | None = None
    slot: Slot | None = None
    rounds: int | None = None
    decided_on: datetime | None = None
    now: datetime | None = None
    recipient_zone: str | None = None
    call: Call | None = None
    banned_terms: tuple[str, ...] | None = None
    other_employer: str | None = None
    referral_consent: bool | None = None
    to: tuple[Address, ...] | None = None
    cc: tuple[Address, ...] = ()
    contacts: tuple[Address, ...] | None = None
    participants: tuple[Address, ...] | None = None
    dead: tuple[Address, ...] | None = None
    client_domains: tuple[str, ...] | None = None
    work_domain: str | None = None
    in_reply_to: str | None = None
    parents: tuple[str, ...] | None = None
    quoted: str | None = None
    attachments: int | None = None
    other_threads: tuple[str, ...] | None = None
    disabled: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_aware(decided_on=self.decided_on, now=self.now)

    def completed(self) -> Context:
        """The same, with what the facts say in the place of what was not given."""
        facts = self.facts
        if facts is None:
            return self
        slot = _believed(facts.slot)
        return replace(
            self,
            company=self.company or _believed(facts.company),
            position=self.position or _believed(facts.position),
            rounds=self.rounds or _believed(facts.rounds),
            slot=self.slot or (slot if slot and not slot.cancelled else None),
        )

    @property
    def left(self) -> Situation | None:
        """The situation being left, behind a follow-up too."""
        return self.situation if isinstance(self.situation, Situation) else self.after


def _believed(fact: Fact[T] | None) -> T | None:
    return fact.value if fact and fact.confidence is not Confidence.LOW else None


@dataclass(frozen=True, slots=True)
class Report:
    """All findings in the order of the text; the rules that could not be applied, each with the reason."""

    findings: tuple[Finding, ...]
    not_checked: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)


# --- words ----------------------------------------------------------------------------------------


class Words:
    """One word list as an expression. Its offsets are those of the text as it was given.

    Lists are in lower case and meet lower-cased text: ignoring case costs more than twice as much, to compile
    and to match. A list with ``(?-i:`` tells cases apart ("may" from "May") and meets the text as it is.
    """

    def __init__(self, expressions: Iterable[str]) -> None:
        inner = "|".join(expressions) or r"(?!)"
        inner = inner.replace("{any}", r"[^.!?;]{0,90}?\b").replace("{near}", r"(?:\s+[\w']+){0,3}")
        self._as_written = "(?-i:" in inner
        flags = re.IGNORECASE if self._as_written else re.NOFLAG
        self._pattern = re.compile(rf"(?<!\w)(?:{inner})(?!\w)", flags)

    def search(self, text: str) -> re.Match[str] | None:
        return self._pattern.search(self._read(text))

    def match(self, text: str) -> re.Match[str] | None:
        return self._pattern.match(self._read(text))

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self._pattern.finditer(self._read(text))

    def _read(self, text: str) -> str:
        text = text.replace("\u2019", "'")  # phones write "won\u2019t"
        return text if self._as_written else _lowered(text)


def _lowered(text: str) -> str:
    """The text in lower case, of the same length: the dotted capital I becomes two characters elsewhere."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c if len(c.lower()) > 1 else c.lower() for c in text)


class Lexicon:
    """The word lists of one language (``lint_LANGUAGE.toml``), compiled when first used."""

    def __init__(self, language: str, lists: dict[str, list[str]]) -> None:
        self.language = language
        self._lists = lists
        self._compiled: dict[str, Words] = {}

    def has(self, name: str) -> bool:
        return bool(self._lists.get(name))

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(self._lists.get(name, ()))

    def pattern(self, name: str) -> Words:
        """One expression for the whole list; matches nothing when the language lacks it."""
        if name not in self._compiled:
            self._compiled[name] = Words(self.words(name))
        return self._compiled[name]


@cache
def lexicon(language: str) -> Lexicon:
    """The word lists of a language; an unknown language has none."""
    source = files("bowout.etiquette").joinpath(f"lint_{language}.toml") if language.isalpha() else None
    if source is None or not source.is_file():
        return Lexicon(language, {})
    return Lexicon(language, tomllib.loads(source.read_text(encoding="utf-8")))


def guess_language(text: str, languages: Sequence[str] = ("en", "de")) -> str:
    """The language whose everyday words occur most; English when in doubt."""
    return max(languages, key=lambda name: sum(1 for _ in lexicon(name).pattern("common").finditer(text)))


# --- text -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the checked text with its offsets."""

    start: int
    end: int
    text: str

    @property
    def words(self) -> int:
        return len(re.findall(r"\w+(?:['’.-]\w+)*", self.text))


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule is broken. ``severity`` overrides that of the rule."""

    where: Span
    message: str
    suggestion: str = ""
    severity: Severity | None = None


# How the word lists hear a name, and the legal forms after which a sentence may end.
_STAND_IN = "Xyz"
_LEGAL_FORMS = frozenset({"inc", "ltd", "corp"})


class View:
    """A letter taken apart: greeting, body with paragraphs and sentences, close.

    Word lists do not look into the names of company, position and people: "Red Flag Group" is no criticism,
    and the stop in "Booking.com" ends no clause.
    """

    def __init__(self, text: str, context: Context) -> None:
        self.text = text
        self.context = context
        language = context.language or (
            context.facts.language.value if context.facts and context.facts.language else ""
        )
        self.lexicon = lexicon((language or guess_language(text)).partition("-")[0].lower())

    @property
    def situation(self) -> Situation | FollowUp | None:
        return self.context.situation

    @cached_property
    def lines(self) -> tuple[Span, ...]:
        """The lines that are not empty, without the spaces around them."""
        return tuple(_trimmed(m.start(), m[0]) for m in re.finditer(r"[^\n]+", self.text) if m[0].strip())

    @cached_property
    def greeting(self) -> Span | None:
        """The line that greets: among the first four, since a letter on paper has a head above it."""
        return next((line for line in self.lines[:4] if self._greets(line.text)), None)

    def _greets(self, line: str) -> bool:
        """A greeting is a line of its own: "Hi Dana, please ..." is already the letter."""
        match = self.lexicon.pattern("greeting").match(line)
        rest = line[match.end() :].rstrip(" ,.!:–-") if match else ","
        return not re.search(r"[,;?!]", rest) and len(rest.split()) <= 6

    @cached_property
    def close(self) -> tuple[Span, ...]:
        """The close and what follows it; the last line alone when only a name ends the text."""
        ends = self.lexicon.pattern("close")
        tail = [line for line in self.lines if line.start > (self.greeting.end if self.greeting else -1)]
        for index in range(max(0, len(tail) - 4), len(tail)):
            match = ends.match(tail[index].text)
            if match and tail[index].text[match.end() :].strip(" ,.!") == "" and index > 0:
                return tuple(tail[index:])
        last = tail[-1:] if len(tail) > 1 and tail[-1].words <= 4 and tail[-1].text[-1] not in ".!?" else []
        return tuple(last)

    @cached_property
    def body(self) -> Span:
        """What stands between greeting and close."""
        start = self.greeting.end if self.greeting else 0
        end = self.close[0].start if self.close else len(self.text)
        return _trimmed(start, self.text[start : max(start, end)])

    @cached_property
    def paragraphs(self) -> tuple[Span, ...]:
        return tuple(
            _trimmed(self.body.start + m.start(), m[0])
            for m in re.finditer(r"(?:(?!\n[ \t]*\n).)+", self.body.text, re.DOTALL)
            if m[0].strip()
        )

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        return tuple(sentence for paragraph in self.paragraphs for sentence in self._split(paragraph))

    def _split(self, paragraph: Span) -> Iterator[Span]:
        begin = 0
        for match in re.finditer(r"[.!?]{1,5}[\"”’)]{0,3}\s+", paragraph.text):
            before = paragraph.text[begin : match.start()].rpartition(" ")[2].lower()
            if self._goes_on(paragraph, match, before):
                continue
            yield _trimmed(paragraph.start + begin, paragraph.text[begin : match.end()])
            begin = match.end()
        if paragraph.text[begin:].strip():
            yield _trimmed(paragraph.start + begin, paragraph.text[begin:])

    def _goes_on(self, paragraph: Span, stop: re.Match[str], before: str) -> bool:
        """Whether that stop ends no sentence: "Dr. Lee", "3. Dezember", "Yahoo! and", "Acme Inc. and"."""
        at = paragraph.start + stop.start()
        for name in self._names:
            if name.start < at <= name.end:
                return at < name.end
        if before in _LEGAL_FORMS and paragraph.text[stop.end() : stop.end() + 1].isupper():
            return False
        return stop[0].startswith(".") and bool(
            before in self._abbreviations or re.fullmatch(r"\d{1,2}|\w", before)
        )

    @cached_property
    def _names(self) -> tuple[Span, ...]:
        """Where the names of company, position and people stand, as they are written in the facts."""
        context = self.context
        people = [fact.value.name for fact in context.facts.people] if context.facts else []
        people += [context.recipient.name if context.recipient else "", context.full_name or ""]
        names = [context.company or "", context.position or "", *(p for p in people if " " in p.strip())]
        forms = sorted({form for name in names if (form := _written(name))}, key=len, reverse=True)
        if not forms:
            return ()
        every = re.finditer(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", self.text)
        return tuple(Span(match.start(), match.end(), match[0]) for match in every)

    def _heard(self, place: Span) -> tuple[str, list[tuple[int, int]]]:
        """The text of a place with a stand-in for each name; behind which offsets it is how much longer."""
        pieces, longer, at, length = [], [], place.start, 0
        for name in self._names:
            if at <= name.start and name.end <= place.end:
                pieces += [self.text[at : name.start], _STAND_IN]
                length += name.start - at + len(_STAND_IN)
                longer.append((length, len(name.text) - len(_STAND_IN)))
                at = name.end
        return "".join([*pieces, self.text[at : place.end]]), longer

    def _matched(self, place: Span, match: re.Match[str], longer: list[tuple[int, int]]) -> Span:
        """A match in what was heard of ``place``, with the words as they are written there."""
        start, end = (
            place.start + offset + sum(more for behind, more in longer if behind <= offset)
            for offset in match.span()
        )
        return Span(start, end, self.text[start:end])

    @cached_property
    def _abbreviations(self) -> frozenset[str]:
        return frozenset(self.lexicon.words("abbreviations"))

    @cached_property
    def decisions(self) -> tuple[tuple[Span, Span], ...]:
        """The first-person sentences that state the decision, each with the words that do."""
        return tuple(self._decisions())

    def _decisions(self) -> Iterator[tuple[Span, Span]]:
        """Questions and other people's decisions do not count."""
        stated, foreign = self.lexicon.pattern("decision"), self.lexicon.pattern("not_mine")
        for sentence in self.sentences:
            heard, longer = self._heard(sentence)
            match = stated.search(heard)
            if match and not sentence.text.endswith("?") and not foreign.search(heard):
                yield sentence, self._matched(sentence, match, longer)

    def find(self, name: str, within: Span | None = None) -> Iterator[Span]:
        """Every match of a word list in the body, or in a part of the text."""
        place = within or self.body
        heard, longer = self._heard(place)
        for match in self.lexicon.pattern(name).finditer(heard):
            yield self._matched(place, match, longer)

    def has(self, name: str, within: Span | None = None) -> bool:
        return next(self.find(name, within), None) is not None

    def sentence_of(self, span: Span) -> Span:
        return next((s for s in self.sentences if s.start <= span.start < s.end), self.body)

    def word_position(self, offset: int) -> int:
        """How many words of the body stand before that offset."""
        return Span(0, 0, self.text[self.body.start : offset]).words


def _written(name: str) -> str:
    """An expression for a name in a text, with line breaks in it; its last stop may be that of a sentence."""
    bare, stop = (name[:-1], name[-1]) if name.endswith((".", "!", "?")) else (name, "")
    words = r"\s+".join(map(re.escape, bare.split()))
    return rf"{words}(?:\{stop}(?!\s+[A-ZÄÖÜ]|\s*$))?" if words and stop else words


def _trimmed(start: int, text: str) -> Span:
    stripped = text.strip()
    begin = start + len(text) - len(text.lstrip()) if stripped else start
    return Span(begin, begin + len(stripped), stripped)


# --- rules ----------------------------------------------------------------------------------------

Check = Callable[[View], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue (docs/etiquette.md). It cannot do without its ``words`` and ``known``."""

    id: str
    severity: Severity
    guide: str
    summary: str
    words: tuple[str, ...]
    known: tuple[str, ...]
    check: Check

    def missing(self, view: View) -> str:
        """Why the rule cannot be applied here; empty when it can."""
        for name in self.words:
            if not view.lexicon.has(name):
                return f"no words for it in the language {view.lexicon.language!r}"
        unknown = [name for name in self.known if getattr(view.context, name) is None]
        return f"{' and '.join(unknown).replace('_', ' ')} not known" if unknown else ""


RULES: dict[str, Rule] = {}


def rule(
    id_: str,
    severity: Severity,
    guide: str,
    summary: str,
    *,
    words: tuple[str, ...] = (),
    known: tuple[str, ...] = (),
) -> Callable[[Check], Check]:
    """Enter a check into the catalogue."""

    def enter(check: Check) -> Check:
        RULES[id_] = Rule(id_, severity, guide, summary, words, known, check)
        return check

    return enter
