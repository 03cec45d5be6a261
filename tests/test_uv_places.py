"""Exports of uv.lock under the real uv: wherever it was run, whatever stands before `export`."""

from __future__ import annotations

import pytest

from tests.support import real_tools
from tests.support.git import GitRepository
from tests.support.projects import UV_LOCK as LOCK
from tests.support.projects import UV_PROJECT as PROJECT
from tests.support.projects import UV_PYPROJECT as PYPROJECT

pytestmark = [pytest.mark.real, pytest.mark.usefixtures("uv_on_path")]

FROZEN = {"UV_FROZEN": "1", "UV_OFFLINE": "1", "UV_PYTHON_DOWNLOADS": "never"}
MEMBER = '[project]\nname = "tool"\nversion = "1"\nrequires-python = ">=3.9"\n'
BUILD = '[build-system]\nrequires = []\nbuild-backend = "x"\n'
WORKSPACE = {
    "pyproject.toml": f'{PYPROJECT}{BUILD}[tool.uv.workspace]\nmembers = ["apps/*"]\n',
    "uv.lock": LOCK.replace(
        "\n[[package]]", '\n[manifest]\nmembers = ["app", "tool"]\n\n[[package]]', 1
    ).replace('{ virtual = "." }', '{ editable = "." }')
    + '\n[[package]]\nname = "tool"\nversion = "1"\nsource = { editable = "apps/tool" }\n'
    'dependencies = [\n    { name = "delta" },\n]\n\n'
    '[package.metadata]\nrequires-dist = [{ name = "delta" }]\n',
    "apps/tool/pyproject.toml": f'{MEMBER}dependencies = ["delta"]\n{BUILD}',
}


def _write(repository: GitRepository, files: dict[str, str], below: str = "") -> None:
    for path, content in files.items():
        repository.write(f"{below}/{path}".lstrip("/"), content)


def _uv(repository: GitRepository, command: str, cwd: str = ".") -> str:
    """The file that a command of the user adds or changes."""
    _, *words = command.split()
    real_tools.run("uv", *words, cwd=repository.path / cwd, environment=FROZEN)
    (line,) = repository.git("status", "--porcelain", "-uall").splitlines()
    return line[3:]


def _spoil(repository: GitRepository, output: str) -> str:
    """What an output held before a commit has left it behind."""
    written = repository.read(output)
    header = "\n".join(written.split("\n")[:2])
    repository.write(output, f"{header}\nomega==1\n")
    repository.commit()
    return written


COMMANDS = {
    "global-directory": ("", "uv --directory api export --frozen --no-hashes -o requirements.txt"),
    "global-project": ("", "uv --project api export --frozen -o api/requirements.txt"),
    "global-flags": ("api", "uv --offline --no-config --no-progress export -o requirements.txt"),
    "global-values": ("api", "uv --color never --cache-dir ../.git/x export -o requirements.txt"),
    "above": ("api", "uv export --no-annotate -o ../requirements.txt"),
    "beside": ("api", "uv export --frozen -o ../deploy/api.txt"),
    "above-and-global": ("", "uv --no-config --directory api export -o ../r.txt"),
}


@pytest.mark.parametrize(("cwd", "command"), COMMANDS.values(), ids=list(COMMANDS))
def test_a_command_is_found_by_its_header_and_writes_the_same_again(
    cwd: str, command: str, repository: GitRepository
) -> None:
    _write(repository, PROJECT, "api")
    _write(repository, {"api/src/x": "", "deploy/x": "", "pyproject.toml": ""})
    repository.commit()
    output = _uv(repository, command, cwd)
    repository.commit()
    assert repository.locksync("check", "--strict").stderr == "1 export fresh\n"
    written = _spoil(repository, output)
    assert repository.locksync("check").code == 1
    assert repository.locksync("fix").code == 0
    assert repository.read(output) == written


MEMBERS = {
    "project": "--project apps/tool -o apps/tool/requirements.txt",
    "directory": "--directory apps/tool -o requirements.txt",
    "package": "--package tool -o apps/tool/requirements.txt",
}


