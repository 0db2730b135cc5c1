"""What is said about a sender who is not who they seem, and what is not held against an honest one."""

from __future__ import annotations

import pytest

from bowout.mail.parse import parse
from bowout.model import Address, Message
from bowout.people import impostors
from bowout.people.machines import load_relays
from unit.mailboxes import IDENTITIES, Mail, mail, thread

RELAYS = load_relays()


def written(sender: str, text: str = "Your interview.", subject: str = "Interview") -> list[Message]:
    return list(thread(subject, mail(sender, text)).messages)


def said(sender: str, *known: str, text: str = "Your interview.", subject: str = "Interview") -> str:
    return "\n".join(impostors.signs(written(sender, text, subject), RELAYS, known))


@pytest.mark.parametrize(
    ("domain", "company"),
    [
        ("hofrnann-rnt.example", "Hofmann Messtechnik"),
        ("kestre1.example", "Kestrel Analytics"),
        ("n0rd1icht-energie.example", "Nordlicht Energie"),
        ("rneridianhs.example", "Meridian Health Systems"),
        ("st0nebridgecap.example", "Stonebridge Capital"),
        ("s0ndergaard.example", "Søndergaard Marine"),
        ("rnueller-werke.example", "Müller Werke"),
        ("1fg.example", "Larkspur Financial Group"),
        ("ernberand0ak.example", "Ember & Oak"),
    ],
)
def test_a_domain_that_imitates_the_company_is_said(domain: str, company: str) -> None:
    assert f"looks like {company}" in said(f"Dana Berg <dana@{domain}>", company)


@pytest.mark.parametrize(
    ("domain", "company"),
    [
        ("hofmann-mt.example", "Hofmann Messtechnik"),
        ("kestrel.example", "Kestrel Analytics"),
        ("meridianhs.example", "Meridian Health Systems"),
        ("stonebridgecap.example", "Stonebridge Capital"),
        ("sondergaard.example", "Søndergaard Marine"),
        ("mueller-werke.example", "Müller Werke"),
        ("muller.example", "Müller Werke"),
        ("3rivers.example", "3Rivers"),
        ("clear.example", "Clear"),
        ("lfg.example", "Larkspur Financial Group"),
        ("emberandoak.example", "Ember & Oak"),
        ("modern-hr.example", "Modern"),
        ("zephyr-air.example", "Zephyr"),
        ("castell.example", "Brightwater"),
    ],
)
def test_the_company_itself_is_not_held_against_it(domain: str, company: str) -> None:
    text = f"Dear Ana,\nthe levels at {company} are modern.\n\nDana Berg\n{company}"
    assert said(f"Dana Berg <dana@{domain}>", company, text=text) == ""


@pytest.mark.parametrize(
    ("subject", "text", "sender"),
    [
        ("Interview with Hofmann", "Please come.", "Dana Berg"),
        ("Interview", "We at Hofmann look forward to it.", "Dana Berg"),
        ("Interview", "Please come.", "Dana from Hofmann"),
        ("Interview", "Please come.\n\nHofmann GmbH, www.hofrnann.example", "Dana Berg"),
    ],
)
def test_words_of_the_mail_show_the_imitated_name(subject: str, text: str, sender: str) -> None:
    assert "looks like hofmann" in said(f"{sender} <dana@hofrnann.example>", subject=subject, text=text)


@pytest.mark.parametrize("label", ["level5", "clickhouse", "modern", "cleartrip", "bernard"])
def test_a_name_written_like_its_domain_is_no_imitation(label: str) -> None:
    text = f"Dear Ana, all levels at {label.title()} are open. We cleared the trip."
    assert said(f"Dana Berg <dana@{label}.example>", text=text) == ""


def test_of_two_addresses_without_quotes_the_first_is_part_of_the_name() -> None:
    raw = b"From: Dana Berg <dana@acme.com> <dana@evil.example>\r\nSubject: Interview\r\n\r\nHi"
    (sign,) = impostors.signs([parse(raw, id="1")], RELAYS)
    assert "dana@acme.com" in sign
    assert "came from dana@evil.example" in sign


def test_the_same_address_twice_is_only_clumsy() -> None:
    raw = b"From: Dana Berg <dana@acme.com> <dana@acme.com>\r\nSubject: Interview\r\n\r\nHi"
    assert impostors.signs([parse(raw, id="1")], RELAYS) == ()


def test_answers_that_reach_me_mislead_nobody() -> None:
    box = list(
        thread(
            "Interview", mail("Dana <dana@acme.com>", reply_to="dana@acme.com, ana+x@home.example")
        ).messages
    )
    assert impostors.signs(box, RELAYS, mine=IDENTITIES) == ()
    assert "another domain" in impostors.signs(box, RELAYS)[0]


def test_one_company_in_two_spellings_is_said_once() -> None:
    assert said("Dana <dana@hofrnann.example>", "hofmann", "Hofmann").count("looks like") == 1


