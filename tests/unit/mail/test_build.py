"""A reply written as a mail: its bytes, what is refused, and any values survive.

The files in ``golden/`` are what ``build`` wrote for ``REPLIES``. When a change of the bytes is meant, write
them anew with ``python tests/unit/mail/test_build.py`` and read the difference before you commit it.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.errors import UsageError
from bowout.letters.values import load_attribution
from bowout.mail.build import build, make_message_id
from bowout.mail.html import html_to_text, text_to_html
from bowout.mail.parse import parse
from bowout.model import Address, Body, Message, Reply

ENGLISH = load_attribution("en", None)
GOLDEN = Path(__file__).with_name("golden")
JANE = Address("Jane Doe", "jane@acme.example")
TOM = Address("Tom Roe", "tom@mail.example")
CET = timezone(timedelta(hours=1))
TEXT = "Dear Jane,\n\nI withdraw my application. Thank you.\n\nKind regards,\nTom\n\n-- \nTom Roe\n"
LONG_IDS = tuple(f"<{'DM6PR01MB' + 'X' * 51}{n:02d}@outlook.example>" for n in range(20))

PARENT = Message(
    id="p",
    thread_id="t",
    message_id="<parent@acme.example>",
    subject="Interview",
    date=datetime(2026, 11, 19, 14, 3, tzinfo=CET),
    from_=(JANE,),
    to=(TOM,),
    body=Body(text="Hello Tom,\n\ncould you do Tuesday?\n> earlier words\n\nJane\n"),
)
HTML_PARENT = replace(
    PARENT,
    body=Body(
        text="Grüße,\nJane",
        html='<style>p{color:red}</style><p style="position:fixed" onclick="x()">Grüße,<br><b>Jane</b></p>'
        '<img src="https://track.example/p.gif"><script>x()</script><form action="https://evil.example"><input></form>'
        '<a href="javascript:x()">a</a><a href="https://acme.example/jobs">b</a><iframe src="x"></iframe>',
    ),
)
REPLY = Reply(
    thread_id="t",
    parent_id="p",
    from_=TOM,
    to=(JANE,),
    subject="Re: Interview",
    in_reply_to="<parent@acme.example>",
    references=("<root@acme.example>", "<parent@acme.example>"),
    text=TEXT,
    html=text_to_html(TEXT),
    quoted=PARENT,
    attribution=ENGLISH.write(PARENT),
    message_id="<draft@mail.example>",
    date=datetime(2026, 11, 20, 9, 30, tzinfo=CET),
)
REPLIES = {
    "plain": REPLY,
    "no-quote": replace(REPLY, quoted=None, cc=(Address("", "hr@acme.example"),)),
    "html-quote": replace(REPLY, quoted=HTML_PARENT),
    "non-ascii": replace(
        REPLY,
        from_=Address("Müller, Jörg", "joerg@mail.example"),
        to=(
            Address('Jane "JD" Doe', "jane+tok_3n@münchen.example"),
            Address("山田太郎", "yamada@acme.example"),
        ),
        subject="Re: Vorstellungsgespräch am Dienstag – Ihre Bewerbung als Entwickler (m/w/d) in Köln",
        text="Grüße – “und” 漢字\n",
        html="",
    ),
    "long-ids": replace(REPLY, in_reply_to=LONG_IDS[-1], references=LONG_IDS, quoted=None),
}


def read(raw: bytes) -> Message:
    return parse(raw, id="1")


def standard(raw: bytes) -> EmailMessage:
    """What the standard library makes of it: a reader that shares no code with our parse."""
    return email.message_from_bytes(raw, policy=email.policy.default)


def contents(raw: bytes, kind: str) -> str:
    part = standard(raw).get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


# --- the bytes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REPLIES)
def test_the_bytes_are_those_of_the_golden_file(name: str) -> None:
    assert build(REPLIES[name]) == (GOLDEN / f"{name}.eml").read_bytes()


def assert_fit_for_transport(raw: bytes) -> None:
    assert raw.isascii()
    assert b"\x00" not in raw
    assert raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())
def test_another_reader_sees_what_was_meant(reply: Reply) -> None:
    raw = build(reply)
    assert_fit_for_transport(raw)
    mail = standard(raw)
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["Subject"] == reply.subject
    assert mail["Message-ID"] == reply.message_id
    assert mail["References"].split() == list(reply.references)
    assert mail["In-Reply-To"].strip() == reply.in_reply_to
    assert mail["Date"].datetime == reply.date
    assert mail["Date"].datetime.utcoffset() == reply.date.utcoffset()
    assert [a.display_name for a in mail["To"].addresses] == [a.name for a in reply.to]
    assert [a.display_name for a in mail["From"].addresses] == [reply.from_.name]
    assert contents(raw, "plain").startswith(reply.text.rstrip("\n"))
    assert not [name for name in mail if name.lower() == "bcc" or name.lower().startswith("x-")]


def test_twenty_ids_of_eighty_characters_stay_as_they_are() -> None:
    assert {len(one) for one in LONG_IDS} == {80}
    raw = build(REPLIES["long-ids"])
    assert b"References: " + b"\r\n ".join(one.encode() for one in LONG_IDS) + b"\r\n" in raw
    assert b"In-Reply-To: " + LONG_IDS[-1].encode() + b"\r\n" in raw
    assert read(raw).references == LONG_IDS


def test_the_parts_say_the_same() -> None:
    raw = build(REPLIES["plain"])
    texts = (contents(raw, "plain"), html_to_text(contents(raw, "html")))
    plain, html = (text.replace(">", " ").split() for text in texts)
    assert plain == html


def test_the_quote_is_marked_in_both_parts() -> None:
    raw = build(REPLY)
    assert contents(raw, "plain").endswith(
        "-- \nTom Roe\n\nOn 19 Nov 2026 at 14:03 +0100, Jane Doe wrote:\n"
        "> Hello Tom,\n>\n> could you do Tuesday?\n>> earlier words\n>\n> Jane\n"
    )
    assert "could you do Tuesday" in contents(raw, "html").partition("<blockquote")[2]


def test_the_quoted_html_holds_nothing_that_runs_or_loads() -> None:
    quote = contents(build(REPLIES["html-quote"]), "html").partition("<blockquote")[2].partition(">")[2]
    assert "<b>Jane</b>" in quote
    assert 'href="https://acme.example/jobs"' in quote
    for word in ("script", "track", "img", "style", "form", "evil", "onclick", "iframe", "position"):
        assert word not in quote


def test_a_huge_quote_is_cut_with_a_note() -> None:
    huge = replace(PARENT, body=Body(text="word " * 2_000_000, html="<p>" + "word " * 2_000_000))
    raw = build(replace(REPLY, quoted=huge))
    assert len(raw) < 1_000_000
    for kind in ("plain", "html"):
        assert "[The rest of the quoted message is left out.]" in contents(raw, kind)


def test_hostile_names_and_controls_in_the_quote_do_no_harm() -> None:
    bad = replace(
        PARENT, from_=(Address("Jane\x1b[31m\r\nX: y\u202e", "j@a.example"),), body=Body(text="a\x00b\x1bc")
    )
    raw = build(replace(REPLY, quoted=bad, attribution=ENGLISH.write(bad)))
    assert_fit_for_transport(raw)
    assert "On 19 Nov 2026 at 14:03 +0100, Jane X: y wrote:\n> abc\n" in contents(raw, "plain")


def test_an_undated_nameless_parent_can_be_quoted() -> None:
    parent = replace(PARENT, date=None, from_=())
    raw = build(replace(REPLY, quoted=parent, attribution=ENGLISH.write(parent)))
    assert "\nsomebody wrote:\n> Hello Tom," in contents(raw, "plain")


# --- what is refused ------------------------------------------------------------------------------

BREAKS = ("a\r\nBcc: evil@x.example", "a\nb", "a\rb", "a\x00b", "a\x85b")
FIELDS: dict[str, Callable[[str], Reply]] = {
    "Subject": lambda bad: replace(REPLY, subject=bad),
    "From": lambda bad: replace(REPLY, from_=Address(bad, "tom@mail.example")),
    "To": lambda bad: replace(REPLY, to=(Address("", f"{bad}@x.example"),)),
    "Cc": lambda bad: replace(REPLY, cc=(Address(bad, "a@x.example"),)),
    "Message-ID": lambda bad: replace(REPLY, message_id=f"<{bad}@x>"),
    "In-Reply-To": lambda bad: replace(REPLY, in_reply_to=f"<{bad}@x>"),
    "References": lambda bad: replace(REPLY, references=("<a@x>", f"<{bad}@x>")),
}


@pytest.mark.parametrize("bad", BREAKS)
@pytest.mark.parametrize("header", FIELDS)
def test_line_breaks_in_a_header_are_refused_by_name(header: str, bad: str) -> None:
    with pytest.raises(UsageError, match=f"The {header} header"):
        build(FIELDS[header](bad))


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "jane",
            "@acme.example",
            "jane@",
            "jane@@x",
            "jürgen@x.example",
            "a b@x.example",
            "<a@x.example>",
        ),
        *("a@x.example, b@y.example", "a@straße.example", "a@x y.example", "a@\ufffd.example"),
        "a" * 320 + "@x.example",
    ],
)
def test_an_address_without_ascii_form_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="in To cannot be written"):
        build(replace(REPLY, to=(Address("Jane", address),)))


def test_nobody_in_to_is_refused() -> None:
    with pytest.raises(UsageError, match="The To header would be empty"):
        build(replace(REPLY, to=()))


@pytest.mark.parametrize("one", ["", "a@x", "<a b@x>", "<ü@x>", "<a@x> <b@x>", "<" + "a" * 950 + "@x>"])
def test_what_is_no_message_id_is_refused(one: str) -> None:
    with pytest.raises(UsageError, match="no message-id"):
        build(replace(REPLY, references=(one,)))


def test_a_domain_of_other_letters_gets_its_idna_form() -> None:
    raw = build(replace(REPLY, to=(Address("", "jane@München.example"),)))
    assert read(raw).to == (Address("", "jane@xn--mnchen-3ya.example"),)


def test_relay_addresses_stay_byte_for_byte() -> None:
    address = "acme+email+3n7-TOKEN_x=y@Talent.icims.example"
    assert read(build(replace(REPLY, to=(Address("Acme", address),)))).to == (Address("Acme", address),)


def test_new_message_ids_differ_and_can_be_written() -> None:
    ids = {
        make_message_id(domain)
        for domain in ("mail.example", "mail.example", "münchen.example", "", "a b\r\n")
    }
    assert len(ids) == 5
    assert read(build(replace(REPLY, references=tuple(sorted(ids))))).references == tuple(sorted(ids))


# --- any values survive ---------------------------------------------------------------------------

# Everything but control characters and surrogates; blanks are compared as readers see them.
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300).map(
    lambda text: " ".join(text.split())
)
DOMAINS = st.from_regex(r"[a-z][a-z0-9-]{0,20}[a-z0-9](\.[a-z]{2,10}){1,3}", fullmatch=True)
LOCALS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.+_=-]{0,60}", fullmatch=True)
ADDRESSES = st.builds(lambda name, local, domain: Address(name, f"{local}@{domain}"), TEXTS, LOCALS, DOMAINS)
IDS = st.from_regex(r"<[!-;=?-~]{1,200}>", fullmatch=True)


@given(TEXTS, st.lists(ADDRESSES, min_size=1, max_size=5), st.lists(IDS, unique=True, max_size=30), IDS)
def test_any_header_survives(subject: str, people: list[Address], ids: list[str], own: str) -> None:
    reply = replace(
        REPLY, subject=subject, to=tuple(people), cc=(people[0],), references=tuple(ids), message_id=own
    )
    raw = build(reply)
    assert_fit_for_transport(raw)
    message = read(raw)
    assert message.subject == subject
    assert message.to == reply.to
    assert message.references == reply.references
    assert message.message_id == own
    assert message.repairs == ()


# Blank text is no letter: of such a mail the HTML is read.
@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t")).filter(str.strip))
def test_any_letter_survives(text: str) -> None:
    raw = build(replace(REPLY, text=text, html="", quoted=None))
    assert_fit_for_transport(raw)
    assert read(raw).text == text.rstrip("\n") + "\n"


if __name__ == "__main__":
    for name, reply in REPLIES.items():
        (GOLDEN / f"{name}.eml").write_bytes(build(reply))
