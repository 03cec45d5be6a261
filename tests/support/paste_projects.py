"""Small projects in step, one for each tool: as made here, and as made by the real tools."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.support import real_tools
from tests.support.git import EXAMPLES
from tests.support.index import publish, serve
from tests.support.pasting import BY_HAND, environment
from tests.support.projects import (
    compiled_project,
    pdm_project,
    pipenv_project,
    poetry_project,
)


def made_here(name: str) -> Mapping[str, str]:
    """The files of a project that needs no tool."""
    if name == "example":
        example = EXAMPLES["poetry"]
        return {
            file.name: file.read_text(encoding="utf-8")
            for file in example.glob("*.*")
            if file.is_file()
        }
    tool, _, place = name.partition(":")
    files = _MADE_HERE[tool](place)
    return {path: _signed(path, text) for path, text in files.items()}


def _signed(path: str, text: str) -> str:
    """A file with a line that only a person can have written."""
    is_written = path.endswith(("pyproject.toml", "Pipfile", ".in"))
    return text + BY_HAND if is_written else text


_MADE_HERE: Mapping[str, Callable[[str], Mapping[str, str]]] = {
    "poetry": poetry_project,
    "pipenv": pipenv_project,
    "pdm": pdm_project,
    "compiled": compiled_project,
}

PROJECT = """\
[project]
name = "app"
version = "1"
requires-python = ">=3.11,<4"
dependencies = ["alpha", "eta-theta<2"]
"""


def _poetry(url: str) -> Mapping[str, str]:
    source = f'[[tool.poetry.source]]\nname = "local"\nurl = "{url}"\npriority = "primary"\n'
    text = f"{PROJECT}\n[tool.poetry]\npackage-mode = false\n\n{source}"
    return {"pyproject.toml": text + BY_HAND}


def _pipenv(url: str) -> Mapping[str, str]:
    source = f'[[source]]\nname = "main"\nurl = "{url}"\nverify_ssl = false\n'
    return {
        "Pipfile": f'{source}\n[packages]\nalpha = "*"\neta-theta = "<2"\n\n[dev-packages]\n'
        + BY_HAND
    }


def _uv(url: str) -> Mapping[str, str]:
    index = f'[[tool.uv.index]]\nname = "local"\nurl = "{url}"\ndefault = true\n'
    return {"pyproject.toml": f"{PROJECT}\n{index}{BY_HAND}"}


def _pdm(url: str) -> Mapping[str, str]:
    source = f'[[tool.pdm.source]]\nname = "pypi"\nurl = "{url}"\nverify_ssl = false\n'
    text = f"{PROJECT}\n[tool.pdm]\ndistribution = false\n\n{source}{BY_HAND}"
    return {"pyproject.toml": text}


def _compiled(url: str) -> Mapping[str, str]:
    return {"requirements.in": f"--index-url {url}\nalpha\neta-theta<2\n{BY_HAND}"}


REAL: Mapping[str, tuple[Callable[[str], Mapping[str, str]], tuple[tuple[str, ...], ...]]] = {
    "poetry": (_poetry, (("poetry", "lock"), ("poetry", "export", "-o", "requirements.txt"))),
    "pipenv": (_pipenv, (("pipenv", "lock"), ("pipenv", "requirements"))),
    "uv": (_uv, (("uv", "lock"), ("uv", "export", "-q", "-o", "requirements.txt"))),
    "pdm": (_pdm, (("pdm", "lock"), ("pdm", "export", "-o", "requirements.txt"))),
    "pip-compile": (_compiled, (("pip-compile", "-q", "--strip-extras", "requirements.in"),)),
    "uv-pip-compile": (
        _compiled,
        (("uv", "pip", "compile", "-q", "requirements.in", "-o", "requirements.txt"),),
    ),
}
"""What a person writes, and the commands that make the rest of it."""


def make(name: str, directory: Path, url: str, variables: Mapping[str, str]) -> None:
    """Make a project with the real tool."""
    files, commands = REAL[name]
    directory.mkdir(parents=True)
    for path, text in files(url).items():
        (directory / path).write_text(text, encoding="utf-8")
    for program, *arguments in commands:
        done = real_tools.run(program, *arguments, cwd=directory, environment=variables)
        if arguments == ["requirements"]:
            (directory / "requirements.txt").write_text(done.stdout, encoding="utf-8")


class Bench:
    """Projects that the real tools have made, while the index had no newer versions yet."""

    def __init__(self, directory: Path, url: str) -> None:
        self._directory = directory
        self._url = url
        self._variables = environment(directory / "home", os.environ["PATH"])
        self._made: dict[str, Mapping[str, str]] = {}

    def files(self, name: str) -> Mapping[str, str]:
        """The files of a project, in a directory of the repository."""
        name, _, place = name.partition(":")
        if name not in self._made:
            directory = self._directory / name
            make(name, directory, self._url, self._variables)
            files = (path for path in directory.glob("[!.]*") if path.is_file())
            self._made[name] = {path.name: path.read_text(encoding="utf-8") for path in files}
        prefix = f"{place}/" if place else ""
        return {prefix + path: text for path, text in self._made[name].items()}


@contextmanager
def bench(directory: Path) -> Iterator[Bench]:
    """A bench, with an index that has newer versions than its projects."""
    publish(directory / "index", ("1.0", "1.1"))
    with serve(directory / "index") as url:
        made = Bench(directory / "projects", url)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(made.files, REAL))
        publish(directory / "index", ("1.0", "1.1", "2.0"))
        yield made
