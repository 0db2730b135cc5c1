"""Count what a language has of letters and of words for their check; name the file of each thing it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from bowout.errors import TemplateError, UsageError
from bowout.etiquette import lexicon
from bowout.etiquette.lexicon import Lexicon
from bowout.etiquette.rule import RULES
from bowout.letters import gallery
from bowout.letters.templates import Book, Section, choose, find, topic_of
from bowout.letters.values import Dates, load_dates
from bowout.letters.wish import PARTS, Wish, flags, settled, situation_left
from bowout.model import Channel, Depth, FollowUp, Reason, Situation, Tone

__all__ = ["Gap", "Inventory", "take"]

_REASONS = tuple(reason for reason in Reason if reason is not Reason.NONE)
# One letter for each of what can be left: an application, an offer, an acceptance.
_LEFT = (Situation.SCHEDULED, Situation.OFFER, Situation.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is not written yet, and the file in which it belongs.

    ``what`` is empty for the file itself. ``breaks`` = another file is there and of no use without it.
    """

    file: str
    what: str = ""
    breaks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What a language has: ``counts`` are pairs, how many there are and of how many."""

    language: str
    counts: Mapping[str, tuple[int, int]]
    gaps: tuple[Gap, ...]


def take(language: str, own_dir: Path | None, now: datetime) -> Inventory:
    """Look through the files of a language, the person's own ones first; a variety inherits.

    A file that cannot be read counts as there: ``own.faults`` says what is wrong with it.
    """
    survey = _Survey(language, own_dir, now)
    gaps = (*survey.letter(), *survey.reasons(), *survey.call(), *survey.dates(), *survey.words())
    topics = [gap for topic in (*Situation, *FollowUp) for gap in survey.topic(topic)]
    return Inventory(
        language=language,
        counts=survey.counts(),
        gaps=tuple(dict.fromkeys((*gaps, *topics))),
    )


class _Survey:
    """The files of one language, each read once."""

    def __init__(self, language: str, own_dir: Path | None, now: datetime) -> None:
        self._language, self._own_dir, self._now = language, own_dir, now
        self._book = Book(language, own_dir)
        self._home = self._book.home
        self._read: dict[str, tuple[Section, ...] | None] = {}

    def _sections(self, topic: str) -> tuple[Section, ...] | None:
        """The sections of a file; none where there is no file, None where it cannot be read."""
        if topic not in self._read:
            try:
                self._read[topic] = self._book.topic(topic)
            except TemplateError:
                self._read[topic] = None
        return self._read[topic]

    def _is_there(self, topic: str) -> bool:
        return self._sections(topic) != ()

    def _file(self, topic: str) -> str:
        return f"{self._home}.{topic}.j2"

    # --- what is there ------------------------------------------------------------------------------

    def counts(self) -> dict[str, tuple[int, int]]:
        rules = RULES.values()
        worded = [rule for rule in rules if all(map(self._lexicon.has, rule.words))]
        return {
            "situations": _count(self._is_there(one) for one in Situation),
            "follow_ups": _count(self._is_there(one) for one in FollowUp),
            "reasons": _count(self._tells(one, Depth.BRIEF) for one in _REASONS),
            "reasons_in_full": _count(self._tells(one, Depth.FULL) for one in _REASONS),
            "tones": _count(map(self._speaks, Tone)),
            "phone_card": _count([self._is_there("call")]),
            "dates": _count([self._dates[0]]),
            "rules": (len(worded), len(rules)),
        }

    def _tells(self, reason: Reason, depth: Depth) -> bool:
        sections = self._sections("reasons")
        if sections is None:
            return True
        wishes = (Wish(situation=left, reason=reason, depth=depth) for left in _LEFT)
        return all(find((sections,), reason, held) for held in filter(None, map(self._flags, wishes)))

    def _speaks(self, tone: Tone) -> bool:
        """Tell whether the letters have words of their own for a tone; neutral is the one without."""
        sections = self._sections("letter")
        return sections is None or any(tone in one.flags or tone is Tone.NEUTRAL for one in sections)

    @cached_property
    def _dates(self) -> tuple[bool, Dates | None]:
        """Whether there is a table of dates, and the table where it can be read."""
        try:
            dates = load_dates(self._language, self._own_dir)
        except TemplateError:
            return True, None
        return dates is not None, dates

    @cached_property
    def _lexicon(self) -> Lexicon:
        try:
            return lexicon.lexicon(self._language, self._own_dir)
        except TemplateError:
            return lexicon.lexicon("en")  # said by own.faults; nothing of it is missing

    # --- what is not --------------------------------------------------------------------------------

    def letter(self) -> Iterator[Gap]:
        if not self._is_there("letter"):
            yield Gap(self._file("letter"))
            return
        for tone in Tone:
            if not self._speaks(tone):
                yield Gap(self._file("letter"), f"words for the tone {tone}")

    def reasons(self) -> Iterator[Gap]:
        if not self._is_there("reasons"):
            yield Gap(self._file("reasons"))
            return
        for depth in (Depth.BRIEF, Depth.FULL):
            for reason in _REASONS:
                if not self._tells(reason, depth):
                    yield Gap(self._file("reasons"), f"{reason} ({depth})")

    def call(self) -> Iterator[Gap]:
        sections = self._sections("call")
        if sections == ():
            yield Gap(self._file("call"))
        # What ours have for every call is what the card is made of.
        plain = [name for one in Book("en", None).topic("call") if not one.flags for name in one.names]
        for name in plain if sections else ():
            if not find((sections or (),), name, ()):
                yield Gap(self._file("call"), name, breaks=True)

    def dates(self) -> Iterator[Gap]:
        file, (there, dates) = f"{self._home}.dates.toml", self._dates
        if not there:
            yield Gap(file)
        elif dates and dates.attribution is None:
            yield Gap(file, "quote, quote_undated, quote_nobody (the line above a quote stays English)")

    def words(self) -> Iterator[Gap]:
        file = lexicon.file_name(self._language)
        if not self._lexicon.names:
            yield Gap(file)
            return
        for name in lexicon.lexicon("en").names:
            if not self._lexicon.has(name):
                rules = " ".join(rule.id for rule in RULES.values() if name in rule.words)
                yield Gap(file, f"{name} ({rules})" if rules else name)

    def topic(self, topic: Situation | FollowUp) -> Iterator[Gap]:
        """What one situation or follow-up lacks in any of its channels."""
        if not self._is_there(topic):
            yield Gap(self._file(topic))
            return
        special, letter = self._sections(topic), self._sections("letter")
        if not (special and letter):
            return
        for channel in Channel:
            held = self._flags(Wish(situation=topic, depth=Depth.NONE, channel=channel))
            if held is not None:
                yield from self._lacking(topic, channel, (special, letter), held)

    def _lacking(
        self, topic: str, channel: Channel, books: tuple[tuple[Section, ...], ...], held: frozenset[str]
    ) -> Iterator[Gap]:
        """The sections that a layout names and nobody wrote."""
        plan = find(books, "layout", held)
        names = ["layout"] if plan is None else choose(plan, "").text.split()
        for name in names:
            if name != "reason" and not find(books, name, held):
                ordinary = channel is Channel.EMAIL_REPLY and name not in PARTS
                yield Gap(self._file(topic_of(name, topic)), name, breaks=ordinary)

    def _flags(self, wish: Wish) -> frozenset[str] | None:
        """The flags of a letter of the made-up process, with the distant "you"; None where none can be."""
        wish = gallery.sample(wish)
        try:
            wish = settled(wish)
        except UsageError:
            return None
        occasion = gallery.occasion(wish, self._now)
        return flags(wish, situation_left(wish, occasion.facts, self._now), occasion, familiar=False)


def _count(found: Iterator[bool] | list[bool] | map[bool]) -> tuple[int, int]:
    seen = list(found)
    return sum(seen), len(seen)
