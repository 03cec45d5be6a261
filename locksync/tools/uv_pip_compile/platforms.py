"""The platforms that `--python-platform` names, as marker values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from locksync.tools.compiled.environments import environments
from locksync.tools.compiled.options import CompileOptions

PLATFORMS = {
    "linux": {
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": "x86_64",
    },
    "macos": {
        "sys_platform": "darwin",
        "platform_system": "Darwin",
        "os_name": "posix",
        "platform_machine": "arm64",
    },
    "windows": {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
    },
}
"""The marker values of each platform; its name may also be part of a triple."""
MACHINES = {
    "x86_64": {"darwin": "x86_64", "win32": "AMD64"},
    "aarch64": {"darwin": "arm64", "win32": "ARM64"},
}
"""What systems other than Linux call the architectures of triples."""
ALIASES = {"darwin": "macos", "manylinux": "linux", "musllinux": "linux"}


def environments_of(
    options: CompileOptions, here: Mapping[str, str]
) -> Iterator[Mapping[str, str]]:
    """The marker environments that the options ask for; `here` is that of the running Python."""
    if options.universal:
        for platform in PLATFORMS.values():
            yield from environments(here, None, platform)
    else:
        yield from environments(here, options.python, _markers(options.platform or ""))


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
