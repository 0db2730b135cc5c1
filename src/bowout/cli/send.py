"""``bowout send WHO``: arm a draft that the person has reviewed, now or for later."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from bowout.cli import phrases, recorded, render, submissions, timer
from bowout.cli.options import Options, Rule, shared
from bowout.cli.render import Result
from bowout.errors import Ambiguous, NothingFound, Unresolved, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bowout.journal.record import DraftRecord, Withdrawal
    from bowout.journal.submission import Submission
    from bowout.outbox.arm import Shown
    from bowout.session import Session

GRACE = 10  # seconds to think again before a letter goes out at once


@click.command("send")
@click.argument("who")
@click.option("--at", "at", metavar="WHEN", help="When, e.g. 17:00, 'tomorrow 9am', 'in 2 hours'; else now.")
@click.option("--follow-edits", is_flag=True, help="Also send later changes of the text, once they rest.")
@click.option("--letter", "purpose", metavar="NAME", help="Which letter: withdrawal, or a follow-up's name.")
@click.option("--allow", type=Rule(), multiple=True, help="Send a letter that breaks this lint rule.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared
def command(
    *,
    opts: Options,
    who: str,
    at: str | None,
    purpose: str | None,
    follow_edits: bool,
    allow: tuple[str, ...],
    yes: bool,
) -> Result:
    """Send a draft of bowout's that you have read, now or at a time you name.

    WHO is a withdrawal's number (w3), its company or its person. What you see is what is sent, once: if
    anything changes before then - they write, you write, the draft is edited - it is held back and you are
    told. The computer must be on at that time, or come on soon after: see bowout outbox install.
    """
    with recorded.session(opts, who) as (active, withdrawal):
        record = letter_of(active, withdrawal, purpose)
        return arm_and_tell(
            active,
            opts,
            withdrawal,
            record,
            at,
            command="send",
            follow_edits=follow_edits,
            allow=allow,
            yes=yes,
        )


def letter_of(active: Session, withdrawal: Withdrawal, purpose: str | None = None) -> DraftRecord:
    """The draft that is meant: the only one that waits, or the one of that purpose.

    Raises ``NothingFound``, and ``Ambiguous`` when several wait.
    """
    name = purpose.strip().lower().replace("_", "-") if purpose else None
    drafts = [r for r in active.store.drafts(withdrawal.id) if name in (None, r.purpose)]
    waiting = [r for r in drafts if r.state.is_waiting]
    if len(waiting) > 1:
        raise Ambiguous(
            f"{withdrawal.label} has more than one letter that could be sent.",
            "Name one: " + ", ".join(f"--letter {r.purpose}" for r in waiting),
            candidates=tuple(
                {"withdrawal": withdrawal.label, "letter": r.purpose, "thread": withdrawal.thread_id}
                for r in waiting
            ),
        )
    if waiting or drafts:
        return (waiting or drafts)[-1]  # a finished one is refused in words by arming
    raise NothingFound(
        f"{withdrawal.label} has no letter{f' called {name}' if name else ''} to send.",
        f"Write one: bowout draft {withdrawal.label}",
    )


def arm_and_tell(
    active: Session,
    opts: Options,
    withdrawal: Withdrawal,
    record: DraftRecord,
    at: str | None,
    *,
    command: str,
    follow_edits: bool = False,
    allow: Sequence[str] = (),
    yes: bool = False,
) -> Result:
    """Show what would be sent, ask, arm; without ``at`` send it right away. ``confirm --at`` runs it too."""
    from bowout import when
    from bowout.outbox import arm

    moment = arm.at_once(active) if at is None else when.parse(at, active.clock(), active.zone)
    shown = arm.preview(active, withdrawal, record, moment, follow_edits=follow_edits, allow=allow)
    lines = (*describe(shown, active),)
    if opts.dry_run:
        told = (*lines, "Dry run: nothing was armed.")
        return Result(command=command, data={"armed": False, **data_of(shown)}, lines=told)
    if not (yes or opts.interactive):
        raise UsageError(
            "bowout asks before it arms a letter, and nobody can answer here.",
            "Run it on a terminal, look first with --dry-run, or say --yes.",
        )
    if not opts.json:
        render.show(lines)
    if not yes and not agreed(at):
        return Result(command=command, data={"armed": False}, lines=("Nothing was armed.",))
    if at is None:
        moment = arm.at_once(active)  # now is when the person said yes, not when they began to read
    row = arm.arm(active, withdrawal, record, moment, follow_edits=follow_edits, allow=allow, shown=shown)
    if at is None:
        return _sent(active, command, row.id, shown)
    return armed(active, command, row.id, shown)


def agreed(at: str | None) -> bool:
    """Ask whether it is to be sent, at that time or, after a moment to think again, now."""
    if at is not None:
        return click.confirm("Send it then, exactly as it stands here?", default=False)
    if not click.confirm("Send it now, exactly as it stands here?", default=False):
        return False
    for left in range(GRACE, 0, -1):
        click.echo(f"\rSending in {left:2} s; Ctrl-C stops it. ", nl=False, err=True)
        time.sleep(1)
    click.echo("", err=True)
    return True


def describe(shown: Shown, active: Session) -> Iterator[str]:
    """What the person approves: to whom, the words, what came last in the thread, when."""
    from bowout import when

    message, now = shown.message, active.clock()
    yield render.label("From", phrases.people(message.from_))
    yield render.label("To", render.strong(phrases.people(message.to)))
    if message.cc:
        yield render.label("Cc", phrases.people(message.cc))
    yield render.label("Subject", render.safe(message.subject))
    for mail in shown.newest:
        sender = phrases.people(mail.from_[:1])
        yield render.label("Earlier", f"{sender}, {phrases.distance(mail.moment, now)}")
    if shown.words:
        yield from render.two_lines("They", phrases.newest(shown.words, message.to))
    yield ""
    yield from render.letter(shown.text)
    yield ""
    if shown.difference:
        yield "Changed since the last time:"
        yield from (f"  {render.safe(line)}" for line in shown.difference if line[:2] != "@@")
        yield ""
    yield render.label("When", render.strong(when.describe(shown.when, now)))
    yield render.label("Latest", f"{phrases.moment(shown.not_after, shown.when.zone)}, then never by itself")
    for note in shown.notes:
        yield from render.caution("Note", note)


def data_of(shown: Shown) -> dict[str, object]:
    """The JSON form of what would be armed."""
    message = shown.message
    return {
        "withdrawal": shown.withdrawal.label,
        "letter": shown.purpose,
        "from": [a.address for a in message.from_],
        "to": [a.address for a in message.to],
        "cc": [a.address for a in message.cc],
        "subject": message.subject,
        "text": shown.text,
        "newest": phrases.newest_data(shown.words),
        "due": shown.when.instant,
        "zone": shown.when.zone,
        "not_after": shown.not_after,
        "difference": shown.difference,
        "notes": shown.notes,
    }


def armed(active: Session, command: str, row_id: int, shown: Shown) -> Result:
    """Tell that it is armed, and how to take it back."""
    from bowout import when

    label = f"s{row_id}"
    asleep = timer.note(active.config)
    lines = [
        click.style(f"Armed as {label}", fg="green") + f" for {when.describe(shown.when, active.clock())}.",
        *render.caution("Timer", asleep),
        render.label("Next", f"change your mind with: bowout outbox cancel {label}"),
    ]
    data = {"armed": True, "submission": label, "state": "armed", "timer": asleep, **data_of(shown)}
    return Result(command=command, data=data, lines=tuple(lines))


def _sent(active: Session, command: str, row_id: int, shown: Shown) -> Result:
    from bowout.journal.submission import State
    from bowout.journal.submissions import Queue
    from bowout.outbox import run

    queue = Queue(active.store)
    with submissions.desk(active.config) as at_work:
        try:
            row = run.handle(at_work, queue.get(row_id))
        except KeyboardInterrupt:  # while it waited or looked: armed as it is, the next run would send it
            row = queue.get(row_id)
            if row.state is State.ARMED:
                row = queue.hold(row_id)
    lines = [*submissions.lines_of(active.store, row, active.clock())]
    code, told = submissions.exit_code(row), submissions.data_of(row)
    if row.state in (State.ARMED, State.SENDING) and not code:
        lines += _not_yet(active, row)
        code = Unresolved.exit_code
        told["next"] = "bowout outbox run"
    data = {"armed": True, "submission": row.label, **data_of(shown), **told}
    return Result(command=command, data=data, lines=tuple(lines), exit_code=code)


def _not_yet(active: Session, row: Submission) -> Iterator[str]:
    """It was to go out now and did not: another run held the outbox all the while we waited for it."""
    yield render.alarm("Not sent yet:") + " another run of the outbox is at work and did not end in time."
    yield from render.caution("Timer", timer.note(active.config))
    yield render.label("Next", "when that run has ended: bowout outbox run")
    yield render.label("Or", f"take it back: bowout outbox cancel {row.label}")
