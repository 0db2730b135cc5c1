"""Split what somebody wrote in a mail from their signature and from the mail they quote.

The words by which a quote is known stand in quotes.toml, one table per language. Why this is our own:
docs/decisions/0002-quotes.md. Every test is of one line or of a few lines at a time, so
hostile mail cannot make it slow.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files

from bowout.mail.html import html_to_text
from bowout.model import Message


@dataclass(frozen=True, slots=True)
class Split:
    """A mail text in three parts, each without empty lines around it."""

    new: str
    signature: str
    quoted: str


def _words(kind: str) -> str:
    """Join the words of that kind in every language of ``quotes.toml``, as alternatives of a pattern."""
    words = dict.fromkeys(word for language in _LANGUAGES.values() for word in language.get(kind, ()))
    return "|".join(re.escape(word).replace(r"\.\.\.", ".{1,40}") for word in words)


_LANGUAGES: dict[str, dict[str, list[str]]] = tomllib.loads(
    files("bowout.mail").joinpath("quotes.toml").read_text(encoding="utf-8")
)
_WROTE = re.compile(rf"\b(?:{_words('wrote')})", re.IGNORECASE)
_LEAD = re.compile(rf"\s*(?:{_words('lead')})\b", re.IGNORECASE)
_WHEN = re.compile(r"\d[:.h]\d\d|\b(?:19|20)\d\d|\d/\d{1,2}/\d")
# Clock and offset, as what bowout writes holds in every language.
_TO_THE_MINUTE = re.compile(r"\d\d:\d\d\b.{0,12}[+-]\d{4}\b")
_MAX_ATTRIBUTION = 400  # characters, on at most three lines

_FROM_LINE = re.compile(rf"\s*\*?(?:{_words('from')})\s?[:：]\*?\s*\S", re.IGNORECASE)
_FIELD_LINE = re.compile(rf"\s*\*?(?:{_words('fields')})\s?[:：]\*?(?:\s|$)", re.IGNORECASE)
_BANNER = re.compile(rf"\s*-{{3,}}\s*(?:{_words('banner')})\s*-", re.IGNORECASE)
_RULE = re.compile(r"\s*(?:[-_*=]{5,}\s*|begin forwarded message:.*)?", re.IGNORECASE)

_DEVICE = re.compile(f"(?:{_words('device')})", re.IGNORECASE)
_MAX_SIGNATURE = 15  # lines; two dashes with more below them are part of a letter


def split(text: str) -> Split:
    """Split the new text from the signature and from the quoted text.

    Answers below or between quoted lines are new text. What follows an attribution ("On ... wrote:") without
    ``>`` in front, or a block of From, Sent, To, is quoted to the end.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    new: list[str] = []
    quoted: list[str] = []
    at = 0
    while at < len(lines):
        if _is_block(lines, at):
            quoted += lines[at:]
            break
        if length := _attribution(lines, at):
            prefixed = _is_quoted(_next(lines, at + length))
            quoted += lines[at : at + length] if prefixed else lines[at:]
            at += length if prefixed else len(lines)
            continue
        (quoted if _is_quoted(lines[at]) else new).append(lines[at])
        at += 1
    while quoted and new and _RULE.fullmatch(new[-1]):
        quoted.insert(0, new.pop())
    start = _signature(new)
    return Split(_joined(new[:start]), _joined(new[start:]), _joined(quoted))


def verbs(language: str) -> tuple[str, ...]:
    """The verbs by which the line above a quote is known in a language: "wrote"; none for one untold."""
    return tuple(_LANGUAGES.get(language, {}).get("wrote", ()))


def begins_quote(line: str) -> bool:
    """Tell whether ``line``, above quoted lines, is known as the beginning of the quote."""
    return _attribution([line, "> "], 0) == 1


def is_field(line: str) -> bool:
    """Tell whether ``line`` is a header field above a quote, in any language: "Cc: jo@acme.example"."""
    return any(pattern.match(line) for pattern in (_FROM_LINE, _FIELD_LINE))


def _is_quoted(line: str) -> bool:
    return line.startswith((">", " >"))


def _next(lines: list[str], at: int) -> str:
    """Find the next line that is not empty, of the three that may follow an attribution."""
    return next((line for line in lines[at : at + 3] if line.strip()), "")


def _attribution(lines: list[str], at: int) -> int:
    """Count the lines at ``at`` that say who wrote what is quoted below; 0 when they say something else."""
    for length in (1, 2, 3):
        last = lines[at + length - 1 : at + length]
        if not last or not last[0].strip() or _is_quoted(last[0]):
            return 0
        if last[0].rstrip().endswith((":", "：")):
            below = _next(lines, at + length)
            if any(_LEAD.match(line) for line in lines[at + 1 : at + length]):
                return 0  # it starts further down, right below the text
            return length if _attributes(" ".join(lines[at : at + length]), below) else 0
    return 0


def _attributes(line: str, below: str) -> bool:
    if len(line) > _MAX_ATTRIBUTION:
        return False
    wrote, dated = bool(_WROTE.search(line)), bool(_WHEN.search(line))
    if _is_quoted(below):
        return wrote or (dated and "@" in line) or bool(_TO_THE_MINUTE.search(line))
    return wrote and dated and ("@" in line or bool(_LEAD.match(line)))


def _is_block(lines: list[str], at: int) -> bool:
    """Tell whether the history of Outlook or of a forwarded mail starts here."""
    if _BANNER.match(lines[at]):
        return True
    if not _FROM_LINE.match(lines[at]):
        return False
    return sum(bool(_FIELD_LINE.match(line)) for line in lines[at + 1 : at + 6]) >= 2


def _signature(lines: list[str]) -> int:
    """Find where the signature starts: at two dashes (RFC 3676 section 4.3), else at the line of a device."""
    for index, line in enumerate(lines):
        exact = line == "-- " and bool(_next(lines, index + 1))
        if exact or (line.rstrip() == "--" and len(lines) - index <= _MAX_SIGNATURE):
            return index
    last = next((i for i in reversed(range(len(lines))) if lines[i].strip()), None)
    if last is not None and len(lines[last]) < 100 and _DEVICE.match(lines[last]):
        return last
    return len(lines)


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n").rstrip()


def view(message: Message) -> str:
    """Give what people see of ``message``: its HTML as text where there is any, else the text."""
    html = message.body.html if message.body else None
    return (html_to_text(html) if html else "") or message.text


def new_text(message: Message) -> str:
    """Give what the sender of ``message`` wrote in it: no quote, no signature. Empty without a body.

    Where there is HTML it decides, by the marks that mail programs leave at the quote whatever the language.
    """
    html = message.body.html if message.body else None
    return split(html_to_text(_above_history(html)) if html else message.text).new


# Outlook on the web and mobile, Outlook for Windows (two releases), Yahoo. Gmail, Apple Mail and
# Thunderbird quote in a blockquote, which html_to_text shows with "> ".
_HISTORY = re.compile(
    r"id=[\"']?(?:x_)*(?:divRplyFwdMsg|appendonsend|mail-editor-reference-message-container)"
    r"|border-top:\s?solid #(?:E1E1E1|B5C4DF) 1\.0pt|class=[\"']?yahoo_quoted",
    re.IGNORECASE,
)


def _above_history(html: str) -> str:
    mark = _HISTORY.search(html)
    if not mark or "<blockquote" in html[: mark.start()].lower():
        return html  # inside a quote the mark belongs to an older mail
    return html[: max(0, html.rfind("<", 0, mark.start()))]
