"""Writing what the exports' commands would write."""

from __future__ import annotations

from locksync.export import Code, Finding, FindingError, Result
from locksync.repository import Repository
from locksync.writing import replace


def answered(result: Result, repository: Repository) -> Result:
    """The result once the tool was asked what only the tool can tell."""
    if not result.is_for_the_tool:
        return result
    # Only runs that cannot do without a tool pay for what starts one.
    from locksync.asking import ask

    return ask(result, repository)


def fix(result: Result, repository: Repository) -> Result:
    """The result once its output file holds what is expected, where that is known."""
    if result.expected is None:
        return result
    output = result.export.output
    try:
        replace(repository.locate(output), result.expected)
    except FindingError as error:
        return result._replace(findings=(*result.findings, error.finding))
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}"
        finding = Finding(Code.UNWRITABLE, message, output)
        return result._replace(findings=(*result.findings, finding))
    return result._replace(changed=True)
