"""Requirements files compared by meaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locksync.model import ChangedPin, Difference, Pin
from locksync.requirements.comparison import compare, is_ahead

HASHED = "a==1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        pytest.param("a==1\nb==2\n", "b==2\na==1\n", id="another-order"),
        pytest.param("A==1\n", "a == 1 # comment\n", id="another-spelling"),
        pytest.param(
            "a==1 --hash=sha256:bb --hash=sha256:aa\n", HASHED, id="hashes-in-another-order"
        ),
        pytest.param(
            "a==1 ; os_name == 'nt' and python_version < '3'",
            'a==1 ; python_version < "3" and os_name == "nt"',
            id="marker-in-another-order",
        ),
        pytest.param("a[y,x]==1", "a[x,y]==1", id="extras-in-another-order"),
        pytest.param(
            "-i https://e.org/simple\na==1", "a==1\n--index-url https://e.org/simple", id="options"
        ),
        pytest.param("# header\n\na==1\r\n", "a==1\n", id="comments-and-line-ends"),
        pytest.param(
            "a==1\na==2 ; os_name == 'nt'", "a==2;os_name=='nt'\na==1", id="two-of-a-name"
        ),
        pytest.param("", "\n", id="nothing"),
    ],
)
def test_the_same_meaning(current: str, expected: str) -> None:
    assert not compare(current, expected)
    assert compare(current, expected) == Difference()


@pytest.mark.parametrize(
    ("current", "expected", "difference"),
    [
        ("", "a==1", Difference(added=(Pin("a", "1"),))),
        ("a==1", "", Difference(removed=(Pin("a", "1"),))),
        ("a==1", "A==2", Difference(changed=(ChangedPin("a", "1", "2"),))),
        (
            "a==1 --hash=sha256:a",
            "a==2 --hash=sha256:b",
            Difference(changed=(ChangedPin("a", "1", "2"),)),
        ),
        (HASHED, "a==1 --hash=sha256:aa", Difference(details=("a 1: 0 hashes more, 1 fewer",))),
        ("a==1", HASHED, Difference(details=("a 1: 2 hashes more, 0 fewer",))),
        (
            "a==1",
            "a==1;os_name=='nt'",
            Difference(details=('a 1: marker none -> os_name == "nt"',)),
        ),
        ("a[x]==1", "a==1", Difference(details=("a 1: extras x -> none",))),
        (
            "-e git+https://e.org/a#egg=a",
            "a @ git+https://e.org/a",
            Difference(
                changed=(ChangedPin("a", "git+https://e.org/a#egg=a", "git+https://e.org/a"),)
            ),
        ),
        ("./lib", "-e ./lib", Difference(details=("./lib ./lib: options none -> --editable",))),
        (
            "-i https://a.org",
            "-i https://b.org",
            Difference(details=("- --index-url https://a.org", "+ --index-url https://b.org")),
        ),
        (
            "a==1 ; os_name == 'nt'\na==2 ; os_name != 'nt'",
            "a==3",
            Difference(removed=(Pin("a", "2"),), changed=(ChangedPin("a", "1", "3"),)),
        ),
        ("a>=1,<2", "a==1", Difference(changed=(ChangedPin("a", "<2,>=1", "1"),))),
        ("a==1\na==1", "a==1", Difference(removed=(Pin("a", "1"),))),
    ],
)
def test_tells_the_difference(current: str, expected: str, difference: Difference) -> None:
    assert compare(current, expected) == difference


@pytest.mark.parametrize(
    ("current", "expected", "ahead"),
    [
        ("a==2\nb==1", "a==1\nb==1", True),
        ("a==2\nb==1", "a==1\nb==2", False),
        ("a==1.10", "a==1.9", True),
        ("a==1", "a==2", False),
        ("a==2\nb==1", "a==1", True),
        ("a==2", "a==1\nb==1", True),
        ("b==1", "a==1", False),
        ("a==2 --hash=sha256:a", "a==1 --hash=sha256:b", True),
        ("a==2\nb==1 ; os_name == 'nt'", "a==1\nb==1", True),
        ("a @ https://e.org/2", "a @ https://e.org/1", False),
        ("a==1", "a==1", False),
    ],
)
def test_ahead_is_a_newer_pin_and_none_that_is_older(
    current: str, expected: str, ahead: bool
) -> None:
    assert is_ahead(compare(current, expected)) is ahead


names = st.sampled_from(["a", "b", "c"])
lines = st.builds(
    lambda name, version, marker, hashes: f"{name}=={version}{marker}{hashes}",
    names,
    st.sampled_from(["1", "2"]),
    st.sampled_from(["", " ; os_name == 'nt'"]),
    st.sampled_from(["", " --hash=sha256:aa", " --hash=sha256:aa --hash=sha256:bb"]),
)
files = st.lists(lines, max_size=6)


@given(files, st.randoms(use_true_random=False))
def test_order_has_no_meaning(requirements: list[str], random: st.DataObject) -> None:
    shuffled = list(requirements)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert not compare("\n".join(requirements), "\n".join(shuffled))


@given(files, files)
def test_a_difference_is_seen_from_both_sides(one: list[str], other: list[str]) -> None:
    there, back = (
        compare("\n".join(one), "\n".join(other)),
        compare("\n".join(other), "\n".join(one)),
    )
    assert bool(there) == bool(back)
    assert bool(there) == (sorted(one) != sorted(other))
