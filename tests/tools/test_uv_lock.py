"""Whether uv.lock is up to date, offline: lock files as uv 0.13.9 writes them, and manifests."""

from __future__ import annotations

import pytest

from locksync.findings import FindingError, Repair
from locksync.tools.uv_export.freshness import Examined, examine_lock
from tests.support.memory import MemoryTree

RELOCK = Repair((("uv", "lock"),))
MANIFEST = """\
[project]
name = "app"
version = "1"
requires-python = ">=3.9"
dependencies = ["alpha>=1,<3"]
"""
HEAD = 'version = 1\nrevision = 5\nrequires-python = ">=3.9"\n'
ALPHA = """
[[package]]
name = "alpha"
version = "2.0"
source = { registry = "https://pypi.org/simple" }
"""
APP = """
[[package]]
name = "app"
version = "1"
source = { virtual = "." }
dependencies = [
    { name = "alpha" },
]
"""
METADATA = """
[package.metadata]
requires-dist = [{ name = "alpha", specifier = ">=1,<3" }]
"""
LOCK = HEAD + ALPHA + APP + METADATA
UV = "[tool.uv]\n"
EXPLICIT = '[[tool.uv.index]]\nname = "x"\nurl = "https://x.example.org/simple"\nexplicit = true\n'
GROUP = '[dependency-groups]\ndocs = ["alpha"]\n'
DYNAMIC = """\
[project]
name = "app"
dynamic = ["version"]
requires-python = ">=3.9"
[project.optional-dependencies]
all = ["app[web]"]
web = ["alpha>=1"]
"""
FLAT = (
    HEAD
    + ALPHA
    + APP.replace('version = "1"\n', "")
    + METADATA.replace(
        '{ name = "alpha", specifier = ">=1,<3" }',
        """
    { name = "alpha", marker = "extra == 'all'", specifier = ">=1" },
    { name = "alpha", marker = "extra == 'web'", specifier = ">=1" },
""",
    )
    + 'provides-extras = ["all", "web"]\n'
)
IN_GROUP = (
    LOCK.replace(METADATA, '\n[package.group-requires-python]\ndocs = ">=3.12"\n' + METADATA)
    + """
[package.metadata.requires-dev]
docs = [{ name = "alpha", marker = "python_full_version >= '3.12'" }]
"""
)
GROUP_PYTHON = '[tool.uv.dependency-groups]\ndocs = { requires-python = ">=3.12" }\n'


def _options(text: str) -> str:
    return LOCK.replace(HEAD, f"{HEAD}\n[options]\n{text}\n")


@pytest.mark.parametrize(
    ("lock", "manifest", "said"),
    [
        pytest.param(LOCK, MANIFEST, "", id="as-it-was"),
        pytest.param(
            LOCK, MANIFEST.replace(">=1,<3", ">=1.0,<3,>=0.5"), "", id="specifiers-that-add-nothing"
        ),
        pytest.param(
            LOCK, MANIFEST.replace('["', '["alpha<3", "'), "", id="requirements-that-say-the-same"
        ),
        pytest.param(
            LOCK, MANIFEST.replace("<3", "<4"), "LS005 the requirements of app", id="loosened"
        ),
        pytest.param(FLAT, DYNAMIC, "", id="extras-that-a-build-flattened"),
        pytest.param(
            FLAT,
            DYNAMIC.replace('all = ["app[web]"]', "all = []"),
            "LS005 the requirements of app",
            id="extras-that-changed",
        ),
        pytest.param(
            IN_GROUP,
            MANIFEST + GROUP + GROUP_PYTHON,
            "",
            id="python-of-a-group",
        ),
        pytest.param(
            IN_GROUP,
            MANIFEST + GROUP,
            "LS005 requires-python of the dependency groups",
            id="python-of-a-group-removed",
        ),
        pytest.param(
            LOCK,
            MANIFEST + UV + 'prerelease-package = { alpha = "allow" }\n',
            "LS005 the setting prerelease-package",
            id="prereleases-of-a-package",
        ),
        pytest.param(
            LOCK, MANIFEST + UV + "exclude-newer = false\n", "", id="no-exclude-newer-by-its-name"
        ),
        pytest.param(
            _options('exclude-newer = "2026-01-02T00:00:00Z"'),
            MANIFEST + UV + 'exclude-newer = "2026-01-01"\n',
            "",
            id="exclude-newer-as-a-date",
        ),
        pytest.param(
            _options('exclude-newer = "2026-01-02T00:00:00Z"'),
            MANIFEST + UV + 'exclude-newer = "2025-12-30"\n',
            "LS005 the setting exclude-newer",
            id="exclude-newer-as-an-earlier-date",
        ),
        pytest.param(
            _options('exclude-newer = "2026-01-02T00:00:00Z"'),
            MANIFEST + UV + 'exclude-newer = "2026-01-03"\n',
            "",
            id="exclude-newer-as-a-later-date",
        ),
        pytest.param(
            _options('exclude-newer = "2026-01-02T00:00:00.5Z"'),
            MANIFEST + UV + 'exclude-newer = "2026-01-02T00:00:00.49Z"\n',
            "LS005 the setting exclude-newer",
            id="exclude-newer-a-moment-earlier",
        ),
        pytest.param(
            _options('exclude-newer-package = { alpha = "2026-01-02T00:00:00Z" }'),
            MANIFEST + UV + "exclude-newer-package = { alpha = false }\n",
            "",
            id="exclude-newer-no-longer-for-a-package",
        ),
        pytest.param(
            _options("exclude-newer-package = { alpha = false }"),
            MANIFEST + UV + 'exclude-newer-package = { alpha = "2026-01-02" }\n',
            "LS005 the setting exclude-newer-package",
            id="exclude-newer-for-a-package-again",
        ),
        pytest.param(
            _options('exclude-newer = "0001-01-01T00:00:00Z"\nexclude-newer-span = "P3D"'),
            MANIFEST + UV + 'exclude-newer = "3 days"\n',
            "",
            id="exclude-newer-as-a-span",
        ),
        pytest.param(
            _options('hitherto-unknown = "x"'),
            MANIFEST.replace("<3", "<4"),
            "LS010 the meaning of options.hitherto-unknown",
            id="an-unknown-option-explains-everything",
        ),
        pytest.param(
            HEAD + ALPHA + APP,
            MANIFEST + UV + "preview = true\n",
            "LS010 it records no requirements of app",
            id="lock-without-metadata",
        ),
        pytest.param(
            LOCK.replace("pypi.org", "mirror.example.org"),
            MANIFEST + EXPLICIT,
            "LS010 it does not name the index of alpha: https://mirror.example.org/simple",
            id="index-of-the-machine",
        ),
        pytest.param(
            LOCK,
            MANIFEST + EXPLICIT.replace("explicit", "default"),
            "LS005 alpha is locked from another index",
            id="index-replaced",
        ),
        pytest.param(
            LOCK.replace(HEAD, HEAD + '\n[manifest]\nexcludes = ["beta"]\n'),
            MANIFEST + UV + 'exclude-dependencies = ["Beta", "gamma"]\n',
            "",
            id="exclusions",
        ),
        pytest.param(
            LOCK,
            MANIFEST
            + UV
            + "override-dependencies = [\n"
            + '  { package = { name = "alpha" }, dependencies = ["beta<2"] },\n]\n',
            "LS005 the override-dependencies",
            id="override-of-one-package-added",
        ),
        pytest.param(
            LOCK,
            MANIFEST.replace(">=3.9", ">=3.9,!=3.13.*"),
            "",
            id="python-with-a-gap",
        ),
        pytest.param(
            LOCK,
            MANIFEST + GROUP + '[tool.uv]\ndefault-groups = ["test"]\n',
            "LS011 the default group test is not declared",
            id="default-group-that-is-not-there",
        ),
        pytest.param(
            LOCK,
            MANIFEST + UV + "upgrade = true\n",
            "LS010 with the setting upgrade",
            id="an-upgrade-at-each-run",
        ),
        pytest.param(
            LOCK,
            MANIFEST.replace("<3", "<4") + UV + "upgrade = true\n",
            "LS005 the requirements of app",
            id="a-doubt-hides-no-other-difference",
        ),
    ],
)
def test_what_is_said_of_a_lock_file(lock: str, manifest: str, said: str) -> None:
    examined = _examine({"uv.lock": lock, "pyproject.toml": manifest})
    found = [f"{finding.code} {finding.message}" for finding in examined.findings]
    assert len(found) == bool(said)
    code, _, words = said.partition(" ")
    assert not said or (found[0].startswith(code) and words in found[0]), found


