"""Run all benchmarks, and write docs/benchmarks.md with its chart."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import environments, memory, projects
from benchmarks.chart import render_chart
from benchmarks.measuring import Command, measure, run
from benchmarks.page import Case, Monorepo, render_page
from tests.support.real_tools import TOP, program

SIZES = (10, 100, 1000)
ALONE = {"PIPENV_IGNORE_VIRTUALENVS": "1", "PDM_CHECK_UPDATE": "0", "PDM_USE_VENV": "0"}
"""The tools are to do their work and nothing else."""


def main() -> None:
    """Run the benchmarks that the command line selects, and write the results to docs/."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="how often to time each command")
    parser.add_argument(
        "--quick", action="store_true", help="skip the thousand projects and the installs"
    )
    arguments = parser.parse_args()

    place = environments.PLACE
    place.mkdir(exist_ok=True)
    programs = environments.make("locksync", str(TOP))
    cases = [*_cases(place, programs, arguments.rounds)]
    sizes = SIZES[:-1] if arguments.quick else SIZES
    monorepos = [_monorepo(place, programs, size) for size in sizes]
    rounds = 0 if arguments.quick else 3
    installed = {
        peer.name: environments.install(peer, rounds) for peer in environments.PEERS if rounds
    }
    page = render_page(_machine(), cases, monorepos, installed, arguments.rounds)
    (TOP / "docs/benchmarks.md").write_text(page, encoding="utf-8")
    (TOP / "docs/benchmarks.svg").write_text(render_chart(cases), encoding="utf-8")
    print(page)


def _machine() -> str:
    python = platform.python_version()
    return f"{platform.system()}, {os.cpu_count()} processors, Python {python}"


def _cases(place: Path, programs: Path, rounds: int) -> Iterator[Case]:
    modern = projects.repository(place / "poetry", projects.POETRY)
    yield _case(
        "poetry export, lock-version 2.1, 106 packages", modern, programs, rounds, _poetry()
    )

    older = projects.repository(place / "poetry-2.0", projects.POETRY)
    lock = older / "poetry.lock"
    lock.write_text(projects.without_groups(lock.read_text()))
    run(Command((*_poetry(), "-o", "requirements.txt"), older))
    yield _case("poetry export, lock-version 2.0, 106 packages", older, programs, rounds, _poetry())

    pipenv = projects.repository(place / "pipenv", projects.PIPENV)
    requirements = (str(program("pipenv")), "requirements")
    yield _case("pipenv requirements, 83 packages", pipenv, programs, rounds, requirements)

    compiled = projects.repository(place / "pip-compile")
    (compiled / "requirements.in").write_text(projects.INPUTS)
    words = (
        *(str(program("pip-compile")), "--quiet", "--strip-extras", "--no-emit-index-url"),
        *("--no-emit-find-links", "--no-emit-trusted-host", "requirements.in"),
    )
    run(Command(words, compiled))
    pins = projects.count_pins(compiled)
    yield _case(f"pip-compile, warm cache, {pins} pins", compiled, programs, rounds, words)

    yield _locked_case(place, programs, rounds, ("uv", "export", "--frozen"))
    yield _locked_case(place, programs, rounds, ("pdm", "export"))


def _locked_case(place: Path, programs: Path, rounds: int, command: tuple[str, ...]) -> Case:
    """A case whose lock file the tool makes, from the same inputs as pip-compile's."""
    tool, *arguments = command
    project = projects.application(place / tool)
    words = (str(program(tool)), *arguments)
    run(Command((words[0], "lock"), project, ALONE))
    run(Command((*words, "-o", "requirements.txt"), project, ALONE))
    pins = projects.count_pins(project)
    return _case(f"{' '.join(command[:2])}, {pins} packages", project, programs, rounds, words)


def _poetry() -> tuple[str, ...]:
    return (str(program("poetry")), "export", "-f", "requirements.txt")


def _case(name: str, place: Path, programs: Path, rounds: int, tool: tuple[str, ...]) -> Case:
    projects.commit(place)
    check = (programs / "locksync", "check")
    # A check of an export of uv.lock asks uv.
    path = {"PATH": os.pathsep.join((str(program("uv").parent), os.environ["PATH"]))}
    times = measure(
        {
            "python": Command((programs / "python", "-c", "pass"), place),
            "warm": Command(check, place, {**path, **_cache(place)}),
            "cold": Command((*check, "--no-cache"), place, path),
            "tool": Command(tool, place, ALONE),
        },
        rounds,
    )
    return Case(name, **times)


def _monorepo(place: Path, programs: Path, size: int) -> Monorepo:
    repository = projects.monorepo(place / f"monorepo-{size}", size)
    projects.git(repository, "add", "--all")
    run(Command((programs / "locksync", "fix", "--no-cache"), repository))
    projects.commit(repository)
    check = (programs / "locksync", "check")
    environment = _cache(repository)
    cold = memory.peak(Command((*check, "--no-cache"), repository))
    run(Command(check, repository, environment))
    warm = memory.peak(Command(check, repository, environment))
    times = measure({"warm": Command(check, repository, environment)}, 9)
    colds = measure({"cold": Command((*check, "--no-cache"), repository)}, 2 if size > 100 else 5)
    shutil.rmtree(repository)
    return Monorepo(size, times["warm"].median, colds["cold"].median, warm, cold)


def _cache(place: Path) -> Mapping[str, str]:
    return {"LOCKSYNC_CACHE_DIR": str(place.with_name(f"{place.name}-cache"))}


if __name__ == "__main__":
    main()
