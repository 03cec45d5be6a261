"""What the rest of locksync asks of a tool."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from locksync.findings import Repair
from locksync.model import Answer, Difference, Export, Invocation
from locksync.repository.protocol import Tree

if TYPE_CHECKING:
    from locksync.requirements.traces import Traces


class GlobalOptions(NamedTuple):
    """The options of a program that may stand before its subcommand."""

    flags: tuple[str, ...] = ()
    """Those without a value that the subcommand takes too."""
    values: tuple[str, ...] = ()
    """Those with a value that the subcommand takes too."""
    directories: tuple[str, ...] = ()
    """Those with a directory, in which the command runs as after a `cd`; after the subcommand too.
    """
    mute_flags: tuple[str, ...] = ()
    """Those without a value that the subcommand does not take, and that change no output."""
    mute_values: tuple[str, ...] = ()
    """Such ones with a value."""

    @property
    def takes_too(self) -> tuple[str, ...]:
        """Those that the subcommand takes too."""
        return (*self.flags, *self.values)

    @property
    def all(self) -> tuple[str, ...]:
        """All but those with a directory."""
        return (*self.takes_too, *self.mute_flags, *self.mute_values)


class OwnHook(NamedTuple):
    """A hook that the tool's own makers publish for pre-commit."""

    repository: str
    """The last part of the repository's address."""
    id: str
    arguments: tuple[str, ...] = ()
    """Its `args`, where nobody gives others."""


class LockCheck(NamedTuple):
    """How a tool itself says whether its lock file is up to date with the manifests."""

    invocation: Invocation
    """How to run it beside the lock file, in a copy of the repository."""
    says: str
    """What it says of a lock file that is not. Whatever else it says is no answer."""


class About(NamedTuple):
    """The facts of a tool that do not depend on a repository."""

    name: str
    """The tool's name, the key of `locksync.tools.registry.TOOLS`."""
    program: str
    """The program that is run."""
    command: tuple[str, ...]
    """The words that start its export command."""
    hook: str
    """The id of the hook that covers this tool alone."""
    packages: tuple[str, ...]
    """What pip installs for the command to be there."""
    writes_header: bool
    """Whether its outputs say that they are."""
    is_inert: bool
    """Whether its command, started as `invoke` says, does nothing but tell.

    Such a command runs no code that it finds, needs no network and writes to no other place than
    the one that it is given, so that a check may start it.
    """
    module: tuple[str, ...] = ()
    """The words that stand for those of `command` after `python -m`, where they are others."""
    other_command: tuple[str, ...] = ()
    """Another command that exports. Its last word comes before the arguments."""
    before_subcommand: GlobalOptions = GlobalOptions()
    """The options that may stand before the subcommand."""
    variables: tuple[str, ...] = ()
    """The environment variables that change what the command reads or writes."""
    own_hooks: tuple[OwnHook, ...] = ()
    """The hooks that run the same command."""
    headless: str = ""
    """The option that leaves the header out, of tools that write one; "" for none."""
    starts: bool = True
    """Whether its lock file calls for an export where a repository has none yet."""
    proves: bool = False
    """Whether its outputs are proved by their inputs, and not compared with a text."""
    header_variable: str = ""
    """The environment variable with the command that the header is to name."""
    built_upon_by: tuple[str, ...] = ()
    """The programs that run it, and whose headers name themselves."""
    lock_check: Callable[[], LockCheck] | None = None
    """How to ask it about its lock file, where only a build could tell; None: that never is so."""


class Tool(Protocol):
    """What the rest of locksync asks of a tool."""

    @property
    def about(self) -> About:
        """What it is called, and how it is run."""

    def discover(
        self, directory: str, names: Collection[str], tree: Tree
    ) -> Sequence[tuple[str, ...]]:
        """The arguments of the exports that a directory with these file names calls for."""

    def from_header(self, path: str, head: bytes, tree: Tree) -> Export | None:
        """The export that a file is the output of, as the header in its first bytes says.

        None where it does not say so, or its inputs cannot be found.
        """

    def candidates(self, directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
        """The exports, run in a directory, that may have written a file, the likeliest first.

        All write the file that was traced. Of those that write the same, the simplest comes
        first. None where the directory holds nothing to export, or a header tells it all.
        Raises FindingError where the lock file cannot be read.
        """

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        """The export that the command's arguments stand for, run in a directory.

        `stdout` is the file that the command's output is sent to. A command that names no
        output file means requirements.txt. Raises ValueError, saying what the command lacks.
        """

    def locate(self, export: Export, tree: Tree) -> Export:
        """The export with the input file that only the repository tells, where it names none."""

    def inputs(self, export: Export) -> tuple[str, ...]:
        """The input files, the lock file or main source first. Not all need to be there."""

    def answer(self, export: Export, tree: Tree) -> Answer:
        """What the command would write now, given that the lock file is there.

        Raises FindingError where that cannot be told or the command would refuse.
        """

    def invoke(self, export: Export, tree: Tree, output: str) -> Invocation:
        """How to run the command so that it writes to an absolute path outside the repository.

        Raises FindingError where the repository could have the tool do something else.
        """

    def make_lock(self, export: Export) -> Repair | None:
        """The command that brings the lock file in step with its manifest.

        None where a person writes what the export is made from. It installs nothing.
        """

    def follow(self, export: Export, old: str, new: str) -> Repair | None:
        """The command that makes the output from a source that has another name now.

        None where the source must have the name that it had.
        """

    def keep(self, export: Export, difference: Difference, tree: Tree) -> Repair | None:
        """The commands after which the export gives what the output file holds now.

        `difference` is what regenerating would change. None where no command does it. They
        install nothing. Raises FindingError.
        """
