"""What somebody wrote in a mail, as opposed to their signature and the mail they quote.

Why this is our own: docs/decisions/0002-quotes.md. Every test is of one line or of a few lines at a time, so
hostile mail cannot make it slow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bowout.mail.html import html_to_text
from bowout.model import Message


@dataclass(frozen=True, slots=True)
class Split:
    """A mail text in three parts, each without empty lines around it."""

    new: str
    signature: str
    quoted: str


_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|skrev|kirjoitti|napisał|napsal"
    r"|írta|yazdı|написал)",
    re.IGNORECASE,
)
_LEAD = re.compile(r"\s*(?:on|am|le|el|il giorno|op|em|den|w dniu|dne)\b", re.IGNORECASE)
_WHEN = re.compile(r"\d[:.h]\d\d|\b(?:19|20)\d\d|\d/\d{1,2}/\d")
_MAX_ATTRIBUTION = 400  # characters, on at most three lines

# The words of the usual programs, in the languages that bowout knows letters or recruiters of.
_FROM = "From|Von|De|Da|Van|Från|Fra|Od|От|差出人|发件人"
_OTHER = (
    "Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Envoyé|Date|À|Objet|Enviado(?: el)?|Fecha|Para|Asunto"
    "|Assunto|Data|Inviato|A|Oggetto|Verzonden|Aan|Onderwerp|Skickat|Till|Ämne|Sendt|Dato|Til|Emne|Wysłano|Do"
    "|Temat|Отправлено|Кому|Тема|日時|宛先|件名|发送时间|收件人|主题"
)
_FROM_LINE = re.compile(rf"\s*\*?(?:{_FROM})\s?[:：]\*?\s*\S", re.IGNORECASE)
_OTHER_LINE = re.compile(rf"\s*\*?(?:{_OTHER})\s?[:：]\*?(?:\s|$)", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"\s*-{3,}\s*(?:original message|original appointment|forwarded message|ursprüngliche nachricht"
    r"|weitergeleitete nachricht|message d'origine|message original|message transféré|mensaje original"
    r"|mensagem original|messaggio originale|oorspronkelijk bericht)\s*-",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*(?:[-_*=]{5,}\s*|begin forwarded message:.*)?", re.IGNORECASE)

_DEVICE = re.compile(
    r"(?:sent (?:from|with|via) |get outlook for |von meinem .{1,40} gesendet|gesendet (?:von|mit) "
    r"|envoyé (?:de|depuis) |enviado (?:desde|do|de) |inviato da |verstuurd vanaf |skickat från )",
    re.IGNORECASE,
)
_MAX_SIGNATURE = 15  # lines; two dashes with more below them are part of a letter


def split(text: str) -> Split:
    """Tell new text from signature and quote.

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


def _is_quoted(line: str) -> bool:
    return line.startswith((">", " >"))


def _next(lines: list[str], at: int) -> str:
    """The next line that is not empty, of the three that may follow an attribution."""
    return next((line for line in lines[at : at + 3] if line.strip()), "")


def _attribution(lines: list[str], at: int) -> int:
    """How many lines at ``at`` say who wrote what is quoted below; 0 when they say something else."""
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
        return wrote or (dated and "@" in line)
    return wrote and dated and ("@" in line or bool(_LEAD.match(line)))


def _is_block(lines: list[str], at: int) -> bool:
    """Whether the history of Outlook or of a forwarded mail starts here."""
    if _ORIGINAL.match(lines[at]):
        return True
    if not _FROM_LINE.match(lines[at]):
        return False
    return sum(bool(_OTHER_LINE.match(line)) for line in lines[at + 1 : at + 6]) >= 2


def _signature(lines: list[str]) -> int:
    """Where the signature starts: at two dashes (RFC 3676 section 4.3), else at the line of a device."""
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
    """What people see of ``message``: its HTML as text where there is any, else the text."""
    html = message.body.html if message.body else None
    return (html_to_text(html) if html else "") or message.text


def new_text(message: Message) -> str:
    """What the sender of ``message`` wrote in it: no quote, no signature. Empty without a body.

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
