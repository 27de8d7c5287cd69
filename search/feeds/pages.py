"""The pages behind teasers: what came of fetching them, and their articles into the Library."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from search.errors import DocumentDamagedError, NotFoundError, SourceRefusedError
from search.feeds.full_text import judge_page
from search.sources import Raw
from search.store import Documents, EntryRow, EntryRows

if TYPE_CHECKING:
    import sqlite3

    from search.adding import Adder
    from search.feeds.fetching import Fetched
    from search.model import Addition, Document
    from search.sources import Parser

_most_tries = 3
"""How often a page is asked for that cannot be had just then."""
_passing = frozenset({408, 425, 429})
"""Answers of a server that asks to come again, beside those from 500 on."""


@dataclass(frozen=True, slots=True)
class _Page:
    entry: EntryRow
    article: Document | None = None
    data: bytes = b""
    note: str | None = None
    is_passing: bool = False


class PageTaker:
    """Reads pages outside the Library's lock, and keeps them in the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection, parser: Parser) -> None:
        self._documents, self._entries = Documents(connection), EntryRows(connection)
        self._parser = parser

    def read(self, fetched: Fetched[object]) -> _Page:
        """The article on a page, or why there is none."""
        entry, response = fetched.subject, fetched.response
        assert isinstance(entry, EntryRow)
        if response is None:
            return _Page(entry, note=f"the page {fetched.error}", is_passing=True)
        if response.status != 200:
            is_passing = response.status >= 500 or response.status in _passing
            return _Page(entry, note=f"the page's server answered {response.status}", is_passing=is_passing)
        charset = response.headers.get("content-type", "").partition("charset=")[2].strip(" \"'") or None
        try:
            article = self._parser.parse(Raw(response.url, response.body, ".html", charset, response.url))
        except SourceRefusedError as refusal:
            return _Page(entry, data=response.body, note=f"the page is of no use: {refusal.reason}")
        return _Page(entry, article, response.body)

    def keep(self, page: _Page, adder: Adder) -> Addition | None:
        """Put the page's article in the teaser's place, or keep why the teaser stays."""
        entry = self._entries.find(page.entry.number)
        if entry is None or entry.page != "wanted" or entry.digest != page.entry.digest:
            return None  # its feed was removed, or it changed while the page was fetched
        try:
            teaser = self._documents.read(entry.document).document
        except (DocumentDamagedError, NotFoundError):
            self._entries.write(replace(entry, page=""))
            return None
        note = page.note
        if page.article is not None:
            texts = [tuple(each.text for each in document.paragraphs) for document in (teaser, page.article)]
            note = judge_page(page.data, *texts)
        tries = entry.tries + 1
        if page.article is None or note:
            is_wanted = page.is_passing and tries < _most_tries
            self._entries.write(replace(entry, page="wanted" if is_wanted else "refused", page_note=note, tries=tries))
            return None
        document = replace(
            teaser, paragraphs=page.article.paragraphs, language=teaser.language or page.article.language
        )
        addition = adder.write(self._documents.read_origin(entry.document), entry.digest, document)
        self._entries.write(replace(entry, page="taken", page_note=None, tries=tries))
        return addition
