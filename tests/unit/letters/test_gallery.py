"""The page of all letters: complete, harmless, and honest about what it cannot show."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from bowout.errors import UsageError
from bowout.etiquette.rule import Severity
from bowout.letters import gallery
from bowout.letters.wish import Wish
from bowout.model import FollowUp, Reason, Situation, Tone
from unit.letters.kit import NOW

DECISION = "I withdraw my application.\n\n== short ==\nI withdraw my application.\n"


class Page(HTMLParser):
    """Reads a page as a browser does and refuses anything that would load or run something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.articles = 0
        self.ids: set[str] = set()
        self.targets: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "link", "img", "iframe", "object", "form"}
        self.articles += tag == "article"
        for name, value in attrs:
            assert not name.startswith("on")
            if name == "id":
                self.ids.add(value or "")
            if name == "href":
                assert value is not None
                assert value.startswith("#")
                self.targets.add(value[1:])


@pytest.fixture(scope="module")
def text() -> str:
    return gallery.page(["en", "de"], None, NOW)


def test_every_letter_of_both_languages_is_there(text: str) -> None:
    page = Page(text)
    groups = {str(name) for name in (*Situation, *FollowUp, "reasons")}
    assert page.ids == {f"{language}-{name}" for language in ("en", "de") for name in groups}
    assert page.targets == page.ids
    each = len(Situation) * 9 + len(FollowUp) * 3 + (len(Reason) - 1) * 2
    assert page.articles >= 2 * each
    assert "broken template" not in text


def test_ours_are_not_broken_and_have_no_errors() -> None:
    assert gallery.broken("en", None, NOW) == ()
    for _, group in gallery.matrix("en"):
        for wish in group[:9]:
            findings = gallery.cell(gallery.sample(wish), None, NOW).findings
            assert [f for f in findings if f.severity is Severity.ERROR] == []


def test_an_own_letter_cannot_bring_markup_into_the_page(tmp_path: Path) -> None:
    (tmp_path / "en.early.j2").write_text(
        "== opening ==\n<script>alert(1)</script> & <img src=x onerror=y>\n" + DECISION, encoding="utf-8"
    )
    page = gallery.page(["en"], tmp_path, NOW)
    Page(page)
    assert "&lt;script&gt;" in page


def test_a_broken_own_letter_is_shown_as_broken(tmp_path: Path) -> None:
    (tmp_path / "en.early.j2").write_text("== opening ==\n{{ compny }}\n" + DECISION, encoding="utf-8")
    assert "broken template" in gallery.page(["en"], tmp_path, NOW)
    fault, *others = gallery.broken("en", tmp_path, NOW)
    assert others == []
    assert "en.early.j2:2" in fault
    assert "compny" in fault


def test_a_section_that_nobody_has_written_is_a_card_and_no_broken_template(tmp_path: Path) -> None:
    (tmp_path / "en.early.j2").write_text("== thanks ==\nThank you.\n", encoding="utf-8")
    assert gallery.broken("en", tmp_path, NOW) == ()
    assert "en.early.j2: no section &#x27;opening&#x27;" in gallery.page(["en"], tmp_path, NOW)


def test_there_is_no_page_of_an_unknown_language() -> None:
    with pytest.raises(UsageError, match="xx"):
        gallery.page(["xx"], None, NOW)


@pytest.mark.parametrize("tone", Tone)
def test_a_follow_up_that_needs_facts_gets_them(tone: Tone) -> None:
    wish = Wish(situation=FollowUp.RETURN_ITEMS, tone=tone)
    shown = gallery.cell(gallery.sample(wish), None, NOW)
    assert shown.letter is not None
    assert "laptop" in shown.letter.text
