"""Verdicts on exports whose lines are taken out, or whose outputs have lines of their own."""

from __future__ import annotations

import pytest

from locksync.command_line import split_command
from locksync.findings import Code, Notice, Verdict
from locksync.model import Edits, Export, Result
from locksync.tools.registry import read_export
from locksync.verdict.check import check
from locksync.verdict.notices import notices_of
from tests.support.memory import MemoryTree
from tests.support.projects import poetry_lock, poetry_output, poetry_project

COMMAND = "poetry export -o requirements.txt"
KEEP = Edits(keep=("# *", "-e *"))
BARE = "flask==3.0.3 \\\n    --hash=sha256:aa\n"
OURS = f"# ours\n\n{poetry_output()}-e ./src\n"


def _export(edits: Edits, directory: str = "", *, strict: bool = False) -> Export:
    export = read_export(split_command(COMMAND), directory)
    return export._replace(edits=edits, strict=strict)


def _check(edits: Edits, tree: MemoryTree, *, strict: bool = False) -> Result:
    return check(_export(edits, strict=strict), tree)


@pytest.mark.parametrize(
    ("edits", "output"),
    [
        pytest.param(KEEP, OURS, id="kept"),
        pytest.param(KEEP, OURS.replace("\n", "\r\n"), id="windows-line-ends"),
        pytest.param(KEEP._replace(drop=("flask==*",)), "-e ./src\n", id="dropped"),
        pytest.param(Edits(markers=False), BARE, id="without-markers"),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_fresh(edits: Edits, output: str, strict: bool) -> None:
    result = _check(edits, MemoryTree(poetry_project(output=output)), strict=strict)
    assert (result.verdict, result.expected) == (Verdict.FRESH, None)


@pytest.mark.parametrize(
    ("edits", "output", "expected"),
    [
        pytest.param(KEEP, OURS, OURS.replace("3.0.3", "3.0.4"), id="kept"),
        pytest.param(
            KEEP,
            OURS.replace("\n", "\r\n"),
            OURS.replace("3.0.3", "3.0.4").replace("\n", "\r\n"),
            id="windows-line-ends",
        ),
        pytest.param(Edits(("flask*",)), OURS, "", id="dropped"),
        pytest.param(Edits(markers=False), OURS, BARE.replace("3.0.3", "3.0.4"), id="markers"),
    ],
)
def test_stale(edits: Edits, output: str, expected: str) -> None:
    files = {**poetry_project(output=output), "poetry.lock": poetry_lock("3.0.4")}
    result = _check(edits, MemoryTree(files, changed=["poetry.lock"]))
    assert [finding.code for finding in result.findings] == [Code.STALE]
    assert result.expected == expected.encode()
    again = MemoryTree({**files, "requirements.txt": expected})
    assert _check(edits, again, strict=True).verdict is Verdict.FRESH


def test_kept_lines_that_are_no_text_keep_their_bytes() -> None:
    files = {**poetry_project(), "poetry.lock": poetry_lock("3.0.4")}
    output = b"# caf\xe9\n" + poetry_output().encode()
    result = _check(KEEP, MemoryTree({**files, "requirements.txt": output}))
    assert result.expected == output.replace(b"3.0.3", b"3.0.4")
    again = MemoryTree({**files, "requirements.txt": result.expected or b""})
    assert _check(KEEP, again, strict=True).verdict is Verdict.FRESH


def test_kept_lines_of_a_file_that_is_gone_are_taken_from_git() -> None:
    tree = MemoryTree(poetry_project(output=None), head={"requirements.txt": OURS})
    result = _check(KEEP, tree)
    message = f"requirements.txt is missing: `{COMMAND}` with lines kept would write it"
    assert [finding.message for finding in result.findings] == [message]
    assert result.expected == OURS.encode()


def test_the_finding_names_the_edits() -> None:
    edits = Edits(("a",), ("b",), markers=False)
    behind = {**poetry_project(), "poetry.lock": poetry_lock("3.1.0")}
    (finding,) = _check(edits, MemoryTree(behind)).findings
    said = "with lines taken out, with lines kept, without markers"
    assert finding.message.endswith(f"it is not what `{COMMAND}` {said} writes")


def test_an_edit_of_what_is_not_kept_is_not_discarded() -> None:
    tree = MemoryTree(
        poetry_project(output=OURS.replace("3.0.3", "3.1")), changed=["requirements.txt"]
    )
    assert [finding.code for finding in _check(KEEP, tree).findings] == [Code.EDITED]


def test_a_kept_line_with_credentials_is_not_written() -> None:
    output = f"-e git+https://user:hunter2@example.org/x\n{poetry_output('3')}"
    result = _check(KEEP, MemoryTree(poetry_project(output=output)))
    message = "requirements.txt contains credentials, in the URL git+https://****@..."
    (finding,) = result.findings
    assert (finding.code, finding.message) == (Code.SECRET, message)
    assert result.expected is None


def _notices(edits: Edits, **outputs: str) -> list[Notice]:
    files: dict[str, str] = {}
    for directory, output in outputs.items():
        files.update(poetry_project(directory, output))
    tree = MemoryTree(files)
    return [*notices_of(check(_export(edits, directory), tree) for directory in outputs)]


def test_a_glob_that_matches_nothing_is_told_of() -> None:
    message = (
        f"'-i *' matches no line of a/requirements.txt, nor of what `{COMMAND}` writes: "
        "take it out of exports"
    )
    assert _notices(KEEP._replace(keep=("# *", "-i *")), a=OURS) == [
        Notice(message, "a/requirements.txt")
    ]


def test_a_glob_that_matches_something_somewhere_is_not() -> None:
    assert _notices(KEEP, a=OURS, b=poetry_output()) == []


def test_a_kept_line_in_place_of_a_pin_that_differs_is_told_of() -> None:
    message = (
        f"a/requirements.txt keeps another line for flask 3.0.3, which `{COMMAND}` would write"
    )
    edits = Edits(keep=("flask==*",))
    assert _notices(edits, a="flask==3.0.2\n") == [Notice(message, "a/requirements.txt")]
    assert _notices(edits._replace(drop=("flask==*",)), a="flask==3.0.2\n") == []
