"""Whatever arrives becomes a Message, and what was mended is said."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bowout.mail.headers import MAX_ADDRESSES, Repairs, decode
from bowout.mail.html import MAX_HTML, html_to_text, sanitise_html
from bowout.mail.parse import MAX_DEPTH, MAX_MESSAGE, MAX_PARTS, MAX_TEXT, MAX_UNPACKED, parse
from bowout.model import Address, Message
from bowout.text.harmless import for_terminal
from work import calls, grows_evenly


def read(raw: bytes) -> Message:
    return parse(raw, id="1")


def headers(*lines: str | bytes) -> Message:
    raw = b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return parse(raw + b"\r\n\r\nText\r\n", id="1", headers_only=True)


# --- never raises ---------------------------------------------------------------------------------

REAL_LOOKING = b"""\
Return-Path: <jane@acme.example>\r
Delivered-To: tom@mail.example\r
From: =?UTF-8?Q?Jane_D=C3=B6e?= <jane@acme.example>\r
To: "Roe, Tom" <tom@mail.example>, Team: a@x.example, b@x.example;\r
Subject: =?utf-8?B?SW50ZXJ2aWV3?= at Acme\r
Date: Thu, 19 Nov 2026 14:03:00 +0100\r
Message-ID: <1@acme.example>\r
References: <a@x.example>\r
 <b@x.example>\r
