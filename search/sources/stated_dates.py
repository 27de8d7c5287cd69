"""Publication dates that an article states in lines of their own: "Published: 12 May 2021", "May 12, 2021 | Politics".

Only what can be nothing else counts: a date within a sentence is more often that of an event.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.sources.dates import day_and_month, find_year_and_month, parse_date, written_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

_head, _tail = 5, 3
"""Paragraphs at either end of an article that may state when it was published."""
_longest_line = 160

_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_TIME = r"(?:,?\s+(?:at\s+)?\d{1,2}[:.]\d\d(?:\s?[ap]\.?m\.?)?(?:\s+\(?[A-Z]{2,4}\)?)?)?"
_DAY = rf"{_WEEKDAY}(?P<date>{written_date}){_TIME}"
_PUBLISHED = r"(?:(?:first|originally)\s+)?(?:published|posted|publication date|date published|date)"
_UPDATED = r"(?:last\s+)?(?:updated|modified)"
_LABELLED = re.compile(rf"(?P<label>{_PUBLISHED}|{_UPDATED})(?:\s*:\s*|\s+(?:on\s+)?){_DAY}\.?", re.IGNORECASE)
_BARE = re.compile(_DAY, re.IGNORECASE)
_BYLINE = re.compile(rf"By\s+[A-Z][^,|.:;!?]{{2,60}},\s+(?i:{_DAY}|(?P<short>{day_and_month}))")
_TODAY = re.compile(rf"\b[Tt]oday \((?i:(?P<date>{written_date}))\)")
_longest_label = 30
_PARTS = re.compile(r"\s*[|•·]\s*")


@dataclass(frozen=True, slots=True)
class _Stated:
    """A date that a line states: `is_labelled` as what it is, `is_update` of a later version, `is_all` of the line."""

    day: date
    is_labelled: bool = False
    is_update: bool = False
    is_all: bool = False


def take_date_lines(paragraphs: Sequence[str]) -> tuple[date | None, list[str]]:
    """The publication date in the first lines, and the paragraphs without those that are nothing but dates."""
    bare = sum(1 for paragraph in paragraphs if len(paragraph) <= _longest_line and _BARE.fullmatch(paragraph))
    stated = [(_read_line(paragraph, "") if index < _head else None) for index, paragraph in enumerate(paragraphs)]
    # Two lines that are dates alone are headings of a chronology.
    taken = [each if each and each.is_all and (each.is_labelled or bare < 2) else None for each in stated]
    rest = [text for text, each in zip(paragraphs, taken, strict=True) if each is None]
    if not rest:
        return None, list(paragraphs)
    return _choose(each for each in taken if each), rest


def find_stated_date(paragraphs: Sequence[str], url: str) -> date | None:
    """The publication date that an article states in its first or last lines, with the address to tell the year."""
    head = [each for line in paragraphs[:_head] if (each := _read_line(line, url)) and not each.is_all]
    tail = [each for line in paragraphs[_head:][-_tail:] if (each := _read_line(line, url)) and each.is_labelled]
    if day := _choose((*head, *tail)):
        return day
    today = _TODAY.search(paragraphs[0][: 2 * _longest_line])
    return parse_date(today["date"]) if today else None


def _choose(stated: Iterable[_Stated]) -> date | None:
    """The first date of publication; of updates the first, where no other is stated."""
    return next((each.day for each in sorted(stated, key=lambda each: each.is_update)), None)


def _read_line(line: str, url: str) -> _Stated | None:
    if len(line) > _longest_line:
        return None
    parts = _PARTS.split(line.strip())
    stated = [_read_part(part, url) for part in parts]
    dates = [each for each in stated if each]
    day = _choose(dates)
    if day is None:
        return None
    return _Stated(
        day,
        is_labelled=any(each.is_labelled for each in dates) or len(parts) > 1,
        is_update=all(each.is_update for each in dates),
        is_all=all(each.is_all if each else _is_label(part) for part, each in zip(parts, stated, strict=True)),
    )


def _is_label(part: str) -> bool:
    """Is this part of a line beside a date only the name of a section or the like, and nobody's?"""
    return len(part) <= _longest_label and not part.startswith("By ") and not part.endswith((".", "!", "?"))


def _read_part(part: str, url: str) -> _Stated | None:
    """What one part of a line between bars states: a date alone, one with a label, or a byline with one."""
    if found := _LABELLED.fullmatch(part):
        day = parse_date(found["date"])
        is_update = re.fullmatch(_UPDATED, found["label"], re.IGNORECASE) is not None
        return _Stated(day, is_labelled=True, is_update=is_update, is_all=True) if day else None
    if found := _BARE.fullmatch(part):
        day = parse_date(found["date"])
        return _Stated(day, is_all=True) if day else None
    if found := _BYLINE.fullmatch(part):
        # "3 March" is of a year only if the address says of which.
        day = parse_date(found["date"]) if found["date"] else find_year_and_month(found["short"], url)
        return _Stated(day) if day else None
    return None
