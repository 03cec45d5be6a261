"""From a compile command to its Answer: whether the output is still what its inputs ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from locksync.documents import refuse_conflict
from locksync.findings import Code, Finding, FindingError
from locksync.model import Answer, Export, How
from locksync.repository.protocol import Tree
from locksync.requirements.parsing import decode
from locksync.tools.compiled.changes import (
    Compilation,
    changed_files,
    options_before,
    refuse_unseen_changes,
)
from locksync.tools.compiled.inputs import read_inputs
from locksync.tools.compiled.lock import CompiledFile, parse_compiled
from locksync.tools.compiled.manifest import Inputs, UnprovableError, Wanted
from locksync.tools.compiled.options import CompileOptions, groups_of, sources_of
from locksync.tools.compiled.proof.facts import Expected, Reason
from locksync.tools.compiled.proof.hashes import kept_hashes
from locksync.tools.compiled.prove import prove
from locksync.tools.shared.arguments import refuse_unknown, unsupported
from locksync.tools.shared.indexes import DEFAULT_INDEX_URL

Told = tuple[tuple[Finding, ...], tuple[str, ...]]
"""Findings, and what else there is to say of the first."""


def answer_by_proof(
    export: Export,
    tree: Tree,
    options: CompileOptions,
    expect: Callable[[CompiledFile], Expected],
) -> Answer:
    """Whether the output is still what its inputs ask for. Raises FindingError.

    `expect` says what the command asks of the output, option lines aside.
    """
    refuse_unknown(export, options.unsupported)
    if options.unprovable:
        raise unsupported(export, f"the effect of {options.unprovable} is not known")
    content = tree.read(export.output)
    try:
        inputs = _read_inputs(export, options, tree)
        told: Told = ((), ())
        if content is not None:
            told = _examine(Compilation(export, options, inputs, tree), content, expect)
    except UnprovableError as error:
        raise unsupported(export, str(error)) from error
    files = (*inputs.files, *inputs.constraint_files)
    return Answer(None, told[0], How.PROVED, told[1], files)


def _read_inputs(export: Export, options: CompileOptions, tree: Tree) -> Inputs:
    wanted = Wanted(
        extras=options.extras,
        all_extras=options.all_extras,
        expands_itself=options.expands_itself,
        groups=tuple(groups_of(export, options)),
    )
    return read_inputs(tree, *sources_of(export, options), wanted)


def _examine(
    compilation: Compilation, content: bytes, expect: Callable[[CompiledFile], Expected]
) -> Told:
    """What is wrong with the content of the output. Raises UnprovableError."""
    export, options, inputs, tree = compilation
    try:
        refuse_conflict(content, export.output)
    except FindingError as error:
        return (error.finding,), ()
    compiled = parse_compiled(decode(content))
    expected = expect(compiled)._replace(options=_output_lines(inputs, options))
    changed = changed_files(compilation, compiled)
    if changed:
        expected = expected._replace(options_before=tuple(options_before(changed, tree)))
    reasons = prove(compiled, inputs, expected)
    if not reasons and expected.corrects_hashes and options.hashes:
        before = parse_compiled(decode(tree.committed(export.output) or b""))
        reasons = kept_hashes(compiled, before, export.output)
    if changed and not reasons and content == tree.committed(export.output):
        refuse_unseen_changes(compilation, changed)
    return _told(export, reasons)


def _output_lines(inputs: Inputs, options: CompileOptions) -> tuple[str, ...]:
    """The option lines that the output must have."""
    default = f"--index-url {DEFAULT_INDEX_URL}"
    return tuple(
        line
        for line in (*inputs.options, *options.output_options)
        if line.partition(" ")[0] not in options.hidden_options and line.rstrip("/") != default
    )


def _told(export: Export, reasons: Sequence[Reason]) -> Told:
    if not reasons:
        return (), ()
    first, *others = reasons
    said = first.message if first.file == export.output else str(first)
    finding = Finding(Code.STALE, f"{export.output} is stale: {said}", first.file, first.line)
    return (finding,), tuple(map(str, others))
