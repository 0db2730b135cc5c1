"""Know what makes words the title of a job (``titles.toml``), and write one as a letter does. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from bowout.read import time_words as tw
from bowout.read.source import clean
from bowout.text.spelling import fold

__all__ = ["EDGES", "LONGEST", "could_be", "has_noun", "is_thing", "may_be", "nouns", "plain", "without_junk"]

EDGES = " \t-–—|,:;/\"„“”'"
LONGEST = 8  # words that a subject may announce

# --- its noun -------------------------------------------------------------------------------------

_ENDS_WORDS = 5  # letters; a shorter noun ends too many other words: "ahead"
# Of gender, number and case.
_ENDINGS = ("", "s", "in", "innen", "e", "n", "en", "er", "es", "a", "as", "i")


@cache
def _lists() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files("bowout.read").joinpath("titles.toml").read_text(encoding="utf-8"))


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(word for words in _lists()[name].values() for word in words.split())


@lru_cache(maxsize=1024)
def has_noun(title: str) -> bool:
    """Tell whether a noun of work, "engineer" or "Leiterin", is in a title, or "crew" ends it."""
    words = _words(title)
    return any(map(_is_noun, words)) or _is_crew(words)


def nouns(title: str) -> frozenset[str]:
    """List the words of a title that are nouns of work."""
    return frozenset(filter(_is_noun, _words(title)))


def _is_crew(words: Sequence[str]) -> bool:
    """Tell "cabin crew" and "bar staff" from "our crew" and "all staff"."""
    return len(words) > 1 and words[-1] in _listed("crews") and words[-2] not in _listed("whose")


def is_thing(title: str) -> bool:
    """Tell whether something else is named for which people apply: a flat, a course, a nursery place."""
    return not has_noun(title) and any(_is_a_thing(word.lstrip("0123456789")) for word in _words(title))


def _words(title: str) -> list[str]:
    return re.findall(r"\w{2,40}", title.lower())


def _is_noun(word: str) -> bool:
    return word in _listed("words") or any(_ends_as("nouns", stem) for stem in _stems(word))


def _is_a_thing(word: str) -> bool:
    return _ends_as("things", word)


def _stems(word: str) -> Iterator[str]:
    return (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))


def _ends_as(name: str, word: str) -> bool:
    """Tell whether a word of that list is all of ``word``, or the end of it."""
    words = _listed(name)
    return word in words or any(word[at:] in words for at in range(1, len(word) - _ENDS_WORDS + 1))


# --- whether it is one ----------------------------------------------------------------------------

_SENTENCE = re.compile(
    r"\b(?:you|your|we|our|my|me|i|this|that|is|are|will|has|have|been|he|she|they|his|her|their"
    r"|ihre?|wir|sie|uns|dein|deine|sehr geehrte\w*)\b",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(
    r"(?:Mr|Mrs|Ms|Miss|Frau|Herrn?|Mme|Señora?|Lieber?|i[mn]|am|beim?|hiring)\b"
    r"|.*(?:['’]s|\W(?:or|and|und|oder|ou|o|y|e|et|of|i))\Z"
)
_GRADE = re.compile(r"(?<=\w\w) (?:I{1,3}|IV|V)$")  # "Quality Associate I"


def _is_sentence(title: str) -> bool:
    return _SENTENCE.search(_GRADE.sub("", title)) is not None


_INITIAL = re.compile(r"[^\W\d_]\w+ [A-ZÀ-Þ]\.?")  # "Pawel G." is somebody


@lru_cache(maxsize=1024)
def could_be(title: str) -> bool:
    """Tell whether words may be a title: with the noun of one, or written with capitals."""
    words = title.split()
    if not 1 <= len(words) <= LONGEST + 1 or _is_sentence(title) or _is_no_title(title):
        return False
    if has_noun(title):
        return True
    return any(word[:1].isupper() for word in words) and all(w[:1].isupper() for w in words if len(w) > 3)


def may_be(title: str) -> bool:
    """Tell whether words that a subject announces may be a title, also in small letters."""
    words = title.split()
    return (
        1 <= len(words) <= LONGEST
        and len(re.sub(r"[\W\d_]", "", title)) > 3
        and not _is_sentence(title)
        and not _is_no_title(title)
    )


def _is_no_title(title: str) -> bool:
    """Tell people ("Pawel G.", "the manager", "Joiners") and what else is applied for."""
    if _INITIAL.fullmatch(title) or _SOMEBODY.match(title) or is_thing(title):
        return True
    alone = fold(title)
    several = " " not in alone and alone.endswith("s") and alone[:-1] in _listed("nouns")
    return several or (title == alone and alone in _listed("bosses"))


# --- how it is written ----------------------------------------------------------------------------

_CODE = (
    # (R-10234), (Req ID: 10234), #4711, JR10234, 2026-114, "10234 - "
    (
        r"[(\[]\s*(?:job|req(?:uisition)?|ref(?:erence)?|position|posting|id|no|nr)?"
        r"[\w .#:/-]{0,12}\d{2,}+[\w/-]*\s*[)\]]"
    ),
    (
        r"\b(?:job|req(?:uisition)?|ref(?:erence)?|kennziffer|stellen-?nr)\.?\s*(?:id|no|nr|number)?\.?\s*"
        r"[:#-]?\s*[\w-]*\d{2,}\b"
    ),
    r"#\s*[A-Z-]*\d+|\b[A-Z]{0,4}[-_]?\d{4,}(?:[-_/]\d+)*\b",
)
# What a program left there or was meant to fill in, or somebody tries out on us: {{title}}, ${7*7}, <%= x %>.
_HOLE = re.compile(
    r"[#$%]?\{{1,4}[^{}]{0,80}\}{1,4}|<{1,4}[^<>]{0,80}>{1,4}|\[{1,4}[^\[\]]{0,80}\]{1,4}|__\w{1,40}__"
)
_BOLD = re.compile(r"(?<!\w)[*_]{1,3}(?=\w)|(?<=\w)[*_]{1,3}(?!\w)")
# "R&D", "C++", "Entwickler*in", "80-100%" and "Jack/Jill" are words of titles; a sum or a path is none.
_NO_WORD = re.compile(r"[{}<>\[\]$\\^~`=]|(?<!\d)%|\d\*|\*\d|(?<!\w)[*_]+(?!\w)|\w@|@\w|^&#?\w{2,}|^@{2,}")
_TRIM = (
    # (m/w/d), m/f/x, (Remote), full-time, "position"
    r"\s*[(\[][mwfdxih](?:\s*[/|,]\s*[mwfdxi]){1,3}(?:\s*/\s*\w)?[)\]]|\s*\b[mwfd](?:/[mwfdx]){2}\b",
    (
        r"\s*[(\[,–-]?\s*\b(?:(?:fully )?remote|hybrid|on-?site|full[- ]?time|part[- ]?time|vollzeit|"
        r"teilzeit)\b[)\]]?$"
    ),
    r"\s+(?:position|role|job|opening|opportunity|vacancy)$",
    r"^\d+[- ](?:week|month|hour|day|year)\s+",
)
_CODES = re.compile("|".join(_CODE), re.IGNORECASE)
_TRIMS = re.compile("|".join(_TRIM), re.IGNORECASE)
_LABEL = re.compile(
    r"^\s*(?:job ?title|position|role|stelle|rolle|poste|puesto|vacature)\s*:\s*", re.IGNORECASE
)
_ARTICLE = re.compile(r"(?:^|(?<!\bto)\s)(?:the|our|an?|die|der|das|eine?n?)\s", re.IGNORECASE)
_OF_WHAT = frozenset({"de", "of", "du", "des", "di", "van", "da", "do"})  # "Chef de rang"


@lru_cache(maxsize=1024)  # a subject is repeated in every answer
def plain(text: str, *, said: bool = False) -> str:
    """Write a title for a letter: no requisition number, no (m/w/d), no place, no rest of the sentence.

    ``said`` = in a sentence, which may go on behind it.
    """
    title = _CODES.sub(" ", _LABEL.sub("", without_junk(clean(text))))
    title = re.sub(r"\(\s*\)", "", title)
    if title.count("(") > title.count(")"):  # "Data Engineer (open to": the rest was cut off
        title = title[: title.rindex("(")]
    title = _unpraised(_ARTICLE.split(title)[-1].strip(EDGES))
    title = _without_place(_dated().sub("", title))
    title = _without_rest(title, said=said) if title[:1].isupper() or not said else _small_title(title)
    for _ in range(3):
        title = _TRIMS.sub("", title).strip(EDGES)
    head, _, tail = title.rpartition(" - ")
    if head and has_noun(head) and not has_noun(tail):
        title = head
    return _calm(clean(title, 80))


def without_junk(text: str) -> str:
    """Leave out of words that may hold a title what no title consists of: markup, placeholders, sums."""
    words = _BOLD.sub("", _HOLE.sub(" ", text)).split()
    return " ".join(word for word in words if not _NO_WORD.search(word))


# "Stylist in our salon", "Koch in Bremen", "Nurse at Acme": where it is, not what.
_PLACE = re.compile(
    r"\s+(?:in\s+(?P<what>[A-ZÀ-Þ].*)|in\s+(?:our|unser\w*|the|der|dem)\b.*|(?:at|bei|chez)\s+[A-ZÀ-Þ].*)$"
)


def _without_place(title: str) -> str:
    """Cut where a job is, but not the field that it is in: "Lecturer in Statistics"."""
    match = _PLACE.search(title)
    if match is None:
        return title
    words = (match["what"] or "").split()
    kept = _field(words)
    return " ".join([title[: match.start()], *(["in", *words[:kept]] if kept else [])])


def _field(words: Sequence[str]) -> int:
    """Count the words up to the last that names a field of work or study; 0 = none does."""
    near = [word.strip(",;").lower() for word in words[:_FIELD]]
    fields = [
        at + 1 for at, word in enumerate(near) if word in _listed("fields") or word.endswith(_of_fields())
    ]
    return max(fields, default=0)


_FIELD = 4  # words


@cache
def _of_fields() -> tuple[str, ...]:
    return tuple(_listed("field_ends"))


@cache
def _dated() -> re.Pattern[str]:
    """Compile "from January", "ab sofort": when a job begins, with all that follows."""
    named = (tw.numbered(name) for name in ("months", "weekdays"))
    days = tw.either([word for known in named for word in known] + sorted(_listed("when")))
    begins = tw.either(word.replace("_", " ") for word in _listed("from"))
    return re.compile(
        rf"[\s,(–-]+(?:{begins})\s+(?:(?:the|next|early|mid|late|anfang|mitte|ende)\s+)*(?:\d|(?:{days})\b).*$",
        re.IGNORECASE,
    )


def _unpraised(title: str) -> str:
    """Drop what an advertisement puts in front: "Exciting Staff Engineer"."""
    words = title.split()
    while len(words) > 1 and _praises(words[0]) and has_noun(" ".join(words[1:])):
        words.pop(0)
        while len(words) > 1 and words[0] == "new":
            words.pop(0)
    return " ".join(words)


def _praises(word: str) -> bool:
    low = word.lower().strip("!,")
    return word in ("new", "neue", "neuer", "neuen") or any(
        low.startswith(start) for start in _listed("praise")
    )


def _without_rest(title: str, *, said: bool) -> str:
    """Cut "beworben" behind "Softwareentwickler": small words after its noun belong to the sentence."""
    words = title.split()
    while title[:1].isupper() and len(words) > 1 and re.fullmatch(r"[a-zß-ÿ]+|[-–—|]", words[-1]):
        before = words[-2]
        if has_noun(words[-1]) or before in _OF_WHAT or before == "in" or _follows(before, words[-1]):
            break
        if not said and words[-1].isalpha() and not has_noun(" ".join(words[:-1])):
            break  # "Dog walker", whose noun the list lacks
        words.pop()
    return " ".join(words)


def _follows(noun: str, word: str) -> bool:
    """Tell whether a word is what a noun is of, in a language that puts it behind: "Kierownik zmiany"."""
    known = any(stem in _behind_nouns() for stem in _stems(noun.lower()))
    return known and len(word) > _SHORTEST and not word.endswith(_PARTICIPLES)


_SHORTEST = 4
_PARTICIPLES = ("ato", "ata", "uto", "uta", "ito", "ita", "ado", "ada", "ido", "ida", "ée", "é")


@cache
def _behind_nouns() -> frozenset[str]:
    named = _lists()["nouns"]
    return frozenset(
        word
        for language in ("spanish_and_portuguese", "italian", "polish", "french")
        for word in named[language].split()
    )


def _small_title(title: str) -> str:
    """Cut a title written small behind its noun: one word more may belong to it, "de" and its word do."""
    words = title.split()
    end = 0
    for at, word in enumerate(words):
        if has_noun(word) and (not end or at - end < _NEXT_NOUN):
            end = at + 1
    if not end and _is_crew(_words(title)):
        return title
    while end and end + 1 < len(words) and words[end] in _OF_WHAT:
        end += 3 if words[end + 1] in _ARTICLES and end + 2 < len(words) else 2
    if end and words[end : end + 1] == ["in"]:
        kept = _field(words[end + 1 :])
        end += kept + 1 if kept else 0
    rest = words[end:]
    cut = end and (len(rest) > 1 or (rest and len(rest[0]) <= _REST and rest[0].islower()))
    return " ".join(words[:end] if cut else words)


_NEXT_NOUN = 2  # words between: "assistant site manager"
_REST = 3  # letters, at most: "organist in", "Hebamme an"
_ARTICLES = ("la", "le", "les", "los", "las", "lo", "o", "a")


def _calm(title: str) -> str:
    """Write a title in capitals as others are written; short words are abbreviations."""
    words = title.split()
    if title != title.upper() or not any(len(word) > 4 for word in words):
        return title
    return " ".join(word if len(word) < 4 or not word.isalpha() else word.capitalize() for word in words)
