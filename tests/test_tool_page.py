"""docs/adding-a-tool.md names what a tool has to have and where, and its example is a tool."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from mypy import api

from locksync.discovery.survey import find_exports
from locksync.findings import Verdict
from locksync.tools import pdm, pipenv, poetry
from locksync.tools.protocol import Tool
from locksync.tools.registry import TOOLS
from locksync.verdict.check import check
from tests.support.memory import MemoryTree
from tests.support.real_tools import TOP

PAGE = (TOP / "docs/adding-a-tool.md").read_text(encoding="utf-8")
MEMBERS = [name for name in vars(Tool) if not name.startswith("_")]
(EXAMPLE,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
LOCK = '{"flask": "3.0.3", "blinker": "1.8.2"}'
OUTPUT = "blinker==1.8.2\nflask==3.0.3\n"


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Tool:
    """The tool of the page, as if it were registered."""
    module = ModuleType("acme")
    monkeypatch.setitem(sys.modules, "acme", module)
    exec(EXAMPLE, vars(module))
    monkeypatch.setitem(TOOLS, "acme", module.TOOL)
    tool: Tool = module.TOOL
    return tool


def test_every_member_of_the_protocol_is_in_the_table() -> None:
    section = PAGE.partition("## Write the module")[2].partition("```python")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == MEMBERS


@pytest.mark.parametrize("tool", [poetry, pipenv, pdm], ids=["poetry", "pipenv", "pdm"])
def test_packages_have_the_shape_of_the_table(tool: ModuleType) -> None:
    _, _, section = PAGE.partition("### The shape of a tool's package")
    tool_modules, shared_modules = (
        re.findall(r"^\| `(\w+\.py)` \|", part, re.MULTILINE)
        for part in section.partition("## Register it")[0].split("locksync/tools/shared/")
    )
    package = Path(str(tool.__file__)).parent
    missing = {module for module in tool_modules if not (package / module).exists()}
    assert not missing
    shared = {path.name for path in (package.parent / "shared").glob("*.py")}
    assert shared - {"__init__.py"} == set(shared_modules)


@pytest.mark.parametrize(
    ("output", "verdict"),
    [
        (OUTPUT, Verdict.FRESH),
        ("blinker==1.8.1\nflask==3.0.3\n", Verdict.STALE),
    ],
)
@pytest.mark.usefixtures("acme")
def test_the_example_checks_exports(output: str, verdict: Verdict) -> None:
    before = MemoryTree({"acme.lock": LOCK, "requirements.txt": OUTPUT}, commit="1")
    tree = MemoryTree({"acme.lock": LOCK, "requirements.txt": output}, before=[before])
    (export,) = find_exports(tree).exports
    assert (export.command, export.output) == (
        "acme export -o requirements.txt",
        "requirements.txt",
    )
    assert check(export, tree).verdict is verdict


@pytest.mark.usefixtures("acme")
def test_the_example_refuses_what_it_does_not_know() -> None:
    before = MemoryTree({"acme.lock": LOCK, "requirements.txt": OUTPUT}, commit="1")
    tree = MemoryTree({"acme.lock": '{"flask": 3}', "requirements.txt": OUTPUT}, before=[before])
    (export,) = find_exports(tree).exports
    (finding,) = check(export, tree).findings
    assert finding.message == "acme.lock cannot be used: flask is not a string"


def test_the_example_has_the_types_of_the_protocol(tmp_path: Path) -> None:
    file = tmp_path / "acme.py"
    file.write_text(f"{EXAMPLE}\nfrom locksync.tools.protocol import Tool\ntool: Tool = TOOL\n")
    configuration = ("--config-file", str(TOP / "pyproject.toml"))
    printed, errors, code = api.run(
        [*configuration, "--cache-dir", str(TOP / ".mypy_cache"), str(file)]
    )
    assert code == 0, printed + errors
