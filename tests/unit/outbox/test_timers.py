"""What a timer consists of on each system, and that installing and removing it are whole and repeatable."""

from __future__ import annotations

import plistlib
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bowout.errors import CannotDo, Failed
from bowout.outbox import notify
from bowout.outbox.timers import cron, installer
from bowout.outbox.timers.base import VARIABLES, Ended, Kind, Machine, Timer
from programs import program

DEFAULT = Path("/home/jo/.config/bowout/config.toml")
ODD = Path("/home/jo/100% mine & <yours> $HOME/\"q\" 'a' b\\c.toml")
SCHEMA = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


@dataclass
class Computer:
    """Plays the system's commands; keeps a crontab."""

    home: Path
    platform: str = "linux"
    programs: tuple[str, ...] = ("systemctl", "crontab")
    ran: list[tuple[str, ...]] = field(default_factory=list)
    crontab: bytes | None = None
    escapes: bool = False  # as Debian's crontab -l does with CR
    fails: tuple[str, ...] = ()
    environ: dict[str, str] = field(default_factory=dict)

    def run(self, command: Sequence[str], data: bytes) -> Ended:
        self.ran.append(tuple(command))
        if command[0] in self.fails:
            return Ended(1, err=b"it went wrong")
        if command[0] == "crontab":
            if command[1] == "-":
                self.crontab = data
            elif command[1] == "-r":
                self.crontab = None
            elif self.crontab is None:
                return Ended(1, err=b"no crontab for jo\n")
            return Ended(0, (self.crontab or b"").replace(b"\r", rb"\r" if self.escapes else b"\r"))
        if command == cron._SHOW:
            return Ended(0, self.crontab or b"", b"No modification made\n")
        return Ended(0)

    @property
    def machine(self) -> Machine:
        return Machine(
            platform=self.platform,
            home=self.home,
            python="/opt/py/bin/python3",
            uid=501,
            which=lambda name: f"/usr/bin/{name}" if name in self.programs else None,
            run=self.run,
            environ=self.environ,
        )


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


def planned(computer: Computer, config: Path = DEFAULT) -> Timer:
    return installer.plan(config, DEFAULT, computer.machine)


def everything(computer: Computer) -> dict[str, bytes]:
    return {
        str(p.relative_to(computer.home)): p.read_bytes() for p in computer.home.rglob("*") if p.is_file()
    }


# --- each system --------------------------------------------------------------------------------------


def test_systemd_looks_every_five_minutes_and_makes_up_for_what_it_missed(computer: Computer) -> None:
    timer = planned(computer)
    assert timer.kind is Kind.SYSTEMD
    service, timed = (content.decode() for _, content in timer.files)
    assert "SuccessExitStatus=6\n" in service
    assert f'"--config" "{DEFAULT}"' in service
    for line in ("OnCalendar=*:0/5", "Persistent=true", "OnStartupSec=1min", "WantedBy=timers.target"):
        assert line in timed.splitlines()


def test_systemd_reads_every_word_as_it_was(computer: Computer) -> None:
    service = planned(computer, ODD).files[0][1].decode()
    (line,) = [one for one in service.splitlines() if one.startswith("ExecStart=")]
    # systemd.service(5): %% and $$ stand for themselves; the quoting is that of shlex here.
    words = shlex.split(line.removeprefix("ExecStart=").replace("%%", "%").replace("$$", "$"))
    assert words == list(planned(computer, ODD).command)


def test_launchd_runs_it_at_login_and_after_waking(computer: Computer) -> None:
    computer.platform = "darwin"
    timer = planned(computer, ODD)
    ((path, content),) = timer.files
    agent = plistlib.loads(content)
    assert path.parent == computer.home / "Library" / "LaunchAgents"
    assert agent["ProgramArguments"] == list(timer.command)
    assert agent["RunAtLoad"] is True
    assert [when["Minute"] for when in agent["StartCalendarInterval"]] == list(range(0, 60, 5))
    assert path.name == f"{agent['Label']}.plist"
    assert timer.on[0][:3] == ("launchctl", "bootstrap", "gui/501")


