"""Compiled files proved against what the real pip-compile and uv do with the same change."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from locksync.command_line import split_command
from locksync.findings import Verdict
from locksync.model import Result
from locksync.tools.registry import read_export
from locksync.verdict.check import check
from tests.support import real_tools
from tests.support.memory import ENVIRONMENT, MemoryTree
from tests.support.wheels import local_project, write_wheels

pytestmark = pytest.mark.real

# Neither the settings of this machine nor its indexes.
OFFLINE = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "XDG_CONFIG_HOME": os.devnull}
Files = dict[str, str]
PLAIN = {"requirements.in": "alpha\nbeta<2\n# a comment\ngamma; python_version < '3'\n"}
INCLUDING = {
    "requirements.in": '-r base.in\n-c c.txt\nalpha[x]>=1  # hi\ndelta; sys_platform == "win32"\n'
    'gamma; python_version >= "3.8"\nzeta\n',
    "base.in": "beta<2\n",
    "c.txt": "epsilon<2\nalpha\n",
}
NESTED = {
    "requirements/dev.in": "-r main.in\neta_theta\n",
    "requirements/main.in": "alpha\nbeta<2\n",
}

LIBRARY = {
    "requirements.in": "-e ./lib\nbeta<2\n",
    **local_project("lib", "own", "alpha", "epsilon<2"),
}
SETTLED = {
    "requirements.in": "-e ./lib\nbeta<2\nzeta\n",
    **local_project(
        "lib", "own", "alpha", "other", more='[tool.uv.sources]\nother = { path = "../other" }\n'
    ),
    **local_project("other", "other", "epsilon<2"),
    "uv.toml": 'constraint-dependencies = ["gamma<2"]\noverride-dependencies = ["delta<2"]\n'
    "[pip]\nno-strip-extras = true\ngenerate-hashes = true\n",
}


class Case(NamedTuple):
    """Inputs and the command that compiles them."""

    files: Files
    command: str
    main: str = "requirements.in"
    tool: str = "pip-compile"

    @property
    def hides_extras(self) -> bool:
        is_uv = self.tool == "uv"
        return "--strip-extras" in self.command or (is_uv and "--no-strip" not in self.command)

    @property
    def output(self) -> str:
        return read_export(split_command(self.command), "").output


CASES = {
    "plain": Case(PLAIN, "pip-compile requirements.in"),
    "includes": Case(INCLUDING, "pip-compile requirements.in"),
    "hashes": Case(INCLUDING, "pip-compile --generate-hashes --allow-unsafe requirements.in"),
    "stripped": Case(INCLUDING, "pip-compile --strip-extras requirements.in"),
    "one-line": Case(INCLUDING, "pip-compile --annotation-style=line requirements.in"),
    "elsewhere": Case(
        NESTED, "pip-compile -o deploy/all.txt requirements/dev.in", "requirements/dev.in"
    ),
    "two-inputs": Case(
        {**PLAIN, "more.in": "zeta\n"}, "pip-compile -o all.txt requirements.in more.in"
    ),
    "old": Case(INCLUDING, "pip-compile requirements.in", tool="pip-compile-6"),
    "local": Case(LIBRARY, "pip-compile requirements.in"),
    "uv-local": Case(
        LIBRARY, "uv pip compile requirements.in -o requirements.txt --no-strip-extras", tool="uv"
    ),
    "uv-settings": Case(
        SETTLED, "uv pip compile requirements.in -o requirements.txt --no-strip-extras", tool="uv"
    ),
    "uv": Case(INCLUDING, "uv pip compile requirements.in -o requirements.txt", tool="uv"),
    "uv-plain": Case(PLAIN, "uv pip compile -o requirements.txt requirements.in", tool="uv"),
    "uv-hashes": Case(
        INCLUDING,
        "uv pip compile --generate-hashes --no-strip-extras requirements.in -o requirements.txt",
        tool="uv",
    ),
    "uv-universal": Case(
        INCLUDING, "uv pip compile --universal requirements.in -o requirements.txt", tool="uv"
    ),
    "uv-one-line": Case(
        PLAIN, "uv pip compile --annotation-style line requirements.in -o x.txt", tool="uv"
    ),
    "uv-nested": Case(
        NESTED,
        "uv pip compile requirements/dev.in --output-file=requirements/dev.txt",
        "requirements/dev.in",
        tool="uv",
    ),
    "uv-other-platform": Case(
        INCLUDING,
        "uv pip compile --python-platform windows --python-version 3.12 requirements.in -o a.txt",
        tool="uv",
    ),
}


class Lab:
    """A place where the real tools compile."""

    def __init__(self, wheels: Path) -> None:
        self.wheels = wheels
        self._compiled: dict[str, str] = {}

    def compile(self, case: Case, files: Mapping[str, str], place: Path) -> str | None:
        """What the real tool makes of the output that is among the files; None: it fails."""
        for path, content in files.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(content)
        (place / case.output).parent.mkdir(parents=True, exist_ok=True)
        words = shlex.split(case.command)
        options = ["--no-index", "--find-links", str(self.wheels)]
        if case.tool == "uv":
            words = [*words[:3], *options, *words[3:], "--python", sys.executable]
        else:
            words = [words[0], *options, "--no-emit-find-links", *words[1:]]
        done = real_tools.run(case.tool, *words[1:], cwd=place, check=False, environment=OFFLINE)
        return (place / case.output).read_text() if done.returncode == 0 else None


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    wheels = tmp_path_factory.mktemp("wheels")
    write_wheels(wheels)
    return Lab(wheels)


@pytest.fixture(scope="module")
def compiled(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What the real tool writes for each case, from nothing."""
    outputs = {}
    for name, case in CASES.items():
        text = lab.compile(case, case.files, tmp_path_factory.mktemp(name))
        assert text is not None, name
        outputs[name] = text
    return outputs


