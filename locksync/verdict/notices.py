"""What is worth a line of some results, though nothing is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from locksync.findings import Notice
from locksync.model import Result


def notices_of(results: Iterable[Result]) -> Iterator[Notice]:
    """The notices on the results of some exports."""
    alike: dict[object, list[Result]] = {}
    for result in results:
        yield from (Notice(note, result.export.output) for note in result.notes)
        if result.is_kept:
            output = result.export.output
            yield Notice(f"{result.export.tool} leaves {output} as it is", output)
        if result.export.edits:
            alike.setdefault((result.export.command, result.export.edits), []).append(result)
    for group in alike.values():
        yield from _unmatched(group)
        for result in group:
            yield from _overruled(result)


def _unmatched(results: list[Result]) -> Iterator[Notice]:
    """The globs that match nothing in any output that the same entry may stand for."""
    first, output = results[0], results[0].export.output
    for glob in first.unmatched:
        if all(glob in result.unmatched for result in results):
            command = first.export.command
            message = f"{glob!r} matches no line of {output}, nor of what `{command}` writes"
            yield Notice(f"{message}: take it out of exports", output)


def _overruled(result: Result) -> Iterator[Notice]:
    output, command = result.export.output, result.export.command
    for pin in result.overruled:
        message = f"{output} keeps another line for {pin}, which `{command}` would write"
        yield Notice(message, output)
