"""Find the days that sentences name: a date, a weekday with a number, a weekday, tomorrow. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache

from bowout.read import time_words as tw
from bowout.text.spelling import lowered

__all__ = ["Day", "days"]

# An appointment is named a few weeks ahead; what lies further ahead without a year is a guess.
_NEAR = timedelta(days=120)
_MOST = 200  # days in one stretch of a mail
_LATELY = timedelta(days=60)
_AMERICAS = range(-10, -3)  # hours from UTC where people write 12/3 for the third of December


@dataclass(frozen=True, slots=True)
class Day:
    """A day that a text names; ``sure`` = nothing about it had to be guessed."""

    day: date
    sure: bool
    start: int
    end: int


def days(text: str, written: datetime, where: Sequence[tuple[int, int]] | None = None) -> list[Day]:
    """List the days in ``text``, in order; ``written`` is when its mail was sent, on the sender's clock.

    ``where`` = only in these stretches of it.
    """
    low = lowered(text)
    named = sorted(
        (day for begin, end in where or [(0, len(text))] for day in _within(text, low, begin, end, written)),
        key=lambda day: day.start,
    )
    return [_among(day, named[:at], written.date()) for at, day in enumerate(named)]


def _among(day: Day, earlier: Sequence[Day], written: date) -> Day:
    """Make sure of a weekday a week from now where other days to come are named in front of it."""
    later = day.day - written == timedelta(days=7) and any(one.day > written for one in earlier)
    return replace(day, sure=True) if later and not day.sure else day


def _within(text: str, low: str, begin: int, end: int, written: datetime) -> Iterator[Day]:
    taken: list[tuple[int, int]] = []
    forms = (form for needs, form in _forms() if needs.search(low, begin, end))
    for form in forms:
        for match in _compiled(form).finditer(low, begin, end):
            span = match.span()
            if len(taken) >= _MOST or any(a < span[1] and span[0] < b for a, b in taken):
                continue
            day = _read(match, text, written)
            # "Fri 3rd" where the 3rd is no Friday is neither of the two.
            if day is not None or match.groupdict().get("not") or match.groupdict().get("th"):
                taken.append(span)
            if day is not None:
                yield day


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Write the ways to name a day, the fullest first: what one has taken no other reads again.

    Each stands behind a few characters without which it cannot match: with the weekdays of ten languages it
    takes milliseconds to compile, and a mail needs two or three of them.
    """
    needed = [(re.compile(needs), form) for needs, form in _dates()]
    return (*needed, *((re.compile(""), form) for form in (*_no_days(), *_spoken())))


@cache
def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(form)


def _any(*names: str) -> str:
    return tw.either(word for name in names for line in tw.words(name) for word in _split(name, line))


def _split(name: str, line: str) -> list[str]:
    return line.split() if name in ("months", "weekdays", "short", "alone") else [line]


