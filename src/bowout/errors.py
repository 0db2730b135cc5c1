"""Every error bowout raises on purpose, in one tree.

BowoutError                     exit  code
├── Failed                       1    failed             something went wrong; nothing is left half done
│   ├── StoreError               1    store              bowout.db cannot be opened, read or written
│   └── CannotDo                 1    cannot-do          the provider lacks this ability and never emulates it
├── UsageError                   2    usage              the command line is wrong
│   ├── ConfigError              2    config             config.toml is wrong; names file and key
│   └── TemplateError            2    template           a file of letters or words is wrong; names its line
│       └── Incomplete           2    template           a language lacks what this letter needs
├── NothingFound                 3    not-found          no thread, withdrawal or submission answers to WHO
├── Ambiguous                    4    ambiguous          several do; carries the candidates
├── SignInNeeded                 5    sign-in            no usable token or password
├── NeedsPerson                  6    needs-person       only the person can decide
│   ├── DraftChanged             6    draft-changed      the draft is not as we left it
│   ├── DraftGone                6    draft-gone         the draft is no longer in Drafts
│   ├── ForeignDraft             6    foreign-draft      a draft that bowout did not write is in the thread
│   ├── AlreadyDone              6    already-done       withdrawn or rejected before
│   │   └── SaidBefore           6    said-before        a letter has said the same before
│   ├── NoAddressee              6    no-addressee       nobody, or only a dead address, is left to write to
│   ├── Suspicious               6    suspicious         the sender may not be who they seem
│   ├── LintFailed               6    lint               the letter breaks a rule of severity E
│   ├── NotArmed                 6    not-armed          arming is refused; says the cure
│   ├── Unresolved               6    unresolved         a held, missed or unknown submission
│   ├── RecordsGone              6    records-gone       bowout.db is not the one that was here before
│   └── OutcomeUnknown           6    outcome-unknown    a write may or may not have happened
├── Refused                      1    refused            proof that a submission was not accepted
├── Unreachable                  7    unreachable        the provider cannot be reached; nothing was changed
└── Interrupted                130    interrupted        Ctrl-C

The message says what happened; ``next_step`` says what to do about it. Both are shown to the person,
so neither may carry secrets or text from a mail body. Adapters translate foreign exceptions at their
edge with ``raise ... from exc``; only ``bowout.cli`` turns an error into text and an exit code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

__all__ = [
    "AlreadyDone",
    "Ambiguous",
    "BowoutError",
    "CannotDo",
    "ConfigError",
    "DraftChanged",
    "DraftGone",
    "Failed",
    "ForeignDraft",
    "Incomplete",
    "Interrupted",
    "LintFailed",
    "NeedsPerson",
    "NoAddressee",
    "NotArmed",
    "NothingFound",
    "OutcomeUnknown",
    "RecordsGone",
    "Refused",
    "SaidBefore",
    "SignInNeeded",
    "StoreError",
    "Suspicious",
    "TemplateError",
    "Unreachable",
    "Unresolved",
    "UsageError",
]


class BowoutError(Exception):
    """Base of the tree: what happened, what to do next, and the exit code that says so.

    ``candidates`` may be meant; ``running`` are open processes to choose from where nothing was found.
    """

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "failed"

    def __init__(
        self,
        message: str,
        next_step: str = "",
        *,
        candidates: Sequence[Mapping[str, object]] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.candidates = tuple(candidates)
        self.running: tuple[Mapping[str, object], ...] = ()

    @property
    def told(self) -> str:
        """What happened and, on a line of its own, what to do next."""
        return f"{self.message}\n{self.next_step}".strip()


class Failed(BowoutError):
    """Something went wrong that is neither the person's input nor the provider's reachability."""


class StoreError(Failed):
    """The database cannot be opened, read or written."""

    code = "store"


class CannotDo(Failed):
    """The provider lacks this ability; raised instead of emulating it."""

    code = "cannot-do"


class UsageError(BowoutError):
    """The command line asks for something impossible or misspelt."""

    exit_code = 2
    code = "usage"


class ConfigError(UsageError):
    """config.toml is missing, unreadable or wrong; the message names file, key path and what was expected."""

    code = "config"


class TemplateError(UsageError):
    """A file of letters, or of words for their check, is wrong; the message names file, line and variable."""

    code = "template"


class Incomplete(TemplateError):
    """A language lacks what this letter needs; the message names the file in which it belongs."""


class NothingFound(BowoutError):
    """Nothing answers to WHO."""

    exit_code = 3
    code = "not-found"


class Ambiguous(BowoutError):
    """More than one plausible thread or person answers to WHO; ``candidates`` lists them."""

    exit_code = 4
    code = "ambiguous"


class SignInNeeded(BowoutError):
    """There is no usable token or password for the account."""

    exit_code = 5
    code = "sign-in"


class NeedsPerson(BowoutError):
    """Only the person can decide how to go on; nothing was changed."""

    exit_code = 6
    code = "needs-person"


class DraftChanged(NeedsPerson):
    """The draft in the mailbox is not as bowout left it."""

    code = "draft-changed"


class DraftGone(NeedsPerson):
    """The draft is no longer among the drafts: sent, deleted, or moved to Trash or Junk."""

    code = "draft-gone"


class ForeignDraft(NeedsPerson):
    """The thread holds a draft that bowout did not write."""

    code = "foreign-draft"


class AlreadyDone(NeedsPerson):
    """The person already withdrew from this thread, or the company already rejected them."""

    code = "already-done"


class SaidBefore(AlreadyDone):
    """A letter that was sent says what the confirmation of a call would say."""

    code = "said-before"


class NoAddressee(NeedsPerson):
    """Nobody in the thread can be written to, or only an address that nobody reads."""

    code = "no-addressee"


class Suspicious(NeedsPerson):
    """The sender may not be who they seem (other Reply-To domain, look-alike or punycode domain)."""

    code = "suspicious"


class LintFailed(NeedsPerson):
    """The letter breaks an etiquette rule of severity E."""

    code = "lint"


class NotArmed(NeedsPerson):
    """Arming a submission is refused; the message says why and the next step is the cure."""

    code = "not-armed"


class Unresolved(NeedsPerson):
    """The outbox holds a held, missed or unknown submission."""

    code = "unresolved"


class RecordsGone(NeedsPerson):
    """The database that was here is gone, empty or another one: what was sent or armed is not known."""

    code = "records-gone"


class OutcomeUnknown(NeedsPerson):
    """A write left here and no trustworthy answer came back: it may or may not have happened."""

    code = "outcome-unknown"


class Refused(BowoutError):
    """Proof that a submission was not accepted. ``temporary`` when trying later may help."""

    code = "refused"

    def __init__(self, message: str, next_step: str = "", *, temporary: bool = False) -> None:
        super().__init__(message, next_step)
        self.temporary = temporary


class Unreachable(BowoutError):
    """The provider cannot be reached; nothing was changed there or here."""

    exit_code = 7
    code = "unreachable"


class Interrupted(BowoutError):
    """The person pressed Ctrl-C; nothing is left half done."""

    exit_code = 130
    code = "interrupted"
