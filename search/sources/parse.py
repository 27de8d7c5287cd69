"""Text of any known format → Document, by the rules that the README states."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from search.errors import SourceRefusedError
from search.model import Document, Paragraph
from search.sources.dates import find_dateline, find_url_date
from search.sources.decode import decode
from search.sources.html import parse_html
from search.sources.markdown import parse_markdown
from search.sources.plain import parse_plain
from search.text import make_safe_line

if TYPE_CHECKING:
    from search.sources.draft import Draft
    from search.sources.raw import Raw

_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)
_LONGEST_WORDS_TITLE = 80


def parse_raw(raw: Raw) -> Document:
    """The Document in what was read, without an id; refuses what is binary or has no paragraphs."""
    text = decode(raw.origin, raw.data, charset=raw.charset)
    if raw.suffix in {".html", ".htm", ".xhtml"} or _HTML.match(text):
        draft = parse_html(raw.origin, text)
    elif raw.suffix in {".md", ".markdown"}:
        draft = parse_markdown(text)
    else:
        draft = parse_plain(text)
    draft = replace(draft, url=draft.url or raw.url)
    if not draft.paragraphs:
        raise SourceRefusedError(raw.origin, "empty")
    return _complete(draft)


def _complete(draft: Draft) -> Document:
    """What the format did not say, by the rules for all: dateline, URL, first words."""
    dateline = find_dateline(draft.paragraphs[0])
    published = draft.published or dateline.published or find_url_date(draft.url or "")
    host = (urlsplit(draft.url).hostname or "").removeprefix("www.") if draft.url else ""
    title = draft.title or _first_words(draft.paragraphs[0][dateline.end :])
    return Document(
        id="",
        title=make_safe_line(title) or None,
        source=make_safe_line(draft.source or dateline.source or host) or None,
        url=draft.url,
        published=published,
        language=draft.language,
        paragraphs=tuple(Paragraph(index, text) for index, text in enumerate(draft.paragraphs)),
    )


def _first_words(text: str) -> str:
    if len(text) <= _LONGEST_WORDS_TITLE:
        return text
    cut = text.rfind(" ", 0, _LONGEST_WORDS_TITLE)
    return text[: cut if cut > 0 else _LONGEST_WORDS_TITLE].rstrip(" ,;:–—-") + "…"
