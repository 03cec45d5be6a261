"""The platforms that `--python-platform` names, as marker values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from locksync.tools.compiled.environments import MACHINES as DEFAULT_MACHINES
from locksync.tools.compiled.environments import (
    SYSTEMS,
    Place,
    Places,
    environments,
    minor_version,
)
from locksync.tools.compiled.options import CompileOptions

PLATFORMS: Mapping[str, Mapping[str, str]] = {
    name: {**system, "platform_machine": machines[0]}
    for (name, system), machines in zip(SYSTEMS.items(), DEFAULT_MACHINES.values(), strict=True)
}
"""The marker values of each platform; its name may also be part of a triple."""
MACHINES = {
    "x86_64": {"darwin": "x86_64", "win32": "AMD64"},
    "aarch64": {"darwin": "arm64", "win32": "ARM64"},
}
"""What systems other than Linux call the architectures of triples."""
ALIASES = {"darwin": "macos", "manylinux": "linux", "musllinux": "linux"}


def places_of(options: CompileOptions, here: Mapping[str, str]) -> Places:
    """Where uv may have run with the options; `here` is the environment of the running Python."""
    platform = _markers(options.platform or "")
    python = options.python or here["python_full_version"]
    found = [Place(one) for one in environments(here, python, platform)]
    if options.universal:
        found = [Place(here, lowest=options.python or minor_version(here))]
    return Places(
        found,
        python_is_told=bool(options.python),
        platform_is_told=options.universal or bool(options.platform),
    )


def _markers(platform: str) -> Mapping[str, str]:
    """The marker values that a platform or triple determines; none for "" or an unknown one."""
    words = re.split(r"-|(?<=linux)_", platform)
    names = [ALIASES.get(word, word) for word in words]
    markers = dict(next((PLATFORMS[name] for name in names if name in PLATFORMS), {}))
    machine = words[0]
    if machine not in MACHINES:
        return markers
    if "macos" not in names and "windows" not in names:
        markers["platform_machine"] = machine
    else:
        markers["platform_machine"] = MACHINES[machine][markers["sys_platform"]]
    return markers
