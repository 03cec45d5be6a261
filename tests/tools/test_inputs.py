"""Input files of a compilation, in memory: what they ask for, or why that cannot be told."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from locksync.findings import FindingError
from locksync.tools.compiled.inputs import read_inputs
from locksync.tools.compiled.manifest import UnprovableError, Wanted
from tests.support.memory import MemoryTree

PYPROJECT = """\
[project]
name = "web"
version = "1"
dependencies = ["flask", "web[async]"]
[project.optional-dependencies]
async = ["asgiref"]
Dev_Tools = ["pytest"]
[dependency-groups]
test = ["pytest", { include-group = "lint" }]
lint = ["ruff", { include-group = "test" }]
"""
SETUP_CFG = """\
[options]
install_requires =
    flask  # the web
    click>=8
[options.extras_require]
dev = pytest
"""
SETUP_PY = """\
import setuptools
setuptools.setup(install_requires=["flask"], extras_require={"dev": ["pytest"]})
"""
ITSELF = Wanted(expands_itself=True)


class Row(NamedTuple):
    """A file and what is wanted of it."""

    file: str
    content: str
    found: list[str] | str
    """The requirements, or what is said of a file that cannot be read."""
    wanted: Wanted = ITSELF


ROWS = {
    "pyproject": Row("pyproject.toml", PYPROJECT, ["flask", "asgiref"]),
    "pyproject-extra": Row(
        "pyproject.toml",
        PYPROJECT,
        ["flask", "pytest", "asgiref"],
        Wanted(frozenset(["dev-tools"]), expands_itself=True),
    ),
    "pyproject-all-extras": Row(
        "pyproject.toml",
        PYPROJECT,
        ["flask", "asgiref", "pytest"],
        Wanted(all_extras=True, expands_itself=True),
    ),
    "pyproject-itself": Row(
        "pyproject.toml", PYPROJECT, "pyproject.toml asks for extras of itself", Wanted()
    ),
    "pyproject-dynamic": Row(
        "pyproject.toml",
        '[project]\nname = "web"\ndynamic = ["dependencies"]\n',
        "pyproject.toml does not list its requirements",
    ),
    "pyproject-no-project": Row(
        "pyproject.toml", "", "pyproject.toml does not list its requirements"
    ),
    "pyproject-unknown-extra": Row(
        "pyproject.toml",
        PYPROJECT,
        "pyproject.toml has no extra nope",
        Wanted(frozenset(["nope"])),
    ),
    "group": Row(
        "requirements.in",
        "six\n",
        ["six", "pytest", "ruff"],
        Wanted(groups=(("pyproject.toml", "Test"),)),
    ),
    "group-unknown": Row(
        "requirements.in",
        "",
        "pyproject.toml has no dependency group nope",
        Wanted(groups=(("pyproject.toml", "nope"),)),
    ),
    "group-without-a-project": Row(
        "requirements.in",
        "",
        "there is no elsewhere/pyproject.toml",
        Wanted(groups=(("elsewhere/pyproject.toml", "test"),)),
    ),
    "setup-cfg": Row("setup.cfg", SETUP_CFG, ["flask", "click>=8"]),
    "setup-cfg-extra": Row(
        "setup.cfg", SETUP_CFG, ["flask", "click>=8", "pytest"], Wanted(frozenset(["dev"]))
    ),
    "setup-cfg-broken": Row("setup.cfg", "flask", "setup.cfg is not valid"),
    "setup-cfg-of-a-file": Row(
        "setup.cfg",
        "[options]\ninstall_requires = file: x.txt\n",
        "setup.cfg does not list its requirements",
    ),
    "setup-cfg-without-options": Row(
        "setup.cfg", "[metadata]\n", "setup.cfg does not list its requirements"
    ),
    "setup-py": Row("setup.py", SETUP_PY, ["flask"]),
    "setup-py-extra": Row("setup.py", SETUP_PY, ["flask", "pytest"], Wanted(all_extras=True)),
    "setup-py-broken": Row("setup.py", "setup(", "setup.py is not Python"),
    "setup-py-computed": Row(
        "setup.py",
        "setup(install_requires=read())",
        "the requirements of setup.py are not literals",
    ),
    "setup-py-of-keywords": Row(
        "setup.py", "setup(**x)", "setup.py does not list its requirements"
    ),
    "setup-py-of-conditions": Row(
        "setup.py",
        "setup(install_requires=[], extras_require={':os_name == \"nt\"': ['x']})",
        "extras of setup.py have conditions",
    ),
    "setup-py-of-numbers": Row(
        "setup.py", "setup(install_requires=[1])", "the requirements of setup.py are not literals"
    ),
    "editable": Row("requirements.in", "-e ./lib\nsix\n", ["-e ./lib", "six"]),
    "editable-variable": Row(
        "requirements.in", "-e ${LIB}\n", "requirements.in:1 depends on the environment"
    ),
    "variable": Row(
        "requirements.in", "six @ ${URL}\n", "requirements.in:1 depends on the environment"
    ),
    "include-of-a-url": Row(
        "requirements.in",
        "-r https://example.org/x.txt\n",
        "requirements.in:1 includes https://example.org/x.txt",
    ),
    "include-of-elsewhere": Row("requirements.in", "-r ../../x.txt\n", "requirements.in:1: "),
    "include-that-is-gone": Row("requirements.in", "-r gone.txt\n", "there is no gone.txt"),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_inputs_are_read_or_said_to_be_unreadable(row: Row) -> None:
    tree = MemoryTree({"pyproject.toml": PYPROJECT, row.file: row.content})
    if isinstance(row.found, list):
        inputs = read_inputs(tree, [row.file], [], row.wanted)
        assert [item.text for item in inputs.requirements] == row.found
        return
    with pytest.raises((FindingError, UnprovableError)) as raised:
        read_inputs(tree, [row.file], [], row.wanted)
    assert row.found in str(raised.value)
