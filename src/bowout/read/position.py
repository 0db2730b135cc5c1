"""Read the position that a process is about, in subjects and sentences. Pure.

A title is believed where the words around it announce one ("the role of", "Bewerbung als"). Whether it is
one is checked by its noun (engineer, Leiter); a title with a noun that the list does not know counts only
when two kinds of places agree on it, since a sentence cut in the wrong place looks just like it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from bowout.mail.subject import without_marks
from bowout.model import Confidence, Fact
from bowout.read import time_words as tw
from bowout.read.claim import Claim, Clue, as_fact, different, grouped, job_words, support
from bowout.read.source import Source, clean
from bowout.read.subject_titles import left_over, listed, of_hiring, without_around
from bowout.read.titles import LONGEST, could_be, has_noun, may_be, nouns, plain, without_junk
from bowout.text import firms
from bowout.text.spelling import compact, fold

__all__ = ["bare_subject", "position"]

# --- where titles stand ---------------------------------------------------------------------------

_TITLE = r"[\"„“]?(?P<title>[^\n.;!?\"„“”<>]{2,90}?)[\"”“]?"
_STOP = (
    r"(?=\s+(?:at|with|bei|in our|in the|within|to(?!\s+the\s+[A-Z])|is|has|had|and (?:we|your|would|I)|"
    r"which|that|we|was|on|here|as|und|für|zu|nicht|not|steht|wurde|ist|role|position|opening|vacancy|job)\b|"
    r"\s*[,.;!?\n(\"”“–—|@]|\s-\s|$)"
)
_POST = r"(?:position|role|job|vacancy|opening|post|opportunity)"
_AS = (
    r"[Aa]s(?: an?| our| the)?|be our(?: next| new)?|[Aa]ls(?: unsere?[nr]?| neue?[nr]?| eine?n?)?"
    r"|[Cc]omme|[Cc]omo|[Cc]ome|jako"
)
_OF = (
    r"(?:role|position|post|job)(?: itself)? is|classification of|contract for"
    r"|appointment of (?:an?|its|our|the)"
)
_TALK = r"interview|chat|call|screen|Gespräch|entretien|entrevista|colloquio|gesprek|rozmowa|intervju"
_CAPITAL = r"(?:(?:Sr|Jr|Snr|Jnr|Asst|Dep)\.|[A-ZÀ-Þ](?:[\w/&+-]|\.(?=\w)){0,30})"


def _behind(weight: int, words: str, end: str = _STOP, flags: re.RegexFlag = re.NOFLAG) -> Clue:
    """Look for a title behind such words."""
    return Clue(weight, words, rf"{words}{_TITLE}{end}", flags)


def _before(weight: int, start: str, words: str, flags: re.RegexFlag = re.NOFLAG) -> Clue:
    """Look for a title in front of such words."""
    return Clue(weight, words, rf"{start}{_TITLE}{words}", flags)


_IN_TEXT = (
    _behind(3, rf"\b{_POST}\s+(?:of|as|titled|:)\s*(?:an?\s+|our\s+|the\s+)?"),
    _behind(3, r"\b(?:[Pp]osition|[Rr]ole|[Pp]ost|[Vv]acancy|Job|Job title|Stelle|Rolle)\s*:\s*"),
    _behind(2, r"(?m:^)(?:Role|Position|Post|Job)[ \t]+(?=[A-Z])", r"[ \t]*$", re.MULTILINE),
    _before(
        3,
        r"\b(?:for|in|about|regarding|to|the|our|an?)\s+(?:(?:the|our|an?)\s+)?(?:open\s+)?",
        rf"\s+(?:{_POST}|contract|posting|competition)\b",
    ),
    # "Plant fitter job.", "our careers lead retires", "Site Administrator is yours"
    _before(2, r"(?:^|(?<=[.!?]\s))", rf"\s+{_POST}\b"),
    _before(2, r"\b[Oo]ur\s+", r"\s+(?:is\s+)?(?:leav|retir|mov)(?:es|ing|ed)\b"),
    _before(2, r"\b(?:(?:said|now),\s+|[Tt]he\s+|(?<=\n))", r"\s+is\s+(?:all\s+)?yours\b"),
    _behind(
        2,
        (
            r"\b(?:application|applying|applied|apply|interview|interviewing|shortlist|documents|"
            r"considered|fit|"
            r"hiring|looking|search|searching|recruiting)\s+(?:to\s+[^\n.,]{2,40}?\s+)?(?:for|as|to be)\s+"
            r"(?:the\s+|our\s+|an?\s+)?"
        ),
    ),
    _behind(2, r"\b(?:hiring|needs?|seeks?)\s+an?\s+"),
    # Capitals show where a title begins and ends: "for the Night Supervisor, we ..."
    Clue(
        2,
        r"\bfor\s",
        (
            rf"\bfor\s+(?:(?:the|our|an?)\s+)?"
            rf"(?P<title>{_CAPITAL}(?:[ ](?:(?:of|and|&|to)[ ])?{_CAPITAL}){{1,5}})(?!\w)"
        ),
    ),
    _behind(
        3,
        (
            r"\b(?:Bewerbung|Stelle|Position|Rolle|Verstärkung|bewerben|beworben)\s+"
            r"(?:(?:für |auf |um )die Stelle als|als|:|des|der)\s*"
        ),
    ),
    _behind(2, r"\b(?:suchen wir|sucht|besetzen wir)\s+(?:eine?n?|die Position|die Stelle)\s+"),
    _behind(1, r"\bals\s+", r"\s+bei\b"),
    _behind(2, rf"\b(?<!am )(?<!’m )(?<!'m )(?<!work )(?<!role )(?<!bin )(?<!arbeite )(?:{_AS})\s+"),
    _behind(3, rf"\b(?:{_OF})\s+"),
    _behind(2, rf"\b(?i:{_TALK})\s*\(", r"\)"),
    _before(
        2,
        r"\b(?:the|your|our|this|The|Your|Our)\s+",
        rf"\s+(?:{_TALK}|req|search|seat|list|offer|application)\b",
    ),
    Clue(3, r"-(?:Stelle|Position|Rolle)\b", r"\b(?P<title>[A-ZÄÖÜ][\w-]{2,40})-(?:Stelle|Position|Rolle)\b"),
    _behind(2, r"\bdie Position\s+"),
)
_IN_SUBJECT = (
    _behind(
        3,
        (
            r"(?:application|interview|invitation(?: to interview)?|opportunity|position|role|opening|"
            r"vacancy|"
            r"next steps|chat|call)\s*(?:for|as|of|about|[-–—:|])\s*(?:the\s+|our\s+|an?\s+)?"
        ),
        rf"(?:\s+{_POST})?{_STOP}",
        re.IGNORECASE,
    ),
    _behind(
        3,
        (
            r"\b(?:Bewerbung|Stelle|Position|Vorstellungsgespräch|Gespräch)\s*(?:als|für|um|zur|[-–—:|])\s*"
            r"(?:die\s+(?:Stelle|Position)\s+(?:als\s+)?)?"
        ),
        flags=re.IGNORECASE,
    ),
    _before(3, "^", rf"\s+{_POST}\b", re.IGNORECASE),
    _before(2, "^", r"\s+(?:at|@|bei|with|gesucht)\b", re.IGNORECASE),
)


def bare_subject(subject: str) -> str:
    """Cut what replies and gateways put before a subject, and what a program left in it."""
    return without_junk(without_marks(clean(subject, 200)))


def position(sources: Sequence[Source], firms_named: Sequence[str] = ()) -> Fact[str] | None:
    """Read the position, or None. ``sources`` are the mails that may name one, mine among them."""
    refused = _Refused(sources, firms_named)
    claims = [claim for source in sources for claim in _claims(source)]
    claims += _confirmed(_titles(sources), sources)
    groups = _groups(claims, refused) or _groups(_in_passing(sources), refused)
    if not groups:
        return None
    best = groups[0]
    rivals = [g for g in groups[1:] if support(g) >= support(best) and not _is_the_same_job(best, g)]
    if rivals or _subjects_differ(sources, refused) or max(c.weight for c in best) < 2:
        return as_fact(best, Confidence.LOW)
    places = {c.place for c in best}
    sure = len(places) > 1 and has_noun(best[0].value)
    told = as_fact(best, Confidence.HIGH if sure else Confidence.MEDIUM)
    return replace(told, value=_in_full(told.value, sources))


def _groups(claims: Iterable[Claim], refused: _Refused) -> list[list[Claim]]:
    """Group the claims of each title that is believed; one with a noun of work comes before the others."""
    claims = list(claims)
    titles = {title for title in different(c.value for c in claims) if not refused.holds(title)}
    groups = grouped((claim for claim in claims if claim.value in titles), _same)
    believed = [g for g in groups if _believed(g) and not refused.is_else(g)]
    return [g for g in believed if has_noun(g[0].value)] or believed


def _subjects_differ(sources: Sequence[Source], refused: _Refused) -> bool:
    """Tell whether two subjects of the thread announce jobs of different nouns: two processes in one."""
    named: list[frozenset[str]] = []
    for subject in _subjects(sources):
        parts = (plain(left) for left, weight in left_over(subject) if weight > 1)
        first = next((t for t in parts if has_noun(t) and could_be(t) and not refused.holds(t)), None)
        if first is not None:
            named.append(nouns(first))
    return any(not one & other for at, one in enumerate(named) for other in named[:at])


def _subjects(sources: Sequence[Source]) -> Iterable[str]:
    return different(bare_subject(s.message.subject) for s in sources)


def _in_full(title: str, sources: Sequence[Source]) -> str:
    """Write a title as a subject does that has all its words: "analyst" may be the junior data analyst."""
    words = fold(title).split()
    for whole in dict.fromkeys(t for t, weight in _titles(sources) if weight > 1):
        spelt = re.findall(r"[\w&+/.'’-]+", fold(whole))
        longer = len(words) <= len(spelt) <= len(words) + 2 and set(words) <= set(spelt)
        if longer and (len(spelt) == len(words) or spelt[-1] == words[-1]):
            return whole
    return title


def _titles(sources: Sequence[Source]) -> Iterator[tuple[str, int]]:
    """List the titles that subjects leave over, each with its weight."""
    for subject in _subjects(sources):
        for left, weight in left_over(subject):
            title = plain(left)
            if could_be(title) or ((weight > 2 or title[:1].isupper()) and may_be(title)):
                yield title, weight


class _Refused:
    """Know what is no title here: names of people who write, and of their firms."""

    def __init__(self, sources: Sequence[Source], firms_named: Sequence[str]) -> None:
        addresses = [a for s in sources for a in (s.sender, *s.message.to)]
        self.people = {w for a in addresses for w in re.findall(r"[^\W\d_]{3,}", fold(a.name))}
        self.labels = different(a.domain.split(".")[-2] for a in addresses if a.domain.count("."))
        self.firms = {compact(name) for name in firms_named}
        self.said = [s.prose for s in sources]

    def holds(self, title: str) -> bool:
        if compact(title) in self.firms:
            return True
        if has_noun(title):
            return False
        named = self.people.intersection(fold(title).split())
        return bool(named) or any(firms.fits(title, one) for one in self.labels)

    def is_else(self, group: Sequence[Claim]) -> bool:
        """Tell whether a word is spoken of, but never as of a job: "lunch on Thursday", "at the Hut"."""
        title = group[0].value
        if " " in title or has_noun(title) or any(c.place == "text" and c.weight > _PASSING for c in group):
            return False
        there = re.compile(
            rf"(?<!\w){_AT_A_PLACE}{re.escape(title)}(?!\w)|(?<!\w){re.escape(title.lower())}(?!\w)"
        )
        return any(there.search(said) for said in self.said)


_AT_A_PLACE = r"(?:at|in|on|to|by|near|im|am|beim|zum)\s(?:the\s|our\s|my\s|a\s)?"

_PASSING = 2  # how plainly a sentence speaks of a title that it only names


def _same(one: str, other: str) -> bool:
    return compact(one) == compact(other)


def _within(one: str, other: str) -> bool:
    return compact(one) in compact(other) or compact(other) in compact(one)


def _is_the_same_job(best: Sequence[Claim], other: Sequence[Claim]) -> bool:
    """Tell whether a title is another way to say the best: a part of it, or the noun of the subject's."""
    if _within(other[0].value, best[0].value):
        return True
    in_subject = any(c.place == "subject" for c in best) and all(c.place == "text" for c in other)
    return in_subject and bool(nouns(best[0].value) & nouns(other[0].value))