def _check(case: Case, files: Mapping[str, str], head: Mapping[str, str]) -> Result:
    python = ".".join(map(str, sys.version_info[:2]))
    here = {**ENVIRONMENT, "python_version": python, "python_full_version": f"{python}.1"}
    tree = MemoryTree(files, head=head, environment=here)
    return check(read_export(split_command(case.command), ""), tree)


def _line(path: str | None, old: str, new: str) -> Callable[[Case, Files], Files | None]:
    """A change of a file's text by a regular expression; the main input for no path."""

    def change(case: Case, files: Files) -> Files | None:
        target = path or case.main
        if target == "OUTPUT":
            target = case.output
        if target not in files or not re.search(old, files[target], re.MULTILINE):
            return None
        return {**files, target: re.sub(old, new, files[target], count=1, flags=re.MULTILINE)}

    return change


def _more(path: str | None, text: str) -> Callable[[Case, Files], Files | None]:
    """Text at the end of a file."""
    return lambda case, files: {
        **files,
        path or case.main: files.get(path or case.main, "") + text,
    }


def _reordered(case: Case, files: Files) -> Files:
    return {**files, case.main: "\n".join(reversed(files[case.main].splitlines())) + "\n"}


def _included(case: Case, files: Files) -> Files:
    name = "new.in"
    directory = case.main.rpartition("/")[0]
    path = f"{directory}/{name}" if directory else name
    return {**files, path: "eta-theta\n", case.main: files[case.main] + f"-r {name}\n"}


def _constrained(text: str) -> Callable[[Case, Files], Files]:
    def change(case: Case, files: Files) -> Files:
        directory = case.main.rpartition("/")[0]
        path = f"{directory}/limits.txt" if directory else "limits.txt"
        return {**files, path: text, case.main: files[case.main] + "-c limits.txt\n"}

    return change


