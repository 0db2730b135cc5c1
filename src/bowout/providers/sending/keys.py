"""Say how an account sends that no provider sends for: an SMTP server or a command."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bowout.config.keys import ACCOUNT, COMMAND, PATH, PORT, TEXT, Key, choice
from bowout.model import Command, OwnKeys

_SMTP = f"{ACCOUNT}.smtp"


class Security(StrEnum):
    """How the connection to a mail server is protected (RFC 8314: prefer implicit TLS)."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a mail server is and how to talk to it (``[accounts.NAME.smtp]``)."""

    host: str
    port: int | None = None
    security: str = "tls"
    user: str | None = None
    password_command: Command | None = None
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingKeys(OwnKeys):
    """The keys of a provider whose mail somebody else carries away."""

    send_command: Command | None = None
    smtp: Server | None = None

    @property
    def commands(self) -> tuple[Command, ...]:
        password = self.smtp.password_command if self.smtp else None
        return tuple(command for command in (self.send_command, password) if command)


ROWS = (
    Key(f"{ACCOUNT}.send_command", COMMAND, "Sends the mail on its input, without -t; or use smtp."),
    Key(f"{_SMTP}.host", TEXT, "The SMTP server.", required=True),
    Key(f"{_SMTP}.port", PORT, "Its port; without it 465, or 587 with starttls."),
    Key(f"{_SMTP}.security", choice(Security), "tls, starttls or none.", "tls"),
    Key(f"{_SMTP}.user", TEXT, "Who signs in; without it the account's address."),
    Key(f"{_SMTP}.password_command", COMMAND, "Prints the password as its first line."),
    Key(f"{_SMTP}.ca_file", PATH, "Certificates (PEM) to trust instead."),
)
TABLES = {"smtp": Server}
ONE_OF = (("send_command", "smtp"),)
