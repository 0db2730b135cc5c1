"""Read the time zone behind a clock time, and tell what a bare one means. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from bowout.model import Message
from bowout.read import time_words as tw
from bowout.text import zones

__all__ = ["Zone", "keeps_utc", "zone_at"]

_CONTINENTS = ("Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian")
_CLOSE = timedelta(hours=4)  # colleagues on one continent
_NEAR = timedelta(hours=6)  # zones of one name that are on the same day at nearly any time


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone that a text names, up to where; ``name`` None where only its offset is known."""

    info: tzinfo
    end: int
    name: str | None
    sure: bool = True


@cache
def _pattern() -> re.Pattern[str]:
    places = tw.table()["places"]
    return re.compile(
        r"分?\s*[,(（]?\s*(?:"
        rf"(?P<offset>(?:UTC|GMT)\s?[+-]\d{{1,2}}(?::?\d\d)?)"
        rf"|(?P<short>{'|'.join(sorted(zones.places(), key=len, reverse=True))})(?![A-Za-z])"
        r"|(?P<iana>[A-Z][a-z]+/[A-Z][A-Za-z_]+)"
        rf"|(?P<place>(?i:{tw.either(places)}))(?:\s+(?i:standard\s+|daylight\s+)?(?i:time|zeit)\b|(?=\s*[.,;)）。\n(]|\s*$|\s+with\b))"
        r"|(?i:hor[áa]rio|hora|heure|ora|orario|tijd|по|за)\s+(?i:de\s+|do\s+|da\s+|di\s+|in\s+)?"
        r"(?P<there>[A-ZА-Я][a-zà-ÿа-яії]+(?:\s[A-Z][a-z]+)?)"
        r"|(?P<city>[A-Z][a-zà-ÿ]+(?:\s[A-Z][a-z]+)?)\s+(?i:time|zeit)\b"
        r"|(?:de\s+)?(?P<near>(?i:brasília))\b"
        r")[)）]?"
    )


def zone_at(text: str, at: int, written: datetime) -> Zone | None:
    """Read the zone that stands at ``at``; ``written`` carries the offset of the person who wrote it."""
    match = _pattern().match(text, at, min(len(text), at + 60))
    if match is None:
        return None
    if match["offset"]:
        return Zone(_fixed(match["offset"][3:].strip()), match.end(), None)
    if match["short"]:
        return _chosen(zones.places()[match["short"]], match.end(), written)
    if match["iana"]:
        return _named(match["iana"], match.end())
    named = match["place"] or match["near"] or match["city"] or match["there"]
    place = " ".join(named.casefold().split())
    known = tw.table()["places"].get(place)
    if known:
        return _named(known, match.end())
    city = "_".join((match["city"] or match["there"] or "").split())
    tried = (_named(f"{part}/{city}", match.end()) for part in _CONTINENTS)
    return next((zone for zone in tried if zone is not None), None)


def _chosen(names: Sequence[str], end: int, written: datetime) -> Zone:
    """Choose among the zones of one abbreviation by where the writer is; else the first, as a guess."""
    sent = written.utcoffset() or timedelta()
    there = [written.astimezone(ZoneInfo(name)).utcoffset() or timedelta() for name in names]
    away = [abs(offset - sent) for offset in there]
    best = min(range(len(names)), key=lambda n: away[n])
    near = sum(1 for distance in away if distance <= _CLOSE)
    # Server clocks are in UTC: they say nothing about the writer.
    told = bool(sent) and (near == 1 or away.count(timedelta()) == 1) and away[best] <= _CLOSE
    # "IST" is "IST" in India and in Israel; a day lies between the two of "CST".
    sure = len(names) == 1 or told or max(there) - min(there) <= _NEAR
    name = names[best] if told else names[0]
    return Zone(ZoneInfo(name), end, name, sure)


def _named(name: str, end: int) -> Zone | None:
    try:
        return Zone(ZoneInfo(name), end, name)
    except (KeyError, ValueError, OSError):
        return None


def _fixed(text: str) -> timezone:
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    length = timedelta(hours=min(hours, 14), minutes=min(minutes, 59))
    return timezone(-length if text[0] == "-" else length)


def keeps_utc(text: str, domain: str) -> bool:
    """Tell whether a writer whose mail is dated +0000 sits where that is the clock, not only the server."""
    zero = tw.table()["zero"]
    return domain.rpartition(".")[2] in zero["domains"] or _zero().search(text[:20_000]) is not None


def is_dated_in_utc(message: Message) -> bool:
    """Tell whether the Date of a mail is in UTC wherever its writer is: Exchange, Proton, Graph do so."""
    written = message.date
    if written is None or not zones.is_told(written.tzname()) or message.header("thread-index") is not None:
        return True
    host = (message.message_id or "").rpartition("@")[2].rstrip(">").lower()
    return any(host == one or host.endswith(f".{one}") for one in tw.table()["zero"]["writes_utc"])


@cache
def _zero() -> re.Pattern[str]:
    return re.compile("|".join(tw.table()["zero"]["patterns"]))
