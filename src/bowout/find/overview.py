"""List every open process, offers first, and say what is left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from bowout.errors import Ambiguous, NothingFound
from bowout.find import search
from bowout.find.appraisal import Appraisal
from bowout.find.aside import joined
from bowout.find.patience import Patience
from bowout.find.patience import named as in_words
from bowout.model import Query, Stage
from bowout.read.stage import ENDED
from bowout.text.harmless import one_line
from bowout.text.spelling import compact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bowout.errors import BowoutError
    from bowout.find.candidate import Candidate
    from bowout.model import Facts, Thread
    from bowout.session import Session

__all__ = ["Overview", "example", "nothing", "overview", "with_running"]

_TOLD = {"rejected": "they turned you down", "closed": "the job is gone", "withdrawn": "you withdrew"}
_OFFERED = (Stage.VERBAL_OFFER, Stage.OFFER, Stage.ACCEPTED, Stage.SIGNED)
_MOST_TEXT = 5_000  # characters of a mail in which a name is looked for
_RUNNING = 8  # processes that an error lists
_NAMED = 3  # of those left out, named in the sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Hold the open processes and what is left out.

    ``over`` have ended, each with how; ``elsewhere`` sound like it, but nobody hires there; ``is_cut`` =
    more threads of the period were not read, ``unread`` = for which of them there was no time.
    """

    processes: tuple[tuple[Candidate, Facts], ...]
    over: tuple[tuple[Candidate, str], ...]
    elsewhere: tuple[Thread, ...]
    is_cut: bool
    unread: tuple[Thread, ...] = ()

    def left_out(self) -> Iterator[str]:
        """Say in words what is not listed, group by group."""
        groups = {words: [c.thread for c, how in self.over if how == ended] for ended, words in _TOLD.items()}
        for words, threads in {**groups, "nobody hires you": list(self.elsewhere)}.items():
            if threads:
                named = ", ".join(f'"{one_line(t.subject, 40)}"' for t in threads[:_NAMED])
                yield f"{len(threads)} where {words} ({named}{', ...' * (len(threads) > _NAMED)})"
        if self.unread:
            yield f"{len(self.unread)} that would take too long to read ({in_words(self.unread)})"
        yield f"what is older than {search.RECENT.days} days"


def overview(session: Session, limit: int = search.RECENT_LIMIT) -> Overview:
    """Read the threads of the last 120 days until ``limit`` open processes are found, or all are read."""
    identities, now = session.mailbox.identities(), session.clock()
    since = now - search.RECENT
    seen: dict[str, Appraisal] = {}
    patience = Patience(session.clock)

    def is_open(thread: Thread) -> bool:
        if not patience.reads(thread):
            return False
        view = seen[thread.id] = Appraisal(thread, identities, session.relays, now, "")
        recent = view.newest is not None and view.newest >= since
        return view.is_listed and view.status is None and recent

    found = session.search(Query(since=since), limit, is_open)
    listed = [t for t in found if t.messages]
    ended = [v.thread for v in seen.values() if v.is_listed and v.status is not None]
    views = [
        seen[t.id] if not t.aside else Appraisal(t, identities, session.relays, now, "")
        for t in joined([*listed, *ended], identities)
    ]
    told = search.stories(session, [v.candidate() for v in views])
    return Overview(
        processes=tuple(sorted((p for p in told if not _how(p)), key=_order)),
        over=tuple((p[0], how) for p in sorted(told, key=_order) if (how := _how(p))),
        elsewhere=tuple(v.thread for v in seen.values() if not v.is_listed),
        is_cut=len(listed) < len(found) or bool(patience.unread),
        unread=patience.unread,
    )


def _how(process: tuple[Candidate, Facts]) -> str | None:
    """Tell how it has ended; None = it is open."""
    candidate, told = process
    return candidate.status or (told.stage.value if told.stage and told.stage.value in ENDED else None)


def _order(process: tuple[Candidate, Facts]) -> tuple[bool, float]:
    """Offers first, since somebody waits for an answer there; then the newest."""
    candidate, told = process
    offered = told.stage is not None and told.stage.value in _OFFERED
    return not offered, -(candidate.newest.timestamp() if candidate.newest else 0.0)


def nothing(session: Session, seen: Overview) -> BowoutError:
    """Make the error where no process is open: a look that was cut off does not say that there is none."""
    over = search.summaries(session, tuple(candidate for candidate, _ in seen.over))
    if seen.is_cut:
        return Ambiguous(
            "None of the threads that were read is an open hiring process, but not all of them were read.",
            "Name the company or the person, for example: bowout find acme",
            candidates=over,
        )
    return NothingFound(
        f"No open hiring process was found. Left out: {'; '.join(seen.left_out())}.",
        "Try the company, the recruiter's name or address, or words of the subject, as in: bowout find acme",
        candidates=over,
    )


def with_running(session: Session, error: BowoutError) -> BowoutError:
    """Add to an error that found nothing the open processes, each with a WHO that finds it."""
    if not isinstance(error, NothingFound) or error.candidates:
        return error
    every = overview(session).processes
    error.running = tuple(
        {"who": _name(session, process, every), **search.candidate_summary(*process)}
        for process in every[:_RUNNING]
    )
    return error


def example(session: Session, processes: Sequence[tuple[Candidate, Facts]]) -> str:
    """Choose a WHO to show what may be typed: the first that is a name, of a process without an offer."""
    plain = [p for p in processes if p[1].stage is None or p[1].stage.value not in _OFFERED]
    names = (_name(session, process, processes) for process in plain or processes)
    first = next(names, "")
    return next((name for name in chain((first,), names) if "@" not in name), first)


def _name(
    session: Session, process: tuple[Candidate, Facts], listed: Sequence[tuple[Candidate, Facts]]
) -> str:
    """Choose a WHO that equals something of this process and is told in none of the others."""
    candidate, told = process
    mine = candidate.thread
    others = [
        compact(f"{mail.subject} {mail.text[:_MOST_TEXT]} {' '.join(a.address for a in mail.participants)}")
        for other, _ in listed
        if other.thread.id != mine.id
        for mail in other.thread.mails
    ]
    person = candidate.person.address.address if candidate.person else ""
    for name in (
        told.company.value if told.company else "",
        told.agency.value if told.agency else "",
        person,
    ):
        alone = name and not any(compact(name) in text for text in others)
        if (
            alone
            and Appraisal(mine, session.mailbox.identities(), session.relays, session.clock(), name).equal
        ):
            return name
    return mine.id.strip("<>")
