"""What is special about poetry, in memory. Its bytes: tests/golden and tests/test_corpus.py."""

from __future__ import annotations

import random
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName
from poetry.core.constraints.version import Version, parse_constraint
from poetry.core.json import validate_object

from locksync.command_line import split_command
from locksync.documents import Table, parse_toml
from locksync.findings import Code, Verdict
from locksync.repository.paths import join
from locksync.tools.poetry.conjunctions import NotPlainError
from locksync.tools.poetry.manifest import content_hashes
from locksync.tools.poetry.markers import exported_marker, parse_by_grammar, parse_marker
from locksync.tools.poetry.options import read_options
from locksync.tools.poetry.plain_markers import plain_marker
from locksync.tools.poetry.render import PLAIN_VERSION
from locksync.tools.poetry.schemas import is_valid
from locksync.tools.poetry.versions import as_specifier
from locksync.tools.registry import TOOLS, read_export
from locksync.verdict.check import check
from tests.support.findings import repair_of
from tests.support.git import GitRepository
from tests.support.memory import MemoryTree
from tests.support.projects import PYPROJECT, poetry_lock, poetry_project
from tests.support.real_tools import TOP


@pytest.mark.parametrize(
    ("arguments", "output", "directory", "command"),
    [
        ("", "a/requirements.txt", "a", "poetry export -o requirements.txt"),
        ("-o x.txt", "a/x.txt", "a", "poetry export -o x.txt"),
        ("--output=x/y.txt", "a/x/y.txt", "a", "poetry export --output=x/y.txt"),
        ("-ox.txt", "a/x.txt", "a", "poetry export -ox.txt"),
        ("> x.txt", "a/x.txt", "a", "poetry export > x.txt"),
        ("> 'x y.txt'", "a/x y.txt", "a", "poetry export > 'x y.txt'"),
        ("-C b -o x.txt", "a/b/x.txt", "a/b", "poetry export -C b -o x.txt"),
        ("-C b", "a/b/requirements.txt", "a/b", "poetry export -C b -o requirements.txt"),
        ("-C b > x.txt", "a/x.txt", "a/b", "poetry export -C b > x.txt"),
        ("-P b -o x.txt", "a/x.txt", "a/b", "poetry export -P b -o x.txt"),
        ("-C b -P c -o x.txt", "a/b/x.txt", "a/b/c", "poetry export -C b -P c -o x.txt"),
        ("-C .. -o x.txt", "x.txt", "", "poetry export -C .. -o x.txt"),
    ],
)
def test_reads_where_a_command_runs_and_writes(
    arguments: str, output: str, directory: str, command: str
) -> None:
    export = read_export(split_command(f"poetry export {arguments}"), "a")
    assert (export.output, export.directory, export.command) == (output, "a", command)
    assert TOOLS["poetry"].inputs(export)[0] == join(directory, "poetry.lock")


@pytest.mark.parametrize(
    ("versions", "specifier"),
    [
        ("*", ""),
        ("^3.8", ">=3.8,<4"),
        ("^3.8.1", ">=3.8.1,<4"),
        ("^3", ">=3,<4"),
        ("^0.2", ""),
        ("~3.9", "==3.9.*"),
        ("~3.9.1", ">=3.9.1,==3.9.*"),
        ("~3", "==3.*"),
        (">=3.8,<4.0", ">=3.8,<4.0"),
        (" >= 3.8 , < 4.0 ", ">=3.8,<4.0"),
        (">3.7,!=3.9.*,!=3.10.1,<=3.12", ">3.7,!=3.9.*,!=3.10.1,<=3.12"),
        ("~=3.9", "~=3.9"),
        ("3.*", "==3.*"),
        ("==3.8.*", "==3.8.*"),
        ("3.8", ""),
        ("==3.8", ""),
        ("3.8 || 3.9", ""),
        (">=3.8 <4", ""),
        (">=3.8,<4 || >=5", ""),
        ("^3.8,nonsense", ""),
    ],
)
def test_versions_of_python_as_a_specifier(versions: str, specifier: str) -> None:
    assert as_specifier(versions) == specifier
    if specifier:
        allowed, meant = SpecifierSet(specifier), parse_constraint(versions)
        for version in (f"{n}.{m}.{p}" for n in (2, 3, 4) for m in range(15) for p in (0, 1, 2)):
            assert meant.allows(Version.parse(version)) == allowed.contains(version), version


