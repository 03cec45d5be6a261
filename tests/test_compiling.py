"""Compiled files compiled again by the real tools: `fix` and the hooks, in a real repository."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from tests.support import real_tools
from tests.support.git import GitRepository
from tests.support.wheels import write_wheels

pytestmark = pytest.mark.real

PYTHON = ".".join(map(str, sys.version_info[:2]))
OPTIONS = "--no-index --find-links wheels --no-emit-find-links"
UV = "uv pip compile --no-index --find-links wheels"


@pytest.fixture
def project(repository: GitRepository, monkeypatch: pytest.MonkeyPatch) -> GitRepository:
    """A repository with an index of its own, with the tools on PATH and no settings around."""
    for name in os.environ:
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_PYTHON", sys.executable)
    programs = str(real_tools.program("uv").parent)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    write_wheels(repository.path / "wheels")
    return repository


def _compile(project: GitRepository, command: str, cwd: str = ".") -> None:
    """Run the real tool by hand."""
    words = command.split()
    real_tools.run(words[0], *words[1:], cwd=project.path / cwd)


def test_a_stale_file_is_compiled_again_with_its_pins(project: GitRepository) -> None:
    project.write("requirements.in", "alpha<2\nbeta<2\n")
    _compile(project, f"pip-compile {OPTIONS} requirements.in")
    project.write("requirements.in", "alpha\nbeta<2\nzeta\n")
    project.commit()
    run = project.locksync("check")
    assert (run.code, run.findings) == (1, ["LS001"])
    assert "requirements.in:3: zeta is not pinned" in run.stdout
    assert "run:  locksync fix requirements.txt" in run.stdout
    fixed = project.locksync("fix", "--verbose")
    assert fixed.code == 0, fixed
    assert "  + zeta" in fixed.stdout
    assert f"{sys.executable} -I -m piptools" in fixed.stderr
    written = project.read("requirements.txt")
    assert "alpha[x]==1.1\n" in written
    _compile(project, f"pip-compile {OPTIONS} requirements.in")
    assert project.read("requirements.txt") == written
    project.commit()
    assert project.locksync("check").code == 0


@pytest.mark.parametrize(
    ("command", "output"),
    [
        (f"pip-compile {OPTIONS} -o deploy/all.txt requirements.in", "deploy/all.txt"),
        (f"pip-compile {OPTIONS} --generate-hashes --allow-unsafe", "requirements.txt"),
        (f"{UV} requirements.in -o requirements.txt", "requirements.txt"),
        (f"{UV} requirements.in --output-file=deploy/x.txt --universal", "deploy/x.txt"),
    ],
)
def test_configured_outputs_are_made_with_the_bytes_of_the_tool(
    command: str, output: str, project: GitRepository
) -> None:
    project.write("requirements.in", "zeta\nbeta<2\n")
    project.write("locksync.toml", f'exports = ["{command}"]\n')
    project.write("deploy/README", "")
    project.commit()
    run = project.locksync("check")
    assert (run.code, run.findings) == (1, ["LS002"])
    assert project.locksync("fix").code == 0
    written = project.read(output)
    (project.path / output).unlink()
    _compile(project, command)
    assert project.read(output) == written
    project.commit()
    assert project.locksync("check").code == 0


def test_outputs_that_others_read_come_first(project: GitRepository) -> None:
    project.write("requirements/base.in", "beta<2\n")
    project.write("requirements/a-dev.in", "-r base.txt\nzeta\n")
    for name in ("base", "a-dev"):
        _compile(project, f"pip-compile {OPTIONS} requirements/{name}.in")
    project.write("requirements/base.in", "beta<1.1\n")
    project.commit()
    run = project.locksync("fix")
    assert (run.code, run.findings) == (0, ["LS001"] * len(run.findings)), run
    assert "beta==1.0" in project.read("requirements/a-dev.txt")
    assert "git add requirements/a-dev.txt requirements/base.txt" in run.stdout
    project.commit()
    assert project.locksync("check").code == 0


def test_a_requirement_that_cannot_be_met_changes_nothing(project: GitRepository) -> None:
    project.write("requirements.in", "beta\n")
    _compile(project, f"pip-compile {OPTIONS} requirements.in")
    project.write("requirements.in", "beta>9\n")
    project.commit()
    run = project.locksync("fix")
    assert (run.code, run.findings) == (2, ["LS001", "LS011"])
    assert "requirements.in:1: beta>9 is not satisfied by the pin beta==2.0" in run.stdout
    assert project.status() == ""


def test_settings_of_the_machine_do_not_reach_the_file(
    project: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("requirements.in", "beta\n")
    _compile(project, f"pip-compile {OPTIONS} requirements.in")
    header = project.read("requirements.txt").replace(f"{OPTIONS.partition(' --no-emit')[0]} ", "")
    project.write("requirements.txt", header.replace("--no-emit-find-links ", ""))
    project.write("requirements.in", "beta\ndelta\n")
    project.write("locksync.toml", 'exports = ["pip-compile requirements.in"]\n')
    project.commit()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(project.path / "wheels"))
    run = project.locksync("fix")
    assert (run.code, run.findings) == (2, ["LS001", "LS011"])
    assert "this machine's settings would add --find-links" in run.stdout
    assert project.status() == ""


def test_another_python_is_not_taken_in_silence(project: GitRepository) -> None:
    project.write("requirements.in", "beta\n")
    _compile(project, f"pip-compile {OPTIONS} requirements.in")
    project.replace("requirements.txt", f"with Python {PYTHON}", "with Python 3.6")
    project.write("requirements.in", "beta\ndelta\n")
    project.commit()
    run = project.locksync("fix")
    assert (run.code, run.findings) == (2, ["LS001", "LS018"])
    assert "pip-compile is not installed for Python 3.6" in run.stdout
    assert "`language_version: python3.6`" in run.stdout
    assert project.status() == ""


def test_a_command_from_a_header_is_not_run(project: GitRepository) -> None:
    project.write("requirements.in", "beta\n")
    _compile(project, f"pip-compile {OPTIONS} requirements.in")
    project.write(
        "requirements.txt",
        "# This file is autogenerated by pip-compile with Python 3.11\n"
        "# by the following command:\n#\n#    touch owned; make upgrade\n#\n"
        "beta==2.0\n    # via -r requirements.in\n",
    )
    project.commit()
    assert project.locksync("check").code == 0
    project.write("requirements.in", "beta\ndelta\n")
    run = project.locksync("fix")
    assert (run.code, run.findings) == (2, ["LS001", "LS011"])
    assert "`touch owned; make upgrade` compiled it, and locksync does not run that" in run.stdout
    assert not (project.path / "owned").exists()


def test_options_of_a_header_that_are_not_known_are_not_run(project: GitRepository) -> None:
    project.write("requirements.in", "beta\n")
    _compile(project, f"pip-compile {OPTIONS} requirements.in")
    project.replace("requirements.txt", "pip-compile --", "pip-compile --pip-args='--log x' --")
    project.commit()
    assert project.locksync("check").findings == ["LS010"]
    run = project.locksync("fix")
    assert (run.code, run.findings) == (2, ["LS011"])
    assert "the effect of --pip-args=--log x is not known" in run.stdout
    assert project.status() == ""


def test_a_command_that_cannot_be_placed_keeps_its_options(project: GitRepository) -> None:
    project.write("requirements.in", "alpha[x]\n")
    _compile(project, f"pip-compile {OPTIONS} --strip-extras --generate-hashes requirements.in")
    project.replace("requirements.txt", " requirements.in\n", " /builds/me/requirements.in\n")
    project.commit()
    assert project.locksync("check").code == 0
    project.write("requirements.in", "alpha[x]\nzeta\n")
    run = project.locksync("fix")
    assert (run.code, run.findings) == (2, ["LS001", "LS011"])
    assert project.status() == " M requirements.in\n"


@pytest.mark.parametrize("module", ["click.py", "piptools/__init__.py", "pip.py"])
def test_modules_of_the_repository_are_not_taken_for_the_tools(
    module: str, project: GitRepository
) -> None:
    project.write("requirements.in", "beta\n")
    _compile(project, f"pip-compile {OPTIONS} requirements.in")
    project.write("requirements.in", "beta\ndelta\n")
    project.write(module, "open('owned', 'w')\n")
    project.commit()
    assert project.locksync("fix").code == 0
    assert not (project.path / "owned").exists()


@pytest.mark.parametrize("option", ["--python ./py", "-p ./py", "--keyring-provider subprocess"])
def test_no_program_that_a_header_names_is_run(option: str, project: GitRepository) -> None:
    project.write("requirements.in", "beta\n")
    project.write(
        "requirements.txt",
        "# This file was autogenerated by uv via the following command:\n"
        f"#    {UV} {option} requirements.in -o requirements.txt\n"
        "beta==2.0\n    # via -r requirements.in\n",
    )
    project.write("py", "#!/bin/sh\ntouch owned\n")
    (project.path / "py").chmod(0o755)
    project.write("requirements.in", "beta\ndelta\n")
    project.commit()
    run = project.locksync("fix")
    assert (run.code, run.findings[-1]) == (2, "LS011")
    assert not (project.path / "owned").exists()


def test_files_with_the_names_of_options_change_nothing(project: GitRepository) -> None:
    project.write("requirements.in", "beta\n")
    project.write("--quiet", "beta\n")
    project.write("--output-file", "beta\n")
    project.write("pyproject.toml", '[tool.pip-tools]\noutput-file = "owned"\n')
    _compile(project, f"pip-compile {OPTIONS} -o requirements.txt requirements.in")
    project.replace("requirements.txt", " requirements.in\n", " -- requirements.in\n")
    project.write("requirements.in", "beta\ndelta\n")
    project.commit()
    assert project.locksync("fix").code == 2
    assert project.status() == ""


def test_names_with_spaces_are_written_as_the_tool_writes_them(project: GitRepository) -> None:
    project.write("my dir/a b.in", "beta\n")
    words = ["-o", "my dir/o ut.txt", "my dir/a b.in"]
    real_tools.run("pip-compile", *OPTIONS.split(), *words, cwd=project.path)
    project.write("my dir/a b.in", "beta\ndelta\n")
    project.commit()
    assert project.locksync("fix").code == 0
    written = project.read("my dir/o ut.txt")
    real_tools.run("pip-compile", *OPTIONS.split(), *words, cwd=project.path)
    assert project.read("my dir/o ut.txt") == written


def test_a_file_that_was_written_by_hand_is_left_alone(project: GitRepository) -> None:
    project.write("requirements.in", f"{OPTIONS.partition(' --no-emit')[0]}\nalpha\n")
    project.write("requirements.txt", "# by hand\nflask\n")
    project.commit()
    assert project.locksync("fix").code == 0
    assert project.read("requirements.txt") == "# by hand\nflask\n"


def test_the_hook_of_pip_compile_takes_its_arguments(project: GitRepository) -> None:
    project.write("requirements.in", "zeta\n")
    project.write("other.in", "beta\n")
    project.commit()
    arguments = [*OPTIONS.split(), "requirements.in", "--output-file=r.txt"]
    run = project.locksync("hook", "pip-compile", *arguments)
    assert (run.code, run.findings) == (1, ["LS002"])
    project.git("add", "r.txt")
    assert project.locksync("hook", "pip-compile", *arguments).code == 0
    project.write("requirements.in", "zeta\nbeta\n")
    run = project.locksync("hook", "--check", "pip-compile", *arguments)
    assert (run.code, run.findings) == (1, ["LS001"])


def test_pip_tools_of_another_age_writes_headers_that_are_read(project: GitRepository) -> None:
    project.write("requirements.in", "alpha\nbeta<2\n")
    words = f"{OPTIONS} requirements.in".split()
    real_tools.run("pip-compile-6", *words, cwd=project.path)
    project.commit()
    assert project.locksync("check").code == 0
    project.write("requirements.in", "alpha<2\nbeta<2\n")
    assert project.locksync("check").findings == ["LS001"]
    shutil.rmtree(project.path / "wheels")
    assert project.locksync("fix").findings == ["LS001", "LS011"]


def test_a_deleted_input_leaves_an_orphan(project: GitRepository) -> None:
    project.write("requirements.in", "beta\n")
    _compile(project, f"pip-compile {OPTIONS} requirements.in")
    project.commit()
    project.git("rm", "--quiet", "requirements.in")
    run = project.locksync("check")
    assert (run.code, run.findings) == (1, ["LS007"])
