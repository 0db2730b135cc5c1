"""``bowout draft`` on Gmail, on the strict fake of the tests, with 0 and 50 ms of round-trip time.

The bound is loading the programs plus the chain of dependent requests times the round-trip time: what is left
is our own work. Every figure is the best of five runs. The peer is a plain script over simplegmail that finds
the newest mail and drafts an answer.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from measure import BOWOUT, once
from servers.gmail import GmailServer

ROUNDS = 5
THREADS = 300
MATCHING = 6  # threads that mention the company
BOUND = 1.3

LOAD = """
import concurrent.futures, sqlite3
import click, google.auth.transport.requests, googleapiclient.discovery, jinja2
from bowout.drafts import prepare, save
from bowout.etiquette import check
from bowout.find import search
from bowout.journal import store
from bowout.letters import render
from bowout.cli import draft, phrases
"""

# It cannot put a draft into a thread, so it writes a new mail: less than what bowout does.
PEER = """
import sys
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from simplegmail import Gmail
endpoint, token = sys.argv[1:]
who = Credentials(token)
gmail = Gmail(credentials=who)
gmail._service = build("gmail", "v1", credentials=who, client_options={"api_endpoint": endpoint})
newest = gmail.get_messages(query='"acme"')[0]
gmail.create_draft(sender="me@gmail.com", to=newest.sender, subject="Re: " + newest.subject,
                   msg_plain="I withdraw my application.", msg_html="<p>I withdraw my application.</p>")
"""


def fill(server: GmailServer) -> None:
    """Ordinary mail, and a few threads that mention the company; one of them is the recruiter's."""
    now = server.now()
    for number in range(THREADS):
        server.recruiter.write(
            "Notes of the garden club, nothing about work. " * 20,
            sender=f"Friend {number} <friend{number}@people.example>",
            subject=f"Garden {number}",
            message_id=f"<g{number}@people.example>",
            at=now - timedelta(days=30, minutes=number),
        )
    for number in range(MATCHING - 1):
        server.recruiter.write(
            "In the news: Acme opens a new office. " * 20,
            sender=f"News <news{number}@paper.example>",
            subject=f"News {number}",
            message_id=f"<n{number}@paper.example>",
            at=now - timedelta(days=5, minutes=number),
        )
    first = server.recruiter.write(
        "We would like to invite you to an interview for the Data Engineer position at Acme.\n\nJane Roe",
        at=now - timedelta(days=3),
    )
    server.person.answer(first, "Thank you, that sounds good.")
    server.recruiter.write("Does Tuesday at 10 suit you?", answers=first, at=now - timedelta(days=1))


def configure(server: GmailServer, root: Path) -> Path:
    """A config that gets its token from a file: the same for every run, and no keyring in the way."""
    token = root / "token"
    token.write_text(server.token())
    config = root / "config.toml"
    config.write_text(
        f'[profile]\nname = "Me Myself"\n[defaults]\ndata_dir = {json.dumps(str(root / "data"))}\n'
        '[accounts.personal]\nprovider = "gmail"\naddress = "me@gmail.com"\n'
        f'api_endpoint = "{server.base}"\ntoken_command = ["cat", {json.dumps(str(token))}]\n'
    )
    config.chmod(0o600)
    return config


def bowout(rtt: float, *, again: bool) -> tuple[float, int, int]:
    """The best seconds of a first draft or of a re-run that changes it, its chain, its quota units."""
    walls, chains, units = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as root, GmailServer(rtt=rtt) as server:
            fill(server)
            config = configure(server, Path(root))
            command = [BOWOUT, "draft", "acme", "--config", str(config), "--reason"]
            if again:
                once([*command, "fit"])
            before, spent = len(server.seen), server.units
            walls.append(once([*command, "accepted-offer"]).wall)
            chains.append(server.chain(before))
            units.append(server.units - spent)
            assert len(server.box.drafts()) == 1
    return min(walls), min(chains), max(units)


def peer(rtt: float) -> tuple[float, int]:
    """The same for the plain script; every run on a mailbox of its own."""
    walls, calls = [], []
    for _ in range(ROUNDS):
        with GmailServer(rtt=rtt) as server:
            fill(server)
            before = len(server.seen)
            walls.append(once([sys.executable, "-c", PEER, f"{server.base}/", server.token()]).wall)
            calls.append(len(server.seen) - before)
            server.failures.clear()  # the fake only knows what bowout uses
    return min(walls), max(calls)


def main() -> None:
    has_peer = importlib.util.find_spec("simplegmail") is not None
    load = min(once([sys.executable, "-c", LOAD]).wall for _ in range(ROUNDS))
    print(f"loading the programs alone           {load * 1000:6.0f} ms")
    for rtt in (0.0, 0.05):
        print(f"round-trip time {rtt * 1000:.0f} ms")
        for name, again in (("first draft", False), ("re-run", True)):
            wall, chain, units = bowout(rtt, again=again)
            bound = load + chain * rtt
            chained = f"chain {chain}, " if rtt else ""
            print(
                f"  {name:<12} {wall * 1000:6.0f} ms   {chained}{units} units; bound {bound * 1000:.0f} ms, "
                f"{wall / bound:.2f} x (aim {BOUND} x)"
            )
        if has_peer:
            wall, calls = peer(rtt)
            print(f"  simplegmail  {wall * 1000:6.0f} ms   {calls} requests")
        else:
            print("  simplegmail  is not installed: pip install simplegmail")


if __name__ == "__main__":
    main()
