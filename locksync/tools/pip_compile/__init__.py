"""pip-compile of pip-tools: requirements.in and similar files, compiled into requirements files."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from locksync.model import Answer, Export, Invocation
from locksync.repository.protocol import Tree
from locksync.tools.compiled.tool import CompileTool
from locksync.tools.pip_compile.options import COMPILER, read_export
from locksync.tools.protocol import About, OwnHook


class PipCompile(CompileTool):
    """The tool pip-compile, as `locksync.tools.protocol.Tool` describes one."""

    about = About(
        name=COMPILER.tool,
        program="pip-compile",
        command=COMPILER.command,
        hook="pip-compile",
        packages=("pip-tools",),
        writes_header=True,
        is_inert=False,
        module=("piptools", "compile"),
        headless="--no-header",
        own_hooks=(OwnHook("pip-tools", "pip-compile"),),
        proves=True,
        header_variable="CUSTOM_COMPILE_COMMAND",
        built_upon_by=("pip-compile-multi",),
    )
    compiler = COMPILER

    def discover(
        self, directory: str, names: Collection[str], tree: Tree
    ) -> Sequence[tuple[str, ...]]:
        if not any(name.endswith(".in") for name in names):
            return []
        from locksync.tools.compiled.candidates import main_inputs

        return [(name,) for name in main_inputs(directory, names, tree)]

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        return read_export(arguments, directory, stdout)

    def answer(self, export: Export, tree: Tree) -> Answer:
        from locksync.tools.pip_compile.answer import answer

        return answer(export, tree)

    def invoke(self, export: Export, tree: Tree, output: str) -> Invocation:
        from locksync.tools.pip_compile.run import invoke

        return invoke(self.about, export, tree, output)


TOOL = PipCompile()
