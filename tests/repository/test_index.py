"""What git's index has, and how it differs from HEAD, each told by one question to git."""

from __future__ import annotations

import os

import pytest

from locksync.repository.index import Index, Listed, Staged

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


@pytest.mark.parametrize(
    ("path", "is_held"),
    [
        ("a", True),
        ("a/b", True),
        ("a/b/c", True),
        ("", True),
        ("\udcff", True),
        ("a.b", True),
        ("a/", False),
        ("a/b/c/d", False),
        ("A", False),
        ("b", False),
        ("\ud800", False),
    ],
)
def test_it_holds_a_file_and_the_directories_above_it(path: str, is_held: bool) -> None:
    paths = ("a.b", "a/b/c", "a/b/d", "a0", "\udcff")
    printed = b"".join(b"H 100644 %b 0\t%b\0" % (FULL.encode(), os.fsencode(p)) for p in paths)
    assert Index(printed).holds(path) is is_held
    assert not Index(b"").holds(path)


def test_what_is_staged() -> None:
    """Also where a directory takes the place of a file."""
    staged = Staged(b"D\0a\0A\0a/b\0M\0c d\0")
    assert staged.removed == {"a"}
    found = [staged.within(path) for path in ("a", "a/b", "c d", "c", "")]
    assert found == [["a", "a/b"], ["a/b"], ["c d"], [], ["a", "a/b", "c d"]]
    assert Staged(b"").removed == frozenset()


@pytest.mark.parametrize(
    ("globs", "expected"),
    [
        ("*.txt", {"a.txt", "b/c.TXT", "b.txt/.txt"}),
        ("*quire*", {"b/requirements", "Requirements.in"}),
        ("*.txt *.in", {"a.txt", "b/c.TXT", "b.txt/.txt", "Requirements.in"}),
        ("*.t", set()),
        ("*txt*", {"a.txt", "b/c.TXT", "b.txt/.txt", "b/txt\nx"}),
    ],
)
def test_paths_whose_last_part_is_like_a_glob(globs: str, expected: set[str]) -> None:
    paths = (
        *("a.txt", "b/c.TXT", "b.txt/.txt", "b.txt/x", "requirements/x", "b/requirements"),
        *("Requirements.in", "b/txt\nx"),
    )
    assert set(Listed.of([os.fsencode(path) for path in paths]).like(globs)) == expected
    assert list(Listed.of([]).like(globs)) == []
