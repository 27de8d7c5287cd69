"""A feed's bytes → its entries: RSS and Atom by feedparser, JSON Feed by the standard library.

It runs in the process that parses, within limits of time and memory, and may raise whatever it likes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from search.errors import SourceRefusedError
from search.feeds.dates import parse_feed_date
from search.feeds.entry import FeedEntry, ParsedFeed
from search.feeds.fragment import find_line, find_paragraphs
from search.text import make_safe_line

if TYPE_CHECKING:
    from collections.abc import Mapping

_SKIP_HOURS = re.compile(rb"<skipHours>(.{0,2000}?)</skipHours>", re.DOTALL | re.IGNORECASE)
_SKIP_DAYS = re.compile(rb"<skipDays>(.{0,2000}?)</skipDays>", re.DOTALL | re.IGNORECASE)
_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_DAY = re.compile(rb"<day>\s*([a-z]{3})[a-z]*\s*</day>", re.IGNORECASE)
_DAYS = {b"mon": 0, b"tue": 1, b"wed": 2, b"thu": 3, b"fri": 4, b"sat": 5, b"sun": 6}
_END = re.compile(rb"</(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_head, _tail = 65_536, 4_096
"""Bytes at either end of a feed in which it says how often to come, and closes its elements."""
_most_entries = 2_000
_longest_address = 4_000


@dataclass(frozen=True, slots=True)
class FeedTask:
    """A feed to be parsed: `origin` is its address without a password, `url` what relative addresses start from."""

    origin: str
    url: str
    data: bytes
    content_type: str
    now: float

    @property
    def what(self) -> str:
        """What it is to be read as."""
        return "a feed"

    def run(self) -> ParsedFeed:
        """Parse it. Raises SourceRefusedError where it is no feed."""
        today = datetime.fromtimestamp(self.now, UTC).date()
        data = _strip(self.data)
        if not data:
            raise SourceRefusedError(self.origin, "empty, not a feed")
        if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}:
            return _parse_json(self.origin, self.url, data, today)
        return _parse_xml(self, data, today)


def _strip(data: bytes) -> bytes:
    """Without white space before the prolog, which XML does not allow. In UTF-16 and 32 white space is not bytes."""
    stripped = data.strip(b" \t\r\n")
    return stripped if not stripped or stripped[:1] in b"<{[" or b"\0" not in data[:8] else data


def _parse_xml(task: FeedTask, data: bytes, today: date) -> ParsedFeed:
    import feedparser

    headers = {"content-location": task.url} | ({"content-type": task.content_type} if task.content_type else {})
    # Markup is not kept, so that neither its addresses nor its scripts matter.
    found = feedparser.parse(data, response_headers=headers, resolve_relative_uris=False, sanitize_html=False)
    if not (found.version or found.entries):
        what = "a web page" if _PAGE.search(data[:_head]) else "not a feed"
        raise SourceRefusedError(task.origin, f"{what}, not RSS, Atom or JSON Feed")
    is_cut_off = bool(found.bozo) and not _END.search(data[-_tail:].replace(b"\0", b""))
    # The last entry that arrived may lack its end.
    entries = found.entries[:-1] if is_cut_off else found.entries
    head = data[:_head].replace(b"\0", b"")
    hours, days = _SKIP_HOURS.search(head), _SKIP_DAYS.search(head)
    return ParsedFeed(
        title=find_line(_text(found.feed, "title")) or None,
        site=_build_address(task.url, _text(found.feed, "link")),
        language=_find_language(_text(found.feed, "language")),
        entries=tuple(_build_entry(task.url, entry, today) for entry in entries[:_most_entries]),
        ttl=_parse_ttl(_text(found.feed, "ttl")),
        skip_hours=frozenset(int(hour) % 24 for hour in _HOUR.findall(hours[1])) if hours else frozenset(),
        skip_days=frozenset(_DAYS[day.lower()] for day in _DAY.findall(days[1]) if day.lower() in _DAYS)
        if days
        else frozenset(),
        is_cut_off=is_cut_off,
    )


def _build_entry(url: str, entry: Mapping[str, Any], today: date) -> FeedEntry:
    contents = [_text(each, "value") for each in entry.get("content") or []]
    content, summary = max(contents, key=len, default=""), _text(entry, "summary")
    paragraphs = find_paragraphs(content if len(content) >= len(summary) else summary)
    base = urljoin(url, _text(entry.get("title_detail") or {}, "base"))
    enclosures = tuple(
        address for each in entry.get("enclosures") or [] if (address := _build_address(base, _text(each, "href")))
    )
    stated = next((name for name in ("published", "updated", "created") if _text(entry, name)), "published")
    return FeedEntry(
        id=make_safe_line(_text(entry, "id"))[:_longest_address] or None,
        link=_build_address(base, _text(entry, "link")) or next(iter(enclosures), None),
        title=find_line(_text(entry, "title")) or None,
        published=parse_feed_date(_text(entry, stated), entry.get(f"{stated}_parsed"), today),
        paragraphs=paragraphs,
        is_summary=not content,
        source=find_line(_text(entry.get("source") or {}, "title")) or None,
        enclosures=enclosures,
    )


def _parse_json(origin: str, url: str, data: bytes, today: date) -> ParsedFeed:
    try:
        found = json.loads(data)
    except ValueError as error:
        raise SourceRefusedError(origin, "neither a whole JSON Feed nor any other") from error
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        raise SourceRefusedError(origin, "JSON, but not a JSON Feed")
    return ParsedFeed(
        title=find_line(_text(found, "title")) or None,
        site=_build_address(url, _text(found, "home_page_url")),
        language=_find_language(_text(found, "language")),
        entries=tuple(
            _build_json_entry(url, item, today) for item in found["items"][:_most_entries] if isinstance(item, dict)
        ),
    )


def _build_json_entry(url: str, item: Mapping[str, Any], today: date) -> FeedEntry:
    plain, markup = _text(item, "content_text"), _text(item, "content_html")
    attachments = item.get("attachments")
    enclosures = tuple(
        address
        for each in (attachments if isinstance(attachments, list) else [])
        if isinstance(each, dict) and (address := _build_address(url, _text(each, "url")))
    )
    identifier = item.get("id")
    known = identifier if isinstance(identifier, str | int | float) else ""
    return FeedEntry(
        id=make_safe_line(str(known))[:_longest_address] or None,
        link=_build_address(url, _text(item, "url") or _text(item, "external_url")) or next(iter(enclosures), None),
        title=find_line(_text(item, "title")) or None,
        published=parse_feed_date(_text(item, "date_published") or _text(item, "date_modified"), None, today),
        paragraphs=find_paragraphs(markup or plain or _text(item, "summary")),
        is_summary=not (markup or plain),
        enclosures=enclosures,
    )


def _text(fields: Mapping[str, Any], name: str) -> str:
    """The text under this name; "" where there is none, or something else."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _build_address(base: str, text: str) -> str | None:
    """An address of the web, absolute; None for any other."""
    try:
        address = urljoin(base, make_safe_line(text)) if text.strip() else ""
        parts = urlsplit(address)
    except ValueError:
        return None
    is_web = parts.scheme in {"http", "https"} and parts.netloc and len(address) <= _longest_address
    return address.replace(" ", "%20") if is_web else None


def _find_language(text: str) -> str | None:
    found = re.match(r"[A-Za-z]{2,3}\b", text.strip())
    return found[0].lower() if found else None


def _parse_ttl(text: str) -> int:
    """Minutes, as RSS states them, in seconds; 0 for what is no such number."""
    found = re.fullmatch(r"\s*(\d{1,9})(?:\.\d*)?\s*", text)
    return int(found[1]) * 60 if found else 0
