"""Search the mailbox for WHO, and choose the one thread that may be used without asking."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bowout.errors import Ambiguous, BowoutError, NeedsPerson, NoAddressee, NothingFound, Suspicious
from bowout.find import rank
from bowout.find.candidate import Candidate, Outcome, Ranking
from bowout.find.firm import name_words
from bowout.find.likeness import may_be_meant
from bowout.find.patience import Patience, named
from bowout.find.typed import may_be_an_id
from bowout.journal import lookup
from bowout.model import Folder, Query
from bowout.people.me import from_me
from bowout.read.trust import trusted
from bowout.text import firms
from bowout.text.harmless import for_shell, for_terminal, thread_option
from bowout.text.spelling import spellings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bowout.journal.record import Withdrawal
    from bowout.model import Address, Facts, Thread
    from bowout.session import Session

SEARCH_LIMIT = 20
CROWD = 8  # so many threads that mention WHO are perhaps not all: no provider reads fewer of them
RECENT_LIMIT = 50
RECENT = timedelta(days=120)
LOCAL = timedelta(days=180)  # so far back the mail is ranked here when the server finds nothing
LIKENESS = "only a part of what you typed, or something like it, is told there"
UNREAD = "more threads mention it than were read"


def seek(session: Session, who: str) -> Ranking:
    """Search the threads that answer to WHO and rank them. Raises ``Unreachable``, ``SignInNeeded``.

    The recent threads are looked at as well when nothing mentions WHO, since no server finds a typo, another
    script or a legal form, and when so much does that the newest may hide the one that counts.
    """
    patience = Patience(session.clock)
    ranking = _seek(session, who, patience)
    if patience.unread:
        ranking = ranking.doubted(f"not read, as it would take too long: {named(patience.unread)}")
    return replace(ranking, unread=patience.unread)


def _seek(session: Session, who: str, patience: Patience) -> Ranking:
    wanted = Query(who=who)
    found = _read(session, Query(who=_without_joins(who)), SEARCH_LIMIT)
    threads = [t for t in found if t.messages]
    ranking = _rank(session, threads, wanted, patience)
    if not ranking.candidates and not ranking.hosts:
        wider = _seek_wider(session, threads, wanted, patience)
        return wider if wider.candidates or not ranking.passed_over else ranking
    if ranking.candidates and session.mailbox.abilities.names_unread:
        return ranking if len(threads) == len(found) else ranking.doubted(UNREAD)
    if not ranking.candidates or len(found) < CROWD:
        return ranking
    recent = _read(session, Query(since=session.clock() - RECENT), RECENT_LIMIT)
    ranking = _rank(session, [*threads, *recent], wanted, patience)
    if len(threads) < len(found) or (len(found) >= SEARCH_LIMIT and len(recent) >= RECENT_LIMIT):
        return ranking.doubted(UNREAD)
    return ranking


def _without_joins(who: str) -> str:
    """Leave out what joins two words: a firm that is typed with "and" is written with "&"."""
    kept = [word for word in who.split() if firms.words(word)]
    return " ".join(kept) if len(kept) > 1 and "@" not in who else who


def _seek_wider(session: Session, threads: list[Thread], wanted: Query, patience: Patience) -> Ranking:
    """Look for single words of WHO, then for what is like it: two round trips to a server, not more.

    People call a firm by more words than its mails do, misspell it, or write it as its domain does. Sure is
    only what the firm's own domain or name makes so.
    """
    is_remote = session.mailbox.abilities.names_unread
    words = name_words(next(iter(sorted(spellings(wanted.who))), ""))
    single = dict.fromkeys(w for w in (*words[:1], *words[-1:]) if w != wanted.who.strip().casefold())
    for word in () if is_remote else single:
        threads = [*threads, *_read(session, Query(who=word), SEARCH_LIMIT)]
        ranking = _rank(session, threads, wanted, patience)
        if ranking.outcome is Outcome.SURE and len(threads) < SEARCH_LIMIT:
            return ranking
    mine = session.mailbox.identities()
    found = session.search(
        replace(wanted, since=session.clock() - LOCAL),
        RECENT_LIMIT,
        lambda thread: patience.reads(thread) and may_be_meant(thread, wanted.who, mine, session.relays),
    )
    ranking = _rank(session, [*threads, *(t for t in found if t.messages)], wanted, patience)
    sure = ranking.outcome is Outcome.SURE and len(found) < SEARCH_LIMIT
    return ranking if sure else ranking.doubted(LIKENESS)


def _read(session: Session, query: Query, limit: int) -> list[Thread]:
    found = session.search(query, limit)
    return [t if t.complete or not t.messages else session.thread(t.id) for t in found]


def _rank(session: Session, threads: list[Thread], query: Query, patience: Patience) -> Ranking:
    mine, now = session.mailbox.identities(), session.clock()
    return rank.rank(threads, query, mine, session.relays, now, patience.reads)


def recorded(session: Session, withdrawal: Withdrawal) -> Ranking:
    """Take the one thread of a recorded withdrawal, which the person chose when it was recorded."""
    return _chosen(session, session.thread(withdrawal.thread_id))


def appraise(session: Session, thread: Thread, who: str = "") -> Candidate:
    """Judge a thread that the person named by its id: suspicion and status count there too."""
    return rank.appraise(thread, session.mailbox.identities(), session.relays, session.clock(), who)


def seek_or_open(session: Session, who: str) -> Ranking:
    """Search as ``seek`` does; the id of a thread or mail that WHO is comes before what only resembles it."""
    ranking = seek(session, who)
    if ranking.outcome is Outcome.SURE or any(c.named for c in ranking.candidates):
        return ranking
    thread = thread_with_id(session, who)
    return ranking if thread is None else _chosen(session, thread)


def _chosen(session: Session, thread: Thread) -> Ranking:
    found = appraise(session, thread)
    return Ranking(outcome=Outcome.SURE, candidates=(replace(found, sure=not found.warnings),))


def thread_called(session: Session, thread_id: str) -> Thread:
    """Open the thread of an id as it was listed; the angle brackets of a Message-ID may be left out."""
    try:
        return session.thread(thread_id)
    except NothingFound:
        if "@" not in thread_id or thread_id.startswith("<"):
            raise
        return session.thread(f"<{thread_id}>")


def thread_listed(session: Session, thread_id: str) -> Thread:
    """Open the thread that ``--thread`` names. Raises ``NothingFound`` that says where ids come from."""
    try:
        return thread_called(session, thread_id)
    except NothingFound as exc:
        raise NothingFound(
            f"No thread and no mail in the mailbox has the id {_typed(thread_id)}.",
            "Every thread is listed with its id: bowout find",
        ) from exc


def thread_with_id(session: Session, who: str) -> Thread | None:
    """Open the thread whose id the person pasted for WHO, if there is one."""
    if not may_be_an_id(who):
        return None
    try:
        return thread_called(session, who)
    except NothingFound:
        return None


def stories(session: Session, candidates: Sequence[Candidate]) -> tuple[tuple[Candidate, Facts], ...]:
    """Read what the thread of each candidate tells for sure: stage, next slot, company; not who is in it."""
    zone = session.home_zone
    return tuple((candidate, trusted(candidate.reading.story(zone))) for candidate in candidates)


def nothing_found(session: Session, ranking: Ranking, who: str) -> NothingFound | NeedsPerson | Ambiguous:
    """Make the error for a WHO that no thread answers to, or only some in which nobody hires.

    A search that did not read everything does not say that there is none.
    """
    if ranking.unread:
        return Ambiguous(
            f"None of the threads that were read is about {_typed(who)}; not read, as it would take too long:"
            f" {named(ranking.unread)}.",
            f"If it is the first of them: bowout draft {thread_option(ranking.unread[0].id)}",
            candidates=summaries(session, ranking.passed_over),
        )
    if ranking.passed_over and ranking.hosts:
        return _proposed(session, ranking, who)
    if ranking.passed_over:
        return NothingFound(
            f"Only newsletters, job boards, schedulers or reports mention {_typed(who)}: nobody there hires.",
            "Answer on the job board or in the calendar it came from. What is open: bowout find",
            candidates=summaries(session, ranking.passed_over),
        )
    return NothingFound(
        f"No thread mentions {_typed(who)}.",
        "Try the company, the recruiter's name or address, or words of the subject; or see: bowout find",
    )


def _proposed(session: Session, ranking: Ranking, who: str) -> NeedsPerson:
    """Name the person for whom a scheduler wrote, though they have not written themselves."""
    (thread, host), *_ = ranking.hosts
    told = {s["thread"]: s for s in summaries(session, ranking.passed_over)}
    named = for_terminal(f"{host.name} <{host.address}>" if host.name else host.address)
    return NeedsPerson(
        f"Only a scheduler's or board's notice mentions {_typed(who)}; it was sent for {named}.",
        f"To write to them: bowout draft {thread_option(thread)} --to {for_shell(host.address)} --force",
        candidates=tuple(
            {**told.get(t, {}), "person": a.name or None, "address": a.address, "to": True}
            for t, a in ranking.hosts
        ),
    )


def _typed(who: str) -> str:
    """Say WHO back, in quotes and not longer than a line."""
    return repr(who if len(who) <= 80 else f"{who[:79]}…")


def the_one(session: Session, ranking: Ranking, who: str, command: str = "draft") -> Candidate:
    """Choose the candidate that may be used without asking; every other answer names those there are.

    ``command`` is the one that was typed, and is to be typed again.

    Raises ``NothingFound``, ``Ambiguous``; of the only one ``NoAddressee`` when machines wrote it and
    ``Suspicious`` when its sender may be somebody else.
    """
    if not ranking.candidates:
        raise nothing_found(session, ranking, who)
    best = ranking.candidates[0]
    if ranking.outcome is Outcome.SURE and best.sure:
        return best
    count = len(ranking.candidates)
    if count == 1 and best.person is None:
        raise NoAddressee(
            f"Only machines wrote in the one thread that mentions {_typed(who)}; nobody reads an answer.",
            "Withdraw in the hiring system's portal; or to a person whose address you know:"
            f" bowout draft {thread_option(best.thread.id)} --force --to ADDRESS",
            candidates=summaries(session, (best,)),
        )
    if count == 1 and best.warnings:
        raise _suspicious(session, best)
    message = f"{count} threads could be meant by {_typed(who)}."
    if count == 1:
        message = f"One thread may be meant by {_typed(who)}, but that is not certain{_because(best)}."
    told = summaries(session, ranking.candidates)
    # A draft that is told the firm as well can name it where the mails announce none.
    again = f"{command} {for_shell(who)}" if command == "draft" and best.firm else command
    raise Ambiguous(
        message,
        f"If it is{' the first' if count > 1 else ''}: bowout {again} {thread_option(best.thread.id)}."
        f" Or see why: bowout find {for_shell(who)} --explain",
        candidates=tuple({**one, "why": one["why"] or [message]} for one in told),
    )


def _suspicious(session: Session, candidate: Candidate) -> Suspicious:
    """Make the error for a thread whose sender may be somebody else; it names as well whom I know there."""
    draft = f"bowout draft {thread_option(candidate.thread.id)}"
    cure = f"Look at the message yourself; if it is genuine: {draft} --force"
    (told,) = summaries(session, (candidate,))
    known = _answered(session, candidate)
    if known is None:
        return Suspicious(candidate.warnings[0], cure, candidates=(told,))
    named = for_terminal(f"{known.name} <{known.address}>" if known.name else known.address)
    return Suspicious(
        candidate.warnings[0],
        f"{cure}. You wrote to {named} there before; only to them:"
        f" {draft} --to {for_shell(known.address)} --force",
        candidates=(told, {**told, "person": known.name or None, "address": known.address, "to": True}),
    )


def _answered(session: Session, candidate: Candidate) -> Address | None:
    """Find whom, of those who write in the thread, I wrote to last: no stranger can join those.

    None where nobody else writes there: then it is they who may be somebody else.
    """
    mine = session.mailbox.identities()
    theirs = [m for m in candidate.thread.mails if not from_me(m, mine)]
    wrote = {a.key: a for m in theirs for a in m.from_}
    if len({*wrote, *(a.key for m in theirs for a in m.reply_to)}) < 2:
        return None
    sent = [m for m in candidate.thread.mails if m.folder is Folder.SENT]
    keys = (a.key for m in reversed(sent) for a in m.to if not session.relays.knows(a))
    return next((wrote[key] for key in keys if key in wrote), None)


def _because(candidate: Candidate) -> str:
    reason = next(iter(candidate.why_unsure), "")
    return f": {for_terminal(reason)}" if reason else ""


def about(session: Session, candidate: Candidate, error: BowoutError) -> BowoutError:
    """Add to an error that stops work on a thread which thread it is, how far it has come, and why it stops.

    An error that lets choose among people keeps them; each of them then tells the thread.
    """
    if _names_thread(error):
        return error
    (summary,) = summaries(session, (candidate,))
    return _with({**summary, "why": [error.message]}, error)


def about_recorded(session: Session, withdrawal: Withdrawal, error: BowoutError) -> BowoutError:
    """Add the same to an error that stops work on a recorded withdrawal, from its record where it must."""
    if _names_thread(error):
        return error
    told = {**lookup.summary(withdrawal), "stage": None, "why": [error.message]}
    with suppress(BowoutError):  # the thread may be gone, or the mailbox out of reach
        found = appraise(session, session.thread(withdrawal.thread_id))
        (summary,) = summaries(session, (found,))
        told = {**summary, "withdrawal": withdrawal.label, "why": [error.message]}
    return _with(told, error)


def _names_thread(error: BowoutError) -> bool:
    """Tell whether an error concerns no thread, or names it with stage and why."""
    return error.exit_code not in (2, 4, 6) or any("stage" in named for named in error.candidates)


def _with(told: Mapping[str, object], error: BowoutError) -> BowoutError:
    """Name the thread: alone, or with each person or letter among which the error lets choose."""
    each = [{**told, **one, **({} if "thread" in one else {"to": True})} for one in error.candidates]
    error.candidates = tuple(each) or (told,)
    return error


def summaries(session: Session, candidates: Sequence[Candidate]) -> tuple[dict[str, object], ...]:
    """Tell of each candidate what an error names it by."""
    read = stories(session, candidates[:SEARCH_LIMIT])
    return tuple(candidate_summary(candidate, told) for candidate, told in read)


def candidate_summary(candidate: Candidate, told: Facts) -> dict[str, object]:
    """Tell a script what it needs to choose a candidate: the same keys in ``find`` and in every error."""
    return {
        "thread": candidate.thread.id,
        "subject": candidate.thread.subject,
        "person": candidate.person.name if candidate.person else None,
        "address": candidate.person.address.address if candidate.person else None,
        "newest": candidate.newest,
        "last_by": candidate.last_by,
        "status": candidate.status,
        "stage": told.stage.value if told.stage else None,
        "sure": candidate.sure,
        "why": list(dict.fromkeys((*candidate.warnings, *candidate.doubts, *candidate.why_unsure))),
        "reasons": list(candidate.reasons),
        "warnings": list(candidate.warnings),
    }
