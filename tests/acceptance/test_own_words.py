"""What only the person can tell: asked for once, said in the letter, kept for the next one."""

from __future__ import annotations

import pytest

from acceptance.harness import Box, body
from acceptance.terminal import Terminal

HOTEL = "I have cancelled the hotel."


def said(box: Box) -> str:
    """The letter without the quote, on one line."""
    return " ".join(body(box.draft()).partition("\n>")[0].split())


def plain(screen: str) -> str:
    """What stands on the screen, without the frame around the letter."""
    return " ".join(screen.replace("│", " ").split())


def test_a_sentence_told_on_the_terminal_stands_in_the_letter(box: Box) -> None:
    terminal = Terminal(box, "draft", "acme", "--reason", "accepted-offer")
    shown = terminal.until("A sentence of your own to add")
    assert "withdraw" in shown  # one sees what the letter says already
    terminal.child.sendline("I have cancelled the hotel")
    assert HOTEL in plain(terminal.until("Save this draft to"))
    terminal.child.sendline("y")
    assert terminal.code() == 0
    assert said(box).count(HOTEL) == 1


def test_after_an_interview_one_thing_they_liked_is_asked_for_too(box: Box) -> None:
    terminal = Terminal(box, "draft", "acme", "--situation", "after-interview")
    terminal.until("One thing you liked")
    terminal.child.sendline("the tour of the lab")
    terminal.until("A sentence of your own to add")
    terminal.child.sendline("")
    assert "the tour of the lab" in plain(terminal.until("Save this draft to"))
    terminal.hang_up()


def test_an_answer_that_is_too_long_is_asked_for_again(box: Box) -> None:
    terminal = Terminal(box, "draft", "acme")
    terminal.until("A sentence of your own to add")
    terminal.child.sendline("x" * 201)
    terminal.until("longer than 200 characters")
    terminal.child.sendline(HOTEL)
    assert HOTEL in plain(terminal.until("Save this draft to"))
    terminal.hang_up()


@pytest.mark.parametrize("option", ["--yes", "--dry-run"])
def test_nobody_is_asked_who_would_not_answer(box: Box, option: str) -> None:
    told = Terminal(box, "draft", "acme", option)
    assert "of your own" not in told.rest()
    assert told.code() == 0


def test_the_next_letter_says_it_again_and_nobody_is_asked_twice(box: Box) -> None:
    assert box.run("draft", "acme", "--reason", "accepted-offer", "--set", f"also={HOTEL}").code == 0
    terminal = Terminal(box, "draft", "acme", "--reason", "fit")
    assert "of your own" not in terminal.until("Update your draft to")
    terminal.child.sendline("y")
    assert terminal.code() == 0
    assert HOTEL in said(box)


def test_an_empty_one_takes_it_back(box: Box) -> None:
    box.run("draft", "acme", "--set", f"also={HOTEL}")
    assert box.run("draft", "acme", "--set", "also=").code == 0
    assert HOTEL not in said(box)
    assert box.run("draft", "acme", "--reason", "fit").code == 0
    assert HOTEL not in said(box)


def test_words_for_another_reason_are_not_said_for_this_one(box: Box) -> None:
    box.run("draft", "acme", "--reason", "location", "--set", "reason_text=I am staying in Lisbon.")
    assert "staying in Lisbon" in said(box)
    assert box.run("draft", "acme", "--set", f"also={HOTEL}").code == 0
    assert "staying in Lisbon" in said(box)
    assert box.run("draft", "acme", "--reason", "fit").code == 0
    assert "Lisbon" not in said(box)
    assert HOTEL in said(box)


def test_a_confirmation_in_place_of_the_draft_says_it_and_one_after_it_does_not(box: Box) -> None:
    box.run("draft", "acme", "--set", f"also={HOTEL}")
    box.run("call", "acme", "--outcome", "spoke")
    assert box.run("confirm", "acme", "--yes").code == 0
    assert HOTEL in said(box)  # the draft made place for it
    (path,) = box.drafts()
    path.rename(box.mail / ".Sent" / "cur" / path.name.replace(":2,DS", ":2,S"))
    assert box.run("confirm", "acme", "--letter", "reply-ack", "--yes").code == 0
    assert HOTEL not in said(box)


def test_it_is_private_until_it_is_sent_and_forgotten_when_asked(box: Box) -> None:
    box.run("draft", "acme", "--set", f"also={HOTEL}")
    assert HOTEL not in box.run("status").out
    assert HOTEL in box.run("status", "--private").out
    assert box.run("forget", "acme", "--yes").code == 0
    assert HOTEL not in box.run("status", "--private").out
