"""The records that all parts of locksync share: exports, tools' answers and results."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from locksync.findings import Code, Finding, Verdict, worst


class How(Enum):
    """How a verdict was reached, the cheapest way first."""

    KNOWN = "known"
    RENDERED = "rendered"
    PROVED = "proved"
    RAN = "ran"
    NONE = "none"


class Edits(NamedTuple):
    """What a team changes in what a command writes. Globs match whole lines."""

    drop: tuple[str, ...] = ()
    """Globs of the lines that are taken out."""
    keep: tuple[str, ...] = ()
    """Globs of the lines in the output file that somebody has put there."""
    markers: bool = True
    """Whether requirements keep their markers."""

    def __bool__(self) -> bool:
        return bool(self.drop or self.keep or not self.markers)

    def __str__(self) -> str:
        said = (
            ("with lines taken out", self.drop),
            ("with lines kept", self.keep),
            ("without markers", not self.markers),
        )
        return ", ".join(part for part, is_so in said if is_so)


NO_EDITS = Edits()


class Export(NamedTuple):
    """One official command that writes one output file.

    All paths are relative to the repository, with forward slashes. The repository itself is "".
    """

    tool: str
    """The tool's name, a key of `locksync.tools.registry.TOOLS`."""
    directory: str
    """The directory in which the command runs."""
    arguments: tuple[str, ...]
    """The words after the command's name, as the user wrote them."""
    output: str
    """The requirements file that the command writes."""
    command: str
    """The command as a person would type it in `directory`."""
    lock: str = ""
    """The lock file, for tools whose lock file can lie above the directory."""
    where: str = ""
    """The file and line of the configuration that names it; "" for one that was discovered."""
    strict: bool = False
    """Whether the output must have the command's exact bytes, not only the same meaning."""
    edits: Edits = NO_EDITS
    """What the output has, or lacks, besides what the command writes."""

    @property
    def quoted(self) -> str:
        """The command as messages name it."""
        return f"`{self.command}` {self.edits}".rstrip()


class ChangedPin(NamedTuple):
    """A requirement that both sides pin to different versions or URLs."""

    name: str
    before: str
    after: str


class Pin(NamedTuple):
    """A requirement that only one side has. `version` is a version, a URL, or "" for neither."""

    name: str
    version: str


class Difference(NamedTuple):
    """How the command's output differs from the content of the output file."""

    added: tuple[Pin, ...] = ()
    removed: tuple[Pin, ...] = ()
    changed: tuple[ChangedPin, ...] = ()
    details: tuple[str, ...] = ()
    """Other differences in meaning: markers, extras, hashes and option lines."""

    def __bool__(self) -> bool:
        return any(self._asdict().values())


NO_DIFFERENCE = Difference()


class Answer(NamedTuple):
    """What a tool's command would write now, as far as that is known without running it."""

    text: str | None
    """The whole output with "\\n" line ends. None: the findings say why it is not known."""
    findings: tuple[Finding, ...] = ()
    how: How = How.RENDERED
    """PROVED: there is no text, but the findings name everything that is wrong."""
    difference: Difference = NO_DIFFERENCE
    """PROVED: how what the command would write differs from the output."""
    details: tuple[str, ...] = ()
    """Details for the finding that the output is stale."""
    inputs: tuple[str, ...] = ()
    """All input files, if they are known only after reading some of them."""
    python: str = ""
    """The Python versions of the project, PEP 440; "" for all. Markers are compared within them."""
    elsewhere: str = ""
    """The platform or Python for which the output was compiled, such as "Windows" or "Python 3.8",
    where it is not this machine's: then the tool must not run here."""
    notes: tuple[str, ...] = ()
    """What is worth a line, though nothing is wrong, as sentences without full stops."""


class Result(NamedTuple):
    """The verdict on one export, with everything that a report needs to explain it."""

    export: Export
    inputs: tuple[str, ...]
    how: How
    findings: tuple[Finding, ...] = ()
    difference: Difference = NO_DIFFERENCE
    current: bytes | None = None
    """The content of the output file. None: the file does not exist."""
    expected: bytes | None = None
    """The content it should have. None: unknown, or the meaning is the same."""
    changed: bool = False
    """Whether this run wrote the output file."""
    python: str = ""
    """The Python versions within which markers are compared."""
    program: tuple[str, ...] = ()
    """The words that started the tool; empty if it did not run."""
    unmatched: tuple[str, ...] = ()
    """The globs of the export's edits that match no line."""
    own: tuple[str, ...] = ()
    """What of the output somebody wrote, and regenerating it does away with."""
    overruled: tuple[str, ...] = ()
    """The pins that the command would write if the output had no kept line in their place."""
    elsewhere: str = ""
    """The platform or Python for which the output was compiled, if not this machine's."""
    notes: tuple[str, ...] = ()
    """What is worth a line, though nothing is wrong."""
    is_kept: bool = False
    """Whether the tool ran in this run and left the output, which was in doubt, as it is."""

    @property
    def is_for_the_tool(self) -> bool:
        """Whether only running the tool can settle what its command would write."""
        if self.how is How.RAN:
            return False  # The tool has already run.
        codes = {finding.code for finding in self.findings}
        is_proved = self.how is How.PROVED
        return Code.UNSUPPORTED in codes or (
            is_proved and any(code.is_repaired_by_writing for code in codes)
        )

    def settled(self) -> Result:
        """The result once the tool is known to leave the output as it is."""
        left = tuple(found for found in self.findings if not found.code.is_settled_by_the_tool)
        return self._replace(findings=left, difference=Difference())

    def unrepaired(self) -> Result:
        """The result after regenerating did not write it: its command is no repair any more."""
        left = (
            found.without_repairs() if found.code.is_repaired_by_writing else found
            for found in self.findings
        )
        return self._replace(findings=tuple(left))

    def failed(self, finding: Finding) -> Result:
        """The result after regenerating failed."""
        left = self.unrepaired()
        return left._replace(findings=(*left.findings, finding))

    @property
    def verdict(self) -> Verdict:
        """The verdict of the worst finding; fresh if there is none."""
        return worst(finding.code.verdict for finding in self.findings)


OWN_PYTHON = "{python}"
"""Stands in an invocation for the Python that runs locksync."""


class Invocation(NamedTuple):
    """How to start a tool's command so that it writes its output to a temporary place."""

    arguments: tuple[str, ...]
    output: str
    """The absolute path of that place."""
    to_stdout: bool = False
    """Whether the tool prints its output, so that it must be redirected to that place."""
    environment: Mapping[str, str | None] = {}
    """Environment variables to set. None: remove the variable."""
    hidden: tuple[str, ...] = ()
    """Prefixes of the variables that are hidden from the tool, unless set above."""
    module: str | None = None
    """The Python module to run instead of the tool's program."""
    python: str | None = None
    """The Python version that must run it, such as "3.11". None: any version."""
    copied: tuple[str, ...] = ()
    """Files of the repository to copy to the temporary place. The tool then sees only these copies.
    Empty: the tool runs in the repository."""
    above: Mapping[str, str] = {}
    """Files to write above the copies, so that the tool's searches stop there."""
    keeps_pins: bool = False
    """Whether the tool prefers the pins in its existing output, and so needs a copy of it."""
    restored: tuple[tuple[str, str], ...] = ()
    """Texts in the output that name the temporary place, each with its replacement."""
