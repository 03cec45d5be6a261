"""Files looked into each by itself: what goes wrong with one of them stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from locksync.findings import Finding, FindingError, bug

Item = TypeVar("Item")
Found = TypeVar("Found")


def fault(error: Exception, file: str) -> Finding:
    """The finding on a file that an exception keeps from being looked into."""
    return error.finding if isinstance(error, FindingError) else bug(error, file)


class Faults:
    """What keeps files from being looked into, by file."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Finding], None] = {}

    def found(self) -> list[tuple[str, Finding]]:
        """Each file with what keeps it from being looked into, once."""
        return list(self._found)

    def each(
        self,
        items: Iterable[Item],
        look: Callable[[Item], Iterable[Found]],
        file_of: Callable[[Item], str],
    ) -> Iterator[Found]:
        """What is found in each item. An exception is kept, and the next item is looked into.

        `file_of` tells the file that the exception is put down to.
        """
        for item in items:
            try:
                found = tuple(look(item))
            except Exception as error:
                self._found[file_of(item), fault(error, file_of(item))] = None
            else:
                yield from found
