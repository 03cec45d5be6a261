"""The options of `uv pip compile`, from uv 0.13."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from locksync.command_line import join_words
from locksync.model import Export
from locksync.repository.paths import join
from locksync.tools.compiled.options import (
    OPTIONS_OF_OUTPUT,
    CompileOptions,
    Compiler,
    add_lists,
    common_options,
    common_parser,
)
from locksync.tools.shared.arguments import OptionParser

# Options that do not change what a file with its pins contains, or only how packages are found.
IDLE_FLAGS = (
    *("--annotate", "--no-annotate", "--header", "--no-header", "--emit-index-annotation"),
    *("--no-emit-index-annotation", "-q", "--quiet", "-v", "--verbose", "-n", "--no-cache"),
    *("-U", "--upgrade", "--no-upgrade", "--pre", "--no-index", "--offline", "--no-progress"),
    *("--system", "--no-build", "--no-build-isolation", "--managed-python", "--refresh"),
    *("--no-managed-python", "--no-python-downloads", "--system-certs", "--native-tls"),
    *("--no-strip-markers", "--no-config", "--require-build-hashes", "--legacy-annotations"),
)
IDLE_OPTIONS = (
    *("--annotation-style", "--index-strategy", "--resolution"),
    *("--prerelease", "--prerelease-package", "--fork-strategy", "--exclude-newer"),
    *("--exclude-newer-package", "--custom-compile-command", "--link-mode"),
    *("-P", "--upgrade-package", "--upgrade-group", "-b", "--build-constraint"),
    *("--build-constraints", "--color", "--no-build-isolation-package", "--no-build-package"),
    *("--refresh-package", "--resolver"),
)
PYTHON_VERSION = re.compile(r"\d+(?:\.\d+){0,2}")


@cache
def _parser() -> OptionParser:
    parser = common_parser(IDLE_FLAGS, IDLE_OPTIONS)
    parser.add_argument("--no-strip-extras", action="store_true")
    parser.add_argument("--strip-extras", action="store_false", dest="no_strip_extras")
    parser.add_argument("--universal", action="store_true")
    parser.add_argument("-p", "--python", "--python-version")
    parser.add_argument("--python-platform")
    parser.add_argument("--no-deps", action="store_true")
    parser.add_argument("-i", "--index-url", "--default-index")
    parser.add_argument("--emit-index-url", action="store_true")
    parser.add_argument("--emit-find-links", action="store_true")
    parser.add_argument("--emit-build-options", action="store_true")
    for flag in ("--no-emit-package", "--unsafe-package"):
        parser.add_argument(flag, action="append", default=[], dest="unpinned")
    add_lists(parser, ("-c", "--constraint", "--constraints"), ("--extra-index-url", "--index"))
    add_lists(parser, ("--override", "--overrides", "--excludes"), ("--group",))
    add_lists(parser, ("--no-binary",), ("--only-binary",))
    return parser


def read_options(arguments: Sequence[str]) -> CompileOptions:
    """The options that the arguments give. Raises ValueError for malformed arguments."""
    given, unknown = _parser().parse_mixed(arguments)
    if given.python and not PYTHON_VERSION.fullmatch(given.python):
        unknown.append(f"--python {given.python}")  # A path is a program, and uv would run it.
    return common_options(given)._replace(
        groups=tuple(given.group),
        strip_extras=not given.no_strip_extras,
        universal=given.universal,
        python=given.python,
        platform=given.python_platform,
        expands_itself=True,
        moves_references=True,
        settings={"pyproject.toml": "uv", "uv.toml": ""},
        unpinned=frozenset(given.unpinned),
        hidden_options=frozenset(_hidden_options(given)),
        unprovable="overrides" if given.override else None,
        unsupported=tuple(unknown),
    )


def read_export(arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
    """The export that the arguments stand for, see `locksync.tools.protocol.Tool.read`."""
    options = read_options(arguments)
    output = stdout or options.output
    if not output or (stdout and options.output):
        raise ValueError("it names no output file: use -o FILE")
    if not options.sources and not options.groups:
        raise ValueError("it names no input file")
    command = join_words((*COMPILER.command, *arguments))
    return Export(
        tool=COMPILER.tool,
        directory=directory,
        arguments=tuple(arguments),
        output=join(directory, output),
        command=f"{command} > {stdout}" if stdout else command,
    )


def _hidden_options(given: Namespace) -> Iterator[str]:
    shown = {
        "--index-url": given.emit_index_url,
        "--extra-index-url": given.emit_index_url,
        "--find-links": given.emit_find_links,
        "--no-binary": given.emit_build_options,
        "--only-binary": given.emit_build_options,
    }
    yield from (option for option in OPTIONS_OF_OUTPUT if not shown.get(option))


def _flags(options: CompileOptions) -> Mapping[str, object]:
    return {
        "--generate-hashes": options.hashes,
        "--no-strip-extras": not options.strip_extras,
        "--universal": options.universal,
        f"--python-version={options.python}": options.python,
        f"--python-platform={options.platform}": options.platform,
    }


COMPILER = Compiler("uv pip compile", ("uv", "pip", "compile"), read_options, _flags)
