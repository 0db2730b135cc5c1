"""A letter put above the quote that Outlook composed: it can be read, it comes first, the quote stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bowout.mail.html import html_to_text
from bowout.model import Address, Folder, Message, Reply
from bowout.providers.outlook.message import strands, with_letter

QUOTE = '<hr tabindex="-1"><div id="divRplyFwdMsg"><b>From:</b> Jane<br></div><div>Come on Tuesday</div>'
ANSWERED = Message(id="1", thread_id="t", folder=Folder.INBOX, message_id="<a@b.example>")
LETTER = Reply(
    thread_id="t",
    parent_id="1",
    from_=Address("", "me@x.example"),
    to=(Address("", "jane@acme.example"),),
    subject="Re: Interview",
    in_reply_to=None,
    references=(),
    text="I withdraw.",
    html="<p>I withdraw.</p>",
    quoted=ANSWERED,
    message_id="<o@o.example>",
    date=datetime(2026, 11, 20, tzinfo=UTC),
)
ODD = {
    "none": QUOTE,
    "no body": f"<html><head><style>p{{}}</style></head>{QUOTE}</html>",
    "two": f"<html><body>{QUOTE}<body>second</body>third</body></html>",
    "upper case": f"<HTML><HEAD></HEAD><BODY BGCOLOR=white\n lang=EN>{QUOTE}</BODY></HTML>",
    "comment": f"<html><head><!-- <body> --></head><body>{QUOTE}</body></html>",
    "style": f"<html><head><style><!-- <body> --></style></head><body>{QUOTE}</body></html>",
    "title": f"<html><head><title><body></title></head><body>{QUOTE}</body></html>",
    "script": f"<html><head><script>'<body>'</script></head><body>{QUOTE}</body></html>",
    "attribute": f'<html><head><meta content="<body>"></head><body>{QUOTE}</body></html>',
    "sign in attribute": f"<html><body data-x=\"a>b\" class='c>d'>{QUOTE}</body></html>",
    "open comment": f"<html><head><!-- <body>{QUOTE}</body></html>",
    "open tag": f"<html><body {QUOTE}",
    "end in comment": f"<html><body>{QUOTE}<!-- </body> -->more</body></html>",
    "like a body": f"<html><bodyguard><body>{QUOTE}</body></html>",
}


def spliced(content: str, *, fresh: bool = True, quoted: Message | None = ANSWERED) -> str:
    body = {"contentType": "html", "content": content}
    return with_letter(body, replace(LETTER, quoted=quoted), fresh=fresh)["content"]


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_the_letter_can_be_read_and_the_quote_stays_byte_for_byte(content: str) -> None:
    letter = f'{LETTER.html}<div id="appendonsend"></div>'
    written = spliced(content)
    before, found, after = written.partition(letter)
    assert found
    assert content in {before + after, after}
    assert html_to_text(written).startswith("I withdraw.")


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_writing_it_again_changes_nothing(content: str) -> None:
    written = spliced(content)
    assert spliced(written, fresh=False) == written


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_a_letter_without_quote_has_no_piece_of_it(content: str) -> None:
    assert html_to_text(spliced(content, quoted=None)).strip() == "I withdraw."


def test_the_quote_is_found_where_outlook_took_our_mark_away() -> None:
    content = f"<html><body><p>First version.</p>{QUOTE}</body></html>"
    assert spliced(content, fresh=False).endswith(f"{QUOTE}</body></html>")
    assert "First version." not in spliced(content, fresh=False)


@pytest.mark.parametrize(
    "piece", ["<!--", '<body "', "<style>", "<hr ", "<hr>", "<div ", "<div id=", "<a =", "</body "]
)
@pytest.mark.parametrize("fresh", [True, False])
def test_no_body_takes_long(piece: str, fresh: bool) -> None:
    """Time that grows with the square of this length would be minutes."""
    assert len(spliced(piece * 300_000, fresh=fresh)) > 0


def test_a_body_of_plain_text_keeps_its_quote_below() -> None:
    written = with_letter({"contentType": "text", "content": "From: Jane\r\nCome"}, LETTER, fresh=True)
    assert written == {"contentType": "text", "content": "I withdraw.\r\n\r\nFrom: Jane\r\nCome"}


def resource(name: str, sender: str, to: str) -> dict[str, object]:
    def person(address: str) -> dict[str, object]:
        return {"emailAddress": {"address": address}}

    return {
        "id": name,
        "subject": "Interview",
        "receivedDateTime": f"2026-11-20T0{len(name)}:00:00Z",
        "from": person(sender),
        "toRecipients": [person(to)],
    }


def ids(*resources: dict[str, object]) -> list[list[object]]:
    return [[one["id"] for one in strand] for strand in strands(resources, frozenset({"me@x.example"}))]


def test_an_address_of_mine_ties_no_two_firms_whatever_its_tag() -> None:
    jane, otto = "jane@acme.example", "otto@globex.example"
    assert ids(resource("a", jane, "me@x.example"), resource("bb", otto, "me@x.example")) == [["a"], ["bb"]]
    assert ids(resource("a", jane, "Me+jobs@x.example"), resource("bb", otto, "me+jobs@x.example")) == [
        *(["a"], ["bb"]),
    ]
    assert ids(resource("a", jane, "me@x.example"), resource("bb", "me+jobs@x.example", jane)) == [
        ["a", "bb"]
    ]
