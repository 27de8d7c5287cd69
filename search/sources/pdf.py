"""A PDF: the lines of its pages with their places, by PDFium; `layout.py` makes paragraphs of them."""

from __future__ import annotations

import re
from collections import Counter
from ctypes import byref
from typing import TYPE_CHECKING

from search.errors import SourceRefusedError
from search.sources.draft import Draft
from search.sources.layout import Block, Line, Page, build_blocks
from search.text import make_safe, make_safe_line, split_paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pypdfium2 import PdfDocument, PdfTextPage

_most_characters = 1_500_000
"""A document with more is longer than any article, and is refused for that."""
_LARGER = 1.2
"""How much larger than the text a headline is."""
_LONGEST_TITLE = 200
_NO_TITLE = re.compile(r"(?i)\.\w{2,5}$|^(?:untitled|document\d*|microsoft word.*|unbenannt|slide \d+)$|^\W*$")
"""What programs write where a title should be: the name of a file, or of themselves."""
_PASSWORD = 4
"""PDFium's number of an error."""


def parse_pdf(origin: str, data: bytes) -> Draft:
    """Paragraphs and title of a PDF; refuses one without text, and one that is locked or damaged."""
    try:
        import pypdfium2
    except ImportError as error:
        raise SourceRefusedError(origin, "reading PDF needs pypdfium2: pip install pypdfium2") from error
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code == _PASSWORD
        raise SourceRefusedError(origin, "locked with a password" if is_locked else f"damaged: {error}") from error
    with document:
        pages = list(_read_pages(document))
        stated = make_safe_line(document.get_metadata_value("Title"))
    if not any(page.lines for page in pages):
        todo = "a program such as ocrmypdf adds the text"
        raise SourceRefusedError(origin, f"a scanned PDF, whose {len(pages):,} pages are pictures without text: {todo}")
    title, blocks = _take_title(build_blocks(pages))
    if title is None and not _NO_TITLE.search(stated):
        title = stated
    paragraphs = [part for block in blocks for part in split_paragraphs(make_safe_line(block.text))]
    return Draft(tuple(paragraphs), title=title)


def _read_pages(document: PdfDocument) -> Iterator[Page]:
    room = _most_characters
    for index in range(len(document)):
        page = document[index]
        text = page.get_textpage()
        yield Page(page.get_height(), tuple(_read_lines(text, index)))
        room -= text.count_chars()
        text.close()
        page.close()
        if room < 0:
            return


def _read_lines(text: PdfTextPage, page: int) -> Iterator[Line]:
    """The lines of a page in the order in which they are drawn; what is far apart on one line is two."""
    from pypdfium2 import raw

    handle, box = text.raw, raw.FS_RECTF()
    letters: list[str] = []
    edges: list[tuple[float, float, float, float]] = []
    for index in range(text.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(handle, index))
        # PDFium's sign for a hyphen at the end of a line.
        is_end = letter in "\r\n\ufffe\x02"
        if letter in "\ufffe\x02\u00ad":
            letters.append("-")
        elif not is_end and letter.isspace():
            letters.append(" ")
        elif not is_end and raw.FPDFText_GetLooseCharBox(handle, index, byref(box)):
            if edges and _is_apart(edges[-1], box.left):
                yield _build_line(letters, edges, page)
                letters, edges = [], []
            letters.append(letter)
            edges.append((box.left, box.bottom, box.right, box.top))
        if is_end and edges:
            yield _build_line(letters, edges, page)
            letters, edges = [], []
    if edges:
        yield _build_line(letters, edges, page)


def _is_apart(before: tuple[float, float, float, float], left: float) -> bool:
    """Is there so much space before this letter that it belongs to another column?"""
    _, bottom, right, top = before
    return left - right > 2 * (top - bottom)


def _build_line(letters: list[str], edges: Sequence[tuple[float, float, float, float]], page: int) -> Line:
    left, bottom, right, top = zip(*edges, strict=True)
    heights = sorted(t - b for t, b in zip(top, bottom, strict=True))
    text = "".join(letters).strip()
    return Line(text, page, min(left), max(right), min(bottom), max(top), heights[len(heights) // 2])


def _take_title(blocks: Sequence[Block]) -> tuple[str | None, Sequence[Block]]:
    """The first of the first blocks that is set larger than the text, and the blocks without it."""
    letters = Counter[int]()
    for block in blocks:
        letters[round(block.height)] += len(block.text)
    usual = max(letters, key=lambda height: letters[height], default=0)
    for index, block in enumerate(blocks[:3]):
        if block.height > _LARGER * usual and len(block.text) <= _LONGEST_TITLE:
            return make_safe_line(make_safe(block.text)), [*blocks[:index], *blocks[index + 1 :]]
    return None, blocks
