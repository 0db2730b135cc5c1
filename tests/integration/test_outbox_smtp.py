"""SMTP against a real server: what every answer proves, who gets the mail, TLS, sign-in."""

from __future__ import annotations

import shutil
import ssl
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from account_kit import with_keys
from bowout.errors import CannotDo, ConfigError, DraftChanged, DraftGone, Interrupted, OutcomeUnknown, Refused
from bowout.mail.parse import parse
from bowout.model import Folder
from bowout.providers.base import Draft, Filing
from bowout.providers.maildir.mailbox import open_mailbox, open_submitter
from bowout.providers.sending.command import REFUSED, SendCommand
from bowout.providers.sending.keys import Server
from bowout.providers.sending.outgoing import Outgoing, outgoing
from bowout.providers.sending.smtp import Limits, Smtp
from bowout.providers.sending.submitter import OutsideSubmitter, carrier
from clock import NOON, FakeClock
from contract.mailbox_suite import reply_in, seed
from contract.submitter_suite import CLAIM
from contract.test_maildir import ACCOUNT, MaildirHarness
from servers import smtp, tls

RAW = (
    b"Date: Mon, 2 Nov 2026 10:00:00 +0000\r\nFrom: Ada <ada@home.example>\r\n"
    b"To: Jane <jane@acme.example>\r\nCc: Bob <bob@acme.example>\r\n"
    b"X-Mozilla-Draft-Info: internal/draft;\r\n vcard=0\r\nSubject: Hi\r\n"
    b"Message-ID: <ours@home.example>\r\n\r\nfirst\r\n.hidden dot\r\n..\r\nlast\r\n"
)


class Post:
    """A Maildir with one saved draft, and the way out."""

    def __init__(self, root: Path, clock: FakeClock, **way: object) -> None:
        self.clock = clock
        self.people = MaildirHarness(root / "Maildir", clock)
        self.draft: Draft = replace(self.people.mailbox.save_draft(reply_in(seed(self.people))), claim=CLAIM)
        self.account = replace(with_keys(self.people.account, **way), allow_send=True)
        clock.advance(timedelta(minutes=5))

    def submit(self) -> None:
        mailbox = open_mailbox(self.account, self.clock)
        open_submitter(self.account, mailbox, self.clock).submit(self.draft)

    @property
    def outside(self) -> int:
        return len(list((self.people.root / ".Drafts" / "bowout-sending").glob("*")))


@pytest.fixture
def server() -> Iterator[smtp.SmtpServer]:
    with smtp.running() as running:
        yield running


@pytest.fixture
def post(tmp_path: Path, clock: FakeClock, server: smtp.SmtpServer) -> Post:
    return Post(tmp_path, clock, smtp=Server(host="127.0.0.1", port=server.port, security="none"))


# --- who gets what ------------------------------------------------------------------------------------


def test_the_bytes_are_the_drafts_with_a_new_date(server: smtp.SmtpServer) -> None:
    _way(server).carry(outgoing(RAW.replace(b"\r\n", b"\n"), NOON), lambda: None)
    (mail,) = server.accepted
    assert (mail.sender, mail.recipients) == ("ada@home.example", ("jane@acme.example", "bob@acme.example"))
    head, _, body = mail.raw.partition(b"\r\n\r\n")
    assert body == b"first\r\n.hidden dot\r\n..\r\nlast\r\n"
    lines = head.split(b"\r\n")
    kept = [line for line in RAW.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:] if b"ozilla" not in line]
    kept.remove(b" vcard=0")
    assert lines == [b"Date: Fri, 20 Nov 2026 12:00:00 +0000", *kept]


def test_one_refused_recipient_means_that_nobody_gets_it(server: smtp.SmtpServer, tmp_path: Path) -> None:
    server.refused = {"bob@acme.example"}
    with pytest.raises(Refused, match=r"bob@acme\.example: 550") as refused:
        _way(server).carry(outgoing(RAW, NOON), lambda: pytest.fail("nothing may be taken out"))
    assert not refused.value.temporary
    assert server.rejected == ["bob@acme.example"]
    assert server.accepted == []
    server.refused = set()
    _way(server).carry(outgoing(RAW, NOON), lambda: None)
    assert len(server.accepted) == 1


# --- what an answer proves ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "temporary"),
    [
        ({"mail_answer": "550 no relaying"}, False),
        ({"mail_answer": "451 greylisted"}, True),
        ({"data_answer": "554 spam"}, False),
        ({"data_answer": "452 full"}, True),
        ({"trouble": smtp.Trouble.CLOSE_AT_MAIL}, True),
    ],
)
def test_a_refusal_is_proof(
    post: Post, server: smtp.SmtpServer, told: dict[str, object], temporary: bool
) -> None:
    for name, value in told.items():
        setattr(server, name, value)
    with pytest.raises(Refused) as refused:
        post.submit()
    assert refused.value.temporary is temporary
    assert server.accepted == []
    assert post.people.mailbox.find_draft(post.draft.key) is not None
    assert post.outside == 0