def _believed(group: Sequence[Claim]) -> bool:
    if has_noun(group[0].value):
        return True
    if any(c.weight > 2 for c in group) and len(compact(group[0].value)) > 3:
        return True
    announced = any(c.weight > 1 for c in group if c.place == "text")
    return announced and len({c.place for c in group}) > 1


def _claims(source: Source) -> Iterator[Claim]:
    yield from _outright(source)  # before others that weigh the same: they have the whole title
    for place, where, weight, text, said in _readings(source):
        title = plain(text, said=said)
        if place == "text" and weight < 3 and title.islower() and " " not in title:
            continue  # "the interview for the producer": somebody's, or mine
        whole = place == "subject" or (not said and title[:1].isupper())
        if could_be(title) or (whole and weight > 2 and may_be(title)):
            yield Claim(title, place, where, weight)


def _outright(source: Source) -> Iterator[Claim]:
    """Find titles behind words that stand before nothing else: most languages write them small."""
    for match in _named_outright().finditer(source.prose):
        title = plain(_until_day(match["title"]))
        if len(title.split()) <= _FEW and may_be(title):
            yield Claim(title, "text", f"mail of {source.day}", 3)


def _readings(source: Source) -> Iterable[tuple[str, str, int, str, bool]]:
    """List place, source, weight and words of what may be a title, and whether a sentence may go on in it."""
    subject = bare_subject(source.message.subject)
    for weight, title in _in_subject(subject):
        yield "subject", "subject", weight, without_around(title)[0], False
    for title, weight in left_over(subject):
        yield "subject", "subject", weight, title, False
    where = f"mail of {source.day}"
    for clue in (*_IN_TEXT, _announced()):
        found = (match for match in clue.finditer(source.prose) if _ends_there(match))
        yield from (("text", where, clue.weight, m["title"], not _is_announced_behind(m)) for m in found)


