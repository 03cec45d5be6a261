"""Look further than a check does: at lock files elsewhere, and at what only a tool itself tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from locksync.discovery.explanation import explain_from
from locksync.discovery.export_names import could_be_exports
from locksync.discovery.headers import program_named
from locksync.discovery.search import MOST_PLACES, Explanation, Origin
from locksync.discovery.survey import Survey
from locksync.findings import Code, Finding, FindingError
from locksync.model import Answer, Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.parsing import decode
from locksync.requirements.traces import read_traces
from locksync.tools.registry import TOOLS
from locksync.verdict.ask import tell

LEAST_NAMED = 0.9
"""The part of a file's packages that a lock file has to name."""
Progress = Callable[[str], None]


def look_further(
    tree: Tree, survey: Survey, below: str, progress: Progress
) -> dict[str, Explanation]:
    """What more there is to say of the files that no check can explain."""
    explained = {one.output: one for one in survey.explanations}
    known = {export.output for export in survey.exports} | survey.configured
    files = {*could_be_exports(tree), *explained}
    directories = sorted(paths.by_directory(tree.files()))
    found: dict[str, Explanation] = {}
    for path in sorted(files - known):
        before = explained.get(path)
        if (before and before.is_found) or not paths.is_within(path, below):
            continue
        if survey.excludes(path) or program_named(tree.start(path)):
            continue
        names = _names_in(path, tree)
        if not names:
            continue
        progress(path)
        better = _elsewhere(path, names, tree, survey) or _asked(path, tree, directories, before)
        if better:
            found[path] = better
    return found


def _names_in(path: str, tree: Tree) -> Sequence[str]:
    """The packages of a file that is pinned as an export is; none for any other."""
    try:
        traces = read_traces(path, decode(tree.read(path) or b""))
    except FindingError:
        return ()
    return traces.names if traces.is_pinned else ()


def _elsewhere(path: str, names: Sequence[str], tree: Tree, survey: Survey) -> Explanation | None:
    """The command of a lock file that is neither beside the file nor above it."""
    here = paths.parent(path)
    near = set(paths.upwards(here))
    places = [place for place in survey.places if place not in near]
    places.sort(key=lambda place: not paths.is_within(place, here))
    likely = [
        place for place in places[:MOST_PLACES] if _may_give(survey.places[place], names, tree)
    ]
    found = explain_from(path, tree, likely) if likely else None
    return found if found and found.gives_the_file else None


def _may_give(exports: Iterable[Export], names: Sequence[str], tree: Tree) -> bool:
    """Whether a lock file names most of some packages."""
    try:
        locks = [tree.read(TOOLS[export.tool].inputs(export)[0]) for export in exports]
    except FindingError:
        return False
    contents = [(lock or b"").lower().replace(b"_", b"-") for lock in locks]
    least = LEAST_NAMED * len(names)
    return any(sum(name.encode() in content for name in names) >= least for content in contents)


def _asked(
    path: str, tree: Tree, directories: Sequence[str], before: Explanation | None
) -> Explanation | None:
    """The command of which only the tool itself tells what it writes."""
    missing: list[Finding] = []

    def ask(export: Export, tree: Tree) -> Answer:
        try:
            return tell(export, tree)
        except FindingError as error:
            if error.finding.code is Code.NO_TOOL:
                missing.append(error.finding)
            raise

    found = explain_from(path, tree, _askable(path, directories), ask)
    if found and found.is_found:
        return found
    if before and before.export:
        return None
    if missing:
        return Explanation(path, Origin.UNEXPLAINED, reason=missing[0].message)
    return found if found and found.export else None


def _askable(path: str, directories: Sequence[str]) -> Iterator[str]:
    """The directories beside and above a file, then those below."""
    here = paths.parent(path)
    yield from paths.upwards(here)
    yield from (place for place in directories if place != here and paths.is_within(place, here))
