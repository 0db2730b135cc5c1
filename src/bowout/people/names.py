"""Read a person's name out of what programs and people write in its place. Pure, but for reading a list once.

A display name may hold a title, a degree, a firm, a department, an emoji or no person at all; what is left is
what one calls that person. Nothing is invented: where no person is seen the name is empty.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from bowout.model import Address
from bowout.text import legal_forms
from bowout.text.spelling import compact, distance, fold

__all__ = [
    "addressed",
    "alike",
    "closing",
    "dotted",
    "first_of",
    "greeted",
    "is_common",
    "is_desk",
    "is_person",
    "is_team",
    "is_title",
    "person_name",
    "postscript",
    "signed",
    "without_department",
    "without_office_words",
]

_LONGEST = 200  # characters of a name that are looked at
_MOST_WORDS = 6
# An encoded word that nobody could decode is no name.
_BROKEN = re.compile(r"=\?[^?\s]{0,60}(?:\?[bqBQ]\?)?|\?=")
_BRACKETS = re.compile(r"\([^()]*\)?|\[[^\[\]]*\]?|\{[^{}]*\}?|<[^<>]*>?")
_SPLIT = re.compile(
    r"\s+[-–—:]+\s+|\s*[|·•/\\]\s*|\s+@\s*|\s+(?:via|at|from|bei|chez|c/o|on behalf of|para)\s+",
    re.IGNORECASE,
)


def person_name(address: Address) -> str:
    """Find the person's name in a display name, in speaking order; empty when it names no person.

    Titles stay ("Dr. Jane Roe"), "Mr" and "Mrs" go where first and last name are left.
    """
    return _person_name(address.name[:_LONGEST], address.local[:_LONGEST], address.domain)


@lru_cache(maxsize=512)
def _person_name(display: str, local: str, domain: str) -> str:
    text = _plain(display)
    if not text or "@" in re.sub(r"\s@\s", " ", text):
        return ""
    parts = [part for part in _SPLIT.split(text) if part.strip(" ,.;-")]
    single = len(parts) == 1
    seen = [name for part in parts if (name := _name(part, local, domain))]
    people = [name for name in seen if not _is_firm(name, local, domain, alone=single)]
    full = [name for name in people if len(name.split()) > 1]
    return next(iter(full or people), "")


def _plain(display: str) -> str:
    """Write a display name on one line without brackets, quotes, emoji and undecoded words."""
    if _BROKEN.search(display):
        return ""
    shown = "".join(c if _is_written(c) else " " for c in display)
    return " ".join(_BRACKETS.sub(" ", shown).split()).strip("\"'“”„’‘ ,.;")


def _is_written(char: str) -> bool:
    # No emoji, no symbols, no controls; of the signs only those that names and firms have.
    return char in "+&|<>=" or unicodedata.category(char)[0] in "LMNPZ"


def _name(part: str, local: str, domain: str) -> str:
    """Bring one part of a display name in speaking order; empty when it can be no person's name."""
    words = _without_office(_without_degrees(_by_commas(part, local, domain)), local)
    words = _ordered(words, local)
    words = _without_civil([_calm(word, words) for word in words])
    named = " ".join(words)
    return named if is_person(named) else ""


def _by_commas(part: str, local: str, domain: str) -> list[str]:
    """Turn "Last, First" round; leave away a firm, a department or a degree behind a comma."""
    pieces = [words for piece in part.split(",") if (words := piece.split())]
    if not pieces:
        return []
    head, *tails = [pieces[0], *(w for w in pieces[1:] if not _all_in(w, "credentials"))]
    if not tails:
        return head
    tail = tails[0]
    told = " ".join(tail)
    if not is_person(told) or is_desk(told) or _fits_domain(told, domain):
        return head
    first_is_head = len(head) > 1 and local.startswith(compact(head[0])) and not _is_particle(head[0])
    if first_is_head:
        return head
    held = next((at for at, word in enumerate(head) if not _is(word, "titles")), 0)
    return [*head[:held], *tail, *head[held:]]  # "Dr. Ing. Müller, Sabine"


