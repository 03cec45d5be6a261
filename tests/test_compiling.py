"""Compiled files compiled again by the real tools: `fix` and the hooks, in a real repository."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from tests.support import real_tools
from tests.support.compiling import OPTIONS, UV, compile_by_hand, with_tools
from tests.support.git import GitRepository

pytestmark = pytest.mark.real

PYTHON = ".".join(map(str, sys.version_info[:2]))


@pytest.fixture
def project(repository: GitRepository, monkeypatch: pytest.MonkeyPatch) -> GitRepository:
    return with_tools(repository, monkeypatch)


def test_a_stale_file_is_compiled_again_with_its_pins(project: GitRepository) -> None:
    project.write("requirements.in", "alpha<2\nbeta<2\n")
    compile_by_hand(project, f"pip-compile {OPTIONS} requirements.in")
    project.write("requirements.in", "alpha\nbeta<2\nzeta\n")
    project.commit()
    run = project.locksync("check")
    assert (run.code, run.findings) == (1, ["LS001"])
    assert "zeta is not pinned, and requirements.in:3 asks for it" in run.stdout
    assert "run:  locksync fix requirements.txt" in run.stdout
    fixed = project.locksync("fix", "--verbose")
    assert fixed.code == 0, fixed
    assert "  + zeta" in fixed.stdout
    assert f"{sys.executable} -I -m piptools" in fixed.stderr
    written = project.read("requirements.txt")
    assert "alpha[x]==1.1\n" in written
    compile_by_hand(project, f"pip-compile {OPTIONS} requirements.in")
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
    compile_by_hand(project, command)
    assert project.read(output) == written
    project.commit()
    assert project.locksync("check").code == 0


def test_outputs_that_others_read_come_first(project: GitRepository) -> None:
    project.write("requirements/base.in", "beta<2\n")
    project.write("requirements/a-dev.in", "-r base.txt\nzeta\n")
    for name in ("base", "a-dev"):
        compile_by_hand(project, f"pip-compile {OPTIONS} requirements/{name}.in")
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
    compile_by_hand(project, f"pip-compile {OPTIONS} requirements.in")
    project.write("requirements.in", "beta>9\n")
    project.commit()
    run = project.locksync("fix")
    assert (run.code, run.findings) == (2, ["LS001", "LS011"])
    assert "beta>9 is not satisfied by the pin beta==2.0 (requirements.in:1)" in run.stdout
    assert project.status() == ""


def test_settings_of_the_machine_do_not_reach_the_file(
    project: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("requirements.in", "beta\n")
    compile_by_hand(project, f"pip-compile {OPTIONS} requirements.in")
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
    compile_by_hand(project, f"pip-compile {OPTIONS} requirements.in")
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
    compile_by_hand(project, f"pip-compile {OPTIONS} requirements.in")
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
    compile_by_hand(project, f"pip-compile {OPTIONS} requirements.in")
    project.replace("requirements.txt", "pip-compile --", "pip-compile --pip-args='--log x' --")
    project.commit()
    assert project.locksync("check").findings == ["LS010"]
    run = project.locksync("fix")
    assert (run.code, run.findings) == (2, ["LS011"])
    assert "the effect of --pip-args=--log x is not known" in run.stdout
    assert project.status() == ""


def test_a_command_that_cannot_be_placed_keeps_its_options(project: GitRepository) -> None:
    project.write("requirements.in", "alpha[x]\n")
    compile_by_hand(
        project, f"pip-compile {OPTIONS} --strip-extras --generate-hashes requirements.in"
    )
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
    compile_by_hand(project, f"pip-compile {OPTIONS} requirements.in")
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
    compile_by_hand(project, f"pip-compile {OPTIONS} -o requirements.txt requirements.in")
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
    compile_by_hand(project, f"pip-compile {OPTIONS} requirements.in")
    project.commit()
    project.git("rm", "--quiet", "requirements.in")
    run = project.locksync("check")
    assert (run.code, run.findings) == (1, ["LS007"])


OWN_HEADERS = {
    "pip-compile": f"CUSTOM_COMPILE_COMMAND='make deps' pip-compile {OPTIONS} requirements.in",
    "uv": f"UV_CUSTOM_COMPILE_COMMAND='make deps' {UV} requirements.in -o requirements.txt",
    "uv-option": f"{UV} --custom-compile-command 'make deps' requirements.in -o requirements.txt",
}


@pytest.mark.parametrize("command", OWN_HEADERS.values(), ids=list(OWN_HEADERS))
def test_the_header_of_a_command_of_ones_own_is_written(
    command: str, project: GitRepository
) -> None:
    project.write("requirements.in", "beta\n")
    project.write("locksync.toml", f'exports = ["{command}"]\n')
    project.commit()
    assert project.locksync("fix").code == 0
    assert "\n#    make deps\n" in project.read("requirements.txt")


def test_the_header_of_a_command_of_ones_own_is_kept(project: GitRepository) -> None:
    project.write("requirements.in", "beta<2\n")
    compile_by_hand(project, f"pip-compile {OPTIONS} requirements.in")
    project.replace(
        "requirements.txt", f"pip-compile {_sorted_options()} requirements.in", "make it"
    )
    project.write("locksync.toml", f'exports = ["pip-compile {OPTIONS} requirements.in"]\n')
    project.write("requirements.in", "beta\nzeta\n")
    project.commit()
    assert project.locksync("fix").code == 0
    written = project.read("requirements.txt")
    assert "\n#    make it\n" in written
    assert "zeta==" in written


def _sorted_options() -> str:
    return "--find-links=wheels --no-emit-find-links --no-index"


@pytest.mark.parametrize(
    "options", ["--offline pip compile", "pip --no-config compile", "--directory . pip compile"]
)
def test_a_header_with_global_options_stays_as_it_is(options: str, project: GitRepository) -> None:
    project.write("requirements.in", "beta<2\n")
    command = f"uv {options} --no-index --find-links wheels requirements.in -o requirements.txt"
    compile_by_hand(project, command)
    header = project.read("requirements.txt").splitlines()[1]
    assert options in header
    project.write("requirements.in", "beta<2\nzeta\n")
    project.commit()
    real_tools.run("uv", *command.split()[1:], cwd=project.path)
    written = project.read("requirements.txt")
    project.git("checkout", "-q", "requirements.txt")
    # uv leaves the place of the wheels out of its headers.
    project.write("locksync.toml", f'exports = ["{command}"]\n')
    project.commit()
    assert project.locksync("fix").code == 0
    assert project.read("requirements.txt") == written


def test_a_compiled_pylock_is_compiled_again(project: GitRepository) -> None:
    project.write("requirements.in", "beta<2\n")
    command = f"{UV} requirements.in --universal -o pylock.toml"
    project.write("locksync.toml", f'exports = ["{command}"]\n')
    compile_by_hand(project, command)
    project.commit()
    assert project.locksync("check").code == 0
    project.write("requirements.in", "beta\nzeta\n")
    project.commit()
    run = project.locksync("check")
    assert (run.code, run.findings) == (1, ["LS001"])
    assert "zeta is not pinned, and requirements.in:2 asks for it" in run.stdout
    assert project.locksync("fix").code == 0
    written = project.read("pylock.toml")
    compile_by_hand(project, command)
    assert project.read("pylock.toml") == written


def test_a_project_that_nobody_names_is_compiled(project: GitRepository) -> None:
    project.write(
        "pyproject.toml", '[project]\nname = "web"\nversion = "1"\ndependencies = ["beta<2"]\n'
    )
    compile_by_hand(project, f"pip-compile {OPTIONS}")
    project.commit()
    assert project.locksync("check").code == 0
    project.replace("pyproject.toml", "beta<2", "beta")
    project.replace("pyproject.toml", '"beta"', '"beta", "zeta"')
    run = project.locksync("check")
    assert (run.code, run.findings) == (1, ["LS001"])
    assert project.locksync("fix").code == 0
    written = project.read("requirements.txt")
    compile_by_hand(project, f"pip-compile {OPTIONS}")
    assert project.read("requirements.txt") == written


@pytest.mark.skipif(os.name == "nt", reason="the programs are scripts of a shell")
@pytest.mark.parametrize(
    "options", ["", "--python-version 3.9", "-p 3.9", "--python=3.9", "-p3.9", "--universal"]
)
def test_uv_compiles_with_no_python_that_the_repository_brings(
    options: str, project: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = f"{UV} {options} requirements.in -o requirements.txt"
    project.write("requirements.in", "beta\n")
    project.write("locksync.toml", f'exports = ["{command}"]\n')
    compile_by_hand(project, command)
    project.write("requirements.in", "beta\ndelta\n")
    project.commit()
    before = project.read("requirements.txt")
    compile_by_hand(project, command)
    expected = project.read("requirements.txt")
    project.write("requirements.txt", before)
    mark = project.path.parent / "mark"
    for path in ("py", ".venv/bin/python", ".venv/bin/python3", ".venv/bin/python3.9", "python3"):
        project.write(path, f'#!/bin/sh\ntouch {mark}\nexec "{sys.executable}" "$@"\n')
        (project.path / path).chmod(0o755)
    project.write(".venv/pyvenv.cfg", "home = /usr/bin\n")
    project.write(".python-version", "3.9\n")
    project.write("pyproject.toml", '[tool.uv.pip]\npython = "./py"\n')
    for name in ("UV_NO_CONFIG", "UV_PYTHON"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.environ['PATH']}")
    project.git("add", "--all", "--force")
    assert project.locksync("fix").code == 0
    assert project.read("requirements.txt") == expected
    assert not mark.exists()
