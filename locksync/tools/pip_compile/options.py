"""The options of pip-compile, from pip-tools 7.6."""

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
    default_output,
)
from locksync.tools.shared.arguments import OptionParser

UNSAFE_PACKAGES = frozenset(("setuptools", "distribute", "pip"))
"""As of pip-tools 7.6, UNSAFE_PACKAGES in piptools/utils.py."""
# With click 8.3, pip-tools 6 and 7 write these into headers for options that were not given.
NOT_GIVEN = re.compile(r"--[a-z-]+=None")
# Options that do not change what a file with its pins contains, or only how packages are found.
IDLE_FLAGS = (
    *("--annotate", "--no-annotate", "--header", "--no-header", "--emit-trusted-host"),
    *("--emit-options", "--reuse-hashes", "--no-reuse-hashes"),
    *("--emit-index-url", "--emit-find-links", "--build-isolation", "--no-build-isolation"),
    *("-q", "--quiet", "-v", "--verbose", "--rebuild", "--no-config", "--no-allow-unsafe"),
    *("-U", "--upgrade", "--no-upgrade", "-p", "--pre"),
)
IDLE_OPTIONS = (
    *("--annotation-style", "--resolver", "--max-rounds", "--newline", "--uploaded-prior-to"),
    # The command in the header repeats what a configuration file says.
    *("-P", "--upgrade-package", "--config"),
)


@cache
def _parser() -> OptionParser:
    parser = common_parser(IDLE_FLAGS, IDLE_OPTIONS)
    parser.add_argument("--no-generate-hashes", action="store_false", dest="generate_hashes")
    parser.add_argument("--strip-extras", action="store_true")
    parser.add_argument("--no-strip-extras", action="store_false", dest="strip_extras")
    parser.add_argument("--allow-unsafe", action="store_true")
    parser.add_argument("-i", "--index-url")
    parser.add_argument("--no-index", action="store_true")
    parser.add_argument("--no-emit-index-url", action="store_true")
    parser.add_argument("--no-emit-find-links", action="store_true")
    parser.add_argument("--no-emit-options", action="store_true")
    parser.add_argument("--no-emit-trusted-host", action="store_true")
    parser.add_argument("--all-build-deps", action="store_true")
    parser.add_argument("--only-build-deps", action="store_true")
    add_lists(parser, ("-c", "--constraint"), ("--extra-index-url",))
    add_lists(parser, ("--unsafe-package",), ("--build-deps-for",))
    return parser


def read_options(arguments: Sequence[str]) -> CompileOptions:
    """The options that the arguments give. Raises ValueError for malformed arguments."""
    words = [word for word in arguments if not NOT_GIVEN.fullmatch(word)]
    given, unknown = _parser().parse_mixed(words)
    builds = given.all_build_deps or given.only_build_deps or given.build_deps_for
    unsafe = frozenset(given.unsafe_package)
    return common_options(given)._replace(
        sources=tuple(given.sources) or ("requirements.in",),
        strip_extras=given.strip_extras,
        unpinned=frozenset() if given.allow_unsafe else unsafe or UNSAFE_PACKAGES,
        hidden_options=frozenset(_hidden_options(given)),
        settings={"pyproject.toml": "pip-tools", ".pip-tools.toml": "pip-tools"},
        unprovable="the requirements of build backends" if builds else None,
        # pip-compile would take options that we add after "--" for files.
        unsupported=(*unknown, "--") if "--" in arguments else tuple(unknown),
    )


def read_export(arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
    """The export that the arguments stand for, see `locksync.tools.protocol.Tool.read`."""
    options = read_options(arguments)
    if stdout:
        raise ValueError(f"it writes no output to {stdout}: use -o {stdout}")
    return Export(
        tool=COMPILER.tool,
        directory=directory,
        arguments=tuple(arguments),
        output=join(directory, options.output or default_output(options.sources[0])),
        command=join_words((*COMPILER.command, *arguments)),
    )


def _hidden_options(given: Namespace) -> Iterator[str]:
    if given.no_emit_options:
        yield from OPTIONS_OF_OUTPUT
    if given.no_emit_index_url or given.no_index:
        yield from ("--index-url", "--extra-index-url")
    if given.no_emit_find_links:
        yield "--find-links"
    if given.no_emit_trusted_host:
        yield "--trusted-host"


def _flags(options: CompileOptions) -> Mapping[str, object]:
    return {
        "--generate-hashes": options.hashes,
        "--strip-extras": options.strip_extras,
        "--allow-unsafe": not options.unpinned,
    }


COMPILER = Compiler("pip-compile", ("pip-compile",), read_options, _flags)