def test_task_scheduler_makes_up_for_what_it_missed_also_on_battery(computer: Computer) -> None:
    computer.platform = "win32"
    machine = replace(computer.machine, python=r"C:\Program Files\Py\python.exe")
    timer = installer.plan(ODD, DEFAULT, machine)
    task = ET.fromstring(timer.files[0][1])
    told = {element.tag.removeprefix(SCHEMA): element.text for element in task.iter()}
    assert told["Interval"] == "PT5M"
    assert told["StartWhenAvailable"] == "true"
    assert told["DisallowStartIfOnBatteries"] == told["StopIfGoingOnBatteries"] == "false"
    assert told["RunLevel"] == "LeastPrivilege"
    assert told["MultipleInstancesPolicy"] == "IgnoreNew"
    assert task.find(f"{SCHEMA}Triggers/{SCHEMA}LogonTrigger") is not None
    assert told["Command"] == r"C:\Program Files\Py\pythonw.exe"
    assert told["Arguments"] == subprocess.list2cmdline(timer.command[1:])


def test_cron_gets_one_line_in_which_nothing_is_special(computer: Computer) -> None:
    computer.programs = ("crontab",)
    timer = planned(computer, ODD)
    assert timer.kind is Kind.CRON
    assert timer.line.startswith("*/5 * * * * ")
    unescaped = timer.line.removeprefix("*/5 * * * * ").replace("\\%", "%")
    command = unescaped.rpartition(" >/dev/null")[0]
    assert shlex.split(command) == list(timer.command)
    assert "%" not in timer.line.replace("\\%", "")


