"""Options and fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.git import IDENTITY, GitRepository
from tests.support.index import publish, serve
from tests.support.poison import poison
from tests.support.programs import without_tools
from tests.support.real_tools import program, which

# A machine that is busy or slow fails no test.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite", action="store_true", help="write what locksync prints into tests/golden"
    )
    parser.addoption(
        "--renew", action="store_true", help="write what the real tools write into tests/golden"
    )
    parser.addoption(
        "--exhaustive", action="store_true", help="try every change on every real lock file"
    )
    parser.addoption(
        "--memory",
        choices=("on", "off", "poisoned"),
        default="on",
        help="run all tests with a memory of fresh states, without, or spoil it before every run",
    )


SURROUNDINGS = (
    *("GIT_", "GITHUB_", "CI", "PRE_COMMIT", "FORCE_COLOR"),
    *("LOCKSYNC_CACHE_DIR", "XDG_CACHE_HOME"),
)
"""What the variables of a surrounding git, hook or CI job start with."""


@pytest.fixture(autouse=True, scope="session")
def _plain_git() -> Iterator[None]:
    """No variable of a surrounding git, no configuration but git's own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(SURROUNDINGS):
                patch.delenv(name)
        for name, value in IDENTITY.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """None of the machine's tools on PATH: a test that needs one puts it there."""
    places = without_tools(os.get_exec_path(), tmp_path_factory.mktemp("programs"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.pathsep.join(places))
        yield


@pytest.fixture(autouse=True, scope="session")
def _memory(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[None]:
    """A memory of fresh states that is not the user's."""
    directory, kept = tmp_path_factory.mktemp("memory"), request.config.getoption("--memory")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCKSYNC_CACHE_DIR", os.devnull if kept == "off" else str(directory))
        if kept == "poisoned":
            patch.setattr(GitRepository, "before_run", partial(poison, directory))
        yield


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """An empty repository."""
    return GitRepository(tmp_path / "repository")


@pytest.fixture
def only_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH with git and nothing else."""
    programs = tmp_path / "only-git"
    programs.mkdir()
    (programs / "git").symlink_to(which("git"))
    monkeypatch.setenv("PATH", str(programs))


@pytest.fixture
def uv_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pinned uv on PATH, and none of its variables."""
    for name in os.environ:
        if name.startswith("UV_"):
            monkeypatch.delenv(name)
    programs = str(program("uv").parent)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an index that has versions 1.0 and 1.1 of some packages."""
    directory = tmp_path_factory.mktemp("index")
    publish(directory, ("1.0", "1.1"))
    with serve(directory) as url:
        yield url
