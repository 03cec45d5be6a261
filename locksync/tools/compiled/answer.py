"""From a compile command to its Answer: whether the output is still what its inputs ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from locksync.documents import refuse_conflict
from locksync.findings import Code, Finding, FindingError
from locksync.model import Answer, Export, How
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.finder import Finder
from locksync.requirements.limits import excess_within
from locksync.requirements.option_words import Option
from locksync.requirements.parsing import read_options
from locksync.tools.compiled.changes import (
    Compilation,
    Expect,
    changed_header,
    changes_of,
    inputs_of,
    last_committed,
    read_output,
    unseen,
)
from locksync.tools.compiled.inputs import read_inputs
from locksync.tools.compiled.located import locate
from locksync.tools.compiled.lock import CompiledFile
from locksync.tools.compiled.lone_edits import lone_edits
from locksync.tools.compiled.manifest import Inputs, UnprovableError, Wanted
from locksync.tools.compiled.options import CompileOptions, groups_of, sources_of
from locksync.tools.compiled.proof.effort import too_much
from locksync.tools.compiled.proof.facts import Expected, Reason
from locksync.tools.compiled.proof.hashes import kept_hashes
from locksync.tools.compiled.prove import Prover
from locksync.tools.shared.arguments import unsupported
from locksync.tools.shared.indexes import DEFAULT_INDEX_URL

if TYPE_CHECKING:
    from locksync.tools.compiled.layered import Layers

UNPINNED = "is not pinned"
NO_INDEX = "--no-index"
NOTHING = Answer(None, how=How.PROVED)


def answer_by_proof(
    export: Export,
    tree: Tree,
    options: CompileOptions,
    expect: Expect,
    asked: Wanted,
) -> Answer:
    """Whether the output is still what its inputs ask for. Raises FindingError.

    `expect` says what the command asks of the output, option lines aside; `asked` what the tool
    makes of its inputs, options aside.
    """
    content = tree.read(export.output)
    wanted = _wanted(export, options, asked)
    try:
        inputs = read_inputs(tree, *sources_of(export, options), wanted)
    except UnprovableError as error:
        finding = unsupported(export, str(error)).finding
        return Answer(None, (finding,), inputs=error.files)
    if words := options.unprovable or " ".join(options.unsupported):
        finding = unsupported(export, f"the effect of {words} is not known").finding
        return Answer(None, (finding,), inputs=inputs.all_files)
    found = NOTHING
    if content is not None:
        found = _examine(Compilation(export, options, wanted, inputs, tree, expect), content)
    return found._replace(inputs=inputs.all_files)


def _wanted(export: Export, options: CompileOptions, asked: Wanted) -> Wanted:
    return asked._replace(
        extras=options.extras,
        all_extras=options.all_extras,
        expands_itself=options.expands_itself,
        groups=tuple(groups_of(export, options)),
        build_requires=options.build_requires,
        only_build_requires=options.only_build_requires,
        directory=export.directory,
        overrides=tuple(paths.join(export.directory, file) for file in options.overrides),
        excludes=tuple(paths.join(export.directory, file) for file in options.excludes),
    )


def _examine(compilation: Compilation, content: bytes) -> Answer:
    """What is wrong with the content of the output."""
    export, options, _, inputs, tree, _ = compilation
    try:
        refuse_conflict(content, export.output)
    except FindingError as error:
        return NOTHING._replace(findings=(error.finding,))
    if not options.pylock and (too_many := excess_within(content)):
        raise unsupported(export, f"it has {too_many}")
    compiled = read_output(content, compilation)
    if too_many := too_much(compiled, inputs):
        raise unsupported(export, f"there are {too_many}")
    changes = changes_of(compilation, compiled)
    as_pip = compilation.wanted.reads_as_pip
    before = (line for change in changes for line in _output_lines(change.inputs, options, as_pip))
    expected = _expected(compilation, compiled)._replace(options_before=tuple(before))
    layers = _layers(compilation) if compiled.is_layered else None
    prover = Prover(layers.compiled if layers else compiled, inputs, expected)
    proof, elsewhere = locate(prover, lambda: _held_here(compilation))
    reasons = layers.own(proof.reasons) if layers else proof.reasons
    if not proof.faults and options.hashes:
        reasons = (*reasons, *kept_hashes(compiled, export.output, tree))
    if not proof.faults:
        for change in changes:
            reasons = (*reasons, *unseen(compilation, change, compiled))
        reasons = (*reasons, *changed_header(export.output, compiled, tree))
        held = partial(_held, compilation)
        reasons = (*reasons, *lone_edits(compilation, compiled, held))
    return _told(export, reasons)._replace(elsewhere=elsewhere)


def _expected(compilation: Compilation, compiled: CompiledFile) -> Expected:
    options = compilation.options
    return compilation.expect(compiled)._replace(
        options=_output_lines(compilation.inputs, options, compilation.wanted.reads_as_pip),
        hidden_options=options.hidden_options,
        unpinned=options.unpinned,
    )


def _layers(compilation: Compilation) -> Layers:
    from locksync.tools.compiled.layered import read_layers

    export, options, _, inputs, tree, _ = compilation
    return read_layers(export.output, sources_of(export, options)[0][0], inputs, tree)


def _held_here(compilation: Compilation) -> bool:
    """Whether the output was right for this machine when it was last committed."""
    before = last_committed(compilation.export.output, compilation.tree)
    content = before.read(compilation.export.output)
    inputs = inputs_of(compilation, before)
    if inputs is None or content is None:
        return False
    then = compilation._replace(inputs=inputs)
    return _held(then, read_output(content, then))


def _held(compilation: Compilation, compiled: CompiledFile) -> bool:
    """Whether a compiled file is right for this machine."""
    prover = Prover(compiled, compilation.inputs, _expected(compilation, compiled))
    return not prover.best(prover.expected.places.here).faults


def _output_lines(inputs: Inputs, options: CompileOptions, as_pip: bool) -> tuple[str, ...]:
    """The option lines that the output must have."""
    default = f"--index-url {DEFAULT_INDEX_URL}"
    hidden = {*options.hidden_options, NO_INDEX}
    if (NO_INDEX, "") in inputs.options:
        hidden |= {"--index-url", "--extra-index-url"}
    given: Iterable[Option] = inputs.options
    lines = options.output_options
    if as_pip:
        command = (read_options(line) for line in lines)
        finder = Finder([DEFAULT_INDEX_URL]).heed(option for some in command for option in some)
        given, lines = finder.heed(inputs.options).options(), ()
    return tuple(
        line
        for line in (*(f"{name} {value}".strip() for name, value in given), *lines)
        if line.partition(" ")[0] not in hidden and line.rstrip("/") != default
    )


def _told(export: Export, reasons: Sequence[Reason]) -> Answer:
    """The finding that the reasons give: a doubt says nothing where something is certain."""
    if not reasons:
        return NOTHING
    first, *others = sorted(reasons, key=lambda reason: not reason.is_certain)
    said = first.message
    if first.file != export.output:
        place = f"{first.file}:{first.line}" if first.line else first.file
        said = f"{said}, and {place} asks for it" if UNPINNED in said else f"{said} ({place})"
    if not first.is_certain:
        finding = unsupported(export, said).finding._replace(line=first.line)
        return NOTHING._replace(findings=(finding,), details=tuple(map(str, others)))
    finding = Finding(Code.STALE, f"{export.output} is stale: {said}", first.file, first.line)
    details = (str(reason) for reason in others if reason.is_certain)
    return NOTHING._replace(findings=(finding,), details=tuple(details))
