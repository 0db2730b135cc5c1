"""Two records, one mailbox: who took the letter out of Drafts may put it back, file it, or send it again.

A Maildir and several homes around it: copied with everything, restored from a copy, run on another computer,
without records, without a lock. ``Sink`` is the far side; every count is its own, and where the letter lies
is asked of the files.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from account_kit import with_keys
from bowout import files, providers, when
from bowout.config import load
from bowout.errors import DraftChanged, Failed, OutcomeUnknown, Refused, StoreError
from bowout.journal import origin
from bowout.journal.store import Store
from bowout.journal.submission import Hold, State, Submission
from bowout.journal.submissions import Queue
from bowout.mail.build import build
from bowout.model import Account, DraftKey
from bowout.outbox import arm
from bowout.outbox import run as runner
from bowout.outbox.run import Desk
from bowout.people import machines
from bowout.providers.base import Submitter
from bowout.providers.maildir.mailbox import MaildirMailbox, open_mailbox
from bowout.providers.maildir.tree import Entry, Taken, Tree
from bowout.providers.sending.outgoing import Outgoing
from bowout.providers.sending.submitter import OutsideSubmitter
from bowout.session import Session
from clock import FakeClock
from contract.mailbox_suite import seed
from contract.submitter_suite import CLAIM
from contract.test_maildir import MaildirHarness
from outbox_kit import CONFIG, ZONE, letter, record_of

OURS = "<ours@home.example>"
MINE = State.SENT, State.SENT_BY_PERSON
LOST = OutcomeUnknown("No answer came.", "Look into Sent.")
NO = Refused("550 no", "Nothing was sent.")
LATER = Refused("451 later", "Nothing was sent.", temporary=True)


class Killed(BaseException):
    """The process ends here."""


class Sink:
    """Who carries the mail away, and counts. Something happens once before the draft is taken out for it
    (``early``), or before it answers (``late``); ``answers`` are what the next submissions come to."""

    files_sent = False

    def __init__(self, file: Path) -> None:
        self._file = file
        self.early: Callable[[], object] | None = None
        self.late: Callable[[], object] | None = None
        self.answers: list[Refused | OutcomeUnknown] = []

    @property
    def accepted(self) -> int:
        return len(self._file.read_bytes()) if self._file.exists() else 0

    def carry(self, mail: Outgoing, last_word: Callable[[], None]) -> None:
        assert OURS.encode() in mail.raw
        early, late, self.early, self.late = self.early, self.late, None, None
        if early:
            early()
        last_word()
        if late:
            late()
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Refused):
            raise answer
        with self._file.open("ab") as file:  # several processes may write
            file.write(b"x")
        if answer:
            raise answer


@dataclass
class Home:
    """One set of records around the mailbox; every method acts as a bowout run of its own."""

    root: Path
    sink: Sink
    clock: FakeClock

    @property
    def account(self) -> Account:
        config = load.check(CONFIG, self.root / "config.toml", providers.specs(), {})
        return with_keys(config.account("home"), path=self.root.parent / "Maildir")

    @classmethod
    def build(cls, root: Path) -> Home:
        """With one letter that is armed."""
        home = cls(root / "home", Sink(root / "accepted"), FakeClock())
        seed(MaildirHarness(root / "Maildir", home.clock))
        with home.opened() as (session, _):
            thread = session.mailbox.thread("<invitation@mail.example>")
            reply = letter(thread, home.clock())
            withdrawal = record_of(session.store, thread.id)
            key = DraftKey(thread_id=thread.id, message_id=OURS, intended_at=home.clock())
            record = session.store.begin_draft(withdrawal.id, "withdrawal", key, build(reply))
            session.store.finish_draft(record.id, session.mailbox.save_draft(reply))
        home.arm()
        home.clock.advance(timedelta(hours=2))
        return home

    def copied(self) -> Home:
        """Everything that lies in HOME, copied on this computer; both name one mailbox."""
        number = len(list(self.root.parent.glob("home*")))
        other = replace(self, root=self.root.with_name(f"home{number}"))
        shutil.copytree(self.root, other.root)
        return other

    def store(self) -> Store:
        return Store.open(self.root / "data", self.clock, state_dir=self.root / "state")

    @contextmanager
    def opened(self) -> Generator[tuple[Session, Submitter]]:
        mailbox = open_mailbox(self.account, self.clock)
        config = load.check(CONFIG, self.root / "config.toml", providers.specs(), {})
        with self.store() as store:
            yield (
                Session(
                    config=config,
                    account=self.account,
                    mailbox=mailbox,
                    store=store,
                    relays=machines.load_relays(None),
                    clock=self.clock,
                ),
                OutsideSubmitter(self.account, mailbox, self.sink, self.clock),
            )

    @contextmanager
    def desk(self) -> Generator[Desk]:
        with self.store() as store:
            opened = self.opened

            @contextmanager
            def open_account(name: str) -> Generator[tuple[Session, Submitter]]:
                with opened() as pair:
                    yield pair

            yield Desk(
                store=store, clock=self.clock, accounts=("home",), open=open_account, ticks=lambda: 0.0
            )

    def arm(self) -> None:
        with_way_out = {"send_command": ("true",)}
        with self.opened() as (session, _):
            able = replace(session, account=with_keys(session.account, **with_way_out))
            moment = when.parse("in 2 hours", self.clock(), ZONE)
            arm.arm(able, able.store.withdrawal(1), able.store.draft(1), moment)

    def run(self) -> None:
        with self.desk() as desk:
            runner.run(desk)

    def dies(self) -> None:
        with pytest.raises(Killed):
            self.run()

    def run_on_a_full_disk(self) -> None:
        """What was taken out and refused cannot be put back."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(MaildirMailbox, "give_back", lambda *_: raising(Failed("disk full"))())
            self.run()

    def resolve(self, *, sent: bool) -> None:
        """What ``bowout outbox resolve`` does."""
        with self.desk() as desk:
            chore = runner.FILE_SENT if sent else runner.GIVE_BACK
            row = Queue(desk.store).resolve(1, sent=sent, now=self.clock(), todo=(chore,))
            runner.handle(desk, row)

    def adopt(self) -> None:
        with self.store() as store:
            Queue(store).adopt()

    def row(self) -> Submission:
        with self.store() as store:
            return Queue(store).get(1)

    # --- the mailbox ---

    @property
    def tree(self) -> Path:
        return self.root.parent / "Maildir"

    def there(self, folder: str) -> list[Path]:
        return [path for path in sorted((self.tree / folder).glob("*")) if OURS.encode() in path.read_bytes()]

    def places(self) -> tuple[int, int, int]:
        """How often the letter lies in Drafts, outside, and in Sent."""
        drafts, outside, sent = map(self.there, (".Drafts/cur", ".Drafts/bowout-sending", ".Sent/cur"))
        return len(drafts), len(outside), len(sent)

    def mailbox(self) -> dict[str, tuple[bytes, int]]:
        """Every byte of it."""
        return {
            str(path): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
            for path in self.tree.rglob("*")
        }


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.build(tmp_path)


