"""Tell of submissions, for ``send``, ``outbox`` and ``status``, and open what a pass works with."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bowout.cli import options, phrases, render
from bowout.errors import NothingFound, Unreachable, Unresolved

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import datetime

    from bowout.config.load import Config
    from bowout.journal.store import Store
    from bowout.journal.submission import Submission
    from bowout.outbox.run import Desk
    from bowout.providers.base import Submitter
    from bowout.session import Session


@contextmanager
def desk(config: Config, only: str | None = None) -> Generator[Desk]:
    """What a pass works with, on this configuration; ``only`` for this account."""
    from bowout.outbox.decide import Policy
    from bowout.outbox.run import Desk

    @contextmanager
    def opened(name: str) -> Generator[tuple[Session, Submitter]]:
        from bowout import providers

        with options.opened(config, name) as active:
            yield active, providers.open_submitter(active.account, active.mailbox, options.now)

    with options.journal(config) as store:
        yield Desk(
            store=store,
            clock=options.now,
            accounts=tuple(config.accounts),
            open=opened,
            only=only,
            policy=Policy(quiet_period=config.defaults.quiet_period),
        )


def exit_code(row: Submission) -> int:
    """What a command that handled this one row ends with."""
    if row.state.needs_person or (row.state.is_final and row.last_error):
        return Unresolved.exit_code
    return Unreachable.exit_code if row.last_error else 0


def lines_of(store: Store, row: Submission, now: datetime) -> Iterator[str]:
    """One submission in a list: what, to whom, when, and what to do next."""
    mark = render.alarm("!") if row.needs_person else " "
    yield f"{mark} {render.strong(row.label)}  {_about(store, row)}"
    yield f"      {_told(row, now)}"
    if row.detail:
        yield f"      {render.safe(row.detail)}"
    if error := _reason_and_cure(row)[0]:
        yield f"      {render.safe(error)}"
    for step in _steps(row, now):
        yield f"      Next: {render.safe(step)}"


def _about(store: Store, row: Submission) -> str:
    from bowout.journal.damage import DamagedRow

    try:
        w = store.withdrawal(row.withdrawal_id)
    except (NothingFound, DamagedRow):
        return render.safe(row.purpose)
    about = ", ".join(render.safe(text) for text in (w.company, w.position) if text)
    return f"{row.purpose} to {phrases.person(w.person)}" + (f"  ({about})" if about else "")


def _told(row: Submission, now: datetime) -> str:
    due = f"{phrases.moment(row.due, row.zone)}, {phrases.distance(row.due, now)}"
    if row.state.is_final and row.sent_at:
        return f"{row.state}, {phrases.moment(row.sent_at, row.zone)}"
    if row.state == "held" and row.hold:
        return f"held ({row.hold}), was due {due}"
    return f"{row.state}, due {due}"


_NEXT = {
    "again": "bowout outbox retry {label}{at} (or cancel {label})",
    "held": "look at the letter, then: bowout outbox retry {label}{at} (or cancel {label})",
    "missed": "bowout outbox retry {label} --at WHEN (or cancel {label})",
    "unknown": "{wait}{proof}, then: bowout outbox resolve {label} --sent (or --not-sent)",
    "sending": "a run is at work; if none is, the next one will say so",
}


def _reason_and_cure(row: Submission) -> tuple[str, str]:
    """What kept the last look from its work, and what to do about it."""
    reason, _, cure = row.last_error.partition("\n")
    if reason and row.state == "sent":
        reason = f"The letter was sent; only its copy could not be put into Sent ({reason.rstrip('.')})."
    return reason, cure


def _steps(row: Submission, now: datetime) -> list[str]:
    """What to do next: first about what keeps bowout from looking, then about the letter."""
    cure = _reason_and_cure(row)[1]
    return [step for step in (cure, *_steps_of_state(row, now)) if step]


def _steps_of_state(row: Submission, now: datetime) -> Iterator[str]:
    from bowout.journal.submission import ADOPTED, COPY_STAYED, DELETE_COPY, SUSPECTED

    at = " --at WHEN" if row.due <= now else ""  # its own time counts while that is to come
    if row.detail == SUSPECTED:
        yield "if this computer is to send from now on: bowout outbox adopt"
    elif row.state == "held" and row.detail == ADOPTED:
        yield (
            "look into Sent and the log of what sends your mail. If it left:"
            f" bowout outbox resolve {row.label} --sent"
        )
        again = _NEXT["again"].format(label=row.label, at=at)
        yield f"if it did not: bowout outbox resolve {row.label} --not-sent, then: {again}"
    elif row.hold == "account-gone":
        back = f"put the account {row.account} back into the configuration"
        yield f"{back}, then: bowout outbox retry {row.label}{at} (or cancel {row.label})"
    elif row.hold == "which-draft":
        again = _NEXT["again"].format(label=row.label, at=at)
        yield f"delete the draft that is not meant, then: {again}"
    elif row.hold == "other-mailbox":
        yield "if this home is a copy of another one, look first whether that one sent it"
        yield _NEXT["held"].format(label=row.label, at=at)
    elif row.state == "sent" and row.last_error:
        yield "nothing to send again: every run tries to put the copy there"
    elif row.detail == COPY_STAYED:
        yield DELETE_COPY
    else:
        asked = "unknown" if row.hold == "maybe-sent" else row.state  # the same is not known
        proof = row.proof[0].lower() + row.proof[1:]
        yield _NEXT.get(asked, "").format(label=row.label, at=at, proof=proof, wait=_wait(row, now))


def _wait(row: Submission, now: datetime) -> str:
    """A letter that a run took may still be on its way; until then nobody should send it again."""
    from bowout.outbox import close

    until = close.at_work_until(row, now)
    return f"wait until {phrases.moment(until, row.zone)}, it may still be on its way; " if until else ""


def data_of(row: Submission) -> dict[str, object]:
    """The JSON form of a submission."""
    return {
        "submission": row.label,
        "withdrawal": f"w{row.withdrawal_id}",
        "letter": row.purpose,
        "account": row.account,
        "state": row.state,
        "hold": row.hold,
        "detail": row.detail,
        "needs_person": row.needs_person,
        "due": row.due,
        "zone": row.zone,
        "typed": row.typed,
        "not_after": row.not_after,
        "to": row.snapshot.recipients,
        "subject": row.snapshot.subject,
        "follow_edits": row.follow_edits,
        "armed_at": row.armed_at,
        "attempts": row.attempts,
        "last_error": _reason_and_cure(row)[0] or None,
        "last_look": row.last_look,
        "sent_at": row.sent_at,
        "message_id": row.message_id,
        "next": "\n".join(_steps(row, options.now())),
    }
