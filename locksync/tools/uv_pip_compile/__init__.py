"""`uv pip compile`: requirements.in and similar files, compiled into requirements files by uv."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from locksync.model import Answer, Export, Invocation
from locksync.repository.protocol import Tree
from locksync.tools.compiled.tool import CompileTool
from locksync.tools.protocol import About, OwnHook
from locksync.tools.shared.uv import GLOBAL_OPTIONS, VARIABLES
from locksync.tools.uv_pip_compile.options import COMPILER, read_export


class UvPipCompile(CompileTool):
    """The command `uv pip compile`, as `locksync.tools.protocol.Tool` describes a tool."""

    about = About(
        name=COMPILER.tool,
        program="uv",
        command=COMPILER.command,
        hook="uv-pip-compile",
        packages=("uv",),
        writes_header=True,
        is_inert=False,
        before_subcommand=GLOBAL_OPTIONS._replace(directories=("--directory",)),
        variables=VARIABLES,
        headless="--no-header",
        own_hooks=(OwnHook("uv-pre-commit", "pip-compile"),),
        proves=True,
        header_variable="UV_CUSTOM_COMPILE_COMMAND",
    )
    compiler = COMPILER

    def discover(
        self, directory: str, names: Collection[str], tree: Tree
    ) -> Sequence[tuple[str, ...]]:
        return []  # Only a header tells which of the two compilers is meant.

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        return read_export(arguments, directory, stdout)

    def answer(self, export: Export, tree: Tree) -> Answer:
        from locksync.tools.uv_pip_compile.answer import answer

        return answer(export, tree)

    def invoke(self, export: Export, tree: Tree, output: str) -> Invocation:
        from locksync.tools.uv_pip_compile.run import invoke

        return invoke(self.about, export, tree, output)


TOOL = UvPipCompile()
