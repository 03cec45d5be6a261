"""The export commands that stand in the files of a repository."""

from __future__ import annotations

import pytest

from locksync.discovery.written_commands import WrittenCommand, find_written_commands
from locksync.discovery.yaml_text import Node, Text, parse_yaml
from tests.support.memory import MemoryTree

LOCKS = dict.fromkeys(("poetry.lock", "Pipfile.lock", "uv.lock", "pdm.lock", "a.in"), "")
EXPORT = "poetry export -o r.txt"
AT_ONCE = """\
exec:
  script:
    - cd b
    - poetry export -o r.txt
"""
WORKFLOW = """\
env:
  OUT: r.txt
jobs:
  a:
    defaults:
      run:
        working-directory: b
    steps:
      - name: poetry export of nothing
        run: poetry export -o ${{ env.OUT }}
      - run: |
          pip install poetry  # export
          pipenv requirements \\
            --dev > $OUT
        working-directory: ./c
      - run: >-
          poetry export
          -o x.txt
"""
HOOKS = """\
repos:
  - repo: https://github.com/python-poetry/poetry-plugin-export
    rev: 1.9.0
    hooks:
      - id: poetry-export
      - id: poetry-export
        args: [--without-hashes,
               "-o", 'a b.txt']  # both
  - repo: https://github.com/astral-sh/uv-pre-commit.git
    hooks:
      - id: pip-compile
        args:
          - a.in
          - -o
          - a.txt
      - id: uv-export
  - repo: https://github.com/x/y
    hooks:
      - id: pipenv-requirements
        args: ["--dev", "> dev.txt"]
      - id: pipenv-requirements
  - repo: local
    hooks:
      - id: x
        entry: poetry export
        args: ["-o", "x.txt"]
      - id: y
        entry: bash -c 'cd b && poetry export > y.txt'
"""
NOX = '''\
"""poetry export -o none.txt"""
OUT = "o.txt"

def lock(session):
    """poetry export -o none.txt"""
    session.run("poetry", "export", "-o", OUT, *session.posargs)
    session.run(*["pip-compile", "a.in", "-o", f"{OUT}.txt"])
    session.run("bash", "-c", "pipenv requirements > p.txt")
    os.system("pipenv requirements --dev > d.txt")
    session.run("poetry", "export", "-o", unknown())
'''
TOML = """\
[tool.poetry.dependencies]
poetry-plugin-export = "^1.8"
[tool.locksync]
exports = ["poetry export -o none.txt"]
[tool.poe.tasks]
lock = "poetry export -o a.txt"
other = { cmd = "poetry export -o r.txt", cwd = "b" }
[tool.pdm.scripts]
c = { cmd = ["pdm", "export", "-o", "c.txt"] }
"""
SCRIPT = """\
#!/usr/bin/env bash
# poetry export -o none.txt
OUT="requirements/all.txt"; NAME=$1
export DEV=dev.txt
cd "$(dirname "$0")/.."
poetry export \\
  --without-hashes -o "$OUT"
if ! pipenv requirements > $DEV; then exit 1; fi
poetry export -o "$NAME.txt"
echo "poetry export -o none.txt"
poetry export --help | grep with
docker run -it x bash -c "
  pipenv requirements > inner.txt"
docker compose run web poetry export -o outer.txt
poetry export -o ${LATER:-later.txt}
"""


HOOK_OF_UV = """\
repos:
- repo: https://github.com/astral-sh/uv-pre-commit
  hooks:
  - id: uv-export
    args: {}
"""


def _commands(**files: str) -> list[tuple[str, str]]:
    """The directories and commands that are found in files, `__` in whose names stands for `/`."""
    return [(it.export.directory, it.export.command) for it in _found(LOCKS, **files)]


def _found(locks: dict[str, str], **files: str) -> list[WrittenCommand]:
    named = {name.replace("__", "/"): text for name, text in files.items()}
    return [*find_written_commands(MemoryTree({**locks, **named}))]


