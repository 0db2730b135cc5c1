"""``bowout status`` is true after the person did something in another mail client."""

from __future__ import annotations

from pathlib import Path
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
    assert "withdrew" in box.run("find", "acme").out
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


# --- a folder of all mail, which holds drafts too ---------------------------------------------------------


def archived_copy(box: Box) -> Path:
    """What a program that fetches ``All Mail`` leaves of the draft; returns the draft's own file."""
    archive = box.mail / ".[Gmail].All Mail" / "cur"
    archive.mkdir(parents=True)
    (archive.parent / "new").mkdir()
    (path,) = box.drafts()
    (archive / "1795.copy:2,S").write_bytes(path.read_bytes())
    return path


def test_a_copy_of_the_draft_elsewhere_is_no_withdrawal(box: Box) -> None:
    box.run("draft", "acme")
    archived_copy(box)
    assert standing(box)["standing"] == "untouched"
    assert "withdrew" not in box.run("find", "acme").out
    assert (
        box.run("draft", "acme", "--reason", "accepted-offer", "--json").json["result"]["action"] == "update"
    )
    assert (
        box.run("send", "w1", "--at", "in 1 hour", "--dry-run", "--json").json["error"]["code"] == "not-armed"
    )


def test_a_deleted_draft_whose_copy_is_left_is_asked_about_and_can_be_written_anew(box: Box) -> None:
    box.run("draft", "acme")
    archived_copy(box).unlink()
    now = standing(box)
    assert (now["standing"], now["needs_person"]) == ("maybe-sent", True)
    refused = box.run("draft", "acme", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (6, "outcome-unknown")
    assert "nothing shows that it was sent" in refused.json["error"]["message"]
    assert "withdrew" not in box.run("find", "acme").out
    listed = box.run("find", "--json").json["result"]["candidates"]
    assert any(one["company"] == "Acme" for one in listed)
    assert box.run("draft", "acme", "--force", "--json").json["result"]["action"] == "create"
    # The person has said that nothing was sent: it is not asked again, nor taken for a withdrawal.
    again = box.run("draft", "acme", "--json").json["result"]
    assert (again["action"], again["changed"]) == ("update", False)
    assert standing(box)["standing"] == "untouched"


def test_a_copy_that_turns_up_after_the_deletion_was_seen_is_asked_about(box: Box) -> None:
    box.run("draft", "acme")
    (path,) = box.drafts()
    raw = path.read_bytes()
    path.unlink()
    assert standing(box)["standing"] == "deleted"
    (box.mail / ".Archive" / "cur" / "1.copy:2,S").write_bytes(raw)
    assert box.run("draft", "acme", "--json").json["error"]["code"] == "outcome-unknown"
    assert box.run("draft", "acme", "--force").code == 0
