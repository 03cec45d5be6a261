"""What is special about pipenv, in memory. Its bytes: tests/golden and tests/test_corpus.py."""

from __future__ import annotations

import json

import pytest

from locksync.command_line import split_command
from locksync.documents import parse_toml
from locksync.findings import Code
from locksync.tools.pipenv.manifest import content_hash
from locksync.tools.pipenv.options import read_options
from locksync.tools.registry import TOOLS, read_export
from locksync.verdict.check import check
from tests.support.findings import Told, told
from tests.support.memory import MemoryTree
from tests.support.projects import PIPFILE, pipenv_project, pipfile_lock


@pytest.mark.parametrize(
    ("arguments", "output", "command"),
    [
        ("", "a/requirements.txt", "pipenv requirements > requirements.txt"),
        ("> x.txt", "a/x.txt", "pipenv requirements > x.txt"),
        ("--dev > 'x y.txt'", "a/x y.txt", "pipenv requirements --dev > 'x y.txt'"),
    ],
)
def test_reads_what_a_command_writes(arguments: str, output: str, command: str) -> None:
    export = read_export(split_command(f"pipenv requirements {arguments}"), "a")
    assert (export.output, export.directory, export.command) == (output, "a", command)


@pytest.mark.parametrize("text", ["docs dev-packages", "docs,dev-packages", "docs, dev-packages"])
def test_reads_categories_as_pipenv_does(text: str) -> None:
    assert tuple(read_options(["--categories", text]).categories()) == ("docs", "dev-packages")


@pytest.mark.parametrize("option", ["--pypi-mirror https://mirror.example.org"])
def test_options_that_cannot_be_computed(option: str) -> None:
    export = read_export(split_command(f"pipenv requirements {option}"), "")
    message = f"requirements.txt cannot be checked: the effect of {option} is not known"
    repair = "locksync fix requirements.txt"
    assert told(check(export, MemoryTree(pipenv_project())).findings) == (
        Told(Code.UNSUPPORTED, message, "requirements.txt", None, repair),
    )


def test_the_content_hash_is_blind_to_spelling_and_scripts_alone() -> None:
    def hashed(text: str) -> str:
        return content_hash(parse_toml(text.encode(), "Pipfile"))

    assert hashed(PIPFILE) == hashed(PIPFILE.replace("flask", "Flask"))
    assert hashed(PIPFILE) == hashed(PIPFILE + '[scripts]\na = "b"\n[pipenv]\nx = true\n')
    assert hashed(PIPFILE) != hashed(PIPFILE.replace('"*"', '">=3"'))
    assert hashed(PIPFILE) != hashed(PIPFILE + '[docs]\nsphinx = "*"\n')
    assert hashed(PIPFILE) != hashed(PIPFILE + '[requires]\npython_version = "3.11"\n')


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ({"ref": None}, "flask @ git+https://git.example.org/flask.git"),
        ({"ref": "abc"}, "flask @ git+https://git.example.org/flask.git@abc"),
        (
            {"ref": None, "subdirectory": None, "editable": True},
            "-e git+https://git.example.org/flask.git#egg=flask",
        ),
        (
            {"ref": None, "git": "https://git.example.org/flask.git@main"},
            "flask @ git+https://git.example.org/flask.git@main",
        ),
    ],
)
def test_a_reference_that_is_null_is_none(entry: dict[str, object], line: str) -> None:
    lock = json.loads(pipfile_lock())
    lock["default"]["flask"] = {"git": "https://git.example.org/flask.git", **entry}
    tree = MemoryTree({**pipenv_project(), "Pipfile.lock": json.dumps(lock)})
    answer = TOOLS["pipenv"].answer(read_export(split_command("pipenv requirements"), ""), tree)
    assert (answer.text or "").splitlines()[1:] == [line]


def test_markers_hold_for_more_than_the_python_that_is_required() -> None:
    # pipenv locks with that Python, and writes the markers as the packages have them.
    pipfile = PIPFILE + '[requires]\npython_version = "3.11"\n'
    lock = json.loads(pipfile_lock(pipfile=pipfile))
    lock["default"]["flask"]["markers"] = "python_version >= '3.8'"
    files = {**pipenv_project(), "Pipfile": pipfile, "Pipfile.lock": json.dumps(lock)}
    export = read_export(split_command("pipenv requirements > requirements.txt"), "")
    (finding,) = check(export, MemoryTree(files, changed=["Pipfile.lock"])).findings
    assert finding.code is Code.STALE
