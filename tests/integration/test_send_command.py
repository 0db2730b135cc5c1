"""A ``send_command``: what must not stand in it, that it gets the whole mail, and real programs behind it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

import sample
from acceptance.harness import Box
from bowout import cli, files
from bowout.config.keys import toml
from bowout.errors import ConfigError, OutcomeUnknown, Refused
from bowout.model import Account
from bowout.outbox import run as runner
from bowout.providers.maildir.keys import MaildirKeys
from bowout.providers.sending.command import SendCommand, is_at_work
from bowout.providers.sending.outgoing import outgoing
from bowout.providers.sending.submitter import carrier
from clock import NOON
from contract.test_maildir import ACCOUNT
from programs import program
from servers import smtp

RAW = (
    b"From: Ada <ada@home.example>\r\nTo: Jane <jane@acme.example>\r\nCc: Bob <bob@acme.example>\r\n"
    b"Subject: Hi\r\nMessage-ID: <ours@home.example>\r\n\r\nfirst\r\n.\r\n.hidden dot\r\nlast\r\n"
)
MAIL = outgoing(RAW, NOON)
PEOPLE = ("jane@acme.example", "bob@acme.example")


def sending_by(command: list[str]) -> Account:
    return replace(ACCOUNT, keys=MaildirKeys(path=Path("Maildir"), send_command=tuple(command)))


# --- the recipients are named once --------------------------------------------------------------------

READING = [
    (["msmtp", "-t"], ["msmtp"]),
    (["msmtp", "-a", "work", "--read-recipients"], ["msmtp", "-a", "work"]),
    (["msmtp", "--read-r", "--account=work"], ["msmtp", "--account=work"]),
    (["msmtp", "-vt"], ["msmtp", "-v"]),
    (["/usr/sbin/sendmail", "-oi", "-t"], ["/usr/sbin/sendmail", "-oi"]),
    (["/usr/sbin/sendmail", "-ti"], ["/usr/sbin/sendmail", "-i"]),
    (["/usr/sbin/sendmail", "-it"], ["/usr/sbin/sendmail", "-i"]),
    (["sendmail.postfix", "-t", "-ti"], ["sendmail.postfix", "-i"]),
    (["env", "LANG=C", "/usr/local/bin/MSMTP", "-t"], ["env", "LANG=C", "/usr/local/bin/MSMTP"]),
    (["C:\\bin\\msmtp.exe", "-t"], ["C:\\bin\\msmtp.exe"]),
    (["sudo", "-u", "mail", "mini_sendmail", "-t"], ["sudo", "-u", "mail", "mini_sendmail"]),
    (["msmtpq", "-t"], ["msmtpq"]),
    (["exim4", "-t", "--", "x@y.example"], ["exim4", "--", "x@y.example"]),
    (["nullmailer-inject", "-t"], ["nullmailer-inject"]),
    (["ssmtp", "-t"], ["ssmtp"]),
    (["busybox", "sendmail", "-t"], ["busybox", "sendmail"]),
    (["sh", "-c", "msmtp -t"], ["msmtp"]),
    (["/bin/bash", "-lc", 'exec msmtp -a work -t "$@"', "--"], ["msmtp", "-a", "work"]),
    (["sh", "-c", "sh -c 'msmtp -t'"], ["msmtp"]),
    (["env", "-S", "msmtp --read-recipients"], ["msmtp"]),
]
HARMLESS = [
    ["msmtp"],
    ["msmtp", "-a", "work-tt", "-C", "/etc/t"],
    ["msmtp", "--tls-trust-file=x", "--timeout=9", "--read-envelope-from"],
    ["msmtp", "-aht", "-dt", "", "-"],
    ["/usr/sbin/sendmail", "-oi", "-odi", "-oit", "-bt", "-Ft"],
    ["/usr/sbin/exim4", "-tls-on-connect", "-d+transport"],
    ["exim4", "--", "-t@home.example"],
    ["my-own-script", "-t", "--read-recipients"],
    ["/opt/msmtp/wrapper", "-t"],
    ["sh", "-c", 'msmtp "$@"', "sh"],
    ["sh", "-c", 'tee -a /tmp/log | msmtp "$@" && touch -t 2001010000 /tmp/done', "sh"],
    ["sh", "-c", 'echo "as msmtp -t would"; echo msmtp -t; exec msmtp "$@"', "sh"],
    ["sh", "-c", 'msmtp "$@"  # not -t\n/opt/wrapper -t', "sh"],
    ["sh", "-c", "echo 'a quote without its end; msmtp -t"],
    ["sh", "/opt/send -t"],
    ["sh", "-c", ""],
    ["my-own-script", "--note", "sendmail -t"],
    ["bash", "-c", "ssh -t host msmtp", "--"],
]


@pytest.mark.parametrize(("command", "cured"), READING)
def test_a_sendmail_that_reads_the_recipients_too_is_refused_with_the_cure(
    command: list[str], cured: list[str]
) -> None:
    with pytest.raises(ConfigError, match=r"accounts\.disk\.send_command: ") as refused:
        carrier(sending_by(command))
    assert refused.value.next_step == f"Leave it out: send_command = {toml(cured)}"
    carrier(sending_by(cured))


@pytest.mark.parametrize(
    "command",
    [
        ["sh", "-c", 'cd /tmp && exec msmtp -t "$@"', "--"],
        ["sh", "-c", 'msmtp --version # -t\nmsmtp -t "$@"'],
        ["sh", "-ec", "tee log | msmtp -oi -t"],
        ["sh", "-c", "msmtp -t </dev/stdin"],
        ["sudo", "-u", "mail", "sh", "-c", "msmtp -t"],
    ],
)
def test_a_script_that_lets_a_sendmail_read_the_recipients_is_refused(command: list[str]) -> None:
    with pytest.raises(ConfigError, match="-t takes the recipients") as refused:
        carrier(sending_by(command))
    assert refused.value.next_step.endswith('script, and hand on what bowout names: msmtp "$@"')


@pytest.mark.parametrize("command", HARMLESS)
def test_what_only_looks_like_it_may_stand(command: list[str]) -> None:
    carrier(sending_by(command))


def test_what_is_armed_waits_for_the_cure_and_is_sent_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A letter that was armed with ``-t`` in the config: it is told, stays armed, and goes out when cured."""
    box, kept = Box(tmp_path), tmp_path / "kept"
    mailer = program(tmp_path / "msmtp", f'echo "$@" >> {kept}; cat > /dev/null')
    way = f'allow_send = true\nsend_command = ["{mailer}"]\n'
    box.configure(sample.config(sample.build(box.mail)) + way)
    assert run(box, "draft", "acme", "--reason", "accepted-offer") == 0
    monkeypatch.setattr(runner, "PATIENCE", 0.0)
    with files.lock(box.root / "data" / runner.LOCK):
        assert run(box, "send", "acme", "--yes") == 6
    good = box.config.read_text()
    box.configure(good.replace(f'["{mailer}"]', f'["{mailer}", "-t"]'))
    capsys.readouterr()
    assert run(box, "outbox", "run") == 6
    assert f'Leave it out: send_command = ["{mailer}"]' in " ".join(capsys.readouterr().out.split())
    assert run(box, "send", "acme", "--yes") == 2
    assert not kept.exists()
    box.configure(good)
    assert run(box, "outbox", "run") == 0
    assert run(box, "outbox", "run") == 0
    assert len(kept.read_text().splitlines()) == 1


