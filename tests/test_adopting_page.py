"""The example of docs/adopting.md is what `locksync init` prints and writes there."""

from __future__ import annotations

import re

import tomli

from tests.support.git import EXAMPLES, GitRepository
from tests.support.real_tools import TOP

PAGE = (TOP / "docs/adopting.md").read_text(encoding="utf-8")


def test_the_extra_that_is_named_is_there() -> None:
    project = tomli.loads((TOP / "pyproject.toml").read_text())["project"]
    assert "'locksync[init]'" in PAGE
    assert "init" in project["optional-dependencies"]


def test_the_example_is_what_is_printed_and_written(repository: GitRepository) -> None:
    repository.add_example("poetry", "api")
    repository.add_example("pipenv", "jobs/mail")
    repository.add_example("pipenv", "jobs/reports")
    for name in ("Pipfile", "Pipfile.lock"):
        repository.write(f"worker/{name}", (EXAMPLES["pipenv"] / name).read_bytes())
    repository.write("docs/requirements.txt", "sphinx\n")
    before = repository.read("api/pyproject.toml")
    exports = ", ".join(
        f'"poetry export --without-hashes {options}"'
        for options in ("-o requirements.txt", "--only linters -o requirements-lint.txt")
    )
    repository.write("api/locksync.toml", f"exports = [{exports}]\n")
    repository.git("add", "--all")
    assert repository.locksync("fix", "api").code == 0
    repository.git("rm", "--quiet", "--force", "api/locksync.toml")
    repository.replace("api/requirements-lint.txt", "ruff==0.14.4", "pip==25.3\nruff==0.14.4")
    repository.commit()
    repository.replace("api/poetry.lock", 'version = "1.40.75"', 'version = "1.40.76"')
    repository.commit()
    run = repository.locksync("init")
    printed = re.sub(r"as of [0-9a-f]{10}", "as of 1f0c2ab934", run.stdout)
    assert f"```console\n$ locksync init\n{printed}```" in PAGE
    assert (run.code, run.stderr) == (1, "")
    project, own = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert repository.read("api/pyproject.toml") == f"{before}\n\n{project}"
    assert repository.read("locksync.toml") == own
