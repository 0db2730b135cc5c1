"""The main job on Gmail with the installed command: what peers got wrong, asked of the server afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from acceptance.harness import BOWOUT, Done, body, run
from servers.gmail import EXPIRED, GmailServer, error
from servers.gmail_mail import Mail
from servers.http import Response, Trouble

INVITATION = """Dear Me,

we would like to invite you to an interview for the Data Engineer position at Acme.

Best regards
Jane Roe
Recruiter, Acme"""


class Desk:
    """A person with a Gmail account, an invitation in it, and bowout configured with a token command."""

    def __init__(self, server: GmailServer, root: Path, *, allow_send: bool = False) -> None:
        self.server = server
        self.config = root / "config.toml"
        say = f"print({server.token()!r})"
        self.config.write_text(
            f'''[profile]
name = "Me Myself"
[defaults]
data_dir = {str(root / "data")!r}
[accounts.personal]
provider = "gmail"
address = "me@gmail.com"
allow_send = {str(allow_send).lower()}
api_endpoint = "{server.base}"
token_command = [{sys.executable!r}, "-c", {say!r}]
'''
        )
        self.config.chmod(0o600)
        self.invitation: Mail = server.recruiter.write(INVITATION, at=server.now() - timedelta(days=2))

    def run(self, *args: str) -> Done:
        return run(*args, "--config", self.config)

    def draft(self, *args: str) -> Done:
        return self.run("draft", "acme", "--reason", "accepted-offer", *args)

    @property
    def drafts(self) -> list[Mail]:
        return self.server.box.drafts()

    @property
    def letter(self) -> EmailMessage:
        """The one draft in the mailbox."""
        (draft,) = self.drafts
        return message_from_bytes(draft.raw, policy=policy.default)


def start(*args: str | Path) -> subprocess.Popen[bytes]:
    """Begin a command that the test will kill."""
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [BOWOUT, *map(str, args)], stdin=quiet, stdout=quiet, stderr=quiet, env=dict(os.environ)
    )


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose account may send, with a draft in the thread."""
    with GmailServer() as server:
        made = Desk(server, tmp_path, allow_send=True)
        assert made.draft().code == 0
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with GmailServer() as server:
        yield Desk(server, tmp_path)


def test_the_draft_lies_in_the_thread_and_answers_the_newest_mail(desk: Desk) -> None:
    """Lesson 2: thread id, In-Reply-To, References and subject; without one of them Gmail detaches it."""
    second = desk.server.recruiter.write("Does Tuesday suit you?", answers=desk.invitation)
    done = desk.draft()
    assert done.code == 0, done.err
    (draft,) = desk.drafts
    assert draft.thread == desk.invitation.thread
    assert desk.letter["In-Reply-To"] == second.header("Message-ID")
    assert desk.letter["References"].split() == ["<rec1@acme.example>", "<rec2@acme.example>"]
    assert desk.letter["Subject"] == "Re: Interview for Data Engineer"
    assert f"https://mail.google.com/mail/?authuser=me%40gmail.com#all/{draft.thread}" in done.out


def test_neither_trash_nor_drafts_nor_what_i_forwarded_are_answered(desk: Desk) -> None:
    """Lesson 2: the parent is a mail of theirs that is really there."""
    server = desk.server
    thrown = server.recruiter.write("Forget this one.", answers=desk.invitation, labels=("TRASH",))
    mine = server.person.forward(desk.invitation, "Friend <friend@home.example>")
    server.recruiter.write(
        "Do not take it, they pay badly", sender="Friend <friend@home.example>", answers=mine
    )
    assert desk.draft().code == 0
    assert desk.letter["In-Reply-To"] == desk.invitation.header("Message-ID")
    assert desk.letter["To"] == "Jane Roe <jane@acme.example>"
    assert "pay badly" not in body(desk.letter)
    assert thrown.header("Message-ID") not in desk.letter["References"]


def test_after_my_own_answer_from_an_alias_they_are_addressed(desk: Desk) -> None:
    """Lesson 3: never a letter to myself, whatever the case of my address; From is what they wrote to."""
    server = desk.server
    server.add_alias("Me.Work@Alias.example", name="Me at Work")
    first = server.recruiter.write(
        "Hello, an interview at Acme?",
        subject="Platform role at Acme",
        to="me.work@alias.example",
        sender="Jane Roe <jane@acme.example>",
    )
    server.box.file_sent(
        server.person._reply(first, "jane@acme.example", "Thanks, I will think about it.").replace(
            b"From: me@gmail.com", b"From: Me <ME.WORK@alias.example>"
        ),
        first.thread,
    )
    done = desk.draft("--thread", first.thread, "--set", "position=Platform Engineer")
    assert done.code == 0, done.err
    assert desk.letter["To"].addresses[0].addr_spec == "jane@acme.example"
    assert desk.letter["From"].addresses[0].addr_spec.casefold() == "me.work@alias.example"


