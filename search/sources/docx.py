"""A document of a word processor (DOCX): its paragraphs, by mammoth."""

from __future__ import annotations

import io

from search.errors import SourceRefusedError
from search.sources.blocks import find_blocks, take_title
from search.sources.draft import Draft
from search.sources.parts import read_part, read_title
from search.text import split_paragraphs

_STYLES = "p[style-name='Title'] => h1:fresh"


def parse_docx(origin: str, data: bytes) -> Draft:
    """Paragraphs, and the title as the text or else the document's properties state it."""
    try:
        import mammoth
    except ImportError as error:
        raise SourceRefusedError(origin, "reading DOCX needs mammoth: pip install mammoth") from error
    # It would be read whole, whatever size it claims to have.
    read_part(origin, data, "word/document.xml")
    # A picture would be written into the HTML.
    result = mammoth.convert_to_html(io.BytesIO(data), style_map=_STYLES, convert_image=lambda _: [])
    title, texts = take_title(find_blocks(result.value), read_title(origin, data, "docProps/core.xml"))
    paragraphs = [part for text in texts for part in split_paragraphs(text)]
    return Draft(tuple(paragraphs), title=title)
