"""Domains that a hurried eye takes for the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.people.machines import load_relays
from bowout.text.lookalike import skeleton, unpuny


@pytest.mark.parametrize(
    ("real", "false"),
    [
        ("acme.com", "acrne.com"),
        ("acme.com", "аcme.com"),  # Cyrillic a
        ("acme.com", "xn--cme-5cd.com"),  # the same in punycode
        ("google.com", "g00gle.com"),
        ("paypal.com", "paypa1.com"),
        ("wave.com", "vvave.com"),
        ("dana.com", "clana.com"),
        ("omega.gr", "οmega.gr"),  # Greek omicron
        ("linkedin.com", "llnkedin.com"),
        ("acme.com", "ac\u200bme.com"),  # an unseen joint
    ],
)
def test_look_alikes_share_a_skeleton(real: str, false: str) -> None:
    assert real != false
    assert skeleton(real) == skeleton(false)


def test_free_mail_domains_do_not_imitate_each_other() -> None:
    free = load_relays().freemail
    assert len({skeleton(domain) for domain in free}) == len(free)


@pytest.mark.parametrize(
    ("domain", "shown"),
    [("xn--mller-kva.de", "müller.de"), ("xn--\x80.de", "xn--\x80.de"), ("xn--.de", ".de"), ("a.de", "a.de")],
)
def test_unpuny(domain: str, shown: str) -> None:
    assert unpuny(domain) == shown


@given(st.text(max_size=30))
def test_nothing_makes_them_fail(text: str) -> None:
    assert isinstance(skeleton(text), str)
    assert isinstance(unpuny(text), str)
