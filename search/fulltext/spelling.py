"""The edit distance between words."""

from __future__ import annotations


def is_near(word: str, other: str, distance: int) -> bool:
    """Are the words at most `distance` insertions, deletions and replacements of a letter apart (Levenshtein, 1966)?"""
    if abs(len(word) - len(other)) > distance:
        return False
    # An edit removes or adds at most one letter of the alphabet. This test decides most cases.
    if len(set(word).difference(other)) > distance or len(set(other).difference(word)) > distance:
        return False
    word, other = _strip_common(word, other)
    if max(len(word), len(other)) <= distance:
        return True
    # The first letters differ and so do the last letters, so one edit is not enough.
    return distance > 1 and _count_edits(word, other) <= distance


def _strip_common(word: str, other: str) -> tuple[str, str]:
    """Return both words without their common beginning and end."""
    start = 0
    for one, another in zip(word, other, strict=False):
        if one != another:
            break
        start += 1
    word, other = word[start:], other[start:]
    while word and other and word[-1] == other[-1]:
        word, other = word[:-1], other[:-1]
    return word, other


def _count_edits(word: str, other: str) -> int:
    """Count the edits by dynamic programming, one row at a time (Wagner and Fischer, 1974)."""
    costs = list(range(len(other) + 1))
    for length, letter in enumerate(word, 1):
        previous, costs[0] = costs[0], length
        for at, another in enumerate(other, 1):
            previous, costs[at] = costs[at], min(costs[at] + 1, costs[at - 1] + 1, previous + (letter != another))
    return costs[-1]
