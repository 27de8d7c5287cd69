"""Markup that is an article as a whole → its blocks of text; no part is taken for a menu, as in a web page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.sources.plain import is_title
from search.text import make_safe, make_safe_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rp rt ruby s samp small"
    " span strike strong sub sup time tt u var wbr".split()
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"head", "script", "style", "template", "noscript", "svg", "math", "title", "object", "iframe"})
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, an entry of a list, a cell of a table, or a heading."""

    text: str
    is_heading: bool = False


def find_blocks(markup: str) -> list[Block]:
    """The blocks of an HTML or XHTML text that have words, each on one line."""
    from lxml.html import HTMLParser, document_fromstring

    data = markup.encode("utf-8", "replace")
    if not data.strip():
        return []
    root = document_fromstring(data, parser=HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True))
    blocks: list[Block] = []
    pieces: list[str] = []
    is_heading = False
    for piece, tag in _walk(root):
        if tag is not None:
            text = make_safe_line("".join(pieces))
            if text:
                blocks.append(Block(text, is_heading))
            pieces.clear()
            is_heading = tag in _HEADINGS
        pieces.append(piece)
    return blocks


def take_title(blocks: Sequence[Block], stated: str | None = None) -> tuple[str | None, list[str]]:
    """The title, and the texts of the other blocks: the heading that comes first, else what the file states."""
    texts = [block.text for block in blocks]
    if not blocks or len(texts[0]) > _LONGEST_TITLE:
        return stated, texts
    is_first = blocks[0].is_heading or texts[0] == stated
    if not is_first and stated is None:
        is_first = len(texts) > 1 and is_title(texts[0], texts[1])
    return (texts[0], texts[1:]) if is_first else (stated, texts)


def _walk(root: _Element) -> Iterator[tuple[str, str | None]]:
    """Each piece of text; with the element that it begins, or with "" where one ends, if that parts blocks."""
    from lxml.etree import iterwalk

    walk = iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = element.tag if isinstance(element.tag, str) else ""
        tag = None if name in _INLINE else name
        if event == "start":
            if name in _SILENT or _is_invisible(element):
                walk.skip_subtree()
                continue
            yield make_safe(element.text or ""), tag
        else:
            is_silent = name in _SILENT or _is_invisible(element)
            yield make_safe(element.tail or ""), "" if tag and not is_silent else None
    yield "", ""


def _is_invisible(element: _Element) -> bool:
    """Is it hidden, as what newsletters show in the list of mails alone?"""
    style = element.get("style")
    return style is not None and "display:none" in style.replace(" ", "").lower()
