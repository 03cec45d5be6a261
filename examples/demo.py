"""A commit that locksync stops, repairs and lets through, in a throw-away repository.

Needs Python and git alone: makes an environment with locksync and pre-commit, takes the lock files
of this directory into a new repository, adds the hook, changes a lock file and commits.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent
CHECKOUT = EXAMPLES.parent
CONFIGURATION = """\
repos:
- repo: {checkout}
  rev: {revision}
  hooks:
  - id: locksync
"""


def main() -> None:
    """Run the whole story, failing if any of its steps ends otherwise than told."""
    with tempfile.TemporaryDirectory(prefix="locksync-demo-") as directory:
        place = Path(directory)
        print("Making an environment with locksync and pre-commit ...", flush=True)
        programs = _install(place / "environment")
        shop = place / "shop"
        shutil.copytree(EXAMPLES / "sbl-filing-api", shop / "filing")
        shutil.copytree(EXAMPLES / "tock", shop / "tock")
        story = Story(shop, programs)
        story.run("git", "init", "--quiet")
        revision = subprocess.check_output(("git", "rev-parse", "HEAD"), cwd=CHECKOUT, text=True)
        configuration = CONFIGURATION.format(
            checkout=CHECKOUT.as_posix(), revision=revision.strip()
        )
        (shop / ".pre-commit-config.yaml").write_text(configuration)
        story.run("pre-commit", "install")
        story.run("git", "add", ".")
        story.run("git", "commit", "--quiet", "-m", "Two projects, in step")
        story.tell("A new version of boto3 is locked; nobody thinks of requirements.txt.")
        lock = shop / "filing/poetry.lock"
        text = lock.read_text(encoding="utf-8")
        changed = text.replace(
            'name = "boto3"\nversion = "1.40.75"', 'name = "boto3"\nversion = "1.40.76"'
        )
        assert changed != text
        lock.write_text(changed, encoding="utf-8")
        story.run("git", "commit", "--quiet", "-a", "-m", "boto3 1.40.76", code=1)
        story.tell("The hook has regenerated it. The command that it prints stages it.")
        story.run("git", "add", "filing/poetry.lock", "filing/requirements.txt")
        story.run("git", "commit", "--quiet", "-a", "-m", "boto3 1.40.76")
        story.run("git", "show", "--stat", "--format=%s")
        story.run("locksync", "list")


class Story:
    """Commands run in the repository, shown as they would be typed."""

    def __init__(self, repository: Path, programs: Path) -> None:
        self._repository = repository
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self._environment = {
            **kept,
            "PATH": os.pathsep.join((str(programs), kept.get("PATH", ""))),
            "PRE_COMMIT_HOME": str(repository.parent / "hooks"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "Demo",
            "GIT_AUTHOR_EMAIL": "demo@example.org",
            "GIT_COMMITTER_NAME": "Demo",
            "GIT_COMMITTER_EMAIL": "demo@example.org",
        }

    def tell(self, text: str) -> None:
        """Say what happens."""
        print(f"\n# {text}", flush=True)

    def run(self, *command: str, code: int = 0) -> None:
        """Run a command that is to end with an exit code."""
        print(
            "\n$ " + " ".join(f"'{word}'" if " " in word else word for word in command), flush=True
        )
        done = subprocess.run(
            command,
            cwd=self._repository,
            env=self._environment,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode != code:
            sys.exit(f"demo: exit code {done.returncode} where {code} was expected")


def _install(environment: Path) -> Path:
    venv.create(environment, with_pip=True)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    python = str(programs / "python")
    requirements = (str(CHECKOUT), "pre-commit")
    subprocess.run((python, "-m", "pip", "install", "--quiet", *requirements), check=True)
    return programs


if __name__ == "__main__":
    main()
