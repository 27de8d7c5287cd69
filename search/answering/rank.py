"""The rows that answer → their order: by what the words asked for are worth in them, or by date.

Words are weighed by BM25 (Robertson and Zaragoza, 2009), a word in the title as two in the text.
"""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING

from search.fulltext import build_plain, build_stem
from search.language import Fuzzy, Node, Prefix, Words, list_wanted

if TYPE_CHECKING:
    from array import array
    from collections.abc import Collection, Iterator

    from search.fulltext.index_reader import IndexReader, PostingList, RowSet

_soon_weighed = 1_000
"""Documents; of so few, to leave some out takes longer than to weigh them all."""
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


def rank_by_worth(numbers: RowSet, stems: list[str], reader: IndexReader, limit: int) -> list[tuple[int, float]]:
    """The best rows with what they are worth; among equals, those added last."""
    if len(stems) == 1 and numbers is reader.read_rows(stems[0]):
        best = islice(_list_best(reader.read_posting_list(stems[0])), limit)
        return [(row, worth) for worth, row in best]
    hopeful = _find_hopeful(numbers, stems, reader, limit) if len(numbers) > max(limit, _soon_weighed) else numbers
    rows = list(hopeful)
    worths = [0.0] * len(rows)
    for stem in stems:
        worths = list(map(float.__add__, worths, reader.score(stem, rows)))
    pairs = zip(worths, rows, strict=True)
    ranked = heapq.nlargest(limit, pairs) if limit < len(rows) else sorted(pairs, reverse=True)
    # Who is not hopeful is worth nothing, if there is room for them.
    others = heapq.nlargest(limit - len(ranked), numbers - hopeful) if len(ranked) < min(limit, len(numbers)) else []
    return [(row, worth) for worth, row in ranked] + [(row, 0.0) for row in others]


def _find_hopeful(numbers: RowSet, stems: list[str], reader: IndexReader, limit: int) -> RowSet:
    """The rows that have a word worth enough to be among the best (MaxScore: Turtle and Flood, 1995).

    A row with only the others is worth less than each of the best by one word alone.
    """
    by_worth = []
    for stem in stems:
        weighed = reader.read_posting_list(stem)
        among = islice((worth for worth, row in islice(_list_best(weighed), _most_tried) if row in numbers), limit)
        best = list(among)
        most = max(weighed.weights, default=0) * weighed.unit_score
        by_worth.append((most, best[-1] if len(best) == limit else 0.0, stem))
    by_worth.sort(reverse=True)
    bar = max((last for _, last, _ in by_worth), default=0.0)
    kept = [stem for at, (_, _, stem) in enumerate(by_worth) if sum(most for most, _, _ in by_worth[at:]) >= bar]
    return frozenset().union(*map(reader.read_rows, kept)) & numbers


def _list_best(weighed: PostingList) -> Iterator[tuple[float, int]]:
    """What one word's documents are worth, the best first: weights are bytes, so that looking for each is quick."""
    numbers, weights, worth = weighed
    for weight in range(255, 0, -1):
        at = weights.rfind(weight)
        while at >= 0:
            yield weight * worth, numbers[at]
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
