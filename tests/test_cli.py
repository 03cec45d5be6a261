"""The command line, in this process and on real repositories."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import locksync.commands.selection
import locksync.verdict.check
import locksync.verdict.check_all
from locksync import __version__
from locksync.findings import Code
from locksync.model import Export, Result
from tests.support.children import PYTHON
from tests.support.git import GitRepository
from tests.support.projects import (
    PIPENV_OUTPUT,
    compiled_project,
    pipenv_project,
    pipfile_lock,
    poetry_lock,
    poetry_output,
    poetry_project,
)
from tests.support.real_tools import TOP


@pytest.fixture
def project(repository: GitRepository) -> GitRepository:
    """A poetry project at the top and a pipenv project below, both in step and committed."""
    repository.commit_all({**poetry_project(), **pipenv_project("a b")})
    return repository


def _snapshot(path: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every byte, mode and time of a directory."""
    return {
        str(file.relative_to(path)): (
            file.read_bytes() if file.is_file() else b"",
            file.lstat().st_mode,
            file.lstat().st_mtime_ns,
        )
        for file in path.rglob("*")
    }


def test_check_is_what_happens_without_a_command(project: GitRepository) -> None:
    for arguments in ((), ("check",)):
        run = project.locksync(*arguments)
        assert run == (0, "", "2 exports fresh\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no such device")
@pytest.mark.parametrize(("redirection", "code"), [(">/dev/full", 2), (">&-", 1)])
def test_a_report_that_cannot_be_printed_is_no_bug(
    redirection: str, code: int, project: GitRepository
) -> None:
    project.write("poetry.lock", poetry_lock("4"))
    run = project.run("sh", "-c", f'"$0" -B -m locksync check {redirection}', sys.executable)
    assert run.returncode == code
    assert "Traceback" not in run.stderr


def test_two_outputs_that_are_one_file_are_ambiguous(project: GitRepository) -> None:
    (project.path / "a b/requirements.txt").unlink()
    (project.path / "a b/requirements.txt").symlink_to("../requirements.txt")
    project.commit()
    assert project.locksync("check") == (0, "", "1 export fresh\n")
    project.write("locksync.toml", 'exports = ["poetry export -o requirements.txt"]')
    project.write("a b/locksync.toml", 'exports = ["pipenv requirements > requirements.txt"]')
    project.commit()
    run = project.locksync("fix")
    assert (run.code, run.findings) == (2, ["LS013"])
    assert project.status() == ""


def test_quiet_prints_nothing(project: GitRepository) -> None:
    assert project.locksync("-q") == (0, "", "")
    project.write("poetry.lock", poetry_lock("3.0.4"))
    assert project.locksync("check", "--quiet") == (1, "", "")


def test_nothing_to_check(repository: GitRepository) -> None:
    told = (
        "no export found: no tracked file is exported by poetry export, pipenv requirements, "
        "pip-compile, uv pip compile, uv export, pdm export, "
        "or all are excluded\n"
    )
    assert repository.locksync() == (0, "", told)


def test_fix_repairs_and_check_agrees(project: GitRepository) -> None:
    project.write("poetry.lock", poetry_lock("3.0.4"))
    project.write("a b/Pipfile.lock", pipfile_lock("3.0.4"))
    assert project.locksync("check").code == 1
    run = project.locksync("fix")
    assert run.code == 0
    four = "'a b/Pipfile.lock' 'a b/requirements.txt' poetry.lock requirements.txt"
    assert (
        run.stdout
        == f"""\
a b/requirements.txt is stale: a b/Pipfile.lock has changed since it was exported   LS001
    flask  3.0.3 -> 3.0.4
requirements.txt is stale: poetry.lock has changed since it was exported            LS001
    flask  3.0.3 -> 3.0.4
2 exports: 2 regenerated
regenerated. Stage them:  git add {four}
LS001:  https://github.com/locksync/locksync/blob/main/docs/findings.md#ls001
"""
    )
    assert project.read("requirements.txt") == poetry_output("3.0.4")
    assert project.read("a b/requirements.txt") == PIPENV_OUTPUT.replace("3.0.3", "3.0.4")
    assert project.locksync("check") == (0, "", "2 exports fresh\n")
    assert project.locksync("fix") == (0, "", "2 exports fresh, nothing to regenerate\n")


