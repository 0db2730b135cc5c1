"""Match WHO with the firm of a thread: its name, its domain, its signature, an agency's client. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from bowout.find.called import How, Match, Names, is_unspaced, mentions, plain_words, said, typed_domain
from bowout.people.names import is_common, is_desk
from bowout.read import titles
from bowout.text import firms, hiring, legal_forms
from bowout.text.spelling import compact, distance, fold, spellings

__all__ = [
    "by_client",
    "by_company",
    "by_firm",
    "by_job",
    "by_parts",
    "by_signature",
    "name_words",
    "same_company",
]

_LEGAL = legal_forms.ANYWHERE


def _company_keys(name: str) -> frozenset[str]:
    """List the ways to write a company's name as one word, without its legal form."""
    # In lower case, as people type a name: "day spa" is Day Spa.
    words = legal_forms.without(name.lower().replace(",", " ")).split()
    apart = [word for word in words if firms.words(word)]  # "Fenwick & Marlowe", "Fenwick and Marlowe"
    written = {spelt for one in (words, apart) for spelt in spellings(" ".join(one))}
    return frozenset(map(compact, written)) - {""}


def same_company(one: str, other: str) -> bool:
    """Tell whether two names are the same but for case, accents and legal form."""
    return bool(_company_keys(one) & _company_keys(other))


def by_company(who: str, names: Names) -> Match | None:
    wanted = _company_keys(who)
    for company, where in names.companies:
        if wanted & _company_keys(company):
            return Match(How.COMPANY, f"the company is {company} ({where})")
    headed = any(wanted & _company_keys(part) for part in names.headed)
    said = names.agency and any(
        f"{plain_words(part)} ".startswith(f"{plain_words(who)} ") for part in names.headed
    )
    if (headed or said) and not _tells_no_firm(who, names):
        return Match(How.FIRM, f"the subject names {who}")
    return None


def _tells_no_firm(who: str, names: Names) -> bool:
    """Tell whether WHO may be a job or a person in a subject, or a word of hiring, and no firm."""
    alike = any(plain_words(who) in plain_words(other) for other in (*names.titles, *names.people))
    return alike or titles.has_noun(who) or hiring.tells_of_work(who) or not name_words(who)


def name_words(who: str) -> tuple[str, ...]:
    """List the words that tell a name from others: no legal form, nothing of one or two letters."""
    words = (w for w in plain_words(who).split() if len(w) > 2 and w not in _LEGAL and w not in _SMALL)
    return tuple(dict.fromkeys(words))[:_MOST_WORDS]


_SMALL = frozenset(
    {
        "the",
        "and",
        "und",
        "der",
        "die",
        "das",
        "les",
        "los",
        "del",
        "von",
        "van",
        "for",
        "such",
        "job",
        "role",
    }
    | {"company", "firm", "group", "team", "office", "position", "service", "services"}
)
_MOST_WORDS = 12


def by_firm(who: str, names: Names) -> Match | None:
    """Take for the firm what stands for all of WHO, or begins with it: a domain or a name.

    People write from coolabahroast.example and are called Coolabah Coffee Roasters, or Coolabah for short.
    """
    wanted = name_words(who)
    if not wanted or max(map(len, wanted)) < _LEAST or "@" in who or typed_domain(who):
        return None
    for company, where in names.companies:
        words = name_words(company)
        letters = "".join(word[0] for word in words)
        if set(wanted) == set(words) or _skips(wanted, words) or list(wanted) == [letters]:
            return Match(How.FIRM, f"{company} is {who} ({where})")
    if _OF_A_JOB.search(who):  # "Acme - Data Engineer": which job it is tells more than the firm
        return None
    for label in names.labels:
        if (found := _by_label(who, wanted, label, names)) is not None:
            return found
    # "St. Jude" is more than one word, though only one of them tells.
    return by_signature(who, names) if len(who.split()) > 1 or is_unspaced(who) else None


