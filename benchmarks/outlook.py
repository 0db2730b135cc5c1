"""``bowout draft`` on Outlook, on the strict fake Graph of the tests, with 0 and 50 ms of round-trip time.

The bound is loading the programs plus the chain of dependent requests times the round-trip time: what is
left is our own work. Every figure is the best of five runs. Graph runs four requests at once, so more
conversations than fit into one round make the chain longer. The peer is a plain script over the O365 package
(pip install O365) that finds the newest mail and drafts an answer; without the package it is left out, and
said.
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
from servers.graph import GraphServer

ROUNDS = 5
THREADS = 300
BOUND = 1.3

LOAD = """
import concurrent.futures, sqlite3
import click, jinja2, requests
from bowout.drafts import prepare, save
from bowout.etiquette import check
from bowout.find import search
from bowout.journal import store
from bowout.letters import render
from bowout.cli import draft, phrases
from bowout.providers.outlook import mailbox, tokens
"""

# It looks at one mail and checks nothing: less than what bowout does.
PEER = """
import sys
import requests
from O365 import Account, MSGraphProtocol
endpoint, token = sys.argv[1:]
class Here(MSGraphProtocol):
    _protocol_url = endpoint
account = Account(("id", "secret"), protocol=Here(api_version="v1.0"), auth_flow_type="authorization")
session = requests.Session()
session.headers["Authorization"] = "Bearer " + token
account.con.get_session = lambda **_: session
account.con.session = session
account.con.naive_session = session
account.con.oauth_request = lambda url, method, **k: account.con._internal_request(session, url, method, **k)
mailbox = account.mailbox()
newest = next(iter(mailbox.get_messages(limit=1, query=mailbox.new_query().search("acme"))))
answer = newest.reply(to_all=False)
answer.body = "<p>I withdraw my application.</p>"
assert answer.save_draft()
"""


def fill(server: GraphServer, others: int) -> None:
    """Ordinary mail, the recruiter's thread, and ``others`` that mention the company too."""
    now = server.now()
    for number in range(THREADS):
        server.recruiter.write(
            "Notes of the garden club, nothing about work. " * 20,
            sender=f"Friend {number} <friend{number}@people.example>",
            subject=f"Garden {number}",
            at=now - timedelta(days=30, minutes=number),
        )
    for number in range(others):
        server.recruiter.write(
            "In the news: Acme opens a new office. " * 20,
            sender=f"News <news{number}@paper.example>",
            subject=f"News {number}",
            at=now - timedelta(days=5, minutes=number),
        )
    first = server.recruiter.write(
        "We would like to invite you to an interview for the Data Engineer position at Acme.\n\nJane Roe",
        at=now - timedelta(days=3),
    )
    server.recruiter.write("Does Tuesday at 10 suit you?", answers=first, at=now - timedelta(days=1))


def configure(server: GraphServer, root: Path) -> Path:
    """A config that gets its token from a file: the same for every run, and no keyring in the way."""
    token = root / "token"
    token.write_text(server.token())
    config = root / "config.toml"
    config.write_text(
        f'[profile]\nname = "Me Myself"\n[defaults]\ndata_dir = {json.dumps(str(root / "data"))}\n'
        '[accounts.work]\nprovider = "outlook"\naddress = "me@outlook.com"\nclient_id = "bench"\n'
        f'graph_endpoint = "{server.base}"\ntoken_command = ["cat", {json.dumps(str(token))}]\n'
    )
    config.chmod(0o600)
    return config


def bowout(rtt: float, others: int, *, again: bool) -> tuple[float, int, int]:
    """The best seconds of a first draft or of a re-run that changes it, its chain, its requests."""
    walls, chains, requests = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as root, GraphServer(rtt=rtt) as server:
            fill(server, others)
            config = configure(server, Path(root))
            command = [BOWOUT, "draft", "acme", "--config", str(config), "--reason"]
            if again:
                once([*command, "fit"])
            before = len(server.seen)
            walls.append(once([*command, "accepted-offer"]).wall)
            chains.append(server.chain(before))
            requests.append(len(server.seen) - before)
            assert len(server.box.drafts()) == 1
    return min(walls), min(chains), max(requests)


def peer(rtt: float) -> tuple[float, int]:
    """The same for the plain script; every run on a mailbox of its own."""
    walls, calls = [], []
    for _ in range(ROUNDS):
        with GraphServer(rtt=rtt) as server:
            fill(server, 1)
            before = len(server.seen)
            walls.append(once([sys.executable, "-c", PEER, f"{server.base}/", server.token()]).wall)
            calls.append(len(server.seen) - before)
            assert len(server.box.drafts()) == 1
            server.failures.clear()  # the fake only knows what bowout uses
    return min(walls), max(calls)


def main() -> None:
    load = min(once([sys.executable, "-c", LOAD]).wall for _ in range(ROUNDS))
    print(f"loading the programs alone             {load * 1000:6.0f} ms")
    for rtt in (0.0, 0.05):
        print(f"round-trip time {rtt * 1000:.0f} ms")
        cases = [("first draft", 1, False), ("re-run", 1, True), ("5 more hits", 5, False)]
        for name, others, again in cases:
            wall, chain, requests = bowout(rtt, others, again=again)
            bound = load + chain * rtt
            chained = f"chain {chain}, " if rtt else ""
            print(
                f"  {name:<12} {wall * 1000:6.0f} ms   {chained}{requests} requests; "
                f"bound {bound * 1000:.0f} ms, {wall / bound:.2f} x (aim {BOUND} x)"
            )
        if importlib.util.find_spec("O365") is None:
            print("  O365         not installed (pip install O365)")
            continue
        wall, calls = peer(rtt)
        print(f"  O365         {wall * 1000:6.0f} ms   {calls} requests")


if __name__ == "__main__":
    main()
