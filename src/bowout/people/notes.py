"""Hear what a mail says about its own address: that nobody reads it, that its owner leaves. Pure.

The words are ``notes.toml``; what stands in a sentence for wrong recipients says nothing to the right one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from bowout.model import Address
from bowout.people.names import is_desk, is_person
from bowout.text.addresses import IN_TEXT
from bowout.text.hiring import tells_of_work

__all__ = ["addresses_in", "disowns", "leaves", "redirects"]

_LONGEST = 20_000
_MOST_ADDRESSES = 5
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*\n")


def disowns(text: str) -> bool:
    """Tell whether a text says that nobody reads answers to it."""
    return _says("disowned", text)


def leaves(text: str) -> bool:
    """Tell whether the writer is about to leave, or hands the matter to a colleague."""
    return any(map(_hands_over, _sentences(text)))


def _hands_over(sentence: str) -> bool:
    """Tell it of one sentence: by words of leaving, or as it names who cares for the reader's matter now."""
    low = sentence.lower()
    if _words("conditions").search(low):
        return False
    if _words("leaves").search(low) or _words("leaves_by_name").search(sentence):
        return True
    if _words("for_once").search(low):
        return False
    if _words("from_now").search(low) and _words("turns").search(low):
        return True
    if not _words("yours").search(low):
        return False
    return any(map(_is_else, _carers().finditer(_BEHIND_NAME.sub("", sentence))))


def _is_else(found: re.Match[str]) -> bool:
    """Tell whether it is a person that cares, and not a word at the head of a sentence, or an office."""
    name = found["who"]
    return name.lower() not in _table()["nobody_else"] and not is_desk(name) and not tells_of_work(name)


@cache
def _carers() -> re.Pattern[str]:
    """Compile a name in front of what somebody does who takes a matter over."""
    does = "|".join(_table()["cares"])
    return re.compile(rf"(?<!\w)(?P<who>[A-ZÀ-Þ][\w’-]{{1,40}})(?:,? [\w’]{{1,30}}){{0,4}}? (?:{does})\b")


def redirects(text: str) -> tuple[Address, ...]:
    """List the addresses to which a text asks to send answers, whatever they are about."""
    found: list[Address] = []
    for one in _sentences(text):
        low = one.lower()
        if not _words("answer_to").search(low):
            continue
        if not any(_words(no).search(low) for no in ("conditions", "for_once", "one_matter")):
            found += addresses_in(one)
    return tuple(found)


def _says(what: str, text: str) -> bool:
    said = (one.lower() for one in _sentences(text))
    return any(_words(what).search(one) and not _words("conditions").search(one) for one in said)


def _sentences(text: str) -> Iterator[str]:
    for one in _SENTENCE_END.split(text[:_LONGEST]):
        yield " ".join(one.replace("'", "’").split())


@cache
def _words(what: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(_table()[what])})".replace("NAME", _NAME))


@cache
def _table() -> Mapping[str, list[str]]:
    return tomllib.loads(files("bowout.people").joinpath("notes.toml").read_text(encoding="utf-8"))


_NAME = r"(?!I\b)[A-ZÀ-Þ][\w&.’-]{0,40}(?: [A-ZÀ-Þ&][\w&.’-]{0,40}){0,3}"


def addresses_in(text: str) -> tuple[Address, ...]:
    """List the mail addresses that a text names, each with the name that stands before it."""
    found: dict[str, Address] = {}
    for match in IN_TEXT.finditer(text[:_LONGEST]):
        before = _name_before(text[max(0, match.start() - 80) : match.start()])
        address = Address(_spelt_out(match["local"], text) or before, match[0].replace("’", "'"))
        found.setdefault(address.key, address)
    return tuple(found.values())[:_MOST_ADDRESSES]


_BEHIND_NAME = re.compile(rf",? [(<]?{IN_TEXT.pattern}[)>]?,?")


def _name_before(before: str) -> str:
    """Read "my colleague Jon Marsh, " or "Jon Marsh (" right before an address."""
    words = re.split(r"[.!?\n]", before)[-1].strip(" ,:;(<-–—").split()[-3:]
    while words and not (words[0][:1].isupper() and is_person(" ".join(words))):
        words.pop(0)
    return " ".join(words)


def _spelt_out(local: str, text: str) -> str:
    """Find how the text writes the name that an address is made of: ``jon.marsh`` -> "Jon Marsh"."""
    words = [re.escape(word) for word in re.split(r"[._-]", local) if len(word) > 1]
    pattern = rf"(?<!\w){r'[ -]'.join(words)}(?![\w@.])"
    found = re.search(pattern, text[:_LONGEST], re.IGNORECASE) if len(words) > 1 else None
    return found[0] if found and found[0][:1].isupper() else ""
