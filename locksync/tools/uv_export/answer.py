"""From a `uv export` command to its Answer: only what can be said of the lock file."""

from __future__ import annotations

from locksync.findings import Repair
from locksync.model import Answer, Export
from locksync.repository.protocol import Tree
from locksync.tools.shared.arguments import unsupported
from locksync.tools.uv_export.freshness import examine_lock
from locksync.tools.uv_export.run import runnable_options


def answer(export: Export, tree: Tree, make_lock: Repair) -> Answer:
    """What is known without uv, see `locksync.tools.protocol.Tool.answer`."""
    runnable_options(export, tree)
    findings, files, python = examine_lock(export.lock, tree, make_lock)
    reason = "only uv itself can tell what it would write"
    findings = (*findings, unsupported(export, reason).finding)
    return Answer(None, findings, inputs=files, python=python)
