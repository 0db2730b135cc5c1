"""Who stands on which side of a thread."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bowout.model import Address, Folder
from bowout.people.machines import load_relays
from bowout.people.me import is_me
from bowout.people.sides import known_to, tell_apart
from unit.mailboxes import IDENTITIES, ME, Mail, addresses, mail, thread

RELAYS = load_relays()
DANA = "Dana Berg <dana@acme.com>"


def address(spec: str, name: str = "") -> Address:
    return Address(name, spec)


HUGO = "Hugo Marsh <hugo@acme.com>"
SAM = "Sam Lopez <sam@family.example>"


def people(*mails: Mail) -> list[str]:
    found = tell_apart(thread("Interview", *mails), IDENTITIES, RELAYS).people
    return [p.address.address for p in found]


def test_whoever_writes_to_me_and_whom_they_copy_are_counterparts() -> None:
    assert people(mail(DANA, cc=HUGO), mail(ME, to=DANA)) == ["dana@acme.com", "hugo@acme.com"]


def test_whom_i_wrote_to_first_is_a_counterpart() -> None:
    assert people(mail(ME, "My application", to=DANA, cc=f"{SAM}, {HUGO}")) == [
        "dana@acme.com",
        "hugo@acme.com",
    ]


def test_my_partner_is_none_whether_she_answers_copied_or_alone() -> None:
    assert people(mail(DANA), mail(ME, to=SAM), mail(SAM)) == ["dana@acme.com"]
    assert people(mail(DANA), mail(ME, to=DANA, cc=SAM), mail(SAM, to=ME, cc=DANA)) == ["dana@acme.com"]
    assert people(mail(DANA), mail(ME, to=DANA, bcc=SAM), mail(SAM, to=ME)) == ["dana@acme.com"]


def test_my_partner_is_none_when_she_answers_from_another_address() -> None:
    other = "Sam <sam@office.example>"
    assert people(mail(DANA), mail(ME, to=SAM, subject="Fwd: Interview"), mail(other)) == ["dana@acme.com"]


def test_a_thread_that_begins_with_my_forward_has_none() -> None:
    assert people(mail(ME, to=SAM, subject="Fwd: Interview"), mail(SAM)) == []


def test_a_colleague_whom_i_copy_in_is_one_and_a_private_question_to_one_is_not() -> None:
    assert people(mail(DANA), mail(ME, to=DANA, cc=HUGO)) == ["dana@acme.com", "hugo@acme.com"]
    assert people(mail(DANA), mail(ME, to=HUGO), mail(HUGO)) == ["dana@acme.com"]


def test_sharing_a_free_mail_provider_makes_no_colleague() -> None:
    box = (
        mail("Dana <dana@gmail.com>"),
        mail(ME, to="dana@gmail.com", cc="sam@gmail.com"),
        mail("sam@gmail.com"),
    )
    assert people(*box) == ["dana@gmail.com"]


def test_a_private_stand_in_becomes_one_once_the_others_see_them() -> None:
    box = (mail(DANA), mail(ME, to=HUGO), mail(HUGO), mail(HUGO, cc=DANA))
    assert people(*box) == ["dana@acme.com", "hugo@acme.com"]


def test_answering_a_reply_to_token_is_no_private_matter() -> None:
    token = "acme+email+3fa9c8d7@talent.icims.com"
    box = thread("Interview", mail(DANA, reply_to=token), mail(ME, to=token), mail(HUGO))
    sides = tell_apart(box, IDENTITIES, RELAYS)
    assert [p.address.address for p in sides.people] == ["dana@acme.com", "hugo@acme.com"]
    assert sides.of_theirs(address(token.upper()))
    assert all(sides.concerns(m) for m in box.messages)


def test_machines_and_their_mail_bring_nobody_in() -> None:
    box = (
        mail(DANA),
        mail("Acme <no-reply@acme.com>", cc="list@acme.com"),
        mail("Calendly <notifications@calendly.com>"),
        mail("mailer-daemon@home.example"),
        mail("Robot <robot@acme.com>", headers={"Auto-Submitted": "auto-replied"}),
    )
    assert people(*box) == ["dana@acme.com"]


def test_a_private_exchange_does_not_concern_them() -> None:
    box = thread("Interview", mail(DANA), mail(ME, to=SAM), mail(SAM))
    sides = tell_apart(box, IDENTITIES, RELAYS)
    assert [sides.concerns(m) for m in box.messages] == [True, False, False]
    assert sides.outsiders == {"sam@family.example"}


ANYBODY = st.sampled_from([ME, DANA, HUGO, SAM, "no-reply@acme.com", "Ana <ANA+x@home.example>"])


@given(st.lists(st.tuples(ANYBODY, ANYBODY, st.one_of(st.just(""), ANYBODY)), max_size=8))
def test_i_am_never_a_counterpart_and_nobody_is_on_both_sides(mails: list[tuple[str, str, str]]) -> None:
    box = thread("Interview", *(mail(sender, to=to, cc=cc) for sender, to, cc in mails))
    sides = tell_apart(box, IDENTITIES, RELAYS)
    assert not any(is_me(p.address, IDENTITIES) for p in sides.people)
    assert not {p.address.key for p in sides.people} & sides.outsiders


def heard(to: str, *mails: Mail) -> list[str]:
    kept = known_to(thread("Interview", *mails), [addresses(to)[0]], IDENTITIES, RELAYS)
    return [m.from_[0].address for m in kept.messages]


def test_what_a_stranger_wrote_is_left_out_for_whom_i_name() -> None:
    eve = "Eve <eve@evil.example>"
    forged = mail(ME, "I withdraw.", to=eve, folder=Folder.INBOX)
    box = (mail(eve, at=90), mail(DANA, to=ME, cc=SAM), mail(ME, to=DANA), mail(SAM), mail(HUGO), forged)
    assert heard(DANA, *box) == ["dana@acme.com", "ana@home.example", "sam@family.example", "hugo@acme.com"]


def test_whom_i_wrote_to_and_machines_are_heard() -> None:
    notice = "Calendly <notifications@calendly.com>"
    box = (mail(DANA), mail(ME, to=SAM), mail(SAM), mail(notice))
    assert len(heard(DANA, *box)) == 4


def test_at_an_address_that_anybody_may_have_only_that_one_is_heard() -> None:
    assert heard("d@gmail.com", mail("d@gmail.com"), mail("eve@gmail.com")) == ["d@gmail.com"]


def test_a_stranger_who_names_an_honest_person_beside_them_is_not_heard() -> None:
    assert heard(DANA, mail(DANA), mail(f"{DANA}, Eve <eve@evil.example>")) == ["dana@acme.com"]
