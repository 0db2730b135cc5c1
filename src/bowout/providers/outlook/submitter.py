"""Send a draft through Outlook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bowout.errors import (
    BowoutError,
    DraftChanged,
    DraftGone,
    Interrupted,
    OutcomeUnknown,
    Refused,
    SignInNeeded,
    Unreachable,
)
from bowout.providers.base import Clock, Draft, Evidence, Receipt
from bowout.providers.outlook.api import Answer, Graph
from bowout.providers.outlook.threads import path_of
from bowout.providers.precondition import draft_gone
from bowout.providers.sending.outgoing import not_armed
from bowout.providers.web.http import NeverLeft, NoAnswer

if TYPE_CHECKING:
    from bowout.model import Account

MAIL_SEND = "Mail.Send"


class Box(Protocol):
    """What sending needs of the mailbox."""

    graph: Graph

    def still_there(self, draft: Draft) -> None: ...


class OutlookSubmitter:
    """One ``POST /send``: Outlook takes the draft and files the sent copy, some time later.

    A copy among the sent mail proves it; that there is none (yet) proves nothing.
    """

    evidence = Evidence.SENT_COPY

    def __init__(self, account: Account, mailbox: Box, clock: Clock) -> None:
        self._account = account
        self._mailbox = mailbox
        self._clock = clock

    def submit(self, draft: Draft) -> Receipt:
        if not self._account.allow_send:
            raise not_armed(self._account)
        try:
            self._mailbox.still_there(draft)
        except KeyboardInterrupt as exc:
            raise Interrupted("Stopped before anything left.", "See: bowout outbox list") from exc
        except (DraftGone, DraftChanged):
            raise
        except BowoutError as exc:
            for_now = isinstance(exc, (Unreachable, SignInNeeded))
            raise Refused(exc.message, exc.next_step, temporary=for_now) from exc
        try:
            status = self._mailbox.graph.submit(f"{path_of(draft.key.id or '')}/send", MAIL_SEND)
        except (Unreachable, SignInNeeded) as exc:  # from the sign-in before the request
            raise Refused(exc.message, exc.next_step, temporary=True) from exc
        except NeverLeft as exc:
            raise Refused(f"Outlook cannot be reached ({exc}).", "Nothing was sent.", temporary=True) from exc
        except Answer as exc:
            raise self._refused(exc, draft) from exc
        except NoAnswer as exc:
            raise _unknown(str(exc)) from exc
        if status != 202:
            raise _unknown(f"status {status}")
        return Receipt(message_id=draft.key.message_id, id=draft.key.id, at=self._clock())

    def _refused(self, answer: Answer, draft: Draft) -> BowoutError:
        """What a refusal proves: 404 only that the draft was not found by then."""
        if answer.status in {400, 401, 403, 429}:
            return Refused(
                f"Outlook refused to send: {answer.words}.",
                "Nothing was sent. Look at the draft in Outlook.",
                temporary=answer.status in {401, 429},
            )
        if answer.status == 404 and self._is_gone(draft):
            return draft_gone("Outlook")
        return _unknown(f"status {answer.status} {answer.reason}")

    def _is_gone(self, draft: Draft) -> bool:
        try:
            self._mailbox.still_there(draft)
        except DraftGone:
            return True
        except BowoutError:
            return False
        return False


def _unknown(why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Outlook was asked to send and gave no clear answer ({why}).",
        "Look into Sent Items in Outlook; bowout looks too: bowout outbox",
    )
