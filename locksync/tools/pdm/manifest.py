"""A project's pyproject.toml: its content hash, its groups and its sources.

As of PDM 2.29.3, src/pdm/project/project_file.py and core.py, src/pdm/cli/filters.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from locksync.documents import MalformedError, Table
from locksync.tools.pdm.options import Options
from locksync.tools.shared.indexes import DEFAULT_INDEX_URL
from locksync.tools.shared.refusals import RefusedError

DEFAULT_GROUP = "default"
ALL_GROUPS = ":all"
SOURCE_KEYS = frozenset(
    (
        *("name", "url", "username", "password", "verify_ssl", "type", "ca_certs"),
        *("client_cert", "client_key", "include_packages", "exclude_packages"),
    )
)
INDEX = "index"
FIND_LINKS = "find_links"
HATCHLING = "hatchling.build"
EVERY_COMMAND = "pre_invoke"
"""The script that PDM runs before every command: src/pdm/signals.py."""
CONVERTED = ("flit", "poetry")
"""Tools whose tables PDM converts if there is no [project] table."""


class Source(NamedTuple):
    """An index, or a page of links."""

    name: str
    type: str
    url: str
    trusted_host: str | None
    """Its host, if its certificate is not verified."""


class Plan(NamedTuple):
    """What the manifest and the options decide about an export."""

    groups: frozenset[str]
    excludes: frozenset[str]
    """The names of packages that PDM leaves out of every resolution."""
    is_distribution: bool
    """Whether the project itself can be installed."""
    uses_hatchling: bool
    """Whether hatchling replaces braces in a requirement."""
    sources: tuple[Source, ...]


def normalize_name(name: str) -> str:
    """A name as PDM compares it."""
    return normalize_spelling(name).lower()


def normalize_spelling(name: str) -> str:
    """A name as PDM writes it."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name)


class Manifest:
    """What an export takes from a pyproject.toml. Each member raises ValueError."""

    def __init__(self, document: Table) -> None:
        self._document = document
        self._project = document.table("project")
        self._settings = document.table("tool").table("pdm")
        if "project" not in document:
            for tool in CONVERTED:
                if tool in document.table("tool"):
                    raise MalformedError(f"it has a [tool.{tool}] table but no [project] table")

    @property
    def python(self) -> str:
        """The Python versions of the project; "" for all."""
        return self._project.string("requires-python", "")

    @property
    def optional_groups(self) -> frozenset[str]:
        """The extras of the project."""
        return frozenset(map(normalize_name, self._project.table("optional-dependencies").values))

    @property
    def groups(self) -> tuple[str, ...]:
        """All groups, extras among them."""
        return (DEFAULT_GROUP, *self.optional_groups, *self._development_groups())

    @property
    def members(self) -> tuple[str, ...] | None:
        """The globs of the members; None: the project is not a workspace."""
        workspace = self._settings.table("workspace")
        return workspace.strings("members") if workspace.values else None

    @property
    def runs_at_every_command(self) -> bool:
        """Whether PDM runs a script of the project at every command."""
        return EVERY_COMMAND in self._settings.table("scripts")

    @property
    def has_lock_inputs(self) -> bool:
        """Whether PDM writes values of the manifest, not their digest, into the lock file."""
        return self._settings.table("resolution").values.get("lock_inputs") is True

    def plan(self, options: Options, locked: tuple[str, ...]) -> Plan:
        """What to export. `locked` are the groups in the lock file. Raises RefusedError."""
        excludes = self._settings.table("resolution").strings("excludes")
        backend = self._document.table("build-system").values.get("build-backend")
        return Plan(
            groups=self._select_groups(options, locked),
            excludes=frozenset(map(normalize_name, excludes)),
            is_distribution=self._is_distribution(),
            uses_hatchling=backend == HATCHLING,
            sources=tuple(self._sources()),
        )

    def content_hash(self, algorithm: str) -> str:
        """The digest of this manifest, without the members of a workspace."""
        import hashlib
        import json

        content = {
            "sources": self._settings.values.get("source", []),
            "dependencies": self._project.values.get("dependencies", []),
            "dev-dependencies": self._development_groups(),
            "optional-dependencies": self._project.values.get("optional-dependencies", {}),
            "requires-python": self._project.values.get("requires-python", ""),
            "resolution": self._settings.values.get("resolution", {}),
        }
        try:
            return hashlib.new(algorithm, json.dumps(content, sort_keys=True).encode()).hexdigest()
        except TypeError as error:
            raise MalformedError(f"PDM cannot lock it: {error}") from error

    def _is_distribution(self) -> bool:
        if not self._project.string("name", ""):
            return False
        if "package-type" in self._settings:
            return self._settings.string("package-type") == "library"
        return self._settings.boolean("distribution", default=True)

    def _select_groups(self, options: Options, locked: tuple[str, ...]) -> frozenset[str]:
        development = frozenset(self._development_groups())
        optional = self.optional_groups
        known = {DEFAULT_GROUP} | development | optional
        if options.is_unset and locked:
            return frozenset(known).intersection(locked)
        selected = {normalize_name(name) for name in options.groups if name != ALL_GROUPS}
        if options.dev is False and selected & development:
            raise RefusedError("--prod cannot be combined with development groups")
        if options.dev is not False and not selected & development:
            selected |= development
        if ALL_GROUPS in options.groups:
            selected |= optional
        if options.default:
            selected.add(DEFAULT_GROUP)
        return frozenset(selected & known) - set(map(normalize_name, options.excluded_groups))

    def _sources(self) -> Iterable[Source]:
        sources: dict[str, Source] = {}
        for table in self._settings.tables("source"):
            name = table.string("name")
            if unknown := sorted(table.values.keys() - SOURCE_KEYS):
                raise MalformedError(f"{table.at(unknown[0])} is not a setting of a source")
            type_ = table.string("type", INDEX)
            if type_ not in (INDEX, FIND_LINKS):
                raise MalformedError(f"{table.at('type')} is neither {INDEX} nor {FIND_LINKS}")
            default = DEFAULT_INDEX_URL if name == "pypi" else ""
            url = table.line("url", default)
            verifies = table.boolean("verify_ssl", default=True)
            sources[name] = Source(name, type_, url, None if verifies else _host(url))
        return [source for source in sources.values() if source.url]

    def _development_groups(self) -> Mapping[str, list[object]]:
        groups: dict[str, list[object]] = {}
        table = self._document.table("dependency-groups")
        for name in table.values:
            if normalize_name(name) in groups:
                raise MalformedError(f"{table.at(name)} is there twice, in two spellings")
            groups[normalize_name(name)] = [*table.array(name)]
        table = self._settings.table("dev-dependencies")
        for name in table.values:
            groups.setdefault(normalize_name(name), []).extend(table.array(name))
        return groups


def _host(url: str) -> str:
    parts = urlsplit(f"//{urlsplit(url).netloc}")
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    try:
        return f"{host}:{parts.port}" if parts.port else host
    except ValueError:
        return host
