"""How bowout meets the bank of invented hiring mail: found, sure, and letters that nobody wanted.

    python benchmarks/bank.py [--bank threads f] [--together] [--show]

Each thread of tests/data/mailbank lies in a Maildir of its own among everyday mail (with ``--together`` all
in one), and ``draft WHO --dry-run --json`` is asked for each WHO of its label, in this process, at the
bank's moment of reading. All but h, kb, kc and nb are development data; the table of stages was trained on
the mails of those in training/stage.py. Those four are kept apart: say in docs/finding-figures.md when they
are measured.
"""

from __future__ import annotations

import argparse
import contextlib
import email.policy
import email.utils
import io
import json
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bowout import cli
from bowout.cli import options

BANK = Path(__file__).parents[1] / "tests" / "data" / "mailbank"
NOW = datetime(2026, 12, 5, 10, tzinfo=ZoneInfo("Europe/Berlin"))
ME = "Robin Sample <robin.sample@mailbox.example>"
OVER = frozenset({"rejected", "closed", "withdrawn"})
EVERYDAY = [
    ("Kim Lee <kim@friends.example>", "Dinner?", "Are you free on Friday?"),
    ("Mum <mum@family.example>", "Sunday", "Lunch at one? I am cooking."),
    ("Book Club <list@club.example>", "Next meeting", "We read chapter four."),
    ("Power Company <bill@power.example>", "Your bill", "Your bill is attached."),
]
_LINES = email.policy.SMTP.clone(max_line_length=998)
Label = Mapping[str, Any]


def message(mail: Mapping[str, Any], name: str, number: int, to: str, when: datetime) -> bytes:
    """Write a mail of the bank as it would lie in a mailbox."""
    made = EmailMessage(policy=_LINES)
    made["From"] = ME if mail["by"] == "me" else mail["from"]
    made["To"] = mail.get("to") or (to if mail["by"] == "me" else ME)
    for field, key in (("Cc", "cc"), ("Reply-To", "reply_to")):
        if mail.get(key):
            made[field] = mail[key]
    made["Subject"] = mail["subject"].replace("\n", " ")
    made["Date"] = email.utils.format_datetime(when)
    made["Message-ID"] = f"<{name}.{number}@bank.example>"
    if number:
        made["In-Reply-To"] = made["References"] = f"<{name}.{number - 1}@bank.example>"
    for field, value in (mail.get("headers") or {}).items():
        if field not in made:
            made[field] = value
    html = mail.get("body") is None and mail.get("html")
    made.set_content(mail["html"] if html else mail.get("body") or "", subtype="html" if html else "plain")
    if mail.get("ics"):
        method = re.search(r"^METHOD:(\w+)", mail["ics"], re.MULTILINE)
        made.add_attachment(
            mail["ics"].encode(),
            maintype="text",
            subtype="calendar",
            params={"method": method[1] if method else "REQUEST"},
        )
    return made.as_bytes(policy=_LINES.clone(linesep="\n"))


def fill(root: Path, threads: Sequence[Mapping[str, Any]]) -> None:
    """Make a home with a configuration and a Maildir that holds ``threads`` among everyday mail."""
    box = root / "mail"
    for folder in ("", ".Sent", ".Drafts"):
        for part in ("cur", "new", "tmp"):
            (box / folder / part).mkdir(parents=True, exist_ok=True)
    for thread in threads:
        theirs = [m.get("reply_to") or m["from"] for m in thread["mails"] if m["by"] == "them"]
        slot = (thread["label"].get("slot") or "").partition(" ")[2]
        for number, mail in enumerate(thread["mails"]):
            mine = mail["by"] == "me"
            zone = ZoneInfo(slot) if slot and not mine else NOW.tzinfo
            when = (NOW - timedelta(days=mail["days_ago"])).astimezone(zone)
            raw = message(mail, thread["id"], number, theirs[-1] if theirs else ME, when)
            folder = ".Sent" if mine else ""
            (box / folder / "cur" / f"1.{thread['id']}.{number}.bank:2,S").write_bytes(raw)
    for number, (sender, subject, body) in enumerate(EVERYDAY):
        mail = {"by": "other", "from": sender, "subject": subject, "body": body}
        raw = message(mail, f"everyday{number}", 0, ME, NOW - timedelta(days=1.5 * number + 0.5))
        (box / "cur" / f"1.everyday{number}.bank:2,S").write_bytes(raw)
    config = root / "config.toml"
    config.write_text(
        '[profile]\nname = "Robin Sample"\ntimezone = "Europe/Berlin"\n'
        '[accounts.main]\nprovider = "maildir"\n'
        f'address = "robin.sample@mailbox.example"\npath = "{box}"\n',
        encoding="utf-8",
    )
    config.chmod(0o600)
    os.environ.update(
        HOME=str(root),
        XDG_CONFIG_HOME=str(root / "x"),
        BOWOUT_CONFIG=str(config),
        BOWOUT_DATA_DIR=str(root / "data"),
    )


