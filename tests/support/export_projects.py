"""Run a real tool's export command in many directories, in one process of that tool's Python.

The first argument is the tool. Each further argument is a directory with a project and, in
command.json, the words of its command. The output goes to real.txt there, unless the tool refuses.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path


def _poetry(command: list[str]) -> None:
    from poetry.console.application import Application

    sys.argv = [*command, "--output", "real.txt"]
    application = Application()
    application.auto_exits(False)
    with contextlib.suppress(Exception):
        application.run()


def _pipenv(command: list[str]) -> None:
    from pipenv.cli.command import cli

    sys.argv = command
    try:
        with contextlib.redirect_stdout(io.StringIO()) as stdout:
            cli()
    except SystemExit as left:
        if not left.code:
            Path("real.txt").write_text(stdout.getvalue(), encoding="utf-8")
    except Exception:
        return


def _pdm(command: list[str]) -> None:
    from pdm.core import Core

    with contextlib.suppress(SystemExit, Exception), contextlib.redirect_stdout(io.StringIO()):
        Core().main([*command[1:], "--output", "real.txt"])


EXPORT: dict[str, Callable[[list[str]], None]] = {"poetry": _poetry, "pipenv": _pipenv, "pdm": _pdm}


def main(tool: str, directories: list[str]) -> None:
    """Export the project in each directory."""
    for directory in directories:
        os.chdir(directory)
        command = json.loads(Path("command.json").read_text(encoding="utf-8"))
        with contextlib.redirect_stderr(io.StringIO()):
            EXPORT[tool](command)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
