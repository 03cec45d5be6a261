"""The environments to measure: that of locksync, and those of the tools' own hooks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.support.real_tools import PINS, TOP

PLACE = TOP / ".benchmarks"


class Peer(NamedTuple):
    """A hook whose environment is compared with that of locksync."""

    name: str
    requirements: tuple[str, ...]
    built: str = ""
    """The package to build from source, as pre-commit does with a hook's repository."""


PEERS = (
    Peer("locksync", (str(TOP),)),
    Peer("poetry-export (poetry-plugin-export)", PINS["poetry"], built="poetry-plugin-export"),
    Peer("a local hook that runs pipenv", PINS["pipenv"]),
    Peer("pip-compile (pip-tools)", PINS["pip-compile"][:1], built="pip-tools"),
    Peer("uv-export (uv-pre-commit)", (str(PLACE / "uv-pre-commit"),)),
    Peer("pdm-export (pdm)", PINS["pdm"], built="pdm"),
)
UV_PRE_COMMIT = f"""\
[project]
name = "uv-pre-commit"
version = "0"
dependencies = ["{PINS["uv"][0]}"]
[tool.setuptools]
py-modules = []
"""
"""uv's hook repository is a package that only requires uv."""


class Installed(NamedTuple):
    """The cost of an environment."""

    seconds: float
    """The time to install it from pip's cache."""
    size: int
    """Its size in bytes, less that of an empty environment."""


def make(name: str, *requirements: str) -> Path:
    """Make a fresh environment with these packages. Returns its directory of programs."""
    place = PLACE / name
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    programs = place / ("Scripts" if os.name == "nt" else "bin")
    if requirements:
        pip = [str(programs / "python"), "-m", "pip", "--quiet", "install"]
        subprocess.run([*pip, *requirements], check=True)
    return programs


def install(peer: Peer, rounds: int) -> Installed:
    """Install a hook's environment several times, and keep the best time.

    The first installation only fills pip's cache.
    """
    (PLACE / "uv-pre-commit").mkdir(exist_ok=True)
    (PLACE / "uv-pre-commit/pyproject.toml").write_text(UV_PRE_COMMIT)
    empty = _size(make("empty").parent)
    taken = []
    for _ in range(rounds + 1):
        programs = make("peer")
        pip = [str(programs / "python"), "-m", "pip", "--quiet", "install"]
        built = ("--no-binary", peer.built) if peer.built else ()
        start = time.perf_counter()
        subprocess.run([*pip, *built, *peer.requirements], check=True)
        taken.append(time.perf_counter() - start)
    return Installed(min(taken[1:]), _size(programs.parent) - empty)


def _size(directory: Path) -> int:
    return sum(path.lstat().st_size for path in directory.rglob("*") if not path.is_dir())
