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


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What nh3 is given, call by call."""
    seen: list[str] = []
    clean = nh3.clean

    def noted(html: str, **how: Any) -> str:
        seen.append(html)
        return clean(html, **how)

    monkeypatch.setattr(nh3, "clean", noted)
    return seen


MULTIPLYING = "<p>" + "".join(f"<b a={n}>" for n in range(900)) + "</p>" + "<p>x</p>" * 4_000


def test_bold_print_that_nobody_closes_is_not_opened_anew_in_every_paragraph(handed: list[str]) -> None:
    assert html_to_text(MULTIPLYING).split() == ["x"] * 4_000
    assert sanitise_html(MULTIPLYING).count("x") == 4_000
    for html in tuple(handed):  # all that the parser builds of it
        assert nh3.clean(html, tags={"b", "p", "span"}).count("<") < 3 * MULTIPLYING.count("<")


@pytest.mark.parametrize("sign", ["&", "&amp", "&nbsp;", "&#", "\xa0"])
def test_what_nh3_looks_for_again_and_again_is_hidden_from_it(handed: list[str], sign: str) -> None:
    flood = f"<p>{sign * 150_000}<a href='https://acme.example/'>end</a>"
    assert html_to_text(flood).endswith("end")
    assert sanitise_html(flood).endswith("end</a></p>")
    assert len(handed) == 2
    assert not any(sign in html for html in handed for sign in ("&", "\xa0"))


def test_what_is_hidden_from_nh3_reads_as_before() -> None:
    said = "R&D a&nbsp;b &lt;p&gt; &amp;lt; \xa0&#65;&#x42; &Zcaron;&eacute &qothing; \ufdd0lt;\ufdd1"
    assert html_to_text(f"<i>{said}") == "R&D a b <p> &lt;  AB Žé &qothing; lt;"
    flood = f"<b title='&amp;'>{said}<script>x</script>{'&' * 150_000}"
    safe = sanitise_html(f"{flood}<a href='java&#115;cript:x' onclick='&quot;'>end</a>&lt;script&gt;")
    assert "<script" not in safe
    assert "href" not in safe
    assert "&lt;script&gt;" in safe
    assert html_to_text(safe).startswith("R&D a b <p>")


def test_bold_print_and_links_of_a_long_mail_are_kept() -> None:
    long = "<p><b>Maya</b> <a href='https://acme.example/'>Acme</a></p>" * 150
    safe = sanitise_html(long)
    assert safe.count("<b>") == safe.count("<a href=") == 150
    assert html_to_text("<p><b>bold</b>er <i>and</i> 1 <b</p>").startswith("bolder and 1")
