"""How many letters two words are apart."""

from __future__ import annotations


def is_near(word: str, other: str, distance: int) -> bool:
    """Are they at most so many insertions, deletions and replacements of a letter apart (Levenshtein, 1966)?"""
    if abs(len(word) - len(other)) > distance:
        return False
    # An edit removes or adds at most one letter, which decides most cases at once.
    if len(set(word).difference(other)) > distance or len(set(other).difference(word)) > distance:
        return False
    word, other = _strip_common(word, other)
    if max(len(word), len(other)) <= distance:
        return True
    # Their first letters differ, and their last letters; one edit is not enough.
    return distance > 1 and _find_distance(word, other) <= distance


def _strip_common(word: str, other: str) -> tuple[str, str]:
    """Both without what both begin with and end with."""
    start = 0
    for one, another in zip(word, other, strict=False):
        if one != another:
            break
        start += 1
    word, other = word[start:], other[start:]
    while word and other and word[-1] == other[-1]:
        word, other = word[:-1], other[:-1]
    return word, other


def _find_distance(word: str, other: str) -> int:
    costs = list(range(len(other) + 1))
    for length, letter in enumerate(word, 1):
        previous, costs[0] = costs[0], length
        for at, another in enumerate(other, 1):
            previous, costs[at] = costs[at], min(costs[at] + 1, costs[at - 1] + 1, previous + (letter != another))
    return costs[-1]
