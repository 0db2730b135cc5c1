"""Check a letter with all that thread, journal and configuration tell.

``draft``, ``confirm``, ``check --draft``, ``send --at`` and the look at the due time all come here, so the
same letter in the same thread gets the same findings from each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bowout.drafts import basis, state
from bowout.errors import NothingFound, UsageError
from bowout.etiquette import check, context, proof
from bowout.etiquette.context import Context
from bowout.etiquette.rule import RULES
from bowout.journal import calls, lookup
from bowout.journal import letter as letters
from bowout.journal.record import DraftState
from bowout.letters import wish
from bowout.letters.situation import infer_situation
from bowout.mail import quotes
from bowout.model import Address, Facts, FollowUp, Person, PersonRole, Situation
from bowout.people import machines, mailkind, me
from bowout.people.names import person_name
from bowout.read import clock
from bowout.read import manners as read_manners
from bowout.text import spelling
from bowout.text.addresses import IN_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from bowout.etiquette.proof import Proof
    from bowout.etiquette.rule import Report
    from bowout.journal.record import DraftRecord, Withdrawal
    from bowout.journal.store import Store
    from bowout.model import Message, Thread
    from bowout.providers.base import Draft
    from bowout.session import Session

# What --set understands for a text that is checked, behind the fact that it tells.
_TOLD_BY = {
    "company": "company",
    "position": "position",
    "recipient": "recipient_name",
    "full_name": "full_name",
    "slot": "interview_start",
    "other_employer": "other_employer",
}
VALUES = tuple(_TOLD_BY.values())
# All that can be known of a text without its thread: --situation tells one more, and the clock.
_OF_A_TEXT = frozenset({*_TOLD_BY, "situation", "now"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A letter and what it rests on. ``settled`` are addressees that the person chose: they stand.

    ``wrote`` is the mail as bowout left it in the mailbox; None: it is still to be written.
    """

    letter: context.Written
    facts: Facts
    told: context.Told
    settled: tuple[Address, ...] = ()
    wrote: Message | None = None
    label: str | None = None  # of the withdrawal, when it is recorded


def report(
    session: Session, thread: Thread, case: Case, message: Message, at: datetime, disabled: Iterable[str] = ()
) -> Report:
    """What the rules find in the letter of this mail when it goes out ``at``.

    ``disabled`` are rules that it may break, besides those of the configuration.
    """
    return check.check(wording(message), _context(session, thread, case, message, at, disabled))


def recorded(
    session: Session,
    withdrawal: Withdrawal,
    record: DraftRecord,
    thread: Thread,
    at: datetime,
    values: Mapping[str, str] | None = None,
) -> Case:
    """The case of a draft that bowout wrote, from the journal."""
    facts = basis.told_by(session, thread, values or {}, withdrawal)
    follow_up = None if record.purpose == state.WITHDRAWAL else FollowUp(record.purpose)
    asked = letters.asked(session.store, withdrawal, record.purpose)
    left = _left(withdrawal, facts, asked, at)
    noted = lookup.noted(session.store, withdrawal)
    ours = state.as_written(session.store, record).message
    return Case(
        letter=context.Written(
            situation=follow_up or left,
            after=left if follow_up else None,
            reason=asked.reason if asked else withdrawal.reason,
            depth=asked.depth if asked else withdrawal.depth,
            tone=asked.tone if asked else None,
            channel=asked.channel if asked else None,
            language=withdrawal.language,
        ),
        facts=facts,
        told=context.Told(
            call=calls.call_of(follow_up, session.store.calls(withdrawal.id)) if follow_up else None,
            decided_on=noted.decided_on,
            other_employer=noted.other_employer,
        ),
        settled=ours.to,
        wrote=ours,
        label=withdrawal.label,
    )


def _left(withdrawal: Withdrawal, facts: Facts, asked: letters.Asked | None, at: datetime) -> Situation:
    """What the person leaves: the situation they named, until the calendar has moved on."""
    if asked and asked.situation and _same_in_calendar(facts, asked.at, at):
        return asked.situation
    return basis.situation_now(withdrawal, facts, at)


def _same_in_calendar(facts: Facts, then: datetime, now: datetime) -> bool:
    return infer_situation(facts, then) is infer_situation(facts, now)


def _context(
    session: Session, thread: Thread, case: Case, message: Message, at: datetime, disabled: Iterable[str]
) -> Context:
    recipient = _recipient(thread, case.facts, message.to[0]) if message.to else None
    return context.build(
        case.letter,
        case.facts,
        recipient=recipient,
        full_name=session.config.profile.name,
        now=at,
        told=case.told,
        mail=_mail(session, thread, case, message),
        conversation=_conversation(session, thread, case, message, recipient),
        disabled=(*check.known(session.config.lint.disable, "lint.disable"), *disabled),
        leaving=leaving,
        own_dir=session.letters_dir,
    )


