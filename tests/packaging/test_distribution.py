"""The wheel and the sdist hold what the tree holds, and the wheel works on its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import bowout

TREE = Path(__file__).resolve().parents[2]


def ignored() -> tuple[str, ...]:
    """The names that git ignores; .gitignore lists plain names only."""
    return (".git", *(line.rstrip("/") for line in (TREE / ".gitignore").read_text().split()))


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree without what git ignores, so that building leaves no trace and finds none."""
    return Path(
        shutil.copytree(
            TREE, tmp_path_factory.mktemp("copy") / "bowout", ignore=shutil.ignore_patterns(*ignored())
        )
    )


@pytest.fixture(scope="module")
def tree(copy: Path) -> set[str]:
    """Every file of the tree, before anything is built in it."""
    return {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def built(copy: Path, tree: set[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ".", cwd=copy)
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


def test_the_sdist_is_the_tree(built: Path, tree: set[str]) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        files = {member.name.partition("/")[2] for member in archive if member.isfile()}
    made = {name for name in files if name in {"PKG-INFO", "setup.cfg"} or ".egg-info/" in name}
    assert files - made == tree


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: Path, tree: set[str]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        files = {name for name in archive.namelist() if ".dist-info/" not in name}
        licences = [name for name in archive.namelist() if name.endswith("licenses/LICENSE")]
    expected = {name.removeprefix("src/") for name in tree if name.startswith("src/")}
    expected |= {f"bowout/{name}" for name in tree if name.startswith("templates/")}
    assert files == expected
    assert licences


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of a new venv with the wheel in it.

    Its dependencies are lent by a path entry from the venv that runs the tests, to need no network; an
    editable install does not come along, because only the folder is lent and not its .pth files.
    """
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=False)
    scheme = {"base": str(home), "platbase": str(home)}
    scripts = Path(sysconfig.get_path("scripts", "venv", scheme))
    python = scripts / Path(sys.executable).name
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=home)
    lent = Path(sysconfig.get_path("purelib", "venv", scheme)) / "lent.pth"
    lent.write_text(sysconfig.get_path("purelib") + "\n")
    where = run(
        python, "-c", "import bowout, bowout.templates as t; print(bowout.__file__, t.__file__)", cwd=home
    )
    assert all(Path(part).is_relative_to(home) for part in where.split())
    return scripts


def test_the_installed_wheel_says_its_version(installed: Path, tmp_path: Path) -> None:
    assert bowout.__version__ in run(installed / "bowout", "--version", cwd=tmp_path)


def test_the_installed_wheel_runs_the_demo(installed: Path, tmp_path: Path) -> None:
    run(installed / "bowout", "demo", "--keep", tmp_path / "demo", cwd=tmp_path)
    drafts = list((tmp_path / "demo" / "mail" / ".Drafts" / "cur").iterdir())
    assert any(b"In-Reply-To: <acme.4@acme.example>" in draft.read_bytes() for draft in drafts)
