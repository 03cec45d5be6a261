"""`locksync init` in real repositories."""

from __future__ import annotations

import builtins
import os
import shlex
import sys
from pathlib import Path

import pytest

from locksync import __version__, cli
from tests.support import real_tools
from tests.support.git import GitRepository
from tests.support.projects import (
    PYPROJECT,
    compiled_project,
    pipenv_project,
    poetry_lock,
    poetry_output,
    poetry_project,
)
from tests.support.wheels import write_wheels

HOOK = f"""\
To check every commit, add this to .pre-commit-config.yaml (--hook does it for you):
repos:
- repo: https://github.com/locksync/locksync
  rev: v{__version__}
  hooks:
  - id: locksync
"""
WITHOUT_HASHES = 'flask==3.0.3 ; python_version >= "3.9"\n'


def _write(repository: GitRepository, *projects: dict[str, str]) -> GitRepository:
    for project in projects:
        for path, content in project.items():
            repository.write(path, content)
    repository.commit()
    return repository


@pytest.fixture
def mixed(repository: GitRepository) -> GitRepository:
    """Every kind of file there is, with some history."""
    _write(
        repository,
        poetry_project(output=WITHOUT_HASHES),
        poetry_project("a", None),
        pipenv_project("b", "flask==3.0.3\n"),
        compiled_project("c"),
        {
            "docs/requirements.txt": "sphinx\n",
            "b/constraints.txt": "flask==3.0.3\nclick==8.1 ; os_name == 'nt'\n",
            ".pre-commit-config.yaml": "repos:\n- repo: local\n  hooks: []\n",
        },
    )
    repository.write("poetry.lock", poetry_lock("3.1.0"))
    repository.commit()
    return repository


def test_adopts_a_repository(mixed: GitRepository) -> None:
    mixed.git("commit", "--quiet", "--allow-empty", "--message", "x")
    commit = mixed.git("rev-list", "--max-count=1", "HEAD", "--", "requirements.txt")[:10]
    run = mixed.locksync("init")
    assert run.stderr == ""
    assert run.stdout == (
        f"""\
b/constraints.txt      not explained: \
`pipenv requirements --exclude-index > constraints.txt` comes nearest
  - click  8.1
b/requirements.txt     pipenv requirements --exclude-index > requirements.txt (in b): same bytes
c/requirements.txt     pip-compile requirements.in (in c): told by its header
docs/requirements.txt  no export: 0 of 1 requirements are pinned
requirements.txt       poetry export --without-hashes -o requirements.txt: \
same bytes as of {commit}, now out of date
configured. Stage it:  git add pyproject.toml
out of date. Then run:  locksync fix requirements.txt
b/constraints.txt is not explained. In pyproject.toml, have one of the two:
  exports = [{{ run = "pipenv requirements --exclude-index > constraints.txt", in = "b" }}]
  exclude = ["b/constraints.txt"]
{HOOK}"""
    )
    assert run.code == 1
    assert mixed.read("pyproject.toml") == (
        PYPROJECT
        + """
[tool.locksync]
exports = [
  { run = "pipenv requirements --exclude-index > requirements.txt", in = "b" },
  "poetry export --without-hashes -o requirements.txt",
  # { run = "pipenv requirements --exclude-index > constraints.txt", in = "b" },
]
exclude = [
  # "b/constraints.txt",
]
"""
    )
    assert mixed.locksync("check").findings == ["LS022", "LS001"]
    mixed.replace("pyproject.toml", '# "b/constraints.txt",', '"b/constraints.txt",')
    assert mixed.locksync("fix").code == 0
    assert mixed.locksync("list").stdout == (
        """\
fresh    b/requirements.txt  pipenv requirements --exclude-index > requirements.txt   (in b)
fresh    c/requirements.txt  pip-compile requirements.in   (in c)
fresh    requirements.txt    poetry export --without-hashes -o requirements.txt
"""
    )


@pytest.mark.parametrize("staged", [True, False])
def test_a_second_run_changes_nothing(mixed: GitRepository, staged: bool) -> None:
    mixed.git("rm", "--quiet", "--cached", "pyproject.toml")
    mixed.locksync("init", "--hook")
    if staged:
        mixed.git("add", "--all")
    before = mixed.git("diff", "HEAD")
    run = mixed.locksync("init", "--hook")
    assert "nothing to write\n" in run.stdout
    assert mixed.git("diff", "HEAD") == before


