"""Whether a compiled file still is what its inputs ask for, told from what the file itself says.

A resolver that prefers the pins of the file has no reason to change it where every fact holds.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName

from locksync.repository import paths
from locksync.requirements.names import canonicalize_name
from locksync.requirements.parsing import Requirement
from locksync.tools.compiled.inputs import Input, Inputs
from locksync.tools.compiled.output import CompiledFile, Pin

Environments = Sequence[Mapping[str, str]]
"""The values of environment markers that the output may be for, or, if universal, is for."""
FILE_SOURCE = re.compile(
    r"(?P<option>-[rc]) (?P<path>.+)"
    r"|(?P<project>[\w.-]+)(?:\[[\w,.-]*\])? \((?P<file>[^:()]+)(?:::?.*)?\)"
)
FORMAT_CONTROLS = ("--no-binary", "--only-binary")
VCS_REFERENCE = re.compile(r"(?<=[^/:@])@[^@/#]*(?=#|$)|#.*$")


class Reason(NamedTuple):
    """One fact that does not hold any more."""

    message: str
    file: str
    line: int | None


class Expected(NamedTuple):
    """What of the command matters to the proof."""

    output: str
    """The path of the compiled file."""
    environments: Environments
    hashes: bool = False
    strip_extras: bool = False
    universal: bool = False
    """Whether requirements keep their markers instead of being evaluated."""
    keeps_markers: bool = True
    """Whether a pin has the marker of the requirement that it meets."""
    annotates_bare_constraints: bool = True
    """Whether a constraint that allows every version is named as a source too."""
    corrects_hashes: bool = False
    """Whether the command corrects hashes that are not those of the pinned version."""
    options: tuple[str, ...] = ()
    """Option lines that the command calls for."""
    dropped_options: frozenset[str] = frozenset()
    """Option lines that the inputs of HEAD had, and these do not have any more."""
    unpinned: frozenset[str] = frozenset()
    """Names of packages that the command leaves out."""


class UndecidableError(Exception):
    """The file does not say enough; the message says what is lacking."""


class _AmbiguousError(Exception):
    """A requirement applies in some of the environments only."""


class _Items:
    """Requirements of the inputs, found by the pins that they want."""

    def __init__(self, items: Iterable[Input]) -> None:
        self._by_name: dict[str, list[Input]] = {}
        self._placed: list[Input] = []
        for item in items:
            self._by_name.setdefault(item.requirement.name, []).append(item)
            if item.requirement.url:
                self._placed.append(item)

    def wanting(self, pin: Pin) -> list[Input]:
        """The requirements that a pin meets, or would."""
        name = pin.requirement.name
        found = self._by_name.get(name, []) if name else []
        return found + [
            item
            for item in self._placed
            if not (name and item.requirement.name)
            and _is_same_place(pin.requirement, item.requirement)
        ]


class _Proof:
    """The facts of one compiled file against its inputs."""

    def __init__(self, compiled: CompiledFile, inputs: Inputs, expected: Expected) -> None:
        self.compiled = compiled
        self.inputs = inputs
        self.expected = expected
        self.pins: dict[str, list[Pin]] = {}
        for pin in compiled.pins:
            self.pins.setdefault(pin.requirement.name or _place(pin.requirement), []).append(pin)
        self.requirements = [item for item in inputs.requirements if self._applies(item)]
        self.constraints = [item for item in inputs.constraints if self._applies(item)]
        self.wanted = _Items(self.requirements)
        self.constrained = _Items(self.constraints)
        self.placed = [pin for pin in compiled.pins if pin.requirement.url]
        self.has_nameless_pins = any(not pin.requirement.name for pin in compiled.pins)
        self.meant: dict[tuple[str, str], str | None] = {}
        self.left_out: set[str] = {
            canonicalize_name(name) for name in (*compiled.excluded, *expected.unpinned)
        }
        self.is_annotated = any(pin.sources for pin in compiled.pins)
        # pip-tools before 5 named the files only where packages need the pin too, or not at all.
        self.names_files = any(_file_source(name) for pin in compiled.pins for name in pin.sources)

    def reasons(self) -> Iterator[Reason]:
        for item in self.requirements:
            yield from self._requirement(item)
        for item in self.constraints:
            yield from self._constraint(item)
        for pin in self.compiled.pins:
            yield from self._pin(pin)
        yield from self._unreached()
        yield from self._options()

    def _applies(self, item: Input) -> bool:
        """Whether a requirement is to be met. Raises _AmbiguousError."""
        if not item.requirement.marker:
            return True
        try:
            answers = {
                Marker(item.requirement.marker).evaluate(dict(environment))
                for environment in self.expected.environments
            }
        except (UndefinedComparison, UndefinedEnvironmentName, ValueError) as error:
            raise UndecidableError(f"the marker {item.requirement.marker} has no value") from error
        if len(answers) > 1 and not self.expected.universal:
            raise _AmbiguousError
        return True in answers

    def _requirement(self, item: Input) -> Iterator[Reason]:
        wanted = item.requirement
        pins = self._pins_for(wanted)
        if not pins:
            if wanted.name not in self.left_out:
                yield _because(item, f"{_text(wanted)} is not pinned")
            return
        yield from self._met(item, pins)
        if not self._has_source(item, pins, ("-r",)):
            yield _because(
                item, f"{_text(wanted)} is not among the requirements that it was compiled from"
            )

    def _met(self, item: Input, pins: Sequence[Pin]) -> Iterator[Reason]:
        wanted = item.requirement
        allowed = [pin for pin in pins if _is_allowed(pin, wanted)]
        if not allowed:
            yield _because(item, f"{_text(wanted)} is not satisfied by the pin {pins[0]}")
            return
        if wanted.url and not any(self._is_same_reference(pin, wanted) for pin in allowed):
            yield _because(item, f"{_text(wanted)} is not what {allowed[0]} was made of")
        extras = frozenset(extra for pin in allowed for extra in pin.requirement.extras)
        if not self.expected.strip_extras and not wanted.extras <= extras and not wanted.url:
            missing = ", ".join(sorted(wanted.extras - extras))
            yield _because(
                item, f"{_text(wanted)} asks for {missing}, and the pin {allowed[0]} does not"
            )

    def _is_same_reference(self, pin: Pin, wanted: Requirement) -> bool:
        found = pin.requirement
        if ("--editable" in found.options) != ("--editable" in wanted.options):
            return False
        one, other = _reference(found.url), _reference(wanted.url)
        return one[1] == other[1] and (one[0] == other[0] or not self.expected.keeps_markers)

    def _constraint(self, item: Input) -> Iterator[Reason]:
        constraint = item.requirement
        pins = self.pins.get(constraint.name, [])
        if pins and not any(_is_allowed(pin, constraint) for pin in pins):
            yield _because(item, f"the pin {pins[0]} breaks the constraint {_text(constraint)}")
        elif (
            pins
            and self._is_annotated_constraint(constraint)
            # A file that is included too is named as that by some versions.
            and not self._has_source(item, pins, ("-c", "-r"))
        ):
            message = f"the constraint {_text(constraint)} is not among those of {pins[0]}"
            yield _because(item, message)

    def _is_annotated_constraint(self, constraint: Requirement) -> bool:
        return self.expected.annotates_bare_constraints or bool(str(constraint.specifier))

    def _pin(self, pin: Pin) -> Iterator[Reason]:
        """What the pin says of itself and why it is there."""
        here = (self.expected.output, pin.line)
        own = self.wanted.wanting(pin)
        for source in pin.sources:
            yield from self._source(pin, source)
        if not pin.sources and self.is_annotated and not own:
            yield Reason(f"{pin} is asked for by nothing", *here)
        if own and self.expected.keeps_markers and not self.expected.universal:
            constraints = {item.requirement.marker for item in self.constrained.wanting(pin)}
            markers = {item.requirement.marker for item in own} | (constraints - {""})
            if pin.requirement.marker not in markers:
                shown = pin.requirement.marker or "no marker"
                yield Reason(f"{pin} has {shown}, and the requirement does not", *here)
        only_own = own and all(_file_source(source) for source in pin.sources)
        extras = frozenset(extra for item in own for extra in item.requirement.extras)
        if only_own and pin.requirement.extras - extras:
            gone = ", ".join(sorted(pin.requirement.extras - extras))
            yield Reason(f"{pin} has {gone}, which no requirement asks for", *here)
        if own and pin.requirement.url and not self._may_be_url(pin, own):
            yield Reason(f"{pin} is a URL, and the requirement is not", *here)
        if (
            own
            and _is_verbatim(pin.requirement)
            and not any(_is_verbatim(item.requirement) for item in own)
        ):
            yield Reason(f"{pin} is pinned by ===, and the requirement is not", *here)
        if self.expected.hashes and not pin.requirement.hashes and not pin.requirement.url:
            yield Reason(f"{pin} has no hashes", *here)

    def _may_be_url(self, pin: Pin, own: Iterable[Input]) -> bool:
        """Whether a requirement, or a package that is a URL itself, asks for a URL."""
        asking = (self.pins.get(_source_name(source), []) for source in pin.sources)
        return any(item.requirement.url for item in own) or any(
            found.requirement.url for pins in asking for found in pins
        )

    def _source(self, pin: Pin, source: str) -> Iterator[Reason]:
        here = (self.expected.output, pin.line)
        named = _file_source(source)
        if named is None:
            if not self._is_known(source):
                yield Reason(f"{pin} is there because of {source}, which is not pinned", *here)
            return
        if "::" in source or source.endswith("(workspace)"):
            return  # What a build backend asks for, or the settings of the tool.
        option = named["option"] or "-r"
        meant = self._file_meant(source, option)
        items = self.constrained if option == "-c" else self.wanted
        if meant is None:
            if not self._is_known(named["project"] or ""):
                yield Reason(f"{pin} was asked for by {source}, which is no input", *here)
        elif not any(item.file == meant for item in items.wanting(pin)):
            yield Reason(f"{pin} was asked for by {meant}, which does not any more", *here)

    def _is_known(self, source: str) -> bool:
        name = _source_name(source)
        return name in self.pins or name in self.left_out or self.has_nameless_pins

    def _has_source(self, item: Input, pins: Iterable[Pin], options: Collection[str]) -> bool:
        """Whether an annotation names the file of a requirement with one of the options."""
        return not self.names_files or any(
            self._file_meant(source, option) == item.file
            for pin in pins
            for source in pin.sources
            for option in options
        )

    def _file_meant(self, source: str, option: str) -> str | None:
        """The input file that a source names with an option, None where it names none."""
        named = _file_source(source)
        if named is None or (named["option"] or "-r") != option:
            return None
        key = (named["path"] or named["file"], option)
        if key not in self.meant:
            files = self.inputs.constraint_files if option == "-c" else self.inputs.files
            self.meant[key] = _meant(key[0], files)
        return self.meant[key]

    def _pins_for(self, wanted: Requirement) -> list[Pin]:
        if wanted.name in self.pins:
            return self.pins[wanted.name]
        return [pin for pin in self.placed if _is_same_place(pin.requirement, wanted)]

    def _unreached(self) -> Iterator[Reason]:
        """The pins that no chain of annotations leads to from a requirement of the inputs."""
        if not self.is_annotated or self.has_nameless_pins:
            return
        needs: dict[str, list[str]] = {}
        waiting: list[str] = [name for name in self.left_out if name not in self.pins]
        for pin in self.compiled.pins:
            if not pin.sources or any(_file_source(source) for source in pin.sources):
                waiting.append(pin.requirement.name)
            for source in pin.sources:
                if not _file_source(source):
                    parent = _source_name(source)
                    needs.setdefault(parent, []).append(pin.requirement.name)
        waiting.extend(item.requirement.name for item in self.requirements)
        reached = set(waiting)
        for name in waiting:
            waiting.extend(found for found in needs.get(name, ()) if found not in reached)
            reached.update(needs.get(name, ()))
        for pin in self.compiled.pins:
            if pin.requirement.name not in reached:
                message = f"{pin} is needed by nothing that the inputs ask for"
                yield Reason(message, self.expected.output, pin.line)

    def _options(self) -> Iterator[Reason]:
        found = {normal_option(option) for option in self.compiled.options}
        expected = {normal_option(option) for option in self.expected.options}
        for option in sorted(expected - found):
            name = option.partition(" ")[0]
            if f"{name} :all:" not in found:
                yield Reason(f"it lacks the option {option}", self.expected.output, None)
        for option in sorted(found - expected):
            if option.startswith(FORMAT_CONTROLS) or option in self.expected.dropped_options:
                message = f"it has the option {option}, which no input calls for"
                yield Reason(message, self.expected.output, None)


def prove(compiled: CompiledFile, inputs: Inputs, expected: Expected) -> list[Reason]:
    """The reasons for which the file is to be compiled anew, none where it is as it should be.

    Where it depends on the environment which requirements apply, one environment has to be found
    in which all holds. Raises UndecidableError.
    """
    try:
        return _prove(compiled, inputs, expected)
    except _AmbiguousError:
        proofs = (
            _prove(compiled, inputs, expected._replace(environments=[environment]))
            for environment in expected.environments
        )
        return min(proofs, key=len)


def kept_hashes(compiled: CompiledFile, before: CompiledFile, output: str) -> list[Reason]:
    """The pins with another version than before, but with the hashes of that one."""
    old = {pin.requirement.name: pin.requirement for pin in before.pins}
    return [
        Reason(f"{pin} has the hashes of {found.name}=={found.version}", output, pin.line)
        for pin in compiled.pins
        if (found := old.get(pin.requirement.name))
        and pin.requirement.hashes
        and pin.requirement.hashes == found.hashes
        and pin.requirement.version != found.version
    ]


def _prove(compiled: CompiledFile, inputs: Inputs, expected: Expected) -> list[Reason]:
    proof = _Proof(compiled, inputs, expected)
    reasons = list(dict.fromkeys(proof.reasons()))
    names = {item.requirement.name for item in proof.requirements}
    if not reasons and not proof.is_annotated and set(proof.pins) - names:
        raise UndecidableError("its pins have no annotations that tell what they are for")
    return reasons


def _source_name(source: str) -> str:
    return canonicalize_name(re.split(r"[\[ ]", source, maxsplit=1)[0])


def _file_source(source: str) -> re.Match[str] | None:
    return FILE_SOURCE.fullmatch(source)


def _meant(path: str, files: Collection[str]) -> str | None:
    """The input file that an annotation names, relative to wherever the command was run."""
    wanted = posixpath.normpath(path.replace("\\", "/")).split("/")
    wanted = [part for part in wanted if part != ".."]
    best: tuple[int, str] | None = None
    for file in files:
        parts = file.split("/")
        common = 0
        for one, other in zip(reversed(parts), reversed(wanted), strict=False):
            if one != other:
                break
            common += 1
        # The command may have run elsewhere, and directories may have moved since.
        is_only = sum(paths.name(other) == parts[-1] for other in files) == 1
        is_close = is_only or common >= min(2, len(parts), len(wanted))
        if common and is_close and (best is None or common > best[0]):
            best = (common, file)
    return best[1] if best else None


def _because(item: Input, message: str) -> Reason:
    return Reason(message, item.file, item.line)


def _text(requirement: Requirement) -> str:
    if requirement.url:
        return requirement.url
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f"; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{extras}{requirement.specifier}{marker}"


def _is_verbatim(requirement: Requirement) -> bool:
    return str(requirement.specifier).startswith("===")


def _is_allowed(pin: Pin, wanted: Requirement) -> bool:
    found = pin.requirement
    if wanted.url:
        return _is_same_place(found, wanted)
    if found.url:
        # The version behind a URL is not told.
        return True
    try:
        return wanted.specifier.contains(found.version, prereleases=True)
    except ValueError as error:  # A number that Python does not read.
        raise UndecidableError(f"{pin} has a version that cannot be compared") from error


def _place(requirement: Requirement) -> str:
    """The URL or path of a requirement, without scheme, revision and fragment."""
    place = VCS_REFERENCE.sub("", requirement.url).split(" ;", 1)[0].strip()
    return posixpath.normpath(re.sub(r"^(?:git\+)?file:(?://)?", "", place)).removeprefix("./")


def _reference(url: str) -> tuple[str, str]:
    """The revision of a URL, and its fragment but for the name."""
    place, _, fragment = url.partition("#")
    revision = re.search(r"(?<=[^/:@])@([^@/]*)$", place)
    parts = sorted(part for part in fragment.split("&") if part and not part.startswith("egg="))
    return (revision[1] if revision and "+" in place else ""), "&".join(parts)


def _is_same_place(one: Requirement, other: Requirement) -> bool:
    if not (one.url and other.url):
        return False
    if one.url == other.url:
        return True
    here, there = _place(one), _place(other)
    # A path is written as an absolute one.
    shorter, longer = sorted((here, there), key=len)
    return shorter == longer or (
        "://" not in shorter and (longer.endswith(f"/{shorter}") or shorter == ".")
    )


def normal_option(option: str) -> str:
    """An option line, spelt so that it can be compared."""
    name, _, value = option.partition(" ")
    return f"{name} {value.strip().rstrip('/')}"
