"""Runs that are killed, that meet a full disk or one another: nothing is lost or left behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from locksync.repository.writing import SUFFIX, replace
from tests.support.children import PYTHON
from tests.support.git import GitRepository
from tests.support.namespaces import unshared
from tests.support.projects import POETRY_OUTPUT, poetry_lock, poetry_project

NEW = POETRY_OUTPUT.replace("3.0.3", "3.0.4")
posix_only = pytest.mark.skipif(os.name == "nt", reason="signals and limits are those of POSIX")


@pytest.fixture
def project(repository: GitRepository) -> GitRepository:
    """A project one version behind."""
    for path, content in poetry_project().items():
        repository.write(path, content)
    repository.commit()
    repository.write("poetry.lock", poetry_lock("3.0.4"))
    return repository


def _start(project: GitRepository, program: str = "") -> subprocess.Popen[bytes]:
    """`locksync fix`, in a process of its own, after a program that changes how it runs."""
    # The memory is written in the same way as an output, and first.
    start = "from locksync.cli import main\nsys.exit(main(['fix', '--no-cache']))"
    code = f"import sys\n{program}\n{start}"
    return subprocess.Popen(
        [*PYTHON, "-I", "-c", code],
        cwd=project.path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _leftovers(project: GitRepository) -> list[str]:
    return [name for name in os.listdir(project.path) if name.endswith(SUFFIX)]


@posix_only
def test_a_kill_at_any_moment_leaves_a_whole_file(
    project: GitRepository, request: pytest.FixtureRequest
) -> None:
    times = 300 if request.config.getoption("--exhaustive") else 30
    generator = random.Random(1)
    seen = set()
    for _ in range(times):
        project.write("requirements.txt", POETRY_OUTPUT)
        process = _start(project)
        time.sleep(generator.uniform(0, 0.35))
        process.kill()
        process.communicate()
        seen.add(project.read("requirements.txt"))
    assert seen <= {POETRY_OUTPUT, NEW}
    assert project.locksync("fix").code == 0
    assert (project.read("requirements.txt"), _leftovers(project)) == (NEW, [])


KILLED_AT = {
    "before-writing": "os.ftruncate",
    "before-the-move": "os.replace",
    "half-way": "os.fsync",
}


@posix_only
@pytest.mark.parametrize("step", KILLED_AT.values(), ids=list(KILLED_AT))
@pytest.mark.parametrize("is_fresh_again", [False, True])
def test_the_next_run_uses_up_what_a_killed_one_left(
    step: str, is_fresh_again: bool, project: GitRepository
) -> None:
    program = f"import os, signal\n{step} = lambda *a: os.kill(os.getpid(), signal.SIGKILL)"
    process = _start(project, program)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert (project.read("requirements.txt"), len(_leftovers(project))) == (POETRY_OUTPUT, 1)
    if is_fresh_again:
        project.git("checkout", "--quiet", "--", "poetry.lock")
    assert project.locksync("fix").code == 0
    expected = POETRY_OUTPUT if is_fresh_again else NEW
    assert (project.read("requirements.txt"), _leftovers(project)) == (expected, [])


@posix_only
def test_a_limit_on_the_size_of_files_leaves_the_old_file(project: GitRepository) -> None:
    # A limit on the size of files is met in the middle of a write.
    program = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))"
    process = _start(project, program)
    said, _ = process.communicate()
    assert process.returncode == 2
    assert b"requirements.txt cannot be written: File too large" in said
    assert b"Traceback" not in said
    assert (project.read("requirements.txt"), _leftovers(project)) == (POETRY_OUTPUT, [])


IN_A_MOUNT = f"""\
set -eu
mount -t tmpfs -o size=1m tmpfs "$1"
cp -r "$2/." "$1"
cd "$1"
{{}}
{" ".join(PYTHON)} -I -m locksync fix && echo "ended with 0" || echo "ended with $?"
ls -A
cat requirements.txt
"""


@posix_only
@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        pytest.param(
            "dd if=/dev/zero of=filler bs=4k 2>&- || true", "No space left on device", id="full"
        ),
        pytest.param('mount -o remount,ro "$1"', "Read-only file system", id="read-only"),
    ],
)
def test_a_disk_that_takes_nothing_leaves_the_old_file(
    condition: str, reason: str, project: GitRepository, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    script = IN_A_MOUNT.format(condition)
    done = project.run(*unshared("--mount"), "sh", "-c", script, "sh", str(disk), str(project.path))
    assert f"requirements.txt cannot be written: {reason}" in done.stdout, done.stderr
    assert "ended with 2\n" in done.stdout
    assert done.stdout.endswith(POETRY_OUTPUT)
    assert SUFFIX not in done.stdout
    assert done.stderr == ""


@posix_only
def test_a_check_needs_no_place_to_write(project: GitRepository) -> None:
    alone = project.locksync("check", "--diff")
    script = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && cd "$1" && shift && "$@"'
    check = (*PYTHON, "-I", "-m", "locksync", "check", "--diff")
    done = project.run(*unshared("--mount"), "sh", "-c", script, "sh", str(project.path), *check)
    assert (done.returncode, done.stdout, done.stderr) == alone


@posix_only
def test_an_interrupted_run_leaves_the_tree_as_it_was(project: GitRepository) -> None:
    program = "import os\ndef stop(*arguments): raise KeyboardInterrupt\nos.replace = stop"
    process = _start(project, program)
    said, _ = process.communicate()
    assert (process.returncode, said) == (
        130,
        b"locksync: interrupted; no file was left half-written\n",
    )
    assert (project.read("requirements.txt"), _leftovers(project)) == (POETRY_OUTPUT, [])


def test_runs_at_once_do_not_meet(project: GitRepository, request: pytest.FixtureRequest) -> None:
    for _ in range(50 if request.config.getoption("--exhaustive") else 8):
        project.write("requirements.txt", POETRY_OUTPUT)
        pair = [_start(project) for _ in range(2)]
        said = [process.communicate()[0] for process in pair]
        assert [process.returncode for process in pair] == [0, 0], said
        assert (project.read("requirements.txt"), _leftovers(project)) == (NEW, [])


@posix_only
@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_nothing_is_written_through_a_file_in_the_place_of_ours(link: str, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    target = tmp_path / "requirements.txt"
    getattr(tmp_path / f".requirements.txt{SUFFIX}", link)(victim)
    replace(str(target), b"new", None)
    assert (victim.read_text(), target.read_bytes()) == ("precious", b"new")
    assert sorted(os.listdir(tmp_path)) == ["requirements.txt", "victim"]
