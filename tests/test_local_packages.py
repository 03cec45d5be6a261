"""Lock files that record local packages otherwise than their manifests: as the tools judge."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import tomli

from locksync.command_line import Command
from locksync.findings import Code
from locksync.tools.registry import read_export
from locksync.verdict.check import check
from tests.support import real_tools
from tests.support.git import GitRepository
from tests.support.memory import MemoryTree
from tests.support.projects import pdm_lock, pdm_project, poetry_lock, poetry_project

Change = tuple[str, str]


class Form(NamedTuple):
    """A way to write the manifest of a local package, and what may become of it."""

    tool: str
    """The tool that locks it."""
    manifest: str
    changes: Mapping[str, Change]


ANYWHERE: Mapping[str, Change] = {
    "nothing": ("", ""),
    "description": ("[build-system]", "# a comment\n[build-system]"),
    "another-table": ("[build-system]", "[tool.other]\nsetting = 1\n[build-system]"),
}
OF_PROJECT: Mapping[str, Change] = {
    **ANYWHERE,
    "added": ('"beta>=1"', '"beta>=1", "zeta"'),
    "removed": (', "gamma"', ""),
    "tightened": ('"beta>=1"', '"beta>=1.1"'),
    "loosened": ('"beta>=1"', '"beta"'),
    "spaced": ('"beta>=1"', '"beta >= 1"'),
    "in-brackets": ('"beta>=1"', '"beta (>=1)"'),
    "respelt": ('"beta>=1"', '"BETA>=1.0"'),
    "in-another-order": ('"beta>=1", "gamma"', '"gamma", "beta>=1"'),
    "under-a-marker": ('"gamma"', "\"gamma; sys_platform == 'linux'\""),
    "under-a-marker-of-python": ('"gamma"', "\"gamma; python_version >= '3.11'\""),
    "under-a-marker-that-always-holds": ('"gamma"', "\"gamma; python_version >= '3.8'\""),
    "marker-turned-round": ("sys_platform == 'win32'", "'win32' == sys_platform"),
    "marker-changed": ("sys_platform == 'win32'", "sys_platform != 'win32'"),
    "with-an-extra": ('"gamma"', '"gamma[x]"'),
    "extra-added": ('x = ["delta"]', 'x = ["delta"]\nmore = []'),
    "extra-of-several": ('x = ["delta"]', 'x = ["delta"]\nmore = ["epsilon>=1", "zeta"]'),
    "extra-removed": ('x = ["delta"]', ""),
    "extra-changed": ('x = ["delta"]', 'x = ["delta", "epsilon"]'),
    "extra-tightened": ('x = ["delta"]', 'x = ["delta>=1.1"]'),
    "extra-of-extras": ('x = ["delta"]', 'x = ["delta"]\nall = ["lib[x]"]'),
    "group-added": ("[build-system]", '[dependency-groups]\nmore = ["zeta"]\n[build-system]'),
    "python-narrowed": ('">=3.9"', '">=3.10"'),
    "python-respelt": ('">=3.9"', '">= 3.9"'),
    "python-as-two": ('">=3.9"', '">=3.9,<4"'),
    "version": ('version = "1.0"', 'version = "1.1"'),
    "version-respelt": ('version = "1.0"', 'version = "1.0.0"'),
    "url": ('"gamma"', '"gamma @ URL/gamma-1.1-py3-none-any.whl"'),
    "become-dynamic": ('version = "1.0"', 'dynamic = ["version"]'),
    "not-valid": ('"beta>=1"', "1"),
}
PROJECT = """\
[project]
name = "lib"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["beta>=1", "gamma", "eta-theta; sys_platform == 'win32'"]
[project.optional-dependencies]
x = ["delta"]
"""
POETRY = """\
[tool.poetry]
name = "lib"
version = "1.0"
description = ""
authors = []
[tool.poetry.dependencies]
python = "^3.9"
beta = "^1.0"
gamma = "*"
delta = {version = "*", optional = true}
sub = {path = "../sub"}
eta-theta = {version = "*", markers = "sys_platform == 'win32'"}
[tool.poetry.extras]
x = ["delta"]
"""
BACKEND = '[build-system]\nrequires = ["{0}"]\nbuild-backend = "{1}"\n'
OF_POETRY: Mapping[str, Change] = {
    **ANYWHERE,
    "added": ('gamma = "*"', 'gamma = "*"\nzeta = "*"'),
    "removed": ('gamma = "*"\n', ""),
    "caret-spelt-out": ('beta = "^1.0"', 'beta = ">=1.0,<2"'),
    "caret-spelt-out-with-spaces": ('beta = "^1.0"', 'beta = ">=1.0, <2.0"'),
    "tightened": ('beta = "^1.0"', 'beta = "^1.1"'),
    "tilde": ('beta = "^1.0"', 'beta = "~1.0"'),
    "wildcard": ('beta = "^1.0"', 'beta = "1.*"'),
    "wildcard-of-any": ('gamma = "*"', 'gamma = {version = "*"}'),
    "under-a-marker": ('gamma = "*"', 'gamma = {version = "*", markers = "os_name == \'nt\'"}'),
    "for-a-python": ('gamma = "*"', 'gamma = {version = "*", python = ">=3.11"}'),
    "for-two-pythons": (
        'gamma = "*"',
        'gamma = [{version = "1.0", python = "<3.11"}, {version = ">1", python = ">=3.11"}]',
    ),
    "from-a-source": ('gamma = "*"', 'gamma = {version = "*", source = "here"}'),
    "prereleases": ('gamma = "*"', 'gamma = {version = "*", allow-prereleases = true}'),
    "with-an-extra": ('gamma = "*"', 'gamma = {version = "*", extras = ["x"]}'),
    "optional": ('gamma = "*"', 'gamma = {version = "*", optional = true}'),
    "not-optional": ('version = "*", optional = true}', 'version = "*"}'),
    "extra-removed": ('[tool.poetry.extras]\nx = ["delta"]\n', ""),
    "extra-renamed": ('x = ["delta"]', 'Y_y = ["delta"]'),
    "extra-of-another": ('x = ["delta"]', 'x = ["delta", "gamma"]'),
    "python-narrowed": ('"^3.9"', '"^3.10"'),
    "python-spelt-out": ('"^3.9"', '">=3.9,<4.0"'),
    "python-respelt": ('"^3.9"', '"^3.9.0"'),
    "group-added": ("[build-", '[tool.poetry.group.dev.dependencies]\nzeta = "*"\n[build-'),
    "dev-added": ("[build-", '[tool.poetry.dev-dependencies]\nzeta = "*"\n[build-'),
    "version": ('version = "1.0"', 'version = "1.1"'),
    "nested-edited-in-place": ('{path = "../sub"}', '{path = "../sub", develop = true}'),
    "nested-removed": ('sub = {path = "../sub"}\n', ""),
    "nested-respelt": ('"../sub"', '"../sub/../sub/"'),
    "become-pep-621": (POETRY.partition("[tool.poetry.extras]")[0], PROJECT + "\n[tool.poetry]\n"),
}
OF_BOTH: Mapping[str, Change] = {
    **ANYWHERE,
    "added": ('gamma = "*"', 'gamma = "*"\nzeta = "*"'),
    "removed": ('gamma = "*"\n', ""),
    "python-narrowed": ('">=3.9"', '">=3.10"'),
    "extra-added": ('x = ["delta"]', 'x = ["delta"]\ny = ["zeta"]'),
    "version": ('version = "1.0"', 'version = "1.1"'),
}
BOTH = """\
[project]
name = "lib"
requires-python = ">=3.9"
dynamic = ["version", "dependencies"]
[project.optional-dependencies]
x = ["delta"]
[tool.poetry]
version = "1.0"
[tool.poetry.dependencies]
beta = "^1.0"
gamma = "*"
"""
POETRY_CORE = BACKEND.format("poetry-core", "poetry.core.masonry.api")
SETUPTOOLS = BACKEND.format("setuptools", "setuptools.build_meta")
SOME = ("nothing", "added", "extra-changed", "version")
FORMS = {
    "project": Form("poetry", PROJECT + POETRY_CORE, OF_PROJECT),
    "setuptools": Form("poetry", PROJECT + SETUPTOOLS, {name: OF_PROJECT[name] for name in SOME}),
    "poetry": Form("poetry", POETRY + POETRY_CORE, OF_POETRY),
    "both": Form("poetry", BOTH + POETRY_CORE, OF_BOTH),
    "pdm": Form("pdm", PROJECT + SETUPTOOLS, OF_PROJECT),
}
SUB = '[project]\nname = "sub"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = []\n'
APPS = {
    "poetry": """\
