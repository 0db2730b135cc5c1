"""Read in which language people write. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bowout.model import Confidence, Fact
from bowout.people.mailkind import Kind
from bowout.read.source import Source

__all__ = ["language"]

_STOP_WORDS = {
    "en": "the and you for your to of we with have is are this that would our will be at on in it i as "
    "from not was "
    "has had been us if they their my me he she or an by can do about more",
    "de": "der die das und sie ich wir mit für ihre ihnen ist ein eine den dem nicht auf zu von uns es "
    "werden haben bei im",
    "fr": "le la les et vous pour de nous avec est une des votre dans que qui sur au pas je du en par",
    "es": "el la los y usted para de nos con es una las su en que por se del al lo como más le",
    "it": "il la gli e per di con è una che della nel sono non si da del le un alla",
    "nl": "de het een en u voor van wij met is dat niet op te je ons zijn bij aan we dit",
}
_STOPS = {code: frozenset(words.split()) for code, words in _STOP_WORDS.items()}


def language(sources: Sequence[Source]) -> Fact[str] | None:
    """Read ``en`` or ``de`` by the words that every sentence needs; the newest of their mails decides.

    Other languages are counted so that they are not taken for one of the two; they read as unknown.
    """
    theirs = [s for s in sources if not s.mine and s.linked and s.prose]
    for source in sorted(theirs, key=lambda s: (s.kind is Kind.HUMAN, s.message.moment), reverse=True):
        words = re.findall(r"[a-zà-ÿ]+", source.new.casefold())
        counts = sorted(
            ((sum(w in stops for w in words), code) for code, stops in _STOPS.items()), reverse=True
        )
        (most, code), (second, _) = counts[0], counts[1]
        if most < 4 or most < 1.5 * second:
            continue
        if code not in ("en", "de"):
            return None
        sure = most >= 8 and most >= 2 * second
        return Fact(code, f"mail of {source.day}", Confidence.HIGH if sure else Confidence.MEDIUM)
    return None
