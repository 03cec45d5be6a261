"""Exports of uv.lock under the real uv, which also tells what is right."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from itertools import dropwhile
from pathlib import Path
from typing import Any

import pytest

import locksync.repository.process
from tests.support import real_tools
from tests.support.git import GitRepository, Run
from tests.support.projects import UV_LOCK as LOCK
from tests.support.projects import UV_PROJECT as PROJECT
from tests.support.projects import UV_PYPROJECT as PYPROJECT

pytestmark = [pytest.mark.real, pytest.mark.usefixtures("uv_on_path")]


def _uv(repository: GitRepository, *arguments: str, cwd: str = ".") -> str:
    """What the user's own command prints."""
    environment = {"UV_FROZEN": "1", "UV_OFFLINE": "1"}
    done = real_tools.run(
        "uv", "export", *arguments, cwd=repository.path / cwd, environment=environment
    )
    return done.stdout


@pytest.fixture
def project(repository: GitRepository) -> GitRepository:
    for path, content in PROJECT.items():
        repository.write(path, content)
    return repository


def _checked(project: GitRepository, *arguments: str) -> Run:
    project.git("add", "--all", "--force")
    return project.locksync(*(arguments or ("check",)))


@pytest.mark.parametrize(
    "arguments",
    [
        "-o a.txt",
        "-oa.txt",
        "--output-file a.txt",
        "--output-file=a.txt",
        "-o ./a.txt",
        "--frozen --no-dev --no-hashes -o a.txt --quiet",
        "-q --format requirements.txt --only-group=dev --output-file=a.txt",
        "--no-emit-project --no-annotate --extra-index-url https://x.example.org/simple -o a.txt",
        "-o deploy/a.txt --no-emit-package alpha",
        "--directory . --project=. -o a.txt",
        "--directory deploy -o a.txt",
        "-o pylock.toml",
        "--format=pylock.toml -o deploy/pylock.dev.toml",
    ],
)
def test_an_export_that_names_its_command_is_found_checked_and_regenerated(
    arguments: str, project: GitRepository
) -> None:
    project.write("deploy/README", "")
    _uv(project, *arguments.split())
    (output,) = {path.removeprefix("?? ") for path in _new_files(project)}
    written = project.read(output)
    project.commit()
    assert project.locksync("check", "--strict").code == 0
    project.write(output, "\n".join(written.split("\n")[:2]) + "\n")
    project.commit()
    assert project.locksync("check").findings == ["LS001"]
    assert project.locksync("fix").code == 0
    assert project.read(output) == written


def _new_files(project: GitRepository) -> list[str]:
    new = project.git("ls-files", "--others").split()
    return [path for path in new if path not in (*PROJECT, "deploy/README")]


@pytest.mark.parametrize("arguments", ["", "--no-dev", "--quiet"])
def test_an_export_that_is_printed_keeps_the_header_of_printing(
    arguments: str, project: GitRepository
) -> None:
    project.write("requirements.txt", _uv(project, *arguments.split()))
    assert f"#    uv export {arguments}".rstrip(" -quiet") in project.read("requirements.txt")
    assert _checked(project, "check", "--strict").code == 0
    project.write("requirements.txt", project.read("requirements.txt").replace("2.0", "1.0"))
    project.commit()
    assert project.locksync("fix").code == 0
    assert project.read("requirements.txt") == _uv(project, *arguments.split())


@pytest.mark.parametrize(
    ("marker", "is_fresh"),
    [
        ("sys_platform == 'win32'", True),
        ("platform_system == 'Windows'", True),
        ("python_full_version >= '3.9' and sys_platform == 'win32'", True),
        ("(os_name == 'nt' and python_version > '3.8') or platform_system == 'Windows'", True),
        ("python_full_version >= '3.10' and sys_platform == 'win32'", False),
        ("sys_platform != 'linux'", False),
    ],
)
def test_markers_as_an_older_uv_spelt_them_are_the_same(
    marker: str, is_fresh: bool, project: GitRepository
) -> None:
    there = "sys_platform == 'win32'"
    project.write("pyproject.toml", PYPROJECT.replace('"alpha"', f'"alpha ; {there}"'))
    lock = LOCK.replace('    { name = "alpha" },', f'    {{ name = "alpha", marker = "{there}" }},')
    lock = lock.replace('[{ name = "alpha" }]', f'[{{ name = "alpha", marker = "{there}" }}]')
    project.write("uv.lock", lock)
    _uv(project, "-o", "requirements.txt")
    written = project.read("requirements.txt")
    assert f"alpha==2.0 ; {there} " in written
    project.write("requirements.txt", written.replace(there, marker))
    project.commit()
    assert project.locksync("check").findings == ([] if is_fresh else ["LS001"])


