"""WHO in Gmail's search language, judged by the fake's own reading of that language."""

from __future__ import annotations

from datetime import UTC, datetime

import hypothesis
import pytest
from hypothesis import strategies as st

from bowout.model import Query
from bowout.providers.gmail import query
from servers.gmail_mail import Mail, mail_bytes, parse_query

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def mail(
    text: str = "Hello", *, sender: str = "Jane Roe <jane@acme.example>", subject: str = "Interview"
) -> Mail:
    raw = mail_bytes(
        sender=sender, to="me@gmail.com", subject=subject, text=text, at=NOW, message_id="<a@b.example>"
    )
    return Mail(id="1", thread="1", labels=frozenset({"INBOX"}), raw=raw, at=NOW)


def found(who: str, one: Mail) -> bool:
    q = query.broad(Query(who=who))
    return q is not None and parse_query(q)(one)


@pytest.mark.parametrize(
    ("who", "one"),
    [
        ("acme", mail()),
        ("ACME", mail(subject="Your visit to Acme")),
        ("Roe, Jane", mail()),
        ("jane@acme.example", mail()),
        ("acme.example", mail()),
        ("Blue Bird", mail(sender="x@bluebird.example")),
        ("Blue Bird", mail("Blue Bird Ltd", sender="x@y.example")),
        ("Müller", mail(sender="=?utf-8?q?M=C3=BCller?= <m@x.example>")),
        ("Müller", mail("Muller was here")),
        ('"acme"', mail()),
        ("-acme", mail()),
        ("from:acme", mail("from acme")),
    ],
)
def test_it_is_found(who: str, one: Mail) -> None:
    assert found(who, one)


@pytest.mark.parametrize(
    ("who", "one"),
    [
        ("acme OR interview", mail(sender="x@y.example")),
        ("acm", mail()),
        ("globex", mail()),
        ("label:inbox", mail()),
        ("in:anywhere", mail()),
        ("{acme interview}", mail(sender="x@y.example")),
        ("-globex", mail()),
    ],
)
def test_it_is_not_found(who: str, one: Mail) -> None:
    assert not found(who, one)


@pytest.mark.parametrize(
    ("one", "work"),
    [
        (mail("Acme would like to offer you an interview"), True),
        (mail("About the role at Acme", sender="x@y.example", subject="Hello"), True),
        (mail("Acme opens a new office", subject="Weekly"), False),
        (mail("An interview", sender="x@y.example"), False),
    ],
)
def test_talk_of_work_is_told_from_a_mere_mention(one: Mail, work: bool) -> None:
    q = query.working(Query(who="acme"))
    assert q is not None
    assert parse_query(q)(one) is work


@pytest.mark.parametrize("who", ['"', "*", "()", "🦀", "-", '""""', "x" * 5000, "é" * 900])
def test_what_no_mail_can_mention_is_not_asked(who: str) -> None:
    assert query.broad(Query(who=who)) is None


@hypothesis.given(st.text(max_size=300))
def test_whatever_is_typed_stays_inside_quotes_and_fits_a_url(who: str) -> None:
    for make in (query.broad, query.near, query.working):
        q = make(Query(who=who))
        if q is not None:
            parse_query(q)  # raises for an unbalanced or unknown term
            assert len(q.encode()) < 2000


def test_without_who_words_of_hiring_are_asked_for() -> None:
    q = query.broad(Query())
    assert q is not None
    assert parse_query(q)(mail("We would like to interview you"))
    assert not parse_query(q)(mail("Lunch?", subject="Lunch", sender="a@b.example"))


def test_the_near_query_asks_people_and_subject_only() -> None:
    q = query.near(Query(who="acme"))
    assert q is not None
    assert parse_query(q)(mail())
    assert not parse_query(q)(mail("Acme in the news", sender="news@paper.example"))
    assert query.near(Query()) is None


def test_a_message_id_and_an_address_are_data_too() -> None:
    parse_query(query.by_message_id('<a"} OR {in:anywhere@b.example>'))
    parse_query(query.sent_to('a"} in:anywhere {"@b.example', NOW))
