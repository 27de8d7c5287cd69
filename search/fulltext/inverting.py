"""Documents → postings in memory: what becomes one segment."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from search.fulltext.segment_file import Postings, SegmentFileWriter
from search.fulltext.terms import build_plain, build_stem
from search.text import find_word_texts

if TYPE_CHECKING:
    from pathlib import Path

    from search.model import Document

_title_worth = 2
_saturation, _length_share = 0.9, 0.4
"""k1 and b of BM25 (Robertson and Zaragoza, 2009), as Trotman, Puurula and Burgess (2014) recommend them for news."""
_usual_length = 250
"""Words of a usual article, so that weights hold in any library."""
heaviest = _saturation + 1
"""The weight that 255 in the index stands for: that of a word that fills a document."""


class Inverter:
    """Takes documents in ascending order of their rows; `write` makes them a segment."""

    def __init__(self) -> None:
        self._documents: list[tuple[int, int]] = []
        self._stems: dict[str, Postings] = {}
        self._forms: dict[str, array[int]] = {}
        self._known: dict[str, tuple[str, str]] = {}
        self._stem_of: dict[str, str] = {}
        self._largest_position = 0

    def __len__(self) -> int:
        return len(self._documents)

    def add(self, number: int, revision: int, document: Document) -> None:
        """The words of a document: its title's, then its paragraphs', which no phrase crosses."""
        self._documents.append((number, revision))
        places: dict[str, list[int]] = {}
        at, length = 1, 0  # odd in the title, even in the text
        for index, part in enumerate((document.title or "", *(each.text for each in document.paragraphs))):
            words = find_word_texts(part)
            for word in words:
                found = places.get(word)
                if found is None:
                    places[word] = [at]
                else:
                    found.append(at)
                at += 2
            length += len(words)
            at += 2 if index else 1
        self._largest_position = max(self._largest_position, at)
        self._keep(number, self._gather(number, places), length)

    def _gather(self, number: int, places: dict[str, list[int]]) -> dict[str, list[int]]:
        """The places of each stem; the forms of the document's words are kept on the way."""
        known, forms = self._known, self._forms
        stems: dict[str, list[int]] = {}
        for word, found in places.items():
            pair = known.get(word)
            if pair is None:
                known[word] = pair = build_stem(word), build_plain(word)
            stem, form = pair
            if stem in stems:
                stems[stem] = sorted(stems[stem] + found)
            else:
                stems[stem] = found
            numbers = forms.get(form)
            if numbers is None:
                forms[form], self._stem_of[form] = array("I", (number,)), stem
            elif numbers[-1] != number:
                numbers.append(number)
        return stems

    def _keep(self, number: int, stems: dict[str, list[int]], length: int) -> None:
        norm = _saturation * (1 - _length_share + _length_share * length / _usual_length)
        known = self._stems
        for stem, places in stems.items():
            postings = known.get(stem)
            if postings is None:
                known[stem] = postings = Postings(array("I"), bytearray(), array("I"), array("I"))
            numbers, weights, ends, positions = postings
            frequency = len(places)
            numbers.append(number)
            positions.extend(places)
            ends.append(len(positions))
            if places[0] & 1:  # the title's words come first and are odd
                frequency += (_title_worth - 1) * sum(place & 1 for place in places)
            weights.append(int(255 * frequency / (frequency + norm) + 0.5) or 1)

    def write(self, path: Path) -> None:
        """Write the segment."""
        writer = SegmentFileWriter(path, largest_number=self._documents[-1][0], largest_position=self._largest_position)
        try:
            forms: dict[str, list[tuple[bytes, array[int]]]] = {}
            for form, numbers in self._forms.items():
                forms.setdefault(self._stem_of[form], []).append((form.encode(), numbers))
            for stem in sorted(self._stems, key=str.encode):
                writer.write_stem(stem.encode(), self._stems[stem], forms[stem])
            writer.finish(self._documents)
        finally:
            writer.close()
