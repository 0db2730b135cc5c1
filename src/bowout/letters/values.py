"""Values for letters: harmless text, names, dates as a person writes them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bowout.errors import TemplateError, UsageError
from bowout.letters.templates import read_source, varieties
from bowout.mail.attribution import Attribution
from bowout.model import Slot
from bowout.people.names import addressed, dotted, first_of, is_desk
from bowout.text import zones

MAX_VALUE = 200  # characters of one value

# Characters that show nothing, reorder what is around them or break lines: all controls (Cc), all format
# characters (Cf: bidi overrides, zero-width ones), surrogates, private use and line separators.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KIND_OF_JOB = re.compile(r"^the\s+|\s+(?:role|position|job|vacancy|opening|stelle)$", re.IGNORECASE)


def clean(value: str, name: str) -> str:
    """One harmless line: no controls, no bidi, no braces (template syntax), no runs of spaces.

    Raises UsageError when the value is longer than 200 characters.
    """
    spaced = "".join(" " if unicodedata.category(c) in _UNSAFE else c for c in value if c not in "{}")
    line = " ".join(spaced.split())
    if len(line) > MAX_VALUE:
        raise UsageError(
            f"The value of {name} is longer than {MAX_VALUE} characters.",
            f'Give a shorter one: --set {name}="..."',
        )
    return line


def tidy(text: str) -> str:
    """Repairs what filling in values leaves behind: "at Acme Inc..", "at Yahoo!.", spaces before a stop."""
    text = re.sub(r"(?<=[!?])\.(?!\.)", "", re.sub(r"[ \t]{2,}", " ", text))
    return re.sub(r" +(?=[.,;?!](?:\s|$))", "", re.sub(r"(?<!\.)\.\.(?!\.)", ".", text)).strip()


def clean_position(value: str) -> str:
    """The bare title: ``the X role`` becomes ``X``, since letters say "the X position" themselves."""
    return _KIND_OF_JOB.sub("", value)


def clean_name(value: str) -> str:
    """A person's name in speaking order: ``Whitfield, D`` becomes ``D. Whitfield``."""
    last, comma, first = value.strip("\"' ").partition(",")
    return dotted(f"{first.strip()} {last.strip()}" if comma and first.strip() else last.strip())


def first_name(name: str) -> str:
    """What one calls that person in a friendly greeting: Dana, Dr. Whitfield, Acme Talent Team."""
    if is_desk(name):
        return name
    found = first_of(name)
    return addressed(name) if found == name else found


def listing(names: Sequence[str], word_and: str) -> str:
    """``A, B and C``."""
    return f" {word_and} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


