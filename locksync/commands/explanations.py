"""Explanations of files: as they were found before, else worked out side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from locksync.model import ChangedPin, Difference, Edits, Export, Pin
from locksync.repository.protocol import Tree
from locksync.repository.working_tree import Repository
from locksync.verdict.check_all import Known
from locksync.verdict.memory import Memory, Trace, add, record
from locksync.verdict.side_by_side import side_by_side

if TYPE_CHECKING:  # A run that has no file to look into does not need them.
    from locksync.discovery.explanation import Evidence
    from locksync.discovery.search import Explanation

SUBJECT = "explanation"


class Explainer:
    """Explains the files of a repository, and remembers what came of it."""

    def __init__(
        self, repository: Repository, memory: Memory, progress: Callable[[str], None]
    ) -> None:
        self._repository = repository
        self._memory = memory
        self._progress = progress
        self.trace: Trace = {}
        """Everything that the explanations depend on."""
        self.known: dict[Export, Known] = {}
        """What the commands that were found write now."""

    def __call__(self, tree: Tree, files: Mapping[str, Evidence]) -> Sequence[Explanation]:
        """The explanation of each file, by the evidence that there is for it."""
        found: dict[str, Explanation | None] = dict.fromkeys(files)
        for path, evidence in files.items():
            if state := self._memory.recall(SUBJECT, path, evidence):
                trace, notes = state
                add(self.trace, trace)
                found[path] = _read(path, notes)
        left = [(path, evidence) for path, evidence in files.items() if found[path] is None]
        for (path, evidence), (explanation, trace) in zip(
            left, side_by_side(_explain, left, self._repository), strict=True
        ):
            self._progress(path)
            add(self.trace, trace)
            if not explanation.finding:
                self._memory.remember(trace, _noted(explanation), SUBJECT, path, evidence)
            if explanation.export and explanation.answer:
                self.known[explanation.export] = Known(explanation.answer, trace)
            found[path] = explanation
        return [explanation for explanation in found.values() if explanation]


def _explain(repository: Repository, piece: tuple[str, Evidence]) -> tuple[Explanation, Trace]:
    from locksync.discovery.explanation import explain

    tree, trace = record(repository)
    path, evidence = piece
    return explain(path, tree, evidence), trace


def _noted(found: Explanation) -> Sequence[Any]:
    """An explanation as lists and texts."""
    return [found.origin.value, found.export, found.commit, found.difference, found.reason]


def _read(path: str, notes: Sequence[Any]) -> Explanation:
    """The explanation that was noted."""
    from locksync.discovery.search import Explanation, Origin

    origin, export, commit, difference, reason = notes
    if export is not None:
        tool, directory, arguments, *rest, (drop, keep, markers) = export
        export = Export(tool, directory, tuple(arguments), *rest)
        export = export._replace(edits=Edits(tuple(drop), tuple(keep), markers))
    return Explanation(path, Origin(origin), export, commit, _difference(*difference), reason)


def _difference(
    added: Sequence[Sequence[str]],
    removed: Sequence[Sequence[str]],
    changed: Sequence[Sequence[str]],
    details: Sequence[str],
) -> Difference:
    return Difference(
        tuple(Pin(*pin) for pin in added),
        tuple(Pin(*pin) for pin in removed),
        tuple(ChangedPin(*pin) for pin in changed),
        tuple(details),
    )
