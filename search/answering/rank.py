"""The rows that answer → their order: by what the words asked for are worth in them, or by date.

Words are weighed by BM25 (Robertson and Zaragoza, 2009), a word in the title as two in the text.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from search.fulltext import build_plain, build_stem
from search.language import Fuzzy, Node, Prefix, Words, list_wanted

if TYPE_CHECKING:
    from array import array
    from collections.abc import Collection

    from search.fulltext.view import View, Weighed

_most_fuzzy = 4
"""Of the words that a misspelt one may be, so many count for the order."""


def list_stems(node: Node | None, view: View) -> list[str]:
    """The stems that count for the order; of a prefix, the word that it would be."""
    found: list[str] = []
    for leaf in list_wanted(node):
        match leaf:
            case Words():
                found += map(build_stem, leaf.words)
            case Prefix():
                found.append(build_stem(leaf.word))
            case Fuzzy():
                forms = view.find_near(build_plain(leaf.word), leaf.distance)
                found += map(build_stem, heapq.nlargest(_most_fuzzy, forms, key=view.count_form))
    return list(dict.fromkeys(found))


def rank_by_worth(
    numbers: Collection[int], stems: list[str], view: View, limit: int, *, is_any: bool = False
) -> list[tuple[int, float]]:
    """The best rows with what they are worth; among equals, those added last.

    `is_any` says that the rows are all that have any of the stems: then not all need to be weighed.
    """
    if len(stems) == 1 and numbers is view.read_rows(stems[0]):
        return _rank_by_weight(view.read_weighed(stems[0]), limit)
    rows = list(_leave_out_hopeless(stems, view, limit) or numbers if is_any else numbers)
    worths = [0.0] * len(rows)
    for stem in stems:
        worths = list(map(float.__add__, worths, view.weigh(stem, rows)))
    best = heapq.nlargest(limit, zip(worths, rows, strict=True)) if limit < len(rows) else _sort(worths, rows)
    return [(row, worth) for worth, row in best]


def _leave_out_hopeless(stems: list[str], view: View, limit: int) -> frozenset[int]:
    """The rows that have a word worth enough for the best (MaxScore: Turtle and Flood, 1995).

    A row with only the others would be worth less than the last of the best by one word alone.
    """
    weighed = [view.read_weighed(stem) for stem in stems]
    by_worth = sorted(
        ((max(each.weights, default=0) * each.worth, _find_last_weight(each, limit) * each.worth, stem)
         for stem, each in zip(stems, weighed, strict=True)), reverse=True
    )  # fmt: skip
    bar = max(last for _, last, _ in by_worth)
    kept = [stem for at, (_, _, stem) in enumerate(by_worth) if sum(most for most, _, _ in by_worth[at:]) >= bar]
    return frozenset().union(*map(view.read_rows, kept))


def _find_last_weight(weighed: Weighed, limit: int) -> int:
    """The weight of the last of the best by this word alone; 0 if there are not so many."""
    count = 0
    for weight in range(255, 0, -1):
        count += weighed.weights.count(weight)
        if count >= limit:
            return weight
    return 0


def _sort(worths: list[float], rows: list[int]) -> list[tuple[float, int]]:
    return sorted(zip(worths, rows, strict=True), reverse=True)


def _rank_by_weight(weighed: Weighed, limit: int) -> list[tuple[int, float]]:
    """The best of one word's documents: weights are bytes, so that looking for each from the top is quick."""
    best: list[tuple[int, float]] = []
    numbers, weights, worth = weighed
    for weight in range(255, 0, -1):
        at = weights.rfind(weight)
        while at >= 0:
            best.append((numbers[at], weight * worth))
            if len(best) == limit:
                return best
            at = weights.rfind(weight, 0, at)
    return best


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