def _skips(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether words are left out of a name, not its first: "Hexham Dental", Hexham Smiles Dental."""
    rest = iter(words)
    return wanted[:1] == words[:1] and all(word in rest for word in wanted)


def _by_label(who: str, wanted: tuple[str, ...], label: str, names: Names) -> Match | None:
    """Hold WHO against a domain's label; where it tells only a part, the mails must write the name."""
    short, rest, ends = "".join(wanted), _behind(wanted[0], label), _is_end_of(who, label)
    starts = len(short) >= _TELLING and compact(label).startswith(short)
    written = (starts or ends or rest is not None) and _is_written(who, names)
    if (starts and written) or _begins(short, label) or _ends_whole(who, label):
        return Match(How.FIRM, f"the domain {label} is {who}")
    if len(wanted) > 1 and len(label) >= _LEAST and firms.fits(who, label):
        if (other := _called_else(who, wanted, label, names)) is not None:
            return Match(How.PART, f"they are called {other} there, and not {who}")
        return Match(How.FIRM, f"the domain {label} is {who}")
    if ends and written:
        return Match(How.FIRM, f"the domain {label} holds {who}")
    if rest is not None and written:
        return Match(How.FIRM, f"{who} stands there, and the domain {label} begins so")
    if rest and wanted[1:] and (_cut_short(rest, wanted[1:]) or _is_one_of(rest, wanted[1:])):
        return Match(How.FIRM, f"the domain {label} is {who}, cut short")
    return None


_OF_A_JOB = re.compile(r"\s[-–—|:]\s|\s(?:at|bei|chez|presso|bij)\s", re.IGNORECASE)


def _begins(short: str, label: str) -> bool:
    """Tell whether a label is WHO, or WHO and a word more: ``kestrelrail``, and no ``kestrels``."""
    bare = compact(label)
    if len(short) < _TELLING or not bare.startswith(short):
        return False
    rest = bare[len(short) :]
    parted = short in ("".join(label.split("-")[:at]) for at in range(1, label.count("-") + 2))
    return not rest or parted or len(rest) >= _LEAST or _is_tail(rest)


def _ends_whole(who: str, label: str) -> bool:
    """Tell whether a label is a kind of house and WHO: ``funivie-cimadoro``, ``heladeriaboreal``."""
    bare, whole = compact(label), {compact(spelt) for spelt in spellings(who)}
    return any(len(w) > _TELLING and bare.endswith(w) and len(bare) - len(w) >= _LEAST for w in whole)


def _is_tail(rest: str) -> bool:
    return rest in _TAILS or legal_forms.without(f"acme {rest}") == "acme"


def _is_written(who: str, names: Names) -> bool:
    return any(firms.written(who, text.splitlines()) for text in names.texts)


def _behind(head: str, label: str) -> str | None:
    """Give what follows in a label behind a word that names the firm; None = it does not begin so."""
    bare = compact(label)
    named = len(head) >= _TELLING and not (is_common(head) or is_desk(head) or titles.has_noun(head))
    return bare[len(head) :] if named and bare.startswith(head) else None


def _cut_short(rest: str, words: Sequence[str]) -> bool:
    """Tell whether the rest of a label is short: "idb" for drainage board, "helis" for helicopter."""
    letters = iter(rest)
    if len(rest) <= _ABBREVIATED and all(word[0] in letters for word in words):
        return True
    return len(words) == 1 and len(rest) >= _LEAST and words[0].startswith(rest[:-1])


def _is_one_of(rest: str, words: Iterable[str]) -> bool:
    """Tell whether a label ends in a word of WHO, but for its ending: "vets", "funerals"."""
    return len(rest) >= _LEAST and any(_same_root(rest, w) for w in words if len(w) >= _LEAST)


def _is_end_of(who: str, label: str) -> bool:
    """Tell whether WHO, as one word, ends a domain's label, or is a part of it between hyphens."""
    parts, whole = label.split("-"), {compact(spelt) for spelt in spellings(who)}
    whole |= {compact(" ".join(firms.words(spelt))) for spelt in spellings(who)}
    ends = {"".join(parts[at:to]) for at in range(len(parts)) for to in range(at + 1, len(parts) + 1)}
    bare = compact(label)
    return any(len(one) >= _TELLING and (one in ends or bare.endswith(one)) for one in whole)


def by_client(who: str, names: Names) -> Match | None:
    """Take for the firm what an agency writes of by that name, where no other client of it is known."""
    told = any(firms.written(who, text.splitlines()) for text in names.placed)
    if told and not _tells_no_firm(who, names):
        return Match(How.FIRM, f"the agency writes of {who}")
    return None


def by_job(who: str, names: Names) -> Match | None:
    """Match a firm and a job, or a firm and a person, typed together: "nurse Harbourview"."""
    words = plain_words(who).split()
    known = set(plain_words(" ".join((*names.titles, *names.subjects, *names.people))).split())
    spare = [word for word in words if word in known or titles.has_noun(word)]
    rest = [word for word in words if word not in spare]
    told = all(word in known | said(names) for word in spare)
    if not (rest and spare and told) or max(map(len, rest)) < _LEAST or any(map(is_common, rest)):
        return None
    firm = " ".join(rest)
    found = by_company(firm, names) or by_firm(firm, names) or by_signature(firm, names)
    return found if found is not None and found.how is not How.PART else None


def _called_else(who: str, wanted: Sequence[str], label: str, names: Names) -> str | None:
    """Find the other name that they bear where a word of WHO stands nowhere; None = nothing contradicts it.

    ``monarch.example`` is Monarch Airlines as well as Monarch Group: a word of WHO that is missing tells
    nothing while they write "Monarch", and tells that another firm is meant while they write "Monarch Group".
    """
    told = said(names) | frozenset(plain_words("\n".join(names.signed)).split())
    labels = frozenset(compact(one) for one in names.labels)
    missing = [w for w in wanted if not (_stands(w, told, labels) or w in _GENERIC or is_desk(w))]
    # "Tonspur Hörbuchverlag" is Tonspur Verlag.
    missing = [w for w in missing if len(w) < _TELLING or not any(one.endswith(w) for one in told)]
    if not missing or len(missing) == len(wanted):
        return None
    lines = (*names.texts, *names.signed, *(company for company, _ in names.companies))
    jobs = f" {plain_words(' '.join(names.titles))} "
    for head, gap in pairwise(wanted):
        for other in firms.names_behind(head, lines) if gap in missing and head not in missing else ():
            if _is_another(plain_words(other), wanted) and f" {head} {plain_words(other)} " not in jobs:
                return f"{head.title()} {other}"
    small = plain_words(who).split()  # "am" of Grundschule am Anger
    parts = [p for p in label.split("-") if p not in small and not _is_tail(p)] if "-" in label else []
    return label if any(_is_another(fold(part), wanted) for part in parts) else None


def _stands(word: str, said: frozenset[str], labels: Iterable[str]) -> bool:
    """Tell whether a word of WHO occurs, but for its ending."""
    if any(word in label for label in labels if len(word) > 3):
        return True
    return any(one[:1] == word[:1] and (one == word or _same_root(_plain(one), _plain(word))) for one in said)


def _runs(words: Sequence[str]) -> Iterable[Sequence[str]]:
    """List each word, and the words one behind the other that may be shortened together."""
    return (words[at:end] for at in range(len(words)) for end in range(at + 1, len(words) + 1))


def _shortens(short: str, words: Sequence[str]) -> bool:
    """Tell whether letters stand for words: "dc" for District Council, "gs" for Grundschule."""
    if len(words) > 1:
        return short == "".join(word[0] for word in words)
    letters = iter(words[0])
    return 1 < len(short) <= _ABBREVIATED and short[0] == words[0][0] and all(s in letters for s in short)


def _is_another(word: str, wanted: Sequence[str]) -> bool:
    """Tell whether a word of a firm's name is none of WHO, however it ends or is cut short."""
    if word in _LEGAL or (word not in _GENERIC and (is_desk(word) or hiring.tells_of_work(word))):
        return False
    if any(_shortens(word, part) for part in _runs(wanted)):
        return False
    plain, slips = _plain(word), 1 if len(word) >= _TELLING else 0
    same = (_same_root(plain, w) or distance(w, plain, slips) <= slips for w in map(_plain, wanted))
    return not any(same)


def _same_root(one: str, other: str) -> bool:
    """Tell whether two words are one but for an ending, or one stands whole within the other."""
    short, long = sorted((one, other), key=len)
    shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(short))
    return (len(short) > 3 and short in long) or (shared >= _ROOT and len(long) - shared <= _ENDING)


