"""The letters at a glance: one made-up process, every situation, tone, depth, channel, reason and follow-up.

``page`` writes one HTML page to look at in a browser; it loads nothing and runs nothing. Every text on it is
escaped, since own templates are as free as any text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

from bowout.errors import Incomplete, TemplateError, UsageError
from bowout.etiquette import check
from bowout.etiquette.context import FROM_CALLS, Told, Written, build
from bowout.etiquette.fact_rules import MET
from bowout.etiquette.rule import Finding, Severity
from bowout.letters import render
from bowout.letters.render import Letter
from bowout.letters.templates import languages as known_languages
from bowout.letters.wish import Occasion, Wish
from bowout.model import (
    Address,
    Call,
    CallOutcome,
    Channel,
    Confidence,
    Depth,
    Fact,
    Facts,
    FollowUp,
    Person,
    PersonRole,
    Reason,
    Situation,
    Slot,
    Tone,
)

MARK = "bowout letters preview"  # by which a page is known as ours, to be written anew

_ZONE = "Europe/Berlin"
_NAME = "Robin Sample"
_PHONE = "+49 30 23125 099"
_HOURS = {Situation.SOON: 30, Situation.LATE: 5, Situation.MISSED: -3}
_OUTCOMES = {
    FollowUp.AFTER_VOICEMAIL: CallOutcome.VOICEMAIL_CALLBACK,
    FollowUp.NO_ANSWER: CallOutcome.NO_ANSWER,
}
_UNBOOKED = frozenset({Situation.EARLY, Situation.OUTREACH})
_DANA = Person(address=Address("Dana Whitfield", "dana@northwind.example"), name="Dana Whitfield")
_PRIYA = Person(
    address=Address("Priya Nair", "priya@northwind.example"), name="Priya Nair", role=PersonRole.INTERVIEWER
)


# --- one letter -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One letter of the made-up process, or why there is none."""

    wish: Wish
    letter: Letter | None
    findings: tuple[Finding, ...] = ()
    refused: str = ""
    broken: str = ""  # the fault of a template
    lacks: bool = False  # which is that something is not written yet


def cell(wish: Wish, own_dir: Path | None, now: datetime) -> Cell:
    """The letter for a wish. Raises UsageError for a language or value that is not there."""
    facts, call = _facts(wish, now), _call(wish, now)
    letter = render.render(
        wish,
        facts,
        recipient=_DANA,
        full_name=_NAME,
        now=now,
        zone=_ZONE,
        own_dir=own_dir,
        call=call,
        phone=_PHONE,
    )
    known = build(
        Written(
            situation=letter.situation,
            after=wish.after,
            reason=letter.reason,
            depth=letter.depth,
            tone=letter.tone,
            channel=letter.channel,
            language=letter.language,
        ),
        facts,
        recipient=_DANA,
        full_name=_NAME,
        told=Told(call=call),
        own_dir=own_dir,
    )
    return Cell(wish=wish, letter=letter, findings=check.check(letter.text, known).findings)


def occasion(wish: Wish, now: datetime) -> Occasion:
    """What the letter of a wish is written from in the made-up process."""
    return Occasion(
        facts=_facts(wish, now),
        recipient=_DANA,
        full_name=_NAME,
        now=now,
        zone=_ZONE,
        call=_call(wish, now),
        phone=_PHONE,
    )


def _facts(wish: Wish, now: datetime) -> Facts:
    left = wish.situation if isinstance(wish.situation, Situation) else wish.after
    sure = Confidence.HIGH
    hours = _HOURS.get(left, -100 if left in MET else 100) if left else 100
    slot = Slot(start=now + timedelta(hours=hours), zone=_ZONE)
    return Facts(
        company=Fact("Northwind Labs", "sample", sure),
        position=Fact("Data Engineer", "sample", sure),
        people=(Fact(_DANA, "sample", sure), Fact(_PRIYA, "sample", sure)),
        rounds=Fact(2, "sample", sure) if left is Situation.AFTER_ROUNDS else None,
        agency=Fact("Harbour Search", "sample", sure) if wish.channel is Channel.AGENCY else None,
        slot=None if left in _UNBOOKED else Fact(slot, "sample", sure),
    )


def _call(wish: Wish, now: datetime) -> Call | None:
    if not isinstance(wish.situation, FollowUp):
        return None
    outcome = _OUTCOMES.get(wish.situation, CallOutcome.SPOKE)
    return Call(id=0, withdrawal_id=0, outcome=outcome, person=_DANA.name, at=now, zone=_ZONE)


