"""A web page: the article in it, without what stands around, by trafilatura."""

from __future__ import annotations

import re

from search.errors import SourceRefusedError
from search.sources.dates import parse_date
from search.sources.draft import Draft
from search.text import make_safe, make_safe_line, split_paragraphs

_LANGUAGE = re.compile(r"""<html\b[^>]{0,500}?\blang\s*=\s*["']?([A-Za-z]{2,3})\b""", re.IGNORECASE)
_SHORTEST_ARTICLE = 120
"""Characters; a page with less running text is a menu, a login or a list of links."""


def parse_html(origin: str, text: str) -> Draft:
    """Paragraphs, title, date, source and url of the page's article; refuses a page that has none."""
    import trafilatura

    page = _LONE_SURROGATES.sub("\ufffd", text)
    found = trafilatura.bare_extraction(page, include_comments=False, include_tables=False, with_metadata=True)
    if found is None or isinstance(found, dict) or len(found.text or "") < _SHORTEST_ARTICLE:
        raise SourceRefusedError(origin, "an HTML page with no article")
    title = make_safe_line(found.title or "")
    paragraphs = split_paragraphs(make_safe(found.text or ""))
    if paragraphs and paragraphs[0] == title:
        paragraphs = paragraphs[1:]
    language = _LANGUAGE.search(page[:5000])
    return Draft(
        tuple(paragraphs),
        title=title or None,
        source=found.sitename or found.hostname,
        url=make_safe_line(found.url) if found.url else None,
        published=parse_date(found.date) if found.date else None,
        language=language[1].lower() if language else None,
    )


_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