def test_their_reply_to_is_written_to_token_and_all(desk: Desk) -> None:
    """Lesson 3: Reply-To comes before From; the tokens of hiring systems come back byte for byte."""
    token = "acme+email+a1b2c3@talent.icims.com"
    raw = desk.invitation.raw.replace(b"\r\nSubject:", f"\r\nReply-To: {token}\r\nSubject:".encode(), 1)
    desk.server.box.change(desk.invitation, raw=raw)
    done = desk.draft("--thread", desk.invitation.thread)
    assert done.code == 0, done.err
    assert desk.letter["To"].addresses[0].addr_spec == token


def newsletters(desk: Desk, count: int, text: str) -> None:
    for hours in range(count):
        desk.server.recruiter.write(
            text,
            sender="Acme News <news@acme.example>",
            subject=f"Acme weekly {hours}",
            message_id=f"<weekly{hours}@acme.example>",
            at=desk.server.now() - timedelta(hours=1 + hours),
        )


def test_newsletters_hide_no_second_recruiter(desk: Desk) -> None:
    """Eight threads are read. Who else hires there is among them, or the choice would not be sure."""
    newsletters(desk, 12, "We opened a new office.")
    assert desk.draft().code == 0
    desk.server.recruiter.write(
        "We invite you to an interview for the Platform Engineer position.\n\nBob Lee\nRecruiter, Acme",
        sender="Bob Lee <bob@acme.example>",
        subject="Platform Engineer",
        message_id="<bob@acme.example>",
    )
    done = desk.run("draft", "acme", "--reason", "fit", "--json")
    assert done.code == 4
    people = {one["address"] for one in done.json["error"]["candidates"]}
    assert people == {"bob@acme.example", "jane@acme.example"}


def test_beside_mail_about_work_that_was_not_read_nobody_is_sure(desk: Desk) -> None:
    newsletters(desk, 12, "Our newest job and every open position.")
    desk.server.recruiter.write("Does Tuesday suit you for the interview at Acme?", answers=desk.invitation)
    done = desk.draft()
    assert done.code == 4
    assert desk.drafts == []
    explained = desk.run("find", "acme", "--explain")
    assert "not certain: more threads mention it than were read" in explained.out
    assert desk.draft("--thread", desk.invitation.thread).code == 0


def test_an_alias_that_is_not_verified_is_not_written_from(desk: Desk) -> None:
    """Gmail would silently put another From."""
    desk.server.add_alias("pending@alias.example", verified=False)
    first = desk.server.recruiter.write(
        "An interview at Acme?", subject="Second role", to="pending@alias.example"
    )
    done = desk.draft("--thread", first.thread)
    assert done.code == 6
    assert "--from" in done.err
    assert desk.drafts == []


def test_only_the_sender_gets_the_letter_unless_asked(desk: Desk) -> None:
    """Lesson 4: no Cc by itself; To and From are shown."""
    raw = desk.invitation.raw.replace(b"\r\nSubject:", b"\r\nCc: Bob Lee <bob@acme.example>\r\nSubject:", 1)
    desk.server.box.change(desk.invitation, raw=raw)
    shown = desk.draft()
    assert (desk.letter["Cc"], desk.letter["Bcc"]) == (None, None)
    assert "Jane Roe <jane@acme.example>" in shown.out
    assert "Me Myself <me@gmail.com>" in shown.out
    assert desk.draft("--reply-all").code == 0
    assert "bob@acme.example" in desk.letter["Cc"]


def test_a_second_run_updates_the_same_draft(desk: Desk) -> None:
    """Lessons 5 and 6: one draft, in place."""
    desk.draft()
    (first,) = desk.drafts
    assert desk.run("draft", "acme", "--reason", "fit").code == 0
    (second,) = desk.drafts
    assert (second.draft, second.thread) == (first.draft, first.thread)
    assert second.raw != first.raw


def test_a_draft_the_person_edited_is_left_alone(desk: Desk) -> None:
    """Lesson 5: never overwritten without being told to."""
    desk.draft()
    (draft,) = desk.drafts
    desk.server.person.edit(draft.draft or "", "And greet Bob from me!")
    done = desk.run("draft", "acme", "--reason", "fit")
    assert done.code == 6
    assert "And greet Bob from me!" in body(desk.letter)
    assert desk.run("draft", "acme", "--reason", "fit", "--force").code == 0
    assert "greet Bob" not in body(desk.letter)


