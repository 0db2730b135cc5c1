"""Take a letter apart: greeting, body with paragraphs and sentences, close, and the words found in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bowout.etiquette.context import Context
from bowout.etiquette.lexicon import base_of, guess_language, lexicon
from bowout.model import FollowUp, Situation
from bowout.text import legal_forms
from bowout.text.spelling import composed, fold

MAX_TEXT = 20_000  # characters; a longer text is not a letter


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the checked text with its offsets."""

    start: int
    end: int
    text: str

    @property
    def words(self) -> int:
        return len(re.findall(r"\w+(?:['’.-]\w+)*", self.text))


_CLOSE = 6  # words of a line that closes
_STAND_IN = "Xyz"  # how the word lists hear a name


class View:
    """A letter taken apart: greeting, body with paragraphs and sentences, close.

    Word lists do not look into the names of company, position and people: "Red Flag Group" is no criticism,
    and the stop in "Booking.com" ends no clause.
    """

    def __init__(self, text: str, context: Context) -> None:
        self.text = composed(text)
        self.context = context
        language = context.language or (
            context.facts.language.value if context.facts and context.facts.language else ""
        )
        words = lexicon(base_of(language).lower(), context.own_dir) if language else None
        # Their mails may be in a language that has no letters; then this one shows its own.
        told = words is not None and (context.language or words.has("common"))
        self.lexicon = words if words and told else lexicon(guess_language(text), context.own_dir)

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
        closes = self.lexicon.pattern("close").match(line)  # "Liebe Grüße"
        return not closes and not re.search(r"[,;?!]", rest) and len(rest.split()) <= 6

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
        # "Thanks a million for everything," above the name closes as well as any set phrase.
        above = tail[-2:-1] if last and len(tail) > 2 and tail[-2].words <= _CLOSE else []
        return (*above, *last) if above and above[0].text[-1] not in ".!?" else tuple(last)

    @cached_property
    def body(self) -> Span:
        """What stands between greeting and close."""
        start = self.greeting.end if self.greeting else 0
        end = self.close[0].start if self.close else len(self.text)
        return _trimmed(start, self.text[start : max(start, end)])

    @property
    def start(self) -> Span:
        """The place before the first word of the body, for what is missing."""
        return Span(self.body.start, self.body.start, "")

    @property
    def said(self) -> Span:
        """Everything below the greeting, the close included."""
        return _trimmed(self.body.start, self.text[self.body.start :])

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
        if before in legal_forms.ABBREVIATED and paragraph.text[stop.end() : stop.end() + 1].isupper():
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
        return legal_forms.ABBREVIATED.union(self.lexicon.words("abbreviations"))

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
    name = composed(name)
    bare, stop = (name[:-1], name[-1]) if name.endswith((".", "!", "?")) else (name, "")
    words = r"\s+".join(map(re.escape, bare.split()))
    return rf"{words}(?:\{stop}(?!\s+[A-ZÄÖÜ]|\s*$))?" if words and stop else words


def _trimmed(start: int, text: str) -> Span:
    stripped = text.strip()
    begin = start + len(text) - len(text.lstrip()) if stripped else start
    return Span(begin, begin + len(stripped), stripped)


def words_of(text: str) -> list[str]:
    """List the words of a text, folded."""
    return re.findall(r"\w+", fold(text))
