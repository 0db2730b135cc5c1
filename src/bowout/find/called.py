"""What a thread can be called by, in what ways WHO may fit it, and the words of both. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bowout.model import Address
from bowout.text import firms
from bowout.text.spelling import fold, spellings

__all__ = [
    "ARTICLES",
    "EQUAL",
    "How",
    "Match",
    "Names",
    "is_unspaced",
    "mentions",
    "plain_words",
    "said",
    "typed_domain",
]


class How(StrEnum):
    """In what way WHO fits, the strongest first; ``EQUAL`` are those by which a thread is meant for sure."""

    ADDRESS = "address"
    DOMAIN = "domain"
    COMPANY = "company"
    FULL_NAME = "full-name"
    FIRM = "firm"  # the firm by a shorter or longer name than it has there
    POSITION = "position"  # the whole name of the job
    NAME = "name"  # a part of somebody's name
    TITLE = "title"
    SUBJECT = "subject"
    SCRIPT = "script"  # the same word in another script
    TYPO = "typo"
    TEXT = "text"  # only mentioned
    PART = "part"  # some words of it, its stem or its initials
    QUOTED = "quoted"  # only mentioned in quoted mail
    ALIKE = "alike"  # only in other words, or where nobody of theirs speaks


EQUAL = frozenset({How.ADDRESS, How.DOMAIN, How.COMPANY, How.FULL_NAME, How.FIRM, How.POSITION})


ARTICLES = frozenset(
    {"the", "der", "die", "das", "den", "dem", "de", "het", "le", "la", "les", "el", "los", "las", "il", "lo"}
    | {"gli", "o", "a", "os", "as", "my", "our", "mein", "meine", "mon", "mi"}
)


@dataclass(frozen=True, slots=True)
class Match:
    """The strongest way in which WHO fits, and the reason in words for a person."""

    how: How
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Everything a thread can be called by. ``companies`` come with where each was read.

    ``addresses`` are those of people there; ``firms`` those of them whose domain is their firm's own, and
    ``labels`` the firm's word in it; ``signed`` is what stands beside their names: in From and in signatures.
    ``headed`` are the parts of the subject, where somebody hires me; ``agency``: an agency does, and
    says of its client in such a part what there is. ``placed`` are its mails if no client but WHO is known.
    """

    addresses: tuple[Address, ...]
    firms: tuple[Address, ...]
    people: tuple[str, ...]
    companies: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    titles: tuple[str, ...]
    subjects: tuple[str, ...]
    signed: tuple[str, ...]
    texts: tuple[str, ...]
    headed: tuple[str, ...] = ()
    placed: tuple[str, ...] = ()
    agency: bool = False


def plain_words(text: str) -> str:
    """Fold a text, and make everything that is no letter or digit a space."""
    return " ".join(re.sub(r"[\W_]+", " ", fold(text)).split())


def is_unspaced(text: str) -> bool:
    # Chinese, Japanese, Korean and Thai are written without spaces between words.
    return any(
        "\u0e00" <= c <= "\u0e7f" or "\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in text
    )


def mentions(who: str) -> Callable[[str], bool]:
    apart = " ".join(word for word in who.split() if firms.words(word))
    wanted = [w for form in dict.fromkeys((who, apart)) for s in spellings(form) if (w := plain_words(s))]
    if is_unspaced(who):
        return lambda text: any(w in plain_words(text) for w in wanted)
    return lambda text: any(f" {w} " in f" {plain_words(text)} " for w in wanted)


_DOMAIN = re.compile(r"@?([\w-]+(\.[\w-]+)+)")


def typed_domain(who: str) -> str | None:
    """Read WHO as a domain, with or without the @; None = it is none."""
    typed = _DOMAIN.fullmatch(who.casefold())
    return typed[1] if typed else None


def said(names: Names) -> frozenset[str]:
    """List the words of all that is written there."""
    texts = (*names.titles, *names.subjects, *names.people, *names.texts, *(c for c, _ in names.companies))
    return frozenset(plain_words("\n".join(texts)).split())