@pytest.mark.parametrize(
    ("label", "name"),
    [("kestrell", "Kestrel Analytics"), ("ketsrel", "Kestrel Analytics"), ("blueoceam", "Blue Ocean GmbH")],
)
def test_a_domain_with_a_letter_out_of_place_is_a_reason_to_ask(label: str, name: str) -> None:
    assert impostors.misspelt(label, ["Acme", name]) == name


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("kestrel", "Kestrel Analytics"),
        ("kestrels", "Kestrel Analytics"),
        ("kestrel-analytics", "Kestrel Analytics"),
        ("hofmann-mt", "Hofmann Messtechnik"),
        ("mueller", "Müller"),
        ("bolt", "Bold"),
        ("borealis", "Acme"),
        ("larkspurtx", "Larkspur Therapeutics"),
        ("dewmarshidb", "Dewmarsh Drainage Board"),
    ],
)
def test_an_honest_spelling_is_none(label: str, name: str) -> None:
    assert impostors.misspelt(label, [name]) is None


@pytest.mark.parametrize(
    ("sender", "answers", "suspicious"),
    [
        ("dana@gmail.com", "bob@gmail.com", True),
        ("dana@gmail.com", "dana@gmail.com", False),
        ("dana@gmail.com", "dana@outlook.com", True),
        ("dana@acme.example", "jobs@acme.example", False),
        ("dana@acme.weebly.com", "dana@other.weebly.com", True),
        ("dana@acme.my.salesforce.com", "dana@other.my.salesforce.com", True),
    ],
)
def test_where_anybody_can_have_an_address_another_one_is_another_person(
    sender: str, answers: str, suspicious: bool
) -> None:
    raw = f"From: {sender}\nReply-To: {answers}\nTo: me@home.example\nSubject: Interview\n\nHello"
    told = impostors.signs([parse(raw.encode(), id="1")], RELAYS)
    assert any("asks for answers at another" in line for line in told) is suspicious


def signs_for(typed: str, *mails: Mail) -> tuple[str, ...]:
    return impostors.signs(list(thread("Interview", *mails).messages), RELAYS, mine=IDENTITIES, typed=typed)


FROM_A_SYSTEM = mail("Kite via Hirely <notify@hirely.example>", "Come in?", reply_to="jo@kiteroast.example")


@pytest.mark.parametrize("typed", ["Kite Coffee Roasters", "kiteroast", "kiteroast.example"])
def test_answers_at_the_firm_that_was_typed_mislead_nobody(typed: str) -> None:
    assert signs_for(typed, FROM_A_SYSTEM) == ()


@pytest.mark.parametrize("typed", ["", "Hirely", "Kite", "Kite Airlines", "jo@kiteroast.example"])
def test_answers_at_any_other_firm_are_said(typed: str) -> None:
    assert len(signs_for(typed, FROM_A_SYSTEM)) == 1


def test_a_second_domain_of_the_same_name_is_said() -> None:
    first = mail("Jo Li <jo@kiteroast.com>", "Hello")
    second = mail("Jo Li <jo@kiteroast.com>", "Hello again", reply_to="jo@kiteroast.example")
    assert len(signs_for("Kiteroast", first, second)) >= 1


def test_who_joins_from_the_firm_that_was_typed_is_expected() -> None:
    first = mail("Jess Lomax <jess@freemail.example>", "Will you come?")
    second = mail("Jo Li <jo@kiteroast.example>", "Welcome.")
    assert signs_for("Kiteroast", first, second) == ()
    assert len(signs_for("Jess Lomax", first, second)) == 1


@pytest.mark.parametrize(
    ("sender", "answers"),
    [
        ("anna.berg@outlook.de", "eve.tann@outlook.de"),
        ("anna.berg@yahoo.com.ng", "eve.tann@yahoo.com.ng"),
        ("anna.berg@gmail.com.", "eve.tann@gmail.com."),
    ],
)
def test_another_address_where_everybody_has_one_is_another_person(sender: str, answers: str) -> None:
    told = mail(f"Anna Berg <{sender}>", "Will you come?", reply_to=answers)
    assert impostors.signs([thread("Hello", told).messages[0]], RELAYS)


def test_an_apostrophe_in_an_address_is_a_part_of_it() -> None:
    told = mail("o'brien@acme.example <o'brien@acme.example>", "Will you come?")
    assert impostors.signs([thread("Hello", told).messages[0]], RELAYS) == ()


def test_a_domain_of_any_length_is_looked_at_once() -> None:
    told = mail(Address("Eve", f"eve@{'a' * 400_000}.example"), "Will you come?")
    assert impostors.signs([thread("Hello", told).messages[0]], RELAYS) == ()  # else it never returns


def test_a_date_before_the_mail_that_it_answers_makes_nobody_the_first() -> None:
    first = mail("Dana Berg <dana@acme.com>", "Will you come?", at=5)
    forged = mail("Eve <eve@evil.example>", "I am taking over.", at=90)
    (sign,) = signs_for("Acme", first, forged)
    assert sign.startswith("eve@evil.example joined")
    (sign,) = signs_for("", first, forged, mail("Dana Berg <dana@acme.com>", "Hello?", at=4, answers=None))
    assert sign.startswith("eve@evil.example joined")


@pytest.mark.parametrize("typed", ["", "Acme"])
def test_who_joins_without_a_domain_joins_from_another_one(typed: str) -> None:
    first = mail("Dana Berg <dana@acme.com>", "Will you come?")
    stranger = mail(Address("Dana Berg", "dana"), "Come to us instead.")
    (sign,) = signs_for(typed, first, stranger)
    assert sign.startswith("dana joined")
