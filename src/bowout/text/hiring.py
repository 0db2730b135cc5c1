"""Know the words of hiring, by use (``hiring.toml``). Pure, but for reading that file once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from bowout.text.spelling import fold

__all__ = [
    "answered",
    "answers_applicant",
    "applies",
    "calls_off",
    "is_at_work",
    "is_listed",
    "is_written",
    "late_round",
    "listed_phrases",
    "may_be_listed",
    "may_be_over",
    "more_phrases",
    "of_a_job",
    "signs",
    "speaks_to_candidate",
    "stage_patterns",
    "telling",
    "tells_of_meeting",
    "tells_of_work",
    "work_phrases",
]


@cache
def _lists() -> Mapping[str, Any]:
    return tomllib.loads(files("bowout.text").joinpath("hiring.toml").read_text(encoding="utf-8"))


def listed_phrases() -> tuple[str, ...]:
    """List the phrases by which a server finds mail about a job."""
    return tuple(_lists()["listed"]["phrases"])


def more_phrases() -> tuple[str, ...]:
    """List more of them, which much other mail holds as well."""
    return tuple(_lists()["listed"]["more"])


def is_listed(text: str) -> bool:
    """Tell whether a text is about a job at all."""
    return _listed().search(fold(text)) is not None


def may_be_listed(text: str) -> bool:
    """Tell whether a text may be about a job: less than ``is_listed`` asks, and never a reason by itself."""
    return is_listed(text) or _signs().search(text.lower()) is not None


@cache
def _listed() -> re.Pattern[str]:
    listed = _lists()["listed"]
    return re.compile(rf"\b(?:{_either(map(_literal, listed['phrases']))}|{_either(listed['patterns'])})\b")


def work_phrases() -> tuple[str, ...]:
    """List the words by which a server finds mail that speaks of work."""
    return tuple(_lists()["work"]["phrases"])


def tells_of_work(text: str) -> bool:
    """Tell whether any word of a text may belong to a hiring process."""
    return _work().search(text.lower()) is not None


@cache
def _work() -> re.Pattern[str]:
    work = _lists()["work"]
    whole = _either(re.escape(phrase.lower()) for phrase in work["phrases"])
    return re.compile(rf"\b(?:(?:{whole})\b|{_either(work['patterns'])})")


def is_at_work(text: str) -> bool:
    """Tell whether a text speaks of work proper, and not only of a visit or an offer."""
    return _at_work().search(fold(text)) is not None


@cache
def _at_work() -> re.Pattern[str]:
    words = _lists()["at_work"]
    return re.compile(rf"\b(?:{_either(words['patterns'])})|{_either(map(fold, words['unspaced']))}")


def signs(text: str) -> frozenset[str]:
    """Find the different signs of hiring in a text, in lower case."""
    return frozenset(found.group(0) for found in _signs().finditer(text.lower()))


@cache
def _signs() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_either(_lists()['signs']['patterns'])})\b")


def telling(found: Iterable[str]) -> frozenset[str]:
    """Drop the signs with which landlords, support desks and authorities write as well."""
    return frozenset(found).difference(_lists()["signs"]["also_elsewhere"])


def of_a_job(found: Iterable[str]) -> bool:
    """Tell whether one of the signs is of a job and of nothing else."""
    return not frozenset(found).isdisjoint(_lists()["signs"]["of_a_job"])


def speaks_to_candidate(text: str) -> bool:
    """Tell whether somebody writes as the hiring side does to a candidate."""
    return _whole("speech").search(text.lower()) is not None or answers_applicant(text)


def applies(subject: str, text: str) -> bool:
    """Tell whether somebody applies for a job in a mail, by how its subject begins or by its words."""
    begins = tuple(_lists()["applying"]["subjects"])
    return subject.strip().lower().startswith(begins) or _whole("applying").search(_plain(text)) is not None


def answers_applicant(text: str) -> bool:
    """Tell whether a mail answers the application of whom it goes to."""
    return _whole("to_applicant").search(text.lower()) is not None


@cache
def stage_patterns() -> Mapping[str, re.Pattern[str]]:
    """Compile what the other side says at each stage, the furthest stage first, for lower-cased text."""
    return {stage: re.compile(_either(patterns)) for stage, patterns in _lists()["stages"].items()}


def may_be_over(text: str, *, few: bool = False) -> bool:
    """Tell whether a mail of theirs may end the process, in however plain or roundabout words.

    ``few`` = it says little else, so that to beg pardon is enough.
    """
    return _over(few).search(text.lower()) is not None


@cache
def _over(few: bool) -> re.Pattern[str]:
    over = _lists()["over"]
    return re.compile(rf"\b(?:{_either([*over['patterns'], *(over['few'] if few else ())])})\b")


def parts(text: str) -> bool:
    """Tell whether a mail wishes luck, as one does to a person who leaves."""
    return _whole("parting").search(text.lower()) is not None


def answered(text: str) -> str | None:
    """Tell what my answer to an offer says plainly: ``signed`` or ``accepted``."""
    plain = [one for one in _sentences(text) if not one.endswith("?") and not _answer("unless").search(one)]
    return next(
        (what for what in ("signed", "accepted") if any(_answer(what).search(s) for s in plain)), None
    )


def is_still_open(text: str) -> bool:
    """Tell whether my answer to an offer speaks of a yes that hangs on something."""
    return any(_answer("about").search(s) and _answer("unless").search(s) for s in _sentences(text))


def is_written(text: str) -> bool:
    """Tell whether a mail brings the paper of an offer: contract, letter or terms."""
    brought = (one for one in _sentences(text) if all(_paper(what).search(one) for what in ("with", "paper")))
    return any(not _answer("unless").search(one) for one in brought)


@cache
def _paper(what: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_either(_lists()['written'][what])})")


_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def _plain(text: str) -> str:
    return text.lower().replace("\u2019", "'")


def _sentences(text: str) -> list[str]:
    return _SENTENCE.split(_plain(text)[:_MOST_SAID])


@cache
def _answer(what: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_either(_lists()['answer'][what])})(?!\w)")


def may_leave(text: str) -> bool:
    """Tell whether a mail of mine has words by which one leaves without saying so."""
    return _whole("leaving").search(_plain(text)) is not None


def calls_off(text: str) -> bool:
    """Tell whether a mail speaks of an appointment that is called off."""
    return _whole("called_off").search(text.lower()) is not None


def tells_of_meeting(text: str) -> bool:
    """Tell whether a text speaks of a talk or a visit that was held, by whichever side wrote it."""
    return any(_was_held(part) for part in _PART.split(_plain(text)[:_MOST_SAID]))


_MOST_SAID = 6_000  # characters
# "Good to meet you, and we will be in touch": what is past and what is to come stand in parts of their own.
_PART = re.compile(r"[.!?;:\n]+|,\s|\s(?:and|but|und|aber|et|mais|y|pero|en|maar|e|ma|mas|i|ale)\s")


def _was_held(part: str) -> bool:
    if not (_held("met").search(part) or (_held("talk").search(part) and _held("past").search(part))):
        return False
    return _held("ahead").search(part) is None


@cache
def _held(what: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_either(_lists()['held'][what])})(?!\w)")


def late_round(text: str) -> str | None:
    """Find the words by which a round of talks is a late one, or the last; None = none."""
    found = _whole("late_round").search(text.lower())
    return found.group(0) if found else None


@cache
def _whole(what: str) -> re.Pattern[str]:
    """Compile the "patterns" of a table as whole words."""
    return re.compile(rf"\b(?:{_either(_lists()[what]['patterns'])})\b")


def _literal(phrase: str) -> str:
    return re.escape(fold(phrase))


def _either(patterns: Iterable[str]) -> str:
    return "|".join(patterns)
