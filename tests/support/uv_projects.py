"""Projects of uv, and what may change in them after they are locked.

Every change is tried on every project that has what it changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from tests.support.wheels import BACKEND, END_OF_BACKEND

EXTRAS_BACKEND = (
    """\
import json, pathlib

FLATTENS = @FLATTENS@

def read(text, key):
    at = text.find(key + " = ")
    return json.JSONDecoder().raw_decode(text, at + len(key) + 3)[0] if at >= 0 else []

def held(text, extra):
    for one in read(text, extra):
        if FLATTENS and one.startswith("app["):
            for inner in one[4:-1].split(","):
                yield from held(text, inner)
        else:
            yield one

def prepare_metadata_for_build_wheel(directory, config_settings=None):
    text = pathlib.Path("pyproject.toml").read_text()
    place = pathlib.Path(directory, "app-1.dist-info")
    place.mkdir()
    lines = ["Metadata-Version: 2.1", "Name: app", "Version: 1"]
    lines += ["Requires-Dist: " + one for one in read(text, "\\ndependencies")]
    for extra in ("all", "web", "net", "new"):
        if "optional-dependencies" in text and extra + " = " in text:
            lines.append("Provides-Extra: " + extra)
            for one in held(text, extra):
                one, _, marker = one.partition(";")
                marker = "(" + marker.strip() + ") and " if marker else ""
                lines.append(f"Requires-Dist: {one.strip()} ; {marker}extra == '{extra}'")
