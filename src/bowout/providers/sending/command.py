"""Submission by a command of the person's (``send_command``): sendmail, msmtp, or a script of their own.

The mail is on its standard input, the envelope in its arguments, as every sendmail takes them:
``COMMAND -i -f SENDER -- RECIPIENT ...``. No shell, a time limit, no passphrase of bowout's.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from bowout.errors import OutcomeUnknown, Refused
from bowout.model import Account
from bowout.providers.sending.outgoing import Outgoing
from bowout.vault import environment_of_children

__all__ = ["SendCommand"]

LIMIT = 300.0  # seconds
# The exits of sysexits.h that say before anything was queued that it will not be.
REFUSED = {
    64: "it was called wrongly",
    65: "it does not accept the mail",
    67: "it does not know the addressee",
    68: "it does not know the addressee's host",
    69: "its service is not available",
    72: "a file of its own is missing",
    77: "it was denied permission",
    78: "its configuration is wrong",
}


class SendCommand:
    """The ``send_command`` of an account."""

    files_sent = False

    def __init__(self, account: Account, command: Sequence[str], limit: float = LIMIT) -> None:
        self._account = account
        self._command = tuple(command)
        self._limit = limit

    def carry(self, mail: Outgoing, last_word: Callable[[], None]) -> None:
        """Run the command once; ``last_word`` is called right before and may refuse.

        Raises ``Refused``, what ``last_word`` raises, and ``OutcomeUnknown``.
        """
        words = [*self._command, "-i", "-f", mail.sender, "--", *mail.recipients]
        last_word()
        try:
            process = subprocess.Popen(  # noqa: S603 - the person's own command, as words
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment_of_children(),
            )
        except (OSError, ValueError) as exc:
            raise Refused(f"{self._place} cannot be started.", self._by_hand) from exc
        code = self._ended(process, mail)
        if code in REFUSED:
            raise Refused(f"{self._place} ended with status {code}: {REFUSED[code]}.", self._by_hand)
        if code:
            raise self._unknown(f"ended with status {code}" if code > 0 else f"was ended by signal {-code}")

    def _ended(self, process: subprocess.Popen[bytes], mail: Outgoing) -> int:
        """The exit status. Lines end as the system's own do: that is what sendmail reads."""
        raw = mail.raw.replace(b"\r\n", os.linesep.encode())
        try:
            # A command that does not read all of its input is judged by its status alone.
            process.communicate(raw, timeout=self._limit)
        except subprocess.TimeoutExpired as exc:
            process.kill()
            process.wait()
            raise self._unknown(f"did not end within {self._limit:g} seconds") from exc
        except BaseException:
            process.kill()
            process.wait()
            raise
        return process.returncode

    @property
    def _place(self) -> str:
        return f"The send_command of account {self._account.name} ({Path(self._command[0]).name})"

    @property
    def _by_hand(self) -> str:
        return "Nothing was sent. Try the command by hand in a terminal, then: bowout outbox retry"

    def _unknown(self, why: str) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"{self._place} {why}; the mail may have been sent or not.",
            "Look into Sent, or ask the addressee; then: bowout outbox resolve ID --sent (or --not-sent)",
        )
