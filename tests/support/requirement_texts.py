"""Requirements files made from a grammar, with whatever pip's parser knows, and a little more."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

NAMES = ("a", "Zope.Interface", "my_pkg", "x-y", "b2", "foo.zip", "foo-1.0-py3-none-any.whl")
EXTRAS = ("", "", "[dev]", "[dev,Test]", "[a_b, c.d]", "[]", " [dev]", "[dev", "[ dev ]")
SPECIFIERS = (
    *("", "==1.0", ">=1,<2", " == 1.0", " (>=1)", "~=1.4.2", "===weird", "!=1.*", "==1.0.zip"),
    *("=1", ">1,,<2", " 1.0", "==1.0rc1", "<= 2", "> 1 , < 3"),
)
MARKERS = (
    *("", "", "; os_name == 'nt'", " ; python_version<'3'", ';sys_platform=="a - b"'),
    *("; extra == 'x' and (os_name == 'a' or os_name != 'b')", ";", "; os_name", " ;os_name=='nt'"),
    *("; os_name == 'a #b'", "; os_name == 'a -b'", "; '3' in python_version"),
)
URLS = (
    *("https://e.org/a-1.zip", "https://e.org/w-1.0-py3-none-any.whl", "file:///x/y.tar.gz"),
    *("git+https://e.org/a.git@v1", "git+ssh://git@e.org/a@main", "hg+http://e.org/a", "ftp://e/a"),
    *("https://e.org/a;b.zip", "https://e.org/a.zip?x=1&y=2", "svn+svn://e.org/a", "git://e.org/a"),
    *("HTTPS://e.org/A.zip", "file:./pkg", "file:pkg", "bzr+lp:a"),
)
FRAGMENTS = (
    *("", "", "#egg=Name_X", "#egg=n&subdirectory=s", "#subdirectory=s&egg=n", "#sha256=ab"),
    *("#egg=n[dev]", "#egg=n==1", "#egg=", "#subdirectory=s", "#md5=1&egg=n"),
)
PATHS = (
    *("./pkg", "pkg", ".", "..", "./my pkg", "./wheels/foo-1.0-py3-none-any.whl", "./a.tar.gz"),
    *("wheels/Foo_Bar-1.0+l.1-py3-none-any.whl", "./nothing", "/abs/x.zip", "b.tar.bz2", "./pkg/"),
    *("../scratch/pkg", ".\\pkg", "./empty"),
)
HASHES = (
    *("--hash=sha256:aa", "--hash sha256:bb", "--hash=sha384:cc", '--hash="sha256:dd"'),
    *("--hash=md5:ee", "--hash", "--hash=sha256", "--has=sha512:ff", "--hash  =sha256:aa"),
)
OWN_OPTIONS = (
    *("--config-settings=a=b", "-C a=b", "-Ca=b", '--config-settings "a=b c"', "--config-set a=b"),
    *("--config-settings a", "--global-option=x", "--pre", "-i x", "--no-such", "-x", "--"),
)
PLACES = (
    *("https://e.org/simple", "'https://e.org/q'", '"https://e.org/a b"', "x\\ y", "./wheels"),
    *("wheels", "-", "--pre", "https://u:p@e.org/", "a'b", "''", "=x", "C:\\wheels", "base.in"),
)
VALUED = (
    *(
        "-i",
        "--index-url",
        "--pypi-url",
        "--extra-index-url",
        "--extra-index",
        "-f",
        "--find-links",
    ),
    *(
        "--trusted-host",
        "-r",
        "--requirement",
        "-c",
        "--constraint",
        "--req",
        "--require",
        "--index",
    ),
    *("--use-feature", "--find"),
)
CONTROLS = (":all:", ":none:", "a", "a,B_c", ":all:,a", ":none:,a", "-x", "a,:none:")
FLAGS = ("--no-index", "--pre", "--prefer-binary", "--require-hashes", "--no-index=1", "--pref")
SEPARATORS = (" ", " ", " ", "  ", "\t", " \\\n", " \\\n    ", "\\\n", " \\\r\n  ", " \\\\\n")
COMMENTS = ("", "", "", " # c", "  #c", "#c", "\t# --pre", " # c \\", " ## a==1", "\u00a0# c")
ENDS = ("\n", "\n", "\n", "\n\n", "\r\n", "\r", "\x0c", "\x0b", "\x1c", "\x85", "\u2028", "\n  ")
ODD_LINES = (
    *("# c", "   # c \\", "\\", "", "   ", "\ufeffa", "a b", "Resolved 3 packages", "- a", "-- a"),
    *("a -", "a --", "-r", "-e", "--", "-", "a\\", "\\a", "a #", "é==1", "a==1é", "a @", "@ b"),
)

ENCODINGS = (
    *(("", "utf-8"), ("", "utf-8"), ("", "utf-8-sig"), ("", "utf-16"), ("", "utf-32")),
    *(("\ufeff", "utf-16-be"), ("# -*- coding: latin-1 -*-\n", "latin-1")),
    *(("#\n# vim: set fileencoding=cp1252\n", "cp1252"), ("#\n#\n# coding: cp1252\n", "utf-8")),
    *(("# coding=koi8-r\r\n", "koi8-r"), (" # coding: koi8-r\n", "utf-8")),
)
T = TypeVar("T")
Words = Sequence[str]


class Grammar:
    """A source of lines. The same seed gives the same lines."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._kinds: Sequence[Callable[[], str]] = (
            *(self._named, self._named, self._referenced, self._placed, self._editable),
            *(self._optional, self._optional, self._odd),
        )

    def line(self) -> str:
        """A line, perhaps with a comment; it may go on over several."""
        return self._one(self._kinds)() + self._one(COMMENTS)

    def file(self, most: int = 6) -> str:
        """A few lines with their ends."""
        count = self._random.randint(1, most)
        return "".join(self.line() + self._one(ENDS) for _ in range(count))

    def content(self) -> bytes:
        """The bytes of a file."""
        text = self.file()
        start, encoding = self._one(ENCODINGS)
        return (start + text).encode(encoding, "replace")

    def _one(self, among: Sequence[T]) -> T:
        """One of them. What pip refuses stands at the ends, and is taken less often."""
        return among[min(self._random.randrange(len(among)) for _ in range(3))]

    def _some(self, among: Words, most: int = 2) -> str:
        count = self._random.choice([0, 0, *range(most + 1)])
        return "".join(self._one(SEPARATORS) + self._one(among) for _ in range(count))

    def _own(self) -> str:
        return self._some(HASHES, 3) + self._some(OWN_OPTIONS, 1)

    def _named(self) -> str:
        parts = (NAMES, EXTRAS, SPECIFIERS, MARKERS)
        return "".join(map(self._one, parts)) + self._own()

    def _referenced(self) -> str:
        name = self._one((*NAMES[:5], "")) + self._one(EXTRAS)
        at = self._one((" @ ", "@", " @", "@ ")) if name else ""
        place = self._one((self._one(URLS) + self._one(FRAGMENTS), self._one(PATHS)))
        return name + at + place + self._one(MARKERS) + self._own()

    def _placed(self) -> str:
        place = self._one((self._one(URLS) + self._one(FRAGMENTS), self._one(PATHS)))
        return place + self._one(EXTRAS) + self._one(MARKERS) + self._own()

    def _editable(self) -> str:
        option = self._one(("-e ", "-e", "--editable ", "--editable=", "--edit ", "-e  ", "-e\t"))
        place = self._one((self._one(URLS) + self._one(FRAGMENTS), self._one(PATHS)))
        place = self._one(("", "", "", "a @ ", "a[x] @ ")) + place + self._one(EXTRAS)
        quoted = self._one((place, place, place, f'"{place}"', f"'{place}'"))
        return option + quoted + self._one(MARKERS) + self._some(OWN_OPTIONS, 1)

    def _optional(self) -> str:
        return self._one(SEPARATORS).join(
            self._option() for _ in range(self._random.choice((1, 1, 1, 2, 3)))
        )

    def _option(self) -> str:
        kind = self._random.randrange(5)
        if kind == 0:
            return self._one(FLAGS)
        between = self._one((" ", "=", "  ", ""))
        if kind == 1:
            return self._one(("--no-binary", "--only-binary")) + between + self._one(CONTROLS)
        return self._one(VALUED) + between + self._one(PLACES)

    def _odd(self) -> str:
        return self._one(ODD_LINES)
