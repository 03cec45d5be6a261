"""Find the Dockerfiles of a repository, and check each of them."""

from __future__ import annotations

from collections.abc import Iterable

from locksync.discovery.survey import Survey
from locksync.dockerfiles.rules import Judgement, is_dockerfile, judge, keeps
from locksync.findings import Code, FindingError
from locksync.repository.paths import is_within
from locksync.repository.protocol import Tree


def find_dockerfiles(tree: Tree, place: str, survey: Survey) -> list[str]:
    """The Dockerfiles at or below a path. The path itself counts whatever its name."""
    return sorted(
        path
        for path in tree.files()
        if path == place
        or (is_dockerfile(path) and is_within(path, place) and not survey.excludes(path))
    )


def examine(files: Iterable[str], survey: Survey, tree: Tree) -> Judgement:
    """Check some Dockerfiles. Findings about the configuration are included."""
    # A file with a finding would be an output without that finding.
    outputs = {export.output for export in survey.exports}
    outputs.update(finding.file for finding in survey.findings)
    is_misread = any(finding.code is Code.CONFIGURATION for finding in survey.findings)
    findings, unclear = list(survey.findings), list[str]()

    def is_kept(path: str) -> bool:
        return is_misread or survey.excludes(path) or keeps(path, tree, outputs)

    for file in files:
        try:
            judgement = judge(file, tree, is_kept)
        except FindingError as error:
            findings.append(error.finding)
        else:
            findings.extend(judgement.findings)
            unclear.extend(judgement.unclear)
    return Judgement(tuple(findings), tuple(unclear))
