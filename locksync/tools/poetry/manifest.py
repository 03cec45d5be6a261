"""A poetry project's pyproject.toml: its groups, extras, Python versions, sources, content hash."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from locksync.documents import MalformedError, Table
from locksync.requirements.names import canonicalize_name
from locksync.tools.poetry.validation import PRIORITIES, refuse_invalid
from locksync.tools.poetry.versions import is_plain_range
from locksync.tools.shared.refusals import RefusedError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

MOST_MANIFESTS = 8
"""How many manifests are kept once they are read."""


class Source(NamedTuple):
    """An index that the project takes packages from."""

    name: str
    url: str
    priority: str


class Manifest(NamedTuple):
    """What an export takes from a pyproject.toml."""

    groups: frozenset[NormalizedName]
    extras: frozenset[NormalizedName]
    python: str
    """The Python versions as poetry writes them, "*" for any."""
    sources: tuple[Source, ...]


@lru_cache(MOST_MANIFESTS)
def read_manifest(document: Table) -> Manifest:
    """The manifest in a pyproject.toml.

    Raises RefusedError if poetry refuses it, MalformedError for values of the wrong kind.
    """
    refuse_invalid(document)
    project = document.table("project")
    poetry = document.table("tool").table("poetry")
    return Manifest(
        groups=frozenset(_group_names(document, project, poetry)),
        extras=frozenset(canonicalize_name(name) for name in _extras(project, poetry).values),
        python=_python(project, poetry),
        sources=tuple(_sources(poetry)),
    )


def _group_names(document: Table, project: Table, poetry: Table) -> Iterable[NormalizedName]:
    if (
        "dependencies" in project
        or project.values.get("optional-dependencies")
        or "dependencies" in poetry
    ):
        yield canonicalize_name("main")
    if "dev-dependencies" in poetry:
        yield canonicalize_name("dev")
    for table in (document.table("dependency-groups"), poetry.table("group")):
        yield from map(canonicalize_name, table.values)


def _extras(project: Table, poetry: Table) -> Table:
    # [tool.poetry.extras] counts only where [project] declares no dependencies at all.
    if project.values.get("dependencies") or project.values.get("optional-dependencies"):
        return project.table("optional-dependencies")
    return poetry.table("extras")


def _python(project: Table, poetry: Table) -> str:
    required = python = project.string("requires-python", "*")
    pythons = [*_python_requirements(poetry)]
    if not pythons or (required == "*" and len(pythons) == 1):
        python = pythons[0] if pythons else required
        if is_plain_range(python):
            return python  # It is the only range.

    from poetry.core.constraints.version import parse_marker_version_constraint

    allowed = parse_marker_version_constraint(required)
    for python in pythons:
        if not allowed.allows_all(parse_marker_version_constraint(python)):
            raise RefusedError(f"python {python!r} is not a subset of requires-python {required!r}")
    if parse_marker_version_constraint(python).is_empty():
        raise MalformedError(f"no Python version is in {python!r}")
    return python


def _python_requirements(poetry: Table) -> Iterable[str]:
    """The Python versions of the main group. The last one counts.

    As of poetry-core 2.5.0, `_add_package_poetry_group_dependencies` in
    src/poetry/core/factory.py.
    """
    groups = poetry.table("group")
    main = [groups.table(name) for name in groups.values if canonicalize_name(name) == "main"]
    for table in (poetry, *main):
        for name, value in table.table("dependencies").values.items():
            if name.lower() == "python":
                values = value if isinstance(value, list) else [value]
                yield from (item for item in values if isinstance(item, str))


def _sources(poetry: Table) -> Iterable[Source]:
    """The indexes, the highest priority first: `create_pool` in src/poetry/factory.py."""
    sources = [
        Source(
            name=source.line("name"),
            url=source.line("url", "").rstrip("/"),
            priority=source.string("priority", "primary"),
        )
        for source in poetry.tables("source")
    ]
    return sorted(sources, key=lambda source: PRIORITIES.index(source.priority))


def content_hashes(document: Table) -> tuple[str, ...]:
    """The content hashes that a lock file of this pyproject.toml may hold.

    The first is that of poetry 2.5.1, `Locker._get_content_hash` in src/poetry/packages/locker.py.
    The second is that of poetry before 2.3, which left out [dependency-groups].
    """
    return (
        _content_hash(document, document.table("dependency-groups").values),
        _content_hash(document, {}),
    )


def _content_hash(document: Table, groups: Mapping[str, object]) -> str:
    all_project = document.table("project").values
    all_poetry = document.table("tool").table("poetry").values
    keys = ("requires-python", "dependencies", "optional-dependencies")
    project = {key: all_project[key] for key in keys if all_project.get(key) is not None}
    # While a project uses [tool.poetry] only, the old keys count as null if they are absent.
    legacy_keys = ("dependencies", "source", "extras", "dev-dependencies")
    poetry = {
        key: all_poetry.get(key)
        for key in (*legacy_keys, "group")
        if key in all_poetry or (key in legacy_keys and not project and not groups)
    }
    content: dict[str, object] = {}
    if project:
        content["project"] = project
    if groups:
        content["dependency-groups"] = groups
    if content:
        content["tool"] = {"poetry": poetry}
    try:
        return sha256(json.dumps(content or poetry, sort_keys=True).encode()).hexdigest()
    except TypeError as error:
        raise MalformedError(f"poetry cannot lock it: {error}") from error
