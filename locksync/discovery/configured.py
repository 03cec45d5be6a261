"""The exports that configuration files name, and what these files have to say of all others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from locksync.command_line import Command, join_words
from locksync.discovery.configuration import (
    FILE_NAMES,
    Configuration,
    ConfiguredExport,
    invalid,
    parse_configuration,
)
from locksync.discovery.faults import fault
from locksync.documents import shown
from locksync.findings import Finding, FindingError, Notice
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree, is_known
from locksync.tools.registry import TOOLS, read_export

Names = Mapping[str, frozenset[str]]
"""The names of the files in each directory."""


class Configured(NamedTuple):
    """What the configuration files of a repository say."""

    configurations: tuple[Configuration, ...]
    exports: tuple[Export, ...]
    findings: tuple[Finding, ...]
    """What is wrong with them."""


def read_configurations(tree: Tree, names: Names) -> Configured:
    """What all configuration files that git tracks say."""
    findings: list[Finding] = []
    exports: list[Export] = []
    configurations: list[Configuration] = []
    for file in paths.named(tree.files(), FILE_NAMES.__contains__):
        try:
            configuration = parse_configuration(tree.read(file) or b"", file)
        except Exception as error:
            findings.append(fault(error, file))
            configuration = Configuration(file, discover=False)
        if configuration:
            found, faults = _exports_of(configuration, names, tree)
            exports.extend(found)
            findings.extend(faults)
            # What is discovered must not take the place of what was meant.
            discovers = configuration.discover and not faults
            configurations.append(configuration._replace(discover=discovers))
    return Configured(tuple(configurations), tuple(exports), tuple(findings))


def configuration_files(directories: Iterable[str]) -> Iterator[str]:
    """The configuration files that could be at the top or in some directories."""
    _, own = FILE_NAMES
    yield from FILE_NAMES
    yield from (paths.join(place, own) for place in directories if place)


def untracked(path: str, tree: Tree) -> Iterator[Notice]:
    """A notice if a configuration file is there, and git does not track it."""
    if path in tree.files() or not tree.is_file(path) or tree.is_tracked(path):
        return
    if _configures(path, tree):
        force = ("--force",) if tree.ignore_rule(path) else ()
        add = join_words(("git", "add", *force, path))
        yield Notice(f"{path} is not tracked by git, so it is not read: {add}", path)


def _configures(path: str, tree: Tree) -> bool:
    try:
        return parse_configuration(tree.read(path) or b"", path) is not None
    except FindingError:
        return True


def _exports_of(
    configuration: Configuration, names: Names, tree: Tree
) -> tuple[list[Export], list[Finding]]:
    exports: list[Export] = []
    findings: list[Finding] = []
    for entry in configuration.exports:
        try:
            exports.extend(_exports_of_entry(configuration, entry, names, tree))
        except Exception as error:
            findings.append(fault(error, configuration.file))
    return exports, findings


def _exports_of_entry(
    configuration: Configuration, entry: ConfiguredExport, names: Names, tree: Tree
) -> Iterator[Export]:
    try:
        if entry.within is None:
            yield _edited(entry, configuration.directory, configuration.file, tree)
            return
        matching = [
            directory
            for directory in names
            if is_matched(directory, configuration, [entry.within])
            and _is_called_for(entry.command, directory, tree)
        ]
        if not matching:
            raise ValueError(f"no directory with a lock file matches {entry.within!r}")
        for directory in matching:
            yield _edited(entry, directory, configuration.file, tree)
    except ValueError as error:
        command = " ".join(entry.command.words)
        raise invalid(configuration.file, f"{shown(command)}: {error}", entry.line) from error


def _edited(entry: ConfiguredExport, directory: str, file: str, tree: Tree) -> Export:
    """The export of an entry in a directory. Raises ValueError."""
    export = read_export(entry.command, directory, tree)
    about = TOOLS[export.tool].about
    if entry.edits and about.proves:
        raise ValueError(f"what {about.program} compiles cannot be edited: change its input files")
    if entry.edits and export.output.endswith(".toml"):
        raise ValueError(f"{export.output} cannot be edited: it is no requirements file")
    where = f"{file}:{entry.line}" if entry.line else file
    return export._replace(where=where, edits=entry.edits)


def _is_called_for(command: Command, directory: str, tree: Tree) -> bool:
    """Whether the lock file that the command would read in a directory is there, or was."""
    export = read_export(command, directory, tree)
    inputs = TOOLS[export.tool].inputs(export)
    # Many directories have a lock file above that is none of theirs.
    own = [file for file in inputs if paths.is_within(file, directory)] if export.lock else inputs
    return any(is_known(file, tree) for file in own) and is_known(inputs[0], tree)


def is_matched(path: str, configuration: Configuration, globs: Iterable[str]) -> bool:
    """Whether a path, or a directory above it, matches one of the configuration's globs."""
    if not paths.is_within(path, configuration.directory):
        return False
    relative = path[len(configuration.directory) :].strip("/")
    return any(paths.matches(relative, glob) for glob in globs)


def is_excluded(path: str, configurations: Iterable[Configuration]) -> bool:
    """Whether the configurations keep a file, or a directory above it, from discovery."""
    parts = path.split("/")
    above = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    return any(
        is_matched(part, configuration, configuration.exclude)
        for configuration in configurations
        for part in above
    )


def idle_excludes(
    configurations: Iterable[Configuration], known: Collection[str]
) -> Iterator[Notice]:
    """A notice for each `exclude` that matches none of the known files and directories."""
    for configuration in configurations:
        for glob in configuration.exclude:
            if not any(is_matched(path, configuration, [glob]) for path in known):
                message = f"{configuration.file}: exclude {glob!r} matches nothing. Take it out"
                yield Notice(message, configuration.file)


def is_left_to_configuration(directory: str, configurations: Iterable[Configuration]) -> bool:
    """Whether a configuration says that nothing is to be discovered in a directory."""
    return any(
        not configuration.discover and paths.is_within(directory, configuration.directory)
        for configuration in configurations
    )


def with_strictness(export: Export, configurations: Sequence[Configuration]) -> Export:
    """The export, held to its bytes if a configuration says so."""
    strict = any(
        configuration.strict and paths.is_within(export.directory, configuration.directory)
        for configuration in configurations
    )
    return export._replace(strict=strict)
