"""Mailboxes on disk: a Maildir++ tree, as Dovecot, mutt, mbsync, OfflineIMAP and Evolution keep it.

Nothing is ever changed but the drafts that bowout wrote. A draft is found again by its file's unique name
or, when another client rewrote it, by its Message-ID. Its revision is the unique name with a digest of the
content; marks that clients set (flags) do not count. What goes wrong is one of these:

- the path is missing or no Maildir, a configured folder does not exist: ``ConfigError``;
- a file or folder cannot be read: ``Unreachable``, since a mailbox half read must not pass for a quiet one;
- a draft cannot be written (disk full, read-only, over a size limit): ``Failed``; nothing is left half done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bowout.errors import ConfigError, Failed, NeedsPerson, OutcomeUnknown, Unreachable
from bowout.mail.build import build
from bowout.mail.compare import content_hash
from bowout.mail.parse import parse
from bowout.model import Account, DraftKey, Folder, Message, Reply
from bowout.providers.base import TAKEN_OUT, Abilities, Clock, Draft, Maybe, Outside, Receipt, Submitter
from bowout.providers.headers_only.mailbox import LocalMailbox
from bowout.providers.maildir import tree as files
from bowout.providers.maildir.keys import MaildirKeys
from bowout.providers.maildir.tree import Entry, Place, Taken, Tree
from bowout.providers.precondition import draft_changed, draft_gone
from bowout.providers.sending.outgoing import outgoing
from bowout.text.harmless import for_terminal

_HIDDEN = (Folder.TRASH, Folder.JUNK)
_TRIES = 3  # for files that other clients rename while we read


def open_mailbox(account: Account, clock: Clock) -> MaildirMailbox:
    """The Maildir of an account. Raises ``ConfigError`` when there is none at its path."""
    return MaildirMailbox(account, clock)


def open_submitter(account: Account, mailbox: MaildirMailbox, clock: Clock) -> Submitter:
    """What sends for a Maildir: its SMTP server or its send_command.

    Raises ``CannotDo`` when neither is configured, ``ConfigError`` for a server that must not be used.
    """
    from bowout.providers.sending.submitter import OutsideSubmitter, carrier

    return OutsideSubmitter(account, mailbox, carrier(account), clock)


class MaildirMailbox(LocalMailbox):
    """The ``Mailbox`` contract on a Maildir++ tree. ``separator`` differs on Windows only."""

    abilities = Abilities(has_precondition=True)

    def __init__(self, account: Account, clock: Clock, *, separator: str = files.SEPARATOR) -> None:
        super().__init__(account, clock)
        keys = account.own(MaildirKeys)
        self._tree = Tree(_root(account), keys.drafts, keys.sent, separator)
        self._index = _Index(clock)
        self._check_folders()

    def mailbox_id(self) -> str:
        """From the real path and its inode: a restored copy, or another one at this path, is another."""
        root = self._tree.root.resolve()
        named = f"{root}\0{root.stat().st_ino}".encode("utf-8", "surrogateescape")
        return "maildir:" + hashlib.sha256(named).hexdigest()[:32]

    # --- reading ---

    def _headers(self) -> list[Message]:
        """Also what lies outside Drafts: a letter that may be sent must not be forgotten with its records."""
        listed = self._listed(lambda place: place.kind not in _HIDDEN)[1]
        with _reading(self._tree.root):
            taken = self._tree.taken_out()
        return [*listed, *(head for one in taken if (head := self._index.head(one.entry)))]

    def _thrown_away(self) -> list[Message]:
        return self._listed(lambda place: place.kind in _HIDDEN, hidden=True)[1]

    def _listed(
        self, wanted: Callable[[Place], bool], *, hidden: bool = False
    ) -> tuple[dict[str, Entry], list[Message]]:
        """The files of the wanted folders that are not in the trash (or are), and their headers."""
        for left in reversed(range(_TRIES)):
            with _reading(self._tree.root):
                entries = [e for e in self._tree.entries(wanted) if (e.kind in _HIDDEN) is hidden]
            heads = [self._index.head(entry) for entry in entries]
            if None not in heads or not left:
                break  # else a file was renamed between listing and reading: list again, the rest is indexed
        return {e.id: e for e in entries}, [head for head in heads if head is not None]

    def _raw(self, message: Message) -> bytes | None:
        for _ in range(_TRIES):
            entry = self._index.entries.get(message.id)
            if entry is None:
                return None
            with _reading(entry.path):
                try:
                    return files.read_whole(entry.path)
                except FileNotFoundError:
                    self._index.entries.pop(message.id)
            self._listed(entry.place.__eq__)
        return None

    # --- drafts ---

    def save_draft(self, reply: Reply) -> Draft:
        raw = _on_disk(reply)
        made: list[Path] = []
        with _writing(made):
            place = self._tree.drafts_place() or self._tree.make_drafts(made)
            unique = self._tree.unique(self._clock())
            path = self._tree.path(place, unique, "DS")
            with self._tree.staged(place, unique, raw) as temporary:
                files.move(temporary, path)
        with _settling():
            files.settle(place)
        key = DraftKey(thread_id=reply.thread_id, message_id=reply.message_id, parent_id=reply.parent_id)
        return _draft(key, place.id_of(unique), path, raw)

    def find_draft(self, key: DraftKey) -> Draft | None:
        """As the contract has it; what lies in Drafts and outside, taken to be sent, are two that fit."""
        found = self._find(key)
        if found and self._taken_out(key):
            raise NeedsPerson(
                "This letter lies in Drafts, and a copy outside, which a run of bowout took to send it.",
                "Look into Sent, then say for its number in bowout outbox list what you found: bowout outbox"
                " resolve ID --sent (or --not-sent)",
            )
        return None if found is None else _draft(key, found[0].id, found[0].path, found[1])

    def replace_draft(self, draft: Draft, reply: Reply) -> Draft:
        raw = _on_disk(reply)
        entry = self._held(draft)
        unique = self._tree.unique(self._clock())
        with _writing(), self._tree.staged(entry.place, unique, raw) as temporary:
            claimed = self._claim(draft, entry)
            files.overwrite(temporary, claimed)
        # Up to here the name was one that only a client listing the folder this instant can have seen with
        # the old text. The new text gets a name of its own, because clients never read a known name again.
        path = self._tree.path(entry.place, unique, "".join({*entry.flags, "D", "S"}))
        with _settling():
            files.move(claimed, path)
            files.settle(entry.place)
        return _draft(replace(draft.key, parent_id=reply.parent_id), entry.place.id_of(unique), path, raw)

    def delete_draft(self, draft: Draft) -> None:
        entry = self._held(draft)
        with _writing():
            Path(self._claim(draft, entry)).unlink()
        with _settling():
            files.settle(entry.place)

    # --- sending ---

    def content(self, draft: Draft) -> bytes:
        """The bytes of the draft as it was given. Raises ``DraftGone`` or ``DraftChanged``."""
        with _reading(self._tree.root):
            return files.read_whole(self._held(draft).path)

    def take_out(self, draft: Draft) -> None:
        """Take the draft out of Drafts while it is submitted; only the very draft that was given.

        The rename makes it its claim's: of two runs one wins, whether their locks work or not. Raises
        ``DraftGone`` or ``DraftChanged``; then everything is as it was.
        """
        entry = self._held(draft)
        with _writing():
            try:
                taken = self._tree.take_out(entry, draft.claim)
            except FileNotFoundError as exc:
                raise draft_changed() from exc
            try:
                won = self._won(taken, draft)
            except FileNotFoundError as exc:  # given back meanwhile, by a word of the person elsewhere
                raise draft_gone() from exc
            if not won:
                self._tree.put_back(taken, self._tree.unique(self._clock()))
                raise draft_changed()
            files.settle(entry.place)
            files.settle_taken(entry.place)

    def _won(self, taken: Taken, draft: Draft) -> bool:
        """Is it the very draft, and not taken twice? Where a rename is a copy, two runs may have got it."""
        raw = files.read_whole(taken.entry.path)
        return _revision(taken.entry.id, raw) == draft.revision and len(self._taken_out(draft.key)) == 1

    def holds(self, key: DraftKey, claim: str) -> bool:
        """Tell whether the draft that this claim took out is still out under its name."""
        return self._claimed(key, claim) is not None

    def give_back(self, key: DraftKey, claim: str) -> bool:
        """Put a draft that this claim took out back where it was; False when none is out."""
        taken = self._claimed(key, claim)
        if taken is None:
            return False
        there = self._find(key)
        if there and files.same(there[0].path, taken.entry.path):
            self._remove_taken(taken.entry)  # another program saved it there again
            return True
        with _writing():
            self._tree.put_back(taken, self._tree.unique(self._clock()))
            files.settle(taken.entry.place)
        return True

    def file_sent(self, key: DraftKey, claim: str, at: datetime) -> None:
        """Put the draft that this claim took out, submitted at ``at``, among the sent mail, as it went out.

        Not when a copy lies there already: then somebody else files them.
        """
        if taken := self._claimed(key, claim):
            raw = files.read_whole(taken.entry.path)
            if not self.has_sent_copy(key, raw):
                self._file(outgoing(raw, at).raw)
            self._remove_taken(taken.entry)

    def forget_taken(self, key: DraftKey, claim: str) -> None:
        """Remove the draft that this claim took out and submitted: the server keeps the sent copy."""
        if taken := self._claimed(key, claim):
            self._remove_taken(taken.entry)

    def find_sent(self, draft: Draft) -> Receipt | Maybe | None:
        """As the contract has it; a letter that was taken out, by whomever, may have been sent as well."""
        found = super().find_sent(draft)
        if found is None and (taken := self._taken_out(draft.key)):
            try:
                at = f"{_taken_at(taken[0]).astimezone():%H:%M %Z}"
            except FileNotFoundError:
                return super().find_sent(draft)  # filed, or put back, this moment
            return Maybe(
                ids=tuple(one.entry.id for one in taken),
                why=f"{TAKEN_OUT} at {at} to send it, and what became of it is not known",
            )
        return found

    def outside(self, draft: Message) -> Outside | None:
        """As the contract has it."""
        with _reading(self._tree.root):
            return self._outside(one for one in self._tree.taken_out() if one.entry.id == draft.id)

    def taken_out(self, key: DraftKey) -> Outside | None:
        """As the contract has it."""
        with _reading(self._tree.root):
            return self._outside(self._taken_out(key))

    def _outside(self, taken: Iterable[Taken]) -> Outside | None:
        found = next(iter(taken), None)
        if found is None:
            return None
        home = self._tree.home_of(found, self._tree.unique(self._clock()))
        path = Path(found.entry.path)
        sent = self._tree.sent_place()
        filed = Path(self._tree.path(sent, self._tree.unique(self._clock()), "S")) if sent else None
        return Outside(path=path, home=Path(home), sent=filed, taken=_taken_at(found), claim=found.claim)

    def _remove_taken(self, taken: Entry) -> None:
        with _writing():
            Path(taken.path).unlink()
            files.settle_taken(taken.place)

    def _file(self, raw: bytes) -> None:
        made: list[Path] = []
        with _writing(made):
            sent = self._tree.sent_place()
            if sent is None:
                sent = self._tree.make_sent(made)
            unique = self._tree.unique(self._clock())
            with self._tree.staged(sent, unique, raw.replace(b"\r\n", b"\n")) as temporary:
                files.move(temporary, self._tree.path(sent, unique, "S"))
        with _settling():
            files.settle(sent)

    def _claimed(self, key: DraftKey, claim: str) -> Taken | None:
        """The letter that lies outside under this claim; without one whichever, at the person's word."""
        return next((taken for taken in self._taken_out(key) if claim in ("", taken.claim)), None)

    def _taken_out(self, key: DraftKey) -> list[Taken]:
        """Every draft with this id or Message-ID that lies outside Drafts, whoever took it."""
        with _reading(self._tree.root):
            return [taken for taken in self._tree.taken_out() if self._answers_to(taken.entry, key)]

    @staticmethod
    def _answers_to(entry: Entry, key: DraftKey) -> bool:
        try:
            head = parse(files.read_head(entry.path), id="", headers_only=True)
        except FileNotFoundError:  # filed or put back this instant
            return False
        return entry.id == key.id or head.message_id == key.message_id

    def _find(self, key: DraftKey) -> tuple[Entry, bytes] | None:
        """Our draft's file and content, or None. A copy elsewhere than in a Drafts folder is none."""
        entries, heads = self._listed(lambda place: place.kind is Folder.DRAFTS)
        named = [head.id for head in heads if head.message_id == key.message_id]
        others = [entries[i] for i in named if i != key.id]
        if key.id in entries and all(files.same(entries[key.id].path, other.path) for other in others):
            named = [key.id]  # a client that was cut off while it saved leaves the same letter twice
        if len(named) > 1:
            raise NeedsPerson(
                "Two drafts in the mailbox carry the Message-ID of our letter.",
                "Look at both in your mail program, delete one, and run the same command again.",
            )
        for identifier in named:
            entry = entries[identifier]
            with _reading(entry.path):
                try:
                    return entry, files.read_whole(entry.path)
                except FileNotFoundError:
                    # Renamed this instant: its new name is in the next listing.
                    return self._find(replace(key, id=None))
        return None

    def _held(self, draft: Draft) -> Entry:
        """The file of ``draft`` as it was given. Raises ``DraftGone`` or ``DraftChanged``."""
        found = self._find(draft.key)
        if found is None:
            raise draft_gone()
        entry, raw = found
        if _revision(entry.id, raw) != draft.revision:
            raise draft_changed()
        return entry

    def _claim(self, draft: Draft, entry: Entry) -> str:
        """Make the draft ours for one change: the precondition. It gets a name that no client knows yet.

        It stays in Drafts, so a run that dies here leaves it there under that name. Content that somebody
        wrote into the file at the last moment is noticed, and the old name given back.
        """
        try:
            claimed = self._tree.claim(entry, self._tree.unique(self._clock()))
        except FileNotFoundError as exc:
            raise draft_changed() from exc
        if _revision(entry.id, files.read_whole(claimed)) != draft.revision:
            files.move(claimed, entry.path)
            raise draft_changed()
        return claimed

    def _check_folders(self) -> None:
        account, keys = self.account, self.account.own(MaildirKeys)
        for key, name in (("drafts", keys.drafts), ("sent", keys.sent)):
            if name is not None and not files.name_parts(name):
                raise ConfigError(
                    f"accounts.{account.name}.{key}: {name!r} is no folder name.", 'Example: "Drafts"'
                )
        with _reading(self._tree.root):
            places = self._tree.places()
        if keys.sent and not any(self._tree.is_sent(place) for place in places):
            known = ", ".join(for_terminal("/".join(place.name)) for place in places if place.name) or "none"
            raise ConfigError(
                f"accounts.{account.name}.sent: there is no folder {keys.sent!r} in {self._tree.root}.",
                f"Name one of its folders ({known}), or remove the key to use the usual names.",
            )


