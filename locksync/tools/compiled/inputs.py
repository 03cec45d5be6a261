"""Reading the input files of a compilation, with the files that they include."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from locksync.documents import blaming, parse_toml, refuse_conflict
from locksync.findings import Code, Finding, FindingError
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.parsing import decode, logical_lines, parse_requirement, read_option
from locksync.tools.compiled.manifest import Input, Inputs, UnprovableError, Wanted, as_input
from locksync.tools.compiled.options import OPTIONS_OF_OUTPUT
from locksync.tools.compiled.projects import PROJECT_READERS, read_group

DEEPEST = 100
"""How deeply input files may include one another."""
INCLUDES = ("--requirement", "--constraint")
VARIABLE = re.compile(r"\$\{[A-Z0-9_]+\}")
"""A variable that pip expands: the compiled file holds its value."""


def read_inputs(
    tree: Tree, sources: Iterable[str], constraints: Iterable[str], wanted: Wanted
) -> Inputs:
    """Read the source files and the constraints files of a compilation.

    Raises FindingError for a file that is missing, malformed or outside the repository, and
    UnprovableError for what only running code could tell.
    """
    reader = _Reader(tree, wanted)
    for source in sources:
        reader.read(source)
    for file, group in wanted.groups:
        reader.read_group(file, group)
    for constraint in constraints:
        reader.read(constraint, constraint=True)
    return Inputs(
        tuple(reader.requirements),
        tuple(reader.constraints),
        tuple(dict.fromkeys(reader.options)),
        tuple(reader.files),
        tuple(reader.constraint_files),
    )


def included_by(tree: Tree, file: str) -> Iterator[str]:
    """The files that an input file includes directly, if they exist."""
    for _, line in logical_lines(decode(tree.read(file) or b"")):
        option = read_option(line)
        if option and option[0] in INCLUDES:
            included = posixpath.normpath(posixpath.join(paths.parent(file), option[1]))
            if included in tree.files():
                yield included


class _Reader:
    """Reads input files one after the other, each only once."""

    def __init__(self, tree: Tree, wanted: Wanted) -> None:
        self.tree = tree
        self.wanted = wanted
        self.requirements: list[Input] = []
        self.constraints: list[Input] = []
        self.options: list[str] = []
        self.files: list[str] = []
        self.constraint_files: list[str] = []
        self._depth = 0

    def read(self, file: str, *, constraint: bool = False) -> None:
        """Read a file and what it includes. Raises FindingError and UnprovableError."""
        seen = self.constraint_files if constraint else self.files
        if file in seen:
            return
        content = self._content(file)
        refuse_conflict(content, file)
        seen.append(file)
        if read_project := PROJECT_READERS.get(paths.name(file)):
            self.requirements.extend(read_project(content, file, self.wanted))
        else:
            self._read_requirements(content, file, constraint=constraint)

    def read_group(self, file: str, group: str) -> None:
        """Read a dependency group of a project file. Raises FindingError."""
        content = self._content(file)
        with blaming(file):
            self.requirements.extend(read_group(parse_toml(content, file), file, group))
        self.files.append(file)

    def _content(self, file: str) -> bytes:
        content = self.tree.read(file)
        if content is None:
            raise FindingError(Finding(Code.REFUSED, f"there is no {file}", file))
        return content

    def _read_requirements(self, content: bytes, file: str, *, constraint: bool) -> None:
        into = self.constraints if constraint else self.requirements
        for number, line in logical_lines(decode(content)):
            name, value = read_option(line) or ("", line)
            if name in INCLUDES:
                is_constraint = constraint or name == "--constraint"
                self._include(value, file, number, constraint=is_constraint)
            elif name in OPTIONS_OF_OUTPUT:
                self.options.append(f"{name} {value}")
            elif not name or name == "--editable":
                into.append(_item(name, value, file, number))

    def _include(self, value: str, file: str, number: int, *, constraint: bool) -> None:
        if "://" in value:
            raise UnprovableError(f"{file}:{number} includes {value}")
        try:
            included = paths.join(paths.parent(file), value)
        except ValueError as error:
            message = f"{file}:{number}: {error}"
            raise FindingError(Finding(Code.OUTSIDE, message, file, number)) from error
        if self._depth == DEEPEST:
            raise UnprovableError("its inputs include one another too deeply")
        self._depth += 1
        self.read(included, constraint=constraint)
        self._depth -= 1


def _item(option: str, text: str, file: str, number: int) -> Input:
    """The requirement of a line; `option` is "--editable" for one that is editable."""
    if VARIABLE.search(text):
        raise UnprovableError(f"{file}:{number} depends on the environment")
    if not option:
        return as_input(text, file, number)
    editable = parse_requirement(text)._replace(options=frozenset([option]))
    return Input(editable, file, number, f"-e {text}")