@pytest.mark.parametrize(
    "way",
    [
        Server(host="127.0.0.1", security="starttls", ca_file=Path("not-there.pem")),
        Server(
            host="127.0.0.1",
            security="none",
            password_command=(sys.executable, "-c", r"print('gr\xfcn')"),
        ),
    ],
    ids=["certificates", "password"],
)
def test_what_cannot_even_begin_is_refused_for_now(tmp_path: Path, clock: FakeClock, way: Server) -> None:
    with smtp.running(password="secret") as server:
        post = Post(tmp_path, clock, smtp=replace(way, port=server.port))
        with pytest.raises(Refused) as refused:
            post.submit()
        assert refused.value.temporary
        assert "gr" not in refused.value.message.split()
        assert server.accepted == []
    assert post.people.mailbox.find_draft(post.draft.key) is not None


def a_file(place: Path) -> None:
    place.write_text("in the way")


def a_link(place: Path) -> None:
    elsewhere = place.with_name("elsewhere")
    elsewhere.mkdir(mode=0o700)
    place.symlink_to(elsewhere)


def everybodys(place: Path) -> None:
    place.mkdir()
    place.chmod(0o777)


@pytest.mark.parametrize("made", [a_file, a_link, everybodys])
def test_a_draft_that_cannot_be_taken_out_is_not_sent(
    post: Post, server: smtp.SmtpServer, made: Callable[[Path], None]
) -> None:
    made(post.people.root / ".Drafts" / "bowout-sending")
    with pytest.raises(Refused, match="must be a directory of yours alone") as refused:
        post.submit()
    assert "mv " in refused.value.next_step
    assert refused.value.temporary
    assert server.accepted == []
    assert post.people.mailbox.find_draft(post.draft.key) is not None


@pytest.mark.parametrize("asleep", [1, 2, 3, 4], ids=["before", "taken", "data", "before the mail"])
def test_a_minute_between_the_look_and_the_first_byte_is_too_long(
    post: Post, server: smtp.SmtpServer, asleep: int
) -> None:
    mailbox = open_mailbox(post.account, post.clock)
    moments = iter((*[0.0] * asleep, 60.5))
    slow = OutsideSubmitter(
        post.account, mailbox, carrier(post.account), post.clock, ticks=lambda: next(moments)
    )
    with pytest.raises(Refused, match="over a minute") as refused:
        slow.submit(post.draft)
    assert refused.value.temporary
    assert server.accepted == []
    assert post.people.mailbox.find_draft(post.draft.key) is not None
    assert post.outside == 0


def test_what_was_given_back_meanwhile_is_not_sent(post: Post, server: smtp.SmtpServer) -> None:
    """Another home was told that it did not leave, while this computer slept with the letter in its hand."""
    mailbox = open_mailbox(post.account, post.clock)
    given_back = replace(post.draft, on_taken=lambda: post.people.mailbox.give_back(post.draft.key, CLAIM))
    with pytest.raises(DraftGone):
        open_submitter(post.account, mailbox, post.clock).submit(given_back)
    assert server.accepted == []
    assert (len(post.people.drafts()), post.outside) == (1, 0)


class Hands:
    """A carrier that lets something happen before it says its last word, and something after."""

    files_sent = False

    def __init__(
        self, before: Callable[[], None] | None = None, after: Callable[[], None] | None = None
    ) -> None:
        self.before, self.after = before, after
        self.carried = 0

    def carry(self, mail: Outgoing, last_word: Callable[[], None]) -> None:
        if self.before:
            self.before()
        last_word()
        self.carried += 1
        if self.after:
            self.after()

    def submit(self, post: Post) -> None:
        mailbox = open_mailbox(post.account, post.clock)
        OutsideSubmitter(post.account, mailbox, self, post.clock).submit(post.draft)


def ctrl_c() -> None:
    raise KeyboardInterrupt


def test_a_second_version_that_appears_after_the_look_is_not_sent(post: Post) -> None:
    def another() -> None:
        (path,) = (post.people.root / ".Drafts" / "cur").iterdir()
        path.with_name("9" + path.name).write_bytes(path.read_bytes() + b"P.S.")

    late = Hands(before=another)
    for _ in range(2):  # at the last moment, then already before
        with pytest.raises(DraftChanged):
            late.submit(post)
        late.before = None
    assert late.carried == 0
    assert len(post.people.drafts()) == 2