def leaving(text: str) -> float | None:
    """Say how likely a text of mine leaves a process, by what was learned; None = it tells too little."""
    from bowout.read import learned  # its table is only needed where no plain word says it

    judged = learned.judge(text, mine=True)
    return judged.over if judged else None


def _recipient(thread: Thread, facts: Facts, address: Address) -> Person:
    """Whom the letter greets: by the sender's name where the answer goes to a Reply-To without one."""
    person = basis.person_at(facts, address)
    if person.name:
        return person
    asked = (m for m in reversed(thread.mails) if any(a.key == address.key for a in m.reply_to))
    return replace(person, name=next((person_name(m.from_[0]) for m in asked if m.from_), ""))


def _mail(session: Session, thread: Thread, case: Case, message: Message) -> context.Mail:
    ours = case.wrote
    # Where the server writes the reply, it keeps the draft in its thread, and shows no such line.
    hung = ours is not None and ours.in_reply_to and not session.mailbox.abilities.composes_quote
    stands = {a.key for a in (*ours.to, *ours.cc)} if ours else set()
    told = unsendable(session, message) if ours else ()
    return context.Mail(
        to=message.to,
        cc=message.cc,
        in_reply_to=next(iter(message.in_reply_to), "" if hung else None),
        quoted=_outsiders(session, thread, message),
        attachments=len(message.body.attachments) if message.body else None,
        unsendable=tuple((why, cure) for address, why, cure in told if address not in stands),
    )


def _outsiders(session: Session, thread: Thread, message: Message) -> str:
    """List the lines of the quote that name people, without addresses of the firm that takes part."""
    relays = session.relays
    firms = relays.firms(relays.organisation(a.domain) for a in participants(thread))
    lines = filter(_names_people, quotes.split(message.text).quoted.splitlines())

    def kept(found: re.Match[str]) -> str:
        return "" if session.relays.organisation(found["domain"].lower()) in firms else found[0]

    return "\n".join(IN_TEXT.sub(kept, line) for line in lines)


def _names_people(line: str) -> bool:
    """Tell the lines of a quoted mail that name people; the rest is what the reader wrote or has seen."""
    said = line.strip("> \t")
    return "@" in said and (said.endswith(":") or quotes.is_field(said))


def unsendable(session: Session, message: Message) -> Iterator[tuple[str | None, str, str]]:
    """Say why bowout would not send a mail, and the cure; first the addressee that it lies in, if any.

    Somebody must be in To whom a letter reaches, I alone in From, and nobody in Bcc.
    """
    if message.bcc:
        yield None, "the draft has a blind copy (Bcc); bowout sends none", "Remove it from the draft."
    if len(message.from_) > 1:
        yield None, "the draft has more than one sender (From)", "Leave one of your addresses there."
    if not message.to:
        yield None, "the draft has nobody in To", "Add the addressee to the draft."
    if not (message.from_ and me.is_me(message.from_[0], session.mailbox.identities())):
        aliases = f"aliases under [accounts.{session.account.name}]"
        yield (
            None,
            "the draft is not from one of your addresses",
            f"Correct From, or add the address to {aliases}.",
        )
    for address in (*message.to, *message.cc):
        hit = session.relays.classify(address)
        if hit is not None and hit.relay is not machines.Relay.REPLY:
            why = f"nobody reads what is sent to {address.address}"
            yield address.key, why, "Write to a person, or use the portal."


def _conversation(
    session: Session, thread: Thread, case: Case, message: Message, recipient: Person | None
) -> context.Conversation:
    company = case.facts.company.value if case.facts.company else None
    slot = case.facts.slot.value if case.facts.slot else None
    mine = session.mailbox.identities()
    hints = clock.zones(thread, recipient.address, slot, mine) if recipient else iter(())
    settled = {a.key for a in case.settled}
    return context.Conversation(
        contacts=(*contacts(session, thread), *case.settled),
        participants=participants(thread),
        dead=tuple(a for a in _unread(session, (*participants(thread), *message.to)) if a.key not in settled),
        greeted=_greeted(session, thread, recipient) if recipient else "",
        signed=read_manners.signed(session.reading(thread).heard, session.config.profile.name)[1],
        client_domains=_client_domains(session, case.facts),
        parents=tuple(m.message_id for m in thread.mails if m.message_id),
        other_threads=_open_at(session.store, company, case.label),
        recipient_zone=next((zone for zone, _ in hints), None),
    )


def _greeted(session: Session, thread: Thread, recipient: Person) -> str:
    return read_manners.salutation(session.reading(thread).heard, recipient, session.config.profile.name)


def participants(thread: Thread) -> tuple[Address, ...]:
    """Everybody who was written to or wrote in a thread, each once."""
    return tuple({a.key: a for m in thread.mails for a in m.participants}.values())


def contacts(session: Session, thread: Thread) -> tuple[Address, ...]:
    """The people of the other side who wrote by hand, and where they ask for answers."""
    mine = session.mailbox.identities()
    by_hand = (
        m
        for m in thread.mails
        if mailkind.kind_of(m, session.relays) is mailkind.Kind.HUMAN and not me.from_me(m, mine)
    )
    return tuple({a.key: a for m in by_hand for a in m.from_ + m.reply_to}.values())


