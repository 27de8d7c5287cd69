"""The feeds that a web page names."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin

from search.text import make_safe_line

_feed_types = frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/feed+json application/json".split()
)
_most = 50


@dataclass(frozen=True, slots=True)
class NamedFeed:
    """A feed that a page names, and what the page calls it."""

    url: str
    title: str | None


@dataclass(frozen=True, slots=True)
class PageTask:
    """A page whose feeds are looked for, in the process that parses."""

    origin: str
    url: str
    data: bytes

    @property
    def what(self) -> str:
        """What it is to be read as."""
        return "HTML"

    def run(self) -> tuple[NamedFeed, ...]:
        """The feeds that the page names, each once, in order."""
        from lxml import etree, html

        try:
            root = html.document_fromstring(self.data)
        except etree.ParserError:
            return ()
        base = urljoin(self.url, next((str(each.get("href") or "") for each in root.iter("base")), ""))
        found: dict[str, NamedFeed] = {}
        for link in root.iter("link"):
            relation, kind = (str(link.get(name) or "").lower() for name in ("rel", "type"))
            if "alternate" not in relation.split() or kind.partition(";")[0].strip() not in _feed_types:
                continue
            url = _join(base, str(link.get("href") or ""))
            if url and url not in found and len(found) < _most:
                found[url] = NamedFeed(url, make_safe_line(str(link.get("title") or "")) or None)
        return tuple(found.values())


def _join(base: str, address: str) -> str | None:
    try:
        url = urljoin(base, make_safe_line(address)) if address.strip() else ""
    except ValueError:
        return None
    return url if url.lower().startswith(("http://", "https://")) else None
