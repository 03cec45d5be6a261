"""Which command wrote each committed file, and what follows for the configuration."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from locksync.adoption.further import look_further
from locksync.adoption.plan import Adoption, Choice, Entry, Settings, adopt
from locksync.command_line import split_command
from locksync.discovery.search import Explanation, Origin
from locksync.discovery.survey import find_exports
from locksync.findings import Verdict
from locksync.tools.registry import TOOLS, read_export
from locksync.verdict.check import check
from tests.support.memory import MemoryTree
from tests.support.projects import (
    COMPILED_OUTPUT,
    PIPENV_OUTPUT,
    POETRY_OUTPUT,
    PYPROJECT,
    compiled_project,
    pdm_lock,
    pipenv_project,
    pipfile_lock,
    poetry_lock,
    poetry_output,
    poetry_project,
)
from tests.test_golden import CASES, Case, _memory

POETRY = poetry_project(output=None)
PIPENV = pipenv_project(output=None)
COMPILED = compiled_project(output=None)
WITHOUT_HASHES = 'flask==3.0.3 ; python_version >= "3.9"\n'
EMPTY = {
    "pyproject.toml": PYPROJECT.replace('"flask (>=3)"', ""),
    "poetry.lock": "package = []\n[metadata]"
    + poetry_lock(pyproject=PYPROJECT.replace('"flask (>=3)"', "")).partition("[metadata]")[2],
}


PLAIN = "pipenv requirements --exclude-index > requirements.txt"


def _at(directory: str, output: str | None = "flask==3.0.3\n") -> dict[str, str]:
    return pipenv_project(directory, output)


PDM_MANIFEST = """\
[project]
name = "app"
version = "1"
requires-python = ">=3.9"
dependencies = ["flask>=3"]

[project.optional-dependencies]
extra = ["click"]

[dependency-groups]
dev = ["pytest"]

