"""The sample mailbox: the same every time, believable, and about nobody real."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path

import pytest

from bowout.demo.mailbox import build
from clock import NOON, FakeClock


def mails(root: Path) -> dict[str, EmailMessage]:
    """Every message of the tree by its path below ``root``."""
    found = (path for path in root.rglob("*") if path.is_file() and path.parent.name in {"cur", "new"})
    return {
        str(path.relative_to(root)): message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in found
    }


@pytest.fixture
def tree(tmp_path: Path) -> dict[str, EmailMessage]:
    build(tmp_path / "mail", NOON)
    return mails(tmp_path / "mail")


def test_the_same_moment_gives_the_same_bytes(tmp_path: Path) -> None:
    build(tmp_path / "one", NOON)
    build(tmp_path / "two", NOON)
    one = {path.relative_to(tmp_path / "one"): path for path in (tmp_path / "one").rglob("*")}
    two = {path.relative_to(tmp_path / "two"): path for path in (tmp_path / "two").rglob("*")}
    assert one.keys() == two.keys()
    for name, path in one.items():
        if path.parent.name == "cur":
            assert path.read_bytes() == two[name].read_bytes()
            assert path.stat().st_mtime == two[name].stat().st_mtime


def test_size_and_folders(tree: dict[str, EmailMessage]) -> None:
    assert 55 <= len(tree) <= 65
    folders = {path.split("/")[0] for path in tree}
    assert folders == {"cur", ".Sent", ".Drafts", ".Trash", ".Archive", ".Junk"}


def test_nothing_is_broken_and_every_answer_has_its_question(tree: dict[str, EmailMessage]) -> None:
    ids = [str(mail["Message-ID"]) for mail in tree.values()]
    assert len(set(ids)) == len(ids)
    for mail in tree.values():
        assert not mail.defects
        assert set(str(mail.get("References", "")).split()) <= set(ids)
        if mail["In-Reply-To"]:
            assert str(mail["Subject"]).startswith("Re: ")


def test_only_reserved_domains_are_named(tree: dict[str, EmailMessage]) -> None:
    for mail in tree.values():
        for _, address in getaddresses(
            [str(value) for name, value in mail.items() if name in {"From", "To", "Cc", "Reply-To"}]
        ):
            assert address.endswith(".example")
        texts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
        domains = re.findall(r"(?:@|https?://)([A-Za-z0-9.-]*[A-Za-z0-9])", "".join(texts))
        assert all(domain.endswith(".example") for domain in domains)


@pytest.mark.parametrize("days", range(0, 364, 33))
def test_mail_is_past_and_the_main_interview_is_a_few_working_days_away(tmp_path: Path, days: int) -> None:
    now = NOON.replace(hour=0, minute=5) + timedelta(days)
    build(tmp_path / "mail", now)
    tree = mails(tmp_path / "mail")
    assert all(datetime.strptime(str(m["Date"]), "%a, %d %b %Y %H:%M:%S %z") < now for m in tree.values())
    invitation = next(m for m in tree.values() if m["Message-ID"] == "<acme.4@acme.example>")
    calendar = next(part for part in invitation.walk() if part.get_content_type() == "text/calendar")
    found = re.search(r"DTSTART;TZID=Europe/Berlin:(\d{8}T\d{6})", calendar.get_content())
    assert found
    start = datetime.strptime(found[1] + "+0100", "%Y%m%dT%H%M%S%z")
    assert start.weekday() < 5
    assert timedelta(days=3) < start - now < timedelta(days=7)
    # The text names the same day as the invitation.
    body = invitation.get_body(("plain",))
    assert body is not None
    assert f"{start:%A}, {start.day} {start:%B} at {start:%H:%M}" in body.get_content()


def test_a_moved_invitation_has_two_dates_under_one_uid(tree: dict[str, EmailMessage]) -> None:
    events = [
        part.get_content()
        for mail in tree.values()
        if "orchard" in str(mail["Message-ID"])
        for part in mail.walk()
        if part.get_content_type() == "text/calendar"
    ]
    assert len(events) == 2
    assert len({event.split("UID:")[1].split()[0] for event in events}) == 1
    assert len({event.split("DTSTART;")[1].split()[0] for event in events}) == 2


def test_an_existing_mailbox_is_never_written_into(tmp_path: Path, clock: FakeClock) -> None:
    build(tmp_path / "mail", clock())
    with pytest.raises(FileExistsError):
        build(tmp_path / "mail", datetime.now(UTC))
