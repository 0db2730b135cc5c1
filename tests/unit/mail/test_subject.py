"""Marks before a subject: replies, forwards, tags of gateways, cancellations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.mail import subject


@pytest.mark.parametrize(
    ("written", "base"),
    [
        ("Interview", "interview"),
        ("Re: Interview", "interview"),
        ("RE: Re: AW: Fwd: Interview", "interview"),
        ("Re[2]: Interview", "interview"),
        ("Re (3): Interview", "interview"),
        ("SV:  Interview\t at  Acme", "interview at acme"),
        ("[EXT] Re: [acme-jobs] Interview", "interview"),
        ("回复：面试", "面试"),
        ("Research: Interview", "research: interview"),
        ("Re:", ""),
    ],
)
def test_base(written: str, base: str) -> None:
    assert subject.base(written) == base


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("Re: Data Engineer", "Data Engineer"),
        ("[EXT] AW: Antwort: Data Engineer", "Data Engineer"),
        ("[External] [Acme] Data Engineer", "[Acme] Data Engineer"),
        ("Re: [Acme] Re: Data Engineer", "[Acme] Re: Data Engineer"),
        ("答复: [EXT] 返信： Data Engineer", "Data Engineer"),
        # Titles that begin as marks do, but are not followed by a colon, or are longer words.
        ("R programmer", "R programmer"),
        ("R&D: engineer", "R&D: engineer"),
        ("Real estate: agent", "Real estate: agent"),
        ("Vbs: developer", "Vbs: developer"),
        # No reader can tell these from an answer.
        ("RE: Engineer", "Engineer"),
        ("R: programmer", "programmer"),
    ],
)
def test_without_marks(written: str, bare: str) -> None:
    assert subject.without_marks(written) == bare


REPLIES = (
    "Re",
    "RE",
    "AW",
    "Antw",
    "Antwort",
    "SV",
    "VS",
    "Res",
    "RIF",
    "R",
    "Ref",
    "Odp",
    "YNT",
    "Vá",
    "На",
    "Ответ",
    "Odpověď",
    "Rép",
    "ATB",
    "Balas",
    "ΑΠ",
    "ΣΧΕΤ",
    "רד",
    "رد",
    "Ｒｅ",
)
FORWARDS = (
    "Fwd",
    "FW",
    "WG",
    "TR",
    "RV",
    "Enc",
    "I",
    "VB",
    "PD",
    "Doorst",
    "İLT",
    "VL",
    "转发",
    "転送",
    "전달",
)


@pytest.mark.parametrize("mark", [*REPLIES, "回复", "回覆", "答复", "返信", "답장"])
@pytest.mark.parametrize(
    "form", ["{}: Interview", "{} : Interview", "[EXT] {}: Interview", "{}[2]：Interview", "{}^2: Interview"]
)
def test_replies(mark: str, form: str) -> None:
    written = form.format(mark)
    assert subject.is_reply(written)
    assert subject.has_mark(written)
    assert not subject.is_forward(written)


@pytest.mark.parametrize("mark", FORWARDS)
@pytest.mark.parametrize("form", ["{}: Interview", "[EXT] {}: Interview", "{}: Re: Interview"])
def test_forwards(mark: str, form: str) -> None:
    written = form.format(mark)
    assert subject.is_forward(written)
    assert subject.has_mark(written)
    assert not subject.is_reply(written)


@pytest.mark.parametrize(
    "written",
    ["Interview", "[EXT] Interview", "Forward Deployed Engineer", "Reply: yes", "Refer: a friend", ""],
)
def test_no_marks(written: str) -> None:
    assert not subject.has_mark(written)


def test_the_first_mark_decides() -> None:
    assert not subject.is_forward("Re: Fwd: Interview")
    assert not subject.is_reply("Fwd: Re: Interview")


@pytest.mark.parametrize(
    ("written", "cancelled"),
    [
        ("Cancelled: Interview", True),
        ("Canceled event: Interview @ Tue", True),
        ("Re: Abgesagt: Interview", True),
        ("[EXT] 返信: Annulé: Entretien", True),
        ("Invitation: Interview", False),
        ("Cancelled flights", False),
    ],
)
def test_cancellations(written: str, cancelled: bool) -> None:
    assert subject.is_cancelled(written) is cancelled


HOSTILE = ("re: " * 100_000 + "x", "[" * 100_000, "re[" + "1" * 100_000, "[a]" * 50_000, " " * 100_000 + "re")


@pytest.mark.parametrize("written", HOSTILE)
def test_only_so_much_is_looked_at_as_a_header_line_may_hold(written: str) -> None:
    assert len(subject.base(written)) <= 998
    assert subject.is_cancelled(written) is False


@given(st.text(max_size=80))
def test_a_second_cut_finds_nothing_more(written: str) -> None:
    once = subject.without_marks(written)
    assert subject.without_marks(once) == once
