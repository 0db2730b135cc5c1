"""Who is meant where an address list breaks the rules of the standard."""

from __future__ import annotations

import pytest

from bowout.mail.headers import Repairs, read_addresses


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
