"""The command line: from arguments to an exit code. Only this module prints."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from locksync import __version__
from locksync.repository.working_tree import Repository, RepositoryError
from locksync.settings import Settings, UsageError
from locksync.verdict.memory import Memory, default_directory

TYPE_CHECKING = False
if TYPE_CHECKING:  # A run that finds nothing changed does not need it.
    from typing import Any, NoReturn, TextIO

USAGE_ERROR = 2
BUG = 3
INTERRUPTED = 130
PATIENCE = 1.0
"""The seconds after which a terminal is told what is going on."""
WIDTH = 60

DESCRIPTION = "Check, offline, that each derived requirements file still matches its lock file."
EPILOG = """\
exit codes:
  0  every export is fresh (for fix: or was regenerated)
  1  an export is stale (for hook: or was regenerated; for init: a file is not explained)
  2  locksync cannot tell, or the command line or the configuration is wrong
  3  a bug in locksync
"""
HELP = {
    "check": "check every export, and change nothing (the default)",
    "fix": "regenerate stale outputs",
    "list": "list every export, with its verdict",
    "dockerfile": "check what Dockerfiles install, and in which order",
    "init": "find the command that wrote each committed file; configure it",
    "hook": "the entry point of the hooks in .pre-commit-hooks.yaml",
    "explain": "print what the documentation says about a code, such as LS001",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run locksync with command line arguments and return its exit code."""
    _never_fail_to_print()
    # A run is short. Python's usual collection of cycles would take a thirtieth of it.
    gc.set_threshold(100_000)
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except (UsageError, RepositoryError) as error:
        _talk(f"locksync: {error}")
        return USAGE_ERROR
    except KeyboardInterrupt:
        _talk("locksync: interrupted; no file was left half-written")
        return INTERRUPTED
    except Exception:
        import traceback

        _talk(traceback.format_exc().rstrip())
        _talk("locksync: this is a bug in locksync: please report it with the lines above")
        return BUG


def _never_fail_to_print() -> None:
    # A file name may not be valid text, and a console may lack a character.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _talk(text: str) -> None:
    from locksync.reports.report import printable
    from locksync.requirements.credentials import without_credentials

    for line in without_credentials(text).split("\n"):
        print(printable(line), file=sys.stderr)


def _print(report: str) -> None:
    from locksync.requirements.credentials import without_credentials

    if sys.stdout is None:
        return  # The caller has closed it.
    try:
        sys.stdout.write(without_credentials(report))
        sys.stdout.flush()
    except OSError as error:
        # Python flushes stdout when it exits: that must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # A reader such as `head` may stop early.
            raise UsageError(f"the report cannot be printed: {error.strerror}") from error


def _run(argv: Sequence[str]) -> int:
    settings = _parser().parse_args(_with_command(argv), Settings())
    if settings.version or settings.command == "explain":
        return _tell_of_locksync(settings)
    repository = Repository(settings.directory)
    memory = Memory(default_directory() if settings.cache else None, repository)
    # A link may lead elsewhere by the next run.
    places = [os.path.realpath(path) for path in settings.paths if os.path.isabs(path)]
    subject = (*settings.subject(), repository.prefix, *places)
    if settings.is_remembered and (state := memory.recall(*subject)):
        _, outputs = state
        return _leave_fresh(outputs, settings, repository)

    # Imported late: when nothing has changed, start-up is most of the run time.
    from locksync.commands.outcome import Run
    from locksync.commands.table import COMMANDS

    with _Progress(settings) as progress:
        outcome = COMMANDS[settings.command](Run(settings, repository, memory, progress.tell))
    _print(outcome.report)
    for line in outcome.talk:
        _talk(line)
    if outcome.fresh is not None:
        if settings.command == "check" or not outcome.report:
            _tell_fresh(outcome.fresh, settings)
        if outcome.trace:
            memory.remember(outcome.trace, outcome.fresh, *subject)
    memory.tidy()
    return outcome.code


def _with_command(argv: Sequence[str]) -> Sequence[str]:
    """The arguments with `check` before paths that no command stands before. Raises UsageError."""
    directory, word = ".", ""
    words = iter(argv)
    for word in words:
        if word in ("-C", "--format"):
            value = next(words, "")
            directory = value if word == "-C" else directory
        elif not word.startswith("-"):
            break
    else:
        return argv
    if word in HELP:
        return argv
    if os.path.exists(os.path.join(directory, word)) or "/" in word or "." in word:
        return ("check", *argv)
    from locksync.settings import nearest

    raise UsageError(f"there is no command {word}{nearest(word, HELP)}")


def _tell_of_locksync(settings: Settings) -> int:
    from locksync.commands.about import explanation_of, versions

    if settings.command == "explain":
        _print(explanation_of(settings.codes))
        return 0
    _print(f"locksync {__version__}\n")
    if settings.verbose:
        _print(versions())
    return 0