def run(box: Box, *words: str) -> int:
    return cli.run([*words, "--config", str(box.config)])


# --- whole or nothing ---------------------------------------------------------------------------------

LONG = replace(MAIL, raw=MAIL.raw + b"a line of many, more than a pipe holds\r\n" * 5_000)
# Says that it runs, waits until it may read, and tells what it read; each step waits for the other side.
SLOW = """
import sys
open("started", "w").close()
open("go", "r").read()
with open("told", "wb") as told:
    told.write(sys.stdin.buffer.read())
"""


def test_a_command_that_outlives_the_run_gets_the_whole_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("started", "go", "told"):
        os.mkfifo(name)
    run_of_bowout = os.fork()
    if not run_of_bowout:
        try:
            SendCommand(ACCOUNT, (sys.executable, "-c", SLOW)).carry(LONG, lambda: None)
        finally:
            os._exit(1)
    Path("started").read_bytes()
    os.kill(run_of_bowout, signal.SIGKILL)
    os.waitpid(run_of_bowout, 0)
    Path("go").write_bytes(b"")
    assert Path("told").read_bytes() == LONG.raw.replace(b"\r\n", b"\n")


def test_nobody_else_can_open_what_the_command_reads(tmp_path: Path) -> None:
    """A file of the person's alone, without a name, read from its beginning."""
    code = "import os, pathlib; s = os.fstat(0); n = os.listdir(%r); pathlib.Path(%r).write_text(%s)"
    data, told = tmp_path / "data", tmp_path / "told"
    data.mkdir()
    shown = "f'{s.st_mode & 0o777:o} {s.st_nlink} {n} {s.st_dev} {len(os.read(0, 9999))}'"
    account = replace(ACCOUNT, data_dir=data)
    SendCommand(account, (sys.executable, "-c", code % (str(data), str(told), shown))).carry(
        MAIL, lambda: None
    )
    length = len(MAIL.raw.replace(b"\r\n", b"\n"))
    assert told.read_text() == f"600 0 ['sending.lock'] {data.stat().st_dev} {length}"


