"""Submission where the mailbox itself cannot send: an SMTP server or a command carries the draft away."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Protocol

from bowout.errors import (
    BowoutError,
    CannotDo,
    DraftChanged,
    DraftGone,
    Failed,
    Interrupted,
    NeedsPerson,
    Refused,
    Unreachable,
)
from bowout.model import Account, DraftKey
from bowout.providers.base import STALE, Clock, Draft, Evidence, Receipt, boot_time
from bowout.providers.precondition import draft_gone
from bowout.providers.sending.keys import SendingKeys
from bowout.providers.sending.outgoing import Outgoing, not_armed, outgoing

__all__ = ["Carrier", "Holder", "OutsideSubmitter", "carrier"]


class Carrier(Protocol):
    """What takes a mail away: an SMTP server or a command."""

    @property
    def files_sent(self) -> bool:
        """Does a sent copy appear in the mailbox without us?"""
        ...

    def carry(self, mail: Outgoing, last_word: Callable[[], None]) -> None:
        """Submit at most once; ``last_word`` is called right before the first byte and may refuse.

        Where more is said to a server in between, it is called once more right before the mail itself.
        """
        ...


class Holder(Protocol):
    """A mailbox that lets a draft be taken out while it is submitted."""

    def content(self, draft: Draft) -> bytes: ...

    def take_out(self, draft: Draft) -> None: ...

    def give_back(self, key: DraftKey, claim: str) -> bool: ...

    def file_sent(self, key: DraftKey, claim: str, at: datetime) -> None: ...

    def forget_taken(self, key: DraftKey, claim: str) -> None: ...

    def holds(self, key: DraftKey, claim: str) -> bool: ...


def carrier(account: Account) -> Carrier:
    """The configured way to send. Raises ``CannotDo`` when there is none."""
    keys = account.own(SendingKeys)
    if keys.send_command:
        from bowout.providers.sending.command import SendCommand

        return SendCommand(account, keys.send_command)
    if keys.smtp:
        from bowout.providers.sending.smtp import Smtp

        return Smtp(account, keys.smtp)
    raise CannotDo(
        f"Account {account.name} has no way to send.",
        f"Add [accounts.{account.name}.smtp] or a send_command to the config.",
    )


@contextmanager
def _one_draft() -> Generator[None]:
    """A second version that appeared since the look makes it another draft than the one that was given."""
    try:
        yield
    except (DraftChanged, DraftGone):
        raise
    except NeedsPerson as exc:
        raise DraftChanged(exc.message, exc.next_step) from exc


class OutsideSubmitter:
    """The ``Submitter`` and ``Filing`` contracts: the draft is out of Drafts while somebody carries it.

    Nobody else can tell later what became of a mail that was handed over without an answer; but one that
    still lies in Drafts was not handed over. The parent is not marked as answered: bowout changes no message
    that it did not write.
    """

    evidence = Evidence.TAKES_OUT

    def __init__(
        self,
        account: Account,
        mailbox: Holder,
        carrier: Carrier,
        clock: Clock,
        ticks: Callable[[], float] = boot_time,
    ) -> None:
        self._account = account
        self._mailbox = mailbox
        self._carrier = carrier
        self._clock = clock
        self._ticks = ticks

    def submit(self, draft: Draft) -> Receipt:
        if not self._account.allow_send:
            raise not_armed(self._account)
        with _one_draft():
            mail = outgoing(self._mailbox.content(draft), self._clock())
        began = self._ticks()
        taken: list[Draft] = []
        try:
            self._carrier.carry(mail, lambda: self._last_word(draft, began, taken))
        except Refused:
            # One that cannot be put back now is given back by the next pass: a refusal it is all the same.
            with suppress(BowoutError):
                self._mailbox.give_back(draft.key, draft.claim)
            raise
        except KeyboardInterrupt as exc:
            if taken:
                raise  # from here on nobody knows
            raise Interrupted("Stopped before anything left.", "See: bowout outbox list") from exc
        return Receipt(message_id=mail.message_id, id=None, at=mail.at)

    def _last_word(self, draft: Draft, began: float, taken: list[Draft]) -> None:
        """Right before the first byte: not too long after the look, and only the very draft; from then on
        it is among the ``taken``.

        The computer may sleep at any instant, so both are asked once more when the draft is out: another
        home or run may have been told meanwhile that it did not leave.
        """
        self._refuse_stale(began)
        if not taken:
            taken.append(draft)
            try:
                with _one_draft():
                    self._mailbox.take_out(draft)
                if draft.on_taken is not None:
                    draft.on_taken()
            except (Failed, Unreachable) as exc:
                raise Refused(exc.message, exc.next_step, temporary=True) from exc
        self._refuse_stale(began)
        if not self._mailbox.holds(draft.key, draft.claim):
            raise draft_gone()

    def _refuse_stale(self, began: float) -> None:
        if self._ticks() - began > STALE:
            raise Refused(
                "It took over a minute until the mail could be handed over.",
                "Nothing was sent. It is looked at again, and tried again, at the next pass.",
                temporary=True,
            )

    def give_back(self, key: DraftKey, claim: str) -> bool:
        return self._mailbox.give_back(key, claim)

    def file_sent(self, key: DraftKey, claim: str, at: datetime) -> None:
        if self._carrier.files_sent:
            self._mailbox.forget_taken(key, claim)
        else:
            self._mailbox.file_sent(key, claim, at)
