"""No text takes long: not for any regular expression of the package, nor for any of its parsers.

Here a time limit is the point. Each share runs in a process with a limit of its own, so that
what hangs fails.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from locksync.command_line import split_command
from locksync.findings import Code
from locksync.tools.registry import read_export
from locksync.verdict.check_all import checked
from tests.support.children import PYTHON
from tests.support.hostile_texts import PARSERS
from tests.support.memory import MemoryTree
from tests.support.patterns import BY_HAND, modules, unknown, uses
from tests.support.projects import compiled_project, poetry_project
from tests.support.real_tools import TOP

LONGEST = 2.0
"""How long a text of 1 MiB may take, in seconds of the processor."""
NOISE = 2
"""How much longer it takes a processor that others use at the same time."""
SHARES = 4
LIMIT = 600
"""How long a share may run on a busy machine. Its time on the processor is limited as well."""
SLOWEST = 1
"""Of so many texts of a parser, which take longest while they are small, large ones are tried."""

OF_OTHERS = ("adoption.", "reports.", "repository.")
"""What reads files of the one who runs `locksync init`, what a tool says, and what we write."""
NO_PARSERS = {
    "tools.protocol:from_header": "the protocol",
    "verdict.check:adopt": "takes what a tool has written",
    "verdict.copies:write": "takes what is copied as it is",
}


def _times(module: str, *arguments: int) -> dict[str, float]:
    """What a module prints in a process of its own: what is tried, and how long it took."""
    words = (*PYTHON, "-m", f"tests.support.{module}", *map(str, arguments))
    try:
        done = subprocess.run(
            words, cwd=TOP, capture_output=True, encoding="utf-8", timeout=LIMIT, check=False
        )
        said = done.stdout
    except subprocess.TimeoutExpired as error:
        said = (error.stdout or b"").decode()
        pytest.fail(f"it takes too long: {said.splitlines()[-1]}")
    assert done.returncode == 0, (done.stdout[-200:], done.stderr[-2000:])
    lines = (line.rpartition("\t") for line in said.splitlines())
    return {name: float(taken) for name, _, taken in lines}


@pytest.mark.parametrize("share", range(SHARES))
def test_no_text_takes_a_regular_expression_long(share: int) -> None:
    times = _times("patterns", share, SHARES)
    assert len(times) > 20
    assert {name: taken for name, taken in times.items() if taken > LONGEST * NOISE} == {}


def test_every_regular_expression_is_among_them() -> None:
    """Whatever is put together at run time has an example."""
    assert unknown() == []
    assert set(BY_HAND) <= {name for name, _ in modules()}
    assert len(uses()) > 150


def test_every_parser_is_among_them() -> None:
    """What reads a text is called by one of them, or is told here."""
    words = (*PYTHON, "-m", "tests.support.hostile_texts", "forgotten")
    done = subprocess.run(words, cwd=TOP, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = {name for name in done.stdout.split() if not name.startswith(OF_OTHERS)}
    assert found == set(NO_PARSERS)


@pytest.mark.parametrize("share", range(SHARES))
def test_no_text_takes_a_parser_long(share: int, request: pytest.FixtureRequest) -> None:
    most = 10**6 if request.config.getoption("--exhaustive") else SLOWEST
    times = _times("hostile_texts", share, SHARES, most)
    assert set(times) == set(sorted(PARSERS)[share::SHARES])
    assert {name: taken for name, taken in times.items() if taken > LONGEST * NOISE} == {}


EXCESSES = {
    "more than 16384 requirements": [f"a{number}==1" for number in range(2**14 + 1)],
    "more than 16384 comments": [f"# {number}" for number in range(2**14 + 1)],
    "more than 131072 lines": [""] * (2**17 + 1),
    "more than 1024 different markers": [f"a{n}==1 ; os_name>'{n}'" for n in range(2**10)],
    "too many requirements of the same package": ["a==1"] * 200,
}


@pytest.mark.parametrize("reason", EXCESSES)
@pytest.mark.parametrize("project", [poetry_project, compiled_project])
def test_what_is_larger_than_any_real_file_is_unknown(
    reason: str, project: Callable[[], dict[str, str]]
) -> None:
    files = project()
    files["requirements.txt"] += "\n".join(["", *EXCESSES[reason], ""])
    command = "poetry export" if "poetry.lock" in files else "pip-compile requirements.in"
    export = read_export(split_command(f"{command} -o requirements.txt"), "")
    found = checked(export, MemoryTree(files)).findings
    assert [(one.code, reason in one.message) for one in found] == [(Code.UNSUPPORTED, True)]
