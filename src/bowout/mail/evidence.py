"""Tell whether a mail of mine was sent, or is only what another folder holds of a draft.

Archives ("All Mail") list drafts too, without marking them, and programs that fetch mail keep stale copies.
Such a copy has the words, the date and the Message-ID of the letter; what it cannot have is a way behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bowout.model import Folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bowout.model import Message


def was_sent(message: Message, others: Iterable[Message] = ()) -> bool:
    """Tell whether it lies among the sent mail, passed a server, or was answered in one of the ``others``."""
    if message.folder is Folder.SENT or message.travelled:
        return True
    return any(_answers(other, message) for other in others)


def _answers(other: Message, message: Message) -> bool:
    """Tell whether somebody else refers to it: nobody knows the Message-ID of what never left."""
    if message.message_id not in (*other.in_reply_to, *other.references):
        return False
    return {a.key for a in other.from_}.isdisjoint(a.key for a in message.from_)