@pytest.mark.parametrize(
    ("file", "text", "commands"),
    [
        ("Makefile", f"a:\n\t@{EXPORT}\n", [EXPORT]),
        (
            "Makefile",
            f"a:\n\t-cd b && poetry \\\n\t  export -o r.txt\n#\t{EXPORT}\n",
            ["b: poetry export -o r.txt"],
        ),
        ("Makefile", "P ?= $(RUN) poetry\nRUN := uv run\na:\n\t${P} export -o r.txt\n", [EXPORT]),
        ("Makefile", "r.txt: poetry.lock\n\tpoetry export -o $@\n", [EXPORT]),
        ("Makefile", "a.txt: a.in b\n\tpip-compile -o $@ $<\n", ["pip-compile -o a.txt a.in"]),
        ("Makefile", "a:\n\t$(RUN) pip-compile a.in $(ARGS)\n", ["pip-compile a.in"]),
        ("Makefile", "%.txt: %.in\n\tpip-compile -o $@ $<\n", []),
        ("Makefile", "a:\n\tpoetry export -o $(shell date)\n\tpoetry export -o $$X\n", []),
        ("Makefile", "a:\n\t$(PYTHON) -m piptools compile a.in\n", ["pip-compile a.in"]),
        ("rules.mk", f"a:\n\t{EXPORT} || true\n", [EXPORT]),
        (
            "justfile",
            "out := 'r.txt'\nlock:\n  @poetry export -o {{out}}\n  poetry export -o {{x}}\n",
            [EXPORT],
        ),
        (
            "Taskfile.yml",
            "vars:\n  O: r.txt\ntasks:\n  a:\n    cmds:\n      - poetry export -o {{.O}}\n",
            [EXPORT],
        ),
        ("Taskfile.yml", f"tasks:\n  a:\n    dir: b\n    cmds: ['{EXPORT}']\n", [f"b: {EXPORT}"]),
        (
            "tox.ini",
            f"[testenv:lock]\nchangedir = b\ncommands =\n  - {EXPORT} {{posargs}}\n",
            [f"b: {EXPORT}"],
        ),
        (
            "tox.ini",
            "[x]\ncommands = {envpython} -m piptools compile \\\n  a.in\n",
            ["pip-compile a.in"],
        ),
        (
            "tox.ini",
            "[x]\ncommands = bash -c 'diff -w r.txt <(pipenv requirements)'\n",
            ["pipenv requirements > r.txt"],
        ),
        ("setup.cfg", f"[x]\nlock = {EXPORT}\n", [EXPORT]),
        ("package.json", f'{{"scripts": {{"a": "{EXPORT} && x"}}}}', [EXPORT]),
        (
            "Pipfile",
            "[scripts]\nlock = 'pipenv requirements > r.txt'\n",
            ["pipenv requirements > r.txt"],
        ),
        (".gitlab-ci.yml", AT_ONCE, [f"b: {EXPORT}"]),
        (
            ".circleci/config.yml",
            f"a:\n- run:\n    command: {EXPORT}\n    working_directory: b\n",
            [f"b: {EXPORT}"],
        ),
        ("cloudbuild.yaml", f"steps:\n- args: ['-c', '{EXPORT}']\n", [EXPORT]),
        (
            "Jenkinsfile",
            f"sh '''\n{EXPORT}\n'''\nsh \"pipenv requirements > p.txt\"",
            [EXPORT, "pipenv requirements > p.txt"],
        ),
        (
            "Dockerfile",
            f"FROM x\nRUN --mount=type=cache pip install poetry && \\\n # no\n {EXPORT}\n",
            [EXPORT],
        ),
        ("Dockerfile", 'RUN ["poetry", "export", "-o", "r.txt"]\nCOPY export poetry\n', [EXPORT]),
        ("Dockerfile", f"RUN <<EOF\n{EXPORT}\nEOF\n", [EXPORT]),
        ("scripts/lock", f"#!/bin/sh\n{EXPORT}\n", [EXPORT]),
        ("scripts/lock", f"{EXPORT}\n", []),
        ("scripts/lock.py", f"run('{EXPORT}')\n", [EXPORT]),
        ("README.md", f"Write `{EXPORT}` or poetry export -o x.txt.\n", [EXPORT]),
        ("README.md", f"```sh\n$ cd b\n$ {EXPORT}\n```\n", [f"b: {EXPORT}"]),
        ("README.md", "    poetry export > r.txt\n", ["poetry export > r.txt"]),
        ("README.md", "    the poetry export -o r.txt\n", []),
        (
            "docs/a.rst",
            f"::\n\n  {EXPORT}\n\nor ``pipenv requirements > b.txt``",
            [EXPORT, "pipenv requirements > b.txt"],
        ),
        ("a.sh", "cd $X/b && poetry export -o r.txt", [EXPORT]),
        ("a.sh", "cd $(git rev-parse --show-toplevel)/b\npoetry export -o r.txt", [f"b: {EXPORT}"]),
        ("a.sh", "poetry export | pip install -r /dev/stdin", []),
        ("a.sh", "poetry export -o /tmp/r.txt; poetry export -o ../r.txt", []),
        ("a.sh", "pip-compile a.in > /dev/null 2>&1", ["pip-compile a.in"]),
        ("other.txt", EXPORT, []),
        ("other.py", f"run('{EXPORT}')", []),
    ],
)
def test_finds_the_commands_of_a_file(file: str, text: str, commands: list[str]) -> None:
    locks = {**LOCKS, "b/poetry.lock": ""}
    found = find_written_commands(MemoryTree({**locks, file: text}))
    exports = [written.export for written in found]
    shown = [f"{it.directory}: {it.command}" if it.directory else it.command for it in exports]
    assert shown == commands