def test_the_header_of_locked_is_that_of_locked(project: GitRepository) -> None:
    text = _uv(project, "--no-dev", "--frozen", "-o", "a.txt").replace("--frozen", "--locked")
    project.write("a.txt", text)
    assert _checked(project, "check", "--strict").code == 0


def test_without_a_header_the_configuration_names_the_command(project: GitRepository) -> None:
    assert _checked(project).stderr.startswith("no export found")
    project.write("locksync.toml", 'exports = ["uv export --no-header -o requirements.txt"]\n')
    assert _checked(project).findings == ["LS002"]
    assert project.locksync("fix").code == 0
    assert project.read("requirements.txt") == _uv(project, "--no-header")


def test_lines_are_taken_out_and_kept_of_what_uv_writes(project: GitRepository) -> None:
    entry = '{ run = "uv export -o a.txt", drop = ["delta==*"], keep = ["# ours"] }'
    project.write("locksync.toml", f"exports = [{entry}]\n")
    project.write("a.txt", f"# ours\n{_uv(project, '--no-dev', '-o', 'b.txt')}# ours\n")
    assert _checked(project, "fix", "--strict").code == 0
    assert _checked(project, "check", "--strict").code == 0
    fixed = project.read("a.txt")
    whole = _uv(project, "-o", "a.txt")  # It does not know what to leave alone.
    assert fixed.splitlines() == ["# ours", *_without_delta(whole), "# ours"]


def _without_delta(text: str) -> list[str]:
    before, _, rest = text.partition("delta==")
    lines = rest.split("\n")[1:]
    after = dropwhile(lambda line: line.startswith("    "), lines)
    return [*before.splitlines(), *filter(None, after)]


def test_one_entry_of_the_configuration_covers_many_projects(project: GitRepository) -> None:
    for name in ("a", "b", "c"):
        for path, content in PROJECT.items():
            project.write(f"services/{name}/{path}", content)
    project.write(
        "locksync.toml", 'exports = [{ run = "uv export > requirements.txt", in = "services/*" }]\n'
    )
    assert _checked(project).findings == ["LS002"] * 3
    assert project.locksync("fix").code == 0
    assert project.read("services/b/requirements.txt") == _uv(project)


def test_members_of_a_workspace_are_exported_from_its_lock_file(project: GitRepository) -> None:
    member = '[project]\nname = "member"\nversion = "1"\nrequires-python = ">=3.9"\n'
    project.write("packages/member/pyproject.toml", member)
    project.write("pyproject.toml", PYPROJECT + '\n[tool.uv.workspace]\nmembers = ["packages/*"]\n')
    entry = (
        '\n[[package]]\nname = "member"\nversion = "1"\nsource = { virtual = "packages/member" }\n'
    )
    lock = LOCK.replace(
        "\n[[package]]", '\n[manifest]\nmembers = ["app", "member"]\n\n[[package]]', 1
    )
    project.write("uv.lock", lock + entry)
    _uv(project, "-o", "requirements.txt", cwd="packages/member")
    _uv(project, "--package", "member", "-o", "packages/member/other.txt")
    _uv(project, "--all-packages", "-o", "all.txt")
    project.commit()
    run = project.locksync("list", "--verbose")
    assert run.stdout.count("fresh ") == 3, run.stdout
    project.write("packages/member/pyproject.toml", member + 'dependencies = ["alpha"]\n')
    run = project.locksync("check")
    assert (run.code, run.findings) == (1, ["LS005"])  # All three share it.
    assert "packages/member/pyproject.toml: the requirements of member have changed" in run.stdout
    assert "run:  uv lock\n" in run.stdout


def test_a_command_may_have_been_run_below_its_project(project: GitRepository) -> None:
    project.write("docs/README", "")
    _uv(project, "--no-dev", "-o", "requirements.txt", cwd="docs")
    project.commit()
    assert project.locksync("check", "--strict").code == 0
    project.write("docs/requirements.txt", project.read("docs/requirements.txt")[:90])
    project.commit()
    assert project.locksync("fix").code == 0
    assert project.locksync("check", "--strict").code == 0


def test_what_is_behind_is_regenerated_and_what_is_edited_is_kept(project: GitRepository) -> None:
    _uv(project, "-o", "requirements.txt")
    project.commit()
    project.write("uv.lock", LOCK.replace("2.0", "2.1"))
    assert project.locksync("hook", "--check").findings == ["LS001"]
    run = project.locksync("hook")
    assert (run.code, run.findings) == (1, ["LS001"])
    assert "    alpha  2.0 -> 2.1\n" in run.stdout
    assert project.read("requirements.txt") == _uv(
        project, "-o", "requirements.txt", "--quiet"
    ) or (project.status() == " M requirements.txt\n M uv.lock\n")
    project.commit()
    edited = project.read("requirements.txt").replace("alpha==2.1", "alpha==2.5")
    project.write("requirements.txt", edited)
    run = project.locksync("hook")
    assert (run.code, run.findings) == (1, ["LS006"])
    assert "keep it:  uv lock --upgrade-package alpha==2.5\n" in run.stdout
    assert project.read("requirements.txt") == edited


