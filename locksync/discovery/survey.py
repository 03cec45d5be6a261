"""Which exports a repository has: those configured, those that headers tell of, those explained.

No file is taken for an export without evidence, and no lock file for a reason to have one; but
for the first export of a repository.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from locksync.discovery.ambiguity import split_ambiguous, target_of
from locksync.discovery.configuration import Configuration
from locksync.discovery.configured import (
    Configured,
    Names,
    configuration_files,
    idle_excludes,
    is_excluded,
    is_left_to_configuration,
    read_configurations,
    untracked,
    with_strictness,
)
from locksync.discovery.defaults import default_exports, exists, is_free
from locksync.discovery.export_names import (
    EXPORT_NAME,
    REQUIREMENTS_NAME,
    could_be_exports,
    marked_files,
)
from locksync.discovery.faults import Faults, Found, Item
from locksync.discovery.headers import Claim, claim_of, claims
from locksync.discovery.notices import not_explained, not_found, to_do_without
from locksync.findings import Code, Finding, FindingError, Notice
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.protocol import Tool
from locksync.tools.registry import TOOLS

if TYPE_CHECKING:  # A run that has no file to look into does not need them.
    from locksync.discovery.explanation import Evidence, Places
    from locksync.discovery.search import Explanation
    from locksync.discovery.written_commands import WrittenCommand

NOWHERE: Places = {}
Explain = Callable[[Tree, Mapping[str, "Evidence"]], Iterable["Explanation"]]
"""How files are explained, each by the evidence that there is for it."""


class Survey(NamedTuple):
    """The exports of a repository."""

    exports: tuple[Export, ...]
    findings: tuple[Finding, ...] = ()
    """What is wrong with the configuration, outputs that several exports would write, and files
    that are not explained."""
    configurations: tuple[Configuration, ...] = ()
    configured: frozenset[str] = frozenset()
    """The outputs of the exports that the configurations name."""
    explanations: tuple[Explanation, ...] = ()
    """What there is to say of each file that was looked into, by output."""
    notices: tuple[Notice, ...] = ()
    """What is worth a line, though nothing is wrong."""
    places: Places = NOWHERE
    """The default exports of each directory that has something to export."""

    @property
    def worked_out(self) -> frozenset[str]:
        """The outputs whose commands were worked out from what they hold, default ones aside."""
        defaults = {export for exports in self.places.values() for export in exports}
        found = (one for one in self.explanations if one.is_found)
        return frozenset(one.output for one in found if one.export not in defaults)

    def excludes(self, path: str) -> bool:
        """Whether the configurations keep a file, or a directory above it, from discovery."""
        return is_excluded(path, self.configurations)

    def to_create(self, exports: Iterable[Export], tree: Tree) -> list[Export]:
        """Those of some exports that overwrite nothing, and that nothing speaks against."""
        outputs = {export.output for export in self.exports}
        return [
            export
            for export in exports
            if export.output not in outputs and is_free(export, tree, self.configurations)
        ]

    def below(self, place: str) -> Survey:
        """The survey of what reads or writes below a path."""
        return self._replace(
            exports=tuple(export for export in self.exports if _touches(export, place)),
            findings=tuple(
                finding
                for finding in self.findings
                if finding.code is not Code.UNEXPLAINED or paths.is_within(finding.file, place)
            ),
        )


def explain_each(tree: Tree, files: Mapping[str, Evidence]) -> Iterable[Explanation]:
    """The explanation of each file, one after the other."""
    from locksync.discovery.explanation import explain

    return [explain(path, tree, evidence) for path, evidence in files.items()]


def find_exports(tree: Tree, explain: Explain = explain_each) -> Survey:
    """All exports of the repository, in the order of their outputs."""
    names = _names_by_directory(tree)
    configured = read_configurations(tree, names)
    return _Discovery(tree, names, configured, explain).survey()


def _names_by_directory(tree: Tree) -> Names:
    """The names of the files of each directory: those tracked and those the commit deletes."""
    names = dict(paths.by_directory(tree.files()))
    for directory, deleted in paths.by_directory(tree.deleted()).items():
        names[directory] = names.get(directory, frozenset()) | deleted
    return dict(sorted(names.items()))


def _touches(export: Export, place: str) -> bool:
    files = (export.output, *TOOLS[export.tool].inputs(export))
    return any(paths.is_within(file, place) for file in files)


class _Discovery:
    """The way from files and configuration to the exports of a repository."""

    def __init__(self, tree: Tree, names: Names, configured: Configured, explain: Explain) -> None:
        self._tree = tree
        self._names = names
        self._configured = configured
        self._configurations = configured.configurations
        self._explain = explain
        self._faults = Faults()
        self._places = dict(self._each(names, self._place, lambda directory: directory or "."))
        self._read = {TOOLS[export.tool].inputs(export)[0] for export in configured.exports}
        outputs = {export.output for export in configured.exports}
        self._written = outputs | {target_of(output, tree) for output in outputs}

    def survey(self) -> Survey:
        marked, deleted = sorted(marked_files(self._tree)), sorted(self._tree.deleted())
        claimed = (
            *self._each(marked, lambda path: claims(path, self._tree)),
            *self._each(filter(REQUIREMENTS_NAME.search, deleted), self._claim_before),
        )
        exports = [*self._configured.exports, *self._claimed(claimed)]
        self._written.update(export.output for export in exports)
        explanations = self._explanations(
            {claim.path: claim.program for claim in claimed if not claim.exports}
        )
        exports += self._each(explanations, self._explained, lambda one: one.output)
        findings = [
            *self._configured.findings,
            *self._each(explanations, self._unexplained, lambda one: one.output),
        ]
        told = {found.output for found in explanations if not found.is_foreign}
        notices = [
            *self._each(configuration_files(self._places), lambda it: untracked(it, self._tree)),
            *self._each(claimed, lambda one: self._unresolved(one, told), lambda one: one.path),
            *self._idle_excludes(exports),
        ]
        is_started = not (exports or findings or self._faults.found())
        starts = tuple(self._starts()) if is_started else ()
        findings += (one for path, one in self._faults.found() if not self._is_settled(path))
        kept, ambiguous = split_ambiguous((*exports, *starts), self._tree)
        notices += (to_do_without(export) for export in starts if export in kept)
        return Survey(
            tuple(with_strictness(export, self._configurations) for export in kept),
            (*findings, *ambiguous),
            self._configurations,
            frozenset(export.output for export in self._configured.exports),
            tuple(explanations),
            tuple(notices),
            self._places,
        )

    def _each(
        self,
        items: Iterable[Item],
        look: Callable[[Item], Iterable[Found]],
        file_of: Callable[[Item], str] = str,
    ) -> Iterator[Found]:
        """What is found in each item, whatever goes wrong with another."""
        return self._faults.each(items, look, file_of)

    def _place(self, directory: str) -> Iterator[tuple[str, tuple[Export, ...]]]:
        """A directory with its default exports, if it has some."""
        if is_left_to_configuration(directory, self._configurations):
            return

        def defaults(tool: Tool) -> Iterator[Export]:
            return default_exports(tool, self._tree, directory, self._names[directory])

        if found := tuple(self._each(TOOLS.values(), defaults, lambda _: directory or ".")):
            yield directory, found

    def _claimed(self, claimed: Iterable[Claim]) -> Iterator[Export]:
        """The exports that headers tell of, where no configured one writes the file."""
        for export in (export for claim in claimed for export in claim.exports):
            is_configured = is_left_to_configuration(export.directory, self._configurations)
            if not (is_configured or self._is_settled(export.output)):
                yield export

    def _claim_before(self, path: str) -> Iterator[Claim]:
        """What the header of an output said that the next commit deletes."""
        before = map(self._tree.as_of, self._tree.history((path,)))
        claim = next(filter(None, (claim_of(path, tree) for tree in before)), None)
        exports = filter(self._can_be_written, claim.exports if claim else ())
        yield Claim(path, "", tuple(exports))

    def _idle_excludes(self, exports: Iterable[Export]) -> Iterator[Notice]:
        if not any(configuration.exclude for configuration in self._configurations):
            return
        places = {above for directory in self._names for above in paths.upwards(directory)}
        defaults = (export for found in self._places.values() for export in found)
        outputs = {export.output for export in (*exports, *defaults)}
        known = {*self._tree.files(), *places, *outputs}
        yield from self._each(
            self._configurations, lambda one: idle_excludes([one], known), lambda one: one.file
        )

    def _unresolved(self, claim: Claim, told: Collection[str]) -> Iterator[Notice]:
        """A notice for a header whose input files are not found."""
        could_be = EXPORT_NAME.search(claim.path) or claim.is_compiled
        if could_be and claim.path not in told and claim.program and not claim.exports:
            directory = paths.parent(claim.path)
            is_left = is_left_to_configuration(directory, self._configurations)
            if not (is_left or self._is_settled(claim.path)):
                yield not_found(claim)

    def _can_be_written(self, export: Export) -> bool:
        return TOOLS[export.tool].inputs(export)[0] in self._tree.files()

    def _is_settled(self, path: str) -> bool:
        return path in self._written or is_excluded(path, self._configurations)

    def _unclaimed(self) -> Iterator[str]:
        """The files that could be exports and of which neither configuration nor header tells."""
        if not self._places:
            return
        found = set(could_be_exports(self._tree))
        defaults = {export.output for exports in self._places.values() for export in exports}
        found.update(self._each(defaults - self._tree.files(), self._untracked))
        deleted = filter(REQUIREMENTS_NAME.search, self._tree.deleted())
        found.update(tuple(self._each(deleted, lambda path: self._deleted(path, found))))
        yield from self._each(sorted(found), lambda path: self._open(path, found))

    def _open(self, path: str, found: Collection[str]) -> Iterator[str]:
        """A file, if it is to be looked into."""
        if not (self._is_settled(path) or self._is_link(path, found)):
            yield path

    def _deleted(self, path: str, others: Collection[str]) -> Iterator[str]:
        """An output that the next commit deletes, if it does not move to another place."""
        before = self._tree.committed(path)
        if before is None or all(_read(other, self._tree) != before for other in others):
            yield path

    def _is_link(self, path: str, found: Collection[str]) -> bool:
        """Whether a file leads to another one that is looked into."""
        target = target_of(path, self._tree)
        return target != path and target in found

    def _untracked(self, output: str) -> Iterator[str]:
        """A default output that git does not track, if it is there and not ignored."""
        if exists(output, self._tree) and not self._tree.ignore_rule(output):
            yield output

    def _explanations(self, programs: Mapping[str, str]) -> list[Explanation]:
        """What there is to say of each file, with no more evidence than that takes."""
        unclaimed = tuple(self._unclaimed())
        if not unclaimed:
            return []
        from locksync.discovery.explanation import gather, gather_defaults

        places = self._places
        defaults = dict(self._each(unclaimed, lambda it: [(it, gather_defaults(it, places))]))
        found = {one.output: one for one in self._explain(self._tree, defaults)}
        left = [path for path, explanation in found.items() if not explanation.gives_the_file]
        # Most repositories need not be searched for commands.
        written = tuple(self._find_written()) if left else ()
        evidence = dict(
            self._each(left, lambda it: [(it, gather(it, places, written, programs.get(it, "")))])
        )
        found.update((one.output, one) for one in self._explain(self._tree, evidence))
        return [found[path] for path in sorted(found)]

    def _find_written(self) -> Iterable[WrittenCommand]:
        from locksync.discovery.written_commands import find_written_commands

        return find_written_commands(self._tree, self._faults)

    def _explained(self, found: Explanation) -> Iterator[Export]:
        export = found.export
        if not (export and found.is_export):
            return
        if TOOLS[export.tool].inputs(export)[0] in self._read:
            return  # What a configured export reads gives only what is configured.
        if self._can_be_written(export) or exists(found.output, self._tree):
            yield export

    def _unexplained(self, found: Explanation) -> Iterator[Finding]:
        if found.is_unexplained:
            above = (paths.is_within(found.output, one.directory) for one in self._configurations)
            yield not_explained(found, is_configured=any(above))

    def _starts(self) -> Iterator[Export]:
        """The default export of each lock file that differs from HEAD, for want of any other."""
        defaults = (export for exports in self._places.values() for export in exports)
        locks = dict(self._each(defaults, self._start, lambda export: export.output))
        changed = self._tree.changed(sorted(locks)) if locks else frozenset()
        for lock, export in locks.items():
            # What is ignored is not meant to be committed.
            if lock in changed and not self._tree.ignore_rule(export.output):
                yield export

    def _start(self, export: Export) -> Iterator[tuple[str, Export]]:
        """A default export by its lock file, if it could be the first one."""
        is_possible = is_free(export, self._tree, self._configurations)
        if TOOLS[export.tool].about.starts and is_possible and self._can_be_written(export):
            yield TOOLS[export.tool].inputs(export)[0], export


def _read(path: str, tree: Tree) -> bytes | None:
    try:
        return tree.read(path)
    except FindingError:
        return None