@dataclass(frozen=True, slots=True)
class Dates:
    """How a language writes dates: the table ``LANGUAGE.dates.toml``.

    What is empty there is written by its neighbour: ``near`` by ``day``, ``near_slot`` by ``slot``,
    ``full_hour`` by ``time``.
    """

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    day: str
    day_with_year: str
    near: str
    plain: str
    time: str
    full_hour: str
    zoned: str
    slot: str
    near_slot: str
    halves: tuple[str, ...]
    spelling: Mapping[str, str]  # of words in our templates that this variety spells in another way
    zones: Mapping[str, str]
    word_and: str
    word_at: str  # empty in a table made before there was one
    familiar: bool  # people there say tú, je where nothing tells another "you"
    spaced: str  # signs with a space in front of them, at which no line breaks
    attribution: Attribution | None  # None: a table made before the line above a quote had words

    def write_day(self, moment: datetime, now: datetime) -> str:
        """``Thursday`` within six days, else ``Thursday, 3 December``; with the year of another year."""
        if self.near and is_near(moment, now):
            return self._fill(self.near, moment)
        return self.write_date(moment, now)

    def spell(self, text: str) -> str:
        """Spell the words of a template as this variety does."""
        for word, other in self.spelling.items():
            for old, new in ((word, other), (word.capitalize(), other.capitalize())):
                text = re.sub(rf"\b{re.escape(old)}\b", new, text)
        return text

    def typeset(self, text: str) -> str:
        """Set the spaces in front of the signs that have one there, as in French."""
        return re.sub(rf" ?([{re.escape(self.spaced)}])(?=\s|$)", "\u00a0\\1", text) if self.spaced else text

    def write_date(self, moment: datetime, now: datetime) -> str:
        """``Thursday, 3 December``, however near."""
        return self._fill(self.day if moment.year == now.year else self.day_with_year, moment)

    def write_plain(self, moment: datetime) -> str:
        """``3 December 2026``: the date line of a letter on paper."""
        return self._fill(self.plain, moment)

    def write_time(self, moment: datetime, zone: str) -> str:
        """``2 pm``, and ``2 pm CET`` where the clocks of ``zone`` (IANA) show another hour then."""
        form = self.full_hour if self.full_hour and not moment.minute else self.time
        if zones.is_told(moment.tzname() or "") and (
            moment.astimezone(ZoneInfo(zone)).utcoffset() != moment.utcoffset()
        ):
            form = self.zoned.replace("{time}", form)
        return self._fill(form, moment)

    def write_slot(self, moment: datetime, now: datetime, zone: str) -> str:
        """``Thursday at 2 pm``, or ``Thursday, 3 December, 2 pm``."""
        near = self.near_slot and is_near(moment, now)
        form = self.near_slot if near else self.slot
        day, time = self.write_day(moment, now), self.write_time(moment, zone)
        return self._fill(form.replace("{day}", day), moment).replace("{time}", time)

    def _fill(self, form: str, moment: datetime) -> str:
        name = zone_name(moment)
        values = {
            "{weekday}": self.weekdays[moment.weekday()],
            "{day}": str(moment.day),
            "{month}": self.months[moment.month - 1],
            "{year}": str(moment.year),
            "{clock}": f"{moment:%H:%M}",
            "{hour}": str(moment.hour),
            "{hour12}": str(moment.hour % 12 or 12),
            "{minute}": f"{moment:%M}",
            "{half}": self.halves[moment.hour // 12],
            "{zone}": self.zones.get(name, name),
        }
        return re.sub(r"\{\w+\}", lambda match: values.get(match[0], match[0]), form)


def is_near(moment: datetime, now: datetime) -> bool:
    """Tell whether the name of the weekday alone tells which day is meant."""
    return abs((moment.date() - now.astimezone(moment.tzinfo).date()).days) <= _NEAR


_NEAR = 6  # days


def load_dates(language: str, own_dir: Path | None) -> Dates | None:
    """The table of dates of a language, the own one first; None when there is none.

    That of a variety ("en-US") says only what it writes in another way.
    """
    found = [read_source(f"{name}.dates.toml", own_dir) for name in varieties(language)]
    sources = tuple(source for source in found if source)
    return _dates(sources) if sources else None


def load_attribution(language: str, own_dir: Path | None) -> Attribution:
    """Load the words of the line above a quote: the own ones, else ours in that language, else English."""
    for name, folder in ((language, own_dir), (language, None)):
        dates = load_dates(name, folder)
        if dates and dates.attribution:
            return dates.attribution
    return load_attribution("en", None)


@lru_cache(maxsize=16)
def _dates(sources: tuple[tuple[str, str], ...]) -> Dates:
    """Make the table of sources, each with its file, the more special one first."""
    table: dict[str, Any] = {}
    for source, file in reversed(sources):
        try:
            table |= tomllib.loads(source)
        except tomllib.TOMLDecodeError as exc:
            raise TemplateError(f"{file}: {exc}.", f"Mend that line. {_cure(file)}") from exc
    file = sources[-1][1]
    forms = {name: table.get(name) for name in ("day", "day_with_year", "plain", "time", "slot", "and")}
    names = {name: table.get(name) for name in ("weekdays", "months")}
    wrong = [name for name, form in forms.items() if not isinstance(form, str)]
    wrong += [name for name, value in names.items() if not _strings(value)]
    if wrong:
        raise TemplateError(f"{file}: {', '.join(wrong)} missing or wrong.", _cure(file))
    dates = Dates(
        weekdays=tuple(table["weekdays"]),
        months=tuple(table["months"]),
        day=table["day"],
        day_with_year=table["day_with_year"],
        near=str(table.get("near", "")),
        plain=table["plain"],
        time=table["time"],
        full_hour=str(table.get("full_hour", "")),
        zoned=str(table.get("zoned", "{time} {zone}")),
        slot=table["slot"],
        near_slot=str(table.get("near_slot", "")),
        halves=tuple(map(str, table.get("halves", ("am", "pm")))),
        spelling=_words(table, "spelling"),
        zones=_words(table, "zones"),
        word_and=table["and"],
        word_at=str(table.get("at", "")),
        familiar=table.get("familiar") is True,
        spaced=str(table.get("spaced", "")),
        attribution=_attribution(table, file),
    )
    if (len(dates.weekdays), len(dates.months), len(dates.halves)) != (7, 12, 2):
        raise TemplateError(
            f"{file}: needs 7 weekdays (Monday first), 12 months, 2 halves of a day.", _cure(file)
        )
    return dates


def _cure(file: str) -> str:
    """Say where a table stands that is right: ours of that language, once this one is out of the way."""
    name = Path(file).name
    if read_source(name, None):
        return f"To begin again with ours, move {file} away and run: bowout letters copy {name}"
    return "The one for English shows what belongs there: bowout letters show en.dates.toml"


def _attribution(table: Mapping[str, Any], file: str) -> Attribution | None:
    forms = {name: table[name] for name in ("quote", "quote_undated", "quote_nobody") if name in table}
    if not forms:
        return None
    if len(forms) < 3 or not all(isinstance(form, str) for form in forms.values()):
        raise TemplateError(
            f"{file}: quote, quote_undated and quote_nobody belong together, each one line of text.",
            f"Without all three the line above a quote is English. {_cure(file)}",
        )
    return Attribution(
        forms["quote"], forms["quote_undated"], forms["quote_nobody"], months=tuple(table["months"])
    )


def _words(table: Mapping[str, Any], name: str) -> dict[str, str]:
    return {str(word): str(other) for word, other in dict(table.get(name, {})).items()}


def _strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def zone_name(moment: datetime) -> str:
    """``CET``, or ``UTC+3`` where the zone has no name of its own; nothing where nobody told it."""
    name = moment.tzname() or ""
    if not zones.is_told(name):
        return ""
    if name.isalpha() and name != "UTC":
        return name
    offset = moment.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")


def local_start(slot: Slot) -> datetime:
    """The start of the interview on the clock of the invitation."""
    zone: tzinfo | None = None
    if slot.zone:
        try:
            zone = ZoneInfo(slot.zone)
        except (ZoneInfoNotFoundError, ValueError):
            zone = None  # an unknown zone name in an invitation: its offset is still right
    return slot.start.astimezone(zone) if zone else slot.start


def parse_start(text: str, zone: str) -> datetime:
    """``--set interview_start=``: ISO 8601, in ``zone`` unless it carries an offset. Raises UsageError."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as exc:
        raise UsageError(
            f"{text!r} is not a date and time.",
            'Write it like this: --set interview_start="2026-12-03 14:00"',
        ) from exc
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
