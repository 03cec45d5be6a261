"""Print what locksync reports in every situation that is pasted: `python -m tests.paste_reports`.

Words after the command choose situations by a part of their names. With `--all`, what is printed
after each step is told too.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.support.git import GitRepository
from tests.support.paste_projects import Bench, bench, made_here
from tests.support.pasting import (
    MOST_ROUNDS,
    Person,
    Report,
    Situation,
    environment,
    programs,
    settled,
)
from tests.support.situations import QUICK, REAL


def _reports(
    situation: Situation, directory: Path, made: Bench | None, *, every: bool
) -> list[Report]:
    repository = GitRepository(directory / "shop")
    files = made.files(situation.project) if made else made_here(situation.project)
    repository.commit_all(files)
    place = settled(repository, situation)
    tools = programs(directory / "programs", situation)
    variables = environment(directory / "home", tools)
    person = Person(place, situation, variables)
    reports = [person.report()]
    for _ in range(MOST_ROUNDS if every else 0):
        if reports[-1].code:
            try:
                person.follow(reports[-1])
            except AssertionError as error:
                return [*reports, Report(-1, f"STUCK: {error}\n")]
            reports.append(person.report())
    return reports


def main(words: Sequence[str]) -> None:
    """Print the reports of the situations that are asked for; of all, if none is named."""
    wanted = [word for word in words if word != "--all"]
    chosen = [
        one for one in (*QUICK, *REAL) if not wanted or any(word in _name(one) for word in wanted)
    ]
    with tempfile.TemporaryDirectory() as above, ExitStack() as stack:
        needs_tools = any(one.real for one in chosen)
        made = stack.enter_context(bench(Path(above))) if needs_tools else None
        for situation in chosen:
            with tempfile.TemporaryDirectory() as directory:
                tools = made if situation.real else None
                reports = _reports(situation, Path(directory), tools, every="--all" in words)
            where = f"   (in {situation.where})" if situation.where else ""
            for report in reports:
                print(f"### {_name(situation)}{where}\n$ {situation.run}\n{report.text}", end="")
                print(f"[exit {report.code}]\n", flush=True)


def _name(situation: Situation) -> str:
    return f"{situation.code}-{situation.name}"


if __name__ == "__main__":
    main(sys.argv[1:])
