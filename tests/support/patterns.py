"""The regular expressions of the package, and how long the worst inputs of each take."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import locksync
from tests.support.worst_inputs import limit_processor_time, worst_inputs

METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
SMALL, LARGE = 2**11, 2**20
SLOWEST = 1
"""Of so many small inputs that take longest, a large one each is tried."""
BY_HAND: dict[str, Callable[[ModuleType], list[tuple[re.Pattern[Any], str]]]] = {
    "command_line.shell": lambda module: [
        (module._compiled(module._TOKEN), "match"),
        (module._compiled(module._PIECE), "finditer"),
        (module._compiled(module._QUOTED_PIECE), "finditer"),
    ],
    "commands.about": lambda _: [
        (re.compile(r"^## LS001 .*?(?=^<a id|^## |\Z)", re.MULTILINE | re.DOTALL), "search")
    ],
    "discovery.command_files": lambda module: [(module._names(), "fullmatch")],
    "discovery.snippet_commands": lambda module: [(module.subcommands(), "search")],
    "discovery.written_commands": lambda _: [(re.compile(r"(?<![\w.-])a\.txt(?![\w-])"), "search")],
    "repository.paths": lambda module: [
        (module._compiled(glob), "fullmatch")
        for glob in (
            "**/" * 12 + "b",
            "*a" * 12 + "b",
            "**a" * 12 + "b",
            "**/*a*a/**/*b*b/**",
            "a?" * 12 + "**",
        )
    ],
    # The signs are those of `discovery.export_names`, each a constant there.
    "repository.marking": lambda _: [],
    "requirements.globs": lambda module: [(module._compiled("a?" * 12 + "b"), "search")],
    "tools.poetry.schemas": lambda module: [
        (module._compiled(pattern), "search")
        for name in ("poetry-schema", "project-schema", "dependency-groups-schema")
        for pattern in _patterns_of_schema(module.read_schema(name))
    ],
}
"""The patterns that are put together when they are needed, for an input that makes them bad."""
LIMITED = {
    "tools.poetry.schemas": "LONGEST_CHECKED",
    "repository.paths": "LONGEST_PATH",
}
"""Where longer texts are refused before any pattern sees them, the constant that says so."""


class Use(NamedTuple):
    """A pattern, and how it is used."""

    pattern: re.Pattern[Any]
    method: str
    place: str


def modules() -> Iterator[tuple[str, ModuleType]]:
    """All modules of the package, by their names in it."""
    for found in pkgutil.walk_packages(locksync.__path__, "locksync."):
        if not found.name.endswith("__main__"):
            yield found.name.removeprefix("locksync."), importlib.import_module(found.name)


def uses() -> list[Use]:
    """Every regular expression of the package with each method that it is used with."""
    found: dict[re.Pattern[Any], tuple[str, set[str]]] = {}
    for name, module in modules():
        for pattern in _of_globals(module):
            found.setdefault(pattern, (name, set()))
        for pattern, method in BY_HAND[name](module) if name in BY_HAND else ():
            found.setdefault(pattern, (name, set()))[1].add(method)
    for name, module in modules():
        for pattern, method in _calls(name, module):
            found.setdefault(pattern, (name, set()))[1].add(method)
    return [
        Use(pattern, method, place)
        for pattern, (place, methods) in found.items()
        for method in sorted(methods) or ["search"]
    ]


def unknown() -> list[str]:
    """Where patterns are put together that `BY_HAND` does not know."""
    return [
        f"{name}:{call.lineno}"
        for name, module in modules()
        for call, pattern in _calls_of_re(module)
        if pattern is None and name not in BY_HAND and not _is_of_module(call, module)
    ]


def _source(module: ModuleType) -> str:
    return Path(module.__file__ or "").read_text(encoding="utf-8")


def _of_globals(module: ModuleType) -> Iterator[re.Pattern[Any]]:
    waiting: list[object] = list(vars(module).values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, re.Pattern):
            yield value
        elif type(value) in (tuple, list, set, frozenset):
            waiting += value  # type: ignore[arg-type]
        elif type(value) is dict:
            waiting += value.values()


def _calls(name: str, module: ModuleType) -> Iterator[tuple[re.Pattern[Any], str]]:
    """The patterns of a module with the methods they are used with, called or handed on."""
    for node in ast.walk(ast.parse(_source(module))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            value = getattr(module, node.value.id, None)
            if isinstance(value, re.Pattern) and node.attr in METHODS:
                yield value, node.attr
    for call, pattern in _calls_of_re(module):
        assert isinstance(call.func, ast.Attribute)
        if pattern is not None and call.func.attr in METHODS:
            yield re.compile(pattern), call.func.attr


def _calls_of_re(module: ModuleType) -> Iterator[tuple[ast.Call, Any]]:
    """Each call of `re`, with its pattern if that is a constant."""
    for node in ast.walk(ast.parse(_source(module))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in (*METHODS, "compile")
        ):
            first = node.args[0]
            yield node, first.value if isinstance(first, ast.Constant) else None


def _is_of_module(call: ast.Call, module: ModuleType) -> bool:
    """Whether the call makes a constant of the module, which is found among its globals."""
    body = ast.parse(_source(module)).body
    ends = [(node.lineno, node.end_lineno or 0) for node in body if isinstance(node, ast.Assign)]
    return any(start <= call.lineno <= end for start, end in ends)


def _patterns_of_schema(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        yield from schema.get("patternProperties", {})
        for value in schema.values():
            yield from _patterns_of_schema(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _patterns_of_schema(item)


def seconds(use: Use, text: Any) -> float:
    """How long a pattern takes for a text."""
    method = getattr(use.pattern, use.method)
    empty = text[:0]
    start = time.process_time()
    found = method(empty, text) if use.method in ("sub", "subn") else method(text)
    if use.method == "finditer":
        for _ in found:
            pass
    return time.process_time() - start


def worst(use: Use) -> float:
    """How long the worst large input of a pattern takes."""
    constant = LIMITED.get(use.place)
    module = importlib.import_module(f"locksync.{use.place}")
    size = getattr(module, constant) if constant else LARGE
    times = [seconds(use, text) for text in worst_inputs(use.pattern, min(SMALL, size))]
    slowest = sorted(range(len(times)), key=times.__getitem__)[-SLOWEST:]
    large = (
        text
        for number, text in enumerate(worst_inputs(use.pattern, size, frozenset(slowest)))
        if number < SLOWEST
    )
    return max(seconds(use, text) for text in large)


def main(number: int, count: int) -> None:
    """Print each pattern of a share before it is tried, and then what its worst input takes."""
    for use in uses()[number::count]:
        print(f"{use.place} {use.method} {use.pattern.pattern!r}", end="\t", flush=True)
        print(f"{worst(use):.2f}", flush=True)


if __name__ == "__main__":
    limit_processor_time()
    main(int(sys.argv[1]), int(sys.argv[2]))