[tool.pdm]
distribution = false
"""


def _pdm_lock() -> str:
    lock = pdm_lock(pyproject=PDM_MANIFEST)
    head, package = lock.split("[[package]]")
    head = head.replace('["default"]', '["default", "extra", "dev"]')
    groups = {"flask": "default", "click": "extra", "pytest": "dev"}
    packages = (
        package.replace('"flask"', f'"{name}"').replace('["default"]', f'["{group}"]')
        for name, group in groups.items()
    )
    return "[[package]]".join((head, *packages))


def _adopted(tree: MemoryTree, below: str = "") -> Adoption:
    survey = find_exports(tree)
    return adopt(tree, survey, below, look_further(tree, survey, below, lambda path: None))


def _explained(files: Mapping[str, str], path: str, **more: object) -> Explanation:
    tree = MemoryTree(files, **more)  # type: ignore[arg-type]
    return next(one for one in _adopted(tree).explanations if one.output == path)


@pytest.mark.parametrize(
    ("files", "path", "text", "command", "origin"),
    [
        pytest.param(
            POETRY,
            "requirements.txt",
            POETRY_OUTPUT,
            "poetry export -f requirements.txt -o requirements.txt",
            Origin.BYTES,
            id="the default command is the first to be tried",
        ),
        pytest.param(
            POETRY,
            "deps.txt",
            POETRY_OUTPUT.replace("\n", "\r\n"),
            "poetry export -o deps.txt",
            Origin.BYTES,
            id="line ends of Windows",
        ),
        pytest.param(
            POETRY,
            "docker/requirements.txt",
            WITHOUT_HASHES,
            "poetry export --without-hashes -o docker/requirements.txt",
            Origin.BYTES,
            id="below the lock file",
        ),
        pytest.param(
            poetry_project("app", None),
            "requirements.txt",
            WITHOUT_HASHES,
            "poetry export --without-hashes -o ../requirements.txt",
            Origin.BYTES,
            id="above the lock file",
        ),
        pytest.param(
            POETRY,
            "a b/-e.txt",
            WITHOUT_HASHES,
            "poetry export --without-hashes -o 'a b/-e.txt'",
            Origin.BYTES,
            id="a name that a shell would split",
        ),
        pytest.param(
            POETRY,
            "-e.txt",
            WITHOUT_HASHES,
            "poetry export --without-hashes -o ./-e.txt",
            Origin.BYTES,
            id="a name that would be taken for an option",
        ),
        pytest.param(
            POETRY,
            "constraints.txt",
            POETRY_OUTPUT,
            "poetry export -f constraints.txt -o constraints.txt",
            Origin.BYTES,
            id="the name tells of constraints",
        ),
        pytest.param(
            POETRY,
            "requirements.txt",
            f"# ours\n{WITHOUT_HASHES}",
            "poetry export --without-hashes -o requirements.txt",
            Origin.MEANING,
            id="a comment was added",
        ),
        pytest.param(
            POETRY,
            "requirements.txt",
            'flask==3.0.3 ; python_full_version >= "3.9.0"\n',
            "poetry export --without-hashes -o requirements.txt",
            Origin.MEANING,
            id="markers of another version of the tool",
        ),
        pytest.param(
            PIPENV,
            "requirements.txt",
            "flask==3.0.3\n",
            "pipenv requirements --exclude-index > requirements.txt",
            Origin.BYTES,
            id="without an index line",
        ),
        pytest.param(
            PIPENV,
            "requirements.txt",
            "-i https://packages.example.org/simple\nflask==3.0.3 --hash=sha256:aa\n",
            "pipenv requirements --hash > requirements.txt",
            Origin.BYTES,
            id="with hashes on the same line",
        ),
        pytest.param(
            {**POETRY, **PIPENV},
            "requirements.txt",
            PIPENV_OUTPUT,
            "pipenv requirements > requirements.txt",
            Origin.BYTES,
            id="one of two tools",
        ),
    ],
)
def test_finds_the_command(
    files: Mapping[str, str], path: str, text: str, command: str, origin: Origin
) -> None:
    found = _explained({**files, path: text}, path)
    assert found.export is not None, found
    assert (found.export.command, found.origin) == (command, origin)
    assert found.export.output == path


@pytest.mark.parametrize(
    ("files", "text", "origin", "reason"),
    [
        pytest.param(
            POETRY,
            f"{WITHOUT_HASHES}click==8.1\n",
            Origin.UNEXPLAINED,
            "`poetry export --without-hashes -o requirements.txt` comes nearest",
            id="one package more",
        ),
        pytest.param(
            {**POETRY, "pyproject.toml": POETRY["pyproject.toml"].replace(">=3.9", ">=3.8")},
            POETRY_OUTPUT,
            Origin.UNTOLD,
            "poetry.lock is out of date with pyproject.toml, so poetry refuses to export it",
            id="a lock file that is out of date",
        ),
        pytest.param(
            {**POETRY, "poetry.lock": "<<<<<<< ours\n" + POETRY["poetry.lock"]},
            POETRY_OUTPUT,
            Origin.UNTOLD,
            "poetry.lock holds the conflict markers of an unfinished merge",
            id="a lock file amid a merge",
        ),
        pytest.param(
            POETRY,
            f"<<<<<<< ours\n{POETRY_OUTPUT}",
            Origin.FOREIGN,
            "it cannot be read",
            id="an output amid a merge",
        ),
        pytest.param(
            POETRY,
            "flask>=3\nsphinx\n",
            Origin.FOREIGN,
            "0 of 2 requirements are pinned",
            id="requirements that are not pinned",
        ),
        pytest.param(
            POETRY,
            "sphinx==8.0\nmyst-parser==4.0\n",
            Origin.FOREIGN,
            "it has little in common with what `poetry export -f requirements.txt -o "
            "requirements.txt` writes",
            id="pins of something else",
        ),
        pytest.param(
            POETRY,
            COMPILED_OUTPUT,
            Origin.FOREIGN,
            "its header names pip-compile, and no input file of it is found",
            id="compiled from what is not there",
        ),
        pytest.param(POETRY, "\n# none\n", Origin.FOREIGN, "it holds no requirement", id="empty"),
    ],
)
def test_claims_nothing_that_is_not_so(
    files: Mapping[str, str], text: str, origin: Origin, reason: str
) -> None:
    found = _explained({**files, "requirements.txt": text}, "requirements.txt")
    assert (found.origin, found.reason) == (origin, reason)


def test_a_name_that_a_shell_would_expand_is_quoted() -> None:
    found = _explained({**POETRY, "$x.txt": WITHOUT_HASHES}, "$x.txt")
    assert found.export is not None
    assert found.export.command == "poetry export --without-hashes -o '$x.txt'"


def test_looks_at_the_commit_that_last_changed_the_file() -> None:
    then = MemoryTree({**POETRY, "requirements.txt": WITHOUT_HASHES}, commit="4f2c8a91d07b3e55")
    now = {**POETRY, "poetry.lock": poetry_lock("3.1.0"), "requirements.txt": WITHOUT_HASHES}
    found = _explained(now, "requirements.txt", before=[then])
    assert found.export is not None
    assert found.export.command == "poetry export --without-hashes -o requirements.txt"
    assert (found.origin, found.commit) == (Origin.BYTES, "4f2c8a91d07b3e55")
    assert found.is_behind


def test_looks_at_commits_before_a_bot_edited_the_file() -> None:
    lock = {**POETRY, "poetry.lock": poetry_lock("3.1.0")}
    output = WITHOUT_HASHES.replace("3.0.3", "3.1.0")
    edited = WITHOUT_HASHES.replace("3.0.3", "3.2.0")
    then = [
        MemoryTree({**lock, "requirements.txt": edited}, commit="3"),
        MemoryTree({**lock, "requirements.txt": output}, commit="2"),
    ]
    found = _explained({**lock, "requirements.txt": edited}, "requirements.txt", before=then)
    assert (found.origin, found.commit) == (Origin.BYTES, "2")
    then[1] = MemoryTree({**POETRY, "requirements.txt": POETRY_OUTPUT}, commit="1")
    found = _explained({**lock, "requirements.txt": edited}, "requirements.txt", before=then)
    assert (found.origin, found.commit) == (Origin.FORM, "")  # It was exported with hashes then.


def test_a_command_whose_lock_file_is_gone_is_not_claimed() -> None:
    then = MemoryTree({**POETRY, "requirements.txt": WITHOUT_HASHES}, commit="4f2c8a91d07b3e55")
    assert _adopted(MemoryTree({"requirements.txt": WITHOUT_HASHES}, before=[then])) == ((), ())


def test_a_command_of_then_is_refused_where_newer_commits_contradict_it() -> None:
    """Since then, a script of the team has changed what each export writes."""

    def state(version: str, commit: str, output: str) -> MemoryTree:
        lock = {**POETRY, "poetry.lock": poetry_lock(version)}
        return MemoryTree({**lock, "requirements.txt": output}, commit=commit)

    plain = WITHOUT_HASHES
    first = state("3.0.3", "1", plain)
    changed = plain.replace("3.9", "3.10")
    second = state("3.1.0", "2", changed.replace("3.0.3", "3.1.0"))
    third = state("3.2.0", "3", changed.replace("3.0.3", "3.2.0"))
    now = {path: (third.read(path) or b"").decode() for path in third.files()}
    found = _explained(now, "requirements.txt", before=[third, second, first])
    assert (found.commit, found.gives_the_file) == ("", False)
    # An edit of the file alone contradicts nothing.
    edited = state("3.0.3", "2", changed)
    now = {path: (edited.read(path) or b"").decode() for path in edited.files()}
    found = _explained(now, "requirements.txt", before=[edited, first])
    assert (found.commit, found.gives_the_file) == ("1", True)


@pytest.mark.parametrize(
    ("files", "settings"),
    [
        pytest.param(
            poetry_project(),
            [
                Settings(
                    "pyproject.toml",
                    (Entry("poetry export -f requirements.txt -o requirements.txt"),),
                )
            ],
            id="the default is written down too",
        ),
        pytest.param(
            {**POETRY, "requirements.txt": WITHOUT_HASHES},
            [
                Settings(
                    "pyproject.toml",
                    (Entry("poetry export --without-hashes -o requirements.txt"),),
                )
            ],
            id="an option, in the project's own pyproject.toml",
        ),
        pytest.param(
            {**poetry_project(), "constraints.txt": WITHOUT_HASHES},
            [
                Settings(
                    "pyproject.toml",
                    (
                        Entry(
                            "poetry export -f constraints.txt --without-hashes -o constraints.txt"
                        ),
                        Entry("poetry export -f requirements.txt -o requirements.txt"),
                    ),
                )
            ],
            id="the default beside another output of the same lock file",
        ),
        pytest.param(
            {**PIPENV, "requirements.txt": "flask==3.0.3\n"},
            [
                Settings(
                    "locksync.toml",
                    (Entry("pipenv requirements --exclude-index > requirements.txt"),),
                )
            ],
            id="no pyproject.toml",
        ),
        pytest.param(
            {
                "pyproject.toml": "",
                **pipenv_project("services/a", "flask==3.0.3\n"),
            },
            [
                Settings(
                    "pyproject.toml",
                    (
                        Entry(
                            "pipenv requirements --exclude-index > requirements.txt", "services/a"
                        ),
                    ),
                )
            ],
            id="a pyproject.toml above",
        ),
        pytest.param(
            {"pyproject.toml": "", **pipenv_project("a?", "flask==3.0.3\n")},
            [
                Settings(
                    "a?/locksync.toml",
                    (Entry("pipenv requirements --exclude-index > requirements.txt"),),
                )
            ],
            id="a directory that a glob cannot name",
        ),
        pytest.param(
            {
                **poetry_project("a", WITHOUT_HASHES),
                "locksync.toml": "strict = true\n",
            },
            [
                Settings(
                    "locksync.toml",
                    (Entry("poetry export --without-hashes -o requirements.txt", "a"),),
                )
            ],
            id="settings above win over a pyproject.toml without any",
        ),
        pytest.param(
            {**poetry_project("a"), **poetry_project("b", None), **pipenv_project("c", None)},
            [
                Settings(
                    "a/pyproject.toml",
                    (Entry("poetry export -f requirements.txt -o requirements.txt"),),
                )
            ],
            id="lock files without an output are left without one",
        ),
        pytest.param({**POETRY, **PIPENV}, [], id="two lock files and no output"),
        pytest.param(
            {**POETRY, "requirements.txt": "sphinx\n"},
            [],
            id="written by hand where an export would be",
        ),
        pytest.param(
            {**POETRY, "requirements.txt": poetry_output("3.0.2")},
            [
                Settings(
                    "pyproject.toml",
                    (Entry("poetry export -f requirements.txt -o requirements.txt"),),
                )
            ],
            id="an export that is behind",
        ),
        pytest.param(
            {
                **POETRY,
                "requirements.txt": poetry_output("3.0.2"),
                "dev.txt": WITHOUT_HASHES,
            },
            [
                Settings(
                    "pyproject.toml",
                    (
                        Entry("poetry export --without-hashes -o dev.txt"),
                        Entry("poetry export -f requirements.txt -o requirements.txt"),
                    ),
                )
            ],
            id="two exports of one lock file, one of them behind",
        ),
        pytest.param(
            {**POETRY, "requirements.txt": f"{WITHOUT_HASHES}click==8.1\n"},
            [
                Settings(
                    "pyproject.toml",
                    choices=(
                        Choice(
                            "requirements.txt",
                            Entry("poetry export --without-hashes -o requirements.txt"),
                        ),
                    ),
                )
            ],
            id="a choice, where nothing explains the file",
        ),
        pytest.param(
            {**EMPTY, "requirements.txt": "\n"},
            [
                Settings(
                    "pyproject.toml",
                    (Entry("poetry export -f requirements.txt -o requirements.txt"),),
                )
            ],
            id="an export of nothing, by the default",
        ),
        pytest.param(pipenv_project(output="\n"), [], id="an empty file"),
        pytest.param(compiled_project(), [], id="a header tells"),
        pytest.param(COMPILED, [], id="no output"),
        pytest.param(
            {
                **poetry_project(),
                "locksync.toml": 'exports = ["poetry export --only main -o requirements.txt"]\n',
            },
            [],
            id="configured already",
        ),
        pytest.param(
            {**poetry_project("x"), "locksync.toml": 'exclude = ["x"]\n'}, [], id="excluded already"
        ),
        pytest.param(
            {**poetry_project(), "locksync.toml": "discover = false\n"},
            [],
            id="nothing is discovered",
        ),
        pytest.param(
            {**_at("tools/a"), **_at("tools/b"), **_at("tools/c/d", None), "pyproject.toml": ""},
            [Settings("pyproject.toml", (Entry(PLAIN, "tools/*"),))],
            id="alike projects side by side",
        ),
        pytest.param(
            {**_at("a"), **_at("b")},
            [Settings("locksync.toml", (Entry(PLAIN, "*"),))],
            id="alike projects at the top",
        ),
        pytest.param(
            {**_at("tools/a"), **_at("tools/b"), **_at("tools/c", None)},
            [Settings("locksync.toml", (Entry(PLAIN, "tools/a"), Entry(PLAIN, "tools/b")))],
            id="beside them a project without an export",
        ),
        pytest.param(
            {**_at("tools/a"), **_at("tools/b"), "tools/b/locksync.toml": ""},
            [
                Settings("locksync.toml", (Entry(PLAIN, "tools/a"),)),
                Settings("tools/b/locksync.toml", (Entry(PLAIN),)),
            ],
            id="one of them has settings of its own",
        ),
        pytest.param(
            {**poetry_project("a", WITHOUT_HASHES), **poetry_project("b", WITHOUT_HASHES)},
            [
                Settings(
                    "locksync.toml",
                    (Entry("poetry export --without-hashes -o requirements.txt", "*"),),
                )
            ],
            id="alike projects with a pyproject.toml each",
        ),
    ],
)
def test_what_is_to_be_configured(files: Mapping[str, str], settings: list[Settings]) -> None:
    tree = MemoryTree(files)
    assert list(_adopted(tree).settings) == settings


def test_covers_what_is_below_a_directory() -> None:
    tree = MemoryTree(
        {**poetry_project("a", WITHOUT_HASHES), **poetry_project("b", WITHOUT_HASHES)}
    )
    adoption = _adopted(tree, "b")
    assert [found.output for found in adoption.explanations] == ["b/requirements.txt"]
    assert [settings.file for settings in adoption.settings] == ["b/pyproject.toml"]


WRITTEN = [
    case
    for case in CASES
    # By what comes from a Pipfile alone, nobody can tell it from what people write.
    if case.real and "==" in case.real and "--no-lock" not in case.command.words
]


@pytest.mark.parametrize("case", WRITTEN, ids=lambda case: case.folder.name)
def test_finds_the_command_of_what_the_real_tool_wrote(case: Case) -> None:
    tree = _memory(case)
    text = (case.real or "").replace("file://@ROOT@", f"file://{tree.root}")
    files = {path: tree.read(path) or b"" for path in tree.files()}
    tree = MemoryTree({**files, "deps.txt": text}, directories=tree._directories, root=tree.root)
    found = next(one for one in _adopted(tree).explanations if one.output == "deps.txt")
    assert found.origin is Origin.BYTES
    assert found.export is not None
    assert TOOLS[case.tool].answer(found.export, tree).text == text
    again = read_export(split_command(found.export.command), "")
    assert check(again, tree).verdict in (
        Verdict.FRESH,
        check(read_export(case.command, ""), tree).verdict,
    )


def test_versions_of_the_lock_file_do_not_matter() -> None:
    files = {**PIPENV, "Pipfile.lock": pipfile_lock("4.0"), "requirements.txt": "flask==4.0\n"}
    found = _explained(files, "requirements.txt")
    assert found.origin is Origin.BYTES


def test_what_a_hook_says_is_the_command() -> None:
    """The tool's own hook, whose place ours takes, knows better than what is the simplest."""
    tree = MemoryTree({**POETRY, "requirements.txt": WITHOUT_HASHES})
    survey = find_exports(tree)
    (command,) = ("poetry export --without-hashes --only main -o requirements.txt",)
    hooked = read_export(split_command(command), "")
    (found,) = adopt(tree, survey, "", hooked=[hooked]).explanations
    assert (found.export, found.origin) == (hooked, Origin.HOOK)
    same = read_export(split_command("poetry export --without-hashes -o requirements.txt"), "")
    (found,) = adopt(tree, survey, "", hooked=[same]).explanations
    assert found.origin is Origin.BYTES