def test_nothing_secret_is_in_any_of_them(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOWOUT_PASSPHRASE", "secret-words")
    for platform in ("linux", "darwin", "win32"):
        computer.platform = platform
        assert all(b"secret" not in content for _, content in planned(computer).files)


def test_the_command_is_absolute_and_asks_nothing(computer: Computer) -> None:
    command = planned(computer).command
    assert command[:5] == ("/opt/py/bin/python3", "-m", "bowout", "outbox", "run")
    assert "--no-input" in command
    assert command[-2:] == ("--config", str(DEFAULT))


ELSEWHERE = {"XDG_DATA_HOME": "/srv/100% \"odd\" $HOME/b\\c 'd'", "XDG_STATE_HOME": "/srv/state"}


def test_where_the_records_are_is_told_to_every_timer(computer: Computer) -> None:
    computer.environ = ELSEWHERE
    lines = planned(computer).files[0][1].decode().splitlines()
    told = [line.removeprefix("Environment=") for line in lines if line.startswith("Environment=")]
    # systemd.exec(5): %% stands for itself, the rest as in C.
    words = [word for line in told for word in shlex.split(line.replace("%%", "%"))]
    assert dict(word.split("=", 1) for word in words) == ELSEWHERE
    computer.platform = "darwin"
    assert plistlib.loads(planned(computer).files[0][1])["EnvironmentVariables"] == ELSEWHERE
    computer.platform, computer.programs = "linux", ("crontab",)
    line = planned(computer).line.removeprefix("*/5 * * * * ")
    assert "%" not in line.replace("\\%", "")
    names = [word.split("=", 1) for word in shlex.split(line.replace("\\%", "%"))[:2]]
    assert dict(names) == ELSEWHERE


def test_a_task_cannot_be_told_and_the_cure_is_said(computer: Computer) -> None:
    computer.platform, computer.environ = "win32", {"BOWOUT_DATA_DIR": r"C:\records"}
    with pytest.raises(CannotDo, match="BOWOUT_DATA_DIR") as refused:
        planned(computer)
    assert "data_dir under [defaults]" in refused.value.next_step


def test_the_variables_of_this_shell_are_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BOWOUT_DATA_DIR", "~/records")
    monkeypatch.setenv("XDG_STATE_HOME", "/srv/state")
    monkeypatch.setenv("XDG_DATA_HOME", "")
    carried = dict(Machine.here().environ)
    assert carried.pop("BOWOUT_DATA_DIR") == str(Path.home() / "records")
    # Windows has places of its own.
    assert carried == ({} if sys.platform == "win32" else {"XDG_STATE_HOME": "/srv/state"})


@pytest.mark.parametrize(
    ("platform", "programs"),
    [("linux", ("systemctl",)), ("linux", ("crontab",)), ("darwin", ()), ("win32", ())],
)
def test_a_timer_that_looks_elsewhere_is_not_the_one_of_this_shell(
    computer: Computer, platform: str, programs: tuple[str, ...]
) -> None:
    computer.platform, computer.programs = platform, programs
    timer, machine = planned(computer), computer.machine
    assert not installer.is_current(timer, machine)
    installer.install(timer, machine)
    assert installer.is_current(timer, machine)
    other = replace(machine, python="/opt/other/bin/python3")
    moved = installer.plan(DEFAULT, DEFAULT, other)
    assert installer.is_installed(moved, other)
    assert not installer.is_current(moved, other)
    assert installer.uninstall(moved, other)
    assert not installer.is_installed(timer, machine)


def test_what_was_installed_is_removed_even_if_today_it_would_be_another_kind(computer: Computer) -> None:
    timer = planned(computer)
    installer.install(timer, computer.machine)
    (link,) = timer.links
    link.parent.mkdir()
    link.symlink_to(timer.files[1][0])
    computer.fails = ("systemctl",)  # no session bus: cron is what would be chosen now
    assert planned(computer).kind is Kind.CRON
    for kind in installer.every_kind(DEFAULT, DEFAULT, computer.machine):
        installer.uninstall(kind, computer.machine)
    assert everything(computer) == {}
    assert not link.is_symlink()


def test_a_second_configuration_has_a_timer_of_its_own(computer: Computer) -> None:
    names = {planned(computer).name, planned(computer, ODD).name, planned(computer, Path("/x.toml")).name}
    assert len(names) == 3
    assert "bowout-outbox" in names


def test_a_computer_without_any_says_what_to_run(computer: Computer) -> None:
    computer.programs = ()
    with pytest.raises(CannotDo) as refused:
        planned(computer)
    assert "outbox run" in refused.value.next_step


def test_a_user_without_a_systemd_session_gets_cron(computer: Computer) -> None:
    computer.fails = ("systemctl",)
    assert planned(computer).kind is Kind.CRON


# --- on and off ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_installing_twice_is_as_good_as_once_and_removing_removes_all(
    computer: Computer, platform: str
) -> None:
    computer.platform = platform
    timer, machine = planned(computer), computer.machine
    before = everything(computer)
    assert not installer.is_installed(timer, machine)
    installer.install(timer, machine)
    once = everything(computer)
    installer.install(timer, machine)
    assert everything(computer) == once != before
    assert installer.is_installed(timer, machine)
    assert set(timer.on) <= set(computer.ran)
    assert installer.uninstall(timer, machine)
    assert everything(computer) == before
    assert set(timer.off) <= set(computer.ran)
    assert not installer.uninstall(timer, machine)


FOREIGN = [
    b"# mine\n0 4 * * * backup # bowout-outbox-else\n",
    "# täglich\n0 1 * * * true\n".encode("latin-1"),
    b"# a\fform feed, \x1c\x1d\x1e\x85 and \xc2\x85 and \xe2\x80\xa8\n0 1 * * * true\n",
    b"# CR LF\r\n0 1 * * * true\r\n\r\n",
    b"# a CR\r\n# and one in words \\r\n",
    b"# CR alone\rstill a remark # bowout-outbox\rand this\n",
    b"\n\n0 1 * * * never ended",
    b"",
]


@pytest.mark.parametrize("escapes", [False, True])
@pytest.mark.parametrize("table", FOREIGN)
def test_what_others_wrote_in_the_crontab_stays_to_the_byte(
    computer: Computer, table: bytes, escapes: bool
) -> None:
    computer.programs, computer.crontab, computer.escapes = ("crontab",), table, escapes
    timer, machine = planned(computer), computer.machine
    for _ in range(2):
        installer.install(timer, machine)
        assert computer.crontab.split(b"\n").count(timer.line.encode()) == 1
        assert computer.crontab.replace(timer.line.encode() + b"\n", b"") == table
    assert installer.uninstall(timer, machine)
    assert (computer.crontab or b"") == table  # none is as good as an empty one
    assert everything(computer) == {}


