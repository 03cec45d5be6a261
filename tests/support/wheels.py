"""A few tiny wheels, so that compilers resolve offline and always to the same pins."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

VERSIONS = ("1.0", "1.1", "2.0")
PACKAGES: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "alpha": (("beta>=1", "gamma"), ("delta",)),
    "beta": ((), ()),
    "gamma": (("epsilon",), ()),
    "delta": ((), ()),
    "epsilon": ((), ()),
    "zeta": (("setuptools", "alpha[x]"), ()),
    "setuptools": ((), ()),
    "eta-theta": (("delta",), ()),
}
"""The requirements of each package, and those of its extra `x`."""

END_OF_BACKEND = """\
    (place / "METADATA").write_text("\\n".join(lines) + "\\n")
    return place.name

prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel

def build_wheel(*given):
    raise NotImplementedError

build_editable = build_wheel
"""
"""How a backend that only tells metadata ends, once it has the lines and the place for them."""
BACKEND = (
    """\
import pathlib, re

def prepare_metadata_for_build_wheel(directory, config_settings=None):
    text = pathlib.Path("pyproject.toml").read_text()
    name = re.search('name = "(.*)"', text)[1]
    asked = re.findall('"(.*?)"', re.search(r"dependencies = \\[(.*)\\]", text)[1])
    place = pathlib.Path(directory, f"{name}-1.dist-info")
    place.mkdir()
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1"]
    lines += [f"Requires-Dist: {one}" for one in asked]
"""
    + END_OF_BACKEND
)


def local_project(directory: str, name: str, *requirements: str, more: str = "") -> dict[str, str]:
    """The files of a project that builds offline."""
    listed = ", ".join(f'"{requirement}"' for requirement in requirements)
    manifest = (
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        f'[project]\nname = "{name}"\nversion = "1"\ndependencies = [{listed}]\n{more}'
    )
    return {f"{directory}/pyproject.toml": manifest, f"{directory}/backend.py": BACKEND}


def write_wheels(directory: Path) -> None:
    """Write all versions of all packages into a directory."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, (requires, extra) in PACKAGES.items():
        for version in VERSIONS:
            _write_wheel(directory, name, version, requires, extra)


def _write_wheel(
    directory: Path, name: str, version: str, requires: Sequence[str], extra: Sequence[str]
) -> None:
    stem = f"{name.replace('-', '_')}-{version}"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    metadata += [f"Requires-Dist: {requirement}" for requirement in requires]
    metadata += ["Provides-Extra: x"] if extra else []
    metadata += [f'Requires-Dist: {requirement}; extra == "x"' for requirement in extra]
    tag = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(directory / f"{stem}-py3-none-any.whl", "w") as wheel:
        for path, content in (
            (f"{stem}.dist-info/METADATA", "\n".join(metadata) + "\n"),
            (f"{stem}.dist-info/WHEEL", tag),
            (f"{stem}.dist-info/RECORD", ""),
        ):
            # With a fixed date, so that the hashes stay the same.
            wheel.writestr(zipfile.ZipInfo(path), content)
