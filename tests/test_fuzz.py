"""Damaged projects, tens of thousands of them: findings, and never an exception or a long wait."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

import pytest

from locksync.adoption.hook_edits import add_hook
from locksync.adoption.plan import Initialization, adopt
from locksync.adoption.settings_edits import add_settings
from locksync.command_line import split_command
from locksync.discovery.search import Origin
from locksync.discovery.survey import find_exports
from locksync.findings import Code, FindingError, Verdict
from locksync.reports import adoption as as_adoption
from locksync.reports import github as as_github
from locksync.reports import json as as_json
from locksync.reports import text as as_text
from locksync.reports.report import Report
from locksync.tools.registry import read_export
from locksync.verdict.check import check
from locksync.verdict.check_all import checked
from tests.support.git import EXAMPLES, GitRepository
from tests.support.memory import MemoryTree
from tests.support.projects import (
    POETRY_OUTPUT,
    compiled_project,
    pdm_project,
    pipenv_project,
    poetry_project,
)

LONGEST = 2.0
"""What a check of one project may take, in seconds."""
TOKENS = (
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\\",
    b'"',
    b"'''",
    b"[[package]]",
    b"[metadata]",
    b"{",
    b"[" * 40,
    b"}",
    b"==",
    b"; python_version < '3'",
    b"; extra == 'x'",
    b" @ file:///etc/passwd",
    b"-r requirements.txt\n",
    b"-c ../../x\n",
    b"--index-url https://a:b@c.example.org\n",
    b"    # via -r requirements.in\n",
    b"# via ",
    b"<<<<<<< x\n",
    b"9" * 400,
    b"-1",
    b"1e400",
    b"true",
    b"null",
    b"\xe2\x80\xa8",
    b"\xc2\x85",
    b"%s${HOME}$(x)",
    b'lock-version = "2.0"',
    b"a" * 5000,
)


def _example(tool: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in EXAMPLES[tool].iterdir() if path.is_file()}


def _encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: content.encode() for path, content in files.items()}


PROJECTS: tuple[dict[str, bytes], ...] = (
    _encoded(poetry_project()),
    _encoded(pipenv_project()),
    _encoded(pdm_project()),
    _encoded(compiled_project()),
    {
        **_encoded(compiled_project()),
        "base.in": b"click\n",
        "requirements.in": b"-r base.in\nflask",
    },
    {**_encoded(poetry_project()), "locksync.toml": b'exports = ["poetry export -o a.txt"]\n'},
    _example("poetry"),
    _example("pipenv"),
)


def _spliced(content: bytes, generator: random.Random) -> bytes:
    at = generator.randint(0, len(content))
    return content[:at] + generator.choice(TOKENS) + content[at:]


def _cut(content: bytes, generator: random.Random) -> bytes:
    start = generator.randint(0, len(content))
    return content[:start] + content[start + generator.choice((1, 3, 30, 300, 10**6)) :]


def _flipped(content: bytes, generator: random.Random) -> bytes:
    if not content:
        return b"\0"
    at = generator.randrange(len(content))
    return content[:at] + bytes([generator.randrange(256)]) + content[at + 1 :]


def _moved(content: bytes, generator: random.Random) -> bytes:
    lines = content.split(b"\n")
    line = lines.pop(generator.randrange(len(lines)))
    lines.insert(generator.randint(0, len(lines)), line)
    return b"\n".join(lines)


def _doubled(content: bytes, generator: random.Random) -> bytes:
    lines = content.split(b"\n")
    at = generator.randrange(len(lines))
    return b"\n".join((*lines[:at], lines[at], *lines[at:]))


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _spliced,
    _spliced,
    _cut,
    _flipped,
    _moved,
    _doubled,
)


def _damaged(generator: random.Random) -> dict[str, bytes]:
    files = dict(generator.choice(PROJECTS))
    for _ in range(generator.choice((1, 1, 2, 4))):
        name = generator.choice(sorted(files))
        files[name] = generator.choice(DAMAGES)(files[name], generator)
    if generator.random() < 0.05:
        one, other = generator.sample(sorted(files), 2)
        files[one], files[other] = files[other], files[one]
    return files


def test_no_damage_is_too_much(request: pytest.FixtureRequest) -> None:
    count = 20_000 if request.config.getoption("--exhaustive") else 1_000
    verdicts = set()
    for number in range(count):
        files = _damaged(random.Random(number))
        tree = MemoryTree(files)
        start = time.process_time()
        survey = find_exports(tree)
        report = Report(tuple(check(export, tree) for export in survey.exports), survey.findings)
        for render in (as_text.render, as_json.render, as_github.render):
            render(report)
        assert time.process_time() - start < LONGEST, number
        verdicts.add(report.verdict)
    assert verdicts == set(Verdict)


NINE: list[Callable[[str], dict[str, str]]] = [
    *(poetry_project, pipenv_project, pdm_project, compiled_project) * 2,
    partial(poetry_project, output=POETRY_OUTPUT.replace("3.0.3", "3.0.2")),
]
"""Nine sound exports: eight that are fresh and one that is stale."""


def test_no_damage_to_one_export_spoils_the_verdicts_of_others(
    request: pytest.FixtureRequest,
) -> None:
    count = 20_000 if request.config.getoption("--exhaustive") else 400
    sound: dict[str, bytes] = {}
    for number, project in enumerate(NINE):
        sound.update(_encoded(project(f"sound{number}")))
    expected = [*[Verdict.FRESH] * 8, Verdict.STALE]
    for number in range(count):
        damaged = _damaged(random.Random(number))
        hostile = {f"hostile/{path}": content for path, content in damaged.items()}
        tree = MemoryTree({**sound, **hostile})
        start = time.process_time()
        survey = find_exports(tree)
        results = [checked(export, tree) for export in survey.exports]
        found = [result for result in results if result.export.output.startswith("sound")]
        assert [result.verdict for result in found] == expected, number
        findings = [*survey.findings, *(one for result in results for one in result.findings)]
        assert Code.BUG not in {finding.code for finding in findings}, number
        assert time.process_time() - start < LONGEST, number


HOOKS = b"""\
repos:
- repo: local  # ours
  hooks:
  - {id: a, name: "b"}
