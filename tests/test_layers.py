"""The layers of the code: imports point downwards only, and the core touches nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.real_tools import TOP

EDGE = {"cli", "hook", "subcommands", "settings", "__main__"}
EFFECTS = {
    "repository",
    "writing",
    "fixing",
    "running",
    "asking",
    "examining",
    "memory",
    "initializing",
    "revision",
}
WORLD = {"os", "subprocess", "socket", "tempfile", "shutil", "time", "datetime", "random"}
MODULES = sorted((TOP / "locksync").rglob("*.py"))


def _layer(path: Path) -> str:
    relative = path.relative_to(TOP / "locksync")
    return "core" if len(relative.parts) > 1 or relative.stem not in EDGE | EFFECTS else "above"


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update((node.module, *(f"{node.module}.{alias.name}" for alias in node.names)))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(TOP).as_posix())
def test_imports_point_downwards(path: Path) -> None:
    imported = _imports(path)
    above = {f"locksync.{name}" for name in EDGE}
    if path.stem not in EDGE:
        assert imported.isdisjoint(above)
    if _layer(path) == "core":
        assert imported.isdisjoint({f"locksync.{name}" for name in EFFECTS})
        assert {name.partition(".")[0] for name in imported}.isdisjoint(WORLD)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(TOP).as_posix())
def test_no_module_but_its_own_names_a_tool(path: Path) -> None:
    if "tools" in path.parts:
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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
