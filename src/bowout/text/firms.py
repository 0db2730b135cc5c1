"""Hold a firm's name against the domain it writes from. Pure.

Domains cut names short: ``kiteroast`` is Kite Coffee Roasters, ``northhosp`` North Hospitals, ``hs-tann``
Hochschule Tann. A label fits a name when pieces of its words, in their order, make up the whole label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from bowout.text.domains import LONGEST_LABEL
from bowout.text.spelling import compact, fold, spellings

__all__ = ["fits", "is_whole", "names_behind", "spelt", "words", "written"]

_MOST_WORDS = 7
_ENOUGH = 50  # times that a firm is looked for in one line, and found in one text
_TELLING = 5  # letters of a part that no other name has by chance
_ARTICLES = frozenset(
    {"the", "der", "die", "das", "le", "la", "les", "el", "los", "las", "il", "lo", "het", "de", "o", "a"}
)
_JOINS = frozenset(
    {
        "and",
        "und",
        "et",
        "y",
        "e",
        "of",
        "for",
        "für",
        "de",
        "del",
        "di",
        "du",
        "da",
        "the",
        "&",
        "+",
        "der",
        "van",
        "la",
    }
)


@lru_cache(maxsize=4096)
def fits(name: str, label: str) -> bool:
    """Tell whether a domain's label stands for the name: ``acme``, ``acmerobotics``, ``acme-rt``, ``ar``."""
    words = re.findall(r"[^\W_]+", name.replace("’", "").replace("'", ""))[:_MOST_WORDS]
    parts = tuple(fold(part) for part in label[:LONGEST_LABEL].split("-") if part)
    if not words or len("".join(parts)) < 2:
        return False
    if compact(name) == "".join(parts) or _is_acronym(words, "".join(parts)):
        return True
    spelled = tuple(tuple(sorted(spellings(word))) for word in words)
    starts = [spelled] + ([spelled[1:]] if fold(words[0]) in _ARTICLES and len(words) > 1 else [])
    if any(_made_of(parts, 0, one, True) or _shortened(parts, one) for one in starts):
        return True
    if _ends_in_full(parts, words):
        return True
    return _by_whole_words(parts, spelled) or ("&" in name and _with_and(name, label))


def _with_and(name: str, label: str) -> bool:
    return any(
        fits(re.sub(r"\s*&\s*", f" {word} ", name), label) for word in ("and", "und", "et", "y", "en", "i")
    )


def _by_whole_words(parts: tuple[str, ...], words: tuple[tuple[str, ...], ...]) -> bool:
    """Recognise the name proper behind a kind of house (``purzinger``), or as one part of the label."""
    bare = "".join(parts)
    last = any(
        bare in {"".join(w[0] for w in words[at:]), "".join(w[-1] for w in words[at:])}
        for at in range(1, len(words))
    )
    single = len(parts) > 1 and any(
        len(part) >= _TELLING and part in word for part in parts for word in words
    )
    return single or (last and len(bare) >= _TELLING)


def _is_acronym(words: Sequence[str], bare: str) -> bool:
    full = [w for w in words if fold(w) not in _JOINS]
    return bare in {"".join(fold(w)[:1] for w in some) for some in (words, full)}


@lru_cache(maxsize=4096)
def _made_of(parts: tuple[str, ...], at: int, words: tuple[tuple[str, ...], ...], first: bool) -> bool:
    """Tell whether ``parts``, from ``at`` on, are made of pieces of ``words``, the first one included."""
    bare = "".join(parts)
    if at == len(bare):
        return not first
    if not words:
        return False
    if not first and _made_of(parts, at, words[1:], False):
        return True
    for word in words[0]:
        for size in range(min(len(word), len(bare) - at), 0, -1):
            piece = word[:size]
            long_enough = (
                size == len(word)
                or size >= (3 if not first or len(word) < 5 else 4)
                or (size == 1 and not first)
            )
            if long_enough and bare.startswith(piece, at) and _made_of(parts, at + size, words[1:], False):
                return True
    return False


def _shortened(parts: tuple[str, ...], words: tuple[tuple[str, ...], ...]) -> bool:
    """Recognise a kind of house written with two letters: ``hv-zillner``, ``ah-``, ``hs-``."""
    if len(parts) < 2 or len(words) < 2 or not 2 <= len(parts[0]) <= 3:
        return False
    short = any(word[:1] == parts[0][:1] and _within(parts[0], word) for word in words[0])
    return short and len(parts[1]) > 3 and _made_of(parts[1:], 0, words[1:], True)


def _ends_in_full(parts: tuple[str, ...], words: Sequence[str]) -> bool:
    """Recognise first letters before the last word: ``kbtoys`` Kowloon Bay Toys, ``cw-elz``."""
    bare, last = "".join(parts), words[-1]
    if len(words) < 3 or len(last) < (3 if len(parts) > 1 else 4):
        return False
    full = [word for word in words if fold(word) not in _JOINS]
    heads = {"".join(fold(word)[:1] for word in some[:-1]) for some in (words, full) if some}
    return any(bare == head + end for head in heads for end in spellings(last) if len(head) > 1)


def _within(letters: str, word: str) -> bool:
    rest = iter(word)
    return all(letter in rest for letter in letters)


# --- in a text ------------------------------------------------------------------------------------

_TOKEN = re.compile(r"[^\W_](?:[\w&'’+-]|\.(?=\w))*|&|\+")
_NO_WORD = re.compile(r"\S*(?:@|://|www\.)\S*|\b[\w-]+(?:\.[\w-]+)+/?\S*")
_LONGEST_LINE = 2_000  # characters


