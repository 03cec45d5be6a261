"""Work out the settings with which the repository's requirements files stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from locksync.adoption.own_hooks import OwnHook
from locksync.command_line import split_command
from locksync.discovery.configuration import FILE_NAMES
from locksync.discovery.search import Explanation, Origin
from locksync.discovery.survey import Survey
from locksync.findings import Code, Finding
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.registry import TOOLS, read_export

MANIFEST, OWN_FILE = FILE_NAMES


class Entry(NamedTuple):
    """An entry of the setting `exports`."""

    run: str
    within: str | None = None
    """Where the command runs, relative to the configuration file. None: beside that file."""


class Choice(NamedTuple):
    """What the user has to decide on a file that is not explained."""

    output: str
    """The file, as the setting `exclude` would name it."""
    entry: Entry | None
    """The nearest command; None: there is none."""


class Settings(NamedTuple):
    """The settings to add to one configuration file."""

    file: str
    exports: tuple[Entry, ...] = ()
    choices: tuple[Choice, ...] = ()
    """Entries of which the user takes one each. They are comments until then."""


class Adoption(NamedTuple):
    """What is known about a repository's requirements files, and the settings that follow."""

    explanations: tuple[Explanation, ...]
    settings: tuple[Settings, ...]
    """The settings to add, one entry per configuration file."""

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
    untracked: tuple[str, ...] = ()
    """The configuration files that git does not track, so that no check reads them."""
    lacks_hook: bool = False
    """Whether no hook of locksync is configured, and none will be added."""
    rivals: tuple[OwnHook, ...] = ()
    """The hooks of other repositories that rewrite the same files and are left."""

    @property
    def changes(self) -> tuple[Edit, ...]:
        """The edits that change something."""
        return tuple(edit for edit in self.edits if edit.after != edit.before)


def adopt(
    tree: Tree,
    survey: Survey,
    below: str,
    further: Mapping[str, Explanation] | None = None,
    hooked: Iterable[Export] = (),
) -> Adoption:
    """What to adopt below a directory.

    `further` are explanations that only `init` looks for, `hooked` the exports that the tools' own
    hooks describe.
    """
    looked_into = {one.output: one for one in survey.explanations} | {**(further or {})}
    for export in hooked:
        looked_into[export.output] = _of_hook(export, looked_into.get(export.output))
    explanations = tuple(_explanations(tree, survey, looked_into, below))
    found = [one.export for one in explanations if one.is_found and one.export]
    settings: dict[str, Settings] = {}
    for file, entry in _entries(found, survey, tree):
        before = settings.setdefault(file, Settings(file))
        settings[file] = before._replace(exports=(*before.exports, entry))
    for one in explanations:
        if one.origin is Origin.UNEXPLAINED:
            file, choice = choice_for(one, survey, tree)
            before = settings.setdefault(file, Settings(file))
            settings[file] = before._replace(choices=(*before.choices, choice))
    return Adoption(explanations, tuple(settings[file] for file in sorted(settings)))


def _of_hook(export: Export, found: Explanation | None) -> Explanation:
    if found and found.export == export and found.is_found:
        return found
    return Explanation(export.output, Origin.HOOK, export)


def _explanations(
    tree: Tree, survey: Survey, looked_into: Mapping[str, Explanation], below: str
) -> Iterator[Explanation]:
    """What there is to say of each committed requirements file below a directory."""
    known = {export.output: export for export in survey.exports}
    rivals = {one.file: one for one in survey.findings if one.code is Code.AMBIGUOUS}
    for path in sorted({*known, *looked_into, *survey.configured, *rivals}):
        if not paths.is_within(path, below) or survey.excludes(path):
            continue
        export, found = known.get(path), looked_into.get(path)
        if path in survey.configured:
            more = "more than one export would write it" if path in rivals else ""
            yield Explanation(path, Origin.CONFIGURED, export, reason=more)
        elif path in rivals:
            reason = rivals[path].message.partition(": ")[0].removeprefix(f"{path} ")
            yield Explanation(path, Origin.UNEXPLAINED, reason=f"it {reason}")
        elif found and export and found.origin is Origin.FOREIGN:
            # Its header says that it is an export.
            yield found._replace(origin=Origin.UNEXPLAINED)
        elif found:
            yield found
        elif export and tree.exists(path):
            yield Explanation(path, Origin.HEADER, export)


def _entries(exports: Iterable[Export], survey: Survey, tree: Tree) -> Iterator[tuple[str, Entry]]:
    """The configuration file for each export, and the entry to add to it.

    Alike projects side by side share one.
    """
    left = list(exports)
    while left:
        export = left[0]
        alike = _alike(export, left, survey, tree)
        left = [other for other in left if other not in alike]
        if len(alike) == 1:
            yield _entry(export, survey, tree)
        else:
            above = paths.parent(export.directory)
            file = _file_above(above, survey, tree)
            within = paths.relative(above, paths.parent(file))
            yield file, Entry(export.command, "*" if within == "." else f"{within}/*")


def _alike(
    export: Export, exports: Sequence[Export], survey: Survey, tree: Tree
) -> Sequence[Export]:
    """The exports by the same command in the directories beside an export's, with itself.

    It is alone unless every directory there with such a lock file is meant.
    """
    above = paths.parent(export.directory)
    alike = [
        other
        for other in exports
        if other.command == export.command
        and other.directory
        and paths.parent(other.directory) == above
    ]
    meant = {other.directory for other in alike}
    is_plain = not any(mark in above for mark in "*?")
    if len(alike) < 2 or not is_plain or meant != set(_called_for(export, above, tree)):
        return [export]
    configured = {one.directory for one in survey.configurations}
    return [export] if meant & configured else alike


def _called_for(export: Export, above: str, tree: Tree) -> Iterator[str]:
    """The directories in another in which the command would find its lock file."""
    for directory in paths.by_directory(tree.files()):
        if directory and paths.parent(directory) == above:
            there = read_export(split_command(export.command), directory)
            if TOOLS[export.tool].inputs(there)[0] in tree.files():
                yield directory


def _entry(export: Export, survey: Survey, tree: Tree) -> tuple[str, Entry]:
    """The configuration file for an export, and the entry to add to it."""
    file = _file_above(export.directory, survey, tree)
    above = paths.parent(file)
    if above == export.directory:
        return file, Entry(export.command)
    within = paths.relative(export.directory, above)
    lock = TOOLS[export.tool].inputs(export)[0]
    if "*" in within or "?" in within or lock not in tree.files():
        return paths.join(export.directory, OWN_FILE), Entry(export.command)
    return file, Entry(export.command, within)


def choice_for(found: Explanation, survey: Survey, tree: Tree) -> tuple[str, Choice]:
    """The configuration file that would settle a file, and what could stand in it."""
    if found.export:
        file, entry = _entry(found.export, survey, tree)
        if paths.is_within(found.output, paths.parent(file)):
            return file, Choice(paths.relative(found.output, paths.parent(file)), entry)
    file = _file_above(paths.parent(found.output), survey, tree)
    return file, Choice(paths.relative(found.output, paths.parent(file)), None)


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
