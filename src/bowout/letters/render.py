"""Put a letter together from situation, reason and facts. The words are in ``templates/``.

Pure, apart from reading template files. Rules: docs/etiquette.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from itertools import chain
from pathlib import Path

from bowout.errors import Incomplete, TemplateError, UsageError
from bowout.letters.templates import (
    Book,
    MissingVariable,
    Section,
    Wording,
    choose,
    fill,
    find,
    languages,
    sentence,
    topic_of,
    variables,
)
from bowout.letters.values import load_dates, tidy
from bowout.letters.wish import (
    ASK_FOR,
    OPTIONS,
    PARTS,
    SHORT,
    TERMS,
    VALUES,
    Occasion,
    Wish,
    flags,
    parts_for,
    settled,
    situation_left,
    told,
    values_for,
)
from bowout.model import Call, Channel, Depth, Facts, FollowUp, Person, Reason, Situation, Tone
from bowout.text.direction import html_attribute

MAX_LETTER = 6_000  # characters
# What may be said once: a letter that has no place for it gets it all the same.
_TOLD = frozenset({"because", "more", "detail", "also"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A rendered letter without signature block and quote. ``html`` says the same as ``text``.

    ``subject`` is only for a new thread; a reply keeps its parent's.
    """

    situation: Situation | FollowUp
    reason: Reason
    depth: Depth
    tone: Tone
    channel: Channel
    language: str
    subject: str
    text: str
    html: str
    parts: tuple[str, ...] = ()


def render(
    wish: Wish,
    facts: Facts,
    *,
    recipient: Person,
    full_name: str,
    now: datetime,
    zone: str,
    own_dir: Path | None = None,
    call: Call | None = None,
    phone: str | None = None,
) -> Letter:
    """The letter that was wished for.

    ``zone`` is the person's IANA zone (for ``--set interview_start`` without offset), ``call`` the logged
    call that a follow-up speaks of, ``phone`` the person's number; both are optional.
    Raises UsageError for an impossible wish and for values that are missing (all of them in one message), and
    TemplateError, naming file, line and variable, for a template that is wrong.
    """
    occasion = Occasion(
        facts=told(facts, wish.values, zone),
        recipient=recipient,
        full_name=full_name,
        now=now,
        zone=zone,
        call=call,
        phone=phone,
    )
    writer = Writer(wish, occasion, own_dir)
    wish = writer.wish
    paragraphs = writer.layout("layout")
    subject = "" if wish.channel in SHORT else writer.optional("subject")
    writer.require()
    text = "\n\n".join(paragraphs)
    if len(text) > MAX_LETTER:
        raise TemplateError(f"The letter grows beyond {MAX_LETTER} characters.", "Shorten the template.")
    return Letter(
        situation=wish.situation,
        reason=wish.reason,
        depth=wish.depth,
        tone=wish.tone,
        channel=wish.channel,
        language=wish.language,
        subject=subject,
        text=text + "\n",
        html=to_html(paragraphs),
        parts=writer.used_parts,
    )


def needs(names: Collection[str]) -> UsageError:
    """Make the error for values of a letter that nobody gave."""
    options = " ".join(f'--set {name}="{VALUES[name]}"' for name in names)
    return UsageError(
        f"The letter needs what the thread does not say: {', '.join(names)}.", f"Add, for example: {options}"
    )


def to_html(paragraphs: Iterable[str]) -> str:
    """The same words as HTML: one ``<p>`` per paragraph, ``<br>`` per line."""
    said = [*paragraphs]
    way = html_attribute(" ".join(said))
    return "\n".join(f"<p{way}>{escape(p, quote=False).replace(chr(10), '<br>' + chr(10))}</p>" for p in said)


