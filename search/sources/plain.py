"""Plain text: one paragraph a line, or blocks between blank lines."""

from __future__ import annotations

import re

from search.sources.draft import Draft
from search.sources.stated_dates import take_date_lines
from search.text import make_safe, split_paragraphs

_URL_LINE = re.compile(r"https?://\S{3,2000}")
_LONGEST_TITLE = 120


def parse_plain(text: str) -> Draft:
    """A first line that is a URL is the address; a short first line without a full stop is the title."""
    paragraphs = split_paragraphs(make_safe(text))
    url = None
    if paragraphs and _URL_LINE.fullmatch(paragraphs[0]):
        url, *paragraphs = paragraphs
    published, paragraphs = take_date_lines(paragraphs)  # none of which is the title
    title = None
    if len(paragraphs) > 1 and is_title(paragraphs[0], paragraphs[1]):
        title, *paragraphs = paragraphs
    return Draft(tuple(paragraphs), title=title, url=url, published=published)


def is_title(line: str, following: str) -> bool:
    """Is this first line a headline? Short, longer text after it, and no sentence."""
    return (
        len(line) <= _LONGEST_TITLE
        and len(line) < len(following)
        and not line.endswith((".", ":", ",", ";", "”", '"'))
        and any(character.isalpha() for character in line)
    )