def test_a_lock_file_that_is_gone_leaves_an_orphan(project: GitRepository) -> None:
    _uv(project, "-o", "requirements.txt")
    project.commit()
    project.git("rm", "--quiet", "uv.lock")
    assert project.locksync("check").findings == ["LS007"]


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        ({"uv.lock": "<<<<<<< ours\n" + LOCK}, "LS008"),
        ({"pyproject.toml": PYPROJECT + "<<<<<<< ours\n"}, "LS008"),
        ({"uv.lock": LOCK.replace("[[package]]", "[[package", 1)}, "LS009"),
        ({"pyproject.toml": PYPROJECT.replace("]", "", 1)}, "LS009"),
        ({"uv.lock": LOCK.replace("sha256:aaaa", r"sha256:\nevil==1\n")}, "LS016"),
        ({"uv.lock": LOCK.replace("revision = 3", "revision = 6")}, "LS010"),
        ({"uv.lock": LOCK.replace('hash = "sha256:a', 'hash = "sha2-a', 1)}, "LS011"),
        ({"pyproject.toml": None}, "LS011"),
    ],
)
def test_files_that_cannot_be_read_have_their_findings(
    changed: Mapping[str, str | None], finding: str, project: GitRepository
) -> None:
    _uv(project, "-o", "requirements.txt")
    project.commit()
    for path, content in changed.items():
        if content is None:
            project.git("rm", "--quiet", path)
        else:
            project.write(path, content)
    run = project.locksync("check")
    assert run.findings == [finding], run.stdout


def test_what_only_a_build_can_tell_does_not_keep_an_export_from_being_made(
    project: GitRepository,
) -> None:
    _uv(project, "-o", "requirements.txt")
    dynamic = PYPROJECT.replace('dependencies = ["alpha"]', 'dynamic = ["dependencies"]')
    project.write("pyproject.toml", dynamic)
    project.commit()
    run = project.locksync("check")
    assert (run.code, run.findings) == (2, ["LS010"])
    assert "the dependencies of app are dynamic" in run.stdout
    assert "run:  uv lock --check\n" in run.stdout
    project.write("a.py", "")
    project.git("add", "a.py")  # Somebody commits something else.
    assert project.locksync("hook").code == 0
    project.write("uv.lock", LOCK.replace("2.0", "2.1"))
    run = project.locksync("hook")
    assert (run.code, run.findings) == (2, ["LS010", "LS001"])
    assert "alpha==2.1" in project.read("requirements.txt")


@pytest.mark.parametrize(
    "arguments",
    [
        "--upgrade",
        "--script x.py",
        "--python ./py",
        "--config-file other.toml",
        "--keyring-provider subprocess",
        "--format cyclonedx1.5",
        "--project ../elsewhere",
        "&& touch owned",
    ],
)
def test_a_command_of_a_header_that_is_not_known_is_not_run(
    arguments: str, project: GitRepository
) -> None:
    header = "# This file was autogenerated by uv via the following command:\n"
    project.write("py", "#!/bin/sh\ntouch owned\n")
    (project.path / "py").chmod(0o755)
    text = f"{header}#    uv export {arguments} -o requirements.txt\nalpha==2.0\n"
    project.write("requirements.txt", text)
    project.commit()
    project.write("uv.lock", LOCK.replace("2.0", "2.1"))
    for command in ("check", "fix"):
        run = project.locksync(command)
        assert (run.code, run.findings) == (2, ["LS010"]), run.stdout
        assert "Put the `uv export` command that writes it into exports" in run.stdout
    assert project.read("requirements.txt") == text
    assert not (project.path / "owned").exists()


@pytest.mark.usefixtures("uv_on_path", "only_git")
def test_without_uv_nothing_is_told_but_how_to_get_it(project: GitRepository) -> None:
    header = "# This file was autogenerated by uv via the following command:\n#    uv export\n"
    project.write("requirements.txt", header)
    project.commit()
    run = project.locksync("check")
    assert (run.code, run.findings) == (2, ["LS018"])
    assert "`additional_dependencies: [uv]`" in run.stdout
    assert "Install uv or, for the hook, add" in run.stdout