@pytest.mark.parametrize("code", [0, 75])
def test_what_a_command_left_running_is_known_to_run_until_it_ends(tmp_path: Path, code: int) -> None:
    """The command is a script that starts the one that sends, and ends before it."""
    door = tmp_path / "door"
    os.mkfifo(door)
    account = replace(ACCOUNT, data_dir=tmp_path)
    script = program(tmp_path / "mailer", f"cat {door} > /dev/null 2>&1 &\nexit {code}")
    with suppress(OutcomeUnknown):
        SendCommand(account, (str(script),)).carry(MAIL, lambda: None)
    assert is_at_work(tmp_path)
    door.write_bytes(b"")
    for _ in range(500):
        if not is_at_work(tmp_path):
            break
        time.sleep(0.01)
    assert not is_at_work(tmp_path)


def test_nothing_runs_where_nothing_was_started(tmp_path: Path) -> None:
    assert not is_at_work(tmp_path)
    SendCommand(replace(ACCOUNT, data_dir=tmp_path), ("true",)).carry(MAIL, lambda: None)
    assert not is_at_work(tmp_path)


def test_without_room_for_the_letter_nothing_is_begun(tmp_path: Path) -> None:
    account = replace(ACCOUNT, data_dir=tmp_path / "gone")
    begun = tmp_path / "begun"
    command = SendCommand(account, ("touch", str(begun)))
    with pytest.raises(Refused, match="cannot be laid out") as refused:
        command.carry(MAIL, lambda: pytest.fail("the draft may not be taken out"))
    assert refused.value.temporary
    assert not begun.exists()


# --- real programs ------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[smtp.SmtpServer]:
    with smtp.running() as running:
        yield running


@pytest.fixture
def msmtp(home: Path, server: smtp.SmtpServer) -> SendCommand:
    """msmtp as people set it up: ~/.msmtprc, and nothing but its name in the config."""
    rc = home / ".msmtprc"
    rc.write_text(f"account default\nhost 127.0.0.1\nport {server.port}\n")
    rc.chmod(0o600)
    return SendCommand(ACCOUNT, ("msmtp",))


@pytest.mark.system
def test_msmtp_sends_once_to_each(msmtp: SendCommand, server: smtp.SmtpServer) -> None:
    msmtp.carry(MAIL, lambda: None)
    (mail,) = server.accepted
    assert (mail.sender, mail.recipients) == ("ada@home.example", PEOPLE)
    assert mail.raw == MAIL.raw


@pytest.mark.system
@pytest.mark.parametrize("option", ["-t", "--read-recipients", "--read-r", "-vt", "-ti"])
def test_msmtp_would_name_everybody_twice(
    home: Path, msmtp: SendCommand, server: smtp.SmtpServer, option: str
) -> None:
    """Why these are refused."""
    words = ["msmtp", option, "-i", "-f", MAIL.sender, "--", *MAIL.recipients]
    subprocess.run(words, input=RAW.replace(b"\r\n", b"\n"), stdout=subprocess.DEVNULL, check=True)
    (mail,) = server.accepted
    assert mail.recipients == (*PEOPLE, *PEOPLE)
    with pytest.raises(ConfigError):
        SendCommand(ACCOUNT, ("msmtp", option))


