"""How well bowout finds the thread and reads it, on the generated mailboxes of ``mailboxes.py``.

    python benchmarks/finding.py                 development seeds and test seeds
    python benchmarks/finding.py --dev [--show]  development seeds only; every wrong answer in full
    python benchmarks/finding.py --json

Top-1 counts a right thread with the right person in first place. "Wrong among sure" is the figure that must
stay below 1 in 200: bowout said "sure" and the thread or the person was wrong, or a careful reader would have
asked. A fact of low confidence counts as unknown, as it does in the program. Search is the provider's job and
is not measured: every thread of the mailbox is ranked.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC

import mailboxes
from bowout.find import rank
from bowout.find.candidate import Candidate, Outcome
from bowout.mail.parse import parse
from bowout.model import (
    Address,
    Confidence,
    Facts,
    Folder,
    Identity,
    Joined,
    Message,
    PersonRole,
    Query,
    Thread,
)
from bowout.people import machines
from bowout.read import facts as read
from mailboxes import Label, Mailbox

FACTS = ("company", "position", "agency", "slot", "phone", "language", "stage", "role")


@dataclass(slots=True)
class Tally:
    """What is counted over many mailboxes."""

    asked: int = 0
    first: int = 0
    sure: int = 0
    wrong_sure: int = 0
    allowed: int = 0  # mailboxes in which a careful reader would be sure
    empty: int = 0  # mailboxes without such a thread
    false_sure: int = 0
    false_offers: int = 0
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    case_asked: Counter[str] = field(default_factory=Counter)
    case_first: Counter[str] = field(default_factory=Counter)
    case_sure: Counter[str] = field(default_factory=Counter)
    case_wrong_sure: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dev", action="store_true", help="development seeds only")
    parser.add_argument("--show", action="store_true", help="print every wrong answer of development seeds")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    runs = [("development", mailboxes.DEVELOPMENT_SEEDS)]
    if not options.dev:
        runs.append(("test", mailboxes.TEST_SEEDS))
    for name, seeds in runs:
        tally = measure(seeds)
        if options.show and name == "development":
            print("\n".join(tally.notes))
        print(json.dumps({name: figures(tally)}) if options.json else report(name, seeds, tally))


def measure(seeds: Iterable[int]) -> Tally:
    """Rank and read the mailbox of every seed."""
    tally = Tally()
    relays = machines.load_relays()
    for seed in seeds:
        mailbox = mailboxes.generate(seed)
        threads = list(as_threads(mailbox))
        begun = time.perf_counter()
        _count(tally, mailbox, threads, relays)
        tally.seconds += time.perf_counter() - begun
    return tally


def as_threads(mailbox: Mailbox) -> Iterator[Thread]:
    """The mailbox as a provider hands it over."""
    by_thread: dict[str, list[Message]] = {}
    for mail in mailbox.mails:
        message = parse(
            mail.raw, id=mail.id, thread_id=mail.thread, folder=Folder(mail.folder), received=mail.received
        )
        by_thread.setdefault(mail.thread, []).append(replace(message, joined=Joined(mail.joined)))
    for key, messages in by_thread.items():
        yield Thread(id=key, messages=tuple(messages), complete=True)


def identities_of(mailbox: Mailbox) -> list[Identity]:
    own = (mailbox.me.address, *mailbox.aliases)
    return [Identity(address=Address(mailbox.me.name, address)) for address in own]


def _count(tally: Tally, mailbox: Mailbox, threads: list[Thread], relays: machines.Relays) -> None:
    label, identities = mailbox.label, identities_of(mailbox)
    ranking = rank.rank(threads, Query(who=label.who), identities, relays, mailbox.now)
    sure = ranking.outcome is Outcome.SURE
    if not label.threads:
        tally.empty += 1
        tally.false_sure += sure
        tally.false_offers += bool(ranking.candidates)
        if sure:
            tally.notes.append(f"seed {mailbox.seed}: sure, but nothing is there: {label}")
        return
    best = ranking.candidates[0] if ranking.candidates else None
    first = best is not None and best.thread.id in label.threads and _right_person(best, label)
    tally.asked += 1
    tally.first += first
    tally.sure += sure
    tally.allowed += label.sure_allowed
    wrong_sure = sure and not (first and label.sure_allowed)
    tally.wrong_sure += wrong_sure
    for case in label.cases:
        tally.case_asked[case] += 1
        tally.case_first[case] += first
        tally.case_sure[case] += sure
        tally.case_wrong_sure[case] += wrong_sure
    if not first or wrong_sure:
        picked = (
            f"{best.thread.id} {best.person and best.person.address.address} {best.reasons}"
            if best
            else "nothing"
        )
        tally.notes.append(f"seed {mailbox.seed}: {'SURE ' if sure else ''}picked {picked} for {label}")
    if len(label.threads) == 1:
        thread = next(t for t in threads if t.id in label.threads)
        _count_facts(tally, mailbox, read.facts(thread, identities, relays, mailbox.now))


def _right_person(best: Candidate, label: Label) -> bool:
    if label.addressee is None:
        return True
    return best.person is not None and best.person.address.key == label.addressee.casefold()


def _count_facts(tally: Tally, mailbox: Mailbox, facts: Facts) -> None:
    told, expected = _told(facts), _expected(mailbox.label)
    for name in FACTS:
        values = told[name]
        tally.known[name] += bool(expected[name])
        hits = values & expected[name]
        tally.right[name] += bool(hits)
        false = len(values - expected[name]) if name in ("role", "phone") else bool(values and not hits)
        tally.wrong[name] += false
        if false or (expected[name] and not hits):
            kind = "wrong" if false else "missed"
            tally.notes.append(
                f"seed {mailbox.seed}: {kind} {name}: {sorted(values)} for {sorted(expected[name])}"
            )


def _told(facts: Facts) -> dict[str, set[str]]:
    """What the program would rely on, as comparable words."""
    told: dict[str, set[str]] = {name: set() for name in FACTS}
    for name in ("company", "position", "agency", "language", "stage"):
        fact = getattr(facts, name)
        if fact is not None and fact.confidence is not Confidence.LOW:
            told[name] = {str(fact.value).casefold()}
    if facts.slot is not None and facts.slot.confidence is not Confidence.LOW:
        slot = facts.slot.value
        told["slot"] = {
            f"{slot.start.astimezone(UTC):%Y-%m-%d %H:%M}{' cancelled' if slot.cancelled else ''}"
        }
    told["phone"] = {f.value for f in facts.phones if f.confidence is not Confidence.LOW}
    roles = ((f.value.address.key, f.value.role) for f in facts.people if f.confidence is not Confidence.LOW)
    told["role"] = {f"{address} {role}" for address, role in roles if role is not PersonRole.UNKNOWN}
    return told


def _expected(label: Label) -> dict[str, set[str]]:
    expected: dict[str, set[str]] = {name: set() for name in FACTS}
    for name in ("company", "position", "language", "stage", "phone"):
        value = getattr(label, name)
        expected[name] = {value.casefold() if name != "phone" else value} if value else set()
    expected["agency"] = {name.casefold() for name in label.agencies}
    if "," in (label.position or ""):  # "Senior Engineer, Payments" is as right without its department
        expected["position"].add(str(label.position).partition(",")[0].casefold())
    if label.slot is not None:
        cancelled = " cancelled" if label.slot_cancelled else ""
        expected["slot"] = {f"{label.slot.astimezone(UTC):%Y-%m-%d %H:%M}{cancelled}"}
    expected["role"] = {f"{address.casefold()} {role}" for address, role in label.roles}
    return expected


# --- figures --------------------------------------------------------------------------------------


def figures(tally: Tally) -> dict[str, object]:
    """The figures as plain values; shares are between 0 and 1."""
    return {
        "mailboxes": tally.asked + tally.empty,
        "top1": _share(tally.first, tally.asked),
        "sure": _share(tally.sure, tally.asked),
        "sure_possible": _share(tally.allowed, tally.asked),
        "wrong_among_sure": tally.wrong_sure,
        "sure_count": tally.sure,
        "false_sure": tally.false_sure,
        "false_offers": tally.false_offers,
        "without_thread": tally.empty,
        "facts": {
            name: {
                "precision": _share(tally.right[name], tally.right[name] + tally.wrong[name]),
                "recall": _share(tally.right[name], tally.known[name]),
                "told": tally.known[name],
            }
            for name in FACTS
        },
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def report(name: str, seeds: range, tally: Tally) -> str:
    """The figures as a text."""
    right, wrong = sum(tally.right.values()), sum(tally.wrong.values())
    speed = 1000 * tally.seconds / max(1, len(seeds))
    span = f"{seeds.start}-{seeds.stop - 1}"
    lines = [
        f"{name} seeds {span}: {tally.asked} answerable, {tally.empty} not; {speed:.0f} ms per mailbox",
        f"  top-1               {tally.first} of {tally.asked} = {_percent(tally.first, tally.asked)}",
        (
            f"  sure                {tally.sure} of {tally.asked} = {_percent(tally.sure, tally.asked)}"
            f" (a careful reader: {tally.allowed})"
        ),
        f"  wrong among sure    {tally.wrong_sure} of {tally.sure}",
        f"  false finds         {tally.false_sure} sure, {tally.false_offers} offered, of {tally.empty}",
        f"  {'fact':<18}{'precision':>10}{'recall':>10}{'told':>7}{'wrong':>7}",
    ]
    rows = [(fact, tally.right[fact], tally.wrong[fact], tally.known[fact]) for fact in FACTS]
    rows.append(("all", right, wrong, sum(tally.known.values())))
    lines += [
        f"  {fact:<18}{_percent(hits, hits + misses):>10}{_percent(hits, told):>10}{told:>7}{misses:>7}"
        for fact, hits, misses, told in rows
    ]
    lines.append(f"  {'case':<24}{'asked':>7}{'top-1':>7}{'sure':>7}{'wrong':>7}")
    for case, count in sorted(tally.case_asked.items()):
        counts = (count, tally.case_first[case], tally.case_sure[case], tally.case_wrong_sure[case])
        lines.append(f"  {case:<24}" + "".join(f"{number:>7}" for number in counts))
    return "\n".join(lines)


def _percent(part: int, whole: int) -> str:
    return f"{100 * _share(part, whole):.1f} %"


if __name__ == "__main__":
    main()