@pytest.mark.parametrize(
    ("marker", "codes"),
    [
        ('python_version >= "3.9"', []),
        ('python_version >= "3.9" and python_version < "4.0"', []),
        ('python_full_version >= "3.9.0" and python_full_version < "4.0.0"', []),
        ('python_version < "4"', []),
        ('python_version >= "3.10" and python_version < "4.0"', [Code.STALE]),
        ('python_version < "3.12"', [Code.STALE]),
    ],
)
@pytest.mark.parametrize("versions", ["^3.9", ">=3.9,<4.0"])
def test_markers_are_compared_within_the_versions_of_the_project(
    versions: str, marker: str, codes: list[Code]
) -> None:
    pyproject = (
        PYPROJECT.replace('requires-python = ">=3.9"\ndependencies', "dynamic").replace(
            '["flask (>=3)"]', '["dependencies", "requires-python"]'
        )
        + f'[tool.poetry.dependencies]\npython = "{versions}"\nflask = ">=3"\n'
    )
    files = {
        "pyproject.toml": pyproject,
        "poetry.lock": poetry_lock(pyproject=pyproject),
        "requirements.txt": f"flask==3.0.3 ; {marker} \\\n    --hash=sha256:aa\n",
    }
    export = read_export(split_command("poetry export -o requirements.txt"), "")
    result = check(export, MemoryTree(files, changed=["poetry.lock"]))
    assert [finding.code for finding in result.findings] == codes


def test_refuses_a_command_of_two_outputs() -> None:
    with pytest.raises(ValueError, match=r"it writes a\.txt, so nothing is left for b\.txt"):
        read_export(split_command("poetry export -o a.txt > b.txt"), "")


def test_reads_groups_and_extras_as_poetry_does() -> None:
    words = [
        "--with",
        "a,b",
        "--with=c",
        "--only",
        "d , e",
        "-E",
        "x y",
        "--extras=z",
        "-n",
        "-vvv",
    ]
    options = read_options(words)
    assert options.with_groups == {"a", "b", "c"}
    assert options.only_groups == {"d", "e"}
    assert options.extras == ("x", "y", "z")
    assert options.unsupported == ()


def _hashes(text: str) -> tuple[str, ...]:
    return content_hashes(parse_toml(text.encode(), "pyproject.toml"))


@pytest.mark.parametrize(
    ("generator", "groups_counted", "fresh"),
    [
        ("2.5.1", True, True),
        ("2.5.1", False, False),
        ("2.3.0", False, False),
        ("2.2.1", False, True),
        ("2.2.1", True, True),
        ("and", False, False),
    ],
)
def test_dependency_groups_count_in_the_content_hash_since_poetry_2_3(
    generator: str, groups_counted: bool, fresh: bool
) -> None:
    pyproject = PYPROJECT + '\n[dependency-groups]\ndev = ["pytest"]\n'
    with_groups, without_groups = _hashes(pyproject)
    digest = with_groups if groups_counted else without_groups
    header = f"# This file is automatically @generated by Poetry {generator} and should not be\n"
    files = poetry_project()
    files["pyproject.toml"] = pyproject
    files["poetry.lock"] = header + poetry_lock(**{"content-hash": digest})
    result = check(read_export(split_command("poetry export"), ""), MemoryTree(files))
    assert result.verdict is (Verdict.FRESH if fresh else Verdict.STALE)
    assert [finding.code for finding in result.findings] == ([] if fresh else [Code.LOCK_STALE])