def _without_degrees(words: Sequence[str]) -> list[str]:
    kept = list(words)
    while len(kept) > 2 and _is(kept[-1], "credentials"):
        kept.pop()
    return kept


def _without_office(words: Sequence[str], local: str) -> list[str]:
    """Drop the office behind a name that the address bears out: "Lena Ode HR <lena.ode@...>"."""
    told = compact(local) if re.search(r"[._-]", local) else ""
    kept = list(words)
    while len(kept) > 2 and _is(kept[-1], "functions") and any(compact(w) in told for w in kept[:-1]):
        kept.pop()
    return kept


def _without_civil(words: Sequence[str]) -> list[str]:
    kept = list(words)
    while len(kept) > 2 and _is(kept[0], "civil") and not _is(kept[1], "titles"):
        kept.pop(0)
    return kept


def _ordered(words: Sequence[str], local: str) -> list[str]:
    """Put the surname last: where it is the one in capitals, or the address says so ("m.lindt")."""
    titles = [w for w in words if _is(w, "civil") or _is(w, "titles")] if len(words) > 2 else []
    bare = [w for w in words if w not in titles]
    if len(bare) < 2:
        return list(words)
    capitals = [_is_capital(word) for word in bare]
    if capitals[0] and not any(capitals[-1:]):
        count = next(i for i, one in enumerate(capitals) if not one)
        return [*titles, *bare[count:], *bare[:count]]
    last, first = compact(bare[0]), compact(bare[-1])
    initial, _, rest = local.partition(".") if local[1:2] == "." else (local[:1], "", local[1:])
    turned = len(last) > 2 and len(bare) == 2 and rest == last and first[:1] == initial != last[:1]
    return [*titles, *bare[1:], bare[0]] if turned else list(words)


def _is_capital(word: str) -> bool:
    letters = [c for c in word if c.isalpha()]
    if word.startswith("Mc"):
        letters = letters[2:]
    return len(letters) > 2 and all(c.isupper() for c in letters)


def _calm(word: str, words: Sequence[str]) -> str:
    """Write a shouted or whispered name as names are written."""
    whispered = all(w == w.lower() for w in words)
    if not (_is_capital(word) or (whispered and not _is_particle(word)) or _shouts(word, words)):
        return word
    if _bare(word) in _list("particles") and word != words[0]:
        return word.lower()
    calm = re.sub(r"[^\W\d_]+", lambda m: m[0][:1].upper() + m[0][1:].lower(), word)
    return re.sub(r"\b(Mc)([a-z])", lambda m: m[1] + m[2].upper(), calm)


def _shouts(word: str, words: Sequence[str]) -> bool:
    every = all(w.isupper() for w in words) and any(map(_is_capital, words))
    return len(word) == 2 and word.isupper() and every


# --- what it is -----------------------------------------------------------------------------------


def is_person(name: str) -> bool:
    """Tell whether this may be a person's name: few words, capitalised or a particle, none of an office."""
    words = name.split()
    if not 1 <= len(words) <= _MOST_WORDS or re.search(r"[\d&+]", name):
        return False
    if any(_is(w, "functions") or _is(w, "organisations") for w in words[1:]) or _is(words[0], "functions"):
        return False
    if all(_is(w, "roles") for w in words):
        return False
    if len(words) == 1 and (
        _is(words[0], "civil") or _is(words[0], "titles") or _is(words[0], "credentials")
    ):
        return False
    real = [w for w in words if any(c.isalpha() for c in w)]
    return bool(real) and all(not w[0].islower() or _is_particle(w) or "'" in w or "’" in w for w in real)


def is_title(word: str) -> bool:
    """Tell whether a word is said before a name: "Mr", "Frau", "Dr."."""
    return _is(word, "civil") or _is(word, "titles")


def is_desk(name: str) -> bool:
    """Tell whether a name, as displayed, has a word of an office in it: "Talent Team", "RRHH"."""
    return any(_is(word, "functions") for word in re.split(r"[\s,/|()-]+", name[:_LONGEST]) if word)


