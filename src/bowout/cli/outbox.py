"""``bowout outbox``: what was armed, what became of it, and the person's word on what bowout cannot know."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bowout.cli import damaged, options, phrases, render, timer
from bowout.cli.options import Options, Rule, shared
from bowout.cli.render import Result
from bowout.cli.submissions import data_of, desk, lines_of
from bowout.errors import BowoutError, Unresolved, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bowout.config.load import Config
    from bowout.journal.origin import Scheduled
    from bowout.journal.store import Store
    from bowout.journal.submission import Submission
    from bowout.journal.submissions import Queue
    from bowout.outbox.run import Desk, Report
    from bowout.session import Session

T = TypeVar("T")


class _Number(click.ParamType["int"]):
    """The number of a submission: ``s7`` or ``7``."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).strip().lower().removeprefix("s")
        if not (text.isascii() and text.isdecimal()):
            self.fail(f"{value!r} is no submission; they are called s1, s2 ...", param, ctx)
        return int(text)


ID = click.argument("number", metavar="ID", type=_Number())


@click.group("outbox", invoke_without_command=True)
@shared
@click.pass_context
def command(ctx: click.Context, *, opts: Options) -> Result | None:
    """Letters that you armed: list, look, stop, and run what is due. Alone it lists them."""
    return None if ctx.invoked_subcommand else _listed(opts, everything=False)


# --- opening --------------------------------------------------------------------------------------


def _config(opts: Options) -> Config:

    from bowout import accounts

    return accounts.load_config(opts.config)


def _row(queue: Queue, opts: Options, number: int) -> Submission:
    """The one of that number. Raises NothingFound, and UsageError when it is one of another account."""
    row = queue.get(number)
    if opts.account not in (None, row.account):
        raise UsageError(
            f"{row.label} belongs to the account {row.account}, not to {opts.account}.",
            "Leave --account out; the number says it.",
        )
    return row


# --- list, show, log ------------------------------------------------------------------------------


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what was sent or cancelled.")
@shared
def list_(*, opts: Options, everything: bool) -> Result:
    """List what is armed and what needs you; that comes first."""
    return _listed(opts, everything=everything)


def _listed(opts: Options, *, everything: bool) -> Result:
    from bowout.journal.submissions import Queue

    config = _config(opts)
    with options.journal(config) as store:
        queue = Queue(store)
        options.require_account(config, opts, queue.accounts())
        found = queue.all() if everything else queue.open()
        broken = [row for row in queue.damaged(ended=everything) if opts.account in (None, row.account)]
        rows = sorted(
            (row for row in found if opts.account in (None, row.account)),
            key=lambda row: (not row.needs_person, row.due),
        )
        now = options.now()
        lines = [*damaged.lines_of(broken)]
        lines += [line for row in rows for line in lines_of(store, row, now)]
        newest = store.withdrawals()[-1:]
        arm = f"Arm a draft: bowout send {newest[0].label} --at 17:00" if newest else ""
        first = arm or "Write a letter first: bowout find"
    return Result(
        command="outbox",
        data={"submissions": [data_of(row) for row in rows], "damaged": damaged.data_of(broken)},
        lines=tuple(lines) or (f"The outbox is empty. {first}",),
        warnings=damaged.warnings_of(broken),
    )


@command.command()
@ID
@shared
def show(*, opts: Options, number: int) -> Result:
    """Show one submission: what was approved, where it stands, and everything that happened to it."""
    from bowout.journal.submissions import Queue

    with options.journal(_config(opts)) as store:
        row = _row(Queue(store), opts, number)
        events = store.events(row.label)
        now = options.now()
        lines = [*lines_of(store, row, now), *_more(row), "", *_event_lines(events, row.zone)]
    history = [{"at": e.at, "kind": e.kind, "detail": e.detail} for e in events]
    return Result(command="outbox", data={**data_of(row), "events": history}, lines=tuple(lines))


@command.command()
@click.argument("number", metavar="[ID]", type=_Number(), required=False)
@shared
def log(*, opts: Options, number: int | None) -> Result:
    """Show what happened in the outbox, oldest first; never text from a mail."""
    from bowout.journal.submissions import Queue

    config = _config(opts)
    with options.journal(config) as store:
        queue = Queue(store)
        if number is not None:
            events = store.events(_row(queue, opts, number).label)
        else:
            options.require_account(config, opts, queue.accounts())
            known = [(row.label, row.account) for row in queue.all()]
            known += [(row.label, str(row.account)) for row in queue.damaged(ended=True)]
            shown = {label for label, account in known if opts.account in (None, account)}
            events = tuple(e for e in store.events() if e.subject in shown)
    lines = tuple(_event_lines(events, config.profile.zone, named=True)) or ("Nothing has happened yet.",)
    data = [{"at": e.at, "submission": e.subject, "kind": e.kind, "detail": e.detail} for e in events]
    return Result(command="outbox", data={"events": data}, lines=lines)


