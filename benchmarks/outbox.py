"""A pass of the outbox over 10,000 rows, with none and with 100 due; the bound is reading the rows at all."""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from bowout import providers
from bowout.journal.submission import State, Submission
from bowout.journal.submissions import Queue, columns
from clock import FakeClock
from memory.mailbox import Habits
from outbox_kit import Office

ROWS, DUE = 10_000, 100


def fill(office: Office, armed: Submission, due: int) -> None:
    """The rows of a very long life: most sent or far in the future, ``due`` of them armed and due."""
    store = office.store
    with store.change():
        for number in range(ROWS):
            draft = store.execute(
                "INSERT INTO drafts SELECT NULL, withdrawal_id, ?, 'sent', thread_id, ?, provider_id,"
                " parent_id, intended_at, known, revision, content_hash, letter, updated_at"
                " FROM drafts WHERE id = 1",
                f"copy-{number}",
                f"<{number}@bench.example>",
            ).lastrowid
            is_due = number < due
            row = replace(
                armed,
                id=0,
                draft_id=int(draft or 0),
                state=State.ARMED if is_due or number % 2 else State.SENT,
                due=armed.due if is_due else armed.due + timedelta(days=30),
                not_after=armed.not_after if is_due else armed.not_after + timedelta(days=30),
            )
            store.insert("submissions", columns(row))


def timed(office: Office) -> tuple[float, int]:
    began = time.perf_counter()
    report = office.run()
    return time.perf_counter() - began, report.looked


def main() -> None:
    """Print the figures."""
    providers.ADAPTERS["memory"] = "memory"
    for due in (0, DUE):
        with tempfile.TemporaryDirectory() as root:
            office = Office(Path(root), FakeClock(), Habits())
            armed = office.arm("in 2 hours")
            # Held back at the look, so that 100 are looked at and none leaves: they share one draft.
            office.they_write()
            fill(office, armed, due)
            Queue(office.store).cancel(1)
            office.clock.advance(timedelta(hours=2))
            began = time.perf_counter()
            Queue(office.store).all()
            bound = time.perf_counter() - began
            seconds, looked = timed(office)
            print(
                f"a pass over {ROWS:,} rows, {looked:3} due: {seconds * 1000:8.1f} ms"
                + (f" ({seconds * 1000 / looked:.1f} ms each)" if looked else "")
                + f"; reading every row: {bound * 1000:.0f} ms"
            )
            office.close()


if __name__ == "__main__":
    main()
