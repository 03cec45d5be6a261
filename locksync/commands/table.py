"""The table of subcommands, by name."""

from __future__ import annotations

from collections.abc import Callable

from locksync.commands.check import check
from locksync.commands.fix import fix
from locksync.commands.hook import hook
from locksync.commands.list import list_exports
from locksync.commands.outcome import Outcome, Run


def _init(run: Run) -> Outcome:
    from locksync.commands.init import init

    return init(run)


def _dockerfile(run: Run) -> Outcome:
    from locksync.commands.dockerfile import dockerfile

    return dockerfile(run)


COMMANDS: dict[str, Callable[[Run], Outcome]] = {
    "check": check,
    "fix": fix,
    "list": list_exports,
    "hook": hook,
    # Loaded only when called: no other subcommand needs what these two import.
    "init": _init,
    "dockerfile": _dockerfile,
}