def _more(row: Submission) -> Iterator[str]:
    yield render.label("To", ", ".join(render.safe(one) for one in row.snapshot.recipients))
    yield render.label("Subject", render.safe(row.snapshot.subject))
    yield render.label("Armed", f"{phrases.moment(row.armed_at, row.zone)} for {render.safe(row.typed)!r}")
    yield render.label("Latest", phrases.moment(row.not_after, row.zone))
    if row.last_look:
        yield render.label("Looked", phrases.moment(row.last_look, row.zone))


def _event_lines(events: Iterable[Any], zone: str, *, named: bool = False) -> Iterator[str]:
    for event in events:
        about = f"{event.subject:<5}" if named else ""
        detail = f"  {render.safe(event.detail)}" if event.detail else ""
        yield f"  {phrases.moment(event.at, zone)}  {about}{render.safe(event.kind)}{render.dim(detail)}"


# --- the person's word ----------------------------------------------------------------------------


@command.command()
@ID
@shared
def cancel(*, opts: Options, number: int) -> Result:
    """Take the promise back: it is not sent. The draft stays where it is.

    A letter that lies in Sent is not recorded as cancelled. Ends with 6 when it may have been sent.
    """
    from bowout.journal.damage import DamagedRow
    from bowout.journal.submissions import Queue

    try:
        return _changed(opts, number, lambda queue, row: _cancel(_config(opts), queue, row))
    except DamagedRow:
        with options.journal(_config(opts)) as store:
            Queue(store).let_go(number)  # in a dry run of a copy in memory
    done = "Dry run: nothing was changed." if opts.dry_run else f"s{number} is let go; it is never sent."
    return Result(command="outbox", data={"submission": f"s{number}", "state": "cancelled"}, lines=(done,))


@command.command()
@ID
@shared
def hold(*, opts: Options, number: int) -> Result:
    """Hold it back until you arm it again with retry."""
    return _changed(opts, number, lambda queue, row: queue.hold(row.id))


def _changed(opts: Options, number: int, change: Callable[[Queue, Submission], Submission]) -> Result:
    from bowout.journal.submissions import Queue

    with desk(_config(opts)) as at_work:
        store, queue = at_work.store, Queue(at_work.store)
        row = _settled(at_work, opts, number)
        if opts.dry_run:
            lines = (*lines_of(store, row, options.now()), "Dry run: nothing was changed.")
            return Result(command="outbox", data=data_of(row), lines=lines)
        row = change(queue, row)
        lines = tuple(lines_of(store, row, options.now()))
    code = Unresolved.exit_code if row.hold == "maybe-sent" else 0
    return Result(command="outbox", data=data_of(row), lines=lines, exit_code=code)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _settled(at_work: Desk, opts: Options, number: int) -> Submission:
    """The row, after one of a run that died is no longer called at work. Raises what ``_row`` raises."""
    from bowout.journal.submissions import Queue
    from bowout.outbox import run

    queue = Queue(at_work.store)
    row = _row(queue, opts, number)
    if opts.dry_run:
        return row
    at_work.store.require_changeable()
    run.recover(at_work)
    return queue.get(row.id)


def _cancel(config: Config, queue: Queue, row: Submission) -> Submission:
    from bowout.outbox import close

    queue.require_cancellable(row)
    after = _looked(config, row, lambda active: close.cancel(active, row))
    return after or queue.cancel(row.id)


def _too_early(config: Config, store: Store, row: Submission) -> str:
    """What to wait for while it may still be on its way, whoever took it out to be sent; empty = nothing."""
    from bowout.outbox import close

    if close.is_running(store):
        return "Let the command end that sends a letter of yours just now"
    now = options.now()
    until = close.at_work_until(row, now) or _looked(config, row, lambda a: close.out_until(a, row, now))
    return f"Wait until {phrases.moment(until, row.zone)}" if until else ""


def _looked(config: Config, row: Submission, look: Callable[[Session], T]) -> T | None:
    """What a look into the account of a row comes to; None where it cannot be opened: then the person's word
    counts.

    Not for records that an older copy or another computer left: they do not know what was sent.
    """
    from bowout.journal.submission import SUSPECT

    try:
        with options.opened(config, row.account) as active:
            return look(active)
    except options.CANNOT_LOOK:
        if row.hold in SUSPECT.values() and row.account in config.accounts:
            raise
        return None