def _dates() -> tuple[tuple[str, str], ...]:
    """Write the patterns of days with a number, each behind what it needs."""
    weekday = rf"(?P<weekday>{_any('weekdays', 'short')})\b\.?"
    article = rf"(?:(?:{_any('article')})\s*)?"
    ordinal, of = rf"(?:{_any('ordinal')})?", rf"(?:(?:{_any('of')})\s*)?"
    month, day = rf"(?P<month>{_any('months')})\b\.?", r"(?P<day>\d{1,2})"
    before = rf"(?:\b{weekday},?\s+{article},?\s*)?"
    behind = rf"(?:,?\s*(?:\((?P<behind>{_any('weekdays', 'short')})\.?\)|(?P<named>{_any('weekdays')})\b))?"
    short = r"(?P<short>2\d)\b"
    year = rf"(?:,?\s*{of}(?P<year>20\d\d)\b|\s{short}(?![:.]\d)|(?!,?\s*\d{{4}}\b(?!\s?h)))"
    number, figure = r"(?P<number>\d{1,2})", r"(?P<year>20\d\d)"
    week, hours = rf"(?:{_any('next_week')}|(?P<week>{_any('week_behind')}))", _any("hours")
    or_ = _any("or")
    return (
        (r"\d", rf"{before}(?<![\d.:/]){day}{ordinal}[-‐\s]*{of}{month}{year}{behind}"),
        (
            r"\d",
            rf"{before}(?<![\d.:/]){day}{ordinal}(?=\s*(?:{or_})\s+{article}\d{{1,2}}{ordinal}\s*{of}{month})",
        ),
        (r"\d\s?[月월]", rf"(?:{figure}\s?[年년]\s?)?{number}\s?[月월]\s?{day}\s?[日일]"),
        (
            r"[^\W\d_]\.?\s+(?:the\s+)?\d",
            rf"{before}\b{month}\s+(?:the\s+)?{day}(?:st|nd|rd|th)?\b(?![:.]\d){year}{behind}",
        ),
        (r"\d-\d\d-\d", rf"{before}(?<![\d-]){figure}-(?P<number>\d\d)-{day}\b"),
        (
            r"\d\.\s?\d{1,2}\.",
            rf"{before}(?<![\d.]){day}\.\s?{number}\.(?:\s?{figure}\b|{short}(?!:))?{behind}",
        ),
        (
            r"\d/\d",
            rf"{before}(?<![\d/]){day}(?P<slash>/){number}(?:/(?:{figure}|(?P<short>2\d)))?(?![\d/]){behind}",
        ),
        (
            r"\d",
            (
                rf"\b{weekday}(?:\s+{week})?,?\s+\(?{article},?\s*{day}(?:(?P<th>st|nd|rd|th)\b|{ordinal})"
                rf"(?![\w:/€£$%]|[.]\d|\s?(?:{hours}|[ap]\.?m)\b)"
            ),
        ),
        (r"\d(?:st|nd|rd|th)", rf"\bon\s+the\s+{day}(?:st|nd|rd|th)(?=\s*(?:[,.;:?!)@–—-]|$|at\b|from\b))"),
        (r"\d\.", rf"\bam\s+{day}\.(?=\s*(?:[,;?!)]|um\b|ab\b|gegen\b|oder\b))"),
    )


def _no_days() -> tuple[str, ...]:
    """Write the patterns of what names no one day: every Monday, last Monday, Monday to Friday."""
    return (
        rf"(?P<not>\b(?:{_any('last', 'every')})\s+(?=(?:{_any('weekdays')})s\b))",
        rf"(?P<not>\b(?:{_any('last')})\s+(?:{_any('weekdays', 'alone')})\b)",
        (
            rf"(?P<not>\b(?:{_any('weekdays', 'alone')})\b\.?\s*(?:-|–|to|bis|through|à|a|t/m)\s*"
            rf"(?:{_any('weekdays', 'alone', 'short')})\b)"
        ),
        rf"(?P<not>(?<!\w)(?:{_any('morning_after')})\s+(?:morgen|mañana)\b)",
    )


def _spoken() -> tuple[str, ...]:
    next_ = rf"(?:(?P<next>{_any('next')})\s+)?"
    behind = rf"(?:\s+(?P<next_behind>{_any('next_behind')})\b)?"
    week = rf"(?:,?\s+(?P<next_week>{_any('next_week')})\b|\s+(?P<week>{_any('week_behind')})\b)?"
    ahead = rf"(?:(?P<week_first>{_any('next_week')}),?\s+(?:(?:on|am|le|el|op)\s+)?)?"
    told = rf"(?:,?\s*\(?(?P<behind>{_any('weekdays', 'short')})\b\.?\))?"
    return (
        rf"(?<!\w)(?P<relative>{_any('overmorrow', 'tomorrow', 'today')})(?!\w){told}",
        rf"\b{ahead}{next_}(?P<weekday>{_any('weekdays', 'alone')})\b\.?{behind}{week}",
        # "swing by sat at 1", where nobody sat.
        rf"{_NOBODY}(?P<weekday>sat|sun)(?=,? (?:at |around |about |@ ?)?\d)",
    )


_NOBODY = r"(?<!\w)(?<!\bi )(?<!we )(?<!he )(?<!they )(?<!you )(?<!who )"


def _read(match: re.Match[str], text: str, written: datetime) -> Day | None:
    part = match.groupdict()
    if part.get("not"):
        return None
    told = next((name for name in ("weekday", "behind", "named") if part.get(name)), None)
    weekday = _weekday(text[slice(*match.span(told))]) if told else None
    if part.get("relative"):
        return _relative(match, weekday, written.date())
    if part.get("day") is None:
        return _coming(match, weekday, written.date())
    if not part.get("month") and not part.get("number"):
        if told and weekday is None:
            return None
        return _numbered(match, weekday, written.date())
    return _dated(match, weekday, written)


