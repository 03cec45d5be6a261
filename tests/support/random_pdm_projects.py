"""Random PDM projects, to compare their exports."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import tomlkit

from tests.support.projects import RandomProject

NAMES = ("flask", "Flask-Login", "zope.interface", "a_b", "p3")
VERSIONS = ("1.0", "1.0.0", "2.1+local.1", "1!3.0rc1", "2023.4.post1", "0.0.1.dev3")
COMPARISONS = (
    'python_version < "3.11"',
    'python_version >= "3.9"',
    'python_full_version < "3.11.3"',
    'python_version == "3.10"',
    'python_version not in "3.9, 3.10"',
    'python_version in "3.9 3.10"',
    'sys_platform == "win32"',
    'sys_platform != "win32"',
    'sys_platform == "linux"',
    'platform_system == "Windows"',
    'os_name == "nt"',
    '"linux" in sys_platform',
    'platform_machine not in "arm64, aarch64"',
    'platform_python_implementation != "PyPy"',
    'implementation_name == "cpython"',
    'platform_release > "4"',
)
GROUPS = ("default", "web", "docs", "dev", "lint-all")
EITHER = (("--prod", "--dev"), ("--self", "--editable-self"))
OPTIONS = (
    ("--no-hashes",),
    ("--without-hashes",),
    ("--no-default",),
    ("--no-extras",),
    ("-G", "web"),
    ("--with", "Lint_All,docs"),
    ("-G", ":all"),
    ("--without", "dev"),
)
SOURCES: tuple[dict[str, object], ...] = (
    {"name": "pypi", "url": "https://packages.example.org/simple"},
    {"name": "pypi", "verify_ssl": False},
    {"name": "b", "url": "https://${USER}:${PASSWORD}@b.example.org/", "verify_ssl": False},
    {"name": "b", "url": "http://[::1]:8443/simple", "verify_ssl": False},
    {"name": "c", "url": "https://c.example.org:80/links", "type": "find_links"},
    {"name": "d", "url": "https://D.example.org:x/", "verify_ssl": False},
    {"name": "e"},
)
REPOSITORIES = (
    "https://git.example.org/a/b.git",
    "ssh://git@git.example.org/a/b.git",
    "git@git.example.org:a/b.git",
    "https://${TOKEN}@git.example.org/a/b",
)
URLS = (
    "https://files.example.org/a-1.0.tar.gz",
    "https://files.example.org/a-1.0-py3-none-any.whl#sha256=aa",
    "https://files.example.org/a%20b.zip?x=1",
)


class _Maker:
    """A project while it is being made."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def some(self, values: tuple[str, ...], most: int = 3) -> list[str]:
        return self.random.sample(values, self.random.randint(0, min(most, len(values))))

    def marker(self, depth: int = 2) -> str:
        if depth == 0 or self.chance(0.4):
            return self.random.choice(COMPARISONS)
        parts = [self.marker(depth - 1) for _ in range(self.random.randint(2, 3))]
        joined = f" {self.random.choice(('and', 'or'))} ".join(parts)
        return f"({joined})" if self.chance(0.8) else joined

    def package(self, *, has_urls: bool) -> Iterator[tuple[str, object]]:
        yield "name", self.random.choice(NAMES)
        if self.chance(0.95):
            yield "version", self.random.choice(VERSIONS)
        if self.chance(0.3):
            yield "extras", self.random.choice((["a"], ["b", "a"], ["async-x"]))
        kind = self.random.randint(0, 11)
        if kind == 0:
            yield "git", self.random.choice(REPOSITORIES)
            yield from {"ref": "main"}.items() if self.chance(0.5) else ()
            yield from {"revision": "0a1b2c"}.items() if self.chance(0.7) else ()
            yield from {"editable": True}.items() if self.chance(0.4) else ()
        elif kind == 1:
            yield "url", self.random.choice(URLS)
        elif kind == 2:
            yield (
                "path",
                self.random.choice(("./libs/here", "./libs/gone", "./wheels/a-1.whl", ".")),
            )
            yield from {"editable": True}.items() if self.chance(0.4) else ()
        if kind < 3 and self.chance(0.3):
            yield "subdirectory", "sub/b"
        yield "summary", "It is: 1\n2"
        if self.chance(0.9):
            yield "groups", [*self.random.sample(GROUPS, self.random.randint(1, 3))]
        if self.chance(0.5):
            yield "marker", self.marker()
        if kind > 2 or self.chance(0.7):
            digests = self.random.sample(("sha256:aa", "sha256:bb", "md5:cc"), 2)
            files = [{"file": f"{digest[-1]}.whl", "hash": digest} for digest in digests]
            if has_urls:
                files = [{"url": file["file"], "hash": file["hash"]} for file in files]
            yield "files", [*files, files[0]]

    def pyproject(self) -> dict[str, object]:
        project: dict[str, object] = {"version": "1", "requires-python": ">=3.8"}
        if self.chance(0.9):
            project["name"] = "app"
        project["optional-dependencies"] = {
            name: [] for name in ("web", "Docs") if self.chance(0.8)
        }
        settings: dict[str, object] = {"source": self.sources()}
        if self.chance(0.3):
            settings["dev-dependencies"] = {"Lint.All": ["x"]}
        if self.chance(0.2):
            settings["distribution"] = self.chance(0.5)
        if self.chance(0.1):
            settings["package-type"] = self.random.choice(("library", "application"))
        if self.chance(0.2):
            settings["resolution"] = {"excludes": ["Zope_Interface", "p3"]}
        document: dict[str, object] = {"project": project, "tool": {"pdm": settings}}
        if self.chance(0.7):
            document["dependency-groups"] = {"dev": ["y"]}
        if self.chance(0.3):
            backend = self.random.choice(("hatchling.build", "setuptools.build_meta"))
            document["build-system"] = {"requires": [], "build-backend": backend}
        return document

    def sources(self) -> list[dict[str, object]]:
        return self.random.sample(SOURCES, self.random.choice((0, 0, 1, 2, 3)))

    def lock(self) -> dict[str, object]:
        strategy = ["inherit_metadata", *self.some(("static_urls", "cross_platform"))]
        has_urls = "static_urls" in strategy
        packages = [dict(self.package(has_urls=has_urls)) for _ in range(self.random.randint(0, 7))]
        groups = ["default", *self.some(("web", "docs", "dev", "lint-all", "gone"), most=5)]
        metadata = {
            **({"groups": groups} if self.chance(0.9) else {}),
            "strategy": strategy,
            "lock_version": "4.5.0",
            "content_hash": "sha256:aa",
            "targets": [{"requires_python": ">=3.8"}],
        }
        return {"metadata": metadata, "package": packages}

    def arguments(self) -> Iterator[str]:
        if self.chance(0.5):
            yield "--no-hashes"
        for pair in EITHER:
            if self.chance(0.25):
                yield self.random.choice(pair)
        for option in OPTIONS:
            if self.chance(0.12):
                yield from option


def random_pdm_project(random: Random) -> RandomProject:
    """A pyproject.toml and a pdm.lock. They may disagree, because PDM does not compare them."""
    maker = _Maker(random)
    here = {"project": {"name": random.choice(("A_b", "here"))}}
    files = {
        "pyproject.toml": tomlkit.dumps(maker.pyproject()),
        "pdm.lock": tomlkit.dumps(maker.lock()),
        "libs/here/pyproject.toml": tomlkit.dumps(here),
    }
    return RandomProject(files, ("pdm", "export", *maker.arguments()))
