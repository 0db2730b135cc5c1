"""The line above a quote, and that we know every such line again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.letters.own import faults
from bowout.letters.templates import languages
from bowout.letters.values import load_attribution
from bowout.mail.build import build
from bowout.mail.parse import parse
from bowout.mail.quotes import begins_quote, new_text, split
from bowout.model import Address, Body, Message, Reply

CET = timezone(timedelta(hours=1))
PARENT = Message(
    id="p",
    thread_id="t",
    date=datetime(2026, 3, 9, 14, 3, tzinfo=CET),
    from_=(Address("Jane Doe", "jane@acme.example"),),
    body=Body(text="Could you do Tuesday?\n"),
)
ENGLISH = load_attribution("en", None)
SHIPPED = [load_attribution(language, None) for language in languages(None)]
OWN = """\
quote = "{day} de {month} de {year}, {clock} {offset}: {name} teatas:"
quote_undated = "{name} escreveu:"
quote_nobody = "alguém"
"""


def own_table(folder: Path, added: str, name: str = "et") -> Path:
    """A table of dates in a language of one's own, with these lines added."""
    shipped = Path(__file__).parents[3] / "templates" / "en.dates.toml"
    lines = [line for line in shipped.read_text().splitlines(True) if not line.startswith("quote")]
    (folder / f"{name}.dates.toml").write_text(added + "".join(lines), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("language", "parent", "line"),
    [
        ("en", PARENT, "On 9 Mar 2026 at 14:03 +0100, Jane Doe wrote:"),
        ("de", PARENT, "Am 9. März 2026 um 14:03 Uhr (+0100) schrieb Jane Doe:"),
        ("en", replace(PARENT, date=None, from_=()), "somebody wrote:"),
        ("de", replace(PARENT, date=None, from_=()), "jemand schrieb:"),
        (
            "de",
            replace(PARENT, date=None, received=PARENT.date, from_=(Address("", "jane@acme.example"),)),
            "Am 9. März 2026 um 14:03 Uhr (+0100) schrieb jane@acme.example:",
        ),
        (
            "en",
            replace(PARENT, from_=(Address("{day} {name}", "x@y.example"),)),
            "On 9 Mar 2026 at 14:03 +0100, {day} {name} wrote:",
        ),
    ],
)
def test_the_line_is_written_in_the_language_of_the_letter(language: str, parent: Message, line: str) -> None:
    assert load_attribution(language, None).write(parent) == line


MOMENTS = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
# A body that was read has no other line end.
SAID = st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=80)
NAMES = st.one_of(st.text(max_size=20), st.text(min_size=380, max_size=500))


@given(st.none() | MOMENTS, NAMES, SAID)
def test_every_line_we_write_is_known_as_the_beginning_of_a_quote(
    moment: datetime | None, name: str, said: str
) -> None:
    parent = replace(
        PARENT, date=moment, from_=(Address(name, "j@acme.example"),), body=Body(text=f"Hello.\n{said}")
    )
    for attribution in SHIPPED:
        reply = Reply(
            thread_id="t",
            parent_id="p",
            from_=Address("Tom", "tom@mail.example"),
            to=(Address("", "j@acme.example"),),
            subject="Re: x",
            in_reply_to=None,
            references=(),
            text="I withdraw.\n",
            html="",
            quoted=parent,
            attribution=attribution.write(parent),
            message_id="<a@b>",
            date=datetime(2026, 11, 20, tzinfo=UTC),
        )
        mail = parse(build(reply), id="1")
        assert split(mail.text).new == "I withdraw."
        assert new_text(mail) == "I withdraw."


def test_a_language_of_ones_own_needs_no_python(tmp_path: Path) -> None:
    words = load_attribution("et", own_table(tmp_path, OWN))
    line = words.write(PARENT)
    assert line == "9 de March de 2026, 14:03 +0100: Jane Doe teatas:"
    assert begins_quote(line)
    assert faults(tmp_path) == ()


def test_a_table_without_these_words_quotes_as_ours_does(tmp_path: Path) -> None:
    assert load_attribution("et", own_table(tmp_path, "")) == ENGLISH
    assert load_attribution("de", own_table(tmp_path, "", "de")).nobody == "jemand"


@pytest.mark.parametrize(
    ("added", "said"),
    [
        (OWN.replace("{clock} {offset}", ""), "quote: nobody would know"),
        (OWN.replace("teatas:", "teatas"), "quote: nobody would know"),
        (OWN.replace("escreveu", "teatas"), "quote_undated: nobody would know"),
        ('quote = "{name}:"\n', "belong together"),
    ],
)
def test_a_line_that_nobody_would_know_as_a_quote_is_a_fault(tmp_path: Path, added: str, said: str) -> None:
    (fault,) = faults(own_table(tmp_path, added))
    assert said in fault.message
    assert "et.dates.toml" in fault.message
