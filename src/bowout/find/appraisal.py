"""Judge one thread: what makes it unclear that it is a process of mine, and what speaks for it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from bowout.find.called import How
from bowout.find.candidate import Candidate
from bowout.find.clients import one_is_out
from bowout.find.other_talk import about_else
from bowout.find.view import View
from bowout.find.who import shown
from bowout.people import impostors, names
from bowout.read import stage
from bowout.read.facts import concerning
from bowout.read.source import clean
from bowout.text import hiring

__all__ = ["BY_MACHINE", "Appraisal"]

BY_MACHINE = "nobody wrote in person, from an own address"
# Higher than where a WHO was typed: nobody asked for it.
_LISTED = 0.9
_LISTED_NO_WORK = 0.96
_ENOUGH = 15  # words of theirs; fewer are judged too boldly
_BASE = {
    How.ADDRESS: 60,
    How.DOMAIN: 50,
    How.COMPANY: 50,
    How.FULL_NAME: 50,
    How.FIRM: 40,
    How.POSITION: 40,
    How.NAME: 30,
    How.TITLE: 30,
    How.SUBJECT: 25,
    How.SCRIPT: 20,
    How.TYPO: 15,
    How.TEXT: 10,
    How.PART: 5,
    How.QUOTED: 2,
    How.ALIKE: 1,
}


class Appraisal(View):
    """A thread as ranking weighs it, each thing worked out at most once."""

    @property
    def may_be_sure(self) -> bool:
        """Everything that "sure" asks of the one candidate left."""
        return self.equal and not (self.warnings or self.doubts)

    @cached_property
    def doubts(self) -> tuple[str, ...]:
        """What makes it unclear that they hire me: why the thread may not be used without asking."""
        return tuple(_doubts(self))

    @cached_property
    def is_listed(self) -> bool:
        """Is it listed without having been asked for, by plain words or by all that they say?"""
        if self.looks_like_hiring:
            return True
        likely = self.my_process >= (_LISTED if self.of_work else _LISTED_NO_WORK)
        said = sum(len(s.prose.split()) for s in self.human) >= _ENOUGH
        if not (likely and said and self.in_person and self.own_domains) or self.passed_on:
            return False
        return about_else(self.human, of_a_job=self.is_of_my_job) is None

    def candidate(self) -> Candidate:
        points = list(self._points())
        return Candidate(
            reading=self.reading,
            score=float(sum(weight for weight, _ in points)),
            reasons=tuple(clean(reason, 200) for _, reason in points),
            warnings=self.warnings,
            person=self.person,
            sure=False,
            status=self.status,
            stage=self.stage,
            last_by=self.last_by,
            newest=self.newest,
            doubting=lambda: self.doubts,
            firm=self.match is not None and self.match.how in (How.COMPANY, How.FIRM),
            named=self.equal,
        )

    def _points(self) -> Iterable[tuple[float, str]]:
        """Weigh the reasons, the strongest first."""
        if self.match is not None:
            yield _BASE[self.match.how], self.match.reason
        if self.human:
            count = len(self.human)
            written = "1 mail" if count == 1 else f"{count} mails"
            yield (20 if self.in_person else 10), f"{written} written by people there"
        else:
            yield -20, "only machines wrote"
        if self.speaks_hiring:
            yield 15, "they write as those who hire"
        if self.invited:
            yield 10, "an invitation is in it"
        if self.signs:
            yield min(len(self.signs), 5), f"words of hiring: {shown(self.signs)}"
        if any(s.mine for s in self.heard):
            yield 5, "you wrote in it"
        if self.newest is not None:
            days = max((self.now - self.newest).days, 0)
            yield max(0.0, 10 - days / 12), f"last mail {_ago(days)}"
        if self.passed_on:
            yield -20, "it begins with a forwarded mail"
        if self.match is not None and not self.equal:
            what = f"{self.who} is no company, domain, address or full name in it"
            yield 0, f"not certain: {what} ({self.match.reason})"
        if self.match is not None:
            yield from ((0, f"not certain: {doubt}") for doubt in self.doubts)
        if self.status is not None:
            yield -15, "they turned you down" if self.status == "rejected" else "you already withdrew"
        if self.warnings:
            yield -30, "something about the sender is suspicious"


def _ago(days: int) -> str:
    return "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"


def _doubts(view: View) -> Iterator[str]:
    if view.passed_on:
        yield "somebody passed it on to you"
    if not (view.in_person or view.only_applied):
        yield BY_MACHINE
    elif not (view.plainly_hires or view.is_my_process or view.only_applied):
        yield _unlike_hiring(view)
    if view.heard[:1] and view.heard[0].mine and hiring.answers_applicant(view.heard[0].new):
        yield "you write there as one who hires"
    said = view.heard if view.only_applied else view.human  # for a flat one applies as well
    if (other := about_else(said, of_a_job=view.is_of_my_job)) is not None:
        yield f"it may be about {other}"
    if (name := _greets_another(view)) is not None:
        yield f"it greets {name}, and not you"
    if (out := one_is_out(view.human, view.who, view.job, view.sides)) is not None:
        yield out
    heard = concerning(view.heard, view.sides)
    if view.status is None and (end := stage.may_be_over(heard, view.stage)) is not None:
        yield end
    if (name := _misspelt(view)) is not None:
        one, other = (name, "their domain") if name == view.who else ("their domain", name)
        yield f"{one} is spelt almost like {other}, but not quite"


def _unlike_hiring(view: View) -> str:
    if view.named:
        return "nobody there writes plainly as one who hires"
    return "it names no position, and nobody in it recruits by profession"


def _misspelt(view: View) -> str | None:
    told = [fact.value for fact in (view.job.company, view.job.agency) if fact is not None]
    labels = [view.relays.label(firm) for firm in sorted(view.own_domains)]
    known = [view.who, *told] if view.equal else told
    found = (impostors.misspelt(label, known) for label in labels)
    return next(filter(None, found), None)


def _greets_another(view: View) -> str | None:
    """Find whom their mails greet, where it is somebody else: a copy for me, a mail to the whole panel."""
    greeted = [name for s in view.human if (name := names.greeted(s.new))]
    mine = [identity.address.name for identity in view.sides.mine if identity.address.name]
    if not (greeted and mine):
        return None
    mine += [_NO_LETTER.sub(" ", identity.address.address.partition("@")[0]) for identity in view.sides.mine]
    mine += [s.message.from_[0].name for s in view.heard if s.mine and s.message.from_]
    mine += [line for s in view.heard if s.mine for line in s.new.splitlines()[-_SIGNED:]]
    known = any(names.alike(name, own) for name in greeted for own in mine)
    return None if known else greeted[-1]


_NO_LETTER = re.compile(r"[\W\d_]+")
_SIGNED = 3  # last lines of my mail, with the name by which I sign
