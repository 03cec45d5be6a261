"""Whether poetry accepts a pyproject.toml, and what it says if not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from locksync.documents import Table
from locksync.requirements.names import canonicalize_name
from locksync.tools.poetry.schemas import UnsureError, is_valid, read_schema, refuse_long
from locksync.tools.poetry.versions import allows
from locksync.tools.shared.refusals import RefusedError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

POETRY_VERSION = "2.5.1"
"""The version of poetry whose bytes locksync renders."""
POETRY_SETTINGS = frozenset(("build-constraints", "requires-plugins", "requires-poetry", "source"))
"""The settings of [tool.poetry] that poetry adds to those of poetry-core."""
SOURCE_KEYS = frozenset(("name", "url", "priority", "links", "indexed"))
PRIORITIES = ("primary", "supplemental", "explicit")
"""The priorities of a source, the highest first."""
URI = re.compile(r"^\w+:(/?/?)\S+\Z")
GROUPS_SCHEMA = "dependency-groups-schema"


def refuse_invalid(document: Table) -> None:
    """Raise RefusedError for a pyproject.toml that `poetry export` refuses.

    The schemas of poetry-core come first, then what poetry adds to them. As of poetry 2.5.1:
    src/poetry/factory.py, src/poetry/json/schemas/poetry.json.
    """
    _refuse_malformed_tables(document)
    errors = [] if _is_plainly_valid(document) else _validate(document)
    errors = errors or [*_poetry_errors(document)]
    if errors:
        raise RefusedError(errors[0], advice="`poetry check` lists all that is wrong")


def _validate(document: Table) -> list[str]:
    """What poetry-core finds wrong, in its words."""
    from poetry.core.factory import Factory

    refuse_long(document.table("project").values)
    refuse_long(document.table("tool").table("poetry").values)
    refuse_long(document.table("dependency-groups").values)
    # Validation fills in default values. The content hash must not see them.
    values: dict[str, Any] = deepcopy(dict(document.values))
    return Factory.validate(values)["errors"]


def _is_plainly_valid(document: Table) -> bool:
    """Whether poetry-core is sure to find nothing wrong, without loading most of it.

    Follows `Factory.validate` of poetry-core 2.5.0, in src/poetry/core/factory.py.
    """
    project = document.table("project")
    poetry = document.table("tool").table("poetry")
    groups = document.table("dependency-groups")
    if poetry.values.get("package-mode", True):
        for key in ("name", "version"):
            if not (project.values.get(key) or poetry.values.get(key)):
                return False
    if not _are_plain(groups, poetry.table("group")):
        return False
    try:
        return (
            ("project" not in document or is_valid(project.values, "project-schema"))
            and is_valid(poetry.values, "poetry-schema")
            and ("dependency-groups" not in document or is_valid(groups.values, GROUPS_SCHEMA))
        )
    except UnsureError:
        return False


def _are_plain(groups: Table, poetry_groups: Table) -> bool:
    """Whether no group includes another or has a name like another's.

    Such groups can be wrong in ways that no schema knows.
    """
    names = [*groups.values, *poetry_groups.values]
    if len(set(map(canonicalize_name, names))) < len(names):
        return False
    items = (item for name in groups.values for item in groups.items(name))
    return not (
        any(isinstance(item, Table) for item in items)
        or any("include-groups" in poetry_groups.table(name) for name in poetry_groups.values)
    )


def _refuse_malformed_tables(document: Table) -> None:
    # poetry-core looks into these tables even if its schema has found them malformed.
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
    yield from _source_setting_errors(poetry)
    names = [*_required_names(poetry)]
    name = document.table("project").values.get("name") or poetry.values.get("name")
    if isinstance(name, str) and canonicalize_name(name) in names:
        yield f"Project name ({name}) is same as one of its dependencies"


def other_poetry(document: Table) -> str:
    """The versions of poetry that a project requires, if ours is none of them; else "".

    Raises ValueError.
    """
    required = document.table("tool").table("poetry").string("requires-poetry", "*")
    return "" if allows(required, POETRY_VERSION) else required


def _required_names(poetry: Table) -> Iterable[NormalizedName]:
    groups = poetry.table("group")
    for names in (
        poetry.table("dependencies").values,
        poetry.table("dev-dependencies").values,
        *(groups.table(group).table("dependencies").values for group in groups.values),
    ):
        yield from map(canonicalize_name, names)


def _source_setting_errors(poetry: Table) -> Iterable[str]:
    for index, source in enumerate(poetry.tables("source")):
        if surplus := sorted(source.values.keys() - SOURCE_KEYS):
            yield f"tool.poetry.source[{index}] must not contain {surplus} properties"
        if source.string("priority", "primary") not in PRIORITIES:
            yield f"tool.poetry.source[{index}].priority must be one of {list(PRIORITIES)}"


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
