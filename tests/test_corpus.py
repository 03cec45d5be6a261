"""A large collection of real lock files, with what the real tools wrote from each.

It is kept beside the checkout, where it is kept at all: the variable LOCKSYNC_CORPUS says where.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from locksync.command_line import Command
from locksync.findings import Code, FindingError, Verdict
from locksync.model import Export
from locksync.tools.registry import TOOLS, read_export
from locksync.verdict.check import check
from tests.support.memory import MemoryTree
from tests.support.real_tools import TOP

CORPUS = Path(os.environ.get("LOCKSYNC_CORPUS", TOP.parent / "shared" / "corpus"))
SAME = "the same bytes"
REFUSED = "refused by both"
VERDICTS_ONLY = ("check-lock", "verify")

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"there is no collection of real lock files in {CORPUS}"
)


class Variant(NamedTuple):
    """One command, run by the real tool in one real project."""

    case: Path
    name: str
    command: tuple[str, ...]
    directory: str
    text: str | None
    """What the tool wrote; None where it refused."""
    complaint: str
    generation: str
    """The tool and the version of the lock file's format."""

    @property
    def walked(self) -> bool:
        """Whether the lock file is one whose dependencies have to be walked."""
        return self.export.tool == "poetry" and "2.1" not in self.generation

    @property
    def export(self) -> Export:
        stdout = "OUT.txt" if self.command[0] == "pipenv" else None
        return read_export(Command(self.command, stdout), self.directory)


def variants(tool: str) -> Iterator[Variant]:
    for path in sorted(CORPUS.glob(f"{tool}/*/case.json")):
        case = json.loads(path.read_text())
        root = str((path.parent / "files").resolve())
        for name, expected in case["expected"].items():
            if name in (*VERDICTS_ONLY, "stdout"):
                continue
            text = None
            if expected["rc"] == 0:
                written = path.parent / "expected" / expected["text"]
                text = written.read_bytes().decode().replace("@ROOT@", root)
            directory = "" if case["cwd"] == "." else case["cwd"]
            words = tuple(shlex.split(expected["command"]))
            complaint = expected.get("message", "")
            generation = f"{tool} {case['generation'].partition(';')[0]}"
            yield Variant(path.parent, name, words, directory, text, complaint, generation)


def _tree(variant: Variant, **contents: bytes | str) -> MemoryTree:
    """The project in memory; the contents given replace those of the lock or the output."""
    root = (variant.case / "files").resolve()
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }
    directories = {
        path.relative_to(root).as_posix() for path in (root, *root.rglob("*")) if path.is_dir()
    }
    export = variant.export
    lock = TOOLS[export.tool].inputs(export)[0]
    places = {"lock": lock, "output": export.output}
    replaced = {
        places[name]: content.encode() if isinstance(content, str) else content
        for name, content in contents.items()
    }
    return MemoryTree(
        {**files, **replaced}, changed=[lock], directories=directories, root=str(root)
    )


ALL = {tool: list(variants(tool)) for tool in ("poetry", "pipenv")}
by_tool = pytest.mark.parametrize("tool", list(ALL))


@by_tool
def test_renders_the_bytes_the_real_tool_wrote(tool: str) -> None:
    """Prints, with pytest's -rP, a row for each generation of lock files."""
    outcomes = [(variant, _outcome(variant)) for variant in ALL[tool]]
    for generation in sorted({variant.generation for variant in ALL[tool]}):
        those = [found for found in outcomes if found[0].generation == generation]
        cases = len({variant.case for variant, _ in those})
        counts = Counter(outcome for _, outcome in those)
        said = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
        print(f"{generation}: {cases} cases, {len(those)} variants: {said}")
    different = [
        (variant.case.name, variant.name, outcome)
        for variant, outcome in outcomes
        if outcome not in (SAME, REFUSED)
    ]
    assert not different


def _outcome(variant: Variant) -> str:
    """How what we write, or why we do not, compares with what the real tool did."""
    try:
        text = TOOLS[variant.export.tool].answer(variant.export, _tree(variant)).text
    except FindingError as error:
        if error.finding.code is Code.UNSUPPORTED:
            return f"unknown: {error.finding.message}"
        text = None
    if text != variant.text:
        return "different"
    return REFUSED if text is None else SAME


@by_tool
def test_agrees_with_the_real_tool_on_stale_locks(tool: str) -> None:
    complaints = {"poetry": "changed significantly since", "pipenv": "out-of-date"}
    for path in sorted(CORPUS.glob(f"{tool}/*/case.json")):
        variants = [variant for variant in ALL[tool] if variant.case == path.parent]
        expected = json.loads(path.read_text())["expected"]
        verdict = next((expected[name] for name in VERDICTS_ONLY if name in expected), None)
        if not variants or verdict is None:
            continue
        result = check(variants[0].export, _tree(variants[0]))
        codes = {finding.code for finding in result.findings}
        if tool == "pipenv" and "Error" in verdict.get("message", ""):
            # It ends in a traceback for some Pipfiles that `pipenv requirements` takes.
            manifest = result.inputs[1]
            assert (Code.MALFORMED, manifest) in {
                (found.code, found.file) for found in result.findings
            }
            continue
        stale = any(complaints[tool] in told.get("message", "") for told in expected.values())
        assert (Code.LOCK_STALE in codes) is stale or Code.CONFLICTED in codes, path.parent.name