class _Progress:
    """A line on a terminal, while a run takes long, that says what is looked at."""

    def __init__(self, settings: Settings) -> None:
        self._stream = None if settings.quiet or not _is_terminal(sys.stderr) else sys.stderr
        self._since = time.monotonic()
        self._is_shown = False

    def tell(self, doing: str) -> None:
        if self._stream and time.monotonic() - self._since > PATIENCE:
            line = "".join(letter if letter.isprintable() else "?" for letter in doing)
            self._stream.write(f"\r\x1b[Klooking at {line[:WIDTH]}")
            self._stream.flush()
            self._is_shown = True

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *error: object) -> None:
        if self._stream and self._is_shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _leave_fresh(outputs: Sequence[str], settings: Settings, repository: Repository) -> int:
    """End a run whose remembered fresh state still holds."""
    if settings.writes:
        from locksync.repository.writing import clean, leftover

        for output in outputs:
            # A leftover of a killed run that cannot be removed is no reason to fail.
            with suppress(OSError):
                if not repository.brings(leftover(output)):
                    clean(repository.locate(output))
    _tell_fresh(outputs, settings)
    return 0


def _tell_fresh(outputs: Sequence[str], settings: Settings) -> None:
    if settings.command not in ("check", "fix") or settings.quiet or settings.format == "json":
        return
    count = len(outputs)
    fresh = f"{count} export{'' if count == 1 else 's'} fresh" if count else _nothing_found()
    if settings.command == "fix" and count:
        fresh += ", nothing to regenerate"
    print(fresh, file=sys.stderr)


def _nothing_found() -> str:
    from locksync.tools.registry import TOOLS

    commands = ", ".join(" ".join(tool.about.command) for tool in TOOLS.values())
    return f"no export found: no tracked file is exported by {commands}, or all are excluded"


class _Parser(argparse.ArgumentParser):
    """A parser that stores only what is given, because `Settings` has the defaults."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            # The width is fixed: measuring the terminal would take a tenth of every run.
            formatter_class=partial(argparse.RawDescriptionHelpFormatter, width=88),
            argument_default=argparse.SUPPRESS,
            **options,
        )

    def error(self, message: str) -> NoReturn:
        """End with what is wrong and, for an option, with the one that was meant."""
        from locksync.settings import nearest

        wrong = next((word for word in message.split() if word.startswith("--")), None)
        if wrong and "unrecognized" in message:
            name, known = wrong.partition("=")[0], _options_of(self)
            message += ": it is of another command" if name in known else nearest(name, known)
        super().error(message)


def _options_of(parser: argparse.ArgumentParser) -> set[str]:
    """The options of a parser and of its subcommands."""
    found = {option for action in parser._actions for option in action.option_strings}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found.update(*map(_options_of, action.choices.values()))
    return {option for option in found if option.startswith("--")}


def _parser() -> _Parser:
    basic = _Parser(add_help=False)
    _add_basic_options(basic)
    common = _Parser(add_help=False, parents=[basic])
    _add_common_options(common)
    parser = _Parser(prog="locksync", parents=[common], description=DESCRIPTION, epilog=EPILOG)
    text = "print the version; with -v, also those that decide verdicts"
    parser.add_argument("--version", action="store_true", help=text)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", prog="locksync")
    for name in ("check", "fix", "list", "dockerfile"):
        command = _add_command(subparsers, name, common)
        what = "Dockerfiles" if name == "dockerfile" else "exports that read or write"
        text = f"only {what} at or below these paths (default: the working directory)"
        command.add_argument("paths", nargs="*", metavar="PATH", help=text)
        if name == "check":
            text = "run the tools, in a temporary place, for what only they can tell"
            command.add_argument("--ask", action="store_true", help=text)
    explain = _add_command(subparsers, "explain", basic)
    explain.add_argument("codes", nargs="+", metavar="CODE", help="such as LS001")
    _add_init_options(_add_command(subparsers, "init", basic))
    hook = _add_command(subparsers, "hook", common)
    hook.usage = "locksync hook [--check] [OPTIONS] [HOOK-ID [TOOL-ARGUMENT ...]]"
    hook.add_argument("--check", action="store_true", help="never write")
    hook.add_argument("hook", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _add_command(
    subparsers: argparse._SubParsersAction[_Parser], name: str, options: _Parser
) -> _Parser:
    text = HELP[name]
    sentence = f"{text[0].upper()}{text[1:]}."
    return subparsers.add_parser(name, parents=[options], help=text, description=sentence)


def _add_basic_options(parser: _Parser) -> None:
    add = parser.add_argument
    add("-C", dest="directory", metavar="DIR", help="run as if started in DIR")
    add("-v", "--verbose", action="store_true", help="more detail")
    add("-q", "--quiet", action="store_true", help="print no report")


def _add_common_options(parser: _Parser) -> None:
    add = parser.add_argument
    add("--strict", action="store_true", help="also fail if only the bytes differ")
    add("--diff", action="store_true", help="show the lines that differ")
    text = "output format (default: text; under GitHub Actions: github)"
    add("--format", choices=("text", "json", "github"), help=text)
    text = "ignore the cache of fresh verdicts"
    add("--no-cache", action="store_false", dest="cache", help=text)


def _add_init_options(parser: _Parser) -> None:
    add = parser.add_argument
    add("-n", "--dry-run", action="store_true", help="print the changes, and write nothing")
    text = "add the hook to .pre-commit-config.yaml"
    add("--hook", action="store_true", dest="adds_hook", help=text)
