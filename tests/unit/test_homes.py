"""A fact of the world has one home: no second module may spell the same list.

Each row names what it is, its home below ``src/bowout``, and how a copy of it would look in another module.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "bowout"

HOMES = [
    (
        "calls that reached somebody, and calls that did not",
        "journal/calls.py",
        r"CallOutcome\.(?:SPOKE|NO_ANSWER), CallOutcome|CallOutcome\.BUSY\}",
    ),
    ("one line of what a mail holds", "text/harmless.py", r"""\.isprintable\(\) else ["'] """),
    (
        "situations after an offer, and after a yes",
        "etiquette/context.py",
        r"Situation\.VERBAL_OFFER, Situation\.OFFER\}|Situation\.ACCEPTED, Situation\.SIGNED\}",
    ),
    ("reply and forward marks", "mail/subject.py", r"(?i)(?<![a-z])(?:fwd|aw|antw)(?![a-z:\]])"),
    (
        "how a quote begins and a letter ends",
        "mail/quotes.toml",
        r"(?i)\bschrieb\b|ha scritto|escribió|gesendet von",
    ),
    ("how long a server asks to wait", "providers/web/api.py", r"(?i)[\"']retry-after"),
    (
        "that a draft of a mailbox is gone or was changed",
        "providers/precondition.py",
        r"no longer among the drafts in",
    ),
    ("folding for a comparison", "text/spelling.py", r"NFKD|\\u00ad|[\"']ø[\"']"),
    (
        "edits from one word to another",
        "text/spelling.py",
        r"(?i)levenshtein|range\(len\(\w+\) \+ 1\)|\[j - 1\]|SequenceMatcher",
    ),
    ("letters that look alike", "text/lookalike.py", r'0135\$|"vv"'),
    (
        "words of hiring",
        "text/hiring.toml",
        r"(?i)phone screen|hir\(e\|ing\)|laden wir|probeaufgabe",
    ),
    ("a mail address in running text", "text/addresses.py", r"\[\\w\.\+[^\]]*\](?:\+|\{[^}]*\})\)?@"),
    ("words of a cancellation", "mail/subject.py", r"(?i)abgesagter termin|cancel\+ed|cancelad\[oa\]"),
    ("endings below which firms register", "text/domains.py", r"public_suffix_list\.dat"),
    (
        "hosts that give every customer a subdomain",
        "text/domains.py",
        r"""["'](?:onmicrosoft\.com|zendesk\.com|com?\.(?:uk|au|jp|ng))["']""",
    ),
    (
        "spellings of one mailbox",
        "people/me.py",
        r"""partition\(["']\+["']\)|replace\(["']\.["'], ?["']{2}\)""",
    ),
    (
        "domains of hiring systems, schedulers and boards",
        "people/machines.toml",
        r"""(?i)["'|(](?:workable|greenhouse|teamtailor|recruitee|lever|ashbyhq|goodtime)[a-z-]*\\?\.(?:co|io)""",
    ),
    (
        "limits of notice",
        "notice.py",
        (
            r"timedelta\(hours=(?:2|48)\)|[<>]=? timedelta\(hours=|(?:SHORT|NOTICE)\w* = timedelta|"
            r"24 \* 3600|[Ll]ess than (?:2|two|24) hours|24 are"
        ),
    ),
    (
        "hours that suit people",
        "notice.py",
        r"time\((?:6|7|8|19|21|22)\)|range\(8, 19\)|hour >= 2\d|\b(?:8|7):00 and|not before \d",
    ),
    (
        "what the linter is told",
        "etiquette/context.py",
        r"\bContext\(\s*(?:facts|situation|after|recipient)=",
    ),
    ("time zones as they are abbreviated", "text/zones.toml", r"(?i)\bA[CE]ST\b|[\"']CEST[\"']|\bCEST ="),
    (
        "words of a refusal",
        "read/verdict.toml",
        r"(?i)gone with\|?\)|selected\|shortlisted|unable\|not able\|not in a position",
    ),
    (
        "legal forms of firms",
        "text/legal_forms.py",
        r"""(?i)["'|(](?:g?gmbh|llc|ltd|kgaa|sarl|corp)(?:["'|)]|\\b)""",
    ),
    ("how long a label of a domain may be", "text/domains.py", r"LABEL = 63|RFC 1035"),
    ("how far ahead anything is planned", "when.py", r"days=36[56]"),
    ("which mail of a thread is its newest", "providers/order.py", r"max\(m\.moment for m in \w+\.mails or"),
    ("how far clocks of providers may differ", "providers/base.py", r"CLOCKS_DIFFER = "),
    ("reading threads without copies of our drafts", "session.py", r"\bmailbox\.(?:thread|search)\("),
    ("the width of the window", "cli/render.py", r"get_terminal_size"),
]


def _starts_a_program(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and ast.unparse(call.func) in (
        "subprocess.run",
        "subprocess.Popen",
    )


def test_no_program_that_bowout_starts_is_given_the_passphrase() -> None:
    starts = [
        (path.name, {word.arg: ast.unparse(word.value) for word in call.keywords})
        for path in SOURCE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and _starts_a_program(call)
    ]
    assert len(starts) >= 5
    ours = re.compile(r"environment_of_children\(\)(?: \| \{'LC_ALL': 'C'\})?")
    assert [place for place, words in starts if not ours.fullmatch(words.get("env", ""))] == []


def test_words_are_folded_in_the_one_way_where_letters_are_compared() -> None:
    rooms = [path for room in ("etiquette", "letters", "cli") for path in (SOURCE / room).rglob("*.py")]
    # Of addresses (a) and domains (d) nothing but the case may differ.
    other_ways = r"(?<!\ba)(?<!\bd)(?<!\baddress)\.casefold\(\)|[\"']\\w\+[\"'], .*\.lower\(\)"
    found = [path.name for path in rooms if re.search(other_ways, path.read_text(encoding="utf-8"))]
    assert found == [], "use text.spelling.fold"


@pytest.mark.parametrize(("fact", "home", "copy"), HOMES, ids=[fact for fact, *_ in HOMES])
def test_a_fact_has_one_home(fact: str, home: str, copy: str) -> None:
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in sorted(SOURCE.rglob("*"))
        if path.suffix in (".py", ".toml") and re.search(copy, path.read_text(encoding="utf-8"))
    }
    assert found == {home}, f"{fact}: read it from {home}"