[project]
name = "app"
version = "1"
requires-python = ">=3.10,<4"
dynamic = ["dependencies"]
[tool.poetry.dependencies]
lib = {path = "libs/lib", develop = true, extras = ["x"]}
alpha = "*"
[[tool.poetry.source]]
name = "here"
url = "URL"
""",
    "pdm": """\
[project]
name = "app"
version = "1"
requires-python = ">=3.10"
dependencies = ["lib[x] @ file:///${PROJECT_ROOT}/libs/lib", "alpha"]
[dependency-groups]
dev = ["-e file:///${PROJECT_ROOT}/libs/sub"]
[[tool.pdm.source]]
name = "here"
url = "URL"
""",
}
LOCKS = {"poetry": ("lock",), "pdm": ("lock", "--update-reuse", "-G", ":all")}
RECORDED = ("python-versions", "dependencies", "extras", "requires_python", "path")
"""What a lock file records of a local package, but for its version, which no export shows."""
EVERY = [(name, change) for name, form in FORMS.items() for change in form.changes]
UNTOLD = ("become-dynamic", "not-valid", "marker-turned-round")
"""The changes after which poetry would have to build the package, or locks nothing."""
RESPELT = (
    *("project-respelt", "project-python-respelt"),
    *("poetry-caret-spelt-out", "poetry-caret-spelt-out-with-spaces", "poetry-python-spelt-out"),
    *("poetry-python-respelt", "poetry-nested-respelt"),
    *("pdm-respelt",),
)
"""What poetry would record in other words that mean the same."""


@pytest.fixture(scope="module")
def locked(index: str, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A locked project for each form of the manifest of its local package."""
    found = {}
    for name, form in FORMS.items():
        found[name] = project = tmp_path_factory.mktemp(name)
        for directory, text in (
            ("", APPS[form.tool]),
            ("libs/lib", form.manifest),
            ("libs/sub", SUB),
        ):
            place = project / directory
            place.mkdir(parents=True, exist_ok=True)
            (place / "pyproject.toml").write_text(text.replace("URL", index))
        _lock(form.tool, project)
    return found