def without_office_words(name: str) -> str:
    """Leave of a display name what may be a firm: "Acme Talent Team" -> "Acme"; "School Office" -> ""."""
    words = _BRACKETS.sub(" ", name[:_LONGEST]).replace(",", " ").replace("|", " ").split()
    kept = [word for word in words if re.search(r"[^\W\d_]", word) and not _is(word, "functions")]
    return " ".join(kept) if any(not _is(word, "organisations") for word in kept) else ""


def without_department(firm: str) -> str:
    """Leave away the part of a firm that hires, behind its name: "Kramp HR" -> "Kramp"."""
    words = firm[:_LONGEST].split()
    for count in range(min(_DEPARTMENT, len(words) - 1), 0, -1):
        if fold(" ".join(words[-count:])).strip(".,") in _list("departments"):
            return " ".join(words[:-count]).rstrip(" ,-–|/")
    return firm


_DEPARTMENT = 3  # words


def is_common(word: str) -> bool:
    """Tell whether many people or firms have this word in their name: "Frau", "Museum", "Trust"."""
    return any(_is(word, kind) for kind in ("civil", "titles", "organisations", "functions"))


def is_team(name: str) -> bool:
    """Tell whether a name, as displayed, greets well as it stands: "Acme Talent Team", not "Recruitment"."""
    words = [_bare(word) for word in name[:_LONGEST].split()]
    return len(words) > 1 and "team" in words and "@" not in name and not _BROKEN.search(name)


def _is_firm(name: str, local: str, domain: str, *, alone: bool) -> bool:
    """Tell whether the domain is called so, and the address not: "Acme <jobs@acme.example>"."""
    words = [compact(word) for word in name.split()]
    if not _fits_domain(name, domain):
        return False
    return not alone or not any(len(word) > 2 and word in compact(local) for word in words)


def _fits_domain(name: str, domain: str) -> bool:
    told, first = compact(name), compact(name.partition(" ")[0])
    labels = [compact(label) for label in domain.split(".")[:-1]] or [compact(domain)]
    return any(
        label and (label == told or (len(first) > 2 and label.startswith(first)) or told.startswith(label))
        for label in labels
    )


def addressed(name: str) -> str:
    """Find what one calls a titled person: "Dr. Whitfield", but "Eva Pichler" of "Mag. Eva Pichler"."""
    words = name.split()
    titles = [word for word in words[:-1] if is_title(word)]
    rest = words[len(titles) :] if words[: len(titles)] == titles else []
    if not titles or not rest:
        return name
    called = [word for word in titles if _is(word, "civil") or _bare(word) in _CALLED]
    return " ".join([*called, rest[-1]]) if called else " ".join(rest)


_CALLED = frozenset({"dr", "dra", "doctor", "doktor", "prof", "profa", "professor", "professorin"})


def first_of(name: str) -> str:
    """Find what one calls a person in a friendly greeting; a titled person keeps the whole name.

    Empty where the first name is not known: "J. Pemberton".
    """
    words = name.split()
    if len(words) > 1 and _INITIALS.fullmatch(words[0]):
        return ""
    if len(words) < 2 or words[0].endswith("."):
        return name
    return name if _is(words[0], "civil") or _is(words[0], "titles") else words[0]


_INITIALS = re.compile(r"(?:[^\W\d_]\.-?)+|[^\W\d_]")


def dotted(name: str) -> str:
    """Write a dot behind the initial of an unknown first name: "J Pemberton" -> "J. Pemberton"."""
    first, blank, rest = name.partition(" ")
    return f"{first}. {rest}" if blank and len(first) == 1 and first.isalpha() else name


# --- signatures -----------------------------------------------------------------------------------


def signed(lines: Sequence[str], address: Address) -> str:
    """Find the name with which a mail is signed, in the first lines of its signature."""
    for line in [line.strip(" -–—*_") for line in lines[:4] if line.strip()][:2]:
        head = re.split(r"[|·•–—(]|\s-\s|,\s", line[:_LONGEST])[0]
        name = person_name(Address(_unsigned_for(head), address.address))
        if name and not is_desk(head):
            return name
    return ""