def later(*homes: Home) -> None:
    """Passes of all of them, until nothing moves any more."""
    for _ in range(4):
        for home in homes:
            home.clock.advance(timedelta(minutes=3))
            home.run()


def raising(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


# --- a home that was copied on one computer -----------------------------------------------------------


@pytest.mark.parametrize("answer", [None, LOST, NO, LATER], ids=["accepted", "lost", "refused", "for-now"])
@pytest.mark.parametrize("order", ["after", "while-it-waits", "before-it-is-taken"])
def test_two_runs_of_a_copied_home_send_once(
    home: Home, order: str, answer: Refused | OutcomeUnknown | None
) -> None:
    copy = home.copied()
    home.sink.answers = [answer] if answer else []
    if order == "while-it-waits":
        home.sink.late = copy.run
    elif order == "before-it-is-taken":
        home.sink.early = copy.run
    home.run()
    later(copy, home)
    assert home.sink.accepted == (0 if answer is NO and order == "while-it-waits" else 1)
    drafts, outside, sent = home.places()
    assert drafts + outside + sent == 1, "lost, or twice"
    if answer is None:
        assert (sent, {home.row().state, copy.row().state} & set(MINE)) != (0, set())


def test_the_copy_does_not_touch_what_the_other_is_sending(home: Home) -> None:
    copy, seen = home.copied(), list[object]()

    def meanwhile() -> None:
        before = home.mailbox()
        copy.run()
        seen.extend([home.mailbox() == before, copy.row().hold])

    home.sink.late = meanwhile
    home.run()
    assert seen == [True, Hold.MAYBE_SENT]
    assert home.row().state is State.SENT
    assert (home.sink.accepted, home.places()) == (1, (0, 0, 1))


def test_what_the_other_took_comes_back_at_the_persons_word(home: Home) -> None:
    copy = home.copied()
    home.sink.answers = [LOST]
    home.run()
    copy.run()
    assert (copy.row().hold, home.places()) == (Hold.MAYBE_SENT, (0, 1, 0))
    with pytest.raises(OutcomeUnknown) as refused:
        copy.arm()
    assert "bowout outbox resolve s1" in refused.value.next_step
    copy.resolve(sent=False)
    assert (copy.row().hold, home.places()) == (Hold.NOT_SENT, (1, 0, 0))


def test_the_persons_word_that_the_other_sent_it_files_it(home: Home) -> None:
    copy = home.copied()
    home.sink.answers = [LOST]
    home.run()
    copy.run()
    copy.resolve(sent=True)
    assert (copy.row().state, home.places()) == (State.SENT, (0, 0, 1))
    home.run()
    assert (home.row().state, home.sink.accepted) == (State.SENT, 1)


@pytest.mark.parametrize("attempts", [0, 1])
def test_the_persons_word_counts_for_what_another_took_after_attempts_of_our_own(
    home: Home, attempts: int
) -> None:
    copy = home.copied()
    if attempts:
        copy.sink.answers = [NO]
        copy.run()  # refused, and put back
    copy.sink.answers = [LOST]
    home.run()
    copy.run()
    copy.resolve(sent=False)
    assert (copy.row().hold, home.places()) == (Hold.NOT_SENT, (1, 0, 0))


def test_the_word_about_an_attempt_of_our_own_is_none_about_anothers(home: Home) -> None:
    copy = home.copied()
    copy.sink.early = raising(Killed())
    copy.dies()
    home.sink.answers = [LOST]
    home.run()
    copy.run()
    assert copy.row().state is State.UNKNOWN
    copy.resolve(sent=False)
    assert home.places() == (0, 1, 0)


def test_a_refusal_before_it_was_taken_leaves_the_letter_of_the_other(home: Home) -> None:
    """Both are at their first attempt for the same row of the same store; their claims differ."""
    copy = home.copied()

    def meanwhile() -> None:
        home.sink.answers = [LOST]
        copy.run()
        raise LATER

    home.sink.early = meanwhile
    home.run()
    assert home.places() == (0, 1, 0)
    later(home, copy)
    assert (home.row().hold, copy.row().state) == (Hold.MAYBE_SENT, State.UNKNOWN)
    assert home.sink.accepted == 1


def test_records_that_know_another_claim_file_nothing(home: Home) -> None:
    """The copy proves by the sent copy that its unknown one was sent; what the other took is not its own."""
    home.sink.early = raising(Killed())
    home.dies()
    copy = home.copied()
    home.run()  # unknown, and armed again: nothing had left
    home.sink.answers = [LOST]
    home.run()
    assert home.places() == (0, 1, 0)
    by_hand = home.there(".Drafts/bowout-sending")[0].read_bytes()
    (home.tree / ".Sent/cur/9.phone:2,S").write_bytes(by_hand)
    copy.run()
    assert copy.row().state is State.SENT
    assert home.places() == (0, 1, 1)


# --- records that are older, elsewhere, or gone -------------------------------------------------------


@pytest.mark.parametrize("answer", [None, LOST], ids=["accepted", "lost"])
def test_restored_records_and_the_documented_cure_send_nothing_twice(
    home: Home, tmp_path: Path, answer: OutcomeUnknown | None
) -> None:
    shutil.copytree(home.root / "data", tmp_path / "copy")
    home.sink.answers = [answer] if answer else []
    home.run()
    shutil.rmtree(home.root / "data")
    shutil.copytree(tmp_path / "copy", home.root / "data")
    before = home.mailbox()
    later(home)
    assert home.row().hold is Hold.OLDER_STORE
    assert home.mailbox() == before
    home.adopt()
    with pytest.raises(Exception, match=r"already been sent|may have been sent"):
        home.arm()
    later(home)
    assert home.mailbox() == before
    assert home.sink.accepted == 1


def test_older_records_file_and_give_back_nothing(home: Home, tmp_path: Path) -> None:
    """They say refused and not yet put back; newer ones may have put it back and sent it since."""
    home.sink.answers = [NO]
    home.run_on_a_full_disk()
    assert (home.row().hold, home.row().todo) == (Hold.REFUSED, (runner.GIVE_BACK,))
    shutil.copytree(home.root / "data", tmp_path / "copy")
    with home.store() as store:
        store.log("s1", "later")
    shutil.rmtree(home.root / "data")
    shutil.copytree(tmp_path / "copy", home.root / "data")
    before = home.mailbox()
    later(home)
    assert home.mailbox() == before
    home.adopt()
    home.run()
    assert home.places() == (1, 0, 0)


@pytest.mark.parametrize("order", ["after", "while-it-waits"])
def test_a_second_computer_on_one_mailbox_writes_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    other, seen = home.copied(), list[object]()

    def on_another_computer() -> None:
        with monkeypatch.context() as patch:
            for module in ("origin", "database"):
                patch.setattr(f"bowout.journal.{module}.machine", lambda uuid: "another")
            before = home.mailbox()
            later(other)
            seen.append(home.mailbox() == before)

    assert origin.machine("x") != "another"
    home.sink.answers = [LOST]
    if order == "while-it-waits":
        home.sink.late = on_another_computer
    home.run()
    if order == "after":
        on_another_computer()
    assert seen == [True]
    assert (other.row().hold, home.sink.accepted) == (Hold.COPIED_STORE, 1)


def test_without_its_records_a_letter_stays_where_it_is(home: Home) -> None:
    home.sink.answers = [LOST]
    home.run()
    shutil.rmtree(home.root)
    home.root.mkdir()
    before = home.mailbox()
    later(home)
    assert home.mailbox() == before
    assert (home.sink.accepted, home.places()) == (1, (0, 1, 0))
    thread = open_mailbox(home.account, home.clock).thread("<invitation@mail.example>")
    assert [draft.message_id for draft in thread.drafts] == [OURS]  # so a new letter is asked about


def test_two_copies_in_drafts_leave_a_refusal_a_refusal(home: Home) -> None:
    def copies() -> None:
        for number in range(2):
            saved_again(home, f"{number}.phone:2,DS")

    home.sink.answers = [NO]
    home.sink.late = copies
    home.run()
    assert home.row().hold is Hold.REFUSED


# --- another program's copy ---------------------------------------------------------------------------


def saved_again(home: Home, name: str = "9.phone:2,DS") -> None:
    """A mail program puts the letter that it still knows into Drafts."""
    (path,) = home.there(".Drafts/bowout-sending")
    (home.tree / ".Drafts/cur" / name).write_bytes(path.read_bytes())


def test_a_copy_of_what_may_be_sent_is_not_sent(home: Home) -> None:
    copy = home.copied()
    home.sink.answers = [LOST]
    home.run()
    saved_again(home)
    later(home, copy)
    assert (home.row().state, copy.row().hold) == (State.UNKNOWN, Hold.WHICH_DRAFT)
    assert home.sink.accepted == 1
    copy.resolve(sent=False)
    assert home.places() == (1, 0, 0)  # one letter, not two


def test_a_copy_that_comes_back_is_no_proof_that_nothing_left(home: Home) -> None:
    """Handed over and lost; the copy outside was cleared away, a mail program put another into Drafts."""
    home.sink.answers = [LOST]
    home.run()
    saved_again(home)
    home.there(".Drafts/bowout-sending")[0].unlink()
    later(home)
    assert (home.row().state, home.sink.accepted) == (State.UNKNOWN, 1)


def test_a_mailbox_that_was_put_back_is_no_proof_that_nothing_left(home: Home) -> None:
    """The very file lies in Drafts again, nothing outside; but the row knows that it was taken out."""
    drafts, backup = home.tree / ".Drafts", home.root.parent / "backup"
    shutil.copytree(drafts, backup)
    home.sink.answers = [LOST]
    home.run()
    shutil.rmtree(drafts)
    shutil.copytree(backup, drafts)
    later(home)
    assert (home.row().state, home.places(), home.sink.accepted) == (State.UNKNOWN, (1, 0, 0), 1)


def test_a_letter_whose_taking_cannot_be_noted_is_put_back(home: Home) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Queue, "note_taken", lambda *_: raising(StoreError("disk full"))())
        home.run()
    assert (home.row().state, home.places(), home.sink.accepted) == (State.ARMED, (1, 0, 0), 0)
    home.run()
    assert (home.row().state, home.sink.accepted) == (State.SENT, 1)


