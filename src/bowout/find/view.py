"""See in one thread what ranking needs: who wrote, is it hiring, what is it called, may it be meant. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property

from bowout.find.called import EQUAL, How, Match, Names
from bowout.find.firm import name_words, same_company
from bowout.find.likeness import may_be_meant
from bowout.find.who import match, match_quoted
from bowout.mail import subject
from bowout.model import Address, Confidence, Fact, Identity, Joined, Message, Person, Stage, Thread
from bowout.people import impostors, mailkind, me, names
from bowout.people.machines import Relay, Relays, System
from bowout.people.mailkind import Kind
from bowout.read import learned, stage, titles
from bowout.read.company import Job
from bowout.read.facts import Reading
from bowout.read.language import language
from bowout.read.people import recruits
from bowout.read.source import Source
from bowout.text import hiring
from bowout.text.harmless import readable
from bowout.text.spelling import compact

__all__ = ["View", "other_position"]

_JUDGED = 6  # so many of their newest mails
_FEWEST = 6  # words; of fewer nothing can be judged
# From which chance on their mails belong to a process of mine, where no job is named and where one is; below
# the last, plain words of hiring show nothing either. Chosen where the author was unseen
# (docs/finding-figures.md).
_NO_JOB = 0.75
_NAMED_JOB = 0.45
_HARDLY_MINE = 0.05
_NO_WORK = 0.9  # where no word of theirs or mine speaks of work: many a visit is arranged in the same way
_SHORT = 25  # words; fewer do not show a language
_READ = ("en", "de")  # languages whose words of work are known


class View:
    """What ranking needs to know of one thread, each thing worked out at most once."""

    def __init__(
        self, thread: Thread, identities: Sequence[Identity], relays: Relays, now: datetime, who: str
    ) -> None:
        self.thread, self.relays, self.now, self.who = thread, relays, now, who
        self.reading = Reading(thread, identities, relays, now)
        self.sides, self.heard, self.theirs = self.reading.sides, self.reading.heard, self.reading.theirs

    # --- who wrote ---

    @cached_property
    def human(self) -> list[Source]:
        """Mails that a person of the other side wrote; a mere join by subject shows nothing."""
        return [s for s in self.theirs if s.kind is Kind.HUMAN and s.linked and self._of_theirs(s.message)]

    def _of_theirs(self, message: Message) -> bool:
        return any(self.sides.of_theirs(a) for a in mailkind.speakers(message, self.relays))

    @cached_property
    def in_person(self) -> bool:
        """Does somebody write by hand and from an own address, not through a system's or a list?"""
        answered = any(s.mine for s in self.heard)
        by_hand = [s for s in self.human if not mailkind.is_automatic(s.message)]
        # A mailing that speaks of hiring looks like a letter; only an answer of mine shows that it is one.
        by_hand = [s for s in by_hand if answered or s.message.header("list-unsubscribe") is None]
        wrote = (a for s in by_hand for a in s.message.from_)
        return any(self.relays.classify(a) is None for a in wrote) or any(
            map(self._answers_at_firm, self.human)
        )

    def _answers_at_firm(self, source: Source) -> bool:
        """Does a system write for a person of the firm that WHO means, who wants the answers?"""
        wanted = [a for a in source.message.reply_to if self.relays.classify(a) is None]
        wanted = [a for a in wanted if a not in source.message.from_ and names.person_name(a)]
        return any(impostors.is_firm_of(a.domain, self.who, self.relays) for a in wanted)

    @cached_property
    def hiring_system(self) -> bool:
        """Does a hiring system, or a no-reply address that talks of hiring, take part?"""
        return any(
            s.relay.system is System.ATS or (s.relay.relay is Relay.DEAD and bool(s.signs))
            for s in self.theirs
            if s.relay is not None and s.kind is not Kind.BULK
        )

    @cached_property
    def applied(self) -> bool:
        """Did I write to them about a job, without an answer so far?"""
        return bool(self.sides.people) and any(s.signs for s in self.heard if s.mine)

    @cached_property
    def only_applied(self) -> bool:
        """Did I apply at an address of a firm, and has nobody there said a word yet, nor a system?"""
        if self.theirs or not (self.heard and self.equal and self.of_work):
            return False
        own = [p.address for p in self.sides.people if self.relays.classify(p.address) is None]
        firm = self.relays.firms(self.relays.organisation(a.domain) for a in own)
        return bool(firm) and hiring.applies(self.thread.subject, self.heard[0].new)

    @property
    def somebody(self) -> bool:
        """Is there anybody at all who hires, or may: a person, a hiring system, or whom I wrote to?"""
        if self.human or self.hiring_system or self.applied or self.by_machine:
            return True
        return self.equal and bool(self.sides.people) and any(s.mine for s in self.heard)

    @cached_property
    def by_machine(self) -> bool:
        """Does a program of theirs write of a process of mine: a list, an automatic answer, a status?

        Nobody can be answered there, but the person may look for it. What goes to many tells nothing.
        """
        unheard = [m for m in self.thread.mails if not me.from_me(m, self.sides.mine)]
        personal = [m for m in unheard if m.header("list-unsubscribe") is None]
        alone = not (self.human or self.hosts)  # for whom a scheduler wrote is proposed
        return alone and any(_hires(m) for m in personal[-_JUDGED:])

    @property
    def hosts(self) -> tuple[Address, ...]:
        """For whom schedulers and boards wrote here: nobody to write to unasked, but somebody to propose."""
        found = (a for m in self.thread.mails for a in mailkind.hosts(m, self.relays))
        return tuple({a.key: a for a in found if not me.is_me(a, self.sides.mine)}.values())

    @cached_property
    def person(self) -> Person | None:
        """Who gets the answer, at the address it would go to: Reply-To comes before From."""
        for source in reversed(self.human):
            speakers = mailkind.speakers(source.message, self.relays)
            for address in (*filter(self._is_read, source.message.reply_to), *speakers):
                return Person(address=address, name=address.name or speakers[0].name)
        return next(iter(self.sides.people), None)

    def _is_read(self, address: Address) -> bool:
        hit = self.relays.classify(address)
        unread = hit is not None and hit.relay in (Relay.DEAD, Relay.NOTICE)
        return not unread and not me.is_me(address, self.sides.mine)

    @cached_property
    def conversation(self) -> list[Message]:
        """What I and the other side really said, oldest first."""
        mails = (s.message for s in self.heard if s.kind is Kind.HUMAN and s.linked)
        return [m for m in mails if self.sides.concerns(m)]

    @cached_property
    def newest(self) -> datetime | None:
        mails = self.conversation or self.thread.mails
        return max((m.moment for m in mails), default=None)

    @property
    def last_by(self) -> str | None:
        if not self.conversation:
            return None
        return "me" if me.from_me(self.conversation[-1], self.sides.mine) else "them"

    # --- is it hiring ---

    @cached_property
    def signs(self) -> frozenset[str]:
        return frozenset(sign for s in self.theirs if s.kind is not Kind.BULK for sign in s.signs)

    @cached_property
    def invited(self) -> bool:
        return any(mailkind.is_invitation(s.message) for s in self.human)

    @property
    def looks_like_hiring(self) -> bool:
        """Good enough to be listed without having been asked for."""
        if self.hiring_system or (self.human and (self.says_so or len(self.signs) >= 2)):
            return True
        return bool(self.human and self.named and self.speaks_hiring)

    @cached_property
    def speaks_hiring(self) -> bool:
        """Does the other side speak as one who hires? A friend who asks about the interview does not."""
        return self.says_so or (bool(self.own_domains) and self.is_my_process)

    @cached_property
    def says_so(self) -> bool:
        if self.hires_by_name:
            return bool(self.signs)
        said = any(hiring.speaks_to_candidate(s.new) for s in self.human)
        return (said and len(self.signs) >= 2) or (self.invited and bool(self.signs))

    @property
    def is_of_my_job(self) -> bool:
        """Is a job named, and does all that they say belong to a process of mine, housing office or not?"""
        position = self.job.position
        return (
            position is not None and position.confidence is not Confidence.LOW and self.my_process >= _NO_JOB
        )

    @property
    def is_my_process(self) -> bool:
        least = _NAMED_JOB if self.named else _NO_JOB
        return self.my_process >= (least if self.of_work else _NO_WORK)

    @cached_property
    def of_work(self) -> bool:
        """Does any word speak of work, theirs or mine? A dentist has a name and an hour as well."""
        if hiring.telling(self.signs) or self.job.agency is not None or self.hires_by_name:
            return True
        position = self.job.position
        said = "\n".join(f"{s.message.subject}\n{s.new}" for s in self.heard)
        return (position is not None and titles.has_noun(position.value)) or hiring.is_at_work(said)

    @cached_property
    def my_process(self) -> float:
        """How likely do their words, as a whole, belong to a process of mine, from 0 to 1?"""
        said = "\n".join(s.prose for s in self.human[-_JUDGED:])
        judged = learned.judge(said, self.thread.subject, mine=False)
        return judged.mine if judged and len(said.split()) >= _FEWEST else 0.0

    @cached_property
    def hires_by_name(self) -> bool:
        """Does a name, an address or a signature say that its owner hires?"""
        return any(recruits(s) for s in self.human)

    # --- what it is called ---

    @property
    def job(self) -> Job:
        return self.reading.job

    @property
    def position(self) -> str:
        return compact(self.job.position.value) if self.job.position else ""

    @cached_property
    def answer(self) -> Match | None:
        """How WHO, as it was typed, is told there."""
        if not self.who.strip():
            return None
        return match(self.who, self._names()) or match_quoted(self.who, (s.quoted for s in self.heard))

    @cached_property
    def match(self) -> Match | None:
        """The same, or that something like WHO is told there, by whomever."""
        if self.answer is not None or not self.who.strip():
            return self.answer
        if not may_be_meant(self.thread, self.who, self.sides.mine, self.relays):
            return None
        return Match(How.ALIKE, "something like it is told there")

    @property
    def equal(self) -> bool:
        return self.match is not None and self.match.how in EQUAL

    @property
    def only_mentions(self) -> bool:
        """WHO occurs in talk with a friend, or in passing in the process of another, known company."""
        if self.match is None or self.equal:
            return False
        other = self.job.agency is None and self._of_another(Confidence.HIGH)
        return not self.speaks_hiring or (other and self.match.how in (How.TEXT, How.QUOTED))

    def _names(self) -> Names:
        people = [p.address for p in self.sides.people]
        aliases = [a for s in self.human for a in s.message.reply_to]
        machines = [a.address for s in self.theirs for a in s.message.from_ if self.relays.classify(a)]
        texts = [f"{s.sender.name}\n{s.new}\n{s.signature}" for s in self.heard]
        mine = self.named and self.is_my_process
        firms = [a for a in people if not self.relays.classify(a) and not self.relays.is_freemail(a.domain)]
        return Names(
            addresses=(*people, *aliases),
            firms=tuple(firms),
            people=tuple(dict.fromkeys(a.name for a in (*people, *aliases) if a.name)),
            companies=(
                *((self.relays.label(a.domain), f"domain of {a.address}") for a in firms),
                *self._told(),
            ),
            labels=tuple(dict.fromkeys(self.relays.label(a.domain) for a in firms)),
            titles=(self.job.position.value,) if self.job.position else (),
            subjects=tuple(dict.fromkeys(m.subject for m in self.thread.mails if m.subject)),
            signed=tuple(f"{s.sender.name}\n{s.signature}" for s in self.human),
            texts=(*texts, *machines),
            headed=subject.parts(self.thread.subject) if mine else (),
            placed=self._placed(),
            agency=self.job.agency is not None,
        )

    def _placed(self) -> tuple[str, ...]:
        """An agency's own words, unless they name a client that WHO is not."""
        company = self.job.company
        if self.job.agency is None or not self.human:
            return ()
        other = company is not None and company.confidence is not Confidence.LOW
        if other and company is not None and not {*name_words(self.who)} & {*name_words(company.value)}:
            return ()
        return tuple(s.prose for s in self.human)

    def _told(self) -> Iterable[tuple[str, str]]:
        """Read company and agency in the text of one who hires, not of a friend who asks."""
        if not self.speaks_hiring:
            return
        for fact in (self.job.company, self.job.agency):
            if fact is not None and fact.confidence is not Confidence.LOW:
                yield fact.value, fact.source

    # --- beside a thread that looks alone ---

    def rivals(self, chosen: View) -> bool:
        """Tell whether this thread may be meant as well, though the hard filters took it away.

        Their words of hiring are a list, and no list holds them all. So a thread by the same people or of the
        same firm, or one that mentions WHO, stays away only when it is plainly something else.
        """
        named = self._names_firm_of(chosen)
        if not self.human:
            another = chosen.names_a_firm and named and other_position(self, chosen)
            return self.hiring_system and another
        same_writer = bool(self._writers & chosen._writers)
        near = same_writer or (chosen.names_a_firm and (named or bool(self.own_domains & chosen.own_domains)))
        if not near and self.answer is None:
            return False
        elsewhere = self._of_another(Confidence.HIGH if self.answer else Confidence.MEDIUM)
        if elsewhere and not named:
            return same_writer or (near and self.answer is not None)
        mine = not near and bool(self.heard) and self.heard[0].mine  # what I tell others of it
        return same_writer or self.titled or (self.may_be_work and not mine)

    def ends(self, chosen: View) -> bool:
        """Tell whether a later mail here ended, or a system's may have ended, the process that is chosen."""
        if self.newest is None or chosen.newest is None or self.newest <= chosen.newest:
            return False
        by_system = not self.human
        if self.status is None and not (by_system and stage.may_be_over(self.heard, self.stage)):
            return False
        labels = {self.relays.label(domain) for domain in chosen.own_domains}
        told = self.job.company.value if self.job.company is not None else ""
        named = bool(told) and any(same_company(told, one) for one in (self.who, *labels))
        near = named or self.equal or self._names_firm_of(chosen)
        near = near or bool(self.own_domains & chosen.own_domains) or (by_system and self.answer is not None)
        return near and not other_position(self, chosen)

    def _names_firm_of(self, chosen: View) -> bool:
        """Tell whether it is about the same firm by name, as when an agency hires for it."""
        ours, theirs = self.job.company, chosen.job.company
        return ours is not None and theirs is not None and same_company(theirs.value, ours.value)

    @property
    def names_a_firm(self) -> bool:
        """Does WHO mean a firm, not one person of it?"""
        return self.match is not None and self.match.how in (How.COMPANY, How.DOMAIN)

    def _of_another(self, least: Confidence) -> bool:
        """Tell whether it names a company, at least that plainly, that WHO does not mean."""
        told = self.job.company
        if self.equal or told is None or same_company(self.who, told.value):
            return False
        return told.confidence in (Confidence.HIGH, least)

    @cached_property
    def _writers(self) -> frozenset[str]:
        return frozenset(a.key for s in self.human for a in mailkind.speakers(s.message, self.relays))

    @cached_property
    def own_domains(self) -> frozenset[str]:
        """The domains of those who wrote, but for those at which anybody, or I myself, have an address."""
        people = [a for s in self.human for a in s.message.from_ if self.relays.classify(a) is None]
        found = self.relays.firms(self.relays.organisation(a.domain) for a in people)
        return found - {i.address.domain for i in self.sides.mine}

    @property
    def titled(self) -> bool:
        """Is there a position, an agency, an invitation, or somebody whose work is hiring?"""
        named = self.job.position is not None or self.job.agency is not None
        return named or self.invited or self.hires_by_name

    @property
    def may_be_work(self) -> bool:
        """Does somebody write from a firm a word of work, or in a language that bowout cannot read?"""
        if not self.own_domains:
            return False
        said = "\n".join(f"{s.message.subject}\n{s.new}\n{s.signature}" for s in self.human)
        spoken = language(self.theirs) if len(said.split()) > _SHORT else None
        unread = len(said.split()) > _SHORT and (spoken is None or spoken.value not in _READ)
        return unread or hiring.tells_of_work(said)

    # --- judgement ---

    @cached_property
    def passed_on(self) -> bool:
        """Does the thread begin with something that somebody passed on to me?"""
        first = next((m for m in self.thread.mails if m.joined is not Joined.SUBJECT), None)
        return first is not None and subject.is_forward(first.subject)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        told = [fact.value for fact in (self.job.company, self.job.agency) if fact is not None]
        known = [self.who.rpartition("@")[2], *told]
        told_by = [s.message for s in self.human]
        signs = impostors.signs(told_by, self.relays, known, self.sides.mine, self.who)
        return (*impostors.claims(self.thread), *signs)

    @property
    def plainly_hires(self) -> bool:
        """Do plain words show that somebody hires, and for which job?"""
        plain = self.says_so and bool(hiring.telling(self.signs)) and self.tells_of_a_job
        wordless = self.invited and sum(len(s.prose.split()) for s in self.human) < _FEWEST
        return plain and (self.status is not None or wordless or self.my_process >= _HARDLY_MINE)

    @property
    def named(self) -> bool:
        """Is there a position, or somebody whose trade is hiring? What is sold, let or played has neither."""
        position = self.job.position
        # Without a noun of work it may be what a garage does: "Termin Reifenwechsel".
        named = position is not None and (
            position.confidence is Confidence.HIGH or titles.has_noun(position.value)
        )
        return named or self.job.agency is not None or self.hires_by_name

    @property
    def tells_of_a_job(self) -> bool:
        """Is it a job that they speak of? Universities and landlords interview as well."""
        return self.named or hiring.of_a_job(self.signs)

    @property
    def stage(self) -> Fact[Stage] | None:
        return self.reading.reached

    @property
    def status(self) -> str | None:
        if self.stage is None or self.stage.value not in stage.ENDED:
            return None
        return "withdrawn" if self.stage.value is Stage.WITHDRAWN else "rejected"


def _hires(message: Message) -> bool:
    said = readable(message.text)
    if hiring.speaks_to_candidate(said) or len(hiring.signs(f"{message.subject}\n{said}")) > 1:
        return True
    judged = learned.judge(said, message.subject, mine=False)
    return judged is not None and judged.mine >= _NAMED_JOB


# --- two threads ---


def other_position(a: View, b: View) -> bool:
    """Tell whether the machine's thread ``a`` is another application there: for a position ``b`` has not."""
    one, other = a.position, b.position
    if one and not other:
        return not any(one in compact(f"{s.message.subject} {s.new}") for s in b.human)
    return bool(one and other) and not (one in other or other in one)
