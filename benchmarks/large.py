"""How much longer a check takes in a large repository than in a small one.

Run it as `python -m benchmarks.large`. It prints ratios: a machine's speed does not matter.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import Command, measure
from benchmarks.projects import git
from tests.support.projects import COMPILED_OUTPUT

EXPORTS = 30
SIZES = {"50": 0, "50,000": 50_000, "200,000": 200_000}
ROUNDS = 5


def main() -> None:
    """Measure all sizes in turns, and print the ratio of each to the smallest."""
    with tempfile.TemporaryDirectory() as place:
        repositories = {
            name: _repository(Path(place, name), count) for name, count in SIZES.items()
        }
        texts = _repository(Path(place, "texts"), 200_000, ".txt")
        for how, options in (("cold", ("--no-cache",)), ("warm", ())):
            words = (sys.executable, "-m", "locksync", *options, "check")
            cache = {"LOCKSYNC_CACHE_DIR": str(Path(place, "cache"))}
            commands = {name: Command(words, path, cache) for name, path in repositories.items()}
            times = measure({**commands, "200,000 texts": Command(words, texts, cache)}, ROUNDS)
            base = min(times["50"].seconds)
            for name, found in times.items():
                print(f"{how}, {name} files: {min(found.seconds) / base:.2f} times")


def _repository(path: Path, count: int, ending: str = ".py") -> Path:
    """Thirty compiled files among many others, which are in the index and on disk."""
    for number in range(EXPORTS):
        directory = path / f"s{number}"
        directory.mkdir(parents=True)
        (directory / "requirements.in").write_text("flask\n")
        (directory / "requirements.txt").write_text(COMPILED_OUTPUT)
    for number in range(count):
        file = path / f"d{number // 1000}" / f"f{number % 1000}{ending}"
        file.parent.mkdir(exist_ok=True)
        file.write_text("x\n")
    subprocess.run(("git", "init", "--quiet", str(path)), check=True)
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "-m", "all")
    shutil.rmtree(path / ".git" / "hooks", ignore_errors=True)
    return path


if __name__ == "__main__":
    main()
