"""docs/outbox.md and ``decide`` are the same table: every line is tried, and no other line exists."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.journal.submission import Hold, Snapshot, State, Submission
from bowout.journal.submissions import LOOK_AHEAD
from bowout.model import DraftKey, Message
from bowout.notice import LETTERS_BEGIN, LETTERS_END
from bowout.outbox.decide import (
    CLOCK_TOLERANCE,
    PROMPT,
    PROVEN_AFTER,
    PROVEN_BY,
    Action,
    Cancel,
    Edit,
    HoldBack,
    Miss,
    Policy,
    Proven,
    Rearm,
    Send,
    SentByPerson,
    Stay,
    View,
    Wait,
    decide,
    settle,
)
from bowout.providers.base import Draft, Evidence, Maybe, Receipt

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "outbox.md").read_text(encoding="utf-8")
ZONE = "Europe/Berlin"
DUE = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # 17:00 in Berlin
NIGHT = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)  # 22:00 there
POLICY = Policy()

KEY = DraftKey(thread_id="t", message_id="<ours@home.example>", id="d1")
DRAFT = Draft(key=KEY, revision="1", content_hash="h", message=Message(id="d1", thread_id="t"))
RECEIPT = Receipt(message_id="<ours@home.example>", id="m9", at=DUE)
MAYBE = Maybe(ids=("m9",), why="you wrote something else")

SNAPSHOT = Snapshot(
    key=KEY,
    content_hash="h",
    envelope="e",
    recipients=("jane@acme.example",),
    subject="Re: Interview",
    messages=frozenset({"m1"}),
    record=3,
    call=(1, 2),
    mailbox_id="box",
)
ARMED = Submission(
    id=7,
    withdrawal_id=1,
    draft_id=1,
    purpose="after-call",
    account="home",
    state=State.ARMED,
    due=DUE,
    zone=ZONE,
    typed="17:00",
    not_after=DUE + timedelta(hours=12),
    snapshot=SNAPSHOT,
    armed_at=DUE - timedelta(hours=5),
)
CALM = View(mailbox_id="box", server_time=None, draft=DRAFT, record=3, call=(1, 2))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True)
class Situation:
    """What is not as it was at arming; with ``quiet``, the draft was edited so long before ``now``."""

    now: datetime | None
    row: dict[str, Any]
    view: dict[str, Any]
    quiet: timedelta | None = None

    def made(self) -> tuple[Submission, View, datetime]:
        now = self.now or DUE
        view = dict(self.view)
        if self.quiet is not None:
            view["edit"] = replace(view.get("edit", edited()), quiet_since=now - self.quiet)
        return replace(ARMED, **self.row), replace(CALM, **view), now

    def beside(self, other: Situation) -> Situation | None:
        """Both at once; None where one excludes the other."""
        if self.now and other.now and self.now != other.now:
            return None
        view = self.view | other.view
        for name in self.view.keys() & other.view.keys():
            if name == "problem":
                view[name] = self.view[name]
            elif name == "edit":
                view[name] = both(self.view[name], other.view[name])
            elif self.view[name] != other.view[name]:
                return None
        if any(self.row[name] != other.row[name] for name in self.row.keys() & other.row.keys()):
            return None
        quiet = [one.quiet for one in (self, other) if one.quiet is not None]
        return Situation(self.now or other.now, self.row | other.row, view, min(quiet, default=None))


def case(
    now: datetime | None = None,
    row: dict[str, Any] | None = None,
    *,
    quiet: timedelta | None = None,
    **view: Any,
) -> Situation:
    return Situation(now, row or {}, view, quiet)


def edited(*, envelope: bool = False, lint: tuple[str, ...] = ()) -> Edit:
    return Edit(envelope=envelope, quiet_since=DUE - HOUR, lint=lint)


def both(one: Edit, other: Edit) -> Edit:
    return Edit(
        envelope=one.envelope or other.envelope,
        quiet_since=max(one.quiet_since, other.quiet_since),
        lint=one.lint + other.lint,
    )


FOLLOWS: dict[str, Any] = {"follow_edits": True}
TOO_LATE = ARMED.not_after + MINUTE

# The left cells of the table -> a situation that they describe.
CASES = {
    "the account is no longer in the configuration": case(account_known=False, problem="no account"),
    "the records came from another computer": case(store=Hold.COPIED_STORE),
    "the records are an older copy": case(store=Hold.OLDER_STORE),
    "sending was switched off": case(may_send=False),
    "the mailbox cannot be read": case(problem="offline"),
    "the mailbox cannot be read until it is too late": case(TOO_LATE, problem="offline"),
    "another mailbox answers under the account's name": case(mailbox_id="other"),
    "the draft is gone and a sent copy is there": case(draft=None, sent=RECEIPT, rivals=1),
    "another draft in the thread may be the one": case(rivals=1),
    "the draft is gone and something may be the sent copy": case(draft=None, sent=MAYBE),
    "the draft is gone and nothing was sent": case(draft=None),
    "the server's clock differs by more than 5 minutes": case(server_time=DUE + timedelta(minutes=5.1)),
    "the clock runs before the last pass": case(last_pass=DUE + 24 * HOUR),
    "they wrote": case(theirs=("m2",)),
    "only an automatic reply or a bounce came": case(machines=("m2",)),
    "you wrote in the thread": case(mine=("m2",)),
    "you wrote to them elsewhere": case(wrote_elsewhere=True),
    "the withdrawal it follows was never sent": case(record=None),
    "a fact or a call was corrected": case(call=(1, 3)),
    "recipients, subject or attachments were changed": case(edit=edited(envelope=True)),
    "the text was changed": case(row={"follow_edits": False}, edit=edited()),
    "the text was changed, with --follow-edits, and it breaks a rule": case(
        row=FOLLOWS, edit=edited(lint=("T03 x",))
    ),
    "the text was changed, with --follow-edits, a moment ago": case(row=FOLLOWS, edit=edited(), quiet=MINUTE),
    "the text was changed, with --follow-edits, too late to rest": case(
        row={**FOLLOWS, "not_after": DUE + 5 * MINUTE}, edit=edited(), quiet=MINUTE
    ),
    "the text was changed, with --follow-edits, and has rested": case(row=FOLLOWS, edit=edited()),
    "it is not due yet": case(DUE - MINUTE),
    "it is due": case(DUE),
    "it is up to 30 minutes late, at any hour": case(NIGHT + 30 * MINUTE, {"due": NIGHT}),
    "it is later, between 7:00 and 21:00": case(DUE + 2 * HOUR),
    "it is later, at night": case(DUE + 5 * HOUR, {"not_after": DUE + 24 * HOUR}),
    "it is later, at night, and 7:00 is too late": case(DUE + 5 * HOUR),
    "it is too late": case(TOO_LATE),
}


def table(first: str) -> list[list[str]]:
    lines = PAGE.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    return rows


def words(action: Action) -> str:
    """An action as the page says it."""
    match action:
        case HoldBack(reason, _):
            return f"held: {reason}"
        case Stay():
            return "stays armed, you are told"
        case Miss():
            return "missed"
        case Cancel():
            return "cancelled"
        case SentByPerson():
            return "sent-by-person"
        case Wait():
            return "waits"
        case Send():
            return "sends"


@pytest.mark.parametrize(("seen", "done"), table("What bowout finds"))
def test_every_line_of_the_page_is_what_is_decided(seen: str, done: str) -> None:
    assert words(decide(*CASES[seen].made(), POLICY)) == done


def test_the_page_has_a_line_for_every_case_and_every_reason() -> None:
    rows = table("What bowout finds")
    assert [row[0] for row in rows] == list(CASES)
    automatic = {row[1].removeprefix("held: ") for row in rows if row[1].startswith("held: ")}
    # What a server said, and what the person says, are no matter of a look.
    assert automatic | {Hold.REFUSED, Hold.NOT_SENT} == set(Hold)


def test_the_page_explains_every_state_and_every_reason() -> None:
    assert [row[0] for row in table("State")] == list(State)
    assert [row[0] for row in table("Reason")] == list(Hold)


# Two lines that a third one describes when both hold.
MORE_EXACT = {
    ("the mailbox cannot be read", "it is too late"),
    ("the text was changed, with --follow-edits, a moment ago", "it is too late"),
}


def pairs() -> list[tuple[str, str]]:
    """Every two lines that can hold together and of which the first ends the search."""
    found = []
    for (seen, done), (later, _) in combinations(table("What bowout finds"), 2):
        one, other = CASES[seen], CASES[later]
        together = one.beside(other)
        if done == "sends" or together is None or (seen, later) in MORE_EXACT:
            continue
        if together != other:  # else the later line is the first one told more exactly
            found.append((seen, later))
    return found


def told(action: Action) -> tuple[str, str]:
    """What is done, and the reason that the person reads."""
    why = {HoldBack: "detail", Miss: "detail", Cancel: "detail", Stay: "error", Wait: "why"}.get(type(action))
    return words(action), getattr(action, why) if why else ""


@pytest.mark.parametrize(("seen", "later"), pairs())
def test_what_stands_higher_in_the_table_counts_first(seen: str, later: str) -> None:
    """They wrote and it is too late: the person hears that they wrote, which is what matters."""
    together = CASES[seen].beside(CASES[later])
    assert together is not None
    assert told(decide(*together.made(), POLICY)) == told(decide(*CASES[seen].made(), POLICY))


def test_every_line_that_holds_it_back_gives_a_reason_of_its_own() -> None:
    found = [told(decide(*CASES[seen].made(), POLICY)) for seen, done in table("What bowout finds")]
    held = [reason for reason in found if reason[0].startswith("held")]
    # Other machine or older copy: one reason to read, and the word before it tells which.
    assert len(set(held)) == len(held)


@pytest.mark.parametrize(
    ("situation", "done", "why"),
    [
        # The draft is there: what else I wrote is no reason to think that it was sent.
        (case(sent=MAYBE), "sends", ""),
        # Without --follow-edits any change of the text is the reason, not the rule that it breaks.
        (case(edit=edited(lint=("T03 x",))), "held: edited", "its text was changed since you armed it"),
        # It has rested, so it is not "still in the works"; the time alone is past.
        (
            case(TOO_LATE, FOLLOWS, edit=edited(), quiet=POLICY.quiet_period),
            "missed",
            "its time was over when a run looked",
        ),
    ],
)
def test_what_lies_between_two_lines(situation: Situation, done: str, why: str) -> None:
    assert told(decide(*situation.made(), POLICY)) == (done, why)


# Neighbours of the table that cannot both hold, or of which the first ends nothing; all others are tried.
APART = """
the records came from another computer
the mailbox cannot be read
only an automatic reply or a bounce came
the text was changed
the text was changed, with --follow-edits, a moment ago
the text was changed, with --follow-edits, and has rested
it is not due yet
it is due
it is up to 30 minutes late, at any hour
it is later, between 7:00 and 21:00
it is later, at night, and 7:00 is too late
"""


def test_every_two_neighbours_that_can_hold_together_are_tried() -> None:
    tried = set(pairs())
    apart = [one for one, next_ in pairwise(CASES) if (one, next_) not in tried]
    assert apart == APART.strip().splitlines()


def test_an_unread_mailbox_is_never_no_reply() -> None:
    for late in (timedelta(), 6 * HOUR, 12 * HOUR):
        assert not isinstance(decide(ARMED, replace(CALM, problem="x"), DUE + late, POLICY), Send)


def test_waiting_says_until_when() -> None:
    night = case(DUE + 5 * HOUR, {"not_after": DUE + 24 * HOUR})
    action = decide(*night.made(), POLICY)
    assert isinstance(action, Wait)
    assert action.until == datetime(2026, 11, 25, 6, 0, tzinfo=UTC)  # 7:00 in Berlin
    early = decide(ARMED, CALM, DUE - HOUR, POLICY)
    assert isinstance(early, Wait)
    assert early.until == DUE


ZONES = {
    # The night in which clocks change: 7:00 is the wall clock's, whatever the night's length.
    "Europe/Berlin": (datetime(2026, 3, 28, 22, 30, tzinfo=UTC), datetime(2026, 3, 29, 5, 0, tzinfo=UTC)),
    "America/New_York": (datetime(2026, 11, 1, 2, 30, tzinfo=UTC), datetime(2026, 11, 1, 12, 0, tzinfo=UTC)),
    "Australia/Lord_Howe": (
        datetime(2026, 10, 3, 12, 30, tzinfo=UTC),
        datetime(2026, 10, 3, 20, 0, tzinfo=UTC),
    ),
}


@pytest.mark.parametrize("zone", ZONES)
def test_the_morning_is_the_wall_clocks_also_when_clocks_change(zone: str) -> None:
    now, opens = ZONES[zone]
    row = replace(ARMED, zone=zone, due=now - HOUR, not_after=now + 24 * HOUR)
    action = decide(row, CALM, now, POLICY)
    assert isinstance(action, Wait)
    assert action.until == opens
    assert action.until.astimezone(ZoneInfo(zone)).hour == 7


@given(
    minutes=st.integers(-3000, 3000),
    theirs=st.booleans(),
    mine=st.booleans(),
    gone=st.booleans(),
    problem=st.booleans(),
    changed=st.booleans(),
    follow=st.booleans(),
)
def test_it_sends_only_what_is_as_it_was_and_in_time(
    minutes: int, theirs: bool, mine: bool, gone: bool, problem: bool, changed: bool, follow: bool
) -> None:
    now = DUE + minutes * MINUTE
    view = replace(
        CALM,
        theirs=("m2",) if theirs else (),
        mine=("m3",) if mine else (),
        draft=None if gone else DRAFT,
        problem="offline" if problem else None,
        edit=edited(envelope=not follow) if changed else None,
    )
    action = decide(replace(ARMED, follow_edits=follow), view, now, POLICY)
    if isinstance(action, Send):
        assert not any((theirs, mine, gone, problem))
        assert not changed or follow
        assert DUE <= now <= ARMED.not_after


# --- the limits: just below, at, just above -------------------------------------------------------------

SECOND = timedelta(seconds=1)
SOON_LATE = DUE + 10 * MINUTE  # before the hour matters
MIDNIGHT = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)  # in Berlin
MORNING = MIDNIGHT + timedelta(hours=LETTERS_BEGIN.hour)
EVENING = MIDNIGHT + timedelta(hours=LETTERS_END.hour)
LATE_ROW: dict[str, Any] = {"due": MIDNIGHT - 12 * HOUR, "not_after": MIDNIGHT + 48 * HOUR}


def rest(before: timedelta, **row: Any) -> Situation:
    """An edit that --follow-edits sends when it has rested for the configured time."""
    return case(row={**FOLLOWS, **row}, edit=edited(), quiet=POLICY.quiet_period - before)


@pytest.mark.parametrize(
    ("limit", "below", "at", "above"),
    [
        (lambda by: case(server_time=DUE + CLOCK_TOLERANCE + by), "sends", "sends", "held: clock"),
        (lambda by: case(server_time=DUE - CLOCK_TOLERANCE - by), "sends", "sends", "held: clock"),
        (lambda by: case(last_pass=DUE + by), "sends", "sends", "held: clock"),
        (lambda by: case(DUE + by), "waits", "sends", "sends"),
        (lambda by: case(SOON_LATE + by, {"not_after": SOON_LATE}), "sends", "sends", "missed"),
        (
            lambda by: case(SOON_LATE + by, {"not_after": SOON_LATE}, problem="offline"),
            "stays armed, you are told",
            "stays armed, you are told",
            "missed",
        ),
        (lambda by: case(NIGHT + PROMPT + by, {**LATE_ROW, "due": NIGHT}), "sends", "sends", "waits"),
        (lambda by: case(MORNING + by, LATE_ROW), "waits", "sends", "sends"),
        (lambda by: case(EVENING + by, LATE_ROW), "sends", "waits", "waits"),
        (lambda by: case(MIDNIGHT, {**LATE_ROW, "not_after": MORNING - by}), "waits", "waits", "missed"),
        (lambda by: rest(-by), "waits", "sends", "sends"),
        (lambda by: rest(MINUTE, not_after=DUE + MINUTE - by), "waits", "waits", "held: edited"),
    ],
    ids=[
        "server's clock ahead",
        "server's clock behind",
        "last pass",
        "due",
        "too late",
        "too late to look",
        "prompt",
        "7:00",
        "21:00",
        "7:00 too late",
        "rest",
        "rest too late",
    ],
)
def test_a_limit_is_where_the_page_says(
    limit: Callable[[timedelta], Situation], below: str, at: str, above: str
) -> None:
    found = [words(decide(*limit(by).made(), POLICY)) for by in (-SECOND, timedelta(), SECOND)]
    assert found == [below, at, above]


def test_the_limits_are_those_of_the_page() -> None:
    assert f"differs by more than {CLOCK_TOLERANCE // MINUTE} minutes" in PAGE
    assert f"due within {LOOK_AHEAD // HOUR} hours" in PAGE
    assert f"up to {PROMPT // MINUTE} minutes late" in PAGE
    assert f"between {LETTERS_BEGIN.hour}:00 and {LETTERS_END.hour}:00" in PAGE
    numbers = {2: "two", 10: "ten"}
    proof = f"still there after {numbers[PROVEN_AFTER // MINUTE]} minutes and {numbers[PROVEN_BY]} looks"
    assert proof in PAGE


# --- unknown ----------------------------------------------------------------------------------------

UNKNOWN = replace(ARMED, state=State.UNKNOWN, unknown_since=DUE, looks=2)
SAVED_AGAIN = replace(DRAFT, key=replace(DRAFT.key, id="another"))


def test_a_sent_copy_proves_it_whatever_the_provider() -> None:
    for evidence in Evidence:
        proven = settle(UNKNOWN, replace(CALM, sent=RECEIPT, draft=None), evidence, DUE)
        assert proven == Proven(RECEIPT)


@pytest.mark.parametrize(
    ("row", "view", "evidence", "minutes", "armed"),
    [
        ({}, {}, Evidence.CONSUMES_DRAFT, 10, True),
        ({"rearmed": True}, {}, Evidence.CONSUMES_DRAFT, 10, False),
        ({}, {"draft": None}, Evidence.CONSUMES_DRAFT, 10, False),
        ({}, {"draft": None, "sent": MAYBE}, Evidence.CONSUMES_DRAFT, 10, False),
        ({}, {"problem": "offline"}, Evidence.CONSUMES_DRAFT, 10, False),
        ({}, {"mailbox_id": "other"}, Evidence.CONSUMES_DRAFT, 10, False),
        ({}, {}, Evidence.SENT_COPY, 600, False),
        ({"claim": "c"}, {}, Evidence.TAKES_OUT, 0, True),
        ({"claim": "c"}, {"draft": None, "rivals": 2}, Evidence.TAKES_OUT, 600, False),
        ({"claim": "c"}, {"draft": SAVED_AGAIN}, Evidence.TAKES_OUT, 600, False),
        ({"claim": "c", "rearmed": True}, {}, Evidence.TAKES_OUT, 600, False),
        ({}, {}, Evidence.TAKES_OUT, 600, False),
    ],
)
def test_only_a_draft_that_would_have_left_proves_that_nothing_was_sent(
    row: dict[str, Any], view: dict[str, Any], evidence: Evidence, minutes: int, armed: bool
) -> None:
    found = settle(replace(UNKNOWN, **row), replace(CALM, **view), evidence, DUE + minutes * MINUTE)
    assert isinstance(found, Rearm) is armed


def test_the_proof_needs_its_time_and_its_looks() -> None:
    def proves(by: timedelta, looks: int) -> bool:
        row = replace(UNKNOWN, looks=looks)
        return settle(row, CALM, Evidence.CONSUMES_DRAFT, DUE + PROVEN_AFTER + by) is not None

    assert [proves(by, PROVEN_BY) for by in (-SECOND, timedelta(), SECOND)] == [False, True, True]
    assert [proves(SECOND, PROVEN_BY + more) for more in (-1, 0, 1)] == [False, True, True]


def test_the_page_names_the_exits_of_a_send_command() -> None:
    from bowout.providers.sending.command import REFUSED

    (listed,) = re.findall(r"accepted; ([\d, ]+) \(sysexits", PAGE)
    assert {int(code) for code in listed.split(",")} == set(REFUSED)
