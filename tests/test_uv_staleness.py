"""Whether uv.lock is up to date: our answer beside that of `uv lock --check`, state by state."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from locksync.findings import Repair
from locksync.repository.working_tree import Repository
from locksync.tools.uv_export.freshness import examine_lock
from tests.support import real_tools
from tests.support.index import publish, serve

pytestmark = pytest.mark.real

APP = """\
[project]
name = "app"
version = "1"
description = "An application"
requires-python = ">=3.9"
dependencies = [
  "alpha>=1",
  "beta[x]>=1,<3; python_version < '3.13'",
]

[project.optional-dependencies]
web = ["gamma ; sys_platform != 'win32'"]

[dependency-groups]
dev = ["delta", { include-group = "docs" }]
docs = ["epsilon"]

[[tool.uv.index]]
name = "here"
url = "@INDEX@"
default = true
"""
WORKSPACE = '\n[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n'
USES_MEMBER = WORKSPACE + "\n[tool.uv.sources]\none = { workspace = true }\n"
ONE = """\
[project]
name = "one"
version = "1"
requires-python = ">=3.9"
dependencies = ["eta-theta"]
"""
VIRTUAL_ROOT = APP[APP.index("[dependency-groups]") :] + WORKSPACE
BUILD_SYSTEM = '\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
UV = "\n[tool.uv]\n"
MANY = {
    "pyproject.toml": APP.replace('"alpha>=1"', '"one", "alpha>=1"') + USES_MEMBER,
    "packages/one/pyproject.toml": ONE,
}
GROUPS = '[dependency-groups]\ndev = ["delta", { include-group = "docs" }]\ndocs = ["epsilon"]\n'


class State(NamedTuple):
    """What a lock file is made from, and what the manifests say later; None: they are gone."""

    before: Mapping[str, str]
    after: Mapping[str, str | None]


def _app(old: str, new: str) -> State:
    assert old in APP
    return State({"pyproject.toml": APP}, {"pyproject.toml": APP.replace(old, new, 1)})


def _setting(before: str, after: str) -> State:
    return State({"pyproject.toml": APP + before}, {"pyproject.toml": APP + after})


def _source(before: str, after: str) -> State:
    table = "\n[tool.uv.sources]\n"
    return _setting(table + before if before else "", table + after if after else "")


def _many(path: str, old: str, new: str) -> State:
    assert old in MANY[path]
    return State(MANY, {path: MANY[path].replace(old, new, 1)})


STATES = {
    "nothing": _app("", ""),
    "own-extra-from-the-workspace": State(
        {
            "pyproject.toml": APP.replace("web = [", 'all = ["app[web]"]\nweb = [')
            + "\n[tool.uv.sources]\napp = { workspace = true }\n"
        },
        {},
    ),
    "dependency-added": _app('"alpha>=1",', '"alpha>=1", "delta",'),
    "dependency-removed": _app('  "alpha>=1",\n', ""),
    "dependency-tightened": _app("alpha>=1", "alpha>=1.1"),
    "dependency-loosened": _app("alpha>=1", "alpha"),
    "dependency-spelt-otherwise": _app("alpha>=1", "Alpha >= 1.0"),
    "dependency-doubled": _app('"alpha>=1",', '"alpha>=1", "alpha>=1",'),
    "dependencies-in-another-order": _app(
        """\
  "alpha>=1",
  "beta[x]>=1,<3; python_version < '3.13'",
""",
        """\
  "beta[x]>=1,<3; python_version < '3.13'",
  "alpha>=1",
