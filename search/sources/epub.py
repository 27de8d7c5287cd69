"""A book (EPUB): each chapter is an article, and the book its source."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from search.errors import SourceRefusedError
from search.sources.blocks import find_blocks, take_title
from search.sources.dates import parse_date
from search.sources.decode import decode
from search.sources.draft import Draft
from search.sources.members import Member
from search.sources.parts import parse_xml
from search.text import make_safe_line, split_paragraphs

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

    from lxml.etree import _Element

    from search.sources.budget import Budget

_CONTAINER = "META-INF/container.xml"
_LOCKED = "META-INF/encryption.xml"
_CORE = "{http://purl.org/dc/elements/1.1/}"
_NO_CHAPTER = re.compile(rb"""epub:type\s*=\s*["'][^"']{0,80}\b(?:titlepage|halftitlepage|cover|toc|landmarks)\b""")


def read_epub(origin: str, archive: zipfile.ZipFile, budget: Budget) -> Iterator[Member]:
    """The chapters in the order of the book; its cover, title page and table of contents are none."""
    container = parse_xml(origin, _read(archive, _CONTAINER, budget, origin))
    path = next((str(each.get("full-path")) for each in container.iter("{*}rootfile")), "")
    package = parse_xml(origin, _read(archive, path, budget, origin))
    stated = _read_stated(package)
    locked = _read(archive, _LOCKED, budget, origin) if _LOCKED in archive.NameToInfo else b""
    for name in _list_chapters(package, posixpath.dirname(path)):
        budget.count_member()
        if name.encode() in locked:
            yield Member(name, refusal="locked against copying")
            continue
        data = _read(archive, name, budget, origin)
        # An empty chapter is a picture.
        if not _NO_CHAPTER.search(data[:4096]) and find_blocks(decode(origin, data)):
            yield Member(name, data, form="EPUB", stated=stated)


def parse_chapter(origin: str, data: bytes) -> Draft:
    """The paragraphs of a chapter, and its heading as the title."""
    title, texts = take_title(find_blocks(decode(origin, data)))
    return Draft(tuple(part for text in texts for part in split_paragraphs(text)), title=title)


def _read(archive: zipfile.ZipFile, name: str, budget: Budget, origin: str) -> bytes:
    if name not in archive.NameToInfo:
        raise SourceRefusedError(origin, f"damaged: the book has no “{make_safe_line(name)}”")
    with archive.open(name) as file:
        data = budget.read(file)
    if data is None:
        raise SourceRefusedError(origin, f"“{make_safe_line(name)}” in it is too large")
    return data


def _read_stated(package: _Element) -> Draft:
    def find(name: str) -> str | None:
        found = next(package.iter(f"{_CORE}{name}"), None)
        return make_safe_line(found.text or "") or None if found is not None else None

    day, language = find("date"), find("language")
    return Draft(
        (),
        source=find("title"),
        published=parse_date(day) if day else None,
        language=language.split("-")[0].lower() if language else None,
    )


def _list_chapters(package: _Element, folder: str) -> Iterator[str]:
    """The names of the files that a reader turns the pages of, but for the table of contents."""
    items = {item.get("id"): item for item in package.iter("{*}item")}
    for reference in package.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or reference.get("linear") == "no" or "nav" in (item.get("properties") or "").split():
            continue
        yield posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
