"""Builds the postings of documents in memory and writes them as one segment."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from search.fulltext.segment_file import IndexedDocument, Postings, SegmentFileWriter
from search.fulltext.stored_fields import build_stored_fields
from search.fulltext.terms import build_plain, build_stem
from search.text import find_word_texts

if TYPE_CHECKING:
    from pathlib import Path

    from search.model import Document

_title_boost = 2
_k1, _b = 0.9, 0.4
"""Parameters of BM25 (Robertson and Zaragoza, 2009), as Trotman, Puurula and Burgess (2014) recommend for news."""
_average_length = 250
"""The words in an average article. It is fixed, so that weights do not depend on the library."""
max_weight = _k1 + 1
"""The BM25 weight that 255 in the index stands for. A word approaches it as it fills a document."""


class SegmentWriter:
    """Collects documents, which must come in ascending order of their rows; `write` writes them as a segment."""

    def __init__(self) -> None:
        self._documents: list[IndexedDocument] = []
        self._stems: dict[str, Postings] = {}
        self._forms: dict[str, array[int]] = {}
        self._known: dict[str, tuple[str, str]] = {}
        self._stem_of: dict[str, str] = {}
        self._largest_position = 0

    def __len__(self) -> int:
        return len(self._documents)

    def add(self, row: int, revision: int, document: Document) -> None:
        """Add the words of a document: first the title, then the paragraphs. No phrase crosses paragraphs."""
        positions: dict[str, list[int]] = {}
        at, length = 1, 0  # odd in the title, even in the text
        for index, part in enumerate((document.title or "", *(each.text for each in document.paragraphs))):
            words = find_word_texts(part)
            for word in words:
                found = positions.get(word)
                if found is None:
                    positions[word] = [at]
                else:
                    found.append(at)
                at += 2
            length += len(words)
            at += 2 if index else 1
        self._largest_position = max(self._largest_position, at)
        self._documents.append(IndexedDocument(row, revision, length, build_stored_fields(document)))
        self._add_postings(row, self._add_forms(row, positions), length)

    def _add_forms(self, row: int, positions: dict[str, list[int]]) -> dict[str, list[int]]:
        """Add the row to the forms of these words, and return the positions of each stem."""
        known, forms = self._known, self._forms
        stems: dict[str, list[int]] = {}
        for word, found in positions.items():
            pair = known.get(word)
            if pair is None:
                known[word] = pair = build_stem(word), build_plain(word)
            stem, form = pair
            if stem in stems:
                stems[stem] = sorted(stems[stem] + found)
            else:
                stems[stem] = found
            rows = forms.get(form)
            if rows is None:
                forms[form], self._stem_of[form] = array("I", (row,)), stem
            elif rows[-1] != row:
                rows.append(row)
        return stems

    def _add_postings(self, row: int, stems: dict[str, list[int]], length: int) -> None:
        norm = _k1 * (1 - _b + _b * length / _average_length)
        known = self._stems
        for stem, found in stems.items():
            postings = known.get(stem)
            if postings is None:
                known[stem] = postings = Postings(array("I"), bytearray(), array("I"), array("I"))
            rows, weights, ends, positions = postings
            frequency = len(found)
            rows.append(row)
            positions.extend(found)
            ends.append(len(positions))
            if found[0] & 1:  # positions in the title come first and are odd
                frequency += (_title_boost - 1) * sum(position & 1 for position in found)
            weights.append(int(255 * frequency / (frequency + norm) + 0.5) or 1)

    def write(self, path: Path) -> None:
        """Write the segment file. There must be at least one document."""
        writer = SegmentFileWriter(path, largest_row=self._documents[-1].row, largest_position=self._largest_position)
        try:
            forms: dict[str, list[tuple[bytes, array[int]]]] = {}
            for form, rows in self._forms.items():
                forms.setdefault(self._stem_of[form], []).append((form.encode(), rows))
            for stem in sorted(self._stems, key=str.encode):
                writer.write_stem(stem.encode(), self._stems[stem], forms[stem])
            writer.finish(self._documents)
        finally:
            writer.close()
