"""Situations in real repositories, and people who paste what the report prints."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.support import real_tools
from tests.support.git import GitRepository
from tests.support.real_tools import which

MOST_ROUNDS = 3
TOOLS = ("poetry", "pipenv", "pip-compile", "uv", "pdm", "pre-commit", "prek")
COMMAND = re.compile(
    r"^ *(?:(?P<label>run|keep it|drop it)|.*[Ss]tage (?:it|them)):  (?P<line>.*)", re.MULTILINE
)
CODE = re.compile(r" (LS\d{3})$", re.MULTILINE)
BY_HAND = "# written by hand: keep this line\n"
WRITES_MANIFEST = re.compile(r"\b(?:poetry|uv|pdm)\b.* add |\bpipenv upgrade ")
"""The commands whose purpose is to change what a person wrote."""


class Pasted(NamedTuple):
    """A command of a report."""

    label: str
    line: str


class Report(NamedTuple):
    """What one run printed."""

    code: int
    text: str

    @property
    def findings(self) -> list[str]:
        return CODE.findall(self.text)

    def commands(self, way: str) -> list[Pasted]:
        """The commands of the report, in order; of two ways the one that is chosen."""
        found = [
            Pasted(match["label"] or "stage", match["line"])
            for match in COMMAND.finditer(self.text)
        ]
        left_out = "drop it" if way == "keep" else "keep it"
        return [one for one in found if one.label != left_out]


Change = Callable[[GitRepository], None]


def nothing(_: GitRepository) -> None:
    """Change nothing."""


class Situation(NamedTuple):
    """A state of a repository, and what a person does about it."""

    code: str
    """A code that the first report has."""
    name: str
    change: Change
    """From a project in step, which is committed, to the situation."""
    project: str = "poetry"
    """The project in step to start from, by its name in PROJECTS."""
    way: str = ""
    """Which of two ways is gone, where the report has two: keep or drop."""
    by_hand: tuple[Change, ...] = ()
    """What the person does in rounds that print no command."""
    where: str = ""
    """The directory in which the person stands."""
    run: str = "locksync"
    """What the person types."""
    real: bool = False
    """Whether it needs the real tools."""
    needs: tuple[str, ...] = ()
    """Programs of the machine that it needs besides."""
    worktree: bool = False
    """Whether all of it happens in a second work tree."""


ENTRY = "import sys\nfrom locksync.cli import main\nsys.exit(main())\n"
INSTALLER = """\
#!/bin/sh
test "$*" = "install uv" && ln -s '{tool}' '{directory}/uv'
"""
"""Stands for `pipx`, which needs the network: it brings the one tool that a situation lacks."""


def programs(directory: Path, situation: Situation) -> str:
    """A PATH with git, a shell, locksync and, if asked for, the real tools, but nothing of ours."""
    real, lacks = situation.real, "pipx" in situation.needs
    directory.mkdir(parents=True, exist_ok=True)
    script = directory / "locksync"
    if not script.exists():
        # A shell in between would tell another PWD.
        script.write_text(f"#!{sys.executable} -BI\n{ENTRY}")
        script.chmod(0o755)
        for name in ("git", "bash", "sh", "mkdir", "rm", "env", "dirname"):
            (directory / name).symlink_to(which(name))
        for name in TOOLS if real else ():
            if not (lacks and name == "uv"):
                (directory / name).symlink_to(real_tools.program(name))
        if lacks:
            (directory / "ln").symlink_to(which("ln"))
            tool = real_tools.program("uv")
            (directory / "pipx").write_text(INSTALLER.format(tool=tool, directory=directory))
            (directory / "pipx").chmod(0o755)
    return str(directory)


def environment(home: Path, path: str) -> dict[str, str]:
    """Variables of a fresh shell, with nothing of this machine's settings."""
    home.mkdir(parents=True, exist_ok=True)
    names = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    return {
        "PATH": path,
        **dict.fromkeys(names, str(home)),
        "LOCKSYNC_CACHE_DIR": str(home / "locksync"),
        "POETRY_VIRTUALENVS_CREATE": "false",
        "PIPENV_NOSPIN": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PYTHON": sys.executable,
        "PIP_CONFIG_FILE": os.devnull,
    }


def settled(repository: GitRepository, situation: Situation) -> GitRepository:
    """The repository, or a second work tree of it, in the situation."""
    if situation.worktree:
        path = repository.path.parent / "second"
        repository.git("worktree", "add", "--quiet", "-b", "second", str(path))
        repository = GitRepository(path, init=False)
    situation.change(repository)
    return repository


class Person:
    """Somebody in a repository, with a shell, who pastes what is printed."""

    def __init__(
        self, repository: GitRepository, situation: Situation, variables: Mapping[str, str]
    ) -> None:
        self.repository = repository
        self._situation = situation
        self._variables = variables
        self._by_hand = list(situation.by_hand)

    def report(self) -> Report:
        """What the situation's command prints."""
        done = self._shell(self._situation.run)
        code, text = done
        # What was dropped has left nothing to commit.
        return Report(0 if "nothing to commit, working tree clean" in text else code, text)

    def _shell(self, line: str) -> tuple[int, str]:
        variables = dict(self._variables)
        variables["PWD"] = os.path.join(self.repository.path, self._situation.where)
        done = self.repository.run(
            *("bash", "-euo", "pipefail", "-c", line), cwd=self._situation.where or ".", **variables
        )
        return done.returncode, done.stdout + done.stderr

    def follow(self, report: Report) -> None:
        """Do what the report says, in order, and lose nothing."""
        commands = report.commands(self._situation.way)
        if not commands:
            assert self._by_hand, f"nothing says how to go on:\n{report.text}"
            self._by_hand.pop(0)(self.repository)
            return
        for label, line in commands:
            before = self._written_by_hand()
            code, printed = self._shell(line)
            assert code == 0, f"{line}\n{printed}"
            if label == "drop it" or WRITES_MANIFEST.search(line):
                continue
            assert not set(before) - set(self._written_by_hand()), f"{line} has lost something"

    def _written_by_hand(self) -> list[tuple[str, str]]:
        """The lines of every file that people write, and those that they put into others."""
        found = []
        for path in sorted(self.repository.path.rglob("*")):
            name = path.relative_to(self.repository.path).as_posix()
            if not path.is_file() or name.startswith((".git/", ".venv/")):
                continue
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
            is_written = not name.endswith((".lock", ".txt"))
            found += [
                (name if is_written else "", line)
                for line in lines
                if is_written or "written by hand" in line
            ]
        return found


def play(person: Person, situation: Situation) -> list[Report]:
    """The reports, one after the other, until all is fresh. Each is followed to the letter."""
    reports = [person.report()]
    first = reports[0]
    assert situation.code in first.findings, first.text
    rounds = MOST_ROUNDS + len(situation.by_hand)
    for _ in range(rounds):
        person.follow(reports[-1])
        reports.append(person.report())
        if reports[-1].code == 0:
            return reports
        told = [report.text for report in reports]
        assert len(set(told)) == len(told), f"the same again:\n{told[-1]}"
    raise AssertionError(f"not fresh after {rounds} rounds:\n{reports[-1].text}")
