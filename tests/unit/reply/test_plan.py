"""Which message is answered, what looks suspicious, and what holds whatever the thread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.errors import Ambiguous, BowoutError
from bowout.model import (
    Address,
    Folder,
    Joined,
    Thread,
)
from bowout.people import machines, me
from bowout.reply.plan import Plan, plan_reply
from unit.mailboxes import IDENTITIES, ME, Mail, calendar, mail, thread
from unit.reply.answers import DANA, DEAD, HUGO, RELAYS, SAM, number, plan


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


# --- suspicion --------------------------------------------------------------------------------------


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


# --- whatever the thread ----------------------------------------------------------------------------

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
        return plan_reply(box, IDENTITIES, RELAYS, cc_all=cc_all)
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
        assert not me.is_me(address, IDENTITIES)
        hit = RELAYS.classify(address)
        assert hit is None or hit.relay is machines.Relay.REPLY
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
