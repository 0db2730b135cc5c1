"""A firm that is called by more or fewer words than it has, and what only looks like it."""

from __future__ import annotations

from typing import Any

import pytest

from bowout.find.who import EQUAL, How, Names, match
from bowout.model import Address


def names(domain_label: str = "", *, company: str = "", signed: str = "", person: str = "Dana Berg") -> Names:
    address = Address(person, f"dana@{domain_label or 'freemail'}.example")
    given: dict[str, Any] = {
        "addresses": (address,),
        "firms": (address,) if domain_label else (),
        "people": (person,),
        "companies": ((company, "signature"),) if company else (),
        "labels": (domain_label,) if domain_label else (),
        "titles": (),
        "subjects": (),
        "signed": (f"{person}\n{signed}",),
        "texts": (),
    }
    return Names(**given)


@pytest.mark.parametrize(
    ("who", "there"),
    [
        ("Kite Coffee Roasters", names("kiteroast")),
        ("Kite Coffee Roasters", names("kitecoffee")),
        ("Kestrel", names("kestrelrail")),
        ("Gemeente Oudewater", names("oudewater")),
        ("Larch & Lime", names("larchandlime")),
        ("Tamarack", names(company="Tamarack Regional Hospital")),
        ("Rheinhafen Klinikum", names(company="Klinikum Rheinhafen")),
        ("Blue Harbour School", names(signed="Blue Harbour School\n0161 496 0000")),
        ("Transportes Ribeira", names(person="RH Transportes Ribeira")),
    ],
)
def test_a_firm_by_a_shorter_or_longer_name_is_that_firm(who: str, there: Names) -> None:
    found = match(who, there)
    assert found is not None
    assert found.how is How.FIRM
    assert found.how in EQUAL


@pytest.mark.parametrize(
    ("who", "there"),
    [
        ("Kestrel", names("kestle")),
        ("dana", names("acme")),
        ("Kite", names("kit")),
        ("Halcyon Law", names(company="Halcyon Barnes")),
        ("kestrel.example", names("kestrelrail")),
        ("dana@kestrel.example", names("kestrelrail")),
        ("GmbH", names("gmbhhandel")),
    ],
)
def test_what_only_looks_like_the_firm_is_never_equal(who: str, there: Names) -> None:
    found = match(who, there)
    assert found is None or found.how not in EQUAL


def test_the_domain_of_everybody_tells_no_firm() -> None:
    assert match("freemail.example", names(company="Acme")) is None
