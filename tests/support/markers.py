"""Random markers, other ways to say the same or almost the same, and environments to judge by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from random import Random
from typing import NamedTuple

from packaging.markers import Marker, UndefinedComparison
from packaging.version import InvalidVersion

PYTHONS = (
    *("2.7.18", "3.0.1", "3.4.10", "3.5.10", "3.6.0", "3.6.1", "3.6.2", "3.6.15", "3.7.0"),
    *("3.7.2", "3.7.17", "3.8.0", "3.8.1", "3.8.2", "3.8.10", "3.8.20", "3.9.0", "3.9.1"),
    *("3.9.7", "3.9.8", "3.9.25", "3.10.0", "3.10.2", "3.10.19", "3.11.0", "3.11.3", "3.11.4"),
    *("3.11.14", "3.12.0", "3.12.0+", "3.12.3", "3.13.0", "3.13.7", "3.14.0", "3.14.3"),
    *("3.15.0", "3.20.1", "4.0.0", "4.1.2"),
)
PLATFORMS = (
    ("linux", "Linux", "posix"),
    ("darwin", "Darwin", "posix"),
    ("win32", "Windows", "nt"),
    ("cygwin", "CYGWIN_NT-10.0-19045", "posix"),
    ("freebsd13", "FreeBSD", "posix"),
    ("openbsd7", "OpenBSD", "posix"),
    ("sunos5", "SunOS", "posix"),
    ("aix", "AIX", "posix"),
    ("emscripten", "Emscripten", "posix"),
    ("android", "Android", "posix"),
    ("ios", "iOS", "posix"),
    ("java11.0.2", "Java", "java"),
)
IMPLEMENTATIONS = (
    ("CPython", "cpython", ""),
    ("PyPy", "pypy", "7.3.13"),
    ("PyPy", "pypy", "7.3.0"),
    ("GraalVM", "graalpy", "23.1.0"),
    ("Jython", "jython", ""),
    ("Brython", "brython", "3.11.0"),
)
MACHINES = (
    *("x86_64", "aarch64", "arm64", "AMD64", "i686", "x86", "armv7l", "ppc64le", "s390x", ""),
    "riscv64",
)
RELEASES = (
    *("5.15.0-91-generic", "5.15.0", "5.15", "20.6.0", "19.6.0", "21.0", "10", "", "4.9.140-tegra"),
    *("5.15.90.1-microsoft-standard-WSL2", "6.1.0rc3", "20.0.0", "6.1.0-13", "20.1", "4.19.0"),
)
VERSIONS = (
    *("#1 SMP Debian 6.1.55-1", "10.0.19045", "", "Darwin Kernel Version 22.6.0", "20.0"),
    "#101-Ubuntu SMP",
)
EXTRAS = ("", "a", "b", "all")


def environments(*markers: Node) -> list[dict[str, str]]:
    """Some 5,600 realistic environments; what their parts have in common goes together.

    Without those that do not count for the markers given.
    """
    skipped = any(map(_turns_full_version, markers))
    return [one for one in _all() if not (skipped and one["python_full_version"].endswith("+"))]


def _turns_full_version(node: Node) -> bool:
    """Whether a comparison has the full version of Python last: one with builds is a string's."""
    if isinstance(node, Tree):
        return any(map(_turns_full_version, node.operands))
    return node.is_reversed and node.variable == "python_full_version"


@cache
def _all() -> list[dict[str, str]]:
    random = Random(1)
    return [
        {
            "python_version": ".".join(python.split(".")[:2]),
            "python_full_version": python,
            **dict(zip(("sys_platform", "platform_system", "os_name"), platform, strict=True)),
            "platform_python_implementation": name,
            "implementation_name": implementation,
            "implementation_version": version or python.removesuffix("+"),
            "platform_machine": random.choice(MACHINES),
            "platform_release": random.choice(RELEASES),
            "platform_version": random.choice(VERSIONS),
            "extra": random.choice(EXTRAS),
        }
        for python, platform, (name, implementation, version) in product(
            PYTHONS, PLATFORMS, IMPLEMENTATIONS
        )
        for _ in range(2)
    ]


def witness(first: str, second: str, among: Sequence[dict[str, str]]) -> dict[str, str] | None:
    """The first of some environments in which `packaging` evaluates two markers differently."""
    left, right = _read(first), _read(second)
    for environment in among:
        if evaluate(left, environment) is not evaluate(right, environment):
            return environment
    return None


class Places(NamedTuple):
    """Environments, one bit for each."""

    true: int
    refused: int
    """Where `packaging` refuses to tell."""


