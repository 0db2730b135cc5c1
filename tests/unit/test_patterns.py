"""Every regular expression of bowout costs no more than its text is long, counted in steps."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache

import pytest

import backtracking
import patterns
from backtracking import Matcher, worst
from patterns import Pattern

# Patterns that search again from each place, with what bounds the text that they meet.
BOUNDED = {
    ("text/firms.py", r"\S*(?:@|"): "a line of at most 2,000 characters (_LONGEST_LINE)",
    ("text/firms.py", r"\s*&\s*"): "a firm's name, 120 characters (read/source.clean) or typed",
    ("text/hiring.py", "(?:came across"): "a word of at most 500 letters (text/harmless)",
    ("letters/templates.py", ""): "a template, no mail",
    ("letters/values.py", ""): "a letter or a line of a template, no mail",
    ("mail/html.py", "<(/?)"): "what lxml has written: each tag is closed",
    ("etiquette/fact_rules.py", r"\s+(.+?)"): "a line of the person's letter, no mail",
    ("read/titles.py", ""): "a title of at most 120 characters (read/source.clean)",
    ("read/position.py", r"\s+(?:\w{1,3}"): "a title of at most 90 characters (read/position)",
    ("read/clocks.py", r"([^\W\d_]+)\.?"): "24 characters",
    ("people/machines.py", ""): "an address, which people/machines bounds",
    ("people/names.py", ""): "a line of at most 200 characters (_LONGEST)",
    ("mail/quotes.py", r"\s*\*?(?:"): "only the beginning of a line is looked at",
    ("mail/subject.py", ""): "a subject of at most 998 characters (_LONGEST)",
    ("find/typed.py", ""): "WHO, typed, at most 500 characters (_LONGEST)",
    ("find/who.py", ""): "a name of at most 200 characters (_LONGEST_NAME)",
}
# Of these even a match at one place may try again.
AT_ONE_PLACE = {
    ("letters/templates.py", ""),
    ("letters/values.py", ""),
    ("etiquette/fact_rules.py", r"\s+(.+?)"),
    ("people/machines.py", ""),
    ("find/typed.py", ""),
}
# Here text has passed text/harmless.readable, or is a subject: blanks have an end.
READ = "read/"
# Made of what the person configured or of an address's words, each escaped; and words that the person wrote
# for the check of their own letters.
OWN = {"config/keys.py", "people/notes.py", "etiquette/own_words.py"}


@cache
def listed() -> tuple[tuple[Pattern, ...], list[str]]:
    told = subprocess.run([sys.executable, patterns.__file__], capture_output=True, text=True, check=True)
    found = json.loads(told.stdout)
    return tuple(Pattern(*one) for one in found["patterns"]), found["missed"]


def matcher(pattern: Pattern) -> Matcher:
    of_bytes = not pattern.flags & (re.UNICODE | re.ASCII)
    return Matcher(pattern.text.encode("latin-1") if of_bytes else pattern.text, pattern.flags, small=True)


def short_of_blanks(text: str) -> str:
    return re.sub(rf"(\s{{{backtracking.FEW}}})\s+", r"\1", text)


def test_every_place_that_makes_a_pattern_is_looked_at() -> None:
    found, missed = listed()
    assert len(found) > 500
    assert {place.partition(":")[0] for place in missed} == OWN


def test_no_pattern_costs_more_than_its_text_is_long() -> None:
    slow, needed = [], set()
    for pattern in listed()[0]:
        made: Callable[[str], str] = short_of_blanks if pattern.module.startswith(READ) else str
        known = next((k for k in BOUNDED if k[0] == pattern.module and pattern.text.startswith(k[1])), None)
        compiled = matcher(pattern)
        text = next(filter(None, (worst(compiled, use, made) for use in pattern.uses)), "")
        if text and known and (known in AT_ONE_PLACE or not worst(compiled, "match", made)):
            needed.add(known)
        elif text:
            slow.append(f"{pattern.place} {pattern.text[:80]!r} {text}")
    assert not slow, "\n".join(slow)
    assert needed == BOUNDED.keys(), "a bound that nothing needs"


# --- the counting itself --------------------------------------------------------------------------

EVIL = [
    ("match", r"(a+)+$"),
    ("match", r"(\s+\w*)*x"),
    ("match", r"(?:a|a)*b"),
    ("match", r"(?:a|ab?)*c"),
    ("match", r"(\w+\s?)*!"),
    ("match", r"\s*,?\s*x"),
    ("match", r"[a-z]+[a-z0-9]*;"),
    ("match", r".*foo.*bar"),
    ("match", r"x(?=(y+)+z)"),
    ("match", r"(?i)(?:A+)+!"),
    ("fullmatch", r"(?:a+b?)+"),
    ("search", r"\s+x"),
    ("search", r"<[^>]*>"),
    ("search", r"\w+@"),
    ("search", r"a.*?b"),
]
GOOD = [
    ("search", r"(?<!\s)\s+x"),
    ("search", r"\w{1,64}@"),
    ("search", r"<[^<>]{1,90}>"),
    ("search", r"\b(?:foo|bar|bars)\b"),
    ("match", r"(?>a+)+$"),
    ("match", r"\s*+,?\s*+x"),
    ("match", r"(?:[^\W_]++[ -]?)*!"),
    ("match", r"\w+\s+\w+:"),
    ("fullmatch", r"(?:a+b)+"),
]


@pytest.mark.parametrize(("use", "pattern"), EVIL)
def test_a_pattern_that_tries_again_and_again_is_noticed(use: str, pattern: str) -> None:
    assert worst(Matcher(pattern, small=True), use)


@pytest.mark.parametrize(("use", "pattern"), GOOD)
def test_a_pattern_that_goes_on_is_none(use: str, pattern: str) -> None:
    assert not worst(Matcher(pattern, small=True), use)


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="GROUPREF_EXISTS"):
        Matcher(r"(a)?(?(1)b|c)")


PIECES = ["a", "B", "é", "ab", ".", "[ab]", "[^a]", r"\w", r"\W", r"\s", r"\b", "^", "$", "(?=a)", "(?!b)"]
PIECES += ["(?<=a)", "(?<!b)", r"\A", r"\Z", r"\B", "(?i:b)", "[a-c1]"]
REPEATED = ["", "", "*", "+", "?", "*?", "+?", "??", "{1,2}", "{2}", "*+", "++", "?+", "{0,3}?"]


def made_up(draw: random.Random, depth: int = 3) -> str:
    if depth == 0 or draw.random() < 0.3:
        return draw.choice(PIECES)
    inner = "".join(made_up(draw, depth - 1) for _ in range(draw.randint(1, 3)))
    if draw.random() < 0.3:
        inner += "|" + made_up(draw, depth - 1)
    return draw.choice(["(", "(?:", "(?>"]) + inner + ")" + draw.choice(REPEATED)


def test_it_matches_what_re_matches() -> None:
    draw = random.Random(6)
    compared = matched = 0
    for _ in range(600):
        pattern, flags = made_up(draw), draw.choice([0, re.IGNORECASE, re.MULTILINE, re.DOTALL, re.ASCII])
        compiled, counted = re.compile(pattern, flags), Matcher(pattern, flags)
        for _ in range(6):
            text = "".join(draw.choice("aabBcé1 \n") for _ in range(draw.randint(0, 7)))
            for whole, found in ((False, compiled.match(text)), (True, compiled.fullmatch(text))):
                assert counted.match(text, whole=whole) == (found.end() if found else None), (
                    pattern,
                    flags,
                    text,
                )
                compared, matched = compared + 1, matched + (found is not None)
    assert compared > 5_000
    assert matched > 1_000
    again = Matcher(r"(a|b)-\1")
    assert (again.match("a-a"), again.match("a-b")) == (3, None)
