"""The dates of entries, as feeds write them: RFC 822, ISO 8601, seconds since 1970, months in other languages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from time import struct_time

_MONTHS = (
    "jan gen ene sty oca янв",
    "feb fév fev lut şub фев",
    "mar mär maa mrt márc",
    "apr avr abr kwi nis апр",
    "mai may mag maj май мая",
    "jun juin giu cze haz июн",
    "jul juil lug lip tem июл",
    "aug aoû aou ago sie ağu авг",
    "sep set wrz eyl сен",
    "oct okt ott out paź eki окт",
    "nov lis kas ноя",
    "dec déc dez dic gru ara дек",
)
"""How the names of each month begin, in the languages of Europe, without those that mean another month elsewhere."""
_MONTH_OF = {beginning: number for number, names in enumerate(_MONTHS, 1) for beginning in names.split()}
_EPOCH = re.compile(r"\d{9,10}|\d{12,13}")
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(?:Z|([+-])(\d\d):?(\d\d)Z?)?)?",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    r"(?<!\d)(\d{1,2})\.?\s+(?:de\s+)?([^\W\d_]{3,12})\.?,?(?:\s+(?:de\s+)?(\d{4}))?"
    r"(?:,?\s+(\d\d):(\d\d)(?::(\d\d))?)?(?:\s*([+-])(\d\d):?(\d\d))?"
)
_earliest = date(1971, 1, 1)
_widest_zone = timedelta(hours=15)


def parse_feed_date(text: str, parsed: struct_time | None, today: date) -> date | None:
    """The day, in UTC, that a feed states; None for none, an impossible one or one that is yet to come.

    `parsed` is what feedparser made of it, for the forms that are not known here; `today` tells the year where the feed
    does not.
    """
    text = text.strip()[:80]
    moment = _parse_epoch(text) or _parse_iso(text) or _parse_rfc(text) or _parse_written(text, today)
    day = moment.date() if moment else date(*parsed[:3]) if parsed and 1 <= parsed[0] <= 9999 else None
    return day if day and _earliest <= day <= today + timedelta(days=1) else None


def _parse_epoch(text: str) -> datetime | None:
    if not _EPOCH.fullmatch(text):
        return None
    return datetime.fromtimestamp(int(text[:10] if len(text) > 11 else text), UTC)


def _parse_iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, sign, hours, minutes = found.groups()
    return _build((year, month, day), (hour, minute, second), (sign, hours, minutes))


def _parse_rfc(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        offset = moment.utcoffset()
        if offset is None or abs(offset) > _widest_zone:
            return moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def _parse_written(text: str, today: date) -> datetime | None:
    found = _WRITTEN.search(text)
    if not found:
        return None
    day, name, year, hour, minute, second, sign, hours, minutes = found.groups()
    name = name.casefold()
    month = next((_MONTH_OF[name[:length]] for length in (4, 3) if name[:length] in _MONTH_OF), None)
    if month is None:
        return None
    moment = _build((year or str(today.year), str(month), day), (hour, minute, second), (sign, hours, minutes))
    if moment and not year and moment.date() > today:  # "29 Dez", read in January
        return moment.replace(year=moment.year - 1)
    return moment


def _build(
    day: tuple[str, str, str], time: tuple[str | None, ...], zone: tuple[str | None, str | None, str | None]
) -> datetime | None:
    hour, minute, second = (int(part or 0) for part in time)
    sign, hours, minutes = zone
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if offset > _widest_zone:
        offset = timedelta()
    try:
        moment = datetime(int(day[0]), int(day[1]), int(day[2]), hour % 24, minute, min(second, 59), tzinfo=UTC)
        return moment + offset if sign == "-" else moment - offset
    except (ValueError, OverflowError):
        return None
