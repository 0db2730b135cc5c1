"""A home that an earlier bowout left (22 November 2026) opens as it was: journal, outbox, config, sign-ins.

``tests/data/earlier-home`` was written by that version's own commands. The one step that its database
needs is taken at the first command, and the file as it was is kept.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from acceptance.harness import Box
from bowout.vault import PASSPHRASE, Vault

LEFT = Path(__file__).parents[1] / "data" / "earlier-home"
WORDS = "correct horse battery staple"


@pytest.fixture
def home_of_before(tmp_path: Path) -> Box:
    """That home, copied, with an empty mailbox."""
    box = Box(tmp_path / "box")
    shutil.copytree(LEFT, box.root)
    for folder in ("cur", "new", "tmp"):
        (box.mail / folder).mkdir(parents=True)
    box.config.chmod(0o600)
    return box


def chosen(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def test_withdrawals_and_calls_are_there(home_of_before: Box) -> None:
    rows = home_of_before.run("status", "--json").json["result"]["withdrawals"]
    told = [chosen(row, "withdrawal", "account", "company", "position", "address", "slot") for row in rows]
    assert sorted(told, key=lambda row: str(row["withdrawal"])) == [
        {
            "withdrawal": "w1",
            "account": "home",
            "company": "Acme",
            "position": "Senior Platform Engineer",
            "address": "dana.whitfield@acme.example",
            "slot": {"start": "2026-12-02T13:00:00+00:00", "zone": "Europe/Berlin"},
        },
        {
            "withdrawal": "w2",
            "account": "home",
            "company": "Orchard Payments",
            "position": "Staff Engineer",
            "address": "elif.demir@orchard.example",
            "slot": {"start": "2026-12-08T14:00:00+00:00", "zone": "Europe/Berlin"},
        },
    ]
    (call,) = next(row["calls"] for row in rows if row["withdrawal"] == "w2")
    assert chosen(call, "outcome", "person", "at", "zone") == {
        "outcome": "spoke",
        "person": "Elif Demir",
        "at": "2026-11-28T19:21:40.048227+00:00",
        "zone": "Europe/Berlin",
    }


def test_the_armed_letter_is_armed_for_its_time(home_of_before: Box) -> None:
    (row,) = home_of_before.run("outbox", "--json").json["result"]["submissions"]
    assert chosen(row, "submission", "withdrawal", "state", "due", "typed", "not_after", "to", "subject") == {
        "submission": "s1",
        "withdrawal": "w1",
        "state": "armed",
        "due": "2026-12-01T19:21:22+00:00",
        "typed": "in 3 days",
        "not_after": "2026-12-02T07:21:22+00:00",
        "to": ["dana.whitfield@acme.example"],
        "subject": "Re: Senior Platform Engineer at Acme",
    }


def test_the_config_means_what_it_meant(home_of_before: Box) -> None:
    values = home_of_before.run("config", "show", "--json").json["result"]["values"]
    assert values["accounts.home.path"] == str(home_of_before.mail)
    assert values["accounts.home.smtp.port"] == 46219
    assert values["accounts.home.allow_send"] is True
    assert values["accounts.google.client_file"] == str(home_of_before.root / "client_secret.json")
    assert values["accounts.work.authority"] == "https://login.microsoftonline.com/consumers"
    assert values["accounts.later.provider"] == "imap"
    assert values["defaults.grace"] == "12h"


def test_the_sign_ins_open(home_of_before: Box) -> None:
    vault = Vault(home_of_before.root / "data", environ={PASSPHRASE: WORDS})
    assert vault.load("google")["refresh_token"] == "1//old"
    assert vault.load("work")["cache"] == '{"x": 1}'


def test_the_database_takes_its_step_and_is_kept_as_it_was(home_of_before: Box) -> None:
    path = home_of_before.root / "data" / "bowout.db"

    def rows(file: Path) -> list[Any]:
        with closing(sqlite3.connect(file)) as database:
            return database.execute("SELECT id, state, due, snapshot FROM submissions").fetchall()

    before = rows(path)
    assert home_of_before.run("status").code in (0, 6)
    (kept,) = (path.parent / "backups").iterdir()
    assert rows(path) == rows(kept) == before
    assert before
