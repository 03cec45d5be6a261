"""The layers of the code are its folders: imports point downwards only, and the core is pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.real_tools import TOP

PACKAGE = TOP / "locksync"
# From the bottom to the top. The names on one line do not import one another.
LAYERS = (
    ("findings",),
    ("model", "command_line", "documents"),
    ("repository",),
    ("requirements",),
    ("tools",),
    ("discovery", "verdict"),
    ("adoption", "dockerfiles"),
    ("reports",),
    ("settings",),
    ("commands",),
    ("cli",),
    ("__main__",),
)
LEVELS = {name: level for level, names in enumerate(LAYERS) for name in names}
MOST_FILES_AT_THE_TOP = 8
WORLD = {"os", "subprocess", "socket", "tempfile", "shutil", "time", "datetime", "random"}
# The edge, and the modules that meet the world for the rest.
MEETS_THE_WORLD = {
    *("cli", "commands", "repository"),
    *("verdict.ask", "verdict.asked", "verdict.check_all", "verdict.copies", "verdict.memory"),
    *("verdict.regenerate", "verdict.side_by_side", "verdict.workers"),
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def _name(path: Path) -> str:
    """A module's name within the package; "" is the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


NAMES = {_name(path): path for path in MODULES}


def _imported(source: str) -> Iterator[str]:
    """The full names of everything that a module imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _modules_imported(source: str) -> set[str]:
    """The modules of the package that a module imports."""
    found = set()
    for full in _imported(source):
        name = full.removeprefix("locksync.")
        if name == full:
            continue
        while name not in NAMES:
            name = name.rpartition(".")[0]
        found.add(name)
    return found - {""}


def _upwards(name: str, imported: set[str]) -> list[str]:
    """The imports of a module that do not point to a lower layer."""
    layer = name.partition(".")[0]
    return sorted(
        other
        for other in imported
        if other.partition(".")[0] != layer
        and LEVELS[other.partition(".")[0]] >= LEVELS.get(layer, -1)
    )


def _circle(graph: Mapping[str, set[str]]) -> list[str]:
    """The modules that import one another in a circle, or depend on such modules."""
    left = dict(graph)
    while free := [name for name, imported in left.items() if not imported & left.keys()]:
        for name in free:
            del left[name]
    return sorted(left)


def test_every_file_and_folder_is_in_a_layer() -> None:
    found = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert found - {"__init__", "__pycache__"} == {*LEVELS}
    assert len([*PACKAGE.glob("*.py")]) <= MOST_FILES_AT_THE_TOP


@pytest.mark.parametrize("name", NAMES)
def test_imports_point_downwards(name: str) -> None:
    assert _upwards(name, _modules_imported(NAMES[name].read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("name", "source", "upwards"),
    [
        ("requirements.parsing", "from locksync.tools import registry", ["tools.registry"]),
        ("tools.poetry", "def f():\n  import locksync.verdict.check", ["verdict.check"]),
        ("verdict.check", "from locksync.discovery.survey import Survey", ["discovery.survey"]),
        ("verdict.check", "from locksync.verdict import direction", []),
        ("commands.check", "from locksync.verdict.check import check", []),
    ],
    ids=["lower from higher", "inside a function", "beside", "within a layer", "downwards"],
)
def test_an_import_that_points_upwards_is_noticed(
    name: str, source: str, upwards: list[str]
) -> None:
    assert _upwards(name, _modules_imported(source)) == upwards


def test_the_page_has_these_layers() -> None:
    page = (TOP / "docs/how-it-works.md").read_text(encoding="utf-8")
    _, _, table = page.partition("| layer | job |")
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert tuple(tuple(re.findall(r"`(\w+)`", row)) for row in rows) == LAYERS


def test_no_modules_import_one_another_in_a_circle() -> None:
    graph = {
        name: _modules_imported(path.read_text(encoding="utf-8")) - {name}
        for name, path in NAMES.items()
    }
    assert _circle(graph) == []
    assert _circle({"a": {"b"}, "b": {"a"}, "c": {"a"}, "d": set()}) == ["a", "b", "c"]


@pytest.mark.parametrize("name", NAMES)
def test_the_core_touches_nothing(name: str) -> None:
    if any(name == other or name.startswith(f"{other}.") for other in MEETS_THE_WORLD):
        return
    imported = _imported(NAMES[name].read_text(encoding="utf-8"))
    assert {other.partition(".")[0] for other in imported}.isdisjoint(WORLD)


@pytest.mark.parametrize("name", NAMES)
def test_no_module_but_its_own_names_a_tool(name: str) -> None:
    if name.startswith("tools"):
        return
    for node in ast.walk(ast.parse(NAMES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value.replace("-", " ").split()
            is_docstring = len(words) > 3
            assert is_docstring or not {
                "poetry",
                "pipenv",
                "Pipfile",
                "poetry.lock",
                "pdm",
                "pdm.lock",
            } & set(words)
