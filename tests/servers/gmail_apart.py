"""The fake Gmail in a process of its own, so that a test can fork and kill without threads of its own.

``Apart`` speaks to it over its standard input and output, a line of JSON each way. The clock is the test's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from copy import copy
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from email import message_from_string
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from servers.gmail import GmailServer
from servers.gmail_mail import MIXED, Box
from servers.http import Response, Trouble


class Apart:
    """The test's end of it. ``base`` is what ``api_endpoint`` must be."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.base: str = self._read()

    def seed(self, position: str, address: str, mails: list[bytes], now: datetime) -> str:
        """An empty mailbox of ``address`` with these mails, under ``MIXED[position]``; gives a token."""
        token: str = self._ask(
            "seed", position=position, address=address, mails=[raw.decode() for raw in mails], now=str(now)
        )
        return token

    def keep(self) -> None:
        """Remember the mailbox as it is now, for ``restore``."""
        self._ask("keep")

    def restore(self) -> None:
        """The mailbox as it was when it was kept; no faults."""
        self._ask("restore")

    def at(self, now: datetime) -> None:
        self._ask("at", now=str(now))

    def fault(self, trouble: Trouble, match: str, response: Response | None = None) -> None:
        answer = {**asdict(response), "body": response.body.decode()} if response else None
        self._ask("fault", trouble=trouble.name, match=match, response=answer)

    def planned(self) -> int:
        """How many faults still wait for their request."""
        count: int = self._ask("planned")
        return count

    def sent(self) -> int:
        """How many mails left, once nothing is on its way any more."""
        count: int = self._ask("sent")
        return count

    def drafts(self) -> list[bytes]:
        return [raw.encode() for raw in self._ask("drafts")]

    def edit(self, text: str) -> None:
        """The person opens the only draft and writes ``text`` above what is there."""
        self._ask("edit", text=text)

    def _ask(self, name: str, **values: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([name, values]) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


@contextmanager
def running() -> Generator[Apart]:
    # As a module: beside the script lies an http.py that is not the standard library's.
    command = [sys.executable, "-m", "servers.gmail_apart"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[1],
    ) as process:
        yield Apart(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0, "the fake was asked for what Gmail does not know"


class _Desk:
    """The other end: one method per question."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
        self.server = GmailServer(clock=lambda: self.now)
        self._kept = self.server.box

    def seed(self, position: str, address: str, mails: list[str], now: str) -> str:
        self.at(now)
        server, box = self.server, self.server.box
        server.switches = box.switches = MIXED[position]
        box.address = server.send_as[0]["sendAsEmail"] = address
        box.mails.clear()
        box.sent.clear()
        box.unindexed.clear()
        for raw in mails:
            head = message_from_string(raw)
            labels = {"SENT"} if address in head["From"] else ()
            box.deliver(raw.encode(), at=parsedate_to_datetime(head["Date"]), labels=labels)
        server.tokens.lifetime = timedelta(days=2)
        return server.token()

    def keep(self) -> None:
        self._kept = _copied(self.server.box)

    def restore(self) -> None:
        self.server.quiet()
        self.server.clear_faults()
        with self.server.lock:
            self.server.box = _copied(self._kept)
            self.server.new_minute()

    def at(self, now: str) -> None:
        self.now = datetime.fromisoformat(now)

    def fault(self, trouble: str, match: str, response: dict[str, Any] | None) -> None:
        answer = Response(**{**response, "body": response["body"].encode()}) if response else None
        self.server.fault(Trouble[trouble], match, response=answer)

    def planned(self) -> int:
        self.server.quiet()
        return self.server.planned()

    def sent(self) -> int:
        self.server.quiet()
        return len(self.server.box.sent)

    def drafts(self) -> list[str]:
        self.server.quiet()
        return [mail.raw.decode() for mail in self.server.box.drafts()]

    def edit(self, text: str) -> None:
        (draft,) = self.server.box.drafts()
        self.server.person.edit(draft.draft or "", text)


def _copied(box: Box) -> Box:
    """The same mailbox, ids to come included; a ``Mail`` never changes."""
    return replace(
        box,
        mails=dict(box.mails),
        sent=list(box.sent),
        unindexed=set(box.unindexed),
        attachments=dict(box.attachments),
        _serial=copy(box._serial),
        _drafts=copy(box._drafts),
    )


def main() -> None:
    desk = _Desk()
    with desk.server:
        sys.stdout.write(json.dumps(desk.server.base) + "\n")
        sys.stdout.flush()
        for line in sys.stdin:
            name, values = json.loads(line)
            sys.stdout.write(json.dumps(getattr(desk, name)(**values)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