# --- what lies in Drafts was not sent -----------------------------------------------------------------


def test_a_run_that_died_before_it_took_the_letter_is_made_up_for_once(home: Home) -> None:
    home.sink.early = raising(Killed())
    home.dies()
    assert home.row().state is State.SENDING
    home.run()
    assert (home.row().state, home.row().rearmed) == (State.ARMED, True)
    home.run()
    assert (home.row().state, home.sink.accepted, home.places()) == (State.SENT, 1, (0, 0, 1))


def test_a_row_of_an_earlier_bowout_is_no_proof(home: Home) -> None:
    """It put back what anybody had taken out."""
    home.sink.early = raising(Killed())
    home.dies()
    with home.store() as store:
        Queue(store).seen(home.row(), claim="")
    later(home)
    assert (home.row().state, home.places()) == (State.UNKNOWN, (1, 0, 0))


def test_a_second_death_is_for_the_person(home: Home) -> None:
    for _ in range(2):
        home.sink.early = raising(Killed())
        home.dies()
        home.run()
    later(home)
    assert (home.row().state, home.sink.accepted, home.places()) == (State.UNKNOWN, 0, (1, 0, 0))


def test_a_run_that_died_with_the_letter_in_hand_stays_unknown(home: Home) -> None:
    home.sink.late = raising(Killed())
    home.dies()
    later(home)
    assert (home.row().state, home.sink.accepted, home.places()) == (State.UNKNOWN, 0, (0, 1, 0))