BLOCK = r"^{}(\[x\])?==.*(\n +.*|\n    #.*)*\n"
ALPHA = r"^alpha(\[x\])?[^#\n]*?(?=\s*(?:#|$))"
"""The requirement on alpha, up to its comment."""
MUTATIONS: dict[str, Callable[[Case, Files], Files | None]] = {
    "nothing": lambda _, files: files,
    "requirement-added": _more(None, "delta\n"),
    "new-requirement-added": _more(None, "eta-theta\n"),
    "pinned-requirement-added": _more(None, "epsilon\n"),
    "requirement-removed": _line(None, r"^beta.*\n|^zeta\n|^eta_theta\n", ""),
    "requirement-that-is-needed-removed": _line(None, r"^alpha.*\n", ""),
    "requirement-renamed": _line(None, r"^alpha\b.*", "eta.theta"),
    "tightened-beyond-the-pin": _line(None, ALPHA, r"alpha\1<2"),
    "tightened-within-the-pin": _line(None, ALPHA, r"alpha\1>=1.1"),
    "included-one-tightened": _line("base.in", "beta<2", "beta<1.1"),
    "loosened": _line(None, r"^beta<2", "beta<9"),
    "loosened-altogether": _line("base.in", "<2", ""),
    "extra-added": _line(None, r"^alpha$", "alpha[x]"),
    "marker-that-stops-it": _line(None, r"^(zeta|beta<2)$", r"\1; python_version < '3'"),
    "marker-that-applies": _line(None, r"^(zeta|beta<2)$", r"\1; python_version > '3'"),
    "marker-for-another-platform": _line(None, r"^(zeta|beta<2)$", r"\1; sys_platform == 'zos'"),
    "marker-that-starts-it": _line(None, r"^(delta|gamma); .*(win32|< '3').*", r"\1"),
    "marker-dropped": _line(None, r"^gamma; .*3.8.*", "gamma"),
    "constraint-that-the-pin-breaks": _constrained("epsilon<1.1\n"),
    "constraint-that-the-pin-obeys": _constrained("epsilon<9\n"),
    "constraint-on-nothing-pinned": _constrained("numpy<9\n"),
    "constraint-removed": _line("c.txt", r"^epsilon.*\n", ""),
    "include-added": _included,
    "include-removed": _line(None, r"^-r .*\n", ""),
    "local-requirement-added": _line("lib/pyproject.toml", '"alpha"', '"alpha", "zeta"'),
    "local-requirement-removed": _line("lib/pyproject.toml", '"alpha", ', ""),
    "local-requirement-tightened": _line("lib/pyproject.toml", "alpha", "alpha<2"),
    "local-requirement-loosened": _line("lib/pyproject.toml", "epsilon<2", "epsilon"),
    "local-requirement-with-a-marker": _line(
        "lib/pyproject.toml", '"alpha"', "\"alpha; python_version < '3'\""
    ),
    "local-requirement-of-another-name": _line("lib/pyproject.toml", 'name = "own"', 'name = "it"'),
    "local-requirement-of-another-one": _line("other/pyproject.toml", "epsilon<2", "delta"),
    "setting-constraint-tightened": _line("uv.toml", "gamma<2", "gamma<1.1"),
    "setting-constraint-removed": _line("uv.toml", '"gamma<2"', ""),
    "setting-override-tightened": _line("uv.toml", "delta<2", "delta<1.1"),
    "setting-override-removed": _line("uv.toml", '"delta<2"', ""),
    "setting-override-added": _line("uv.toml", '"delta<2"', '"delta<2", "beta"'),
    "comment-added": _more(None, "# and so on\n"),
    "order-changed": _reordered,
    "option-added": _more(None, "--trusted-host packages.example.org\n"),
    "pin-edited-against-its-requirement": _line("OUTPUT", "^beta==1.1", "beta==2.0"),
    "pin-edited-within-its-requirement": _line("OUTPUT", r"^alpha(\[x\])?==2.0", r"alpha\1==1.1"),
    "needed-pin-edited": _line("OUTPUT", "^epsilon==.*?(?= |$)", "epsilon==1.0"),
    "pin-of-a-requirement-removed": _line("OUTPUT", BLOCK.format("alpha"), ""),
    "pin-that-others-name-removed": _line("OUTPUT", BLOCK.format("gamma"), ""),
    "pin-added": _line("OUTPUT", r"^(?=beta==)", "aaa==1.0\n    # via zzz\n"),
    "bare-pin-added": _line("OUTPUT", r"^(?=beta==)", "aaa==1.0\n"),
    "hashes-removed": _line("OUTPUT", r"^(beta==\S+) \\(\n +--hash.*)+", r"\1"),
}


CHANGED_MARKERS = (
    *("requirement-added", "marker-that-applies", "marker-that-starts-it", "marker-dropped"),
)
"""Mutations of markers that a universal output, which keeps them, does not tell of for sure."""

MOVED_PINS = ("pin-edited-within-its-requirement", "needed-pin-edited")
"""Mutations of a version that leave its hashes, as either tool may."""


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("name", CASES)
def test_the_verdict_is_what_the_real_tool_does(
    name: str,
    mutation: str,
    lab: Lab,
    compiled: Mapping[str, str],
    request: pytest.FixtureRequest,
) -> None:
    case = CASES[name]
    is_turn = (list(CASES).index(name) + list(MUTATIONS).index(mutation)) % 2
    if case.tool != "uv" and is_turn and not request.config.getoption("--exhaustive"):
        return  # pip-compile takes a second each time: every other one will do.
    before = {**case.files, case.output: compiled[name]}
    files = MUTATIONS[mutation](case, before)
    if files is None:
        return
    result = _check(case, files, before)
    after = lab.compile(case, files, request.getfixturevalue("tmp_path"))
    expected = Verdict.FRESH if after == files[case.output] else Verdict.STALE
    keeps_hashes = "--hash" in compiled[name] and mutation in MOVED_PINS
    if (mutation == "extra-added" and case.hides_extras) or keeps_hashes:
        expected = Verdict.UNKNOWN
    allowed = {expected}
    if "--universal" in case.command and mutation in CHANGED_MARKERS:
        allowed.add(Verdict.UNKNOWN)
    assert result.verdict in allowed, result.findings
