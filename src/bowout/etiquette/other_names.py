"""Find in a letter the name of another firm or another job than the one that it is about."""

from __future__ import annotations

import re

from bowout.etiquette.letter_text import Span, View, words_of
from bowout.text.spelling import distance, fold

__all__ = ["TITLE", "nearly", "other_firm", "second_title"]

TITLE = r"[A-Z][\w/&+#.-]*(?:[ -](?:of|and|for|&|[A-Z0-9(][\w/&+#.()-]*))*"


_AT_FIRM = re.compile(
    r"\b(?:at|join(?:ing)?|bei|zu)\s+((?:[A-ZÄÖÜ][\w&'’-]+)(?:\s+(?:&|and|of|und|[A-ZÄÖÜ][\w&'’-]+))*\s+[A-ZÄÖÜ][\w&'’-]+)"
)


def other_firm(view: View) -> Span | None:
    """Find a name of several words at which one works, and that nothing known around the letter explains."""
    context = view.context
    people = [fact.value.name for fact in context.facts.people] if context.facts else []
    names = [context.company, context.position, context.full_name, context.other_employer, *people]
    names.append(context.recipient.name if context.recipient else "")
    known = {word for name in names if name for word in words_of(name)}
    known |= {fold(word) for kind in ("weekdays", "months") for word in view.lexicon.words(kind)}
    for match in _AT_FIRM.finditer(view.body.text):
        if not known & set(words_of(match[1])):
            return Span(view.body.start + match.start(1), view.body.start + match.end(1), match[1])
    return None


def nearly(text: str, wanted: str) -> Span | None:
    """Words with a capital that differ from the wanted name by a slip or two of the keyboard."""
    limit = 0 if len(wanted) < 4 else 1 if len(wanted) < 7 else 2
    count = len(wanted.split())
    words = [*re.finditer(r"(?<![\w&.'-])[\w&.'-]*\w", text)]
    for index in range(len(words) - count + 1):
        first, last = words[index], words[index + count - 1]
        there = text[first.start() : last.end()]
        if first[0][0].isupper() and distance(fold(there), fold(wanted), limit) <= limit:
            return Span(first.start(), last.end(), there)
    return None


def second_title(view: View, position: str) -> Span | None:
    """Find a title that is joined to the one of the thread where the letter says what it leaves."""
    written = r"\s+".join(map(re.escape, position.split()))
    joined = re.compile(rf"{written}(?:\s+(?:and|und|sowie|or|oder|&)|\s*/)\s+(?:(?:the|die|der) )?({TITLE})")
    for sentence, _ in view.decisions:
        if (match := joined.search(sentence.text)) is not None and not set(words_of(match[1])) <= set(
            words_of(view.context.company or "")
        ):
            return Span(sentence.start + match.start(1), sentence.start + match.end(1), match[1])
    return None
