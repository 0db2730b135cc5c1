"""The Maildir provider against real files: names, other clients at work, broken trees, full disks."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bowout.errors import BowoutError, ConfigError, DraftChanged, DraftGone, Failed, NeedsPerson, Unreachable
from bowout.mail.build import build
from bowout.model import Account, Folder, Joined, Query, Reply
from bowout.providers.base import Draft
from bowout.providers.maildir import tree as maildir_tree
from bowout.providers.maildir.keys import MaildirKeys
from bowout.providers.maildir.mailbox import MaildirMailbox, open_mailbox
from clock import NOON, FakeClock
from contract.mailbox_suite import ANSWER, INVITATION, ME, OTHER, mail, message_id, reply_in


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A mailbox as it is after the invitation arrived and was answered; it has no Drafts folder yet."""
    root = tmp_path / "Maildir"
    put(root, "", "new/1.invitation", INVITATION)
    put(root, ".Sent", "cur/2.answer:2,S", ANSWER)
    put(root, "", "cur/3.lunch:2,", OTHER)
    return root


def put(root: Path, folder: str, name: str, raw: bytes) -> Path:
    for sub in ("cur", "new", "tmp"):
        (root / folder / sub).mkdir(parents=True, exist_ok=True)
    path = root / folder / name
    path.write_bytes(raw.replace(b"\r\n", b"\n"))
    return path


def account(root: Path, *, drafts: str | None = None, sent: str | None = None) -> Account:
    keys = MaildirKeys(path=root, drafts=drafts, sent=sent)
    return Account(name="disk", provider="maildir", address=ME.address, keys=keys)


def opened(root: Path, *, drafts: str | None = None, sent: str | None = None) -> MaildirMailbox:
    return open_mailbox(account(root, drafts=drafts, sent=sent), FakeClock())


