"""A poetry project's pyproject.toml: what `poetry export` takes from it, and why it may refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from locksync.documents import MalformedError, Table
from locksync.requirements.names import canonicalize_name
from locksync.tools.poetry.plain_markers import NotPlainError, is_plain_range, plainly_allows
from locksync.tools.poetry.schemas import UnsureError, is_valid, read_schema

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

POETRY_VERSION = "2.5.1"
"""The version of poetry whose bytes are rendered here."""

POETRY_SETTINGS = frozenset(("build-constraints", "requires-plugins", "requires-poetry", "source"))
"""The settings of [tool.poetry] that poetry adds to those of poetry-core."""
URI = re.compile(r"^\w+:(/?/?)\S+\Z")
GROUPS_SCHEMA = "dependency-groups-schema"
PRIORITIES = ("primary", "supplemental", "explicit")


class Source(NamedTuple):
    """An index that the project takes packages from."""

    name: str
    url: str
    priority: str


class Manifest(NamedTuple):
    """What an export depends on, of a pyproject.toml that poetry accepts."""

    groups: frozenset[NormalizedName]
    extras: frozenset[NormalizedName]
    python: str
    """The Python versions as poetry writes them, "*" for any."""
    sources: tuple[Source, ...]


class RefusedError(Exception):
    """What poetry itself would refuse; the message says why."""

    def __init__(self, reason: str, repair: str | None = None, relock: bool = False) -> None:
        super().__init__(reason)
        self.repair = repair
        self.relock = relock
        """Whether a lock file made anew is the repair."""


def read_manifest(document: Table) -> Manifest:
    """What a pyproject.toml says.

    Raises RefusedError where poetry refuses it, MalformedError for values of the wrong kind.
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


def refuse_invalid(document: Table) -> None:
    """Raise RefusedError for a pyproject.toml that `poetry export` refuses.

    The schemas of poetry-core, then what poetry adds to them, as of poetry 2.5.1:
    src/poetry/factory.py, src/poetry/json/schemas/poetry.json.
    """
    _refuse_malformed_tables(document)
    errors = [] if _is_plainly_valid(document) else _validate(document)
    errors = errors or [*_poetry_errors(document)]
    if errors:
        raise RefusedError(errors[0], "poetry check")


def _validate(document: Table) -> list[str]:
    """What poetry-core finds wrong."""
    from poetry.core.factory import Factory

    # Validation fills in default values, which must not be seen in the content hash.
    values: dict[str, Any] = deepcopy(dict(document.values))
    return Factory.validate(values)["errors"]


def _is_plainly_valid(document: Table) -> bool:
    """Whether poetry-core would find nothing wrong, told without loading most of it.

    Follows `Factory.validate` of poetry-core 2.5.0, in src/poetry/core/factory.py.
    """
    project = document.table("project")
    poetry = document.table("tool").table("poetry")
    groups = document.table("dependency-groups")
    if poetry.values.get("package-mode", True):
        for key in ("name", "version"):
            if not (project.values.get(key) or poetry.values.get(key)):
                return False
    names = [*groups.values, *poetry.table("group").values]
    is_nested = any(
        isinstance(item, Table) for name in groups.values for item in groups.items(name)
    ) or any(
        "include-groups" in poetry.table("group").table(name)
        for name in poetry.table("group").values
    )
    # Groups that include one another, or are spelt alike, may be wrong in more than one way.
    if is_nested or len(set(map(canonicalize_name, names))) < len(names):
        return False
    try:
        return (
            ("project" not in document or is_valid(project.values, "project-schema"))
            and is_valid(poetry.values, "poetry-schema")
            and ("dependency-groups" not in document or is_valid(groups.values, GROUPS_SCHEMA))
        )
    except UnsureError:
        return False


