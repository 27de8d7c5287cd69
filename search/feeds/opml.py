"""OPML: the lists of feeds that readers exchange, with folders as nested outlines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from search.errors import SourceRefusedError
from search.text import make_safe_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from search.model import Feed

_most_folders = 20
"""How deep folders are kept; what lies deeper is in the last of them."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in a list: its address, what the reader calls it, its page, and its folders from the outermost."""

    url: str
    name: str | None = None
    site: str | None = None
    folder: tuple[str, ...] = ()


def parse_opml(origin: str, data: bytes) -> list[Outline]:
    """The feeds of a list, each address once, where it stands first. Raises SourceRefusedError where it is no OPML."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(data.strip(b" \t\r\n"), parser)
    except etree.XMLSyntaxError as error:
        raise SourceRefusedError(origin, f"not OPML: {make_safe_line(str(error))}") from error
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise SourceRefusedError(origin, "not OPML")
    body = next((child for child in root if child.tag == "body"), root)
    found: dict[str, Outline] = {}
    for outline in _walk(body):
        found.setdefault(outline.url, outline)
    return list(found.values())


def _walk(root: Iterable[Any]) -> Iterator[Outline]:
    """The feeds below an element, in order. Not by recursion, since a list may be nested as deep as it likes."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(child, ()) for child in reversed(list(root))]
    while waiting:
        node, folder = waiting.pop()
        if node.tag != "outline":
            continue
        fields = {str(name).lower(): make_safe_line(str(value)) for name, value in node.attrib.items()}
        name = fields.get("title") or fields.get("text")
        if url := fields.get("xmlurl"):
            yield Outline(url, name, fields.get("htmlurl") or None, folder)
        inner = (*folder, name)[:_most_folders] if name and not url else folder
        waiting += [(child, inner) for child in reversed(node)]


def build_opml(feeds: Iterable[Feed]) -> bytes:
    """The list of these feeds, in OPML 2.0. It has the addresses as they are, with any passwords in them."""
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Feeds of newscast"
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], Any] = {(): body}
    for feed in feeds:
        for depth in range(1, len(feed.folder) + 1):
            if feed.folder[:depth] not in folders:
                parent = folders[feed.folder[: depth - 1]]
                folders[feed.folder[:depth]] = etree.SubElement(parent, "outline", text=_clean(feed.folder[depth - 1]))
        name = _clean(feed.name or feed.title or feed.url)
        outline = etree.SubElement(
            folders[feed.folder], "outline", text=name, title=name, type="rss", xmlUrl=_clean(feed.url)
        )
        if feed.site:
            outline.set("htmlUrl", _clean(feed.site))
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _clean(text: str) -> str:
    """Without the two characters that are safe on a terminal, and that XML does not allow."""
    return text.replace("\ufffe", "").replace("\uffff", "")