@pytest.mark.parametrize("end", [b"\r\n", b" \n", b""])
def test_its_line_is_known_however_an_editor_ended_it(computer: Computer, end: bytes) -> None:
    computer.programs = ("crontab",)
    timer, machine = planned(computer), computer.machine
    computer.crontab = b"0 1 * * * true\n" + timer.line.encode() + end
    installer.install(timer, machine)
    assert computer.crontab == b"0 1 * * * true\n" + timer.line.encode() + b"\n"
    assert installer.uninstall(timer, machine)
    assert computer.crontab == b"0 1 * * * true\n"


def test_line_ends_that_nobody_can_tell_are_not_written_back(computer: Computer) -> None:
    computer.programs, computer.crontab, computer.escapes = ("crontab",), b"0 1 * * * true\r\n", True
    computer.fails = ("env",)
    assert not installer.is_installed(planned(computer), computer.machine)
    assert cron._SHOW not in computer.ran  # to look is not to edit
    with pytest.raises(Failed, match="cannot be read"):
        installer.install(planned(computer), computer.machine)
    assert computer.crontab == b"0 1 * * * true\r\n"


def test_a_first_crontab_is_made(computer: Computer) -> None:
    computer.programs = ("crontab",)
    installer.install(planned(computer), computer.machine)
    assert computer.crontab == planned(computer).line.encode() + b"\n"


def test_where_there_was_no_crontab_none_stays(computer: Computer) -> None:
    computer.programs = ("crontab",)
    installer.install(planned(computer), computer.machine)
    assert installer.uninstall(planned(computer), computer.machine)
    assert computer.crontab is None


@pytest.mark.parametrize("others", [b"# mine\n", b"\n", b"0 4 * * * backup\n", b"A=1"])
def test_a_crontab_that_holds_anything_else_is_not_removed(computer: Computer, others: bytes) -> None:
    computer.programs, computer.crontab = ("crontab",), others
    installer.install(planned(computer), computer.machine)
    installer.uninstall(planned(computer), computer.machine)
    assert (computer.crontab, ("crontab", "-r") in computer.ran) == (others, False)


def test_a_crontab_that_cannot_be_removed_is_emptied(computer: Computer) -> None:
    computer.programs = ("crontab",)
    installer.install(planned(computer), computer.machine)

    def refuses(command: Sequence[str], data: bytes) -> Ended:
        return Ended(64) if command[1] == "-r" else computer.run(command, data)

    installer.uninstall(planned(computer), replace(computer.machine, run=refuses))
    assert computer.crontab == b""


def test_a_refusal_leaves_the_crontab(computer: Computer) -> None:
    computer.programs, computer.crontab = ("crontab",), b"0 4 * * * backup\n"

    def refuses(command: Sequence[str], data: bytes) -> Ended:
        return Ended(1) if command[1] == "-" else computer.run(command, data)

    machine = replace(computer.machine, run=refuses)
    with pytest.raises(Failed, match="status 1"):
        installer.install(planned(computer), machine)
    assert computer.crontab == b"0 4 * * * backup\n"
    assert everything(computer) == {}


