"""Locked packages as poetry-core represents them.

Read as by poetry 2.5.1, `Locker._get_locked_package` in src/poetry/packages/locker.py.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from poetry.core.constraints.version import parse_constraint
from poetry.core.factory import Factory
from poetry.core.packages.dependency import Dependency
from poetry.core.packages.package import Package
from poetry.core.version.requirements import InvalidRequirementError

from locksync.documents import Table
from locksync.requirements.names import canonicalize_name
from locksync.tools.poetry.lock import LockedPackage
from locksync.tools.poetry.markers import parse_marker

# poetry-core logs the files that it misses. Without a handler, the log goes to standard error.
logging.getLogger("poetry").addHandler(logging.NullHandler())

# Requirements of extras that need no grammar. Large lock files have thousands of them, so they are
# read only if an export asks for the extra.
PLAIN_REQUIREMENT = re.compile(
    r"([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?:\[([a-z0-9_-]+(?:,[a-z0-9_-]+)*)\])?"
    r"(?: ?\(((?:(?:[<>!=~]=|[<>])[0-9][0-9a-z.*]{0,40},?){1,40})\))?(?: ; (.+))?",
    re.IGNORECASE,
)
# Constraints that are known to be valid.
PLAIN_CONSTRAINT = re.compile(r"(?:(?:[<>!=~]=|[<>])[0-9]{1,9}(?:\.[0-9]{1,9}){0,3},?)*")
# Requirements in the extras of old lock files, as poetry wrote them before PEP 508.
OLD_REQUIREMENT = re.compile(r"([^\s\[\]()]+)(?:\[([^\[\]]+)])?(?:\s+\((.+)\))?")
BOOLEANS = ("optional", "develop", "allow-prereleases")


def read_package(locked: LockedPackage, table: Table, absolute: Callable[[str], str]) -> Package:
    """The package of a `[[package]]` of the lock file. Raises ValueError."""
    source = locked.source
    url = source.url or None
    if source.type in ("directory", "file"):
        url = absolute(source.url)
    package = Package(
        locked.name,
        locked.version,
        source_type=source.type or None,
        source_url=url,
        source_reference=source.reference,
        source_resolved_reference=source.resolved_reference,
        source_subdirectory=source.subdirectory,
    )
    package.optional = table.boolean("optional")
    package.python_versions = locked.python
    package.develop = locked.develop
    extras = table.table("extras")
    package.extras = {
        canonicalize_name(extra): _Extra(extras.strings(extra)) for extra in extras.values
    }
    place = Path(absolute(source.url if source.type == "directory" else "."))
    dependencies = table.table("dependencies")
    for name in dependencies.values:
        for constraint in _constraints(dependencies, name):
            package.add_dependency(Factory.create_dependency(name, constraint, root_dir=place))
    return package


class _Extra(list[Dependency]):
    """The requirements of an extra. The plain ones are read when it is first searched."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._plain: list[re.Match[str]] = []
        for text in texts:
            match = PLAIN_REQUIREMENT.fullmatch(text)
            if match and _is_sound(match[3] or "", match[4] or ""):
                self._plain.append(match)
            else:
                self.append(extra_requirement(text))

    def __contains__(self, dependency: object) -> bool:
        for name, extras, constraint, marker in map(re.Match.groups, self._plain):
            found = Dependency(
                name, constraint or "*", extras=extras.split(",") if extras else None
            )
            if marker:
                found.marker = parse_marker(marker)
            self.append(found)
        self._plain.clear()
        return super().__contains__(dependency)


def _is_sound(constraint: str, marker: str) -> bool:
    """Whether poetry-core can read both."""
    try:
        if not PLAIN_CONSTRAINT.fullmatch(constraint):
            parse_constraint(constraint)
        parse_marker(marker)
    except ValueError:
        return False
    return True


def extra_requirement(text: str) -> Dependency:
    """A requirement of an extra, as any version of poetry has written it. Raises ValueError."""
    try:
        return Dependency.create_from_pep_508(text)
    except InvalidRequirementError:
        match = OLD_REQUIREMENT.fullmatch(text)
        if match is None:
            raise
        name, extras, constraint = match.groups()
        return Dependency(name, constraint or "*", extras=(extras or "").split(","))
    except OSError as error:  # poetry-core looks whether it is a path.
        raise ValueError(f"{text[:100]} is no requirement") from error


def _constraints(dependencies: Table, name: str) -> Iterator[str | dict[str, Any]]:
    value = dependencies.values[name]
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield _checked(dependencies.table(name))
    else:
        for item in dependencies.items(name):
            yield item if isinstance(item, str) else _checked(item)


def _checked(constraint: Table) -> dict[str, Any]:
    """The constraint, once its values are known to be of the kinds that poetry-core expects."""
    for key in constraint.values:
        if key in BOOLEANS:
            constraint.boolean(key)
        elif key == "extras":
            constraint.strings(key)
        else:
            constraint.string(key)
    return dict(constraint.values)
