"""No text takes long: not for any regular expression of the package, nor for any of its parsers.

Here a time limit is the point. Each share runs in a process with a limit of its own, so that
what hangs fails.
"""

from __future__ import annotations

import subprocess

import pytest

from tests.support.children import PYTHON
from tests.support.hostile_texts import PARSERS
from tests.support.patterns import BY_HAND, modules, unknown, uses
from tests.support.real_tools import TOP

LONGEST = 2.0
"""How long a text of 1 MiB may take, in seconds of the processor."""
SHARES = 2
LIMIT = 300
"""How long a share may run on a busy machine. Its time on the processor is limited as well."""
SLOWEST = 1
"""Of so many texts of a parser, which take longest while they are small, large ones are tried."""


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
    assert {name: taken for name, taken in times.items() if taken > LONGEST} == {}


def test_every_regular_expression_is_among_them() -> None:
    """Whatever is put together at run time has an example."""
    assert unknown() == []
    assert set(BY_HAND) <= {name for name, _ in modules()}
    assert len(uses()) > 150


@pytest.mark.parametrize("share", range(SHARES))
def test_no_text_takes_a_parser_long(share: int, request: pytest.FixtureRequest) -> None:
    most = 10**6 if request.config.getoption("--exhaustive") else SLOWEST
    times = _times("hostile_texts", share, SHARES, most)
    assert set(times) == set(sorted(PARSERS)[share::SHARES])
    assert {name: taken for name, taken in times.items() if taken > LONGEST} == {}
