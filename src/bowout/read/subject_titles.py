"""Cut the words of hiring from a subject: what is left may be the title of a job. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from bowout.read import time_words as tw
from bowout.read.claim import job_words
from bowout.read.titles import EDGES, LONGEST, has_noun
from bowout.text.spelling import fold

__all__ = ["left_over", "listed", "of_hiring", "without_around"]

_PARTS = re.compile(r"\s+[-–—/]+\s+|\s*[|:;?!…•·]+\s*|\s+@\s*|\s+//\s+|,\s+|\s-(?=\w)")


@lru_cache(maxsize=256)
def left_over(subject: str) -> tuple[tuple[str, int], ...]:
    """Cut from each part of a subject the words around a title, and weigh how surely the rest is one.

    3 = behind the words of hiring ("Offer: X", "Bewerbung als X"), 2 = beside a part that holds only such
    words, or all there is, with the noun of a title, 1 = before such words ("X interview").
    """
    parts = [part.strip(EDGES) for part in _PARTS.split(subject) if part.strip(EDGES)]
    cut = [without_around(part) for part in parts]
    found: dict[str, int] = {}
    for at, (left, behind) in enumerate(cut):
        before = [parts[i] for i, (other, _) in enumerate(cut[:at]) if not other and of_hiring(parts[i])]
        known = has_noun(left)
        # "interview details" announces nothing, "Candidatura tornero" does.
        named = known or left[:1].isupper() or _applies(parts[at], left)
        listed = f", {parts[at]}" in subject  # "Interview with you, recorded today": a comma announces less
        weight = 3 if (before and not listed) or (named and (before or behind)) else 2 if known else 1
        if weight > 1 and any(w > 1 and (has_noun(one) or not known) for one, w in found.items() if one):
            weight = 1  # "Offer: Night Baker - Leeds": the first is the title
        found[left] = max(found.get(left, 0), weight)
    return tuple((left, weight) for left, weight in found.items() if left)


def _applies(part: str, left: str) -> bool:
    """Tell whether the last word in front of what is left announces titles also in small letters."""
    words = part[: part.index(left)].split()
    return bool(words) and fold(words[-1]).strip(EDGES) in listed("title_follows")


def of_hiring(part: str) -> bool:
    """Tell whether a part holds a word of hiring."""
    return any(_is_around(word) and not _is_small(fold(word).strip(EDGES)) for word in part.split())


def without_around(part: str) -> tuple[str, bool]:
    """Cut the words of hiring at both ends; tell whether the rest stood behind some of them."""
    words = part.split()
    cut: list[str] = []
    while words and _is_around(words[0]):
        cut.append(fold(words.pop(0)).strip(EDGES))
    hiring = any(not _is_small(word) for word in cut)
    behind = hiring and cut[-1] not in listed("firm_follows")
    if _people_follow(cut):
        return "", False  # "Interview with our head of data" tells who, not what for
    if cut and words and cut[-1] in listed("of_titles") and has_noun(words[0]):
        words.insert(0, part.split()[len(cut) - 1])  # "Technical Writer", "Post Supervisor"
    while words and _is_around(words[-1]):
        words.pop()
    if all(fold(word) in listed("sizes") for word in words):
        return "", False  # "kleine Aufgabe", "short call"
    return (" ".join(words), behind) if len(words) <= LONGEST else ("", False)


def _people_follow(cut: Sequence[str]) -> bool:
    """Tell whether the last word of those in front, articles aside, is "with"."""
    last = next((word for word in reversed(cut) if not _is_small(word)), "")
    return last in listed("people_follow")


def _is_around(word: str) -> bool:
    bare = re.sub(r"^[dl]['’]", "", fold(word)).strip("()[].,:;!?'’\"-–—*&/#")
    if not re.search(r"[^\W\d_]", bare) or _NUMBER.fullmatch(bare):
        return True
    if bare in listed("around") or bare in _days():
        return True
    return bare.startswith(_starts()) and not has_noun(word)  # "Scheduler" is a title


_NUMBER = re.compile(r"[a-z]{1,6}[-_/.]?\d{3,}+[\w/-]*")  # "TA-118820", "KR1204"


@cache
def _days() -> frozenset[str]:
    names = (tw.numbered(name) for name in ("months", "weekdays", "alone"))
    return frozenset(fold(word) for known in names for word in known)


def _is_small(word: str) -> bool:
    return not re.search(r"[^\W\d_]", word) or word in listed("small") or word.startswith("thank")


@cache
def listed(what: str) -> frozenset[str]:
    """Look up a list of words about positions."""
    return frozenset(job_words()["position"][what])


@cache
def _starts() -> tuple[str, ...]:
    return tuple(word[:-1] for word in listed("around") if word.endswith("*"))
