"""Send a draft through Gmail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bowout.errors import (
    BowoutError,
    DraftGone,
    OutcomeUnknown,
    Refused,
    SignInNeeded,
    Unreachable,
)
from bowout.providers.base import Clock, Draft, Evidence, Receipt
from bowout.providers.gmail.api import Answer, Api
from bowout.providers.precondition import draft_gone
from bowout.providers.sending.outgoing import not_armed
from bowout.providers.web.http import NeverLeft, NoAnswer

if TYPE_CHECKING:
    from bowout.model import Account, Message


class Box(Protocol):
    """What sending needs of the mailbox."""

    api: Api

    def still_there(self, draft: Draft) -> None: ...

    def message(self, message_id: str) -> Message | None: ...


class GmailSubmitter:
    """``drafts.send``: Gmail removes the draft and files the sent copy in one act.

    A draft that is still there was not sent, which is the evidence. Its id is void afterwards, so a second
    send of the same draft cannot happen.
    """

    evidence = Evidence.CONSUMES_DRAFT

    def __init__(self, account: Account, mailbox: Box, clock: Clock) -> None:
        self._account = account
        self._mailbox = mailbox
        self._clock = clock

    def submit(self, draft: Draft) -> Receipt:
        if not self._account.allow_send:
            raise not_armed(self._account)
        try:
            self._mailbox.still_there(draft)
            answer = self._mailbox.api.once("users.drafts.send", body={"id": draft.key.id})
        except (Unreachable, SignInNeeded) as exc:  # from the check, or from the sign-in before the request
            raise Refused(exc.message, exc.next_step, temporary=True) from exc
        except NeverLeft as exc:
            raise Refused(f"Gmail cannot be reached ({exc}).", "Nothing was sent.", temporary=True) from exc
        except Answer as exc:
            raise self._refused(exc, draft) from exc
        except NoAnswer as exc:
            raise _unknown(str(exc)) from exc
        if not isinstance(answer.get("id"), str):
            raise _unknown("it named no message")
        return self._receipt(answer["id"])

    def _refused(self, answer: Answer, draft: Draft) -> BowoutError:
        """What a refusal proves. 400 and 404 are both reported for a draft that is no more: look."""
        if answer.status in {400, 404} and self._is_gone(draft):
            return draft_gone("Gmail")
        return Refused(
            f"Gmail refused to send: {answer.words}.",
            "Nothing was sent. Look at the draft in Gmail.",
            temporary=answer.too_much or answer.status == 401,
        )

    def _is_gone(self, draft: Draft) -> bool:
        try:
            self._mailbox.still_there(draft)
        except DraftGone:
            return True
        except BowoutError:  # changed, or nobody could look
            return False
        return False

    def _receipt(self, message_id: str) -> Receipt:
        """Read the sent copy back; when that fails, it is sent all the same."""
        try:
            sent = self._mailbox.message(message_id)
        except BowoutError:
            sent = None
        if sent is None:
            return Receipt(message_id=None, id=message_id, at=self._clock())
        return Receipt(message_id=sent.message_id, id=message_id, at=sent.received or self._clock())


def _unknown(why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Gmail was asked to send and gave no clear answer ({why}).",
        "Look into Sent in Gmail; bowout looks too: bowout outbox",
    )
