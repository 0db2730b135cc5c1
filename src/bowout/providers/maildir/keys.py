"""Say what an account on a Maildir has besides: its folder, the names in it, how it sends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bowout.config.keys import ACCOUNT, PATH, TEXT, Key, ProviderSpec
from bowout.providers.sending import keys as sending


@dataclass(frozen=True, slots=True, kw_only=True)
class MaildirKeys(sending.SendingKeys):
    """The keys of ``provider = "maildir"``; folders without a name have a usual one."""

    path: Path
    drafts: str | None = None
    sent: str | None = None


SPEC = ProviderSpec(
    rows=(
        Key(f"{ACCOUNT}.path", PATH, "The folder that holds cur, new and tmp.", required=True),
        Key(f"{ACCOUNT}.drafts", TEXT, "The drafts folder; without it a usual one."),
        Key(f"{ACCOUNT}.sent", TEXT, "The folder of sent mail; without it a usual one."),
        *sending.ROWS,
    ),
    make=MaildirKeys,
    tables=sending.TABLES,
    one_of=sending.ONE_OF,
    is_local=lambda keys: keys.smtp is None,
)
