"""docs/ci.md tells the truth: its jobs are valid, its commands run, its checkouts are tried."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from locksync import __version__
from locksync.cli import EPILOG
from tests.support.git import GitRepository
from tests.support.real_tools import TOP

PAGE = (TOP / "docs/ci.md").read_text(encoding="utf-8")
BLOCKS = [
    yaml.safe_load(block)
    for block in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
]
HOOKS, WORKFLOW, STEPS, GITLAB = BLOCKS
JOB: dict[str, Any] = WORKFLOW["jobs"]["check"]
INSTALL = f"locksync=={__version__}"


def _checkout(repository: GitRepository, depth: int) -> GitRepository:
    """A checkout as CI makes it: of one commit, with as much of the history as is said."""
    checkout = GitRepository(repository.path.parent / "checkout")
    url = repository.path.as_uri()
    checkout.git("remote", "add", "origin", url)
    checkout.git("fetch", "--quiet", f"--depth={depth}", "origin", "HEAD")
    checkout.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    return checkout


def _pull_request(repository: GitRepository, new: str) -> None:
    """The merge of a branch that has changed the pin of boto3 in the output alone."""
    repository.add_example("poetry")
    repository.commit()
    repository.git("switch", "--quiet", "--create", "bump")
    repository.replace("requirements.txt", "boto3==1.40.75", f"boto3=={new}")
    repository.commit()
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "--no-edit", "bump")


def test_the_hook_is_in_the_manifest() -> None:
    manifest = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    used = {hook["id"] for repo in HOOKS["repos"] for hook in repo["hooks"]}
    assert used <= {hook["id"] for hook in manifest}


def test_the_job_on_github_uses_what_our_own_workflows_use() -> None:
    ours = (TOP / ".github/workflows/tests.yml").read_text(encoding="utf-8")
    assert WORKFLOW["permissions"] == {}
    checkout, run = JOB["steps"]
    assert f"uses: {checkout['uses']} " in ours
    assert run["run"] == f"pipx run --spec {INSTALL} locksync check"
    assert STEPS == [{"run": "pipx run pre-commit run --all-files"}]


def test_the_job_on_gitlab_installs_this_version_and_checks() -> None:
    assert GITLAB["locksync"]["script"] == [f"pip install {INSTALL}", "locksync check"]


def test_the_exit_codes_are_those_of_the_command() -> None:
    told = re.findall(r"^ +(\d)  ", EPILOG, re.MULTILINE)
    assert re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE) == told


def test_the_example_is_what_a_pull_request_of_a_bot_prints(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pull_request(repository, "1.40.99")
    checkout = _checkout(repository, JOB["steps"][0]["with"]["fetch-depth"])
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    run = checkout.locksync("check")
    assert (run.code, run.stderr) == (1, "")
    assert f"```console\n$ locksync check\n{run.stdout}```" in PAGE
    before = checkout.read("requirements.txt")
    assert checkout.locksync("hook").code == 1
    assert checkout.read("requirements.txt") == before


@pytest.mark.parametrize(
    ("depth", "new", "finding"),
    [(1, "1.40.1", "LS001"), (2, "1.40.1", "LS006"), (1, "1.40.99", "LS006")],
    ids=["shallow", "with-the-parent", "shallow-but-newer"],
)
def test_on_github_the_parent_of_the_merge_is_enough_to_tell_edits(
    repository: GitRepository,
    monkeypatch: pytest.MonkeyPatch,
    depth: int,
    new: str,
    finding: str,
) -> None:
    _pull_request(repository, new)
    checkout = _checkout(repository, depth)
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert checkout.locksync("check", "--format", "text").findings == [finding]


@pytest.mark.parametrize(("depth", "findings"), [(1, []), (2, ["LS002"]), (9, ["LS002"])])
def test_on_github_a_pull_request_that_deletes_an_output_is_seen_with_its_base(
    repository: GitRepository,
    monkeypatch: pytest.MonkeyPatch,
    depth: int,
    findings: list[str],
) -> None:
    repository.add_example("poetry")
    repository.commit()
    repository.git("switch", "--quiet", "--create", "topic")
    (repository.path / "requirements.txt").unlink()
    repository.commit()
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
    checkout = _checkout(repository, depth)
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert checkout.locksync("check", "--format", "text").findings == findings


@pytest.mark.parametrize(("depth", "finding"), [(1, "LS001"), (9, "LS006")])
def test_on_gitlab_the_base_has_to_be_in_the_checkout(
    repository: GitRepository,
    monkeypatch: pytest.MonkeyPatch,
    depth: int,
    finding: str,
) -> None:
    _pull_request(repository, "1.40.1")
    base = repository.git("rev-parse", "main^1").strip()
    repository.git("checkout", "--quiet", "bump")
    checkout = _checkout(repository, depth)
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
    assert checkout.locksync("check").findings == [finding]


@pytest.mark.parametrize("is_used", [True, False], ids=["outside", "inside"])
def test_a_cache_in_the_repository_is_not_used(
    repository: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_used: bool
) -> None:
    repository.add_example("pipenv")
    repository.commit()
    place = (tmp_path if is_used else repository.path) / "cache"
    monkeypatch.setenv("LOCKSYNC_CACHE_DIR", str(place))
    assert repository.locksync("check").code == 0
    assert place.exists() == is_used


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_cache_that_others_can_write_to_is_not_used(
    repository: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.add_example("pipenv")
    repository.commit()
    place = tmp_path / "cache"
    place.mkdir()
    place.chmod(0o777)
    monkeypatch.setenv("LOCKSYNC_CACHE_DIR", str(place))
    assert repository.locksync("check").code == 0
    assert not [*place.iterdir()]
