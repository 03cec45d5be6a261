"""pipenv: Pipfile.lock and Pipfile, exported by `pipenv requirements`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from locksync.command_line import as_argument, command_in, join_words
from locksync.documents import MalformedError, Table, blaming, parse_json
from locksync.findings import Code, Finding, FindingError
from locksync.model import Answer, Export, Invocation
from locksync.repository.paths import join, name, parent, relative
from locksync.repository.protocol import Tree
from locksync.tools.pipenv.manifest import (
    content_hash,
    package_names,
    parse_pipfile,
    refuse_invalid,
)
from locksync.tools.pipenv.options import Options, read_options
from locksync.tools.pipenv.render import IsDirectory, render_lock, render_pipfile
from locksync.tools.protocol import About
from locksync.tools.shared.arguments import refuse_unknown

if TYPE_CHECKING:
    from locksync.requirements.traces import Traces

LOCK = "Pipfile.lock"
MANIFEST = "Pipfile"
COMMAND = ("pipenv", "requirements")
ENVIRONMENT = {
    "PIPENV_DONT_LOAD_ENV": "1",
    "PIPENV_IGNORE_VIRTUALENVS": "1",
    "PIPENV_PIPFILE": None,
    "PIPENV_PYPI_MIRROR": None,
}
"""Keeps out what would change the export: a .env file, and the user's own settings."""
DIRECTORIES_ABOVE = 9
"""How far up pipenv looks for a Pipfile: PIPENV_MAX_DEPTH in pipenv/environments.py."""


class Pipenv:
    """The tool pipenv, as `locksync.tools.protocol.Tool` describes one."""

    about = About(
        name="pipenv",
        program="pipenv",
        command=COMMAND,
        hook="pipenv-requirements",
        packages=("pipenv",),
        writes_header=False,
        is_inert=False,
    )

    def discover(
        self, directory: str, names: Collection[str], tree: Tree
    ) -> Sequence[tuple[str, ...]]:
        return [()] if LOCK in names else []

    def from_header(self, path: str, head: bytes, tree: Tree) -> Export | None:
        return None  # Its outputs have no header.

    def candidates(self, directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
        lock_path, manifest_path = join(directory, LOCK), join(directory, MANIFEST)
        if lock_path not in tree.files():
            return
        from locksync.tools.pipenv.candidates import candidate_arguments

        lock = parse_json(tree.read(lock_path) or b"", lock_path)
        pipfile = parse_pipfile(tree.read(manifest_path) or b"", manifest_path)
        with blaming(manifest_path):
            names = package_names(pipfile)
        output = as_argument(relative(traces.path, directory))
        with blaming(lock_path):
            for words in candidate_arguments(lock, names, traces):
                yield self.read(words, directory, output)

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        read_options(arguments)
        output = stdout or "requirements.txt"
        return Export(
            tool=self.about.name,
            directory=directory,
            arguments=tuple(arguments),
            output=join(directory, output),
            command=f"{join_words((*COMMAND, *arguments))} > {join_words([output])}",
        )

    def inputs(self, export: Export) -> tuple[str, ...]:
        manifest = join(export.directory, MANIFEST)
        if read_options(export.arguments).no_lock:
            return (manifest,)
        return (join(export.directory, LOCK), manifest)

    def answer(self, export: Export, tree: Tree) -> Answer:
        options = read_options(export.arguments)
        refuse_unknown(export, options.unsupported)
        if options.no_lock:
            return self._answer_from_pipfile(export, tree, options)
        lock_path, manifest_path = self.inputs(export)
        lock = parse_json(tree.read(lock_path) or b"", lock_path)
        pipfile = _read_pipfile(export, tree, manifest_path)
        findings = self._freshness(export, lock, pipfile)
        try:
            with blaming(manifest_path):
                names = package_names(pipfile or Table({})) if options.from_pipfile else None
            with blaming(lock_path):
                text = render_lock(lock, options, names, _directories(export, tree))
        except FindingError as error:
            return Answer(None, (*findings, error.finding))
        # pipenv itself exports a stale lock file without a word.
        return Answer(text, findings)

    def _answer_from_pipfile(self, export: Export, tree: Tree, options: Options) -> Answer:
        path = self.inputs(export)[0]
        pipfile = parse_pipfile(tree.read(path) or b"", path)
        with blaming(path):
            return Answer(render_pipfile(pipfile, options, _directories(export, tree)))

    def _freshness(self, export: Export, lock: Table, pipfile: Table | None) -> tuple[Finding, ...]:
        """Whether `pipenv verify` finds the lock file up to date."""
        lock_path, manifest_path = self.inputs(export)
        with blaming(lock_path):
            locked = lock.table("_meta").table("hash").values.get("sha256")
        if pipfile is None:
            return ()
        try:
            refuse_invalid(pipfile)
            is_fresh = content_hash(pipfile) == locked
        except MalformedError as error:
            message = f"{lock_path} cannot be compared with {manifest_path}, which pipenv rejects"
            return (Finding(Code.MALFORMED, f"{message}: {error}", manifest_path),)
        if is_fresh:
            return ()
        message = f"{lock_path} is out of date with {manifest_path}"
        return (Finding(Code.LOCK_STALE, message, lock_path, None, self.make_lock(export)),)

    def invoke(self, export: Export, tree: Tree, output: str) -> Invocation:
        source = self.inputs(export)[0]
        parse = parse_json if name(source) == LOCK else parse_pipfile
        with blaming(source):
            parse(tree.read(source) or b"", source).refuse_control_characters()
        arguments = (*COMMAND[1:], *export.arguments)
        return Invocation(arguments, output, to_stdout=True, environment=ENVIRONMENT)

    def make_lock(self, export: Export) -> str:
        return command_in(export.directory, ("pipenv", "lock"))

    def move_lock(self, export: Export, names: Sequence[str]) -> str:
        return command_in(export.directory, ("pipenv", "update", *names))


TOOL = Pipenv()


def _read_pipfile(export: Export, tree: Tree, path: str) -> Table | None:
    content = tree.read(path)
    if content is not None:
        return parse_pipfile(content, path)
    # Without a Pipfile beside it the lock file can be exported all the same, but pipenv would
    # rather take the next Pipfile above, with its own lock file.
    above = export.directory
    for _ in range(DIRECTORIES_ABOVE):
        if above and tree.read(join(parent(above), MANIFEST)) is not None:
            message = f"there is no {path}, so pipenv exports {join(parent(above), LOCK)} instead"
            raise FindingError(Finding(Code.REFUSED, message, path))
        above = parent(above)
    return None


def _directories(export: Export, tree: Tree) -> IsDirectory:
    prefix = f"{export.directory}/" if export.directory else ""
    return lambda path: tree.is_directory(prefix + path)
