"""bowout is killed while Outlook carries out one of its requests; the next run puts things right.

The kill falls before or after the server has acted on the n-th request, so it lies between any two things
that happen outside the process. Afterwards: drafting, one draft with the whole letter, never two, nothing
else touched but the mark "read", which a run that dies right after createReply cannot give back. Sending,
the server's own count against the journal: one submission at most, sent when it can be seen, else unknown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from acceptance.harness import start
from servers.graph import GraphServer
from servers.graph_mail import POSITIONS, Switches
from servers.http import Trouble

LETTER = ("draft", "acme", "--reason", "fit", "--set", "company=Acme", "--set", "position=Engineer", "--yes")
HIRING = "Thank you for your application as Engineer at Acme. We would like to invite you to an interview."
MOMENTS = {"before": Trouble.CLOSE, "after": Trouble.CLOSE_AFTER}


@dataclass
class Desk:
    server: GraphServer
    root: Path

    def run(self, *args: str, kill: Callable[[Callable[[], None]], None] | None = None) -> Any:
        """One run of the installed command; ``kill`` plans when it dies. Its JSON, None when it died."""
        config = self.root / "config.toml"
        child = start(*args, "--json", "--config", config, env={"BOWOUT_DATA_DIR": str(self.root / "data")})
        if kill:
            kill(child.kill)
        done = child.done()
        self.server.quiet()  # what a dead run had asked for is not beside what the next one asks
        self.server.clear_faults()
        return None if done.code < 0 else done.json

    def others(self) -> list[object]:
        drafts = {item.id for item in self.server.box.drafts()}
        return [
            replace(item, is_read=True) for item in self.server.box.items.values() if item.id not in drafts
        ]


@contextmanager
def desk_at(root: Path, switches: Switches) -> Generator[Desk]:
    with GraphServer(switches=switches) as server:
        scopes = ("User.Read", "Mail.ReadWrite", "Mail.Send")
        token = json.dumps(["echo", server.token(*scopes)])
        (root / "config.toml").write_text(
            f'[profile]\nname = "Me Myself"\n[accounts.work]\nprovider = "outlook"\nclient_id = "x"\n'
            f'address = "me@outlook.com"\nallow_send = true\ntoken_command = {token}\n'
            f'graph_endpoint = "{server.base}"\n'
        )
        (root / "config.toml").chmod(0o600)
        server.recruiter.write(HIRING, at=datetime.now(UTC) - timedelta(days=1))
        yield Desk(server, root)


# --- drafting -------------------------------------------------------------------------------------------


def dies_in(desk: Desk, trouble: Trouble, match: str, skip: int = 0) -> bool:
    """Draft, killed at that request; False when there was no such request."""
    answer = desk.run(*LETTER, kill=lambda end: desk.server.fault(trouble, match, skip=skip, then=end))
    return answer is None


def put_right(desk: Desk, before: list[object]) -> None:
    assert len(desk.server.box.drafts()) <= 1
    answer = desk.run(*LETTER)
    assert answer["exit"] == 0, answer
    (draft,) = desk.server.box.drafts()
    assert "Me Myself" in draft.body
    assert draft.body.count("divRplyFwdMsg") == 1
    assert [address for _, address in draft.to] == ["jane@acme.example"]
    assert desk.others() == before


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_draft_survives_a_kill_at_every_request(moment: str, tmp_path: Path) -> None:
    for number in range(30):
        root = tmp_path / str(number)
        root.mkdir()
        with desk_at(root, Switches()) as desk:
            before = desk.others()
            died = dies_in(desk, MOMENTS[moment], " /v1.0/", number)
            put_right(desk, before)
        if not died:
            assert number > 8  # every request of the run was a crash point
            return
    pytest.fail("the run never ends")


WRITES = ["POST .*/createReply$", "PATCH"]


@pytest.mark.parametrize("match", WRITES)
@pytest.mark.parametrize("position", [name for name in POSITIONS if name != "default"])
def test_a_half_made_draft_is_finished_under_every_switch(position: str, match: str, tmp_path: Path) -> None:
    with desk_at(tmp_path, POSITIONS[position]) as desk:
        before = desk.others()
        assert dies_in(desk, Trouble.CLOSE_AFTER, match)
        put_right(desk, before)


# --- sending ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("position", POSITIONS)
def test_a_kill_while_sending_never_sends_twice(position: str, moment: str, tmp_path: Path) -> None:
    with desk_at(tmp_path, POSITIONS[position]) as desk:
        assert desk.run(*LETTER)["exit"] == 0
        desk.run(
            "send",
            "w1",
            "--yes",
            kill=lambda end: desk.server.fault(MOMENTS[moment], "POST .*/send$", then=end),
        )
        for _ in range(2):
            desk.run("outbox", "run")
        (row,) = desk.run("outbox", "list", "--all")["result"]["submissions"]
        # The sent copy proves it; that there is none proves nothing.
        expected = {"before": (0, "unknown"), "after": (1, "sent")}[moment]
        assert (len(desk.server.box.submitted), row["state"]) == expected
        assert desk.server.count("POST .*/send$") == 1