ci: [x]
"""
LONGEST_ADOPTION = 10.0
"""What looking for the commands behind the files of one project may take, in seconds."""


def test_no_damage_is_too_much_to_adopt(request: pytest.FixtureRequest) -> None:
    count = 10_000 if request.config.getoption("--exhaustive") else 200
    origins: set[Origin] = set()
    for number in range(count):
        generator = random.Random(number)
        files = _damaged(generator)
        for name in [name for name in files if name.endswith(".txt")]:
            files[f"other-{name}"] = generator.choice(DAMAGES)(files[name], generator)
        tree = MemoryTree(files)
        start = time.process_time()
        survey = find_exports(tree)
        adoption = adopt(tree, survey, "")
        as_adoption.render(Initialization(adoption), as_text.PLAIN, dry_run=False)
        for settings in adoption.settings:
            with suppress(FindingError):
                add_settings(files.get(settings.file, b""), settings)
        with suppress(FindingError):
            add_hook(generator.choice(DAMAGES)(HOOKS, generator))
        assert time.process_time() - start < LONGEST_ADOPTION, number
        origins.update(found.origin for found in adoption.explanations)
    assert {Origin.BYTES, Origin.MEANING, Origin.UNEXPLAINED, Origin.FOREIGN} <= origins


@pytest.mark.parametrize(
    "tool", ["poetry export", "pipenv requirements", "pdm export", "pip-compile"]
)
def test_no_command_line_is_too_odd(tool: str, request: pytest.FixtureRequest) -> None:
    words = ("-o", "--output-file=", "-", "--", "a b", "'", "x.txt", "/etc/x", "--extra", "-E", ">")
    for number in range(4_000 if request.config.getoption("--exhaustive") else 400):
        generator = random.Random(number)
        text = " ".join((tool, *generator.choices(words, k=generator.randint(0, 5))))
        try:
            export = read_export(split_command(text), "a")
        except ValueError:
            continue
        check(export, MemoryTree({}))


def test_no_damage_makes_the_command_fail_itself(
    repository: GitRepository, request: pytest.FixtureRequest
) -> None:
    for number in range(2_000 if request.config.getoption("--exhaustive") else 40):
        generator = random.Random(number)
        repository.git("rm", "-r", "--quiet", "--force", "--cached", "--ignore-unmatch", ".")
        for path in repository.path.iterdir():
            if path.is_file():
                path.unlink()
        files = _damaged(generator)
        if number % 10 == 0:
            files = {name: generator.randbytes(500) for name in files}
        for name, content in files.items():
            repository.write(name, content)
        repository.git("add", "--all")
        run = repository.locksync(generator.choice(("check", "list")))
        assert run.code in (0, 1, 2), run
        assert "Traceback" not in run.stderr
        assert (run.code == 0) or run.stdout or run.stderr.count("\n") == 1, run
        assert {name: repository.read_bytes(name) for name in files} == files