class Writer:
    """One piece of writing: picks sections and wordings, fills them, remembers which values are missing."""

    def __init__(
        self, wish: Wish, occasion: Occasion, own_dir: Path | None, topic: str | None = None
    ) -> None:
        self.left = situation_left(wish, occasion.facts, occasion.now)
        self.wish = wish = settled(wish)
        self._topic = topic or str(wish.situation)
        self._home = Book(wish.language, own_dir).home
        self._books = _open(wish.language, self._topic, own_dir)
        dates = load_dates(wish.language, own_dir)
        if dates is None:
            raise Incomplete(
                f"{self._home}.dates.toml is missing.",
                "Translate what this prints into a file of that name beside the letters: "
                "bowout letters show en.dates.toml",
            )
        self._dates = dates
        self.values = values_for(wish, occasion, dates)
        self.parts = parts_for(wish, self.left, occasion)
        self.flags = flags(wish, self.left, occasion, familiar=dates.familiar)
        self.used_parts: tuple[str, ...] = ()
        # The writer as well: two candidates of one firm send two letters.
        told = ("company", "position", "recipient_name", "full_name")
        self._seed = "\0".join(str(self.values.get(name, "")) for name in told)
        self._missing: dict[str, None] = {}
        self._said: frozenset[str] = frozenset()  # of _TOLD
        self._refuse_unknown_values()
        self._add_terms()
        self.values["more"] = ""
        self._add_reason()
        self._said = frozenset()

    def _add_terms(self) -> None:
        for name in TERMS:
            section = find(self._books, name, self.flags)
            if section is not None and name not in self.values:
                text, missing = self._tried(choose(section, self._seed))
                if not missing:
                    self.values[name] = tidy(" ".join(text.split()))

    def _add_reason(self) -> None:
        """The reason as the half sentence that decisions are written around; its flag is ``because``."""
        if self.wish.depth is Depth.NONE or "reason_text" in self.values:
            return
        clause = find(self._books, str(self.wish.reason), (self.flags - set(Depth)) | {str(Depth.BRIEF)})
        if clause is None:
            raise self._lacks(str(self.wish.reason))
        self.values["because"] = " ".join(self._filled(clause).split())
        self.flags |= {"because"}
        if self.wish.depth is Depth.FULL:
            more = find(self._books, str(self.wish.reason), self.flags)
            self.values["more"] = " ".join(self._filled(more).split()) if more else ""

    def _refuse_unknown_values(self) -> None:
        for name in self.wish.values:
            if name in OPTIONS:
                raise UsageError(f"{name} is not a value for --set.", f"Use --{name} instead.")
        extra = set(self.wish.values) - set(VALUES)
        if not extra:
            return
        known = set(VALUES).union(
            *map(variables, chain.from_iterable(s.wordings for b in self._books for s in b))
        )
        from difflib import get_close_matches

        for name in sorted(extra - known):
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known values: {', '.join(sorted(VALUES))}."
            raise UsageError(f"No letter uses the value {name!r}.", hint)

    def layout(self, name: str) -> list[str]:
        """The paragraphs of a layout section: one per line, each a list of section names."""
        plan = self._section(name)
        paragraphs = []
        for line in choose(plan, "").text.splitlines():
            pieces = [self._piece(piece) for piece in line.split()]
            if paragraph := tidy(" ".join(filter(None, pieces))):
                paragraphs.append(self._dates.typeset(paragraph))
        if words := self._own_words():  # a layout without a goodbye: above the name
            paragraphs.insert(max(1, len(paragraphs) - 1), words)
        return paragraphs

    def optional(self, name: str) -> str:
        """The text of a section, on one line; empty when no such section fits."""
        section = find(self._books, name, self.flags)
        return tidy(" ".join(self._filled(section).split())) if section else ""

    def lines(self, name: str) -> tuple[str, ...]:
        """The lines of a section, one by one. Raises TemplateError when there is no such section."""
        return tuple(
            tidy(line.strip()) for line in self._filled(self._section(name)).splitlines() if line.strip()
        )

    def require(self) -> None:
        """Raise one UsageError for all the values that wordings asked for and that nobody gave."""
        if not self.values.keys() & {"company", "position"} and self.wish.channel not in SHORT:
            # "The role" alone, or "your client", would leave the reader to guess which one is meant.
            self._missing = {"position": None, "company": None, **self._missing}
        if self._missing:
            raise needs(self._missing)

    def _piece(self, name: str) -> str:
        if name == "reason":
            return self.reason()
        if name in PARTS:
            if name not in self.parts:
                return ""
            self.used_parts += (name,)
        section = self._section(name)
        text = self._filled(section)
        if name == "greeting" and "own_greeting" in self.values:
            text = f"{self.values['own_greeting']}{text.strip()[-1:]}"  # with the stop of that language
        if name == "goodbye":
            text = f"{self._own_words()} {text}"
        # A close and a letterhead are lines; everything else is prose, however its lines are broken.
        return text if name in {"close", "heading"} else " ".join(text.split())

    def _own_words(self) -> str:
        """Say what the person wished to say and no wording had a place for."""
        left = [name for name in ("detail", "also") if name not in self._said and self.values.get(name)]
        self._said |= set(left)
        return " ".join(str(self.values[name]) for name in left)

    def reason(self) -> str:
        """What is said of the reason beside the decision: the person's own words, or more at full depth."""
        if "reason_text" in self.values and self.wish.depth is not Depth.NONE:
            return str(self.values["reason_text"])
        if "because" in self.values and "because" not in self._said:
            return self.spoken_reason()  # an own letter without words around it
        return "" if "more" in self._said else str(self.values.get("more", ""))

    def spoken_reason(self) -> str:
        """The reason as a sentence of its own; empty when nothing is to be said."""
        clause = str(self.values.get("because", ""))
        self._said |= {"because"}
        told = f"{sentence(clause)}." if clause else ""
        return tidy(f"{told} {self.reason()}")

    def _section(self, name: str) -> Section:
        section = find(self._books, name, self.flags)
        if section is None:
            raise self._lacks(name)
        return section

    def _lacks(self, name: str) -> TemplateError:
        topic = "reasons" if name in set(Reason) else topic_of(name, self._topic)
        wanted = f"{name} (brief)" if topic == "reasons" else name
        flagged = any(name in section.names for book in self._books for section in book)
        return Incomplete(
            f"{self._home}.{topic}.j2: no section {wanted!r}{' that fits this letter' if flagged else ''}.",
            f"Add it there; ours has it: bowout letters show {topic}",
        )

    def _filled(self, section: Section) -> str:
        wording = choose(section, self._seed)
        self._said |= _TOLD & variables(wording)
        if "company" in self.values or "company" not in variables(wording):
            text, missing = self._tried(wording)
        else:  # nobody told the firm: say it without, where there are words for that
            first = self._tried(wording)
            tried = chain((first,), map(self._tried, section.wordings))  # no more than are needed
            text, missing = next((one for one in tried if "company" not in one[1]), first)
        self._missing |= missing
        return text

    def _tried(self, wording: Wording) -> tuple[str, dict[str, None]]:
        """Fill a wording, and name the values that it needs and nobody gave."""
        values, missing = dict(self.values), dict[str, None]()
        wording = replace(wording, text=self._dates.spell(wording.text))
        while True:
            try:
                return fill(wording, values), missing
            except MissingVariable as exc:
                name = ASK_FOR.get(exc.name, exc.name)
                if name not in VALUES:
                    raise TemplateError(
                        f"{exc.file}:{exc.line}: no value for the variable {exc.name!r}.",
                        f'Give it with --set {exc.name}="...", or mend the template.',
                    ) from exc
                # Put something in its place and go on, to name everything that is missing at once.
                missing[name] = None
                values[exc.name] = "…"


def _open(language: str, topic: str, own_dir: Path | None) -> tuple[tuple[Section, ...], ...]:
    """The sections of a letter, its own file first. Raises UsageError when there is none."""
    book = Book(language, own_dir)
    special, letter = book.topic(topic), book.topic("letter")
    if not letter:
        raise UsageError(
            f"There are no letters in the language {language!r}.",
            f"Use --lang ({', '.join(languages(own_dir))}), or begin your own: bowout letters copy letter",
        )
    if not special:
        raise UsageError(
            f"There is no letter {topic!r} in the language {language!r}.",
            f"Write {language}.{topic}.j2 in your own folder (the English one: bowout letters show {topic}),"
            " or use --lang en.",
        )
    return special, book.topic("reasons"), letter