def _lock(tool: str, project: Path) -> subprocess.CompletedProcess[str]:
    cache = str(project.parent / "cache")
    place = {"POETRY_CACHE_DIR": cache, "PDM_CACHE_DIR": cache}
    return real_tools.run(tool, *LOCKS[tool], cwd=project, check=False, environment=place)


def _changes(tool: str, project: Path) -> list[str]:
    """What we say of the lock file against the manifests of local packages."""
    files = {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in project.rglob("*.[tl]o*")
    }
    export = read_export(Command((tool, "export")), "")
    result = check(export, MemoryTree(files, root=str(project)))
    return [one.message for one in result.findings if one.code is Code.LOCK_STALE]


def _recorded(tool: str, project: Path) -> list[Mapping[str, Any]]:
    lock = tomli.loads((project / f"{tool}.lock").read_text())
    return [
        {key: package.get(key) for key in RECORDED}
        for package in lock["package"]
        if package.get("source", {}).get("type") == "directory" or package["name"] in ("lib", "sub")
    ]


@pytest.mark.real
@pytest.mark.parametrize(("form", "change"), EVERY, ids=[f"{one}-{two}" for one, two in EVERY])
def test_we_agree_with_the_tool_on_a_change_before_and_after_it_locks(
    form: str, change: str, locked: Mapping[str, Path], index: str, tmp_path: Path
) -> None:
    tool, (old, new) = FORMS[form].tool, FORMS[form].changes[change]
    shutil.copytree(locked[form], tmp_path, dirs_exist_ok=True)
    manifest = tmp_path / "libs/lib/pyproject.toml"
    assert old in manifest.read_text()
    assert not _changes(tool, tmp_path)
    manifest.write_text(manifest.read_text().replace(old, new, 1).replace("URL", index[:-8]))
    said = _changes(tool, tmp_path)
    before = _recorded(tool, tmp_path)
    done = _lock(tool, tmp_path)
    if change in UNTOLD:
        assert not said
        return
    assert not done.returncode, done.stdout + done.stderr
    is_respelt = f"{form}-{change}" in RESPELT
    assert bool(said) == (before != _recorded(tool, tmp_path) and not is_respelt)
    assert not _changes(tool, tmp_path)


