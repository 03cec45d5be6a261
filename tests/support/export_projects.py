"""Run by poetry's own Python: `poetry export` in many directories, in one process.

Each directory given holds a project and its arguments in arguments.json; what poetry writes goes
to real.txt there, and nothing where it refuses.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys

from poetry.console.application import Application


def main(directories: list[str]) -> None:
    """Export the project in each directory."""
    for directory in directories:
        os.chdir(directory)
        with open("arguments.json", encoding="utf-8") as file:
            arguments = json.load(file)
        sys.argv = ["poetry", "export", *arguments, "--output", "real.txt"]
        application = Application()
        application.auto_exits(False)
        with contextlib.redirect_stderr(io.StringIO()), contextlib.suppress(Exception):
            application.run()


if __name__ == "__main__":
    main(sys.argv[1:])
