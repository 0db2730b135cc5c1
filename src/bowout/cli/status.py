"""``bowout status``: every withdrawal and where it stands, true after edits in other clients."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from bowout.cli import damaged, options, phrases, render, submissions
from bowout.cli.options import Options, shared
from bowout.cli.render import Result
from bowout.model import Depth, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from bowout.advice.reminders import Reminder
    from bowout.config.load import Config
    from bowout.journal.damage import Damage
    from bowout.journal.record import Withdrawal
    from bowout.journal.store import Store
    from bowout.model import Call
    from bowout.session import Session
    from bowout.status import Report


@click.command("status")
@click.option("--reasons", is_flag=True, help="Count the reasons of your withdrawals, month by month.")
@click.option(
    "--private", is_flag=True, help="Add your private notes, and count the reasons you told nobody."
)
@shared
def command(*, opts: Options, reasons: bool, private: bool) -> Result:
    """Show every withdrawal and where it stands; what needs you comes first."""

    from bowout import accounts

    config = accounts.load_config(opts.config)
    if reasons:
        return _reasons(config, opts, private=private)
    entries, warnings = _all(config, opts)
    now, zone = options.now(), config.profile.zone
    waiting, promises = _outbox(config, opts, now)
    broken = _damaged(config, opts)
    lines = [*damaged.lines_of(broken), *waiting]
    lines += [line for entry in entries for line in _lines(entry, now, zone, private=private)]
    return Result(
        command="status",
        data={
            "withdrawals": [_data(entry, private=private) for entry in entries],
            "outbox": promises,
            "damaged": damaged.data_of(broken),
        },
        lines=tuple(lines)
        or ("No withdrawals yet. What is open: bowout find. Leave one, for example: bowout draft acme",),
        warnings=(*damaged.warnings_of([*broken, *entries]), *warnings),
    )


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """One withdrawal as it is shown."""

    report: Report
    reminders: tuple[Reminder, ...]
    calls: tuple[Call, ...]
    notes: Mapping[str, str]
    cure: str = ""  # where a record of it cannot be read

    @property
    def needs_person(self) -> bool:
        return self.report.needs_person or bool(self.reminders)


def _outbox(config: Config, opts: Options, now: datetime) -> tuple[list[str], list[dict[str, object]]]:
    """The submissions that wait for the person, in words, and all that are not finished, for scripts."""
    from bowout.journal.submissions import Queue

    with options.journal(config) as store:
        queue = Queue(store)
        mine = [row for row in queue.open() if opts.account in (None, row.account)]
        stuck = {row.id for row in queue.needing_person()}
        lines = [text for row in mine if row.id in stuck for text in submissions.lines_of(store, row, now)]
    return lines, [submissions.data_of(row) for row in mine]


def _damaged(config: Config, opts: Options) -> tuple[Damage, ...]:
    """What cannot be read of withdrawals and submissions."""
    from bowout.journal.submissions import Queue

    with options.journal(config) as store:
        found = (*Queue(store).damaged(), *store.damaged_withdrawals())
    return tuple(row for row in found if opts.account in (None, row.account))


def _all(config: Config, opts: Options) -> tuple[list[_Entry], list[str]]:
    """The withdrawals of every account; one that cannot be opened is told from memory, and said so."""
    entries: list[_Entry] = []
    warnings: list[str] = []
    with options.journal(config) as store:
        known = store.withdrawals()
        options.require_account(config, opts, (w.account for w in known))
        mine = [w for w in known if opts.account in (None, w.account)]
        for name in dict.fromkeys(w.account for w in mine):
            rows = [w for w in mine if w.account == name]
            try:
                with options.opened(config, name) as active:
                    entries += [_entry(active, w) for w in rows]
            except options.CANNOT_LOOK as exc:
                warnings.append(
                    f"account {name} could not be looked at: {exc.message} {exc.next_step}".strip()
                )
                entries += [_unseen(store, w, config.profile.zone) for w in rows]
    return sorted(entries, key=lambda e: (not e.needs_person, -e.report.withdrawal.id)), warnings


def _entry(active: Session, w: Withdrawal) -> _Entry:
    """One withdrawal as its mailbox shows it."""
    from bowout import status
    from bowout.advice import trail

    return _told(active.store, w, lambda: status.report(active, w), lambda: trail.due(active, w))


def _unseen(store: Store, w: Withdrawal, zone: str) -> _Entry:
    """The same from memory alone."""
    from bowout import status
    from bowout.advice import trail

    return _told(
        store,
        w,
        lambda: status.unseen(store, w),
        lambda: trail.due_from_memory(store, w, options.now(), zone),
    )


def _told(
    store: Store,
    w: Withdrawal,
    report: Callable[[], Report],
    due: Callable[[], tuple[Reminder, ...]],
) -> _Entry:
    """What belongs to a withdrawal and cannot be read is told there; the others are shown all the same."""
    from bowout.journal.damage import DamagedRow
    from bowout.status import Report

    try:
        return _Entry(report=report(), reminders=due(), calls=store.calls(w.id), notes=store.notes(w.id))
    except DamagedRow as exc:
        broken = Report(withdrawal=w, condition=None, says=exc.message, needs_person=True)
        return _Entry(report=broken, reminders=(), calls=(), notes={}, cure=exc.next_step)


def _lines(entry: _Entry, now: datetime, zone: str, *, private: bool) -> Iterator[str]:
    report = entry.report
    w = report.withdrawal
    about = ", ".join(render.safe(text) for text in (w.company, w.position) if text)
    mark = render.alarm("!") if entry.needs_person else " "
    yield f"{mark} {render.strong(w.label)}  {about or render.safe(w.person.address)}"
    yield f"      {phrases.person(w.person)}, begun {phrases.since(w.created_at, now, zone)}"
    if w.slot and w.slot > now:
        yield f"      interview {phrases.moment(w.slot, w.slot_zone)}, {phrases.distance(w.slot, now)}"
    for call in entry.calls[-1:]:
        yield from render.hanging(f"call: {phrases.call(call, now)}", "      ")
    if report.condition or not entry.calls:
        left = f" It left {phrases.since(report.sent_at, now, zone)}." if report.sent_at else ""
        yield f"      {render.safe(report.says)}{left}"
    for reminder in entry.reminders:
        yield from (render.attention(line) for line in render.hanging(reminder.line, "      "))
    step = entry.reminders[0].next_step if entry.reminders else report.next_step
    if step:
        yield from render.hanging(f"Next: {step}", "      ")
    if private:
        yield from _private_lines(entry)


def _private_lines(entry: _Entry) -> Iterator[str]:
    w = entry.report.withdrawal
    if w.depth is Depth.NONE and w.reason is not Reason.NONE:
        yield f"      private reason: {w.reason}"
    for kind, text in entry.notes.items():
        yield from render.hanging(f"private {kind}: {text}", "      ")


def _data(entry: _Entry, *, private: bool) -> dict[str, object]:
    report = entry.report
    w = report.withdrawal
    data: dict[str, object] = {
        "withdrawal": w.label,
        "account": w.account,
        "company": w.company,
        "position": w.position,
        "person": w.person.name,
        "address": w.person.address,
        "thread": w.thread_id,
        "slot": {"start": w.slot, "zone": w.slot_zone} if w.slot else None,
        "created_at": w.created_at,
        "standing": report.condition,
        "sent_at": report.sent_at,
        "needs_person": entry.needs_person,
        "next": report.next_step,
        "calls": [phrases.call_data(call) for call in entry.calls],
        "reminders": [{"kind": r.kind, "message": r.line, "next": r.next_step} for r in entry.reminders],
    }
    if private:
        data["private"] = {"reason": w.reason, **entry.notes}
    return data


# --- reasons ------------------------------------------------------------------------------------------


def _reasons(config: Config, opts: Options, *, private: bool) -> Result:
    """How often each reason was told, by month; one that was recorded for the person alone stays private."""
    counts: dict[str, Counter[str]] = {}
    with options.journal(config) as store:
        for w in store.withdrawals():
            if opts.account in (None, w.account):
                month = f"{w.created_at.astimezone(ZoneInfo(config.profile.zone)):%Y-%m}"
                told = w.reason if private or w.depth is not Depth.NONE else Reason.NONE
                counts.setdefault(month, Counter())[told.value] += 1
    total = sum(counts.values(), Counter[str]())
    return Result(
        command="status",
        data={
            "reasons": {month: dict(found) for month, found in sorted(counts.items())},
            "total": dict(total),
        },
        lines=tuple(_table(counts, total)) or ("No withdrawals yet.",),
    )


def _table(counts: Mapping[str, Counter[str]], total: Counter[str]) -> Iterator[str]:
    """Reasons below each other, the newest six months beside each other."""
    months = sorted(counts)[-6:]
    if months:
        yield render.dim(f"{'reason':<16}" + "".join(f"{month:>9}" for month in months) + f"{'all':>6}")
    for reason, count in total.most_common():
        name = "not told" if reason == Reason.NONE else reason
        yield f"{name:<16}" + "".join(f"{counts[month][reason] or '':>9}" for month in months) + f"{count:>6}"