@pytest.mark.system
@pytest.mark.parametrize("option", ["-d", "-oi", "-Fada-t"])
def test_msmtp_with_what_may_stand_names_everybody_once(
    msmtp: SendCommand, server: smtp.SmtpServer, option: str
) -> None:
    SendCommand(ACCOUNT, ("msmtp", option)).carry(MAIL, lambda: None)
    (mail,) = server.accepted
    assert mail.recipients == PEOPLE


@pytest.mark.system
def test_msmtp_refuses_what_the_server_refuses(msmtp: SendCommand, server: smtp.SmtpServer) -> None:
    server.refused = {"bob@acme.example"}
    with pytest.raises(Refused, match="status 65"):
        msmtp.carry(MAIL, lambda: None)
    assert server.accepted == []


@pytest.mark.system
@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ("account other\nhost 127.0.0.1\n", Refused),  # 78
        ("account default\nhost 127.0.0.1\nport {port}\ntls on\n", Refused),  # 69
        ("account default\nhost 127.0.0.1\nport {port}\nauth plain\nuser x\npassword y\n", Refused),  # 77
        ("account default\nhost 127.0.0.1\nport 1\n", OutcomeUnknown),  # 75: a sendmail may have queued it
    ],
    ids=["config", "no tls", "sign-in", "no server"],
)
def test_the_other_ends_of_msmtp(
    home: Path, msmtp: SendCommand, server: smtp.SmtpServer, settings: str, error: type[Exception]
) -> None:
    (home / ".msmtprc").write_text(settings.format(port=server.port))
    with pytest.raises(error):
        msmtp.carry(MAIL, lambda: None)
    assert server.accepted == []


# exim as a smart host's client, for one caller; -odi delivers before it ends, so that the test need not wait.
EXIM = """
exim_user = {user}
exim_group = {group}
trusted_users = {user}
spool_directory = {folder}
log_file_path = {folder}/log-%s
primary_hostname = home.example
keep_environment =
disable_ipv6
begin acl
begin routers
all:
  driver = manualroute
  route_list = * 127.0.0.1 byname
  transport = sink
  self = send
begin transports
sink:
  driver = smtp
  port = {port}
  allow_localhost
"""


@pytest.fixture
def sendmail(server: smtp.SmtpServer) -> Iterator[tuple[str, ...]]:
    """Debian's /usr/sbin/sendmail (exim), with a configuration and a spool of its own; never as root."""
    import grp
    import pwd

    as_root = os.getuid() == 0
    caller = pwd.getpwnam("nobody") if as_root else pwd.getpwuid(os.getuid())
    drop = ("setpriv", f"--reuid={caller.pw_uid}", f"--regid={caller.pw_gid}", "--clear-groups")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        spool = folder / "spool"
        spool.mkdir()
        os.chown(spool, caller.pw_uid, caller.pw_gid)
        group = grp.getgrgid(caller.pw_gid).gr_name
        config = folder / "exim.conf"
        config.write_text(EXIM.format(user=caller.pw_name, group=group, folder=spool, port=server.port))
        yield (*(drop if as_root else ()), "/usr/sbin/sendmail", "-C", str(config), "-odi")


@pytest.mark.system
def test_a_real_sendmail_sends_once_to_each(sendmail: tuple[str, ...], server: smtp.SmtpServer) -> None:
    SendCommand(ACCOUNT, sendmail).carry(MAIL, lambda: None)
    (mail,) = server.accepted
    assert (mail.sender, mail.recipients) == ("ada@home.example", PEOPLE)
    assert mail.raw.endswith(MAIL.raw.partition(b"\r\n\r\n")[2])


@pytest.mark.system
def test_a_real_sendmail_that_reads_the_recipients_writes_to_none_of_them(
    sendmail: tuple[str, ...], server: smtp.SmtpServer
) -> None:
    """Why -t is refused: exim takes the arguments as those who must not get it."""
    words = [*sendmail, "-t", "-i", "-f", MAIL.sender, "--", *MAIL.recipients]
    subprocess.run(words, input=RAW, stderr=subprocess.DEVNULL, check=False)
    assert not {person for mail in server.accepted for person in mail.recipients} & {*PEOPLE}
    with pytest.raises(ConfigError):
        SendCommand(ACCOUNT, (*sendmail, "-t"))
