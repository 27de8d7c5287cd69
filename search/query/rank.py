"""The rows that answer → their order: by the score of the words asked for, or by date.

Words are scored by BM25 (Robertson and Zaragoza, 2009), a word in the title as two in the text.
"""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING

from search.fulltext import build_plain, build_stem
from search.query.syntax import Fuzzy, Node, Prefix, Words, list_wanted

if TYPE_CHECKING:
    from array import array
    from collections.abc import Collection, Iterator

    from search.fulltext.index_reader import IndexReader, PostingList, RowSet

_most_scored = 1_000
"""Documents. If there are no more than this, scoring all is quicker than choosing candidates."""
_most_tried = 2_000
"""Documents of one word, the best first, among which those that answer are looked for."""
_most_stems = 64
"""Of the words of a query, so many count for the order: those of long phrases say little more."""
_most_fuzzy = 4
"""Of the words that a misspelt one may be, so many count for the order."""


def list_stems(node: Node | None, reader: IndexReader) -> list[str]:
    """The stems that count for the order; of a prefix, the word that it would be."""
    found: list[str] = []
    for leaf in list_wanted(node):
        match leaf:
            case Words():
                found += map(build_stem, leaf.words)
            case Prefix():
                found.append(build_stem(leaf.word))
            case Fuzzy():
                forms = reader.find_near(build_plain(leaf.word), leaf.distance)
                found += map(build_stem, heapq.nlargest(_most_fuzzy, forms, key=reader.count_form))
    return list(dict.fromkeys(found))[:_most_stems]


def rank_by_score(numbers: RowSet, stems: list[str], reader: IndexReader, limit: int) -> list[tuple[int, float]]:
    """The best rows with their scores; among equals, those added last."""
    if len(stems) == 1 and numbers is reader.read_rows(stems[0]):
        best = islice(_list_best(reader.read_posting_list(stems[0])), limit)
        return [(row, score) for score, row in best]
    candidates = _find_candidates(numbers, stems, reader, limit) if len(numbers) > max(limit, _most_scored) else numbers
    rows = list(candidates)
    scores = [0.0] * len(rows)
    for stem in stems:
        scores = list(map(float.__add__, scores, reader.score(stem, rows)))
    pairs = zip(scores, rows, strict=True)
    ranked = heapq.nlargest(limit, pairs) if limit < len(rows) else sorted(pairs, reverse=True)
    # Rows that are no candidates have no score; they fill the room that is left.
    others = heapq.nlargest(limit - len(ranked), numbers - candidates) if len(ranked) < min(limit, len(numbers)) else []
    return [(row, score) for score, row in ranked] + [(row, 0.0) for row in others]


def _find_candidates(numbers: RowSet, stems: list[str], reader: IndexReader, limit: int) -> RowSet:
    """The rows with a word whose score can bring them among the best (MaxScore: Turtle and Flood, 1995).

    A row with only the other words has a lower score than each of the best has by one word alone.
    """
    by_score = []
    for stem in stems:
        postings = reader.read_posting_list(stem)
        among = islice((score for score, row in islice(_list_best(postings), _most_tried) if row in numbers), limit)
        best = list(among)
        most = max(postings.weights, default=0) * postings.unit_score
        by_score.append((most, best[-1] if len(best) == limit else 0.0, stem))
    by_score.sort(reverse=True)
    bar = max((last for _, last, _ in by_score), default=0.0)
    kept = [stem for at, (_, _, stem) in enumerate(by_score) if sum(most for most, _, _ in by_score[at:]) >= bar]
    return frozenset().union(*map(reader.read_rows, kept)) & numbers


def _list_best(postings: PostingList) -> Iterator[tuple[float, int]]:
    """The scores of one word's documents, the best first: weights are bytes, so that looking for each is quick."""
    numbers, weights, score = postings
    for weight in range(255, 0, -1):
        at = weights.rfind(weight)
        while at >= 0:
            yield weight * score, numbers[at]
            at = weights.rfind(weight, 0, at)


def rank_by_date(
    numbers: Collection[int], days: array[int], limit: int, *, oldest_first: bool = False
) -> list[tuple[int, float]]:
    """The newest rows, or the oldest; the undated last, and among equals those added first."""
    known = len(days)  # what is gone from the store may still be in the index
    dated = ((days[number] if number < known else 0, number) for number in numbers)
    keys = (
        [(day or 1 << 30, number) for day, number in dated] if oldest_first else [(-day, each) for day, each in dated]
    )
    return [(number, 0.0) for _, number in (heapq.nsmallest(limit, keys) if limit < len(keys) else sorted(keys))]
