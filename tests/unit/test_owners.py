"""Who besides the person may write a path: what others could change is never trusted, what they cannot is."""

from __future__ import annotations

import grp
import os
import pwd
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bowout import owners
from bowout.owners import doubt

GROUP = 4242


def user(name: str, number: int, group: int) -> pwd.struct_passwd:
    return pwd.struct_passwd((name, "x", number, group, "", "/", "/bin/sh"))


def among(monkeypatch: pytest.MonkeyPatch, *others: pwd.struct_passwd, listed: tuple[str, ...] = ()) -> None:
    """The users of this computer: the person, root and these; ``listed`` are in every file's group."""
    everybody = [user("root", 0, 0), user("jo", os.geteuid(), GROUP), *others]
    monkeypatch.setattr(pwd, "getpwall", lambda: everybody)
    monkeypatch.setattr(pwd, "getpwuid", lambda number: next(u for u in everybody if u.pw_uid == number))
    monkeypatch.setattr(grp, "getgrgid", lambda number: grp.struct_group(("team", "x", number, [*listed])))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A file in a directory, both the person's alone."""
    (tmp_path / "own").mkdir(mode=0o700)
    path = tmp_path / "own" / "config.toml"
    path.touch(mode=0o600)
    return path


def cured(path: Path) -> bool:
    """Is nothing doubted once the printed command has run?"""
    found = doubt(path)
    assert found is not None
    command = found.cure.partition(": ")[2]
    subprocess.run(["/bin/sh", "-c", command], check=True)
    return doubt(path) is None


def test_what_only_the_person_writes_is_trusted(config: Path) -> None:
    assert doubt(config) is None
    config.chmod(0o644)
    config.parent.chmod(0o755)
    assert doubt(config) is None
    assert doubt(config.parent / "not" / "there") is None


@pytest.mark.parametrize("name", ["own/config.toml", "own", "."])
def test_what_everybody_may_write_is_doubted_and_one_command_mends_it(
    tmp_path: Path, config: Path, name: str
) -> None:
    (tmp_path / name).chmod(0o777)
    found = doubt(config)
    assert found is not None
    assert str(tmp_path / name) in found.says
    assert cured(config)


def test_the_command_mends_all_of_it_and_quotes_names(tmp_path: Path) -> None:
    path = tmp_path / "my own" / "co'nf"
    path.parent.mkdir()
    path.touch()
    for step in (path, path.parent):
        step.chmod(0o777)
    assert cured(path)


def test_a_sticky_directory_guards_what_is_in_it_and_not_what_is_yet_to_be_made(
    tmp_path: Path, config: Path
) -> None:
    config.parent.chmod(0o1777)
    assert doubt(config) is None
    assert doubt(config.parent) is not None


@pytest.mark.parametrize(
    ("others", "listed", "shared"),
    [
        ((), (), False),
        ((), ("jo", "root"), False),
        ((user("ann", 5001, 1),), (), False),
        ((user("ann", 5001, 1),), ("ann",), True),
        ((user("ann", 5001, os.getegid()),), (), True),
        ((), ("gone",), True),
    ],
    ids=["alone", "lists-me", "another-group", "lists-another", "first-group-of-another", "unknown-member"],
)
def test_the_group_counts_where_it_has_others(
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    others: tuple[pwd.struct_passwd, ...],
    listed: tuple[str, ...],
    shared: bool,
) -> None:
    among(monkeypatch, *others, listed=listed)
    os.chown(config, -1, os.getegid())
    config.chmod(0o660)
    assert (doubt(config) is not None) is shared
    if shared:
        assert cured(config)


def test_a_group_without_a_name_may_hold_anybody(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(number: int) -> grp.struct_group:
        raise KeyError(number)

    monkeypatch.setattr(grp, "getgrgid", unknown)
    config.chmod(0o660)
    assert doubt(config) is not None


@pytest.mark.parametrize("where", ["file", "directory"])
def test_links_are_followed_to_all_that_could_change_their_end(
    tmp_path: Path, config: Path, where: str
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    if where == "file":
        (shared / "link").symlink_to(config)
        (tmp_path / "named").symlink_to("shared/link")
        named = tmp_path / "named"
    else:
        (shared / "link").symlink_to(config.parent)
        (tmp_path / "named").symlink_to("shared/../shared/link")
        named = tmp_path / "named" / "config.toml"
    assert doubt(named) is None
    shared.chmod(0o777)  # where the second link lies
    assert cured(named)
    config.chmod(0o666)
    assert cured(named)


def test_a_circle_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert doubt(tmp_path / "a") is None


@pytest.mark.parametrize("name", ["own/config.toml", "own", "link"])
def test_what_belongs_to_somebody_else_is_doubted(
    tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "link").symlink_to(config)
    if os.geteuid():
        monkeypatch.setattr(os, "geteuid", lambda: 4999)  # so all of it belongs to another
    else:
        os.chown(tmp_path / name, 4999, -1, follow_symlinks=False)
    found = doubt(tmp_path / "link")
    assert found is not None
    assert "belongs to" in found.says


def test_no_cure_takes_a_place_outside_of_home(
    tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "link").symlink_to(config)
    if os.geteuid():
        monkeypatch.setattr(os, "geteuid", lambda: 4999)
    else:
        os.chown(config, 4999, -1)
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
    found = doubt(tmp_path / "home" / "link")
    assert found is not None
    assert "chown" not in found.cure


def test_what_lies_above_home_is_not_the_persons_care(
    tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o777)
    monkeypatch.setenv("HOME", str(config.parent))
    assert doubt(config) is None
    config.parent.chmod(0o777)
    assert doubt(config) is not None


@pytest.fixture
def drive(config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], None]:
    """Let the config lie on a drive of that kind, on that system."""

    def lies(kind: str, system: str) -> None:
        device = config.stat().st_dev
        mounts = tmp_path / "mountinfo"
        mounts.write_text(
            f"36 35 0:0 / / rw - ext4 /dev/sda rw\n"
            f"37 36 {os.major(device)}:{os.minor(device)} / /mnt/c rw,noatime - {kind} C:\\134 rw\n"
        )
        monkeypatch.setattr(owners, "MOUNTS", mounts)
        monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "pc", system, "#1", "x86_64")))

    return lies


@pytest.mark.parametrize(
    ("kind", "system", "judged"),
    [
        ("9p", "5.15.153.1-microsoft-standard-WSL2", False),
        ("ext4", "5.15.153.1-microsoft-standard-WSL2", True),
        ("9p", "6.1.0-amd64", True),
    ],
)
def test_a_drive_of_windows_below_wsl_is_not_judged(
    config: Path, drive: Callable[[str, str], None], kind: str, system: str, judged: bool
) -> None:
    config.chmod(0o777)
    if sys.platform == "linux":
        drive(kind, system)
        assert (doubt(config) is not None) is judged


def test_an_access_list_hides_behind_the_bits_of_a_group_of_ones_own(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    among(monkeypatch)
    config.chmod(0o660)
    assert doubt(config) is None
    if sys.platform == "linux":
        # acl(5) as the kernel takes it: version 2; owner rw, user 5001 rw, group -, mask rw, others -.
        entries = [(1, 6, -1), (2, 6, 5001), (4, 0, -1), (16, 6, -1), (32, 0, -1)]
        packed = b"".join(
            tag.to_bytes(2, "little") + bits.to_bytes(2, "little") + who.to_bytes(4, "little", signed=True)
            for tag, bits, who in entries
        )
        os.setxattr(config, owners.ACCESS_LIST, (2).to_bytes(4, "little") + packed)
        assert cured(config)