# What real programs answered to crontab -l where there was no table: status and both outputs.
NO_TABLE = {
    "Debian's cron": Ended(1, err=b"no crontab for root\n"),
    "macOS": Ended(1, err=b"crontab: no crontab for jo\n"),
    "busybox": Ended(1, err=b"crontab: can't open 'root': No such file or directory\n"),
    "fcron": Ended(
        0,
        err=b"2026-11-30 06:55:51  INFO listing root's fcrontab\n"
        b"2026-11-30 06:55:51  INFO user root has no fcrontab.\n",
    ),
    "fcron, if it ended otherwise": Ended(1, err=b"2026-11-30 06:55:51  INFO user jo has no fcrontab.\n"),
}
# And where there may be one; the last read a part of it.
UNREAD = {
    "permission": Ended(1, err=b"crontabs/jo/: fopen: Permission denied\n"),
    "not set-uid": Ended(1, err=b"crontab: must be suid to work properly\n"),
    "another trouble first": Ended(1, err=b"x: No such file or directory\ncrontab: Input/output error\n"),
    "no program": Ended(127, err=b"crontab: error while loading libc: No such file or directory\n"),
    "killed": Ended(-9, err=b"no crontab for jo\n"),
    "silent": Ended(1),
    "a part, then an error": Ended(1, b"0 4 * * * backup\n", b"no crontab for jo\n"),
    "a part, and no error": Ended(0, b"0 4 * * * ba", b"crontab: read error: Input/output error\n"),
}


NO_ROOM = b"crontab: write error: No space left on device\n"


def listing(computer: Computer, answer: Ended) -> Machine:
    """A computer whose crontab answers this when it is asked for the table."""

    def run(command: Sequence[str], data: bytes) -> Ended:
        done = computer.run(command, data)
        return answer if command == ("crontab", "-l") and ("crontab", "-") not in computer.ran else done

    computer.programs = ("crontab",)
    return replace(computer.machine, run=run)


@pytest.mark.parametrize("answer", NO_TABLE.values(), ids=NO_TABLE.keys())
def test_every_programs_way_to_say_that_there_is_no_table(computer: Computer, answer: Ended) -> None:
    machine = listing(computer, answer)
    timer = installer.plan(DEFAULT, DEFAULT, machine)
    assert not installer.is_installed(timer, machine)
    installer.install(timer, machine)
    assert computer.crontab == timer.line.encode() + b"\n"


@pytest.mark.parametrize("answer", UNREAD.values(), ids=UNREAD.keys())
def test_a_crontab_that_cannot_be_read_is_never_written(computer: Computer, answer: Ended) -> None:
    machine = listing(computer, answer)
    with pytest.raises(Failed, match="cannot be read"):
        installer.install(installer.plan(DEFAULT, DEFAULT, machine), machine)
    assert ("crontab", "-") not in computer.ran


@pytest.mark.parametrize(("cut", "said"), [(0, NO_ROOM), (20, NO_ROOM), (0, b"")])
@pytest.mark.parametrize("room", [0, 1])
def test_lines_of_others_outlive_a_full_disk(computer: Computer, room: int, cut: int, said: bytes) -> None:
    """As busybox does it: the table is cut, the status 0. Once it is cut there may be room again."""
    computer.programs, computer.crontab = ("crontab",), b"0 4 * * * backup\n"
    written: list[bytes] = []

    def run(command: Sequence[str], data: bytes) -> Ended:
        if command[1] == "-":
            written.append(data)
            computer.crontab = data[: None if room and len(written) > 1 else cut if len(written) < 2 else 0]
            return Ended(0, err=said)
        return computer.run(command, data)

    machine = replace(computer.machine, run=run)
    with pytest.raises(Failed, match=r"while it wrote|refused the change") as failed:
        installer.install(planned(computer), machine)
    reason = failed.value.message.partition(": ")[2]
    assert reason == (said.decode().strip() or "it gave no reason and ended with status 0")
    if room:
        assert computer.crontab == b"0 4 * * * backup\n"
        assert everything(computer) == {}
    else:
        ((kept, content),) = everything(computer).items()
        assert content == b"0 4 * * * backup\n"
        assert kept in failed.value.next_step


def test_a_line_that_did_not_get_in_is_not_said_to_be_installed(computer: Computer) -> None:
    computer.programs = ("crontab",)

    def run(command: Sequence[str], data: bytes) -> Ended:
        if command[1] == "-":
            return Ended(0, err=NO_ROOM)
        return computer.run(command, data)

    with pytest.raises(Failed, match="No space left"):
        installer.install(planned(computer), replace(computer.machine, run=run))


