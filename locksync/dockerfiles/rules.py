"""Whether a Dockerfile installs what an export keeps fresh, in an order that keeps its cache.

The build context is not known: it may be the directory of the Dockerfile or any above it. Those
count in which most of what the Dockerfile asks for is there, and a finding has to hold in each.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from locksync.dockerfiles.parsing import Copy, Dockerfile, Run, Stage, parse
from locksync.findings import Code, Finding
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.parsing import decode, logical_lines, read_option

NAME = re.compile(r"(?:Docker|Container)file(?:\..+)?|.+\.(?i:(?:docker|container)file)")
NO_SOURCE = re.compile(r"requirements|constraints", re.IGNORECASE)
"""Directories of these names hold what is installed, whatever scripts are beside it."""
LOCAL = re.compile(r"\.{0,2}/|\.$|\.\[|file:|[^;#]*@\s*file:")
"""A requirement that is a path."""
MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg")
ASIDE = re.compile(r"dev|test|doc|lint|build|tool", re.IGNORECASE)
"""What the names of requirements files tell that a project does not itself depend on."""


class Judgement(NamedTuple):
    """What there is to say of one Dockerfile."""

    findings: tuple[Finding, ...] = ()
    unclear: tuple[str, ...] = ()
    """Why there may be more that was not seen, each a sentence without a full stop."""


def is_dockerfile(path: str) -> bool:
    """Whether a file is a Dockerfile by its name."""
    name = paths.name(path)
    return NAME.fullmatch(name) is not None and not name.endswith(".dockerignore")


def judge(file: str, tree: Tree, is_kept: Callable[[str], bool]) -> Judgement:
    """What is wrong with a Dockerfile.

    `is_kept` tells whether a requirements file is one that an export writes, or that is to be left
    alone. Raises FindingError where the file cannot be read.
    """
    try:
        dockerfile = parse(tree.read(file) or b"")
    except ValueError as error:
        return Judgement(unclear=(f"{file} is not understood: {error}",))
    unclear = tuple(f"{file}:{line} is not understood" for line in dockerfile.obscure)
    if not any(isinstance(step, Run) for stage in dockerfile.stages for step in stage.steps):
        return Judgement(unclear=unclear)
    contexts = _likely_contexts(file, dockerfile, tree)
    if not contexts:
        message = f"{file} installs from no requirements file that the repository holds"
        return Judgement(unclear=(*unclear, message))
    found = [
        {(finding.code, finding.line): finding for finding in _judge(dockerfile, context, is_kept)}
        for context in contexts
    ]
    certain = set(found[0]).intersection(*found[1:])
    return Judgement(tuple(found[0][key] for key in found[0] if key in certain), unclear)


class _Context:
    """A directory of the repository that may be the build context."""

    def __init__(self, directory: str, file: str, tree: Tree) -> None:
        self.file = file
        self._directory = directory
        self._tree = tree
        self._expanded: dict[str, Sequence[str]] = {}
        self._held: dict[tuple[str, str], bool] = {}

    @cached_property
    def files(self) -> frozenset[str]:
        """The files that the builder sees, relative to the context."""
        directory = self._directory
        prefix = f"{directory}/" if directory else ""
        inside = (path for path in self._tree.files() if paths.is_within(path, directory))
        return frozenset(path.removeprefix(prefix) for path in inside)

    @cached_property
    def _is_ignored(self) -> Callable[[str], bool]:
        from e2b_dockerfile_utils import PatternMatcher

        for path in (f"{self.file}.dockerignore", paths.join(self._directory, ".dockerignore")):
            if path in self._tree.files():
                lines = decode(self._tree.read(path) or b"").removeprefix("\ufeff").split("\n")
                try:
                    return PatternMatcher(lines).matches
                except ValueError:
                    break
        return lambda path: False

    def has(self, path: str) -> bool:
        """Whether the builder sees a file."""
        return path in self.files and not self._is_ignored(path)

    def has_directory(self, path: str) -> bool:
        return not path or any(paths.is_within(file, path) for file in self.files)

    def holds(self, directory: str, ending: str) -> bool:
        """Whether the builder sees a file with this ending in a directory."""
        key = directory, ending
        if key not in self._held:
            self._held[key] = any(
                file.endswith(ending) and paths.is_within(file, directory) and self.has(file)
                for file in self.files
            )
        return self._held[key]

    def expand(self, sources: Sequence[str]) -> Iterator[str]:
        """The paths that some sources stand for."""
        for source in sources:
            if source not in self._expanded:
                self._expanded[source] = self._expand(source)
            yield from self._expanded[source]

    def _expand(self, source: str) -> Sequence[str]:
        if not re.search(r"[*?\[]", source):
            return [source]
        if source == "*":
            return [""]
        parts = source.count("/") + 1
        tops = {"/".join(file.split("/")[:parts]) for file in self.files}
        return sorted(top for top in tops if paths.matches(top, source))

    def in_repository(self, path: str) -> str:
        return paths.join(self._directory, path)

    def needs_source(self, requirements: str) -> bool:
        """Whether a requirements file, or one that it includes, names places of the context."""
        waiting, seen = [self.in_repository(requirements)], set[str]()
        while waiting:
            path = waiting.pop()
            seen.add(path)
            for name, value in _read_lines(path, self._tree):
                if name in ("", "--editable") and LOCAL.match(value):
                    return True
                if name == "--requirement":
                    waiting.extend({_beside(path, value)} - seen)
        return False


def _likely_contexts(file: str, dockerfile: Dockerfile, tree: Tree) -> list[_Context]:
    """The contexts in which most requirements files are there, then most of what is copied."""
    directories = [paths.parent(file)]
    while directories[-1]:
        directories.append(paths.parent(directories[-1]))
    contexts = [_Context(directory, file, tree) for directory in directories]
    ranks = [(_found(dockerfile, context), _present(dockerfile, context)) for context in contexts]
    best = max(ranks)
    return [
        context for context, rank in zip(contexts, ranks, strict=True) if rank == best and rank[0]
    ]


def _found(dockerfile: Dockerfile, context: _Context) -> int:
    steps = (step for stage in dockerfile.stages for step in _steps(stage, context))
    return len({path for step in steps for path in step.files})


def _present(dockerfile: Dockerfile, context: _Context) -> int:
    sources = {
        source
        for stage in dockerfile.stages
        for step in stage.steps
        if isinstance(step, Copy)
        for source in step.sources or ()
    }
    return sum(source in context.files or context.has_directory(source) for source in sources)


class _Step(NamedTuple):
    """An install, as it is with one build context."""

    run: Run
    files: list[str]
    """The files of the context that it installs from."""
    copies: list[Copy]
    """What the stage itself has copied before, and what is mounted."""
    has_project: bool
    """Whether it installs a project of the context."""
    is_inherited: bool
    """Whether it is one of a stage that this one is built from."""


def _steps(stage: Stage, context: _Context) -> Iterator[_Step]:
    copies: list[Copy] = []
    for step in (*stage.inherited, *stage.steps):
        if isinstance(step, Copy):
            copies.append(step)
            continue
        seen = [*copies, *step.mounts]
        origins = [_origin(file, seen, context) for file in step.install.files]
        project = step.install.project
        yield _Step(
            step,
            [path for path in origins if path is not None],
            [copy for copy in seen if copy not in stage.inherited],
            project is not None
            and any(_origin(posixpath.join(project, name), seen, context) for name in MANIFESTS),
            step in stage.inherited,
        )


def _origin(file: str, copies: Sequence[Copy], context: _Context) -> str | None:
    """The file of the context that a file of the image is a copy of, None where it is not known."""
    for copy in reversed(copies):
        if not paths.is_within(file, copy.destination.rstrip("/")):
            continue
        if copy.sources is None:
            return None
        rest = file.removeprefix(copy.destination).strip("/")
        for source in context.expand(copy.sources):
            if context.has(source):
                if rest in ("", paths.name(source)):
                    return source
            elif context.has(path := posixpath.join(source, rest)):
                return path
    return None


def _judge(
    dockerfile: Dockerfile, context: _Context, is_kept: Callable[[str], bool]
) -> Iterator[Finding]:
    unkept: dict[int, dict[str, None]] = {}
    for stage in dockerfile.stages:
        steps = list(_steps(stage, context))
        own = [step for step in steps if not step.is_inherited]
        yield from _judge_order(steps, context)
        yield from _judge_project(own, context)
        for step in own:
            whole = map(context.in_repository, step.files)
            found = {path: None for path in whole if not is_kept(path)}
            unkept.setdefault(step.run.line, {}).update(found)
    for line, files in unkept.items():
        if files:
            message = (
                f"{context.file} installs from {' and '.join(files)}, which no export writes: "
                "name the command that does in exports of [tool.locksync]"
            )
            yield Finding(Code.UNKEPT, message, context.file, line)


def _judge_order(steps: Sequence[_Step], context: _Context) -> Iterator[Finding]:
    installed: set[str] = set()
    reported: set[int] = set()
    for step in steps:
        new = [path for path in step.files if path not in installed]
        installed.update(new)
        for path in () if step.is_inherited else new:
            bringing = (copy for copy in step.copies if _brings_source(copy, path, context))
            copy = next(bringing, None)
            if copy and copy.line not in reported and not context.needs_source(path):
                reported.add(copy.line)
                whole = context.in_repository(path)
                message = (
                    f"{context.file} mounts the source to install from {whole}: mount {path} alone"
                    if copy in step.run.mounts
                    else f"{context.file} copies the source before it installs from {whole}: "
                    f"copy {path} alone first"
                )
                yield Finding(Code.SOURCE_FIRST, message, context.file, copy.line)


def _judge_project(steps: Sequence[_Step], context: _Context) -> Iterator[Finding]:
    project: Run | None = None
    for step in steps:
        if found := [path for path in step.files if not ASIDE.search(paths.name(path))]:
            if project:
                message = (
                    f"{context.file} installs the project before what it depends on: "
                    f"install from {context.in_repository(found[0])} first"
                )
                yield Finding(Code.PROJECT_FIRST, message, context.file, project.line)
            return
        project = project or (step.run if step.has_project else None)


def _brings_source(copy: Copy, requirements: str, context: _Context) -> bool:
    """Whether a copy has directories with Python code that the requirements are not part of."""
    for source in context.expand(copy.sources or ()):
        if source not in context.files and not NO_SOURCE.search(paths.name(source)):
            # Where the requirements are not, a package alone is surely no part of the set-up.
            ending = ".py" if paths.is_within(requirements, source) else "__init__.py"
            if context.holds(source, ending):
                return True
    return False


def keeps(path: str, tree: Tree, outputs: Collection[str]) -> bool:
    """Whether a requirements file is an output, or does nothing but include such."""
    waiting, seen, is_kept = [path], set[str](), False
    while waiting:
        file = waiting.pop()
        if file in outputs:
            is_kept = True
        elif file not in seen:
            seen.add(file)
            lines = list(_read_lines(file, tree))
            included = [_beside(file, value) for name, value in lines if name == "--requirement"]
            if not included or not all(name for name, _ in lines):
                return False
            waiting.extend(included)
    return is_kept


def _read_lines(path: str, tree: Tree) -> Iterator[tuple[str, str]]:
    """The options of a requirements file with their values; ("", line) for a requirement."""
    content = tree.read(path) if path in tree.files() else None
    for _, line in logical_lines(decode(content or b"")):
        yield read_option(line) or ("", line)


def _beside(path: str, included: str) -> str:
    return posixpath.normpath(posixpath.join(paths.parent(path), included))
