"""WHO -> ``$search`` (KQL) and ids -> ``$filter``, both quoted. Pure. The two never go into one request.

Graph looks into sender, subject and body unless told otherwise, finds whole words and orders by date. Every
word of WHO goes inside quotes, where nothing is an operator; the whole is one quoted string once more
(learn.microsoft.com/graph/search-query-parameter). The age of a thread is not asked for: it is that of its
newest mail, which need not be the one that matches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from bowout.model import Query
from bowout.text.hiring import listed_phrases, more_phrases, work_phrases
from bowout.text.spelling import fold, seen

_MOST_WORDS = 8
_LONGEST = 200  # characters of a word; nobody is called that


def search(query: Query) -> str | None:
    """The value of ``$search``: mail that mentions WHO, or looks like hiring; None = nothing can match."""
    if not query.who.strip():
        return _quoted(_any(listed_phrases()))
    asked = _who(query)
    return _quoted(asked) if asked else None


def listing() -> str:
    """The same for whatever may be about a job."""
    return _quoted(_any((*listed_phrases(), *more_phrases())))


def working(query: Query) -> str:
    """The same for mail that mentions WHO and speaks of work: none of it may go unread without a word."""
    return _quoted(f"({_who(query)}) AND ({_any(work_phrases())})")


def any_word(query: Query) -> str | None:
    """The same for mail that holds a word of WHO, or all of it as one word; None = nothing can."""
    words = [word for word in _words(query) if 2 < len(word) <= _LONGEST]
    joined = [f'"{"".join(words)}"'] if len(words) > 1 else []
    return _quoted(" OR ".join([*map(_mentioned, words), *joined])) if words else None


def _any(words: Iterable[str]) -> str:
    return " OR ".join(f'"{one}"' for one in words)


def _who(query: Query) -> str | None:
    words = _words(query)
    if not words or any(len(word) > _LONGEST for word in words):
        return None
    asked = " AND ".join(_mentioned(word) for word in words)
    if len(words) > 1:  # "Blue Bird" also writes from bluebird.example
        asked = f'({asked}) OR "{"".join(words)}"'
    return asked


def _words(query: Query) -> list[str]:
    """The words of WHO; what holds no letter and no digit is no word to the index."""
    words = _plain(query.who).split()
    return list(dict.fromkeys(word for word in words if re.search(r"[^\W_]", word)))[:_MOST_WORDS]


def of_conversation(conversation_id: str) -> str:
    return f"conversationId eq {_literal(conversation_id)}"


def by_message_id(message_id: str) -> str:
    return f"internetMessageId eq {_literal(message_id)}"


def sent_since(moment: datetime) -> str:
    return f"sentDateTime ge {moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _mentioned(word: str) -> str:
    spellings = [f'"{one}"' for one in dict.fromkeys((word, "".join(_plain(fold(word)).split())))]
    if "@" in word or "." in word:  # recipients are not looked into otherwise
        spellings.append(f'participants:"{word}"')
    return spellings[0] if len(spellings) == 1 else f"({' OR '.join(spellings)})"


def _plain(text: str) -> str:
    """Without what ends a quote or is a wildcard, which part words, and without what nobody sees."""
    return re.sub(r'["“”„‟\\*\x00-\x1f\x7f]', " ", seen(text))


def _quoted(asked: str) -> str:
    escaped = asked.replace('"', '\\"')
    return f'"{escaped}"'


def _literal(text: str) -> str:
    """A string of OData: quotes are doubled (OData 4.01, ABNF, SQUOTE-in-string)."""
    return "'" + text.replace("'", "''") + "'"
