"""docs/docker.md and examples/docker agree, and the examples are as the page says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from locksync.command_line import split_command
from tests.support import real_tools
from tests.support.git import GitRepository
from tests.support.real_tools import PINS, TOP, clean_environment

pytest.importorskip("e2b_dockerfile_utils")

PAGE = (TOP / "docs/docker.md").read_text(encoding="utf-8")
EXAMPLES = TOP / "examples/docker"
NOTE = (EXAMPLES / "README.md").read_text(encoding="utf-8")
NAMES = ["pip-compile", "pip-compile-setup-py", "pipenv", "poetry"]


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def _example(name: str) -> str:
    return (EXAMPLES / name / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture
def copy(repository: GitRepository) -> GitRepository:
    """A repository of the examples as they are committed here."""
    shutil.copytree(EXAMPLES, repository.path, dirs_exist_ok=True)
    repository.commit()
    return repository


def test_every_dockerfile_of_the_page_is_one_of_the_examples() -> None:
    blocks = _blocks("dockerfile")
    assert len(blocks) == 4
    for block in blocks:
        assert any(block in _example(name) for name in NAMES)


def test_every_other_file_of_the_page_is_one_of_the_examples() -> None:
    (ignore,), (configuration,) = _blocks("text"), _blocks("toml")
    for name in NAMES:
        assert (EXAMPLES / name / ".dockerignore").read_text(encoding="utf-8").startswith(ignore)
    assert (EXAMPLES / "pipenv/locksync.toml").read_text(encoding="utf-8") == configuration


def test_the_hooks_of_the_page_are_in_the_manifest() -> None:
    (block,) = _blocks("yaml")
    used = {hook["id"] for repo in yaml.safe_load(block)["repos"] for hook in repo["hooks"]}
    manifest = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert used <= {hook["id"] for hook in manifest}


def test_every_example_is_named_with_its_tool_and_its_command(copy: GitRepository) -> None:
    assert sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()) == NAMES
    listed = copy.locksync("list").stdout
    for name in NAMES:
        (command,) = re.findall(rf"^fresh +{name}/requirements\.txt  +(.+)   \(in", listed, re.M)
        row = next(row for row in NOTE.splitlines() if row.startswith(f"| `{name}/` |"))
        assert f"`{command}`" in row
        tool = "pip-compile" if name.startswith("pip-compile") else name
        program, _, version = PINS[tool][0].partition("==")
        assert f"{program} {version}" in row
    for row in re.findall(r"^\| (?:poetry|pipenv|pip-compile) \| `(.+)` \|$", PAGE, re.MULTILINE):
        assert row in listed


def test_the_examples_are_in_step(copy: GitRepository) -> None:
    assert copy.locksync("check", "--strict") == (0, "", "4 exports fresh\n")
    assert copy.locksync("dockerfile") == (0, "", "4 Dockerfiles without a finding\n")


@pytest.mark.parametrize("name", NAMES)
def test_the_source_first_would_be_found(copy: GitRepository, name: str) -> None:
    text = copy.read(f"{name}/Dockerfile")
    before = text.index("COPY requirements" if "COPY requirements" in text else "RUN --mount")
    copy.write(f"{name}/Dockerfile", f"{text[:before]}COPY greeter/ greeter/\n{text[before:]}")
    assert copy.locksync("dockerfile").findings == ["LS019"]


@pytest.mark.real
@pytest.mark.parametrize("name", ["pipenv", "poetry"])
def test_the_requirements_are_those_of_the_real_tool(name: str, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / name, tmp_path / name)
    command = next(line for line in NOTE.splitlines() if f"`{name}/`" in line).split("`")[-2]
    arguments = list(split_command(command).words[1:])
    written = real_tools.written_by(name, arguments, tmp_path / name)
    assert written == (EXAMPLES / name / "requirements.txt").read_text(encoding="utf-8")


@pytest.mark.real
@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the examples are for Python 3.11")
@pytest.mark.parametrize("name", NAMES)
def test_the_requirements_can_be_installed_as_the_dockerfile_does(name: str) -> None:
    (words,) = re.findall(r"pip install .*(--require-hashes -r) \S+$", _example(name), re.MULTILINE)
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    subprocess.run(
        [*pip, *words.split(), "requirements.txt"],
        cwd=EXAMPLES / name,
        env=clean_environment(),
        check=True,
    )
