"""Words in a row, near each other or in the title: where the index says that they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.fulltext.index_reader import IndexReader, RowSet

_step = 2  # between the positions of neighbours; odd ones are the title's


def find_rows_of_phrase(
    reader: IndexReader, stems: Sequence[str], distance: int | None, within: RowSet | None, *, in_title: bool
) -> RowSet:
    """The documents that have these stems in a row or, given a `distance`, within so many words of each other."""
    if within is None:

        def build() -> tuple[int, frozenset[int]]:
            found = frozenset(_find_rows(reader, stems, distance, None, in_title=in_title))
            return 2 * len(found) + 1, found

        return reader.remember(("phrase", *stems, str(distance), str(in_title)), build)
    return _find_rows(reader, stems, distance, within, in_title=in_title)


def _find_rows(
    reader: IndexReader, stems: Sequence[str], distance: int | None, within: RowSet | None, *, in_title: bool
) -> set[int]:
    found: set[int] = set()
    for index in range(len(reader.segments)):
        places = reader.read_positions(index, stems)
        if places is None:
            continue
        rarest = min(places, key=lambda each: len(each.rows))
        candidates = set(rarest.rows) if within is None else within.intersection(rarest.rows)
        for each in places:
            if each is not rarest:
                candidates = each.intersect(candidates)
        rows = list(candidates - reader.segments[index].deleted)
        found.update(
            number
            for number, *each in zip(rows, *(each.find(rows) for each in places), strict=True)
            if (
                _is_in_row(each, in_title=in_title)
                if distance is None
                else _is_near(each, distance * _step, in_title=in_title)
            )
        )
    return found


def _is_in_row(places: Sequence[Sequence[int]], *, in_title: bool) -> bool:
    """Does each stand right behind the one before it, somewhere?"""
    first, *rest = places
    for place in first:
        if in_title and not place & 1:
            continue
        for offset, others in enumerate(rest, 1):
            if place + offset * _step not in others:
                break
        else:
            return True
    return False


def _is_near(places: Sequence[Sequence[int]], distance: int, *, in_title: bool) -> bool:
    """Is there a stretch of this length, in the title or in the text, that has a place of each?"""
    for parity in (1,) if in_title else (0, 1):
        events = sorted((place, index) for index, each in enumerate(places) for place in each if place & 1 == parity)
        last: dict[int, int] = {}
        for place, index in events:
            last[index] = place
            if len(last) == len(places) and place - min(last.values()) <= distance:
                return True
    return False