def test_a_letter_that_could_not_be_put_back_comes_back_by_its_own_row(home: Home) -> None:
    home.sink.answers = [LATER]
    home.run_on_a_full_disk()
    assert (home.row().state, home.places()) == (State.ARMED, (0, 1, 0))
    home.run()
    assert (home.row().state, home.sink.accepted) == (State.SENT, 1)


def test_a_letter_that_an_earlier_bowout_left_outside_is_resolved(home: Home) -> None:
    """It gave the file no mark and the row no claim."""
    home.sink.late = raising(Killed())
    home.dies()
    home.run()
    (path,) = home.there(".Drafts/bowout-sending")
    path.rename(path.with_name(path.name.partition(".")[2]))
    with home.store() as store:
        Queue(store).seen(home.row(), claim="")
    later(home)
    assert (home.row().state, home.places()) == (State.UNKNOWN, (0, 1, 0))
    home.resolve(sent=False)
    (draft,) = home.there(".Drafts/cur")
    assert (draft.name, home.places()) == (path.name.partition(".")[2], (1, 0, 0))


# --- a lock that does not lock ------------------------------------------------------------------------


@pytest.fixture
def no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """As flock(2) is on some network mounts: it succeeds for everybody."""
    monkeypatch.setattr(files, "_try", lambda descriptor: True)