def _unread(session: Session, addresses: Iterable[Address]) -> Iterable[Address]:
    """Those addresses that nobody reads."""
    hits = ((a, session.relays.classify(a)) for a in addresses)
    return (a for a, hit in hits if hit and hit.relay is machines.Relay.DEAD)


def _client_domains(session: Session, facts: Facts) -> tuple[str, ...]:
    """The domains of the employer behind an agency; none when no agency is known."""
    if facts.agency is None:
        return ()
    others = (f.value for f in facts.people if f.value.role is not PersonRole.AGENCY)
    domains = dict.fromkeys(person.address.domain for person in others)
    return tuple(domain for domain in domains if not session.relays.is_freemail(domain))


def _open_at(store: Store, company: str | None, label: str | None) -> tuple[str, ...]:
    """Other recorded processes with the same company that no sent letter has ended, each with its number."""
    same = (w for w in recorded_at(store, company) if w.label != label)
    return tuple(named(w) for w in same if not _was_sent(store, w))


def _was_sent(store: Store, withdrawal: Withdrawal) -> bool:
    drafts = store.drafts(withdrawal.id)
    return any(d.purpose == state.WITHDRAWAL and d.state is DraftState.SENT for d in drafts)


def recorded_at(store: Store, company: str | None) -> list[Withdrawal]:
    """The recorded withdrawals from that company."""
    wanted = spelling.fold(company or "")
    return [w for w in store.withdrawals() if wanted and w.company and spelling.fold(w.company) == wanted]


def named(withdrawal: Withdrawal) -> str:
    """``w3 Data Engineer``."""
    return f"{withdrawal.label} {withdrawal.position or ''}".strip()


# --- the text -------------------------------------------------------------------------------------


def wording(message: Message) -> str:
    """The letter's new text as most readers see it: the plain form, unless the HTML says something else."""
    plain, seen = quotes.split(message.text).new, quotes.new_text(message)
    return plain if plain.split() == seen.split() else seen


def check_draft(
    session: Session, withdrawal: Withdrawal, values: Mapping[str, str], disabled: Sequence[str] = ()
) -> Proof:
    """Check the draft that waits in the thread of this withdrawal.

    Raises NothingFound when no draft of bowout's is there.
    """
    for record in reversed(session.store.drafts(withdrawal.id)):
        seen = state.look(session.mailbox, session.store, record)
        if seen.draft and not seen.draft.empty:
            message, at = seen.draft.message, session.clock()
            thread = session.thread(withdrawal.thread_id)
            case = recorded(session, withdrawal, record, thread, at, values)
            told = report(session, thread, case, message, at, disabled)
            return proof.place(told, wording(message), message.text, withdrawal.label)
    raise NothingFound(
        f"No draft of bowout's waits in the thread of {withdrawal.label}.",
        f"Write one: bowout draft {withdrawal.label}",
    )


def errors_at(
    session: Session,
    withdrawal: Withdrawal,
    record: DraftRecord,
    draft: Draft,
    thread: Thread,
    at: datetime,
    allowed: Iterable[str] = (),
) -> tuple[str, ...]:
    """The errors in the draft of a record when it goes out ``at``, each with its rule."""
    case = recorded(session, withdrawal, record, thread, at)
    return errors_of(report(session, thread, case, draft.message, at, allowed))


def errors_of(found: Report) -> tuple[str, ...]:
    """List the errors of a report, each with its rule."""
    return tuple(f"{finding.rule} {finding.message}" for finding in found.errors)


def context_for(
    values: Mapping[str, str],
    *,
    situation: Situation | FollowUp | None,
    language: str | None,
    full_name: str | None,
    now: datetime,
    zone: str,
    disabled: Sequence[str] = (),
    own_dir: Path | None = None,
) -> Context:
    """What is known about a letter that is only a text: what the person says. Raises UsageError."""
    if unknown := set(values) - set(VALUES):
        raise UsageError(f"check does not know the value {min(unknown)!r}.", f"It knows {', '.join(VALUES)}.")
    name = values.get("recipient_name")
    return context.build(
        context.Written(situation=situation, language=language),
        wish.told(Facts(), {k: v for k, v in values.items() if k in wish.VALUES}, zone),
        recipient=Person(address=Address(name, ""), name=name) if name else None,
        full_name=values.get("full_name") or full_name,
        now=now,
        told=context.Told(other_employer=values.get("other_employer")),
        disabled=(*disabled, *_of_threads()),
        leaving=leaving,
        own_dir=own_dir,
    )


def _of_threads() -> tuple[str, ...]:
    """List the rules that need a thread, a mail or the journal: no text alone can be held against them."""
    return tuple(rule.id for rule in RULES.values() if not _OF_A_TEXT.issuperset(rule.known))
