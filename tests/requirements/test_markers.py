"""Markers that hold in the same environments."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random

import packaging
import pytest
from dep_logic.markers import parse_marker as parse_dep_logic
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version
from poetry.core.version.markers import parse_marker as parse_poetry

from locksync.requirements.markers import comparisons, formula, holds_alike
from tests.support.markers import (
    Grid,
    Node,
    altered,
    environments,
    random_marker,
    spell,
    witness,
)

PY = 'python_version >= "3.9"'
WIN = 'sys_platform == "win32"'
LINUX = 'sys_platform == "linux"'
CPYTHON = 'platform_python_implementation == "CPython"'
FULL = "python_full_version"
SINCE_26 = pytest.mark.skipif(
    Version(packaging.__version__) < Version("26"),
    reason="older ones compare other strings as versions, or refuse",
)
NOWHERE = 'python_version < "0"'
REWRITINGS = json.loads((Path(__file__).parent / "rewritings.json").read_text(encoding="utf-8"))[
    "pairs"
]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("", "", id="none"),
        pytest.param(PY, PY, id="the-same-text"),
        pytest.param(PY, "python_version>='3.9'", id="other-quotes"),
        pytest.param(f"{PY} and {WIN}", f"{WIN} and {PY}", id="and-in-another-order"),
        pytest.param(f"{PY} or {WIN}", f"{WIN} or {PY}", id="or-in-another-order"),
        pytest.param(f"({PY})", PY, id="parentheses"),
        pytest.param(f"{PY} and {PY}", PY, id="twice"),
        pytest.param(
            f"{PY} and ({WIN} or {LINUX})", f"{PY} and {LINUX} or {WIN} and {PY}", id="spread"
        ),
        pytest.param(f"{PY} or {PY} and {WIN}", PY, id="absorbed"),
        pytest.param(f"{WIN} and {LINUX}", "python_version < '0'", id="nowhere"),
        pytest.param('python_version >= "3.0" or python_version < "3.0"', "", id="everywhere"),
        pytest.param(
            '"a and (b" in platform_version', '("a and (b" in platform_version)', id="odd-literal"
        ),
        pytest.param(PY, '"3.9" <= python_version', id="literal-first"),
        pytest.param(
            'python_version == "3.8"',
            'python_version >= "3.8" and python_version < "3.9"',
            id="one-minor-version",
        ),
        pytest.param(PY, f'{FULL} >= "3.9.0"', id="full-version"),
        pytest.param('python_version == "3.9"', f'{FULL} == "3.9.*"', id="any-patch"),
        pytest.param('python_version > "3.9"', f'{FULL} >= "3.10"', id="next-minor-version"),
        pytest.param('python_version ~= "3.9"', f'{PY} and python_version < "4"', id="compatible"),
        pytest.param(
            'python_version in "3.8, 3.9"',
            'python_version == "3.8" or python_version == "3.9"',
            id="list-of-versions",
        ),
        pytest.param(
            'python_version in "3.9 3.10"',
            'python_version == "3.9" or python_version == "3.10"',
            id="list-that-holds-3.1-by-chance",
        ),
        pytest.param(f'{FULL} > "3.9.1"', f'{FULL} >= "3.9.2"', id="next-patch"),
        pytest.param(f'"3.9.1" <= {FULL}', f'{FULL} >= "3.9.1"', id="full-version-last"),
        pytest.param(WIN, 'platform_system == "Windows"', id="windows"),
        pytest.param(WIN, 'os_name == "nt"', id="nt"),
        pytest.param(f'{LINUX} and os_name == "posix"', LINUX, id="linux-is-posix"),
        pytest.param('platform_system == "Darwin"', 'sys_platform == "darwin"', id="darwin"),
        pytest.param(CPYTHON, 'implementation_name == "cpython"', id="cpython"),
        pytest.param(
            'implementation_name == "pypy" and platform_python_implementation != "CPython"'
            f' or {WIN} and {CPYTHON} or implementation_name == "pypy" and {LINUX}',
            f'platform_python_implementation == "PyPy" or {WIN} and {CPYTHON}',
            id="pypy",
        ),
        pytest.param(
            'sys_platform in "linux darwin"',
            'sys_platform == "linux" or sys_platform == "darwin"',
            id="list-of-platforms",
        ),
        pytest.param('extra == "A_b"', 'extra == "a-b"', id="extra-normalised"),
        pytest.param('"A_b" in extras', '"a-b" in extras', id="extras-normalised"),
        pytest.param(
            'platform_machine > "a"', 'platform_machine < "b"', id="never", marks=SINCE_26
        ),
        pytest.param(
            'platform_release >= "20.1" or platform_release >= "20"',
            'platform_release >= "20.0"',
            id="release-as-version",
            marks=SINCE_26,
        ),
        pytest.param(
            " or ".join(f'os_name == "x{number}"' for number in range(40)),
            " or ".join(f'os_name == "x{number}"' for number in range(39, -1, -1)),
            id="many-comparisons-of-a-variable",
        ),
    ],
)
def test_the_same(first: str, second: str) -> None:
    assert holds_alike(first, second) is True
    assert holds_alike(second, first) is True


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("", PY, id="none-and-one"),
        pytest.param(PY, WIN, id="other-variables"),
        pytest.param(f"{PY} and {WIN}", f"{PY} or {WIN}", id="and-or"),
        pytest.param(
            f"{PY} and ({WIN} or {LINUX})", f"{PY} and {WIN} or {LINUX}", id="other-parentheses"
        ),
        pytest.param(PY, 'python_version >= "3.10"', id="other-version"),
        pytest.param(PY, 'python_version > "3.9"', id="other-operator"),
        pytest.param(PY, '"3.9" >= python_version', id="the-other-way"),
        pytest.param(PY, f'{FULL} >= "3.9.1"', id="a-patch-later"),
        pytest.param('python_version > "3.9"', f'{FULL} > "3.9"', id="beyond-a-minor-version"),
        pytest.param('python_version <= "3.9"', f'{FULL} <= "3.9"', id="up-to-a-minor-version"),
        pytest.param(f'{FULL} <= "3.9.99"', 'python_version <= "3.9"', id="not-the-last-patch"),
        pytest.param('python_version < "4"', "", id="python-4"),
        pytest.param('python_version >= "3.0"', "", id="python-2"),
        pytest.param(f'"3.9.1" in {FULL}', f'{FULL} == "3.9.1"', id="3.9.1-is-a-part-of-3.9.10"),
        pytest.param(f'{FULL} === "3.9.1"', f'{FULL} == "3.9.1"', id="build-after-a-release"),
        pytest.param(f'{FULL} >= "3.13.0rc1"', f'{FULL} >= "3.13.0"', id="pre-release-named"),
        pytest.param('sys_platform != "win32"', 'os_name == "posix"', id="java"),
        pytest.param('sys_platform == "cygwin"', 'os_name == "posix"', id="cygwin"),
        pytest.param(f'{WIN} or {LINUX} or sys_platform == "darwin"', "", id="unrelated-platform"),
        pytest.param('"linux" in sys_platform', LINUX, id="linux2"),
        pytest.param('platform_system == "FreeBSD"', 'sys_platform == "freebsd13"', id="freebsd"),
        pytest.param(
            'platform_python_implementation != "CPython"',
            'platform_python_implementation == "PyPy"',
            id="other-implementation",
        ),
        pytest.param('implementation_version >= "3.9"', PY, id="version-of-an-implementation"),
        pytest.param('platform_version in "a"', 'platform_version not in "a"', id="not-in"),
        pytest.param('platform_machine != "no-such-machine"', "", id="machine"),
        pytest.param('"arm" in platform_machine', 'platform_machine == "arm64"', id="part-of"),
        pytest.param('extra == "x"', "", id="extra"),
        pytest.param('extra == "x" and extra == "y"', "python_version < '0'", id="two-extras"),
        pytest.param('"x" in extras', '"x" in dependency_groups', id="extras-and-groups"),
        pytest.param(
            'platform_release > "20.0"', 'platform_release >= "20.1"', id="release", marks=SINCE_26
        ),
        pytest.param(
            'platform_release == "20"',
            '"20" in platform_release',
            id="release-part",
            marks=SINCE_26,
        ),
    ],
)
def test_not_the_same(first: str, second: str) -> None:
    assert holds_alike(first, second) is False
    assert holds_alike(second, first) is False


@pytest.mark.parametrize(
    ("first", "second", "python", "alike"),
    [
        pytest.param('python_version >= "3.8"', "", ">=3.8", True, id="lower-bound"),
        pytest.param('python_version >= "3.8"', "", ">=3.7", False, id="lower-bound-too-low"),
        pytest.param('python_version < "4.0"', "", ">=3.8,<4.0", True, id="upper-bound"),
        pytest.param('python_version < "4.0"', "", ">=3.8", False, id="no-upper-bound"),
        pytest.param(f'{FULL} >= "3.8.1"', "", ">=3.8.1", True, id="patch"),
        pytest.param(f'{FULL} >= "3.8.1"', "", ">=3.8", False, id="patch-too-low"),
        pytest.param(f'{FULL} != "3.9.7"', "", ">=3.9,!=3.9.7", True, id="hole"),
        pytest.param(
            f'{FULL} < "3.9.2"', f'{FULL} > "3.9.9"', ">=3.9.5,<3.9.6", True, id="between-literals"
        ),
        pytest.param(f'{FULL} > "3.9.2"', f'{FULL} > "3.9.9"', "==3.9.5", False, id="one-patch"),
        pytest.param(PY, 'python_version < "3.9"', "<3,>=3", False, id="no-python-at-all"),
        pytest.param('python_version >= "3.8"', "", "^3.8", False, id="no-specifier"),
        pytest.param(f"{PY} and {WIN}", WIN, ">=3.9", True, id="with-others"),
        pytest.param(WIN, "", ">=3.9", False, id="only-others"),
    ],
)
def test_within_the_pythons_of_a_project(first: str, second: str, python: str, alike: bool) -> None:
    assert holds_alike(first, second, python) is alike
    assert holds_alike(second, first, python) is alike


MANY = " or ".join(f'extra == "{number}"' for number in range(30))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("not a marker", "", id="no-marker"),
        pytest.param("(" * 4000 + WIN + ")" * 4000, WIN, id="parentheses-without-end"),
        pytest.param('python_version >= "3.9" ; x', PY, id="more-than-a-marker"),
        pytest.param('os_name ~= "a"', "", id="refused"),
        pytest.param('os_name ~= "a"', 'os_name ~= "b"', id="both-refused"),
        pytest.param(f'{PY} or {PY} and os_name ~= "a"', PY, id="refused-but-absorbed"),
        pytest.param('os_name == "a" or "a" == "b"', PY, id="two-literals"),
        pytest.param("os_name == sys_platform", 'os_name == "x"', id="two-variables"),
        pytest.param('extras == "a"', PY, id="a-set-compared", marks=SINCE_26),
        pytest.param(MANY, f"{MANY} or {WIN}", id="too-many-environments"),
    ],
)
def test_cannot_be_told(first: str, second: str) -> None:
    assert holds_alike(first, second) is None
    assert holds_alike(second, first) is None


@pytest.mark.parametrize("text", ["not a marker", 'os_name ~= "a"', MANY])
def test_what_cannot_be_told_is_the_same_as_itself(text: str) -> None:
    assert holds_alike(text, text) is True


def test_knows_what_is_refused_in_another_order() -> None:
    assert holds_alike(f'{PY} and os_name ~= "a"', f'os_name ~= "a" and {PY}') is True


def test_a_formula_is_told_by_the_outcomes_of_comparisons() -> None:
    marker = f"{PY} and ({WIN} or {LINUX})"
    assert list(comparisons(marker)) == [PY, WIN, LINUX]
    assert formula(marker)({PY: True, WIN: False, LINUX: True})
    assert not formula(marker)({PY: True, WIN: False, LINUX: False})
    assert formula("")({})


parts = st.sampled_from([PY, WIN, LINUX, 'os_name == "nt"'])
markers = st.recursive(
    parts,
    lambda inner: st.builds(
        lambda word, operands: f"({f' {word} '.join(operands)})",
        st.sampled_from(["and", "or"]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=8,
)


@given(markers, markers)
def test_is_an_equivalence_that_knows_boolean_algebra(one: str, other: str) -> None:
    assert holds_alike(f"{one} and {other}", f"{other} and {one}")
    assert holds_alike(f"{one} or {one} and {other}", one)
    assert holds_alike(one, other) == holds_alike(other, one)


@cache
def _grid() -> Grid:
    return Grid(environments())


@pytest.mark.parametrize("seed", range(8))
def test_never_takes_for_the_same_what_packaging_tells_apart(
    seed: int, request: pytest.FixtureRequest
) -> None:
    random, grid = Random(seed), _grid()
    verdicts = Counter[bool | None]()
    count = 12_500 if request.config.getoption("--exhaustive") else 400
    for number in range(count):
        one, other = _random_pair(random)
        first, second = spell(one), spell(other)
        is_alike = holds_alike(first, second)
        verdicts[is_alike] += 1
        found = grid.is_alike(one, other)
        assert found or not is_alike, f"{first} | {second}"
        if number % 200 == 0:  # The fast way is checked: each marker as a whole, everywhere.
            assert (witness(first, second, environments(one, other)) is None) is found
    assert min(verdicts[True], verdicts[False]) > count / 5
    assert verdicts[None] < count / 10


def _random_pair(random: Random) -> tuple[Node, Node]:
    """Two markers; in nine of ten the second is the first said otherwise, almost or quite."""
    one = random_marker(random)
    other = one if random.random() < 0.9 else random_marker(random)
    for _ in range(random.choice((1, 1, 2, 3))):
        other = altered(other, random)
    return one, other


@pytest.mark.parametrize("tool", sorted({pair["by"] for pair in REWRITINGS}))
def test_knows_what_tools_made_of_a_marker(tool: str) -> None:
    pairs = [pair for pair in REWRITINGS if pair["by"] == tool]
    told = [holds_alike(pair["from"], pair["to"], pair["python"]) for pair in pairs]
    missed = [pair for pair, is_alike in zip(pairs, told, strict=True) if not is_alike]
    assert len(missed) <= len(pairs) / 100, missed


@pytest.mark.parametrize("parse", [parse_poetry, parse_dep_logic], ids=["poetry", "dep-logic"])
def test_knows_what_the_libraries_make_of_a_marker(parse: Callable[[str], object]) -> None:
    for marker in _plain_markers(100):
        text = str(parse(marker))
        assert holds_alike(marker, NOWHERE if text == "<empty>" else text), marker


def _plain_markers(count: int) -> Iterator[str]:
    random = Random(3)
    literals = {
        "python_version": ("3.7", "3.8", "3.9", "3.10"),
        "sys_platform": ("linux", "win32"),
        "platform_system": ("Linux", "Windows"),
        "implementation_name": ("cpython", "pypy"),
    }
    for _ in range(count):
        chosen = [random.choice(sorted(literals)) for _ in range(random.choice((2, 3)))]
        yield f" {random.choice(('and', 'or'))} ".join(
            f"{variable} {random.choice(('<', '>=', '=='))} {random.choice(literals[variable])!r}"
            if variable == "python_version"
            else f"{variable} {random.choice(('==', '!='))} {random.choice(literals[variable])!r}"
            for variable in chosen
        )