def stands_for(line: str, name: str) -> bool:
    """Tell whether a line is a person's name as one signs it, with initials or a title: "Sr. M. Alphonsa".

    A last name by itself may as well be the firm's.
    """
    known, parts = [_bare(word) for word in name.split()], line.split()
    words = [_bare(word) for word in parts if not (_is(word, "civil") or _is(word, "titles"))]
    if not 1 < len(parts) <= _MOST_WORDS or not any(len(w) > 1 and w in known for w in words):
        return False
    return all(word in known or word in {one[:1] for one in known} for word in words)


def _unsigned_for(head: str) -> str:
    words = head.split()
    for phrase in _list("signs_for"):
        count = len(phrase.split())
        if " ".join(_bare(w) for w in words[:count]) == phrase:
            return " ".join(words[count:])
        if words and _bare(words[0]) == phrase.replace(" ", ""):
            return " ".join(words[1:])
    return head


@cache
def closing() -> re.Pattern[str]:
    """Compile the line of closing words above a signature."""
    words = "|".join(_lists()["closings"]["words"])
    return re.compile(rf"\s*(?:{words})\s*+[,.!;:–-]*+\s*+$", re.IGNORECASE)


def greeted(text: str) -> str:
    """Find the name that the first line of a mail greets; empty where it greets nobody by name."""
    line = next((line for line in text.splitlines() if line.strip()), "")[:_LONGEST]
    found = _greeting().match(line)
    words = found["rest"].split() if found else []
    words = [word for word in words if _bare(word) not in _list("civil") | _list("titles")]
    plain = all(word[:1].isupper() and word.replace("-", "").isalpha() for word in words)
    known = any(_is(word, "anybody") or is_desk(word) for word in words)
    return " ".join(words) if plain and not known and len(words) <= _GREETED else ""


_GREETED = 3  # words of a name in a greeting


@cache
def _greeting() -> re.Pattern[str]:
    words = "|".join(_lists()["greeting"]["words"])
    return re.compile(
        rf"\s*(?:{words})[ \t]+(?P<rest>[^\s,.!:;–—(/][^,.!:;–—(/\n]*)[,.!:;–—(]?", re.IGNORECASE
    )


def alike(one: str, other: str) -> bool:
    """Tell whether two names may be the same person's: a word of both, a short form, a slip of a letter."""
    return any(_is_short_for(a, b) for a in fold(one).split() for b in fold(other).split())


def _is_short_for(one: str, other: str) -> bool:
    short, long = sorted((one.strip(",.;!"), other.strip(",.;!")), key=len)
    begins = len(short) >= 3 and long.startswith(short[:3])
    slip = distance(short, long, 1) <= 1 and (len(short) > 3 or len(short) == 3 < len(long))
    return short == long or begins or slip


@cache
def postscript() -> re.Pattern[str]:
    """Compile what begins a word that was added below the name."""
    return re.compile(rf"\s*(?:{'|'.join(_lists()['postscript']['words'])})(?!\w)", re.IGNORECASE)


# --- the lists ------------------------------------------------------------------------------------


@cache
def _lists() -> Mapping[str, Any]:
    return tomllib.loads(files("bowout.people").joinpath("names.toml").read_text(encoding="utf-8"))


@cache
def _list(name: str) -> frozenset[str]:
    words = frozenset(fold(word) for word in _lists()[name])
    return words | legal_forms.WORDS if name == "organisations" else words


@cache
def _begins(name: str) -> tuple[str, ...]:
    return tuple(word[:-1] for word in _list(name) if word.endswith("*"))


def _bare(word: str) -> str:
    return re.sub(r"\.", "", fold(word)).strip(",;:'\"")


def _is(word: str, name: str) -> bool:
    bare = _bare(word)
    return bool(bare) and (bare in _list(name) or any(bare.startswith(start) for start in _begins(name)))


def _all_in(words: Iterable[str], name: str) -> bool:
    return all(_is(word, name) for word in words)


def _is_particle(word: str) -> bool:
    return _bare(word) in _list("particles") or "'" in word[:2] or "’" in word[:2]
