"""Which `pdm export` commands may have written a requirements file, as its text tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from locksync.requirements.traces import Traces

MOST_GROUPS = 8
"""Of more groups, only the first are tried one by one."""


def candidate_arguments(groups: Sequence[str], traces: Traces) -> Iterator[tuple[str, ...]]:
    """The arguments that may have been given, the fewest first.

    `groups` are those in the lock file.
    """
    for selection in _selections([group for group in groups if group != "default"]):
        for itself in ((), ("--self",), ("--editable-self",)):
            for extras in ((),) if traces.extras else ((), ("--no-extras",)):
                yield (*selection, *(() if traces.hashes else ("--no-hashes",)), *extras, *itself)


def _selections(groups: Sequence[str]) -> Iterator[tuple[str, ...]]:
    yield ()
    yield ("--prod",)
    yield ("--dev", "--no-default")
    if groups:
        yield ("--group", ":all")
    for group in groups[:MOST_GROUPS]:
        yield ("--group", group)
        yield ("--prod", "--group", group)
        yield ("--no-default", "--group", group)
        yield ("--without", group)
