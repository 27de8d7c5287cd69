"""Finds adjacent words, words near each other, and words in the title, by their positions in the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.fulltext.index_reader import IndexReader, RowSet
    from search.fulltext.segment import TermPositions


class CandidateChooser(Protocol):
    """Chooses the documents whose positions are read, within the budget of the query."""

    def spend(self, steps: int) -> None:
        """Spend steps. Raises BudgetSpentError if fewer are left."""

    def choose(self, rows: RowSet, steps: int) -> RowSet:
        """Choose as many of these rows as there are steps for; each row costs `steps`. Return the same set for all."""


_step = 2  # between the positions of neighbours; odd ones are the title's
_positions_to_a_step, _rows_to_a_step = 2, 4
_few = 8
"""The number of positions in a list up to which a set would not be quicker."""


def find_rows_of_phrase(
    reader: IndexReader,
    stems: Sequence[str],
    distance: int | None,
    within: RowSet | None,
    *,
    in_title: bool,
    chooser: CandidateChooser,
) -> RowSet:
    """Find the rows of the documents that have these stems one after the other, or within `distance` words.

    With `within`, find only rows in it; with `in_title`, only words in the title. `chooser` chooses which of the
    documents with all of the stems are read. Raises BudgetSpentError.
    """
    wanted = stems if distance is None else list(dict.fromkeys(stems))
    parts: list[tuple[int, Sequence[TermPositions], RowSet]] = []
    for index, segment in enumerate(reader.segments):
        read = reader.read_positions(index, wanted)
        if read is None:
            continue
        chooser.spend(len(read) * min(len(each.rows) for each in read) // _rows_to_a_step)
        if candidates := _find_candidates(read, within) - segment.deleted:
            parts.append((index, read, candidates))
    everything: RowSet = frozenset().union(*(candidates for _, _, candidates in parts))
    steps = max((sum(each.count_positions() for each in positions) for _, positions, _ in parts), default=0)
    chosen = chooser.choose(everything, 1 + steps // _positions_to_a_step)
    found: set[int] = set()
    for index, positions, candidates in parts:
        rows = candidates if chosen is everything else candidates & chosen

        def find(rows: RowSet = rows, positions: Sequence[TermPositions] = positions) -> tuple[int, frozenset[int]]:
            kept = frozenset(_list_rows(rows, positions, distance, in_title=in_title))
            return 2 * len(kept) + 1, kept

        if within is None and chosen is everything:
            found |= reader.remember(("phrase", str(index), *stems, str(distance), str(in_title)), find)
        else:
            found |= find()[1]
    return found


def _find_candidates(positions: Sequence[TermPositions], within: RowSet | None) -> RowSet:
    """Find the rows of the documents that have all of the stems."""
    rarest = min(positions, key=lambda each: len(each.rows))
    candidates: RowSet = set(rarest.rows) if within is None else within.intersection(rarest.rows)
    for each in positions:
        if each is not rarest:
            candidates = each.intersect(candidates)
    return candidates


def _list_rows(rows: RowSet, stems: Sequence[TermPositions], distance: int | None, *, in_title: bool) -> list[int]:
    numbers = list(rows)
    positions = zip(*(each.find(numbers) for each in stems), strict=True)
    if distance is None:
        return [row for row, each in zip(numbers, positions, strict=True) if _is_adjacent(each, in_title=in_title)]
    length = distance * _step
    return [row for row, each in zip(numbers, positions, strict=True) if _is_near(each, length, in_title=in_title)]


def _is_adjacent(positions: Sequence[Sequence[int]], *, in_title: bool) -> bool:
    """Is there a position of the first stem that positions of the other stems follow, one after the other?"""
    first, *rest = positions
    known = [each if len(each) <= _few else set(each) for each in rest]
    for position in first:
        if in_title and not position & 1:
            continue
        for offset, others in enumerate(known, 1):
            if position + offset * _step not in others:
                break
        else:
            return True
    return False


def _is_near(positions: Sequence[Sequence[int]], distance: int, *, in_title: bool) -> bool:
    """Is there a range of positions of this length, in the title or in the text, with a position of each stem?"""
    for parity in (1,) if in_title else (0, 1):
        events = sorted(
            (position, index) for index, each in enumerate(positions) for position in each if position & 1 == parity
        )
        last: dict[int, int] = {}  # in the order in which they were last seen
        for position, index in events:
            last.pop(index, None)
            last[index] = position
            if len(last) == len(positions) and position - next(iter(last.values())) <= distance:
                return True
    return False