def _refuse_malformed_tables(document: Table) -> None:
    # poetry-core looks into tables even where its schema has found them to be malformed.
    document.table("project")
    groups = document.table("dependency-groups")
    for group in groups.values:
        for item in groups.items(group):
            if isinstance(item, Table) and "include-group" in item:
                item.string("include-group")
    poetry_groups = document.table("tool").table("poetry").table("group")
    for group in poetry_groups.values:
        poetry_groups.table(group).strings("include-groups")


def _poetry_errors(document: Table) -> Iterable[str]:
    poetry = document.table("tool").table("poetry")
    for setting in sorted(poetry.values.keys() - _known_settings()):
        yield f"tool.poetry has an unknown setting {setting!r}"
    yield from _source_errors(poetry)
    for index, source in enumerate(poetry.tables("source")):
        if surplus := sorted(source.values.keys() - {*Source._fields, "links", "indexed"}):
            yield f"tool.poetry.source[{index}] must not contain {surplus} properties"
        if source.string("priority", "primary") not in PRIORITIES:
            yield f"tool.poetry.source[{index}].priority must be one of {list(PRIORITIES)}"
    names = [*poetry.table("dependencies").values, *poetry.table("dev-dependencies").values]
    for group in poetry.table("group").values:
        names.extend(poetry.table("group").table(group).table("dependencies").values)
    name = document.table("project").values.get("name") or poetry.values.get("name")
    if isinstance(name, str) and canonicalize_name(name) in map(canonicalize_name, names):
        yield f"Project name ({name}) is same as one of its dependencies"
    required = poetry.string("requires-poetry", "*")
    if not _allows(required, POETRY_VERSION):
        yield f"it requires poetry {required}, and what poetry {POETRY_VERSION} writes is known"


def _source_errors(poetry: Table) -> Iterable[str]:
    names = [source.line("name").lower() for source in poetry.tables("source")]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"a repository with name {name} was already added"
    for source in poetry.tables("source"):
        is_pypi = source.string("name").lower() == "pypi"
        if is_pypi and "url" in source:
            yield "the source PyPI cannot be configured with a url"
        if not is_pypi and not URI.match(source.line("url", "")):
            yield f"the source {source.string('name')} has no url"
    explicit = [source.string("priority", "") == "explicit" for source in poetry.tables("source")]
    if "pypi" in names and all(explicit):
        yield "at least one source must not be configured as 'explicit'"


def _known_settings() -> frozenset[str]:
    return frozenset(read_schema("poetry-schema")["properties"]) | POETRY_SETTINGS


def is_below(version: str, limit: str) -> bool:
    """Whether a version is one, and lower than another like "2.3"."""
    try:
        return plainly_allows(f"<{limit}", version)
    except NotPlainError:
        from poetry.core.constraints.version import Version

        try:
            return Version.parse(version) < Version.parse(limit)
        except ValueError:
            return False


def _allows(constraint: str, version: str) -> bool:
    try:
        return constraint == "*" or plainly_allows(constraint, version)
    except NotPlainError:
        from poetry.core.constraints.version import Version, parse_constraint

        return parse_constraint(constraint).allows(Version.parse(version))


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
            return python  # The one range there is.

    from poetry.core.constraints.version import parse_marker_version_constraint

    allowed = parse_marker_version_constraint(required)
    for python in pythons:
        if not allowed.allows_all(parse_marker_version_constraint(python)):
            raise RefusedError(f"python {python!r} is no subset of requires-python {required!r}")
    if parse_marker_version_constraint(python).is_empty():
        raise MalformedError(f"no Python version is in {python!r}")
    return python


def _python_requirements(poetry: Table) -> Iterable[str]:
    """The Python versions of the main group, the last of which counts.

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
    """The indexes, the highest priority first: src/poetry/factory.py, `create_pool`."""
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
    """The content hashes that a lock file of this pyproject.toml may hold, today's first.

    As of poetry 2.5.1, `Locker._get_content_hash` in src/poetry/packages/locker.py. Before
    poetry 2.3, [dependency-groups] was left out: the second hash.
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
    # Absent keys of old count as null as long as nothing but [tool.poetry] is used.
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