LIB = "libs/lib/pyproject.toml"
LOCK_OF_LIB = """\
[[package]]
name = "lib"
version = "1.0"
description = ""
optional = false
python-versions = ">=3.9"
groups = ["dev"]
files = []

[package.dependencies]
beta = ">=1"

[package.source]
type = "directory"
url = "libs/lib"

"""
MANIFEST_OF_LIB = """\
[project]
name = "lib"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["beta>=1"]
"""
TAG = "poetry.lock is out of date with libs/lib/pyproject.toml: "


def _project(lock: str = LOCK_OF_LIB, manifest: str = MANIFEST_OF_LIB) -> dict[str, str]:
    return {**poetry_project(), "poetry.lock": lock + poetry_lock(), LIB: manifest}


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        pytest.param(MANIFEST_OF_LIB, "", id="the same"),
        pytest.param(
            MANIFEST_OF_LIB.replace('"beta>=1"', '"beta>=1", "zeta"'), "zeta is new", id="added"
        ),
        pytest.param(
            MANIFEST_OF_LIB.replace('"beta>=1"', '"zeta"').replace("3.9", "3.10"),
            "zeta is new, beta is gone, Python is >=3.10 now",
            id="all at once",
        ),
        pytest.param(
            '[tool.poetry]\nname = "lib"\nversion = "1.0.0"\ndescription = ""\nauthors = []\n'
            '[tool.poetry.dependencies]\npython = ">= 3.9"\nbeta = ">= 1.0"\n',
            "",
            id="the same in poetry's own words",
        ),
        pytest.param(
            '[tool.poetry]\nname = "lib"\nversion = "0.0.0"\ndescription = ""\nauthors = []\n'
            '[tool.poetry.dependencies]\npython = ">=3.9"\nbeta = ">=1"\n'
            "[tool.poetry-dynamic-versioning]\nenable = true\n",
            "",
            id="a version that a plugin tells",
        ),
        pytest.param(
            MANIFEST_OF_LIB.replace('version = "1.0"', 'dynamic = ["version"]').replace(
                '"beta>=1"', '"zeta"'
            ),
            "",
            id="one that has to be built",
        ),
        pytest.param("[project\n", "", id="no TOML"),
        pytest.param("", "", id="nothing"),
        pytest.param('[tool]\npoetry = "?"\n', "", id="malformed"),
    ],
)
def test_a_manifest_has_a_say_as_far_as_poetry_reads_it(manifest: str, said: str) -> None:
    export = read_export(Command(("poetry", "export")), "")
    result = check(export, MemoryTree(_project(manifest=manifest)))
    assert [found.message for found in result.findings] == ([TAG + said] if said else [])


OLD_FILES = '\n[metadata.files]\nlib = []\nflask = [{file = "flask.whl", hash = "sha256:aa"}]\n'


@pytest.mark.parametrize("version", ["1.1", "2.0", "2.1"])
def test_lock_files_of_any_version_are_compared(version: str) -> None:
    lock = LOCK_OF_LIB + '[package.extras]\nx = ["delta (>=1)", "zeta"]\n\n'
    lock += poetry_lock(**{"lock-version": version})
    if version == "1.1":
        lock = re.sub("(?m)^(files|groups).*\n", "", lock) + OLD_FILES
    extra = '[project.optional-dependencies]\nx = ["zeta", "delta>=1"]\n'
    export = read_export(Command(("poetry", "export")), "")
    for manifest, said in (
        (MANIFEST_OF_LIB + extra, []),
        (MANIFEST_OF_LIB + extra.replace(">=1", ">=2"), [f"{TAG}the extra x has changed"]),
    ):
        files = {**_project(manifest=manifest), "poetry.lock": lock}
        result = check(export, MemoryTree(files))
        assert [found.message for found in result.findings] == said


