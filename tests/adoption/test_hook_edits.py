"""The hook is added to people's files without a change to their own lines."""

from __future__ import annotations

import pytest
import yaml

from locksync import __version__
from locksync.adoption.hook_edits import HOOK_FILE, add_hook, rivals
from locksync.adoption.own_hooks import exports_of
from locksync.findings import FindingError
from tests.support.memory import MemoryTree

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


REPLACED = """\
repos:
- repo: https://github.com/python-poetry/poetry
  rev: 1.8.3
  hooks:
  - id: poetry-check
  - id: poetry-export  # ours
    args: ["-f", "requirements.txt", "--without-hashes", "-o", "all.txt"]
  - id: poetry-export
    args:
      - --only=dev
      - -o
      - dev.txt
# the last
- repo: https://github.com/pdm-project/pdm
  rev: 2.29.3
  hooks:
  - id: pdm-export
- repo: https://github.com/astral-sh/uv-pre-commit
  rev: 0.13.9
  hooks:
  - id: uv-export
    args: [--frozen, -o, uv.txt]
"""


def test_takes_the_place_of_the_tools_own_hooks() -> None:
    """Two hooks that rewrite one file never let a commit pass."""
    written = add_hook(REPLACED.encode())
    assert written.decode() == (
        "repos:\n"
        "- repo: https://github.com/python-poetry/poetry\n"
        "  rev: 1.8.3\n  hooks:\n  - id: poetry-check\n"
        f"# the last\n{ENTRY}"
    )
    assert add_hook(written) == written
    assert rivals(written) == []


def test_takes_the_commands_of_the_hooks_that_it_replaces() -> None:
    files = {"poetry.lock": "", "pdm.lock": "", "uv.lock": ""}
    found = exports_of(rivals(REPLACED.encode()), MemoryTree(files))
    # The headers of the others tell what there is to tell.
    assert [export.command for export in found] == [
        "poetry export -f requirements.txt --without-hashes -o all.txt",
        "poetry export --only=dev -o dev.txt",
    ]
    assert list(exports_of(rivals(REPLACED.encode()), MemoryTree({}))) == []


@pytest.mark.parametrize(
    ("entry", "command"),
    [
        pytest.param("poetry export -o a.txt", "poetry export -o a.txt", id="a command"),
        pytest.param("bash -c 'poetry export | sed s/a/b/ > a.txt'", None, id="a script"),
    ],
)
def test_hooks_of_the_repository_itself(entry: str, command: str | None) -> None:
    """A command is replaced. What else runs the tool is named, and left to the user."""
    before = f'repos:\n- repo: local\n  hooks:\n  - id: x\n  - id: y\n    entry: "{entry}"\n'
    (found,) = rivals(before.encode())
    exports = exports_of([found], MemoryTree({"poetry.lock": ""}))
    assert [export.command for export in exports] == ([command] if command else [])
    assert found.can_be_replaced == bool(command)
    after = before.partition("  - id: y")[0] if command else before
    assert add_hook(before.encode()).decode() == after + ENTRY


def test_another_hook_of_ours_is_no_rival() -> None:
    ours = f"repos:\n{ENTRY}".replace("id: locksync", "id: poetry-export\n    args: [-o, a.txt]")
    assert rivals(ours.encode()) == []
    assert rivals(b"a: [ # poetry") == []
