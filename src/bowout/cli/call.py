"""``bowout call WHO``: the phone card and script; with ``--outcome`` the call is logged."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

import click

from bowout import notice
from bowout.cli import ask, phrases, private, recorded, render
from bowout.cli.asked import Asked
from bowout.cli.options import Kebab, Options, shared
from bowout.cli.render import Result
from bowout.errors import AlreadyDone, NothingFound, Suspicious, UsageError
from bowout.model import CallOutcome, Depth, Reason, Situation
from bowout.text.harmless import for_shell, thread_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, timedelta

    from bowout.calls.card import Card
    from bowout.find.candidate import Candidate
    from bowout.journal.record import Withdrawal
    from bowout.model import Call, Thread
    from bowout.session import Session

_SCREEN = 24  # lines of a terminal that nobody made larger
_MOST_NUMBERS = 2  # on the card; all of them stand with the answers


@dataclass(frozen=True, kw_only=True)
class _Asked(Asked):
    """The same, and how the call went."""

    outcome: CallOutcome | None = None
    person: str | None = None
    at: str | None = None
    correct: bool = False
    answers: bool = False


@click.command("call")
@click.argument("who")
@click.option(
    "--outcome", type=Kebab(CallOutcome), help="Log the call: spoke, voicemail-callback, no-answer ..."
)
@click.option("--with", "person", metavar="NAME", help="With whom you spoke, if it was somebody else.")
@click.option(
    "--at", metavar="WHEN", help="When the call was, e.g. '20 minutes ago', 10:30, 'yesterday 16:00'."
)
@click.option("--correct", is_flag=True, help="Correct the call that was logged last.")
@click.option("--answers", is_flag=True, help="Show what to answer to what they may say, and the voicemail.")
@click.option("--reason", type=Kebab(Reason), help="Why you leave, for the script.")
@click.option("--depth", type=Kebab(Depth), help="How much of the reason to tell: none, brief, full.")
@click.option("--situation", type=Kebab(Situation), help="Overrides what the thread suggests.")
@click.option("--lang", "language", metavar="LANG", help="Language of the script, for example en or de.")
@click.option("--du/--sie", "familiar", default=None, help="Say du (tú, tu) or Sie, whatever they say.")
@click.option("--set", "values", multiple=True, metavar="KEY=VALUE", help="State a fact, e.g. position='QA'.")
@click.option("--thread", "thread_id", metavar="ID", help="Use this thread; ids are listed by find.")
@click.option("--to", metavar="PERSON", help="Call this person of the thread.")
@click.option("--force", is_flag=True, help="Go on in spite of a warning.")
@private.options
@shared
def command(*, opts: Options, who: str, **options: Any) -> Result:
    """Show what to have before you when you call, on one screen, or log how the call went.

    WHO is a recorded withdrawal: its number (w3), company, or person. Without a record the thread is found as
    draft does, and the withdrawal is recorded.
    """
    asked = _Asked(**options)
    if asked.at and not (asked.outcome or asked.correct):
        raise UsageError("--at says when a call was that you log.", "Say how it went, too: --outcome spoke")
    if asked.answers and (asked.outcome or asked.correct):
        raise UsageError(
            "--answers shows what to say; a call that is logged is over.", "Leave --answers out."
        )
    with recorded.session_or_none(opts, who) as (active, withdrawal):
        private.decided_on(active, asked.decided_on)  # refused before anything is logged
        thread, found = _thread(active, opts, who, withdrawal, asked)
        with ask.about(active, found):
            if asked.outcome or asked.correct:
                return _log(active, opts, thread, withdrawal, asked)
            return _card(active, opts, thread, found, withdrawal, asked)


def _thread(
    active: Session, opts: Options, who: str, withdrawal: Withdrawal | None, asked: _Asked
) -> tuple[Thread, Candidate]:
    from bowout.drafts import basis

    thread_id = asked.thread_id or (withdrawal.thread_id if withdrawal else None)
    chosen = ask.choose(active, opts, who, thread_id)
    thread, found = chosen.thread, chosen.candidate
    if basis.known_withdrawal(active, thread) or asked.force:
        return thread, found
    with ask.about(active, found):
        _refuse(opts, found)
    return thread, found


def _refuse(opts: Options, found: Candidate) -> None:
    """Stop before a call to people with whom it is over, or who may be somebody else."""
    if found.status:
        raise AlreadyDone(
            "In this thread they have already turned you down."
            if found.status == "rejected"
            else "You already withdrew in this thread.",
            "To call all the same add --force.",
        )
    if found.warnings and not opts.interactive:
        raise Suspicious(
            found.warnings[0],
            "Look at the message yourself; if it is genuine, run again on a terminal or with --force.",
        )


# --- the card ---------------------------------------------------------------------------------------


def _card(
    active: Session,
    opts: Options,
    thread: Thread,
    found: Candidate,
    withdrawal: Withdrawal | None,
    asked: _Asked,
) -> Result:
    from bowout.calls import card, log

    shown = card.card(active, thread, asked.request(active), withdrawal)
    if withdrawal is None and not opts.dry_run:
        withdrawal = log.record(active, thread, shown)
    if withdrawal and not opts.dry_run:
        private.keep(active, withdrawal, asked)
    alarms = [render.alarm(f"Suspicious: {warning}") for warning in found.warnings]
    told = (
        describe_answers(shown, withdrawal) if asked.answers else describe(shown, active.clock(), withdrawal)
    )
    return Result(command="call", data=_data(shown, withdrawal), lines=(*alarms, *told))


def describe(card: Card, now: datetime, withdrawal: Withdrawal | None) -> list[str]:
    """The card as it is read beside the telephone: one screen."""
    left = notice.of(card.slot, now)
    head = [*_before_dialling(card, left, now)]
    title = "Say this; once the decision is out, stop and let them answer"
    steps = _section(title, card.script.steps, numbered=True)
    machine = _section("If a machine answers", [" ".join(card.script.voicemail_decision)])
    answers = f"bowout call {_same(card, withdrawal)} --answers   (voicemails, too)"
    foot = ["", *render.labelled("Answers", answers), *_next_outcome(card, withdrawal)]
    # With little time left there may be no second try. Where it would not fit, it stands with the answers.
    fits = len([*head, *steps, *machine, *foot]) <= _SCREEN
    return [*head, *steps, *(machine if notice.is_short(left) and fits else ()), *foot]


def _before_dialling(card: Card, left: timedelta | None, now: datetime) -> Iterator[str]:
    """Whom to call, where and when, about what, and what to mind."""
    who = card.person.name or card.person.address.address
    yield from _named("Call", who, f", {card.company}" if card.company else "")
    yield from _number_lines(card, _MOST_NUMBERS)
    yield from _their_clock(card, left)
    if card.slot and card.slot.start > now:
        yield render.label("Slot", phrases.slot(card.slot, now))
    yield from _logged(card, now)
    for title, line in zip_longest(["Mind"], card.script.card, fillvalue=""):
        yield from render.labelled(title, line)


def describe_answers(card: Card, withdrawal: Withdrawal | None) -> Iterator[str]:
    """What they may say and what you say then, and the words for a voicemail."""
    yield from _named("Call", card.person.name or card.person.address.address)
    yield from _number_lines(card, len(card.numbers))
    yield ""
    yield render.strong("If they say")
    for they, you in card.script.answers:
        yield from render.hanging(they, "  ")
        yield from render.hanging(you, "      ")
    yield from _section("Voicemail: ask for a call back", card.script.voicemail_callback)
    when = f"less than {notice.hours(notice.SHORT)} hours left, or the second time"
    yield from _section(f"Voicemail with the decision ({when})", card.script.voicemail_decision)
    yield ""
    yield from _next_outcome(card, withdrawal)


def _name(card: Card, withdrawal: Withdrawal | None) -> str:
    return withdrawal.label if withdrawal else for_shell(card.person.address.address)


def _same(card: Card, withdrawal: Withdrawal | None) -> str:
    """WHO, and the reason where it is not the recorded one, so that the next look says the same."""
    recorded = withdrawal.reason if withdrawal else Reason.NONE
    reason = f" --reason {card.wish.reason}" if card.wish.reason is not recorded else ""
    return f"{_name(card, withdrawal)}{reason}"


def _next_outcome(card: Card, withdrawal: Withdrawal | None) -> Iterator[str]:
    spoke = f"bowout call {_name(card, withdrawal)} --outcome spoke   (or one of these)"
    yield from render.labelled("Next", spoke)
    others = ", ".join(one.value for one in CallOutcome if one is not CallOutcome.SPOKE)
    yield from render.labelled("", others)


def _named(title: str, name: str, about: str = "") -> Iterator[str]:
    """A labelled line that begins with what the eye looks for."""
    first, *more = render.labelled(title, f"{name}{about}")
    yield first.replace(render.safe(name), render.strong(name), 1)
    yield from more


def _number_lines(card: Card, most: int) -> Iterator[str]:
    if not card.numbers:
        yield from render.caution(
            "Number", "none in the thread; look for it in the invitation or on their site"
        )
    for number in card.numbers[:most]:
        whose = "" if number.owner in ("", card.person.name) else f" ({number.owner})"
        source = f"  from {number.source}" if number.source else ""
        yield from _named("Number", number.text, f"{whose}  {number.tel}{source}")


def _their_clock(card: Card, left: timedelta | None) -> Iterator[str]:
    if card.their_time is None:
        return
    there = card.their_time
    yield render.label("There", f"{there.now:%A %H:%M} (a guess, {render.safe(there.source)})")
    if left is None or left > notice.SHORT:
        yield from _odd_hour(there.now)


def _logged(card: Card, now: datetime) -> Iterator[str]:
    """The newest call in words, and how many were before; the list is in the status."""
    if not card.logged:
        return
    *before, newest = card.logged
    told = f"{phrases.outcome(newest)}, {phrases.since(newest.at, now, newest.zone)}"
    yield from render.labelled("Logged", f"{told}; {len(before)} before" if before else told)


def _odd_hour(there: datetime) -> Iterator[str]:
    if there.weekday() >= 5:
        yield from render.caution("", "It is the weekend there; a working day is kinder.")
    elif not notice.are_at_work(there):
        between = f"between {notice.CALLS_BEGIN.hour}:00 and {notice.CALLS_END.hour}:00"
        yield from render.caution("", f"That is outside working hours; call {between} their time.")


def _section(title: str, lines: Sequence[str], *, numbered: bool = False) -> list[str]:
    if not lines:
        return []
    told = (render.hanging(line, f" {number} " if numbered else "  ") for number, line in enumerate(lines, 1))
    return ["", render.strong(title), *chain.from_iterable(told)]


def _data(card: Card, withdrawal: Withdrawal | None) -> dict[str, object]:
    there, script = card.their_time, card.script
    return {
        "withdrawal": withdrawal.label if withdrawal else None,
        "person": card.person.name,
        "address": card.person.address.address,
        "company": card.company,
        "numbers": [
            {"number": n.text, "tel": n.tel, "owner": n.owner or None, "source": n.source or None}
            for n in card.numbers
        ],
        "their_time": {"now": there.now, "guess": True, "source": there.source} if there else None,
        "slot": {"start": card.slot.start, "zone": card.slot.zone} if card.slot else None,
        "script": {
            "card": script.card,
            "steps": script.steps,
            "answers": [{"they": they, "you": you} for they, you in script.answers],
            "voicemail_callback": script.voicemail_callback,
            "voicemail_decision": script.voicemail_decision,
        },
        "calls": [phrases.call_data(call) for call in card.logged],
    }


# --- the log ------------------------------------------------------------------------------------------


def _log(
    active: Session, opts: Options, thread: Thread, withdrawal: Withdrawal | None, asked: _Asked
) -> Result:
    from bowout.calls import card, log

    said = log.Said(outcome=asked.outcome, person=asked.person, at=asked.at)
    if withdrawal is None:
        if asked.correct:
            raise NothingFound(
                "No call is logged yet.",
                f"Log one with: bowout call {thread_option(thread.id)} --outcome spoke",
            )
        log.when_called(active, said)  # a time that cannot be read must record nothing
        shown = card.card(active, thread, asked.request(active), None)
        if opts.dry_run:
            return _dry(None)
        withdrawal = log.record(active, thread, shown)
    if opts.dry_run:
        log.when_called(active, said)
        return _dry(withdrawal)
    change = log.correct if asked.correct else log.log
    call = change(active, withdrawal, said)
    private.keep(active, withdrawal, asked)
    calls = active.store.calls(withdrawal.id)
    done = "Corrected" if asked.correct else "Logged"
    head = f"{done} ({withdrawal.label}):"
    lines = [*render.hanging(f"{head} {phrases.call(call, active.clock())}.", "")]
    lines[0] = lines[0].replace(head, click.style(head, fg="green"), 1)
    lines += render.labelled("Next", _next(withdrawal, call, calls))
    data = {
        "withdrawal": withdrawal.label,
        "logged": True,
        "call": phrases.call_data(call),
        "calls": len(calls),
    }
    return Result(command="call", data=data, lines=tuple(lines))


def _dry(withdrawal: Withdrawal | None) -> Result:
    data = {"withdrawal": withdrawal.label if withdrawal else None, "logged": False}
    return Result(command="call", data=data, lines=("Dry run: nothing was logged.",))


def _next(withdrawal: Withdrawal, call: Call, calls: Sequence[Call]) -> str:
    from bowout.journal.calls import UNANSWERED

    confirm = f"bowout confirm {withdrawal.label}"
    unanswered = [c for c in calls if c.outcome in UNANSWERED]
    match call.outcome:
        case CallOutcome.SPOKE:
            return f"{confirm}   (in writing, the same day)"
        case CallOutcome.WRONG_PERSON:
            return f"{confirm}   (the letter, to whoever coordinates the interviews)"
        case CallOutcome.NO_ANSWER | CallOutcome.BUSY if len(unanswered) < 2:
            return f"try once more and log it; after that write: {confirm}"
        case _:
            return f"{confirm}   (says in writing what you could not say)"
