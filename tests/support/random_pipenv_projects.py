"""Random pipenv projects, valid by construction, to compare their exports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from random import Random

import tomlkit

from tests.support.projects import RandomProject

NAMES = ("flask", "Flask-Login", "zope.interface", "a_b", "p3")
VERSIONS = ("==1.0", ">=2,<3", "~=1.4.2", "!=1.5", "*", "2.1", "==1.0.*", "")
MARKERS = ("python_version >= '3.8'", "sys_platform == 'win32' and python_version < '4'")
URLS = (
    "https://git.example.org/a/b.git",
    "https://git.example.org/a/b.git@main",
    "git+https://git.example.org/a/b",
    "ssh://git@git.example.org/a/b.git",
    "ssh://git@git.example.org/a/b.git@v1",
    "file:///srv/b",
    "./libs/here",
    "https://git.example.org/a/b.git#egg=b",
)
PATHS = (".", "./libs/here", "./libs/gone", "libs/here", "https://files.example.org/a-1.0.tar.gz")
INDEX_URLS = (
    "https://packages.example.org/simple",
    "https://$USER:${PASSWORD}@packages.example.org/simple/",
    "http://mirror.example.org/simple",
)
OPTIONS = ("--dev", "--dev-only", "--hash", "--exclude-markers", "--exclude-index")
CATEGORIES = ("docs", "docs dev-packages", "packages,docs", "none, docs", "default")


class _Maker:
    """A project while it is being made."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def sources(self) -> list[dict[str, object]]:
        return [
            {"name": f"s{number}", "url": self.random.choice(INDEX_URLS), "verify_ssl": True}
            for number in range(self.random.choice((1, 1, 2, 3)))
        ]

    def packages(self, versions: tuple[str, ...]) -> dict[str, object]:
        names = self.random.sample(NAMES, self.random.randint(0, len(NAMES)))
        return {name: self.package(versions) for name in names}

    def package(self, versions: tuple[str, ...]) -> object:
        if self.chance(0.2):
            return self.random.choice(versions)
        return dict(self.random.sample(items := list(self.items(versions)), len(items)))

    def items(self, versions: tuple[str, ...]) -> Iterator[tuple[str, object]]:
        match self.random.randint(0, 4):
            case 0:
                yield self.random.choice(("git", "hg", "svn", "bzr")), self.random.choice(URLS)
                yield from self.sometimes(0.5, "ref", self.random.choice(("main", "0a1b2c")))
                yield from self.sometimes(0.3, "subdirectory", "sub/b")
            case 1:
                yield self.random.choice(("path", "file")), self.random.choice(PATHS)
            case _:
                yield from self.sometimes(0.9, "version", self.random.choice(versions))
                yield from self.sometimes(0.8, "hashes", ["sha256:aa", "sha256:bb"])
        yield from self.sometimes(0.3, "extras", self.random.choice((["a"], ["b", "a"], [])))
        yield from self.sometimes(0.4, "editable", self.chance(0.7))
        yield from self.sometimes(0.3, "markers", self.random.choice((*MARKERS, "")))
        yield from self.sometimes(0.2, "os_markers", self.random.choice(MARKERS))
        yield from self.sometimes(0.2, "sys_platform", "== 'linux'")
        yield from self.sometimes(0.2, "index", "s0")

    def sometimes(
        self, probability: float, key: str, value: object
    ) -> Iterator[tuple[str, object]]:
        if self.chance(probability):
            yield key, value

    def arguments(self) -> Iterator[str]:
        yield from (option for option in OPTIONS if self.chance(0.2))
        if self.chance(0.3):
            yield from ("--categories", self.random.choice(CATEGORIES))
        if self.chance(0.2):
            yield "--from-pipfile"
        if self.chance(0.4):
            yield "--no-lock"


def random_pipenv_project(random: Random) -> RandomProject:
    """A Pipfile and a Pipfile.lock. They may disagree, because pipenv does not compare them."""
    maker = _Maker(random)
    pipfile: Mapping[str, object] = {
        "source": maker.sources(),
        "packages": maker.packages(VERSIONS),
        "dev-packages": maker.packages(VERSIONS),
        "docs": maker.packages(VERSIONS),
    }
    lock = {
        "_meta": {"sources": maker.sources()},
        "default": maker.packages(VERSIONS),
        "develop": maker.packages(VERSIONS),
        "docs": maker.packages(VERSIONS),
    }
    files = {
        "Pipfile": tomlkit.dumps(pipfile),
        "Pipfile.lock": json.dumps(lock),
        "libs/here/setup.py": "",
    }
    return RandomProject(files, ("pipenv", "requirements", *maker.arguments()))