class _Index:
    """Headers by file, kept for as long as the mailbox is open.

    A disk index for very large mailboxes belongs behind ``head``: headers depend on id and stamp of a file
    alone, so it only has to remember (id, stamp) -> headers between runs.
    """

    def __init__(self, clock: Clock) -> None:
        self.entries: dict[str, Entry] = {}  # id -> the file as last seen
        self._clock = clock
        self._heads: dict[str, tuple[tuple[int, int], Message]] = {}

    def head(self, entry: Entry) -> Message | None:
        """The message without its body; None when the file was renamed or removed since it was listed."""
        known = self._heads.get(entry.id)
        if known is None or known[0] != entry.stamp:
            with _reading(entry.path):
                try:
                    known = entry.stamp, self._read(entry)
                except FileNotFoundError:
                    return None
            self._heads[entry.id] = known
        self.entries[entry.id] = entry
        head = known[1]
        return head if head.folder is entry.kind else replace(head, folder=entry.kind)

    def _read(self, entry: Entry) -> Message:
        head = parse(files.read_head(entry.path), id=entry.id, folder=entry.kind, headers_only=True)
        now = self._clock()
        if head.date is not None and head.date <= now + timedelta(days=1):
            return head  # files carry the time of the last synchronisation, so Date is the better witness
        return replace(head, received=min(now, datetime.fromtimestamp(entry.stamp[1] / 1e9, UTC)))


