"""Find the recorded withdrawal that WHO names, and the notes kept with it.

``send``, ``confirm``, ``call``, ``check`` and ``forget`` start here. They never pick a thread by a
fresh search: what was armed or called about is what was recorded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bowout.errors import Ambiguous, NothingFound, UsageError
from bowout.journal.damage import DamagedRow
from bowout.journal.remedy import restore
from bowout.text import spelling
from bowout.text.harmless import for_shell

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bowout.journal.record import Withdrawal
    from bowout.journal.store import Store


# The kinds of private notes in the store.
OTHER_EMPLOYER = "other-employer"
DECIDED_ON = "decided-on"
NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """The private notes that advice and the linter look at; no letter ever holds them."""

    decided_on: datetime | None = None
    other_employer: str | None = None


def noted(store: Store, withdrawal: Withdrawal) -> Noted:
    """What the person told about a withdrawal in earlier runs."""
    notes = store.notes(withdrawal.id)
    day = notes.get(DECIDED_ON)
    try:
        decided_on = datetime.fromisoformat(day) if day else None
    except ValueError as exc:
        raise DamagedRow(
            f"the note of {withdrawal.label} on when you decided is damaged", restore(store.path)
        ) from exc
    return Noted(decided_on=decided_on, other_employer=notes.get(OTHER_EMPLOYER))


def words_of(store: Store, withdrawal: Withdrawal, names: Collection[str]) -> dict[str, str]:
    """Give what the person told for the letter in earlier runs, by the names of ``--set``."""
    notes = store.notes(withdrawal.id)
    return {name: notes[name] for name in names if name in notes}


def keep_words(store: Store, withdrawal: Withdrawal, words: Mapping[str, str]) -> None:
    """Keep what the person told for the letter; an empty text takes back what was told before."""
    before = words_of(store, withdrawal, words)
    for name, text in words.items():
        if text != before.get(name, ""):
            store.set_note(withdrawal.id, name, text)


def add_note(store: Store, withdrawal: Withdrawal, text: str) -> None:
    """Keep one more line of notes; what was noted before stays."""
    before = store.notes(withdrawal.id).get(NOTE)
    store.set_note(withdrawal.id, NOTE, f"{before}\n{text}" if before else text)


def called(store: Store, who: str, account: str | None = None) -> Withdrawal:
    """The one withdrawal that WHO names: its id (``w3``), company, person, address or domain.

    Whole words count: ``acme`` names Acme Robotics, never Pacmel. ``account`` narrows the choice. Raises
    ``NothingFound`` when none answers, ``Ambiguous``, listing them, when several do, and ``UsageError`` when
    WHO is empty or the id is one of another account.
    """
    if is_label(who):
        return _of_account(store.withdrawal(int(who[1:])), account)
    wanted = spelling.fold(who)
    if not wanted:
        raise UsageError("WHO is empty.", "Name a recorded withdrawal, for example w1; see: bowout status")
    known = [w for w in store.withdrawals() if account in (None, w.account)]
    exact = [w for w in known if wanted in _names(w)]
    words = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
    found = exact or [w for w in known if any(words.search(name) for name in _names(w))]
    if len(found) == 1:
        return found[0]
    if found:
        raise Ambiguous(
            f"{len(found)} recorded withdrawals could be meant by {who!r}.",
            "Name one by its number: " + ", ".join(w.label for w in found),
            candidates=tuple(
                {**summary(w), "stage": None, "why": [f"{w.label} answers to {who!r}"]} for w in found
            ),
        )
    for row in store.damaged_withdrawals():
        if account in (None, row.account) and any(words.search(spelling.fold(name)) for name in row.names):
            raise DamagedRow(row.says, row.cure)
    raise NothingFound(
        f"No recorded withdrawal answers to {who!r}.",
        f"See them with: bowout status. Start one with: bowout draft {for_shell(who)}",
    )


def _of_account(withdrawal: Withdrawal, account: str | None) -> Withdrawal:
    if account not in (None, withdrawal.account):
        raise UsageError(
            f"{withdrawal.label} belongs to the account {withdrawal.account}, not to {account}.",
            "Leave --account out; the number says it.",
        )
    return withdrawal


def is_label(who: str) -> bool:
    """Is this ``w3``?"""
    return who[:1] in ("w", "W") and who[1:].isdecimal()


def summary(withdrawal: Withdrawal) -> dict[str, object]:
    """What a script needs to choose one."""
    return {
        "withdrawal": withdrawal.label,
        "thread": withdrawal.thread_id,
        "company": withdrawal.company,
        "subject": withdrawal.position or "",
        "person": withdrawal.person.name,
        "address": withdrawal.person.address,
    }


def _names(withdrawal: Withdrawal) -> tuple[str, ...]:
    person = withdrawal.person
    return tuple(
        spelling.fold(text)
        for text in (withdrawal.company, withdrawal.position, person.name, person.key, person.domain)
        if text
    )
