"""Refusals: what could not be added, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_most_kept = 10_000


class Refusals:
    """The files and addresses that were refused, each with the reason; at most 10,000 of them."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []
        self.count = 0

    def note(self, refusals: Sequence[tuple[str, str]]) -> None:
        """Add what a step of adding has refused."""
        self.count += len(refusals)
        self.kept += refusals[: _most_kept - len(self.kept)]
