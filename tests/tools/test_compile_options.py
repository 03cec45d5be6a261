"""The tables of options of both compilers: complete, with a reason each, and true."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest

from locksync.findings import Verdict
from locksync.tools import pip_compile, uv_pip_compile
from locksync.tools.compiled.option_table import Table
from locksync.tools.pip_compile.option_table import PIP_TABLE, TABLE
from locksync.tools.protocol import Tool
from locksync.tools.uv_pip_compile.option_table import TABLE as UV_TABLE
from locksync.verdict.check import check
from tests.support import real_tools
from tests.support.memory import MemoryTree

TABLES = {"pip-compile": TABLE, "uv pip compile": UV_TABLE, "pip": PIP_TABLE}
OPTION = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")


def _options_in(help_text: str) -> set[str]:
    """The options that a help text lists, each at the start of its line."""
    found: set[str] = set()
    for line in help_text.splitlines():
        if line.lstrip().startswith("-"):
            found.update(OPTION.findall(re.split(r"\s{2,}(?!-)|<", line.strip())[0]))
    return found


def _spellings(table: Table) -> set[str]:
    return {name for option in table for name in option.names}


@pytest.mark.real
@pytest.mark.parametrize("name", ["pip-compile", "uv pip compile"])
def test_the_table_has_every_option_of_the_tool(name: str, tmp_path: Path) -> None:
    program, *words = name.split()
    text = real_tools.run(program, *words, "--help", cwd=tmp_path).stdout
    options = _options_in(text)
    assert len(options) > 50
    assert sorted(options - _spellings(TABLES[name])) == []


def test_an_option_that_a_table_lacks_is_noticed() -> None:
    text = "  -x, --new-one TEXT   Like --other\n      --third <VALUE>\n  --a / --no-a  Say --b\n"
    assert _options_in(text) == {"-x", "--new-one", "--third", "--a", "--no-a"}


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_option_stands_once_and_has_a_reason(table: Table) -> None:
    names = [name for option in table for name in option.names]
    assert len(names) == len({*names})
    assert all(option.why for option in table)


class Row(NamedTuple):
    """An option, and what is said of a file that has it in its header."""

    option: str
    verdict: Verdict = Verdict.FRESH
    lines: str = ""
    """The option lines of the file."""
    files: dict[str, str] = {}  # noqa: RUF012 - nobody writes to it.


FRESH, STALE, UNKNOWN = Verdict.FRESH, Verdict.STALE, Verdict.UNKNOWN
PROJECT = (
    '[project]\nname = "web"\ndependencies = ["flask"]\n'
    '[project.optional-dependencies]\na = ["flask>3"]\nb = ["flask<{}"]\n'
)
OF_PIP_COMPILE = {
    "extras-with-commas": Row("--extra=a,b", files={"pyproject.toml": PROJECT.format(4)}),
    "extras-with-commas-wrong": Row(
        "--extra=a,b", STALE, files={"pyproject.toml": PROJECT.format(3)}
    ),
    "cache-dir": Row("--cache-dir=x"),
    "dry-run": Row("--dry-run", UNKNOWN),
    "color": Row("--no-color"),
    "certificates": Row("--cert=a --client-cert=b"),
    "pip-args-that-find": Row("--pip-args='--retries 2 --platform x --only-binary=:all:'", STALE),
    "pip-args-with-a-line": Row("--pip-args='--only-binary :all:'", lines="--only-binary :all:\n"),
    "pip-args-with-an-index": Row(
        "--pip-args='-i https://a.example/s --trusted-host a.example'",
        lines="--index-url https://a.example/s\n--trusted-host a.example\n",
    ),
    "pip-args-without-its-index": Row("--pip-args='-i https://a.example/s'", STALE),
    "pip-args-without-an-index": Row("--pip-args='--no-index -i https://a.example/s'"),
    "pip-args-that-write": Row("--pip-args='--log x'", UNKNOWN),
    "pip-args-that-write-too": Row("--pip-args='--report x'", UNKNOWN),
    "pip-args-with-constraints": Row("--pip-args='-c x'", UNKNOWN),
    "build-requirements": Row("--all-build-deps"),
}
OF_UV = {
    "for-the-sake-of-pip-compile": Row(
        "--no-emit-index-url --no-emit-find-links --no-emit-options --allow-unsafe "
        "--resolver=backtracking --no-reuse-hashes --no-emit-trusted-host"
    ),
    "extras-with-commas": Row("--extra a,b", files={"pyproject.toml": PROJECT.format(4)}),
    "extras-with-commas-wrong": Row(
        "--extra a,b", STALE, files={"pyproject.toml": PROJECT.format(3)}
    ),
    "fetching": Row("--keyring-provider subprocess --cache-dir x --torch-backend cpu --offline"),
    "building": Row("-C a=b --config-settings-package a:b=c --no-build-isolation"),
    "project": Row("--project elsewhere"),
    "settings-elsewhere": Row("--config-file x.toml", UNKNOWN),
    "build-options": Row(
        "--only-binary a,b --emit-build-options", lines="--only-binary a\n--only-binary b\n"
    ),
    "build-options-missing": Row("--only-binary a,b --emit-build-options", STALE),
    "build-options-not-emitted": Row("--only-binary a"),
    "left-out-with-commas": Row("--no-emit-package six,rich", files={"a.in": "flask\nsix\n"}),
    "format": Row("--format requirements.txt"),
    "format-of-tomorrow": Row("--format cyclonedx1.5", UNKNOWN),
    "what-is-tried-out": Row("--preview", UNKNOWN),
    "new": Row("--not-there-yet", UNKNOWN),
}


@pytest.mark.parametrize("row", OF_PIP_COMPILE.values(), ids=list(OF_PIP_COMPILE))
def test_what_the_options_of_pip_compile_do(row: Row) -> None:
    assert _verdict(pip_compile.TOOL, row) is row.verdict


@pytest.mark.parametrize("row", OF_UV.values(), ids=list(OF_UV))
def test_what_the_options_of_uv_do(row: Row) -> None:
    assert _verdict(uv_pip_compile.TOOL, row) is row.verdict


def _verdict(tool: Tool, row: Row) -> Verdict:
    source = next(iter(row.files), "a.in")
    named = "web (pyproject.toml)" if source == "pyproject.toml" else f"-r {source}"
    output = f"{row.lines}flask==3.0.3\n    # via {named}\n"
    export = tool.read((*shlex.split(row.option), "-o", "a.txt", source), "", None)
    tree = MemoryTree({"a.in": "flask\n", **row.files, "a.txt": output})
    result = check(export, tree)
    print(result.findings)
    return result.verdict