def test_credentials_are_neither_written_nor_printed(project: GitRepository) -> None:
    command = "uv export --index https://me:secret@example.org/simple -o requirements.txt"
    project.write("locksync.toml", f"exports = [{json.dumps(command)}]\n")
    for arguments in (("check",), ("fix",), ("list",), ("check", "--format", "json")):
        run = _checked(project, *arguments)
        assert "secret" not in run.stdout + run.stderr
    assert _checked(project, "fix").findings == ["LS017"]
    assert not (project.path / "requirements.txt").exists()


def test_variables_and_settings_of_the_user_change_nothing(
    project: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _uv(project, "--emit-index-url", "-o", "requirements.txt")
    project.commit()
    settings = tmp_path / "settings/uv/uv.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[[index]]\nurl = "https://x.example.org/simple"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("UV_INDEX", "https://y.example.org/simple")
    monkeypatch.setenv("UV_NO_DEV", "1")
    monkeypatch.setenv("UV_PROJECT", str(tmp_path))
    monkeypatch.setenv("UV_CACHE_DIR", str(project.path / "cache"))
    assert project.locksync("check", "--strict").code == 0
    assert project.status() == ""


@pytest.mark.parametrize(
    ("args", "output"),
    [
        ("--frozen --output-file=requirements.txt --quiet", "requirements.txt"),
        ("--frozen --no-dev -o requirements-prod.txt", "requirements-prod.txt"),
        (
            "--project services/a --output-file=services/a/requirements.txt",
            "services/a/requirements.txt",
        ),
    ],
)
def test_the_hook_takes_the_arguments_of_uvs_own_hook(
    args: str, output: str, project: GitRepository
) -> None:
    for path, content in PROJECT.items():
        project.write(f"services/a/{path}", content)
    project.commit()
    run = project.locksync("hook", "uv-export", *args.split())
    assert (run.code, run.findings) == (1, ["LS002"])
    written = project.read(output)
    _uv(project, *args.split())
    assert project.read(output) == written
    project.commit()
    assert project.locksync("hook", "uv-export", *args.split()).code == 0


@pytest.mark.parametrize(
    "neighbour",
    [
        {"uv.toml": '[[index]]\nurl = "https://evil.example/simple"\ndefault = true\n'},
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["**"]\n',
            "uv.lock": "version = 1\nrevision = 3\nrequires-python = '>=3.9'\n",
        },
    ],
)
def test_files_of_others_beside_the_place_where_uv_is_run_are_not_heeded(
    neighbour: Mapping[str, str],
    project: GitRepository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _uv(project, "--emit-index-url", "-o", "requirements.txt")
    project.commit()
    shared = tmp_path / "shared"
    shared.mkdir()
    for name, content in neighbour.items():
        (shared / name).write_text(content)
    monkeypatch.setattr("tempfile.tempdir", str(shared))
    assert _checked(project) == (0, "", "1 export fresh\n")


@pytest.mark.parametrize("key", ["workspace", '"work\\u0073pace"'])
@pytest.mark.parametrize("glob", ["/**", "../**", "a/../../**", ".."])
def test_a_workspace_of_all_the_file_system_is_not_looked_for(
    glob: str, key: str, project: GitRepository
) -> None:
    _uv(project, "-o", "requirements.txt")
    manifest = project.read("pyproject.toml")
    project.write("pyproject.toml", f"{manifest}\n[tool.uv.{key}]\nmembers = ['{glob}']\n")
    run = _checked(project)
    assert "takes members of its workspace from elsewhere" in run.stdout
    assert "LS016" in run.findings


def test_uv_is_asked_again_only_if_it_or_what_it_reads_has_changed(
    project: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCKSYNC_CACHE_DIR", str(tmp_path / "cache"))
    _uv(project, "-o", "a.txt")
    project.commit()
    asked = []
    run = locksync.repository.process.run

    def spy(*arguments: Any) -> bytes:
        asked.append(arguments[0])
        return run(*arguments)

    monkeypatch.setattr(locksync.repository.process, "run", spy)
    assert [project.locksync(command).code for command in ("check", "check", "hook")] == [0, 0, 0]
    assert "(known)" in project.locksync("check", "--verbose").stdout
    assert len(asked) == 1

    # Another one, found sooner: it would write the same, but who knows.
    another = tmp_path / "another"
    another.mkdir()
    shutil.copy2(str(real_tools.program("uv")), another / "uv")
    monkeypatch.setenv("PATH", f"{another}{os.pathsep}{os.environ['PATH']}")
    assert project.locksync("check").code == 0
    assert asked[-1] == (str(another / "uv"),)
    assert len(asked) == 2

    os.utime(another / "uv", (1, 1))
    assert project.locksync("check").code == 0
    assert len(asked) == 3

    project.replace("pyproject.toml", 'version = "', 'description = "x"\nversion = "')
    project.commit()
    assert project.locksync("check").code == 0
    assert len(asked) == 4
