"""Submission by a command of the person's (``send_command``): sendmail, msmtp, or a script of their own.

The mail is on its standard input, the envelope in its arguments, as every sendmail takes them:
``COMMAND -i -f SENDER -- RECIPIENT ...``. No shell, a time limit, no passphrase of bowout's. The input is a
finished file: a command that outlives the run that started it still reads the whole mail.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from bowout import files
from bowout.errors import OutcomeUnknown, Refused
from bowout.model import Account
from bowout.providers.sending.outgoing import Outgoing
from bowout.providers.sending.recipients import refuse_reading
from bowout.text.harmless import one_line
from bowout.vault import environment_of_children

__all__ = ["SendCommand", "is_at_work"]

LIMIT = 300.0  # seconds
AT_WORK = "sending.lock"  # held by every command that was started, and by what it has started
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


def is_at_work(data_dir: Path) -> bool:
    """Tell whether a command that was started to send a letter still runs, or what it started. POSIX only:
    elsewhere nobody can tell."""
    return files.is_locked(data_dir / AT_WORK)


class SendCommand:
    """The ``send_command`` of an account. Raises ``ConfigError`` for one that must not be used."""

    files_sent = False

    def __init__(self, account: Account, command: Sequence[str], limit: float = LIMIT) -> None:
        self._account = account
        self._command = tuple(command)
        self._limit = limit
        refuse_reading(account.name, self._command)

    def carry(self, mail: Outgoing, last_word: Callable[[], None]) -> None:
        """Run the command once; ``last_word`` is called right before and may refuse.

        Raises ``Refused``, what ``last_word`` raises, and ``OutcomeUnknown``.
        """
        words = [*self._command, "-i", "-f", mail.sender, "--", *mail.recipients]
        with self._finished(mail.raw) as letter, self._finished(b"") as errors:
            last_word()
            with self._at_work() as held:
                code = self._ended(self._started(words, letter, errors, held))
            said = _last_line(errors) if code else ""
        if code in REFUSED:
            raise Refused(f"{self._place} ended with status {code}: {REFUSED[code]}.{said}", self._by_hand)
        if code:
            why = f"ended with status {code}" if code > 0 else f"was ended by signal {-code}"
            raise self._unknown(why, said)

    def _finished(self, raw: bytes) -> IO[bytes]:
        """A mail as a file that nobody else can open (0600, without a name), ready to be read from its
        beginning. Lines end as the system's own do: that is what sendmail reads."""
        try:
            with ExitStack() as closing:
                file = closing.enter_context(TemporaryFile(dir=self._account.data_dir))
                file.write(raw.replace(b"\r\n", os.linesep.encode()))
                file.seek(0)  # flushes too
                closing.pop_all()
                return file
        except OSError as exc:
            raise Refused(
                f"The letter cannot be laid out for {self._place}: {exc.strerror}.",
                "Nothing was sent. It is tried again at the next pass.",
                temporary=True,
            ) from exc

    def _at_work(self) -> AbstractContextManager[int | None]:
        """The lock that tells others that it runs, also when this process is gone."""
        data_dir = self._account.data_dir
        return files.shared_lock(data_dir / AT_WORK) if data_dir else nullcontext()

    def _started(
        self, words: Sequence[str], letter: IO[bytes], errors: IO[bytes], held: int | None
    ) -> subprocess.Popen[bytes]:
        """Start it. What it complains goes to a file: a pipe would break under a command that outlives us."""
        try:
            return subprocess.Popen(  # noqa: S603 - the person's own command, as words
                words,
                stdin=letter,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=environment_of_children(),
                pass_fds=() if held is None else (held,),
            )
        except (OSError, ValueError) as exc:
            raise Refused(f"{self._place} cannot be started.", self._by_hand) from exc

    def _ended(self, process: subprocess.Popen[bytes]) -> int:
        """The exit status. A command that does not read all of its input is judged by that alone."""
        try:
            return process.wait(self._limit)
        except subprocess.TimeoutExpired as exc:
            process.kill()
            process.wait()
            raise self._unknown(f"did not end within {self._limit:g} seconds") from exc
        except BaseException:
            process.kill()
            process.wait()
            raise

    @property
    def _place(self) -> str:
        return f"The send_command of account {self._account.name} ({Path(self._command[0]).name})"

    @property
    def _by_hand(self) -> str:
        return "Nothing was sent. Try the command by hand in a terminal, then: bowout outbox retry"

    def _unknown(self, why: str, said: str = "") -> OutcomeUnknown:
        return OutcomeUnknown(
            f"{self._place} {why}; the mail may have been sent or not.{said}",
            "Look into its log, or ask the addressee; then: bowout outbox resolve ID --sent (or --not-sent)",
        )


_MOST_SAID = 2_000  # bytes at the end of what it complained


def _last_line(errors: IO[bytes]) -> str:
    """Quote the last line of its complaints, as one line of bounded length."""
    errors.seek(0, os.SEEK_END)
    errors.seek(max(0, errors.tell() - _MOST_SAID))
    lines = [line.strip() for line in errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
    return f' It said: "{one_line(lines[-1], _LONGEST_SAID)}"' if lines else ""


_LONGEST_SAID = 200  # characters
