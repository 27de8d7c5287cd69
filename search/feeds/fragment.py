"""The text of an entry: a piece of HTML, or plain text, as safe paragraphs."""

from __future__ import annotations

import re
from html import unescape

from search.text import make_safe, make_safe_line, split_paragraphs

_BLOCKS = frozenset(
    "address article aside blockquote caption center dd details div dl dt fieldset figcaption figure footer form h1 h2"
    " h3 h4 h5 h6 header hr li main nav ol p pre section summary table td th tr ul".split()
)
_SKIPPED = frozenset("script style template noscript iframe object svg math head title select button".split())
_MARKUP = re.compile(r"<[a-zA-Z/!][^>]{0,2000}>")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,10}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def find_paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text that may be HTML, without its markup."""
    if _MARKUP.search(text):
        lines = (make_safe_line(line) for line in _read_html(text))
        return tuple(piece for line in lines if line for piece in split_paragraphs(line))
    return tuple(split_paragraphs(make_safe(_unescape(text))))


def find_line(text: str) -> str:
    """A title on one line, without markup and without entities, though the feed escaped them twice."""
    if _MARKUP.search(text):
        text = " ".join(_read_html(text))
    return make_safe_line(_unescape(text))


def _unescape(text: str) -> str:
    """The text without entities, which come escaped once too often."""
    for _ in range(2):
        if not _ENTITY.search(text):
            break
        text = unescape(text)
    return text


def _read_html(text: str) -> list[str]:
    """The running text of each block, in order."""
    from lxml import etree, html

    try:
        root = html.document_fromstring(_ILLEGAL.sub(" ", text))
    except etree.ParserError:  # it holds comments alone
        return []
    lines: list[list[str]] = [[]]
    skipped = 0
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            skipped += node.tag in _SKIPPED
            if node.tag in _BLOCKS or node.tag == "br":
                lines.append([])
            if not skipped:
                lines[-1].append(node.text or "")
            continue
        if event == "end":
            skipped -= node.tag in _SKIPPED
            if node.tag in _BLOCKS:
                lines.append([])
        if not skipped:
            lines[-1].append(node.tail or "")
    return ["".join(pieces) for pieces in lines]
