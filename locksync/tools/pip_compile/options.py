"""The options of pip-compile, read."""

from __future__ import annotations

import re
import shlex
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from locksync.command_line import join_words
from locksync.model import Export
from locksync.repository.paths import join
from locksync.tools.compiled.option_table import keyring_in, parser_of, refused_in
from locksync.tools.compiled.options import (
    OPTIONS_OF_OUTPUT,
    CompileOptions,
    Compiler,
    common_options,
    default_output,
    index_options,
)
from locksync.tools.pip_compile.option_table import PIP_TABLE, TABLE
from locksync.tools.pip_compile.setting_names import SETTINGS_FILES
from locksync.tools.shared.arguments import OptionParser, redirect

UNSAFE_PACKAGES = frozenset(("setuptools", "distribute", "pip"))
"""As of pip-tools 7.6, UNSAFE_PACKAGES in piptools/utils.py."""
DEFAULT_SOURCES = ("requirements.in", "setup.py", "pyproject.toml", "setup.cfg")
"""As of pip-tools 7.6, DEFAULT_REQUIREMENTS_FILES in piptools/scripts/compile.py."""
# With click 8.3, pip-tools 6 and 7 write these into headers for options that were not given.
NOT_GIVEN = re.compile(r"--[a-z-]+=None")


@cache
def _parser() -> OptionParser:
    return parser_of(TABLE)


@cache
def _parser_of_pip() -> OptionParser:
    return parser_of(PIP_TABLE)


def read_options(arguments: Sequence[str]) -> CompileOptions:
    """The options that the arguments give. Raises ValueError for malformed arguments."""
    words = [word for word in arguments if not NOT_GIVEN.fullmatch(word)]
    given, unknown = _parser().parse_mixed(words)
    for_pip = _for_pip(given)
    builds = given.all_build_deps or given.only_build_deps or given.build_deps_for
    unsafe = frozenset(given.unsafe_package)
    options = common_options(given)
    return options._replace(
        defaults=() if given.sources else DEFAULT_SOURCES,
        strip_extras=given.strip_extras,
        unpinned=frozenset() if given.allow_unsafe else unsafe or UNSAFE_PACKAGES,
        output_options=(*options.output_options, *for_pip.lines),
        hidden_options=frozenset(_hidden_options(given)),
        build_requires=bool(builds),
        only_build_requires=given.only_build_deps,
        settings=SETTINGS_FILES,
        unsupported=(
            *refused_in(given),
            *unknown,
            *for_pip.unknown,
            # pip-compile would take options that we add after "--" for files.
            *(("--",) if "--" in arguments else ()),
        ),
        not_run=for_pip.not_run,
    )


class _ForPip(NamedTuple):
    """What `--pip-args` comes to."""

    lines: tuple[str, ...] = ()
    """The lines of the output that it calls for."""
    unknown: tuple[str, ...] = ()
    not_run: tuple[str, ...] = ()


def _for_pip(given: Namespace) -> _ForPip:
    if not given.pip_args:
        return _ForPip()
    text = given.pip_args[-1]
    for_pip, left = _parser_of_pip().parse_mixed(shlex.split(text))
    given.no_index = given.no_index or for_pip.no_index
    lines = (
        *index_options(for_pip),
        *(f"--no-binary {names}" for names in for_pip.no_binary),
        *(f"--only-binary {names}" for names in for_pip.only_binary),
    )
    is_known = not (left or for_pip.sources)
    unknown = () if is_known else (f"--pip-args={text}",)
    return _ForPip(lines, unknown, keyring_in(for_pip.keyring_provider))


def read_export(arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
    """The export that the arguments stand for, see `locksync.tools.protocol.Tool.read`."""
    options = read_options(arguments)
    prints = options.output == "-"
    if stdout and not prints:
        raise ValueError(f"it writes no output to {stdout}: use -o {stdout}")
    if prints and not stdout:
        raise ValueError("it names no output file: use -o FILE")
    output = stdout or options.output or default_output(options)
    command = join_words((*COMPILER.command, *arguments))
    return Export(
        tool=COMPILER.tool,
        directory=directory,
        arguments=tuple(arguments),
        output=join(directory, output),
        command=redirect(command, None, stdout),
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
