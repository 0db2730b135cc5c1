"""From which address of mine an answer goes."""

from __future__ import annotations

import pytest

from bowout.errors import NeedsPerson, UsageError
from unit.mailboxes import IDENTITIES, ME, mail
from unit.reply.answers import DANA, plan


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
