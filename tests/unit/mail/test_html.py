"""Ask what of HTML is read."""

from __future__ import annotations

from typing import Any

import nh3
import pytest

from bowout.mail.html import html_to_text, is_too_long, sanitise_html


@pytest.mark.parametrize("tag", ["div", "BLOCKQUOTE", "ul"])
def test_what_lies_deeper_than_any_mail_nests_is_cut_off(tag: str) -> None:
    deep = f"<p>Hello</p>{f'<{tag}>' * 1_001}Maya"
    assert is_too_long(deep)
    assert html_to_text(deep).startswith("Hello")
    flat = f"<p>Hello</p>{f'<{tag}>x</{tag}>' * 1_001}<p>open<p>open<td>Maya"
    assert not is_too_long(flat)
    assert html_to_text(flat).endswith("Maya")


@pytest.mark.parametrize("tag", ["div", "font"])
def test_the_end_of_what_nobody_opened_does_not_hide_how_deep_it_is(tag: str) -> None:
    deep = f"<{tag}></x>" * 1_001
    assert is_too_long(deep)


MULTIPLYING = "<p>" + "".join(f"<b a={n}>" for n in range(900)) + "</p>" + "<p>x</p>" * 4_000


def test_bold_print_that_nobody_closes_is_not_opened_anew_in_every_paragraph(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handed: list[str] = []

    def clean(html: str, **how: Any) -> str:
        handed.append(html)
        return nh3_clean(html, **how)

    nh3_clean = nh3.clean
    monkeypatch.setattr(nh3, "clean", clean)
    assert html_to_text(MULTIPLYING).split() == ["x"] * 4_000
    assert sanitise_html(MULTIPLYING).count("x") == 4_000
    for html in handed:  # all that the parser builds of it
        assert nh3_clean(html, tags={"b", "p", "span"}).count("<") < 3 * MULTIPLYING.count("<")


def test_bold_print_and_links_of_a_long_mail_are_kept() -> None:
    long = "<p><b>Maya</b> <a href='https://acme.example/'>Acme</a></p>" * 150
    safe = sanitise_html(long)
    assert safe.count("<b>") == safe.count("<a href=") == 150
    assert html_to_text("<p><b>bold</b>er <i>and</i> 1 <b</p>").startswith("bolder and 1")