def sample(wish: Wish) -> Wish:
    """The wish with what a follow-up needs to make sense."""
    if not isinstance(wish.situation, FollowUp):
        return wish
    values: Mapping[str, str] = wish.values
    if wish.situation is FollowUp.RETURN_ITEMS:
        values = {"items": "the laptop", **values}
    ahead = wish.situation in (FollowUp.SECOND_NOTICE, FollowUp.REPLY_RESCHEDULE, *FROM_CALLS)
    return replace(
        wish, values=values, after=wish.after or (Situation.SOON if ahead else Situation.AFTER_INTERVIEW)
    )


def _tried(wish: Wish, own_dir: Path | None, now: datetime) -> Cell:
    try:
        return cell(sample(wish), own_dir, now)
    except UsageError as exc:
        broken = exc.message if isinstance(exc, TemplateError) else ""
        lacks = isinstance(exc, Incomplete)
        return Cell(wish=wish, letter=None, refused=exc.message, broken=broken, lacks=lacks)


# --- all of them ----------------------------------------------------------------------------------

_DEPTHS = ((Reason.NONE, Depth.NONE), (Reason.ACCEPTED_OFFER, Depth.BRIEF), (Reason.FIT, Depth.FULL))


def matrix(language: str) -> Iterator[tuple[str, list[Wish]]]:
    """Every letter of a language, in groups of one heading each, three tones beside each other."""
    for situation in Situation:
        wishes = [
            Wish(situation=situation, reason=reason, depth=depth, tone=tone, language=language)
            for reason, depth in _DEPTHS
            for tone in Tone
        ]
        brief = Wish(situation=situation, reason=Reason.ACCEPTED_OFFER, depth=Depth.BRIEF, language=language)
        other = [c for c in Channel if c is not Channel.EMAIL_REPLY]
        yield situation, [*wishes, *(replace(brief, channel=channel) for channel in other)]
    for follow_up in FollowUp:
        yield follow_up, [Wish(situation=follow_up, tone=tone, language=language) for tone in Tone]
    reasons = [reason for reason in Reason if reason is not Reason.NONE]
    yield (
        "reasons",
        [
            Wish(situation=Situation.SCHEDULED, reason=reason, depth=depth, language=language)
            for reason in reasons
            for depth in (Depth.BRIEF, Depth.FULL)
        ],
    )


def broken(language: str, own_dir: Path | None, now: datetime) -> tuple[str, ...]:
    """The faults of templates that show only when the letters of a language are put together, each once.

    What nobody has written yet is none: ``inventory`` lists it.
    """
    cells = (_tried(wish, own_dir, now) for _, group in matrix(language) for wish in group)
    return tuple(dict.fromkeys(cell.broken for cell in cells if cell.broken and not cell.lacks))


def page(languages: Sequence[str], own_dir: Path | None, now: datetime) -> str:
    """One HTML page with the letters of these languages. Raises UsageError for one that has no letters."""
    known = known_languages(own_dir)
    for language in languages:
        if language not in known:
            raise UsageError(
                f"There are no letters in the language {language!r}.", f"There are: {', '.join(known)}."
            )
    groups = [(language, name, wishes) for language in languages for name, wishes in matrix(language)]
    body = "\n".join(_group(language, name, wishes, own_dir, now) for language, name, wishes in groups)
    return _PAGE.format(
        mark=MARK,
        style=_STYLE,
        nav="\n".join(
            _nav(language, (n for lang, n, _ in groups if lang == language)) for language in languages
        ),
        body=body,
    )


def _nav(language: str, names: Iterable[str]) -> str:
    links = "".join(f'<li><a href="#{escape(f"{language}-{n}")}">{escape(n)}</a></li>' for n in names)
    return f"<h2>{escape(language)}</h2><ul>{links}</ul>"


def _group(language: str, name: str, wishes: Sequence[Wish], own_dir: Path | None, now: datetime) -> str:
    cells = [_tried(wish, own_dir, now) for wish in wishes]
    # What cannot be is one line; a broken template is a card, to be seen.
    never = [c for c in cells if c.letter is None and not c.broken]
    cards = "\n".join(_card(c) for c in cells if c not in never)
    label = escape(f"{language}-{name}")
    lines = "".join(
        f"<li>{escape(_title(c.wish))}: {escape(c.refused)}</li>"
        for c in {c.refused: c for c in never}.values()
    )
    refused = f'<ul class="never">{lines}</ul>' if lines else ""
    head = f'<h2>{escape(name)} <span class="lang">{escape(language)}</span></h2>'
    return f'<section id="{label}">{head}<div class="grid">\n{cards}\n</div>{refused}</section>'


