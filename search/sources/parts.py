"""The XML parts of a document that is a ZIP archive: DOCX, ODT, EPUB."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from search.errors import SourceRefusedError
from search.sources.files import largest_document
from search.text import make_safe_line

if TYPE_CHECKING:
    from lxml.etree import _Element

_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def read_part(origin: str, data: bytes, name: str) -> bytes:
    """One file of the archive, b"" if it is not there; refuses what is damaged or too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if name not in archive.NameToInfo:
                return b""
            with archive.open(name) as file:
                part = file.read(largest_document + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise SourceRefusedError(origin, f"damaged: {name}: {error}") from error
    if len(part) > largest_document:
        raise SourceRefusedError(origin, f"{name} in it is larger than {largest_document // 1024**2} MB")
    return part


def parse_xml(origin: str, data: bytes) -> _Element:
    """The root element; entities, external files and the network are left alone. Refuses what is not XML."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SourceRefusedError(origin, f"damaged: {make_safe_line(str(error))}") from error


def read_title(origin: str, data: bytes, name: str) -> str | None:
    """The title among the properties of a document, which this part holds."""
    part = read_part(origin, data, name)
    found = next(parse_xml(origin, part).iter(_TITLE), None) if part else None
    return make_safe_line(found.text or "") or None if found is not None else None