def test_a_lock_file_without_an_output_has_none_until_it_is_asked_for(
    repository: GitRepository,
) -> None:
    repository.commit_all({**poetry_project(output=None), **pipenv_project("a", output=None)})
    for command in ("check", "fix", "hook"):
        assert repository.locksync(command).code == 0
        assert repository.status() == ""
    assert repository.locksync("fix", "a/requirements.txt").code == 0
    assert repository.status() == "?? a/requirements.txt\n"
    assert repository.locksync("hook", "poetry-export").findings == ["LS002"]
    assert repository.read("requirements.txt") == poetry_output()


def test_the_first_export_of_a_repository_is_made_by_the_hook(repository: GitRepository) -> None:
    repository.write_all(poetry_project(output=None))
    repository.git("add", "--all")
    run = repository.locksync("hook")
    assert (run.code, run.findings) == (1, ["LS002"])
    assert run.stdout.splitlines()[1] == (
        "note: poetry.lock is the first here to get an export. To do without, put "
        'exclude = ["requirements.txt"] under [tool.locksync] in pyproject.toml'
    )
    repository.git("add", "--all")
    assert repository.locksync("hook") == (0, "", "")
    repository.git("rm", "--quiet", "--cached", "requirements.txt")
    (repository.path / "requirements.txt").unlink()
    repository.replace("pyproject.toml", "[project]", TO_DO_WITHOUT)
    repository.git("add", "--all")
    assert repository.locksync("hook") == (0, "", "")


TO_DO_WITHOUT = '[tool.locksync]\nexclude = ["requirements.txt"]\n\n[project]'
PLAIN_OUTPUT = 'flask==3.0.3 ; python_version >= "3.9"\n'


def test_a_file_is_kept_in_the_form_that_it_has(repository: GitRepository) -> None:
    repository.commit_all(poetry_project(output=PLAIN_OUTPUT))
    assert repository.locksync("check") == (0, "", "1 export fresh\n")
    repository.write("poetry.lock", poetry_lock("3.0.4"))
    run = repository.locksync("hook")
    assert (run.code, run.findings) == (1, ["LS001"])
    assert "`locksync init` writes them down" in run.stdout
    assert repository.read("requirements.txt") == PLAIN_OUTPUT.replace("3.0.3", "3.0.4")


def test_what_is_not_explained_is_never_written(repository: GitRepository) -> None:
    output = f"--extra-index-url https://x.example.org\n{PLAIN_OUTPUT}"
    repository.commit_all(poetry_project(output=output))
    for command in ("check", "fix", "hook"):
        run = repository.locksync(command)
        assert (run.code, run.findings) == (2, ["LS022"])
        assert "`poetry export --without-hashes -o requirements.txt` comes nearest" in run.stdout
    assert repository.locksync("check", "requirements.txt").findings == ["LS022"]
    assert repository.read("requirements.txt") == output


def test_fix_leaves_bytes_alone_that_mean_the_same(project: GitRepository) -> None:
    project.write("requirements.txt", "# ours\n" + poetry_output())
    project.commit()
    before = _snapshot(project.path)
    assert project.locksync("fix").code == 0
    assert _snapshot(project.path) == before
    assert project.locksync("fix", "--strict").code == 0
    assert project.read("requirements.txt") == poetry_output()


def test_fix_discards_an_edit_when_told_to(project: GitRepository) -> None:
    project.write("requirements.txt", poetry_output("9.0"))
    run = project.locksync("check")
    assert run.code == 1
    assert (
        run.stdout
        == """\
requirements.txt was edited, but poetry.lock was not                                LS006
    flask  yours 9.0, poetry writes 3.0.3
  keep it:  poetry update --lock flask
  drop it:  locksync fix requirements.txt
2 exports: 1 stale, 1 fresh
LS006:  https://github.com/locksync/locksync/blob/main/docs/findings.md#ls006
"""
    )
    assert project.locksync("hook").code == 1
    assert project.read("requirements.txt") == poetry_output("9.0")
    assert project.locksync("fix").code == 0
    assert project.read("requirements.txt") == poetry_output()


