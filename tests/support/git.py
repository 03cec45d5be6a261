"""A real git repository for tests."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from locksync.cli import main
from tests.support.real_tools import TOP, clean_environment

IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
EXAMPLES = {"poetry": TOP / "examples/sbl-filing-api", "pipenv": TOP / "examples/tock"}


class Run(NamedTuple):
    """The outcome of a run of locksync."""

    code: int
    stdout: str
    stderr: str

    @property
    def findings(self) -> list[str]:
        """The codes of the findings in the report, in order."""
        return [line[-5:] for line in self.stdout.splitlines() if line[-5:].startswith("LS0")]


class GitRepository:
    """A repository on disk with helpers to change it and to run programs in it."""

    before_run: Callable[[], None] = staticmethod(lambda: None)
    """Called before every run of locksync."""

    def __init__(self, path: Path, *, init: bool = True) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        if init:
            self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, check: bool = True) -> str:
        done = self.run("git", *arguments)
        if check:
            assert done.returncode == 0, done.stderr
        return done.stdout

    def run(
        self, *command: str, cwd: str = ".", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.path / cwd,
            env=clean_environment(**IDENTITY, **environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )

    def locksync(self, *arguments: str, cwd: str = ".") -> Run:
        """Run locksync in this process, as if started in a directory of the repository."""
        self.before_run()
        stdout, stderr = io.StringIO(), io.StringIO()
        before = os.getcwd()
        os.chdir(self.path / cwd)
        try:
            with redirect_stdout(stdout), redirect_stderr(stderr):
                code = main(arguments)
        finally:
            os.chdir(before)
        return Run(code, stdout.getvalue(), stderr.getvalue())

    def add_example(self, tool: str, directory: str = ".") -> None:
        """Copy one of the examples, with its fresh requirements file."""
        shutil.copytree(EXAMPLES[tool], self.path / directory, dirs_exist_ok=True)

    def write(self, path: str, content: str | bytes) -> None:
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    def read(self, path: str) -> str:
        return (self.path / path).read_bytes().decode()

    def read_bytes(self, path: str) -> bytes:
        return (self.path / path).read_bytes()

    def replace(self, path: str, old: str, new: str) -> None:
        """Replace one occurrence of a text in a file."""
        content = self.read(path)
        assert old in content
        self.write(path, content.replace(old, new, 1))

    def write_all(self, files: Mapping[str, str]) -> None:
        """Write files by their paths."""
        for path, content in files.items():
            self.write(path, content)

    def commit_all(self, files: Mapping[str, str]) -> None:
        """Write files and commit them: the state in step that gives evidence of an export."""
        self.write_all(files)
        self.commit()

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--message", "change")

    def status(self) -> str:
        return self.git("status", "--short")
