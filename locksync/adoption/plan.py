"""Work out the settings with which the repository's requirements files stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from locksync.discovery.configuration import FILE_NAMES
from locksync.discovery.explanation import Explanation, Origin, explain_all
from locksync.discovery.survey import Survey
from locksync.findings import Code, Finding
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import History, Tree
from locksync.tools.registry import TOOLS

MANIFEST, OWN_FILE = FILE_NAMES


class Entry(NamedTuple):
    """An entry of the setting `exports`."""

    run: str
    within: str | None = None
    """Where the command runs, relative to the configuration file. None: beside that file."""


class Settings(NamedTuple):
    """The settings to add to one configuration file."""

    file: str
    exports: tuple[Entry, ...] = ()
    exclude: tuple[str, ...] = ()


class Adoption(NamedTuple):
    """What is known about a repository's requirements files, and the settings that follow."""

    explanations: tuple[Explanation, ...]
    missing: tuple[str, ...]
    """Output files that the defaults expect and that do not exist."""
    settings: tuple[Settings, ...]
    """The settings to add, one entry per configuration file."""

    @property
    def excluded(self) -> frozenset[str]:
        """The files to exclude."""
        return frozenset(path for settings in self.settings for path in settings.exclude)

    @property
    def is_complete(self) -> bool:
        """Whether every file that looks like an export is explained."""
        return all(found.origin is not Origin.UNEXPLAINED for found in self.explanations)


class Edit(NamedTuple):
    """A change to one file."""

    file: str
    before: bytes
    after: bytes


class Initialization(NamedTuple):
    """What a run of `init` found and did."""

    adoption: Adoption
    edits: tuple[Edit, ...] = ()
    """The edits of all configuration files. Some may change nothing."""
    findings: tuple[Finding, ...] = ()
    """Why nothing, or not everything, was written."""
    written: tuple[str, ...] = ()
    lacks_hook: bool = False
    """Whether no hook of locksync is configured, and none will be added."""

    @property
    def changes(self) -> tuple[Edit, ...]:
        """The edits that change something."""
        return tuple(edit for edit in self.edits if edit.after != edit.before)


def adopt(tree: History, survey: Survey, below: str) -> Adoption:
    """What to adopt below a directory."""
    explanations = tuple(explain_all(tree, survey, below))
    exports = _to_configure(explanations, survey)
    expected = _expected(exports, survey, below)
    missing = tuple(path for path in expected if not tree.exists(path))
    foreign = {found.output for found in explanations if found.origin is Origin.FOREIGN}
    excluded = [path for path in expected if path in missing or path in foreign]
    additions: dict[str, Settings] = {}
    for export in exports:
        file, entry = _entry(export, survey, tree)
        found = additions.setdefault(file, Settings(file))
        additions[file] = found._replace(exports=(*found.exports, entry))
    if excluded:
        file = _file_above("", survey, tree)
        found = additions.setdefault(file, Settings(file))
        additions[file] = found._replace(exclude=tuple(excluded))
    return Adoption(explanations, missing, tuple(additions[file] for file in sorted(additions)))


def _to_configure(explanations: Sequence[Explanation], survey: Survey) -> list[Export]:
    """The exports to configure: those of every lock file for which the defaults do not suffice.

    As soon as one export of a lock file is configured, all of its exports must be.
    """
    found = [one.export for one in explanations if one.is_found and one.export]
    others = {_lock(export) for export in found if export not in survey.exports}
    return [export for export in found if _lock(export) in others]


def _lock(export: Export) -> tuple[str, str]:
    return export.tool, TOOLS[export.tool].inputs(export)[0]


def _expected(exports: Sequence[Export], survey: Survey, below: str) -> list[str]:
    """The outputs that the defaults still expect after these exports are configured."""
    read = {_lock(export) for export in exports}
    written = {export.output for export in exports}
    defaults = {
        export.output
        for export in survey.exports
        if export.output not in survey.configured and _lock(export) not in read
    }
    rivals = {found.file for found in survey.findings if found.code is Code.AMBIGUOUS}
    expected = (defaults | (rivals - survey.configured)) - written
    return sorted(path for path in expected if paths.is_within(path, below))


def _entry(export: Export, survey: Survey, tree: Tree) -> tuple[str, Entry]:
    """The configuration file for an export, and the entry to add to it."""
    file = _file_above(export.directory, survey, tree)
    above = paths.parent(file)
    if above == export.directory:
        return file, Entry(export.command)
    within = paths.relative(export.directory, above)
    names = {paths.name(path) for path in tree.files() if paths.parent(path) == export.directory}
    if (
        "*" in within
        or "?" in within
        or not TOOLS[export.tool].discover(export.directory, names, tree)
    ):
        return paths.join(export.directory, OWN_FILE), Entry(export.command)
    return file, Entry(export.command, within)


def _file_above(directory: str, survey: Survey, tree: Tree) -> str:
    """The configuration file for a directory.

    The nearest file with settings, there or above; else the nearest pyproject.toml; else
    locksync.toml at the top of the repository.
    """
    configured = {configuration.file for configuration in survey.configurations}
    above = [*paths.upwards(directory)]
    for place in above:
        for name in FILE_NAMES:
            if (file := paths.join(place, name)) in configured:
                return file
    for place in above:
        if (file := paths.join(place, MANIFEST)) in tree.files():
            return file
    return OWN_FILE