def test_a_draft_the_person_only_looked_at_counts_as_untouched(desk: Desk) -> None:
    """The composer rewrites the markup of a draft that is merely opened."""
    desk.draft()
    (draft,) = desk.drafts
    desk.server.person.open_and_close(draft.draft or "")
    done = desk.run("draft", "acme", "--reason", "fit")
    assert done.code == 0, done.err
    assert len(desk.drafts) == 1


def test_a_draft_that_was_sent_is_not_written_again(desk: Desk) -> None:
    """Lesson 5: gone is told apart, sent by hand or thrown away."""
    desk.draft()
    desk.server.person.send(desk.drafts[0].draft or "")
    done = desk.draft()
    assert done.code == 6
    assert desk.drafts == []
    assert "Sent." in desk.run("status").out


def test_a_foreign_draft_in_the_thread_stops_us(desk: Desk) -> None:
    """Two drafts in one thread collide in Gmail, and only one of them shows."""
    desk.server.person.draft(desk.invitation, "Dear Jane, maybe")
    done = desk.draft()
    assert done.code == 6
    assert len(desk.drafts) == 1


def test_text_and_html_say_the_same_and_a_dry_run_shows_the_bytes(desk: Desk) -> None:
    """Lesson 14: plain text alone is wrapped at 70 columns by Gmail."""
    dry = desk.draft("--dry-run", "--json")
    assert dry.code == 0
    assert desk.drafts == []
    desk.draft()
    letter = desk.letter
    assert letter.get_content_type() == "multipart/alternative"
    html = letter.get_body(("html",))
    assert html is not None
    words = body(letter).split("On ")[0].split()
    assert [w for w in words if w.strip(",.") in html.get_content()] == words
    shown = message_from_bytes(dry.json["result"]["mime"].encode(), policy=policy.default)
    for header in ("To", "From", "Subject", "In-Reply-To", "References"):
        assert shown[header] == letter[header]
    assert body(shown) == body(letter)


def test_the_signature_stands_once_between_letter_and_quote(desk: Desk) -> None:
    """Lesson 15: Gmail adds none to a draft of ours, and a second one unless it recognises the first."""
    desk.server.send_as[0]["signature"] = "<div>Me Myself<br><b>+49 30 1234567</b></div>"
    for _ in range(2):
        assert desk.draft().code == 0
    html_part = desk.letter.get_body(("html",))
    assert html_part is not None
    html, text = html_part.get_content(), body(desk.letter)
    assert html.count('data-smartmail="gmail_signature"') == 1
    assert html.count("1234567") == text.count("1234567") == 1
    letter, signature, quote = (html.index(w) for w in ("withdraw", "gmail_signature", "gmail_quote"))
    assert letter < signature < quote
    assert text.index("1234567") < text.index("wrote:")


def test_an_address_that_nobody_reads_is_not_written_to(desk: Desk) -> None:
    """Lesson 18: no draft to a machine."""
    server = desk.server
    mail = server.recruiter.write(
        "Your application at Globex was received. Interview details follow.",
        sender="Globex Hiring <no-reply@us.greenhouse-mail.io>",
        subject="Your application at Globex",
    )
    done = desk.run("draft", "--thread", mail.thread, "--reason", "fit")
    assert done.code == 6
    assert desk.drafts == []


def test_a_large_body_and_a_named_calendar_are_fetched(tmp_path: Path) -> None:
    """Gmail hands both out only by attachment id."""
    with GmailServer(inline_limit=200) as server:
        desk = Desk(server, tmp_path)
        server.recruiter.write(
            "Looking forward to it. " + "More words. " * 100,
            answers=desk.invitation,
            message_id="<long@acme.example>",
        )
        assert desk.draft().code == 0
        assert desk.letter["In-Reply-To"] == "<long@acme.example>"
        assert "More words." in body(desk.letter)


def test_an_interrupted_save_is_finished_by_the_next_run(desk: Desk) -> None:
    """Lesson 5: the answer was lost, the draft was not; never two."""
    desk.server.fault(Trouble.CLOSE_AFTER, "POST .*/drafts$")
    first = desk.draft()
    assert first.code == 6
    assert desk.draft().code == 0
    assert len(desk.drafts) == 1


def test_a_sign_in_that_ended_and_an_unreachable_server_have_their_exits(desk: Desk) -> None:
    desk.server.tokens.revoke_all()
    assert desk.draft().code == 5
    desk.config.write_text(desk.config.read_text().replace(desk.server.base, "http://127.0.0.1:9"))
    gone = desk.draft()
    assert gone.code == 7
    assert "Gmail cannot be reached" in gone.err


BROKEN = [
    (Trouble.CLOSE, None),
    (Trouble.CUT_JSON, None),
    (Trouble.STATUS, EXPIRED),
    (Trouble.STATUS, error(400, "invalidArgument", "no")),
    (Trouble.STATUS, Response(200, b"\xff\xfe", "text/html")),
]


