"""The hooks under the real pre-commit and prek, in every out-of-step state."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support import real_tools
from tests.support.git import GitRepository
from tests.support.namespaces import unshared
from tests.support.projects import UV_PROJECT, compiled_project
from tests.support.real_tools import PINS, TOP
from tests.support.wheels import write_wheels

pytestmark = pytest.mark.real

RUNNERS = ("pre-commit", "prek")
STALE_PIN = ('version = "1.40.75"', 'version = "1.40.76"')
"""A change of boto3's version in the lock file of the poetry example."""


@pytest.fixture(scope="session")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> GitRepository:
    """A repository of this package as it is in the working tree, to point `repo:` to."""
    hooks = GitRepository(tmp_path_factory.mktemp("hooks") / "locksync")
    for name in (".pre-commit-hooks.yaml", "LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(TOP / name, hooks.path / name)
    (hooks.path / "docs").mkdir()
    shutil.copy(TOP / "docs/findings.md", hooks.path / "docs")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(TOP / "locksync", hooks.path / "locksync", ignore=ignored)
    hooks.commit()
    return hooks


class Runner:
    """A project whose commits run the hooks under one of the runners."""

    def __init__(self, name: str, project: GitRepository, hooks: GitRepository, home: Path) -> None:
        self.name = name
        self.project = project
        self._revision = hooks.git("rev-parse", "HEAD").strip()
        self._hooks = hooks
        self.environment = {"PRE_COMMIT_HOME": str(home), "PREK_HOME": str(home)}

    def configure(self, hook: str = "{id: locksync}") -> None:
        """Write the configuration a user would paste, with one hook."""
        self.project.write(
            ".pre-commit-config.yaml",
            f"repos:\n- repo: {self._hooks.path.as_posix()}\n  rev: {self._revision}\n"
            f"  hooks: [{hook}]\n",
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run the runner in the project; its exit code and what it prints."""
        program = str(real_tools.program(self.name))
        done = self.project.run(program, *arguments, **self.environment)
        return done.returncode, done.stdout + done.stderr

    def stage_and_run(self) -> tuple[int, str]:
        """What `git commit` would run for everything that has changed."""
        self.project.git("add", "--all")
        return self.run("run")

    def commit(self) -> tuple[int, str]:
        """Commit what is staged, through the installed hook."""
        done = self.project.run("git", "commit", "--message", "change", **self.environment)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    directory = tmp_path_factory.mktemp("homes")
    return lambda name: directory / name


@pytest.fixture(params=RUNNERS)
def runner(
    request: pytest.FixtureRequest,
    repository: GitRepository,
    hooks: GitRepository,
    homes: Callable[[str], Path],
) -> Runner:
    """A project with the poetry example, in step and committed."""
    runner = Runner(request.param, repository, hooks, homes(request.param))
    repository.add_example("poetry")
    runner.configure()
    repository.commit()
    return runner


def test_a_project_in_step_passes(runner: Runner) -> None:
    code, output = runner.run("run", "--all-files")
    assert (code, "Passed" in output) == (0, True)
    assert runner.project.status() == ""


def test_a_commit_of_a_changed_lock_is_stopped_repaired_and_let_through(runner: Runner) -> None:
    runner.run("install")
    runner.project.replace("poetry.lock", *STALE_PIN)
    runner.project.git("add", "poetry.lock")
    code, output = runner.commit()
    assert code == 1
    assert "requirements.txt is stale: poetry.lock has changed since it was exported" in output
    assert "    boto3  1.40.75 -> 1.40.76\n" in output
    assert "regenerated. Stage it:  git add requirements.txt\n" in output
    assert runner.project.status() == "M  poetry.lock\n M requirements.txt\n"
    runner.project.git("add", "requirements.txt")
    code, output = runner.commit()
    assert code == 0, output
    assert runner.project.status() == ""


def _missing(project: GitRepository) -> None:
    project.git("rm", "--quiet", "requirements.txt")


def _ignored(project: GitRepository) -> None:
    project.git("rm", "--quiet", "--cached", "requirements.txt")
    project.write(".gitignore", "requirements.txt\n")


def _edited(project: GitRepository) -> None:
    project.replace("requirements.txt", "boto3==1.40.75", "boto3==1.40.99")


def _manifest_ahead(project: GitRepository) -> None:
    project.replace("pyproject.toml", 'boto3 = "^1.40.72"', 'boto3 = "^1.41"')


def _lock_deleted(project: GitRepository) -> None:
    project.git("rm", "--quiet", "poetry.lock")


def _lock_changed(project: GitRepository) -> None:
    project.replace("poetry.lock", *STALE_PIN)


def _conflicted(project: GitRepository) -> None:
    project.replace(
        "poetry.lock", STALE_PIN[0], f"<<<<<<< ours\n{STALE_PIN[0]}\n=======\n>>>>>>> theirs"
    )


def _malformed(project: GitRepository) -> None:
    project.replace("poetry.lock", "[[package]]", "[[package")


@pytest.mark.parametrize(
    ("change", "code", "finding", "repaired"),
    [
        pytest.param(_missing, 1, "LS002", True, id="output-missing"),
        pytest.param(_ignored, 1, "LS004", False, id="output-ignored"),
        pytest.param(_edited, 1, "LS006", False, id="output-edited"),
        pytest.param(_manifest_ahead, 1, "LS005", False, id="manifest-ahead-of-the-lock"),
        pytest.param(_lock_deleted, 1, "LS007", False, id="lock-deleted"),
        pytest.param(_lock_changed, 1, "LS001", True, id="output-behind"),
        pytest.param(_conflicted, 1, "LS008", False, id="lock-conflicted"),
        pytest.param(_malformed, 2, "LS009", False, id="lock-malformed"),
    ],
)
def test_every_out_of_step_state_fails_with_its_code(
    runner: Runner,
    change: Callable[[GitRepository], None],
    code: int,
    finding: str,
    repaired: bool,
) -> None:
    change(runner.project)
    runner.project.git("add", "--all")
    staged = runner.project.git("write-tree")
    status, output = runner.run("run")
    assert status == 1
    assert finding in output
    assert f"exit code: {code}" in output
    assert runner.project.git("write-tree") == staged
    assert ("regenerated" in output) is repaired
    if repaired:
        status, output = runner.stage_and_run()
        assert (status, "Passed" in output) == (0, True)


@pytest.mark.parametrize("tool", ["poetry", "pipenv"])
def test_a_start_is_made_told_and_let_through(runner: Runner, tool: str) -> None:
    project = runner.project
    project.git("rm", "--quiet", "-r", ".")
    runner.configure()
    project.commit()
    project.add_example(tool)
    (project.path / "requirements.txt").unlink()
    status, output = runner.stage_and_run()
    assert (status, "LS002" in output) == (1, True)
    assert "regenerated. Stage it:  git add requirements.txt\n" in output
    assert 'To do without, put exclude = ["requirements.txt"] under [tool.locksync]' in output
    assert project.status().endswith("?? requirements.txt\n")
    status, output = runner.stage_and_run()
    assert (status, "Passed" in output) == (0, True)


def test_a_lock_file_that_nobody_exports_is_let_alone(runner: Runner) -> None:
    project = runner.project
    project.add_example("pipenv", "services/worker")
    (project.path / "services/worker/requirements.txt").unlink()
    status, output = runner.stage_and_run()
    assert (status, "Passed" in output) == (0, True), output
    assert not (project.path / "services/worker/requirements.txt").exists()


def test_an_output_removed_from_the_index_only(runner: Runner) -> None:
    runner.project.git("rm", "--quiet", "--cached", "requirements.txt")
    status, output = runner.run("run")
    assert (status, "LS003" in output) == (1, True)
    assert "Stage it:  git add requirements.txt\n" in output


def test_an_edit_on_a_branch_is_seen_from_where_the_branch_set_off(runner: Runner) -> None:
    runner.project.git("switch", "--quiet", "--create", "topic")
    runner.project.replace("requirements.txt", "boto3==1.40.75", "boto3==1.40.1")
    runner.project.commit()
    edited = runner.project.read("requirements.txt")
    code, output = runner.run("run", "--from-ref", "main", "--to-ref", "HEAD")
    assert (code, "requirements.txt was edited, but poetry.lock was not" in output) == (1, True)
    assert runner.project.read("requirements.txt") == edited


@pytest.mark.parametrize("change", [_missing, _ignored, _lock_deleted])
def test_what_a_branch_deletes_is_seen_from_where_it_set_off(
    runner: Runner, change: Callable[[GitRepository], None]
) -> None:
    runner.project.git("switch", "--quiet", "--create", "topic")
    change(runner.project)
    runner.project.commit()
    status, _ = runner.run("run", "--from-ref", "main", "--to-ref", "HEAD")
    assert status == 1


@pytest.mark.parametrize("change", [_edited, _manifest_ahead, _lock_changed])
def test_all_files_in_ci_catches_what_was_committed(
    runner: Runner, change: Callable[[GitRepository], None]
) -> None:
    change(runner.project)
    runner.project.commit()
    status, _ = runner.run("run", "--all-files")
    assert status == 1


def test_the_checking_hook_never_writes(runner: Runner) -> None:
    runner.configure("{id: locksync-check}")
    _lock_changed(runner.project)
    status, output = runner.stage_and_run()
    assert (status, "LS001" in output) == (1, True)
    assert "  run:  locksync fix requirements.txt\n" in output
    assert "files were modified" not in output


def test_three_projects_in_one_repository_are_repaired_in_one_pass(runner: Runner) -> None:
    project = runner.project
    project.add_example("poetry", "services/with a space")
    project.add_example("pipenv", "services/größe")
    project.commit()
    _lock_changed(project)
    project.replace("services/with a space/poetry.lock", *STALE_PIN)
    project.replace("services/größe/Pipfile.lock", '"==3.2.10"', '"==3.2.11"')
    status, output = runner.stage_and_run()
    assert status == 1
    assert output.count(" LS001\n") == 3
    assert "Stage them:  git add requirements.txt 'services/größe/requirements.txt'" in output
    status, output = runner.stage_and_run()
    assert (status, "Passed" in output) == (0, True)


def test_unstaged_work_is_kept(runner: Runner) -> None:
    _lock_changed(runner.project)
    runner.project.git("add", "poetry.lock")
    runner.project.write("pyproject.toml", runner.project.read("pyproject.toml") + "\n# work\n")
    status, _ = runner.run("run")
    assert status == 1
    assert runner.project.status() == "M  poetry.lock\n M pyproject.toml\n M requirements.txt\n"


@pytest.mark.parametrize(
    ("hook", "output"),
    [
        pytest.param("{id: poetry-export}", "requirements.txt", id="no-arguments"),
        pytest.param(
            '{id: poetry-export, args: ["-f", "requirements.txt", "-o", "requirements.txt"]}',
            "requirements.txt",
            id="the-arguments-of-poetrys-own-hook",
        ),
        pytest.param(
            '{id: poetry-export, args: ["--only=dev", "--without-hashes", "-o", "dev.txt"]}',
            "dev.txt",
            id="options-and-another-file",
        ),
    ],
)
def test_the_poetry_hook_takes_the_arguments_of_poetry_export(
    runner: Runner, hook: str, output: str
) -> None:
    runner.configure(hook)
    _missing(runner.project)
    status, printed = runner.stage_and_run()
    assert (status, "LS002" in printed) == (1, True)
    assert runner.project.status().endswith(f"?? {output}\n")
    status, printed = runner.stage_and_run()
    assert (status, "Passed" in printed) == (0, True)


@pytest.mark.parametrize("args", ['["--hash"]', '["--hash", ">", "requirements.txt"]'])
def test_the_pipenv_hook_takes_the_arguments_of_pipenv_requirements(
    runner: Runner, args: str
) -> None:
    project = runner.project
    project.git("rm", "--quiet", "-r", ".")
    project.add_example("pipenv")
    runner.configure(f"{{id: pipenv-requirements, args: {args}}}")
    project.commit()
    status, output = runner.run("run", "--all-files")
    assert (status, "LS001" in output) == (1, True)
    real = real_tools.run("pipenv", "requirements", "--hash", cwd=project.path).stdout
    assert project.read("requirements.txt") == real


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the parser needs Python 3.11")
def test_the_hook_for_dockerfiles_brings_its_parser(runner: Runner) -> None:
    runner.configure("{id: locksync-dockerfile}")
    install = "RUN pip install -r requirements.txt\n"
    runner.project.write("shop/__init__.py", "")
    runner.project.write("Dockerfile", f"FROM python:3.13\nCOPY . .\n{install}")
    status, output = runner.stage_and_run()
    assert (status, "exit code: 1" in output) == (1, True), output
    assert "Dockerfile:2 copies the source before it installs from requirements.txt" in output
    ordered = f"FROM python:3.13\nCOPY requirements.txt .\n{install}COPY . .\n"
    runner.project.write("Dockerfile", ordered)
    status, output = runner.stage_and_run()
    assert (status, "Passed" in output) == (0, True), output


@pytest.mark.parametrize(
    "hook",
    [
        pytest.param("{id: pdm-export}", id="no-arguments"),
        pytest.param(
            '{id: pdm-export, args: ["-o", "requirements.txt", "--without-hashes"], '
            "files: ^pdm.lock$}",
            id="as-with-pdms-own-hook",
        ),
    ],
)
def test_the_pdm_hook_takes_the_arguments_of_pdm_export(runner: Runner, hook: str) -> None:
    project = runner.project
    project.git("rm", "--quiet", "-r", ".")
    shutil.copytree(TOP / "tests/golden/pdm-default/project", project.path, dirs_exist_ok=True)
    options = ["--without-hashes"] if "args" in hook else []
    written = real_tools.written_by("pdm", ["export", *options], project.path)
    (project.path / ".pdm-python").unlink()
    assert written is not None
    project.write("requirements.txt", written)
    runner.configure(hook)
    project.commit()
    code, output = runner.run("run", "--all-files")
    assert (code, "Passed" in output) == (0, True), output

    project.replace("pdm.lock", 'name = "beta"\nversion = "1.1"', 'name = "beta"\nversion = "1.0"')
    code, output = runner.stage_and_run()
    assert (code, "LS001" in output) == (1, True)
    assert "    beta  1.1 -> 1.0\n" in output
    assert project.read("requirements.txt") == written.replace("beta==1.1", "beta==1.0")
    code, output = runner.stage_and_run()
    assert (code, "Passed" in output) == (0, True)

    project.commit()
    project.replace("requirements.txt", "beta==1.0", "beta==1.1")
    code, output = runner.stage_and_run()
    assert (code, "LS006" in output) == (1, True)
    assert "  keep it:  pdm add --no-sync beta==1.1\n" in output
    assert project.read("requirements.txt") == written


def test_a_tool_beside_the_hook_is_asked_for_what_only_it_can_tell(runner: Runner) -> None:
    project = runner.project
    project.git("rm", "--quiet", "-r", ".")
    project.add_example("pipenv")
    project.commit()
    options = ["--pypi-mirror", "https://mirror.example.org/simple"]
    project.write(
        "locksync.toml",
        f'exports = ["pipenv requirements {" ".join(options)} > requirements.txt"]\n',
    )
    project.replace("Pipfile.lock", '"==3.2.10"', '"==3.2.11"')
    runner.configure(f"{{id: locksync, additional_dependencies: {json.dumps(PINS['pipenv'])}}}")
    status, output = runner.stage_and_run()
    assert (status, "LS001" in output) == (1, True), output
    real = real_tools.run("pipenv", "requirements", *options, cwd=project.path).stdout
    assert project.read("requirements.txt") == real
    status, output = runner.stage_and_run()
    assert (status, "Passed" in output) == (0, True)


def test_five_compiled_files_in_step_pass_without_a_network(runner: Runner) -> None:
    project = runner.project
    for number in range(5):
        for path, content in compiled_project(f"services/{number}").items():
            project.write(path, content)
    project.commit()
    runner.run("install", "--install-hooks")
    program = str(real_tools.program(runner.name))
    # A name space of its own has no network at all, where the system lets one have it.
    cut = unshared("--net")
    done = project.run(*cut, program, "run", "--all-files", **runner.environment)
    assert (done.returncode, "Passed" in done.stdout) == (0, True), done.stdout + done.stderr
    project.write("services/3/requirements.in", "flask>=4\n")
    project.git("add", "--all")
    code, output = runner.run("run", "--all-files")
    assert (code, "flask>=4 is not satisfied by" in output) == (1, True)


def test_try_repo(runner: Runner, hooks: GitRepository) -> None:
    status, output = runner.run("try-repo", str(hooks.path), "locksync", "--all-files")
    assert (status, "Passed" in output) == (0, True)


def test_the_installed_hook_environment_is_small_and_without_the_tools(
    hooks: GitRepository, tmp_path: Path
) -> None:
    target = tmp_path / "environment"
    command = ["install", "--quiet", "--target", str(target), str(hooks.path)]
    subprocess.run(
        [sys.executable, "-m", "pip", *command], check=True, env=real_tools.clean_environment()
    )
    files = [path for path in target.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 40 * 2**20
    names = {path.name.partition("-")[0] for path in target.glob("*.dist-info")}
    compiler = {"pip_tools", "build", "click", "pip", "pyproject_hooks", "setuptools", "wheel"}
    own = {"dep_logic", "locksync", "packaging", "poetry_core", "tomli"}
    assert own <= names <= own | compiler


UV_ARGUMENTS = ["--frozen", "--output-file=requirements.txt", "--quiet"]
"""Those that the hook of uv-pre-commit has by default."""


@pytest.fixture
def uv_runner(runner: Runner) -> Runner:
    """A project with an export of uv.lock, in step and committed, with uv beside the hook."""
    project = runner.project
    project.git("rm", "--quiet", "-r", ".")
    for path, content in UV_PROJECT.items():
        project.write(path, content)
    real_tools.run("uv", "export", *UV_ARGUMENTS, cwd=project.path)
    runner.configure(_uv_hook(UV_ARGUMENTS))
    project.commit()
    return runner


def _uv_hook(arguments: list[str], name: str = "uv-export") -> str:
    tools = json.dumps(PINS["uv"])
    return f"{{id: {name}, args: {json.dumps(arguments)}, additional_dependencies: {tools}}}"


@pytest.mark.parametrize("arguments", [UV_ARGUMENTS, []])
def test_the_uv_hook_takes_the_arguments_of_uvs_own_hook(
    uv_runner: Runner, arguments: list[str]
) -> None:
    runner, project = uv_runner, uv_runner.project
    runner.configure(_uv_hook(arguments))
    status, output = runner.stage_and_run()
    assert (status, "Passed" in output) == (0, True), output
    project.write("uv.lock", project.read("uv.lock").replace("2.0", "2.1"))
    status, output = runner.stage_and_run()
    assert (status, "LS001" in output) == (1, True), output
    written = project.read("requirements.txt")
    assert "alpha==2.1" in written
    real_tools.run("uv", "export", *UV_ARGUMENTS, cwd=project.path)
    assert project.read("requirements.txt") == written
    status, output = runner.stage_and_run()
    assert (status, "Passed" in output) == (0, True), output
    project.commit()
    edited = written.replace("alpha==2.1", "alpha==2.2")
    project.write("requirements.txt", edited)
    status, output = runner.stage_and_run()
    assert (status, "LS006" in output) == (1, True), output
    assert "  keep it:  uv lock --upgrade-package alpha==2.2\n" in output
    assert project.read("requirements.txt") == edited


def test_several_tools_at_once_are_repaired_in_one_pass(runner: Runner) -> None:
    project = runner.project
    project.add_example("pipenv", "pipenv")
    for path, content in compiled_project("compiled").items():
        project.write(path, content)
    for path, content in UV_PROJECT.items():
        project.write(f"uv/{path}", content)
    real_tools.run("uv", "export", *UV_ARGUMENTS, cwd=project.path / "uv")
    write_wheels(project.path / "by-uv/wheels")
    project.write("by-uv/requirements.in", "beta<2\n")
    # uv leaves where it looks for packages out of its header.
    words = "pip compile --no-index --find-links wheels requirements.in -o requirements.txt"
    project.write("by-uv/locksync.toml", f'exports = ["uv {words}"]\n')
    real_tools.run("uv", *words.split(), cwd=project.path / "by-uv")
    runner.configure(_uv_hook([], "locksync"))
    status, output = runner.stage_and_run()
    assert (status, "Passed" in output) == (0, True), output
    project.commit()
    _lock_changed(project)
    project.replace("pipenv/Pipfile.lock", '"==3.2.10"', '"==3.2.11"')
    project.write("uv/uv.lock", project.read("uv/uv.lock").replace("2.0", "2.1"))
    project.write("by-uv/requirements.in", "beta<1.1\n")
    status, output = runner.stage_and_run()
    assert status == 1
    assert output.count(" LS001\n") == 4, output
    outputs = "by-uv/requirements.txt pipenv/requirements.txt requirements.txt uv/requirements.txt"
    assert f"Stage them:  git add {outputs}" in output, output
    assert "beta==1.0" in project.read("by-uv/requirements.txt")
    status, output = runner.stage_and_run()
    assert (status, "Passed" in output) == (0, True), output
    project.write("compiled/requirements.in", "flask>=4\n")
    project.git("add", "--all")
    status, output = runner.run("run", "locksync")
    assert "flask>=4 is not satisfied by" in output


class DropIn(NamedTuple):
    """A hook with the arguments that the tool's documentation gives, on a project in step."""

    hook: str
    arguments: list[str]
    project: str
    """The example, or "" for a list of requirements to compile."""
    written_by: list[str]
    behind: tuple[str, str, str]
    """A file, and what it holds replaced, that leaves the output behind."""
    edited: tuple[str, str]
    """What the output holds, replaced by hand."""
    repair: str
    """The command that is told for that edit."""


OFFLINE = ["--no-index", "--find-links", "wheels", "--no-emit-options"]
DROP_INS = (
    DropIn(
        "poetry-export",
        ["-f", "requirements.txt", "-o", "requirements.txt"],
        "poetry",
        ["poetry", "export", "-f", "requirements.txt", "-o", "requirements.txt"],
        ("poetry.lock", *STALE_PIN),
        ("boto3==1.40.76", "boto3==1.40.99"),
        "keep it:  poetry update --lock boto3",
    ),
    DropIn(
        "pipenv-requirements",
        ["--hash"],
        "pipenv",
        ["pipenv", "requirements", "--hash"],
        ("Pipfile.lock", '"version": "==2.0.9"', '"version": "==2.0.8"'),
        ("idna==3.3", "idna==3.4"),
        "keep it:  pipenv upgrade --lock-only idna==3.4",
    ),
    DropIn(
        "pip-compile",
        ["--strip-extras", *OFFLINE, "requirements.in"],
        "",
        ["pip-compile", "--quiet", "--strip-extras", *OFFLINE, "requirements.in"],
        ("requirements.in", "beta<2", "beta<2\nzeta"),
        ("beta==1.1", "beta==2.0"),
        "drop it:  locksync fix requirements.txt",
    ),
)


@pytest.mark.parametrize("case", DROP_INS, ids=lambda case: case.hook)
def test_a_drop_in_passes_repairs_and_keeps_edits(runner: Runner, case: DropIn) -> None:
    project = runner.project
    project.git("rm", "--quiet", "-r", ".")
    if case.project:
        project.add_example(case.project)
    else:
        project.write("requirements.in", "alpha<2\nbeta<2\n")
        write_wheels(project.path / "wheels")
    printed = real_tools.run(*case.written_by, cwd=project.path).stdout
    if case.project == "pipenv":
        project.write("requirements.txt", printed)
    runner.configure(f"{{id: {case.hook}, args: {json.dumps(case.arguments)}}}")
    project.commit()
    code, output = runner.run("run", "--all-files")
    assert (code, "Passed" in output) == (0, True), output

    project.replace(*case.behind)
    code, output = runner.stage_and_run()
    assert (code, "LS001" in output, "regenerated" in output) == (1, True, True), output
    code, output = runner.stage_and_run()
    assert (code, "Passed" in output) == (0, True), output
    project.commit()

    project.replace("requirements.txt", *case.edited)
    edited = project.read("requirements.txt")
    code, output = runner.stage_and_run()
    assert (code, "LS006" in output) == (1, True), output
    assert f"  {case.repair}\n" in output
    assert project.read("requirements.txt") == edited