def test_finds_the_commands_of_hooks() -> None:
    assert _commands(**{".pre-commit-config.yaml": HOOKS, "b__poetry.lock": ""}) == [
        ("", "poetry export -f requirements.txt -o requirements.txt"),
        ("", "poetry export --without-hashes -o 'a b.txt'"),
        ("", "uv pip compile a.in -o a.txt"),
        ("", "uv export --frozen --output-file=requirements.txt"),
        ("", "pipenv requirements --dev > dev.txt"),
        ("", "pipenv requirements > requirements.txt"),
        ("", "poetry export -o x.txt"),
        ("b", "poetry export > y.txt"),
    ]


def test_finds_the_commands_of_workflows_where_their_steps_run() -> None:
    locks = dict.fromkeys(("b__poetry.lock", "c__Pipfile.lock"), "")
    assert _commands(**{".github__workflows__a.yml": WORKFLOW}, **locks) == [
        ("b", "poetry export -o r.txt"),
        ("c", "pipenv requirements --dev > r.txt"),
        ("b", "poetry export -o x.txt"),
    ]


def test_finds_the_commands_of_python_and_toml() -> None:
    assert sorted(_commands(**{"noxfile.py": NOX})) == [
        ("", "pip-compile a.in -o o.txt.txt"),
        ("", "pipenv requirements --dev > d.txt"),
        ("", "pipenv requirements > p.txt"),
        ("", "poetry export -o o.txt"),
    ]
    assert _commands(**{"pyproject.toml": TOML, "b__poetry.lock": ""}) == [
        ("", "poetry export -o a.txt"),
        ("b", "poetry export -o r.txt"),
        ("", "pdm export -o c.txt"),
    ]


def test_follows_a_script() -> None:
    assert _commands(**{"scripts__a.sh": SCRIPT}) == [
        ("", "poetry export --without-hashes -o requirements/all.txt"),
        ("", "pipenv requirements > dev.txt"),
        ("", "pipenv requirements > inner.txt"),
        ("", "poetry export -o outer.txt"),
        ("", "poetry export -o later.txt"),
    ]


@pytest.mark.parametrize(
    ("text", "is_processed"),
    [
        ("poetry export | sed s/a/b/ > r.txt", True),
        ("poetry export | grep -v x | tee r.txt", True),
        ("echo x > r.txt; poetry export >> r.txt", True),
        ("{ echo x; poetry export; } > r.txt", True),
        (f"{EXPORT}\nsed -i /x/d r.txt", True),
        (f"{EXPORT}\necho x >> ./r.txt", True),
        (f"{EXPORT}\n# sed -i /x/d r.txt\ncat r.txt >> all-r.txt", False),
        ("poetry export | tee r.txt", False),
    ],
)
def test_tells_where_a_script_edits_what_the_tool_writes(text: str, *, is_processed: bool) -> None:
    found = _found(LOCKS, **{"a.sh": text})
    assert [(it.export.output, it.is_processed) for it in found] == [("r.txt", is_processed)]


