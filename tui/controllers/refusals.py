"""Refusals: what could not be added, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_most_kept = 10_000


class Refusals:
    """The origins that were refused, each with the reason; of very many, the first."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []
        self.count = 0

    def note(self, refusals: Sequence[tuple[str, str]]) -> None:
        """Keep what a step of adding has refused."""
        self.count += len(refusals)
        self.kept += refusals[: _most_kept - len(self.kept)]
