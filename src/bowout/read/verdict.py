"""Tell from a mail whether the person has withdrawn, or the company has turned them down."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from bowout.etiquette.context import Context
from bowout.etiquette.letter_text import MAX_TEXT, View
from bowout.etiquette.lexicon import Lexicon, guess_language, lexicon
from bowout.etiquette.words import Words
from bowout.read import endings
from bowout.text import legal_forms

# "Booking.com", "Acme Inc. zurück": a stop that ends no clause.
_BEHIND_FORM = "|".join(rf"(?<=\b{form.title()})" for form in sorted(legal_forms.ABBREVIATED))
_STOP_IN_NAME = re.compile(
    rf"(?<=[^\W\d_])\.(?=[^\W\d_]{{2}})|(?:{_BEHIND_FORM})\.(?= [a-zäöüß])|(?<=Co)\.(?= KG)"
)


def is_withdrawal(text: str, language: str | None = None) -> bool:
    """Tell whether the writer of ``text`` leaves a process in it: plainly, first person, without a maybe."""
    view, words = _opened(text, language)
    plainly = any(not words.pattern("hedge").search(sentence.text) for sentence, _ in view.decisions)
    return plainly or (language is None and (_left(view, words.language) or endings.has("withdrawn", text)))


def _left(view: View, language: str) -> bool:
    """Tell whether the writer has signed elsewhere, or is looking no more."""
    leaves, stays = _listed(language, "leaves"), _listed(language, "stays")
    said = (sentence.text for sentence in view.sentences if not sentence.text.endswith("?"))
    return any(leaves.search(one) and not stays.search(one) for one in said)


def is_rejection(text: str, language: str | None = None) -> bool:
    """Tell whether ``text``, a mail of the company, turns its reader down."""
    view, words = _opened(text, language)
    refuses, unless = _listed(words.language, "refuses"), _listed(words.language, "unless")
    plainly = any(
        refuses.search(sentence.text) and not unless.search(sentence.text) and not sentence.text.endswith("?")
        for sentence in view.sentences
    )
    return plainly or (language is None and endings.has("refused", text))


def is_closed(text: str) -> bool:
    """Tell whether ``text``, a mail of the company, says in another language that the job is gone."""
    return endings.has("closed", text)


@cache
def _listed(language: str, what: str) -> Words:
    """Read one list of ``verdict.toml``; a language that has none says nothing."""
    lists = tomllib.loads(files("bowout.read").joinpath("verdict.toml").read_text(encoding="utf-8"))
    return Words(lists.get(language, {}).get(what, ()))


def _opened(text: str, language: str | None) -> tuple[View, Lexicon]:
    """Join the lines of a text, since mail is hard-wrapped, and find the words of its language."""
    paragraphs = (" ".join(part.split()) for part in text[:MAX_TEXT].replace("\r\n", "\n").split("\n\n"))
    joined = _STOP_IN_NAME.sub("_", "\n\n".join(paragraphs))
    view = View(joined, Context(language=(language or guess_language(text))))
    return view, lexicon(view.lexicon.language)
