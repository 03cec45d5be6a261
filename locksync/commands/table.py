"""The subcommands, by the names under which they are typed."""

from __future__ import annotations

from collections.abc import Callable

from locksync.commands.outcome import Outcome, Run


# A run needs one of them. To load the others would take longer than to read a lock file.
def _check(run: Run) -> Outcome:
    from locksync.commands.check import check

    return check(run)


def _fix(run: Run) -> Outcome:
    from locksync.commands.fix import fix

    return fix(run)


def _list(run: Run) -> Outcome:
    from locksync.commands.list import list_exports

    return list_exports(run)


def _hook(run: Run) -> Outcome:
    from locksync.commands.hook import hook

    return hook(run)


def _init(run: Run) -> Outcome:
    from locksync.commands.init import init

    return init(run)


def _dockerfile(run: Run) -> Outcome:
    from locksync.commands.dockerfile import dockerfile

    return dockerfile(run)


COMMANDS: dict[str, Callable[[Run], Outcome]] = {
    "check": _check,
    "fix": _fix,
    "list": _list,
    "hook": _hook,
    "init": _init,
    "dockerfile": _dockerfile,
}