def test_a_dry_run_shows_what_would_be_written(mixed: GitRepository) -> None:
    run = mixed.locksync("init", "--dry-run", "--hook")
    assert (
        f"""\
--- a/.pre-commit-config.yaml
+++ b/.pre-commit-config.yaml
@@ -1,3 +1,7 @@
 repos:
 - repo: local
   hooks: []
+- repo: https://github.com/locksync/locksync
+  rev: v{__version__}
+  hooks:
+  - id: locksync
"""
        in run.stdout
    )
    assert '+  # "b/constraints.txt",\n' in run.stdout
    assert mixed.status() == ""


def test_the_hook_is_added(mixed: GitRepository) -> None:
    run = mixed.locksync("init", "--hook")
    assert "Stage them:  git add pyproject.toml .pre-commit-config.yaml\n" in run.stdout
    assert "For every commit" not in run.stdout
    assert mixed.read(".pre-commit-config.yaml").endswith("  - id: locksync\n")


def test_there_is_nothing_to_write_where_headers_will_do(repository: GitRepository) -> None:
    _write(repository, compiled_project(), {".pre-commit-config.yaml": "- id: locksync\n"})
    told = "requirements.txt  pip-compile requirements.in: told by its header\nnothing to write\n"
    assert repository.locksync("init") == (0, told, "")
    assert repository.status() == ""


def test_a_choice_is_written_down_though_there_is_nothing_else(repository: GitRepository) -> None:
    _write(
        repository, poetry_project(output='flask==3.0.3 ; python_version >= "3.9"\nclick==8.1\n')
    )
    command = "poetry export --without-hashes -o requirements.txt"
    told = f"""\
requirements.txt  not explained: `{command}` comes nearest
  - click  8.1
configured. Stage it:  git add pyproject.toml
requirements.txt is not explained. In pyproject.toml, have one of the two:
  exports = ["{command}"]
  exclude = ["requirements.txt"]
"""
    assert repository.locksync("init") == (1, told + HOOK, "")
    choice = f"""
[tool.locksync]
exports = [
  # "{command}",
]
exclude = [
  # "requirements.txt",
]
"""
    assert repository.read("pyproject.toml") == PYPROJECT + choice
    run = repository.locksync("init")
    assert (run.code, "nothing to write\n" in run.stdout) == (1, True)
    repository.replace("pyproject.toml", '  # "requirements', '  "requirements')
    assert repository.locksync("check").code == 0
    assert repository.locksync("init").code == 0


def test_settings_that_git_does_not_track_are_not_read(repository: GitRepository) -> None:
    _write(repository, pipenv_project(output="flask==3.0.3\n"))
    assert repository.locksync("init").code == 0
    notice = "locksync.toml is not tracked by git, so it is not read: git add locksync.toml"
    for _ in range(2):  # It is not remembered as fresh, for then nobody would say it again.
        run = repository.locksync("check")
        assert run.stdout == f"note: {notice}\n"
        assert run.code == 0
    run = repository.locksync("init")
    assert "not read until git tracks it. Stage it:  git add locksync.toml\n" in run.stdout
    repository.git("add", "locksync.toml")
    assert repository.locksync("check") == (0, "", "1 export fresh\n")
    # One that git ignores has to be added by force.
    repository.git("rm", "--quiet", "--cached", "locksync.toml")
    repository.write(".gitignore", "locksync.toml\n")
    run = repository.locksync("check")
    assert "so it is not read: git add --force locksync.toml\n" in run.stdout


def test_the_hook_takes_the_place_of_the_tools_own(repository: GitRepository) -> None:
    hook = (
        "repos:\n- repo: https://github.com/python-poetry/poetry\n  rev: 1.8.3\n  hooks:\n"
        "  - id: poetry-export\n    args: [--without-hashes, --only=main, -o, requirements.txt]\n"
    )
    _write(repository, poetry_project(output=WITHOUT_HASHES), {".pre-commit-config.yaml": hook})
    run = repository.locksync("init", "--dry-run")
    assert (
        ".pre-commit-config.yaml: poetry-export of https://github.com/python-poetry/poetry "
        "rewrites the same files: --hook replaces it\n"
    ) in run.stdout
    run = repository.locksync("init", "--hook")
    assert "rewrites" not in run.stdout
    assert "poetry-export" not in repository.read(".pre-commit-config.yaml")
    assert (
        'exports = ["poetry export --without-hashes --only=main -o requirements.txt"]\n'
    ) in repository.read("pyproject.toml")
    assert repository.locksync("check").code == 0


