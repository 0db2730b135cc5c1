"""A real submission server (aiosmtpd) on loopback that behaves as told: refuses, loses answers, signs in."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Trouble(StrEnum):
    """What happens to the next mail."""

    CLOSE_AFTER = "close-after"  # accepted, then the connection ends without an answer
    CLOSE_BEFORE = "close-before"  # the connection ends after the final dot and nothing was accepted
    CLOSE_AT_MAIL = "close-at-mail"
    NONSENSE = "nonsense"  # an answer that is neither yes nor no


@dataclass(frozen=True)
class Accepted:
    """One mail that the server took."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass
class SmtpServer:
    """The handler of every connection, and what the test asks afterwards."""

    password: str | None = None
    require_starttls: bool = False
    accepted: list[Accepted] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)  # recipients
    mail_answer: str = ""
    data_answer: str = ""
    trouble: Trouble | None = None
    rejected: list[str] = field(default_factory=list)  # what was refused, in order
    port: int = 0

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.trouble is Trouble.CLOSE_AT_MAIL:
            server.transport.close()
            return "421 bye"
        if self.password and not session.authenticated:
            return "530 5.7.0 sign in first"
        if self.mail_answer:
            return self.mail_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refused:
            self.rejected.append(address)
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        trouble, self.trouble = self.trouble, None
        if self.data_answer:
            return self.data_answer
        if trouble is not Trouble.CLOSE_BEFORE:
            self.accepted.append(
                Accepted(str(envelope.mail_from), tuple(envelope.rcpt_tos), bytes(envelope.content))
            )
        if trouble in (Trouble.CLOSE_AFTER, Trouble.CLOSE_BEFORE):
            server.transport.abort()
        return "399 maybe" if trouble is Trouble.NONSENSE else "250 OK queued"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password == (self.password or "").encode()
        return AuthResult(success=right, handled=right)


@contextmanager
def running(
    *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, password: str | None = None
) -> Generator[SmtpServer]:
    """The server in a thread of its own. ``tls`` from the first byte on, ``starttls`` on request."""
    told = SmtpServer(password=password)

    def connection() -> SMTP:
        return SMTP(
            told,
            hostname="localhost",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=told.authenticate if password else None,
            auth_require_tls=False,
            loop=loop,
        )

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(
        loop.create_server(connection, "127.0.0.1", 0, ssl=tls), loop
    ).result()
    told.port = server.sockets[0].getsockname()[1]
    try:
        yield told
    finally:
        asyncio.run_coroutine_threadsafe(_settle(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _settle(server: asyncio.Server) -> None:
    """Take no more connections and let those end that are still open; in the loop's own thread, since a
    connection that ends there meanwhile counts as well."""
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
