"""HTML of mail <-> plain text. Built on nh3 (ammonia, an HTML5 parser): no input makes it fail or run away.

nh3 is loaded when the first HTML is really converted (about 1 ms).
"""

from __future__ import annotations

import html as entities
import re
from collections import Counter
from collections.abc import Mapping

from bowout.text.direction import html_attribute

# nh3 needs time that grows with the square of the nesting depth: 20,000 nested tags take a second or two.
# What lies beyond these is cut off; the longest real mails have some 10,000 tags, the deepest some hundred.
MAX_TAGS = 20_000
MAX_DEPTH = 1_000
MAX_HTML = 1_000_000  # characters

_DROPPED = {"script", "style", "head", "title", "template", "noscript", "object", "svg", "math"}
_BREAKING = {
    *("address", "article", "aside", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure"),
    *("footer", "form", "header", "hr", "li", "main", "nav", "ol", "section", "table", "tbody", "tfoot"),
    *("thead", "tr", "ul"),
}
_SPACED = {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre"}  # an empty line before and after
_READ = _BREAKING | _SPACED | {"br", "td", "th"}
_KEPT = {
    *(
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
    ),
    *("div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p", "pre"),
    *("q", "s", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th"),
    *("thead", "tr", "tt", "u", "ul"),
}
_TAG = re.compile(r"<(/?)([a-z0-9]++)[^>]*>")
# Tags that are closed by hand; a paragraph or a cell may be left open.
_NESTED = re.compile(
    r"<(/?)(?!(?:p|li|td|th|tr|dd|dt|br|hr|img|input|meta|link|col)\b)([a-z][^\s/>]{0,20})", re.IGNORECASE
)
# The parser opens these anew in every block, until they are closed where they were opened: hundreds that are
# not, among thousands of paragraphs, make millions of tags.
_REOPENED = re.compile(
    r"(</?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)
MAX_REOPENED = 1_000_000  # tags, were each of them opened anew at every other
_BLANKS = re.compile(r"[ \t\r\n\f]+")  # what HTML collapses; a no-break space is none of them
# nh3 looks through the rest of a text again for each "&" and no-break space that it writes: a million of them
# took a quarter of a minute. These two stand for them meanwhile; no mail has what is no character (U+FDD0).
_AND, _NO_BREAK = "\ufdd0", "\ufdd1"
_VEIL = str.maketrans({"&": _AND, "\xa0": _NO_BREAK, _AND: None, _NO_BREAK: None})
_UNVEIL = str.maketrans({_AND: "&", _NO_BREAK: "\xa0"})
MAX_SEARCHED = 10_000_000_000  # characters, were the whole of it looked through for each of them


def html_to_text(html: str) -> str:
    """Make a readable plain-text view: one line per block, ``- `` before list items, ``> `` before quotes.

    Scripts, styles, images and link targets are left out. Lines end in ``\\n``, spaces are collapsed.
    """
    clean = _clean(_unformatted(_limited(html)).translate(_VEIL), tags=_READ, attributes={})
    lines = _Lines()
    position = 0
    for tag in _TAG.finditer(clean):
        lines.text(clean[position : tag.start()])
        lines.tag(tag[2], closing=bool(tag[1]))
        position = tag.end()
    lines.text(clean[position:])
    return lines.result()


class _Lines:
    """Collects text into lines; knows how deep the quote is and whether white space counts."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._line = ""
        self._depth = 0
        self._preformatted = 0

    def text(self, markup: str) -> None:
        if not markup:
            return
        text = entities.unescape(markup.translate(_UNVEIL))
        if not self._preformatted:
            self._line += _BLANKS.sub(" ", text)
            return
        *complete, rest = text.split("\n")
        for line in complete:
            self._line += line
            self._end(always=True)
        self._line += rest

    def tag(self, name: str, *, closing: bool) -> None:
        if name == "br":
            self._end(always=True)
        elif name in ("td", "th"):
            self._line += " "
        else:
            self._end()
        if name in _SPACED:
            self._empty_line()
        if name == "blockquote":
            self._depth = max(0, self._depth + (-1 if closing else 1))
        elif name == "pre":
            self._preformatted = max(0, self._preformatted + (-1 if closing else 1))
        elif name == "li" and not closing:
            self._line = "- "

    def _end(self, *, always: bool = False) -> None:
        line = self._line.replace("\xa0", " ").rstrip()
        self._line = ""
        if line and not self._preformatted:
            line = line.lstrip()
        if line or always:
            # Deeper than any conversation is an attempt to make the view grow without bounds.
            self._done.append((">" * min(self._depth, 10) + " " if self._depth else "") + line)

    def _empty_line(self) -> None:
        if self._done and self._done[-1]:
            self._done.append("")

    def result(self) -> str:
        self._end()
        text = "\n".join(line.rstrip() for line in self._done)
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def text_to_html(text: str) -> str:
    """Write plain text as HTML that says the same: a div per paragraph, ``<br>`` for line ends."""
    paragraphs = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n").strip("\n"))
    way = html_attribute(text)
    return "<br>\n".join(f"<div{way}>{_lines_to_html(paragraph)}</div>" for paragraph in paragraphs)


def _lines_to_html(text: str) -> str:
    # Spaces at the start of a line, and every second one of a run, would be swallowed by the reader.
    kept = re.sub(r"(?m)^ |(?<= ) ", "\xa0", entities.escape(text, quote=False))
    return kept.replace("\xa0", "&nbsp;").replace("\n", "<br>\n")


def sanitise_html(html: str) -> str:
    """``html`` without scripts, styles, forms, images or anything else that loads, runs, hides or tracks.

    What is left are text tags and links to http, https, mailto and tel; only the text tags of a layout, where
    there is so much bold print that it could be made to multiply, and no links, where "&" without end is.
    """
    attributes = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}}
    kept = _limited(html)
    if kept.count("<") * len(_REOPENED.findall(kept)) > MAX_REOPENED:
        kept = _unformatted(kept)
    if (kept.count("&") + kept.count("\xa0")) * len(kept) > MAX_SEARCHED:
        # Not with attributes: the veil would hide from nh3 where a link really leads.
        return _clean(kept.translate(_VEIL), tags=_KEPT, attributes={}).translate(_UNVEIL)
    return _clean(kept, tags=_KEPT, attributes=attributes)


def _unformatted(html: str) -> str:
    """Make each tag that is opened anew a ``span``; only its name changes, so all else is read as before."""
    return _REOPENED.sub(r"\1span", html)


def _clean(html: str, *, tags: set[str], attributes: Mapping[str, set[str]]) -> str:
    import nh3

    return nh3.clean(
        html,
        tags=tags,
        clean_content_tags=_DROPPED,
        attributes=dict(attributes),
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )


def is_too_long(html: str) -> bool:
    """Tell whether the conversions read only the beginning of ``html``."""
    return len(_limited(html)) < len(html)


def cost(html: str) -> int:
    """Say what reading costs, in characters; a tag takes as long as fifty."""
    return min(len(html), MAX_HTML) + MAX_HTML // MAX_TAGS * min(html.count("<"), MAX_TAGS)


def _limited(html: str) -> str:
    if len(html) <= MAX_HTML and html.count("<") <= MAX_DEPTH:
        return html
    kept = "<".join(html[:MAX_HTML].split("<")[: MAX_TAGS + 1])
    depth = 0
    open_: Counter[str] = Counter()
    for tag in _NESTED.finditer(kept):
        name = tag[2].lower()
        if not tag[1]:
            depth += 1
            open_[name] += 1
        elif open_[name]:  # the end of what nobody opened closes nothing
            depth -= 1
            open_[name] -= 1
        if depth > MAX_DEPTH:
            return kept[: tag.start()]
    return kept