@command.command()
@ID
@click.option("--at", "at", metavar="WHEN", help="A new time; else the one it had, if that is still to come.")
@click.option("--follow-edits/--no-follow-edits", default=None, help="Also send later changes of the text.")
@click.option("--allow", type=Rule(), multiple=True, help="Send a letter that breaks this lint rule.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared
def retry(
    *,
    opts: Options,
    number: int,
    at: str | None,
    follow_edits: bool | None,
    allow: tuple[str, ...],
    yes: bool,
) -> Result:
    """Look at it again and arm it anew, as the draft now stands."""
    from bowout.cli import send
    from bowout.journal.submissions import Queue
    from bowout.outbox import arm

    config = _config(opts)
    with desk(config) as at_work:
        row = _settled(at_work, opts, number)
    if row.state.is_final:
        raise UsageError(
            f"{row.label} is {row.state} and cannot be armed again.",
            f"To send its draft after all: bowout send w{row.withdrawal_id}"
            if row.state == "cancelled"
            else f"See: bowout outbox show {row.label}",
        )
    arm.require_open(row)
    with options.opened(config, row.account) as active:
        record = arm.draft_again(active, row)
        if at is None and row.due <= options.now():
            raise UsageError(
                f"{row.label} was due at a time that has passed.",
                f"Give a new one: bowout outbox retry {row.label} --at 'in 10 minutes'",
            )
        told = send.arm_and_tell(
            active,
            opts,
            active.store.withdrawal(row.withdrawal_id),
            record,
            _same_time(row, active.zone) if at is None else at,
            command="outbox",
            follow_edits=row.follow_edits if follow_edits is None else follow_edits,
            allow=allow or row.snapshot.allowed,
            yes=yes,
        )
        if record.id == row.draft_id or Queue(active.store).of_draft(record.id) is None:
            return told
        Queue(active.store).cancel(row.id)
    gone = f"{row.label} is cancelled: its draft is gone, and the new one takes its place."
    return replace(told, lines=(*told.lines, gone))


def _same_time(row: Submission, zone: str) -> str:
    """WHEN as it was promised: the wall clock of the person's zone, else the instant."""
    if row.wall and row.zone == zone:
        return row.wall
    return row.due.isoformat(timespec="seconds")


@command.command()
@ID
@click.option("--sent", is_flag=True, help="It was sent: you found it, or they have it.")
@click.option("--not-sent", is_flag=True, help="It was not; the draft is yours again.")
@shared
def resolve(*, opts: Options, number: int, sent: bool, not_sent: bool) -> Result:
    """Say what became of a submission that bowout cannot tell: look into Sent first."""
    from bowout.journal.submissions import Queue
    from bowout.outbox import close, run

    if sent is not_sent:
        raise UsageError("resolve needs one answer.", "Look into Sent, then add --sent or --not-sent.")
    if opts.dry_run:
        return _changed(opts, number, lambda _queue, row: row)
    config = _config(opts)
    with desk(config) as at_work:
        queue = Queue(at_work.store)
        row = _settled(at_work, opts, number)
        queue.require_resolvable(row)
        taken = row.handed_over or bool(_looked(config, row, lambda active: close.outside(active, row)))
        if not sent and (early := _too_early(config, at_work.store, row)):
            raise Unresolved(
                f"What sends {row.label} may still be at work; called not sent now, it could be sent twice.",
                f"{early}, and look then, not now: {_lower(row.proof)}. If it left: bowout outbox resolve"
                f" {row.label} --sent. Only if it did not: bowout outbox resolve {row.label} --not-sent",
            )
        found = _looked(config, row, lambda active: close.proof(active, row))
        if found and not sent:
            raise Unresolved(
                f"A sent copy of {row.label} lies in the mailbox.",
                f"Say so: bowout outbox resolve {row.label} --sent",
            )
        chore = (run.FILE_SENT,) if sent else (run.GIVE_BACK,)
        left_at = found.at if found else None
        row = queue.resolve(number, sent=sent, now=options.now(), left_at=left_at, todo=chore)
        row = run.handle(at_work, row)
        lines = tuple(lines_of(at_work.store, row, options.now()))
        if taken and not sent:
            lines = (*lines, "If it was accepted all the same, retry sends it a second time.")
    return Result(command="outbox", data=data_of(row), lines=lines)


@command.command()
@shared
def adopt(*, opts: Options) -> Result:
    """Say that this is the computer, and these are the records, to send from."""
    from bowout.journal.submissions import Queue

    options.refuse_account(opts)
    with options.journal(_config(opts), anew=True) as store:
        queue = Queue(store)
        forgotten, more = queue.forgotten(), queue.may_lack_more()
        queue.adopt()  # in a dry run of a copy in memory
        held = queue.needing_person()
    done = (
        "Dry run: nothing was changed." if opts.dry_run else "These records are this computer's from now on."
    )
    again = ("Look at what is held, and arm it again: bowout outbox list",) if held else ()
    return Result(
        command="outbox",
        data={
            "adopted": not opts.dry_run,
            "forgotten": None if more and not forgotten else [asdict(one) for one in forgotten],
        },
        lines=(done, *_forgotten_lines(forgotten, more=more), *again),
    )


def _forgotten_lines(forgotten: tuple[Scheduled, ...], *, more: bool) -> Iterator[str]:
    """What becomes of letters that the records do not hold; ``more``: and of some that nobody knows."""
    from bowout.journal.remedy import letters

    for one in forgotten:
        yield f"They do not hold {render.safe(letters([one]))}: bowout does not send it any more."
    if more:
        letter = "another letter" if forgotten else "a letter"
        yield f"They may lack {letter} that was scheduled. Which one is not known; it is not sent any more."
    if forgotten or more:
        yield "It may have been sent before. Look into Sent and into the log of what sends your mail."
        yield (
            "If neither shows it, its draft lies in Drafts or, where a run had taken it out, in the folder"
            " bowout-sending beside it."
        )
        yield "Where it lies in that folder, drafting to them again names the file, and what to do with it."


# --- running --------------------------------------------------------------------------------------


@command.command()
@shared
def run(*, opts: Options) -> Result:
    """Send what is due and look after the rest, once; the timer of outbox install runs this.

    Ends with 6 while something needs you, and with 0 when another run is at work.
    """
    try:
        return _ran(opts)
    except (BowoutError, OSError):
        # A timer's run that fails before it can look must not fail in silence.
        _notify_of_failure()
        raise


def _ran(opts: Options) -> Result:
    from bowout.journal.origin import Provenance
    from bowout.journal.submissions import Queue
    from bowout.outbox import run

    config = _config(opts)
    with desk(config, opts.account) as at_work:
        queue = Queue(at_work.store)
        options.require_account(config, opts, queue.accounts())
        if opts.dry_run:
            due = [row for row in queue.due(options.now()) if at_work.wants(row)]
            lines = [line for row in due for line in lines_of(at_work.store, row, options.now())]
            told = (*lines, "Dry run: nothing was looked at and nothing was sent.")
            return Result(command="outbox", data={"due": [data_of(row) for row in due]}, lines=told)
        timer.answer_probe(at_work, config)
        report = run.run(at_work)
        older = at_work.store.provenance() is Provenance.OLDER_STORE
        _notify(report, older=older)
        shown = {row.id: row for row in (*report.changed, *report.unresolved)}
        lines = [*damaged.lines_of(report.damaged)]
        lines += [line for row in shown.values() for line in lines_of(at_work.store, row, options.now())]
    if report.locked_out:
        return Result(
            command="outbox", data={"locked_out": True}, lines=("Another run of the outbox is at work.",)
        )
    data = {
        "locked_out": False,
        "looked": report.looked,
        "changed": [data_of(row) for row in report.changed],
        "unresolved": [data_of(row) for row in report.unresolved],
        "damaged": damaged.data_of(report.damaged),
    }
    return Result(
        command="outbox",
        data=data,
        lines=tuple(lines) or ("Nothing is due.",),
        exit_code=Unresolved.exit_code if report.unresolved or report.damaged or older else 0,
        warnings=damaged.warnings_of(report.damaged),
    )


def _notify(report: Report, *, older: bool) -> None:
    """``older`` = the records are an older copy, whose newer one may have held more."""
    from bowout.outbox import notify

    if not _on_terminal():
        damaged_ones = (bool(report.damaged) or older) and notify.tells_failure(options.now())
        for sentence in notify.news(report.changed, damaged=damaged_ones):
            notify.notify(sentence)


def _notify_of_failure() -> None:
    from bowout.outbox import notify

    if not _on_terminal() and notify.tells_failure(options.now()):
        notify.notify(notify.NOT_RUN)


def _on_terminal() -> bool:
    """There the person reads it anyway; else they should hear of it."""
    return sys.stderr is not None and sys.stderr.isatty()


command.add_command(timer.install)
command.add_command(timer.uninstall)
