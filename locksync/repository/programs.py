"""Where programs and interpreters are on this system, and how they are started and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

ON_WINDOWS = os.name == "nt"
ENDING = ".exe"
"""The programs of Windows that are started. A batch file would be given to a shell."""
SCRIPTS = "Scripts" if ON_WINDOWS else "bin"
"""The directory of an environment that holds its programs."""
GROUP: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""On Windows, a group of its own keeps Ctrl-C away from a tool, which is stopped in good order."""


def executable(path: str) -> str | None:
    """The program at a path, with the ending that Windows wants; None where there is none.

    `shutil.which` knows these endings only from Python 3.12 on.
    """
    if ON_WINDOWS and not path.lower().endswith(ENDING):
        path += ENDING
    return path if os.path.isfile(path) and os.access(path, os.X_OK) else None


def own_places() -> tuple[str, ...]:
    """The directories that hold the programs installed beside this Python."""
    here = os.path.dirname(sys.executable)
    # In a virtual environment of Windows, Python lies among the scripts; elsewhere, above them.
    return (here, os.path.join(here, SCRIPTS)) if ON_WINDOWS else (here,)


def interpreter_names(version: str) -> tuple[str, ...]:
    """What the interpreter of a Python version can be called on PATH."""
    return (f"python{version}", "python") if ON_WINDOWS else (f"python{version}",)


def launched(version: str, launcher: str | None, ask: Callable[[list[str]], str]) -> Iterator[str]:
    """The interpreter that the launcher of Windows starts for a Python version."""
    if ON_WINDOWS and launcher:
        words = [launcher, f"-{version}", "-I", "-c", "import sys; print(sys.executable)"]
        if found := executable(ask(words)):
            yield found


def kill_all_of(process: subprocess.Popen[bytes]) -> None:
    """Kill a running program and everything that it has started."""
    if ON_WINDOWS:
        system = os.environ.get("SYSTEMROOT", r"C:\Windows")
        killer = os.path.join(system, "System32", "taskkill.exe")
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                [killer, "/T", "/F", "/PID", str(process.pid)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
                check=False,
            )
    elif hasattr(os, "killpg"):
        with suppress(ProcessLookupError):  # It may have ended in the meantime.
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