def test_a_line_of_ours_that_was_cut_is_not_said_to_be_installed(computer: Computer) -> None:
    computer.programs, computer.crontab = ("crontab",), b"0 4 * * * backup\n"

    def run(command: Sequence[str], data: bytes) -> Ended:
        if command[1] == "-":
            computer.crontab = data[:60] + b"\n" if b"bowout" in data else data
            return Ended(0)
        return computer.run(command, data)

    with pytest.raises(Failed, match="refused the change"):
        installer.install(planned(computer), replace(computer.machine, run=run))
    assert computer.crontab == b"0 4 * * * backup\n"


def test_without_a_copy_the_crontab_is_not_touched(computer: Computer) -> None:
    computer.programs, computer.crontab = ("crontab",), b"0 4 * * * backup\n"
    machine = replace(computer.machine, home=computer.home / "nowhere")
    with pytest.raises(Failed, match="No copy"):
        installer.install(planned(computer), machine)
    assert ("crontab", "-") not in computer.ran


# --- the commands of the system -----------------------------------------------------------------------


def test_what_a_command_says_may_be_in_any_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "schtasks", r"printf 'FEHLER: Zugriff verweigert f\204r \201\n' >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    timer = replace(planned(Computer(tmp_path, platform="win32")), files=())
    with pytest.raises(Failed, match="FEHLER: Zugriff verweigert"):
        installer.install(timer, Machine.here())


def test_crontab_is_asked_in_one_language_and_fed_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that speaks the person's language would say there is no table in words nobody here knows."""
    tab = tmp_path / "tab"
    program(
        tmp_path / "crontab",
        f'tab="{tab}"; [ "$1" = - ] && exec cat > "$tab"; [ -e "$tab" ] && exec cat "$tab"\n'
        '[ "$LC_ALL" = C ] && echo "no crontab for jo" >&2 || echo "kein crontab" >&2; exit 1',
    )
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    computer = Computer(tmp_path, programs=("crontab",))
    timer, machine = planned(computer), replace(Machine.here(), home=tmp_path)
    installer.install(timer, machine)
    tab.write_bytes("# täglich\r\n".encode("latin-1") + tab.read_bytes())
    assert installer.uninstall(timer, machine)
    assert tab.read_bytes() == "# täglich\r\n".encode("latin-1")


def test_a_refusal_of_the_system_is_told(computer: Computer) -> None:
    timer = planned(computer)
    computer.fails = ("systemctl",)
    with pytest.raises(Failed, match="it went wrong"):
        installer.install(timer, computer.machine)


@pytest.mark.system
def test_systemd_itself_finds_nothing_wrong(
    computer: Computer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``systemd-analyze --user verify`` of the units, with a path that has every special character."""
    python = str(Path(sys.executable))
    computer.environ = ELSEWHERE
    timer = installer.plan(ODD, DEFAULT, replace(computer.machine, python=python))
    paths = []
    for path, content in timer.files:
        here = tmp_path / path.name
        here.write_bytes(content)
        paths.append(str(here))
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", *paths], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


# --- notifications ------------------------------------------------------------------------------------


@pytest.mark.parametrize("sentence", [notify.NEEDS_YOU, notify.SENT, notify.ENDED, notify.NOT_RUN])
def test_a_notification_is_a_fixed_sentence(monkeypatch: pytest.MonkeyPatch, sentence: str) -> None:
    shown: list[Sequence[str]] = []
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert notify.notify(sentence, shown.append)
    assert sentence in " ".join(shown[0])
    assert '"' not in sentence


def test_a_notification_that_fails_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(words: Sequence[str]) -> None:
        raise OSError

    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert notify.notify(notify.SENT, fails) is False
    start: Callable[[Sequence[str]], None] = fails
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert notify.notify(notify.SENT, start) is False or sys.platform == "darwin"


def test_a_timer_that_fails_tells_of_it_once_an_hour() -> None:
    begins = datetime(2026, 11, 22, 3, 2, tzinfo=UTC)
    runs = [begins + timedelta(minutes=5 * number) for number in range(36)]
    assert sum(map(notify.tells_failure, runs)) == 3
