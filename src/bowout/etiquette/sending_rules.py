"""Lint rules about sending a letter: to whom, when, true to a logged call (docs/etiquette.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bowout import notice
from bowout.etiquette.context import BOOKED, FROM_CALLS
from bowout.etiquette.fact_rules import called
from bowout.etiquette.letter_text import View, words_of
from bowout.etiquette.rule import Hit, rule
from bowout.etiquette.wording_rules import E, N, W
from bowout.mail.headers import ascii_domain
from bowout.model import Address, CallOutcome, FollowUp, Situation
from bowout.text.spelling import fold

# --- addressees -----------------------------------------------------------------------------------


def _mailbox(address: Address) -> str:
    """Name the mailbox of an address: a mail that was built has the ASCII form of an international domain."""
    return f"{address.local}@{ascii_domain(address.domain) or address.domain}"


@rule("A01", E, "B1 C1", "it goes to whoever scheduled or is the main contact", known=("to", "contacts"))
def a01(view: View) -> Iterator[Hit]:
    to, contacts = view.context.to or (), view.context.contacts or ()
    if contacts and not set(map(_mailbox, to)) & set(map(_mailbox, contacts)):
        # One person may have written from several addresses.
        names = ", ".join(dict.fromkeys(a.name or a.address for a in contacts))
        yield Hit(
            view.start,
            f"none of your contacts is among the addressees ({names})",
            "Address one of them with --to.",
        )


@rule("A02", E, "C1", "not only to an address that nobody reads", known=("to", "dead"))
def a02(view: View) -> Iterator[Hit]:
    to = set(map(_mailbox, view.context.to or ()))
    if to and to <= set(map(_mailbox, view.context.dead or ())):
        yield Hit(
            view.start,
            "nobody reads what is sent to this address",
            "Write to a person, or withdraw in the portal.",
        )


@rule(
    "A03", W, "wider", "an agency's client is not written to behind its back", known=("to", "client_domains")
)
def a03(view: View) -> Iterator[Hit]:
    for address in [*(view.context.to or ()), *view.context.cc]:
        if address.domain in {d.casefold() for d in view.context.client_domains or ()}:
            yield Hit(
                view.start,
                f"{address.address} is the agency's client",
                "Tell the agency; it will tell them.",
            )


@rule("A04", W, "wider", "no wide circle of addressees", known=("to",))
def a04(view: View) -> Iterator[Hit]:
    everyone = [*(view.context.to or ()), *view.context.cc]
    if len(everyone) > 3:
        yield Hit(view.start, f"the letter goes to {len(everyone)} people", "One person can tell the others.")


@rule("A05", E, "D14", "the reply stands in the right thread", known=("in_reply_to", "parents"))
def a05(view: View) -> Iterator[Hit]:
    answered = view.context.in_reply_to
    if answered == "":
        yield Hit(
            view.start,
            "the draft no longer hangs in this thread: its In-Reply-To is gone",
            "Draft it again.",
        )
    elif answered not in (view.context.parents or ()):
        yield Hit(view.start, "the reply does not answer a mail of this thread", "Draft it again.")


@rule("A06", E, "C1", "the draft is one that bowout may send", known=("unsendable",))
def a06(view: View) -> Iterator[Hit]:
    for why, cure in view.context.unsendable or ():
        yield Hit(view.start, why, cure)


# --- time -----------------------------------------------------------------------------------------


@rule("X01", W, "B8 B18", "soon after the decision", known=("decided_on", "now"))
def x01(view: View) -> Iterator[Hit]:
    decided, now = view.context.decided_on, view.context.now
    if decided is None or now is None:
        return
    gone = now - decided
    if gone > notice.STALE:
        yield Hit(
            view.start,
            f"you decided {gone.days} days ago; they have been planning with you since",
            "Send it now.",
        )
    elif gone > notice.FRESH:
        severity = W if gone > notice.OLD else N
        yield Hit(
            view.start,
            f"you decided {notice.hours(gone)} hours ago",
            "Send it today.",
            severity,
        )


@rule("X02", W, "D5", "enough notice before the interview", known=("slot", "now"), only=BOOKED)
def x02(view: View) -> Iterator[Hit]:
    now = view.context.now
    left = notice.of(view.context.slot, now) if now else None
    if left is None or view.context.left not in {None, *BOOKED}:
        return
    hours = notice.hours(left)
    if left <= notice.PASSED:
        if view.context.left is not Situation.MISSED:
            yield Hit(view.start, "the time of the interview has passed", "Use --situation missed.")
    elif left < notice.LATE:
        told = f"the interview begins in less than {notice.hours(notice.LATE)} hours"
        yield Hit(view.start, told, "Call now, then send this.")
    elif left < notice.SHORT:
        yield Hit(view.start, f"the interview begins in {hours} hours", "Call as well (bowout call).")
    elif left < notice.SOON:
        yield Hit(view.start, f"the interview begins in {hours} hours", "Send it today.", N)


@rule("X03", N, "–", "not in the middle of their night", known=("now",))
def x03(view: View) -> Iterator[Hit]:
    now, zone = view.context.now, view.context.recipient_zone
    # Where no invitation or number tells their clock nothing would ever make this rule checked.
    if now is None or zone is None or notice.is_short(notice.of(view.context.slot, now)):
        return  # a short notice is never delayed for the hour
    there = now.astimezone(zone)
    if notice.is_night(there):
        yield Hit(view.start, f"it is {there.hour}:00 where they are", "It can wait until the morning.")


@rule("X04", N, "B4", "no other process with the same people is forgotten", known=("other_threads",))
def x04(view: View) -> Iterator[Hit]:
    for other in view.context.other_threads or ():
        yield Hit(
            view.start,
            f"another process with them is open: {other}",
            "Does this letter end that one too?",
        )


# --- the call -------------------------------------------------------------------------------------


@rule(
    "K01",
    E,
    "D13 D14",
    "the confirmation of a call stands alone",
    known=("call", "company", "position"),
    only=FROM_CALLS,
)
def k01(view: View) -> Iterator[Hit]:
    call, context = view.context.call, view.context
    if view.situation is not FollowUp.AFTER_CALL or call is None:
        return
    text = fold(view.text)
    day = call.at.astimezone(ZoneInfo(call.zone))
    weekday, month = view.lexicon.words("weekdays"), view.lexicon.words("months")
    dated = str(day.day) in words_of(text) and (fold(month[day.month - 1]) in text if month else True)
    named_day = dated or bool(weekday and fold(weekday[day.weekday()]) in text) or view.has("today")
    company = fold(called(context.company or ""))
    lacks = [
        name
        for name, there in (
            ("the decision", bool(view.decisions)),
            ("the position", set(words_of(context.position or "")) <= set(words_of(text))),
            ("the company", company in text),
            ("the day of the call", named_day),
        )
        if not there
    ]
    if lacks:
        yield Hit(view.start, f"read alone, the confirmation lacks {', '.join(lacks)}", "Name it once more.")


@rule(
    "K02",
    W,
    "D13",
    "the confirmation goes out on the day of the call",
    known=("call", "now"),
    only=FROM_CALLS,
)
def k02(view: View) -> Iterator[Hit]:
    call, now = view.context.call, view.context.now
    if view.situation not in FROM_CALLS or call is None or now is None:
        return
    zone = ZoneInfo(call.zone)
    days = (now.astimezone(zone).date() - call.at.astimezone(zone).date()).days
    if days > 0:
        yield Hit(view.start, f"the call was {days} day{'s' if days > 1 else ''} ago", "Send it now.")


@rule(
    "K03",
    E,
    "D14",
    "the letter agrees with the logged call",
    words=("discussed",),
    known=("call",),
    only=FROM_CALLS,
)
def k03(view: View) -> Iterator[Hit]:
    call = view.context.call
    if call is None:
        return
    spoke = call.outcome is CallOutcome.SPOKE
    for span in view.find("discussed"):
        if not spoke:
            yield Hit(span, f'"{span.text}", but the log says {call.outcome}', "Say what happened.")
    if view.situation is FollowUp.AFTER_CALL and not spoke:
        yield Hit(
            view.start,
            f"this confirms a talk, but the log says {call.outcome}",
            "bowout confirm picks the letter.",
        )
    known = {*words_of(call.person), "you", "ihnen"}
    for span in view.find("spoke_with") if spoke and call.person else ():
        named = re.match(r"\s+([A-ZÀ-Þ]\w+)", view.text[span.end :])
        if named and fold(named[1]) not in known:
            yield Hit(
                span, f"{named[1]} is named, but the log says you spoke with {call.person}", call.person
            )