"""
    + END_OF_BACKEND
)
"""Builds a project of one extra or several, and may replace those of itself by what they hold."""

Files = dict[str, Any]
"""The files of a project, by path: the values of a TOML file, or a text."""
Change = Callable[[Files], object]
"""Changes files in place. KeyError: the project has nothing that it could change."""

MAIN = "pyproject.toml"
INDEX = {"name": "here", "url": "@INDEX@", "default": True}
BUILD = {"requires": [], "build-backend": "backend", "backend-path": ["."]}


def app(
    *dependencies: str, uv: Mapping[str, Any] | None = None, files: Files | None = None, **more: Any
) -> Files:
    """A project that is called app. `more`: other tables, and other keys of its [project]."""
    tables = {key.replace("_", "-"): value for key, value in more.items()}
    project = {
        "name": "app",
        "version": "1",
        "requires-python": ">=3.9",
        "dependencies": list(dependencies or ("alpha>=1", "beta[x]>=1,<3")),
    }
    others = {
        key: tables.pop(key) for key in ("dependency-groups", "build-system") if key in tables
    }
    project = {key: value for key, value in {**project, **tables}.items() if value is not None}
    settings = {"index": [INDEX], **(uv or {})}
    return {MAIN: {"project": project, **others, "tool": {"uv": settings}}, **(files or {})}


def library(name: str, *dependencies: str, uv: Mapping[str, Any] | None = None, **more: Any) -> Any:
    """The manifest of another project."""
    project = {
        "name": name,
        "version": "1",
        "requires-python": ">=3.9",
        "dependencies": list(dependencies),
    }
    tables = {key.replace("_", "-"): value for key, value in more.items()}
    others = {
        key: tables.pop(key) for key in ("dependency-groups", "build-system") if key in tables
    }
    return {"project": {**project, **tables}, **others, "tool": {"uv": dict(uv or {})}}


SELF = {"all": ["app[web,net]"], "web": ["gamma>=1"], "net": ["delta ; sys_platform != 'win32'"]}
GROUPS = {"dev": ["delta", {"include-group": "docs"}], "docs": ["epsilon"]}
MEMBERS = {"workspace": {"members": ["packages/*"]}, "sources": {"one": {"workspace": True}}}
ONE = library("one", "eta-theta>=1", optional_dependencies={"more": ["gamma"]})

PROJECTS: Mapping[str, Files] = {
    "plain": app(),
    "no-dependencies": {MAIN: library("app", uv={"index": [INDEX]})},
    "markers": app(
        "alpha>=1 ; python_version < '3.13'",
        "beta ; sys_platform == 'linux' or extra == 'web'",
        "gamma ; platform_system != 'Windows' and implementation_name == 'cpython'",
        optional_dependencies={"web": ["delta>=1 ; python_full_version >= '3.10.2'"]},
    ),
    "in-markers": app(
        "alpha ; python_version in '3.9 3.10'",
        "beta ; sys_platform in 'linux darwin'",
        "gamma ; platform_machine not in 'x86_64 aarch64'",
    ),
    "several-properties": app(
        "alpha ; os_name == 'nt' and sys_platform == 'win32'",
        "beta ; sys_platform == 'linux' and platform_system == 'Linux'",
        "gamma ; os_name == 'posix' or platform_system == 'Darwin'",
        "delta ; os_name == 'nt' and sys_platform == 'linux'",
        "epsilon ; os_name == 'posix' and (sys_platform == 'win32' or python_version > '3')",
    ),
    "extras": app(optional_dependencies={"web": ["gamma>=1", "delta"], "Net_x": ["eta-theta"]}),
    "own-extras": app(optional_dependencies=SELF),
    "own-extras-dynamic": app(
        optional_dependencies=SELF,
        version=None,
        dynamic=["version"],
        build_system=BUILD,
        files={"backend.py": EXTRAS_BACKEND.replace("@FLATTENS@", "False")},
    ),
    "own-extras-flattened": app(
        optional_dependencies=SELF,
        version=None,
        dynamic=["version"],
        build_system=BUILD,
        files={"backend.py": EXTRAS_BACKEND.replace("@FLATTENS@", "True")},
    ),
    "groups": app(dependency_groups=GROUPS),
    "groups-python": app(
        dependency_groups={**GROUPS, "test": ["gamma", "zeta ; python_version < '3.14'"]},
        uv={"dependency-groups": {"docs": {"requires-python": ">=3.10"}}},
    ),
    "dev-dependencies": app(uv={"dev-dependencies": ["delta>=1"]}),
    "default-groups": app(dependency_groups=GROUPS, uv={"default-groups": ["docs"]}),
    "explicit-index": app(
        uv={
            "index": [INDEX, {"name": "other", "url": "@OTHER@", "explicit": True}],
            "sources": {"alpha": {"index": "other"}},
        }
    ),
    "two-indexes": app(uv={"index": [{"name": "other", "url": "@OTHER@"}, INDEX]}),
    "index-url": app(uv={"index": None, "index-url": "@INDEX@", "extra-index-url": ["@OTHER@"]}),
    "index-in-uv-toml": app(uv={"index": None}, files={"uv.toml": {"index": [INDEX]}}),
    "git": app("one", "alpha", uv={"sources": {"one": {"git": "@GIT@", "rev": "@REVISION@"}}}),
    "git-branch": app("one", uv={"sources": {"one": {"git": "@GIT@", "branch": "main"}}}),
    "url": app(
        "alpha", "beta", uv={"sources": {"alpha": {"url": "@FILES@alpha-1.1-py3-none-any.whl"}}}
    ),
    "direct": app("alpha @ @FILES@alpha-1.0-py3-none-any.whl", "beta>=1"),
    "path": app(
        "one[more]>=1",
        uv={"sources": {"one": {"path": "one"}}},
        files={"one/pyproject.toml": {**ONE, "build-system": BUILD}},
    ),
    "path-editable": app(
        "one",
        uv={"sources": {"one": {"path": "one", "editable": True}}},
        files={"one/pyproject.toml": ONE},
    ),
    "path-chain": app(
        "one",
        uv={"sources": {"one": {"path": "one"}}},
        files={
            "one/pyproject.toml": library(
                "one", "two", uv={"sources": {"two": {"path": "../two"}}}
            ),
            "two/pyproject.toml": library("two", "delta", dependency_groups={"dev": ["zeta"]}),
        },
    ),
    "path-virtual": app(
        "one",
        uv={"sources": {"one": {"path": "one", "package": False}}},
        files={"one/pyproject.toml": ONE},
    ),
    "path-wheel": app(
        "alpha", "beta", uv={"sources": {"alpha": {"path": "wheels/alpha-2.0-py3-none-any.whl"}}}
    ),
    "source-markers": app(
        uv={
            "sources": {
                "alpha": [
                    {"index": "here", "marker": "sys_platform == 'linux'"},
                    {"url": "@FILES@alpha-1.1-py3-none-any.whl", "marker": "os_name == 'nt'"},
                ]
            }
        }
    ),
    "source-groups": app(
        dependency_groups=GROUPS,
        optional_dependencies={"web": ["gamma"]},
        uv={
            "sources": {
                "epsilon": {"index": "here", "group": "docs"},
                "gamma": {"index": "here", "extra": "web"},
            }
        },
    ),
    "workspace": app("one", "alpha", uv=MEMBERS, files={"packages/one/pyproject.toml": ONE}),
    "workspace-packages": app(
        "one",
        build_system=BUILD,
        uv=MEMBERS,
        dependency_groups={"dev": ["delta"]},
        files={
            "packages/one/pyproject.toml": {**ONE, "build-system": BUILD},
            "packages/two/pyproject.toml": library(
                "two", "one[more]", uv={"sources": {"one": {"workspace": True}}}
            ),
        },
    ),
    "workspace-without-project": {
        MAIN: {
            "dependency-groups": {"dev": ["delta"]},
            "tool": {"uv": {"index": [INDEX], **MEMBERS}},
        },
        "packages/one/pyproject.toml": ONE,
        "packages/two/pyproject.toml": library("two", "one", dependency_groups=GROUPS),
    },
    "constraints": app(uv={"constraint-dependencies": ["gamma<2", "zeta<2"]}),
    "overrides": app(uv={"override-dependencies": ["gamma<2", "zeta<2"]}),
    "scoped-overrides": app(
        uv={
            "override-dependencies": [
                "delta<2",
                {"package": {"name": "alpha", "version": "2.0"}, "dependencies": ["gamma<2"]},
            ]
        }
    ),
    "build-constraints": app(uv={"build-constraint-dependencies": ["setuptools<2"]}),
    "exclusions": app(uv={"exclude-dependencies": ["gamma"]}),
    "environments": app(
        uv={"environments": ["sys_platform == 'linux'", "sys_platform == 'darwin'"]}
    ),
    "required-environments": app(uv={"required-environments": ["sys_platform == 'linux'"]}),
    "conflicts": app(
        optional_dependencies={"web": ["gamma==1.0"], "net": ["gamma==2.0"]},
        uv={"conflicts": [[{"extra": "web"}, {"extra": "net"}]]},
    ),
    "conflicting-groups": app(
        dependency_groups={
            "one": ["gamma==1.0"],
            "two": ["gamma==2.0"],
            "dev": [{"include-group": "one"}],
        },
        uv={"conflicts": [[{"group": "one"}, {"group": "two"}]]},
    ),
    "lowest": app(uv={"resolution": "lowest-direct"}),
    "fewest": app(uv={"fork-strategy": "fewest"}),
    "prereleases": app(uv={"prerelease": "allow"}),
    "prereleases-of-packages": app(uv={"prerelease-package": {"gamma": "allow", "zeta": "allow"}}),
    "defaults": app(
        uv={
            "resolution": "highest",
            "prerelease": "if-necessary-or-explicit",
            "fork-strategy": "requires-python",
            "default-groups": [],
            "package": False,
            "managed": True,
            "index-strategy": "first-index",
            "no-index": False,
            "no-sources": False,
            "environments": [],
            "constraint-dependencies": [],
        }
    ),
    "exclude-newer": app(uv={"exclude-newer": "2030-01-01T00:00:00Z"}),
    "exclude-newer-span": app(uv={"exclude-newer": "3 days"}),
    "exclude-newer-of-packages": app(
        uv={"exclude-newer-package": {"gamma": "2030-01-01T00:00:00Z", "beta": False}}
    ),
    "exclude-newer-off": app(uv={"exclude-newer": False}),
    "find-links": app(uv={"index": None, "no-index": True, "find-links": ["wheels"]}),
    "find-links-beside": app(uv={"find-links": ["@FILES@links.html"]}),
    "metadata": app(
        uv={
            "dependency-metadata": [{"name": "alpha", "version": "2.0", "requires-dist": ["gamma"]}]
        }
    ),
    "python-with-gaps": app(requires_python=">=3.9,!=3.10.*,!=3.11.3"),
    "python-with-a-limit": app(requires_python=">=3.9,<3.14,!=3.13.*"),
    "python-exact": app("alpha", "beta ; python_version < '3.12'", requires_python="==3.11.*"),
    "no-python": app(requires_python=None),
    "no-python-but-pinned": app(requires_python=None, files={".python-version": "@PYTHON@\n"}),
    "bare-index": app(uv={"index": [{"url": "@BARE@", "default": True}]}),
    "pins": app("alpha==2.0", "beta==1.*", "gamma~=1.0", "delta!=1.1,>=1", "epsilon===1.0"),
    "package": app(build_system=BUILD, files={"backend.py": BACKEND}),
    "package-off": app(build_system=BUILD, uv={"package": False}),
    "dynamic-version": app(
        version=None,
        dynamic=["version"],
        build_system=BUILD,
        files={"backend.py": EXTRAS_BACKEND.replace("@FLATTENS@", "False")},
    ),
    "without-metadata": app(uv={"preview-features": ["lock-without-metadata"]}),
    "no-sources": app(uv={"no-sources": True, "sources": {"alpha": {"index": "here"}}}),
    "spelling": app(
        "Alpha >= 1.0",
        "beta[X] (>=1, <3.0)",
        'gamma ~= 1.0 ; python_version >= "3"',
        "gamma!=1.1.*",
    ),
}


def render(files: Files, values: Mapping[str, str]) -> dict[str, str]:
    """The texts of the files, with the values of what is between two @."""
    rendered = {}
    for path, content in files.items():
        text = content if isinstance(content, str) else "".join(_lines(content, ()))
        for name, value in values.items():
            text = text.replace(f"@{name}@", value)
        rendered[path] = text
    return rendered


HEADERS = (("project",), ("build-system",), ("dependency-groups",), ("tool",), ("tool", "uv"))


def _lines(table: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[str]:
    """The lines of a TOML file; what has no header of its own is written inline."""
    inner = {key: value for key, value in table.items() if (*above, key) in HEADERS}
    yield from (
        f"{_key(key)} = {_inline(value)}\n"
        for key, value in table.items()
        if key not in inner and value is not None
    )
    for key, value in inner.items():
        yield f"[{'.'.join((*above, key))}]\n"
        yield from _lines(value, (*above, key))


def _key(text: str) -> str:
    return text if re.fullmatch(r"[\w-]+", text) else json.dumps(text)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        pairs = (f"{_key(key)} = {_inline(one)}" for key, one in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return json.dumps(value)


def _missing() -> Any:
    raise KeyError


def _dependencies(files: Files) -> list[Any]:
    found: list[Any] = files[MAIN]["project"]["dependencies"]
    return found


def _replace(old: str, new: str) -> Change:
    def change(files: Files) -> None:
        listed = _dependencies(files)
        index = next((i for i, text in enumerate(listed) if old in text), None)
        if index is None:
            raise KeyError(old)
        listed[index] = listed[index].replace(old, new)

    return change


def _set(*keys: str, value: Any, path: str = MAIN) -> Change:
    def change(files: Files) -> None:
        table = files[path]
        for key in keys[:-1]:
            table = table.setdefault(key, {})
        if table.get(keys[-1]) == value:
            raise KeyError(keys[-1])
        table[keys[-1]] = deepcopy(value)

    return change


def _drop(*keys: str, path: str = MAIN) -> Change:
    def change(files: Files) -> None:
        table = files[path]
        for key in keys[:-1]:
            table = table[key]
        del table[keys[-1]]

    return change


def _append(*keys: str, value: Any, first: bool = False) -> Change:
    def change(files: Files) -> None:
        table = files[MAIN]
        for key in keys[:-1]:
            table = table.setdefault(key, {})
        items = table.get(keys[-1]) or []
        table[keys[-1]] = [value, *items] if first else [*items, value]

    return change


def _uv(name: str, value: Any) -> Change:
    return _set("tool", "uv", name, value=value)


def _source(name: str, value: Any) -> Change:
    return _set("tool", "uv", "sources", name, value=value)


def _reversed(*keys: str) -> Change:
    def change(files: Files) -> None:
        table = files[MAIN]
        for key in keys[:-1]:
            table = table[key]
        if len(table[keys[-1]] or ()) < 2:
            raise KeyError(keys[-1])
        table[keys[-1]].reverse()

    return change


def _index(**values: Any) -> Change:
    def change(files: Files) -> None:
        files[MAIN]["tool"]["uv"]["index"] = [
            {**index, **values} for index in files[MAIN]["tool"]["uv"]["index"] or [_missing()]
        ]

    return change


def _slash(files: Files) -> None:
    for index in files[MAIN]["tool"]["uv"]["index"] or [_missing()]:
        index["url"] = f"{index['url']}/"


def _without_slash(files: Files) -> None:
    for index in files[MAIN]["tool"]["uv"]["index"] or [_missing()]:
        index["url"] = "@BARE@" if index["url"] == "@INDEX@" else index["url"]


def _other(path: str, change: Change) -> Change:
    """The same change in the manifest of another project."""

    def changed(files: Files) -> None:
        one = {MAIN: files[path]}
        change(one)
        files[path] = one[MAIN]

    return changed


def _file(path: str, content: Any) -> Change:
    def change(files: Files) -> None:
        files[path] = deepcopy(content)

    return change


def _remove(path: str) -> Change:
    def change(files: Files) -> None:
        del files[path]

    return change


def _nothing(files: Files) -> None:
    return


SETTINGS: Mapping[str, tuple[Any, ...]] = {
    "resolution": ("lowest", "highest", "lowest-direct"),
    "prerelease": ("allow", "disallow", "if-necessary-or-explicit", "if-necessary", "explicit"),
    "prerelease-package": ({"gamma": "allow"}, {"zeta": "allow"}, {"gamma": "disallow"}),
    "fork-strategy": ("fewest", "requires-python"),
    "exclude-newer": (
        "2031-01-01T00:00:00Z",
        "2031-01-01",
        "1 week",
        "3 days",
        "P3D",
        False,
    ),
    "exclude-newer-package": (
        {"gamma": "2031-01-01T00:00:00Z"},
        {"zeta": "2031-01-01T00:00:00Z"},
        {"gamma": False},
        {"gamma": "3 days"},
    ),
    "constraint-dependencies": (["gamma<2"], ["gamma<9"], ["zeta<2"], ["gamma"], []),
    "override-dependencies": (
        ["gamma<2"],
        ["zeta<2"],
        ["gamma ; sys_platform == 'linux'"],
        [{"package": {"name": "alpha"}, "dependencies": ["gamma<2"]}],
        [{"package": {"name": "zeta"}, "dependencies": ["gamma<2"]}],
    ),
    "build-constraint-dependencies": (["setuptools<2"], ["zeta<2"]),
    "exclude-dependencies": (["gamma"], ["zeta"], ["Gamma", "zeta"]),
    "environments": (
        ["sys_platform == 'linux'"],
        "sys_platform == 'linux'",
        ["platform_system == 'Linux'"],
        ["python_version >= '3.8'"],
    ),
    "required-environments": (["sys_platform == 'darwin'"], ["platform_machine == 'x86_64'"]),
    "conflicts": (
        [[{"extra": "web"}, {"extra": "net"}]],
        [[{"extra": "net"}, {"extra": "web"}]],
        [[{"group": "dev"}, {"extra": "web"}]],
        [[{"group": "two"}, {"group": "one"}]],
        [],
    ),
    "dependency-metadata": (
        [{"name": "alpha", "version": "2.0", "requires-dist": ["gamma"]}],
        [{"name": "Alpha", "version": "2.0.0", "requires-dist": ["gamma>=0"]}],
        [{"name": "zeta", "version": "2.0"}],
        [{"name": "gamma"}],
    ),
    "default-groups": (["docs"], ["dev"], "all", []),
    "dependency-groups": (
        {"dev": {"requires-python": ">=3.12"}},
        {"docs": {"requires-python": ">=3.9"}},
        {"docs": {}},
    ),
    "package": (True, False),
    "dev-dependencies": (["zeta"], []),
    "no-sources": (True, False),
    "no-sources-package": (["alpha"], ["zeta"]),
    "no-index": (True, False),
    "find-links": (["wheels"], ["@FILES@links.html"]),
    "index-url": ("@INDEX@", "@OTHER@"),
    "extra-index-url": (["@OTHER@"],),
    "index-strategy": ("unsafe-best-match",),
    "no-build": (True,),
    "no-binary": (True,),
    "no-build-package": (["alpha"],),
    "no-binary-package": (["alpha"],),
    "config-settings": ({"a": "b"},),
    "link-mode": ("copy",),
    "compile-bytecode": (True,),
    "add-bounds": ("exact",),
    "preview": (True, False),
    "preview-features": (["lock-without-metadata"], ["json-output"]),
    "required-version": (">=0.4",),
    "managed": (True,),
    "reinstall": (True,),
    "offline": (False,),
    "cache-keys": ([{"file": "x"}],),
    "extra-build-dependencies": ({"alpha": ["beta"]},),
    "torch-backend": ("cpu",),
    "python-preference": ("system",),
    "no-build-isolation": (True,),
}

UV_TOML: Mapping[str, Any] = {
    "add-bounds": {"add-bounds": "exact"},
    "idle": {"link-mode": "copy", "native-tls": True, "preview": False},
    "index": {"index": [INDEX]},
    "index-url": {"index-url": "@INDEX@"},
    "other-index": {"index": [{"url": "@OTHER@", "default": True}]},
    "resolution": {"resolution": "lowest"},
    "resolution-as-it-is": {"resolution": "highest"},
    "empty": {},
    "constraints": {"constraint-dependencies": ["gamma<2"]},
    "pip": {"pip": {"universal": True}},
    "exclude-newer": {"exclude-newer": "2031-01-01T00:00:00Z"},
}

CHANGES: dict[str, Change] = {
    "nothing": _nothing,
    "dependency-added": _append("project", "dependencies", value="zeta"),
    "dependency-added-first": _append("project", "dependencies", value="delta>=1", first=True),
    "dependency-doubled": lambda files: (
        _dependencies(files).append(_dependencies(files)[0]) if _dependencies(files) else _missing()
    ),
    "dependency-removed": lambda files: (
        _dependencies(files).pop(0) if _dependencies(files) else _missing()
    ),
    "dependencies-reversed": _reversed("project", "dependencies"),
    "dependency-split": _append("project", "dependencies", value="beta<3"),
    "tightened": _replace("alpha", "alpha>=1.1,"),
    "tightened-in-vain": _replace(">=1", ">=1.0"),
    "loosened": _replace(">=1", ""),
    "spelt-with-zero": _replace(">=1,<3", ">=1.0.0, <3.0"),
    "spelt-as-more": _replace(">=1,<3", ">=1,<3,>=0.9,!=4"),
    "spelt-as-compatible": _replace(">=1", "~=1.0"),
    "spelt-as-pin": _replace(">=1", "==2.0"),
    "for-prereleases": _replace(">=1", ">=1.0a1"),
    "python-pinned": _file(".python-version", "@PYTHON@\n"),
    "extra-asked-for": _replace("alpha", "alpha[x]"),
    "extra-not-asked-for": _replace("[x]", ""),
    "marker-changed": _replace("python_version <", "python_version <="),
    "marker-removed": _replace(" ; python_version < '3.13'", ""),
    "marker-full": _replace("python_version <", "python_full_version <"),
    "marker-of-a-platform": _append(
        "project", "dependencies", value="delta ; platform_system == 'Linux'"
    ),
    "marker-always": _append("project", "dependencies", value="beta ; python_version >= '3'"),
    "marker-never": _append("project", "dependencies", value="delta ; python_version < '3'"),
    "extra-added": _set("project", "optional-dependencies", "new", value=["zeta"]),
    "extra-added-empty": _set("project", "optional-dependencies", "new", value=[]),
    "extra-of-itself": _set("project", "optional-dependencies", "new", value=["app[web]"]),
    "extra-removed": _drop("project", "optional-dependencies", "web"),
    "extra-changed": _set("project", "optional-dependencies", "web", value=["gamma<2"]),
    "extra-flattened": _set(
        "project",
        "optional-dependencies",
        "all",
        value=["gamma>=1", "delta ; sys_platform != 'win32'"],
    ),
    "group-added": _set("dependency-groups", "new", value=["zeta"]),
    "group-added-empty": _set("dependency-groups", "new", value=[]),
    "group-removed": _drop("dependency-groups", "dev"),
    "group-changed": _set("dependency-groups", "docs", value=["epsilon<2"]),
    "group-including": _set("dependency-groups", "new", value=[{"include-group": "docs"}]),
    "python-raised": _set("project", "requires-python", value=">=3.10"),
    "python-limited": _set("project", "requires-python", value=">=3.9,<4"),
    "python-spelt": _set("project", "requires-python", value=">= 3.9.0"),
    "python-gap": _set("project", "requires-python", value=">=3.9,!=3.12.*"),
    "python-gap-at-the-edge": _set("project", "requires-python", value=">=3.9,!=3.9.*"),
    "python-gap-at-the-limit": _set("project", "requires-python", value=">=3.9,<3.14,!=3.13.*"),
    "python-removed": _drop("project", "requires-python"),
    "python-removed-but-pinned": lambda files: (
        _drop("project", "requires-python")(files),
        _file(".python-version", "@PYTHON@\n")(files),
    ),
    "python-of-one": _set("project", "requires-python", value="==3.11.*"),
    "python-compatible": _set("project", "requires-python", value="~=3.9"),
    "version": _set("project", "version", value="2"),
    "version-spelt": _set("project", "version", value="1.0"),
    "version-dynamic": lambda files: (
        _drop("project", "version")(files),
        _set("project", "dynamic", value=["version"])(files),
    ),
    "name": _set("project", "name", value="renamed"),
    "description": _set("project", "description", value="Another"),
    "scripts": _set("project", "scripts", value={"app": "app:main"}),
    "build-system": _set(
        "build-system", value={"requires": ["hatchling"], "build-backend": "hatchling.build"}
    ),
    "dynamic-dependencies": lambda files: (
        _drop("project", "dependencies")(files),
        _set("project", "dynamic", value=["dependencies"])(files),
    ),
    "source-index": _source("alpha", {"index": "here"}),
    "source-git": _source("alpha", {"git": "@GIT@"}),
    "source-git-tag": _source("one", {"git": "@GIT@", "tag": "v1"}),
    "source-git-revision": _source("one", {"git": "@GIT@", "rev": "@REVISION@"}),
    "source-url": _source("alpha", {"url": "@FILES@alpha-1.1-py3-none-any.whl"}),
    "source-path": _source("alpha", {"path": "wheels/alpha-2.0-py3-none-any.whl"}),
    "source-path-spelt": _source("one", {"path": "./one/"}),
    "source-editable": _source("one", {"path": "one", "editable": True}),
    "source-not-editable": _source("one", {"path": "one", "editable": False}),
    "source-package": _source("one", {"path": "one", "package": True}),
    "source-workspace": _source("one", {"workspace": True, "editable": False}),
    "source-itself": _source("app", {"workspace": True}),
    "source-marker": _source("alpha", {"index": "here", "marker": "sys_platform == 'linux'"}),
    "source-of-nothing": _source("theta", {"index": "here"}),
    "source-group": _source("epsilon", {"index": "here", "group": "docs"}),
    "sources-removed": _drop("tool", "uv", "sources"),
    "index-added": _append("tool", "uv", "index", value={"name": "new", "url": "@OTHER@"}),
    "index-added-first": _append(
        "tool", "uv", "index", value={"name": "new", "url": "@OTHER@"}, first=True
    ),
    "index-explicit": _append(
        "tool", "uv", "index", value={"name": "new", "url": "@OTHER@", "explicit": True}
    ),
    "index-not-default": _index(default=False),
    "index-renamed": _index(name="renamed"),
    "index-replaced": _index(url="@OTHER@"),
    "index-slash": _slash,
    "index-without-slash": _without_slash,
    "index-with-format": _index(format="simple"),
    "index-with-cache": _index(**{"cache-control": {"api": "max-age=600"}}),
    "index-that-authenticates": _index(authenticate="never"),
    "indexes-removed": _drop("tool", "uv", "index"),
    "indexes-reversed": _reversed("tool", "uv", "index"),
    "workspace-begun": _uv("workspace", {"members": ["packages/*"]}),
    "workspace-ended": _drop("tool", "uv", "workspace"),
    "workspace-excluding": _uv(
        "workspace", {"members": ["packages/*"], "exclude": ["packages/two"]}
    ),
    "tables-of-others": _set("tool", "black", value={"line-length": 100}),
    **{
        f"set-{name}-{number}": _uv(name, value)
        for name, values in SETTINGS.items()
        for number, value in enumerate(values)
    },
    **{f"unset-{name}": _drop("tool", "uv", name) for name in SETTINGS},
    **{f"uv-toml-{name}": _file("uv.toml", content) for name, content in UV_TOML.items()},
    "uv-toml-removed": _remove("uv.toml"),
}

OF_OTHERS = (
    *("dependency-added", "tightened-in-vain", "loosened", "dependency-removed"),
    *("extra-added", "extra-removed", "group-added", "group-added-empty", "group-changed"),
    *("python-raised", "python-removed", "python-gap", "version", "version-spelt"),
    *(
        "version-dynamic",
        "build-system",
        "dynamic-dependencies",
        "description",
        "source-of-nothing",
    ),
    *("index-added", "set-package-0", "set-package-1", "set-default-groups-0", "set-conflicts-0"),
    *("set-resolution-0", "set-constraint-dependencies-0", "set-dependency-groups-0"),
    *("set-dev-dependencies-0", "sources-removed", "name"),
)
OTHERS = (
    *("one/pyproject.toml", "two/pyproject.toml"),
    *("packages/one/pyproject.toml", "packages/two/pyproject.toml"),
)
CHANGES |= {
    f"{path.removesuffix('/pyproject.toml')}:{name}": _other(path, CHANGES[name])
    for path in OTHERS
    for name in OF_OTHERS
}
CHANGES["member-added"] = _file("packages/three/pyproject.toml", library("three", "delta"))
CHANGES |= {f"removed:{path}": _remove(path) for path in OTHERS}


UNTOLD: Mapping[str, Change] = {
    "upgrade": _uv("upgrade", True),
    "upgrade-package": _uv("upgrade-package", ["gamma"]),
    "unknown-setting": _uv("an-unknown-setting", 1),
}
"""Changes that only uv can judge, whatever the project: to try them on some is enough."""
TRIED_ON_SOME = ("plain", "workspace", "groups")


def states(project: Files) -> Iterator[tuple[str, Files]]:
    """The project after every change that concerns it."""
    some = UNTOLD if project in map(PROJECTS.__getitem__, TRIED_ON_SOME) else {}
    for name, change in {**CHANGES, **some}.items():
        changed = deepcopy(project)
        try:
            change(changed)
        except KeyError:
            continue
        if changed != project or change is _nothing:
            yield name, changed
