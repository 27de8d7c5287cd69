"""Text of any known format → Document, by the rules that docs/files.md states."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from search.errors import SourceRefusedError
from search.model import Document, Paragraph
from search.sources.dates import find_dateline, find_url_date
from search.sources.decode import decode
from search.sources.formats import find_format
from search.sources.html import parse_html
from search.sources.kinds import find_kind, head_size
from search.sources.markdown import parse_markdown
from search.sources.plain import parse_plain
from search.sources.stated_dates import find_stated_date, take_date_lines
from search.text import make_safe_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from search.sources.draft import Draft
    from search.sources.formats import Format
    from search.sources.kinds import Kind
    from search.sources.raw import Raw

longest_article = 1_000_000
"""Characters; a book, a log or a bomb has more, and finding its cast would take minutes."""
_LONGEST_WORDS_TITLE = 80

_of_bytes: dict[Kind, Format] = {"PDF": "PDF", "mail": "mail"}
"""The kinds of file that are one document each, and are not decoded as a whole."""

_parsers: dict[Format, tuple[str, str]] = {
    "PDF": ("pdf", "parse_pdf"),
    "DOCX": ("docx", "parse_docx"),
    "ODT": ("odt", "parse_odt"),
    "EPUB": ("epub", "parse_chapter"),
    "mail": ("mail", "parse_mail"),
}


def parse_raw(raw: Raw) -> Document:
    """The Document in what was read, without an id; refuses what is binary or has no paragraphs."""
    form, content = read_content(raw)
    return build_document(raw, parse_content(raw.origin, form, content))


def read_content(raw: Raw) -> tuple[Format, str | bytes]:
    """The format of what was read, and the text in it or, where the format is none of text, the bytes."""
    form = raw.form or _of_bytes.get(find_kind(raw.data[:head_size], raw.suffix))
    if form is not None:
        return form, raw.data
    text = decode(raw.origin, raw.data, charset=raw.charset)
    return find_format(raw.origin, text, raw.suffix), text


def parse_content(origin: str, form: Format, content: str | bytes) -> Draft:
    """What a text, or the bytes of a format that is none of text, say."""
    if isinstance(content, bytes):
        return _find_parser(form)(origin, content)
    if form == "HTML":
        return parse_html(origin, content)
    return parse_markdown(content) if form == "Markdown" else parse_plain(content)


def _find_parser(form: Format) -> Callable[[str, bytes], Draft]:
    """What parses the bytes of a format; its module and the library behind it are loaded when they are needed."""
    module, name = _parsers[form]
    parser: Callable[[str, bytes], Draft] = getattr(import_module(f"search.sources.{module}"), name)
    return parser


def build_document(raw: Raw, draft: Draft) -> Document:
    """The Document of a Draft; what the format did not say, by the rules for all: dateline, URL, first words."""
    draft = _complete(draft, raw)
    if not draft.paragraphs:
        raise SourceRefusedError(raw.origin, "empty")
    if sum(map(len, draft.paragraphs)) > longest_article:
        raise SourceRefusedError(raw.origin, f"longer than {longest_article:,} characters: no article")
    url = draft.url or ""
    day, paragraphs = take_date_lines(draft.paragraphs)
    dateline = find_dateline(paragraphs[0])
    published = draft.published or day or dateline.published
    published = published or find_stated_date(paragraphs, url) or find_url_date(url)
    title = draft.title or _first_words(paragraphs[0][dateline.end :])
    return Document(
        id="",
        title=make_safe_line(title) or None,
        source=make_safe_line(draft.source or dateline.source or _find_host(draft.url)) or None,
        url=draft.url,
        published=published,
        language=draft.language,
        paragraphs=tuple(Paragraph(index, text) for index, text in enumerate(paragraphs)),
    )


def _complete(draft: Draft, raw: Raw) -> Draft:
    """What a draft does not say, as the file around it says it."""
    draft = replace(draft, url=draft.url or raw.url)
    if raw.stated is None:
        return draft
    stated = {name: getattr(raw.stated, name) for name in ("title", "source", "url", "published", "language")}
    return replace(draft, **{name: value for name, value in stated.items() if getattr(draft, name) is None})


def _find_host(url: str | None) -> str:
    """The host that an address names; "" where there is none, or where the address is malformed."""
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _first_words(text: str) -> str:
    if len(text) <= _LONGEST_WORDS_TITLE:
        return text
    cut = text.rfind(" ", 0, _LONGEST_WORDS_TITLE)
    return text[: cut if cut > 0 else _LONGEST_WORDS_TITLE].rstrip(" ,;:–—-") + "…"
