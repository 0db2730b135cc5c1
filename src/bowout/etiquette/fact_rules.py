"""Lint rules that compare a letter with facts: names, dates, secrets (docs/etiquette.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bowout.etiquette.context import BOOKED, FROM_CALLS
from bowout.etiquette.letter_text import Span, View, words_of
from bowout.etiquette.lexicon import Lexicon
from bowout.etiquette.other_names import TITLE, nearly, other_firm, second_title
from bowout.etiquette.rule import Hit, rule
from bowout.etiquette.wording_rules import E, N, W
from bowout.model import Channel, FollowUp, Situation
from bowout.text import legal_forms, zones
from bowout.text.addresses import in_text
from bowout.text.spelling import composed, fold

# Where the process stands after they met you.
MET = frozenset(
    {
        Situation.AFTER_INTERVIEW,
        Situation.AFTER_ROUNDS,
        Situation.ASSESSMENT,
        Situation.VERBAL_OFFER,
        Situation.OFFER,
        Situation.ACCEPTED,
        Situation.SIGNED,
        Situation.HOLD,
    }
)
_NAMELESS = frozenset({Channel.CALENDAR_NOTE})
_COMPANY = re.compile(r"(?<![\s,])[\s,]+company$", re.IGNORECASE)


def called(company: str) -> str:
    """Say how a letter may call a firm at the least: without legal form, and without "Company"."""
    return _COMPANY.sub("", legal_forms.without(composed(company)))


# --- names ----------------------------------------------------------------------------------------


@rule("F01", E, "A16", "the company is spelled as in the thread", known=("company",))
def f01(view: View) -> Iterator[Hit]:
    wanted = called(view.context.company or "")
    spelled = r"\s+".join(map(re.escape, wanted.split()))
    pattern = re.compile(rf"(?<!\w){spelled}(?!\w)", re.IGNORECASE)
    if not wanted or view.context.channel in _NAMELESS:
        return
    found = pattern.search(view.text)
    if found and wanted != " ".join(found[0].split()) and found[0].islower():
        yield Hit(
            Span(found.start(), found.end(), found[0]), f'"{found[0]}" is written "{wanted}"', wanted, W
        )
    if found:
        if (other := other_firm(view)) is not None:
            yield Hit(other, f'"{other.text}" is another firm than {wanted}', wanted, W)
        return
    near = nearly(view.text, wanted)
    if near:
        yield Hit(near, f'"{near.text}" is probably "{wanted}"', wanted)
    elif (other := other_firm(view)) is not None:
        yield Hit(other, f'"{other.text}" is named, but the letter goes to {wanted}', wanted)
    elif view.situation not in {FollowUp.REPLY_ACK, *_SHORT_REPLIES} and not view.context.in_reply_to:
        # In their own thread they know who they are.
        yield Hit(view.start, f"the letter does not name {wanted}", "Name the company.", N)


_SHORT_REPLIES = frozenset(
    {FollowUp.REPLY_WHY, FollowUp.REPLY_COUNTER, FollowUp.REPLY_RESCHEDULE, FollowUp.RETURN_ITEMS}
)


@rule("F02", E, "A16", "the position is the one of the thread", known=("position",))
def f02(view: View) -> Iterator[Hit]:
    position = view.context.position or ""
    wanted = set(words_of(position))
    if not wanted or view.context.channel in _NAMELESS:
        return
    for match in re.finditer(
        rf"\b(?:the|your|die Stelle als|der Stelle als|Position als) ({TITLE})"
        r"(?: (?:position|role|job|opening)\b|(?=[ .,]))",
        view.body.text,
    ):
        named = set(words_of(match[1]))
        is_title = re.search(r"(?:position|role|job|opening)$|als ", match[0])
        if is_title and not named & wanted and not named <= set(words_of(view.context.company or "")):
            span = Span(view.body.start + match.start(1), view.body.start + match.end(1), match[1])
            yield Hit(span, f'"{match[1]}" is another role than "{position}"', position)
            return
    if (other := second_title(view, position)) is not None:
        yield Hit(other, f'"{other.text}" is another role than "{position}"', position)
        return
    if view.context.in_reply_to:
        return  # the subject above carries it
    if not wanted & set(words_of(view.text)) and view.situation not in {*_SHORT_REPLIES, FollowUp.REPLY_ACK}:
        yield Hit(view.start, f'the letter does not name the position "{position}"', "Name it.", N)


@rule("F04", E, "A15", "the greeting names the recipient", words=("greeting",), known=("recipient",))
def f04(view: View) -> Iterator[Hit]:
    recipient, line = view.context.recipient, view.greeting
    if recipient is None or line is None or not recipient.name:
        return
    named = _greeted(view, line)
    if named is None or view.has("generic_greeting", line):
        return
    honorifics = {fold(word).rstrip(".") for word in view.lexicon.words("honorific")} | _DEGREES
    known = f"{recipient.name} {view.context.greeted or ''}"
    greeted, wanted = ({*words_of(name)} - honorifics for name in (named.text, known))
    if greeted and not any(_same_name(one, other) for one in greeted for other in wanted):
        yield Hit(named, f"{named.text} is greeted, but the letter goes to {recipient.name}", recipient.name)


_DEGREES = frozenset({"dr", "prof", "professor", "professorin", "mag", "ing", "dipl", "msc", "med"})


def _same_name(one: str, other: str) -> bool:
    """Tell whether two words are one name, or one is short for the other: Dave, David."""
    return one == other or (min(len(one), len(other)) > 2 and one[:3] == other[:3])


def _greeted(view: View, line: Span) -> Span | None:
    """The name in the greeting line."""
    match = view.lexicon.pattern("greeting").match(line.text)
    rest = line.text[match.end() :] if match else ""
    name = re.match(r"\s+(.+?)[\s,.:!–-]*$", rest)
    if match is None or name is None:
        return None
    begin = line.start + match.end() + name.start(1)
    return Span(begin, begin + len(name[1]), name[1])


@rule("F05", E, "A21", "the name at the end is yours", known=("full_name",))
def f05(view: View) -> Iterator[Hit]:
    mine = {*words_of(view.context.full_name or "")}
    if not mine or len(view.close) < 1 or view.context.channel in _NAMELESS:
        return
    last = view.close[-1]
    signed = {*words_of(last.text)}
    looks_like_name = re.fullmatch(r"(?:[A-ZÀ-Þ][\w.'’-]*+\s*+){1,4}", last.text)
    if looks_like_name and not view.lexicon.pattern("close").match(last.text) and not signed & mine:
        yield Hit(
            last, f"signed by {last.text}, but you are {view.context.full_name}", view.context.full_name or ""
        )


@rule("G01", W, "A15 D8", "a greeting with a name", words=("greeting",))
def g01(view: View) -> Iterator[Hit]:
    if view.context.channel in _NAMELESS:
        return
    if _is_name_alone(view):
        return
    if view.greeting is None or _greeted(view, view.greeting) is None:
        where = view.greeting or Span(0, 0, "")
        yield Hit(where, "nobody is greeted by name", f"Hello {_called(view)},")


def _is_name_alone(view: View) -> bool:
    """Tell whether the letter begins with the name itself: "Mr. Lusk,"."""
    recipient, line = view.context.recipient, view.lines[0] if view.lines else None
    if recipient is None or line is None or line.words > _NAME:
        return False
    return bool({*words_of(line.text)} & {*words_of(recipient.name)})


_NAME = 4  # words


def _called(view: View) -> str:
    return view.context.recipient.name if view.context.recipient and view.context.recipient.name else "NAME"


@rule(
    "G02",
    W,
    "A15",
    "no generic greeting when the name is known",
    words=("greeting", "generic_greeting"),
    known=("recipient",),
)
def g02(view: View) -> Iterator[Hit]:
    line, recipient = view.greeting or (view.lines[0] if view.lines else None), view.context.recipient
    if (
        line is None
        or recipient is None
        or not recipient.name
        or set(words_of(recipient.name)) <= set(words_of(line.text))
    ):
        return
    for span in view.find("generic_greeting", line):
        yield Hit(span, f'"{span.text}", although you know the name', recipient.name)
        return


@rule("G03", N, "A15", "no guessed honorific", words=("honorific", "greeting"), known=("recipient",))
def g03(view: View) -> Iterator[Hit]:
    recipient = view.context.recipient
    if view.greeting is None or recipient is None:
        return
    known = f"{recipient.name} {recipient.address.name} {view.context.greeted or ''}"
    for span in view.find("honorific", view.greeting):
        if fold(span.text).rstrip(".") not in words_of(known) and recipient.name:
            yield Hit(span, f'"{span.text}" is a guess', f"Use the full name: {recipient.name}.")


@rule("G04", W, "A21", "your name stands at the end", words=("close",))
def g04(view: View) -> Iterator[Hit]:
    channel, full_name = view.context.channel, view.context.full_name
    if channel in _NAMELESS:
        return
    end = Span(view.body.end, len(view.text), "")
    tail = " ".join(line.text for line in view.close)
    closes = bool(view.close) and bool(view.lexicon.pattern("close").match(view.close[0].text))
    if full_name and not {*words_of(full_name)} & {*words_of(tail)}:
        yield Hit(end, "your name does not stand at the end", full_name)
    elif full_name and not {*words_of(view.context.signed or full_name)} <= {*words_of(tail)}:
        yield Hit(end, "only a part of your name stands at the end", full_name, N)
    elif not full_name and len(view.close) < (2 if closes else 1):
        yield Hit(end, "no name stands at the end", "Put your full name under the close.")


_PLACEHOLDER = re.compile(
    r"\[[A-Za-z][^\]\n]{0,40}\]|\{[^}\n]{0,60}\}|<[A-Z][A-Za-z _-]{1,40}>|%[A-Z_]{2,}%|"
    r"\bX{2,5}\b|\bTBD\b|\bTODO\b|"
    r"\blorem ipsum\b|_{3,}|\b(?:COMPANY|POSITION|YOUR|RECIPIENT) NAME\b|"
    r"(?<![\w.])(?:\u2026|\.\.\.)(?=\s*(?:position|,|$))",
    re.MULTILINE,
)


@rule("G05", E, "A15", "no placeholder is left")
def g05(view: View) -> Iterator[Hit]:
    for match in _PLACEHOLDER.finditer(view.text):
        yield Hit(
            Span(match.start(), match.end(), match[0]), f"{match[0]} is still a placeholder", "Fill it in."
        )


# --- slot -----------------------------------------------------------------------------------------

_CLOCK = re.compile(
    r"\b([01]?\d|2[0-3])(?:(?:[:.]|\s?h\s?)([0-5]\d)|(?=\s?(?:[ap]\.?m\b|uhr\b|h\b)))"
    r"\s*([ap]\.?m\b\.?)?(?:\s*(?:Uhr|h)\b)?\s*\(?"
    r"((?-i:[A-Z]{2,5})\b([+-]\d{1,2}(?::?\d\d)?)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Dated:
    """A date in the text: day and month, with the weekday and the year where they stand there."""

    span: Span
    day: int
    month: int
    year: int | None
    weekday: int | None


def _dates_in(view: View) -> Iterator[_Dated]:
    months, weekdays = view.lexicon.words("months"), view.lexicon.words("weekdays")
    month = "|".join(f"{name}|{name[:3]}\\." for name in months)
    weekday = rf"(?:({'|'.join(weekdays)}),?\s+(?:the\s+|den\s+|dem\s+)?)?"
    forms = (
        rf"{weekday}(\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:(?:of|de)\s+)?({month})(?:,?\s+(?:de\s+)?(\d{{4}}))?",
        rf"{weekday}({month})\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(\d{{4}}))?",
    )
    for number, form in enumerate(forms):
        for match in re.finditer(rf"(?<!\w){form}", view.body.text, re.IGNORECASE):
            day, named = (match[2], match[3]) if number == 0 else (match[3], match[2])
            lower = named.lower().rstrip(".")
            index = next(i for i, name in enumerate(months, 1) if name.startswith(lower))
            yield _Dated(
                Span(view.body.start + match.start(), view.body.start + match.end(), match[0].strip()),
                int(day),
                index,
                int(match[4]) if match[4] else None,
                weekdays.index(match[1].lower()) if match[1] else None,
            )


def _local(view: View) -> datetime | None:
    slot = view.context.slot
    if slot is None:
        return None
    try:
        return slot.start.astimezone(ZoneInfo(slot.zone)) if slot.zone else slot.start
    except (ZoneInfoNotFoundError, ValueError):
        return slot.start


@rule(
    "F03",
    W,
    "C2 D3",
    "a booked interview is named, with the right date and time",
    words=("weekdays", "months"),
    known=("slot",),
    only=BOOKED,
)
def f03(view: View) -> Iterator[Hit]:
    start = _local(view)
    if start is None or view.context.channel in _NAMELESS:
        return
    dated = [d for d in _dates_in(view) if view.has("about_slot", view.sentence_of(d.span))]
    allowed = {start.date(), *_other_days(view)}
    for found in dated:
        yield from _wrong_date(found, start, allowed)
    clocks = [
        m
        for m in _CLOCK.finditer(view.body.text)
        if view.has("about_slot", view.sentence_of(_clock_span(view, m)))
    ]
    if not any(_same_time(match, start) for match in clocks):
        for match in clocks[:1]:
            span = _clock_span(view, match)
            yield Hit(
                span, f"{span.text} is not when the interview begins ({start:%H:%M})", f"{start:%H:%M}", E
            )
    yield from _wrong_relative_day(view, start)
    yield from _wrong_weekday(view, start, allowed)
    in_figures = re.search(r"\b\d{1,2}[/.]\d{1,2}\b", view.body.text)
    names_day = bool(dated or clocks or in_figures) or view.has("weekdays") or view.has("near_days")
    if not names_day and view.situation in BOOKED:
        yield Hit(
            view.start,
            "the interview that is booked is not named",
            "Say which day you will not be there.",
        )


def _wrong_relative_day(view: View, start: datetime) -> Iterator[Hit]:
    """Find "tomorrow" where the interview is on another day, seen from where it takes place."""
    now = view.context.now
    if now is None:
        return
    away = (start.date() - now.astimezone(start.tzinfo).date()).days
    for span in view.find("near_days"):
        said = view.sentence_of(span)
        if not (view.has("about_slot", said) and view.has("calls_off", said)):
            continue
        if away != (1 if view.has("tomorrow", span) else 0):
            yield Hit(span, f'"{span.text}" is not the day of the interview ({start:%d.%m.%Y})', "", E)


def _wrong_weekday(view: View, start: datetime, allowed: set[date]) -> Iterator[Hit]:
    """Find "Monday's interview" and "the interview on Monday", without a date, where that is another day."""
    weekdays = view.lexicon.words("weekdays")
    for match in _on_weekday(view.lexicon).finditer(view.body.text):
        if weekdays.index((match["of"] or match["on"]).lower()) not in {day.weekday() for day in allowed}:
            span = Span(view.body.start + match.start(), view.body.start + match.end(), match[0])
            yield Hit(span, f'"{span.text}": the interview is on {start:%d.%m.%Y}', "", E)


@cache
def _on_weekday(words: Lexicon) -> re.Pattern[str]:
    """Compile how a language names the weekday of an interview and no date."""
    days, slot = ("|".join(words.words(name)) or "(?!)" for name in ("weekdays", "about_slot"))
    return re.compile(
        rf"(?<!\w)(?:(?P<of>{days})['\u2019]s (?:{slot})(?!\w)"
        rf"|(?:{slot})(?: \w{{1,3}})? (?P<on>{days})(?!\w|,? (?:\w{{3}} )?\d))",
        re.IGNORECASE,
    )


def _clock_span(view: View, match: re.Match[str]) -> Span:
    return Span(view.body.start + match.start(), view.body.start + match.end(), match[0].strip())


def _other_days(view: View) -> Iterator[date]:
    """Days that a letter may also speak of: that of the call, and today."""
    call = view.context.call
    if call:
        yield call.at.astimezone(ZoneInfo(call.zone)).date()
    if view.context.now:
        yield view.context.now.date()


def _wrong_date(found: _Dated, start: datetime, allowed: set[date]) -> Iterator[Hit]:
    same = [
        d for d in allowed if (d.day, d.month) == (found.day, found.month) and found.year in {None, d.year}
    ]
    if not same:
        yield Hit(
            found.span, f'"{found.span.text}" is not the day of the interview ({start:%d.%m.%Y})', "", E
        )
    elif found.weekday is not None and all(d.weekday() != found.weekday for d in same):
        yield Hit(found.span, f'"{found.span.text}": that day is another weekday', "", E)


def _same_time(match: re.Match[str], start: datetime) -> bool:
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        hour = hour % 12 + (12 if match[3].lower().startswith("p") else 0)
    # "1:00" by itself is said of the afternoon as well.
    hours = {hour} if match[3] or hour > 12 else {hour, (hour + 12) % 24}
    return any(there.hour in hours and there.minute == minute for there in _as_told(match, start))


def _as_told(match: re.Match[str], start: datetime) -> Iterator[datetime]:
    """Say the begin in each zone that stands behind a clock time, as far as it is known; else in its own."""
    name, offset = (match[4] or "").upper(), match[5]
    if offset is not None and name.removesuffix(offset) in {"UTC", "GMT"}:
        yield start.astimezone(timezone(timedelta(minutes=_minutes(offset))))
    elif offset is not None or name == (start.tzname() or "").upper() or name not in zones.places():
        yield start
    else:
        for place in map(ZoneInfo, zones.places()[name]):
            yield start.astimezone(place)
            yield from _in_season(name, place, start)


def _in_season(name: str, place: ZoneInfo, start: datetime) -> Iterator[datetime]:
    """Say it by the clock that goes by this name at a place, be it that of the other half of the year."""
    for month in (1, 7):
        then = datetime(start.year, month, 1, tzinfo=place)
        if then.tzname() == name:
            yield start.astimezone(timezone(then.utcoffset() or timedelta()))


def _minutes(offset: str) -> int:
    hours, minutes = offset[1:].partition(":")[::2] if ":" in offset else (offset[1:3], offset[3:])
    length = int(hours) * 60 + int(minutes or 0)
    return max(-24 * 60 + 1, -length) if offset[0] == "-" else min(length, 24 * 60 - 1)


@rule(
    "F06",
    E,
    "A19",
    "no thanks for what has not happened",
    words=("interviewed", "not_yet"),
    known=("situation",),
)
def f06(view: View) -> Iterator[Hit]:
    left = view.context.left
    if left in MET or left is None or view.situation in FROM_CALLS:
        return
    for span in view.find("interviewed"):
        if not view.has("not_yet", view.sentence_of(span)):
            yield Hit(
                span,
                f'"{span.text}" speaks of an interview that has not taken place',
                "Thank for the invitation.",
            )


@rule("F07", E, "seen in samples", "not written in the recruiter's voice", words=("recruiter_voice",))
def f07(view: View) -> Iterator[Hit]:
    for span in view.find("recruiter_voice"):
        yield Hit(span, f'"{span.text}" is what a recruiter would write', "Say it from your side.")


# --- secrets --------------------------------------------------------------------------------------


@rule("M03", W, "wider", "the other employer is not named", known=("other_employer",))
def m03(view: View) -> Iterator[Hit]:
    name = composed(view.context.other_employer or "").strip()
    if not name:
        return
    for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", view.text, re.IGNORECASE):
        span = Span(match.start(), match.end(), match[0])
        yield Hit(span, f'"{span.text}" names your next employer', 'Say "another position".')


@rule("S01", E, "E17 E18", "nothing confidential", words=("confidential",))
def s01(view: View) -> Iterator[Hit]:
    for span in view.find("confidential"):
        yield Hit(span, f'"{span.text}" touches what is confidential', "Leave it out.")


@rule(
    "S02", E, "E18", "the quoted mail shows nobody from outside the thread", known=("quoted", "participants")
)
def s02(view: View) -> Iterator[Hit]:
    inside = {address.key for address in view.context.participants or ()}
    for address in sorted({address.casefold() for address in in_text(view.context.quoted or "")}):
        if address not in inside:
            yield Hit(
                view.start,
                f"the quote shows {address}, who is not in this thread",
                "Send it without the quote.",
            )