class Grid:
    """Environments, and where in them random markers hold, fast.

    `packaging` evaluates each comparison, in each of the values of its variable.
    """

    def __init__(self, among: Sequence[dict[str, str]]) -> None:
        self._places: dict[str, dict[str, int]] = {}
        for place, environment in enumerate(among):
            for variable, value in environment.items():
                values = self._places.setdefault(variable, {})
                values[value] = values.get(value, 0) | 1 << place
        self._all = (1 << len(among)) - 1
        self._known: dict[Atom, Places] = {}
        self._builds = sum(
            1 << place
            for place, environment in enumerate(among)
            if environment["python_full_version"].endswith("+")
        )

    def is_alike(self, one: Node, other: Node) -> bool:
        """Whether two markers hold in the same environments, of those that count for them."""
        skipped = _turns_full_version(one) or _turns_full_version(other)
        counting = self._all & ~self._builds if skipped else self._all
        first, second = self.holds(one), self.holds(other)
        refused = first.refused | second.refused
        differs = (first.true ^ second.true) & ~refused | (first.refused ^ second.refused)
        return not differs & counting

    def holds(self, node: Node) -> Places:
        """Where a marker holds."""
        if isinstance(node, Atom):
            if node not in self._known:
                self._known[node] = self._evaluate(node)
            return self._known[node]
        true, refused = self._all if node.word == "and" else 0, 0
        for part in map(self.holds, node.operands):
            true = true & part.true if node.word == "and" else true | part.true
            refused |= part.refused
        return Places(true, refused)

    def _evaluate(self, atom: Atom) -> Places:
        true = refused = 0
        marker = Marker(spell(atom))
        for value, places in self._places[atom.variable].items():
            outcome = evaluate(marker, {atom.variable: value})
            true |= places if outcome else 0
            refused |= places if outcome is None else 0
        return Places(true, refused)


def evaluate(marker: Marker | None, environment: dict[str, str]) -> bool | None:
    """Whether it holds; None where `packaging` refuses to tell."""
    try:
        return marker is None or marker.evaluate(environment)
    except (UndefinedComparison, InvalidVersion):
        return None


@cache
def _read(text: str) -> Marker | None:
    return Marker(text) if text else None


