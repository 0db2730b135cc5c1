"""Another mail client opens our draft: mutt reads it, recalls it, and sends it as it was."""

from __future__ import annotations

import os
import shutil
from email.message import EmailMessage
from pathlib import Path

import pexpect
import pytest

from acceptance.harness import TIMEOUT, Box, body, read
from programs import program

pytestmark = pytest.mark.system


def mutt(box: Box, *options: str, settings: str) -> pexpect.spawn[str]:
    """mutt on the box's drafts, with nothing but these settings."""
    program = shutil.which("mutt")
    assert program, "mutt is missing: apt install mutt (.ci/run does it)"
    rc = box.root / "muttrc"
    rc.write_text(
        f'set folder="{box.mail}" mbox_type=Maildir spoolfile="{box.mail}" postponed="{box.mail}/.Drafts"\n'
        'set wait_key=no confirmappend=no check_new=no mark_old=no sleep_time=0 record="" recall=yes\n'
        'set realname="Sam Rivera" from="sam.rivera@mailbox.example" use_from=yes edit_headers=no\n'
        'set charset="utf-8" send_charset="us-ascii:utf-8" tmpdir="' + str(box.root) + '"\n' + settings
    )
    return pexpect.spawn(
        program,
        ["-n", "-F", str(rc), *options],
        env={**os.environ, "TERM": "xterm"},
        encoding="utf-8",
        timeout=TIMEOUT,
        dimensions=(40, 120),
    )


def test_the_draft_reads_back_byte_for_byte(box: Box, tmp_path: Path) -> None:
    assert box.run("draft", "acme", "--reason", "accepted-offer").code == 0
    (path,) = box.drafts()
    out = tmp_path / "read"
    child = mutt(
        box,
        "-R",
        "-f",
        f"{box.mail}/.Drafts",
        settings=f'push "<search>~s platform<enter><pipe-message>cat > {out}<enter><exit>"\n',
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert out.read_bytes() == path.read_bytes()


@pytest.fixture
def sent(box: Box, tmp_path: Path) -> EmailMessage:
    """The letter as mutt sent it after the person opened the draft and pressed y."""
    assert box.run("draft", "acme", "--reason", "accepted-offer", "--no-quote").code == 0
    for other in (box.mail / ".Drafts" / "cur").glob("*present-0*"):
        other.unlink()  # so that mutt recalls ours without asking which
    out = tmp_path / "sent"
    catch = program(tmp_path / "sendmail", f"cat > {out}")
    child = mutt(box, "-p", settings=f'set sendmail="{catch}" editor=true visual=true\n')
    child.expect_exact("y:Send")
    child.send("y")
    child.expect(pexpect.EOF)
    child.close()
    return read(out)


def test_the_recalled_draft_goes_to_the_right_person_in_the_right_thread(sent: EmailMessage) -> None:
    assert sent["To"] == "Dana Whitfield <dana.whitfield@acme.example>"
    assert sent["Subject"] == "Re: Senior Platform Engineer at Acme"
    assert sent["In-Reply-To"] == "<acme.4@acme.example>"
    assert str(sent["References"]).split()[-1] == "<acme.4@acme.example>"
    assert "withdraw" in body(sent)


def test_once_sent_from_mutt_the_status_says_so(box: Box, sent: EmailMessage) -> None:
    filed = box.mail / ".Sent" / "cur" / "1999999999.mutt.host:2,S"
    filed.write_bytes(sent.as_bytes())
    (row,) = box.run("status", "--json").json["result"]["withdrawals"]
    assert row["standing"] == "sent"
