"""A firm that is called by more or fewer words than it has, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bowout.find.called import EQUAL, How, Names
from bowout.find.firm import same_company
from bowout.find.who import match
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
        ("Coolabah Coffee Roasters", names("coolabah", company="Coolabah")),
        ("Monarch Holdings", names("monarch", company="Monarch Group")),
        ("Monarch Airlines", names("monarch", signed="Monarch GmbH")),
        ("Monarch Airlines", names("monarch", signed="Monarch Talent Team")),
        ("Monarch Airlines", names("monarch", company="Monarch Group", signed="Monarch Airlines")),
        ("Delta Faucet Works", names("delta-faucets", company="Delta Faucets")),
        ("Portage and Lake Frieght", names("portagelake", signed="Portage & Lake Freight")),
        ("Tonspur Verlag", names("tonspur-hoerbuch", signed="Tonspur Hörbuchverlag")),
        ("North Hospitals Trust", names("northhosp", company="North Hospitals")),
        ("Stadtbücherei Lindenau", names("buecherei-lindenau", signed="Bücherei Lindenau")),
        ("Lantau Harbour Kites", names("lhkites")),
        ("Skalny Parish Council", names("skalny-pc", signed="Clerk, Skalny PC")),
        ("Grundschule am Weiher", names("gs-am-weiher")),
        ("Marram Farm Vets", names("marramvets")),
        ("Dewpond Funeral Directors", names("dewpondfunerals")),
        ("Selby Dental", names(company="Selby Smiles Dental Practice")),
        ("Lanterns Theatre", names("lanternstheater")),
        ("みさき航空", names("misaki-air", person="佐藤 美咲", signed="みさき航空採用担当の佐藤です。")),
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


@pytest.mark.parametrize(
    ("who", "there"),
    [
        ("Monarch Airlines", names("monarch", company="Monarch Group")),
        ("Monarch Airlines", names("monarch", signed="Talent Acquisition\nMonarch Gruppe")),
        ("Monarch Airlines", names("monarch", person="Jo Finch (Monarch Group)")),
        ("Atlas Insurance", names("atlas", company="Atlas", signed="Atlas Logistics")),
        ("Delta Airlines", names("delta-faucets")),
        ("Kite Coffee House", names("kite", company="Kite Coffee Roasters")),
    ],
)
def test_a_firm_that_bears_another_name_where_a_word_of_who_is_missing_is_never_equal(
    who: str, there: Names
) -> None:
    found = match(who, there)
    assert found is not None
    assert found.how is How.PART
    assert "called" in found.reason


def test_the_domain_of_everybody_tells_no_firm() -> None:
    assert match("freemail.example", names(company="Acme")) is None


@pytest.mark.parametrize("who", ["Office Manager", "Interview", "Dana Berg", "job"])
def test_a_job_a_person_or_a_word_of_hiring_in_a_subject_is_no_firm(who: str) -> None:
    there = replace(names("foxsearch"), headed=("Interview", "Office Manager", "Dana Berg", "job"))
    found = match(who, there)
    assert found is None or found.how is not How.FIRM


def test_words_of_the_job_are_no_other_name_of_the_firm() -> None:
    given = replace(names("riverinaseed"), titles=("Seed Analyst",), texts=("Re: Seed Analyst interview",))
    found = match("Riverina Seed Lab", given)
    assert found is not None
    assert found.how is How.FIRM


@pytest.mark.parametrize("who", ["Schreinerei Hartmut", "Schreinerei Hartwig"])
def test_another_surname_is_another_firm(who: str) -> None:
    given = names("schreinerei-hartmann", signed="Schreinerei Hartmann")
    found = match(who, given)
    assert found is None or found.how not in EQUAL


@pytest.mark.parametrize(
    ("who", "label", "text"),
    [
        ("Kopretina", "domov-kopretina", "Ivana, Domov Kopretina"),
        ("Santa Brigida", "hospitalsantabrigida", "Hospital Santa Brígida"),
        ("Soie et Fil", "atelier-soie-et-fil", "Nadia, Soie & Fil"),
        ("Penne Vogel", "drukkerijpennevogel", "Drukkerij Pennevogel NV"),
        ("Thistledown House", "thistledowncare", "Tuesday at Thistledown House, ok for you?"),
        ("Fenmarsh Drainage Board", "fenmarshidb", ""),
        ("Ingwe Helicopters", "ingwehelis", ""),
        ("Kopretina", "domov-kopretina", ""),
        ("Cima d'Argento", "funivie-cimadargento", "Sabato alle 8?"),
    ],
)
def test_a_domain_that_holds_the_name_or_begins_it_is_that_firm(who: str, label: str, text: str) -> None:
    found = match(who, replace(names(label), texts=(text,)))
    assert found is not None
    assert found.how is How.FIRM


@pytest.mark.parametrize(
    ("who", "label", "text"),
    [
        ("Kopretina", "domov-kopretinas", "Domov Kopretina"),
        ("Wren", "tearoomsthewren", "the wren sings in June"),
        ("Thistledown House", "thistledowncare", "the house at Thistledown"),
        ("Kestrel Drainage Board", "kestrelxyz", ""),
        ("Halcyon Law", "halcyonbarnes", ""),
    ],
)
def test_a_domain_in_which_the_name_only_occurs_is_never_equal(who: str, label: str, text: str) -> None:
    found = match(who, replace(names(label), texts=(text,)))
    assert found is None or found.how not in EQUAL


PLACED = replace(
    names("atlasmed", company="Atlas Med Staffing"),
    placed=("Cedar Hollow Rehab confirmed: phone interview on Tuesday. I met our bookkeeper at the manor.",),
    titles=("PT Assistant",),
)


def test_an_agency_client_that_stands_only_in_its_words_is_meant() -> None:
    found = match("cedar hollow", PLACED)
    assert found is not None
    assert found.how is How.FIRM
    assert "agency" in found.reason


@pytest.mark.parametrize("who", ["Yard Foreman", "the yard foreman job", "yard foreman position"])
def test_a_job_is_meant_by_its_whole_title(who: str) -> None:
    there = replace(names("tolland"), titles=("Yard Foreman",))
    found = match(who, there)
    assert found is not None
    assert found.how is How.POSITION
    part = match("foreman", there)
    assert part is not None
    assert part.how not in EQUAL


@pytest.mark.parametrize("who", ["manor", "interview", "Cedar Valley", "hollow cedar"])
def test_no_other_word_of_an_agency_is_its_client(who: str) -> None:
    found = match(who, PLACED)
    assert found is None or found.how not in EQUAL


def test_a_firm_and_its_job_or_its_person_typed_together_are_that_firm() -> None:
    there = replace(names("harbourview", signed="Harbourview Care Home"), titles=("Staff Nurse, nights",))
    for who in ("nurse Harbourview", "Harbourview nurse", "Dana Harbourview"):
        found = match(who, there)
        assert found is not None
        assert found.how in EQUAL, who


def test_a_job_that_they_do_not_speak_of_is_another_process() -> None:
    there = replace(names("harbourview-home", signed="Harbourview Home"), titles=("Staff Nurse, nights",))
    found = match("Harbourview accountant", there)
    assert found is None or found.how not in EQUAL


def test_initials_of_four_letters_are_the_company_and_fewer_only_may_be() -> None:
    there = names("granitefallssd", company="Granite Falls School District")
    assert (found := match("gfsd", there)) is not None
    assert found.how is How.FIRM
    assert (found := match("gfs", there)) is not None
    assert found.how is How.PART


@pytest.mark.parametrize("form", ["gGmbH", "A/S", "e. V.", "B.V.", "Pty Ltd", "GmbH & Co. KG", "ApS"])
def test_a_firm_is_the_same_with_and_without_its_legal_form(form: str) -> None:
    assert same_company("Kite Foods", f"Kite Foods {form}")
    assert not same_company("Kite Foods", f"Kite Works {form}")


@pytest.mark.parametrize(
    ("who", "label"), [("Harborfly", "harborflyers"), ("Vireo", "vireon"), ("Bramble Bank", "bramble-it")]
)
def test_a_label_that_goes_on_as_another_word_is_never_equal(who: str, label: str) -> None:
    found = match(who, names(label))
    assert found is None or found.how not in EQUAL


@pytest.mark.parametrize(("who", "label"), [("Kestrel", "kestrel-rail"), ("Kestrel", "kestreluk")])
def test_a_label_that_goes_on_with_a_word_more_is_the_firm(who: str, label: str) -> None:
    found = match(who, names(label))
    assert found is not None
    assert found.how in EQUAL


@pytest.mark.parametrize(
    ("who", "company"),
    [("Fenwick and Marlowe", "Fenwick & Marlowe"), ("Fenwick & Marlowe", "Fenwick und Marlowe")],
)
def test_what_joins_two_names_may_be_written_in_any_way(who: str, company: str) -> None:
    found = match(who, names(company=company))
    assert found is not None
    assert found.how is How.COMPANY


@pytest.mark.parametrize("who", ["Kestrel Rail - Planner - Leeds", "Train Planner at Kestrel Rail"])
def test_a_subject_of_another_job_at_the_firm_is_never_equal(who: str) -> None:
    found = match(who, replace(names("kestrelrail"), titles=("Driver",)))
    assert found is None or found.how not in EQUAL
