"""Markdown with or without front matter: its text, as paragraphs without the marks, by markdown-it."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from search.sources.dates import parse_date
from search.sources.draft import Draft
from search.text import make_safe, make_safe_line, split_paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"---[ ]*\n(.*?\n)(?:---|\.\.\.)[ ]*(?:\n|$)", re.DOTALL)
_FIELD = re.compile(r"([A-Za-z_]+)[ ]*:[ ]+(.*\S)")
_TAG = re.compile(r"<[^<>]*>")
_KEYS = {
    "title": "title", "headline": "title", "date": "date", "published": "date", "source": "source",
    "publisher": "source", "url": "url", "link": "url", "lang": "language", "language": "language",
}  # fmt: skip


def parse_markdown(text: str) -> Draft:
    """The text's paragraphs; title, date, source, url and language from front matter, else title from `# …`."""
    from markdown_it import MarkdownIt

    text = make_safe(text)
    front: dict[str, str] = {}
    found = _FRONT_MATTER.match(text)
    if found:
        front = _parse_front_matter(found[1])
        text = text[found.end() :]
    title = front.get("title")
    # Articles indent for other reasons than to show code.
    tokens = MarkdownIt("commonmark").disable("code").parse(text)
    blocks = list(_find_blocks(tokens))
    heading = _find_heading(tokens)
    if heading and title in {None, heading}:
        title, *blocks = blocks
    return Draft(
        tuple(paragraph for block in blocks for paragraph in split_paragraphs(block)),
        title=make_safe_line(title) if title else None,
        source=front.get("source"),
        url=front.get("url"),
        published=parse_date(front["date"]) if "date" in front else None,
        language=front.get("language"),
    )


def _find_heading(tokens: Sequence[Token]) -> str:
    """The text of the heading that the tokens begin with, if any; a line over dashes is more often a paragraph."""
    if not tokens or tokens[0].type != "heading_open" or tokens[0].markup == "-":
        return ""
    return make_safe_line(_read_block(tokens[1]))


def _find_blocks(tokens: Sequence[Token]) -> Iterator[str]:
    """The text of each block on one line; entries of a list without blank lines between them are one block."""
    pending: list[str] = []
    last_line = -1
    is_tight = False
    for token in tokens:
        if token.type == "paragraph_open":
            is_tight = token.hidden
        elif token.type == "heading_open":
            is_tight = False
        if token.type not in {"inline", "fence", "html_block"}:
            continue
        first, end = token.map or (0, 0)
        if pending and not (is_tight and token.type == "inline" and first == last_line):
            yield " ".join(pending)
            pending = []
        text = make_safe_line(_read_block(token))
        if text:
            pending.append(text)
        last_line = end if is_tight else -1
    if pending:
        yield " ".join(pending)


def _read_block(token: Token) -> str:
    if token.type == "inline":
        return "".join(map(_read_inline, token.children or ()))
    if token.type == "fence":
        return token.content
    # A comment, a declaration or a script has no text for a reader.
    if token.content.lstrip().lower().startswith(("<!", "<?", "<script", "<style")):
        return ""
    return unescape(_TAG.sub(" ", token.content))


def _read_inline(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    if token.type == "html_inline":
        return " " if token.content.lower().startswith("<br") else ""
    if token.type == "image":
        return "".join(map(_read_inline, token.children or ()))
    return token.content


def _parse_front_matter(block: str) -> dict[str, str]:
    """The `key: value` lines that say something about the article; other YAML is left alone."""
    fields: dict[str, str] = {}
    for line in block.split("\n"):
        found = _FIELD.fullmatch(line.rstrip())
        if found and (key := _KEYS.get(found[1].lower())):
            fields.setdefault(key, found[2].strip("\"'"))
    return fields
