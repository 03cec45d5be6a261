"""How to run pip-compile."""

from __future__ import annotations

from collections.abc import Iterator

from locksync.command_line import join_words
from locksync.model import Export, Invocation
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.limits import excess
from locksync.requirements.parsing import decode
from locksync.tools.compiled.lock import CompiledFile, parse_compiled
from locksync.tools.compiled.option_table import without
from locksync.tools.compiled.options import CompileOptions
from locksync.tools.compiled.proof.hashes import kept_hashes
from locksync.tools.compiled.run import ELSEWHERE, kept_header, runnable_options
from locksync.tools.pip_compile.harmful import refuse_harmful_settings
from locksync.tools.pip_compile.option_table import TABLE
from locksync.tools.pip_compile.options import COMPILER, NOT_GIVEN
from locksync.tools.pip_compile.settings import changed_options, earlier, without_options
from locksync.tools.protocol import About
from locksync.tools.shared.arguments import unsupported


def invoke(about: About, export: Export, tree: Tree, output: str) -> Invocation:
    """How to run the export's command, see `locksync.tools.protocol.Tool.invoke`."""
    options = runnable_options(COMPILER, about, export)
    refuse_harmful_settings(export, options, tree)
    content = tree.read(export.output) or b""
    if too_many := excess(content):
        raise unsupported(export, f"it has {too_many}")
    compiled = parse_compiled(decode(content))
    subcommand = ("compile",) if compiled.python else ()
    added = ["--quiet", "--output-file", output]
    if options.hashes and kept_hashes(compiled, export.output, tree):
        # pip-compile would keep hashes of another version. Its header never names this option.
        added.append("--no-reuse-hashes")
    written = f"--output-file={join_words([output])}"
    original = f"--output-file={join_words([options.output])}" if options.output else ""
    return Invocation(
        arguments=(*subcommand, *_given(export, options, compiled, tree), *added),
        output=output,
        environment={about.header_variable: kept_header(about, export, tree)},
        module="piptools" if compiled.python else None,
        python=compiled.python,
        keeps_pins=True,
        restored=((written if original else f" {written}", original),),
    )


def _given(
    export: Export, options: CompileOptions, compiled: CompiledFile, tree: Tree
) -> Iterator[str]:
    """The arguments, without those in a header that settings gave which have changed."""
    files = [paths.join(export.directory, name) for name in options.settings]
    is_as_found = compiled.command == export.command
    changed = changed_options(files, tree, *earlier(tree)) if is_as_found else set()
    arguments = without(TABLE, export.arguments, ELSEWHERE)
    for word in without_options(changed, arguments):
        if not NOT_GIVEN.fullmatch(word):
            yield word