@pytest.mark.parametrize("arguments", MEMBERS.values(), ids=list(MEMBERS))
@pytest.mark.parametrize("is_hook", [False, True], ids=["configured", "args"])
def test_members_are_exported_from_the_lock_file_of_their_workspace(
    arguments: str, is_hook: bool, repository: GitRepository
) -> None:
    _write(repository, WORKSPACE)
    if not is_hook:
        repository.write("locksync.toml", f'exports = ["uv export {arguments}"]\n')
    repository.commit()
    fix = ("hook", "uv-export", *arguments.split()) if is_hook else ("fix",)
    assert repository.locksync(*fix).findings == ["LS002"]
    output = "apps/tool/requirements.txt"
    written = repository.read(output)
    repository.git("add", output)
    repository.commit()
    assert repository.locksync(*fix).code == 0
    repository.git("rm", "--quiet", output)
    repository.commit()
    assert _uv(repository, f"uv export {arguments}") == output
    assert repository.read(output) == written
    assert written.count("==") == 1


def test_an_edit_of_a_member_is_kept_in_its_manifest(repository: GitRepository) -> None:
    _write(repository, WORKSPACE)
    repository.commit()
    output = _uv(repository, "uv export -o requirements.txt", "apps/tool")
    repository.commit()
    repository.replace(output, "delta==1.0", "delta==1.0\nomega==2.0")
    repository.commit()
    run = repository.locksync("check")
    assert "keep it:  uv add --no-sync --directory apps/tool omega==2.0\n" in run.stdout


LINES = {
    "-o r.txt": "-e .",
    "--no-editable -o r.txt": ".",
    "--package tool -o r.txt": "-e ./apps/tool",
    "--package tool --no-editable -o r.txt": "./apps/tool",
}


@pytest.mark.parametrize(("arguments", "line"), LINES.items(), ids=list(LINES.values()))
def test_lines_of_the_projects_themselves_are_written(
    arguments: str, line: str, repository: GitRepository
) -> None:
    _write(repository, WORKSPACE)
    repository.commit()
    output = _uv(repository, f"uv export {arguments}")
    assert line in repository.read(output).splitlines()
    repository.commit()
    assert repository.locksync("check", "--strict").code == 0
    written = _spoil(repository, output)
    assert repository.locksync("fix").code == 0
    assert repository.read(output) == written


@pytest.mark.parametrize("output", ["requirements.txt", "req/dev.txt"])
def test_a_header_of_windows_is_kept_as_it_is(output: str, repository: GitRepository) -> None:
    _write(repository, {**PROJECT, "req/x": ""})
    repository.commit()
    _uv(repository, f"uv export --frozen -o {output}")
    path = ".\\" + output.replace("/", "\\")
    repository.replace(output, f"-o {output}", f"-o {path}")
    repository.commit()
    assert repository.locksync("check", "--strict").code == 0
    written = _spoil(repository, output)
    assert repository.locksync("fix").code == 0
    assert repository.read(output) == written
    assert f"-o {path}\n" in written


def test_a_marker_of_an_older_uv_means_the_same(repository: GitRepository) -> None:
    """As uv 0.5.31 to 0.12.0 wrote the marker of cffi for gevent and pyzmq, and 0.13.9 does not."""
    cpython = "platform_python_implementation == 'CPython' and sys_platform == 'win32'"
    pypy = "implementation_name == 'pypy'"
    older = (
        "(implementation_name == 'pypy' and platform_python_implementation != 'CPython')"
        " or (implementation_name == 'pypy' and sys_platform != 'win32')"
        " or (platform_python_implementation == 'CPython' and sys_platform == 'win32')"
    )
    asked = "".join(f', "alpha; {one}"' for one in (cpython, pypy))
    _write(
        repository,
        {
            "pyproject.toml": PYPROJECT.replace('"alpha"', asked.lstrip(", ")),
            "uv.lock": LOCK.replace(
                '{ name = "alpha" },', f'{{ name = "alpha", marker = "({pypy}) or ({cpython})" }},'
            ).replace(
                '[{ name = "alpha" }]',
                "["
                + ", ".join(f'{{ name = "alpha", marker = "{one}" }}' for one in (cpython, pypy))
                + "]",
            ),
        },
    )
    repository.commit()
    output = _uv(repository, "uv export -o requirements.txt")
    marker = next(
        line.split(" ; ")[1].removesuffix(" \\")
        for line in repository.read(output).splitlines()
        if line.startswith("alpha==")
    )
    repository.commit()
    assert repository.locksync("check").findings == []
    assert marker != older
    repository.replace(output, marker, older)
    repository.commit()
    assert repository.locksync("check").findings == []
    repository.replace(output, older, older.replace("== 'win32'", "== 'linux'"))
    repository.commit()
    assert repository.locksync("check").findings != []
