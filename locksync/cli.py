"""The command line: arguments to settings, findings to an exit code. Only this module prints."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TextIO

from locksync import __version__, paths
from locksync.command import run_in
from locksync.credentials import without_credentials
from locksync.discovery import Survey, find_exports
from locksync.examining import examine
from locksync.export import Export, Result, Verdict
from locksync.fixing import repair
from locksync.hook import run
from locksync.reports import Report, as_text
from locksync.repository import Repository, RepositoryError
from locksync.tools import TOOLS

EXIT_CODES = {Verdict.FRESH: 0, Verdict.STALE: 1, Verdict.UNKNOWN: 2}
USAGE_ERROR = 2
BUG = 3
INTERRUPTED = 130


class Settings(NamedTuple):
    """What the command line asks for."""

    command: str = "check"
    directory: str = "."
    paths: Sequence[str] = ()
    strict: bool = False
    diff: bool = False
    format: str = ""
    """"" for what fits: "github" under GitHub Actions, else "text"."""
    verbose: bool = False
    quiet: bool = False
    check: bool = False


EPILOG = """\
exit codes:
  0  every export is fresh, or was made so by fix
  1  an output or a lock file is stale; for hook: or was regenerated
  2  something cannot be told, or the command line or configuration is wrong
  3  a bug in locksync
"""


class UsageError(Exception):
    """What the user asked for cannot be done; the message says why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run locksync with command line arguments and return its exit code."""
    _never_fail_to_print()
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
    print(without_credentials(text), file=sys.stderr)


def _print(report: str) -> None:
    try:
        sys.stdout.write(without_credentials(report))
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough. What Python flushes on leaving is to go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(argv: list[str]) -> int:
    argv, hook, hook_arguments = _split_hook(argv)
    settings = _read_settings(argv)
    repository = Repository(settings.directory)
    match settings.command:
        case "hook":
            return _hook(settings, repository, hook, hook_arguments)
        case "list":
            return _list(settings, repository)
        case "fix":
            return _fix(settings, repository)
        case _:
            return _check(settings, repository)


def _split_hook(argv: list[str]) -> tuple[list[str], str | None, list[str]]:
    """The arguments for locksync, the id of a hook for one tool, and that tool's arguments."""
    ids = {tool.hook for tool in TOOLS.values()}
    if "hook" in argv:
        for position, word in enumerate(argv):
            if word in ids:
                return argv[:position], word, argv[position + 1 :]
    return argv, None, []


def _read_settings(argv: Sequence[str]) -> Settings:
    given = vars(_parser().parse_args(argv))
    # Defaults are those of Settings: a command's own would hide what was given before its name.
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    in_actions = os.environ.get("GITHUB_ACTIONS") == "true"
    return settings._replace(format=settings.format or ("github" if in_actions else "text"))


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument(
        "-C", dest="directory", metavar="DIR", help="run as if started in this directory"
    )
    common.add_argument(
        "--strict", action="store_true", help="take an output of other bytes for stale"
    )
    common.add_argument("--diff", action="store_true", help="show the lines that differ")
    common.add_argument("--format", choices=("text", "json", "github"), help="form of the report")
    common.add_argument("-v", "--verbose", action="store_true", help="tell more")
    common.add_argument("-q", "--quiet", action="store_true", help="print no report")
    parser = argparse.ArgumentParser(
        prog="locksync",
        parents=[common],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Keep derived requirements files true to the lock files they come from.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"locksync {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, text in (
        ("check", "tell whether every export is fresh, changing nothing (the default)"),
        ("fix", "regenerate what is stale"),
        ("list", "show every export that was found"),
    ):
        command = commands.add_parser(name, parents=[common], help=text, description=text)
        command.add_argument(
            "paths",
            nargs="*",
            metavar="PATH",
            default=argparse.SUPPRESS,
            help="only exports that read or write below these paths",
        )
    text = "what the hooks of .pre-commit-hooks.yaml call"
    hook = commands.add_parser(
        "hook",
        parents=[common],
        help=text,
        description=text,
        usage="locksync hook [--check] [OPTIONS] [HOOK-ID [TOOL-ARGUMENT ...]]",
    )
    hook.add_argument("--check", action="store_true", default=argparse.SUPPRESS, help="never write")
    return parser


