"""Threads found on this side: by references first, by subject, people and time for searching only."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.model import Address, Folder, Joined, Message, Thread
from bowout.providers.headers_only.threads import (
    JOIN_WINDOW,
    Threads,
)
from clock import NOON
from unit.mailboxes import addresses
from work import calls

ME = "ada@home.example"
JANE = "jane@acme.example"
OTTO = "otto@globex.example"


def mail(
    name: str,
    *parents: str,
    subject: str = "Interview",
    sender: str = JANE,
    to: str = ME,
    hours: float = 0,
    folder: Folder = Folder.INBOX,
    message_id: str | None = "",
) -> Message:
    return Message(
        id=name,
        thread_id="",
        folder=folder,
        message_id=f"<{name}@x.example>" if message_id == "" else message_id,
        in_reply_to=tuple(f"<{p}@x.example>" for p in parents[-1:]),
        references=tuple(f"<{p}@x.example>" for p in parents),
        subject=subject,
        date=NOON + timedelta(hours=hours),
        from_=(Address("", sender),),
        to=(Address("", to),),
    )


def shape(messages: list[Message]) -> list[list[str]]:
    """The threads as lists of ids, newest thread first."""
    return [[m.id for m in thread.messages] for thread in Threads(messages, [ME]).newest_first()]


def find(messages: list[Message], handle: str) -> Thread:
    thread = Threads(messages, [ME]).find(handle)
    assert thread is not None
    return thread


def test_references_tie_a_thread_in_whatever_order_its_mails_are_read() -> None:
    mails = [mail("a"), mail("b", "a", hours=1), mail("c", "a", "b", hours=2), mail("z", hours=3)]
    for _ in range(10):
        random.shuffle(mails)
        assert shape(mails) == [["z"], ["a", "b", "c"]]


def test_a_missing_parent_still_ties_its_answers() -> None:
    assert shape([mail("b", "gone"), mail("c", "gone", hours=1)]) == [["b", "c"]]


def test_an_id_nobody_has_ties_no_strangers() -> None:
    """Some systems write one constant id into every mail they send."""
    first = mail("a", "constant", subject="Your slot at Acme", sender=JANE)
    second = mail("b", "constant", subject="Your invoice", sender=OTTO, hours=1)
    assert shape([first, second]) == [["b"], ["a"]]


def test_an_id_that_different_mails_carry_ties_no_strangers() -> None:
    twins = [
        mail("a", subject="Your slot", message_id="<1@localhost>"),
        mail("b", subject="Your invoice", sender=OTTO, message_id="<1@localhost>", hours=1),
    ]
    answer = mail("c", subject="Re: Your slot", sender=ME, to=JANE, hours=2)
    answer = replace(answer, references=("<1@localhost>",))
    assert shape([*twins, answer]) == [["a", "c"], ["b"]]


@pytest.mark.parametrize("reference", ["<>", "<null>", "<undefined>"])
def test_what_is_no_id_ties_nothing(reference: str) -> None:
    mails = [replace(mail(n, subject=n, sender=f"{n}@x.example"), references=(reference,)) for n in "ab"]
    assert sorted(shape(mails)) == [["a"], ["b"]]


def test_loops_and_self_references_are_survived() -> None:
    ring = [mail("a", "b"), mail("b", "c", hours=1), mail("c", "a", hours=2), mail("d", "d", hours=3)]
    assert shape(ring) == [["d"], ["a", "b", "c"]]


def test_the_same_mail_in_several_folders_counts_once() -> None:
    copy = replace(mail("a"), id="archive/a", folder=Folder.OTHER)
    assert shape([copy, mail("a")]) == [["a"]]


def test_a_draft_and_its_sent_copy_are_both_shown() -> None:
    draft = mail("a", sender=ME, to=JANE, folder=Folder.DRAFTS)
    sent = replace(draft, id="sent", folder=Folder.SENT)
    assert shape([draft, sent]) == [["a", "sent"]]


# --- subject, people, time ---


def orphan(name: str = "o", **changes: object) -> Message:
    base = mail(name, subject="AW: [EXT] Interview", hours=24)
    return replace(base, **changes)  # type: ignore[arg-type] # any field, checked when it runs


def test_an_orphaned_answer_joins_by_subject_person_and_time() -> None:
    thread = find([mail("a"), orphan()], "<a@x.example>")
    assert [(m.id, m.joined) for m in thread.messages] == [
        ("a", Joined.REFERENCES),
        ("o", Joined.SUBJECT),
    ]


def test_what_joined_by_subject_is_marked_from_the_side_one_looks_from() -> None:
    thread = find([mail("a"), orphan()], "<o@x.example>")
    assert [(m.id, m.joined) for m in thread.messages] == [
        ("a", Joined.SUBJECT),
        ("o", Joined.REFERENCES),
    ]


def test_a_list_shows_the_strand_in_which_they_wrote_last() -> None:
    mine = mail("m", "o", subject="Re: Interview", sender=ME, to=JANE, hours=30)
    (thread,) = Threads([mail("a"), orphan(), mine], [ME]).newest_first()
    assert [m.id for m in thread.messages if m.joined is Joined.REFERENCES] == ["o", "m"]
    assert thread.id == "<o@x.example>"


@pytest.mark.parametrize(
    "stranger",
    [
        orphan(from_=(Address("", OTTO),)),  # nobody but me in common
        orphan(date=NOON + JOIN_WINDOW + timedelta(days=1)),
        orphan(subject="Re: Another interview"),
        orphan(subject="Interview"),  # no answer, a new mail
        orphan(subject="Re: "),
    ],
    ids=["people", "time", "subject", "no-answer", "empty-subject"],
)
def test_an_orphan_does_not_join_strangers(stranger: Message) -> None:
    assert len(shape([mail("a"), stranger])) == 2


def test_my_other_address_is_me_as_well() -> None:
    one = orphan(from_=(Address("", OTTO),), to=(Address("", "Ada+jobs@home.example"),))
    two = replace(mail("a"), to=(Address("", "ada+jobs@home.example"),))
    assert len(shape([two, one])) == 2


# --- handles ---


def test_every_id_of_a_thread_resolves_also_when_it_grows_and_shrinks() -> None:
    a, b, c = mail("a"), mail("b", "a", hours=1), mail("c", "a", "b", hours=2)
    for there in ([a, b, c], [b, c], [c]):
        for handle in ("<a@x.example>", "<b@x.example>", "<c@x.example>"):
            assert find(there, handle).messages[-1].id == "c"
    assert find([b, c], "<a@x.example>").id == "<b@x.example>"


def test_older_mail_may_arrive_later() -> None:
    remembered = find([mail("b", "a", hours=1)], "<b@x.example>").id
    assert [m.id for m in find([mail("a"), mail("b", "a", hours=1)], remembered).messages] == ["a", "b"]


def test_mail_without_message_id_has_a_handle_that_survives_a_move() -> None:
    nameless = mail("a", message_id=None)
    moved = replace(nameless, id="elsewhere", folder=Folder.OTHER)
    (thread,) = Threads([nameless], [ME]).newest_first()
    assert [m.id for m in find([moved], thread.id).messages] == ["elsewhere"]


def test_a_thread_is_named_by_a_real_mail_rather_than_a_draft() -> None:
    draft = mail("d", "a", sender=ME, to=JANE, hours=-1, folder=Folder.DRAFTS)
    (thread,) = Threads([draft, mail("a")], [ME]).newest_first()
    assert thread.id == "<a@x.example>"
    assert all(m.thread_id == thread.id for m in thread.messages)


def test_a_draft_does_not_make_a_thread_new() -> None:
    draft = mail("d", "a", sender=ME, to=JANE, hours=99, folder=Folder.DRAFTS)
    assert shape([mail("a"), draft, mail("z", hours=1)]) == [["z"], ["a", "d"]]


names = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(names, st.lists(names, max_size=3), st.integers(0, 50)), max_size=12), st.randoms())
def test_any_tangle_is_shown_whole_once_and_the_same_way(
    tangle: list[tuple[str, list[str], int]], order: random.Random
) -> None:
    mails = [
        replace(mail(name, *parents, hours=hours), id=f"{place}")
        for place, (name, parents, hours) in enumerate(tangle)
    ]
    shown = shape(mails)
    flat = [identifier for thread in shown for identifier in thread]
    assert len(flat) == len(set(flat))
    assert set(flat) <= {m.id for m in mails}
    order.shuffle(mails)
    assert shape(mails) == shown
    threads = Threads(mails, [ME])
    for thread in threads.newest_first():
        again = threads.find(thread.id)
        assert again is not None
        assert {m.id for m in again.messages} == {m.id for m in thread.messages}


# --- words ---


FAMILY = "lopez+ada@home.example"  # the tag is the point: lopez+bob is somebody else


def family(*messages: Message) -> list[Thread]:
    return list(Threads(messages, [FAMILY]).newest_first())


def test_my_tags_are_no_link_between_two_firms() -> None:
    own = [
        mail("a", sender=JANE, to="ada+jobs@home.example"),
        mail("b", "gone", sender=OTTO, to="ADA+x@home.example"),
    ]
    assert shape(own) == [["b"], ["a"]]


def test_another_tag_of_my_family_is_another_person() -> None:
    bob = "lopez+bob@home.example"
    heard = mail("a", subject="Interview", sender=JANE, to=FAMILY)
    told = mail("b", "a", sender=bob, to=JANE, hours=1)
    (thread,) = family(heard, told, mail("c", "gone", sender=JANE, to="lopez+Ada@home.example", hours=2))
    assert [m.id for m in thread.messages] == ["a", "b", "c"]
    # The strand in which somebody else wrote last is the one to answer; bob is somebody else.
    bobs = family(mail("d", sender=JANE, to=FAMILY), mail("e", "gone", sender=bob, to=JANE, hours=3))
    assert [(m.id, m.joined) for m in bobs[0].messages] == [("d", Joined.SUBJECT), ("e", Joined.REFERENCES)]
    mine = family(mail("d", sender=JANE, to=FAMILY), mail("e", "gone", sender=FAMILY, to=JANE, hours=3))
    assert [(m.id, m.joined) for m in mine[0].messages] == [("d", Joined.REFERENCES), ("e", Joined.SUBJECT)]


def test_tags_of_a_hiring_system_are_one_mailbox_when_strands_are_joined() -> None:
    one, other = "acme+email+1f@talent.icims.com", "Acme+email+2e@talent.icims.com"
    assert shape([mail("a", sender=one), mail("b", "gone", sender=other)]) == [["a", "b"]]


def test_ten_thousand_mails_take_moments() -> None:
    """Nearly linear: a mailing list with one subject and long References must not blow up."""
    mails = [
        mail(f"m{n}", *(f"m{k}" for k in range(max(0, n - 15), n)), subject="Re: News", hours=n / 60)
        for n in range(10_000)
    ]
    assert len(shape(mails)) == 1


# --- anyone can write any id into a mail, and as many as they like ----------------------------------


def joined(size: int) -> list[Message]:
    """Strangers who join one thread by References, each with a subject of their own."""
    return [mail("a"), *(mail(f"m{n}", "a", subject=f"s{n}", sender=f"p{n}@x.example") for n in range(size))]


def orphaned(size: int) -> list[Message]:
    """Answers to a mail that is not here, and to another one each."""
    parents = (("gone",) if n % 2 else (f"gone{n}",) for n in range(size))
    return [mail(f"m{n}", *p, subject="Re: s", sender=f"p{n}@x.example") for n, p in enumerate(parents)]


def chained(size: int) -> list[Message]:
    return [mail(f"m{n}", f"m{n + 1}") for n in range(size)]


def twins(size: int) -> list[Message]:
    return [mail(f"m{n}", message_id="<1@x.example>", subject=f"s{n}") for n in range(size)]


def drafts_with_copies(size: int) -> list[Message]:
    """Drafts of mine that lie in All Mail as well, as Gmail keeps them."""
    kept = [mail(f"m{n}", sender=ME, to=JANE, folder=Folder.DRAFTS) for n in range(size)]
    return [*kept, *(replace(one, id=f"copy of {one.id}", folder=Folder.OTHER) for one in kept)]


def of_many_parents_to_many(size: int) -> list[Message]:
    """One mail that answers as many mails as it has recipients, none of them here."""
    people = ", ".join(f"p{n}@x.example" for n in range(size))
    return [replace(mail("a", *(f"gone{n}" for n in range(size))), to=addresses(people))]


@pytest.mark.parametrize(
    "made", [joined, orphaned, chained, twins, drafts_with_copies, of_many_parents_to_many]
)
def test_twice_the_mails_are_tied_in_twice_the_work(made: Callable[[int], list[Message]]) -> None:
    def tie(size: int) -> Callable[[], object]:
        mails = made(size)
        return lambda: list(Threads(mails, [ME]).newest_first())

    tie(10)()  # what is loaded and remembered once counts for neither
    assert calls(tie(800)) < 2.3 * calls(tie(400))


def test_a_mail_with_many_parents_to_many_is_not_tied_by_each_for_each() -> None:
    def tie(size: int) -> Callable[[], object]:
        return lambda: Threads(of_many_parents_to_many(size), [ME])

    tie(10)()
    assert calls(tie(1_500)) - calls(tie(750)) < 50 * 750


def test_of_many_parents_the_nearest_still_tie_a_mail_to_its_thread() -> None:
    far = [f"gone{n}" for n in range(500)]
    answer = mail("c", far[-1], subject="Two", hours=1)
    assert shape([mail("b", *far, subject="One"), answer]) == [["b", "c"]]
    others = [f"p{n}@x.example" for n in range(500)]
    crowd = replace(mail("b", "gone", subject="One"), to=addresses(", ".join(others)))
    assert shape([crowd, mail("c", "gone", subject="Two", hours=1)]) == [["b", "c"]]
