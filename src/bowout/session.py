"""One account, opened: what a use case needs, handed in and never global."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bowout.errors import ConfigError
from bowout.mail.evidence import was_sent
from bowout.people.me import claims_me

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bowout.config.load import Config
    from bowout.journal.store import Store
    from bowout.model import Account, Facts, Identity, Query, Thread
    from bowout.people.machines import Relays
    from bowout.providers.base import Clock, Mailbox, Wanted
    from bowout.read.facts import Reading


@dataclass(frozen=True, kw_only=True)
class Session:
    """The configuration, one account with its mailbox, the journal, the clock."""

    config: Config
    account: Account
    mailbox: Mailbox
    store: Store
    relays: Relays
    clock: Clock
    letters_dir: Path | None = None
    _read: list[Reading] = field(default_factory=list, init=False, repr=False, compare=False)
    _told: list[tuple[Thread, Facts]] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def zone(self) -> str:
        """The person's IANA zone."""
        return self.config.profile.zone

    @property
    def home_zone(self) -> str | None:
        """The same where it can be told: what only shows times does without."""
        try:
            return self.zone
        except ConfigError:
            return None

    def thread(self, thread_id: str) -> Thread:
        """Read the thread, complete, as ``search`` does. Raises ``NothingFound`` when it no longer exists."""
        return self._believed(self.mailbox.thread(thread_id), self.store.unsent_ids())

    def search(self, query: Query, limit: int, wanted: Wanted | None = None) -> tuple[Thread, ...]:
        """Search the mailbox; what other folders hold of drafts of ours is no mail of mine, unless proved."""
        unsent = self.store.unsent_ids()
        judge = wanted and (lambda thread: wanted(self._believed(thread, unsent)))
        found = self.mailbox.search(query, limit, judge)
        return tuple(self._believed(thread, unsent) for thread in found)

    def _believed(self, thread: Thread, unsent: frozenset[str]) -> Thread:
        """The thread without what is no mail of mine, though it bears my name."""
        return _without_claims(_without_copies(thread, unsent), self.mailbox.identities())

    def keep(self, reading: Reading) -> None:
        """Remember what was read of a thread to judge it: ``facts`` need not read it again."""
        self._read.append(reading)

    def facts(self, thread: Thread) -> Facts:
        """Read what the thread tells, guesses among it, with times on the person's clock.

        One letter asks several times, of the same thread, and reading is most of its work.
        """
        told = next((facts for known, facts in self._told if known is thread), None)
        if told is None:
            told = self.reading(thread).facts(self.home_zone)
            self._told.append((thread, told))
        return told

    def reading(self, thread: Thread) -> Reading:
        """Give what was read of a thread, for what facts do not hold."""
        from bowout.read.facts import Reading  # heavy, and most commands that open a session do without

        found = next((one for one in self._read if one.thread is thread), None)
        if found is None:
            found = Reading(thread, self.mailbox.identities(), self.relays, self.clock())
            self._read.append(found)
        return found


def _without_claims(thread: Thread, identities: Sequence[Identity]) -> Thread:
    """Set aside mails in my name that came in from outside: not a word of them is mine for sure."""
    claimed = tuple(m for m in thread.mails if claims_me(m, identities))
    if not claimed:
        return thread
    return replace(thread, messages=tuple(m for m in thread.messages if m not in claimed), claimed=claimed)


def _without_copies(thread: Thread, unsent: frozenset[str]) -> Thread:
    """Set aside what looks like mail of mine and is only a copy of a draft with one of these Message-IDs."""
    named = (m for m in thread.mails if m.message_id in unsent)
    copies = tuple(m for m in named if not was_sent(m, thread.mails))
    if not copies:
        return thread
    kept = tuple(m for m in thread.messages if m not in copies)
    return replace(thread, messages=kept, copies=copies)
