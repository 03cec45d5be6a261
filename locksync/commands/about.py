"""What locksync tells of itself: its versions, and what its codes mean."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress

from locksync.findings import Code
from locksync.repository.working_tree import Repository, RepositoryError
from locksync.settings import UsageError, nearest

PLACES = ("findings.md", "../docs/findings.md")
"""The page of the codes, from the package: as installed, and in a checkout."""


def versions() -> str:
    """The versions that decide verdicts, a line each."""
    from importlib.metadata import PackageNotFoundError, version

    from locksync.tools.registry import LIBRARIES

    lines = [f"Python {sys.version.split()[0]} ({sys.executable})"]
    for library in LIBRARIES:
        try:
            lines.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            lines.append(f"{library} is not installed")
    return "".join(f"{line}\n" for line in (*lines, *_tools()))


def _tools() -> Iterator[str]:
    from locksync.repository import process
    from locksync.tools.registry import TOOLS
    from locksync.verdict.ask import is_brought

    repository = _repository()
    for program in dict.fromkeys(tool.about.program for tool in TOOLS.values()):
        found = process.find_program(
            program, (), lambda path: repository is not None and is_brought(path, repository)
        )
        told = process.version(found) if found else ""
        yield f"{program}: {told} ({found[0]})" if found else f"{program} is not installed"


def _repository() -> Repository | None:
    """The repository around the working directory, whose programs are not started."""
    with suppress(RepositoryError):
        return Repository(os.curdir)
    return None


def explanation_of(codes: Sequence[str]) -> str:
    """What the documentation says of some codes. Raises UsageError for an unknown one."""
    page = _page()
    known = [str(code) for code in Code]
    found = []
    for code in map(str.upper, codes):
        if code not in known:
            raise UsageError(f"there is no code {code}{nearest(code, known)}")
        section = re.search(rf"^## {code} .*?(?=^<a id|^## |\Z)", page, re.MULTILINE | re.DOTALL)
        found.append(section[0].rstrip() if section else code)
    return "\n\n".join(found) + "\n"


def _page() -> str:
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for place in PLACES:
        path = os.path.join(package, *place.split("/"))
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                return file.read()
    raise UsageError("the page of the codes is not installed")
