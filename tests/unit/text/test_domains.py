"""The organisation behind a domain, by the public register and what we add to it."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from bowout.text.domains import SHARED_HOSTS, label, organisation, register_date

PEER = PublicSuffixList()


@pytest.mark.parametrize(
    ("domain", "firm", "word"),
    [
        ("acme.com", "acme.com", "acme"),
        ("mail.eu.acme.com", "acme.com", "acme"),
        ("jobs.acme.co.uk", "acme.co.uk", "acme"),
        ("ACME.DE", "acme.de", "acme"),
        ("acme.de.", "acme.de", "acme"),
        ("mail.acme.com.ng", "acme.com.ng", "acme"),
        ("www.acme.github.io", "acme.github.io", "acme"),  # the section of firms
        ("mail.acme.onmicrosoft.com", "acme.onmicrosoft.com", "acme"),  # ours
        ("acme.mail.onmicrosoft.com", "acme.mail.onmicrosoft.com", "acme"),
        ("a.b.acme.ck", "b.acme.ck", "b"),  # *.ck
        ("a.www.ck", "www.ck", "www"),  # but !www.ck
        ("mail.acme.unknown-ending", "acme.unknown-ending", "acme"),
    ],
)
def test_organisation_of_a_domain(domain: str, firm: str, word: str) -> None:
    assert (organisation(domain), label(domain)) == (firm, word)


@pytest.mark.parametrize(
    "domain",
    [
        *("nhs.uk", "nic.in", "github.io", "co.uk", "kawasaki.jp", "city.ck", "zendesk.com"),  # endings
        *("com", "localhost", ""),
        *("[192.0.2.1]", "[ipv6:2001:db8::1]", "192.0.2.1"),
        *("acme..com", ".acme.com", "a." * 200 + "com", "-", "@", "acme com", "\x00"),
    ],
)
def test_what_has_no_name_below_an_ending_is_its_own_organisation(domain: str) -> None:
    assert organisation(domain) == domain


def test_the_word_of_an_ending_is_its_first_and_that_of_a_literal_all_of_it() -> None:
    assert [label("nhs.uk"), label("[192.0.2.1]"), label("192.0.2.1"), label("")] == [
        *("nhs", "[192.0.2.1]", "192.0.2.1", ""),
    ]


def test_further_endings_of_the_persons_own() -> None:
    more = frozenset({"co.example"})
    assert organisation("mail.acme.co.example") == "co.example"
    assert (organisation("mail.acme.co.example", more), label("mail.acme.co.example", more)) == (
        *("acme.co.example", "acme"),
    )


@pytest.mark.parametrize(
    ("ascii_form", "shown", "firm"),
    [
        ("mail.xn--mnchen-3ya.de", "mail.münchen.de", "münchen.de"),
        ("mail.acme.xn--55qx5d.cn", "mail.acme.公司.cn", "acme.公司.cn"),
        ("mail.xn--85x722f.xn--55qx5d.cn", "mail.食狮.公司.cn", "食狮.公司.cn"),
    ],
)
def test_both_forms_of_an_international_domain_are_one(ascii_form: str, shown: str, firm: str) -> None:
    assert organisation(ascii_form) == organisation(shown) == organisation(shown.upper()) == firm


def forged(text: str) -> str:
    return f"xn--{text.encode('punycode').decode('ascii')}"


@pytest.mark.parametrize(
    "one",
    [
        forged("acme"),  # decoded, it would be the organisation acme.com
        forged("u\u0308"),  # shown as "ü", which is written otherwise
        forged("Ü"),
        forged("ü/acme"),
        forged("ü\u3002acme"),
        "xn--",
        "xn--\u00fc",
        "xn--" + "9" * 80,
        "xn--999999999",
    ],
)
def test_a_forged_label_stays_as_it_is(one: str) -> None:
    assert organisation(f"mail.{one}.com") == f"{one}.com"


@given(st.lists(st.text(alphabet="ab.-*!@[]1üß公\x00 ", max_size=8), max_size=9))
@example(["*", "ck"])
@example(["!www", "ck"])
def test_no_domain_is_too_odd(labels: list[str]) -> None:
    domain = ".".join(labels)
    firm = organisation(domain)
    assert organisation(firm) == firm
    assert bool(firm) == bool(domain.rstrip("."))


REGISTER = [
    line.split(" ")[0]
    for line in files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text("utf-8").splitlines()
    if line and not line.startswith("//")
]


def test_every_rule_of_the_register_is_read_as_the_package_reads_it() -> None:
    assert len(REGISTER) > 9_000
    mistaken = []
    for rule in REGISTER:
        ending = rule.removeprefix("!").replace("*", "any")
        for domain in (f"mail.acme.{ending}", f"acme.{ending}", ending):
            named = PEER.privatesuffix(domain) or domain
            if (
                not any(domain.endswith(f".{host}") for host in SHARED_HOSTS)
                and organisation(domain) != named
            ):
                mistaken.append((domain, named, organisation(domain)))
    assert mistaken == []


def test_our_hosts_are_those_that_the_register_lacks() -> None:
    assert SHARED_HOSTS & set(REGISTER) == frozenset()


def test_the_register_tells_its_day() -> None:
    told = register_date()
    assert told is not None
    assert told > date(2026, 1, 1)