@pytest.mark.parametrize(
    "arguments",
    ["--prod --no-hashes", "--dev --no-default", "--prod --group extra --no-default", ""],
)
def test_groups_of_pdm_are_told_by_what_a_file_holds(arguments: str) -> None:
    """PDM's header names PDM, but no option."""
    files = {"pyproject.toml": PDM_MANIFEST, "pdm.lock": _pdm_lock()}
    words = ("pdm", "export", *arguments.split(), "-o", "requirements-extra.txt")
    export = read_export(split_command(" ".join(words)), "")
    text = TOOLS["pdm"].answer(export, MemoryTree(files)).text
    tree = MemoryTree({**files, "requirements-extra.txt": text or ""})
    assert [found.command for found in find_exports(tree).exports] == [" ".join(words)]
    assert [settings.exports for settings in _adopted(tree).settings] == [(Entry(" ".join(words)),)]


def test_many_extras_are_not_simpler_than_one() -> None:
    """Of seven extras, five bring nothing more than the one that was asked for."""
    extras = [f"e{number}" for number in range(6)]
    listed = "".join(f'{extra} = ["flask"]\n' for extra in extras)
    manifest = f"{PYPROJECT.partition('[tool')[0]}[project.optional-dependencies]\n"
    manifest += f'atari = ["click"]\n{listed}'
    click = poetry_lock(pyproject=manifest).partition("[metadata]")[0]
    click = click.replace("flask", "click").replace("optional = false", "optional = true")
    marker = "markers = 'extra == \"atari\"'\n"
    click = click.replace("groups =", f"{marker}groups =").replace("3.0.3", "8.1")
    known = "".join(f'{extra} = ["flask"]\n' for extra in extras)
    lock = click + poetry_lock(pyproject=manifest).replace(
        "[metadata]", f'[extras]\natari = ["click"]\n{known}\n[metadata]'
    )
    files = {"pyproject.toml": manifest, "poetry.lock": lock}
    command = "poetry export --without-hashes --extras atari -o requirements-atari.txt"
    export = read_export(split_command(command), "")
    text = TOOLS["poetry"].answer(export, MemoryTree(files)).text
    found = _explained({**files, "requirements-atari.txt": text or ""}, "requirements-atari.txt")
    assert found.export is not None
    assert found.export.command == command