@pytest.mark.parametrize("directory", ["-C b", "-P b"])
def test_repairs_name_the_directory_of_the_project(directory: str) -> None:
    files = poetry_project("b", output=None)
    files["b/poetry.lock"] = poetry_lock(**{"content-hash": "0"})
    export = read_export(split_command(f"poetry export {directory} -o x.txt"), "")
    (finding,) = check(export, MemoryTree(files)).findings
    assert repair_of(finding) == "poetry -C b lock"


def test_a_project_outside_the_repository_is_refused() -> None:
    with pytest.raises(ValueError, match="leads out of the repository"):
        read_export(split_command("poetry export -P .. -o x.txt"), "")


COMPARISONS = st.builds(
    "{} {} {quote}{}{quote}".format,
    st.sampled_from(("python_version", "sys_platform", "extra", "os.name", "platform_machine")),
    st.sampled_from(("==", "!=", ">=", "<", "~=", "in", "not in", "===")),
    st.sampled_from(("3.8", "3.10", "linux", "3.8, 3.9", "a", "", "x\\y")),
    quote=st.sampled_from("'\""),
)
MARKERS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(("and", "or")), inner),
        st.builds("({})".format, inner),
    ),
    max_leaves=6,
)


@given(MARKERS)
def test_markers_are_read_as_poetry_core_reads_them(text: str) -> None:
    try:
        expected = parse_by_grammar(text)
    except ValueError:
        with pytest.raises(ValueError, match=r".*"):
            parse_marker(text)
    else:
        found = parse_marker(text)
        assert (type(found), repr(found), found) == (type(expected), repr(expected), expected)


def _version(smallest: int = 7, largest: int = 15) -> st.SearchStrategy[str]:
    return st.integers(smallest, largest).map("3.{}".format)


PYTHONS_OF_PROJECTS = st.one_of(
    st.sampled_from((">=3", ">=3.10, <3.15", "<4.0,>=3.8", "*", ">=3.9,!=3.9.7,<3.14", "<4.0")),
    st.builds("{}{}".format, st.sampled_from((">=", "^", "~")), _version()),
    st.builds("{}{}.{}".format, st.sampled_from((">=", "^", "~")), _version(), st.integers(0, 9)),
    st.builds(
        ">={},<{}{}".format, _version(7, 11), _version(10), st.sampled_from(("", ".0", ".2"))
    ),
    st.builds(">={},<{}".format, _version(), st.sampled_from(("4", "4.0", "4.0.0"))),
)
PYTHONS_OF_PACKAGES = st.one_of(
    st.sampled_from(("*", ">=2.7", ">=3.6.2", "!=3.0.*,!=3.1.*,>=2.7", ">=2.6, !=3.0.*", ">3.5")),
    st.builds("!=3.0.*,>=2.7,<{}".format, st.sampled_from(("4", "4.0", "4.0.0", "3.13.0"))),
    st.builds(">={}{}".format, _version(5, 13), st.sampled_from(("", ".0", ".1"))),
    st.builds(">={},<{}".format, _version(5, 9), st.sampled_from(("4", "4.0", "4.0.0", "3.14"))),
    st.builds(">={},!={}.{}".format, _version(5, 9), _version(5, 10), st.sampled_from("*01")),
)
VALUES = {
    "sys_platform": ("win32", "linux", "darwin"),
    "platform_system": ("Windows", "Darwin"),
    "os_name": ("nt", "posix"),
    "platform_machine": ("x86_64", "aarch64", "arm64"),
    "implementation_name": ("cpython", "pypy"),
    "platform_python_implementation": ("CPython", "PyPy"),
}
TEXT_COMPARISONS = st.sampled_from(
    [
        f'{name} {operator} "{value}"'
        for name, values in VALUES.items()
        for value in values
        for operator in ("==", "!=")
    ]
)
TERMS = st.one_of(
    TEXT_COMPARISONS,
    st.builds('python_version {} "{}"'.format, st.sampled_from((">=", "<", "==")), _version()),
    st.sampled_from(('extra == "a"', 'extra == "b"')),
    st.lists(TEXT_COMPARISONS, min_size=2, max_size=4).map(lambda some: f"({' or '.join(some)})"),
)
LOCKED_MARKERS = st.one_of(
    st.just("*"),
    st.builds("{} and {} or {}".format, TERMS, TERMS, TEXT_COMPARISONS),
    st.builds("({}) and ({} and {} or {})".format, TERMS, TERMS, TERMS, TEXT_COMPARISONS),
    st.builds('{} and python_version not in "3.9, 3.10"'.format, TERMS),
    st.lists(TERMS, min_size=1, max_size=3).map(" and ".join),
    st.lists(TEXT_COMPARISONS, min_size=2, max_size=3).map(" or ".join),
)