def test_a_manifest_is_an_input(repository: GitRepository) -> None:
    repository.commit_all(_project())
    for arguments in ([], ["libs/lib"], ["libs/lib/pyproject.toml"], ["requirements.txt"]):
        assert repository.locksync("check", *arguments).code == 0, arguments
    repository.replace(LIB, '"beta>=1"', '"beta>=1", "zeta"')
    for arguments in ([], ["libs/lib"], ["libs/lib/pyproject.toml"], ["requirements.txt"]):
        run = repository.locksync("check", *arguments)
        assert (run.code, run.findings) == (1, ["LS005"]), arguments
    assert "run:  poetry lock\n" in run.stdout
    assert repository.locksync("hook").findings == ["LS005"]
    assert repository.locksync("check", "libs/nothing").code == 2
    repository.replace("poetry.lock", 'beta = ">=1"', 'beta = ">=1"\nzeta = "*"')
    assert repository.locksync("check").code == 0


def test_a_manifest_that_no_clone_has_has_no_say() -> None:
    export = read_export(Command(("poetry", "export")), "")
    files = _project(manifest=MANIFEST_OF_LIB.replace("beta", "zeta"))
    assert check(export, MemoryTree(files, untracked=[LIB])).findings == ()


PDM_LIB = """
[[package]]
name = "lib"
version = "1.0"
requires_python = ">=3.9"
path = "./libs/lib"
groups = ["other"]
dependencies = ["beta>=1"]

[[package]]
name = "lib"
version = "1.0"
extras = ["x"]
path = "./libs/lib"
groups = ["other"]
dependencies = ["delta", "lib @ file:///${PROJECT_ROOT}/libs/lib", "lib[y]"]
"""
EXTRA = '[project.optional-dependencies]\nx = ["lib[y]", "delta"]\n'


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        pytest.param(MANIFEST_OF_LIB + EXTRA, [], id="the same"),
        pytest.param(
            (MANIFEST_OF_LIB + EXTRA).replace('version = "1.0"', 'version = "2"'),
            [],
            id="a version, which pdm lock keeps",
        ),
        pytest.param(
            (MANIFEST_OF_LIB + EXTRA).replace('"beta>=1"', '"zeta"'),
            ["zeta is new, beta is gone"],
            id="another requirement",
        ),
        pytest.param(
            MANIFEST_OF_LIB + EXTRA.replace('"delta"', '"delta>=1"'),
            ["delta has changed"],
            id="another requirement of an extra",
        ),
        pytest.param(
            MANIFEST_OF_LIB + EXTRA.replace("[y]", "[y,z]"),
            ["lib has changed"],
            id="another extra of itself",
        ),
        pytest.param(
            MANIFEST_OF_LIB.replace("requires-python", 'dynamic = ["version"]\n#').replace(
                '"beta>=1"', '"zeta"'
            ),
            [],
            id="one that has to be built",
        ),
        pytest.param(
            (MANIFEST_OF_LIB + EXTRA).replace('"beta>=1"', '"zeta; ?"'), [], id="not valid"
        ),
        pytest.param("[project\n", [], id="no TOML"),
    ],
)
def test_a_manifest_has_a_say_as_far_as_pdm_reads_it(manifest: str, said: list[str]) -> None:
    export = read_export(Command(("pdm", "export")), "")
    files = {**pdm_project(), "pdm.lock": pdm_lock() + PDM_LIB, LIB: manifest}
    findings = check(export, MemoryTree(files)).findings
    told = [found.message for found in findings if found.code is Code.LOCK_STALE]
    assert told == [f"pdm.lock is out of date with {LIB}: {one}" for one in said]


def test_a_lock_file_for_one_platform_leaves_out_what_others_need() -> None:
    more = '"beta>=1", "zeta; os_name == \'nt\'"'
    manifest = MANIFEST_OF_LIB.replace('"beta>=1"', more) + EXTRA
    export = read_export(Command(("pdm", "export")), "")
    for target, count in ('requires_python = ">=3.9"', 1), ('platform = "linux"', 0):
        lock = pdm_lock().replace('requires_python = ">=3.9"', target) + PDM_LIB
        files = {**pdm_project(), "pdm.lock": lock, LIB: manifest}
        codes = [found.code for found in check(export, MemoryTree(files)).findings]
        assert codes.count(Code.LOCK_STALE) == count
