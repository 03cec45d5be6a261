"""Verdicts on one export, decided in memory."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from locksync.command_line import split_command
from locksync.findings import Code, Verdict, worst
from locksync.model import ChangedPin, Difference, How, Result
from locksync.tools.registry import read_export
from locksync.verdict.check import check
from tests.support.findings import Told, told
from tests.support.memory import MemoryTree
from tests.support.projects import (
    PIPENV_OUTPUT,
    PYPROJECT,
    pdm_project,
    pipenv_project,
    pipfile_lock,
    poetry_lock,
    poetry_output,
    poetry_project,
)

POETRY = "poetry export -o requirements.txt"
PIPENV = "pipenv requirements > requirements.txt"
FIX = "locksync fix requirements.txt"


def _check(command: str, tree: MemoryTree, strict: bool = False) -> Result:
    return check(read_export(split_command(command), "")._replace(strict=strict), tree)


def _poetry(tree: MemoryTree, strict: bool = False) -> Result:
    return _check(POETRY, tree, strict)


def test_fresh() -> None:
    result = _poetry(MemoryTree(poetry_project()))
    assert (result.verdict, result.how) == (Verdict.FRESH, How.RENDERED)
    assert (result.findings, result.expected) == ((), None)
    assert result.inputs == ("poetry.lock", "pyproject.toml")


def test_each_file_is_read_once() -> None:
    tree = MemoryTree(poetry_project())
    _poetry(tree)
    assert sorted(tree.reads) == ["poetry.lock", "pyproject.toml", "requirements.txt"]


@pytest.mark.parametrize(
    "output",
    [
        pytest.param(poetry_output().replace("\n", "\r\n"), id="windows-line-ends"),
        pytest.param("# our pins\n" + poetry_output(), id="a-comment"),
        pytest.param(
            "flask==3.0.3 ; python_version>='3.9' --hash=sha256:aa\n", id="another-spelling"
        ),
    ],
)
def test_fresh_by_meaning(output: str) -> None:
    result = _poetry(MemoryTree(poetry_project(output=output)))
    assert (result.verdict, result.expected) == (Verdict.FRESH, None)


def test_strict_asks_for_the_bytes_but_not_for_line_ends() -> None:
    windows = poetry_output().replace("\n", "\r\n")
    assert _poetry(MemoryTree(poetry_project(output=windows)), strict=True).verdict is Verdict.FRESH
    commented = "# our pins\r\n" + windows
    result = _poetry(MemoryTree(poetry_project(output=commented)), strict=True)
    message = f"requirements.txt means what `{POETRY}` writes, but its bytes differ"
    assert told(result.findings) == (Told(Code.STALE, message, "requirements.txt", None, FIX),)
    assert result.expected == windows.encode()


def test_strict_takes_another_spelling_for_an_edit_where_git_tells_of_one() -> None:
    project = poetry_project(output="# our pins\n" + poetry_output())
    result = _poetry(MemoryTree(project, changed=["requirements.txt"]), strict=True)
    assert [finding.code for finding in result.findings] == [Code.EDITED]
    changed = ["requirements.txt", "poetry.lock"]
    result = _poetry(MemoryTree(project, changed=changed), strict=True)
    assert [finding.code for finding in result.findings] == [Code.STALE]


class State(NamedTuple):
    """A state of a project and what is to be said of it."""

    tree: MemoryTree
    finding: Told
    expected: str | None = None


def _with(**contents: str | None) -> dict[str, str]:
    names = {"lock": "poetry.lock", "manifest": "pyproject.toml", "output": "requirements.txt"}
    files: dict[str, str | None] = {**poetry_project()}
    files.update({names[key]: value for key, value in contents.items()})
    return {name: content for name, content in files.items() if content is not None}


NEW = poetry_lock("3.0.4")
BEHIND = Told(
    Code.STALE,
    "requirements.txt is stale: poetry.lock has changed since it was exported",
    "requirements.txt",
    None,
    FIX,
)
DIFFERENT = BEHIND._replace(
    message=f"requirements.txt is stale: it is not what `{POETRY}` writes",
)
EDITED = "requirements.txt was edited, but poetry.lock was not"


def _two_pins(flask: str, six: str) -> str:
    return poetry_output(flask) + poetry_output(six).replace("flask", "six")


def _two_locked(flask: str, six: str) -> str:
    package, _, _ = poetry_lock(six).partition("[metadata]")
    return poetry_lock(flask).replace("[metadata]", package.replace("flask", "six") + "[metadata]")


OLD = {"poetry.lock": poetry_lock(), "requirements.txt": poetry_output()}
TWO_OLD = {"poetry.lock": _two_locked("1", "1"), "requirements.txt": _two_pins("1", "1")}
FLASK_BEHIND_SIX_AHEAD = _with(lock=_two_locked("2", "1"), output=_two_pins("1", "2"))
BOTH = Told(
    Code.EDITED,
    "requirements.txt is both behind and ahead of poetry.lock",
    "requirements.txt",
    None,
    "poetry update --lock six",
)
STATES = {
    "behind": State(
        MemoryTree(_with(lock=NEW), changed=["poetry.lock"]),
        BEHIND,
        poetry_output("3.0.4"),
    ),
    "behind-and-edited": State(
        MemoryTree(_with(lock=NEW), changed=["poetry.lock", "requirements.txt"]),
        BEHIND,
        poetry_output("3.0.4"),
    ),
    "behind-long-since": State(
        MemoryTree(_with(lock=NEW)),
        DIFFERENT,
        poetry_output("3.0.4"),
    ),
    "edited": State(
        MemoryTree(_with(output=poetry_output("4.0")), changed=["requirements.txt"]),
        Told(
            Code.EDITED,
            EDITED,
            "requirements.txt",
            None,
            "poetry update --lock flask",
        ),
        poetry_output(),
    ),
    "edited-to-an-older-version": State(
        MemoryTree(_with(output=poetry_output("2.0")), changed=["requirements.txt"]),
        Told(Code.EDITED, EDITED, "requirements.txt", None, "poetry add --lock flask==2.0"),
        poetry_output(),
    ),
    "edited-without-a-version": State(
        MemoryTree(_with(output=poetry_output() + "six==1\n"), changed=["requirements.txt"]),
        Told(
            Code.EDITED,
            EDITED,
            "requirements.txt",
            None,
            "poetry add --lock six==1",
        ),
        poetry_output(),
    ),
    "ahead-long-since": State(
        MemoryTree(_with(output=poetry_output("4.0"))),
        Told(
            Code.EDITED,
            "requirements.txt is ahead of poetry.lock",
            "requirements.txt",
            None,
            "poetry update --lock flask",
        ),
        poetry_output(),
    ),
    "ahead-of-a-lock-that-moved-too": State(
        MemoryTree(
            _with(lock=NEW, output=poetry_output("4.0")),
            changed=["poetry.lock", "requirements.txt"],
        ),
        Told(
            Code.EDITED,
            "requirements.txt is ahead of poetry.lock",
            "requirements.txt",
            None,
            "poetry update --lock flask",
        ),
        poetry_output("3.0.4"),
    ),
    "behind-and-ahead": State(
        MemoryTree(FLASK_BEHIND_SIX_AHEAD, head=TWO_OLD),
        BOTH,
        _two_pins("2", "1"),
    ),
    "behind-and-ahead-on-a-branch": State(
        MemoryTree(FLASK_BEHIND_SIX_AHEAD, base=TWO_OLD),
        BOTH,
        _two_pins("2", "1"),
    ),
    "two-pins-moved-apart-long-since": State(
        MemoryTree(FLASK_BEHIND_SIX_AHEAD),
        DIFFERENT,
        _two_pins("2", "1"),
    ),
    "edited-on-a-branch": State(
        MemoryTree(
            _with(output=poetry_output("2.0")),
            base=OLD,
        ),
        Told(Code.EDITED, EDITED, "requirements.txt", None, "poetry add --lock flask==2.0"),
        poetry_output(),
    ),
    "behind-on-a-branch": State(
        MemoryTree(
            _with(lock=NEW),
            base=OLD,
        ),
        BEHIND,
        poetry_output("3.0.4"),
    ),
    "behind-in-a-commit-on-a-branch-that-edited": State(
        MemoryTree(
            _with(lock=NEW, output=poetry_output("2.0")),
            changed=["poetry.lock"],
            base={"requirements.txt": poetry_output(), "poetry.lock": NEW},
        ),
        BEHIND,
        poetry_output("3.0.4"),
    ),
    "lock-moved-back": State(
        MemoryTree(_with(lock=poetry_lock("3.0.2")), changed=["poetry.lock"]),
        BEHIND,
        poetry_output("3.0.2"),
    ),
    "edited-beside-a-manifest-that-says-the-same": State(
        MemoryTree(
            _with(output=poetry_output("4.0"), manifest=PYPROJECT + "# more\n"),
            changed=["pyproject.toml", "requirements.txt"],
        ),
        Told(Code.EDITED, EDITED, "requirements.txt", None, "poetry update --lock flask"),
        poetry_output(),
    ),
    "missing": State(
        MemoryTree(_with(output=None)),
        Told(
            Code.MISSING,
            f"requirements.txt is missing: `{POETRY}` would write it",
            "requirements.txt",
            None,
            FIX,
        ),
        poetry_output(),
    ),
    "untracked": State(
        MemoryTree(_with(), untracked=["requirements.txt"]),
        Told(
            Code.UNTRACKED,
            "requirements.txt is not tracked by git, so no commit will include it",
            "requirements.txt",
            None,
            "git add requirements.txt",
        ),
    ),
    "ignored": State(
        MemoryTree(_with(), ignored={"requirements.txt": (".gitignore", 3)}),
        Told(
            Code.IGNORED,
            "requirements.txt is ignored by git (.gitignore:3), so no commit will include it",
            ".gitignore",
            3,
            "git add --force requirements.txt",
        ),
    ),
    "orphaned": State(
        MemoryTree(_with(lock=None), deleted=["poetry.lock"]),
        Told(
            Code.ORPHANED,
            "requirements.txt is orphaned: poetry.lock, which it was exported from, is gone",
            "requirements.txt",
            None,
            "git rm requirements.txt",
        ),
    ),
    "lock-that-the-commit-deletes": State(
        MemoryTree(_with(), deleted=["poetry.lock"], untracked=["poetry.lock"]),
        Told(
            Code.ORPHANED,
            "requirements.txt is orphaned: poetry.lock, which it was exported from, is gone",
            "requirements.txt",
            None,
            "git rm requirements.txt",
        ),
    ),
    "lock-untracked": State(
        MemoryTree(_with(), untracked=["poetry.lock"]),
        Told(
            Code.UNTRACKED,
            "poetry.lock is not tracked by git, so no commit will include it",
            "poetry.lock",
            None,
            "git add poetry.lock",
        ),
    ),
    "lock-of-the-project-twice": State(
        MemoryTree(_with(lock=poetry_lock("3.0.4").partition("[metadata]")[0] + poetry_lock())),
        DIFFERENT,
        poetry_output() + poetry_output("3.0.4"),
    ),
    "never-a-lock": State(
        MemoryTree(_with(lock=None)),
        Told(
            Code.REFUSED,
            "requirements.txt cannot be written: there is no poetry.lock",
            "poetry.lock",
            None,
            "poetry lock",
        ),
    ),
    "neither-lock-nor-output": State(
        MemoryTree(_with(lock=None, output=None)),
        Told(
            Code.REFUSED,
            "requirements.txt cannot be written: there is no poetry.lock",
            "poetry.lock",
            None,
            "poetry lock",
        ),
    ),
    "no-manifest": State(
        MemoryTree(_with(manifest=None)),
        Told(
            Code.REFUSED,
            f"poetry refuses `{POETRY}`: there is no pyproject.toml",
            "pyproject.toml",
        ),
    ),
    "stale-lock": State(
        MemoryTree(_with(manifest=PYPROJECT.replace(">=3)", ">=3.1)"))),
        Told(
            Code.LOCK_STALE,
            "poetry.lock is out of date with pyproject.toml, so poetry refuses to export it",
            "poetry.lock",
            None,
            "poetry lock",
        ),
    ),
    "conflicted-lock": State(
        MemoryTree(
            _with(lock="<<<<<<< HEAD\n" + NEW),
            changed=["poetry.lock"],
            committed=["poetry.lock"],
        ),
        Told(
            Code.CONFLICTED,
            "poetry.lock holds the conflict markers of an unfinished merge",
            "poetry.lock",
            1,
            "git checkout HEAD -- poetry.lock && poetry lock",
        ),
    ),
    "conflicted-output": State(
        MemoryTree(_with(output=f"a==1\n<<<<<<< HEAD\n{poetry_output()}=======\n>>>>>>> x\n")),
        Told(
            Code.CONFLICTED,
            "requirements.txt holds the conflict markers of an unfinished merge",
            "requirements.txt",
            2,
            FIX,
        ),
        poetry_output(),
    ),
    "malformed-lock": State(
        MemoryTree(_with(lock="[[package]")),
        Told(
            Code.MALFORMED,
            "poetry.lock is not valid TOML: "
            "Expected ']]' at the end of an array declaration (at line 1, column 10)",
            "poetry.lock",
            1,
            "rm poetry.lock && poetry lock",
        ),
    ),
    "old-lock": State(
        MemoryTree(_with(lock=poetry_lock("3.0.4", **{"lock-version": "2.0"}))),
        DIFFERENT,
        poetry_output("3.0.4"),
    ),
    "lock-of-the-future": State(
        MemoryTree(_with(lock=poetry_lock(**{"lock-version": "2.2"}))),
        Told(
            Code.UNSUPPORTED,
            "requirements.txt cannot be checked: lock-version 2.2 of poetry.lock is not known",
            "requirements.txt",
            None,
            FIX,
        ),
    ),
    "smuggled-requirement": State(
        MemoryTree(_with(lock=poetry_lock().replace("sha256:aa", "sha256:aa\\nevil==6.6.6"))),
        Told(
            Code.HOSTILE,
            "poetry.lock cannot be trusted: "
            r"flask has an invalid hash: 'sha256:aa\nevil==6.6.6'",
            "poetry.lock",
            None,
            "rm poetry.lock && poetry lock",
        ),
    ),
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_every_state_has_its_finding(state: State) -> None:
    result = _poetry(state.tree)
    assert told(result.findings) == (state.finding,)
    assert result.verdict is state.finding.code.verdict
    assert result.expected == (None if state.expected is None else state.expected.encode())


def test_an_output_can_be_both_stale_and_ignored() -> None:
    ignored = {"requirements.txt": (".gitignore", 1)}
    result = _poetry(MemoryTree(_with(output=None), ignored=ignored))
    assert [finding.code for finding in result.findings] == [Code.IGNORED, Code.MISSING]


def test_the_difference_is_told() -> None:
    result = _poetry(STATES["behind"].tree)
    assert result.difference == Difference(changed=(ChangedPin("flask", "3.0.3", "3.0.4"),))


def test_line_ends_are_kept() -> None:
    output = poetry_output().replace("\n", "\r\n")
    result = _poetry(MemoryTree(_with(lock=NEW, output=output)))
    assert result.expected == poetry_output("3.0.4").replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("--with-credentials", "the effect of --with-credentials is not known"),
        ("--frobnicate", "the effect of --frobnicate is not known"),
    ],
)
def test_options_that_cannot_be_computed(option: str, reason: str) -> None:
    command = f"poetry export {option} -o x.txt"
    message = f"x.txt cannot be checked: {reason}"
    unsupported = Told(Code.UNSUPPORTED, message, "x.txt", None, "locksync fix x.txt")
    result = _check(command, MemoryTree({**_with(), "x.txt": ""}))
    assert (told(result.findings), result.how) == ((unsupported,), How.NONE)
    missing = Told(Code.MISSING, f"x.txt is missing: `{command}` would write it", "x.txt")
    found = _check(command, MemoryTree(_with())).findings
    assert told(found) == (missing, unsupported)


def test_credentials_are_not_written() -> None:
    files = {
        path: content.replace("https://", "https://user:hunter2@")
        for path, content in pipenv_project(output=None).items()
    }
    result = _check(PIPENV, MemoryTree(files))
    message = "requirements.txt is not written: Pipfile.lock contains credentials in the URL https://****@..."
    assert told(result.findings)[-1] == Told(Code.SECRET, message, "Pipfile.lock")
    assert result.expected is None


def test_pipenv_exports_a_stale_lock_and_we_say_both() -> None:
    files = {**pipenv_project(), "Pipfile.lock": pipfile_lock("3.0.4")}
    files["Pipfile"] += 'six = "*"\n'
    result = _check(PIPENV, MemoryTree(files, changed=["Pipfile"]))
    assert [finding.code for finding in result.findings] == [Code.LOCK_STALE, Code.STALE]
    assert result.expected == PIPENV_OUTPUT.replace("3.0.3", "3.0.4").encode()


def test_pipenv_needs_no_pipfile_but_takes_one_above_for_its_own() -> None:
    files = pipenv_project("a")
    del files["a/Pipfile"]
    export = read_export(split_command(PIPENV), "a")
    assert check(export, MemoryTree(files)).verdict is Verdict.FRESH
    above = check(export, MemoryTree({**files, **pipenv_project()}))
    assert told(above.findings) == (
        Told(
            Code.REFUSED,
            "there is no a/Pipfile, so pipenv exports Pipfile.lock instead",
            "a/Pipfile",
        ),
    )


@pytest.mark.parametrize(
    ("verdicts", "overall"),
    [
        ([], Verdict.FRESH),
        ([Verdict.FRESH], Verdict.FRESH),
        ([Verdict.FRESH, Verdict.STALE], Verdict.STALE),
        ([Verdict.STALE, Verdict.UNKNOWN, Verdict.FRESH], Verdict.UNKNOWN),
    ],
)
def test_the_worst_verdict_counts(verdicts: list[Verdict], overall: Verdict) -> None:
    assert worst(verdicts) is overall


@pytest.mark.parametrize(
    ("command", "is_stale"),
    [
        ("pdm export --expandvars -o requirements.txt", True),
        ("pdm export --pyproject -o requirements.txt", False),
        ("pipenv requirements --new > requirements.txt", True),
        ("pipenv pylock --generate --pypi-mirror u -o pylock.toml", True),
        ("poetry export --with-credentials -o requirements.txt", True),
    ],
)
def test_an_unknown_option_hides_no_stale_lock_file(command: str, is_stale: bool) -> None:
    projects = {"pdm": pdm_project(), "pipenv": pipenv_project(), "poetry": poetry_project()}
    files = dict(projects[command.split(maxsplit=1)[0]])
    manifest = "Pipfile" if "Pipfile" in files else "pyproject.toml"
    files[manifest] = files[manifest].replace("flask", "other")
    codes = {finding.code for finding in _check(command, MemoryTree(files)).findings}
    assert codes >= {Code.LOCK_STALE if is_stale else Code.UNSUPPORTED}
    assert (Code.LOCK_STALE in codes) is is_stale
