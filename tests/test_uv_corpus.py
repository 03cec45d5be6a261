"""A large collection of real uv.lock files: what uv wrote from each is what locksync would.

It is kept beside the checkout, see `tests/test_corpus.py`.
"""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from locksync.discovery.survey import find_exports
from locksync.findings import Code, Verdict
from locksync.repository.working_tree import Repository
from locksync.verdict.ask import ask
from locksync.verdict.check import check
from locksync.verdict.check_all import check_all
from locksync.verdict.memory import Memory
from tests.support import real_tools
from tests.support.git import GitRepository
from tests.test_corpus import CORPUS, variants

pytestmark = [
    pytest.mark.real,
    pytest.mark.usefixtures("uv_on_path"),
    pytest.mark.skipif(
        not CORPUS.is_dir(), reason=f"there is no collection of real lock files in {CORPUS}"
    ),
]
VARIANTS = list(variants("uv")) if CORPUS.is_dir() else []
CASES = sorted({variant.case for variant in VARIANTS})


@pytest.fixture
def project(case: Path, repository: GitRepository) -> GitRepository:
    shutil.copytree(case / "files", repository.path, dirs_exist_ok=True)
    for path in (repository.path, *repository.path.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)
    repository.git("add", "--all", "--force")
    return repository


each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@each_case
def test_what_locksync_would_write_is_what_uv_wrote(case: Path, project: GitRepository) -> None:
    repository = Repository(str(project.path))
    outcomes = Counter[str]()
    for variant in (variant for variant in VARIANTS if variant.case == case):
        export = variant.export._replace(output=f"{variant.directory}/written.txt".lstrip("/"))
        result = ask(check(export, repository), repository)
        codes = {finding.code for finding in result.findings}
        if variant.text is None:
            assert codes & {Code.REFUSED, Code.MALFORMED}, result.findings
        else:
            assert result.expected == variant.text.encode(), variant.name
        outcomes["written" if result.expected else "refused"] += 1
    assert outcomes


@each_case
def test_the_verdict_on_committed_exports_is_that_of_running_uv(
    case: Path, project: GitRepository
) -> None:
    repository = Repository(str(project.path))
    exports = [found for found in find_exports(repository).exports if found.tool == "uv export"]
    before = {export: project.read(export.output) for export in exports}
    strict = [export._replace(strict=True) for export in exports]
    for result in check_all(strict, repository, Memory(None, repository), {}).results:
        export = result.export._replace(strict=False)
        by_hand = real_tools.run(
            "uv",
            "export",
            *("--frozen" if word == "--locked" else word for word in export.arguments),
            cwd=project.path / export.directory,
            environment={"UV_FROZEN": "1", "UV_OFFLINE": "1"},
            check=False,
        )
        codes = {finding.code for finding in result.findings} - {Code.LOCK_STALE, Code.UNSUPPORTED}
        if by_hand.returncode:
            assert result.verdict is Verdict.UNKNOWN
            continue
        written = project.read(export.output).replace("--frozen", "--locked")
        is_same = written == before[export].replace("--frozen", "--locked")
        assert (not codes) is is_same, (export.output, result.findings)
