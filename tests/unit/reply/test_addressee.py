"""Addressee, parent, identity and headers of an answer; and the letter made into a Reply."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.errors import Ambiguous, BowoutError, NeedsPerson, NoAddressee, UsageError
from bowout.model import (
    Address,
    Channel,
    Depth,
    Folder,
    Identity,
    Joined,
    Letter,
    Message,
    Reason,
    Reply,
    Situation,
    Thread,
    Tone,
)
from bowout.people import sides
from bowout.people.sides import load_relays
from bowout.reply import addressee
from bowout.reply.addressee import Plan, reply_references, reply_subject
from clock import NOON
from unit.mailboxes import IDENTITIES, ME, Mail, calendar, mail, thread

RELAYS = load_relays()
DANA = "Dana Berg <dana@acme.com>"
CORA = "Cora Lind <cora@acme.com>"
HUGO = "Hugo Marsh <hugo@acme.com>"
SAM = "Sam Lopez <sam@family.example>"
DEAD = "Acme <no-reply@acme.com>"


def plan(
    *mails: Mail,
    to: str | None = None,
    from_: str | None = None,
    cc_all: bool = False,
    force: bool = False,
) -> Plan:
    box = thread("Interview", *mails)
    return addressee.plan(box, IDENTITIES, RELAYS, to=to, from_=from_, cc_all=cc_all, force=force)


def to(found: Plan) -> list[str]:
    return [a.address for a in found.to]


def number(found: Plan) -> int:
    return int(found.parent.id.rpartition("/")[2])


# --- addressee --------------------------------------------------------------------------------------


def test_the_newest_of_them_is_answered_even_when_i_wrote_last() -> None:
    found = plan(mail(DANA), mail(ME, to=DANA))
    assert (to(found), number(found)) == (["dana@acme.com"], 1)


def test_reply_to_is_kept_byte_for_byte() -> None:
    token = "Acme+Email+3Fa9C8d7@Talent.iCIMS.com"
    found = plan(mail(DANA, reply_to=f"Dana Berg <{token}>"))
    assert to(found) == [token]
    assert "iCIMS" in found.notes[0]
    assert token in found.notes[0]
    assert not found.suspicions


def test_all_addresses_of_reply_to_are_answered_but_never_mine_or_a_dead_one() -> None:
    found = plan(mail(DANA, reply_to="dana@acme.com, ana+x@home.example, team@acme.com, no-reply@acme.com"))
    assert to(found) == ["dana@acme.com", "team@acme.com"]


def test_reply_to_that_is_only_me_falls_back_to_from() -> None:
    assert to(plan(mail(DANA, reply_to="ana@home.example"))) == ["dana@acme.com"]


def test_nobody_answered_yet() -> None:
    found = plan(mail(ME, to=DANA, cc=SAM))
    assert to(found) == ["dana@acme.com"]
    assert "Nobody has answered" in found.notes[0]


@pytest.mark.parametrize(
    "mails",
    [
        (mail(ME, to=ME),),
        (mail(ME, to=SAM, subject="Fwd: Interview"), mail(SAM)),
        (mail("mailer-daemon@home.example"),),
        (mail("Calendly <notifications@calendly.com>"),),
        (mail("News <news@acme.com>", headers={"List-Id": "<news.acme.com>"}),),
        (mail(DANA, folder=Folder.DRAFTS),),
        (mail(DANA, folder=Folder.JUNK),),
        (mail(DANA, joined=Joined.SUBJECT),),
        (mail(Address("Dana", "dana@acme.com\r\nBcc: x@y.org")),),
        (mail(Address("Dana", "")),),
    ],
)
def test_nobody_left_to_write_to(mails: tuple[Mail, ...]) -> None:
    with pytest.raises(NoAddressee) as told:
        plan(*mails)
    assert "--to" in told.value.next_step


def test_a_dead_address_proposes_the_human_who_wrote_last() -> None:
    with pytest.raises(NoAddressee, match=r"Nobody reads no-reply@acme\.com") as told:
        plan(mail(DANA, cc=HUGO), mail(CORA), mail(DEAD))
    assert "--to cora@acme.com" in told.value.next_step
    proposed = [c["address"] for c in told.value.candidates]
    assert proposed == ["cora@acme.com", "dana@acme.com", "hugo@acme.com"]


def test_a_dead_address_alone_sends_to_the_portal() -> None:
    with pytest.raises(NoAddressee, match="Nobody reads") as told:
        plan(mail(DEAD))
    assert "portal" in told.value.next_step


@pytest.mark.parametrize("newest", ["notifications@calendly.com", "messages-noreply@linkedin.com"])
def test_notices_are_passed_over(newest: str) -> None:
    found = plan(mail(DANA), mail(newest))
    assert (to(found), number(found)) == (["dana@acme.com"], 0)


def test_an_address_nobody_knows_is_asked_about_unless_named() -> None:
    unsure = mail("Acme <team@smartrecruiters.com>")
    with pytest.raises(NeedsPerson, match="Nobody knows whether") as told:
        plan(unsure)
    assert "--to team@smartrecruiters.com" in told.value.next_step
    assert to(plan(unsure, to="team@smartrecruiters.com")) == ["team@smartrecruiters.com"]


# --- the main contact ---------------------------------------------------------------------------------


def test_newest_is_not_who_wrote_most() -> None:
    with pytest.raises(Ambiguous) as told:
        plan(mail(DANA), mail(DANA), mail(HUGO, cc=DANA))
    assert [c["address"] for c in told.value.candidates] == ["hugo@acme.com", "dana@acme.com"]
    assert "--to hugo@acme.com or --to dana@acme.com" in told.value.next_step


def test_newest_is_not_who_scheduled() -> None:
    with pytest.raises(Ambiguous):
        plan(mail(DANA), mail(CORA, calendar=calendar(), cc=DANA), mail(HUGO, cc=DANA))


def test_newest_scheduled_though_another_wrote_most() -> None:
    assert to(plan(mail(DANA), mail(DANA), mail(CORA, calendar=calendar()))) == ["cora@acme.com"]


def test_newest_wrote_most_though_another_scheduled() -> None:
    assert to(plan(mail(DANA), mail(CORA, calendar=calendar()), mail(DANA))) == ["dana@acme.com"]


def test_equal_voices_leave_it_to_the_newest_when_the_other_one_sees_it() -> None:
    assert to(plan(mail(DANA), mail(HUGO, cc=DANA))) == ["hugo@acme.com"]
    assert to(plan(mail(DANA, cc=HUGO), mail(HUGO))) == ["hugo@acme.com"]


def test_equal_voices_of_which_one_came_unannounced_are_asked_about() -> None:
    with pytest.raises(Ambiguous, match=r"Hugo Marsh .* wrote last, but Dana"):
        plan(mail(DANA), mail(HUGO))


def test_one_person_through_mail_and_hiring_system_is_one_person() -> None:
    found = plan(mail(DANA), mail(DANA), mail("Dana Berg <x7f@hire.lever.co>"))
    assert to(found) == ["x7f@hire.lever.co"]


def test_the_same_name_at_another_firm_is_somebody_else() -> None:
    with pytest.raises(Ambiguous):
        plan(mail(DANA), mail(DANA), mail("Dana Berg <dana@borealis.com>"))


def test_a_colleague_of_theirs_who_wrote_to_me_alone_makes_it_unsure() -> None:
    with pytest.raises(Ambiguous, match="works there too"):
        plan(mail(DANA), mail(ME, to="tom@acme.com"), mail("Tom <tom@acme.com>"))


def test_naming_somebody_settles_it() -> None:
    box = (mail(DANA), mail(DANA), mail(HUGO, cc=DANA))
    assert to(plan(*box, to="dana@acme.com")) == ["dana@acme.com"]
    assert to(plan(*box, to="Hugo")) == ["hugo@acme.com"]


# --- --to ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["Dana Berg", "dana berg", "DANA", "Berg", "dana@acme.com", "DANA@ACME.COM", "Dana <dana@acme.com>"],
)
def test_people_of_the_thread_by_name_or_address(name: str) -> None:
    found = plan(mail(DANA, cc=HUGO), mail(HUGO), to=name)
    assert [a.key for a in found.to] == ["dana@acme.com"]


def test_accents_need_not_be_typed() -> None:
    assert to(plan(mail("Jürgen Groß <j@acme.com>"), to="jurgen gross")) == ["j@acme.com"]


def test_by_name_follows_reply_to_and_by_address_does_not() -> None:
    token = "acme+email+3fa9c8d7@talent.icims.com"
    box = (mail(DANA, reply_to=token), mail(HUGO, cc=DANA))
    assert to(plan(*box, to="Dana")) == [token]
    assert to(plan(*box, to="dana@acme.com")) == ["dana@acme.com"]
    assert to(plan(*box, to=token)) == [token]


def test_somebody_who_was_only_copied_is_answered_under_what_they_got() -> None:
    found = plan(mail(DANA, cc=HUGO), mail(DANA), to="hugo@acme.com")
    assert (to(found), number(found)) == (["hugo@acme.com"], 0)


def test_a_name_that_two_people_share() -> None:
    with pytest.raises(Ambiguous) as told:
        plan(mail(DANA, cc="Dana Voss <voss@acme.com>"), to="dana")
    assert len(told.value.candidates) == 2


@pytest.mark.parametrize("name", ["Zoe", "zoe@borealis.com", "sam@family.example"])
def test_strangers_and_outsiders_need_force(name: str) -> None:
    box = (mail(DANA), mail(ME, to=SAM), mail(SAM))
    with pytest.raises(NeedsPerson, match="nobody of the other side"):
        plan(*box, to=name)
    if "@" in name:
        found = plan(*box, to=name, force=True)
        assert to(found) == [name]
        assert not found.quotable
        assert number(found) == 0
    else:
        with pytest.raises(NeedsPerson):
            plan(*box, to=name, force=True)


def test_a_dead_address_needs_force_too() -> None:
    box = (mail(DANA), mail(DEAD))
    with pytest.raises(NoAddressee):
        plan(*box, to="no-reply@acme.com")
    assert to(plan(*box, to="no-reply@acme.com", force=True)) == ["no-reply@acme.com"]


def test_force_alone_does_not_wake_the_dead() -> None:
    with pytest.raises(NoAddressee):
        plan(mail(DEAD), force=True)


@pytest.mark.parametrize(
    "name", ["ana@home.example", "Ana <ANA+jobs@home.example>", "@", "a@b@c", "x@y\r\nBcc: z@y"]
)
def test_what_can_never_be_an_addressee(name: str) -> None:
    with pytest.raises(UsageError):
        plan(mail(DANA), to=name, force=True)


# --- parent -------------------------------------------------------------------------------------------


def test_the_parent_is_the_newest_that_the_addressee_sent_or_received() -> None:
    found = plan(mail(DANA), mail(ME, to=DANA), mail(HUGO), to="dana@acme.com")
    assert number(found) == 1


def test_a_private_exchange_is_never_parent() -> None:
    found = plan(mail(DANA), mail(ME, to=SAM), mail(SAM), mail(ME, to=SAM))
    assert number(found) == 0


@pytest.mark.parametrize(
    "newest",
    [
        mail(DANA, joined=Joined.SUBJECT),
        mail(DANA, folder=Folder.DRAFTS),
        mail(DANA, folder=Folder.TRASH),
        mail(DANA, headers={"Auto-Submitted": "auto-replied"}),
        mail(DANA, text="Dana Berg reacted via Gmail"),
        mail(DANA, calendar=calendar("REPLY")),
        mail(DANA, message_id=None),
        mail(ME, to=DANA, folder=Folder.DRAFTS),
        mail(ME, to=DANA, calendar=calendar("REPLY")),
    ],
)
def test_what_is_no_parent_is_passed_over(newest: Mail) -> None:
    assert number(plan(mail(DANA), newest)) == 0


def test_without_any_message_id_nothing_is_invented() -> None:
    found = plan(mail(DANA, message_id=None))
    assert any("no Message-ID" in note for note in found.notes)
    made = compose(found)
    assert (made.in_reply_to, made.references) == (None, ())


# --- from ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "address"),
    [
        ({"to": "ANA.LOPEZ+jobs@mail.example"}, "ana.lopez@mail.example"),
        ({"to": "x@acme.com", "cc": "ana.lopez@mail.example"}, "ana.lopez@mail.example"),
        ({"to": "x@acme.com", "delivered_to": "ana.lopez@mail.example"}, "ana.lopez@mail.example"),
        ({"to": "ana@home.example", "delivered_to": "ana.lopez@mail.example"}, "ana@home.example"),
    ],
)
def test_from_is_the_identity_they_wrote_to(where: dict[str, str], address: str) -> None:
    found = plan(mail(DANA, **where))
    assert found.identity in IDENTITIES
    assert found.identity.address.address == address


def test_where_they_wrote_to_comes_before_where_i_answered_from() -> None:
    found = plan(mail(DANA, to="ana.lopez@mail.example"), mail(ME, to=DANA))
    assert found.identity.address.address == "ana.lopez@mail.example"


def test_where_i_wrote_from_is_good_enough() -> None:
    found = plan(mail("Ana <ana.lopez@mail.example>", to=DANA))
    assert found.identity.address.address == "ana.lopez@mail.example"


def test_no_identity_recognised_is_asked() -> None:
    with pytest.raises(NeedsPerson, match="at which of your addresses") as told:
        plan(mail(DANA, to="candidates@acme.com"))
    assert "--from ana@home.example or --from ana.lopez@mail.example" in told.value.next_step
    found = plan(mail(DANA, to="candidates@acme.com"), from_="ANA.LOPEZ@mail.example")
    assert found.identity is IDENTITIES[1]


@pytest.mark.parametrize("wanted", ["dana@acme.com", "Ana", "ana@home.example.org"])
def test_from_must_be_mine(wanted: str) -> None:
    with pytest.raises(UsageError, match="not one of your addresses"):
        plan(mail(DANA), from_=wanted)


# --- copies -------------------------------------------------------------------------------------------


def test_nobody_is_copied_unless_asked() -> None:
    assert plan(mail(DANA, cc=HUGO, to=f"{ME}, {CORA}")).cc == ()


def test_reply_all_copies_theirs_but_neither_me_nor_machines_nor_outsiders() -> None:
    box = (
        mail(DANA),
        mail(ME, to=DANA, cc=f"{SAM}, ana.lopez@mail.example"),
        mail(DANA, to=f"{ME}, {HUGO}", cc=f"{SAM}, {DEAD}, {CORA}, ana+x@home.example, {DANA}"),
    )
    found = plan(*box, cc_all=True)
    assert [a.address for a in found.cc] == ["hugo@acme.com", "cora@acme.com"]
    assert any("sam@family.example" in note for note in found.notes)


# --- suspicion ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "more"),
    [
        ("Dana <dana@acme.com>", {"reply_to": "dana@acme-hiring.net"}),
        ("Dana <dana@acme.com>", {"reply_to": "dana.berg@gmail.com"}),
        ("Dana <dana@аcme.com>", {}),
        ("Dana <dana@xn--cme-5cd.com>", {}),
        ("Dana <dana@gmai1.com>", {}),
        ('"dana@acme.com" <dana@borealis.com>', {}),
        ('"Dana Berg dana@acme.com" <x7f@hire.lever.co>', {}),
    ],
)
def test_suspicious_senders_are_said(sender: str, more: dict[str, str]) -> None:
    assert plan(mail(sender, **more)).suspicions


@pytest.mark.parametrize(
    ("sender", "more"),
    [
        ("Dana <dana@acme.com>", {}),
        ('"dana@acme.com" <dana@acme.com>', {}),
        ("Dana <dana@mail.acme.com>", {"reply_to": "dana@acme.com"}),
        ("Dana <dana@acme.com>", {"reply_to": "acme+email+3fa9c8d7@talent.icims.com"}),
        ("Dana via Greenhouse <no-reply@greenhouse-mail.io>", {"reply_to": "dana@acme.com"}),
        ("Dana <dana@bold.eu>", {"cc": "x@bolt.eu"}),
    ],
)
def test_ordinary_senders_are_not_suspected(sender: str, more: dict[str, str]) -> None:
    assert plan(mail(sender, **more)).suspicions == ()


@pytest.mark.parametrize(
    ("real", "false"),
    [
        ("acme-robotics.com", "acrne-robotics.com"),
        ("acme-robotics.com", "acme-robotic.com"),
        ("acme-robotics.com", "amce-robotics.com"),
        ("paypal.com", "paypa1.com"),
        ("vvave.com", "wave.com"),
        ("acme.co.uk", "acrne.co.uk"),
    ],
)
def test_two_domains_that_look_alike_in_one_thread(real: str, false: str) -> None:
    threads = [mail(f"Dana <dana@{real}>"), mail(f"Dana <dana@{false}>", cc=f"dana@{real}")]
    assert any(false in said and real in said for said in plan(*threads, to=f"dana@{false}").suspicions)
    with pytest.raises(Ambiguous, match=f"^The domain of .*({real}|{false}) looks like"):
        plan(*threads)


def test_suspicions_are_harmless_on_a_terminal() -> None:
    evil = Address("dana@acme.com\x1b]0;x\x07\u202e", "d\u202e@xn--cme-5cd.com")
    for said in plan(mail(evil)).suspicions:
        assert said.isprintable()


# --- headers ------------------------------------------------------------------------------------------


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


# --- compose ------------------------------------------------------------------------------------------


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
    return addressee.compose(found, written, quote=quote, message_id="<new@home.example>", now=NOON)


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
    found = addressee.plan(thread("Interview", mail(DANA)), [identity], RELAYS)
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


# --- whatever the thread ---------------------------------------------------------------------------------

ANYBODY = st.sampled_from(
    [
        ME,
        DANA,
        HUGO,
        SAM,
        DEAD,
        "Ana <ANA+x@home.example>",
        "x7f@hire.lever.co",
        "notifications@calendly.com",
        "",
    ]
)
MAILS = st.builds(
    lambda sender, to, cc, reply_to, part, joined: mail(
        sender, to=to, cc=cc, reply_to=reply_to, calendar=part, joined=joined
    ),
    ANYBODY,
    ANYBODY,
    ANYBODY,
    ANYBODY,
    st.sampled_from(["", "", calendar("REQUEST"), calendar("REPLY")]),
    st.sampled_from([Joined.REFERENCES, Joined.REFERENCES, Joined.SUBJECT]),
)


def attempt(box: Thread, *, cc_all: bool) -> Plan | BowoutError:
    try:
        return addressee.plan(box, IDENTITIES, RELAYS, cc_all=cc_all)
    except BowoutError as stopped:
        return stopped


@given(st.lists(MAILS, min_size=1, max_size=7), st.booleans())
def test_never_to_me_never_to_a_machine_never_under_a_strangers_mail(mails: list[Mail], cc_all: bool) -> None:
    box = thread("Interview", *mails)
    found = attempt(box, cc_all=cc_all)
    if isinstance(found, BowoutError):
        assert found.next_step
        return
    for address in (*found.to, *found.cc):
        assert not sides.is_me(address, IDENTITIES)
        hit = RELAYS.classify(address)
        assert hit is None or hit.relay is sides.Relay.REPLY
    assert found.to
    assert found.parent.joined is not Joined.SUBJECT
    assert {a.key for a in found.to} & {a.key for a in found.parent.participants} or _by_reply_to(found, box)
    assert not {a.key for a in found.to} & {a.key for a in found.cc}
    assert found.identity in IDENTITIES


def _by_reply_to(found: Plan, box: Thread) -> bool:
    """Does somebody on the parent ask elsewhere in the thread for answers at the address chosen?"""
    keys = {a.key for a in found.to}
    asking = {a.key for m in box.messages if keys & {r.key for r in m.reply_to} for a in m.from_}
    return bool(asking & {a.key for a in found.parent.participants})


THEIRS = st.sampled_from([DANA, HUGO])
LATER = st.one_of(
    st.builds(
        lambda to, cc: mail(ME, to=to, cc=cc), st.sampled_from([DANA, HUGO, SAM]), st.sampled_from(["", SAM])
    ),
    st.builds(lambda cc: mail(SAM, cc=cc), st.sampled_from(["", DANA])),
    st.builds(lambda sender, cc: mail(sender, cc=cc), THEIRS, st.sampled_from(["", DANA, SAM])),
)


@given(st.booleans(), st.lists(LATER, max_size=6), st.booleans())
def test_never_to_whom_i_alone_brought_in(copied: bool, later: list[Mail], cc_all: bool) -> None:
    shared = mail(ME, to=DANA, cc=SAM) if copied else mail(ME, to=SAM, subject="Fwd: Interview")
    found = attempt(thread("Interview", mail(DANA), shared, *later), cc_all=cc_all)
    if isinstance(found, Plan):
        assert "sam@family.example" not in {a.address for a in (*found.to, *found.cc)}
        assert "sam@family.example" not in {a.address for a in found.parent.from_}


# --- friends, letter boxes nobody reads, letters that came back -----------------------------------------


def test_a_friend_who_presents_the_recruiter_in_copy_and_writes_most_is_not_taken() -> None:
    with pytest.raises(Ambiguous) as told:
        plan(
            mail(HUGO, "Meet Ana, who would fit. Ana, Dana recruits here.", cc=DANA),
            mail(DANA, "Would you have time for an interview?", cc=HUGO),
            mail(HUGO, "Great, over to you two!", cc=DANA),
        )
    assert {c["address"] for c in told.value.candidates} == {"hugo@acme.com", "dana@acme.com"}


def test_whoever_copies_a_colleague_without_presenting_them_is_still_taken() -> None:
    found = plan(mail(DANA, cc=HUGO), mail(HUGO, cc=DANA), mail(DANA, cc=HUGO))
    assert to(found) == ["dana@acme.com"]


def test_a_friend_on_copy_who_wishes_well_is_not_taken_for_the_newest_contact() -> None:
    with pytest.raises(Ambiguous, match="may be the one who hires"):
        plan(mail(DANA, "Your interview is booked.", cc=HUGO), mail(HUGO, "Good luck, Ana!", cc=DANA))
    recruiter = mail(DANA, "Good luck for Friday!\n\nDana Berg\nRecruiter", cc=HUGO)
    assert to(plan(mail(HUGO, cc=DANA), recruiter)) == ["dana@acme.com"]


@pytest.mark.parametrize(
    "text",
    [
        "Your interview is booked.\n\nPlease do not reply to this email.",
        "This mailbox is not monitored.",
        "Replies to this message will not be read.",
        "Bitte antworten Sie nicht auf diese E-Mail.",
        "Dieses Postfach wird nicht gelesen.",
    ],
)
def test_a_mail_that_says_that_nobody_reads_answers_is_asked_about(text: str) -> None:
    careers = "Acme <careers@acme.com>"
    with pytest.raises(NeedsPerson, match="nobody reads answers") as told:
        plan(mail(DANA), mail(careers, text), mail(careers, text))
    assert "dana@acme.com" in [c["address"] for c in told.value.candidates]
    assert to(plan(mail(careers, text), to="careers@acme.com")) == ["careers@acme.com"]
    assert to(plan(mail(careers, text, reply_to=DANA))) == ["dana@acme.com"]
    quoted = text.replace("\n", "\n> ")
    assert to(plan(mail(DANA, f"Fine.\n\n> {quoted}"))) == ["dana@acme.com"]


BOUNCE = mail(
    "Mail Delivery System <mailer-daemon@home.example>",
    "dana@acme.com: 550 user unknown",
    headers={"Return-Path": "<>", "X-Failed-Recipients": "dana@acme.com"},
    subject="Undelivered Mail Returned to Sender",
)


def test_a_letter_of_mine_that_came_back_is_said() -> None:
    (note,) = plan(mail(DANA), mail(ME, to=DANA), BOUNCE).notes
    assert "dana@acme.com" in note
    assert "came back undelivered" in note


def test_a_letter_that_came_back_is_forgotten_once_they_wrote_again() -> None:
    assert plan(mail(DANA), mail(ME, to=DANA), BOUNCE, mail(DANA, "Got it.")).notes == ()
    assert len(plan(mail(DANA), mail(ME, to=DANA), BOUNCE, mail(ME, "Once more", to=DANA)).notes) == 1
