"""Reading the input files of a compilation, with the files that they include."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from packaging.specifiers import SpecifierSet

from locksync.documents import blaming, parse_toml, refuse_conflict
from locksync.findings import Code, Finding, FindingError
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.as_pip import read_options_as_pip
from locksync.requirements.limits import refuse_excess
from locksync.requirements.option_words import EDITABLE, INCLUDES, VARIABLE, Option
from locksync.requirements.parsing import (
    decode,
    is_readable,
    logical_lines,
    parse_requirement,
    read_options,
)
from locksync.tools.compiled.manifest import (
    Files,
    Input,
    Inputs,
    Settled,
    UnprovableError,
    Wanted,
    as_input,
)
from locksync.tools.compiled.options import OPTIONS_OF_OUTPUT, PROJECT_FILES

DEEPEST = 100
"""How deeply input files may include one another."""
LINK = re.compile(rb"[\w./-]*\.(?:in|txt)")
"""A path of another input file, without a line end."""
MAY_VARY = (*OPTIONS_OF_OUTPUT, "-i", "-f")
"""Options that are compared with those of the output, whatever their variables stand for."""
PLACE = re.compile(r"[./\\]|file:|\w:[/\\]")
"""How a path or a URL of a file starts, or goes on."""


def read_inputs(
    tree: Files, sources: Iterable[str], constraints: Iterable[str], wanted: Wanted
) -> Inputs:
    """Read the source files and the constraints files of a compilation.

    Raises FindingError for a file that is missing, malformed or outside the repository, and
    UnprovableError for what only running code could tell.
    """
    reader = _Reader(tree, wanted)
    try:
        reader.read_all(sources, constraints)
    except UnprovableError as error:
        error.files = reader.inputs().all_files
        raise
    return reader.inputs()


def included_by(tree: Tree, file: str) -> Iterator[str]:
    """The files that an input file includes directly, if they exist; none if it is unreadable."""
    try:
        content = tree.read(file) or b""
    except FindingError:
        return  # Told where it is compiled.
    for _, line in logical_lines(decode(content)):
        for name, value in read_options(line):
            included = posixpath.normpath(posixpath.join(paths.parent(file), value))
            if name in INCLUDES and included in tree.files():
                yield included


class _Reader:
    """Reads input files one after the other, each only once."""

    def __init__(self, tree: Files, wanted: Wanted) -> None:
        self.tree = tree
        self.wanted = wanted
        self.requirements: list[Input] = []
        self.constraints: list[Input] = []
        self.overrides: list[Input] = []
        self.excluded: set[str] = set()
        self.options: list[Option] = []
        self.files: list[str] = []
        self.constraint_files: list[str] = []
        self.override_files: list[str] = []
        self.other_files: list[str] = []
        self.places: dict[str, str] = {}
        self.opaque: dict[str, str] = {}
        self._seen: dict[str, bytes | None] = {}
        self._included: dict[str, set[str]] = {}
        self._within: list[str] = []

    def inputs(self) -> Inputs:
        """What has been read."""
        return Inputs(
            tuple(self.requirements),
            tuple(self.constraints),
            tuple(dict.fromkeys(self.options)),
            tuple(self.files),
            tuple(self.constraint_files),
            tuple(self.overrides),
            tuple(self.override_files),
            frozenset(self.excluded),
            tuple(self.other_files),
            self.places,
            self.opaque,
        )

    def read_all(self, sources: Iterable[str], constraints: Iterable[str]) -> None:
        """Read everything. Raises FindingError and UnprovableError."""
        wanted, settled = self.wanted, self.wanted.settled or Settled()
        self.other_files.extend(settled.files)
        for source in sources:
            self.read(source)
        for file, group in wanted.groups:
            self._read_group(file, group)
        for constraint in constraints:
            self.read(constraint, constraint=True)
        for file in wanted.overrides:
            self.override_files.append(file)
            self._read_requirements(self._content(file), file, into=self.overrides)
        excluded: list[Input] = []
        for file in wanted.excludes:
            self.other_files.append(file)
            self._read_requirements(self._content(file), file, into=excluded)
        self.excluded.update(item.requirement.name for item in excluded)
        self.excluded.update(settled.excluded)
        self.constraints.extend(settled.constraints)
        self.overrides.extend(settled.overrides)
        self._read_directories()
        self._override()

    def read(self, file: str, *, constraint: bool = False) -> None:
        """Read a file and what it includes. Raises FindingError and UnprovableError."""
        seen = self.constraint_files if constraint else self.files
        if file in seen:
            self._read_last(file, self.constraints if constraint else self.requirements)
            return
        content = self._content(file)
        refuse_conflict(content, file)
        seen.append(file)
        if paths.name(file) in PROJECT_FILES:
            self._read_project(file)
        elif file.endswith(".py"):
            self._read_script(content, file)
        else:
            into = self.constraints if constraint else self.requirements
            self._read_requirements(content, file, into=into)

    def _read_last(self, file: str, among: list[Input]) -> None:
        """Move what a file and its includes ask for to the end, as pip reads them once more."""
        again = {file}
        waiting = [file]
        for one in waiting:
            more = self._included.get(one, set()) - again
            again |= more
            waiting.extend(more)
        among.sort(key=lambda item: item.file in again)

    def look(self, path: str) -> bytes | None:
        """The content of a file that decides, if it is there."""
        if path not in self._seen:
            self._seen[path] = self.tree.read(path)
            if self._seen[path] is not None:
                self.other_files.append(path)
        return self._seen[path]

    def _read_project(self, file: str) -> None:
        from locksync.tools.compiled.projects import build_requirements, read_metadata
        from locksync.tools.compiled.projects.selection import select

        if self.wanted.build_requires:
            items = build_requirements(self.look, file)
            self.files.extend(sorted({item.file for item in items} - {*self.files}))
            self.requirements.extend(items)
        if self.wanted.only_build_requires:
            return
        metadata = read_metadata(self.look, file, self.wanted)
        items = select(metadata, self.wanted, file)
        self.requirements.extend(item._replace(source=file) for item in items)

    def _read_script(self, content: bytes, file: str) -> None:
        from locksync.tools.compiled.projects import lowered
        from locksync.tools.compiled.projects.script import read_script

        with blaming(file):
            document = read_script(content, file)
            items = (as_input(text, file) for text in document.strings("dependencies"))
            self.requirements.extend(lowered(items, document, self.wanted))

    def _read_group(self, file: str, group: str) -> None:
        from locksync.tools.compiled.projects import lowered
        from locksync.tools.compiled.projects.pyproject import read_group

        content = self._content(file)
        with blaming(file):
            document = parse_toml(content, file)
            items = read_group(document, file, group)
            self.requirements.extend(lowered(items, document, self.wanted))
        self.files.append(file)

    def _content(self, file: str) -> bytes:
        content = self._seen[file] if file in self._seen else self.tree.read(file)
        if content is None:
            raise FindingError(Finding(Code.REFUSED, f"there is no {file}", file))
        self._seen[file] = content
        return self._linked(file, content)

    def _linked(self, file: str, content: bytes) -> bytes:
        """The content behind a link that the file system cannot make: git writes it as text."""
        if not LINK.fullmatch(content):
            return content
        target = posixpath.normpath(posixpath.join(paths.parent(file), content.decode()))
        if target == file or target.startswith("../"):
            return content
        return self.look(target) or content

    def _read_requirements(self, content: bytes, file: str, *, into: list[Input]) -> None:
        refuse_excess(content, file)
        for number, line in logical_lines(decode(content)):
            for name, value in self._read_line(line, file, number):
                if name in ("", EDITABLE):
                    into.append(_item(name, value, file, number))
                elif name in OPTIONS_OF_OUTPUT or name == "--no-index":
                    self.options.append((name, value))
                elif name in INCLUDES:
                    # pip takes what a constraints file includes with -r for requirements.
                    stays = into is self.constraints and not self.wanted.reads_as_pip
                    is_constraint = stays or name == "--constraint"
                    self._include(value, file, number, constraint=is_constraint)

    def _read_line(self, line: str, file: str, number: int) -> Iterator[Option]:
        """The options of a line, and ("", line) for a requirement."""
        is_requirement = not line.startswith("-")
        if VARIABLE.search(line) and not line.startswith(MAY_VARY):
            raise UnprovableError(f"{file}:{number} depends on the environment")
        read = read_options_as_pip if self.wanted.reads_as_pip else read_options
        try:
            options = read(line)
        except ValueError as error:
            raise UnprovableError(f"pip cannot read {file}:{number}: {error}") from error
        if is_requirement:
            yield "", line
        yield from options

    def _include(self, value: str, file: str, number: int, *, constraint: bool) -> None:
        if "://" in value:
            raise UnprovableError(f"{file}:{number} includes {value}")
        try:
            included = paths.join(paths.parent(file), value)
        except ValueError as error:
            message = f"{file}:{number}: {error}"
            raise FindingError(Finding(Code.OUTSIDE, message, file, number)) from error
        if not self.tree.exists(included):
            message = f"{file}:{number} includes {value}, which is not there"
            advice = f"Add {included}, or take the line out"
            raise FindingError(Finding(Code.REFUSED, message, included, advice=advice))
        if len(self._within) == DEEPEST:
            raise UnprovableError("its inputs include one another too deeply")
        if self.wanted.reads_as_pip and included in (file, *self._within):
            raise UnprovableError(f"pip cannot read {file}:{number}: it includes itself")
        self._included.setdefault(file, set()).add(included)
        self._within.append(file)
        self.read(included, constraint=constraint)
        self._within.pop()

    def _read_directories(self) -> None:
        """Read the local projects that requirements name, and those that these name in turn."""
        if not any(PLACE.search(item.requirement.url) for item in self.requirements):
            return
        from locksync.tools.compiled.directories import Directories

        directories = Directories(self.tree, self.look, self.wanted)
        self.requirements = directories.read(self.requirements)
        self.places, self.opaque = directories.names, directories.opaque

    def _override(self) -> None:
        """Leave the versions of overridden packages to what overrides them."""
        overridden = {item.requirement.name for item in self.overrides}
        for number, item in enumerate(self.requirements if overridden else ()):
            if item.requirement.name in overridden:
                loose = item.requirement._replace(specifier=SpecifierSet(), url="")
                self.requirements[number] = item._replace(requirement=loose)
        if self.excluded:
            kept = (item for item in self.requirements if not self._is_excluded(item))
            self.requirements = list(kept)

    def _is_excluded(self, item: Input) -> bool:
        return item.requirement.name in self.excluded


def _item(option: str, text: str, file: str, number: int) -> Input:
    """The requirement of a line; `option` is "--editable" for one that is editable."""
    if not option:
        found = as_input(text, file, number)
        if not is_readable(found.requirement):
            raise UnprovableError(f"{file}:{number} is no requirement")
        return found
    editable = parse_requirement(text, is_editable=True)
    return Input(editable, file, number, f"-e {text}")
