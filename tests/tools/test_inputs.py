"""Input files of a compilation, in memory: what they ask for, or why that cannot be told."""

from __future__ import annotations

from collections.abc import Mapping
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
DYNAMIC = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "web"
dynamic = ["dependencies", "optional-dependencies"]
[tool.setuptools.dynamic]
dependencies = { file = ["lists/a.txt"] }
optional-dependencies.c = { file = "lists/c.txt" }
"""
POETRY = """\
[tool.poetry]
name = "web"
[tool.poetry.dependencies]
python = "^3.9"
flask = "^3.0"
six = { version = ">=1.0", optional = true }
[tool.poetry.extras]
x = ["six"]
[build-system]
requires = ["poetry-core>=1"]
build-backend = "poetry.core.masonry.api"
"""
SCRIPT = """\
# /// script
# requires-python = ">=3.12"
# dependencies = ["anyio==3.7.0"]
#
# [tool.uv]
# exclude-dependencies = ["idna"]
# ///
import anyio
"""
LISTS = {
    "lists/a.txt": "# what it needs\nattrs\n\nbabel<3  # old\n",
    "lists/b.txt": "attrs\n-r a.txt\n",
    "lists/c.txt": "cffi\n",
    "lists/o.txt": "six>=1\n",
    "lists/e.txt": "babel\n",
}
ITSELF = Wanted(expands_itself=True)


class Row(NamedTuple):
    """A file and what is wanted of it."""

    file: str
    content: str
    found: list[str] | str
    """The requirements, or what is said of a file that cannot be read."""
    wanted: Wanted = ITSELF
    more: Mapping[str, str] = {}


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
        "setup.cfg", "[options]\ninstall_requires = file: lists/a.txt\n", ["attrs", "babel<3"]
    ),
    "setup-cfg-of-a-file-that-is-gone": Row(
        "setup.cfg", "[options]\ninstall_requires = file: x.txt\n", "there is no x.txt"
    ),
    "setup-cfg-of-a-file-with-an-option": Row(
        "setup.cfg",
        "[options]\ninstall_requires = file: lists/b.txt\n",
        "lists/b.txt:2 is no requirement",
    ),
    "setup-cfg-of-an-attribute": Row(
        "setup.cfg",
        "[options]\ninstall_requires = attr: web.NEEDS\n",
        "setup.cfg does not list its requirements",
    ),
    "setup-cfg-in-one-line": Row(
        "setup.cfg", "[options]\ninstall_requires = flask; click>=8\n", ["flask", "click>=8"]
    ),
    "setup-cfg-without-options": Row(
        "setup.cfg", "[metadata]\n", "setup.cfg does not list its requirements"
    ),
    "setup-py": Row("setup.py", SETUP_PY, ["flask"]),
    "setup-py-extra": Row("setup.py", SETUP_PY, ["flask", "pytest"], Wanted(all_extras=True)),
    "setup-py-broken": Row("setup.py", "setup(", "setup.py is not Python"),
    "setup-py-of-names": Row(
        "setup.py",
        "NEEDS = ['flask']\nDEV = ['a']\n"
        "setup(install_requires=NEEDS + ['six'], extras_require={'dev': DEV})",
        ["flask", "six", "a"],
        Wanted(frozenset(["dev"])),
    ),
    "setup-py-of-a-name-that-changes": Row(
        "setup.py",
        "NEEDS = ['flask']\nNEEDS.append('six')\nsetup(install_requires=NEEDS)",
        "the requirements of setup.py are not literals",
    ),
    "setup-py-of-another-dictionary": Row(
        "setup.py",
        "setup(install_requires=[], extras_require={**MORE})",
        "the requirements of setup.py are not literals",
    ),
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
        "setup(install_requires=['a'], extras_require={':os_name == \"nt\"': ['x;python_version>"
        "\"3\"'], 'dev:os_name == \"nt\"': ['y'], 'dev': ['z']})",
        ["a", 'x ; (os_name == "nt") and (python_version>"3")', 'y ; os_name == "nt"', "z"],
        Wanted(frozenset(["dev"])),
    ),
    "setup-py-with-a-setup-cfg": Row(
        "setup.py",
        "from setuptools import setup\nsetup(name='web')\n",
        ["flask", "click>=8", "pytest"],
        Wanted(frozenset(["dev"])),
        {"setup.cfg": SETUP_CFG},
    ),
    "setup-py-before-its-setup-cfg": Row(
        "setup.py",
        "setup(install_requires=['six'])",
        ["six", "pytest"],
        Wanted(frozenset(["dev"])),
        {"setup.cfg": SETUP_CFG},
    ),
    "setup-py-with-a-project": Row(
        "setup.py", "setup()", ["flask", "asgiref"], more={"pyproject.toml": PYPROJECT}
    ),
    "setup-py-alone": Row("setup.py", "setup()", "setup.py does not list its requirements"),
    "setup-py-of-a-plugin": Row(
        "setup.py",
        "setup(setup_requires=['pbr'], pbr=True)",
        "setup.py does not list its requirements",
        more={"setup.cfg": SETUP_CFG},
    ),
    "dynamic-of-files": Row(
        "pyproject.toml", DYNAMIC, ["attrs", "babel<3", "cffi"], Wanted(frozenset(["c"]))
    ),
    "dynamic-of-a-setup-cfg": Row(
        "pyproject.toml",
        '[project]\nname = "web"\ndynamic = ["dependencies"]\n',
        ["flask", "click>=8"],
        more={"setup.cfg": SETUP_CFG},
    ),
    "dynamic-of-another-backend": Row(
        "pyproject.toml",
        DYNAMIC.replace("setuptools.build_meta", "hatchling.build"),
        "pyproject.toml does not list its requirements",
    ),
    "dynamic-of-an-attribute": Row(
        "pyproject.toml",
        DYNAMIC.replace("file =", "attr ="),
        "pyproject.toml does not list its requirements",
    ),
    "poetry": Row(
        "pyproject.toml", POETRY, ["flask (>=3.0,<4.0)", "six (>=1.0)"], Wanted(frozenset(["x"]))
    ),
    "poetry-beside-a-project": Row(
        "pyproject.toml",
        '[project]\nname = "web"\n' + POETRY,
        ["flask (>=3.0,<4.0)"],
        Wanted(builds_poetry=True),
    ),
    "poetry-beside-a-project-that-is-not-built": Row(
        "pyproject.toml", '[project]\nname = "web"\n' + POETRY, []
    ),
    "poetry-for-what-is-dynamic": Row(
        "pyproject.toml",
        '[project]\nname = "web"\ndynamic = ["dependencies"]\n'
        "[project.optional-dependencies]\nd = ['dd']\n" + POETRY,
        ["flask (>=3.0,<4.0)", "dd"],
        Wanted(all_extras=True),
    ),
    "poetry-with-a-path": Row(
        "pyproject.toml",
        POETRY.replace('"^3.0"', '{ path = "../x" }'),
        "pyproject.toml does not list its requirements",
    ),
    "own-extra-of-an-extra": Row(
        "pyproject.toml",
        '[project]\nname = "web"\n[project.optional-dependencies]\n'
        'async = ["asgiref"]\nall = ["web[async]"]\n',
        ["web[async]", "asgiref"],
        Wanted(frozenset(["all"])),
    ),
    "build-requirements": Row(
        "pyproject.toml",
        POETRY,
        ["poetry-core>=1"],
        Wanted(only_build_requires=True, build_requires=True),
    ),
    "build-requirements-of-a-stub": Row(
        "setup.py",
        "setup()",
        ["setuptools", "flask", "click>=8"],
        Wanted(build_requires=True),
        {"setup.cfg": SETUP_CFG},
    ),
    "script": Row("script.py", SCRIPT, ["anyio==3.7.0"]),
    "script-without-a-block": Row("script.py", "", "script.py does not list its requirements"),
    "a-directory": Row(
        "requirements.in",
        "-e ./libs/core[x]\n./libs/core ; os_name == 'posix'\nsix\n",
        ["-e ./libs/core[x]", "./libs/core ; os_name == 'posix'", "six", "attrs", "babel", "attrs"],
        more={
            "libs/core/pyproject.toml": '[project]\nname = "core"\ndependencies = ["attrs"]\n'
            '[project.optional-dependencies]\nx = ["babel"]\n',
        },
    ),
    "a-link-that-is-a-text": Row("requirements.in", "lists/c.txt", ["cffi"]),
    "overrides": Row(
        "requirements.in",
        "six<1\nattrs\nbabel\n",
        ["six<1", "attrs"],
        Wanted(overrides=("lists/o.txt",), excludes=("lists/e.txt",)),
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
    "include-that-is-gone": Row(
        "requirements.in", "-r gone.txt\n", "includes gone.txt, which is not there"
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_inputs_are_read_or_said_to_be_unreadable(row: Row) -> None:
    # A setup.py or setup.cfg is not heeded beside a `[project]`.
    beside = {} if row.file.startswith("setup.") else {"pyproject.toml": PYPROJECT}
    tree = MemoryTree({**beside, **LISTS, row.file: row.content, **row.more})
    if isinstance(row.found, list):
        inputs = read_inputs(tree, [row.file], [], row.wanted)
        assert [item.text for item in inputs.requirements] == row.found
        return
    with pytest.raises((FindingError, UnprovableError)) as raised:
        read_inputs(tree, [row.file], [], row.wanted)
    assert row.found in str(raised.value)
