"""A check writes nothing, opens no socket, starts nothing but git, runs no code it finds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.git import GitRepository
from tests.support.projects import (
    compiled_project,
    pdm_lock,
    pdm_project,
    pipenv_project,
    poetry_lock,
    poetry_project,
)

WATCH = """
import json, os, sys

seen = []
root = os.path.realpath(os.getcwd())

def watch(event, args):
    if event.startswith("socket."):
        seen.append([event, repr(args)])
    elif event == "subprocess.Popen":
        seen.append([event, os.path.basename(args[0])])
    elif event in ("os.exec", "os.posix_spawn", "os.system", "os.fork"):
        seen.append([event, repr(args)])
    elif event == "open":
        path, mode, flags = args
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        if isinstance(path, str) and writes and os.path.realpath(path).startswith(root):
            seen.append([event, path])
    elif event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.link",
                   "os.symlink", "os.truncate", "os.utime"):
        seen.append([event, repr(args)])

from locksync.cli import main
sys.addaudithook(watch)
code = main(sys.argv[1:])
sys.stdout.flush()
inside = [name for name, module in sys.modules.items()
          if str(getattr(module, "__file__", "") or "").startswith(root)]
print(json.dumps({"code": code, "seen": seen, "inside": inside}), file=sys.stderr)
"""
TRAPS = ("tomli.py", "packaging.py", "poetry.py", "sitecustomize.py", "setup.py", "argparse.py")


@pytest.fixture
def hostile(repository: GitRepository) -> GitRepository:
    """Stale projects among modules that would be run if anything imported them."""
    projects = {
        **poetry_project(),
        **pipenv_project("below"),
        **pdm_project("beside"),
        **compiled_project("compiled"),
    }
    for path, content in projects.items():
        repository.write(path, content)
    repository.write(
        "compiled/setup/setup.py", "raise SystemExit('code of the repository was run')"
    )
    repository.commit()
    repository.write("compiled/requirements.in", "flask>=4\nsix\n")
    repository.write("poetry.lock", poetry_lock("3.0.4"))
    repository.write("below/requirements.txt", "edited==1\n")
    repository.write("beside/pdm.lock", pdm_lock("3.0.4"))
    for name in TRAPS:
        repository.write(name, "raise SystemExit('code of the repository was run')\n")
    repository.write(".poetry/plugins/x.pth", "import trap\n")
    repository.git("add", "--all")
    return repository


@pytest.mark.parametrize(
    "arguments", [["check", "--diff"], ["list"], ["hook", "--check"], ["check", "--format", "json"]]
)
def test_a_check_starts_nothing_but_git(
    hostile: GitRepository, tmp_path: Path, arguments: list[str]
) -> None:
    script = tmp_path / "watch.py"
    script.write_text(WATCH)
    done = hostile.run(sys.executable, str(script), *arguments)
    told = json.loads(done.stderr.splitlines()[-1])
    assert told["code"] in (0, 1)
    assert {tuple(event) for event in told["seen"]} == {("subprocess.Popen", "git")}
    assert told["inside"] == []


def test_the_program_takes_no_module_from_the_working_directory(hostile: GitRepository) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "locksync", "check"],
        cwd=hostile.path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
