"""Read in which language the people of a thread write. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bowout.model import Confidence, Fact
from bowout.people.mailkind import Kind
from bowout.read.source import Source
from bowout.text import languages

__all__ = ["language"]


def language(sources: Sequence[Source]) -> Fact[str] | None:
    """Read the code of the language; the newest mail of theirs that shows one decides.

    "Noted. Ta." shows none: a short word is one of many languages. Where none shows it alone, all of them
    together do, then with the subject, then with what I wrote there.
    """
    theirs = [s for s in sources if not s.mine and s.linked and s.prose]
    for source in sorted(theirs, key=lambda s: (s.kind is Kind.HUMAN, s.message.moment), reverse=True):
        if (found := _told(f"mail of {source.day}", source.new, by_a_word=False)) is not None:
            return found
    told = [s.new for s in theirs]
    subjects = list(dict.fromkeys(s.message.subject for s in sources if s.linked))
    mine = [s.new for s in sources if s.mine]
    return (
        _told("their mails together", *told)
        or _told("mails and subject", *told, *subjects)
        or _told("mails, subject and what you wrote", *told, *subjects, *mine)
    )


def _told(where: str, *texts: str, by_a_word: bool = True) -> Fact[str] | None:
    found = languages.spoken(*texts, by_a_word=by_a_word)
    if found is None:
        return None
    return Fact(found.code, where, Confidence.HIGH if found.sure else Confidence.MEDIUM)
