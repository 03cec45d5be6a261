"""The page of what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchmarks.environments import Installed
from benchmarks.measuring import Times

HEAD = """\
# Benchmarks

What a check costs beside the command whose output it checks. Written by `python -m benchmarks`,
which makes its own environments with the real tools and takes all commands in turns: medians of
{rounds}, with half the distance between the quartiles. {machine}.

![Times of a check and of the tools' commands](benchmarks.svg)

*Warm* is a run that finds everything as it was when it was last found fresh, as most commits do;
*cold* is one without that memory (`--no-cache`), as in CI. `python -c pass` is what no hook in
Python can go below.

The poetry and pipenv projects are those of `examples/`. The other lock files are made anew by their
tools, all from the same requirements. uv is a native program and exports in about the time that
Python takes to start. A cold check of its exports asks uv itself.
"""
MIB = 2**20


class Case(NamedTuple):
    """The times of a check of one project, and of the command that writes its output."""

    name: str
    python: Times
    warm: Times
    cold: Times
    tool: Times


class Monorepo(NamedTuple):
    """What a check of many projects takes: seconds, and bytes where the system tells."""

    projects: int
    warm: float
    cold: float
    warm_memory: int | None
    cold_memory: int | None


def render_page(
    machine: str,
    cases: Sequence[Case],
    monorepos: Sequence[Monorepo],
    installed: Mapping[str, Installed],
    rounds: int,
) -> str:
    """The page as Markdown."""
    lines = [
        HEAD.format(rounds=rounds, machine=machine),
        "## One project\n",
        "| command | `python -c pass` | warm | cold | the command itself | warm is | cold is |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *map(_row, cases),
        "\n## Many projects\n",
        "Poetry projects made from the example's lock file (lock-version 2.1), no two alike.\n",
        "| projects | warm | per project | memory | cold | per project | memory |",
        "|--:|--:|--:|--:|--:|--:|--:|",
        *map(_monorepo_row, monorepos),
    ]
    if installed:
        lines += [
            "\n## The environment of the hook\n",
            "Into a new virtual environment, from pip's cache; the size is what they add to it.\n",
            "| hook | install | size |",
            "|---|--:|--:|",
            *(
                f"| {name} | {found.seconds:.1f} s | {found.size / MIB:.1f} MiB |"
                for name, found in installed.items()
            ),
        ]
    return "\n".join(lines) + "\n"


def _row(case: Case) -> str:
    times = (case.python, case.warm, case.cold, case.tool)
    shown = " | ".join(f"{found.median * 1000:.0f} ms ±{found.spread:.0%}" for found in times)
    return (
        f"| {case.name} | {shown} | {_compared(case.warm, case.tool)}, "
        f"{case.warm.median / case.python.median:.1f} times `pass` "
        f"| {_compared(case.cold, case.tool)} |"
    )


def _compared(check: Times, tool: Times) -> str:
    ratio = tool.median / check.median
    return f"{ratio:.1f} times faster" if ratio >= 1 else f"{1 / ratio:.1f} times slower"


def _monorepo_row(found: Monorepo) -> str:
    return (
        f"| {found.projects} | {found.warm:.2f} s | {found.warm / found.projects * 1000:.2f} ms "
        f"| {_size(found.warm_memory)} | {found.cold:.2f} s "
        f"| {found.cold / found.projects * 1000:.1f} ms | {_size(found.cold_memory)} |"
    )


def _size(found: int | None) -> str:
    return "" if found is None else f"{found / MIB:.0f} MiB"