def _ends_there(match: re.Match[str]) -> bool:
    """Tell whether a title that words behind it announce reaches up to them, not only to its noun."""
    title = match["title"]
    if not _is_announced_behind(match) or not has_noun(title):
        return True
    return plain(title) == plain(title, said=True)


def _is_announced_behind(match: re.Match[str]) -> bool:
    return match.end() - match.end("title") > 1


_FEW = 4  # words of a title whose noun nobody knows


def _until_day(text: str) -> str:
    """Cut where a sentence goes on with the day: "Auxiliar de Enfermería el jueves 10"."""
    return _day_behind().sub("", text)


@cache
def _day_behind() -> re.Pattern[str]:
    days = tw.either(sorted(tw.numbered("weekdays")))
    verbs = "è|est|es|é|ist|is|jest|är|er|je"
    return re.compile(rf"\s+(?:\w{{1,3}}\s+)?(?:{days})\b.*$|\s+(?:\d|(?:{verbs})\s).*$", re.IGNORECASE)


@cache
def _named_outright() -> Clue:
    """Give the words of all languages, English but, that stand before nothing but a title."""
    words = "|".join(job_words()["position"]["names"])
    return _behind(3, rf"\b(?i:{words})(?:\s+|(?<=['’]))", r"(?=\s*(?:[.,;:!?\n(\"”“–—|]|$))")


