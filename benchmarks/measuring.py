"""Time commands in turns, so that a busy machine disturbs all of them alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Command(NamedTuple):
    """A command to time."""

    words: Sequence[str | Path]
    directory: Path
    environment: Mapping[str, str] = {}


class Times(NamedTuple):
    """The wall times of one command, in seconds."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median time."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        """Half the distance between the quartiles, as a fraction of the median."""
        lower, _, upper = statistics.quantiles(self.seconds, n=4)
        return (upper - lower) / 2 / self.median


def measure(commands: Mapping[str, Command], rounds: int) -> dict[str, Times]:
    """Time commands one after the other, round by round.

    An extra round at the start warms all caches. Raises RuntimeError if a command fails.
    """
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            taken = run(command)
            if number:
                seconds[name].append(taken)
    return {name: Times(tuple(found)) for name, found in seconds.items()}


def run(command: Command) -> float:
    """Run a command. Returns its time in seconds. Raises RuntimeError if it fails."""
    start = time.perf_counter()
    done = subprocess.run(
        command.words,
        cwd=command.directory,
        env={**os.environ, **command.environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    taken = time.perf_counter() - start
    if done.returncode:
        words = " ".join(map(str, command.words))
        raise RuntimeError(f"{words} ended with {done.returncode}: {done.stderr[-500:]}")
    return taken
