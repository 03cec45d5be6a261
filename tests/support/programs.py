"""A PATH without the tools: some machines have them, and a hook would ask them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

TOOLS = ("pdm", "pip-compile", "pipenv", "poetry", "uv")


def without_tools(places: Iterable[str], links: Path) -> Iterator[str]:
    """The directories of a PATH, with links to all other programs for those that have a tool."""
    for number, place in enumerate(places):
        if not any(shutil.which(tool, path=place) for tool in TOOLS):
            yield place
        elif os.name != "nt":  # Where links need a privilege.
            yield str(_linked(place, links / str(number)))


def _linked(place: str, links: Path) -> Path:
    links.mkdir()
    for program in Path(place).resolve().iterdir():
        if program.name not in TOOLS:
            (links / program.name).symlink_to(program)
    return links