def snapshot(root: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every file of the tree: content, permissions, time of change."""
    files = [p for p in root.rglob("*") if p.is_file()]
    return {str(p.relative_to(root)): (p.read_bytes(), p.stat().st_mode, p.stat().st_mtime_ns) for p in files}


def letter(mailbox: MaildirMailbox, text: str = "I am withdrawing.") -> Reply:
    (thread,) = mailbox.search(Query(who="Acme"), 10)
    return reply_in(thread, text=text)


def drafts(root: Path, folder: str = ".Drafts") -> list[Path]:
    return sorted(p for sub in ("new", "cur") for p in (root / folder / sub).iterdir())


# --- what is written --------------------------------------------------------------------------------


def test_the_first_draft_makes_a_private_drafts_folder_and_nothing_else(root: Path) -> None:
    mailbox = opened(root)
    before = snapshot(root)
    mailbox.search(Query(), 10)
    assert not (root / ".Drafts").exists()
    draft = mailbox.save_draft(letter(mailbox))
    (file,) = drafts(root)
    assert file.name.endswith(":2,DS")
    assert file.stat().st_mode & 0o777 == 0o600
    assert (root / ".Drafts").stat().st_mode & 0o777 == 0o700
    assert (root / ".Drafts" / "maildirfolder").read_bytes() == b""
    assert draft.link == str(file)
    added = {name for name in snapshot(root) if name not in before}
    assert added == {".Drafts/maildirfolder", str(file.relative_to(root))}
    assert {name: snapshot(root)[name] for name in before} == before


def test_a_draft_reads_back_byte_for_byte(root: Path) -> None:
    mailbox = opened(root)
    reply = letter(mailbox, "Grüße – and thanks.\n\n  indented\n.\nFrom here on")
    mailbox.save_draft(reply)
    (file,) = drafts(root)
    assert file.read_bytes().replace(b"\n", b"\r\n") == build(reply)


@pytest.mark.parametrize(
    "folder",
    [".Entw&APw-rfe", ".Entwürfe", ".INBOX.Drafts", ".[Gmail].Drafts", ".Brouillons", ".下書き"],
)
def test_drafts_go_to_the_folder_that_is_there(root: Path, folder: str) -> None:
    put(root, folder, "cur/old:2,DS", OTHER)
    mailbox = opened(root)
    mailbox.save_draft(letter(mailbox))
    assert len(drafts(root, folder)) == 2
    assert not (root / ".Drafts").exists()


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Templates", ".Templates"),
        ("INBOX/Work", ".INBOX.Work"),
        (".Work", ".INBOX.Work"),
        ("Später", ".Sp&AOQ-ter"),
    ],
)
def test_drafts_go_to_the_configured_folder(root: Path, name: str, folder: str) -> None:
    put(root, ".Drafts", "cur/old:2,DS", OTHER)
    if folder == ".INBOX.Work":
        put(root, folder, "cur/old:2,DS", OTHER)
    mailbox = opened(root, drafts=name)
    saved = mailbox.save_draft(letter(mailbox))
    assert saved.link is not None
    assert Path(saved.link).parent == root / folder / "cur"
    assert mailbox.find_draft(saved.key) is not None


def test_a_new_text_gets_a_new_unique_name(root: Path) -> None:
    """Clients and sync tools never read a known name again: they would keep showing the old text."""
    mailbox = opened(root)
    first = mailbox.save_draft(letter(mailbox))
    (before,) = drafts(root)
    second = mailbox.replace_draft(first, letter(mailbox, "Second."))
    (after,) = drafts(root)
    assert after.name != before.name
    assert first.key.id != second.key.id
    assert list((root / ".Drafts" / "tmp").iterdir()) == []


def test_a_mark_that_a_client_set_stays_and_is_no_edit(root: Path) -> None:
    mailbox = opened(root)
    saved = mailbox.save_draft(letter(mailbox))
    (file,) = drafts(root)
    file.rename(file.with_name(file.name.replace(":2,DS", ":2,DFS")))
    mailbox.replace_draft(saved, letter(mailbox, "Second."))
    (left,) = drafts(root)
    assert left.name.endswith(":2,DFS")
    assert b"Second." in left.read_bytes()


def test_the_whole_tree_but_the_draft_stays_as_it_was(root: Path) -> None:
    put(root, ".Drafts", "cur/9.foreign:2,DS", mail("Re: Lunch", "my own", name="foreign", sender=ME))
    mailbox = opened(root)
    before = snapshot(root)
    draft = mailbox.save_draft(letter(mailbox))
    draft = mailbox.replace_draft(draft, letter(mailbox, "Second."))
    mailbox.find_sent(draft)
    mailbox.delete_draft(draft)
    assert snapshot(root) == before


# --- other clients at work --------------------------------------------------------------------------


def rewritten(file: Path, old: bytes, new: bytes) -> Path:
    """As a mail program edits: a new file, then the old one goes."""
    copy = file.with_name("77.client:2,DS")
    copy.write_bytes(file.read_bytes().replace(old, new))
    file.unlink()
    return copy


def test_a_draft_that_a_client_rewrote_is_found_by_its_message_id(root: Path) -> None:
    mailbox = opened(root)
    saved = mailbox.save_draft(letter(mailbox))
    rewritten(drafts(root)[0], b"withdrawing", b"leaving")
    found = mailbox.find_draft(saved.key)
    assert found is not None
    assert found.key.id == ".Drafts/77.client"
    assert found.revision != saved.revision
    assert found.content_hash != saved.content_hash


def test_a_draft_rewritten_without_a_change_has_the_same_content(root: Path) -> None:
    mailbox = opened(root)
    saved = mailbox.save_draft(letter(mailbox))
    rewritten(drafts(root)[0], b"", b"")
    found = mailbox.find_draft(saved.key)
    assert found is not None
    assert (found.revision == saved.revision, found.content_hash == saved.content_hash) == (False, True)


def test_a_draft_flagged_as_trash_is_gone(root: Path) -> None:
    mailbox = opened(root)
    saved = mailbox.save_draft(letter(mailbox))
    (file,) = drafts(root)
    file.rename(file.with_name(file.name + "T"))
    assert mailbox.find_draft(saved.key) is None
    with pytest.raises(DraftGone):
        mailbox.replace_draft(saved, letter(mailbox))
    assert mailbox.thread(saved.key.thread_id).drafts == ()


def test_the_flagged_old_copy_of_an_edited_draft_does_not_count(root: Path) -> None:
    """IMAP servers keep the old version, flagged, until somebody expunges it."""
    mailbox = opened(root)
    saved = mailbox.save_draft(letter(mailbox))
    (file,) = drafts(root)
    old = file.read_bytes()
    rewritten(file, b"withdrawing", b"leaving")
    file.with_name(file.name + "T").write_bytes(old)
    found = mailbox.find_draft(saved.key)
    assert found is not None
    assert "leaving" in found.message.text


def test_two_drafts_with_our_message_id_need_the_person(root: Path) -> None:
    mailbox = opened(root)
    saved = mailbox.save_draft(letter(mailbox))
    (file,) = drafts(root)
    file.with_name("78.copy:2,DS").write_bytes(file.read_bytes())
    file.rename(file.with_name("79.moved:2,DS"))
    with pytest.raises(NeedsPerson, match="Two drafts"):
        mailbox.find_draft(saved.key)


def test_an_edit_at_the_last_moment_is_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor that writes into the file itself, after we looked and before we claim."""
    mailbox = opened(root)
    saved = mailbox.save_draft(letter(mailbox))
    (file,) = drafts(root)
    mine = file.read_bytes().replace(b"withdrawing", b"thinking")
    at_the_last_moment(monkeypatch, lambda: file.write_bytes(mine))
    with pytest.raises(DraftChanged):
        mailbox.replace_draft(saved, letter(mailbox, "Second."))
    assert [p.read_bytes() for p in drafts(root)] == [mine]
    assert drafts(root) == [file]


@pytest.mark.parametrize("operation", ["replace", "delete"])
def test_a_draft_taken_away_at_the_last_moment_stays_away(
    root: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    mailbox = opened(root)
    saved = mailbox.save_draft(letter(mailbox))
    (file,) = drafts(root)
    at_the_last_moment(monkeypatch, file.unlink)
    with pytest.raises(DraftChanged):
        change(mailbox, saved, operation)
    assert drafts(root) == []
    assert list((root / ".Drafts" / "tmp").iterdir()) == []


def change(mailbox: MaildirMailbox, draft: Draft, operation: str) -> None:
    if operation == "delete":
        mailbox.delete_draft(draft)
    else:
        mailbox.replace_draft(draft, letter(mailbox, "Second."))


def at_the_last_moment(monkeypatch: pytest.MonkeyPatch, act: object) -> None:
    """Let somebody else act just before the draft is claimed."""
    claim = maildir_tree.Tree.claim

    def late(tree: maildir_tree.Tree, entry: maildir_tree.Entry, unique: str) -> str:
        assert callable(act)
        act()
        return claim(tree, entry, unique)

    monkeypatch.setattr(maildir_tree.Tree, "claim", late)


def test_a_message_that_is_marked_read_meanwhile_is_still_read(root: Path) -> None:
    mailbox = opened(root)
    (thread,) = mailbox.search(Query(who="Acme"), 10)
    (root / "new/1.invitation").rename(root / "cur/1.invitation:2,S")
    assert "invite you" in mailbox.thread(thread.id).messages[0].text


def test_a_draft_in_an_archive_of_everything_is_no_proof_of_sending(root: Path) -> None:
    """A synchronised Gmail account shows every draft in All Mail too, flagged D."""
    mailbox = opened(root)
    saved = mailbox.save_draft(letter(mailbox))
    (file,) = drafts(root)
    put(root, ".[Gmail].All Mail", "cur/5.copy:2,DS", file.read_bytes())
    assert len(mailbox.thread(saved.key.thread_id).drafts) == 1
    assert mailbox.find_sent(saved) is None
    file.unlink()
    assert mailbox.find_draft(saved.key) is None
    assert mailbox.find_sent(saved) is None


# --- what is read -----------------------------------------------------------------------------------


def test_an_answer_without_its_parent_is_shown_but_only_as_joined_by_subject(root: Path) -> None:
    at = NOON - timedelta(hours=1)
    stray = mail("AW: Interview for Backend Engineer", "Good news", name="stray", at=at)
    put(root, ".Archive", "cur/6:2,S", stray)
    mailbox = opened(root)
    thread = mailbox.thread(message_id("invitation"))
    joined = {m.message_id: m.joined for m in thread.messages}
    assert joined[message_id("stray")] is Joined.SUBJECT
    assert joined[message_id("answer")] is Joined.REFERENCES


def test_a_date_in_the_future_does_not_make_a_mail_the_newest(root: Path) -> None:
    raw = mail("Interview", "Acme", name="liar", at=NOON + timedelta(days=4000))
    path = put(root, "", "cur/7:2,", raw)
    arrived = NOON.timestamp() - 9e5
    os.utime(path, (arrived, arrived))
    found = opened(root).search(Query(who="Acme"), 10)
    assert [t.id for t in found] == [message_id("invitation"), message_id("liar")]


def test_symlink_loops_and_things_that_are_no_folders_are_passed_over(root: Path) -> None:
    (root / ".Loop").symlink_to(root)
    (root / ".Self").symlink_to(root / ".Self")
    (root / ".Nowhere").symlink_to("/no/where")
    (root / ".file").write_text("x")
    (root / ".Empty").mkdir()
    (root / "cur" / ".hidden").write_text("x")
    (root / "cur" / "directory").mkdir()
    os.mkfifo(root / "cur" / "pipe")
    assert len(opened(root).search(Query(who="Acme"), 10)) == 1


def test_a_maildir_moved_from_another_system_is_read(root: Path) -> None:
    raw = mail("Old", "Umbrella", name="old")
    put(root, "", "cur/8;2,ST", raw)
    put(root, "", "cur/9!2,S", raw.replace(b"Umbrella", b"Initech"))
    mailbox = opened(root)
    assert mailbox.search(Query(who="Umbrella"), 10) == ()
    assert len(mailbox.search(Query(who="Initech"), 10)) == 1


def test_the_mailbox_id_tells_another_mailbox_at_the_same_path(root: Path) -> None:
    first = opened(root).mailbox_id()
    assert opened(root).mailbox_id() == first
    root.rename(root.with_name("kept"))
    put(root, "", "cur/1:2,", OTHER)
    assert opened(root).mailbox_id() != first


# --- what goes wrong --------------------------------------------------------------------------------


def says_one_clear_line(error: BowoutError) -> bool:
    return bool(error.message and error.next_step) and "\n" not in error.message + error.next_step


@pytest.mark.parametrize("make", ["nothing", "file", "empty", "half"])
def test_a_path_that_is_no_maildir_is_a_config_error(tmp_path: Path, make: str) -> None:
    path = tmp_path / "mail"
    if make == "file":
        path.write_text("x")
    elif make != "nothing":
        path.mkdir()
    if make == "half":
        (path / "cur").mkdir()
    with pytest.raises(ConfigError, match=r"accounts\.disk\.path") as caught:
        opened(path)
    assert says_one_clear_line(caught.value)


@pytest.mark.parametrize(("key", "name"), [("drafts", "."), ("sent", "//"), ("sent", "Snet")])
def test_a_folder_name_that_names_none_is_a_config_error(root: Path, key: str, name: str) -> None:
    with pytest.raises(ConfigError, match=rf"accounts\.disk\.{key}") as caught:
        opened(root, drafts=name) if key == "drafts" else opened(root, sent=name)
    assert says_one_clear_line(caught.value)


@contextmanager
def as_somebody_else() -> Generator[None]:
    """File permissions mean nothing to root: step down for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def open_the_way(path: Path) -> None:
    for parent in [path, *path.parents]:
        if parent.is_relative_to("/tmp") and parent != Path("/tmp"):
            parent.chmod(0o755)


@pytest.mark.parametrize("what", ["cur/3.lunch:2,", ".Sent/cur", "cur", ".Sent"])
def test_a_mailbox_read_in_part_is_unreachable_not_quiet(root: Path, what: str) -> None:
    open_the_way(root)
    mailbox = opened(root)
    (root / what).chmod(0)
    try:
        with as_somebody_else(), pytest.raises(Unreachable, match="Cannot read the mailbox") as caught:
            mailbox.search(Query(who="Acme"), 10)
    finally:
        (root / what).chmod(0o755)
    assert says_one_clear_line(caught.value)


@pytest.mark.parametrize("there", [True, False], ids=["drafts", "no-drafts-yet"])
def test_a_read_only_mailbox_stays_as_it_is(root: Path, there: bool) -> None:
    if there:
        put(root, ".Drafts", "cur/9.foreign:2,DS", mail("Re: Lunch", "own", name="foreign", sender=ME))
    open_the_way(root)
    mailbox = opened(root)
    reply = letter(mailbox)
    before = snapshot(root)
    with read_only(root), as_somebody_else(), pytest.raises(Failed, match="could not be written") as caught:
        mailbox.save_draft(reply)
    assert says_one_clear_line(caught.value)
    assert snapshot(root) == before


@contextmanager
def read_only(root: Path) -> Generator[None]:
    directories = [root, *(p for p in root.rglob("*") if p.is_dir())]
    for directory in directories:
        directory.chmod(0o555)
    try:
        yield
    finally:
        for directory in directories:
            directory.chmod(0o755)


@contextmanager
def largest_file(size: int) -> Generator[None]:
    """Writing past ``size`` bytes fails with EFBIG, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.parametrize("size", [0, 100])
def test_a_full_disk_leaves_nothing_behind(root: Path, size: int) -> None:
    mailbox = opened(root)
    reply = letter(mailbox)
    before, folders = snapshot(root), sorted(p.name for p in root.iterdir())
    with largest_file(size), pytest.raises(Failed, match="could not be written") as caught:
        mailbox.save_draft(reply)
    assert says_one_clear_line(caught.value)
    assert snapshot(root) == before
    assert sorted(p.name for p in root.iterdir()) == folders


def test_a_full_disk_leaves_the_old_draft(root: Path) -> None:
    mailbox = opened(root)
    saved = mailbox.save_draft(letter(mailbox))
    reply = letter(mailbox, "Second.")
    before = snapshot(root)
    with largest_file(100), pytest.raises(Failed):
        mailbox.replace_draft(saved, reply)
    assert snapshot(root) == before
    assert mailbox.find_draft(saved.key) == saved


def test_ctrl_c_while_writing_leaves_nothing_behind(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox = opened(root)
    reply = letter(mailbox)
    before = snapshot(root)

    def interrupted(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(maildir_tree, "sync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        mailbox.save_draft(reply)
    assert snapshot(root) == before
    assert not (root / ".Drafts").exists()


# --- a thousand messages ----------------------------------------------------------------------------


def test_one_thread_is_found_among_a_thousand_messages(tmp_path: Path) -> None:
    root = tmp_path / "Maildir"
    fill(root, 1000)
    mailbox = opened(root)
    found = mailbox.search(Query(who="Zeppelinwerk"), 20)
    assert [t.subject for t in found] == ["Interview 7"]


def fill(root: Path, count: int) -> None:
    """Mail as it comes: threads of five, text and HTML, quoted-printable and base64, 4 to 40 KB."""
    paragraph = "Thank you for your time. We look forward to talking to you about the role – soon. " * 5
    for number in range(count):
        thread, place = divmod(number, 5)
        text = f"{paragraph}\n" * (1 + number % 10)
        if number == 37:
            text += "Greetings from Zeppelinwerk"
        html = f"<p>{text}</p>"
        coding = ("quoted-printable", "base64", "8bit")[number % 3]
        body = coded(coding, "text/plain", text) + coded(coding, "text/html", html)
        extra = ('Content-Type: multipart/alternative; boundary="b"', "MIME-Version: 1.0")
        parents = tuple(f"t{thread}m{n}" for n in range(place))
        at = NOON - timedelta(days=thread + 1) + timedelta(hours=place)
        subject = f"{'Re: ' if place else ''}Interview {thread}"
        raw = mail(subject, body + "--b--", name=f"t{thread}m{place}", at=at, parents=parents, extra=extra)
        put(root, "", f"cur/{number}.host:2,S", raw)


def coded(coding: str, kind: str, text: str) -> str:
    import base64
    import quopri

    data = text.encode()
    payload = {
        "base64": base64.encodebytes(data),
        "quoted-printable": quopri.encodestring(data),
        "8bit": data,
    }[coding].decode()
    head = f"--b\nContent-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: {coding}\n\n"
    return head + payload + "\n"


def test_folder_of_a_message_is_told(root: Path) -> None:
    thread = opened(root).thread(message_id("invitation"))
    assert [m.folder for m in thread.messages] == [Folder.INBOX, Folder.SENT]
