"""Tools that are run where nothing else can tell, and all that can go wrong with them."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from locksync.repository import process as running
from tests.support import real_tools
from tests.support.git import GitRepository
from tests.support.projects import (
    POETRY_OUTPUT,
    pdm_project,
    pipenv_project,
    poetry_lock,
    poetry_project,
)

COMMANDS = {
    "poetry": "poetry export --with-credentials -o requirements.txt",
    "pipenv": "pipenv requirements --pypi-mirror https://mirror.example.org > requirements.txt",
    "pdm": "pdm export --pyproject -o requirements.txt",
}
PROJECTS = {"poetry": poetry_project(), "pipenv": pipenv_project(), "pdm": pdm_project()}
NEW = POETRY_OUTPUT.replace("3.0.3", "3.0.4")
FAKE = """\
#!{python} -S
import json, os, signal, subprocess, sys, time
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "started.json"), "w") as file:
    json.dump({{"argv": sys.argv[1:], "environ": dict(os.environ), "cwd": os.getcwd()}}, file)
if sys.argv[1:] == ["--version"]:
    sys.exit(print("Fake (version 7)"))
NEW = {new!r}

def write(text):
    if "--output" in sys.argv:
        with open(sys.argv[sys.argv.index("--output") + 1], "w", encoding="latin-1") as file:
            file.write(text)
    else:
        sys.stdout.write(text)

{body}
"""


class Fake:
    """A program that takes the place of a tool."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True)

    def install(self, body: str, name: str = "poetry") -> None:
        program = self._directory / name
        program.write_text(FAKE.format(python=sys.executable, new=NEW, body=body))
        program.chmod(0o755)

    @property
    def started(self) -> dict[str, object] | None:
        """How it was started last, None if it was not."""
        told = self._directory / "started.json"
        return json.loads(told.read_text()) if told.exists() else None


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    programs = tmp_path / "programs"
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return Fake(programs)


def _commit(repository: GitRepository, tool: str = "poetry") -> None:
    for path, content in PROJECTS[tool].items():
        repository.write(path, content)
    repository.write("locksync.toml", f"exports = [{json.dumps(COMMANDS[tool])}]\n")
    repository.commit()


def test_a_check_does_not_run_the_tool(repository: GitRepository, fake: Fake) -> None:
    _commit(repository)
    fake.install("write(NEW)")
    run = repository.locksync("check")
    assert (run.code, run.findings, fake.started) == (2, ["LS010"], None)


def test_fix_runs_the_tool_and_takes_what_it_writes(repository: GitRepository, fake: Fake) -> None:
    _commit(repository)
    fake.install("write(NEW)")
    run = repository.locksync("fix", "--verbose")
    assert (run.code, run.findings) == (0, ["LS001"])
    assert repository.read("requirements.txt") == NEW
    assert "(Fake (version 7))" in run.stderr
    again = repository.locksync("fix", "--format", "json")
    told = json.loads(again.stdout)
    assert (told["verdict"], told["exports"][0]["how"]) == ("fresh", "ran")


def test_what_a_tool_said_is_not_remembered(repository: GitRepository, fake: Fake) -> None:
    _commit(repository)
    fake.install(f"write({POETRY_OUTPUT!r})")
    assert repository.locksync("fix") == (0, "", "1 export fresh, nothing to regenerate\n")
    fake.install("write(NEW)")
    assert repository.locksync("fix").findings == ["LS001"]


def test_the_hook_runs_the_tool_only_for_what_has_changed(
    repository: GitRepository, fake: Fake
) -> None:
    _commit(repository)
    fake.install("write(NEW)")
    repository.write("another.md", "x")
    repository.git("add", "another.md")
    quiet = repository.locksync("hook", "--verbose")
    assert (quiet.code, quiet.stdout, fake.started) == (0, "", None)
    assert "skipped, because none of its files has changed" in quiet.stderr
    repository.write("poetry.lock", poetry_lock("3.0.4"))
    checked = repository.locksync("hook", "--check")
    assert (checked.code, checked.findings, fake.started) == (2, ["LS010"], None)
    run = repository.locksync("hook")
    assert (run.code, run.findings) == (1, ["LS001"])
    assert repository.read("requirements.txt") == NEW


