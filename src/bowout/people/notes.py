"""Hear what a mail says about its own address: that nobody reads it, that its owner leaves. Pure.

The words are ``notes.toml``; what stands in a sentence for wrong recipients says nothing to the right one.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from bowout.model import Address
from bowout.people.names import is_person

__all__ = ["addresses_in", "disowns", "leaves"]

_LONGEST = 20_000
_MOST_ADDRESSES = 5
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*\n")


def disowns(text: str) -> bool:
    """Tell whether a text says that nobody reads answers to it."""
    return _says("disowned", text)


def leaves(text: str) -> bool:
    """Tell whether the writer is about to leave, or hands the matter to a colleague."""
    return _says("leaves", text)


def _says(what: str, text: str) -> bool:
    sentences = (
        " ".join(one.lower().replace("'", "’").split()) for one in _SENTENCE_END.split(text[:_LONGEST])
    )
    return any(_words(what).search(one) and not _words("conditions").search(one) for one in sentences)


@cache
def _words(what: str) -> re.Pattern[str]:
    table = tomllib.loads(files("bowout.people").joinpath("notes.toml").read_text(encoding="utf-8"))
    return re.compile(rf"(?<!\w)(?:{'|'.join(table[what])})")


_ADDRESS = re.compile(r"(?<![\w.+-])[\w+-]{1,64}(?:\.[\w+-]{1,64}){0,6}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")


def addresses_in(text: str) -> tuple[Address, ...]:
    """List the mail addresses that a text names, each with the name that stands before it."""
    found: dict[str, Address] = {}
    for match in _ADDRESS.finditer(text[:_LONGEST]):
        before = _name_before(text[max(0, match.start() - 80) : match.start()])
        address = Address(before or _spelt_out(match[0].partition("@")[0], text), match[0])
        found.setdefault(address.key, address)
    return tuple(found.values())[:_MOST_ADDRESSES]


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
