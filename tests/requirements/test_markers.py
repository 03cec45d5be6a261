"""Markers that mean the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locksync.requirements.markers import holds_alike, is_equivalent

PY = 'python_version >= "3.9"'
WIN = 'sys_platform == "win32"'
LINUX = 'sys_platform == "linux"'


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", ""),
        (PY, PY),
        (f"{PY} and {WIN}", f"{WIN} and {PY}"),
        (f"{PY} or {WIN}", f"{WIN} or {PY}"),
        (f"({PY})", PY),
        (f"{PY} and {PY}", PY),
        (f"{PY} and ({WIN} or {LINUX})", f"{PY} and {LINUX} or {WIN} and {PY}"),
        (f"{PY} or {PY} and {WIN}", PY),
        ('"a and (b" in platform_version', '"a and (b" in platform_version'),
        ('platform_version not in "a or b"', 'platform_version not in "a or b"'),
    ],
)
def test_the_same(first: str, second: str) -> None:
    assert is_equivalent(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", PY),
        (PY, WIN),
        (f"{PY} and {WIN}", f"{PY} or {WIN}"),
        (f"{PY} and ({WIN} or {LINUX})", f"{PY} and {WIN} or {LINUX}"),
        (PY, 'python_version >= "3.10"'),
        (PY, 'python_version > "3.9"'),
        ('platform_version in "a"', 'platform_version not in "a"'),
    ],
)
def test_not_the_same(first: str, second: str) -> None:
    assert not is_equivalent(first, second)


def test_takes_markers_with_very_many_comparisons_to_differ_when_reordered() -> None:
    comparisons = [f'os_name == "{number}"' for number in range(13)]
    assert not is_equivalent(" or ".join(comparisons), " or ".join(reversed(comparisons)))


comparisons = st.sampled_from([PY, WIN, LINUX, 'os_name == "nt"'])
markers = st.recursive(
    comparisons,
    lambda inner: st.builds(
        lambda word, operands: f"({f' {word} '.join(operands)})",
        st.sampled_from(["and", "or"]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=8,
)


@given(markers, markers)
def test_is_an_equivalence_that_knows_boolean_algebra(one: str, other: str) -> None:
    assert is_equivalent(f"{one} and {other}", f"{other} and {one}")
    assert is_equivalent(f"{one} or {one} and {other}", one)
    assert is_equivalent(one, other) == is_equivalent(other, one)


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ('python_version == "3.8"', 'python_version >= "3.8" and python_version < "3.9"', True),
        ('python_version >= "3.9"', 'python_full_version >= "3.9.0"', True),
        ('python_version >= "3.9"', 'python_full_version >= "3.9.1"', False),
        ('python_version >= "3.0"', "", True),
        ('sys_platform == "win32"', 'platform_system == "Windows"', True),
        ('sys_platform == "win32"', "", False),
        ('platform_python_implementation == "PyPy"', "", False),
        ('platform_machine != "no-such-machine"', "", False),
        ('extra == "x"', "", False),
        ('platform_machine == "arm64"', 'platform_machine == "arm64"', True),
        ("not a marker", "", False),
    ],
)
def test_holds_in_the_same_environments(first: str, second: str, alike: bool) -> None:
    assert holds_alike(first, second) is alike
    assert holds_alike(second, first) is alike
