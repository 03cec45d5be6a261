"""Exports in layers: what one writes, another reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from locksync.command_line import fix_command
from locksync.findings import Code, Finding
from locksync.model import Result


def in_layers(results: Sequence[Result]) -> Iterator[Result]:
    """The results. One that lacks an input that another of the exports writes waits for that."""
    missing = {
        finding.file
        for result in results
        for finding in result.findings
        if finding.code is Code.MISSING
    }
    outputs = {result.export.output for result in results}
    for one in results:
        result = without_what_others_tell(one, outputs)
        lacking = [
            finding
            for finding in result.findings
            if finding.code is Code.REFUSED and finding.file in missing - {result.export.output}
        ]
        yield _waiting(result, lacking[0]) if lacking else result


def without_what_others_tell(result: Result, outputs: Collection[str]) -> Result:
    """The result without what git says of its inputs that other exports write: those tell it."""
    left = tuple(
        finding
        for finding in result.findings
        if finding.code is not Code.UNTRACKED
        or finding.file == result.export.output
        or finding.file not in outputs
    )
    return result._replace(findings=left)


def _waiting(result: Result, lacking: Finding) -> Result:
    """The result of an export whose input is still to be written."""
    output, source = result.export.output, lacking.file
    code, state = Code.STALE, "stale"
    if result.current is None:
        code, state = Code.MISSING, "missing"
    message = f"{output} is {state}: {source}, which it is made from, is missing"
    finding = Finding(code, message, output, None, fix_command(source, output))
    left = tuple(finding if found == lacking else found for found in result.findings)
    return result._replace(findings=left, inputs=(*result.inputs, source))
