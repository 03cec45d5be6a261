"""The configurations of docs/switching.md are valid, before and after."""

from __future__ import annotations

import re

import pytest
import yaml

from locksync.command_line import redirect
from locksync.tools.registry import TOOLS, read_export
from tests.support.real_tools import TOP

PAGE = (TOP / "docs/switching.md").read_text(encoding="utf-8")
README = (TOP / "README.md").read_text(encoding="utf-8")
MANIFEST = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
REPOSITORIES = [repository for block in BLOCKS for repository in yaml.safe_load(block)]
OURS = [found for found in REPOSITORIES if found["repo"].endswith("/locksync")]
BY_HOOK = {tool.about.hook: tool for tool in TOOLS.values()}


def test_each_tool_has_a_configuration_before_and_after() -> None:
    assert len(OURS) == 6
    assert len(REPOSITORIES) == 11
    for found in OURS:
        assert f"rev: {found['rev']}" in README


@pytest.mark.parametrize(
    "hook",
    [hook for found in OURS for hook in found["hooks"]],
    ids=lambda hook: hook["id"],
)
def test_a_hook_of_ours_is_in_the_manifest_and_takes_its_arguments(hook: dict[str, object]) -> None:
    ids = [known["id"] for known in MANIFEST]
    assert hook["id"] in ids
    arguments = hook.get("args", [])
    assert isinstance(arguments, list)
    if arguments:
        tool = BY_HOOK[str(hook["id"])]
        export = read_export(redirect((*tool.about.command, *arguments)), "")
        assert export.output.startswith("requirements")


def test_the_same_arguments_are_given_before_and_after() -> None:
    before = [found for found in REPOSITORIES if found not in OURS and found["repo"] != "local"]
    given = [hook["args"] for found in before for hook in found["hooks"]]
    kept = [hook.get("args") for found in OURS for hook in found["hooks"]]
    assert [arguments for arguments in kept if arguments in given] == given
