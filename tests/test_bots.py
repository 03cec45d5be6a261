"""A bot raises a pin in the output alone: nothing is reverted, and the way forward is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support import real_tools
from tests.support.git import GitRepository
from tests.support.index import publish, serve

pytestmark = pytest.mark.real

PYPROJECT = """\
[project]
name = "web"
version = "1"
requires-python = ">=3.10"
dependencies = ["beta>=1"]
[[tool.poetry.source]]
name = "here"
url = "{url}"
priority = "primary"
"""
PIPFILE = """\
[[source]]
name = "here"
url = "{url}"
verify_ssl = true
[packages]
beta = ">=1"
"""
PDM_PYPROJECT = """\
[project]
name = "web"
version = "1"
requires-python = ">=3.10"
dependencies = ["beta>=1", "gamma"]
[[tool.pdm.source]]
name = "pypi"
url = "{url}"
"""
MANIFESTS = {
    "poetry": ("pyproject.toml", PYPROJECT),
    "pipenv": ("Pipfile", PIPFILE),
    "pdm": ("pyproject.toml", PDM_PYPROJECT),
}
UPDATE = {
    "poetry": ("update", "--lock", "beta"),
    "pipenv": ("upgrade", "--lock-only", "beta==2.0"),
    "pdm": ("update", "--no-sync", "beta"),
}
# Neither the settings of this machine nor an environment outside the project.
ALONE = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIPENV_VENV_IN_PROJECT": "1"}


@pytest.mark.parametrize("is_committed", [False, True], ids=["in-a-commit", "on-a-branch"])
@pytest.mark.parametrize("tool", MANIFESTS)
def test_a_bump_of_the_output_alone_is_kept_until_the_lock_follows(
    tool: str, is_committed: bool, repository: GitRepository, tmp_path: Path
) -> None:
    publish(tmp_path / "index", ("1.0", "1.1"))
    with serve(tmp_path / "index") as url:
        name, manifest = MANIFESTS[tool]
        repository.write(name, manifest.format(url=url))
        repository.write(".gitignore", ".venv/\n.pdm-python\n")
        real_tools.run(tool, "lock", cwd=repository.path, environment=ALONE)
        if tool == "pdm":
            real_tools.run(tool, "export", "-o", "requirements.txt", cwd=repository.path)
        repository.git("add", "--all")
        assert repository.locksync("fix").code == 0
        repository.commit()
        assert repository.locksync("hook").code == 0

        publish(tmp_path / "index", ("1.0", "1.1", "2.0"))
        repository.replace("requirements.txt", "beta==1.1", "beta==2.0")
        repository.git("add", "--all")
        if is_committed:
            repository.commit()
        bumped = repository.read("requirements.txt")
        run = repository.locksync("hook")
        assert (run.code, run.findings) == (1, ["LS006"])
        assert "    beta  yours 2.0, " in run.stdout
        assert f"keep it:  {tool} {' '.join(UPDATE[tool])}\n" in run.stdout
        assert repository.read("requirements.txt") == bumped

        real_tools.run(tool, *UPDATE[tool], cwd=repository.path, environment=ALONE)
        run = repository.locksync("hook")
        # The bot left the hashes of the old version behind, where there are any.
        assert run.findings in ([], ["LS001"])
        repository.git("add", "--all")
        assert repository.locksync("hook").code == 0
        assert "beta==2.0" in repository.read("requirements.txt")
        # Packages that were not named stay, where the tool can be told so.
        assert tool != "pdm" or "gamma==1.1" in repository.read("requirements.txt")
