"""WHO -> Gmail's search language (support.google.com/mail/answer/7190). Pure.

Gmail finds whole words in every field, body included, and joins terms with "and" per message. Every word of
WHO goes inside quotes, where nothing is an operator. Trash and spam are left out unless asked for. The age
of a thread is not asked for: it is that of its newest mail, which need not be the one that matches.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import quote

from bowout.model import Query
from bowout.text.hiring import listed_phrases, more_phrases, work_phrases
from bowout.text.spelling import fold

_MOST_WORDS = 8
_MOST_CHARACTERS = 1500  # of a query in a URL


def broad(query: Query) -> str | None:
    """Messages that mention WHO anywhere, or that look like hiring without a WHO; None = nothing can."""
    if not query.who.strip():
        return "{" + " ".join(f'"{words}"' for words in listed_phrases()) + "}"
    words = _words(query.who)
    while len(words) > 1 and not _fits(_mentioned(words)):
        words.pop()
    return _mentioned(words) if words and _fits(_mentioned(words)) else None


def near(query: Query) -> str | None:
    """Messages whose people or subject are WHO: looked into first when there are more than can be read."""
    words = _words(query.who)
    asked = " ".join(_in_fields(word) for word in words) + " -category:promotions"
    return asked if words and _fits(asked) else None


def working(query: Query) -> str | None:
    """Messages that mention WHO and speak of work: of these none may go unread without a word."""
    mentioned = broad(query)
    words = " ".join(f'"{word}"' for word in work_phrases())
    asked = f"{mentioned} {{{words}}} -category:promotions -category:social -category:forums"
    return asked if query.who.strip() and mentioned and _fits(asked) else None


def listings() -> tuple[str, str]:
    """Messages that may be about a job: those that Gmail takes for no mailing, and all of them."""
    every = "{" + " ".join(f'"{words}"' for words in (*listed_phrases(), *more_phrases())) + "}"
    return f"{every} -category:promotions -category:social -category:forums", every


def any_word(query: Query) -> str | None:
    """Messages that hold a word of WHO, or all of it as one word; None = nothing can."""
    words = [word for word in _words(query.who) if len(word) > 2]
    joined = [f'"{"".join(words)}"'] if len(words) > 1 else []
    asked = "{" + " ".join([*map(_anywhere, words), *joined]) + "}"
    return f"{asked} -category:promotions" if words and _fits(asked) else None


def by_message_id(message_id: str) -> str:
    """The message of that id; characters that end a term are left out, then nothing is found."""
    return "rfc822msgid:" + re.sub(r"[^\w.@+=~/!#$%&*?^|-]", "", message_id, flags=re.ASCII)


def sent_to(address: str, since: datetime) -> str:
    """Mail of mine to ``address``. Epoch seconds: a date would be in a time zone that Gmail chooses."""
    return f'in:sent to:"{_clean(address)}" after:{int(since.timestamp()) - 1}'


def _mentioned(words: list[str]) -> str:
    mentions = " ".join(_anywhere(word) for word in words)
    if len(words) > 1:  # "Blue Bird" also writes from bluebird.example
        mentions = f'{{({mentions}) "{"".join(words)}"}}'
    return mentions


def _fits(asked: str) -> bool:
    """A longer URL would be sent as a POST by the client library, which looks like a write."""
    return len(quote(asked)) < _MOST_CHARACTERS


def _words(who: str) -> list[str]:
    """The words of WHO; what holds no letter and no digit is no word to Gmail."""
    words = (_clean(word).strip("'`.,;:!?()[]{}<>") for word in who.split())
    return list(dict.fromkeys(word for word in words if re.search(r"[^\W_]", word)))[:_MOST_WORDS]


def _clean(text: str) -> str:
    """Without what would end the quotes, and without control characters."""
    return re.sub(r'["“”„\\\x00-\x1f\x7f]', "", text)


def _anywhere(word: str) -> str:
    spellings = [f'"{spelling}"' for spelling in _spellings(word)]
    if "@" in word or "." in word:  # only these operators are documented to know parts of addresses
        spellings += [f'{field}:"{word}"' for field in ("from", "to", "cc")]
    return spellings[0] if len(spellings) == 1 else "{" + " ".join(spellings) + "}"


def _in_fields(word: str) -> str:
    fields = ("from", "to", "cc", "subject")
    return "{" + " ".join(f'{f}:"{spelling}"' for spelling in _spellings(word) for f in fields) + "}"


def _spellings(word: str) -> list[str]:
    """With and without accents; whether Gmail minds them is not documented."""
    return list(dict.fromkeys((word, _clean(fold(word))))) if not word.isascii() else [word]