def test_the_hook_discards_no_edit_for_what_the_tool_writes(
    repository: GitRepository, fake: Fake
) -> None:
    _commit(repository)
    fake.install("write(NEW)")
    repository.write("requirements.txt", "edited==1\n")
    run = repository.locksync("hook")
    assert (run.code, run.findings) == (1, ["LS006"])
    assert repository.read("requirements.txt") == "edited==1\n"


def test_a_tool_is_started_by_itself(
    repository: GitRepository, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    _commit(repository)
    fake.install("assert sys.stdin.read() == ''\nwrite(NEW)")
    monkeypatch.setenv("GIT_INDEX_FILE", str(repository.path / ".git/index"))
    assert repository.locksync("fix").code == 0
    assert fake.started is not None
    environ = fake.started["environ"]
    assert isinstance(environ, dict)
    assert not [name for name in environ if name.startswith("GIT_")]
    assert environ["PYTHON_KEYRING_BACKEND"] == "keyring.backends.null.Keyring"
    assert environ["POETRY_VIRTUALENVS_CREATE"] == "false"
    assert fake.started["cwd"] == str(repository.path.resolve())


class Fault(NamedTuple):
    """What a tool does, and what is said of it."""

    body: str
    finding: str
    says: str
    tool: str = "poetry"


FAULTS = {
    "fails-half-way": Fault(
        "write(NEW[:9])\nprint('first', file=sys.stderr)\nsys.exit('it broke')",
        "LS011",
        "poetry ended with exit code 1: it broke",
    ),
    "complains-on-stdout": Fault("print('no')\nsys.exit(3)", "LS011", "exit code 3: no"),
    "dies": Fault("write(NEW)\nos.kill(os.getpid(), 9)", "LS011", "poetry died of signal 9"),
    "hangs": Fault("time.sleep(600)", "LS011", "did not finish within 1 seconds"),
    "writes-nothing": Fault("pass", "LS011", "poetry wrote nothing"),
    "writes-too-much": Fault("write('x' * 2000)", "LS011", "wrote more than 0 MiB"),
    "writes-no-utf-8": Fault("write(chr(255))", "LS011", "poetry wrote no UTF-8 text"),
    "writes-chatter": Fault(
        "write('Creating virtualenv a in /b\\n' + NEW)",
        "LS011",
        "wrote a line that is not a requirement: 'Creating virtualenv a in /b'",
    ),
    "prints-chatter": Fault(
        "print('Courtesy Notice: Pipenv found itself')\nwrite(NEW)",
        "LS011",
        "wrote a line that is not a requirement: 'Courtesy Notice: Pipenv found itself'",
        "pipenv",
    ),
    "writes-a-password": Fault(
        "write('--index-url https://me:secret@example.org\\n' + NEW)",
        "LS017",
        "puts credentials in the URL https://****@",
    ),
}


@pytest.mark.parametrize("fault", [pytest.param(fault, id=name) for name, fault in FAULTS.items()])
def test_a_tool_that_fails_changes_nothing(
    fault: Fault, repository: GitRepository, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "TIME_LIMIT", 1)
    monkeypatch.setattr(running, "MOST_OUTPUT", 1000)
    _commit(repository, fault.tool)
    fake.install(fault.body, fault.tool)
    before = repository.read("requirements.txt")
    run = repository.locksync("fix")
    assert (run.code, run.findings) == (2, [fault.finding])
    assert fault.says in run.stdout
    assert "secret" not in run.stdout + run.stderr
    assert repository.read("requirements.txt") == before
    assert repository.status() == ""


def test_chatter_does_not_reach_the_file(repository: GitRepository, fake: Fake) -> None:
    _commit(repository)
    fake.install("print('Skipping virtualenv creation\\n' * 10**6)\nwrite(NEW)")
    assert repository.locksync("fix").code == 0
    assert repository.read("requirements.txt") == NEW


def test_what_a_hanging_tool_has_started_is_stopped_too(
    repository: GitRepository, fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "TIME_LIMIT", 0.5)
    mark = tmp_path / "mark"
    late = f"import time; time.sleep(1.5); open({str(mark)!r}, 'w')"
    _commit(repository)
    fake.install(f"subprocess.run([{sys.executable!r}, '-c', {late!r}])")
    assert repository.locksync("fix").code == 2
    time.sleep(1.5)
    assert not mark.exists()


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interruption_stops_all_tools_that_are_at_work(
    name: str, repository: GitRepository, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = repository.path.parent / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    for directory in ("a", "b"):
        for path, content in PROJECTS["poetry"].items():
            repository.write(f"{directory}/{path}", content)
        exports = f"exports = [{json.dumps(COMMANDS['poetry'])}]\n"
        repository.write(f"{directory}/locksync.toml", exports)
    repository.commit()
    once = f"os.mkdir(os.path.join(here, 'sent'))\nos.kill(os.getppid(), signal.{name})"
    fake.install(f"try:\n {once.replace(chr(10), chr(10) + ' ')}\nfinally: time.sleep(20)")
    # A shell that starts the tests in the background has them ignore the signal.
    number = getattr(signal, name)
    usual = signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL
    before = signal.signal(number, usual)
    start = time.monotonic()
    try:
        run = repository.locksync("fix")
    finally:
        signal.signal(number, before)
    assert (run.code, time.monotonic() - start < 10) == (130, True)
    assert repository.status() == ""
    assert not [*place.iterdir()]


INSTALLED = {
    "pipx": "pipx install poetry && pipx inject poetry poetry-plugin-export",
    "uv": "uv tool install poetry --with poetry-plugin-export",
}


@pytest.mark.usefixtures("only_git")
def test_a_missing_tool_is_named_with_the_way_to_get_it(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    _commit(repository)
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}programs")
    repository.write("programs/poetry", "#!/bin/sh\n")
    run = repository.locksync("fix")
    assert (run.code, run.findings) == (2, ["LS018"])
    assert "`additional_dependencies: [poetry, poetry-plugin-export]`" in run.stdout
    assert "run:  " not in run.stdout
    for installer, line in INSTALLED.items():
        Fake(repository.path.parent / installer).install("", installer)
        monkeypatch.setenv("PATH", f"{repository.path.parent / installer}:{os.environ['PATH']}")
        assert f"  run:  {line}\n" in repository.locksync("fix").stdout


@pytest.mark.usefixtures("only_git")
@pytest.mark.parametrize("committed", [False, True])
def test_an_environment_that_is_committed_is_not_trusted(
    committed: bool, repository: GitRepository
) -> None:
    _commit(repository)
    inside = Fake(repository.path / ".venv/bin")
    inside.install("write(NEW)")
    if committed:
        repository.git("add", ".venv/bin/poetry")
    run = repository.locksync("fix")
    assert run.code == (2 if committed else 0)
    assert (inside.started is None) is committed


def test_no_tool_is_started_where_it_would_run_committed_code(
    repository: GitRepository, fake: Fake
) -> None:
    _commit(repository)
    fake.install("write(NEW)")
    repository.write(".poetry/plugins/x.pth", "import trap\n")
    repository.git("add", "--all")
    run = repository.locksync("fix")
    assert (run.code, run.findings, fake.started) == (2, ["LS016"], None)
    assert "poetry would run the code in .poetry/plugins/x.pth" in run.stdout


@pytest.mark.parametrize(
    ("tool", "lock", "smuggled"),
    [
        ("poetry", "poetry.lock", ('"sha256:aa"', r'"sha256:aa\nevil==1"')),
        ("pipenv", "Pipfile.lock", ('"==3.0.3"', r'"==3.0.3\nevil==1"')),
        ("pdm", "pdm.lock", ('"3.0.3"', r'"3.0.3\nevil==1"')),
    ],
)
def test_no_tool_is_given_a_lock_file_that_smuggles_lines(
    tool: str, lock: str, smuggled: tuple[str, str], repository: GitRepository, fake: Fake
) -> None:
    _commit(repository, tool)
    fake.install("write(NEW)", tool)
    repository.replace(lock, *smuggled)
    run = repository.locksync("fix")
    assert (run.code, run.findings, fake.started) == (2, ["LS016"], None)


@pytest.mark.real
@pytest.mark.parametrize("tool", list(COMMANDS))
def test_the_real_tool_is_asked(
    tool: str, repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    _commit(repository, tool)
    programs = real_tools.program(tool).parent
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    repository.write("requirements.txt", "flask==3.0.2\n")
    repository.commit()
    run = repository.locksync("fix", "--verbose")
    assert run.code == 0, run
    # Neither a virtual environment nor a note of a Python is left behind.
    assert repository.status() == " M requirements.txt\n"
    words = COMMANDS[tool].removesuffix("-o requirements.txt").partition(">")[0].split()
    by_hand = real_tools.written_by(tool, words[1:], repository.path)
    assert by_hand is not None
    assert repository.read("requirements.txt") == by_hand
    assert str(programs / tool) in run.stderr


def test_pdm_is_run_on_a_copy_of_the_project(
    repository: GitRepository, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    _commit(repository, "pdm")
    fake.install(
        "open('left-behind', 'w')\nassert {'pdm.lock', 'pyproject.toml'} <= {*os.listdir()}\n"
        "write('flask @ file://' + os.getcwd() + '/libs/flask\\n')",
        "pdm",
    )
    monkeypatch.setenv("PDM_LOCKFILE", "another.lock")
    run = repository.locksync("fix")
    assert (run.code, run.findings) == (0, ["LS001"])
    assert repository.status() == " M requirements.txt\n"
    assert repository.read("requirements.txt") == (
        f"flask @ {repository.path.resolve().as_uri()}/libs/flask\n"
    )
    assert fake.started is not None
    environ = fake.started["environ"]
    assert isinstance(environ, dict)
    assert "PDM_LOCKFILE" not in environ
    assert (environ["PDM_CHECK_UPDATE"], environ["PDM_USE_VENV"]) == ("0", "0")


@pytest.mark.parametrize(
    ("options", "files", "says"),
    [
        ("--no-markers", {}, "with --no-markers, it may depend on the machine where PDM runs"),
        ("--pyproject", {"pdm.toml": "[pypi]\n"}, "pdm.toml has settings that could have PDM do"),
        (
            "--pyproject",
            {"pyproject.toml": '[project]\nname = "a"\n[tool.pdm.workspace]\nmembers = ["b"]\n'},
            "PDM would need the members of the workspace",
        ),
        ("-f pylock --no-hashes --self", {}, "PDM would build the project itself"),
        (
            "--pyproject",
            {"pyproject.toml": '[tool.pdm.scripts]\npre_invoke = "touch trap"\n'},
            "PDM would run the script pre_invoke of pyproject.toml",
        ),
    ],
)
def test_where_pdm_would_do_something_else_it_is_not_run(
    options: str, files: dict[str, str], says: str, repository: GitRepository, fake: Fake
) -> None:
    _commit(repository, "pdm")
    repository.write("locksync.toml", f'exports = ["pdm export {options}"]\n')
    for path, content in files.items():
        repository.write(path, content)
    repository.commit()
    fake.install("write(NEW)", "pdm")
    run = repository.locksync("fix")
    assert (run.code, fake.started) == (2, None)
    assert says in run.stdout


def test_pdm_is_not_run_for_a_header_that_does_not_tell_its_command(
    repository: GitRepository, fake: Fake
) -> None:
    for path, content in pdm_project(output=None).items():
        repository.write(path, content)
    repository.write("dev.txt", "# This file is @generated by PDM.\n\nflask==3.0.3\n")
    repository.commit()
    fake.install("write(NEW)", "pdm")
    for command in ("check", "hook", "fix"):
        run = repository.locksync(command)
        assert (run.code, run.findings, fake.started) == (2, ["LS022"], None)
    assert "`pdm export --no-hashes -o dev.txt` comes nearest" in run.stdout
    assert repository.status() == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("error: the argument cannot be used\n\nFor more information, try '--help'.\n", 0),
        ("Traceback:\n  x\nERROR: Cannot install a.\nFor help visit https://example.org\n", 2),
        ("  one\n  error: two\n  cause: three\n  hint: four\n", (1, 2)),
        ("starting\nit broke\n\n", 1),
        ("", None),
    ],
)
def test_what_a_tool_says_is_told_by_its_telling_lines(
    text: str, told: int | tuple[int, ...] | None
) -> None:
    lines = [line.strip() for line in text.splitlines()]
    places = (told,) if isinstance(told, int) else told or ()
    assert running.telling_lines(text) == "; ".join(lines[place] for place in places)
