"""Random poetry projects, valid by construction, to compare their exports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from random import Random

from locksync.documents import parse_toml
from locksync.tools.poetry.manifest import content_hashes
from tests.support.projects import RandomProject

COMPARISONS = (
    'python_version >= "3.10"',
    'python_version < "3.11"',
    'python_version == "3.9"',
    'python_full_version < "3.11.3"',
    'python_full_version >= "3.10.2"',
    'python_version not in "3.9, 3.10"',
    'sys_platform == "win32"',
    'sys_platform != "win32"',
    'sys_platform == "linux"',
    'platform_system == "Windows"',
    'platform_python_implementation != "PyPy"',
    'os_name == "nt"',
    'platform_machine == "arm64"',
    '"arm" in platform_machine',
    'implementation_name == "cpython"',
)
EXTRA_COMPARISONS = ('extra == "a"', 'extra == "b"', 'extra == "a" or extra == "b"')
PROJECT_PYTHONS = (
    ">=3.9",
    "^3.9",
    ">=3.9,<3.13",
    "~3.10",
    "^3.9 || ^3.11",
    ">=3.9.1,<3.12",
    "==3.11.*",
    "*",
    "!=3.9.1,>=3.9",
)
PACKAGE_PYTHONS = (">=3.8", "*", ">=3.7,<4.0", ">=3.9", "!=3.0.*,>=2.7", ">=3.6.2", ">=3.10")


class _Maker:
    """A project while it is being made."""

    def __init__(self, random: Random, *, walked: bool) -> None:
        self.random = random
        self.walked = walked
        self.names = [f"p{number}" for number in range(random.randint(1, 6))]
        self.groups = ["main", *(group for group in ("dev", "docs") if self.chance(0.6))]
        self.required = {
            group: [name for name in self.names if self.chance(0.6)] for group in self.groups
        }
        self.optional = [name for name in self.required["main"] if self.chance(0.3)]
        self.extras = {"a": self.optional[:1], "b": self.optional} if self.optional else {}
        self.python = random.choice(PROJECT_PYTHONS)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def marker(self, comparisons: Sequence[str] = COMPARISONS, depth: int = 0) -> str:
        if depth > 2 or self.chance(0.45):
            return self.random.choice(comparisons)
        parts = [self.marker(comparisons, depth + 1) for _ in range(self.random.choice((2, 2, 3)))]
        word = self.random.choice((" and ", " or "))
        return word.join(f"({part})" if self.chance(0.8) else part for part in parts)

    def requirement(self, name: str, group: str) -> str:
        parts = ['version = "*"']
        if group == "main" and name in self.optional:
            parts.append("optional = true")
        if self.chance(0.35):
            parts.append(f"markers = {json.dumps(self.marker(depth=1))}")
        if self.chance(0.15):
            parts.append(f'python = "{self.random.choice((">=3.10", "<3.11", "^3.9"))}"')
        if self.chance(0.2):
            parts.append('extras = ["x"]')
        return f"{name} = {{ {', '.join(parts)} }}\n"

    def pyproject(self) -> str:
        text = '[tool.poetry]\nname = "app"\nversion = "1"\ndescription = ""\nauthors = []\n'
        for group in self.groups:
            table = "dependencies" if group == "main" else f"group.{group}.dependencies"
            text += f"\n[tool.poetry.{table}]\n"
            text += f'python = "{self.python}"\n' if group == "main" else ""
            text += "".join(self.requirement(name, group) for name in self.required[group])
        return text + self.extras_table("tool.poetry.extras")

    def extras_table(self, heading: str) -> str:
        lines = "".join(f"{extra} = {json.dumps(names)}\n" for extra, names in self.extras.items())
        return f"\n[{heading}]\n{lines}" if lines else ""

    def lock(self, pyproject: str) -> str:
        packages = "".join(
            self.package(name, version)
            for name in self.names
            for version in (("2.0", "1.0") if self.chance(0.25) else ("1.0",))
        )
        digest, _ = content_hashes(parse_toml(pyproject.encode(), "pyproject.toml"))
        return (
            f"{packages}{self.extras_table('extras')}\n[metadata]\n"
            f'lock-version = "{"2.0" if self.walked else "2.1"}"\n'
            f'python-versions = "{self.python}"\ncontent-hash = "{digest}"\n'
        )

    def package(self, name: str, version: str) -> str:
        text = (
            f'[[package]]\nname = "{name}"\nversion = "{version}"\ndescription = ""\n'
            f"optional = {json.dumps(name in self.optional)}\n"
            f'python-versions = "{self.random.choice(PACKAGE_PYTHONS)}"\n'
            f'files = [{{file = "f", hash = "sha256:{self.random.getrandbits(256):064x}"}}]\n'
        )
        return f"{text}{self.dependencies(name) if self.walked else self.group_lines()}\n"

    def group_lines(self) -> str:
        groups = [group for group in self.groups if self.chance(0.6)] or ["main"]
        comparisons = COMPARISONS + (EXTRA_COMPARISONS if self.extras else ())
        text = f"groups = {json.dumps(groups)}\n"
        if self.chance(0.4):
            text += f"markers = {json.dumps(self.marker(comparisons))}\n"
        elif self.chance(0.6):
            markers = ", ".join(
                f"{group} = {json.dumps(self.marker(comparisons))}"
                for group in groups
                if self.chance(0.8)
            )
            text += f"markers = {{{markers}}}\n"
        return text

    def dependencies(self, name: str) -> str:
        needed = [other for other in self.names if other != name and self.chance(0.4)]
        if not needed:
            return ""
        text = "\n[package.dependencies]\n"
        for other in needed:
            parts = [f'version = "{self.random.choice(("*", "*", "*", ">=1.0", "<2"))}"']
            if self.chance(0.4):
                parts.append(f"markers = {json.dumps(self.marker(depth=1))}")
            elif self.chance(0.2):
                parts.append("optional = true")
            text += f"{other} = {{{', '.join(parts)}}}\n"
        if self.chance(0.5):
            text += f'\n[package.extras]\nx = ["{self.random.choice(needed)}"]\n'
        return text

    def arguments(self) -> Iterator[str]:
        for extra in self.extras:
            if self.chance(0.4):
                yield from ("-E", extra)
        if len(self.groups) > 1:
            yield from self.random.choice(
                (
                    (),
                    ("--with", self.groups[-1]),
                    ("--only", self.groups[1]),
                    ("--all-groups",),
                )
            )


def random_poetry_project(random: Random, *, walked: bool) -> RandomProject:
    """A project with a lock file of version 2.0, whose export is a walk, or of version 2.1."""
    maker = _Maker(random, walked=walked)
    pyproject = maker.pyproject()
    files = {"pyproject.toml": pyproject, "poetry.lock": maker.lock(pyproject)}
    return RandomProject(files, ("poetry", "export", *maker.arguments()))