@cache
def _announced() -> Clue:
    """Give the words of all languages behind which a title stands in a sentence."""
    words = "|".join(job_words()["position"]["announces"])
    return _behind(3, rf"\b(?i:{words})\s+")


# --- titles said in passing -----------------------------------------------------------------------

# "Shop foreman, 36 an hour" or "Dock Superintendent."; a line of a signature has no stop behind it.
_OPENING = re.compile(
    r"(?:^|(?<=[.!?:] )|(?<=\n))(?P<title>[A-ZÀ-Þ][^\n.;!?,:()]{2,60})"
    r"(?=,\s[a-z\d£$€]|\.(?:\s|$))"
)
_NOT_ALONE = re.compile(
    r"(?:dear|h[ie]|hello|hey|thanks?|good|kind|best|quick|lieber?|hallo|sehr|bonjour|ch[eè]re?|hola|ciao"
    r"|[mds]ein\w*|unser\w*|d(?:e[nmrs]|ie|as)|eine?\w?|l[ea]s?|el|il|une?|mon|ma|notre|mi|nuestr\w*"
    r"|de|het|an?|the|every|each|another|no)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"(?P<before>\S{1,30}(?:\s\S{1,30})?)\s\((?P<inside>[^()\n]{3,80})\)")


def _in_passing(sources: Sequence[Source]) -> Iterator[Claim]:
    """Find titles that open a sentence, or stand in brackets behind a word of hiring, in their mails."""
    for source in sources:
        if not source.mine:
            for words in (*_openings(source.prose), *_asides(source.prose)):
                title = plain(words)
                if could_be(title):
                    yield Claim(title, "text", f"mail of {source.day}", 2)


def _openings(prose: str) -> Iterable[str]:
    opening = dict.fromkeys(m["title"] for m in _OPENING.finditer(prose) if _stands_alone(m["title"]))
    return opening if len(opening) == 1 else ()  # several are the people of an agenda


def _stands_alone(words: str) -> bool:
    if _NOT_ALONE.match(words) or not has_noun(words):
        return False
    parts = words.split()
    written_so = all(part[:1].isupper() for part in parts if len(part) > 3)
    one_more = len(parts) == _TWO and has_noun(parts[1]) and not parts[1].endswith("s")  # "Shop foreman"
    return len(parts) <= LONGEST - 2 and (written_so or one_more)


_TWO = 2


def _asides(prose: str) -> Iterator[str]:
    for match in _ASIDE.finditer(prose):
        inside = match["inside"].partition(",")[0]
        left, _ = without_around(inside)
        # "Req 8830 (Night Baker)", but not "meet Ann (Night Baker)".
        before = [word for word in match["before"].split() if re.search(r"[^\W\d_]", word)][-1:]
        if has_noun(left) and (left != inside or of_hiring("".join(before))):
            yield left


# --- titles that a subject names ------------------------------------------------------------------


def _confirmed(titles: Iterable[tuple[str, int]], sources: Sequence[Source]) -> Iterator[Claim]:
    """Find in what was written the titles that a subject left over."""
    for title, weighed in dict.fromkeys(titles):
        for source in sources:
            weight = _mentioned(title, weighed > 1, source.prose)
            if weight:
                yield Claim(title, "text", f"mail of {source.day}", weight)


def _mentioned(title: str, announced: bool, prose: str) -> int:
    """Tell how plainly a sentence speaks of that title: 3 = as a job, 2 = at all, where its subject does."""
    near = re.compile(rf"(?<!\w){_inflected(title)}(?!\w)", re.IGNORECASE)
    found = first = near.search(prose)
    while found is not None:
        if _beside(prose, found, weakly=has_noun(title)):
            return 3
        found = near.search(prose, found.start() + 1)
    return _PASSING if first is not None and (announced or has_noun(title)) else 0


def _inflected(title: str) -> str:
    """Write a pattern for a title in any case or number: "Technik" is spoken of as "technika"."""
    return r"\s+".join(_any_ending(word) for word in title.split())


def _any_ending(word: str) -> str:
    stem = len(word) - (2 if len(word) > 6 else 1)
    return rf"{re.escape(word[:stem])}\w{{0,4}}" if word.isalpha() and len(word) > 4 else re.escape(word)


def _beside(prose: str, title: re.Match[str], *, weakly: bool) -> bool:
    """Tell whether a word of jobs stands right before or behind the title; ``weakly`` = "for the" is one."""
    before, behind, longest = _neighbours(weakly)
    at = max(0, title.start() - longest)
    return bool(before.search(prose, at, title.start()) or behind.match(prose, title.end()))


@cache
def _neighbours(weakly: bool) -> tuple[re.Pattern[str], re.Pattern[str], int]:
    """Compile the words before and behind a title once for all titles; how far back the longest begins."""
    beside = sorted(listed("beside"))
    before = sorted(listed("before") | (listed("before_a_noun") if weakly else frozenset()))
    marks = "|".join(map(re.escape, beside))
    return (
        re.compile(
            rf"\b(?:(?:{marks})(?: (?:im|in(?: der)?))?|{'|'.join(before)})\W{{1,3}}\Z", re.IGNORECASE
        ),
        re.compile(rf"\W{{1,3}}(?:{marks})\b", re.IGNORECASE),
        max(map(len, (*beside, *before))) + 10,
    )


@lru_cache(maxsize=256)
def _in_subject(subject: str) -> tuple[tuple[int, str], ...]:
    announced = ((clue.weight, m["title"]) for clue in _IN_SUBJECT for m in clue.finditer(subject))
    parts = re.split(r"\s+[-–—|@/]\s+|\s*[|:]\s+|\s+(?:at|bei)\s+", subject)
    return (*announced, *((1, part) for part in parts))