def _taken_at(taken: Taken) -> datetime:
    """When it was taken out: the rename was the last change of its entry."""
    return datetime.fromtimestamp(Path(taken.entry.path).stat().st_ctime, UTC)


def _root(account: Account) -> Path:
    where = f"accounts.{account.name}.path"
    path = account.own(MaildirKeys).path
    with _reading(path):
        if not path.is_dir():
            raise ConfigError(f"{where}: there is no directory {path}.", "Set it to your Maildir.")
        # stat, not is_dir: "may not look" is another answer than "is not there"
        for sub in ("cur", "new"):
            try:
                (path / sub).stat()
            except (FileNotFoundError, NotADirectoryError) as exc:
                raise ConfigError(
                    f"{where}: {path} is not a Maildir: it has no {sub!r} in it.",
                    "Set it to the directory that holds cur, new and tmp.",
                ) from exc
    return path


def _on_disk(reply: Reply) -> bytes:
    # Files of a Maildir have the line ends of the system they lie on; on the wire it is CRLF again.
    return build(reply).replace(b"\r\n", b"\n")


def _revision(identifier: str, raw: bytes) -> str:
    return f"{identifier}:{files.digest(raw)}"


def _draft(key: DraftKey, identifier: str, path: str, raw: bytes) -> Draft:
    message = parse(raw, id=identifier, thread_id=key.thread_id, folder=Folder.DRAFTS)
    return Draft(
        key=replace(key, id=identifier),
        revision=_revision(identifier, raw),
        content_hash=content_hash(message),
        message=message,
        link=path,
    )


@contextmanager
def _reading(path: Path | str) -> Generator[None]:
    try:
        yield
    except OSError as exc:
        what = for_terminal(str(exc.filename or path))
        raise Unreachable(
            f"Cannot read the mailbox: {what}: {exc.strerror or exc}.",
            "Nothing was changed. Make it readable, then run the same command again.",
        ) from exc


@contextmanager
def _writing(made: list[Path] | None = None) -> Generator[None]:
    """Nothing the person can see has changed when this fails; ``made`` is taken back as well."""
    try:
        yield
    except OSError as exc:
        files.take_back(made or [])
        where = f" ({exc.filename})" if exc.filename else ""
        raise Failed(
            f"The draft could not be written to the mailbox: {exc.strerror or exc}{where}.",
            "The mailbox is as it was. Free some space or make it writable, then run the command again.",
        ) from exc
    except BaseException:
        files.take_back(made or [])
        raise


@contextmanager
def _settling() -> Generator[None]:
    try:
        yield
    except OSError as exc:
        raise OutcomeUnknown(
            f"The draft was written, but the disk did not confirm it: {exc.strerror or exc}.",
            "Run the same command again: it looks at what is there before it writes anything.",
        ) from exc
