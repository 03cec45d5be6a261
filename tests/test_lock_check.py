"""Whether a lock file is in step with its manifest: what we say is what the tool itself says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from locksync.command_line import Command
from locksync.findings import Code
from locksync.tools.registry import read_export
from locksync.verdict.check import check
from tests.support import real_tools
from tests.support.git import GitRepository
from tests.support.memory import MemoryTree
from tests.test_golden import CASES, Case

pytestmark = pytest.mark.real

PYPROJECT = """\
[project]
name = "web"
version = "1"
requires-python = ">=3.10"
dependencies = ["alpha>=1", "delta"]
[project.optional-dependencies]
docs = ["beta"]
[dependency-groups]
dev = ["gamma"]
lint = ["epsilon", {include-group = "dev"}]
[tool.pdm.dev-dependencies]
old = ["eta-theta"]
[tool.pdm.resolution.overrides]
gamma = "==1.0"
[tool.pdm]
distribution = true
[[tool.pdm.source]]
name = "here"
url = "URL"
[tool.other]
setting = 1
"""
CHANGES = {
    "dependency-added": ('"delta"]', '"delta", "zeta"]'),
    "dependency-removed": (', "delta"', ""),
    "dependency-tightened": ('"alpha>=1"', '"alpha>=1.1"'),
    "dependency-loosened": ('"alpha>=1"', '"alpha"'),
    "dependency-spaced": ('"alpha>=1"', '"alpha >= 1"'),
    "dependency-with-a-marker": ('"delta"', "\"delta; python_version > '3'\""),
    "dependency-with-an-extra": ('"alpha>=1"', '"alpha[x]>=1"'),
    "dependencies-in-another-order": ('"alpha>=1", "delta"', '"delta", "alpha>=1"'),
    "extra-added": ("[dependency-groups]", 'more = ["zeta"]\n[dependency-groups]'),
    "extra-removed": ('docs = ["beta"]\n', ""),
    "extra-changed": ('docs = ["beta"]', 'docs = ["beta>=1"]'),
    "extra-respelt": ('docs = ["beta"]', 'Docs = ["beta"]'),
    "group-added": ("[tool.pdm.dev-", 'more = ["zeta"]\n[tool.pdm.dev-'),
    "group-removed": (', {include-group = "dev"}', ""),
    "group-changed": ('dev = ["gamma"]', 'dev = ["gamma", "zeta"]'),
    "group-respelt": ('lint = ["eps', '"LINT" = ["eps'),
    "old-group-changed": ('"eta-theta"', '"eta-theta>=1"'),
    "old-group-moved": ('[tool.pdm.dev-dependencies]\nold = ["eta-theta"]', 'old = ["eta-theta"]'),
    "python-narrowed": ('">=3.10"', '">=3.11"'),
    "python-removed": ('requires-python = ">=3.10"\n', ""),
    "override-changed": ('gamma = "==1.0"', 'gamma = "==1.1"'),
    "override-removed": ('[tool.pdm.resolution.overrides]\ngamma = "==1.0"\n', ""),
    "exclude-added": (
        "[tool.pdm.resolution.overrides]",
        '[tool.pdm.resolution]\nexcludes = ["epsilon"]\n[tool.pdm.resolution.overrides]',
    ),
    "source-renamed": ('name = "here"', 'name = "there"'),
    "source-added": ("[tool.other]", '[[tool.pdm.source]]\nname = "b"\nurl = "URL"\n[tool.other]'),
    "source-unverified": ('name = "here"', 'name = "here"\nverify_ssl = false'),
    "name-changed": ('name = "web"', 'name = "site"'),
    "version-changed": ('version = "1"', 'version = "2"'),
    "distribution-changed": ("distribution = true", "distribution = false"),
    "another-table-changed": ("setting = 1", "setting = 2"),
    "lock-inputs-asked-for": (
        "[tool.pdm.resolution.overrides]",
        "[tool.pdm.resolution]\nlock_inputs = true\n[tool.pdm.resolution.overrides]",
    ),
}


def _is_fresh(project: Path) -> bool:
    """What PDM says; what we say is the same."""
    files = {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file()
    }
    export = read_export(Command(("pdm", "export")), "")
    findings = check(export, MemoryTree(files, root=str(project))).findings
    done = real_tools.run("pdm", "lock", "--check", cwd=project, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert all(finding.code is not Code.LOCK_STALE for finding in findings) == (not done.returncode)
    return not done.returncode


@pytest.mark.parametrize("change", [pytest.param(CHANGES[name], id=name) for name in CHANGES])
def test_we_agree_with_pdm_on_a_change_before_and_after_it_locks(
    change: tuple[str, str], index: str, tmp_path: Path, lock: bytes
) -> None:
    assert change[0] in PYPROJECT
    (tmp_path / "pdm.lock").write_bytes(lock)
    manifest = tmp_path / "pyproject.toml"
    manifest.write_text(PYPROJECT.replace(*change).replace("URL", index))
    if not _is_fresh(tmp_path):
        real_tools.run("pdm", "lock", "--update-reuse", cwd=tmp_path)
        if "lock_inputs" not in change[1]:
            assert _is_fresh(tmp_path)


@pytest.fixture(scope="module")
def lock(index: str, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The lock file that PDM makes of the project before any change."""
    project = tmp_path_factory.mktemp("project")
    (project / "pyproject.toml").write_text(PYPROJECT.replace("URL", index))
    real_tools.run("pdm", "lock", "-G", ":all", cwd=project)
    return (project / "pdm.lock").read_bytes()


OF_PDM = [case for case in CASES if case.tool == "pdm"]


@pytest.mark.parametrize("case", OF_PDM, ids=lambda case: case.folder.name)
def test_we_agree_with_pdm_on_every_golden_case(case: Case, repository: GitRepository) -> None:
    shutil.copytree(case.folder / "project", repository.path, dirs_exist_ok=True)
    _is_fresh(repository.path)
