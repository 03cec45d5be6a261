"""Whether the settings of `[tool.uv]` are those that the lock file was made with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from packaging.utils import canonicalize_name

from locksync.documents import Table, parse_toml
from locksync.repository import paths
from locksync.tools.uv_export.comparison.facts import Facts
from locksync.tools.uv_export.errors import UndecidableError
from locksync.tools.uv_export.markers import are_equal, parse_condition
from locksync.tools.uv_export.options import SETTINGS

# Settings of [tool.uv] that affect the lock file, but are not compared here.
UNKNOWN_SETTINGS = ("no-sources", "no-index", "find-links")
OPTIONS = {
    "resolution": ("resolution-mode", "highest"),
    "prerelease": ("prerelease-mode", "if-necessary-or-explicit"),
    "fork-strategy": ("fork-strategy", "requires-python"),
}
"""Settings, each with its name in the lock file and its default."""
ENVIRONMENTS = {
    "environments": "supported-markers",
    "required-environments": "required-markers",
}
"""Settings, each with its name in the lock file."""
# Settings of uv.toml that do not affect the lock file.
IDLE_SETTINGS = re.compile(
    r"required-version|cache-.*|python-.*|concurrent-.*|compile-bytecode|link-mode|native-tls|"
    r"system-certs|offline|no-cache|preview|pip|publish-url|trusted-publishing|keyring-provider|"
    r"check-url|no-progress|http-.*|allow-insecure-host"
)
SPAN = re.compile(r"(\d+) ?(day|week)s?")


def check_options(facts: Facts) -> Iterator[str]:
    """Compare the settings of the resolver."""
    settings, options = facts.workspace.root.uv, facts.document.table("options")
    _refuse_unknown_settings(facts, settings)
    for name, (locked, default) in OPTIONS.items():
        if settings.string(name, default) != options.string(locked, default):
            yield facts.of_root(f"the setting {name} has changed")
    if _has_other_date(settings, options):
        yield facts.of_root("the setting exclude-newer has changed")
    if settings.values.get("exclude-newer-package") or "exclude-newer-package" in options:
        raise UndecidableError("the effect of exclude-newer-package is not known")


def _refuse_unknown_settings(facts: Facts, settings: Table) -> None:
    if unknown := next((name for name in UNKNOWN_SETTINGS if name in settings), None):
        raise UndecidableError(f"the effect of the setting {unknown} is not known")
    path = paths.join(facts.root, SETTINGS)
    if content := facts.tree.read(path):
        others = parse_toml(content, path).values
        if unknown := next((name for name in others if not IDLE_SETTINGS.fullmatch(name)), None):
            raise UndecidableError(f"the effect of {unknown} in {SETTINGS} is not known")


def _has_other_date(settings: Table, options: Table) -> bool:
    """Whether `exclude-newer` has changed. Raises UndecidableError if only its value has."""
    if "exclude-newer" not in settings or "exclude-newer" not in options:
        return ("exclude-newer" in settings) != ("exclude-newer" in options)
    span = options.string("exclude-newer-span", "")
    given = _span(settings.string("exclude-newer"))
    if bool(span) is not given.startswith("P"):
        return True
    if given != (span or options.string("exclude-newer")):
        raise UndecidableError("uv compares exclude-newer with the current time")
    return False


def _span(text: str) -> str:
    """A time like "7 days" as the lock file has it; any other as it is."""
    match = SPAN.fullmatch(text)
    return f"P{match[1]}{match[2][0].upper()}" if match else text


def check_environments(facts: Facts) -> Iterator[str]:
    """Compare the environments that uv resolves for."""
    settings = facts.workspace.root.uv
    for name, locked in ENVIRONMENTS.items():
        given = settings.values.get(name, [])
        texts = [given] if isinstance(given, str) else settings.strings(name)
        expected = [parse_condition(text) for text in texts]
        actual = [parse_condition(text) for text in facts.document.strings(locked)]
        if len(expected) != len(actual) or not all(
            are_equal(one, other, facts.pythons)
            for one, other in zip(expected, actual, strict=True)
        ):
            yield facts.of_root(f"the setting {name} has changed")


def check_conflicts(facts: Facts) -> Iterator[str]:
    """Compare the extras and groups that exclude one another."""
    expected = {
        frozenset(_conflicting(item, member.name) for item in items)
        for member in facts.workspace.manifests
        for items in _sets(member.uv, "conflicts")
    }
    actual = {
        frozenset(_conflicting(item, "") for item in items)
        for items in _sets(facts.document, "conflicts")
    }
    if expected != actual:
        if actual and any(kind == "group" for items in expected for _, kind, _ in items):
            # uv adds sets for groups that include others.
            raise UndecidableError("its sets of conflicting groups have another form")
        yield facts.of_root("the conflicting extras and groups have changed")


def _sets(table: Table, key: str) -> Iterator[list[Table]]:
    for items in table.array(key):
        yield list(Table({"items": items}, table.at(key)).tables("items"))


def _conflicting(item: Table, package: str) -> tuple[str, str, str]:
    name = canonicalize_name(item.string("package", package))
    kind = next((kind for kind in ("extra", "group") if kind in item), "project")
    return name, kind, canonicalize_name(item.string(kind, ""))


def check_dependency_metadata(facts: Facts) -> Iterator[str]:
    """Compare the metadata that the settings declare for packages."""
    locked = [table.values for table in facts.manifest.tables("dependency-metadata")]
    settings = [
        table.values
        for table in facts.workspace.root.uv.tables("dependency-metadata")
        if locked or canonicalize_name(table.string("name")) in facts.lock.names
    ]
    if bool(settings) != bool(locked):
        yield facts.of_root("dependency-metadata has changed")
    elif sorted(map(repr, map(_sorted, settings))) != sorted(map(repr, map(_sorted, locked))):
        raise UndecidableError("its dependency-metadata has another form")


def _sorted(values: Mapping[str, object]) -> Mapping[str, object]:
    return {
        key: sorted(map(str, value)) if isinstance(value, list) else value
        for key, value in sorted(values.items())
    }
