"""From a `uv pip compile` command to its Answer."""

from __future__ import annotations

from locksync.command_line import split_command
from locksync.model import Answer, Export
from locksync.repository.protocol import Tree
from locksync.tools.compiled.answer import answer_by_proof
from locksync.tools.compiled.lock import CompiledFile
from locksync.tools.compiled.options import CompileOptions
from locksync.tools.compiled.proof.facts import Expected
from locksync.tools.uv_pip_compile.options import COMPILER, PYTHON_VERSION, read_options
from locksync.tools.uv_pip_compile.platforms import places_of
from locksync.tools.uv_pip_compile.settings import read_settings


def answer(export: Export, tree: Tree) -> Answer:
    """What uv would write now, see `locksync.tools.protocol.Tool.answer`."""
    own = read_options(export.arguments)
    settings = read_settings(export, own.sources, tree)
    options = read_options((*settings.words, *export.arguments)) if settings.words else own
    is_told = COMPILER.is_named_by(export)

    def expect(compiled: CompiledFile) -> Expected:
        has_markers = any(pin.requirement.marker for pin in compiled.pins)
        universal = options.universal or (has_markers and not is_told)
        return Expected(
            output=export.output,
            places=places_of(options._replace(universal=universal), tree.environment()),
            # Without dependencies, uv writes no hashes; a pylock.toml has what there is.
            hashes=None if options.no_dependencies or options.pylock else options.hashes,
            strip_extras=options.strip_extras,
            keeps_markers=False,
            strips_markers=not (universal or options.keeps_markers),
            no_dependencies=options.no_dependencies,
            annotates_bare_constraints=False,
            is_told=is_told,
            other_command=_other_command(compiled, own),
        )

    wanted = settings.wanted
    if options.no_sources:
        wanted = wanted._replace(lower=None)
    return answer_by_proof(export, tree, options, expect, wanted)


def _other_command(compiled: CompiledFile, options: CompileOptions) -> str:
    """The command in the header, if it pins for other environments, or other dependencies."""
    command = compiled.command or ""
    try:
        words = split_command(command).words
        given = read_options(words[len(COMPILER.command) :])
    except ValueError:
        return ""
    is_ours = words[: len(COMPILER.command)] == COMPILER.command
    is_other = _scope(given) != _scope(options) or _is_for_another_python(given, options)
    return command if is_ours and is_other else ""


def _scope(options: CompileOptions) -> tuple[object, ...]:
    return options.no_dependencies, options.universal, options.platform


def _is_for_another_python(given: CompileOptions, options: CompileOptions) -> bool:
    is_path = given.python and not PYTHON_VERSION.fullmatch(given.python)
    return given.python != options.python and not is_path  # A path does not tell which it is.