def test_progress_is_shown_to_someone_who_waits(
    mixed: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mixed.locksync("init", "-n").stderr == ""
    monkeypatch.setattr(cli, "PATIENCE", -1)
    monkeypatch.setattr(cli, "_is_terminal", lambda stream: True)
    progress = mixed.locksync("init", "-n").stderr
    assert "\r\x1b[Klooking at b/constraints.txt" in progress
    assert progress.endswith("\r\x1b[K")
    assert "\n" not in progress
    assert mixed.locksync("init", "-n", "-q").stderr == ""


def test_a_header_that_names_another_command(repository: GitRepository) -> None:
    project = compiled_project()
    project["requirements.txt"] = project["requirements.txt"].replace(
        "pip-compile requirements.in", "make upgrade"
    )
    _write(repository, project)
    run = repository.locksync("init")
    assert run.stdout.splitlines()[0] == (
        "requirements.txt  make upgrade: told by its header; for `locksync fix`, add "
        "`pip-compile --strip-extras --allow-unsafe -o requirements.txt requirements.in` "
        "to exports"
    )
    assert run.code == 0


def test_an_empty_repository(repository: GitRepository) -> None:
    assert repository.locksync("init") == (0, f"nothing to write\n{HOOK}", "")


def test_there_is_no_report_in_json(repository: GitRepository) -> None:
    run = repository.locksync("--format", "json", "init")
    assert run == (2, "", "locksync: init has no JSON report: leave out `--format json`\n")


def test_two_configured_exports_of_one_file(repository: GitRepository) -> None:
    exports = '"poetry export -o requirements.txt", "poetry export --only main -o requirements.txt"'
    _write(repository, poetry_project(), {"locksync.toml": f"exports = [{exports}]\n"})
    run = repository.locksync("init")
    told = "requirements.txt  configured: more than one export would write it\nnothing to write\n"
    assert (run.code, run.stdout) == (0, told + HOOK)


def test_quiet_says_nothing(mixed: GitRepository) -> None:
    assert mixed.locksync("init", "-q") == (1, "", "")


def test_without_git(tmp_path: Path) -> None:
    project = GitRepository(tmp_path / "project")
    for path, content in poetry_project(output=WITHOUT_HASHES).items():
        project.write(path, content)
    (project.path / ".git").rename(tmp_path / "not-git")
    assert project.locksync("init").code == 0
    assert "exports = " in project.read("pyproject.toml")
    assert "nothing to write" in project.locksync("init").stdout


def test_before_the_first_commit(repository: GitRepository) -> None:
    for path, content in poetry_project(output=poetry_output("3.0.2")).items():
        repository.write(path, content)
    repository.git("add", "--all")
    assert repository.locksync("init").code == 0
    assert "exports = " in repository.read("pyproject.toml")


def test_a_lock_file_amid_a_merge(repository: GitRepository) -> None:
    _write(repository, poetry_project(output=WITHOUT_HASHES))
    repository.write("poetry.lock", "<<<<<<< ours\n" + poetry_lock())
    run = repository.locksync("init")
    assert "poetry export --without-hashes -o requirements.txt: same bytes as of" in run.stdout
    assert run.code == 0


def test_a_pyproject_that_is_a_link_stays_one(repository: GitRepository) -> None:
    project = poetry_project("app", WITHOUT_HASHES)
    repository.write("shared/pyproject.toml", project.pop("app/pyproject.toml"))
    (repository.path / "app").mkdir()
    (repository.path / "app/pyproject.toml").symlink_to("../shared/pyproject.toml")
    _write(repository, project)
    assert repository.locksync("init").code == 0
    assert (repository.path / "app/pyproject.toml").is_symlink()
    assert "exports = " in repository.read("shared/pyproject.toml")


def test_a_pyproject_outside_of_the_repository_is_left_alone(repository: GitRepository) -> None:
    outside = repository.path.parent / "outside.toml"
    outside.write_text(PYPROJECT)
    project = pipenv_project(output="flask==3.0.3\n")
    (repository.path / "pyproject.toml").symlink_to(outside)
    _write(repository, project)
    run = repository.locksync("init")
    assert run.code == 2
    assert "pyproject.toml is a link that leads out of the repository" in run.stderr
    assert outside.read_text() == PYPROJECT


def test_an_invalid_configuration_is_not_added_to(repository: GitRepository) -> None:
    _write(repository, poetry_project(output=WITHOUT_HASHES), {"locksync.toml": "nope = 1\n"})
    run = repository.locksync("init")
    assert run.code == 2
    assert "locksync.toml is not a valid configuration: there is no setting 'nope'" in run.stderr
    assert repository.status() == ""


def test_a_directory_that_cannot_be_written_to(
    mixed: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    run = mixed.locksync("init")
    assert run.code == 2
    assert "pyproject.toml cannot be written: Permission denied" in run.stderr
    assert mixed.status() == ""


@pytest.mark.parametrize(("library", "option"), [("tomlkit", "-q"), ("yaml", "--hook")])
def test_a_library_that_is_not_installed(
    mixed: GitRepository, monkeypatch: pytest.MonkeyPatch, library: str, option: str
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    real_import = builtins.__import__

    def without(name: str, *arguments: object, **more: object) -> object:
        if name.partition(".")[0] == library:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real_import(name, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    run = mixed.locksync("init", option)
    assert run.code == 2
    assert (
        run.stderr.split()
        == (
            f"nothing is written: {library} is not installed LS018 "
            "Install locksync as `locksync[init]`, such as with `pipx install 'locksync[init]'`"
        ).split()
    )
    assert mixed.status() == ""


def test_looks_below_the_working_directory(mixed: GitRepository) -> None:
    run = mixed.locksync("init", cwd="docs")
    assert run.stdout.startswith("docs/requirements.txt  no export: ")
    assert "nothing to write" in run.stdout
    assert run.code == 0


POETRY_OPTIONS = (
    "",
    "--without-hashes",
    "--without-urls",
    "-f constraints.txt --without-hashes",
    "--with dev",
    "--with dev,docs-build",
    "--with dev --without-hashes",
    "--only dev",
    "--only lint",
    "--only dev,lint",
    "--only dev --without-hashes",
    "--without main --with dev",
    "--all-groups",
    "--all-groups --without-hashes",
    "--all-groups --all-extras",
    "--all-extras",
    "--all-extras --without-hashes",
    "-E redis-cache",
    "-E all --with lint",
    "-E all -E redis-cache --without-hashes",
)
PIPENV_OPTIONS = (
    "",
    "--hash",
    "--dev",
    "--dev --hash",
    "--dev-only",
    "--dev-only --hash",
    "--exclude-markers",
    "--exclude-index",
    "--exclude-index --exclude-markers --dev",
    "--categories docs",
    "--categories packages,docs",
    "--categories 'docs packages' --hash",
    "--categories 'packages dev-packages'",
    "--from-pipfile",
    "--from-pipfile --dev",
    "--from-pipfile --hash",
)
COMPILE_OPTIONS = (
    "pip-compile --no-index --find-links wheels -o pc.txt requirements.in",
    "pip-compile --no-index --find-links wheels --generate-hashes -o pc-hash.txt requirements.in",
    "pip-compile --no-index --find-links wheels --strip-extras -o pc-strip.txt requirements.in",
    "uv pip compile --no-index --find-links wheels -o uv.txt requirements.in",
    "uv pip compile --no-index --find-links wheels --generate-hashes -o uvh.txt requirements.in",
    "uv pip compile --no-index --find-links wheels --universal -o uvu.txt requirements.in",
)


@pytest.mark.real
def test_finds_the_commands_of_the_real_tools(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One repository with an output for each set of options: all are in step after init."""
    for name in os.environ:
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    golden = real_tools.TOP / "tests/golden"
    outputs = []
    for tool, case, options in (
        ("poetry", "poetry-all-groups", POETRY_OPTIONS),
        ("pipenv", "pipenv-hash", PIPENV_OPTIONS),
    ):
        for path in (golden / case / "project").iterdir():
            repository.write(f"{tool}/{path.name}", path.read_bytes())
        subcommand = {"poetry": "export", "pipenv": "requirements"}[tool]
        for number, option in enumerate(options):
            arguments = [subcommand, *shlex.split(option)]
            text = real_tools.written_by(tool, arguments, repository.path / tool)
            assert text is not None, option
            outputs.append(f"{tool}/{number}.txt")
            repository.write(outputs[-1], text)
    write_wheels(repository.path / "wheels")
    repository.write("requirements.in", "alpha[x]\nbeta<2\n")
    for command in COMPILE_OPTIONS:
        words = command.split()
        real_tools.run(words[0], *words[1:], cwd=repository.path)
        outputs.append(command.split(" -o ")[1].split()[0])
    repository.commit()
    run = repository.locksync("init")
    assert run.code == 0, run.stdout
    repository.git("add", "--all")
    assert "nothing to write" in repository.locksync("init").stdout
    assert repository.locksync("check") == (0, "", f"{len(outputs)} exports fresh\n")
    assert len(outputs) >= 40
