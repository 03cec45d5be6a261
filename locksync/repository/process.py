"""Start a tool, isolated from the environment of this process and with a time limit."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO

from locksync.model import Invocation
from locksync.repository.programs import (
    GROUP,
    ON_WINDOWS,
    SCRIPTS,
    executable,
    interpreter_names,
    kill_all_of,
    launched,
    own_places,
)

TIME_LIMIT = 600
"""How long a tool may run, in seconds. A new resolution can take minutes."""
MOST_OUTPUT = 64 * 2**20
"""The largest output that is accepted, in bytes."""
TELLS = re.compile(r"(?:error|fatal|because|cause|E:|\u00d7|\[?\w*error)\b|\u00d7", re.IGNORECASE)
"""How a line starts that says what is wrong."""
MOST_LINES = 2
ENVIRONMENT = {
    # A keyring might ask for a password, and nobody could answer.
    "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    "PYTHONIOENCODING": "utf-8",
    "NO_COLOR": "1",
    # Windows looks for programs in the working directory before all others.
    "NoDefaultCurrentDirectoryInExePath": "1",
}


_at_work: set[subprocess.Popen[bytes]] = set()
_stopped = threading.Event()


class ToolError(Exception):
    """A tool failed. The message completes a sentence that starts with the tool's name."""


def find_program(
    name: str, environments: Iterable[str], is_brought: Callable[[str], bool]
) -> tuple[str, ...] | None:
    """The path of a program: from this Python's environment, PATH, or another environment.

    `environments` are the absolute paths of virtual environments. A program in the working
    directory is never used, although some systems would, nor one that the repository brings.
    """
    others = (os.path.join(place, SCRIPTS) for place in environments)
    places = (*own_places(), *os.get_exec_path(), *others)
    found = next((path for path in _which(name, places) if not is_brought(path)), None)
    return (found,) if found else None


def _which(name: str, places: Iterable[str]) -> Iterator[str]:
    """The paths of a program in the directories that have it. Relative ones are skipped."""
    tried = (executable(os.path.join(place, name)) for place in places if os.path.isabs(place))
    return filter(None, tried)


def find_python(
    version: str, module: str, is_brought: Callable[[str], bool]
) -> tuple[str, ...] | None:
    """The words that run a module under a Python version, or None if that is not installed.

    No interpreter that the repository brings is started.
    """
    if version == ".".join(map(str, sys.version_info[:2])):
        interpreters = [sys.executable]
    else:
        interpreters = [*_interpreters(version, is_brought)]
    question = f"import sys, {module}; print(*sys.version_info[:2], sep='.')"
    for interpreter in interpreters:
        # Isolated, so that Python imports no module from the working directory.
        if _prints([interpreter, "-I", "-c", question]) == version:
            return (interpreter, "-I", "-m", module)
    return None


def _interpreters(version: str, is_brought: Callable[[str], bool]) -> Iterator[str]:
    places = os.get_exec_path()
    for name in interpreter_names(version):
        yield from (path for path in _which(name, places) if not is_brought(path))
    if ON_WINDOWS:
        launchers = (path for path in _which("py", places) if not is_brought(path))
        found = launched(version, next(launchers, None), _prints)
        yield from (path for path in found if not is_brought(path))


def run(program: Sequence[str], invocation: Invocation, directory: str) -> bytes:
    """Run a tool in a directory, and return what it writes. Raises ToolError."""
    talk = f"{invocation.output}.talk"
    with (
        open(invocation.output if invocation.to_stdout else f"{talk}.out", "wb") as stdout,
        open(f"{talk}.err", "wb") as stderr,
    ):
        code = _wait([*program, *invocation.arguments], directory, invocation, (stdout, stderr))
    if code:
        ending = f"died of signal {-code}" if code < 0 else f"ended with exit code {code}"
        said = _told(f"{talk}.err") or _told(f"{talk}.out")
        raise ToolError(f"{ending}: {said}" if said else ending)
    try:
        if os.path.getsize(invocation.output) > MOST_OUTPUT:
            raise ToolError(f"wrote more than {MOST_OUTPUT // 2**20} MiB")
        with open(invocation.output, "rb") as file:
            return file.read()
    except FileNotFoundError as error:
        raise ToolError("wrote nothing") from error


def end_tidily() -> None:
    """Have a request to end stop the tools, and remove what is temporary, as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        return  # Only that one may.
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def stop_all() -> None:
    """Stop all tools, whichever thread waits for them, those too that start after this."""
    _stopped.set()
    for process in tuple(_at_work):
        _stop(process)


def resume() -> None:
    """Let tools run again after `stop_all`."""
    _stopped.clear()


def version(program: Sequence[str]) -> str:
    """The version that a program prints, "" if it prints none."""
    return _prints([*program, "--version"])


def _prints(words: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environment({}),
            # Not in the repository, where some programs look for plugins.
            cwd=os.path.dirname(words[0]),
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace").strip().partition("\n")[0]


def _wait(
    words: list[str], directory: str, invocation: Invocation, streams: tuple[IO[bytes], IO[bytes]]
) -> int:
    try:
        process = subprocess.Popen(
            words,
            cwd=directory,
            env=_environment(invocation.environment, invocation.hidden),
            stdin=subprocess.DEVNULL,
            stdout=streams[0],
            stderr=streams[1],
            # A process group of its own, so that all that the tool starts can be stopped with it.
            start_new_session=True,
            creationflags=GROUP,
        )
    except OSError as error:
        raise ToolError(f"cannot be started: {error.strerror}") from error
    _at_work.add(process)
    if _stopped.is_set():
        _stop(process)
    # A timer, because `wait` with a timeout polls, which delays every run.
    late = threading.Event()

    def give_up() -> None:
        late.set()
        _stop(process)

    limit = threading.Timer(TIME_LIMIT, give_up)
    limit.daemon = True
    limit.start()
    try:
        code = process.wait()
    finally:
        limit.cancel()
        _stop(process)
        _at_work.discard(process)
    if late.is_set():
        raise ToolError(f"did not finish within {TIME_LIMIT} seconds and was stopped")
    return code


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a running tool and everything that it started."""
    if process.poll() is None:
        kill_all_of(process)


def _environment(changes: Mapping[str, str | None], hidden: tuple[str, ...] = ()) -> dict[str, str]:
    """This process's environment with the changes, without git's variables. None removes one.

    Variables with one of the `hidden` prefixes are left out too. During a commit, GIT_INDEX_FILE
    names the index of that commit, which a tool that runs git would corrupt.
    """
    left_out = ("GIT_", *hidden)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    # What the tool starts is not taken from where it works.
    path = os.pathsep.join(filter(os.path.isabs, os.get_exec_path()))
    wanted = {**kept, "PATH": path, **ENVIRONMENT, **changes}
    return {name: value for name, value in wanted.items() if value is not None}


def _told(path: str) -> str:
    start = max(os.path.getsize(path) - 10_000, 0)
    with open(path, "rb") as file:
        file.seek(start)
        text = file.read().decode(errors="replace")
    # Half of a line may be half of a URL, whose password nobody would recognise.
    return telling_lines("\n".join(text.splitlines()[1 if start else 0 :]))


def telling_lines(text: str) -> str:
    """What a tool says is wrong: its lines that tell of an error, else its last line."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    lines = [line for line in lines if any(map(str.isalnum, line))]
    told = [line for line in lines if TELLS.match(line)]
    return "; ".join(dict.fromkeys(told[:MOST_LINES])) or next(reversed(lines), "")