@pytest.mark.parametrize(
    ("file", "locks", "directories"),
    [
        ("b__Makefile", ("b/poetry.lock", "poetry.lock"), ["b", ""]),
        ("b__Makefile", ("poetry.lock",), [""]),
        ("b__c__Makefile", ("b/poetry.lock", "d/poetry.lock"), ["b", "d"]),
        ("b__scripts__Makefile", (), []),
        (".gitlab-ci.yml", ("b/poetry.lock",), ["b"]),
    ],
)
def test_a_command_may_run_where_its_lock_is(
    file: str, locks: tuple[str, ...], directories: list[str]
) -> None:
    text = f"a:\n\t{EXPORT}\n" if file.endswith("Makefile") else f"script: {EXPORT}"
    found = _found(dict.fromkeys(locks, ""), **{file: text})
    assert [it.export.directory for it in found] == directories
    assert [it.export.output for it in found] == [f"{at}/r.txt".strip("/") for at in directories]


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        (
            "Makefile",
            "a:\n\tuv --directory api export --no-header -o r.txt\n",
            ("uv export --directory api --no-header -o r.txt", "", "api/r.txt", "api/uv.lock"),
        ),
        (
            "a.sh",
            "uv --offline --project api --cache-dir .c export > r.txt\n",
            (
                "uv export --offline --project api --cache-dir .c > r.txt",
                "",
                "r.txt",
                "api/uv.lock",
            ),
        ),
        (
            "Makefile",
            "a:\n\tuv --directory api pip --no-config compile a.in -o r.txt\n",
            ("uv pip compile --no-config a.in -o r.txt", "api", "api/r.txt", ""),
        ),
        (
            "noxfile.py",
            "def a(session):\n    session.run('uv', '--no-progress', 'export', '-o', 'r.txt')\n",
            ("uv export --no-progress -o r.txt", "", "r.txt", "uv.lock"),
        ),
        (
            "Makefile",
            "a:\n\tcd apps/tool && uv export -o r.txt\n",
            ("uv export -o r.txt", "apps/tool", "apps/tool/r.txt", "uv.lock"),
        ),
        (
            ".pre-commit-config.yaml",
            HOOK_OF_UV.format("[--project, apps/tool, -o, apps/tool/r.txt]"),
            ("uv export --project apps/tool -o apps/tool/r.txt", "", "apps/tool/r.txt", "uv.lock"),
        ),
        (
            ".pre-commit-config.yaml",
            HOOK_OF_UV.format("[--directory, apps/tool, -o, r.txt]"),
            ("uv export --directory apps/tool -o r.txt", "", "apps/tool/r.txt", "uv.lock"),
        ),
    ],
)
def test_finds_the_commands_of_uv_with_its_options_and_projects(
    file: str, text: str, found: tuple[str, ...]
) -> None:
    workspace = '[tool.uv.workspace]\nmembers = ["apps/*"]\n'
    projects = {
        **{"pyproject.toml": workspace, "uv.lock": "", "apps/tool/pyproject.toml": "[project]\n"},
        **{"api/pyproject.toml": "[project]\n", "api/uv.lock": "", "api/a.in": ""},
    }
    (export,) = (it.export for it in find_written_commands(MemoryTree({**projects, file: text})))
    assert (export.command, export.directory, export.output, export.lock) == found


def test_tells_the_line_and_reads_no_more_than_it_needs() -> None:
    tree = MemoryTree({**LOCKS, "Makefile": f"# a\na:\n\t{EXPORT}\n", "a.txt": "", "b.py": ""})
    assert [(it.file, it.line) for it in find_written_commands(tree)] == [("Makefile", 3)]
    assert tree.reads == ["Makefile"]


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("a.sh", "poetry export -o $X\n"),
        ("a.sh", "cd a;"),
        ("a.sh", "$("),
        ("a.md", "`"),
        ("Makefile", f"    {EXPORT}\n"),
        ("justfile", "{{a"),
        ("a.py", "["),
        ("Taskfile.yml", "["),
        ("Taskfile.yml", "- "),
        ("pyproject.toml", "[["),
    ],
)
def test_no_file_takes_long_or_stops_the_search(name: str, unit: str) -> None:
    hostile = f"{EXPORT}\n" + unit * (100_000 // len(unit))
    found = _found(LOCKS, **{name: hostile, "b.md": "`pipenv requirements > p.txt`"})
    assert found[-1].export.command == "pipenv requirements > p.txt"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: b c # d\n", {"a": Text("b c", 1)}),
        (
            "a:\n- b\n-   c: d\n    e: f\n",
            {"a": [Text("b", 2), {"c": Text("d", 3), "e": Text("f", 4)}]},
        ),
        ("a: |\n  b\n\n    c\nd: e", {"a": Text("b\n\n  c", 2), "d": Text("e", 5)}),
        ("a: >-\n  b\n  c\n", {"a": Text("b c", 2)}),
        ("a: b\n  c\n", {"a": Text("b c", 1)}),
        ("a: 'b: ''c'''\n", {"a": Text("b: 'c'", 1)}),
        ('a: "b\\"\\n # c"\n', {"a": Text('b"\n # c', 1)}),
        (
            "a: [b, 'c, d',\n  {e: f}]\n",
            {"a": [Text("b", 1), Text("c, d", 1), {"e": Text("f", 2)}]},
        ),
        ("a: &x\n  b: *x\n", {"a": {"b": Text("*x", 2)}}),
        ("a:\nb: !t c\n", {"a": None, "b": Text("c", 2)}),
        ("- - a\n  - b\n- c", [[Text("a", 1), Text("b", 2)], Text("c", 3)]),
        ("# only\n---\n", None),
    ],
)
def test_reads_yaml_by_its_indentation(text: str, value: Node) -> None:
    assert parse_yaml(text) == value
