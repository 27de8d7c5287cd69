"""Folding: finds the near-duplicates among documents, and decides which of them is shown.

In the order of `Sketch.rank`, each document is a copy of the first shown one that it is a near-duplicate of, or is
shown itself. So every copy was compared with its original, and a chain of copies does not become one heap.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from search.errors import DocumentDamagedError
from search.model import Progress
from search.shingles import Sketch, are_near_duplicates, build_sketch, find_wording
from search.store import Copies, Documents, begin

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from search.model import Document
    from search.shingles import Wording

_documents_per_step = 64
_no_sketch = Sketch(0, 0, ())


class CopyFinder:
    """Keeps track of the near-duplicates in one Library, in the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._documents, self._copies = Documents(connection), Copies(connection)
        self._wordings: dict[int, Wording] = {}

    def add(self, number: int, document: Document) -> None:
        """Compare a document that is new, or has a new text in its row."""
        followers = self._copies.list_copies(number)
        self._copies.forget(number)
        sketch = build_sketch(_join(document), document.published)
        self._copies.write_original(number, None)
        if sketch.is_comparable:
            self._copies.write_sketch(number, sketch)
        self._settle([number, *followers])

    def forget(self, number: int) -> None:
        """Forget a document; each of its copies gets another original, or is shown."""
        followers = self._copies.list_copies(number)
        self._copies.forget(number)
        self._settle(followers)

    def _settle(self, numbers: Iterable[int]) -> None:
        """Find the original of each of these documents, which are not compared yet, or show it."""
        waiting = [self._build_entry(number) for number in numbers]
        heapq.heapify(waiting)
        self._wordings.clear()
        while waiting:
            entry = heapq.heappop(waiting)
            number = entry[1]
            sketch = self._copies.read_sketch(number)
            near = self._find_near(number, sketch) if sketch else []
            if near and near[0] < entry:
                self._copies.write_original(number, near[0][1])
                continue
            self._copies.write_original(number, None)
            if sketch:
                self._copies.enter(number, sketch)
            for _, other in near:
                self._withdraw(other)
                for each in (other, *self._copies.list_copies(other)):
                    heapq.heappush(waiting, self._build_entry(each))

    def _build_entry(self, number: int) -> tuple[tuple[int, int], int]:
        return (self._copies.read_sketch(number) or _no_sketch).rank, number

    def _withdraw(self, number: int) -> None:
        if sketch := self._copies.read_sketch(number):
            self._copies.withdraw(number, sketch)

    def _find_near(self, number: int, sketch: Sketch) -> list[tuple[tuple[int, int], int]]:
        """Find the shown documents that this one is a near-duplicate of, in the order of their ranks."""
        near: list[tuple[tuple[int, int], int]] = []
        for candidate in self._copies.find_candidates(sketch):
            other = self._copies.read_sketch(candidate)
            if (
                other is not None
                and candidate != number
                and sketch.may_be_near(other)
                and self._are_near_duplicates(number, sketch, candidate, other)
            ):
                near.append((other.rank, candidate))
        return sorted(near)

    def _are_near_duplicates(self, number: int, sketch: Sketch, other_number: int, other: Sketch) -> bool:
        return are_near_duplicates(
            self._read_wording(number),
            self._read_wording(other_number),
            are_of_one_day=sketch.day == other.day != 0,
        )

    def _read_wording(self, number: int) -> Wording:
        """Read the wording of a document; that of a damaged one, which the doctor reports, is empty."""
        if number not in self._wordings:
            try:
                text = _join(self._documents.read_number(number).document)
            except DocumentDamagedError:
                text = ""
            self._wordings[number] = find_wording(text)
        return self._wordings[number]

    def count_damage(self) -> int:
        """Count the documents whose sketch or original does not match their text. It reads all of them."""
        wrong = self._copies.count_stray()
        uncompared = set(self._copies.list_uncompared())
        for number in self._documents.read_revisions():
            if number not in uncompared:
                self._wordings.clear()
                wrong += not self._is_whole(number)
        return wrong

    def _is_whole(self, number: int) -> bool:
        try:
            document = self._documents.read_number(number).document
        except DocumentDamagedError:
            return True  # the doctor reports it
        sketch, kept = build_sketch(_join(document), document.published), self._copies.read_sketch(number)
        if not sketch.is_comparable:
            return kept is None
        if sketch != kept:
            return False
        original = self._copies.read_original(number)
        if original is None:
            return self._copies.is_entered(number, sketch)
        other = self._copies.read_sketch(original)
        return other is not None and self._are_near_duplicates(number, sketch, original, other)


def fold_documents(connection: sqlite3.Connection) -> Iterator[Progress]:
    """Compare all documents that were never compared; after an interruption, the next call continues there."""
    documents, finder = Documents(connection), CopyFinder(connection)
    numbers = Copies(connection).list_uncompared()
    for start in range(0, len(numbers), _documents_per_step):
        yield Progress(start, len(numbers), "looking for copies")
        with begin(connection):
            for number in numbers[start : start + _documents_per_step]:
                try:
                    finder.add(number, documents.read_number(number).document)
                except DocumentDamagedError:
                    Copies(connection).write_original(number, None)  # the doctor reports it
    if numbers:
        yield Progress(len(numbers), len(numbers), "looking for copies")


def _join(document: Document) -> str:
    return "\n".join(paragraph.text for paragraph in document.paragraphs)
