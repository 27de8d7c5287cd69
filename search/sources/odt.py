"""A document of LibreOffice and others (ODT): its paragraphs, from its XML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.sources.blocks import Block, take_title
from search.sources.draft import Draft
from search.sources.parts import parse_xml, read_part, read_title
from search.text import make_safe, make_safe_line, split_paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_SPACES = frozenset({f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"})
_SILENT = frozenset({f"{_TEXT}note", f"{_TEXT}tracked-changes", f"{_TEXT}table-of-content", f"{_OFFICE}annotation"})


def parse_odt(origin: str, data: bytes) -> Draft:
    """Paragraphs, and the title as the text or else the document's properties state it."""
    root = parse_xml(origin, read_part(origin, data, "content.xml"))
    titles = {
        str(style.get(f"{_STYLE}name"))
        for style in root.iter(f"{_STYLE}style")
        if style.get(f"{_STYLE}parent-style-name") == "Title"
    } | {"Title"}
    title, texts = take_title(list(_find_blocks(root, titles)), read_title(origin, data, "meta.xml"))
    paragraphs = [part for text in texts for part in split_paragraphs(text)]
    return Draft(tuple(paragraphs), title=title)


def _find_blocks(root: _Element, titles: set[str]) -> Iterator[Block]:
    """The paragraphs and headings of the body; a note, a comment or what was deleted is none."""
    from lxml.etree import iterwalk

    body = root.find(f"{_OFFICE}body")
    if body is None:
        return
    walk = iterwalk(body, events=("start", "end"))
    pieces: list[str] = []
    for event, element in walk:
        if event == "start" and element.tag in _SILENT:
            walk.skip_subtree()
        elif event == "start" and isinstance(element.tag, str):
            is_block = element.tag in {f"{_TEXT}p", f"{_TEXT}h"}
            pieces = [] if is_block else pieces
            pieces.append(" " if element.tag in _SPACES else element.text or "")
        elif element.tag in {f"{_TEXT}p", f"{_TEXT}h"}:
            if text := make_safe_line(make_safe("".join(pieces))):
                is_title = element.tag == f"{_TEXT}h" or element.get(f"{_TEXT}style-name") in titles
                yield Block(text, is_title)
            pieces = []
        elif event == "end":
            pieces.append(element.tail or "")
