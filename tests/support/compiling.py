"""What tests need to run the real compile commands: an index of their own, and no settings."""

from __future__ import annotations

import os
import sys

import pytest

from tests.support import real_tools
from tests.support.git import GitRepository
from tests.support.wheels import write_wheels

OPTIONS = "--no-index --find-links wheels --no-emit-find-links"
UV = "uv pip compile --no-index --find-links wheels"


def with_tools(repository: GitRepository, monkeypatch: pytest.MonkeyPatch) -> GitRepository:
    """The repository with an index of its own, with the tools on PATH and no settings around."""
    for name in os.environ:
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_PYTHON", sys.executable)
    programs = str(real_tools.program("uv").parent)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    # uv leaves these out of its headers.
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(repository.path / "wheels"))
    write_wheels(repository.path / "wheels")
    return repository


def compile_by_hand(project: GitRepository, command: str, cwd: str = ".") -> None:
    """Run the real tool by hand."""
    words = command.split()
    real_tools.run(words[0], *words[1:], cwd=project.path / cwd)