_ENDING = 2  # letters that may differ: Hartmann is no Hartmut


def _plain(word: str) -> str:
    """Write an umlaut as one letter, however it is spelt."""
    return re.sub(r"([aou])e", r"\1", word)


_ROOT = 5  # letters by which a word is known, whatever its ending
# What firms drop in daily speech: in WHO it says nothing; where they write it they are no airline.
_GENERIC = frozenset(
    {"group", "gruppe", "groupe", "grupo", "gruppo", "groep", "grupa", "holding", "holdings", "company"}
)


def by_signature(who: str, names: Names) -> Match | None:
    """Take for the firm what stands beside their name. Of one word only where nobody there bears it."""
    mentioned = mentions(who)
    told = (mentioned(text) or firms.written(who, text.splitlines()) for text in names.signed)
    if name_words(who) and (any(told) or _is_introduced(who, names)):
        return Match(How.FIRM, f"they sign as {who}")
    return None


def _is_introduced(who: str, names: Names) -> bool:
    """Tell whether a text puts somebody's name and the firm side by side: "Dana Reyes (Acme)".

    Where words are not parted a line begins with the firm and goes on to who writes.
    """
    if not is_unspaced(who):
        return _stands_behind(who, names)
    writers = [part for name in names.people for part in name.split() if is_unspaced(part) and part != who]
    lines = (line.strip() for text in names.texts for line in text.splitlines())
    return any(line.startswith(who) and any(name in line for name in writers) for line in lines)


