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
        self._forms: dict[str, dict[str, array[int]]] = {}
        self._known: dict[str, tuple[str, str]] = {}
        self._largest_position = 0

    def __len__(self) -> int:
        return len(self._documents)

    def add(self, number: int, revision: int, document: Document) -> None:
        """The words of a document: its title's, then its paragraphs', which no phrase crosses."""
        self._documents.append((number, revision))
        positions: dict[str, list[int]] = {}
        forms: set[tuple[str, str]] = set()
        known = self._known
        at, length = 1, 0  # odd in the title, even in the text
        for index, part in enumerate((document.title or "", *(each.text for each in document.paragraphs))):
            words = find_word_texts(part)
            for word in words:
                found = known.get(word)
                if found is None:
                    known[word] = found = build_stem(word), build_plain(word)
                forms.add(found)
                stem = found[0]
                if stem in positions:
                    positions[stem].append(at)
                else:
                    positions[stem] = [at]
                at += 2
            length += len(words)
            at += 2 if index else 1
        self._keep(number, positions, forms, length)
        self._largest_position = max(self._largest_position, at)

    def _keep(self, number: int, positions: dict[str, list[int]], forms: set[tuple[str, str]], length: int) -> None:
        norm = _saturation * (1 - _length_share + _length_share * length / _usual_length)
        for stem, places in positions.items():
            postings = self._stems.get(stem)
            if postings is None:
                self._stems[stem] = postings = Postings(array("I"), bytearray(), array("I"), array("I"))
            # The title's words come first and are odd.
            titled = sum(place & 1 for place in places) if places[0] & 1 else 0
            frequency = len(places) + (_title_worth - 1) * titled
            postings.numbers.append(number)
            postings.weights.append(max(1, round(255 * frequency / (frequency + norm))))
            postings.occurrences.append(len(places))
            postings.positions.extend(places)
        for stem, form in forms:
            by_form = self._forms.setdefault(stem, {})
            numbers = by_form.get(form)
            if numbers is None:
                by_form[form] = array("I", (number,))
            else:
                numbers.append(number)

    def write(self, path: Path) -> None:
        """Write the segment."""
        writer = SegmentFileWriter(path, largest_number=self._documents[-1][0], largest_position=self._largest_position)
        try:
            for stem in sorted(self._stems, key=str.encode):
                forms = ((form.encode(), numbers) for form, numbers in self._forms[stem].items())
                writer.write_stem(stem.encode(), self._stems[stem], forms)
            writer.finish(self._documents)
        finally:
            writer.close()
