"""The records every part of locksync speaks in: exports, what their tools answer, results."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from locksync.findings import Code, Finding, Verdict, worst


class How(Enum):
    """The way a verdict was reached, the cheapest first."""

    KNOWN = "known"
    RENDERED = "rendered"
    PROVED = "proved"
    RAN = "ran"
    NONE = "none"


class Export(NamedTuple):
    """One official command that writes one output file.

    All paths are relative to the repository, with forward slashes; the repository itself is "".
    """

    tool: str
    """Name of the tool, a key of `locksync.tools.TOOLS`."""
    directory: str
    """Where the command runs."""
    arguments: tuple[str, ...]
    """The words after the command's name, as they were written."""
    output: str
    """The requirements file that the command writes."""
    command: str
    """The command as a person would type it in `directory`."""
    lock: str = ""
    """The lock file, of tools whose lock file can lie above the directory."""
    strict: bool = False
    """Whether the output is to have the bytes the command writes, not just their meaning."""


class Answer(NamedTuple):
    """What a tool's command would write now, as far as can be told without running it."""

    text: str | None
    """The whole output with "\\n" line ends, or None: the findings say why it cannot be told."""
    findings: tuple[Finding, ...] = ()
    how: How = How.RENDERED
    """PROVED: there is no text, but nothing is wrong that the findings do not tell."""
    details: tuple[str, ...] = ()
    """What else there is to say of a finding that the output is stale."""
    inputs: tuple[str, ...] = ()
    """All input files, where they tell of one another."""


class ChangedPin(NamedTuple):
    """A requirement that both sides pin, to different versions or URLs."""

    name: str
    before: str
    after: str


class Pin(NamedTuple):
    """A requirement that only one side has; `version` is a version, a URL or "" for neither."""

    name: str
    version: str


class Difference(NamedTuple):
    """How what the command would write differs from what the output file holds."""

    added: tuple[Pin, ...] = ()
    removed: tuple[Pin, ...] = ()
    changed: tuple[ChangedPin, ...] = ()
    details: tuple[str, ...] = ()
    """Other differences in meaning: markers, extras, hashes and option lines."""

    def __bool__(self) -> bool:
        return any(self._asdict().values())


class Result(NamedTuple):
    """The verdict on one export, with everything a report needs to explain it."""

    export: Export
    inputs: tuple[str, ...]
    how: How
    findings: tuple[Finding, ...] = ()
    difference: Difference = Difference()
    current: bytes | None = None
    """What the output file holds; None: there is no such file."""
    expected: bytes | None = None
    """What it should hold; None: not known, or the same by meaning."""
    changed: bool = False
    """Whether this run has written the output file."""
    program: tuple[str, ...] = ()
    """The words that started the tool, where it was run."""

    @property
    def is_for_the_tool(self) -> bool:
        """Whether only the tool itself can tell what its command would write."""
        codes = {finding.code for finding in self.findings}
        if self.how is How.RAN:
            return False  # It has told all that it can.
        if self.how is How.PROVED:
            return any(code.is_repaired_by_writing for code in codes)
        return Code.UNSUPPORTED in codes

    def failed(self, finding: Finding) -> Result:
        """The result once regenerating has failed, which then is no repair any more."""
        left = (
            found._replace(repair=None) if found.code.is_repaired_by_writing else found
            for found in self.findings
        )
        return self._replace(findings=(*left, finding))

    @property
    def verdict(self) -> Verdict:
        """Fresh without a finding; unknown wins over stale."""
        return worst(finding.code.verdict for finding in self.findings)


class Invocation(NamedTuple):
    """How to start a tool's command so that it writes its output to another place."""

    arguments: tuple[str, ...]
    output: str
    """The absolute path of that place."""
    to_stdout: bool = False
    """Whether the tool prints its output, and has to be sent there."""
    environment: Mapping[str, str | None] = {}
    """Variables to set; None: to remove."""
    hidden: tuple[str, ...] = ()
    """What the names of variables start with that the tool is not to see, unless set above."""
    module: str | None = None
    """The Python module to run in place of the tool's program."""
    python: str | None = None
    """The version of Python that has to run it, like "3.11"; None: any."""
    copied: tuple[str, ...] = ()
    """Files of the repository that the tool is to find copies of, around its output, in place of
    the repository itself; none: it runs in the repository."""
    above: Mapping[str, str] = {}
    """Files to put above the copies, where the tool looks on and others may have put theirs."""
    keeps_pins: bool = False
    """Whether the tool keeps to the pins that it finds in its output, and has to be given them."""
    restored: tuple[tuple[str, str], ...] = ()
    """Texts of the output that tell of the other place, and what stands for them."""
