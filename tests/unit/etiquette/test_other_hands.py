"""Letters by people who never saw the rules: good ones are not refused, and faults of fact are found.

Only those that developers may look at; tests/data/words/README.md.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bowout.drafts import lint
from bowout.etiquette.check import check
from bowout.etiquette.rule import Report, Severity
from bowout.model import Situation

WORDS = Path(__file__).parents[2] / "data" / "words"
NOW = datetime(2026, 12, 5, 10, tzinfo=ZoneInfo("Europe/Berlin"))
# A wish for another firm, without a word that shows it for one.
BEYOND = {"d53"}


def written(name: str) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (WORDS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if int(row["id"][1:]) % 2]


def report(row: dict[str, Any]) -> Report:
    facts, zone = row["facts"], "Europe/Berlin"
    told = {"company": facts["company"], "position": facts["position"], "recipient_name": facts["recipient"]}
    if facts["slot"]:
        day, hour, zone = facts["slot"].split()
        told["interview_start"] = f"{day} {hour}"
    context = lint.context_for(
        {key: value for key, value in told.items() if value},
        situation=Situation(row["situation"]),
        language=row["lang"][:2],
        full_name="Robin Sample",
        now=NOW,
        zone=zone,
    )
    return check(row["text"], context)


@pytest.mark.parametrize("row", written("good"), ids=lambda row: row["id"])
def test_a_good_letter_is_not_refused(row: dict[str, Any]) -> None:
    assert report(row).errors == ()


FALSE = [row for row in written("defect") if int(row["id"][1:]) <= 20 or 41 <= int(row["id"][1:]) <= 55]


@pytest.mark.parametrize("row", [r for r in FALSE if r["id"] not in BEYOND], ids=lambda row: row["id"])
def test_what_is_wrong_in_fact_is_found(row: dict[str, Any]) -> None:
    assert [f for f in report(row).findings if f.severity is not Severity.NOTE], row["why"]


def test_most_faults_of_wording_are_found() -> None:
    rows = [row for row in written("defect") if row not in FALSE]
    found = [row for row in rows if any(f.severity is not Severity.NOTE for f in report(row).findings)]
    assert len(found) >= 0.75 * len(rows)
