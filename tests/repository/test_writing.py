"""Replacing a file in one step."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from locksync.repository.writing import SUFFIX, ChangedError, replace

posix_only = pytest.mark.skipif(os.name == "nt", reason="modes are those of POSIX")


def test_replaces_the_content_and_leaves_nothing_beside(tmp_path: Path) -> None:
    target = tmp_path / "a b.txt"
    target.write_bytes(b"old")
    replace(str(target), b"new\r\n", b"old")
    assert target.read_bytes() == b"new\r\n"
    assert os.listdir(tmp_path) == ["a b.txt"]


@posix_only
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755])
def test_keeps_the_mode(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")
    target.chmod(mode)
    replace(str(target), b"new", b"old")
    assert stat.S_IMODE(target.stat().st_mode) == mode


@posix_only
def test_a_new_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    umask = os.umask(0o027)
    try:
        replace(str(tmp_path / "new.txt"), b"new", None)
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "new.txt").stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target = tmp_path / "target.txt"
    target.write_bytes(b"old")
    (tmp_path / "link.txt").symlink_to(target)
    replace(str(tmp_path / "link.txt"), b"new", b"old")
    assert (tmp_path / "link.txt").is_symlink()
    assert target.read_bytes() == b"new"


def test_a_failure_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace(str(target), b"new", b"old")
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize(
    ("was", "found"), [(b"old", b"edited"), (None, b"new here"), (b"old", None)]
)
def test_what_has_changed_since_it_was_read_is_left(
    was: bytes | None, found: bytes | None, tmp_path: Path
) -> None:
    target = tmp_path / "a.txt"
    if found is not None:
        target.write_bytes(found)
    with pytest.raises(ChangedError):
        replace(str(target), b"new", was)
    assert (target.read_bytes() if target.exists() else None) == found
    assert not (tmp_path / f".a.txt{SUFFIX}").exists()


def test_what_another_run_has_written_meanwhile_is_right(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"new")
    replace(str(target), b"new", b"old")
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_file_of_many_names_keeps_them(tmp_path: Path) -> None:
    target, other = tmp_path / "a.txt", tmp_path / "b.txt"
    target.write_bytes(b"a longer old text")
    other.hardlink_to(target)
    replace(str(target), b"new", b"a longer old text")
    assert (other.read_bytes(), other.samefile(target)) == (b"new", True)
    assert sorted(os.listdir(tmp_path)) == ["a.txt", "b.txt"]


def test_what_cannot_be_written_in_place_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, other = tmp_path / "a.txt", tmp_path / "b.txt"
    target.write_bytes(b"old")
    other.hardlink_to(target)
    sync, calls = os.fsync, iter([None, KeyboardInterrupt])

    def interrupted(descriptor: int) -> None:
        sync(descriptor)
        if error := next(calls, None):
            raise error

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace(str(target), b"a longer new text", b"old")
    assert (target.read_bytes(), sorted(os.listdir(tmp_path))) == (b"old", ["a.txt", "b.txt"])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives away")
def test_keeps_the_owner(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")
    os.chown(target, 1000, 1001)
    target.chmod(0o640)
    replace(str(target), b"new", b"old")
    found = target.stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (1000, 1001, 0o640)


@posix_only
def test_a_file_whose_owner_cannot_be_given_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    target = tmp_path / "a.txt"
    target.write_bytes(b"old")
    before = target.stat().st_ino
    found = os.stat(target)
    other = os.stat_result((*found[:4], found.st_uid + 1, *found[5:]))
    true = os.stat
    monkeypatch.setattr(os, "chown", refuse)
    monkeypatch.setattr(
        os, "stat", lambda path, **more: other if path == str(target) else true(path, **more)
    )
    replace(str(target), b"new", b"old")
    assert (target.read_bytes(), true(target).st_ino) == (b"new", before)


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="only Linux has these calls")
def test_keeps_extended_attributes(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")
    try:
        os.setxattr(target, "user.note", b"x")
    except OSError:
        pytest.skip("this file system has none")
    replace(str(target), b"new", b"old")
    assert os.getxattr(target, "user.note") == b"x"
