"""Days as people write them: "2024-12", "7d", "last week", "2024-12-01..2024-12-08"."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_AGO = re.compile(r"(\d{1,5})\s*(d|day|w|week|m|month|y|year)s?", re.I)
Range = tuple["date | None", "date | None"]


def parse_dates(text: str, today: date) -> Range | None:
    """Parse a range of days: the first and the last, either None if it is open; None if the text is no date."""
    text = " ".join(text.lower().replace("_", " ").split())
    if ".." in text:
        first, _, last = (part.strip() for part in text.partition(".."))
        since, until = _parse_one(first, today), _parse_one(last, today)
        if (first and since is None) or (last and until is None) or not (first or last):
            return None
        ordered = (since[0] if since else None, until[1] if until else None)
        return (ordered[1], ordered[0]) if None not in ordered and ordered[0] > ordered[1] else ordered  # type: ignore[operator] # neither is None
    return _parse_one(text, today)


def _parse_one(text: str, today: date) -> tuple[date, date] | None:
    if found := _ISO.fullmatch(text):
        return _parse_iso(*(int(part) if part else None for part in found.groups()))
    if found := _AGO.fullmatch(text):
        return _go_back(int(found[1]), found[2][0], today), today
    named = _named.get(text)
    return named(today) if named else None


def _parse_iso(year: int | None, month: int | None, day: int | None) -> tuple[date, date] | None:
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    last_month = month or 12
    return first, first.replace(month=last_month, day=calendar.monthrange(first.year, last_month)[1])


def _go_back(count: int, unit: str, today: date) -> date:
    """Subtract days, weeks, months or years from today, down to the first day of the calendar."""
    try:
        if unit in "dw":
            return today - timedelta(days=count * (7 if unit == "w" else 1))
        months = today.year * 12 + today.month - 1 - count * (12 if unit == "y" else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return date.min


def _week_of(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _month_of(day: date) -> tuple[date, date]:
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _year_of(day: date) -> tuple[date, date]:
    return day.replace(month=1, day=1), day.replace(month=12, day=31)


_named: dict[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda today: (today, today),
    "yesterday": lambda today: (today - timedelta(days=1), today - timedelta(days=1)),
    "this week": _week_of,
    "last week": lambda today: _week_of(today - timedelta(days=7)),
    "this month": _month_of,
    "last month": lambda today: _month_of(today.replace(day=1) - timedelta(days=1)),
    "this year": _year_of,
    "last year": lambda today: _year_of(today.replace(year=today.year - 1, day=1)),
}
