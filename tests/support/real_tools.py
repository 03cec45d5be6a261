"""The real tools at pinned versions, each in its own environment, which the tests make.

The environments are in `.tools` at the top of the checkout, or where LOCKSYNC_TOOLS says. They are
made again when a pin here changes. LOCKSYNC_TOOL_VERSIONS=newest installs the newest versions
instead, to see whether locksync's promises hold for them too.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock

PINS = {
    "poetry": ("poetry==2.5.1", "poetry-plugin-export==1.10.1"),
    "pipenv": ("pipenv==2026.10.3",),
    "pre-commit": ("pre-commit==4.7.0",),
    "prek": ("prek==0.5.11",),
    "pip-compile": ("pip-tools==7.6.2", "pip==26.1"),
    "pip-compile-6": ("pip-tools==6.14.0", "pip==23.3.2", "setuptools==68.2.2"),
    "twine": ("twine==7.0.0",),
    "uv": ("uv==0.13.9",),
    "uv-0.4": ("uv==0.4.30",),
    "uv-0.6": ("uv==0.6.17",),
    "uv-0.8": ("uv==0.8.24",),
    "uv-0.10": ("uv==0.10.12",),
    "uv-0.12": ("uv==0.12.24",),
    # This version cannot lock with newer versions of the last two.
    "pdm": ("pdm==2.29.3", "dep-logic==0.7.2", "hishel<1.3", "unearth<0.19"),
}
PROGRAMS = {
    "pip-compile-6": "pip-compile",
    **{name: "uv" for name in PINS if name.startswith("uv-")},
}
NEWEST = os.environ.get("LOCKSYNC_TOOL_VERSIONS") == "newest"
TOP = Path(__file__).resolve().parents[2]


def program(name: str) -> Path:
    """The program of a tool, which is installed if necessary."""
    directory = _directory(name)
    if not (directory / "complete").exists():
        directory.parent.mkdir(parents=True, exist_ok=True)
        # Parallel tests wait for the one that installs.
        with FileLock(f"{directory}.lock"):
            if not (directory / "complete").exists():
                _install(directory, _requirements(name))
    name = PROGRAMS.get(name, name)
    return _programs(directory) / (f"{name}.exe" if os.name == "nt" else name)


def _requirements(name: str) -> tuple[str, ...]:
    return tuple(pin.partition("==")[0] if NEWEST else pin for pin in PINS[name])


def _directory(name: str) -> Path:
    tools = Path(os.environ.get("LOCKSYNC_TOOLS", TOP / ".tools"))
    python = f"py{sys.version_info.major}.{sys.version_info.minor}"
    return tools / re.sub(r"[^\w.=-]", "", "-".join((*_requirements(name), python)))


def _programs(directory: Path) -> Path:
    return directory / ("Scripts" if os.name == "nt" else "bin")


def _install(directory: Path, requirements: tuple[str, ...]) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
    pip = [str(_programs(directory) / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, *requirements], check=True)
    (directory / "complete").touch()


def run(
    name: str,
    *arguments: str,
    cwd: Path,
    check: bool = True,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a tool as its user would, isolated from the environment of the tests."""
    return subprocess.run(
        [str(program(name)), *arguments],
        cwd=cwd,
        env=clean_environment(**(environment or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=check,
    )


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without variables that change the behaviour of git or the tools."""
    prefixes = (
        "GIT_",
        "PDM_",
        "PIPENV_",
        "POETRY_",
        "PRE_COMMIT",
        "PREK_",
        "VIRTUAL_ENV",
        "PYTEST_",
    )
    kept = {key: value for key, value in os.environ.items() if not key.startswith(prefixes)}
    alone = {
        "PIPENV_IGNORE_VIRTUALENVS": "1",
        "PDM_CHECK_UPDATE": "0",
        "PDM_CONFIG_FILE": os.devnull,
        "PDM_USE_VENV": "0",
        "NO_COLOR": "1",
    }
    return {**kept, **alone, **more}


def written_by(name: str, arguments: list[str], cwd: Path) -> str | None:
    """What the tool's export command writes, or None if it refuses."""
    if name in ("poetry", "pdm"):
        output = cwd / f"written-by-{name}.txt"
        arguments = [*arguments, "-o", output.name]
        done = run(name, *arguments, cwd=cwd, check=False)
        if done.returncode or not output.exists():
            return None
        text = output.read_text(encoding="utf-8")
        output.unlink()
        return text
    done = run(name, *arguments, cwd=cwd, check=False)
    return done.stdout if done.returncode == 0 else None


def which(name: str) -> str:
    """The path of a program that is installed on the machine."""
    found = shutil.which(name)
    assert found, name
    return found
