"""Turn submissions into rows of the database and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from bowout.journal.database import moment, stamp, zone
from bowout.journal.submission import Hold, Snapshot, State, Submission
from bowout.model import DraftKey

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

__all__ = ["as_submission", "columns", "instant_text"]


def instant_text(instant: datetime | None) -> str | None:
    """Write an instant as it is stored."""
    return None if instant is None else stamp(instant)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else moment(text)


def _wall(text: str | None) -> str | None:
    if text is not None and datetime.fromisoformat(text).tzinfo is not None:
        raise ValueError("the local time that was promised is none")
    return text


def columns(row: Submission) -> Mapping[str, object]:
    """A row as it is stored, without its id."""
    return {
        "withdrawal_id": row.withdrawal_id,
        "draft_id": row.draft_id,
        "purpose": row.purpose,
        "account": row.account,
        "state": row.state,
        "hold": row.hold,
        "detail": row.detail,
        "due": stamp(row.due),
        "zone": row.zone,
        "typed": row.typed,
        "wall": row.wall,
        "not_after": stamp(row.not_after),
        "snapshot": _dump(row.snapshot),
        "follow_edits": row.follow_edits,
        "armed_at": stamp(row.armed_at),
        "attempts": row.attempts,
        "claim": row.claim,
        "rearmed": row.rearmed,
        "last_error": row.last_error,
        "last_look": instant_text(row.last_look),
        "looks": row.looks,
        "unknown_since": instant_text(row.unknown_since),
        "message_id": row.message_id,
        "sent_at": instant_text(row.sent_at),
        "todo": json.dumps(row.todo),
        "seen_hash": row.seen_hash,
        "seen_at": instant_text(row.seen_at),
        "version": row.version,
    }


def as_submission(row: sqlite3.Row) -> Submission:
    """Read a row. Raises what a damaged one raises; ``damage`` names it."""
    return Submission(
        id=row["id"],
        withdrawal_id=row["withdrawal_id"],
        draft_id=row["draft_id"],
        purpose=row["purpose"],
        account=row["account"],
        state=State(row["state"]),
        hold=Hold(row["hold"]) if row["hold"] else None,
        detail=row["detail"],
        due=moment(row["due"]),
        zone=zone(row["zone"]) or "",
        typed=row["typed"],
        wall=_wall(row["wall"]),
        not_after=moment(row["not_after"]),
        snapshot=_load(row["snapshot"]),
        follow_edits=bool(row["follow_edits"]),
        armed_at=moment(row["armed_at"]),
        attempts=row["attempts"],
        claim=row["claim"],
        taken=row["taken"],
        rearmed=bool(row["rearmed"]),
        last_error=row["last_error"],
        last_look=_instant(row["last_look"]),
        looks=row["looks"],
        unknown_since=_instant(row["unknown_since"]),
        message_id=row["message_id"],
        sent_at=_instant(row["sent_at"]),
        todo=tuple(json.loads(row["todo"])),
        seen_hash=row["seen_hash"],
        seen_at=_instant(row["seen_at"]),
        version=row["version"],
    )


def _dump(snapshot: Snapshot) -> str:
    fields = asdict(snapshot)
    fields["messages"], fields["drafts"] = sorted(snapshot.messages), sorted(snapshot.drafts)
    fields["key"]["intended_at"] = instant_text(snapshot.key.intended_at)
    return json.dumps(fields)


def _load(text: str) -> Snapshot:
    fields = json.loads(text)
    key = fields["key"]
    key["intended_at"], key["known"] = _instant(key["intended_at"]), tuple(key["known"])
    return Snapshot(
        key=DraftKey(**key),
        content_hash=fields["content_hash"],
        envelope=fields["envelope"],
        recipients=tuple(fields["recipients"]),
        subject=fields["subject"],
        messages=frozenset(fields["messages"]),
        drafts=frozenset(fields["drafts"]),
        record=fields["record"],
        call=tuple(fields["call"]) if fields["call"] else None,
        mailbox_id=fields["mailbox_id"],
        allowed=tuple(fields["allowed"]),
    )