Content-Type: multipart/mixed; boundary="mix"\r
\r
--mix\r
Content-Type: multipart/alternative; boundary=alt\r
\r
--alt\r
Content-Type: text/plain; charset="utf-8"\r
Content-Transfer-Encoding: quoted-printable\r
\r
Gr=C3=BC=C3=9Fe\r
--alt\r
Content-Type: text/html; charset="utf-8"\r
Content-Transfer-Encoding: base64\r
\r
PGRpdj5HcsO8w59lPC9kaXY+\r
--alt\r
Content-Type: text/calendar; method=REQUEST; charset=utf-8\r
\r
BEGIN:VCALENDAR\r
END:VCALENDAR\r
--alt--\r
--mix\r
Content-Type: application/pdf; name*=utf-8''r%C3%A9sum%C3%A9.pdf\r
Content-Disposition: attachment\r
Content-Transfer-Encoding: base64\r
\r
JVBERg==\r
--mix--\r
"""
POISON = (
    b"=?DEFAULT?Q?x?=",
    b"=?y?B?!!?=",
    b"charset=unknown-8bit",
    b"\xff\xfe",
    b"\x00",
    b"\r\n",
    b"(",
    b'"',
    b"<",
    b";",
    b"--mix",
)


@given(st.binary())
@example(b"")
@example(b"\n")
@example(b"Date: Mon, 1 Jan 0001 00:00:00 +1400\n\n")
@example(b"Date: Mon, 32 Foo 99999 99:99:99 +9999999\n\n")
@example(b"Content-Type: multipart/mixed\n\n--")
@example(b"Content-Type: text/plain; charset=\x00\n\nx")
@example(b"Content-Type: text/plain; charset*0*=x''%; charset*2=y\n\nx")
@example(b"Content-Type: text/plain; charset=unicode_escape\n\n\\N{")
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    assert read(raw).id == "1"


@given(st.data())
def test_no_mutation_of_a_real_mail_makes_it_raise(data: st.DataObject) -> None:
    raw = bytearray(REAL_LOOKING)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw)))
        cut = data.draw(st.integers(0, 40))
        raw[at : at + cut] = data.draw(st.sampled_from(POISON) | st.binary(max_size=8))
    message = read(bytes(raw))
    # Whatever came in, nothing goes on that no file, database or terminal takes.
    repr(message).encode()
    message.text.encode()


def test_the_parts_of_a_real_mail_land_where_they_belong() -> None:
    message = read(REAL_LOOKING)
    assert message.from_ == (Address("Jane Döe", "jane@acme.example"),)
    assert [a.address for a in message.to] == ["tom@mail.example", "a@x.example", "b@x.example"]
    assert message.to[0].name == "Roe, Tom"
    assert message.subject == "Interview at Acme"
    assert message.references == ("<a@x.example>", "<b@x.example>")
    assert message.body is not None
    assert (message.text, message.body.html) == ("Grüße", "<div>Grüße</div>")
    assert message.body.calendars == ("BEGIN:VCALENDAR\nEND:VCALENDAR",)
    assert [(a.filename, a.content_type, a.size) for a in message.body.attachments] == [
        ("résumé.pdf", "application/pdf", 4)
    ]
    assert message.header("Return-Path") == "<jane@acme.example>"
    assert message.repairs == ()


# --- headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["DEFAULT", "DEFAULT_CHARSET", "y", "unknown-8bit", "idna", "punycode", "rot13", "x\x00"]
)
def test_a_word_of_unknown_charset_is_read_as_what_it_looks_like(name: str) -> None:
    message = headers(f"Subject: =?{name}?Q?Gr=C3=BC=DFe?=")
    assert message.subject == "Grüße"


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        ("=?utf-8?Q?Hello_there?=", "Hello there"),
        ("=?utf-8?Q?Hello there?=", "Hello there"),
        ("=?utf-8?B?SGVsbG8?=", "Hello"),
        ("=?utf-8?B?R3LDvMOf?= =?utf-8?B?ZQ==?=", "Grüße"),
        ("=?utf-8?B?R3LD?=\r\n =?utf-8?B?vMOfZQ==?=", "Grüße"),
        ("=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?CHINESEBIG5?B?pKSk5Q==?=", "中文"),
        ("=?gb2312?B?1tDOxA==?=", "中文"),
        ("=?iso-8859-1?Q?=93quoted=94?=", "“quoted”"),
        ("=?utf-8?Q?broken", "=?utf-8?Q?broken"),
        ("Re:\r\n\tfolded  twice", "Re: folded  twice"),
        ("=?utf-8?Q?a=0D=0ABcc:_x=40y.z?=", "a Bcc: x@y.z"),
        ("nul\x00and\x1b[31m", "nul and [31m"),
    ],
)
def test_subjects(value: str, subject: str) -> None:
    assert headers(f"Subject: {value}").subject == subject


def test_raw_bytes_in_a_header_are_read_and_said() -> None:
    latin = headers(b"Subject: Gr\xfc\xdfe", "From: a@x.example", "Date: Thu, 19 Nov 2026 14:03:00 +0100")
    assert (latin.subject, latin.repairs) == ("Grüße", ("raw 8-bit bytes in subject",))
    assert headers("Subject: Grüße").subject == "Grüße"


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        ("jane@acme.example", [("", "jane@acme.example")]),
        ("Jane Doe <Jane@Acme.example>", [("Jane Doe", "Jane@Acme.example")]),
        ('"Doe, Jane" <j@a.example>, b@a.example', [("Doe, Jane", "j@a.example"), ("", "b@a.example")]),
        ('"say \\"hi\\"" <j@a.example>', [('say "hi"', "j@a.example")]),
        ("j@a.example (Jane (of Acme), Doe)", [("Jane (of Acme), Doe", "j@a.example")]),
        (
            "Team: a@x.example, b@x.example;, c@x.example",
            [("", "a@x.example"), ("", "b@x.example"), ("", "c@x.example")],
        ),
        ("undisclosed-recipients:;", []),
        ("a@x.example; b@x.example", [("", "a@x.example"), ("", "b@x.example")]),
        ("MAILER-DAEMON (Mail Delivery System)", [("Mail Delivery System", "MAILER-DAEMON")]),
        ("Jane Doe jane@acme.example", [("Jane Doe", "jane@acme.example")]),
        ("Jane Doe <jane@acme.example", [("Jane Doe", "jane@acme.example")]),
        ("<<jane@acme.example>>", [("", "jane@acme.example")]),
        ("jane . doe @ acme . example", [("", "jane.doe@acme.example")]),
        ('"john doe"@x.example', [("", '"john doe"@x.example')]),
        ("=?utf-8?Q?Doe=2C_Jane?= <j@a.example>", [("Doe, Jane", "j@a.example")]),
        ("=?utf-8?Q?evil=40x.example=2C?= <j@a.example>", [("evil@x.example,", "j@a.example")]),
        ("=?utf-8?Q?Jane_=3Cj=40a.example=3E?=", [("Jane", "j@a.example")]),
        ('"unclosed <j@a.example>', [('"unclosed', "j@a.example")]),
        ("<>", []),
        (", ,", []),
        (
            "=?Text?Q?Oficina=20de=20Acme=20 <post@a.example>,\r\n\t?=@robot.a.example",
            [("=?Text?Q?Oficina=20de=20Acme=20", "post@a.example")],
        ),
        ("=?utf-8?Q?jobs@a.example", []),
    ],
)
def test_addresses(value: str, addresses: list[tuple[str, str]]) -> None:
    assert [(a.name, a.address) for a in headers(f"From: {value}").from_] == addresses


def test_a_group_that_breaks_the_standard_library_is_read() -> None:
    assert [a.address for a in headers("To: =?utf-8?Q?T?=: (x) a@x.example <b@x.example>;").to] == [
        "b@x.example"
    ]


@pytest.mark.parametrize(
    ("value", "date", "repair"),
    [
        ("Thu, 19 Nov 2026 14:03:00 +0100", datetime(2026, 11, 19, 13, 3, tzinfo=UTC), None),
        ("19 Nov 2026 14:03 GMT", datetime(2026, 11, 19, 14, 3, tzinfo=UTC), None),
        ("Thu, 19 Nov 2026 14:03:00 -0000", datetime(2026, 11, 19, 14, 3, tzinfo=UTC), None),
        (
            "Thu, 19 Nov 2026 14:03:00",
            datetime(2026, 11, 19, 14, 3, tzinfo=UTC),
            "Date without zone, taken as UTC",
        ),
        ("yesterday", None, "unreadable Date"),
        ("Mon, 1 Jan 1900 00:00:00 +1400", None, "impossible Date"),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None, "impossible Date"),
    ],
)
def test_dates(value: str, date: datetime | None, repair: str | None) -> None:
    message = headers(f"Date: {value}")
    assert message.date == date
    assert message.repairs == ((repair,) if repair else ())


def test_a_date_keeps_the_offset_it_was_written_in() -> None:
    date = headers("Date: Thu, 19 Nov 2026 14:03:00 +0530").date
    assert date is not None
    assert date.utcoffset() == timedelta(hours=5, minutes=30)


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("<a@x>\r\n <b@x>\r\n\t<a@x>", ("<a@x>", "<b@x>")),
        ("<a@x><b@x>,<c@x>", ("<a@x>", "<b@x>", "<c@x>")),
        ("<a-very-long\r\n -id@x>", ("<a-very-long-id@x>",)),
        ("a@x b@x", ("<a@x>", "<b@x>")),
        ('Your message of "Mon, 1 Jan" from j@a.example <a@x>', ("<a@x>",)),
        ("Your message from j@a.example", ()),
        ("=?utf-8?q?=3CDM6PR01MB0000=40prod=2Eoutlook=2Ecom=3E?=", ("<DM6PR01MB0000@prod.outlook.com>",)),
        ("<no-at-sign>", ("<no-at-sign>",)),
        ("<non-ascii-ü@x>", ()),
        ("<>", ()),
    ],
)
def test_references(value: str, ids: tuple[str, ...]) -> None:
    assert headers(f"References: {value}").references == ids


def test_of_repeated_message_ids_the_first_counts() -> None:
    message = headers("Message-ID: <1@x>", "Message-ID: <2@x>", "Date: 19 Nov 2026 14:03 GMT")
    assert message.message_id == "<1@x>"
    assert message.repairs == ("several message-id headers",)


def test_a_broken_line_among_the_headers_hides_none_below_it() -> None:
    message = read(b"From: a@x.example\nthis line lost its indent\nTo: b@x.example\n\nText\n")
    assert message.to == (Address("", "b@x.example"),)
    assert message.text == "this line lost its indent\nText\n"
    assert "broken line among the headers" in message.repairs


def test_the_from_line_of_an_mbox_is_no_header() -> None:
    message = read(b"From jane Thu Nov 19 14:03:00 2026\nFrom: a@x.example\n\nText\n")
    assert (message.from_, message.text) == ((Address("", "a@x.example"),), "Text\n")


# --- bodies ---------------------------------------------------------------------------------------


def part(content_type: str, text: str, *more: str) -> str:
    return "\n".join([f"Content-Type: {content_type}", *more, "", text])


def multi(kind: str, *parts: str, boundary: str = "b") -> bytes:
    lines = [f'Content-Type: multipart/{kind}; boundary="{boundary}"', ""]
    for one in parts:
        lines += [f"--{boundary}", one]
    return "\n".join([*lines, f"--{boundary}--", ""]).encode()


def test_html_gets_a_readable_view() -> None:
    message = read(
        part("text/html; charset=utf-8", "<style>p{}</style><p>Hello&nbsp;Tom,<p>see <b>you</b>.").encode()
    )
    assert message.text == "Hello Tom,\n\nsee you."


def test_a_blank_text_part_does_not_hide_the_html() -> None:
    raw = multi("alternative", part("text/plain", " \n"), part("text/html", "<p>Hello"))
    assert read(raw).text == "Hello"


def test_a_footer_does_not_hide_the_html_above_it() -> None:
    message = read(multi("mixed", part("text/html", "<p>Hello"), part("text/plain", "list footer")))
    assert message.text == "Hello\nlist footer"
    assert message.body is not None
    assert message.body.html == "<p>Hello\n<div>list footer</div>"


@pytest.mark.parametrize(
    "content_type",
    ["text/vnd.google.email-reaction+json", "message/delivery-status", "message/rfc822", "image/png"],
)
def test_other_parts_are_attachments_and_not_read(content_type: str) -> None:
    inner = "From: x@y.example\nContent-Type: text/plain\n\nnot ours"
    message = read(multi("mixed", part("text/plain", "ours"), part(content_type, inner)))
    assert message.body is not None
    assert message.text == "ours"
    assert [a.content_type for a in message.body.attachments] == [content_type]
    assert message.body.attachments[0].size == len(inner)


CALENDAR = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261203T140000Z\nEND:VEVENT\nEND:VCALENDAR"
FORWARDED = multi(
    "mixed", part("text/plain", "not ours"), part("text/calendar", CALENDAR), boundary="inner"
).decode()


@pytest.mark.parametrize(
    ("kind", "attached"),
    [
        ("mixed", f"Content-Type: message/rfc822\n\n{FORWARDED}"),
        ("mixed", f"Content-Type: message/rfc822\n\n{CALENDAR}"),
        ("mixed", f"Content-Type: message\n\n{FORWARDED}"),
        ("digest", f"\n{FORWARDED}"),
        ("mixed", f"Content-Disposition: attachment; filename=talk.eml\n{FORWARDED}"),
    ],
    ids=["mail", "calendar", "of no kind", "digest", "saved mail"],
)
def test_neither_text_nor_calendar_of_an_attached_mail_is_the_mails(kind: str, attached: str) -> None:
    body = read(multi(kind, part("text/plain", "ours"), attached)).body
    assert body is not None
    assert (body.text, body.calendars, len(body.attachments)) == ("ours", (), 1)


def test_parts_of_parts_without_a_name_are_read() -> None:
    inner = multi("alternative", part("text/plain", "ours"), boundary="inner").decode()
    assert read(multi("digest", f"Content-Disposition: attachment\n{inner}")).text == "ours"


def test_a_named_text_is_an_attachment_and_an_ics_file_a_calendar() -> None:
    notes = part("text/plain; name=notes.txt", "notes", "Content-Disposition: inline")
    invitation = part(
        "application/ics; name=invite.ics", "BEGIN:VCALENDAR", "Content-Disposition: attachment"
    )
    body = read(multi("mixed", part("text/plain", "ours"), notes, invitation)).body
    assert body is not None
    assert (body.text, body.calendars) == ("ours", ("BEGIN:VCALENDAR",))
    assert [a.filename for a in body.attachments] == ["notes.txt"]


def test_a_multipart_without_parts_is_read_as_text() -> None:
    message = read(b"Content-Type: multipart/mixed; boundary=b\n\nJust text.\n")
    assert message.text == "Just text.\n"
    assert "multipart without parts, read as text" in message.repairs


def test_a_mail_that_breaks_off_keeps_what_arrived() -> None:
    whole = multi("mixed", part("text/plain", "first"), part("text/plain", "second and more"))
    assert read(whole[: whole.index(b" and more")]).text == "first\nsecond"


@pytest.mark.parametrize("charset", ["DEFAULT", "unknown-8bit", "GB2312_CHARSET", "idna", "undefined", "hex"])
def test_a_body_of_unknown_charset_is_read(charset: str) -> None:
    raw = b"Content-Type: text/plain; charset=" + charset.encode() + b"\n\nplain text\n"
    assert read(raw).text == "plain text\n"


def test_one_stray_byte_does_not_spoil_the_rest() -> None:
    raw = b"Content-Type: text/plain; charset=utf-8\n\n" + "Grüße".encode() + b" \x93hi\x94\n"
    assert read(raw).text == "Grüße “hi”\n"


# --- limits ---------------------------------------------------------------------------------------


def test_deep_nesting_ends_at_the_limit() -> None:
    raw = part("text/plain", "core").encode()
    for level in range(3000):
        boundary = b"b%d" % level
        raw = b"Content-Type: multipart/mixed; boundary=%s\n\n--%s\n%s\n--%s--\n" % (
            boundary,
            boundary,
            raw,
            boundary,
        )
    assert f"parts nested deeper than {MAX_DEPTH} were not read" in read(raw).repairs


def test_a_large_mail_nested_deeply_costs_no_multiple_of_its_size() -> None:
    shells = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(2000))
    raw = b"".join(shells) + b"x" * (MAX_MESSAGE - 200_000)
    tracemalloc.start()
    try:
        message = read(raw)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert any("of nested parts were read" in repair for repair in message.repairs)
    assert peak < 2 * MAX_UNPACKED + 4 * MAX_MESSAGE


def test_the_number_of_parts_is_limited_and_the_first_are_kept() -> None:
    message = read(multi("mixed", *[part("text/plain", f"no {i}") for i in range(2000)]))
    assert message.text.splitlines()[:2] == ["no 0", "no 1"]
    assert f"only the first {MAX_PARTS} parts were read" in message.repairs


def test_a_huge_mail_is_read_up_to_the_limit() -> None:
    big = part("application/zip", "A" * (MAX_MESSAGE + 1000), "Content-Transfer-Encoding: base64")
    message = read(multi("mixed", part("text/plain", "letter"), big))
    assert message.text == "letter"
    assert "only the first 25 MB were read" in message.repairs


def parts_of(total: int, head: str, body: str, count: int = 40) -> bytes:
    """A mail of so many parts; ``body`` is repeated until all of it has ``total`` characters."""
    return multi("mixed", *[f"{head}\n\n{body * (total // count // len(body))}"] * count)


# More parts must not get round a limit: from here on twice the mail costs the same.
FULL = {
    "boundaries": lambda size: b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--bx\n" * (60_000 * size),
    "parameters": lambda size: multi("mixed", *[f"Content-Type: text/plain{';' * 200 * size}\n\nx"] * 40),
    "heads of parts": lambda size: multi("mixed", *["X: y\n" * 1_000 * size + "\nx"] * 40),
    "uuencode": lambda size: parts_of(
        1_200_000 * size, "Content-Type: image/png\nContent-Transfer-Encoding: x-uuencode", "M86%A\n"
    ),
    "stray bytes": lambda size: parts_of(400_000 * size, "", "Q").replace(b"Q", b"\x93"),
}


@pytest.mark.parametrize("made", FULL.values(), ids=FULL.keys())
def test_what_a_mail_has_without_end_costs_no_more_and_no_more(made: Callable[[int], bytes]) -> None:
    read(made(1))
    assert calls(lambda: read(made(4))) <= 1.1 * calls(lambda: read(made(2))) + 1_000


def test_all_parts_together_have_one_limit_of_text_and_of_html() -> None:
    message = read(parts_of(3 * MAX_TEXT, "", "word "))
    assert MAX_TEXT <= len(message.text) < MAX_TEXT + 100
    assert "long text cut off" in message.repairs
    message = read(parts_of(3 * MAX_HTML, "Content-Type: text/html", "<p>word"))
    assert message.text.startswith("word")
    assert message.body is not None
    assert len(message.body.html or "") < MAX_HTML / 3
    assert "only the beginning of the HTML was read" in message.repairs


def test_a_header_that_comes_thousands_of_times_has_no_more_addresses() -> None:
    assert len(headers(*[f"To: a{n}@b.example" for n in range(3_000)]).to) == MAX_ADDRESSES


@given(st.binary(max_size=200))
@example(b"\xc3\x9f \xdf\x93\x81 \xed\xa0\x80 \xf0\x9f\x99")
def test_each_byte_that_is_no_utf_8_is_read_as_windows_1252(data: bytes) -> None:
    def one_by_one(rest: bytes) -> str:
        for length in (1, 2, 3, 4):
            with suppress(UnicodeDecodeError):
                return rest[:length].decode() + one_by_one(rest[length:]) if rest else ""
        return rest[:1].decode("cp1252", "replace") + one_by_one(rest[1:])

    assert decode(data, "utf-8", Repairs()) == one_by_one(data)


HOSTILE_HTML = {
    "deep": "<div>" * 300_000 + "x",
    "deep paragraphs": "<div>" * 5_000 + "<p>x" * 100_000,
    "formatting": "<b><i><a href=x><font>" * 100_000,
    "open tags": "<a " * 500_000,
    "comments": "<!--" * 500_000,
    "quotes": "<blockquote>" * 5_000 + "x<br>" * 200_000,
    "brackets": "<" * 1_500_000,
    "entities": "&amp;#" * 300_000,
    "nul": "\x00<p>\x00" * 100_000,
}


@pytest.mark.parametrize("html", HOSTILE_HTML.values(), ids=HOSTILE_HTML.keys())
def test_hostile_html_neither_crashes_nor_stalls(html: str) -> None:
    # Where a pattern backtracks without end this never returns.
    text = html_to_text(html)
    safe = sanitise_html(html)
    assert len(text) + len(safe) < 50_000_000


HOSTILE_VALUES = [
    b'"\\' * 60_000,
    b"(\\" * 60_000,
    b"@" + b":" * 120_000,
    b"(" * 120_000,
    b"(a" * 60_000,
    b"<" * 120_000,
    b"\r" * 120_000,
    b"=?a?q?" * 20_000,
    b"=?utf-8?q?x?= " * 8_500,
    b"".join(b"=?x%d?q?a?= " % i for i in range(8_000)),
    b"a@b.c, " * 15_000,
    b"9" * 120_000,
    b";" * 120_000,
    b"\x9d" * 120_000,
]


@pytest.mark.parametrize("value", HOSTILE_VALUES, ids=lambda value: repr(value[:8]))
@pytest.mark.parametrize("header", ["From", "Subject", "Date", "References", "Content-Type"])
def test_hostile_headers_do_not_stall(header: str, value: bytes) -> None:
    def part(size: int) -> Message:
        return read(b"%s: %s\n\nText" % (header.encode(), value[:size]))

    assert grows_evenly(part, len(value) // 16)
    message = part(len(value))  # without the limits some take minutes
    assert message.text == "Text"
    told = message.subject + "".join(address.name for address in message.from_) + value.decode("latin-1")
    assert for_terminal(told).isprintable()


def test_of_too_long_html_the_beginning_is_read_and_that_is_said() -> None:
    message = read(b"Content-Type: text/html\n\n<p>first" + b"<br>more" * 30_000 + b"<p>last")
    assert message.text.startswith("first\nmore\nmore")
    assert "last" not in message.text
    assert "only the beginning of the HTML was read" in message.repairs
    assert html_to_text("word " * 300_000).startswith("word word")


def test_random_noise_between_real_lines() -> None:
    noise = random.Random(1)
    lines = REAL_LOOKING.split(b"\r\n")
    for _ in range(300):
        noise.shuffle(lines)
        assert read(b"\r\n".join(lines)).id == "1"


@pytest.mark.parametrize(
    "kind",
    [
        'application/octet-stream; name="invite.ics"',
        'text/plain; name="invite.ics"',
        "application/octet-stream",
        "text/x-vcalendar",
    ],
)
def test_a_calendar_is_known_by_how_it_begins(kind: str) -> None:
    raw = (
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nHello\n--b\n'
        f"Content-Type: {kind}\nContent-Disposition: attachment\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--b--\n"
    )
    body = parse(raw.encode(), id="m").body
    assert body is not None
    assert (body.text.strip(), len(body.calendars), body.attachments) == ("Hello", 1, ())


ALTERNATIVE = b"""From: jo@acme.example
Subject: News
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

%s
--b
Content-Type: text/html; charset=utf-8

<p>Dear Ana,</p><p>Unfortunately we have decided to go on with another candidate. All the best.</p>
--b--
"""


@pytest.mark.parametrize("stub", [b"Please view this message in HTML.", b"[cid:image001.png]", b""])
def test_a_plain_part_that_says_nothing_gives_way_to_the_html(stub: bytes) -> None:
    assert "another candidate" in read(ALTERNATIVE % stub).text


def test_a_plain_part_that_says_it_is_what_is_read() -> None:
    said = b"Dear Ana, unfortunately we have decided to go on with somebody else. All the best."
    assert "somebody else" in read(ALTERNATIVE % said).text
