"""Whether the lock file covers the workspace's members, and their Python versions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from locksync.repository import paths
from locksync.tools.uv_export.comparison.facts import Facts, of
from locksync.tools.uv_export.errors import RefusedError, UndecidableError
from locksync.tools.uv_export.pythons import bounds, parse_pythons

PINNED = ".python-version"
"""Names the Python that uv runs under."""
DEFAULT = re.compile(r">=\d+\.\d+")
VERSION = re.compile(r"(?:cpython-|python)?(\d+\.\d+)(?:\.\d+)?", re.IGNORECASE)


def check_python(facts: Facts) -> Iterator[str]:
    """Compare `requires-python` of all members."""
    wanted = [
        member.project.string("requires-python")
        for member in facts.workspace.manifests
        if "requires-python" in member.project
    ]
    if not wanted:
        yield from _check_default_python(facts)
        return
    allowed = bounds(parse_pythons(",".join(wanted)))
    if allowed is None:
        raise RefusedError("no version of Python is one that all members require")
    if allowed != bounds(facts.pythons):
        yield facts.of_root("requires-python has changed")


def _check_default_python(facts: Facts) -> Iterator[str]:
    """Without any requires-python, uv takes the Python that it runs under, and later ones."""
    locked = facts.document.string("requires-python", "")
    if not DEFAULT.fullmatch(locked):
        yield facts.of_root("requires-python has been removed")
        return
    pinned = facts.tree.read(paths.join(facts.root, PINNED)) or b""
    match = VERSION.fullmatch(pinned.decode("utf-8", "replace").strip())
    if match is None:
        raise UndecidableError("without requires-python, uv takes the Python that it runs under")
    if locked != f">={match[1]}":
        yield f"{paths.join(facts.root, PINNED)}: it names another Python"


def check_members(facts: Facts) -> Iterator[str]:
    """Compare the members, where they are and how uv installs them."""
    members = facts.workspace.members
    is_alone = facts.workspace.root.has_project and len(members) == 1
    expected = set() if is_alone else set(members)
    if expected != set(facts.manifest.strings("members")):
        yield facts.of_root("the members of the workspace have changed")
    for name, member in members.items():
        if name not in facts.locals:
            yield of(member, f"the lock file has no {name}")
            return
        kind = facts.member_kinds[name]
        if (facts.locals[name].kind, facts.locals[name].directory) != (kind, member.directory):
            yield of(member, f"{name} is now {kind}")
