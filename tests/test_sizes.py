"""The functions and modules of the package stay small."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from statistics import median

import pytest

from tests.support.real_tools import TOP

MEDIAN_FUNCTION = 8
LONGEST_FUNCTION = 40
MEDIAN_MODULE = 110
LONGEST_MODULE = 350
"""The most lines that each may have."""
SOURCES = {
    path.relative_to(TOP / "locksync").as_posix(): path.read_text(encoding="utf-8")
    for path in (TOP / "locksync").rglob("*.py")
}


def _functions(source: str) -> Iterator[tuple[str, int]]:
    """The name of every function and its number of lines, without decorators."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno
            yield node.name, node.end_lineno - node.lineno + 1


@pytest.mark.parametrize("file", SOURCES)
def test_no_function_is_longer_than_a_screen(file: str) -> None:
    assert [found for found in _functions(SOURCES[file]) if found[1] > LONGEST_FUNCTION] == []


@pytest.mark.parametrize("file", SOURCES)
def test_no_module_is_too_long(file: str) -> None:
    assert len(SOURCES[file].splitlines()) <= LONGEST_MODULE


def test_most_functions_and_modules_are_short() -> None:
    functions = [lines for source in SOURCES.values() for _, lines in _functions(source)]
    # The file that marks a folder as a package has no lines to read.
    modules = [len(source.splitlines()) for source in SOURCES.values() if source]
    assert median(functions) <= MEDIAN_FUNCTION
    assert median(modules) <= MEDIAN_MODULE


def test_the_lines_of_a_function_are_counted() -> None:
    assert [*_functions("@cache\ndef f(a):\n    def g():\n        pass\n\n    return g\n")] == [
        ("f", 5),
        ("g", 2),
    ]
