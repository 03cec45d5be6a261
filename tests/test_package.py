"""What the sdist and the wheel hold, and that each works alone."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from locksync import __version__
from tests.support import real_tools
from tests.support.git import GitRepository
from tests.support.real_tools import TOP, clean_environment

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the sdist and with the wheel that is built from it."""
    directory = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--outdir", str(directory), str(TOP)]
    subprocess.run(command, check=True, capture_output=True, env=clean_environment())
    return directory


def test_the_wheel_holds_the_package_alone(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        tops = {name.partition("/")[0] for name in names}
    assert tops == {"locksync", f"locksync-{__version__}.dist-info"}
    modules = {path.relative_to(TOP).as_posix() for path in TOP.glob("locksync/**/*.py")}
    assert modules | {"locksync/py.typed"} <= names


def test_the_sdist_holds_what_is_needed_to_test_it(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for expected in (
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "CODE_OF_CONDUCT.md",
        "requirements/minimum.txt",
        ".github/workflows/release.yml",
        ".ci/run",
        ".pre-commit-hooks.yaml",
        "locksync/cli.py",
        "tests/test_golden.py",
        "tests/golden/poetry-default/project/poetry.lock",
        "examples/demo.py",
        "docs/findings.md",
    ):
        assert expected in names
    assert not any("__pycache__" in name for name in names)


def test_the_index_would_take_them(built: Path) -> None:
    files = map(str, built.iterdir())
    done = real_tools.run("twine", "check", "--strict", *files, cwd=built, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kind", ["whl", "tar.gz"])
def test_it_works_in_an_empty_environment(
    built: Path, tmp_path: Path, repository: GitRepository, kind: str
) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    programs = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    (package,) = built.glob(f"*.{kind}")
    pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", str(package)]
    subprocess.run(pip, check=True, capture_output=True, env=clean_environment())
    locksync = str(programs / "locksync")
    version = repository.run(locksync, "--version")
    assert (version.returncode, version.stdout) == (0, f"locksync {__version__}\n")
    repository.add_example("poetry", "a")
    repository.add_example("pipenv", "b")
    repository.commit()
    check = repository.run(locksync, "check")
    assert (check.returncode, check.stdout, check.stderr) == (0, "", "2 exports fresh\n")
    repository.replace("b/Pipfile.lock", '"==3.4.1"', '"==3.4.2"')
    assert repository.run(locksync, "check").returncode == 1
    assert repository.run(locksync, "fix").returncode == 0
    assert "asgiref==3.4.2" in repository.read("b/requirements.txt")
