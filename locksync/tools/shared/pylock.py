"""A pylock.toml that a tool exports, compared with what its lock file has the tool write.

Only the tool can write it: it asks the index for URLs, sizes and times.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import NamedTuple

from locksync.documents import Table, blaming, parse_toml
from locksync.findings import Code, Finding, FindingError
from locksync.model import Answer, Difference, How
from locksync.requirements.parsing import Requirement
from locksync.requirements.pylock import Pylock, compare_pylocks, is_of, parse_pylock
from locksync.tools.shared.arguments import unsupported
from locksync.tools.shared.project import Project


class OwnTables(NamedTuple):
    """How to read what only the tool's own tables in the file hold."""

    details: Callable[[Table], Iterable[str]] = lambda document: ()
    """Tells of differences."""
    hashes: Callable[[Table], Iterable[Collection[str]]] = lambda document: ()
    """Tells the hashes of each package."""


NO_TABLES = OwnTables()


def compared(
    project: Project,
    expected: Pylock,
    python: str = "",
    *,
    own: OwnTables = NO_TABLES,
    asked_for: Collection[str] = (),
    is_partial: bool = False,
) -> Answer:
    """How the output differs from what is expected of it. Raises FindingError.

    `asked_for` are the packages whose files the tool asks the index for. It may have more of them
    than the lock file, and does where that is partial: made for some environments only.
    """
    output = project.export.output
    content = project.tree.read(output)
    answer = Answer(None, how=How.PROVED, python=python)
    if content is None:
        return answer
    try:
        found, details = _read(content, output, own)
    except FindingError as error:
        if error.finding.code is Code.CONFLICTED:
            return answer._replace(findings=(error.finding,))
        # The tool writes no such file.
        return answer._replace(difference=Difference(details=(error.finding.message,)))
    more = dict(_more_files(found, expected, asked_for))
    difference = compare_pylocks(_without_hashes(found, more), expected, python=python)
    difference = difference._replace(details=(*difference.details, *details))
    if is_partial:
        more = {one: _others(one, hashes, found.names) for one, hashes in more.items()}
    findings = () if difference else tuple(_doubts(project, more))
    return answer._replace(findings=findings, difference=difference)


def _read(content: bytes, output: str, own: OwnTables) -> tuple[Pylock, tuple[str, ...]]:
    """What a file says, and further differences that its tool tells of."""
    found = parse_pylock(content, output)
    with blaming(output):
        document = parse_toml(content, output)
        return _with_hashes(found, tuple(own.hashes(document))), tuple(own.details(document))


def _with_hashes(found: Pylock, hashes: Sequence[Collection[str]]) -> Pylock:
    """The file with further hashes of its packages."""
    kept = chain(hashes, repeat(()))
    return found._replace(
        packages=tuple(
            one._replace(hashes=one.hashes.union(more))
            for one, more in zip(found.packages, kept, strict=False)
        )
    )


def _without_hashes(found: Pylock, more: Mapping[Requirement, frozenset[str]]) -> Pylock:
    """The file without some hashes of its packages."""
    return found._replace(
        packages=tuple(
            one._replace(hashes=one.hashes - more.get(one, frozenset())) for one in found.packages
        )
    )


def _more_files(
    found: Pylock, expected: Pylock, names: Collection[str]
) -> Iterator[tuple[Requirement, frozenset[str]]]:
    """The packages that have all files that they should, and others beside them."""
    wanted = {(one.name, one.version): one.hashes for one in expected.packages}
    for one in found.packages:
        hashes = wanted.get((one.name, one.version))
        if one.name in names and hashes is not None and one.hashes > hashes:
            yield one, one.hashes - hashes


def _others(
    package: Requirement, hashes: frozenset[str], names: Mapping[str, str]
) -> frozenset[str]:
    """The hashes of files that do not have the name of a file of the package's version."""
    return frozenset(one for one in hashes if not is_of(names.get(one, ""), package))


def _doubts(project: Project, more: Mapping[Requirement, frozenset[str]]) -> Iterator[Finding]:
    for one, hashes in more.items():
        if not hashes:
            continue
        files = "a file" if len(hashes) == 1 else f"{len(hashes)} files"
        reason = f"only the index can tell of {files} of {one.name} {one.version}"
        yield unsupported(
            project.export, f"{reason} that {project.lock_path} does not have"
        ).finding
