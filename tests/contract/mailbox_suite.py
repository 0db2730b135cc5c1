"""What every mailbox must do, whoever the provider is. How to bind it: README.md beside this file.

The suite acts as bowout (through the ``Mailbox``), as the person at their mail program and as the world
(through the ``MailboxHarness``), and asks the server, never the adapter, what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.utils import format_datetime
from html import escape
from typing import Protocol

import pytest

from bowout.errors import DraftChanged, DraftGone, NothingFound
from bowout.mail.html import text_to_html
from bowout.mail.parse import parse
from bowout.model import Address, DraftKey, Folder, Message, Query, Reply, Thread
from bowout.providers.base import Mailbox, Maybe, Receipt
from clock import NOON, FakeClock

ME = Address("Ada Example", "ada@home.example")
ALIAS = "ada.jobs@alias.example"
JANE = Address("Jane Doe", "jane.doe@acme.example")
OTTO = Address("Otto Pfau", "otto@globex.example")
NEWS = Address("Job News", "news@paper.example")


@dataclass(frozen=True)
class ServerDraft:
    """One draft as the server holds it."""

    raw: bytes
    marked_draft: bool
    seen: bool


class MailboxHarness(Protocol):
    """A mailbox of ``ME`` (with ``ALIAS``) on a server that starts empty, and the people who use it.

    Drafts are named by the Message-ID they carry.
    """

    clock: FakeClock

    @property
    def mailbox(self) -> Mailbox:
        """The open mailbox; another object after ``reopen``."""
        ...

    def reopen(self) -> None:
        """Close ``mailbox`` and open the same account anew, as the next command does."""

    def deliver(self, raw: bytes, folder: Folder = Folder.INBOX, *, seen: bool = False) -> None:
        """A message appears in a folder of the mailbox."""

    def drafts(self) -> list[ServerDraft]:
        """Every draft that is neither in the trash nor in junk."""

    def others(self) -> Hashable:
        """Everything but the drafts, with all marks (seen, labels, folder): equal means untouched."""

    def edit_draft(self, message_id: str, edit: Callable[[bytes], bytes]) -> None:
        """The person saves the draft as ``edit`` makes it, the way their mail program does."""

    def delete_draft(self, message_id: str) -> None:
        """The person deletes the draft for good."""

    def trash_draft(self, message_id: str) -> None:
        """The person moves the draft to the trash."""

    def send_by_hand(self, message_id: str) -> None:
        """The person presses Send: the draft goes, a sent copy dated now comes, as the server makes it."""

    def interrupted_save(self, reply: Reply) -> None:
        """``save_draft`` reaches the server, then bowout dies before it hears the answer."""


# --- mail to deliver --------------------------------------------------------------------------------


def mail(
    subject: str,
    text: str,
    *,
    name: str,
    sender: Address = JANE,
    to: Address = ME,
    at: datetime = NOON - timedelta(days=2),
    parents: tuple[str, ...] = (),
    extra: tuple[str, ...] = (),
) -> bytes:
    """A plain mail whose Message-ID is ``<name@mail.example>``; ``parents`` are such names, oldest first."""
    head = [
        f"From: {sender.name} <{sender.address}>",
        f"To: {to.name} <{to.address}>",
        f"Subject: {subject}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: {message_id(name)}",
        *([f"In-Reply-To: {message_id(parents[-1])}"] if parents else []),
        *([f"References: {' '.join(map(message_id, parents))}"] if parents else []),
        *extra,
    ]
    if not any(line.lower().startswith("content-type") for line in extra):
        head += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    return "\r\n".join([*head, "", *text.split("\n"), ""]).encode()


def message_id(name: str) -> str:
    return f"<{name}@mail.example>"


INVITATION = mail(
    "Interview for Backend Engineer",
    "Dear Ada,\n\nwe would like to invite you to an interview at Acme Robotics.\n\nJane Doe",
    name="invitation",
)
ANSWER = mail(
    "Re: Interview for Backend Engineer",
    "Dear Jane,\n\nTuesday suits me well.\n\nAda",
    name="answer",
    sender=ME,
    to=JANE,
    at=NOON - timedelta(days=1),
    parents=("invitation",),
)
OTHER = mail(
    "Lunch on Friday",
    "Shall we try the new noodle place near Globex tower?",
    name="lunch",
    sender=OTTO,
    at=NOON - timedelta(days=3),
)
JUNK = mail("Win an interview at Acme Robotics", "Acme Robotics pays you", name="junk")


def retyped(text: str) -> Callable[[bytes], bytes]:
    """An edit: the person replaces the text of the letter, quote and all, and leaves the headers alone."""

    def edit(raw: bytes) -> bytes:
        message = message_from_bytes(raw)
        for part in message.walk():
            if part.get_content_maintype() == "text":
                html = part.get_content_subtype() == "html"
                del part["Content-Transfer-Encoding"]
                part.set_payload(f"<p>{escape(text)}</p>" if html else text, "utf-8")
        return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))

    return edit


# Quotes, operators and special characters of every query language that a provider may speak.
HOSTILE_WHO = (
    *('"', "'", "\\", "*", "(", ")", "%", "~", "?", "/", ".*", "[a-z]+", "{5}", "noodle|acme", "&#76;"),
    *("from:otto", "is:unread", "-Acme", "subject:Lunch", "participants:otto", "in:anywhere Initech"),
    *(
        "{Acme Globex}",
        "Acme OR Globex",
        "NOT Initech",
        '" OR subject:"Lunch',
        "Lunch) OR (ALL",
        "' or 1=1 --",
    ),
    *("Initech\r\nA1 LOGOUT", "Initech\x00", "Initech\u202e", "\U0001f980", "x" * 5000),
)


class MailboxContract:
    """Subclass it in a test module of your own and give it a fixture named ``harness``."""

    EVERY_PAIR = False  # the cases together do

    # --- finding ---

    def test_an_empty_mailbox_finds_nothing(self, harness: MailboxHarness) -> None:
        assert harness.mailbox.search(Query(who="Acme"), 10) == ()
        assert harness.mailbox.search(Query(), 10) == ()

    @pytest.mark.parametrize(
        "who",
        [
            "Acme",
            "acme robotics",
            "JANE DOE",
            "jane.doe@acme.example",
            "acme.example",
            "Backend Engineer",
            "invite you",
        ],
    )
    def test_who_is_found_in_every_field(self, harness: MailboxHarness, who: str) -> None:
        harness.deliver(INVITATION)
        harness.deliver(OTHER)
        assert subjects(harness.mailbox.search(Query(who=who), 10)) == ["Interview for Backend Engineer"]

    @pytest.mark.parametrize(
        ("kind", "encoding", "body"),
        [
            ("text/plain", "quoted-printable", "Gr=C3=BC=C3=9Fe von Zeppelin=\nwerk"),
            ("text/plain", "base64", "R3LDvMOfZSB2b24gWmVwcGVsaW53ZXJrCg=="),
            ("text/html", "8bit", "<p>Gr&uuml;&szlig;e von <b>Zeppelinwerk</b></p>"),
        ],
    )
    def test_who_is_found_in_an_encoded_body(
        self, harness: MailboxHarness, kind: str, encoding: str, body: str
    ) -> None:
        coded = (f"Content-Type: {kind}; charset=utf-8", f"Content-Transfer-Encoding: {encoding}")
        harness.deliver(mail("Hallo", body, name="coded", extra=coded))
        harness.deliver(OTHER)
        assert subjects(harness.mailbox.search(Query(who="zeppelinwerk"), 10)) == ["Hallo"]

    def test_nobody_answers_to_an_unknown_name(self, harness: MailboxHarness) -> None:
        harness.deliver(INVITATION)
        assert harness.mailbox.search(Query(who="Initech"), 10) == ()

    def test_a_found_thread_is_whole_and_oldest_first(self, harness: MailboxHarness) -> None:
        seed(harness)
        (thread,) = harness.mailbox.search(Query(who="Robotics"), 10)
        assert [m.message_id for m in thread.messages] == [message_id("invitation"), message_id("answer")]
        assert [m.folder is Folder.SENT for m in thread.messages] == [False, True]
        assert all(m.thread_id == thread.id for m in thread.messages)

    def test_a_thread_is_listed_once_however_many_mails_match(self, harness: MailboxHarness) -> None:
        seed(harness)
        assert len(harness.mailbox.search(Query(who="jane.doe@acme.example"), 10)) == 1

    def test_newest_first_and_never_more_than_asked_for(self, harness: MailboxHarness) -> None:
        for day in (5, 1, 4, 2, 3):
            at = NOON - timedelta(days=day)
            harness.deliver(mail(f"Umbrella {day}", "Umbrella news", name=f"umbrella{day}", at=at))
        found = harness.mailbox.search(Query(who="umbrella"), 3)
        assert subjects(found) == ["Umbrella 1", "Umbrella 2", "Umbrella 3"]
        assert harness.mailbox.search(Query(who="umbrella"), 0) == ()

    @pytest.mark.parametrize("folder", [Folder.TRASH, Folder.JUNK])
    def test_trash_and_junk_are_not_searched(self, harness: MailboxHarness, folder: Folder) -> None:
        harness.deliver(JUNK, folder)
        assert harness.mailbox.search(Query(who="Acme"), 10) == ()
        assert harness.mailbox.search(Query(), 10) == ()

    @pytest.mark.parametrize("folder", [Folder.TRASH, Folder.JUNK])
    def test_a_thread_does_not_show_its_trash_or_junk(self, harness: MailboxHarness, folder: Folder) -> None:
        thread = seed(harness)
        harness.deliver(follow_up("Forget it", name="gone"), folder)
        assert message_id("gone") not in names(harness.mailbox.thread(thread.id))

    def test_who_is_data_and_never_a_query(self, harness: MailboxHarness) -> None:
        seed(harness)
        harness.deliver(OTHER)
        for who in HOSTILE_WHO:
            assert "Lunch on Friday" not in subjects(harness.mailbox.search(Query(who=who), 10)), who
            assert "Lunch on Friday" in subjects(harness.mailbox.search(Query(who="noodle"), 10)), who

    def test_without_who_every_thread_that_looks_like_hiring(self, harness: MailboxHarness) -> None:
        seed(harness)
        harness.deliver(OTHER)
        assert subjects(harness.mailbox.search(Query(), 10)) == ["Interview for Backend Engineer"]

    @pytest.mark.parametrize(("limit", "left"), [(1, 1), (2, 0), (9, 0)])
    def test_what_is_not_wanted_takes_no_place(self, harness: MailboxHarness, limit: int, left: int) -> None:
        seed(harness)
        offer = mail("Good news", "We would like to offer you the position.", name="offer", sender=OTTO)
        alert = mail("Interview tips", "Ten tips for your interview", name="tips", sender=NEWS, at=NOON)
        old = NOON - timedelta(days=300)
        for raw in (offer, alert, mail("Interview at Acme", "Last year", name="old", at=old)):
            harness.deliver(raw)
        asked: list[str] = []

        def wanted(thread: Thread) -> bool:
            asked.append(thread.subject)
            return thread.subject != "Interview tips"

        found = harness.mailbox.search(Query(since=NOON - timedelta(days=120)), limit, wanted)
        read = {"Good news", "Interview for Backend Engineer"}
        assert read <= set(asked)
        assert "Interview at Acme" not in asked
        assert len([t for t in found if t.messages]) == min(limit, 2)
        assert {t.subject for t in found if t.messages} <= read
        assert len([t for t in found if not t.messages]) == left

    @pytest.mark.parametrize("wanted", [True, False])
    def test_what_is_like_who_is_wanted_by_whoever_asks(self, harness: MailboxHarness, wanted: bool) -> None:
        seed(harness)
        asked: list[str] = []

        def judged(thread: Thread) -> bool:
            asked.append(thread.subject)
            return wanted

        query = Query(who="Acmee Engineers", since=NOON - timedelta(days=180))
        assert harness.mailbox.search(query, 10) == ()
        found = harness.mailbox.search(query, 10, judged)
        assert "Interview for Backend Engineer" in asked
        assert ("Interview for Backend Engineer" in subjects(found)) is wanted

    @pytest.mark.parametrize("who", ["", "Acme"])
    def test_since_limits_the_age_of_the_newest_mail(self, harness: MailboxHarness, who: str) -> None:
        seed(harness)
        old = NOON - timedelta(days=300)
        harness.deliver(mail("Interview at Acme last year", "Acme interview", name="old", at=old))
        recent = harness.mailbox.search(Query(who=who, since=NOON - timedelta(hours=36)), 10)
        assert subjects(recent) == ["Interview for Backend Engineer"]
        assert harness.mailbox.search(Query(who=who, since=NOON), 10) == ()

    # --- one thread ---

    def test_a_thread_is_complete(self, harness: MailboxHarness) -> None:
        thread = harness.mailbox.thread(seed(harness).id)
        assert thread.complete
        assert "invite you to an interview" in thread.messages[0].text
        assert thread.messages[0].from_ == (JANE,)
        assert thread.messages[0].to[0].key == ME.key

    def test_a_remembered_thread_is_found_when_it_has_grown(self, harness: MailboxHarness) -> None:
        thread = seed(harness)
        harness.deliver(follow_up("See you on Tuesday", name="more"))
        harness.reopen()
        assert names(harness.mailbox.thread(thread.id)) == [
            message_id("invitation"),
            message_id("answer"),
            message_id("more"),
        ]

    @pytest.mark.parametrize(
        "thread_id", ["", "nonesuch", "<no@where.example>", "'; DROP TABLE", "a/../b\r\n"]
    )
    def test_an_unknown_thread_is_not_found(self, harness: MailboxHarness, thread_id: str) -> None:
        seed(harness)
        with pytest.raises(NothingFound):
            harness.mailbox.thread(thread_id)

    def test_mails_that_refer_to_nothing_stay_apart(self, harness: MailboxHarness) -> None:
        harness.deliver(INVITATION)
        harness.deliver(mail("Interview for Backend Engineer", "We are Globex", name="namesake", sender=OTTO))
        assert len(harness.mailbox.search(Query(who="Backend Engineer"), 10)) == 2

    def test_hostile_mail_harms_neither_search_nor_thread(self, harness: MailboxHarness) -> None:
        for raw in hostile_mails():
            harness.deliver(raw)
        seed(harness)
        assert "Interview for Backend Engineer" in subjects(harness.mailbox.search(Query(who="Acme"), 50))
        for thread in harness.mailbox.search(Query(), 50):
            assert harness.mailbox.thread(thread.id).complete

    # --- saving ---

    def test_a_saved_draft_is_there_once_and_answers_the_parent(self, harness: MailboxHarness) -> None:
        reply = reply_in(seed(harness))
        harness.mailbox.save_draft(reply)
        (draft,) = harness.drafts()
        written = parse(draft.raw, id="")
        assert written.message_id == reply.message_id
        assert written.in_reply_to == (message_id("invitation"),)
        assert message_id("invitation") in written.references
        assert written.subject.casefold() == "re: interview for backend engineer"
        assert [a.key for a in written.from_] == [ME.key]
        assert [a.key for a in written.to] == [JANE.key]
        assert (written.cc, written.bcc) == ((), ())
        assert "I am withdrawing – with thanks." in written.text

    def test_a_saved_draft_is_marked_as_draft_and_as_seen(self, harness: MailboxHarness) -> None:
        harness.mailbox.save_draft(reply_in(seed(harness)))
        assert [(d.marked_draft, d.seen) for d in harness.drafts()] == [(True, True)]

    def test_a_saved_draft_is_part_of_its_thread(self, harness: MailboxHarness) -> None:
        thread = seed(harness)
        draft = harness.mailbox.save_draft(reply_in(thread))
        again = harness.mailbox.thread(thread.id)
        assert [m.message_id for m in again.drafts] == [draft.key.message_id]
        assert len(again.mails) == 2
        (found,) = harness.mailbox.search(Query(who="Acme"), 10)
        assert len(found.drafts) == 1

    def test_saving_touches_nothing_else(self, harness: MailboxHarness) -> None:
        thread = seed(harness)
        harness.deliver(OTHER)
        before = harness.others()
        harness.mailbox.save_draft(reply_in(thread))
        assert harness.others() == before

    def test_reading_touches_nothing_at_all(self, harness: MailboxHarness) -> None:
        thread = seed(harness)
        harness.mailbox.save_draft(reply_in(thread))
        before = harness.others(), harness.drafts()
        harness.mailbox.search(Query(), 10)
        harness.mailbox.thread(thread.id)
        harness.mailbox.find_draft(DraftKey(thread_id=thread.id, message_id="<no@where.example>"))
        assert (harness.others(), harness.drafts()) == before

    def test_what_is_saved_is_what_is_found(self, harness: MailboxHarness) -> None:
        saved = harness.mailbox.save_draft(reply_in(seed(harness)))
        found = harness.mailbox.find_draft(saved.key)
        assert found is not None
        assert (found.key.id, found.key.message_id) == (saved.key.id, saved.key.message_id)
        assert (found.revision, found.content_hash) == (saved.revision, saved.content_hash)
        assert not found.empty

    def test_the_draft_in_the_thread_has_the_id_of_its_key(self, harness: MailboxHarness) -> None:
        thread = seed(harness)
        draft = harness.mailbox.save_draft(reply_in(thread))
        (listed,) = harness.mailbox.thread(thread.id).drafts
        assert listed.id == draft.message.id

    def test_a_long_history_keeps_its_ids_whole(self, harness: MailboxHarness) -> None:
        chain = tuple(f"{'0123456789' * 7}{n:02}" for n in range(20))
        harness.deliver(mail("Interview", "Acme", name=chain[-1], parents=chain[:-1]))
        (thread,) = harness.mailbox.search(Query(who="Acme"), 10)
        harness.mailbox.save_draft(reply_in(thread))
        (draft,) = harness.drafts()
        written = parse(draft.raw, id="")
        assert written.in_reply_to == (message_id(chain[-1]),)
        assert written.references[-1] == message_id(chain[-1])

    # --- finding the draft again ---

    def test_a_draft_is_found_by_its_message_id_alone(self, harness: MailboxHarness) -> None:
        saved = harness.mailbox.save_draft(reply_in(seed(harness)))
        harness.reopen()
        found = harness.mailbox.find_draft(replace(saved.key, id=None))
        assert found is not None
        assert found.content_hash == saved.content_hash

    def test_an_edited_draft_is_found_with_another_revision_and_hash(self, harness: MailboxHarness) -> None:
        saved = harness.mailbox.save_draft(reply_in(seed(harness)))
        harness.edit_draft(saved.key.message_id, retyped("I changed my mind."))
        found = harness.mailbox.find_draft(saved.key)
        assert found is not None
        assert found.revision != saved.revision
        assert found.content_hash != saved.content_hash
        assert "I changed my mind." in found.message.text

    @pytest.mark.parametrize("how", ["trash_draft", "delete_draft", "send_by_hand"])
    def test_a_draft_that_left_drafts_is_gone(self, harness: MailboxHarness, how: str) -> None:
        saved = harness.mailbox.save_draft(reply_in(seed(harness)))
        getattr(harness, how)(saved.key.message_id)
        assert harness.mailbox.find_draft(saved.key) is None

    def test_a_draft_of_somebody_else_is_never_ours(self, harness: MailboxHarness) -> None:
        thread = seed(harness)
        harness.deliver(foreign_draft(), Folder.DRAFTS, seen=True)
        key = DraftKey(
            thread_id=thread.id,
            message_id="<ours@home.example>",
            parent_id=thread.messages[0].id,
            intended_at=harness.clock(),
        )
        assert harness.mailbox.find_draft(key) is None
        assert [m.message_id for m in harness.mailbox.thread(thread.id).drafts] == [message_id("foreign")]

    # --- replacing ---

    def test_replacing_leaves_one_draft_with_the_new_letter(self, harness: MailboxHarness) -> None:
        thread = seed(harness)
        draft = harness.mailbox.save_draft(reply_in(thread))
        for text in ("A second version – shorter.", "A third one."):
            draft = harness.mailbox.replace_draft(draft, reply_in(thread, text=text))
            (left,) = harness.drafts()
            written = parse(left.raw, id="")
            assert text in written.text
            assert written.message_id == draft.key.message_id
            assert written.in_reply_to == (message_id("invitation"),)
            assert (left.marked_draft, left.seen) == (True, True)
            found = harness.mailbox.find_draft(draft.key)
            assert found is not None
            assert (found.revision, found.content_hash) == (draft.revision, draft.content_hash)

    def test_replacing_touches_nothing_else(self, harness: MailboxHarness) -> None:
        thread = seed(harness)
        draft = harness.mailbox.save_draft(reply_in(thread))
        before = harness.others()
        harness.mailbox.replace_draft(draft, reply_in(thread, text="Second"))
        assert harness.others() == before

    def test_an_edited_draft_is_not_replaced(self, harness: MailboxHarness) -> None:
        thread = seed(harness)
        draft = harness.mailbox.save_draft(reply_in(thread))
        harness.edit_draft(draft.key.message_id, retyped("My own words."))
        before = harness.drafts()
        with pytest.raises(DraftChanged):
            harness.mailbox.replace_draft(draft, reply_in(thread, text="Second"))
        assert harness.drafts() == before

    def test_an_edited_draft_is_replaced_once_its_revision_is_known(self, harness: MailboxHarness) -> None:
        thread = seed(harness)
        draft = harness.mailbox.save_draft(reply_in(thread))
        harness.edit_draft(draft.key.message_id, retyped("My own words."))
        seen = harness.mailbox.find_draft(draft.key)
        assert seen is not None
        harness.mailbox.replace_draft(seen, reply_in(thread, text="Second"))
        (left,) = harness.drafts()
        assert "Second" in parse(left.raw, id="").text

    @pytest.mark.parametrize("how", ["trash_draft", "delete_draft", "send_by_hand"])
    def test_a_draft_that_is_gone_is_not_replaced(self, harness: MailboxHarness, how: str) -> None:
        thread = seed(harness)
        draft = harness.mailbox.save_draft(reply_in(thread))
        getattr(harness, how)(draft.key.message_id)
        before = harness.others()
        with pytest.raises(DraftGone):
            harness.mailbox.replace_draft(draft, reply_in(thread, text="Second"))
        assert harness.drafts() == []
        assert harness.others() == before

    # --- deleting ---

    def test_deleting_removes_our_draft_and_nothing_else(self, harness: MailboxHarness) -> None:
        thread = seed(harness)
        harness.deliver(foreign_draft(), Folder.DRAFTS, seen=True)
        before = harness.drafts()
        draft = harness.mailbox.save_draft(reply_in(thread))
        harness.mailbox.delete_draft(draft)
        assert harness.drafts() == before
        assert harness.mailbox.find_draft(draft.key) is None

    def test_an_edited_draft_is_not_deleted(self, harness: MailboxHarness) -> None:
        draft = harness.mailbox.save_draft(reply_in(seed(harness)))
        harness.edit_draft(draft.key.message_id, retyped("My own words."))
        with pytest.raises(DraftChanged):
            harness.mailbox.delete_draft(draft)
        assert len(harness.drafts()) == 1

    def test_a_draft_that_is_gone_cannot_be_deleted(self, harness: MailboxHarness) -> None:
        draft = harness.mailbox.save_draft(reply_in(seed(harness)))
        harness.delete_draft(draft.key.message_id)
        with pytest.raises(DraftGone):
            harness.mailbox.delete_draft(draft)

    # --- after an interrupted run ---

    def test_an_intent_that_never_arrived_is_not_found(self, harness: MailboxHarness) -> None:
        assert harness.mailbox.find_draft(intent(harness, reply_in(seed(harness)))) is None

    def test_a_draft_whose_answer_was_lost_is_adopted_and_filled(self, harness: MailboxHarness) -> None:
        reply = reply_in(seed(harness))
        key = intent(harness, reply)
        harness.interrupted_save(reply)
        harness.reopen()
        adopted = harness.mailbox.find_draft(key)
        assert adopted is not None
        assert adopted.empty is harness.mailbox.abilities.composes_quote
        harness.mailbox.replace_draft(adopted, reply)
        (left,) = harness.drafts()
        written = parse(left.raw, id="")
        assert "I am withdrawing" in written.text
        assert written.message_id == reply.message_id

    def test_a_draft_that_was_known_before_the_intent_is_not_adopted(self, harness: MailboxHarness) -> None:
        thread = seed(harness)
        harness.interrupted_save(reply_in(thread, name="earlier"))
        known = tuple(m.id for m in harness.mailbox.thread(thread.id).drafts)
        key = replace(intent(harness, reply_in(thread)), known=known)
        assert harness.mailbox.find_draft(key) is None

    # --- was it sent? ---

    def test_a_draft_that_still_lies_there_was_not_sent(self, harness: MailboxHarness) -> None:
        assert harness.mailbox.find_sent(harness.mailbox.save_draft(reply_in(seed(harness)))) is None

    @pytest.mark.parametrize("how", ["trash_draft", "delete_draft"])
    def test_a_draft_that_was_thrown_away_was_not_sent(self, harness: MailboxHarness, how: str) -> None:
        draft = harness.mailbox.save_draft(reply_in(seed(harness)))
        harness.clock.advance(timedelta(minutes=5))
        getattr(harness, how)(draft.key.message_id)
        assert harness.mailbox.find_sent(draft) is None

    def test_a_draft_sent_by_hand_is_proved(self, harness: MailboxHarness) -> None:
        draft = harness.mailbox.save_draft(reply_in(seed(harness)))
        harness.clock.advance(timedelta(minutes=5))
        harness.send_by_hand(draft.key.message_id)
        harness.reopen()
        receipt = harness.mailbox.find_sent(draft)
        assert isinstance(receipt, Receipt)
        assert not receipt.edited
        assert abs(receipt.at - harness.clock()) < timedelta(seconds=2)

    def test_an_edited_letter_is_proved_by_its_id_only(self, harness: MailboxHarness) -> None:
        draft = harness.mailbox.save_draft(reply_in(seed(harness)))
        harness.clock.advance(timedelta(minutes=5))
        harness.edit_draft(draft.key.message_id, retyped("Quite another text."))
        harness.send_by_hand(draft.key.message_id)
        outcome = harness.mailbox.find_sent(draft)
        if isinstance(outcome, Maybe):  # where the provider may give the sent copy another id
            assert harness.mailbox.abilities.replaces_message_id
        else:
            assert isinstance(outcome, Receipt)
            assert outcome.edited

    def test_another_mail_of_mine_in_the_thread_is_only_a_maybe(self, harness: MailboxHarness) -> None:
        draft = harness.mailbox.save_draft(reply_in(seed(harness)))
        harness.delete_draft(draft.key.message_id)
        mine = follow_up("Could we talk on the phone?", name="mine", sender=ME, to=JANE)
        harness.deliver(mine, Folder.SENT, seen=True)
        outcome = harness.mailbox.find_sent(draft)
        assert isinstance(outcome, Maybe)
        assert outcome.ids

    def test_what_they_write_afterwards_is_no_sign_of_sending(self, harness: MailboxHarness) -> None:
        draft = harness.mailbox.save_draft(reply_in(seed(harness)))
        harness.delete_draft(draft.key.message_id)
        harness.deliver(follow_up("Are you still coming?", name="theirs"))
        assert harness.mailbox.find_sent(draft) is None

    def test_the_same_words_sent_before_or_elsewhere_prove_nothing(self, harness: MailboxHarness) -> None:
        thread = seed(harness)
        reply = reply_in(thread)
        early = NOON - timedelta(hours=5)
        harness.deliver(
            follow_up(reply.text, name="early", sender=ME, to=JANE, at=early), Folder.SENT, seen=True
        )
        elsewhere = mail(
            "Thanks", reply.text, name="elsewhere", sender=ME, to=OTTO, at=NOON + timedelta(hours=1)
        )
        harness.deliver(elsewhere, Folder.SENT, seen=True)
        draft = harness.mailbox.save_draft(reply)
        harness.delete_draft(draft.key.message_id)
        assert harness.mailbox.find_sent(draft) is None

    # --- the account ---

    def test_the_primary_identity_comes_first(self, harness: MailboxHarness) -> None:
        identities = harness.mailbox.identities()
        assert [i.address.key for i in identities] == [ME.key, ALIAS]
        assert identities[0].address.name == ME.name

    def test_the_mailbox_has_a_stable_name(self, harness: MailboxHarness) -> None:
        first = harness.mailbox.mailbox_id()
        harness.deliver(INVITATION)
        harness.reopen()
        assert first
        assert harness.mailbox.mailbox_id() == first

    def test_the_server_time_is_aware_or_unknown(self, harness: MailboxHarness) -> None:
        harness.mailbox.search(Query(who="Acme"), 10)
        told = harness.mailbox.server_time()
        assert told is None or told.utcoffset() is not None

    def test_closing_twice_is_fine(self, harness: MailboxHarness) -> None:
        harness.mailbox.close()
        harness.mailbox.close()


# --- helpers ----------------------------------------------------------------------------------------


def seed(harness: MailboxHarness) -> Thread:
    """The invitation, unread, and my answer in Sent; returns their thread."""
    harness.deliver(INVITATION)
    harness.deliver(ANSWER, Folder.SENT, seen=True)
    return next(
        thread
        for thread in harness.mailbox.search(Query(who="jane.doe@acme.example"), 50)
        if message_id("invitation") in names(thread)
    )


def reply_in(
    thread: Thread, *, name: str = "ours", text: str = "Dear Jane,\n\nI am withdrawing – with thanks.\n\nAda"
) -> Reply:
    """A letter that answers the newest mail of the other side, as ``bowout.reply`` would compose it."""
    parent: Message = [m for m in thread.mails if ME not in m.from_][-1]
    subject = parent.subject if parent.subject.casefold().startswith("re:") else f"Re: {parent.subject}"
    assert parent.message_id is not None
    return Reply(
        thread_id=thread.id,
        parent_id=parent.id,
        from_=ME,
        to=parent.reply_to or parent.from_,
        subject=subject,
        in_reply_to=parent.message_id,
        references=(*parent.references, parent.message_id),
        text=text,
        html=text_to_html(text),
        quoted=parent,
        message_id=f"<{name}@home.example>",
        date=NOON,
    )


def intent(harness: MailboxHarness, reply: Reply) -> DraftKey:
    """What the journal remembers before the write."""
    return DraftKey(
        thread_id=reply.thread_id,
        message_id=reply.message_id,
        parent_id=reply.parent_id,
        intended_at=harness.clock(),
    )


def follow_up(
    text: str,
    *,
    name: str,
    sender: Address = JANE,
    to: Address = ME,
    at: datetime = NOON + timedelta(hours=1),
) -> bytes:
    return mail(
        "Re: Interview for Backend Engineer",
        text,
        name=name,
        sender=sender,
        to=to,
        at=at,
        parents=("invitation", "answer"),
    )


def foreign_draft() -> bytes:
    return follow_up("A draft of my own", name="foreign", sender=ME, to=JANE, at=NOON - timedelta(hours=1))


def hostile_mails() -> list[bytes]:
    """Mail as it really comes, and as an attacker would write it."""
    bare = [
        b"\r\n",
        b"no headers at all, just text",
        b"Subject: cut off in the hea",
        b"From: " + b"x" * 100_000 + b"@f.example\r\nSubject: interview\r\n\r\nlong",
    ]
    odd = [
        _odd(b"Subject: =?unknown-8bit?q?=ff?= =?utf-8?b?!!!?=", b"X-Raw: \xff\xfe", body=b"interview \xff"),
        _odd(
            b"Subject: interview\x1b[2J\x07", b"Message-ID: <loop@x.example>", b"References: <loop@x.example>"
        ),
        _odd(b"Subject: ring", b"Message-ID: <r1@x.example>", b"References: <r2@x.example>"),
        _odd(b"Subject: Re: ring", b"Message-ID: <r2@x.example>", b"References: <r1@x.example>"),
        *(_odd(b"Subject: interview %d" % n, b"Message-ID: <same@x.example>") for n in range(3)),
        _odd(b"Subject: interview", b"References: <> <null> < >", b"Message-ID: <>"),
        _odd(b"Subject: interview", b"Content-Type: multipart/mixed; boundary=x", body=b"--x\r\nopen"),
        _odd(b"Subject: interview", b"Date: Fri, 99 Nov 2999 99:99:99 +9999"),
        _odd(b"Subject: interview", b'Content-Type: text/plain; charset="no such\x00"', body=b"\xfe\xed"),
    ]
    return bare + odd


def _odd(*lines: bytes, body: bytes = b"interview") -> bytes:
    return b"\r\n".join([b"From: Eve <eve@evil.example>", *lines, b"", body])


def subjects(threads: tuple[Thread, ...]) -> list[str]:
    return [thread.subject for thread in threads]


def names(thread: Thread) -> list[str | None]:
    return [message.message_id for message in thread.messages]
