"""Adjacent words, words near each other or in the title: where the index says that they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.fulltext.index_reader import IndexReader, RowSet
    from search.fulltext.segment import TermPositions


class Choosing(Protocol):
    """Chooses documents to be looked at; knows what that may cost."""

    def spend(self, steps: int) -> None:
        """Take so many steps. Raises BudgetSpentError."""

    def choose(self, rows: RowSet, steps: int) -> RowSet:
        """As many of these rows, of which each costs so many steps, as may be looked at; the same set if all may."""


_step = 2  # between the positions of neighbours; odd ones are the title's
_positions_to_a_step, _rows_to_a_step = 2, 4
_few = 8
"""Positions that are looked through as quickly as they are put into a set."""


def find_rows_of_phrase(
    reader: IndexReader,
    stems: Sequence[str],
    distance: int | None,
    within: RowSet | None,
    *,
    in_title: bool,
    choosing: Choosing,
) -> RowSet:
    """The documents that have these stems one after the other, or within `distance` words of each other.

    `choosing` chooses those of the documents with all of the stems that are looked at. Raises BudgetSpentError.
    """
    wanted = stems if distance is None else list(dict.fromkeys(stems))
    parts: list[tuple[int, Sequence[TermPositions], RowSet]] = []
    for index, segment in enumerate(reader.segments):
        read = reader.read_positions(index, wanted)
        if read is None:
            continue
        choosing.spend(len(read) * min(len(each.rows) for each in read) // _rows_to_a_step)
        if candidates := _find_candidates(read, within) - segment.deleted:
            parts.append((index, read, candidates))
    everything: RowSet = frozenset().union(*(candidates for _, _, candidates in parts))
    steps = max((sum(each.count_positions() for each in places) for _, places, _ in parts), default=0)
    chosen = choosing.choose(everything, 1 + steps // _positions_to_a_step)
    found: set[int] = set()
    for index, places, candidates in parts:
        rows = candidates if chosen is everything else candidates & chosen

        def find(rows: RowSet = rows, places: Sequence[TermPositions] = places) -> tuple[int, frozenset[int]]:
            kept = frozenset(_list_rows(rows, places, distance, in_title=in_title))
            return 2 * len(kept) + 1, kept

        if within is None and chosen is everything:
            found |= reader.remember(("phrase", str(index), *stems, str(distance), str(in_title)), find)
        else:
            found |= find()[1]
    return found


def _find_candidates(places: Sequence[TermPositions], within: RowSet | None) -> RowSet:
    """The documents that have all of them."""
    rarest = min(places, key=lambda each: len(each.rows))
    candidates: RowSet = set(rarest.rows) if within is None else within.intersection(rarest.rows)
    for each in places:
        if each is not rarest:
            candidates = each.intersect(candidates)
    return candidates


def _list_rows(rows: RowSet, places: Sequence[TermPositions], distance: int | None, *, in_title: bool) -> list[int]:
    numbers = list(rows)
    positions = zip(*(each.find(numbers) for each in places), strict=True)
    if distance is None:
        return [row for row, each in zip(numbers, positions, strict=True) if _is_in_row(each, in_title=in_title)]
    length = distance * _step
    return [row for row, each in zip(numbers, positions, strict=True) if _is_near(each, length, in_title=in_title)]


def _is_in_row(places: Sequence[Sequence[int]], *, in_title: bool) -> bool:
    """Does each stand right behind the one before it, somewhere?"""
    first, *rest = places
    known = [each if len(each) <= _few else set(each) for each in rest]
    for place in first:
        if in_title and not place & 1:
            continue
        for offset, others in enumerate(known, 1):
            if place + offset * _step not in others:
                break
        else:
            return True
    return False


def _is_near(places: Sequence[Sequence[int]], distance: int, *, in_title: bool) -> bool:
    """Is there a stretch of this length, in the title or in the text, that has a place of each?"""
    for parity in (1,) if in_title else (0, 1):
        events = sorted((place, index) for index, each in enumerate(places) for place in each if place & 1 == parity)
        last: dict[int, int] = {}  # the one that was seen longest ago comes first
        for place, index in events:
            last.pop(index, None)
            last[index] = place
            if len(last) == len(places) and place - next(iter(last.values())) <= distance:
                return True
    return False
