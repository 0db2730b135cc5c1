"""``bowout status`` is true after the person did something in another mail client."""

from __future__ import annotations

from typing import Any

from acceptance.harness import Box


def standing(box: Box) -> dict[str, Any]:
    (only,) = box.run("status", "--json").json["result"]["withdrawals"]
    found: dict[str, Any] = only
    return found


def test_nothing_yet(box: Box) -> None:
    done = box.run("status")
    assert done.code == 0
    assert "bowout draft" in done.out


def test_a_fresh_draft_waits(box: Box) -> None:
    box.run("draft", "acme")
    now = standing(box)
    assert (now["withdrawal"], now["company"], now["standing"]) == ("w1", "Acme", "untouched")
    assert now["address"] == "dana.whitfield@acme.example"
    told = box.run("status")
    assert "w1" in told.out
    assert "Acme" in told.out


def test_an_edited_draft_is_seen(box: Box) -> None:
    box.run("draft", "acme")
    box.edit_draft(b"Dana", b"dear Dana")
    assert standing(box)["standing"] == "edited"


def test_a_sent_letter_is_seen(box: Box) -> None:
    box.run("draft", "acme")
    (path,) = box.drafts()
    path.rename(box.mail / ".Sent" / "cur" / path.name.replace(":2,DS", ":2,S"))
    now = standing(box)
    assert (now["standing"], now["needs_person"]) == ("sent", False)


def test_what_was_seen_sent_is_known_without_the_mailbox(box: Box) -> None:
    box.run("draft", "acme")
    (path,) = box.drafts()
    path.rename(box.mail / ".Sent" / "cur" / path.name.replace(":2,DS", ":2,S"))
    assert standing(box)["standing"] == "sent"
    box.mail.rename(box.root / "elsewhere")
    assert standing(box)["standing"] == "sent"


def test_a_letter_in_the_trash_is_deleted(box: Box) -> None:
    box.run("draft", "acme")
    (path,) = box.drafts()
    path.rename(box.mail / ".Trash" / "cur" / path.name)
    assert standing(box)["standing"] == "deleted"


def test_a_draft_that_is_only_filed_anew_is_still_untouched(box: Box) -> None:
    # Clients rename the file when they set a flag.
    box.run("draft", "acme")
    (path,) = box.drafts()
    path.rename(path.with_name(path.name.replace(":2,DS", ":2,DFS")))
    assert standing(box)["standing"] == "untouched"


def test_several_withdrawals_are_told_apart(box: Box) -> None:
    box.run("draft", "acme")
    box.run("draft", "bluebird")
    rows = box.run("status", "--json").json["result"]["withdrawals"]
    assert {row["withdrawal"] for row in rows} == {"w1", "w2"}
    assert {row["company"] for row in rows} == {"Acme", "Bluebird Press"}
