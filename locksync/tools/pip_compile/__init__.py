"""pip-compile of pip-tools: requirements.in and the like, compiled into requirements files."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from locksync.command_line import join_words
from locksync.model import Answer, Export, Invocation
from locksync.repository.paths import join
from locksync.repository.protocol import Tree
from locksync.tools.compiled.options import (
    OPTIONS_OF_OUTPUT,
    CompileOptions,
    compile_command,
    default_output,
    index_options,
    sources_of,
)
from locksync.tools.protocol import About
from locksync.tools.shared.arguments import OptionParser

if TYPE_CHECKING:
    from locksync.requirements.traces import Traces

COMMAND = ("pip-compile",)
UNSAFE_PACKAGES = frozenset(("setuptools", "distribute", "pip"))
"""As of pip-tools 7.6, UNSAFE_PACKAGES in piptools/utils.py."""
# Written into headers by pip-tools 6 and 7 under click 8.3, where the options were not given.
NOT_GIVEN = re.compile(r"--[a-z-]+=None")
# Options that do not change what is pinned by a file that has its pins, or only how it is found.
WITHOUT_VALUE = (
    *("--annotate", "--no-annotate", "--header", "--no-header", "--emit-trusted-host"),
    *("--emit-options", "--reuse-hashes", "--no-reuse-hashes"),
    *("--emit-index-url", "--emit-find-links", "--build-isolation", "--no-build-isolation"),
    *("-q", "--quiet", "-v", "--verbose", "--rebuild", "--no-config", "--no-allow-unsafe"),
    *("-U", "--upgrade", "--no-upgrade", "-p", "--pre"),
)
WITH_VALUE = (
    *("--annotation-style", "--resolver", "--max-rounds", "--newline", "--uploaded-prior-to"),
    # What a configuration file says is in the command of the header too.
    *("-P", "--upgrade-package", "--config"),
)


class PipCompile:
    """The tool pip-compile, as `locksync.tools.protocol.Tool` describes one."""

    about = About(
        name="pip-compile",
        program="pip-compile",
        command=COMMAND,
        hook="pip-compile",
        packages=("pip-tools",),
        writes_header=True,
        is_inert=False,
    )

    def discover(
        self, directory: str, names: Collection[str], tree: Tree
    ) -> Sequence[tuple[str, ...]]:
        if not any(name.endswith(".in") for name in names):
            return []
        from locksync.tools.compiled import compiler as commands

        return [(name,) for name in commands.main_inputs(directory, names, tree)]

    def from_header(self, path: str, head: bytes, tree: Tree) -> Export | None:
        from locksync.tools.compiled.compiler import Compiler

        return Compiler(self.about.name, COMMAND, read_options, _arguments).from_header(
            path, head, tree
        )

    def candidates(self, directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
        from locksync.tools.compiled import compiler as commands

        yield from commands.Compiler(self.about.name, COMMAND, read_options, _arguments).candidates(
            directory, traces, tree
        )

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        options = read_options(arguments)
        if stdout:
            raise ValueError(f"it writes no output to {stdout}: use -o {stdout}")
        output = options.output or default_output(options.sources[0])
        return Export(
            tool=self.about.name,
            directory=directory,
            arguments=tuple(arguments),
            output=join(directory, output),
            command=join_words((*COMMAND, *arguments)),
        )

    def inputs(self, export: Export) -> tuple[str, ...]:
        sources, constraints = sources_of(export, read_options(export.arguments))
        return (*sources, *constraints)

    def answer(self, export: Export, tree: Tree) -> Answer:
        from locksync.tools.compiled import compiler as commands
        from locksync.tools.compiled.output import CompiledFile
        from locksync.tools.compiled.prove import Expected

        options = read_options(export.arguments)

        def expected(compiled: CompiledFile) -> Expected:
            environments = commands.environments(tree.environment(), compiled.python, {})
            return Expected(
                output=export.output,
                environments=environments,
                hashes=options.hashes,
                strip_extras=options.strip_extras,
                corrects_hashes=True,
                unpinned=options.unpinned,
            )

        return commands.answer_by_proof(export, tree, options, expected)

    def invoke(self, export: Export, tree: Tree, output: str) -> Invocation:
        from locksync.tools.compiled.compiler import compiled_python, refuse_to_run

        options = read_options(export.arguments)
        refuse_to_run(export, COMMAND, options)
        python = compiled_python(export, tree)
        subcommand = ("compile",) if python else ()
        written = f"--output-file={join_words([output])}"
        given = options.output
        arguments = (word for word in export.arguments if not NOT_GIVEN.fullmatch(word))
        original = f"--output-file={join_words([given])}" if given else ""
        return Invocation(
            arguments=(*subcommand, *arguments, "--quiet", "--output-file", output),
            output=output,
            environment={"CUSTOM_COMPILE_COMMAND": None},
            module="piptools" if python else None,
            python=python,
            keeps_pins=True,
            restored=((written if original else f" {written}", original),),
        )

    def make_lock(self, export: Export) -> str:
        return compile_command(export, COMMAND)

    def move_lock(self, export: Export, names: Sequence[str]) -> str:
        return compile_command(export, COMMAND, names)


TOOL = PipCompile()


@cache
def _parser() -> OptionParser:
    parser = OptionParser()
    parser.add_argument("sources", nargs="*")
    parser.add_argument("-o", "--output-file")
    parser.add_argument("-c", "--constraint", action="append", default=[])
    parser.add_argument("--extra", action="append", default=[])
    parser.add_argument("--all-extras", action="store_true")
    parser.add_argument("--generate-hashes", action="store_true")
    parser.add_argument("--no-generate-hashes", action="store_false", dest="generate_hashes")
    parser.add_argument("--strip-extras", action="store_true")
    parser.add_argument("--no-strip-extras", action="store_false", dest="strip_extras")
    parser.add_argument("--allow-unsafe", action="store_true")
    parser.add_argument("--unsafe-package", action="append", default=[])
    parser.add_argument("-i", "--index-url")
    parser.add_argument("--extra-index-url", action="append", default=[])
    parser.add_argument("-f", "--find-links", action="append", default=[])
    parser.add_argument("--trusted-host", action="append", default=[])
    parser.add_argument("--no-index", action="store_true")
    parser.add_argument("--no-emit-index-url", action="store_true")
    parser.add_argument("--no-emit-find-links", action="store_true")
    parser.add_argument("--no-emit-options", action="store_true")
    parser.add_argument("--no-emit-trusted-host", action="store_true")
    parser.add_argument("--all-build-deps", action="store_true")
    parser.add_argument("--only-build-deps", action="store_true")
    parser.add_argument("--build-deps-for", action="append", default=[])
    for flag in WITHOUT_VALUE:
        parser.ignore(flag)
    for flag in WITH_VALUE:
        parser.add_argument(flag, dest="ignored_value")
    return parser


def read_options(arguments: Sequence[str]) -> CompileOptions:
    """The options that the arguments give. Raises ValueError for arguments that are none."""
    words = [word for word in arguments if not NOT_GIVEN.fullmatch(word)]
    given, unknown = _parser().parse_mixed(words)
    builds = given.all_build_deps or given.only_build_deps or given.build_deps_for
    unsafe = frozenset(given.unsafe_package)
    return CompileOptions(
        sources=tuple(given.sources) or ("requirements.in",),
        output=given.output_file,
        constraints=tuple(given.constraint),
        extras=frozenset(given.extra),
        all_extras=given.all_extras,
        hashes=given.generate_hashes,
        strip_extras=given.strip_extras,
        unpinned=frozenset() if given.allow_unsafe else unsafe or UNSAFE_PACKAGES,
        output_options=tuple(index_options(given)),
        hidden_options=frozenset(_hidden_options(given)),
        settings={"pyproject.toml": "pip-tools", ".pip-tools.toml": "pip-tools"},
        unprovable="the requirements of build backends" if builds else None,
        # What comes after it would be taken for files, our own options too.
        unsupported=(*unknown, "--") if "--" in arguments else tuple(unknown),
    )


def _arguments(options: CompileOptions) -> tuple[str, ...]:
    flags = {
        "--generate-hashes": options.hashes,
        "--strip-extras": options.strip_extras,
        "--allow-unsafe": not options.unpinned,
    }
    return tuple(flag for flag, is_given in flags.items() if is_given)


def _hidden_options(given: Namespace) -> Iterator[str]:
    if given.no_emit_options:
        yield from OPTIONS_OF_OUTPUT
    if given.no_emit_index_url or given.no_index:
        yield from ("--index-url", "--extra-index-url")
    if given.no_emit_find_links:
        yield "--find-links"
    if given.no_emit_trusted_host:
        yield "--trusted-host"
