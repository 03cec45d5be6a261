"""Which command wrote a requirements file: now, or as of the last commits that changed it.

A command is taken for the one that wrote a file only where it gives what the file holds: the same
bytes, or else the same by meaning. Failing that, a file of the very form that a command gives it
is taken for an older state of that command's output.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

from locksync.discovery.search import MOST_PLACES, Explanation, Origin, Tell, search
from locksync.documents import refuse_conflict
from locksync.findings import FindingError, bug
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree, is_known
from locksync.requirements.limits import excess
from locksync.tools.registry import TOOLS

if TYPE_CHECKING:
    from locksync.discovery.written_commands import WrittenCommand
    from locksync.requirements.traces import Traces

Places = Mapping[str, Sequence[Export]]
"""The default exports of each directory that has something to export."""
NOTHING_NEAR = "there is no lock file that it could come from"


class Evidence(NamedTuple):
    """What a file's command is looked for with."""

    near: tuple[str, ...]
    """The directories with something to export, beside the file or above it, the closest first."""
    likely: tuple[Export, ...]
    """The exports that are tried first: those that stand in the repository, then the defaults."""
    inputs: tuple[str, ...]
    """The lock files and manifests there."""
    edited_by: str = ""
    """The file and line of a script that edits what a command writes there; "" for none."""
    elsewhere: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The other directories with what its header names, each with the files there."""


NO_EVIDENCE = Evidence((), (), ())


class _State:
    """A file, and what it may come from, in one state of the repository."""

    def __init__(self, path: str, tree: Tree, text: str, inputs: tuple[bytes | None, ...]) -> None:
        self.path = path
        self.tree = tree
        self.text = text
        self.inputs = inputs

    @cached_property
    def traces(self) -> Traces:
        """What the text tells of how it was written."""
        from locksync.requirements.traces import read_traces

        return read_traces(self.path, self.text)

    @property
    def is_damaged(self) -> bool:
        """Whether the text holds what no command writes and no installer reads."""
        from locksync.requirements.parsing import first_unreadable

        return first_unreadable(self.text) is not None


def gather(
    path: str, places: Places, written: Iterable[WrittenCommand] = (), program: str = ""
) -> Evidence:
    """The evidence there is for a file.

    `written` are commands that stand in the repository; `program` is what the file's header names,
    where it names no command.
    """
    near = tuple(place for place in paths.upwards(paths.parent(path)) if place in places)
    defaults = [export for place in near for export in places[place] if export.output == path]
    ours = [command for command in written if command.export.output == path]
    likely = dict.fromkeys((*(command.export for command in ours), *defaults))
    exports = (*likely, *(export for place in near for export in places[place]))
    edited_by = [f"{one.file}:{one.line}" for one in ours if one.is_processed][:1]
    elsewhere = (
        (place, _inputs_of(there))
        for place, there in places.items()
        if place not in near and any(TOOLS[one.tool].about.program == program for one in there)
    )
    inputs = _inputs_of(exports)
    return Evidence(near, tuple(likely), inputs, "".join(edited_by), tuple(elsewhere))


def _inputs_of(exports: Iterable[Export]) -> tuple[str, ...]:
    inputs = (file for export in exports for file in TOOLS[export.tool].inputs(export))
    return tuple(dict.fromkeys(inputs))


def gather_defaults(path: str, places: Places) -> Evidence:
    """The evidence that there is for a file to be what a default command writes, and no more."""
    # Without the lock files further up: what they hold is nothing to this.
    return gather(path, places)._replace(near=(), inputs=())


def explain(path: str, tree: Tree, evidence: Evidence) -> Explanation:
    """Which command wrote a file, as far as the evidence tells.

    A bug of locksync is that file's finding, and no other's.
    """
    try:
        found = _explain(path, tree, evidence)
        if evidence.elsewhere and not found.is_found:
            return _from_elsewhere(found, tree, evidence)
        return found
    except FindingError as error:
        return Explanation(path, Origin.UNEXPLAINED, finding=error.finding)
    except Exception as error:
        return Explanation(path, Origin.UNEXPLAINED, finding=bug(error, path))


def _explain(path: str, tree: Tree, evidence: Evidence) -> Explanation:
    if not (evidence.near or evidence.likely):
        return Explanation(path, Origin.FOREIGN, reason=NOTHING_NEAR)
    now = _state(path, tree, evidence)
    found = _search(now, evidence) if now else None
    if found and (found.gives_the_file or not evidence.near):
        return _of_the_closest_before(found, tree, evidence, now) or found
    if evidence.edited_by:
        reason = f"{evidence.edited_by} edits what its command writes"
        return Explanation(path, Origin.UNEXPLAINED, reason=reason)
    if now and found and not _could_be_older(now, found):
        return found
    then = _as_of_a_commit(path, tree, evidence, now)
    return then or found or Explanation(path, Origin.FOREIGN, reason="it cannot be read")


def _of_the_closest_before(
    found: Explanation, tree: Tree, evidence: Evidence, now: _State | None
) -> Explanation | None:
    """What the closest lock file gave before, if a command found by trying reads another one.

    Twins have the same requirements until one of them moves on.
    """
    closest = evidence.near[:1]
    if found.export is None or found.export in evidence.likely or found.export.directory in closest:
        return None
    return _as_of_a_commit(found.output, tree, evidence._replace(near=closest), now)


def _from_elsewhere(found: Explanation, tree: Tree, evidence: Evidence) -> Explanation:
    """What explains a file from a directory neither beside nor above it; else what was found."""
    now = _state(found.output, tree, NO_EVIDENCE)
    names = now.traces.names if now else ()
    likely = [one for one in evidence.elsewhere if names and _names_most(one[1], names, tree)]
    tried = [
        _explain(found.output, tree, Evidence((place,), (), inputs))
        for place, inputs in likely[:MOST_PLACES]
    ]
    fitting = [one for one in tried if one.gives_the_file and not one.commit]
    fitting = fitting or [one for one in tried if one.is_found]
    if len(fitting) > 1:
        commands = [
            f"`{one.export.command}` in {one.export.directory}" for one in fitting if one.export
        ]
        reason = f"it could come from {' or '.join(commands)}"
        return Explanation(found.output, Origin.UNEXPLAINED, reason=reason)
    left = [one for one in tried if one.is_unexplained and not found.is_unexplained]
    return next(iter((*fitting, *left)), found)


def _names_most(inputs: Sequence[str], names: Sequence[str], tree: Tree) -> bool:
    """Whether at least half of some packages are named in a lock file."""
    try:
        lock = (tree.read(inputs[0]) or b"").lower()
    except FindingError:
        return False
    return 2 * sum(f'"{name}"'.encode() in lock for name in names) >= len(names)


def explain_from(
    path: str, tree: Tree, directories: Iterable[str], tell: Tell | None = None
) -> Explanation | None:
    """Which command, run in one of some directories, writes what a file holds now.

    None for a file that is not pinned as an export is. `tell` is for the tools that only tell it
    themselves.
    """
    now = _state(path, tree, NO_EVIDENCE)
    if now is None or not now.traces.is_pinned:
        return None
    return search(path, now.text, tree, (), directories, tell=tell)


def _state(path: str, tree: Tree, evidence: Evidence) -> _State | None:
    """The file and what it may come from, None where it cannot be read or was not there."""
    try:
        content = tree.read(path)
        if content is None or excess(content):
            return None
        refuse_conflict(content, path)
        inputs = tuple(tree.read(file) for file in evidence.inputs)
    except FindingError:
        return None
    return _State(path, tree, _decoded(content), inputs)


def _decoded(content: bytes) -> str:
    if content.isascii():
        # Only what is not so simple pays for the reader of requirements.
        return content.decode().replace("\r\n", "\n")
    from locksync.requirements.parsing import decode

    return decode(content)


def _search(state: _State, evidence: Evidence) -> Explanation:
    # What holds nothing fits many commands: no more than the likely ones are to be seen in it.
    directories = evidence.near if evidence.near and state.traces.total else ()
    return search(state.path, state.text, state.tree, evidence.likely, directories)


def _could_be_older(now: _State, found: Explanation) -> bool:
    """Whether a file that nothing explains now is worth a look at how it came to be.

    A plain list is, if it has as many names in common with what a command writes as an older
    state would have.
    """
    traces = now.traces
    if traces.is_elaborate or not traces.total or now.is_damaged:
        return True
    return traces.is_pinned and not traces.comments and found.shares_names


def _as_of_a_commit(
    path: str, tree: Tree, evidence: Evidence, now: _State | None
) -> Explanation | None:
    """The command that gives what the file held as of one of the last commits."""
    both = tree.history((path, *evidence.inputs))
    found = _as_of_one_of(both, path, tree, evidence, now)
    if found:
        return found if found.is_found else None
    # A lock file may have moved many times since the file was written.
    alone = tuple(commit for commit in tree.history((path,)) if commit not in both)
    found = _as_of_one_of(alone, path, tree, evidence, now)
    return found if found and found.is_found else None


def _as_of_one_of(
    commits: Sequence[str], path: str, tree: Tree, evidence: Evidence, now: _State | None
) -> Explanation | None:
    """The explanation as of the newest commit that has one; foreign where a commit refutes it."""
    states = (_state(path, tree.as_of(commit), evidence) for commit in commits)
    # Each with the one before it. Older ones are not read once one explains the file.
    for commit, (then, before) in zip(commits, pairwise(chain(states, [None])), strict=True):
        if then is None or _is_of_another_form(then, now):
            continue
        found = _search(then, evidence)
        if found.export and found.gives_the_file and _has_lock(found.export, tree):
            return found._replace(commit=commit, answer=None)
        if before and _was_written_anew(before, then):
            # Neither does an older command give what was written since.
            return Explanation(path, Origin.FOREIGN)
    return None


def _is_of_another_form(then: _State, now: _State | None) -> bool:
    """Whether the options have changed since: what was written then had hashes, say."""
    if not (now and now.traces.total) or now.traces.hashes == then.traces.hashes:
        return False
    return not now.is_damaged  # What is damaged has no form.


def _was_written_anew(before: _State, then: _State) -> bool:
    """Whether the file was changed together with what it may come from."""
    return before.text != then.text and before.inputs != then.inputs


def _has_lock(export: Export, tree: Tree) -> bool:
    """Whether the lock file is still there, or is deleted by this commit."""
    return is_known(TOOLS[export.tool].inputs(export)[0], tree)