def _pins(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^\s;]+)", text, re.MULTILINE)


def _poetry_block(lock: str, name: str, version: str) -> tuple[int, int]:
    start = next(
        match.start()
        for match in re.finditer(r'^\[\[package\]\]\nname = "(.+)"\nversion = "(.+)"', lock, re.M)
        if (match[1].lower().replace("_", "-").replace(".", "-"), match[2]) == (name, version)
    )
    end = re.compile(r"^\[\[package\]\]|^\[(?:extras|metadata)\]", re.M).search(lock, start + 1)
    assert end is not None
    return start, end.start()


def _poetry_version(lock: str, name: str, version: str) -> str:
    start, end = _poetry_block(lock, name, version)
    block = lock[start:end].replace(f'version = "{version}"', 'version = "9999.1"', 1)
    return lock[:start] + block + lock[end:]


def _poetry_removed(lock: str, name: str, version: str) -> str:
    start, end = _poetry_block(lock, name, version)
    return lock[:start] + lock[end:]


def _poetry_hash_removed(lock: str, name: str, version: str) -> str:
    start, end = _poetry_block(lock, name, version)
    block = re.sub(r"^    \{file = .*\},?\n", "", lock[start:end], count=1, flags=re.M)
    return lock[:start] + block + lock[end:]


def _pipenv(change: Callable[[dict[str, dict[str, object]], str], None]) -> Mutation:
    def mutate(lock: str, name: str, version: str) -> str:
        document = json.loads(lock)
        for section, packages in document.items():
            if section != "_meta" and name in packages:
                change(packages, name)
        return json.dumps(document)

    return mutate


def _pipenv_version(packages: dict[str, dict[str, object]], name: str) -> None:
    packages[name]["version"] = "==9999.1"


def _pipenv_removed(packages: dict[str, dict[str, object]], name: str) -> None:
    del packages[name]


def _pipenv_hash_removed(packages: dict[str, dict[str, object]], name: str) -> None:
    hashes = packages[name]["hashes"]
    assert isinstance(hashes, list)
    packages[name]["hashes"] = [digest for digest in hashes if digest != hashes[0]]


Mutation = Callable[[str, str, str], str]
MUTATIONS: dict[str, dict[str, Mutation]] = {
    "poetry": {
        "version": _poetry_version,
        "removed": _poetry_removed,
        "hash": _poetry_hash_removed,
    },
    "pipenv": {
        "version": _pipenv(_pipenv_version),
        "removed": _pipenv(_pipenv_removed),
        "hash": _pipenv(_pipenv_hash_removed),
    },
}


@by_tool
@pytest.mark.parametrize("mutation", ["version", "removed", "hash"])
def test_notices_a_change_of_the_lock_and_its_undoing(
    tool: str, mutation: str, request: pytest.FixtureRequest
) -> None:
    tried = 0
    # Without --exhaustive, a third of the variants for each mutation.
    step = 1 if request.config.getoption("--exhaustive") else 3
    first = list(MUTATIONS[tool]).index(mutation) % step
    # A walk over a changed lock file mostly fails, as poetry's does.
    variants = [variant for variant in ALL[tool] if not variant.walked]
    for number, variant in list(enumerate(variants))[first::step]:
        text = variant.text
        if not text or not (pins := _pins(text)) or (mutation == "hash" and "--hash=" not in text):
            continue
        name, version = pins[number % len(pins)]
        if mutation == "hash" and not re.search(rf"^{name}==.*[\s\\]+--hash=\w", text, re.M):
            continue
        export = variant.export
        lock = _tree(variant).read(TOOLS[tool].inputs(export)[0])
        assert lock is not None
        changed = MUTATIONS[tool][mutation](lock.decode("utf-8-sig"), name, version)
        after = check(export, _tree(variant, lock=changed, output=text))
        # Where no commit tells, a file of one pin may be taken for an edit.
        codes = {finding.code for finding in after.findings}
        assert codes & {Code.STALE, Code.EDITED}, (variant, name)
        assert after.verdict is not Verdict.FRESH
        undone = {finding.code for finding in check(export, _tree(variant, output=text)).findings}
        assert undone <= {Code.LOCK_STALE, Code.MALFORMED}, (variant, name)
        tried += 1
    print(f"{tool}: {mutation}: {tried} noticed")
    assert tried > 0
