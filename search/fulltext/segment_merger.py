"""Merges segments into one, stem by stem, without deleted documents."""

from __future__ import annotations

import heapq
from array import array
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from search.fulltext.segment_file import Postings, SegmentFileWriter, narrow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from search.fulltext.segment import Segment

_step = 5_000  # stems


def merge_segments(segments: Sequence[Segment], path: Path) -> Iterator[int]:
    """Write the documents of these segments, except deleted ones, into one segment file at `path`.

    Yields the number of stems that are done, about every 5,000 stems.
    """
    largest_row = max((segment.rows[-1] for segment in segments if segment.rows), default=0)
    largest_position = narrow if any(segment.position_code == "I" for segment in segments) else narrow - 1
    writer = SegmentFileWriter(path, largest_row=largest_row, largest_position=largest_position)
    try:
        streams = [_list_stems(index, segment) for index, segment in enumerate(segments)]
        done = 0
        for stem, group in groupby(heapq.merge(*streams), key=itemgetter(0)):
            found = [(segments[index], at) for _, index, at in group]
            if done // _step < (done := done + len(found)) // _step:
                yield done
            postings = _join([_drop_deleted(segment.read_postings(at), segment) for segment, at in found])
            if postings.rows:
                writer.write_stem(stem, postings, _join_forms(found).items())
        writer.finish(heapq.merge(*(segment.list_documents() for segment in segments), key=itemgetter(0)))
    finally:
        writer.close()


def _list_stems(index: int, segment: Segment) -> Iterator[tuple[bytes, int, int]]:
    return ((segment.stems[at], index, at) for at in range(len(segment.stems)))


def _join_forms(found: Sequence[tuple[Segment, int]]) -> dict[bytes, array[int]]:
    forms: dict[bytes, array[int]] = {}
    for segment, stem in found:
        for form in segment.list_forms(stem):
            rows = segment.read_rows_of_form(form)
            known = forms.setdefault(segment.forms[form], array("I"))
            known.extend(array("I", rows))
    return {form: rows if _is_ascending(rows) else array("I", sorted(rows)) for form, rows in forms.items() if rows}


def _drop_deleted(postings: Postings, segment: Segment) -> Postings:
    if not segment.deleted or segment.deleted.isdisjoint(postings.rows):
        return postings
    return _pick(postings, [i for i, row in enumerate(postings.rows) if row not in segment.deleted])


def _join(parts: Sequence[Postings]) -> Postings:
    """Join the postings of one stem, in ascending order of their rows."""
    if len(parts) == 1:
        return parts[0]
    joined = Postings(array("I"), bytearray(), array("I"), array("I"))
    for part in parts:
        joined.rows.extend(array("I", part.rows))
        joined.weights.extend(part.weights)
        before = len(joined.positions)
        joined.ends.extend(array("I", [before + end for end in part.ends]))
        joined.positions.extend(array("I", part.positions))
    if _is_ascending(joined.rows):
        return joined
    return _pick(joined, sorted(range(len(joined.rows)), key=joined.rows.__getitem__))


def _pick(postings: Postings, indices: Sequence[int]) -> Postings:
    ends, positions = array("I"), array("I")
    for index in indices:
        start = postings.ends[index - 1] if index else 0
        positions.extend(array("I", postings.positions[start : postings.ends[index]]))
        ends.append(len(positions))
    return Postings(
        array("I", [postings.rows[index] for index in indices]),
        bytearray(postings.weights[index] for index in indices),
        ends,
        positions,
    )


def _is_ascending(rows: array[int]) -> bool:
    return all(first < second for first, second in pairwise(rows))
