"""Several accounts in one configuration: a number opens the account that its withdrawal belongs to."""

from __future__ import annotations

import pytest

import sample
from acceptance.harness import Box, Done, run

# With the sample mailbox in both, only the account says whose letter it is.
BY_NUMBER = (
    ["draft", "w1", "--no-input"],
    ["advise", "w1"],
    ["call", "w1"],
    ["call", "w1", "--outcome", "spoke"],
    ["confirm", "w1", "--letter", "confirm-receipt"],
    ["send", "w1", "--yes"],
    ["check", "--draft", "w1"],
    ["forget", "w1", "--yes"],
)


@pytest.fixture
def two(box: Box) -> Box:
    """A second account, ``my-work``, beside ``home``, which is the default; w1 is recorded in ``my-work``."""
    address = sample.build(box.root / "work").address
    text = box.config.read_text(encoding="utf-8").replace("[defaults]\n", '[defaults]\naccount = "home"\n')
    box.configure(f'{text}[accounts.my-work]\nprovider = "maildir"\naddress = "{address}"\npath = "work"\n')
    assert box.run("draft", "acme", "--account", "my_work", "--yes").code == 0
    return box


def kept_in(box: Box) -> dict[str, str]:
    shown = box.run("status", "--json").json["result"]["withdrawals"]
    return {entry["withdrawal"]: entry["account"] for entry in shown}


def other_account(box: Box) -> Box:
    """The second mailbox, to look into."""
    other = Box(box.root)
    other.mail = box.root / "work"
    return other


def test_a_number_drafts_in_the_account_of_its_withdrawal(two: Box) -> None:
    home = two.files()
    done = two.run("draft", "w1", "--tone", "formal", "--yes", "--json").json
    assert (done["exit"], done["result"]["action"]) == (0, "update")
    assert two.files() == home
    assert len(other_account(two).drafts()) == 1
    assert kept_in(two) == {"w1": "my-work"}


@pytest.mark.parametrize("args", BY_NUMBER, ids=" ".join)
def test_another_account_than_the_number_says_is_refused(two: Box, args: list[str]) -> None:
    before = (two.files(), other_account(two).files())
    done = two.run(*args, "--account", "home", "--json").json
    assert (done["exit"], done["error"]["code"]) == (2, "usage")
    assert "w1 belongs to the account my-work, not to home" in done["error"]["message"]
    assert (two.files(), other_account(two).files()) == before


def test_the_right_account_said_as_well_is_no_contradiction(two: Box) -> None:
    said: list[Done] = [two.run(command, "w1", "--account", "my_work") for command in ("advise", "call")]
    assert [done.code for done in said] == [0, 0]


def test_a_company_is_looked_for_in_the_default_account(two: Box) -> None:
    assert two.run("draft", "acme", "--yes").code == 0
    assert kept_in(two) == {"w1": "my-work", "w2": "home"}


def test_call_confirm_and_check_follow_the_number(two: Box) -> None:
    home = two.files()
    assert two.run("check", "--draft", "w1", "--json").json["result"]["file"]
    assert two.run("call", "w1", "--outcome", "spoke").code == 0
    assert two.run("confirm", "w1", "--yes").code == 0
    assert two.files() == home
    (draft,) = other_account(two).drafts()
    assert b"acme" in draft.read_bytes().lower()


def test_only_what_can_be_opened_is_offered_as_a_provider() -> None:
    told = run("account", "add", "--help").out
    assert "imap" not in told
    for name in ("maildir", "gmail", "outlook"):
        assert name in told
