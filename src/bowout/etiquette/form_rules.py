"""Lint rules about the form of a letter: how long it is, how it is typed (docs/etiquette.md)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from bowout.etiquette.letter_text import View
from bowout.etiquette.rule import Hit, rule
from bowout.etiquette.wording_rules import E, N, W, at_match, each, once
from bowout.model import Channel, Depth, FollowUp, Situation
from bowout.text.spelling import fold

_STANDARD = (25, 100)
_BANDS: dict[Situation | FollowUp, tuple[int, int]] = {
    Situation.EARLY: (15, 55),
    Situation.OUTREACH: (15, 55),
    Situation.AFTER_ROUNDS: (35, 120),
    Situation.VERBAL_OFFER: (35, 120),
    Situation.OFFER: (35, 120),
    Situation.ACCEPTED: (35, 120),
    Situation.SIGNED: (35, 120),
    FollowUp.REPLY_ACK: (8, 60),
}
_FOLLOW_UP = (20, 80)
FULL_REASON = 30  # words that --depth full may add to a band


def band(
    situation: Situation | FollowUp | None, channel: Channel | None = None, depth: Depth | None = None
) -> tuple[int, int]:
    """Fewest and most words between greeting and close (etiquette section 4)."""
    if channel is Channel.LINKEDIN:
        return 20, 60
    if channel is Channel.SMS_SHORT:
        return 10, 60
    if channel is Channel.CALENDAR_NOTE:
        return 4, 20
    fallback = _FOLLOW_UP if isinstance(situation, FollowUp) else _STANDARD
    low, high = _BANDS.get(situation, fallback) if situation else _STANDARD
    return low, high + (FULL_REASON if depth is Depth.FULL else 0)


@rule("L01", W, "B11 C14", "as long as such a letter should be", known=("situation",))
def l01(view: View) -> Iterator[Hit]:
    low, high = band(view.situation, view.context.channel, view.context.depth)
    # A long title or company name is not the writer's fault.
    names = [view.context.company or "", view.context.position or ""]
    high += sum(max(0, len(name.split()) - 2) for name in names)
    words = view.body.words
    if words > high:
        yield Hit(view.body, f"{words} words; at most {high} are usual here", "Shorten it.")
    elif words < low:
        yield Hit(view.body, f"{words} words; at least {low} are usual here", "", N)


@rule("L02", N, "E5", "a handful of short paragraphs")
def l02(view: View) -> Iterator[Hit]:
    if len(view.paragraphs) > 5:
        yield Hit(view.body, f"{len(view.paragraphs)} paragraphs", "Two to five read best.")
    for paragraph in view.paragraphs:
        if paragraph.words > 90:
            yield Hit(paragraph, f"a paragraph of {paragraph.words} words", "Break it up.")


@rule("L03", N, "E5", "no endless sentence, no sentence twice")
def l03(view: View) -> Iterator[Hit]:
    seen: Counter[str] = Counter()
    for sentence in view.sentences:
        if sentence.words > 42:
            yield Hit(sentence, f"a sentence of {sentence.words} words", "Make two of it.")
        key = " ".join(re.findall(r"\w+", fold(sentence.text)))
        seen[key] += 1
        if key and seen[key] == 2:
            yield Hit(sentence, "this sentence stands here twice", "Delete one.", W)


_SLIPS = (
    (re.compile(r"\b(\w{2,}) \1\b", re.IGNORECASE), "a doubled word"),
    (re.compile(r"(?<=\S) {2,}(?=\S)"), "more than one space"),
    (re.compile(r" [,.;:!?](?=\s|$)", re.MULTILINE), "a space before the stop"),
    (re.compile(r"[,;](?=[^\W\d_])"), "no space after the comma"),
)
_DOUBLES = re.compile(
    r"(?:that that|had had|die die|der der|das das|sie sie|vous vous|nous nous|dat dat)$", re.IGNORECASE
)


@rule("Q01", N, "E5", "no slips of the keyboard")
def q01(view: View) -> Iterator[Hit]:
    french = view.lexicon.language == "fr"  # which sets a space before these
    for pattern, what in _SLIPS:
        for match in pattern.finditer(view.body.text):
            if not (_DOUBLES.match(match[0]) or (french and match[0] in (" :", " ;", " !", " ?"))):
                yield Hit(at_match(view.body, match), what)
    if view.lexicon.language == "en":
        for match in re.finditer(r"(?<![\w.])i(?=\s|')(?!\.e)", view.body.text):
            yield Hit(at_match(view.body, match), 'a small "i"', "I")
    quotes = ("„", "“") if "„" in view.body.text else ("“", "”")
    for opening, closing in (("(", ")"), ("[", "]"), quotes):
        if view.body.text.count(opening) != view.body.text.count(closing):
            yield Hit(view.body, f"{opening} and {closing} do not pair")


@rule(
    "Q02", E, "E5", "an attachment that is mentioned is there", words=("attachment",), known=("attachments",)
)
def q02(view: View) -> Iterator[Hit]:
    if view.context.attachments == 0:
        yield from once(
            each(view, "attachment", "{}, but nothing is attached", "Attach it or do not mention it.")
        )


@rule("Q03", N, "–", "no links")
def q03(view: View) -> Iterator[Hit]:
    for match in re.finditer(r"\b(?:https?://|www\.)\S+", view.body.text):
        yield Hit(at_match(view.body, match), "a link in a farewell distracts", "Leave it out.")