def _stands_behind(who: str, names: Names) -> bool:
    """Tell whether the firm follows somebody's whole name in one sentence or cell."""
    wanted = plain_words(who)
    people = [plain_words(name) for name in names.people if len(name.split()) > 1]
    parts = (part for text in names.texts for part in re.split(r"[.!?;:]\s|\n", text))
    lines = [f"{plain_words(part)} " for part in parts]
    told = [f"{name} {join}{wanted} " for name in people for join in _JOINS]
    return any(one in line for one in told for line in lines)


_JOINS = ("", "at ", "from ", "of ", "bei ", "von ", "chez ", "de ", "di ", "van ")


_LEAST = 4  # letters of the longest word of a name, or of a domain, that stands for a firm
_TELLING = 5  # letters; shorter words and stems tell too little
_ABBREVIATED = 3  # letters
# Short ends of a label that make no other name of what stands before them.
_TAILS = frozenset({"hq", "uk", "us", "usa", "eu", "de", "nl", "app", "lab"})
_MOST_LINES, _MOST_INITIALS = 60, 12


def by_parts(who: str, names: Names) -> Match | None:
    """Find the weakest likeness: the leading word of WHO, most of its words, or its initials."""
    if "@" in who.strip("@"):
        return None  # of an address nothing but the whole tells, or the firm: see likeness
    typed = typed_domain(who)
    who = typed.partition(".")[0] if typed else who
    told, reason = said(names), f"a part of {who} is told there"
    labels = {compact(company) for company, _ in names.companies}
    if typed:  # everybody has an address at some other domain
        told = frozenset(labels)
    else:
        labels |= {compact(address.domain.rpartition(".")[0]) for address in names.addresses}
    for spelt in spellings(who):
        wanted = name_words(spelt)
        named = [word for word in wanted if not is_common(word)] or wanted
        hits = [word for word in named if _stands(word, told, labels)]
        if hits and (hits[0] == named[0] or 2 * len(hits) >= len(named)):
            return Match(How.PART, reason)
        joined = "".join(wanted)
        if any(min(len(label), len(joined)) >= _TELLING and label in joined for label in labels):
            return Match(How.PART, reason)
        initials = "".join(word[0] for word in wanted)
        if len(initials) > 2 and (initials in labels or initials in told):
            return Match(How.PART, f"{initials.upper()} may be {who}")
    if (name := _initialled(who, names)) is not None:
        return Match(How.PART, f"{who.upper()} may be {name}")
    return None


def _initialled(who: str, names: Names) -> str | None:
    """Find a name there of which WHO is made of first letters: ``gfsd``, Granite Falls School District."""
    if not (2 < len(who) < 6 and who.isalpha()):
        return None
    lines = [line for text in (*names.texts, *names.signed) for line in text.splitlines()][-_MOST_LINES:]
    for name in (*(company for company, _ in names.companies), *lines):
        words = [word for word in plain_words(name).split() if word not in _SMALL][:_MOST_INITIALS]
        if who.casefold() in "".join(word[0] for word in words):
            return name
    return None
