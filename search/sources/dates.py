"""Publication dates: as front matter writes them, in a dateline, in a URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

_MONTHS = (
    ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may", "may"), ("june", "jun"),
    ("july", "jul"), ("august", "aug"), ("september", "sept"), ("october", "oct"), ("november", "nov"),
    ("december", "dec"),
)  # fmt: skip
_NUMBER = {name: number for number, names in enumerate(_MONTHS, 1) for name in names} | {"sep": 9}
_MONTH = r"(?P<month>" + "|".join(sorted(_NUMBER, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_WRITTEN = (
    re.compile(rf"\b{_DAY}\s+{_MONTH},?\s+{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b", re.IGNORECASE),
    re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"),
)
_IN_URL = (
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})(?!\d)"),
    re.compile(rf"/(?P<year>(?:19|20)\d\d)/{_MONTH}/(?P<day>\d{{1,2}})/", re.IGNORECASE),
    # Day first, and no month; of 05/07/2022 nobody can tell.
    re.compile(r"/(?P<day>1[3-9]|2\d|3[01])/(?P<month>0?\d|1[0-2])/(?P<year>20\d\d)/"),
    # A day alone or with the number of the article, or the time, behind it; no part of a hexadecimal number.
    re.compile(r"(?<![\da-f])(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:\d{4}|\d{6})?(?![\da-f])"),
)
_SECONDS_IN_URL = (
    re.compile(r"/(?P<seconds>1\d{9})(?:_\d+)?(?:\.html?)?$"),
    re.compile(r"-(?:\d\d)?(?P<seconds>1\d{9})\d{3}\.html?$"),
)
"""The time at which an article was made, in seconds or milliseconds since 1970: the name of its page, or its end."""
_EARLIEST_SECONDS, _LATEST_SECONDS = 1_000_000_000, 1_900_000_000

written_date = "(?:" + "|".join(re.sub(r"\?P<\w+>", "?:", pattern.pattern) for pattern in _WRITTEN) + ")"
"""A pattern for a date with its year, as people write it."""
_MONTH_IN_URL = re.compile(r"/(?P<year>(?:19|20)\d\d)/(?P<month>0?[1-9]|1[0-2])/")

_AGENCY = re.compile(r"\((?P<agency>[A-Z][\w .&-]{1,30})\)")
day_and_month = re.sub(r"\?P<\w+>", "?:", rf"(?:{_DAY}\s+{_MONTH}|{_MONTH}\s+{_DAY})")
"""A pattern for a date without its year."""
_DAY_AND_MONTH = re.compile(rf"\b{day_and_month}\b", re.I)
_DASH = re.compile(r"\s?[–—-]{1,2}\s+|:\s")
_UPPER_PLACE = re.compile(r"[A-Z][A-Z.'’ /-]{2,40}(?:, [A-Z][\w.'’ -]{1,30})?")
_TURNED_DATELINE = re.compile(rf"[A-Z][\w.'’ /]{{1,40}}(?:\s?[–—-]\s?(?i:{written_date})|\s\((?i:{written_date})\)):\s")
"""A dateline whose day stands between the place and a colon: "CAIRO – 26 July 2022: ", "New York (May 12, 2021): "."""
_LONGEST_DATELINE = 80


@dataclass(frozen=True, slots=True)
class Dateline:
    """ "DAMASCUS, Dec. 8, 2024 (Reuters) –" at the head of an article: `end` is where its text begins."""

    end: int = 0
    published: date | None = None
    source: str | None = None


def parse_date(text: str) -> date | None:
    """A date as front matter and pages write it: ISO 8601, "8 December 2024", "Dec. 8, 2024"."""
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError:
        pass
    found = [match for pattern in _WRITTEN if (match := pattern.search(text[:200]))]
    return _build(min(found, key=re.Match.start)) if found else None


def find_url_date(url: str) -> date | None:
    """The date in an address like …/2024/12/08/…"""
    for pattern in _IN_URL:
        if (found := pattern.search(url)) and (day := _build(found)):
            return day
    for pattern in _SECONDS_IN_URL:
        found = pattern.search(url)
        if found and _EARLIEST_SECONDS <= (seconds := int(found["seconds"])) < _LATEST_SECONDS:
            return datetime.fromtimestamp(seconds, UTC).date()
    return None


def find_year_and_month(text: str, url: str) -> date | None:
    """The date that a day and a month ("3 March") make with the year of an address in the same month."""
    found = _MONTH_IN_URL.search(url)
    day = parse_date(f"{text} {found['year']}") if found else None
    return day if day and found and day.month == int(found["month"]) else None


def find_dateline(paragraph: str) -> Dateline:
    """The dateline that a paragraph begins with: words before a dash that are a place, a day or an agency."""
    dash = _DASH.search(paragraph[:_LONGEST_DATELINE])
    if not dash:
        return Dateline()
    if turned := _TURNED_DATELINE.match(paragraph):
        return Dateline(turned.end(), parse_date(turned[0]))
    head = paragraph[: dash.start()]
    agency = _AGENCY.search(head)
    stated = agency or _DAY_AND_MONTH.search(head) if ":" not in dash[0] else None
    if not (stated or _UPPER_PLACE.fullmatch(head)):
        return Dateline()
    return Dateline(dash.end(), parse_date(head), agency["agency"] if agency else None)


def _build(found: re.Match[str]) -> date | None:
    month = found["month"].lower()
    try:
        return date(int(found["year"]), _NUMBER.get(month) or int(month), int(found["day"]))
    except ValueError:
        return None
