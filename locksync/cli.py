"""The command line: arguments to settings, findings to an exit code. Only this module prints."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from locksync import __version__
from locksync.repository.working_tree import Repository, RepositoryError
from locksync.settings import Settings, UsageError
from locksync.verdict.memory import Memory, default_directory

USAGE_ERROR = 2
BUG = 3
INTERRUPTED = 130


EPILOG = """\
exit codes:
  0  every export is fresh, or was made so by fix
  1  an output or a lock file is stale; for hook: or was regenerated; for init: not explained
  2  something cannot be told, or the command line or configuration is wrong
  3  a bug in locksync
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run locksync with command line arguments and return its exit code."""
    _never_fail_to_print()
    # A run is short: to look for cycles as often as Python does would be a thirtieth of it.
    gc.set_threshold(100_000)
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except (UsageError, RepositoryError) as error:
        _talk(f"locksync: {error}")
        return USAGE_ERROR
    except KeyboardInterrupt:
        _talk("locksync: interrupted, nothing was left half-written")
        return INTERRUPTED
    except Exception:
        import traceback

        traceback.print_exc()
        _talk("locksync: this is a bug in locksync: please report it with the lines above")
        return BUG


def _never_fail_to_print() -> None:
    # File names need not be text, and consoles need not know every letter.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _talk(text: str) -> None:
    from locksync.requirements.credentials import without_credentials

    print(without_credentials(text), file=sys.stderr)


def _print(report: str) -> None:
    from locksync.requirements.credentials import without_credentials

    if sys.stdout is None:
        return  # The caller has closed it.
    try:
        sys.stdout.write(without_credentials(report))
        sys.stdout.flush()
    except OSError as error:
        # What Python flushes on leaving is to go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # The reader has seen enough.
            raise UsageError(f"the report cannot be printed: {error.strerror}") from error


def _run(argv: Sequence[str]) -> int:
    settings = _parser().parse_args(argv, Settings())
    repository = Repository(settings.directory)
    memory = Memory(default_directory() if settings.cache else None, repository)
    subject = (*settings.subject(), repository.prefix)
    if settings.is_remembered and (state := memory.recall(*subject)):
        _, outputs = state
        return _leave_fresh(outputs, settings, repository)

    # All else is imported only now: start-up is most of what a run takes that finds no change.
    from locksync.commands.outcome import Run
    from locksync.commands.table import COMMANDS

    outcome = COMMANDS[settings.command](Run(settings, repository, memory))
    _print(outcome.report)
    for line in outcome.talk:
        _talk(line)
    if outcome.fresh is not None:
        _tell_fresh(outcome.fresh, settings)
        if outcome.trace:
            memory.remember(outcome.trace, outcome.fresh, *subject)
    memory.tidy()
    return outcome.code


def _leave_fresh(outputs: Sequence[str], settings: Settings, repository: Repository) -> int:
    """End a run that has found every question answered as it was when all was fresh."""
    if settings.writes:
        from locksync.repository.writing import clean

        for output in outputs:
            # What is left of a run that was killed is no reason to fail.
            with suppress(OSError):
                clean(repository.locate(output))
    _tell_fresh(outputs, settings)
    return 0


def _tell_fresh(outputs: Sequence[str], settings: Settings) -> None:
    if settings.command != "check" or settings.quiet or settings.format == "json":
        return
    count = len(outputs)
    fresh = f"{count} export{'' if count == 1 else 's'} fresh" if count else _nothing_found()
    print(fresh, file=sys.stderr)


def _nothing_found() -> str:
    from locksync.tools.registry import TOOLS

    commands = ", ".join(" ".join(tool.about.command) for tool in TOOLS.values())
    return f"no export found: no tracked file is exported by {commands}, or all are excluded"


def _parser() -> argparse.ArgumentParser:
    # Of a fixed width: measuring the terminal would be a tenth of every run.
    layout = partial(argparse.RawDescriptionHelpFormatter, width=88)
    basic = argparse.ArgumentParser(
        add_help=False, formatter_class=layout, argument_default=argparse.SUPPRESS
    )
    basic.add_argument(
        "-C", dest="directory", metavar="DIR", help="run as if started in this directory"
    )
    basic.add_argument("-v", "--verbose", action="store_true", help="tell more")
    basic.add_argument("-q", "--quiet", action="store_true", help="print no report")
    common = argparse.ArgumentParser(
        add_help=False,
        formatter_class=layout,
        argument_default=argparse.SUPPRESS,
        parents=[basic],
    )
    common.add_argument(
        "--strict", action="store_true", help="take an output of other bytes for stale"
    )
    common.add_argument("--diff", action="store_true", help="show the lines that differ")
    common.add_argument("--format", choices=("text", "json", "github"), help="form of the report")
    common.add_argument(
        "--no-cache", action="store_false", dest="cache", help="forget what was found fresh before"
    )
    parser = argparse.ArgumentParser(
        prog="locksync",
        parents=[common],
        formatter_class=layout,
        description="Keep derived requirements files true to the lock files they come from.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"locksync {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", prog="locksync")
    of_exports = "only exports that read or write below these paths"
    for name, text, of_paths in (
        ("check", "tell whether every export is fresh, changing nothing (the default)", of_exports),
        ("fix", "regenerate what is stale", of_exports),
        ("list", "show every export that was found", of_exports),
        (
            "dockerfile",
            "tell whether Dockerfiles install what exports keep fresh, before they copy the source",
            "only Dockerfiles at or below these paths",
        ),
    ):
        command = commands.add_parser(
            name, parents=[common], formatter_class=layout, help=text, description=text
        )
        command.add_argument(
            "paths", nargs="*", metavar="PATH", default=argparse.SUPPRESS, help=of_paths
        )
    text = "find the commands that wrote the committed files, and configure them"
    init = commands.add_parser(
        "init", parents=[basic], formatter_class=layout, help=text, description=text
    )
    init.add_argument(
        "-n",
        "--dry-run",
        action="store_true",
        default=argparse.SUPPRESS,
        help="print what would be written, and write nothing",
    )
    init.add_argument(
        "--hook",
        action="store_true",
        dest="adds_hook",
        default=argparse.SUPPRESS,
        help="add the hook to .pre-commit-config.yaml",
    )
    text = "what the hooks of .pre-commit-hooks.yaml call"
    hook = commands.add_parser(
        "hook",
        parents=[common],
        help=text,
        description=text,
        formatter_class=layout,
        usage="locksync hook [--check] [OPTIONS] [HOOK-ID [TOOL-ARGUMENT ...]]",
    )
    hook.add_argument("--check", action="store_true", default=argparse.SUPPRESS, help="never write")
    hook.add_argument("hook", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser
