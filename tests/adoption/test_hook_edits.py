"""The hook is added to people's files without a change to their own lines."""

from __future__ import annotations

import pytest
import yaml

from locksync import __version__
from locksync.adoption.hook_edits import HOOK_FILE, add_hook
from locksync.findings import FindingError

ENTRY = f"""\
- repo: https://github.com/locksync/locksync
  rev: v{__version__}
  hooks:
  - id: locksync
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", f"repos:\n{ENTRY}", id="a new file"),
        pytest.param(
            "# ours\nrepos:\n- repo: local  # here\n  hooks:\n  - id: a\n    args: [--x]\n",
            "# ours\nrepos:\n- repo: local  # here\n  hooks:\n  - id: a\n    args: [--x]\n" + ENTRY,
            id="comments stay",
        ),
        pytest.param(
            "repos:\n  - repo: local\n    hooks:\n      - id: a\n\n# settings\nci:\n  skip: [a]",
            "repos:\n  - repo: local\n    hooks:\n      - id: a\n"
            "  - repo: https://github.com/locksync/locksync\n"
            f"    rev: v{__version__}\n    hooks:\n      - id: locksync\n"
            "\n# settings\nci:\n  skip: [a]",
            id="indented, and not last",
        ),
        pytest.param(
            "repos:\r\n- repo: a\r\n  hooks:\r\n  - id: a\r\n    name: |\r\n      x\r\n      y\r\n",
            "repos:\r\n- repo: a\r\n  hooks:\r\n  - id: a\r\n    name: |\r\n      x\r\n      y\r\n"
            + ENTRY.replace("\n", "\r\n"),
            id="line ends of Windows, a block of text at the end",
        ),
        pytest.param(f"repos:\n{ENTRY}", f"repos:\n{ENTRY}", id="there already"),
        pytest.param(
            "repos:\n- repo: local\n  hooks:\n  - {id: 'a'}\n",
            f"repos:\n- repo: local\n  hooks:\n  - {{id: 'a'}}\n{ENTRY}",
            id="flow style within",
        ),
    ],
)
def test_adds_the_hook(before: str, after: str) -> None:
    written = add_hook(before.encode())
    assert written.decode() == after
    assert add_hook(written) == written
    assert yaml.safe_load(after)["repos"]


@pytest.mark.parametrize(
    "before",
    ["repos: []\n", "repos: [{repo: local, hooks: []}]\n", "- a\n", "a: [\n", "x\n", "repos:\n"],
)
def test_refuses_to_add_the_hook_where_it_cannot(before: str) -> None:
    with pytest.raises(
        FindingError, match=f"{HOOK_FILE} cannot be edited by locksync: add the hook"
    ):
        add_hook(before.encode())