def _title(wish: Wish) -> str:
    words = [str(wish.channel)] if wish.channel is not Channel.EMAIL_REPLY else [str(wish.tone)]
    if isinstance(wish.situation, Situation):
        words.append("no reason" if wish.depth is Depth.NONE else f"{wish.reason}, {wish.depth}")
    return " · ".join(words)


def _card(shown: Cell) -> str:
    title = f"<h3>{escape(_title(shown.wish))}{_badges(shown)}</h3>"
    if shown.letter is None:
        return f'<article class="broken">{title}<p>{escape(shown.broken)}</p></article>'
    return f"<article>{title}{shown.letter.html}{_remarks(shown)}</article>"


def _badges(shown: Cell) -> str:
    if shown.letter is None:
        return '<span class="badge error">broken template</span>'
    words = len(shown.letter.text.split())
    return f'<span class="badge">{words} words</span>'


def _remarks(shown: Cell) -> str:
    told = [f for f in shown.findings if f.severity is not Severity.NOTE]
    lines = "".join(
        f'<li class="{escape(f.severity)}">{escape(f.rule)} {escape(f.message)}</li>' for f in told
    )
    return f'<ul class="remarks">{lines}</ul>' if lines else ""


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="{mark}">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>bowout: all letters</title>
<style>{style}</style>
</head>
<body>
<nav aria-label="Letters">{nav}</nav>
<main>
<header><h1>All letters</h1>
<p>Robin Sample leaves the process for the Data Engineer position at Northwind Labs and writes to Dana
Whitfield. The numbers are words, greeting and close included.</p></header>
{body}
</main>
</body>
</html>
"""

_STYLE = """
:root { color-scheme: light dark; --ink: #1f2933; --paper: #fff; --back: #f4f2ee; --line: #ddd8cf;
  --soft: #6b7280; --accent: #31587a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e5e7eb; --paper: #20242a; --back: #16191d;
  --line: #363c45; --soft: #9aa3af; --accent: #8fb8dc; } }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 13rem minmax(0, 1fr); background: var(--back);
  color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.25rem; font-size: 13px;
  border-right: 1px solid var(--line); }
nav h2 { margin: 1rem 0 .25rem; font-size: 12px; text-transform: uppercase; letter-spacing: .08em;
  color: var(--soft); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: .1rem 0; color: var(--accent); text-decoration: none; }
nav a:hover, nav a:focus { text-decoration: underline; }
main { padding: 1.5rem 2rem 4rem; max-width: 96rem; }
h1 { margin: 0; font-size: 1.6rem; }
header p { margin: .25rem 0 0; color: var(--soft); max-width: 60ch; }
section { padding-top: 2rem; }
section > h2 { margin: 0 0 .75rem; font-size: 1.15rem; }
.lang { font-weight: 400; color: var(--soft); font-size: .85rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; }
article { background: var(--paper); border: 1px solid var(--line); border-radius: 8px;
  padding: .75rem 1.1rem 1rem; }
article p { margin: .7rem 0 0; }
article h3 { display: flex; justify-content: space-between; gap: 1rem; margin: 0; padding-bottom: .5rem;
  border-bottom: 1px solid var(--line); font-size: 12px; font-weight: 600; color: var(--soft); }
.badge { font-weight: 400; white-space: nowrap; }
.remarks, .never { margin: .8rem 0 0; padding: 0; list-style: none; font-size: 12px; }
.remarks li { border-left: 3px solid #c98a1b; padding-left: .5rem; }
.remarks .error, .error { color: #c0392b; border-color: #c0392b; }
.broken { border-color: #c0392b; }
.never { color: var(--soft); }
@media (max-width: 60rem) { body { display: block; } nav { position: static; height: auto; border: 0;
  padding: 1rem 1rem 0; } nav ul { display: flex; flex-wrap: wrap; gap: .1rem .75rem; }
  main { padding: 1rem; } }
@media print { nav { display: none; } body { display: block; } article { break-inside: avoid; } }
"""