def ask(who: str) -> dict[str, Any]:
    """Ask for a draft in the home that was filled last."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        cli.run(["draft", who, "--dry-run", "--json", "--no-input"])
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def strangers(bank: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Choose for each thread the WHO of another one, no word of which stands in it."""
    found = {}
    for at, thread in enumerate(bank):
        said = json.dumps(thread["mails"], ensure_ascii=False).casefold()
        others = (bank[(at + 11 * step) % len(bank)]["who"][0] for step in range(1, len(bank)))
        fits = (w for w in others if not any(len(x) > 3 and x in said for x in w.casefold().split()))
        if (name := next(fits, None)) is not None:
            found[thread["id"]] = name
    return found


def answers(
    bank: Sequence[Mapping[str, Any]], *, together: bool
) -> Iterator[tuple[Mapping[str, Any], int | None, dict[str, Any]]]:
    """Ask everything: (thread, which WHO or None for a stranger's, answer)."""
    unknown = strangers(bank)
    with tempfile.TemporaryDirectory() as every:
        if together:
            fill(Path(every), bank)
            yield from ((thread, 0, ask(thread["who"][0])) for thread in bank)
            return
        for thread in bank:
            with tempfile.TemporaryDirectory() as one:
                fill(Path(one), [thread])
                yield from ((thread, n, ask(who)) for n, who in enumerate(thread["who"]))
                if thread["id"] in unknown:
                    yield thread, None, ask(unknown[thread["id"]])


def count(thread: Mapping[str, Any], which: int | None, answer: dict[str, Any], seen: Counter[str]) -> str:
    """Count one answer; the name of what was wrong with it, or nothing."""
    label: Label = thread["label"]
    result = answer["result"] if answer["exit"] == 0 else None
    if which is None:
        seen.update(strangers=1, stranger_letters=bool(result), stranger_none=answer["exit"] == 3)
        return "letter to a stranger" if result else ""
    over, mine = label["stage"] in OVER, bool(label["hiring"])
    if mine or over:
        error = {**(answer["error"] or {}), "open": ()}  # what is open is no answer to WHO
        named = f"<{thread['id']}." in json.dumps({**answer, "error": error})
        seen.update(processes=1, found=named)
    kind = "refused" if over else "open" if mine else "others"
    seen.update({kind: 1, f"{kind}_letters": bool(result)})
    if kind != "open":
        return f"letter to {kind}" if result else ""
    if which == 0 and label["sure_ok"]:
        seen.update(sure_ok=1, sure=bool(result))
    if not result:
        return "asked" if which == 0 and label["sure_ok"] else ""
    wanted = (label["addressee"] or "").casefold()
    wrong = bool(wanted) and wanted not in [to.casefold() for to in result["to"]]
    wrong = wrong or thread["id"] not in str(result["thread"]["id"])
    right = result["letter"]["situation"] == label["situation"]
    seen.update(letters=1, wrong=wrong, situation=right)
    return "wrong person or thread" if wrong else "" if right else "situation"


def report(name: str, seen: Counter[str]) -> None:
    """Print one line for each figure, with n."""

    def share(part: str, whole: str) -> str:
        return f"{seen[part]} of {seen[whole]}" + (
            f" = {seen[part] / seen[whole]:.1%}" if seen[whole] else ""
        )

    print(f"{name}")
    print(f"  letters to those who ended it   {share('refused_letters', 'refused')}")
    print(f"  letters into no process of mine {share('others_letters', 'others')}")
    print(
        f"  letters to strangers            {share('stranger_letters', 'strangers')};"
        f' "no thread": {share("stranger_none", "strangers")}'
    )
    print(f"  wrong person or thread          {share('wrong', 'letters')}")
    print(f"  found                           {share('found', 'processes')}")
    print(f"  sure where a friend would be    {share('sure', 'sure_ok')}")
    print(f"  situation of the letter         {share('situation', 'letters')}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--bank", nargs="*", default=["threads", "f"])
    parser.add_argument("--together", action="store_true", help="only all in one mailbox")
    parser.add_argument("--show", action="store_true", help="every answer that is not as labelled")
    asked = parser.parse_args()
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    options.now = lambda: NOW.astimezone(UTC)
    for name in asked.bank:
        rows = (BANK / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        bank = [json.loads(row) for row in rows if row.strip()]
        for together in (True,) if asked.together else (False, True):
            seen: Counter[str] = Counter()
            for thread, which, answer in answers(bank, together=together):
                if (wrong := count(thread, which, answer, seen)) and asked.show:
                    print(f"{thread['id']} {thread['who'][which or 0]!r}: {wrong}, exit {answer['exit']}")
            report(f"{name}, {len(bank)} threads, {'all in one mailbox' if together else 'each alone'}", seen)


if __name__ == "__main__":
    main()
