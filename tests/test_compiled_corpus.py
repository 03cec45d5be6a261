"""Compiled files of many real repositories: which are proved, and that no change is missed.

Each was written by somebody's pip-compile or uv, once; some are out of step, some were edited
afterwards. They are kept beside the checkout, see `tests/test_corpus.py`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from locksync.findings import Verdict
from locksync.model import Export
from locksync.requirements.parsing import decode
from locksync.tools.compiled.lock import parse_compiled
from locksync.tools.registry import TOOLS
from locksync.verdict.check import check
from tests.support.memory import MemoryTree
from tests.test_corpus import CORPUS

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"there is no collection of real lock files in {CORPUS}"
)
COMPILERS = {"pip-compile": "pip-compile", "uv": "uv pip compile"}
# Looked into one by one: what is wrong with the files, or was done to them after compiling.
OUT_OF_STEP = {
    "aio-libs__aiohttp": "a package that the command leaves out is pinned",
    "alphagov__notifications-api": "its settings are not among the files",
    "open-contracting__cove-ocds": "its settings are not among the files",
    "mozilla-releng__scriptworker-scripts": "a marker was written by hand",
    "DjangoGirls__djangogirls": "an input asks for another version",
    "eth-brownie__brownie--b2c4949d": "an included output was compiled anew",
    "lyft__confidant--cc72f7d1": "an input asks for another version",
    "nedbat__coveragepy--468a7fc5": "an input names another package",
    "mozilla-releng__scriptworker--09297998": "an input lost a requirement, as its SHA1 tells",
    "pypa__cibuildwheel__cibuildwheel_resources": "a line was added by a script",
}
EDITED_BY_SCRIPTS = "openedx__"
"""The projects of this owner take lines out of their compiled files."""


class Compiled(NamedTuple):
    """A compiled file of a repository."""

    case: str
    export: Export
    files: dict[str, bytes]

    @property
    def source(self) -> str:
        return TOOLS[self.export.tool].inputs(self.export)[0]


def _all() -> Iterator[Compiled | str]:
    """All compiled files; the names of those whose inputs cannot be found."""
    for path in sorted(CORPUS.glob("pip-compile/*/case.json")):
        root = path.parent / "files"
        files = {
            file.relative_to(root).as_posix(): file.read_bytes()
            for file in root.rglob("*")
            if file.is_file()
        }
        tree = MemoryTree(files)
        for pair in json.loads(path.read_text())["pairs"]:
            output = pair["out"]
            tool = TOOLS[COMPILERS[pair["gen"]]]
            export = tool.from_header(output, tree.start(output), tree)
            name = path.parent.name
            yield Compiled(name, export, files) if export else f"{name}/{output}"


FOUND = list(_all()) if CORPUS.is_dir() else []
COMPILED = [found for found in FOUND if isinstance(found, Compiled)]


def _verdict(compiled: Compiled, **changes: bytes) -> Verdict:
    places = {"source": compiled.source, "output": compiled.export.output}
    files = {**compiled.files, **{places[name]: content for name, content in changes.items()}}
    return check(compiled.export, MemoryTree(files)).verdict


def test_what_is_in_step_is_proved_to_be() -> None:
    """Prints, with pytest's -rP, a table of the verdicts and the reasons."""
    counts = Counter[str]()
    for compiled in COMPILED:
        result = check(compiled.export, MemoryTree(compiled.files))
        counts[result.verdict.value] += 1
        if result.verdict is not Verdict.FRESH:
            print(f"{result.verdict.value}: {compiled.case}: {result.findings[0].message}")
        if result.verdict is Verdict.STALE:
            assert compiled.case in OUT_OF_STEP or compiled.case.startswith(EDITED_BY_SCRIPTS)
    print(f"{dict(counts)}, no inputs: {len(FOUND) - len(COMPILED)}")
    assert counts["fresh"] > 0.95 * (len(COMPILED) - counts["stale"])


def _first(pattern: bytes, new: bytes) -> Callable[[bytes], bytes | None]:
    def change(content: bytes) -> bytes | None:
        changed, count = re.subn(pattern, new, content, count=1, flags=re.MULTILINE)
        return changed if count else None

    return change


def _direct_pin_renamed(content: bytes) -> bytes | None:
    lines = content.split(b"\n")
    for pin in parse_compiled(decode(content)).pins:
        if pin.requirement.name and any(source.startswith("-r ") for source in pin.sources):
            lines[pin.line - 1] = b"not-there-" + lines[pin.line - 1]
            return b"\n".join(lines)
    return None


NAME = rb"^([A-Za-z][\w.-]*)"
UNTIL_COMMENT = rb"(?:\[.*?\])?[^#;\n@]*?(?=\s*(?:[#;@]|$))"
CHANGES: dict[str, tuple[str, Callable[[bytes], bytes | None]]] = {
    "requirement-added": ("source", lambda content: content + b"\nnot-there-before\n"),
    "requirement-forbidden": ("source", _first(NAME + UNTIL_COMMENT, rb"\1<0.0.0.0.1")),
    "requirement-renamed": ("source", _first(NAME + rb"(?![\w.-]* ?@)", rb"not-there-\1")),
    "direct-pin-renamed": ("output", _direct_pin_renamed),
    "pin-for-nothing": ("output", lambda content: content + b"nothing==1\n    # via not-there\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_change_is_missed(change: str) -> None:
    where, make = CHANGES[change]
    tried = 0
    for compiled in COMPILED:
        path = compiled.source if where == "source" else compiled.export.output
        if path.endswith((".py", ".toml", ".cfg")) or _verdict(compiled) is not Verdict.FRESH:
            continue
        if (changed := make(compiled.files[path])) is None:
            continue
        assert _verdict(compiled, **{where: changed}) is Verdict.STALE, compiled.export.output
        tried += 1
    print(f"{change}: {tried} noticed")
    assert tried > 100