def _weekday(word: str) -> int | None:
    if len(word) < 3 and word.islower():  # "so", "do" and "mi" are words of their own
        return None
    return {**tw.numbered("short"), **tw.numbered("weekdays")}.get(word.casefold())


def _relative(match: re.Match[str], weekday: int | None, written: date) -> Day | None:
    word = " ".join(match["relative"].split())
    ahead = 2 if word in tw.words("overmorrow") else int(word in tw.words("tomorrow"))
    day = written + timedelta(days=ahead)
    return Day(day, weekday in (None, day.weekday()), *match.span())


def _coming(match: re.Match[str], weekday: int | None, written: date) -> Day | None:
    """Work out a weekday: the next one. "Next Friday" said on a Wednesday is one or the other."""
    if weekday is None:
        return None
    ahead = (weekday - written.weekday()) % 7
    part = match.groupdict()
    soon = ahead + written.weekday() < 7  # still in the week in which it was written
    following = bool(part.get("next"))
    if part.get("next_week") or part.get("week_first"):
        monday = written - timedelta(days=written.weekday())
        return Day(monday + timedelta(days=7 + weekday), True, *match.span())
    if part.get("next_behind"):  # "vendredi prochain" is the coming one, for most
        return Day(written + timedelta(days=ahead or 7), not soon, *match.span())
    if part.get("week"):
        return Day(written + timedelta(days=ahead + 7), True, *match.span())
    if following and soon and ahead < 6:
        return Day(written + timedelta(days=ahead + 7), False, *match.span())
    # On a Monday "Monday at 4" is hardly today, which has a word of its own: "today, Monday".
    told = tw.says("is_today", match.string[max(0, match.start() - 16) : match.start()])
    return Day(written + timedelta(days=ahead or 7 * (not told)), ahead > 0, *match.span())


def _numbered(match: re.Match[str], weekday: int | None, written: date) -> Day | None:
    """Work out "Thurs 10th": the next day of that number, if it is that weekday; "on the 10th" names none."""
    number = int(match["day"])
    coming = (written + timedelta(days=n) for n in range(-1, 62))
    day = next((d for d in coming if d.day == number and weekday in (None, d.weekday())), None)
    return Day(day, True, *match.span()) if day is not None else None


def _dated(match: re.Match[str], weekday: int | None, written: datetime) -> Day | None:
    part = match.groupdict()
    year = part.get("year") or (f"20{part['short']}" if part.get("short") else None)
    first, second = int(part["day"]), int(part.get("number") or 0)
    if part.get("month"):
        orders = [(first, tw.numbered("months")[part["month"]] + 1)]
    elif part.get("slash"):
        orders = _orders(first, second, written)
    else:
        orders = [(first, second)]
    told = [
        d for o in orders if (d := _calendar_day(int(year) if year else None, o[1], o[0], written.date()))
    ]
    told = [d for d in told if d - written.date() <= _NEAR] or told
    agreeing = [d for d in told if d.weekday() == weekday]
    day = next(iter(agreeing or told), None)
    if day is None:
        return None
    near = year is not None or day - written.date() <= _NEAR
    settled = (
        part.get("slash") is None or len(set(told)) == 1 or len(set(agreeing)) == 1 or _american(written)
    )
    return Day(day, near and settled and (weekday is None or bool(agreeing)), *match.span())


def _orders(first: int, second: int, written: datetime) -> list[tuple[int, int]]:
    """Give both readings of 10/12, the more likely one first."""
    orders = [(first, second), (second, first)]
    return orders[::-1] if _american(written) else orders


def _american(written: datetime) -> bool:
    offset = written.utcoffset() or timedelta()
    return offset // timedelta(hours=1) in _AMERICAS


def _calendar_day(year: int | None, month: int, day: int, written: date) -> date | None:
    """Work out the day; without a year the next one, unless it has passed not long ago."""
    try:
        if year is not None:
            return date(year, month, day)
        near = (date(y, month, day) for y in (written.year, written.year + 1))
        return next((d for d in near if d >= written - _LATELY), None)
    except ValueError:
        return None
