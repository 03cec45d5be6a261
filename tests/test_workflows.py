"""What runs on GitHub: named, pinned, and allowed nothing that it does not need."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import tomli
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from locksync.requirements.parsing import parse
from tests.support.real_tools import TOP

GITHUB = TOP / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
TEMPLATES = sorted({*GITHUB.glob("ISSUE_TEMPLATE/*.yml")} - {GITHUB / "ISSUE_TEMPLATE/config.yml"})
PROJECT = tomli.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = re.compile(r"uses: ([\w/-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)")


def _jobs(path: Path) -> dict[str, dict[str, Any]]:
    jobs: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return jobs


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_do_nothing_that_is_not_named(path: Path) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"] == {}
    for job in _jobs(path).values():
        assert job["permissions"] in ({"contents": "read"}, {"id-token": "write"})
        assert "uses" in job or job["timeout-minutes"] <= 60
        for step in job.get("steps", ()):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
            # What others name, such as a branch, is not to become a part of a command.
            assert "${{" not in step.get("run", "")


def test_every_action_is_pinned_by_its_commit_and_says_its_version() -> None:
    versions = set()
    for path in WORKFLOWS:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "uses:" in line and "uses: ./" not in line:
                found = PINNED.search(line)
                assert found, f"{path.name}: {line}"
                versions.add(found.groups())
    assert len(versions) == len({action for action, _, _ in versions})


def test_the_pythons_that_are_tested_are_those_that_are_promised() -> None:
    tested = _jobs(GITHUB / "workflows/tests.yml")["matrix"]["strategy"]["matrix"]["python"]
    promised = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["classifiers"]))
    assert set(promised) <= set(tested)
    assert PROJECT["requires-python"] == f">={tested[0]}"


def test_the_oldest_dependencies_are_those_that_are_allowed() -> None:
    text = (TOP / "requirements/minimum.txt").read_text(encoding="utf-8")
    pins = {
        canonicalize_name(entry.name): entry
        for entry in map(Requirement, re.findall(r"^[\w.-]+==\S+", text, re.MULTILINE))
    }
    assert not parse(text).options
    for line in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]):
        wanted = Requirement(line)
        (oldest,) = (part.version for part in wanted.specifier if part.operator == ">=")
        pin = pins[canonicalize_name(wanted.name)]
        assert Version(oldest) == Version(str(pin.specifier).lstrip("=")), line


def test_what_is_asked_of_reporters_is_a_form() -> None:
    assert len(TEMPLATES) == 4
    for path in TEMPLATES:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert set(form) == {"name", "description", "labels", "body"}
        fields = [field["id"] for field in form["body"] if field["type"] != "markdown"]
        assert len(set(fields)) == len(fields)
    asked = (GITHUB / "ISSUE_TEMPLATE/wrong-verdict.yml").read_text(encoding="utf-8")
    assert "`locksync list -v`" in asked
    assert "`locksync --version`" in asked