def test_ctrl_c_before_the_first_byte_is_a_stop(post: Post) -> None:
    early = Hands(before=ctrl_c)
    with pytest.raises(Interrupted):
        early.submit(post)
    assert early.carried == 0
    assert post.people.mailbox.find_draft(post.draft.key) is not None


def test_ctrl_c_after_the_first_byte_proves_nothing(post: Post) -> None:
    with pytest.raises(KeyboardInterrupt):
        Hands(after=ctrl_c).submit(post)
    assert post.outside == 1


@pytest.mark.parametrize(
    ("trouble", "accepted"),
    [(smtp.Trouble.CLOSE_AFTER, 1), (smtp.Trouble.CLOSE_BEFORE, 0), (smtp.Trouble.NONSENSE, 1)],
)
def test_no_clear_answer_is_unknown_and_the_draft_waits_outside(
    post: Post, server: smtp.SmtpServer, trouble: smtp.Trouble, accepted: int
) -> None:
    server.trouble = trouble
    with pytest.raises(OutcomeUnknown):
        post.submit()
    assert len(server.accepted) == accepted
    assert post.outside == 1
    with pytest.raises(DraftGone):
        post.submit()
    assert len(server.accepted) == accepted


def test_a_server_that_is_not_there_is_a_refusal_for_now(tmp_path: Path, clock: FakeClock) -> None:
    with smtp.running() as server:
        port = server.port
    post = Post(tmp_path, clock, smtp=Server(host="127.0.0.1", port=port, security="none"))
    with pytest.raises(Refused) as refused:
        post.submit()
    assert refused.value.temporary
    assert post.people.mailbox.find_draft(post.draft.key) is not None


# --- TLS and sign-in ----------------------------------------------------------------------------------


def _context(pem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_certificates_are_verified(tmp_path: Path, clock: FakeClock, security: str) -> None:
    ca, pem = tls.certificate(tmp_path / "tls")
    context = _context(pem)
    at_once, on_request = (context, None) if security == "tls" else (None, context)
    with smtp.running(tls=at_once, starttls=on_request) as server:
        known = Server(host="localhost", port=server.port, security=security, ca_file=ca)
        Post(tmp_path / "known", clock, smtp=known).submit()
        assert len(server.accepted) == 1
        unknown = Post(tmp_path / "unknown", clock, smtp=replace(known, ca_file=None))
        with pytest.raises(Refused, match=r"(?i)certificate") as refused:
            unknown.submit()
        assert refused.value.temporary
        assert len(server.accepted) == 1


def test_starttls_is_never_given_up(tmp_path: Path, clock: FakeClock, server: smtp.SmtpServer) -> None:
    """A server, or somebody in between, that does not offer it gets nothing."""
    post = Post(tmp_path, clock, smtp=Server(host="127.0.0.1", port=server.port, security="starttls"))
    with pytest.raises(Refused):
        post.submit()
    assert server.accepted == []


@pytest.mark.parametrize("host", ["smtp.example.org", "10.0.0.1", "localhost.example.org"])
def test_without_protection_only_to_this_computer(tmp_path: Path, clock: FakeClock, host: str) -> None:
    post = Post(tmp_path, clock, smtp=Server(host=host, security="none"))
    with pytest.raises(ConfigError, match="only for a server on this computer"):
        post.submit()


def _says(password: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"print({password!r})")


def test_the_password_comes_from_a_command(tmp_path: Path, clock: FakeClock) -> None:
    ca, pem = tls.certificate(tmp_path / "tls")
    with smtp.running(tls=_context(pem), password="correct horse") as server:
        way = Server(host="localhost", port=server.port, ca_file=ca, password_command=_says("correct horse"))
        Post(tmp_path / "right", clock, smtp=way).submit()
        assert len(server.accepted) == 1
        wrong = Post(tmp_path / "wrong", clock, smtp=replace(way, password_command=_says("secret-guess")))
        with pytest.raises(Refused, match="did not accept the sign-in") as refused:
            wrong.submit()
        assert refused.value.temporary
        assert "secret-guess" not in refused.value.message + refused.value.next_step
        assert len(server.accepted) == 1


# --- a command ----------------------------------------------------------------------------------------


def _ending(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import os, sys, time; sys.stdin.read(); {code}")


@pytest.mark.parametrize("status", sorted(REFUSED))
def test_these_exits_are_refusals(tmp_path: Path, clock: FakeClock, status: int) -> None:
    post = Post(tmp_path, clock, send_command=_ending(f"sys.exit({status})"))
    with pytest.raises(Refused):
        post.submit()
    assert post.people.mailbox.find_draft(post.draft.key) is not None


@pytest.mark.parametrize("end", ["sys.exit(1)", "sys.exit(75)", "os.kill(os.getpid(), 9)"])
def test_every_other_end_is_unknown(tmp_path: Path, clock: FakeClock, end: str) -> None:
    post = Post(tmp_path, clock, send_command=_ending(end))
    with pytest.raises(OutcomeUnknown):
        post.submit()
    assert post.outside == 1


def test_a_command_that_does_not_end_is_unknown(tmp_path: Path, clock: FakeClock) -> None:
    post = Post(tmp_path, clock)
    command = SendCommand(post.account, _ending("time.sleep(600)"), limit=0.5)
    with pytest.raises(OutcomeUnknown, match="did not end"):
        command.carry(outgoing(RAW, NOON), lambda: None)


def test_a_command_that_is_not_there_is_refused(tmp_path: Path, clock: FakeClock) -> None:
    post = Post(tmp_path, clock, send_command=(str(tmp_path / "nonesuch"),))
    with pytest.raises(Refused, match="cannot be started"):
        post.submit()
    assert post.people.mailbox.find_draft(post.draft.key) is not None


def test_a_command_never_sees_the_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOWOUT_PASSPHRASE", "secret")
    told = tmp_path / "told"
    code = f"open({str(told)!r}, 'w').write(str('BOWOUT_PASSPHRASE' in os.environ))"
    account = MaildirHarness(tmp_path / "Maildir", FakeClock()).account
    SendCommand(account, _ending(code)).carry(outgoing(RAW, NOON), lambda: None)
    assert told.read_text() == "False"


def test_an_account_without_a_way_out_cannot_send(tmp_path: Path, clock: FakeClock) -> None:
    with pytest.raises(CannotDo, match="no way to send"):
        carrier(Post(tmp_path, clock).account)


# --- what must not go out -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        RAW.replace(b"Subject", b"Bcc: x@home.example\r\nSubject", 1),
        RAW.replace(b"To: Jane <jane@acme.example>\r\n", b""),
        RAW.replace(b"jane@acme.example", b"-oProxyCommand@acme.example"),
        RAW.replace(b"<ada@home.example>", b"<ada@home.example>, <b@c.example>"),
    ],
)
def test_a_draft_with_an_odd_envelope_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        outgoing(raw, NOON)


