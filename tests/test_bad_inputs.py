"""Broken, hostile and absurd inputs through the real entry point: a message, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.support.git import GitRepository
from tests.support.projects import (
    PDM_OUTPUT,
    PDM_PYPROJECT,
    PIPENV_OUTPUT,
    pdm_lock,
    pdm_project,
    pipenv_project,
    pipfile_lock,
    poetry_lock,
    poetry_output,
    poetry_project,
)


class Bad(NamedTuple):
    """One file of a project in step, replaced."""

    file: str
    content: bytes
    code: int
    finding: str
    says: str


def _lock(old: str, new: str) -> bytes:
    lock = poetry_lock()
    assert old in lock
    return lock.replace(old, new).encode()


def _pipfile_lock(change: Callable[[dict[str, dict[str, object]]], object]) -> bytes:
    lock = json.loads(pipfile_lock())
    change(lock)
    return json.dumps(lock).encode()


def _clauses(between: str, within: str) -> str:
    """A marker whose normal form is exponentially longer."""
    return between.join(
        f"(python_version == '3.{number}'{within}sys_platform == 'p{number}')"
        for number in range(40)
    )


POETRY = {
    "lock-empty": Bad("poetry.lock", b"", 1, "LS005", "out of date with pyproject.toml"),
    "lock-of-zeros": Bad("poetry.lock", b"\0" * 100, 2, "LS009", "is not valid TOML"),
    "lock-not-utf-8": Bad("poetry.lock", b"\xff\xfe", 2, "LS009", "is not valid TOML"),
    "lock-of-deep-nesting": Bad(
        "poetry.lock", b"a = " + b"[" * 5000 + b"]" * 5000, 2, "LS009", "nested too deeply"
    ),
    "lock-with-a-huge-integer": Bad(
        "poetry.lock", b"a = " + b"9" * 5000, 2, "LS009", "is not valid TOML"
    ),
    "lock-conflicted": Bad(
        "poetry.lock", b"<<<<<<< HEAD\n=======\n>>>>>>> x\n", 1, "LS008", "conflict markers"
    ),
    "lock-without-metadata": Bad("poetry.lock", b"a = 1", 1, "LS005", "out of date"),
    "lock-version-missing": Bad(
        "poetry.lock", _lock("lock-version", "version"), 2, "LS009", "lock-version is missing"
    ),
    "lock-version-of-a-number": Bad(
        "poetry.lock", _lock('"2.1"', "2.1"), 2, "LS009", "lock-version is not a string"
    ),
    "packages-of-strings": Bad(
        "poetry.lock", _lock("[[package]]", "package = []\n[other]"), 1, "LS001", "flask"
    ),
    "package-without-a-name": Bad(
        "poetry.lock", _lock('name = "flask"\n', ""), 2, "LS009", "package[0].name is missing"
    ),
    "version-that-is-none": Bad(
        "poetry.lock", _lock('"3.0.3"', '"three"'), 2, "LS009", "Invalid PEP 440 version: 'three'"
    ),
    "version-with-a-line-break": Bad(
        "poetry.lock",
        _lock('"3.0.3"', '"3.0.3\\n--extra-index-url https://evil.example.org"'),
        2,
        "LS016",
        "package[0].version holds a control character",
    ),
    "name-with-a-line-separator": Bad(
        "poetry.lock",
        _lock('"flask"', '"flask\\u2028evil"'),
        2,
        "LS016",
        "package[0].name holds a control character",
    ),
    "hash-with-a-requirement": Bad(
        "poetry.lock", _lock("sha256:aa", "sha256:aa\\nevil==6"), 2, "LS016", "an invalid hash"
    ),
    "hash-with-an-option": Bad(
        "poetry.lock",
        _lock("sha256:aa", "sha256:aa --index-url=x"),
        2,
        "LS016",
        "an invalid hash",
    ),
    "marker-that-is-none": Bad(
        "poetry.lock",
        _lock("optional = false", 'optional = false\nmarkers = "oops"'),
        2,
        "LS009",
        "'oops' is not a marker",
    ),
    "marker-of-deep-nesting": Bad(
        "poetry.lock",
        _lock(
            "optional = false",
            f"optional = false\nmarkers = \"{'(' * 3000}os_name == 'nt'{')' * 3000}\"",
        ),
        2,
        "LS009",
        "poetry.lock cannot be used",
    ),
    "marker-of-many-clauses": Bad(
        "poetry.lock",
        _lock("optional = false", f'optional = false\nmarkers = "{_clauses(" and ", " or ")}"'),
        2,
        "LS010",
        "too intricate for any tool but poetry itself",
    ),
    "marker-of-many-alternatives": Bad(
        "poetry.lock",
        _lock("optional = false", f'optional = false\nmarkers = "{_clauses(" or ", " and ")}"'),
        2,
        "LS010",
        "too intricate for any tool but poetry itself",
    ),
    "marker-of-many-comparisons": Bad(
        "poetry.lock",
        _lock(
            "optional = false",
            "optional = false\nmarkers = "
            + repr(" or ".join(f'python_version == "3.{number}"' for number in range(5000))),
        ),
        2,
        "LS010",
        "too intricate for any tool but poetry itself",
    ),
    "version-of-too-many-digits": Bad(
        "poetry.lock", _lock('"3.0.3"', f'"{"9" * 4400}"'), 2, "LS009", "cannot be used"
    ),
    "marker-of-two-extras-at-once": Bad(
        "poetry.lock",
        _lock("optional = false", "optional = false\nmarkers = 'extra in \"a,b\"'"),
        2,
        "LS009",
        "is not a marker of extras",
    ),
    "package-without-groups": Bad(
        "poetry.lock", _lock('groups = ["main"]\n', ""), 2, "LS009", "flask has no groups"
    ),
    "package-without-optional": Bad(
        "poetry.lock", _lock("optional = false\n", ""), 2, "LS009", "optional is missing"
    ),
    "python-versions-that-are-none": Bad(
        "poetry.lock", _lock('versions = "*"', 'versions = "<3,>4"'), 2, "LS009", "cannot be used"
    ),
    "manifest-empty": Bad("pyproject.toml", b"", 2, "LS011", "[tool.poetry.name] is required"),
    "manifest-no-toml": Bad("pyproject.toml", b"[project", 2, "LS009", "is not valid TOML"),
    "manifest-of-wrong-kinds": Bad(
        "pyproject.toml", b"project = 1", 2, "LS009", "project is not a table"
    ),
    "groups-of-wrong-kinds": Bad(
        "pyproject.toml", b"[dependency-groups]\ndev = 1", 2, "LS009", "dev is not a list"
    ),
    "groups-that-include-a-number": Bad(
        "pyproject.toml",
        b"[dependency-groups]\na = [{include-group = 1.5}]",
        2,
        "LS009",
        "include-group is not a string",
    ),
    "python-that-is-none": Bad(
        "pyproject.toml",
        poetry_project()["pyproject.toml"].replace(">=3.9", ">=3.9,<3").encode(),
        2,
        "LS009",
        "pyproject.toml cannot be used: no Python version is in",
    ),
    "groups-that-include-each-other": Bad(
        "pyproject.toml",
        poetry_project()["pyproject.toml"].encode()
        + b'[dependency-groups]\na = [{include-group = "b"}]\nb = [{include-group = "a"}]\n',
        2,
        "LS011",
        "Cyclic dependency group include",
    ),
    "manifest-with-a-date": Bad(
        "pyproject.toml",
        poetry_project()["pyproject.toml"].encode() + b"[dependency-groups]\na = [2020-01-01]\n",
        2,
        "LS009",
        "dependency-groups.a[0] is not a table",
    ),
    "output-empty": Bad("requirements.txt", b"", 1, "LS001", "+ flask  3.0.3"),
    "output-of-zeros": Bad("requirements.txt", b"\0" * 9, 1, "LS006", r"\x00\x00"),
    "output-not-utf-8": Bad("requirements.txt", b"\xff\xfe\x00", 1, "LS006", "flask"),
    "output-of-one-long-line": Bad("requirements.txt", b"!" * 2**20, 1, "LS006", "!!!!"),
    "output-of-backslashes": Bad("requirements.txt", b"\\\n" * 1000, 1, "LS001", "+ flask"),
}
PIPENV = {
    "lock-empty": Bad("Pipfile.lock", b"", 2, "LS009", "is not valid JSON"),
    "lock-of-deep-nesting": Bad("Pipfile.lock", b"[" * 100000, 2, "LS009", "nested too deeply"),
    "lock-a-list": Bad("Pipfile.lock", b"[]", 2, "LS009", "the top level is not an object"),
    "lock-of-nothing": Bad("Pipfile.lock", b"{}", 2, "LS009", "_meta is missing"),
    "meta-of-the-wrong-kind": Bad(
        "Pipfile.lock", b'{"_meta": 1}', 2, "LS009", "_meta is not a table"
    ),
    "no-sources": Bad(
        "Pipfile.lock",
        _pipfile_lock(lambda lock: lock["_meta"].pop("sources")),
        2,
        "LS009",
        "_meta.sources is missing",
    ),
    "package-of-the-wrong-kind": Bad(
        "Pipfile.lock",
        _pipfile_lock(lambda lock: lock["default"].update(flask=1)),
        2,
        "LS009",
        "flask is neither a version nor an object",
    ),
    "version-with-a-line-break": Bad(
        "Pipfile.lock",
        _pipfile_lock(
            lambda lock: lock["default"].update(
                flask={"version": "==3\n--extra-index-url https://evil.example.org"}
            )
        ),
        2,
        "LS016",
        "holds a control character",
    ),
    "name-with-a-line-break": Bad(
        "Pipfile.lock",
        _pipfile_lock(lambda lock: lock.update(default={"a\nevil": "==1"})),
        2,
        "LS016",
        "holds a control character",
    ),
    "index-with-a-line-break": Bad(
        "Pipfile.lock",
        _pipfile_lock(lambda lock: lock["_meta"].update(sources=[{"url": "x\n-i evil"}])),
        2,
        "LS016",
        "_meta.sources[0].url holds a control character",
    ),
    "lock-with-a-lone-surrogate": Bad(
        "Pipfile.lock",
        _pipfile_lock(lambda lock: lock["default"].update(flask={"version": "==\ud800"})),
        2,
        "LS016",
        "holds a control character",
    ),
    "pipfile-no-toml": Bad("Pipfile", b"[packages", 2, "LS009", "is not valid TOML"),
    "pipfile-of-wrong-kinds": Bad("Pipfile", b"packages = 1", 2, "LS009", "is not a table"),
    "pipfile-with-a-date": Bad(
        "Pipfile",
        b"[packages]\nflask = 2020-01-01",
        2,
        "LS009",
        "packages.flask is neither a version nor a table",
    ),
}


def _pdm_lock(old: str, new: str) -> bytes:
    lock = pdm_lock()
    assert old in lock
    return lock.replace(old, new, 1).encode()


def _pdm_manifest(more: str) -> bytes:
    return (PDM_PYPROJECT + more).encode()


PDM = {
    "lock-empty": Bad("pdm.lock", b"", 2, "LS009", "metadata.lock_version is missing"),
    "lock-of-zeros": Bad("pdm.lock", b"\0" * 100, 2, "LS009", "is not valid TOML"),
    "lock-of-deep-nesting": Bad(
        "pdm.lock", b"a = " + b"[" * 5000 + b"]" * 5000, 2, "LS009", "nested too deeply"
    ),
    "lock-conflicted": Bad(
        "pdm.lock", b"<<<<<<< HEAD\n=======\n>>>>>>> x\n", 1, "LS008", "conflict markers"
    ),
    "metadata-of-a-number": Bad(
        "pdm.lock", b"metadata = 3\n", 2, "LS009", "metadata is not a table"
    ),
    "lock-version-of-a-number": Bad(
        "pdm.lock", _pdm_lock('"4.5.0"', "4.5"), 2, "LS009", "lock_version is not a string"
    ),
    "hash-of-no-known-kind": Bad(
        "pdm.lock",
        _pdm_lock('"sha256:', '"rot13:'),
        2,
        "LS009",
        "pdm.lock cannot be used: metadata.content_hash has an unknown algorithm",
    ),
    "package-without-a-name": Bad(
        "pdm.lock", _pdm_lock('name = "flask"\n', ""), 2, "LS009", "package[0].name is missing"
    ),
    "version-that-is-none": Bad("pdm.lock", _pdm_lock('"3.0.3"', '"three"'), 2, "LS009", "three"),
    "version-with-a-line-break": Bad(
        "pdm.lock",
        _pdm_lock('"3.0.3"', '"3.0.3\\n--extra-index-url https://evil.example.org"'),
        2,
        "LS016",
        "package[0].version holds a control character",
    ),
    "name-with-a-line-separator": Bad(
        "pdm.lock",
        _pdm_lock('"flask"', '"flask\\u2028evil"'),
        2,
        "LS016",
        "package[0].name holds a control character",
    ),
    "extra-with-a-requirement": Bad(
        "pdm.lock",
        _pdm_lock('summary = ""', 'extras = ["a] @ https://evil.example.org/a.whl"]'),
        2,
        "LS016",
        "package[0].extras holds",
    ),
    "hash-with-a-requirement": Bad(
        "pdm.lock", _pdm_lock("sha256:aa", "sha256:aa\\nevil==6"), 2, "LS016", "is not a hash"
    ),
    "hash-with-an-option": Bad(
        "pdm.lock", _pdm_lock("sha256:aa", "sha256:aa -i x"), 2, "LS016", "is not a hash"
    ),
    "url-with-an-option": Bad(
        "pdm.lock",
        _pdm_lock('summary = ""', 'url = "https://x.example.org/a.whl --index-url=x"'),
        2,
        "LS016",
        "package[0].url holds more than a URL or path",
    ),
    "revision-with-a-marker": Bad(
        "pdm.lock",
        _pdm_lock('summary = ""', 'git = "https://x.example.org/a"\nref = "main;"'),
        2,
        "LS016",
        "package[0].git holds more than a URL or path",
    ),
    "subdirectory-with-an-option": Bad(
        "pdm.lock",
        _pdm_lock('summary = ""', 'git = "https://x.example.org/a"\nsubdirectory = "a -i x"'),
        2,
        "LS016",
        "package[0].subdirectory holds",
    ),
    "path-with-a-marker": Bad(
        "pdm.lock",
        _pdm_lock('summary = ""', 'path = "./a ; x"\neditable = true'),
        2,
        "LS016",
        "package[0].path holds",
    ),
    "marker-with-a-line-break": Bad(
        "pdm.lock",
        _pdm_lock('\\"linux\\"', '\\"linux\\nevil\\"'),
        2,
        "LS016",
        "package[0].marker holds a control character",
    ),
    "marker-that-is-none": Bad(
        "pdm.lock", _pdm_lock("sys_platform ==", "oops"), 2, "LS009", "is not a marker"
    ),
    "marker-of-deep-nesting": Bad(
        "pdm.lock",
        _pdm_lock("sys_platform ==", f"{'(' * 3000}os_name == 'nt'{')' * 3000} and os_name =="),
        2,
        "LS009",
        "pdm.lock cannot be used",
    ),
    "marker-of-many-parts": Bad(
        "pdm.lock",
        _pdm_lock("sys_platform ==", "(os_name < 'a' or os_name > 'b') and " * 60 + "os_name =="),
        2,
        "LS010",
        "only PDM itself can tell how to spell the marker",
    ),
    "marker-of-no-version": Bad(
        "pdm.lock",
        _pdm_lock("sys_platform", "python_version"),
        2,
        "LS010",
        "which versions of Python",
    ),
    "url-of-a-file-where-none-may-be": Bad(
        "pdm.lock", _pdm_lock("{file =", "{url ="), 2, "LS009", "without the strategy static_urls"
    ),
    "manifest-no-toml": Bad("pyproject.toml", b"[project", 2, "LS009", "is not valid TOML"),
    "manifest-of-wrong-kinds": Bad(
        "pyproject.toml", b"project = 1", 2, "LS009", "project is not a table"
    ),
    "manifest-of-another-tool": Bad(
        "pyproject.toml", b"[tool.poetry]", 2, "LS009", "[tool.poetry] table but no [project]"
    ),
    "group-twice": Bad(
        "pyproject.toml",
        _pdm_manifest('[dependency-groups]\na_b = []\n"A.B" = []\n'),
        2,
        "LS009",
        "is there twice, in two spellings",
    ),
    "manifest-with-a-date": Bad(
        "pyproject.toml",
        _pdm_manifest("[dependency-groups]\na = [2020-01-01]\n"),
        2,
        "LS009",
        "PDM cannot lock it",
    ),
    "source-with-a-line-break": Bad(
        "pyproject.toml",
        _pdm_manifest('[[tool.pdm.source]]\nname = "a"\nurl = "x\\n-i evil"\n'),
        2,
        "LS016",
        "tool.pdm.source[0].url holds a control character",
    ),
    "source-of-an-unknown-kind": Bad(
        "pyproject.toml",
        _pdm_manifest('[[tool.pdm.source]]\nname = "a"\nurl = "x"\ntype = "y"\n'),
        2,
        "LS009",
        "tool.pdm.source[0].type is neither index nor find_links",
    ),
    "source-with-an-unknown-setting": Bad(
        "pyproject.toml",
        _pdm_manifest('[[tool.pdm.source]]\nname = "a"\nurls = "x"\n'),
        2,
        "LS009",
        "tool.pdm.source[0].urls is not a setting of a source",
    ),
    "source-with-a-password": Bad(
        "pyproject.toml",
        _pdm_manifest('[[tool.pdm.source]]\nname = "a"\nurl = "https://me:pw@x.example.org"\n'),
        2,
        "LS017",
        "credentials in the URL https://****@",
    ),
    "members-that-cannot-be-found": Bad(
        "pyproject.toml",
        _pdm_manifest('[tool.pdm.workspace]\nmembers = ["[ab]*"]\n'),
        2,
        "LS009",
        "the members '[ab]*' of the workspace cannot be found",
    ),
}


@pytest.mark.parametrize(
    ("project", "bad"),
    [
        *(pytest.param(poetry_project(), bad, id=f"poetry-{name}") for name, bad in POETRY.items()),
        *(pytest.param(pipenv_project(), bad, id=f"pipenv-{name}") for name, bad in PIPENV.items()),
        *(pytest.param(pdm_project(), bad, id=f"pdm-{name}") for name, bad in PDM.items()),
    ],
)
def test_a_bad_input_is_a_finding(
    repository: GitRepository, project: dict[str, str], bad: Bad
) -> None:
    repository.commit_all(project)
    repository.write(bad.file, bad.content)
    repository.commit()
    run = repository.locksync("check")
    assert (run.code, run.stderr) == (bad.code, "")
    assert bad.finding in run.findings
    assert bad.says in run.stdout
    assert repository.locksync("init", "--dry-run").code in (0, 1, 2)
    output = repository.read_bytes("requirements.txt")
    repository.locksync("hook")
    is_repaired = bad.finding == "LS001"
    assert (repository.read_bytes("requirements.txt") != output) is is_repaired


def test_a_report_steers_no_terminal(repository: GitRepository) -> None:
    repository.commit_all(poetry_project())
    repository.write("requirements.txt", "evil==1\x1b[2J\n")
    run = repository.locksync("check", "--diff")
    assert "\x1b" not in run.stdout
    assert r"\x1b[2J" in run.stdout
    assert max(map(len, run.stdout.splitlines())) < 250


def test_the_projects_of_these_tests_are_in_step() -> None:
    assert poetry_project()["requirements.txt"] == poetry_output()
    assert pipenv_project()["requirements.txt"] == PIPENV_OUTPUT
    assert pdm_project()["requirements.txt"] == PDM_OUTPUT
