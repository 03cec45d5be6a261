"""Whether the dates after which uv leaves out uploads are those of the lock file.

As of uv 0.13.9: `ExcludeNewer::compare` in crates/uv-configuration/src/exclude_newer.rs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from packaging.utils import canonicalize_name

from locksync.documents import Table
from locksync.tools.uv_export.comparison.facts import Facts
from locksync.tools.uv_export.errors import UndecidableError

Cutoff = tuple[Any, ...]
"""A time, a span before the current time, or OFF."""
OFF: Cutoff = ("off",)
FRIENDLY = re.compile(
    r"(\d{1,18})\s*(w(?:ee)?ks?|w|d(?:ays?)?|h(?:ou)?rs?|h|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)\b,?\s*",
    re.IGNORECASE,
)
ISO = re.compile(
    r"P(?:{0}W)?(?:{0}D)?(?:T(?:{0}H)?(?:{0}M)?(?:{0}S)?)?".format(r"(\d{1,18})"), re.IGNORECASE
)
DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
TIME = re.compile(
    DATE.pattern + r"[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):?(\d\d))"
)
DAY = 86_400
LATEST = 12 * 3_600
"""How far behind UTC clocks are at most, in seconds."""
NAME = "exclude-newer"


def check_cutoffs(facts: Facts) -> Iterator[str]:
    """Compare the dates after which uploads do not count."""
    settings, options = facts.settings, facts.options
    given = _setting(settings.values.get(NAME, False))
    if not _is_as_late(given, _recorded(options)):
        yield facts.of_root(f"the setting {NAME} has changed")
    of_packages = f"{NAME}-package"
    recorded = _recorded_packages(options.table(of_packages))
    known = facts.lock.names | recorded.keys()
    expected = {
        canonicalize_name(name): _setting(value)
        for name, value in settings.table(of_packages).values.items()
        # To leave out less than before changes nothing.
        if canonicalize_name(name) in (recorded if value is False else known)
    }
    if expected.keys() != recorded.keys() or not all(
        cutoff == OFF or _is_as_late(cutoff, recorded[name]) for name, cutoff in expected.items()
    ):
        yield facts.of_root(f"the setting {of_packages} has changed")


def _is_as_late(given: Cutoff, recorded: Cutoff) -> bool:
    """Whether uv keeps to a lock file: the cutoff is the recorded one, or a later time."""
    if recorded[0] != "time":
        return given == recorded
    if given[0] == "date":
        # A date ends when the day does where uv runs.
        return bool(given[1] + DAY + LATEST >= recorded[1])
    return given[0] == "time" and given[1:] >= recorded[1:]


def _recorded(options: Table) -> Cutoff:
    """The cutoff that a table of the lock file holds."""
    if f"{NAME}-span" in options:
        return _setting(options.string(f"{NAME}-span"))
    return _setting(options.values.get(NAME, False))


def _recorded_packages(table: Table) -> Mapping[str, Cutoff]:
    return {canonicalize_name(name): _setting(_stated(table.values[name])) for name in table.values}


def _stated(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return value["span"] if "span" in value else value.get("timestamp")


def _setting(value: object) -> Cutoff:
    """The cutoff that a value states. Raises UndecidableError."""
    if value is False:
        return OFF
    if not isinstance(value, str):
        raise UndecidableError(f"{NAME} has the unknown form {value!r}")
    text = value.strip()
    if match := DATE.fullmatch(text):
        return ("date", _seconds(*map(int, match.groups())))
    return _span(text) or _time(text)


def _span(text: str) -> Cutoff | None:
    """A span, by its units: uv tells a week from seven days."""
    found: dict[str, int] = {}
    if match := ISO.fullmatch(text) if len(text) > 1 else None:
        found = {unit: int(n) for unit, n in zip("wdhms", match.groups(), strict=True) if n}
    elif not FRIENDLY.sub("", text.removesuffix(" ago")):
        pairs = FRIENDLY.findall(text.removesuffix(" ago"))
        found = {unit[0].lower(): int(number) for number, unit in pairs}
    return ("span", *sorted(found.items())) if found else None


def _time(text: str) -> Cutoff:
    match = TIME.fullmatch(text)
    if match is None:
        raise UndecidableError(f"{NAME} has the unknown form {text!r}")
    year, month, day, hours, minutes, seconds = map(int, match.groups()[:6])
    fraction, sign, ahead, more = match.groups()[6:]
    offset = (int(ahead or 0) * 60 + int(more or 0)) * (-60 if sign == "-" else 60)
    time = _seconds(year, month, day) + hours * 3600 + minutes * 60 + seconds - offset
    return ("time", time, (fraction or "").rstrip("0"))


def _seconds(year: int, month: int, day: int) -> int:
    """The seconds from the start of the calendar to a day."""
    year, month = (year - 1, month + 12) if month < 3 else (year, month)
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day
    return days * DAY
