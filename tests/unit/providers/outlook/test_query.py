"""WHO in Outlook's search language and ids in filters, judged by the fake's own reading of both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import hypothesis
import pytest
from hypothesis import strategies as st

from bowout.model import Query
from bowout.providers.outlook import query
from servers.graph_query import Fields, kql, odata


def mail(text: str = "Hello", *, sender: str = "Jane Roe jane@acme.example", **fields: str) -> Fields:
    return {"from": sender, "to": "", "cc": "", "subject": "Interview", "body": text, **fields}


def found(who: str, one: Fields) -> bool:
    asked = query.search(Query(who=who))
    return asked is not None and kql(asked)(one)


@pytest.mark.parametrize(
    ("who", "one"),
    [
        ("acme", mail()),
        ("ACME", mail(subject="Your visit to Acme")),
        ("Roe, Jane", mail()),
        ("jane@acme.example", mail()),
        ("acme.example", mail(sender="", cc="Jane jane@acme.example")),
        ("Blue Bird", mail(sender="x@bluebird.example")),
        ("Müller", mail("Müller GmbH")),
        ("Müller", mail("Muller was here")),
        ("O'Brien", mail("O'Brien & Sons")),
        ("東京", mail("東京 KK")),
        ("not and or", mail("Not And Or Ltd")),
        ("AT&T", mail("We at AT&T")),
        ("C++ Corp", mail("C++ Corp")),
        ("Foo (UK)", mail("Foo (UK) Ltd")),
        ('Say "Hi"', mail('Say "Hi" Inc')),
        ("back\\slash", mail("back\\slash")),
        ("ac\u00adme", mail()),
        ("from:acme", mail("from acme")),
        ("acme*", mail()),
    ],
)
def test_it_is_found(who: str, one: Fields) -> None:
    assert found(who, one)


@pytest.mark.parametrize(
    "who",
    ["acme OR interview", "NOT globex", "subject:interview", "acm*", "*", '"', ":", "(", "globex", "x" * 201],
)
def test_nothing_in_it_is_an_operator(who: str) -> None:
    assert not found(who, mail(sender="x@y.example"))


@hypothesis.given(st.text(max_size=80))
def test_any_text_stays_data(who: str) -> None:
    """The fake refuses what it cannot read, and an empty phrase."""
    if (asked := query.search(Query(who=who))) is not None:
        kql(asked)


def test_however_long_it_is_the_question_fits_into_an_address() -> None:
    asked = query.search(Query(who=" ".join(f"word{n}" for n in range(1000))))
    assert asked is not None
    assert len(asked) < 1000


@pytest.mark.parametrize("text", ["<plain@x.example>", "<o'brien''s@x.example>", "' or isDraft eq true or '"])
def test_an_apostrophe_does_not_end_the_string(text: str) -> None:
    for asked, name in (
        (query.by_message_id(text), "internetMessageId"),
        (query.of_conversation(text), "conversationId"),
    ):
        test, names = odata(asked)
        assert names == [name]
        assert test({name: text})


def test_a_moment_is_asked_for_in_utc() -> None:
    east = datetime(2026, 11, 20, 12, tzinfo=timezone(timedelta(hours=9)))
    test, _ = odata(query.sent_since(east))
    assert test({"sentDateTime": datetime(2026, 11, 20, 3, 0, tzinfo=UTC)})
    assert not test({"sentDateTime": datetime(2026, 11, 20, 2, 59, tzinfo=UTC)})