def test_eight_bit_text_needs_a_server_that_takes_it(server: smtp.SmtpServer) -> None:
    _way(server).carry(outgoing(RAW.replace(b"first", "schön".encode()), NOON), lambda: None)
    assert "schön" in parse(server.accepted[0].raw, id="").text


def _way(server: smtp.SmtpServer) -> Smtp:
    way = Server(host="127.0.0.1", port=server.port, security="none")
    return Smtp(ACCOUNT, way, Limits(answer=5.0, accept=5.0))


# --- filing -------------------------------------------------------------------------------------------


def test_servers_that_file_by_themselves_are_known(tmp_path: Path, clock: FakeClock) -> None:
    hosts = {"smtp.gmail.com": True, "smtp.office365.com": True, "notgmail.com": False, "mail.me": False}
    assert {host: Smtp(ACCOUNT, Server(host=host)).files_sent for host in hosts} == hosts


def test_a_sent_folder_is_made_where_there_is_none(
    post: Post, server: smtp.SmtpServer, clock: FakeClock
) -> None:
    shutil.rmtree(post.people.root / ".Sent")
    mailbox = open_mailbox(post.account, clock)
    submitter = open_submitter(post.account, mailbox, clock)
    receipt = submitter.submit(post.draft)
    mailbox.file_sent(post.draft.key, CLAIM, receipt.at)
    (filed,) = (post.people.root / ".Sent" / "cur").iterdir()
    assert filed.name.endswith(":2,S")
    assert filed.read_bytes().replace(b"\n", b"\r\n") == server.accepted[0].raw
    assert post.outside == 0


def test_a_copy_sent_by_hand_under_another_id_is_the_only_one_filed(
    post: Post, server: smtp.SmtpServer, clock: FakeClock
) -> None:
    server.trouble = smtp.Trouble.CLOSE_BEFORE
    with pytest.raises(OutcomeUnknown):
        post.submit()
    (taken,) = (post.people.root / ".Drafts" / "bowout-sending").iterdir()
    name = post.draft.key.message_id.encode()
    post.people.deliver(taken.read_bytes().replace(name, b"<by-hand@phone.example>"), Folder.SENT, seen=True)
    filed = sorted((post.people.root / ".Sent" / "cur").iterdir())
    submitter = open_submitter(post.account, open_mailbox(post.account, clock), clock)
    assert isinstance(submitter, Filing)
    submitter.file_sent(post.draft.key, CLAIM, clock())
    assert sorted((post.people.root / ".Sent" / "cur").iterdir()) == filed
    assert post.outside == 0
