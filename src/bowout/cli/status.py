"""``bowout status``: every withdrawal and where it stands, true after edits in other clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bowout.cli import options, phrases, render, submissions
from bowout.cli.options import Options, shared
from bowout.cli.render import Result
from bowout.errors import CannotDo, SignInNeeded, Unreachable, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bowout.config import Config
    from bowout.standing import Report


@click.command("status")
@shared
def command(*, opts: Options) -> Result:
    """Show every withdrawal and where it stands; what needs you comes first."""
    from bowout import config as configuration

    config = configuration.load(opts.config)
    reports, warnings = _all(config, opts)
    now = options.now()
    waiting, promises = _outbox(config, opts, now)
    return Result(
        command="status",
        data={"withdrawals": [_data(report) for report in reports], "outbox": promises},
        lines=(*waiting, *(line for report in reports for line in _lines(report, now)))
        or ("No withdrawals yet. Start with: bowout draft WHO",),
        warnings=tuple(warnings),
    )


def _outbox(config: Config, opts: Options, now: datetime) -> tuple[list[str], list[dict[str, object]]]:
    """The submissions that wait for the person, in words, and all that are not finished, for scripts."""
    from bowout.outbox.queue import Queue

    with options.journal(config) as store:
        queue = Queue(store)
        mine = [row for row in queue.open() if opts.account in (None, row.account)]
        stuck = {row.id for row in queue.needing_person()}
        lines = [text for row in mine if row.id in stuck for text in submissions.lines_of(store, row, now)]
    return lines, [submissions.data_of(row) for row in mine]


def _all(config: Config, opts: Options) -> tuple[list[Report], list[str]]:
    """The reports of every account; one that cannot be opened is told from memory, and said so."""
    from bowout import standing

    reports: list[Report] = []
    warnings: list[str] = []
    with options.journal(config) as store:
        mine = [w for w in store.withdrawals() if opts.account in (None, w.account)]
    for name in dict.fromkeys(w.account for w in mine):
        rows = [w for w in mine if w.account == name]
        try:
            with options.opened(config, name) as active:
                reports += [standing.report(active, w, write=not opts.dry_run) for w in rows]
        except (Unreachable, SignInNeeded, UsageError, CannotDo) as exc:
            warnings.append(f"account {name} could not be looked at: {exc.message} {exc.next_step}".strip())
            reports += [standing.unseen(w) for w in rows]
    return sorted(reports, key=lambda r: (not r.needs_person, -r.withdrawal.id)), warnings


def _lines(report: Report, now: datetime) -> Iterator[str]:
    w = report.withdrawal
    about = ", ".join(render.safe(text) for text in (w.company, w.position) if text)
    mark = render.alarm("!") if report.needs_person else " "
    yield f"{mark} {render.strong(w.label)}  {about or render.safe(w.person.address)}"
    yield f"      {phrases.person(w.person)}, begun {phrases.distance(w.created_at, now)}"
    if w.slot and w.slot > now:
        yield f"      interview {phrases.moment(w.slot, w.slot_zone)}, {phrases.distance(w.slot, now)}"
    yield f"      {render.safe(report.says)}"
    if report.next_step:
        yield f"      Next: {render.safe(report.next_step)}"


def _data(report: Report) -> dict[str, object]:
    w = report.withdrawal
    return {
        "withdrawal": w.label,
        "account": w.account,
        "company": w.company,
        "position": w.position,
        "person": w.person.name,
        "address": w.person.address,
        "thread": w.thread_id,
        "slot": {"start": w.slot, "zone": w.slot_zone} if w.slot else None,
        "created_at": w.created_at,
        "standing": report.standing,
        "needs_person": report.needs_person,
        "next": report.next_step,
    }
