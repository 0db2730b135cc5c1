"""Join the calendar's own thread to the talk that it belongs to: one process, one thread. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bowout.mail.calendar import invitations
from bowout.model import Identity, Message, Thread
from bowout.people import me

__all__ = ["joined"]

_MOST = 12  # mails of one event: an invitation, its updates and the answers to it


def joined(threads: Sequence[Thread], identities: Sequence[Identity]) -> list[Thread]:
    """Lay each thread that is only an event beside the one talk of the same people, where there is one.

    A talk keeps its id, subject and parent: the letter goes there. What the calendar says is read with it.
    """
    events: list[Thread] = []
    talks: list[Thread] = []
    for thread in threads:
        (events if _is_event(thread, identities) else talks).append(thread)
    writers = [(talk, _senders(talk.mails, identities)) for talk in talks] if events else []
    beside: dict[str, tuple[Message, ...]] = {}
    alone: list[Thread] = []
    for event in events:
        people = _people(event.mails, identities)
        same = [talk for talk, senders in writers if people & senders]
        if len(same) == 1:
            beside[same[0].id] = (*beside.get(same[0].id, ()), *event.mails)
        else:
            alone.append(event)
    return [*(replace(t, aside=beside[t.id]) if t.id in beside else t for t in talks), *alone]


def _is_event(thread: Thread, identities: Sequence[Identity]) -> bool:
    """Tell whether only calendars speak in it; where I answered by hand it is a talk of its own."""
    theirs = [m for m in thread.mails if not me.from_me(m, identities)]
    spoken = all(m.body is not None and m.body.calendars for m in thread.mails)
    return 0 < len(theirs) <= _MOST and spoken


def _senders(mails: Sequence[Message], identities: Sequence[Identity]) -> set[str]:
    return {a.key for m in mails if not me.from_me(m, identities) for a in m.from_}


def _people(mails: Sequence[Message], identities: Sequence[Identity]) -> set[str]:
    """List who sent or organizes an event: a calendar sends in its own name, and names them."""
    organizers = {i.slot.organizer.key for i in invitations(mails) if i.slot.organizer is not None}
    mine = {identity.address.key for identity in identities}
    return (_senders(mails, identities) | organizers) - mine
