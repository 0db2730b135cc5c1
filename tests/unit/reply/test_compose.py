"""The headers of an answer, and the letter made into a Reply."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.letters.render import Letter
from bowout.letters.values import load_attribution
from bowout.model import Address, Channel, Depth, Identity, Message, Reason, Reply, Situation, Tone
from bowout.reply import compose as writing
from bowout.reply.compose import reply_references, reply_subject
from bowout.reply.plan import Plan, plan_reply
from clock import NOON
from unit.mailboxes import ME, mail, thread
from unit.reply.answers import DANA, HUGO, RELAYS, plan, to


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ("Interview", "Re: Interview"),
        ("Re: Interview", "Re: Interview"),
        ("RE: Interview", "RE: Interview"),
        ("re:Interview", "re:Interview"),
        ("AW: Gespräch", "AW: Gespräch"),
        ("SV: Samtal", "SV: Samtal"),
        ("Antw: Gesprek", "Antw: Gesprek"),
        ("Re[2]: Interview", "Re[2]: Interview"),
        ("[EXT] Re: Interview", "[EXT] Re: Interview"),
        ("[EXT] Interview", "Re: [EXT] Interview"),
        ("Re : Interview", "Re : Interview"),
        ("回复：面试", "回复：面试"),
        ("返信: 面接", "返信: 面接"),
        ("답장: 면접", "답장: 면접"),
        ("Antwort: Gespräch", "Antwort: Gespräch"),
        ("Ref: Entrevista", "Ref: Entrevista"),
        ("[acme-jobs] [EXT] AW: Gespräch", "[acme-jobs] [EXT] AW: Gespräch"),
        ("Accepted: Interview", "Re: Accepted: Interview"),
        ("Fwd: Interview", "Re: Fwd: Interview"),
        ("Recruiting at Acme", "Re: Recruiting at Acme"),
        ("Return offer", "Re: Return offer"),
        ("Interview  with   spaces", "Re: Interview  with   spaces"),
        ("", "Re:"),
        ("a\r\nBcc: x@y.org", "Re: a Bcc: x@y.org"),
    ],
)
def test_subject(parent: str, expected: str) -> None:
    assert reply_subject(parent) == expected


@given(st.text(max_size=60))
def test_a_subject_gets_one_re_and_no_line_end(parent: str) -> None:
    once = reply_subject(parent)
    assert reply_subject(once) == once
    assert not re.match(r"re:\s*re:", once, re.IGNORECASE) or re.match(r"\s*re:\s*re:", parent, re.IGNORECASE)
    assert once.isprintable() or not set(once) & set("\r\n\0")


def message(
    message_id: str | None, references: tuple[str, ...] = (), in_reply_to: tuple[str, ...] = ()
) -> Message:
    return Message(
        id="1", thread_id="1", message_id=message_id, references=references, in_reply_to=in_reply_to
    )


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        (message("<p@x>"), ("<p@x>",)),
        (message("<p@x>", ("<a@x>", "<b@x>")), ("<a@x>", "<b@x>", "<p@x>")),
        (message("<p@x>", (), ("<a@x>",)), ("<a@x>", "<p@x>")),
        (message("<p@x>", (), ("<a@x>", "<b@x>")), ("<p@x>",)),
        (message("<p@x>", ("<b@x>",), ("<a@x>",)), ("<b@x>", "<p@x>")),
        (message("<p@x>", ("<a@x>", "<a@x>", "<p@x>", "<b@x>")), ("<a@x>", "<b@x>", "<p@x>")),
        (message("<p@x>", ("a@x", "<a x>", "<a@x>\r\nBcc: z")), ("<p@x>",)),
        (message(None, ("<a@x>",)), ()),
    ],
)
def test_references(parent: Message, expected: tuple[str, ...]) -> None:
    assert reply_references(parent) == expected


@pytest.mark.parametrize(("older", "kept"), [(19, range(19)), (20, range(20)), (21, [0, *range(2, 21)])])
def test_twenty_one_references_are_kept(older: int, kept: Sequence[int]) -> None:
    found = reply_references(message("<p@x>", tuple(f"<{i}@x>" for i in range(older))))
    assert found == (*(f"<{i}@x>" for i in kept), "<p@x>")


def test_a_huge_list_of_references_keeps_the_first_and_the_newest() -> None:
    many = tuple(f"<{i}@x>" for i in range(500))
    kept = reply_references(message("<p@x>", many))
    assert len(kept) == 21
    assert kept[0] == "<0@x>"
    assert kept[-3:] == ("<498@x>", "<499@x>", "<p@x>")


IDS = st.one_of(st.from_regex(r"<[a-e]@x>", fullmatch=True), st.text(max_size=8))


@given(IDS, st.lists(IDS, max_size=60), st.lists(IDS, max_size=3))
def test_references_never_hold_an_id_twice(own: str, older: list[str], answered: list[str]) -> None:
    found = reply_references(message(own, tuple(older), tuple(answered)))
    assert len(set(found)) == len(found) <= 21
    assert not own or found[-1] == own


# --- compose ----------------------------------------------------------------------------------------


ENGLISH = load_attribution("en", None)


def letter(text: str = "Dear Dana,\n\nthank you.\n\nAna Lopez\n") -> Letter:
    return Letter(
        situation=Situation.INVITED,
        reason=Reason.NONE,
        depth=Depth.NONE,
        tone=Tone.NEUTRAL,
        channel=Channel.EMAIL_REPLY,
        language="en",
        subject="Withdrawing",
        text=text,
        html="<p>Dear Dana,</p>\n",
    )


def compose(found: Plan, text: str | None = None, *, quote: bool = True) -> Reply:
    written = letter() if text is None else letter(text)
    return writing.compose(
        found, written, quote=quote, attribution=ENGLISH, message_id="<new@home.example>", now=NOON
    )


def test_a_reply_carries_what_was_planned() -> None:
    made = compose(plan(mail(DANA, cc=HUGO), mail(ME, to=DANA, cc=HUGO), cc_all=True))
    assert made.thread_id == "Interview"
    assert made.parent_id == "Interview/1"
    assert made.from_ == Address("Ana Lopez", "ana@home.example")
    assert [a.address for a in (*made.to, *made.cc)] == ["dana@acme.com", "hugo@acme.com"]
    assert made.subject == "Re: Interview"
    assert made.in_reply_to == made.references[-1] == "<Interview.1@example.net>"
    assert made.references == ("<Interview.0@example.net>", "<Interview.1@example.net>")
    assert (made.message_id, made.date) == ("<new@home.example>", NOON)
    assert made.quoted is not None
    assert made.quoted.id == "Interview/1"
    assert made.attribution == ENGLISH.write(made.quoted) != ""


def test_the_signature_stands_once_between_letter_and_quote() -> None:
    made = compose(plan(mail(DANA)))
    assert made.text == "Dear Dana,\n\nthank you.\n\nAna Lopez\n\n-- \nAna Lopez\n+49 30 1234567\n"
    assert made.html.startswith("<p>Dear Dana,</p>\n")
    assert made.html.count('<div class="gmail_signature" data-smartmail="gmail_signature">') == 1
    assert "Ana Lopez<br>\n+49 30 1234567</div>" in made.html
    again = compose(plan(mail(DANA)), made.text)
    assert again.text == made.text


def test_no_signature_no_block() -> None:
    made = compose(plan(mail(DANA), from_="ana.lopez@mail.example"))
    assert "-- " not in made.text
    assert "signature" not in made.html


@pytest.mark.parametrize(
    ("identity", "text", "markup"),
    [
        (
            Identity(address=Address("A", "ana@home.example"), signature="A <b>&"),
            "A <b>&",
            "A &lt;b&gt;&amp;",
        ),
        (Identity(address=Address("A", "ana@home.example"), signature="-- \r\nA\r\nB"), "A\nB", "A<br>\nB"),
        (Identity(address=Address("A", "ana@home.example"), signature_html="<b>A</b>"), "A", "<b>A</b>"),
    ],
)
def test_signatures_of_every_kind(identity: Identity, text: str, markup: str) -> None:
    found = plan_reply(thread("Interview", mail(DANA)), [identity], RELAYS)
    made = compose(found)
    assert made.text.endswith(f"\n\n-- \n{text}\n")
    assert f'data-smartmail="gmail_signature">{markup}</div>' in made.html


def test_nothing_is_quoted_when_not_wanted_or_not_seen_by_the_addressee() -> None:
    assert compose(plan(mail(DANA)), quote=False).quoted is None
    assert compose(plan(mail(DANA), to="zoe@borealis.com", force=True)).quoted is None


def test_a_mail_without_from_is_the_parent_of_the_answer_it_asks_for() -> None:
    found = plan(mail("", reply_to=HUGO), mail(ME, to=ME, cc=DANA))
    assert to(found) == ["hugo@acme.com"]
    assert found.parent.from_ == ()


def test_names_from_mail_bring_no_line_into_a_header() -> None:
    made = compose(plan(mail(Address("Dana\r\nBcc: x@y.org", "dana@acme.com"))))
    assert made.to == (Address("Dana Bcc: x@y.org", "dana@acme.com"),)


def test_names_from_mail_turn_nothing_around() -> None:
    made = compose(plan(mail(Address("Dana\u202egreB", "dana@acme.com"))))
    assert made.to == (Address("DanagreB", "dana@acme.com"),)


def test_without_any_message_id_nothing_is_invented() -> None:
    found = plan(mail(DANA, message_id=None))
    assert any("no Message-ID" in note for note in found.notes)
    made = compose(found)
    assert (made.in_reply_to, made.references) == (None, ())
