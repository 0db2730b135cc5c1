"""Who is meant where an address list breaks the rules of the standard."""

from __future__ import annotations

import pytest

from bowout.mail.headers import MAX_ADDRESSES, Repairs, read_addresses


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Doe, Jane <jane@acme.example>", "Doe, Jane"),
        ("Kita Sonnenwinkel, Leitung <info@kita.example>", "Kita Sonnenwinkel, Leitung"),
    ],
)
def test_a_comma_in_a_name_without_quotes_cuts_no_addressee_off(value: str, name: str) -> None:
    (address,) = read_addresses(value, Repairs())
    assert address.name == name


def test_a_local_mailbox_beside_another_stays() -> None:
    assert [a.address for a in read_addresses("root, Jane <jane@acme.example>", Repairs())] == [
        "root",
        "jane@acme.example",
    ]


@pytest.mark.parametrize(
    "address",
    ["dana@" + "xn--a-" * 20_000 + ".example", "d" * 1_000 + "@acme.example", "da\u200bna@acme.example"],
    ids=["domain", "local part", "unseen sign"],
)
def test_what_no_server_would_take_is_no_address(address: str) -> None:
    assert read_addresses(f"Dana <{address}>", Repairs()) == ()


def test_of_more_addresses_than_anybody_writes_to_the_first_are_read_and_that_is_said() -> None:
    repairs = Repairs()
    found = read_addresses(", ".join(f"a{n}@acme.example" for n in range(MAX_ADDRESSES + 1)), repairs)
    assert [found[0].local, found[-1].local, len(found)] == ["a0", "a999", 1_000]
    assert repairs == ["only the first 1000 addresses of a header were read"]
    assert len(read_addresses("a@acme.example, " * MAX_ADDRESSES, repairs)) == MAX_ADDRESSES
    assert len(repairs) == 1
