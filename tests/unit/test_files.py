"""Files that are whole or absent, and locks that die with their holder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bowout import files

posix = sys.platform != "win32"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def run(script: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)


def test_a_file_is_written_private_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        files.write(tmp_path / "a", b"one\r\n\x00")
        files.private_dir(tmp_path / "x" / "y")
    finally:
        os.umask(old)
    assert (tmp_path / "a").read_bytes() == b"one\r\n\x00"
    if posix:
        assert mode(tmp_path / "a") == 0o600
        assert mode(tmp_path / "x") == mode(tmp_path / "x" / "y") == 0o700


def test_a_umask_that_shuts_out_the_owner_shuts_out_nothing(tmp_path: Path) -> None:
    old = os.umask(0o777)
    try:
        files.private_dir(tmp_path / "x" / "y")
        files.write(tmp_path / "x" / "y" / "a", b"one")
        with files.lock(tmp_path / "x" / "lock") as held:
            assert held
    finally:
        os.umask(old)
    if posix:
        assert mode(tmp_path / "x") == mode(tmp_path / "x" / "y") == 0o700
        assert mode(tmp_path / "x" / "y" / "a") == mode(tmp_path / "x" / "lock") == 0o600


def test_an_existing_directory_keeps_its_mode(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    files.private_dir(shared / "own")
    assert mode(shared) == (0o755 if posix else mode(shared))


def test_replacing_a_file_makes_it_private_and_leaves_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old and longer")
    (tmp_path / "a").chmod(0o644)
    files.write(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    if posix:
        assert mode(tmp_path / "a") == 0o600


def test_a_link_is_replaced_and_its_target_left_alone(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"theirs")
    (tmp_path / "a").symlink_to(tmp_path / "target")
    files.write(tmp_path / "a", b"ours")
    assert (tmp_path / "target").read_bytes() == b"theirs"
    assert (tmp_path / "a").read_bytes() == b"ours"


def test_a_missing_directory_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        files.write(tmp_path / "no" / "a", b"x")


def test_a_write_that_meets_the_file_size_limit_leaves_the_old_file(tmp_path: Path) -> None:
    script = """
import resource, sys
from pathlib import Path
from bowout import files
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    files.write(Path(sys.argv[1]), b"x" * 5000)
except OSError as exc:
    print(exc.strerror)
"""
    (tmp_path / "a").write_bytes(b"old")
    assert run(script, str(tmp_path / "a")).stdout == "File too large\n"
    assert (tmp_path / "a").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


# Dies at the n-th thing it does to the file system; prints how many there were when it lives.
KILLED = """
import os, signal, sys
from pathlib import Path
from bowout import files
target, point = Path(sys.argv[1]), int(sys.argv[2])
seen = 0
def count(event, args):
    global seen
    if event in ("open", "os.rename", "os.remove"):
        if seen == point:
            os.kill(os.getpid(), signal.SIGKILL)
        seen += 1
sys.addaudithook(count)
files.write(target, b"new" * 1000)
print(seen)
"""


def test_a_kill_at_any_point_leaves_the_old_or_the_new_file(tmp_path: Path) -> None:
    target = tmp_path / "a"
    points = int(run(KILLED, str(target), "-1").stdout)
    assert points >= 3
    states = []
    for point in range(points):
        target.write_bytes(b"old")
        assert run(KILLED, str(target), str(point)).returncode == -9
        states.append(target.read_bytes())
    assert set(states) == {b"old", b"new" * 1000}
    assert all(path.name.startswith("a.") for path in tmp_path.iterdir() if path != target)


# --- locks ----------------------------------------------------------------------------------------

HOLDER = """
import sys
from pathlib import Path
from bowout import files
with files.lock(Path(sys.argv[1])) as held:
    print(held, flush=True)
    sys.stdin.read()
"""

WAITER = """
import sys
from pathlib import Path
from bowout import files
print("ready", flush=True)
with files.lock(Path(sys.argv[1]), wait=60) as held:
    print(held)
"""


def test_a_lock_excludes_other_processes_until_its_holder_dies(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == "True\n"
        with files.lock(path) as held:
            assert not held
        with files.lock(path, wait=0.05) as held:
            assert not held
        holder.kill()
        holder.wait()
        with files.lock(path, wait=10) as held:
            assert held
    if posix:
        assert mode(path) == 0o600


@pytest.mark.parametrize("there", [True, False])
def test_a_lock_that_is_a_link_is_refused_and_its_target_left_alone(tmp_path: Path, there: bool) -> None:
    target = tmp_path / "theirs"
    if there:
        target.write_text("mine")
        target.chmod(0o644)
    (tmp_path / "lock").symlink_to(target)
    if posix:
        with pytest.raises(OSError, match="lock") as refused, files.lock(tmp_path / "lock"):
            pass
        assert f"rm {tmp_path / 'lock'}" in files.cure(refused.value)
        assert target.exists() is there
        assert not there or (target.read_text(), mode(target)) == ("mine", 0o644)


def test_a_lock_that_others_could_hold_becomes_private(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    (tmp_path / "lock").chmod(0o666)
    with files.lock(tmp_path / "lock") as held:
        assert held
    if posix:
        assert mode(tmp_path / "lock") == 0o600


def test_a_lock_is_free_again_after_its_block(tmp_path: Path) -> None:
    for _ in range(2):
        with files.lock(tmp_path / "lock") as held:
            assert held
            with files.lock(tmp_path / "lock") as twice:
                assert not twice


def test_a_waiting_lock_gets_it_when_the_holder_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with files.lock(path):
        command = [sys.executable, "-c", WAITER, str(path)]
        waiter = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert waiter.stdout
        assert waiter.stdout.readline() == "ready\n"
    assert waiter.communicate(timeout=60)[0] == "True\n"