# Literals and operators for each variable.
ORDER = ("<", "<=", ">", ">=", "==", "!=")
MEMBER = ("in", "not in")
OF_PYTHON = (*ORDER, *ORDER, "~=", "===", *MEMBER)
OF_TEXT = ("==", "==", "!=", *MEMBER)
MINORS = (*("2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "4.0"), "3")
FULL = (
    *("3.6.1", "3.6.2", "3.7.2", "3.8.0", "3.8.1", "3.9.0", "3.9.1", "3.9.7", "3.11.4", "3.12.0"),
    *("3.10.0", "3.8", "3.9", "3.10", "3.12", "4.0.0", "4"),
)
LISTS = ("3.8, 3.9", "3.8 3.9 3.10", "3.7,3.8", "3.10, 3.11")
VOCABULARY: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "python_version": (OF_PYTHON, (*MINORS, *MINORS, "3.*", "3.8.*", "3.10.*", "3.8.1", *LISTS)),
    "python_full_version": (OF_PYTHON, (*FULL, *FULL, "3.8.*", "3.9.7.*", "3.8.0, 3.8.1")),
    "sys_platform": (OF_TEXT, ("linux", "win32", "darwin", "cygwin", "linux darwin", "win32,x")),
    "platform_system": (OF_TEXT, ("Linux", "Windows", "Darwin", "FreeBSD", "Linux Darwin")),
    "os_name": (OF_TEXT, ("nt", "posix", "java", "nt posix")),
    "platform_python_implementation": (OF_TEXT, ("CPython", "PyPy", "Jython", "pypy")),
    "implementation_name": (OF_TEXT, ("cpython", "pypy", "CPython", "cpython pypy")),
    "platform_machine": (
        (*OF_TEXT, "<", ">="),
        ("x86_64", "aarch64", "arm64", "arm", "x86_64 aarch64", "i386, i686", "s390x"),
    ),
    "platform_release": ((*ORDER, *MEMBER, "~="), ("20.0", "20.6.0", "5.15", "microsoft", "5.*")),
    "platform_version": (OF_TEXT, ("20.0", "Debian", "#1", "Ubuntu Debian")),
    "implementation_version": (ORDER, ("3.8.1", "7.3.0", "7.3", "3.12.0")),
    "extra": (("==", "!="), ("a", "b", "A_l", "all")),
}
LIKELY = (
    *("python_version",) * 5,
    *("python_full_version",) * 4,
    *("sys_platform", "platform_system", "os_name") * 2,
    *("platform_python_implementation", "implementation_name") * 2,
    *VOCABULARY,
)
SAME = (
    (("sys_platform", "win32"), ("platform_system", "Windows"), ("os_name", "nt")),
    (("sys_platform", "linux"), ("platform_system", "Linux")),
    (("sys_platform", "darwin"), ("platform_system", "Darwin")),
    (("implementation_name", "cpython"), ("platform_python_implementation", "CPython")),
    (("implementation_name", "pypy"), ("platform_python_implementation", "PyPy")),
)
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
OPPOSITE = {
    **{"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="},
    **{"in": "not in", "not in": "in"},
}


class Atom(NamedTuple):
    """A comparison."""

    variable: str
    operator: str
    literal: str
    is_reversed: bool = False


class Tree(NamedTuple):
    """Markers joined by a word."""

    word: str
    operands: tuple[Tree | Atom, ...]


Node = Tree | Atom


def spell(node: Node, is_outer: bool = True) -> str:
    """A marker as text."""
    if isinstance(node, Atom):
        literal = f'"{node.literal}"'
        if node.is_reversed:
            return f"{literal} {node.operator} {node.variable}"
        return f"{node.variable} {node.operator} {literal}"
    text = f" {node.word} ".join(spell(operand, False) for operand in node.operands)
    return text if is_outer else f"({text})"


def random_marker(random: Random, depth: int = 2) -> Node:
    """A marker of one to some ten comparisons."""
    if depth == 0 or random.random() < 0.4:
        return random_atom(random)
    operands = [random_marker(random, depth - 1) for _ in range(random.choice((2, 2, 3)))]
    return Tree(random.choice(("and", "or")), tuple(operands))


def random_atom(random: Random) -> Atom:
    """A comparison; one in ten has the literal first."""
    variable = random.choice(LIKELY)
    operators, literals = VOCABULARY[variable]
    operator, literal = random.choice(operators), random.choice(literals)
    return Atom(variable, operator, literal, random.random() < 0.1)


def altered(node: Node, random: Random) -> Node:
    """The marker said otherwise: the same, almost the same, or something else."""
    if isinstance(node, Tree) and random.random() < 0.75:
        operands = list(node.operands)
        place = random.randrange(len(operands))
        operands[place] = altered(operands[place], random)
        return Tree(node.word, tuple(operands))
    changes = list(_changes_of_atom(node) if isinstance(node, Atom) else _changes_of_tree(node))
    return random.choice([*changes, *_changes_of_any(node, random)])


def _changes_of_any(node: Node, random: Random) -> Iterator[Node]:
    other = random_atom(random)
    yield Tree("and", (node, node))
    yield Tree("or", (node, Tree("and", (other, node))))
    yield Tree("and", (Tree("or", (other, node)), node))
    if other.operator in OPPOSITE:
        opposite = other._replace(operator=OPPOSITE[other.operator])
        yield Tree("or", (Tree("and", (node, other)), Tree("and", (opposite, node))))
        yield Tree("and", (node, Tree("or", (other, opposite))))


def _changes_of_tree(tree: Tree) -> Iterator[Node]:
    yield Tree(tree.word, tree.operands[::-1])
    yield Tree("or" if tree.word == "and" else "and", tree.operands)
    yield Tree(tree.word, tree.operands[1:]) if len(tree.operands) > 2 else tree.operands[0]
    inner = tree.operands[0]
    if isinstance(inner, Tree) and inner.word != tree.word:
        rest = tree.operands[1:]
        spread = (Tree(tree.word, (operand, *rest)) for operand in inner.operands)
        yield Tree(inner.word, tuple(spread))


def _changes_of_atom(atom: Atom) -> Iterator[Node]:
    variable, operator, literal, is_reversed = atom
    mirrored = MIRRORED.get(operator, operator)
    yield atom._replace(is_reversed=not is_reversed, operator=mirrored)
    yield atom._replace(is_reversed=not is_reversed)
    if operator in OPPOSITE:
        yield atom._replace(operator=OPPOSITE[operator])
    if variable.startswith("python"):
        yield from _changes_of_version(atom)
    for group in SAME:
        if (variable, literal) in group:
            yield from (Atom(name, operator, value) for name, value in group)
    if operator in MEMBER and not is_reversed:
        parts = literal.replace(",", " ").split()
        compared = "==" if operator == "in" else "!="
        operands = tuple(Atom(variable, compared, part) for part in parts)
        word = "or" if operator == "in" else "and"
        yield Tree(word, operands) if len(operands) > 1 else operands[0]


def _changes_of_version(atom: Atom) -> Iterator[Node]:
    variable, operator, literal, _ = atom
    other = "python_full_version" if variable == "python_version" else "python_version"
    yield atom._replace(variable=other)
    yield atom._replace(literal=f"{literal}.0")
    yield atom._replace(literal=f"{literal}.*")
    yield Atom("python_full_version", operator, f"{literal}.*")
    if literal.count(".") == 1 and literal.replace(".", "").isdigit():
        major, minor = literal.split(".")
        following = f"{major}.{int(minor) + 1}"
        yield Tree("and", (Atom(variable, ">=", literal), Atom(variable, "<", following)))
        yield Tree("or", (Atom(variable, "<", literal), Atom(variable, ">=", following)))
        yield Atom(variable, ">=", following)
        yield Atom("python_full_version", "<", f"{following}.0")
    for changed in ("<=", "<", ">=", ">", "==", "==="):
        yield atom._replace(operator=changed)
