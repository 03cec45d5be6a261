"""Small projects as file contents, for tests of the core."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from locksync.documents import parse_toml
from locksync.tools.pipenv.pipfile import content_hash
from locksync.tools.poetry.manifest import content_hashes

PYPROJECT = """\
[project]
name = "app"
version = "1"
requires-python = ">=3.9"
dependencies = ["flask (>=3)"]

[tool.poetry]
package-mode = false
"""
PIPFILE = """\
[[source]]
name = "main"
url = "https://packages.example.org/simple"
verify_ssl = true

[packages]
flask = "*"
"""


class RandomProject(NamedTuple):
    """A project made at random and one export command for it."""

    files: Mapping[str, str]
    command: tuple[str, ...]


def poetry_lock(version: str = "3.0.3", pyproject: str = PYPROJECT, **metadata: str) -> str:
    """A lock file of flask alone, in step with its pyproject.toml."""
    today, _ = content_hashes(parse_toml(pyproject.encode(), "pyproject.toml"))
    values = {"lock-version": "2.1", "python-versions": ">=3.9", "content-hash": today, **metadata}
    lines = "".join(f'{key} = "{value}"\n' for key, value in values.items())
    return (
        f'[[package]]\nname = "flask"\nversion = "{version}"\ndescription = ""\n'
        'optional = false\npython-versions = "*"\ngroups = ["main"]\n'
        f'files = [{{file = "flask.whl", hash = "sha256:aa"}}]\n\n[metadata]\n{lines}'
    )


def poetry_output(version: str = "3.0.3") -> str:
    """What `poetry export` writes from that lock file."""
    return f'flask=={version} ; python_version >= "3.9" \\\n    --hash=sha256:aa\n'


POETRY_OUTPUT = poetry_output()


def poetry_project(directory: str = "", output: str | None = POETRY_OUTPUT) -> dict[str, str]:
    """The files of a project; no output file for None."""
    prefix = f"{directory}/" if directory else ""
    files = {f"{prefix}pyproject.toml": PYPROJECT, f"{prefix}poetry.lock": poetry_lock()}
    if output is not None:
        files[f"{prefix}requirements.txt"] = output
    return files


def pipfile_lock(version: str = "3.0.3", pipfile: str = PIPFILE) -> str:
    """A lock file of flask alone, in step with its Pipfile."""
    document = parse_toml(pipfile.encode(), "Pipfile")
    digest = content_hash(document)
    meta = {"hash": {"sha256": digest}, "sources": document.values["source"]}
    flask = {"hashes": ["sha256:aa"], "version": f"=={version}"}
    text = json.dumps({"_meta": meta, "default": {"flask": flask}, "develop": {}}, indent=4)
    return text + "\n"


PIPENV_OUTPUT = "-i https://packages.example.org/simple\nflask==3.0.3\n"


def pipenv_project(directory: str = "", output: str | None = PIPENV_OUTPUT) -> dict[str, str]:
    """The files of a project; no output file for None."""
    prefix = f"{directory}/" if directory else ""
    files = {f"{prefix}Pipfile": PIPFILE, f"{prefix}Pipfile.lock": pipfile_lock()}
    if output is not None:
        files[f"{prefix}requirements.txt"] = output
    return files