@pytest.mark.parametrize("request_", ["GET ", "POST "])
@pytest.mark.parametrize(("trouble", "response"), BROKEN)
def test_no_secret_and_no_search_words_are_printed_whatever_fails(
    desk: Desk, request_: str, trouble: Trouble, response: Response | None
) -> None:
    """Also with -v, and never a traceback."""
    desk.server.fault(trouble, request_, times=99, response=response)
    done = desk.draft("-v")
    assert done.code in {1, 5, 6, 7}
    said = done.out + done.err
    for secret in ("ya29.", "Bearer", "Traceback", "rfc822msgid", "q=", desk.server.base):
        assert secret not in said
    assert "fault in bowout" not in said


# --- sending what was armed ---------------------------------------------------------------------------


def test_a_letter_is_sent_once_when_it_is_told_to(sender: Desk) -> None:
    """Lesson 7: the draft goes, the sent copy stays in the thread, and a second time is refused."""
    done = sender.run("send", "w1", "--yes")
    assert done.code == 0, done.err
    (sent,) = sender.server.box.sent
    assert (sent.thread, sender.drafts) == (sender.invitation.thread, [])
    assert sender.run("send", "w1", "--yes").code == 6
    assert sender.run("outbox", "run").code == 0
    assert len(sender.server.box.sent) == 1


def test_nothing_is_armed_on_an_account_that_may_not_send(desk: Desk) -> None:
    desk.draft()
    done = desk.run("send", "w1", "--yes")
    assert done.code == 6
    assert "allow_send = true" in done.err
    assert desk.server.box.sent == []


@pytest.mark.parametrize("left", [0, 1])
def test_a_send_without_an_answer_is_settled_by_what_the_mailbox_shows(sender: Desk, left: int) -> None:
    """Never a second send while it is unknown; a sent copy settles it, a draft that remains is looked at."""
    sender.server.fault(Trouble.CLOSE_AFTER if left else Trouble.CLOSE, "POST .*/drafts/send")
    sender.run("send", "w1", "--yes")
    settled = sender.run("outbox", "run")
    assert settled.code == (0 if left else 6)
    assert len(sender.server.box.sent) == left
    assert sender.server.count("POST .*/drafts/send") == 1


def test_a_confirmation_armed_for_later_is_held_when_they_write(sender: Desk) -> None:
    assert sender.run("send", "w1", "--yes").code == 0
    assert sender.run("call", "w1", "--outcome", "spoke").code == 0
    armed = sender.run("confirm", "w1", "--at", "in 2 hours", "--yes", "--force")  # said in writing before
    assert armed.code == 0, armed.err
    assert len(sender.drafts) == 1
    refused = sender.run("account", "remove", "personal", "--yes")
    assert refused.code == 6
    assert "still has letters to send" in refused.err
    sender.server.recruiter.write("One moment, please call me again.", answers=sender.invitation)
    assert sender.run("outbox", "run").code == 6
    assert "they wrote" in sender.run("outbox", "list").out
    assert len(sender.server.box.sent) == 1


# --- killed in the middle -----------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [Trouble.CLOSE, Trouble.CLOSE_AFTER], ids=["before", "after"])
@pytest.mark.parametrize(
    ("command", "request_"),
    [
        (("draft", "acme", "--reason", "fit"), "POST .*/drafts$"),
        (("draft", "acme", "--reason", "pay"), "PUT .*/drafts/"),
        (("send", "w1", "--yes"), "POST .*/drafts/send"),
    ],
    ids=["create", "update", "send"],
)
def test_a_run_that_is_killed_at_a_write_leaves_one_letter(
    tmp_path: Path, trouble: Trouble, command: tuple[str, ...], request_: str
) -> None:
    """Killed when the server has, or has not, carried out the write, and before it answers."""
    with GmailServer() as server:
        desk = Desk(server, tmp_path, allow_send=True)
        if not request_.endswith("drafts$"):
            assert desk.draft().code == 0
        running: list[subprocess.Popen[bytes]] = []
        server.fault(trouble, request_, then=lambda: running[0].kill())
        running.append(start(*command, "--config", desk.config))
        assert running[0].wait(30) < 0
        settled = desk.run("outbox", "run")
        if command[0] == "draft":
            assert desk.run(*command).code == 0
            assert (len(desk.drafts), len(server.box.sent)) == (1, 0)
        else:
            carried_out = trouble is Trouble.CLOSE_AFTER
            assert settled.code == (0 if carried_out else 6)
            assert (len(desk.drafts), len(server.box.sent)) == ((0, 1) if carried_out else (1, 0))
            assert server.count(request_) == 1
