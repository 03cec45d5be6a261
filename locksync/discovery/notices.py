"""What discovery has to say of files that it takes for no export, or for a first one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locksync.discovery.headers import Claim
from locksync.findings import Code, Finding, Notice
from locksync.model import Export
from locksync.tools.registry import TOOLS

if TYPE_CHECKING:
    from locksync.discovery.search import Explanation


def not_explained(found: Explanation, *, is_configured: bool) -> Finding:
    """The finding for a file that is pinned like an export, and explained by nothing.

    Where there are settings already, `init` has nothing more to write: a person has to choose.
    """
    if found.finding:
        return found.finding
    message = (
        f"{found.output} is not explained: it looks exported, and {found.reason}. `locksync init` "
        "shows the ways on"
    )
    exclude = f'exclude = ["{found.output}"]'
    export = found.export
    if export and not export.directory and not is_configured:
        advice = (
            f"If people or a script write it, put {exclude} under [tool.locksync] in "
            f'pyproject.toml. To have it written so, put exports = ["{export.command}"] there'
        )
    else:
        advice = (
            "Under [tool.locksync], put its command into exports or, if people write it, "
            "the file into exclude"
        )
    return Finding(Code.UNEXPLAINED, message, found.output, advice=advice)


def not_found(claim: Claim) -> Notice:
    """The notice for a header whose input files are not found."""
    message = (
        f"{claim.path} is not checked: its header names {claim.program}, but its input files are "
        f"not found. Put its command into exports of [tool.locksync], or the file into exclude"
    )
    return Notice(message, claim.path)


def to_do_without(export: Export) -> Notice:
    """The notice that comes with the first export of a repository."""
    lock = TOOLS[export.tool].inputs(export)[0]
    message = (
        f"{lock} is the first here to get an export. To do without, put "
        f'exclude = ["{export.output}"] under [tool.locksync] in pyproject.toml'
    )
    return Notice(message, lock)