@settings(max_examples=600)
@given(
    PYTHONS_OF_PROJECTS,
    st.lists(LOCKED_MARKERS, min_size=1, max_size=2),
    PYTHONS_OF_PACKAGES,
    st.sampled_from((frozenset(), frozenset("a"), frozenset("ab"))),
)
def test_plain_markers_are_put_together_as_poetry_core_does(
    project: str, markers: list[str], python: str, extras: frozenset[NormalizedName]
) -> None:
    try:
        found = plain_marker(project, markers, python, extras)
    except NotPlainError:
        return
    assert found == exported_marker(project, markers, python, extras)


@pytest.mark.parametrize(
    ("project", "markers", "python", "found"),
    [
        (">=3.9,<4.0", ["*"], ">=3.8", 'python_version >= "3.9" and python_version < "4.0"'),
        (">=3.12,<3.13", ["*"], "*", 'python_version == "3.12"'),
        (
            "^3.13.2",
            ["*"],
            "*",
            'python_full_version >= "3.13.2" and python_full_version < "4.0.0"',
        ),
        (
            ">=3.10",
            ['python_version < "3.11" and sys_platform == "win32"'],
            "!=3.0.*,>=2.7",
            'python_version == "3.10" and sys_platform == "win32"',
        ),
        (">=3.10", ["*", "*"], ">=3.8", 'python_version >= "3.10"'),
        (">=3.10", ['extra == "b"'], ">=3.8", None),
        (">=3.10", ['extra == "a"'], ">=3.8", 'python_version >= "3.10"'),
    ],
)
def test_the_common_markers_are_plain(
    project: str, markers: list[str], python: str, found: str | None
) -> None:
    assert plain_marker(project, markers, python, {"a"}) == found


@pytest.mark.parametrize(
    ("project", "markers", "python"),
    [
        (">=3.09", ["*"], "*"),
        (">=3.\u0669", ["*"], "*"),
        (">=3.9", ['python_version == "3.\u0669"'], "*"),
        (">=3.9", ["*"], ">= 3 .9"),
        (">=3.9", ["*"], "\xa0>=3.10"),
        (">=3.9", ['extra == "b" and platform_release == "x"'], "*"),
        (">=3.9", ["*", 'platform_release == "x"'], "*"),
        (">=3.9", ["*"], ">=2.7,!=3.0.*,<4.0.0"),
        (">=3.9.0", ['python_version < "3.11"'], ">=2.7,!=3.0.*,<5"),
        ("<4.0", ["*"], ">=2.7,!=3.0.*,!=3.1.*"),
    ],
)
def test_whatever_poetry_core_may_take_for_something_else_is_left_to_it(
    project: str, markers: list[str], python: str
) -> None:
    with pytest.raises(NotPlainError):
        plain_marker(project, markers, python, {"a"})


@given(st.from_regex(PLAIN_VERSION, fullmatch=True))
def test_versions_in_their_normal_form_are_left_as_they_are(text: str) -> None:
    assert str(Version.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["(", ")", "and", 'os_name == "a" and', '(os_name == "a"', 'os_name == "a")', "x == 1"]
)
def test_what_is_no_marker_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a marker"):
        parse_marker(text)


