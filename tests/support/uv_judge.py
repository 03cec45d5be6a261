"""What the real uv says of a lock file, and what we say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import NamedTuple

from locksync.findings import Code, FindingError, Repair
from locksync.repository.working_tree import Repository
from locksync.tools.uv_export.freshness import examine_lock
from tests.support import real_tools
from tests.support.git import IDENTITY
from tests.support.index import date, publish, serve
from tests.support.uv_projects import ONE, Files, render
from tests.support.wheels import VERSIONS as WHEELS
from tests.support.wheels import write_wheels

VERSIONS = ("uv-0.4", "uv-0.6", "uv-0.8", "uv-0.10", "uv-0.12", "uv")
JUDGE = "uv"
"""The newest version judges the lock files of all: it is the one that a team updates to."""
RELOCK = Repair((("uv", "lock"),))


class Verdict(NamedTuple):
    """`fresh`, `stale`, `refused` or `unknown`, with the reason."""

    word: str
    reason: str


class Laboratory(NamedTuple):
    """A place without a network, where uv finds indexes and a git repository."""

    directory: Path
    values: Mapping[str, str]

    def write(self, files: Files) -> Path:
        """A new project with these files. Wheels are beside them."""
        place = self.directory / "project"
        rmtree(place, ignore_errors=True)
        write_wheels(place / "wheels")
        for path, text in render(files, self.values).items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text, encoding="utf-8")
        return place

    def lock(self, files: Files, version: str) -> str | None:
        """The lock file that a version of uv makes, None if it makes none."""
        place = self.write(files)
        lock = place / "uv.lock"
        # A version that does not know a setting warns, and goes on without any.
        self._uv(version, place)
        return lock.read_text(encoding="utf-8") if lock.exists() else None

    def judge(self, files: Files, lock: str) -> tuple[Verdict, Verdict]:
        """What the newest uv says of a lock file, and what we say."""
        place = self.write(files)
        (place / "uv.lock").write_text(lock, encoding="utf-8")
        return self._theirs(place), ours(place)

    def _theirs(self, place: Path) -> Verdict:
        done = self._uv(JUDGE, place, "--check")
        return Verdict("stale" if done.returncode else "fresh", done.stderr)

    def _uv(self, version: str, place: Path, *options: str) -> subprocess.CompletedProcess[str]:
        more = {
            "UV_CACHE_DIR": str(self.directory / "cache"),
            "UV_PYTHON": sys.executable,
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_HTTP_TIMEOUT": "5",
        }
        return real_tools.run(
            version, "lock", *options, cwd=place, check=False, environment={**OUTSIDE, **more}
        )


OUTSIDE = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"}
"""Leads what asks for the network into nothing, at once."""


def ours(place: Path) -> Verdict:
    """What we say of the lock file of a project."""
    try:
        findings = examine_lock("uv.lock", Repository(str(place)), RELOCK).findings
    except FindingError as error:
        findings = (error.finding,)
    if not findings:
        return Verdict("fresh", "")
    [finding] = findings
    return Verdict(WORDS.get(finding.code, "refused"), f"{finding.code}: {finding.message}")


WORDS = {Code.LOCK_STALE: "stale", Code.UNSUPPORTED: "unknown"}
"""What we say by code; with any other one, we say that uv refuses the files."""


@contextmanager
def laboratory(directory: Path) -> Iterator[Laboratory]:
    """A laboratory in an empty directory."""
    for name in ("here", "other"):
        publish(directory / name, WHEELS)
        date(directory / name, WHEELS, "2025-06-01T12:00:00Z")
    revision = _make_git_repository(directory / "git")
    names = sorted(path.name for path in (directory / "here").glob("*.whl"))
    links = "".join(f'<a href="{name}">{name}</a>\n' for name in names)
    (directory / "here/links.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")
    with (
        serve(directory / "here", is_dated=True) as here,
        serve(directory / "other", is_dated=True) as other,
    ):
        yield Laboratory(
            directory,
            {
                "INDEX": here,
                "BARE": here.removesuffix("/"),
                "PYTHON": ".".join(map(str, sys.version_info[:2])),
                "OTHER": other,
                "FILES": here.removesuffix("simple/"),
                "GIT": (directory / "git").as_uri(),
                "REVISION": revision,
            },
        )


def _make_git_repository(place: Path) -> str:
    place.mkdir(parents=True)
    text = render({"pyproject.toml": ONE}, {})["pyproject.toml"]
    (place / "pyproject.toml").write_text(text)
    run = ("git", "-C", str(place))
    environment = {**os.environ, **IDENTITY}
    for words in (
        ("init", "-q", "-b", "main"),
        ("add", "."),
        ("commit", "-qm", "x"),
        ("tag", "v1"),
    ):
        subprocess.run([*run, *words], check=True, env=environment)
    done = subprocess.run([*run, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return done.stdout.strip()