def _check(settings: Settings, repository: Repository) -> int:
    report = _examine(settings, repository)
    _show(report, settings, repository)
    if report.verdict is Verdict.FRESH and settings.format != "json" and not settings.quiet:
        count = len(report.results)
        _talk(f"{count} export{'' if count == 1 else 's'} fresh" if count else _nothing_found())
    return EXIT_CODES[report.verdict]


def _nothing_found() -> str:
    commands = ", ".join(" ".join(tool.command) for tool in TOOLS.values())
    return f"no export found: no tracked file is exported by {commands}, or all are excluded"


def _fix(settings: Settings, repository: Repository) -> int:
    found = _examine(settings, repository)
    results = repair(found.results, repository, lambda _: True)
    report = found._replace(results=results)
    _tell_programs(results, settings)
    _show(report, settings, repository)
    return EXIT_CODES[report.verdict]


def _tell_programs(results: Iterable[Result], settings: Settings) -> None:
    for result in results:
        if settings.verbose and result.program:
            from locksync.running import version

            told = version(result.program) or "which tells no version"
            _talk(f"{result.export.output}: asked {' '.join(result.program)} ({told})")


def _list(settings: Settings, repository: Repository) -> int:
    report = _examine(settings, repository)
    if settings.format == "json":
        _show(report, settings, repository)
    else:
        _print(as_text.render_list(report.results, _style(settings, repository)))
        _print(as_text.render(report._replace(results=()), _style(settings, repository)))
    return USAGE_ERROR if report.findings else 0


def _hook(
    settings: Settings, repository: Repository, hook: str | None, arguments: list[str]
) -> int:
    done = run(repository, hook, arguments, write=not settings.check, strict=settings.strict)
    _show(done.report, settings, repository)
    _tell_programs(done.report.results, settings)
    if settings.verbose:
        for result in done.left:
            _talk(f"left alone, since no file of it has changed: {result.findings[0].message}")
    code = EXIT_CODES[done.report.verdict]
    return max(code, int(done.report.changed))


def _examine(settings: Settings, repository: Repository) -> Report:
    survey = find_exports(repository)
    exports = _selected(survey, settings.paths, repository)
    strict = (export._replace(strict=settings.strict or export.strict) for export in exports)
    return Report(tuple(examine(strict, repository)), survey.findings)


def _selected(survey: Survey, given: Sequence[str], repository: Repository) -> Iterable[Export]:
    """The exports that read or write below the paths; below the working directory for none."""
    selected: dict[Export, None] = {}
    for path in given or ["."]:
        try:
            place = paths.join(repository.prefix, _relative(path, repository))
        except ValueError as error:
            raise UsageError(str(error)) from error
        below = survey.below(place).exports
        if given and not below and not survey.findings:
            raise UsageError(f"no export reads or writes {path}: `locksync list` shows all")
        selected.update(dict.fromkeys(below))
    return selected


def _relative(path: str, repository: Repository) -> str:
    if not os.path.isabs(path):
        return path
    here = os.path.join(repository.root, repository.prefix)
    return os.path.relpath(os.path.realpath(path), here).replace(os.sep, "/")


def _show(report: Report, settings: Settings, repository: Repository) -> None:
    if settings.format == "json":
        from locksync.reports import as_json

        _print(as_json.render(report))
        return
    if not settings.quiet:
        _print(as_text.render(report, _style(settings, repository)))
    if settings.format == "github":
        from locksync.reports import as_github

        _print(as_github.render(report))


def _style(settings: Settings, repository: Repository) -> as_text.Style:
    # A hook runs at the top of the repository, wherever git was called.
    called = os.environ.get("GIT_PREFIX", "") if settings.command == "hook" else ""
    top = os.path.relpath(repository.root, os.path.join(os.path.realpath(os.getcwd()), called))
    return as_text.Style(
        verbose=settings.verbose,
        diff=settings.diff,
        prefix=run_in("" if top == "." else top, ""),
        color=_is_colored(sys.stdout),
    )


def _is_colored(stream: TextIO) -> bool:
    """Whether a stream is to have colours: as the user says, else if it is a terminal."""
    # https://no-color.org and https://force-color.org
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
