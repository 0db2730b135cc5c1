"""Text from mail, made harmless for a terminal, a prompt or one line of a log."""

from __future__ import annotations

import re
import shlex
import unicodedata

# ECMA-48 control sequences. A string sequence (OSC, DCS, SOS, PM, APC) goes with what it carries; one that
# is never closed loses only its introducer, or hostile mail could make the rest of a text vanish.
_ESCAPES = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x80-\x9f]*(?:\x1b\\|\x9c)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]"
)
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_MOST_TEXT = 20_000  # characters of a mail
_RUN = re.compile(r"(\S{500})(?=\S)")  # an address of a web page may be as long; Japanese needs no spaces
_GAP = re.compile(r"\s{100,}")  # blanks and blank lines: every pattern that looks behind blanks tries each
_LINE = re.compile(r"([^\n]{1900}[^\n ]{0,100}) ?(?=[^\n])")  # a paragraph of 300 words
# Letters and marks by category, yet nothing is drawn for them: Hangul and Khmer fillers, the grapheme joiner.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def for_terminal(text: str, *, newlines: bool = False) -> str:
    """``text`` without anything that a terminal obeys or that a reader cannot see.

    Escape sequences go as a whole; so do control characters (C0, C1, DEL), bidi marks, overrides and
    isolates, zero-width and other format characters. Every line end becomes one newline, or a space unless
    ``newlines``; a tab becomes four spaces, any other kind of space one. Code points without a known shape
    (private, unassigned, lone surrogates) become U+FFFD. Applying it twice changes nothing more.
    """
    if text.isprintable() and _INVISIBLE.isdisjoint(text):
        return text
    text = _LINE_ENDS.sub("\n", _ESCAPES.sub("", text))
    return "".join(map(_harmless, text if newlines else text.replace("\n", " ")))


def for_shell(text: str) -> str:
    """``text`` as it can be typed behind a command again, in quotes where a shell needs them."""
    return shlex.quote(for_terminal(text))


def thread_option(thread_id: str) -> str:
    """``--thread ID`` as it can be typed again: without the angle brackets that a shell would redirect."""
    bare = thread_id[1:-1] if thread_id.startswith("<") and thread_id.endswith(">") else thread_id
    return f"--thread {for_shell(bare)}"


def readable(text: str) -> str:
    """Give of a mail's text what is read of it: the beginning, no line, no word and no gap without end.

    What matters for a process is said early, and what reads it stays quick on text that is made to be slow.
    """
    words = _GAP.sub(lambda gap: "\n\n"[: gap[0].count("\n")] or " ", text[:_MOST_TEXT])
    return _LINE.sub(r"\1\n", _RUN.sub(r"\1 ", words))


def one_line(text: str, limit: int) -> str:
    """Write text from mail as one line of at most ``limit`` characters; what cannot be printed is a space."""
    line = "".join(c if c.isprintable() else " " for c in text[: 10 * limit])
    return " ".join(line.split())[:limit].strip()


def _harmless(char: str) -> str:
    if char in _INVISIBLE:
        return ""
    if char.isprintable() or char == "\n":
        return char
    if char == "\t":
        return "    "
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    return "" if category in ("Cc", "Cf") else "\ufffd"
