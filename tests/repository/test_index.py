"""What git's index has, as `git ls-files -v --stage` tells it."""

from __future__ import annotations

import pytest

from locksync.repository.index import Index

FULL, EMPTY = "0" * 39 + "1", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
NOTHING: set[str] = set()


def _printed(*entries: tuple[str, str, str]) -> bytes:
    return "".join(f"{tag} 100644 {blob} 0\t{path}\0" for tag, blob, path in entries).encode()


@pytest.mark.parametrize(
    ("entries", "skipped", "overlooked", "empty"),
    [
        ([], NOTHING, NOTHING, NOTHING),
        ([("H", FULL, "a"), ("H", EMPTY, "b/c\td")], NOTHING, NOTHING, {"b/c\td"}),
        ([("H", FULL, "a"), ("S", FULL, "b")], {"b"}, {"b"}, NOTHING),
        ([("h", FULL, "a"), ("s", EMPTY, "b")], {"b"}, {"a", "b"}, {"b"}),
        ([("M", FULL, "a"), ("M", FULL, "a"), ("H", FULL, "H b")], NOTHING, NOTHING, NOTHING),
    ],
)
def test_entries(
    entries: list[tuple[str, str, str]], skipped: set[str], overlooked: set[str], empty: set[str]
) -> None:
    index = Index(_printed(*entries))
    assert set(index.files(frozenset())) == {path for _, _, path in entries}
    found = [set(part) for part in (index.skipped, index.overlooked, index.empty)]
    assert found == [skipped, overlooked, empty]


def test_the_digest_tells_names_and_nothing_else() -> None:
    printed = (
        _printed(("H", FULL, "a"), ("H", FULL, "b")),
        _printed(("H", EMPTY, "a"), ("S", FULL, "b")),
        _printed(("H", FULL, "a"), ("H", FULL, "b"), ("H", FULL, "c")),
    )
    first, same, more = (Index(one).files(frozenset()).digest for one in printed)
    assert first == same != more
    left = Index(printed[2]).files(frozenset("c"))
    assert (sorted(left), left.digest) == (["a", "b"], first)
