"""The projects to measure: those in examples/, and projects made from them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.real_tools import TOP

POETRY = TOP / "examples/sbl-filing-api"
PIPENV = TOP / "examples/tock"
INPUTS = """\
boto3
celery[redis]
django>=5.2,<6
django-allauth
django-storages
djangorestframework
gunicorn
httpx[http2]
pydantic-settings
pytest-django
rich
sentry-sdk
sphinx
structlog
typer
whitenoise
"""
"""The libraries of a web application. They compile to about seventy pins."""
PYPROJECT = """\
[project]
name = "application"
version = "1"
requires-python = ">={python}"
dependencies = {dependencies}
"""


def repository(place: Path, original: Path | None = None) -> Path:
    """Make a git repository, with copies of a directory's files if one is given."""
    shutil.rmtree(place, ignore_errors=True)
    if original:
        shutil.copytree(original, place)
    place.mkdir(parents=True, exist_ok=True)
    git(place, "init", "--quiet", "--initial-branch=main")
    return place


def application(place: Path) -> Path:
    """A repository of a project that requires INPUTS, not locked yet."""
    repository(place)
    python = ".".join(map(str, sys.version_info[:2]))
    dependencies = json.dumps(INPUTS.split())
    text = PYPROJECT.format(python=python, dependencies=dependencies)
    (place / "pyproject.toml").write_text(text)
    return place


def git(place: Path, *words: str) -> None:
    """Run git in a repository, with a made-up identity."""
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *identity, *words], cwd=place, check=True)


def commit(place: Path) -> None:
    """Commit everything."""
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--no-verify", "--message", "all")


def without_groups(lock: str) -> str:
    """Turn a lock file of version 2.1 into one of version 2.0, as poetry 1.8 would write it."""
    lines = [line for line in lock.splitlines() if not re.match(r"(groups|markers) = ", line)]
    return "\n".join(lines).replace('lock-version = "2.1"', 'lock-version = "2.0"') + "\n"


def count_pins(place: Path) -> int:
    """How many packages the requirements file of a project pins."""
    return len(re.findall(r"(?m)^[^\s=]+==", (place / "requirements.txt").read_text()))


def monorepo(place: Path, count: int) -> Path:
    """Make a repository of many poetry projects, each with a different lock file.

    Each lock file is the example's without every twentieth package, starting at a different one.
    """
    repository(place)
    packages = re.split(
        r"(?m)^(?=\[\[package\]\]|\[metadata\])", (POETRY / "poetry.lock").read_text()
    )
    head, *packages, metadata = packages
    manifest = (POETRY / "pyproject.toml").read_text()
    for number in range(count):
        project = place / f"team{number // 40}" / f"service{number}"
        project.mkdir(parents=True)
        kept = "".join(_some(packages, number))
        (project / "poetry.lock").write_text(f"{head}{kept}{metadata}# {number}\n")
        (project / "pyproject.toml").write_text(manifest)
    return place


def _some(packages: list[str], number: int) -> Iterator[str]:
    for position, package in enumerate(packages):
        if position % 20 != number % 20:
            yield package
