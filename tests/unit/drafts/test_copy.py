"""What is kept of a draft that bowout replaces: everything, or it is not replaced."""

from __future__ import annotations

import pytest

from bowout.drafts import copy as kept
from bowout.errors import DraftChanged
from bowout.mail.parse import parse
from bowout.model import Address, Attachment, Body, Message

EDITED = Message(
    id="1",
    thread_id="t",
    subject="Re: Grüße aus Köln",
    from_=(Address("Sam Rivera", "sam@mailbox.example"),),
    to=(Address("Dana", "dana@acme.example"), Address("", "half-typed")),
    bcc=(Address("", "me@mailbox.example"),),
    body=Body(text="My own words – with an ü.\n\n> quote\n", html="<p>My <b>own</b> words</p>"),
)


def test_the_copy_reads_back_with_text_html_and_every_address() -> None:
    back = parse(kept.copy_of(EDITED), id="copy")
    assert back.subject == EDITED.subject
    assert back.body is not None
    assert EDITED.body is not None
    assert back.body.text.split() == EDITED.body.text.split()
    assert (back.body.html or "").strip() == EDITED.body.html
    assert back.to[0].address == "dana@acme.example"
    assert b"half-typed" in kept.copy_of(EDITED)
    assert [a.address for a in back.bcc] == ["me@mailbox.example"]


def test_a_hostile_subject_cannot_add_a_header() -> None:
    hostile = Message(id="1", thread_id="t", subject="a\r\nX-Evil: yes", body=Body(text="x"))
    assert b"\nX-Evil" not in kept.copy_of(hostile)


def test_files_cannot_be_copied_so_the_draft_is_left_alone() -> None:
    files = (Attachment(filename="cv.pdf", content_type="application/pdf", size=9),)
    with pytest.raises(DraftChanged, match=r"cv\.pdf"):
        kept.refuse_attachments(Message(id="1", thread_id="t", body=Body(text="x", attachments=files)))