def test_a_settings_file_silences_the_settings_of_the_manifest() -> None:
    files = {
        "uv.lock": LOCK,
        "pyproject.toml": MANIFEST + UV + 'resolution = "lowest"\n',
        "uv.toml": 'add-bounds = "exact"\n',
    }
    assert _examine(files).findings == ()
    files["uv.toml"] = 'resolution = "lowest"\n'
    assert "the setting resolution has changed" in _examine(files).findings[0].message


def test_settings_above_the_project_count_if_it_has_none() -> None:
    files = {"a/uv.lock": LOCK, "a/pyproject.toml": MANIFEST, "uv.toml": 'resolution = "lowest"\n'}
    examined = _examine(files, "a/uv.lock")
    assert "the setting resolution has changed" in examined.findings[0].message
    assert "uv.toml" in examined.files


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param("tool.uv = 1\n", "tool.uv is not a table", id="no-settings"),
        pytest.param("tool.uv.index = 1\n", "tool.uv.index is not a list", id="no-indexes"),
        pytest.param("tool.uv.no-sources = 1\n", "no-sources is not a boolean", id="no-boolean"),
    ],
)
@pytest.mark.parametrize("file", ["pyproject.toml", "a/pyproject.toml"])
def test_malformed_settings_are_the_fault_of_their_own_file(
    settings: str, said: str, file: str
) -> None:
    files = {"a/uv.lock": LOCK, "a/pyproject.toml": MANIFEST}
    files[file] = settings + files.get(file, "")
    with pytest.raises(FindingError) as caught:
        _examine(files, "a/uv.lock")
    assert caught.value.finding.file == file
    assert said in caught.value.finding.message


def test_manifests_of_path_dependencies_are_files_that_it_depends_on() -> None:
    one = MANIFEST.replace('"app"', '"one"').replace('"alpha>=1,<3"', "")
    entry = '\n[[package]]\nname = "one"\nversion = "1"\nsource = { directory = "../one" }\n'
    files = {
        "a/uv.lock": LOCK.replace('>=1,<3" }', '>=1,<3" }, { name = "one", directory = "../one" }')
        + entry,
        "a/pyproject.toml": MANIFEST.replace('"alpha', '"one", "alpha')
        + '[tool.uv.sources]\none = { path = "../one" }\n',
        "one/pyproject.toml": one,
    }
    examined = _examine(files, "a/uv.lock")
    assert examined.findings == ()
    assert "one/pyproject.toml" in examined.files


def _examine(files: dict[str, str], lock: str = "uv.lock") -> Examined:
    return examine_lock(lock, MemoryTree(files, directories=["one"]), RELOCK)
