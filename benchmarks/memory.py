"""Measure the memory of a command and of all processes that it starts."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from benchmarks.measuring import Command

EVERY = 0.01


def peak(command: Command) -> int | None:
    """The peak memory of a command in bytes, or None if the system has no /proc.

    Shared memory is counted once: this is the proportional set size of proc_pid_smaps(5).
    """
    with subprocess.Popen(
        command.words,
        cwd=command.directory,
        env={**os.environ, **command.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        most = 0
        while process.poll() is None:
            most = max(most, sum(map(_share, _group(process.pid))))
            time.sleep(EVERY)
    return most or None


def _group(leader: int) -> list[Path]:
    """The directories in /proc of the processes of a group."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            fields = (directory / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[2] == str(leader):
            found.append(directory)
    return found


def _share(directory: Path) -> int:
    try:
        lines = (directory / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
