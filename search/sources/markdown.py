"""Markdown with or without front matter: its text, as paragraphs without the marks."""

from __future__ import annotations

import re

from search.sources.dates import parse_date
from search.sources.draft import Draft
from search.text import make_safe, make_safe_line, split_paragraphs

_FRONT_MATTER = re.compile(r"---[ ]*\n(.*?\n)(?:---|\.\.\.)[ ]*(?:\n|$)", re.DOTALL)
_FIELD = re.compile(r"([A-Za-z_]+)[ ]*:[ ]+(.*\S)")
_HEADING = re.compile(r"#{1,6}[ ]+(.*?)[ ]*#*")
_RULE = re.compile(r"[ ]{0,3}(?:(?:[-*_][ ]*){3,}|`{3,}.*|~{3,}.*|=+|-+)")
_MARKS = (
    (re.compile(r"!\[([^\]\n]{0,500})\]\([^)\n]{0,2000}\)"), r"\1"),  # an image is its caption
    (re.compile(r"\[([^\]\n]{1,500})\]\([^)\n]{0,2000}\)"), r"\1"),  # a link is its text
    (re.compile(r"(\*\*|__)(?=\S)([^\n]{1,1000}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,1000}?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=\S)([^_\n]{1,1000}?)(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"`([^`\n]{1,500})`"), r"\1"),
)
_PREFIX = re.compile(r"^[ ]{0,3}(?:>[ ]?|[-*+][ ]+|\d{1,3}[.)][ ]+)+")
_KEYS = {
    "title": "title", "headline": "title", "date": "date", "published": "date", "source": "source",
    "publisher": "source", "url": "url", "link": "url", "lang": "language", "language": "language",
}  # fmt: skip


def parse_markdown(text: str) -> Draft:
    """The text's paragraphs; title, date, source, url and language from front matter, else title from `# …`."""
    text = make_safe(text)
    front: dict[str, str] = {}
    found = _FRONT_MATTER.match(text)
    if found:
        front = _parse_front_matter(found[1])
        text = text[found.end() :]
    title = front.get("title")
    lines: list[str] = []
    for line in text.split("\n"):
        heading = _HEADING.fullmatch(line)
        if heading and not any(lines) and title in {None, heading[1]}:
            title = heading[1]
        elif heading:
            lines += ["", heading[1], ""]
        else:
            lines.append("" if _RULE.fullmatch(line) else _PREFIX.sub("", line, count=1) if line[:4].strip() else line)
    body = "\n".join(lines)
    for pattern, replacement in _MARKS:
        body = pattern.sub(replacement, body)
    return Draft(
        tuple(_join_lines(body)),
        title=make_safe_line(title) if title else None,
        source=front.get("source"),
        url=front.get("url"),
        published=parse_date(front["date"]) if "date" in front else None,
        language=front.get("language"),
    )


def _join_lines(body: str) -> list[str]:
    """In Markdown only a blank line ends a paragraph."""
    blocks = re.split(r"\n[ ]*\n", body)
    return [part for block in blocks for part in split_paragraphs(" ".join(block.split()))]


def _parse_front_matter(block: str) -> dict[str, str]:
    """The `key: value` lines that say something about the article; other YAML is left alone."""
    fields: dict[str, str] = {}
    for line in block.split("\n"):
        found = _FIELD.fullmatch(line.rstrip())
        if found and (key := _KEYS.get(found[1].lower())):
            fields.setdefault(key, found[2].strip("\"'"))
    return fields