def test_fix_is_done_when_all_that_is_left_is_to_stage(project: GitRepository) -> None:
    project.git("rm", "--quiet", "--cached", "requirements.txt")
    project.write("poetry.lock", poetry_lock("3.0.4"))
    run = project.locksync("fix")
    assert (run.code, run.findings) == (0, ["LS003", "LS006"])
    assert "\nregenerated. Stage them:  git add poetry.lock requirements.txt\n" in run.stdout
    assert project.read("requirements.txt") == poetry_output("3.0.4")


def test_paths_narrow_the_run(project: GitRepository) -> None:
    project.write("poetry.lock", poetry_lock("3.0.4"))
    project.write("a b/Pipfile.lock", pipfile_lock("3.0.4"))
    assert project.locksync("check", "a b").findings == ["LS001"]
    assert project.locksync("check", "requirements.txt").findings == ["LS001"]
    assert project.locksync("check", "poetry.lock", "a b/Pipfile").findings == ["LS001"] * 2
    assert project.locksync("check", str(project.path / "a b")).findings == ["LS001"]
    assert project.locksync("check", cwd="a b").findings == ["LS001"]
    assert project.locksync("check", "../poetry.lock", cwd="a b").findings == ["LS001"]
    assert project.locksync("fix", "poetry.lock").code == 0
    assert project.locksync("check").findings == ["LS001"]


