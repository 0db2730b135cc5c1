"""A real SMTP server (aiosmtpd) in a process of its own, that counts what it accepted.

``XCOUNT`` answers with the number once every other connection is gone, so nothing is on its way any more.
The server ends with its standard input. Its first line says the port.
"""

from __future__ import annotations

import asyncio
import smtplib
import subprocess
import sys
from asyncio import BaseTransport
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP


class Sink(SMTP):
    """One connection. The counters are the server's."""

    accepted = 0
    open = 0

    def connection_made(self, transport: BaseTransport) -> None:
        Sink.open += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        Sink.open -= 1
        super().connection_lost(error)

    async def smtp_XCOUNT(self, arg: str) -> None:  # noqa: N802 - aiosmtpd finds commands by this name
        while Sink.open > 1:
            await asyncio.sleep(0.002)
        await self.push(f"250 {Sink.accepted}")


class Handler:
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        Sink.accepted += 1
        return "250 OK"


@contextmanager
def running() -> Generator[int]:
    """The server in another process; gives its port."""
    # As a module: beside the script lies an http.py that is not the standard library's.
    command = [sys.executable, "-m", "servers.smtp_sink"]
    tests = Path(__file__).resolve().parents[1]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tests
    ) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        assert process.stdin is not None
        process.stdin.close()


def count(port: int) -> int:
    """How many mails the server has accepted so far."""
    with smtplib.SMTP("127.0.0.1", port, "[127.0.0.1]") as connection:
        connection.ehlo()
        return int(connection.docmd("XCOUNT")[1])


async def serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(Handler(), loop=loop), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve())
