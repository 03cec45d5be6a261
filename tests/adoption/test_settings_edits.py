"""Settings are added to people's files without a change to their own lines."""

from __future__ import annotations

import pytest

from locksync.adoption.plan import Choice, Entry, Settings
from locksync.adoption.settings_edits import add_settings
from locksync.findings import FindingError

ONE = Entry("poetry export --without-hashes -o requirements.txt")
TWO = Entry("poetry export --extras 'a b' -o all.txt")
ABOVE = Entry("pipenv requirements --hash > requirements.txt", "services/a")


@pytest.mark.parametrize(
    ("file", "exports", "choices", "before", "after"),
    [
        pytest.param(
            "pyproject.toml",
            (ONE,),
            (),
            '[project]\nname = "a"  # ours\n',
            '[project]\nname = "a"  # ours\n\n[tool.locksync]\n'
            'exports = ["poetry export --without-hashes -o requirements.txt"]\n',
            id="a new table comes last",
        ),
        pytest.param(
            "pyproject.toml",
            (ONE, TWO, ABOVE),
            (Choice("b/requirements.txt", TWO), Choice("c/requirements.txt", None)),
            "[tool.black]\nline-length = 100",
            "[tool.black]\nline-length = 100\n\n[tool.locksync]\nexports = [\n"
            '  "poetry export --without-hashes -o requirements.txt",\n'
            "  \"poetry export --extras 'a b' -o all.txt\",\n"
            '  { run = "pipenv requirements --hash > requirements.txt", in = "services/a" },\n'
            "  # \"poetry export --extras 'a b' -o all.txt\",\n"
            ']\nexclude = [\n  # "b/requirements.txt",\n  # "c/requirements.txt",\n]\n',
            id="several entries have a line each, and so have choices",
        ),
        pytest.param(
            "pyproject.toml",
            (ONE, TWO),
            (),
            '[project]\r\ndependencies = [\r\n    "flask",\r\n]\r\n',
            '[project]\r\ndependencies = [\r\n    "flask",\r\n]\r\n\r\n'
            "[tool.locksync]\r\nexports = [\r\n"
            '    "poetry export --without-hashes -o requirements.txt",\r\n'
            "    \"poetry export --extras 'a b' -o all.txt\",\r\n]\r\n",
            id="line ends and indentation are those of the file",
        ),
        pytest.param(
            "pyproject.toml",
            (ONE, TWO),
            (Choice("x.txt", None),),
            "[tool.locksync]\n# why\nexports = [\n"
            "    'poetry export --without-hashes -o requirements.txt',  # first\n"
            "    # last\n    'x'\n]  # end\n\n# next\n[tool.black]\n",
            "[tool.locksync]\n# why\nexports = [\n"
            "    'poetry export --without-hashes -o requirements.txt',  # first\n"
            "    # last\n    'x',\n    \"poetry export --extras 'a b' -o all.txt\"\n]  # end\n\n"
            "# next\n[tool.black]\n",
            id="settings that are there are extended, with their comments",
        ),
        pytest.param(
            "pyproject.toml",
            (ONE,),
            (),
            "[tool]\nlocksync.strict = true\n",
            "[tool]\nlocksync.strict = true\n"
            'locksync.exports = ["poetry export --without-hashes -o requirements.txt"]\n',
            id="dotted keys",
        ),
        pytest.param(
            "pyproject.toml",
            (TWO,),
            (),
            '[tool.locksync]  # ours\r\nexports = ["a"]\r\n',
            "[tool.locksync]  # ours\r\n"
            'exports = ["a", "poetry export --extras \'a b\' -o all.txt"]\r\n',
            id="settings in a file of Windows",
        ),
        pytest.param(
            "locksync.toml",
            (ONE, TWO),
            (),
            'exports = ["a"]  # ours\n',
            'exports = [\n    "a",\n'
            '    "poetry export --without-hashes -o requirements.txt",\n'
            "    \"poetry export --extras 'a b' -o all.txt\",\n]  # ours\n",
            id="a line that would become too long",
        ),
        pytest.param(
            "locksync.toml",
            (ONE,),
            (),
            "",
            'exports = ["poetry export --without-hashes -o requirements.txt"]\n',
            id="a new file",
        ),
        pytest.param(
            "locksync.toml",
            (ONE,),
            (Choice("b", None),),
            "# ours\nexclude = ['a']\n",
            "# ours\nexclude = ['a']\n"
            'exports = ["poetry export --without-hashes -o requirements.txt"]\n',
            id="a file of our own, whose settings are there to choose in",
        ),
        pytest.param(
            "pyproject.toml",
            (),
            (Choice("requirements.txt", ONE),),
            '[project]\nname = "a"\n',
            '[project]\nname = "a"\n\n[tool.locksync]\nexports = [\n'
            '  # "poetry export --without-hashes -o requirements.txt",\n]\n'
            'exclude = [\n  # "requirements.txt",\n]\n',
            id="nothing but a choice",
        ),
        pytest.param(
            "locksync.toml",
            (),
            (Choice("a/x.txt", ABOVE),),
            "",
            'exports = [\n  # { run = "pipenv requirements --hash > requirements.txt", '
            'in = "services/a" },\n]\nexclude = [\n  # "a/x.txt",\n]\n',
            id="a choice in a new file",
        ),
    ],
)
def test_adds_settings(
    file: str, exports: tuple[Entry, ...], choices: tuple[Choice, ...], before: str, after: str
) -> None:
    settings = Settings(file, exports, choices)
    written = add_settings(before.encode(), settings)
    assert written.decode() == after
    assert add_settings(written, settings) == written


@pytest.mark.parametrize(
    ("before", "message"),
    [
        (
            "tool = { black = {} }\n",
            "pyproject.toml cannot be edited by locksync: add the settings",
        ),
        ("tool = 1\n", "pyproject.toml cannot be edited"),
        ("tool.locksync.exports = 1\n", "pyproject.toml cannot be edited"),
        ("[tool.black\n", "pyproject.toml is not valid TOML"),
        ("<<<<<<< ours\n", "pyproject.toml holds the conflict markers of an unfinished merge"),
        ("\xff", "pyproject.toml is not valid TOML"),
    ],
)
def test_refuses_what_cannot_be_extended(before: str, message: str) -> None:
    with pytest.raises(FindingError, match=message):
        add_settings(before.encode("latin-1"), Settings("pyproject.toml", (ONE,)))
