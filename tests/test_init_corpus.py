"""`locksync init` on real projects: on what the real tools wrote, and on what is committed there.

Each test prints, with pytest's -rP, what it has counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from locksync.adoption.plan import Adoption, adopt
from locksync.adoption.settings_edits import add_settings
from locksync.discovery.search import Explanation, Origin
from locksync.discovery.survey import find_exports
from locksync.findings import Code, Verdict
from locksync.requirements.comparison import compare
from locksync.requirements.parsing import decode
from locksync.tools.registry import TOOLS
from locksync.verdict.check import check
from tests.support.memory import MemoryTree
from tests.test_corpus import ALL, CORPUS, Variant, by_tool

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"there is no collection of real lock files in {CORPUS}"
)

REQUIREMENT = re.compile(r"^\w", re.MULTILINE)
PER_OPTION = 2
"""How many projects stand for each kind of options."""


def _contents(case: Path) -> dict[str, bytes]:
    root = case / "files"
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def _tree(case: Path, contents: Mapping[str, bytes]) -> MemoryTree:
    root = (case / "files").resolve()
    directories = {
        path.relative_to(root).as_posix() for path in (root, *root.rglob("*")) if path.is_dir()
    }
    return MemoryTree(contents, directories=directories, root=str(root))


def _chosen(tool: str, request: pytest.FixtureRequest) -> Iterator[Variant]:
    """A few variants for each kind of options, of projects as different as can be."""
    counts: Counter[str] = Counter()
    written = [found for found in ALL[tool] if found.text and REQUIREMENT.search(found.text)]
    for number, variant in enumerate(sorted(written, key=lambda found: found.generation)):
        kind = re.sub(r"^(only|with|extra)-.*", r"\1", variant.name)
        is_turn = number % 7 == 0 and counts[kind] < PER_OPTION
        if is_turn or not counts[kind] or request.config.getoption("--exhaustive"):
            counts[kind] += 1
            yield variant


def _explained(tree: MemoryTree, output: str) -> Explanation:
    found = adopt(tree, find_exports(tree), "").explanations
    return next(one for one in found if one.output == output)


@by_tool
def test_finds_the_commands_of_the_real_tools(tool: str, request: pytest.FixtureRequest) -> None:
    found: Counter[bool] = Counter()
    missed = []
    for variant in _chosen(tool, request):
        output = f"{variant.directory}/deps.txt".lstrip("/")
        content = (variant.text or "").encode()
        tree = _tree(variant.case, {**_contents(variant.case), output: content})
        explanation = _explained(tree, output)
        is_found = explanation.origin is Origin.BYTES
        found[is_found] += 1
        if not is_found:
            missed.append((variant.case.name, variant.command, explanation.reason))
            continue
        assert explanation.export is not None
        codes = {finding.code for finding in check(explanation.export, tree).findings}
        # pipenv exports a lock file that is out of date all the same.
        assert codes <= {Code.LOCK_STALE, Code.MALFORMED, Code.SECRET}, variant
    print(f"{tool}: {found[True]} of {found.total()} commands found; not {missed}")
    assert found[True] >= 0.9 * found.total()


CASES = sorted(
    case.parent
    for tool in ALL
    for case in CORPUS.glob(f"{tool}/*/case.json")
    if any(case.parent.glob("files/**/*.txt"))
)


@cache
def _adopted(case: Path) -> Adoption:
    tree = _tree(case, _contents(case))
    return adopt(tree, find_exports(tree), "")


def test_claims_no_committed_file_that_is_not_so() -> None:
    """And finds those that have the meaning of what the real tool wrote with some options."""
    origins: Counter[str] = Counter()
    in_step = found_in_step = 0
    for case in CASES:
        contents = _contents(case)
        tree = _tree(case, contents)
        written = [
            found.text for tool in ALL for found in ALL[tool] if found.case == case and found.text
        ]
        for found in _adopted(case).explanations:
            origins[found.origin.value] += 1
            text = decode(contents[found.output])
            is_in_step = any(
                # Comparing takes long; the same requirements have as many lines at least.
                len(REQUIREMENT.findall(one)) == len(REQUIREMENT.findall(text))
                and not compare(text, one)
                for one in written
            )
            in_step += is_in_step
            found_in_step += is_in_step and found.is_found
            if found.is_found:
                assert found.export is not None
                verdict = check(found.export, tree).verdict
                expected = Verdict.STALE if found.origin is Origin.FORM else Verdict.FRESH
                assert verdict is expected, found
    print(f"{dict(origins)}; of {in_step} in step by meaning {found_in_step} were found")
    assert found_in_step == in_step


def test_a_second_run_configures_nothing(request: pytest.FixtureRequest) -> None:
    step = 1 if request.config.getoption("--exhaustive") else 3
    for case in CASES[::step]:
        contents = _contents(case)
        for settings in _adopted(case).settings:
            before = contents.get(settings.file, b"")
            contents[settings.file] = add_settings(before, settings)
            assert add_settings(contents[settings.file], settings) == contents[settings.file]
        tree = _tree(case, contents)
        survey = find_exports(tree)
        assert {finding.code for finding in survey.findings} <= {Code.UNEXPLAINED}
        configured = [found.output for found in _adopted(case).explanations if found.is_found]
        assert {*configured} <= {export.output for export in survey.exports}
        assert not any(settings.exports for settings in adopt(tree, survey, "").settings)


def test_what_a_header_tells_is_left_to_it() -> None:
    """Compiled files with a header are known without configuration, where their inputs are."""
    origins: Counter[str] = Counter()
    for case in sorted(CORPUS.glob("pip-compile/*/case.json"))[::3]:
        tree = _tree(case.parent, _contents(case.parent))
        survey = find_exports(tree)
        adoption = adopt(tree, survey, "")
        for found in adoption.explanations:
            origins[found.origin.value] += 1
            if found.is_found:
                assert found.export is not None
                assert TOOLS[found.export.tool].answer(found.export, tree).text != ""
    print(dict(origins))
    assert origins[Origin.HEADER.value] > 0.7 * origins.total()