def test_commands_in_a_report_can_be_pasted_where_one_stands(project: GitRepository) -> None:
    project.write("a b/Pipfile.lock", pipfile_lock("3.0.4"))
    run = project.locksync("check", cwd="a b")
    assert "\n  run:  locksync fix requirements.txt\n" in run.stdout
    assert "\nregenerated. Stage them:  git add Pipfile.lock requirements.txt\n" in (
        project.locksync("fix", cwd="a b").stdout
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ["check", "nowhere.txt"],
            "no export reads or writes nowhere.txt: `locksync list` shows all exports",
        ),
        (["check", "../x"], "../x leads out of the repository"),
        (["-C", "nowhere", "check"], "there is no directory nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    project: GitRepository, arguments: list[str], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.path)
    run = project.locksync(*arguments)
    assert run == (2, "", f"locksync: {complaint}\n")


@pytest.mark.parametrize("arguments", [["--frob"], ["check", "--format", "xml"]])
def test_a_wrong_command_line_is_exit_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        locksync.cli.main(arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["chekc"], "there is no command chekc: did you mean check?"),
        (["fix", "--ask"], "unrecognized arguments: --ask: it is of another command"),
        (["check", "--stirct"], "unrecognized arguments: --stirct: did you mean --strict?"),
        (["explain", "LS023"], "there is no code LS023: did you mean LS022?"),
    ],
)
def test_what_was_meant_is_guessed(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = locksync.cli.main(arguments)
    except SystemExit as left:
        code = left.code
    assert (code, told in capsys.readouterr().err) == (2, True)


def test_paths_are_checked_where_no_command_is_named(project: GitRepository) -> None:
    project.write("poetry.lock", poetry_lock("3.0.4"))
    assert project.locksync("requirements.txt").findings == ["LS001"]
    assert project.locksync("-q", "a b").code == 0
    assert project.locksync("-C", "a b", "requirements.txt").findings == []


def test_versions_are_told(repository: GitRepository) -> None:
    assert repository.locksync("--version") == (0, f"locksync {__version__}\n", "")
    told = repository.locksync("--version", "-v").stdout.splitlines()
    for library in ("packaging", "poetry-core", "Python", "uv"):
        assert any(line.startswith(f"{library}") for line in told)


def test_a_code_is_explained_by_its_section_of_the_page(repository: GitRepository) -> None:
    page = (TOP / "docs/findings.md").read_text(encoding="utf-8")
    for code in Code:
        run = repository.locksync("explain", str(code).lower())
        assert run.stdout.startswith(f"## {code} ")
        assert run.stdout.rstrip() in page
        assert run.stdout.count("\n## ") == 0


def test_list(project: GitRepository) -> None:
    project.write("poetry.lock", poetry_lock("3.0.4"))
    assert project.locksync("list") == (
        0,
        "fresh    a b/requirements.txt  pipenv requirements > requirements.txt   (in a b)\n"
        "stale    requirements.txt      poetry export -f requirements.txt -o requirements.txt\n",
        "",
    )
    listed = json.loads(project.locksync("list", "--format", "json").stdout)
    assert [export["verdict"] for export in listed["exports"]] == ["fresh", "stale"]


def test_a_fault_in_the_configuration_is_exit_code_2(project: GitRepository) -> None:
    project.write("locksync.toml", 'exports = ["make it"]\n')
    project.git("add", "locksync.toml")
    told = (
        "locksync.toml:1 is not a valid configuration: 'make it': "
        "no export command that is known (poetry export, pipenv requirements, pip-compile, "
        "uv pip compile, uv export, pdm export) LS014"
    )
    project.write("poetry.lock", poetry_lock("3.0.4"))
    for command in ("check", "fix", "hook"):
        run = project.locksync(command)
        assert (run.code, run.stdout.partition("\nLS014:  ")[0]) == (2, told)
    assert project.locksync("check", "poetry.lock").stdout.startswith(told)
    assert project.read("requirements.txt") == poetry_output()
    assert project.locksync("list").code == 2


def test_json_of_a_fix(project: GitRepository) -> None:
    project.write("poetry.lock", poetry_lock("3.0.4"))
    run = project.locksync("fix", "--format", "json")
    report = json.loads(run.stdout)
    assert (run.code, run.stderr, report["verdict"]) == (0, "", "fresh")
    assert [export["changed"] for export in report["exports"]] == [False, True]


def test_diff(project: GitRepository) -> None:
    project.write("poetry.lock", poetry_lock("3.0.4"))
    lines = project.locksync("--diff").stdout.splitlines()
    assert '-flask==3.0.3 ; python_version >= "3.9" \\' in lines
    assert '+flask==3.0.4 ; python_version >= "3.9" \\' in lines


def test_hook_leaves_what_cannot_be_told_unless_it_changes(project: GitRepository) -> None:
    project.write("poetry.lock", poetry_lock("3.0.3", **{"lock-version": "2.2"}))
    assert project.locksync("check").code == 2
    assert project.locksync("hook").code == 2
    project.commit()
    assert project.locksync("check").code == 2
    # Nobody is about to commit anything, as in CI: all is checked.
    assert project.locksync("hook", "--check").code == 2
    project.write("another.md", "x")
    project.git("add", "another.md")
    assert project.locksync("hook") == (0, "", "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CI", "true")
        assert project.locksync("hook", "--check").code == 2
    run = project.locksync("hook", "--verbose")
    assert run.code == 0
    assert run.stderr == (
        "skipped, because none of its files has changed: "
        "requirements.txt cannot be checked: lock-version 2.2 of poetry.lock is not known\n"
    )


def test_hook_covers_what_the_first_commit_brings(repository: GitRepository) -> None:
    for path, content in poetry_project().items():
        repository.write(path, content)
    repository.write("poetry.lock", poetry_lock("3.0.3", **{"lock-version": "2.2"}))
    repository.git("add", "--all")
    assert repository.locksync("hook").code == 2


def test_hook_of_one_tool_covers_that_tool(project: GitRepository) -> None:
    project.write("poetry.lock", poetry_lock("3.0.4"))
    project.write("a b/Pipfile.lock", pipfile_lock("3.0.4"))
    assert project.locksync("hook", "--check", "pipenv-requirements").stdout.startswith("a b/")
    assert project.locksync("hook", "poetry-export").findings == ["LS001"]
    assert project.locksync("hook", "poetry-export") == (0, "", "")
    run = project.locksync("hook", "poetry-export", "--without-hashes", "-o", "x.txt")
    assert (run.code, run.findings) == (1, ["LS002"])
    run = project.locksync("hook", "poetry-export", "-o")
    assert (run.code, run.findings) == (2, ["LS014"])
    assert "the arguments of the hook poetry-export are not valid" in run.stdout


def test_hook_in_a_directory_covers_what_is_below(project: GitRepository) -> None:
    project.write("poetry.lock", poetry_lock("3.0.4"))
    assert project.locksync("hook", cwd="a b") == (0, "", "")
    run = project.locksync("hook", "pipenv-requirements", "--hash", cwd="a b")
    assert (run.code, run.findings) == (1, ["LS001"])
    assert "--hash=sha256:aa" in project.read("a b/requirements.txt")


def test_an_output_that_links_out_of_the_repository_is_refused(
    project: GitRepository, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("precious")
    (project.path / "requirements.txt").unlink()
    (project.path / "requirements.txt").symlink_to(outside)
    for command in ("check", "fix", "hook"):
        run = project.locksync(command)
        assert (run.code, run.findings) == (2, ["LS012"])
    assert outside.read_text() == "precious"


def test_an_output_that_is_a_link_is_its_target(project: GitRepository) -> None:
    (project.path / "requirements.txt").rename(project.path / "target.txt")
    (project.path / "requirements.txt").symlink_to("target.txt")
    project.commit()
    assert project.locksync("check").code == 0
    project.write("target.txt", poetry_output("9.0"))
    run = project.locksync("hook")
    assert (run.code, run.findings) == (1, ["LS006"])
    assert project.read("target.txt") == poetry_output("9.0")
    project.git("checkout", "--quiet", ".")
    project.write("poetry.lock", poetry_lock("3.0.4"))
    run = project.locksync("hook")
    assert "regenerated. Stage them:  git add poetry.lock target.txt" in run.stdout.splitlines()
    assert (project.path / "requirements.txt").is_symlink()


def test_a_link_to_an_output_names_it(repository: GitRepository) -> None:
    for path, text in compiled_project().items():
        repository.write(path, text)
    (repository.path / "all.txt").symlink_to("requirements.txt")
    repository.commit()
    run = repository.locksync("check", "--verbose", "all.txt")
    assert (run.code, run.findings) == (0, [])
    assert "requirements.txt is fresh" in run.stdout


def test_no_output_in_gits_own_directory(project: GitRepository) -> None:
    (project.path / "hooks").symlink_to(".git/hooks")
    command = "pipenv requirements > ../hooks/post-commit"
    project.write("a b/locksync.toml", f"exports = [{json.dumps(command)}]")
    project.git("add", "--all")
    run = project.locksync("fix")
    assert (run.code, run.findings) == (2, ["LS012"])
    assert not (project.path / ".git/hooks/post-commit").exists()


def test_commands_can_be_pasted_where_git_was_called(
    project: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("a b/Pipfile.lock", pipfile_lock("3.0.4"))
    monkeypatch.setenv("GIT_PREFIX", "a b/")
    assert project.locksync("hook").stdout.splitlines()[-2] == (
        "regenerated. Stage them:  git add Pipfile.lock requirements.txt"
    )
    monkeypatch.delenv("GIT_PREFIX")
    project.commit()
    monkeypatch.chdir(project.path.parent)
    project.write("a b/Pipfile.lock", pipfile_lock("3.0.5"))
    done = project.run(*PYTHON, "-m", "locksync", "-C", "repository/a b", cwd=os.pardir)
    assert done.stdout.splitlines()[-2] == (
        f"  run:  (cd {shlex.quote(str(project.path))} && locksync fix 'a b/requirements.txt')"
    )


def test_a_disk_that_is_full_leaves_the_old_file(project: GitRepository) -> None:
    resource = pytest.importorskip("resource", reason="file-size limits are POSIX's")
    project.write("poetry.lock", poetry_lock("3.0.4"))
    done = subprocess.run(
        [*PYTHON, "-m", "locksync", "fix"],
        cwd=project.path,
        capture_output=True,
        encoding="utf-8",
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    assert done.returncode == 2
    assert "requirements.txt cannot be written: File too large" in done.stdout
    assert project.read("requirements.txt") == poetry_output()
    assert project.status() == " M poetry.lock\n"


def test_a_directory_that_is_not_there_is_a_finding(project: GitRepository) -> None:
    project.write("locksync.toml", 'exports = ["poetry export -o no/such/place.txt"]')
    project.git("add", "locksync.toml")
    run = project.locksync("fix", "no")
    assert (run.code, run.findings) == (2, ["LS002", "LS015"])
    assert "no/such/place.txt cannot be written: No such file or directory" in run.stdout


def test_check_changes_no_byte_no_mode_and_no_time(project: GitRepository) -> None:
    project.write("poetry.lock", poetry_lock("3.0.4"))
    project.write("a b/requirements.txt", "edited==1\n")
    project.git("add", "--all")
    project.write("pyproject.toml", project.read("pyproject.toml") + "# touched\n")
    before = _snapshot(project.path)
    for arguments in (["check"], ["list"], ["hook", "--check"], ["check", "--diff", "-v"]):
        assert project.locksync(*arguments).code in (0, 1)
        assert _snapshot(project.path) == before


def test_credentials_are_never_printed(repository: GitRepository) -> None:
    secret = "https://user:hunter2@packages.example.org/simple"
    for path, content in pipenv_project().items():
        repository.write(path, content.replace("https://packages.example.org/simple", secret))
    repository.commit()
    repository.write("requirements.txt", "x==1\n")
    for arguments in (["check", "-v", "--diff"], ["check", "--format", "json"], ["fix", "--diff"]):
        run = repository.locksync(*arguments)
        assert "hunter2" not in run.stdout + run.stderr


def test_interruption_is_one_line(project: GitRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(locksync.verdict.check_all, "check", interrupt)
    run = project.locksync("check")
    assert run == (130, "", "locksync: interrupted; no file was left half-written\n")


def test_a_bug_in_one_export_stops_no_other(
    project: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = locksync.verdict.check.check

    def fail(export: Export, *rest: Any) -> Result:
        if export.tool == "poetry":
            raise RuntimeError("https://ci:hunter2@packages.example.org")
        return check(export, *rest)

    monkeypatch.setattr(locksync.verdict.check_all, "check", fail)
    for command in (["check"], ["fix"], ["list"], ["check", "--format", "json"]):
        project.write("a b/Pipfile.lock", pipfile_lock("4"))
        project.write("a b/requirements.txt", PIPENV_OUTPUT)
        run = project.locksync(*command, "--no-cache")
        assert run.code == 3
        assert "please report this line: RuntimeError in locksync.verdict.check_all:" in run.stdout
        assert ("hunter2" in run.stdout, "Traceback" in run.stderr) == (False, False)
        assert "a b/requirements.txt" in run.stdout
        assert ("==4" in project.read("a b/requirements.txt")) == (command == ["fix"])


def test_a_bug_elsewhere_says_that_it_is_one(
    project: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("https://ci:hunter2@packages.example.org \x1b[31m")

    monkeypatch.setattr(locksync.commands.selection, "find_exports", fail)
    run = project.locksync("check")
    assert run.code == 3
    assert run.stderr.splitlines()[-2:] == [
        "RuntimeError: https://****@packages.example.org \\x1b[31m",
        "locksync: this is a bug in locksync: please report it with the lines above",
    ]


def test_a_reader_that_leaves_early_is_no_bug(project: GitRepository) -> None:
    project.write("poetry.lock", poetry_lock("3.0.4"))
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as stdout:
        done = subprocess.run(
            [*PYTHON, "-m", "locksync", "check"],
            cwd=project.path,
            stdout=stdout,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, b"")


def test_the_module_runs_as_a_program() -> None:
    done = subprocess.run(
        [*PYTHON, "-m", "locksync", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"locksync {__version__}\n"


def test_a_console_that_does_not_know_a_letter_is_no_reason_to_fail(project: GitRepository) -> None:
    project.commit_all(poetry_project("größe"))
    project.write("größe/poetry.lock", "[[package")
    done = project.run(*PYTHON, "-m", "locksync", PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert "gr\\xf6\\xdfe/poetry.lock:1 is not valid TOML" in done.stdout


@pytest.mark.parametrize(
    ("environment", "is_colored"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "", "NO_COLOR": ""}, False),
    ],
)
def test_colors_follow_the_environment(
    environment: dict[str, str],
    is_colored: bool,
    project: GitRepository,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    project.write("poetry.lock", poetry_lock("3.0.4"))
    assert ("\x1b[" in project.locksync("check").stdout) is is_colored


def test_annotations_come_by_themselves_under_github_actions(
    project: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("poetry.lock", poetry_lock("3.0.4"))
    text = project.locksync("check").stdout
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    annotated = project.locksync("check").stdout
    assert annotated.startswith(text)
    assert "::error file=requirements.txt,title=locksync LS001::" in annotated
    assert project.locksync("check", "--format", "github").stdout == annotated
    assert project.locksync("check", "--format", "text").stdout == text
