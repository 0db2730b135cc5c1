"""Two states of a mail compared as a reader would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bowout.mail.build import build
from bowout.mail.compare import content_hash, same_letter
from bowout.model import Address, Attachment, Body, Message
from unit.mail.test_build import JANE, REPLIES, REPLY, read

SAVED = read(build(REPLY))


def edited(**changes: object) -> Message:
    assert SAVED.body is not None
    body = {name: changes.pop(name) for name in ("text", "html", "attachments") if name in changes}
    return replace(SAVED, body=replace(SAVED.body, **body), **changes)  # type: ignore[arg-type] # names vary


def html() -> str:
    assert SAVED.body is not None
    assert SAVED.body.html is not None
    return SAVED.body.html


UNNOTICED: dict[str, Callable[[], Message]] = {
    "wrapped in a div": lambda: edited(html=f'<div dir="ltr">{html()}</div>'),
    "white space": lambda: edited(html=html().replace("\n", "\r\n  ").replace(" my ", " &nbsp;my\n")),
    "paragraphs": lambda: edited(html=html().replace("<div>", "<p class=x>").replace("</div>", "</p>")),
    "styles": lambda: edited(html=html().replace("Tom", '<span style="color:#000">Tom</span>')),
    "apostrophes": lambda: edited(html=html().replace("'", "’")),
    "order and case": lambda: edited(to=(Address("J. Doe", "JANE@acme.example"),)),
    "another id and date": lambda: edited(message_id="<new@x>", date=datetime(2026, 12, 1, tzinfo=UTC)),
}
NOTICED: dict[str, Callable[[], Message]] = {
    "a word": lambda: edited(html=html().replace("my application", "our application")),
    "a word of the quote": lambda: edited(html=html().replace("Tuesday", "Wednesday")),
    "two words joined": lambda: edited(html=html().replace("my application", "myapplication")),
    "subject": lambda: edited(subject="Re: Interviews"),
    "another addressee": lambda: edited(to=(Address("Jane Doe", "jane@acme-jobs.example"),)),
    "one more in Cc": lambda: edited(cc=(Address("", "hr@acme.example"),)),
    "one more in Bcc": lambda: edited(bcc=(Address("", "hr@acme.example"),)),
    "from To to Cc": lambda: edited(to=(), cc=SAVED.to),
    "From": lambda: edited(from_=(Address("Tom Roe", "tom@work.example"),)),
    "Reply-To": lambda: edited(reply_to=(Address("", "x@y.example"),)),
    "attachment": lambda: edited(attachments=(Attachment(filename="cv.pdf", content_type="a/b", size=3),)),
    "the plain text alone": lambda: edited(text=SAVED.text.replace("my ", "our ")),
    "text without html": lambda: edited(html=None, text=SAVED.text.replace("my ", "our ")),
}


@pytest.mark.parametrize("change", UNNOTICED.values(), ids=UNNOTICED.keys())
def test_what_composers_rewrite_does_not_change_the_hash(change: Callable[[], Message]) -> None:
    assert content_hash(change()) == content_hash(SAVED)


@pytest.mark.parametrize("change", NOTICED.values(), ids=NOTICED.keys())
def test_what_a_reader_would_notice_changes_the_hash(change: Callable[[], Message]) -> None:
    assert content_hash(change()) != content_hash(SAVED)


def test_the_order_of_recipients_does_not_matter() -> None:
    both = (JANE, Address("", "b@x.example"))
    assert content_hash(edited(to=both)) == content_hash(edited(to=both[::-1]))


def test_a_reader_that_gives_only_text_or_only_html_sees_the_same_letter() -> None:
    assert content_hash(edited(html=None)) == content_hash(SAVED) == content_hash(edited(text=""))


def test_the_same_letter_is_known_without_its_quote() -> None:
    assert same_letter(SAVED, read(build(REPLIES["no-quote"])))
    assert same_letter(SAVED, edited(html=None, subject="other"))
    assert not same_letter(SAVED, edited(html=html().replace("my application", "our application")))
    empty = Message(id="e", thread_id="t", body=Body(text=""))
    assert not same_letter(empty, empty)
