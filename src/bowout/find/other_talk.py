"""Find talk that sounds like hiring and is not about a job of the reader's. Pure.

Universities, landlords, journalists and vendors speak of interviews, applications and roles as well, and a
friend at the company speaks of the reader's. No list is complete: these words only ever make bowout ask.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bowout.read.people import recruits
from bowout.read.source import Source

# The patterns meet lower-cased text. What is named is said to the person.
_ABOUT = {
    "studies": (
        r"\badmissions?\b|\bscholarship|\btuition|\bgraduate school|\buniversity place"
        r"|\b(ph\.?d|m\.?sc|b\.?sc|mba|master['’]?s|bachelor['’]?s|doctoral|degree|study) program"
        r"|\b(the|our) (m\.?sc|b\.?sc|mba|ph\.?d) (in|at)\b|\bstudienplatz|\bstudiengang|\bstipendi"
        r"|\bzulassung"
    ),
    "a home": (
        r"\b((the|your|our|a) flat(?! (hierarch|structure|organi|team|rate))|apartment|tenan(t|cy)|landlord"
        r"|house viewing|flatmate)s?\b"
        r"|\b(mietvertrag|mieter|vermieter|wohnungs?besichtigung|mietwohnung|mitbewohner)"
    ),
    "the press": (
        r"\b(podcast|journalist|our (readers|listeners|viewers)|newsroom|i['’]m a reporter|for (an|my|our)"
        r" (article|episode|magazine|newspaper|documentary))\b"
    ),
    "a visa": r"\bvisa (interview|application|appointment)|\b(embassy|consulate|immigration office)\b",
    "research": (
        r"\b(research|user|usability|market) (study|studies|interviews?|participants?)|\bparticipants? for\b"
        r"|\b(voucher|gift card|probanden)\b"
    ),
    "a sale": (
        r"\b(book|schedule|see|get|for) (an?|our|your) (\w+ )?demo\b|\bfree trial|\bour pricing\b"
        r"|\byour (hiring|recruit(ing|ment)|talent|hr|people) (team|process|pipeline|efforts?|needs|goals)"
        r"|\b(talk|speak) to candidates\b|\byour (recruiters|candidates|clients|hires|vacancies)\b"
        r"|\bhelps? (\w+ )?(teams|companies|recruiters|employers|businesses)\b|\bhire (\w+ )?faster"
    ),
    "somebody else's application": (
        r"\bas an? (reference|referee|interviewer)\b|\breference (for|check (for|on)|call (for|about))\b"
        r"|\binterview(ing)? (an?|the|this|these|some|our|more)( \w+)? candidates?\b|\bscorecard"
        r"|\b(his|her|their|candidate['’]?s?) (cv|r[ée]sum[ée]|application|profile|interview)\b"
    ),
}
_ELSEWHERE = {what: re.compile(pattern) for what, pattern in _ABOUT.items()}
# How a friend at the company speaks: they wish well, and they tell of the process from outside.
_WELL_WISHER = re.compile(
    r"\b(good luck|best of luck|fingers crossed|rooting for you|referred you|(my|the|your|a) referral"
    r"|put in a (good )?word|(saw|heard|hear|noticed) (that )?you(['’](re|ve)| are| have)?"
    r" (appl|interview|talking|in the (process|running))|our recruiters?( \w+)? will|viel (glück|erfolg)"
    r"|daumen (gedrückt|drück)|drücke? (dir )?(die|alle) daumen|dich (empfohlen|vorgeschlagen))"
)


def about_else(sources: Sequence[Source]) -> str | None:
    """Name what else than a job of mine these mails of theirs may be about; None = no sign."""
    for source in sources:
        said = _said(source)
        for what, words in _ELSEWHERE.items():
            if words.search(said):
                return what
    return "a friend's good wishes" if well_wishers(sources) else None


def well_wishers(sources: Sequence[Source]) -> tuple[Source, ...]:
    """Pick the mails whose sender recruits in none of them and speaks of my application as a friend would."""
    hirers = {s.sender.key for s in sources if recruits(s)}
    return tuple(s for s in sources if s.sender.key not in hirers and _WELL_WISHER.search(_said(s)))


def _said(source: Source) -> str:
    return f"{source.message.subject}\n{source.new}".lower()