@pytest.mark.usefixtures("no_lock")
@pytest.mark.parametrize("copied", [False, True], ids=["one-home", "two-homes"])
@pytest.mark.parametrize("moment", ["early", "late"])
def test_without_a_lock_the_rename_decides(home: Home, moment: str, copied: bool) -> None:
    other = home.copied() if copied else home

    def meanwhile() -> None:
        for _ in range(3):  # calls the first one's row unknown, finds its letter or not, tries by itself
            other.run()

    setattr(home.sink, moment, meanwhile)
    home.run()
    assert home.sink.accepted == 1
    later(home, other)
    assert (home.sink.accepted, home.places()) == (1, (0, 0, 1))
    assert home.row().state in MINE


@pytest.mark.usefixtures("no_lock")
def test_of_processes_without_a_lock_one_sends(home: Home, tmp_path: Path) -> None:
    for number in range(5):
        here = Home.build(tmp_path / str(number))
        copy = here.copied()
        go, start = os.pipe()
        children = [_waiting(go, start, one.run) for one in (here, copy, here, copy)]
        os.close(start)  # all begin at once
        assert [os.waitpid(child, 0)[1] for child in children] == [0] * len(children)
        os.close(go)
        later(here, copy)
        assert here.sink.accepted == 1
        assert here.places() == (0, 0, 1)


def _waiting(go: int, start: int, act: Callable[[], None]) -> int:
    """A forked process that acts when the pipe is closed."""
    child = os.fork()
    if child == 0:
        try:
            os.close(start)
            os.read(go, 1)
            act()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return child


def copied_by_another(path: Path) -> None:
    path.with_name(path.name.replace(CLAIM, "d" * 32)).write_bytes(path.read_bytes())


def rewritten(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"P.S.")


@pytest.mark.parametrize(("happens", "outside"), [(copied_by_another, 1), (rewritten, 0)])
def test_what_is_not_ours_alone_or_not_as_it_was_is_put_back(
    home: Home, monkeypatch: pytest.MonkeyPatch, happens: Callable[[Path], None], outside: int
) -> None:
    """Where a rename is a copy, as on some mounts, two runs find theirs; a mail program writes into a file
    that it has open."""
    mailbox = open_mailbox(home.account, home.clock)
    key = DraftKey(thread_id="<invitation@mail.example>", message_id=OURS)
    draft = mailbox.find_draft(key)
    assert draft is not None
    take_out = Tree.take_out

    def watched(tree: Tree, entry: Entry, claim: str) -> Taken:
        taken = take_out(tree, entry, claim)
        happens(Path(taken.entry.path))
        return taken

    monkeypatch.setattr(Tree, "take_out", watched)
    with pytest.raises(DraftChanged):
        mailbox.take_out(replace(draft, claim=CLAIM))
    assert home.places() == (1, outside, 0)
