"""PDM: pdm.lock and pyproject.toml, exported by `pdm export`.

This module is what every run loads; the modules beside it are loaded to look into a project.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from locksync import paths
from locksync.command import Invocation, command_in, join_words
from locksync.export import Answer, Export
from locksync.tools.pdm.options import UNTOLD, read_options
from locksync.tree import Tree

LOCK = "pdm.lock"
MANIFEST = "pyproject.toml"
COMMAND = ("pdm", "export")
OUTPUT = "requirements.txt"


class Pdm:
    """The tool PDM, as `locksync.tools.Tool` describes one."""

    name = "pdm"
    program = "pdm"
    command = COMMAND
    hook = "pdm-export"
    writes_header = True
    packages = ("pdm",)

    def discover(
        self, directory: str, names: Collection[str], tree: Tree
    ) -> Sequence[tuple[str, ...]]:
        return []  # Many lock files of PDM are never exported: only a header tells.

    def claim(self, path: str, head: bytes, tree: Tree) -> Export | None:
        directory = _project_above(path, tree)
        if directory is None or paths.name(path) == LOCK:
            return None
        output = path[len(directory) :].lstrip("/")
        if output != OUTPUT:
            return self.read((UNTOLD, "-o", output), directory, None)
        # PDM writes either hashes of all packages or of none.
        hashes = () if b" --hash=" in head or not _has_pins(head) else ("--no-hashes",)
        return self.read((*hashes, "-o", output), directory, None)

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        options = read_options(arguments)
        if stdout and options.output:
            raise ValueError(f"it writes {options.output}, so that nothing is left for {stdout}")
        if not stdout and not options.output:
            arguments = (*arguments, "-o", OUTPUT)
        command = join_words((*COMMAND, *arguments))
        return Export(
            tool=self.name,
            directory=directory,
            arguments=tuple(arguments),
            output=paths.join(directory, stdout or options.output or OUTPUT),
            command=f"{command} > {join_words([stdout])}" if stdout else command,
        )

    def inputs(self, export: Export) -> tuple[str, ...]:
        options = read_options(export.arguments)
        project = paths.join(export.directory, options.project)
        lock = paths.join(project, LOCK)
        if options.lock:
            lock = paths.join(export.directory, options.lock)
        return (lock, paths.join(project, MANIFEST))

    def answer(self, export: Export, tree: Tree) -> Answer:
        from locksync.tools.pdm.answering import Project

        lock, manifest = self.inputs(export)
        return Project(export, tree, lock, manifest, self.make_lock(export)).answer()

    def invoke(self, export: Export, tree: Tree, output: str) -> Invocation:
        from locksync.tools.pdm.answering import Project
        from locksync.tools.pdm.invoking import invoke

        lock, manifest = self.inputs(export)
        return invoke(Project(export, tree, lock, manifest, self.make_lock(export)), output)

    def make_lock(self, export: Export) -> str:
        # Without the option, every package would be brought to its newest version.
        return self._command(export, "lock", "--update-reuse")

    def move_lock(self, export: Export, names: Sequence[str]) -> str:
        return self._command(export, "update", "--no-sync", *names)

    def _command(self, export: Export, *words: str) -> str:
        options = read_options(export.arguments)
        place = ("-p", options.project) if options.project != "." else ()
        lock = ("-L", options.lock) if options.lock else ()
        return command_in(export.directory, ("pdm", words[0], *place, *lock, *words[1:]))


TOOL = Pdm()


def _project_above(path: str, tree: Tree) -> str | None:
    """The nearest directory above a path that has a lock file of PDM, or had one until now."""
    directory = path
    while directory:
        directory = paths.parent(directory)
        lock = paths.join(directory, LOCK)
        if lock in tree.files() or lock in tree.deleted():
            return directory
    return None


def _has_pins(head: bytes) -> bool:
    return any(line and not line.startswith((b"#", b"--")) for line in head.splitlines())
