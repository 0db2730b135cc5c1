"""Tell the person's own addresses from everybody else's. Pure.

One mailbox has many spellings; which of them count, and for whom, is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bowout.model import Address, Folder, Identity, Message, Thread

_GMAIL = frozenset({"gmail.com", "googlemail.com"})


def without_tag(address: Address) -> str:
    """Spell an address as its mailbox, for gathering what may belong together; it proves nothing.

    Case, +tag and dots at Gmail are left out: a hiring system has another tag in every mail. But of an own
    address the tag may be the point, so whose mailbox it is only ``same_mailbox`` tells.
    """
    return _undotted(address.local.partition("+")[0], address.domain)


def _undotted(local: str, domain: str) -> str:
    # Gmail delivers every spelling with dots, and both domains, to the same mailbox.
    return f"{local.replace('.', '')}@gmail.com" if domain in _GMAIL else f"{local}@{domain}"


def same_mailbox(address: Address, mine: Address) -> bool:
    """Tell whether mail to ``address`` reaches ``mine``. Case, my +tags and dots at Gmail are ignored.

    Only meant to recognise the person: for everybody else addresses are compared by ``Address.key``. A tag
    that belongs to ``mine`` itself must be there, since another tag may be another member of the family.
    """
    if not address.local or not address.domain:
        return False
    own = _undotted(mine.local, mine.domain)
    return own in (without_tag(address), _undotted(address.local, address.domain))


def is_mine(address: Address, mine: Iterable[Address]) -> bool:
    """Tell whether mail to ``address`` reaches one of the person's own addresses."""
    return any(same_mailbox(address, one) for one in mine)


def is_me(address: Address, identities: Sequence[Identity]) -> bool:
    """Tell whether this is one of my addresses (RFC 5321 leaves case and tags to the mailbox's owner)."""
    return is_mine(address, (identity.address for identity in identities))


def from_me(message: Message, identities: Sequence[Identity]) -> bool:
    """Tell whether the person wrote this: an own address in From, or a copy in the Sent folder."""
    return message.folder is Folder.SENT or any(is_me(a, identities) for a in message.from_)


def claims_me(message: Message, identities: Sequence[Identity]) -> bool:
    """Tell whether a mail bears an own address in From and yet was delivered, like a stranger's.

    Anybody can write such a From. What I sent lies in Sent, or was filed by hand, and no server delivered
    it; of a copy to myself the one in Sent is read.
    """
    if message.folder in (Folder.SENT, Folder.DRAFTS):
        return False
    delivered = bool(message.delivered_to) or message.header("return-path") is not None
    return delivered and any(is_me(a, identities) for a in message.from_)


def all_mine(thread: Thread, identities: Sequence[Identity]) -> tuple[Identity, ...]:
    """List the identities, and every address of this thread that the Sent folder proves to be mine."""
    known = list(identities)
    for message in thread.mails:
        if message.folder is Folder.SENT:
            known += [Identity(address=a) for a in message.from_ if not is_me(a, known)]
    return tuple(known)
