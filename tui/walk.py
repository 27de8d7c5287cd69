"""Pure functions that go from one mention or match to the next, and say so if there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from search import Match, Mention

if TYPE_CHECKING:
    from collections.abc import Sequence

Spot = TypeVar("Spot", Mention, Match)
"""Something that stands in a paragraph from `start` to `end`."""


def find_next(spots: Sequence[Spot], at: tuple[int, int], direction: int) -> Spot | None:
    """The nearest spot behind (`direction` 1) or before (-1) a position, given as (paragraph, character)."""
    ordered = spots if direction > 0 else tuple(reversed(spots))
    for spot in ordered:
        position = spot.paragraph, spot.start
        if (position > at) if direction > 0 else (position < at):
            return spot
    return None


def count_before(spots: Sequence[Spot], at: tuple[int, int]) -> int:
    """How many of the spots stand at or before a position."""
    return sum((spot.paragraph, spot.start) <= at for spot in spots)


def describe_end_here(name: str, direction: int, key: str) -> str:
    """Say that no mention follows in this article, and which key goes on."""
    return f"the {'last' if direction > 0 else 'first'} mention of {name} here; {key} goes on into other articles"


def describe_end(name: str, direction: int, articles: int, key: str) -> str:
    """Say that no article follows of all that an actor is in, and which key goes the other way."""
    if articles < 2:
        return f"{name} is in no other article"
    if direction > 0:
        return f"{name} is in no later article; {key} goes back to earlier ones"
    return f"{name} is in no earlier article; {key} goes on to later ones"
