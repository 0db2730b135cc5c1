"""Searching mail on this side: what counts as mentioning WHO, and what looks like hiring."""

from __future__ import annotations

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.mail.parse import parse
from bowout.providers.headers_only.search import Needle, body_text, looks_like_hiring, may_be_hiring, mentions
from bowout.text.spelling import fold


def mentioned(who: str, text: str) -> bool:
    raw = f"Content-Type: text/plain; charset=utf-8\n\n{text}".encode()
    return mentions(parse(raw, id="x"), Needle.of(who))


@pytest.mark.parametrize(
    ("who", "text"),
    [
        ("Acme", "greetings from ACME robotics"),
        ("müller", "Frau Mu\u0308ller"),
        ("Muller", "Frau Müller"),
        ("Soren Lodz", "Søren aus Łódź"),
        ("Strasse", "Goethestraße 1"),
        ("Anna Berg", "Berg, Anna"),
        ("acme", "jobs@acmejobs.example"),
        ("Go", "we are Go, Inc."),
        ("C++", "Senior C++ engineer"),
        ("ＡＣＭＥ", "acme"),
        ('"Acme Inc."', "Acme Inc, Berlin"),
        ("Acme", "A\u00adcme with a soft hyphen"),
        ("面试", "请参加面试"),
    ],
)
def test_mentioned(who: str, text: str) -> None:
    assert mentioned(who, text)


@pytest.mark.parametrize(
    ("who", "text"),
    [
        ("Go", "we use Google"),
        ("Acme Globex", "Acme only"),
        ("a.c", "abc"),
        ("Acme OR Globex", "Acme and Globex"),
        ("", "anything"),
        ('"', 'a " quote'),
    ],
)
def test_not_mentioned(who: str, text: str) -> None:
    assert not mentioned(who, text)


def test_words_may_come_from_different_fields() -> None:
    raw = b"From: Jane <jane@acme.example>\nSubject: Hello\n\nBackend role"
    assert mentions(parse(raw, id="x"), Needle.of("jane hello backend"))


def test_a_folded_calendar_line_is_read_whole() -> None:
    raw = b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nSUMMARY:Interview with Zeppe\n linwerk\n"
    assert mentions(parse(raw, id="x"), Needle.of("zeppelinwerk"))


CODINGS = {
    "8bit": lambda text: text,
    "quoted-printable": quopri.encodestring,
    "base64": base64.encodebytes,
}


@given(st.text(st.characters(codec="utf-8"), max_size=80), st.sampled_from(sorted(CODINGS)), st.data())
def test_the_quick_look_at_raw_bytes_never_misses(text: str, coding: str, data: st.DataObject) -> None:
    """Whatever the decoded message mentions, the raw look must have let through."""
    head = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {coding}\n\n"
    raw = head.encode() + CODINGS[coding](text.encode())
    words = fold(body_text(parse(raw, id="x"))).split()
    needle = Needle.of(data.draw(st.sampled_from(words))) if words else Needle(())
    if not needle.missing_from(body_text(parse(raw, id="x"))).words:
        assert needle.may_be_in(raw)


def test_the_quick_look_saves_work_on_plain_mail() -> None:
    assert not Needle.of("acme").may_be_in(b"Subject: hello\n\nnothing of interest")


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: Interview on Tuesday\n\n",
        b"Subject: Einladung zum Vorstellungsgespr=C3=A4ch\n\nVorstellungsgespr\xc3\xa4ch am Dienstag",
        b"From: Acme <no-reply@us.greenhouse-mail.io>\nSubject: Hello\n\n",
        b"From: Acme <acme@mail.avature.net>\nSubject: Hello\n\n",
        b"From: Doodle <mailer@doodle.com>\nSubject: Hello\n\n",
        b"From: Dana Berg <inmail-hit-reply@linkedin.com>\nSubject: Hello\n\n",
        b"Subject: Hello\n\nThank you for your application.",
        b"Subject: Hello\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n",
    ],
)
def test_looks_like_hiring(raw: bytes) -> None:
    assert looks_like_hiring(parse(raw, id="x"))


@pytest.mark.parametrize(
    ("raw", "may_be"),
    [
        (b"Subject: Good news\n\nWe would like to offer you the position of Cook.", True),
        (b"Subject: Gute Nachricht\n\nwir bieten Ihnen die Stelle als Koch an.", True),
        (b"Subject: Lunch\n\nSee you on Friday", False),
        (b"Subject: News\nList-Id: <n.example>\n\nWe would like to offer you the position of Cook.", False),
    ],
)
def test_an_offer_may_be_about_hiring_without_its_usual_words(raw: bytes, may_be: bool) -> None:
    assert not looks_like_hiring(parse(raw, id="x")) or may_be
    assert may_be_hiring(parse(raw, id="x")) is may_be


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: Lunch\n\nSee you on Friday",
        b"Subject: Weekly news\nList-Id: <news.example>\n\nAn interview with a famous gardener",
        b"From: x@notgreenhouse.io\nSubject: Hello\n\n",
        b"From: LinkedIn <jobs@linkedin.com>\nSubject: Hello\nList-Unsubscribe: <https://l.example>\n\n",
    ],
)
def test_does_not_look_like_hiring(raw: bytes) -> None:
    assert not looks_like_hiring(parse(raw, id="x"))
