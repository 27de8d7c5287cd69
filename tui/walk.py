"""Find the next mention or match in an article, and say what to do where there is none. Knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from search import Match, Mention

if TYPE_CHECKING:
    from collections.abc import Sequence

Spot = TypeVar("Spot", Mention, Match)
"""A mention or match: the characters `start` to `end` of a paragraph."""


def find_next(spots: Sequence[Spot], at: tuple[int, int], direction: int) -> Spot | None:
    """Return the nearest spot after (1) or before (-1) a position (paragraph, character); None if there is none."""
    ordered = spots if direction > 0 else tuple(reversed(spots))
    for spot in ordered:
        position = spot.paragraph, spot.start
        if (position > at) if direction > 0 else (position < at):
            return spot
    return None


def count_before(spots: Sequence[Spot], at: tuple[int, int]) -> int:
    """Return how many of the spots are at or before a position (paragraph, character)."""
    return sum((spot.paragraph, spot.start) <= at for spot in spots)


def describe_end_here(name: str, direction: int, key: str) -> str:
    """Say that this was the last mention in the article, and which key goes on to other articles."""
    return f"the {'last' if direction > 0 else 'first'} mention of {name} here; {key} goes on into other articles"


def describe_end(name: str, direction: int, articles: int, key: str) -> str:
    """Say that this was the last of an actor's articles, and which key goes the other way."""
    if articles < 2:
        return f"{name} is in no other article"
    if direction > 0:
        return f"{name} is in no later article; {key} goes back to earlier ones"
    return f"{name} is in no earlier article; {key} goes on to later ones"
