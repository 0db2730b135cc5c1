"""The commands on an Outlook account, as a new user would run them, against the fake Graph."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from acceptance.harness import Done, run
from servers.entra import CLIENT_ID, EntraServer
from servers.graph import GraphServer
from servers.graph_mail import Item
from servers.http import Trouble

DRAFT = ("draft", "acme", "--reason", "accepted-offer", "--set", "company=Acme", "--set", "position=Engineer")

HIRING = (
    "Dear Me,\r\n\r\nthank you for your application as Engineer at Acme. We would like to invite you to an "
    "interview.\r\n\r\nJane Roe\r\nRecruiter, Acme"
)


@dataclass
class Desk:
    server: GraphServer
    config: Path
    scopes: tuple[str, ...] = ("User.Read", "Mail.ReadWrite")

    def configure(self, **more: object) -> None:
        account = {
            "provider": "outlook",
            "address": "me@outlook.com",
            "client_id": "11111111-2222-3333-4444-555555555555",
            "graph_endpoint": self.server.base,
            "token_command": ["echo", self.server.token(*self.scopes)],
            "allow_send": True,
            **more,
        }
        rows = "\n".join(f"{key} = {json.dumps(value)}" for key, value in account.items())
        self.config.write_text(
            f'[profile]\nname = "Me Myself"\n\n[accounts.work]\n{rows}\n', encoding="utf-8"
        )
        self.config.chmod(0o600)

    def run(self, *args: str) -> Done:
        return run(*args, "--config", self.config, env={"BOWOUT_DATA_DIR": str(self.config.parent / "data")})

    def invite(self, *, days: int = 3) -> Item:
        start = datetime.now(UTC) + timedelta(days=days)
        calendar = (
            "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:slot@acme.example\r\nSEQUENCE:0\r\n"
            f"DTSTAMP:{datetime.now(UTC):%Y%m%dT%H%M%SZ}\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n"
            f"DTEND:{start + timedelta(hours=1):%Y%m%dT%H%M%SZ}\r\nSUMMARY:Interview at Acme\r\n"
            "ORGANIZER;CN=Jane Roe:mailto:jane@acme.example\r\n"
            "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:me@outlook.com\r\nEND:VEVENT\r\nEND:VCALENDAR"
        )
        return self.server.recruiter.write(
            HIRING,
            subject="Interview for Data Engineer",
            calendar=calendar,
            at=datetime.now(UTC) - timedelta(days=1),
        )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with GraphServer() as server:
        desk = Desk(server, tmp_path / "config.toml")
        desk.configure()
        yield desk


def said(done: Done, code: int = 0) -> Any:
    assert done.code == code, done.out + done.err
    return done.json


def test_a_draft_is_left_in_the_conversation_and_updated_by_the_next_run(desk: Desk) -> None:
    desk.server.recruiter.write(HIRING, at=datetime.now(UTC) - timedelta(days=1))
    answer = said(desk.run(*DRAFT, "--yes", "--json"))
    (draft,) = desk.server.box.drafts()
    assert json.dumps(answer["result"]).count(f"https://outlook.example/mail/{draft.id}") >= 1
    assert [address for _, address in draft.to] == ["jane@acme.example"]
    assert draft.body.index("Me Myself") < draft.body.index("divRplyFwdMsg")
    said(desk.run(*DRAFT, "--tone", "formal", "--yes", "--json"))
    (again,) = desk.server.box.drafts()
    assert (again.id, again.message_id) == (draft.id, draft.message_id)


def test_a_run_that_died_between_the_two_writes_is_finished_by_the_next(desk: Desk) -> None:
    desk.server.recruiter.write(HIRING, at=datetime.now(UTC) - timedelta(days=1))
    desk.server.fault(Trouble.CLOSE_AFTER, "POST .*/createReply$")
    said(desk.run(*DRAFT, "--yes", "--json"), 6)
    said(desk.run(*DRAFT, "--yes", "--json"))
    (draft,) = desk.server.box.drafts()
    assert "Me Myself" in draft.body


def drafted(desk: Desk) -> None:
    desk.invite()
    said(desk.run(*DRAFT, "--yes", "--json"))


def test_an_invitation_is_declined_only_after_the_letter_was_sent(desk: Desk) -> None:
    desk.scopes += ("Calendars.ReadWrite",)
    desk.configure()
    drafted(desk)
    early = said(desk.run("decline-invite", "acme", "--yes", "--json"), 6)
    assert "not been seen sent" in early["error"]["message"]
    (draft,) = desk.server.box.drafts()
    desk.server.person.send(draft)
    assert "bowout decline-invite w1" in desk.run("status").out
    assert desk.server.declined == []

    assert said(desk.run("decline-invite", "w1", "--yes", "--json"))["result"]["declined"]
    ((_, note),) = desk.server.declined
    # The calendar note of the letters in templates/, filled; no reason, since the letter told it.
    assert note == "I have withdrawn from the process and have written to Jane. Thank you for your time."
    assert "decline-invite" not in desk.run("status").out
    said(desk.run("decline-invite", "w1", "--yes", "--json"), 6)
    assert len(desk.server.declined) == 1


def sent(desk: Desk) -> None:
    drafted(desk)
    (draft,) = desk.server.box.drafts()
    desk.server.person.send(draft)


def test_declining_asks_first(desk: Desk) -> None:
    sent(desk)
    said(desk.run("decline-invite", "w1", "--json", "--no-input"), 2)
    shown = said(desk.run("decline-invite", "w1", "--json", "--dry-run"))
    assert shown["result"]["declined"] is False
    assert desk.server.declined == []


def test_an_account_that_may_not_send_does_not_decline(desk: Desk) -> None:
    sent(desk)
    desk.configure(allow_send=False)
    told = said(desk.run("decline-invite", "w1", "--yes", "--json"), 6)
    assert "allow_send" in told["error"]["next"]
    assert desk.server.count("POST .*/decline") == 0


def test_an_unclear_decline_is_not_repeated(desk: Desk) -> None:
    desk.scopes += ("Calendars.ReadWrite",)
    desk.configure()
    sent(desk)
    desk.server.fault(Trouble.CLOSE_AFTER, "POST .*/decline$")
    said(desk.run("decline-invite", "w1", "--yes", "--json"), 6)
    said(desk.run("decline-invite", "w1", "--yes", "--json"), 6)
    assert desk.server.count("POST .*/decline") == 1


def test_a_place_to_sign_in_that_the_config_lacks_is_not_ignored(desk: Desk) -> None:
    again = ("account", "add", "work", "--authority", "https://login.example/consumers", "--json")
    told = said(desk.run(*again), 2)
    assert "authority is not set" in told["error"]["message"]


def test_an_account_is_added_tested_used_and_removed(tmp_path: Path) -> None:
    with GraphServer() as graph, EntraServer(graph.entra, tmp_path / "tls") as entra:
        graph.entra.agrees_at_once = True
        graph.recruiter.write(HIRING, at=datetime.now(UTC) - timedelta(days=1))
        config = tmp_path / "config.toml"
        env = {
            "BOWOUT_DATA_DIR": str(tmp_path / "data"),
            "BOWOUT_PASSPHRASE": "correct horse battery staple",
            "REQUESTS_CA_BUNDLE": str(entra.ca_file),
        }

        def bowout(*args: str) -> Done:
            return run(*args, "--json", "--config", config, env=env)

        add = (
            *("account", "add", "work", "--provider", "outlook", "--address", "me@outlook.com"),
            *("--client-id", CLIENT_ID, "--authority", entra.authority, "--graph-endpoint", graph.base),
            *("--full-name", "Me Myself", "--device-code", "--passphrase"),
        )
        added = bowout(*add)
        assert said(added)["result"]["added"]
        assert "CODE" in added.err
        assert said(bowout("account", "test"))["result"]["identities"] == ["me@outlook.com"]
        said(bowout(*DRAFT, "--yes"))
        assert len(graph.box.drafts()) == 1
        assert not any("Mail.Send" in scopes for scopes in graph.entra.asked)
        said(bowout("account", "remove", "work", "--yes"))
        told = said(bowout("account", "test"), 5)
        assert "bowout account add work" in told["error"]["next"]
