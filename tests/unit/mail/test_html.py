"""Ask what of HTML is read."""

from __future__ import annotations

import pytest

from bowout.mail.html import html_to_text, is_too_long


@pytest.mark.parametrize("tag", ["div", "BLOCKQUOTE", "ul"])
def test_what_lies_deeper_than_any_mail_nests_is_cut_off(tag: str) -> None:
    deep = f"<p>Hello</p>{f'<{tag}>' * 1_001}Maya"
    assert is_too_long(deep)
    assert html_to_text(deep).startswith("Hello")
    flat = f"<p>Hello</p>{f'<{tag}>x</{tag}>' * 1_001}<p>open<p>open<td>Maya"
    assert not is_too_long(flat)
    assert html_to_text(flat).endswith("Maya")
