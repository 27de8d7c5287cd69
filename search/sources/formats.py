"""Which format a text is in, told by what it begins with and then by the name of its file."""

from __future__ import annotations

import re
from typing import Literal

from search.errors import SourceRefusedError

Format = Literal["plain", "Markdown", "HTML", "PDF", "DOCX", "ODT", "EPUB", "mail"]

_no_articles = {
    "rss": "a feed (RSS)",
    "rdf": "a feed (RSS 1.0)",
    "feed": "a feed (Atom)",
    "opml": "a list of feeds (OPML)",
    "urlset": "a sitemap",
    "sitemapindex": "a list of sitemaps",
}
"""The names of root elements, and what an XML document is that begins with them."""
_todo = dict.fromkeys(("rss", "rdf", "feed"), "subscribe to its address with newscast feed add") | {
    "opml": "subscribe to its feeds with newscast feed import"
}

_ELEMENT = re.compile(r"<(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,40})(?=[\s/>])")
_DOCTYPE = re.compile(r"<!doctype\s+(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,40})", re.IGNORECASE)
_SPACE = re.compile(r"\s*")
_SKIPPED = (("<?", "?>"), ("<!--", "-->"))


def find_format(origin: str, text: str, suffix: str) -> Format:
    """The format of a text from a file or page with this suffix; refuses feeds, sitemaps and other XML."""
    root, is_xml = _find_root(text)
    if root in {"html", "head", "body"}:
        return "HTML"
    if root in _no_articles:
        what = _no_articles[root]
        todo = _todo.get(root, "add the addresses that it lists")
        raise SourceRefusedError(origin, f"{what}, not an article: {todo}")
    if is_xml:
        what = f"an XML document ({root})" if root else "an XML document"
        raise SourceRefusedError(origin, f"{what}, not an article: of XML, newscast reads XHTML alone")
    if suffix in {".html", ".htm", ".xhtml"}:
        return "HTML"
    return "Markdown" if suffix in {".md", ".markdown"} else "plain"


def _find_root(text: str) -> tuple[str | None, bool]:
    """The name of the element that a text begins with, if any, in lower case, and whether the text says it is XML."""
    at = _SPACE.match(text).end()  # type: ignore[union-attr] # no text at all matches, too
    is_xml = text.startswith("<?xml", at)
    while skipped := next((end for begin, end in _SKIPPED if text.startswith(begin, at)), None):
        end = text.find(skipped, at)
        if end < 0:
            return None, is_xml
        at = _SPACE.match(text, end + len(skipped)).end()  # type: ignore[union-attr] # as above
    found = _DOCTYPE.match(text, at) or _ELEMENT.match(text, at)
    return (found[1].lower() if found else None), is_xml
