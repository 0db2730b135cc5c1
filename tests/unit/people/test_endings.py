"""Two firms below one ending are two firms, wherever that is decided: as under co.uk, so under each other."""

from __future__ import annotations

import pytest

from bowout.find import rank
from bowout.find.candidate import Outcome
from bowout.model import Query, Thread
from bowout.people import impostors
from bowout.people.machines import load_relays
from bowout.people.sides import tell_apart
from bowout.read.facts import facts
from bowout.reply.plan import plan_reply
from clock import NOON
from unit.mailboxes import IDENTITIES, ME, mail, thread

RELAYS = load_relays()
ENDINGS = [
    *("co.uk", "com.ng", "co.ke", "com.gr", "com.ro", "co.zw", "com.pk"),
    *("github.io", "blogspot.com"),
    *("onmicrosoft.com", "zendesk.com", "sharepoint.com", "helpscoutapp.com", "force.com"),
]
INVITATION = "Hello Ana, we would like to invite you to an interview for the role of Data Engineer at Acme."


def asked_for_another_address(ending: str, reply_to: str) -> Thread:
    return thread("Interview at Acme", mail(f"Dana Berg <dana@acme.{ending}>", INVITATION, reply_to=reply_to))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_reply_to_of_another_firm_is_said_and_never_sure(ending: str) -> None:
    box = asked_for_another_address(ending, f"dana@borealis.{ending}")
    (sign,) = impostors.signs(box.messages, RELAYS)
    assert f"answers at another domain: dana@borealis.{ending}" in sign
    found = rank.rank([box], Query(who="acme"), IDENTITIES, RELAYS, NOON)
    assert found.outcome is Outcome.AMBIGUOUS
    assert found.candidates[0].warnings
    assert plan_reply(box, IDENTITIES, RELAYS).suspicions == (sign,)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_reply_to_of_the_same_firm_is_not(ending: str) -> None:
    box = asked_for_another_address(ending, f"talent@mail.acme.{ending}")
    assert impostors.signs(box.messages, RELAYS) == ()
    assert rank.rank([box], Query(who="acme"), IDENTITIES, RELAYS, NOON).outcome is Outcome.SURE


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_stranger_who_joins_is_no_colleague(ending: str) -> None:
    dana, eve = f"Dana Berg <dana@acme.{ending}>", f"Eve Roth <eve@borealis.{ending}>"
    box = thread("Interview at Acme", mail(dana, INVITATION), mail(ME, to=dana, cc=eve), mail(eve, "Hello."))
    sides = tell_apart(box, IDENTITIES, RELAYS)
    assert [p.address.address for p in sides.people] == [f"dana@acme.{ending}"]
    assert sides.outsiders == {f"eve@borealis.{ending}"}
    alone = thread("Interview at Acme", mail(dana, INVITATION), mail(eve, "Write to me from now on."))
    (sign,) = impostors.signs(alone.messages, RELAYS)
    assert f"eve@borealis.{ending} joined this conversation from another domain" in sign


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_name_of_a_firm_is_read_from_its_own_word(ending: str) -> None:
    text = "Hello Ana, my client would like to invite you to an interview."
    box = thread("Interview", mail(f"Dana <dana@talentpartners.{ending}>", text))
    agency = facts(box, IDENTITIES, RELAYS, NOON).agency
    assert agency is not None
    assert agency.value == "Talentpartners"


@pytest.mark.parametrize("domain", ["nhs.uk", "nic.in", "github.io", "localhost", "[192.0.2.1]"])
def test_an_ending_itself_is_one_organisation(domain: str) -> None:
    dana, hugo = f"Dana Berg <dana@{domain}>", f"Hugo Marsh <hugo@{domain}>"
    box = thread("Interview", mail(dana, INVITATION, reply_to=hugo), mail(ME, to=dana, cc=hugo))
    assert impostors.signs(box.messages, RELAYS) == ()
    assert [p.address.address for p in tell_apart(box, IDENTITIES, RELAYS).people] == [f"dana@{domain}"]
    joined = thread("Interview", mail(f"Eve <eve@acme.{domain}>", INVITATION, reply_to=hugo))
    assert "answers at another domain" in impostors.signs(joined.messages, RELAYS)[0]


def test_both_forms_of_an_international_domain_are_one_firm() -> None:
    box = thread("Interview", mail("Dana <dana@acme.公司.cn>", INVITATION, reply_to="x@acme.xn--55qx5d.cn"))
    assert not any("answers at another domain" in sign for sign in impostors.signs(box.messages, RELAYS))