""",
    ),
    "specifiers-in-another-order": _app(">=1,<3", "<3,>=1"),
    "extra-of-a-dependency-removed": _app("beta[x]", "beta"),
    "compatible-release-with-another-meaning": State(
        {"pyproject.toml": APP.replace("alpha>=1", "alpha~=1.0")},
        {"pyproject.toml": APP.replace("alpha>=1", "alpha~=1.0.0")},
    ),
    "marker-changed": _app("python_version < '3.13'", "python_version < '3.12'"),
    "marker-removed": _app("; python_version < '3.13'", ""),
    "marker-spelt-otherwise": _app("python_version < '3.13'", "'3.13' > python_version"),
    "marker-in-full": _app("python_version < '3.13'", "python_full_version < '3.13'"),
    "marker-that-always-holds": _app("alpha>=1", "alpha>=1 ; python_version >= '3.8'"),
    "marker-that-never-holds": _app("alpha>=1", "alpha>=1 ; python_version < '3.9'"),
    "marker-of-the-same-platform": _app("sys_platform != 'win32'", "platform_system != 'Windows'"),
    "marker-of-another-platform": _app("sys_platform != 'win32'", "sys_platform != 'darwin'"),
    "marker-of-two-halves": _app(
        "alpha>=1", "alpha>=1 ; sys_platform == 'linux' or sys_platform != 'linux'"
    ),
    "extra-added": _app('web = ["', 'empty = []\nweb = ["'),
    "extra-removed": _app("web = [\"gamma ; sys_platform != 'win32'\"]\n", ""),
    "extra-renamed": _app("web = [", "net = ["),
    "extra-spelt-otherwise": _app("web = [", "Web = ["),
    "extra-with-more": _app('web = ["', 'web = ["delta", "'),
    "group-added": _app("docs = [", 'test = ["gamma"]\ndocs = ['),
    "empty-group-added": _app("docs = [", "test = []\ndocs = ["),
    "group-removed": _app(GROUPS, '[dependency-groups]\ndev = ["delta"]\n'),
    "group-changed": _app('docs = ["epsilon"]', 'docs = ["epsilon<2"]'),
    "group-written-out": _app('{ include-group = "docs" }', '"epsilon"'),
    "dev-dependencies": _setting("", UV + 'dev-dependencies = ["gamma"]\n'),
    "requires-python-raised": _app('">=3.9"', '">=3.10"'),
    "requires-python-limited": _app('">=3.9"', '">=3.9,<4"'),
    "requires-python-spelt-otherwise": _app('">=3.9"', '">= 3.9.0"'),
    "requires-python-without-its-first": _app('">=3.9"', '">=3.9,!=3.9.0"'),
    "requires-python-with-a-gap": _app('">=3.9"', '">=3.9,!=3.9.7"'),
    "description": _app("An application", "Another application"),
    "version": _app('version = "1"', 'version = "2"'),
    "version-spelt-otherwise": _app('version = "1"', 'version = "1.0"'),
    "name": _app('name = "app"', 'name = "renamed"'),
    "name-spelt-otherwise": _app('name = "app"', 'name = "App"'),
    "scripts": _setting("", '\n[project.scripts]\napp = "app:main"\n'),
    "build-system-added": _setting("", BUILD_SYSTEM),
    "package-set": _setting("", UV + "package = true\n"),
    "package-set-as-it-is": _setting("", UV + "package = false\n"),
    "constraint-added": _setting("", UV + 'constraint-dependencies = ["gamma<2"]\n'),
    "constraint-added-in-vain": _setting("", UV + 'constraint-dependencies = ["zeta<2"]\n'),
    "constraint-removed": _setting(UV + 'constraint-dependencies = ["zeta<2"]\n', ""),
    "constraint-kept": _setting(*[UV + 'constraint-dependencies = ["gamma<2"]\n'] * 2),
    "override-added": _setting("", UV + 'override-dependencies = ["gamma<2"]\n'),
    "build-constraint-added": _setting("", UV + 'build-constraint-dependencies = ["zeta<2"]\n'),
    "exclusion-added": _setting("", UV + 'exclude-dependencies = ["gamma"]\n'),
    "exclusion-added-in-vain": _setting("", UV + 'exclude-dependencies = ["zeta"]\n'),
    "metadata-given": _setting(
        "", '\n[[tool.uv.dependency-metadata]]\nname = "alpha"\nversion = "2.0"\n'
    ),
    "environments-added": _setting("", UV + "environments = [\"sys_platform == 'linux'\"]\n"),
    "environments-spelt-otherwise": _setting(
        UV + "environments = [\"platform_system == 'Linux'\"]\n",
        UV + "environments = [\"sys_platform == 'linux'\"]\n",
    ),
    "conflicts-added": _setting("", UV + 'conflicts = [[{ extra = "web" }, { group = "docs" }]]\n'),
    "conflicts-kept": _setting(
        *[UV + 'conflicts = [[{ extra = "web" }, { extra = "net" }]]\n'] * 2
    ),
    "resolution": _setting("", UV + 'resolution = "lowest"\n'),
    "prerelease": _setting("", UV + 'prerelease = "allow"\n'),
    "fork-strategy": _setting("", UV + 'fork-strategy = "fewest"\n'),
    "default-groups": _setting("", UV + 'default-groups = ["docs"]\n'),
    "default-groups-as-they-are": _setting("", UV + 'default-groups = ["dev"]\n'),
    "a-setting-of-no-matter": _setting("", UV + "no-build = true\n"),
    "index-added": _setting("", '\n[[tool.uv.index]]\nurl = "https://x.example.org/simple"\n'),
    "index-replaced": _app("@INDEX@", "https://x.example.org/simple"),
    "index-of-one-dependency": _source("", 'alpha = { index = "here" }\n'),
    "index-of-one-dependency-removed": _source('alpha = { index = "here" }\n', ""),
    "source-of-nothing": _source("", 'zeta = { index = "here" }\n'),
    "source-git": _source("", 'alpha = { git = "https://git.example.org/a", tag = "v1" }\n'),
    "source-url": _source("", 'alpha = { url = "https://x.example.org/alpha-2.0.tar.gz" }\n'),
    "source-for-a-platform": _source(
        "", 'alpha = { index = "here", marker = "sys_platform == \'linux\'" }\n'
    ),
    "source-for-a-platform-kept": _source(
        *['alpha = { index = "here", marker = "sys_platform == \'linux\'" }\n'] * 2
    ),
    "source-for-a-group": _source("", 'epsilon = { index = "here", group = "docs" }\n'),
    "workspace": State(MANY, {}),
    "workspace-member-added": State(
        MANY, {"packages/two/pyproject.toml": ONE.replace('"one"', '"two"')}
    ),
    "workspace-member-that-is-excluded": State(
        MANY, {"packages/old/pyproject.toml": ONE.replace('"one"', '"two"')}
    ),
    "workspace-member-unused-removed": State(
        {**MANY, "packages/two/pyproject.toml": ONE.replace('"one"', '"two"')},
        {"packages/two/pyproject.toml": None},
    ),
    "workspace-begun": _setting("", WORKSPACE),
    "dependency-of-a-member-changed": _many("packages/one/pyproject.toml", "eta-theta", "zeta"),
    "group-of-a-member-added": _many(
        "packages/one/pyproject.toml", "[project]", "[dependency-groups]\nx = []\n[project]"
    ),
    "version-of-a-member-changed": _many("packages/one/pyproject.toml", '"1"', '"2"'),
    "python-of-a-member-raised": _many("packages/one/pyproject.toml", ">=3.9", ">=3.11"),
    "member-no-package-any-more": _many(
        "packages/one/pyproject.toml", "[project]", "[tool.uv]\npackage = false\n[project]"
    ),
    "member-not-editable-any-more": _many(
        "pyproject.toml", "workspace = true", "workspace = true, editable = false"
    ),
    "local-path": State(
        {
            "pyproject.toml": APP.replace('"alpha>=1"', '"one"')
            + '\n[tool.uv.sources]\none = { path = "one" }\n',
            "one/pyproject.toml": ONE,
        },
        {},
    ),
    "local-path-changed": State(
        {
            "pyproject.toml": APP.replace('"alpha>=1"', '"one"')
            + '\n[tool.uv.sources]\none = { path = "one", editable = true }\n',
            "one/pyproject.toml": ONE,
        },
        {"one/pyproject.toml": ONE.replace("eta-theta", "eta-theta<2")},
    ),
    "no-project-at-the-top": State({"pyproject.toml": VIRTUAL_ROOT}, {}),
    "group-at-the-top-changed": State(
        {"pyproject.toml": VIRTUAL_ROOT},
        {"pyproject.toml": VIRTUAL_ROOT.replace("epsilon", "gamma")},
    ),
}
UNKNOWN = {"no-project-at-the-top"}
"""States that cannot be told without uv: it takes the Python that it runs under."""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("index")
    publish(directory, ["1.0", "1.1", "2.0"])
    with serve(directory) as url:
        yield url


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("name", STATES)
def test_our_answer_is_that_of_uv(
    name: str, index: str, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in os.environ:
        if variable.startswith("UV_"):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("UV_CACHE_DIR", str(cache))
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    state = STATES[name]
    _write(tmp_path, state.before, index)
    real_tools.run("uv", "lock", cwd=tmp_path)
    _write(tmp_path, state.after, index)
    real = real_tools.run("uv", "lock", "--check", cwd=tmp_path, check=False)
    relock = Repair((("uv", "lock"),))
    findings = examine_lock("uv.lock", Repository(str(tmp_path)), relock).findings
    ours = [str(finding.code) for finding in findings]
    if name in UNKNOWN:
        assert ours == ["LS010"]
    else:
        assert ours == (["LS005"] if real.returncode else []), (findings, real.stderr)


def _write(directory: Path, files: Mapping[str, str | None], index: str) -> None:
    for path, content in files.items():
        file = directory / path
        if content is None:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content.replace("@INDEX@", index), encoding="utf-8")