MANIFESTS = [
    PYPROJECT,
    *(
        path.read_text(encoding="utf-8")
        for path in sorted(TOP.glob("tests/golden/*/project/*.toml"))
    ),
    (TOP / "examples/sbl-filing-api/pyproject.toml").read_text(encoding="utf-8"),
    """
    [project]
    name = "a"
    version = "1"
    authors = [{name = "A", email = "a@example.org"}]
    urls = {home = "https://example.org"}
    readme = {file = "README.md", content-type = "text/markdown"}
    license = {text = "MIT"}
    scripts = {a = "a:b"}
    [tool.poetry]
    packages = [{include = "a", from = "src", format = ["sdist"]}]
    include = ["x", {path = "y", format = "wheel"}]
    [tool.poetry.dependencies]
    a = [{version = "1", python = "<3"}, {git = "https://example.org/a", branch = "b"}]
    b = {path = "../b", develop = true, extras = ["c"], optional = true}
    [tool.poetry.build]
    script = "build.py"
    """,
]
WRONG: tuple[object, ...] = (
    *(1, True, "x", "a\nb", [], [1], {}, {"x": 1}, {"include-group": "a"}, "1.0", "<2"),
)


def _damaged(value: object, generator: random.Random) -> object:
    """A document with one value in it changed, dropped or added."""
    if isinstance(value, dict) and value and generator.random() < 0.9:
        key = generator.choice(sorted(value))
        match generator.randint(0, 9):
            case 0:
                return {name: item for name, item in value.items() if name != key}
            case 1:
                return {**value, generator.choice(("x", "version", "name")): "1"}
            case _:
                return {**value, key: _damaged(value[key], generator)}
    if isinstance(value, list) and value and generator.random() < 0.7:
        at = generator.randrange(len(value))
        return [*value[:at], _damaged(value[at], generator), *value[at + 1 :]]
    return generator.choice(WRONG)


def test_the_schemas_are_followed_as_poetry_core_does() -> None:
    seen = set()
    documents = [dict(parse_toml(text.encode(), "x").values) for text in MANIFESTS]
    for number in range(1500):
        generator = random.Random(number)
        document: object = generator.choice(documents)
        for _ in range(number % 3):
            document = _damaged(document, generator)
        found = Table(document if isinstance(document, dict) else {}).values
        tool = found.get("tool")
        for name, value in (
            ("project-schema", found.get("project", {})),
            ("poetry-schema", tool.get("poetry", {}) if isinstance(tool, dict) else {}),
        ):
            expected = not validate_object(deepcopy(value), name)  # type: ignore[arg-type]
            assert is_valid(value, name) is expected, (number, name)
            seen.add((name, expected))
    assert len(seen) == 4


@pytest.mark.parametrize(
    ("required", "notes"),
    [
        (">=2", ()),
        ("^2.0", ()),
        (
            ">=3",
            (
                "requirements.txt is checked as poetry 2.5.1 writes it, "
                "but pyproject.toml requires poetry >=3",
            ),
        ),
    ],
)
def test_another_poetry_that_a_project_requires_is_noted(
    required: str, notes: tuple[str, ...]
) -> None:
    manifest = f'{PYPROJECT}requires-poetry = "{required}"\n'
    files = {**poetry_project(), "pyproject.toml": manifest}
    result = check(read_export(split_command("poetry export"), ""), MemoryTree(files))
    assert (result.verdict, result.notes) == (Verdict.FRESH, notes)
    newer = {**files, "poetry.lock": files["poetry.lock"].replace('"2.1"', '"3.0"')}
    assert newer != files
    result = check(read_export(split_command("poetry export"), ""), MemoryTree(newer))
    assert result.verdict is Verdict.UNKNOWN


def test_the_note_is_said_at_every_check(repository: GitRepository) -> None:
    manifest = f'{PYPROJECT}requires-poetry = ">=3"\n'
    repository.commit_all({**poetry_project(), "pyproject.toml": manifest})
    for _ in range(2):
        run = repository.locksync()
        assert (run.code, run.findings) == (0, [])
        assert "but pyproject.toml requires poetry >=3" in run.stdout