def _tokens(line: str) -> list[re.Match[str]]:
    """List the words of a line that belong to no address and no link."""
    return list(_TOKEN.finditer(_NO_WORD.sub(lambda m: " " * len(m[0]), line[:_LONGEST_LINE])))


def spelt(label: str, lines: Iterable[str]) -> list[str]:
    """List how ``lines`` spell the firm of a domain's ``label``, each time that they do."""
    starts = _starts(label)
    found: list[str] = []
    for line in lines:
        if len(found) >= _ENOUGH or not any(start in fold(line) for start in starts):
            continue
        found += _in_line(label, line, _tokens(line), starts)
    return found


def _starts(label: str) -> tuple[str, ...]:
    """List how a word begins with which the firm's name may begin; of an acronym only the letter is known."""
    parts = [fold(part) for part in label.split("-") if part]
    return tuple({part[: 1 if len(part) < (4 if parts[1:] else 6) else 3] for part in parts})


def _in_line(label: str, line: str, words: Sequence[re.Match[str]], starts: tuple[str, ...]) -> Iterator[str]:
    taken = tried = 0
    for at, word in enumerate(words):
        if at < taken or tried > _ENOUGH or not any(s.startswith(starts) for s in spellings(word[0])):
            continue
        tried += 1
        if (size := _span(label, words[at : at + _MOST_WORDS], line)) > 0:
            size = _whole(line, words, at, size)
            taken = at + size
            yield line[word.start() : words[at + size - 1].end()]


def _span(label: str, words: Sequence[re.Match[str]], line: str) -> int:
    """Count the words from the first of ``words`` on that make up the label; 0 = they do not."""
    first = 0
    for size in range(1, len(words) + 1):
        last = words[size - 1][0]
        if size > 1 and not _joined(words[size - 2], words[size - 1], line):
            break
        named = line[words[0].start() : words[size - 1].end()]
        if last.casefold() in _JOINS or not (last[:1].isupper() or is_whole(named, label)):
            continue
        if (words[0][0][:1].isupper() or is_whole(named, label)) and fits(named, label):
            if is_whole(named, label):
                return size
            first = first or size
    return first


def is_whole(named: str, label: str) -> bool:
    """Tell whether a name is the label letter by letter."""
    bare = compact(label)
    return len(bare) >= 5 and bare in {compact(s) for s in spellings(named)}


def _joined(one: re.Match[str], other: re.Match[str], line: str) -> bool:
    between = line[one.end() : other.start()]
    return len(between) < 4 and "\n" not in between and between.strip(' \t„“"') in ("", ".")


def _whole(line: str, words: Sequence[re.Match[str]], at: int, size: int) -> int:
    """Take in the rest of the line where it holds nothing else: "Kite Housing" and " Association"."""
    rest = words[at + size : at + _MOST_WORDS]
    if at == 0 and len(words) <= _MOST_WORDS and rest and not line[: words[0].start()].strip(" *_-"):
        named = all(w[0][:1].isupper() or w[0].casefold() in _JOINS for w in rest)
        plain = not line[words[0].start() :].strip().rstrip(".").count(",") and not re.search(
            r"[|:;!?/()–—]| - ", line
        )
        if named and plain and words[-1][0][:1].isupper():
            return len(words)
    return size


def words(name: str) -> list[str]:
    """List the words of a name without those that join: ``Soie & Fil`` and ``soie et fil`` are the same."""
    return [word for word in re.findall(r"[^\W_]+", fold(name)) if word not in _JOINS]


def written(name: str, lines: Iterable[str]) -> str | None:
    """Find how the lines write a name, with a capital or in a script that has none; None = not as a name.

    "Soie et Fil" is written "Soie & Fil", and "Penne Vogel" "Pennevogel".
    """
    apart = [frozenset(compact(s) for s in spellings(word)) for word in name.split() if words(word)]
    if not apart or not all(apart):
        return None
    wanted = [apart[:_MOST_WORDS], [frozenset(compact(s) for s in spellings(name))]]
    heads = {form for one in wanted for form in one[0]}
    for line in lines:
        told = compact(line[:_LONGEST_LINE])
        if not any(head in told for head in heads):
            continue
        found = [token for token in _tokens(line) if words(token[0])]
        spelled = [frozenset(compact(s) for s in spellings(_OWNER.sub("", token[0]))) for token in found]
        for at, name_here in ((at, one) for at in range(len(spelled)) for one in wanted):
            here = found[at : at + len(name_here)]
            alike = all(a & b for a, b in zip(name_here, spelled[at:], strict=False))
            if alike and len(here) == len(name_here) and not here[0][0][:1].islower():
                return _OWNER.sub("", line[here[0].start() : here[-1].end()])
    return None


_OWNER = re.compile(r"['’]s?$")


def names_behind(head: str, texts: Iterable[str]) -> list[str]:
    """List what follows a word of a firm's name as one more of it: "Group" behind "monarch"."""
    found: list[str] = []
    for text in texts:
        for line in text.splitlines():
            if head not in fold(line):
                continue
            pairs = pairwise(_tokens(line))
            found += [b[0] for a, b in pairs if _follows(a, b, line) and fold(a[0]) == head]
            if len(found) >= _ENOUGH:
                return found
    return found


def _follows(one: re.Match[str], other: re.Match[str], line: str) -> bool:
    named = one[0][:1].isupper() and other[0][:1].isupper()
    return named and line[one.end() : other.start()].strip(" \t") == ""
