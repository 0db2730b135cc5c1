"""Submission over SMTP (RFC 6409, RFC 5321), told apart by what every answer proves.

One refused recipient means that nothing is sent: ``smtplib.sendmail`` would deliver to the others. Until the
DATA command is answered with 354 nothing can have been accepted; from the first byte of the mail on, only the
server's own 4xx or 5xx proves that it was not.
"""

from __future__ import annotations

import ipaddress
import re
import smtplib
import ssl
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from bowout.errors import ConfigError, OutcomeUnknown, Refused, SignInNeeded
from bowout.model import Account
from bowout.providers.sending.keys import Server
from bowout.providers.sending.outgoing import Outgoing
from bowout.providers.web.token_command import first_line
from bowout.text.harmless import for_terminal

__all__ = ["Limits", "Smtp"]

PORTS = {"tls": 465, "starttls": 587, "none": 25}
# These file what is submitted to them by themselves; a second copy would look like a second letter.
FILING = ("gmail.com", "googlemail.com", "office365.com", "outlook.com")
_NAME = "[127.0.0.1]"  # how we greet: the name of the person's computer is nobody's business


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Time limits in seconds: of connecting and each answer, and of the answer to the whole mail."""

    answer: float = 60.0
    accept: float = 600.0  # RFC 5321 section 4.5.3.2.6


class Smtp:
    """A submission server of an account. Raises ``ConfigError`` for one that must not be used."""

    def __init__(self, account: Account, server: Server, limits: Limits | None = None) -> None:
        self._account = account
        self._server = server
        self._limits = limits or Limits()
        if server.security == "none" and not _is_loopback(server.host):
            raise ConfigError(
                f"accounts.{account.name}.smtp.security: none is only for a server on this computer.",
                'Use "tls" or "starttls".',
            )

    @property
    def files_sent(self) -> bool:
        """Does the server keep a sent copy by itself?"""
        return any(f".{self._server.host.casefold()}".endswith(f".{domain}") for domain in FILING)

    def carry(self, mail: Outgoing, last_word: Callable[[], None]) -> None:
        """Submit the mail, at most once; ``last_word`` is called before DATA and after, and may refuse.

        Raises ``Refused``, what ``last_word`` raises, and ``OutcomeUnknown``.
        """
        with self._nothing_sent():
            connection = self._connect()
        try:
            with self._nothing_sent():
                self._sign_in(connection)
                self._announce(connection, mail)
            last_word()
            with self._nothing_sent():
                self._begin(connection)
            with _or_close(connection):  # the server waits for a mail now: what it never gets it never takes
                last_word()
            self._hand_over(connection, mail)
        except Refused:
            _leave(connection)
            raise
        except BaseException:
            connection.close()
            raise
        _leave(connection)

    # --- before the mail: nothing can have been accepted ---

    @contextmanager
    def _nothing_sent(self) -> Generator[None]:
        """Whatever fails in here is a refusal: not a byte of the mail has left."""
        try:
            yield
        except ConfigError as exc:
            raise Refused(exc.message, exc.next_step, temporary=True) from exc
        # ValueError: a host that is no name (IDNA), a password that smtplib cannot encode
        except (OSError, smtplib.SMTPException, ValueError) as exc:
            raise self._unreachable(exc) from exc

    def _connect(self) -> smtplib.SMTP:
        server, limit = self._server, self._limits.answer
        port = server.port or PORTS[server.security]
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, port, _NAME, timeout=limit, context=self._trust())
        connection = smtplib.SMTP(server.host, port, _NAME, timeout=limit)
        if server.security == "starttls":
            try:
                connection.starttls(context=self._trust())
            except BaseException:
                connection.close()
                raise
        return connection

    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._server.ca_file)
        except (OSError, ssl.SSLError) as exc:
            raise ConfigError(
                f"accounts.{self._account.name}.smtp.ca_file: cannot be read as certificates.",
                "It must be a file in PEM format.",
            ) from exc

    def _sign_in(self, connection: smtplib.SMTP) -> None:
        command = self._server.password_command
        if command is None:
            return
        try:
            password = first_line(command, account=self._account.name, key="smtp.password_command")
            connection.login(self._server.user or self._account.address, password)
        except SignInNeeded as exc:
            raise Refused(exc.message, exc.next_step, temporary=True) from exc
        except smtplib.SMTPAuthenticationError as exc:
            raise Refused(
                f"{self._server.host} did not accept the sign-in: {_words(exc.smtp_error)}.",
                f"Check user and password_command under [accounts.{self._account.name}.smtp].",
                temporary=True,
            ) from exc

    def _announce(self, connection: smtplib.SMTP, mail: Outgoing) -> None:
        connection.ehlo_or_helo_if_needed()
        self._require(*connection.mail(mail.sender, self._options(connection, mail)), mail.sender)
        for recipient in mail.recipients:
            self._require(*connection.rcpt(recipient), recipient)

    def _options(self, connection: smtplib.SMTP, mail: Outgoing) -> list[str]:
        if mail.raw.isascii():
            return []
        if not connection.has_extn("8bitmime"):
            raise Refused(
                f"{self._server.host} takes only 7-bit mail, and the edited draft is not.",
                "Write it anew with bowout, or send it by hand.",
            )
        return ["BODY=8BITMIME"]

    def _begin(self, connection: smtplib.SMTP) -> None:
        code, answer = connection.docmd("DATA")
        if code != 354:
            raise self._refused(code, answer, "the mail")

    def _require(self, code: int, answer: bytes, what: str) -> None:
        if code not in (250, 251):
            raise self._refused(code, answer, what)

    # --- from its first byte on ---

    def _hand_over(self, connection: smtplib.SMTP, mail: Outgoing) -> None:
        body = mail.raw if mail.raw.endswith(b"\r\n") else mail.raw + b"\r\n"
        try:
            connection.send(re.sub(rb"(?m)^\.", b"..", body) + b".\r\n")
            if connection.sock is not None:
                connection.sock.settimeout(self._limits.accept)
            code, answer = connection.getreply()
        except (OSError, smtplib.SMTPException) as exc:
            raise self._unknown(type(exc).__name__) from exc
        if 400 <= code < 600:
            raise self._refused(code, answer, "the mail")
        if code != 250:
            raise self._unknown(f"it answered {code}")

    # --- words ---

    def _refused(self, code: int, answer: bytes, what: str) -> Refused:
        later = code < 500
        return Refused(
            f"{self._server.host} refused {for_terminal(what)}: {code} {_words(answer).rstrip('.')}.",
            "Nothing was sent. It is tried again at the next pass."
            if later
            else "Nothing was sent. Correct the draft or ask the provider, then: bowout outbox retry",
            temporary=later,
        )

    def _unreachable(self, exc: Exception) -> Refused:
        return Refused(
            f"{self._server.host} cannot be used for sending: {self._why(exc).rstrip('.')}.",
            "Nothing was sent. It is tried again at the next pass.",
            temporary=True,
        )

    @staticmethod
    def _why(exc: Exception) -> str:
        if isinstance(exc, UnicodeError):  # its words may hold the password
            return "the name of the host or the password has letters that cannot be used"
        return _words(str(exc).encode())

    def _unknown(self, why: str) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"{self._server.host} was given the mail and did not say clearly that it took it ({why}).",
            "Look into Sent, or ask the addressee; then: bowout outbox resolve ID --sent (or --not-sent)",
        )


@contextmanager
def _or_close(connection: smtplib.SMTP) -> Generator[None]:
    """Where a mail is awaited no goodbye is said: it would be read as the mail."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _leave(connection: smtplib.SMTP) -> None:
    """Say goodbye; what is refused is forgotten by the server then (RFC 5321 section 4.1.1.10)."""
    with suppress(OSError, smtplib.SMTPException):
        if connection.sock is not None:
            connection.sock.settimeout(5.0)
            connection.quit()
    connection.close()


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return for_terminal(" ".join(text.split()))[:200]


def _is_loopback(host: str) -> bool:
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
