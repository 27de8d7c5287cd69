"""The history of reading positions, like that of a browser."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search import Mention


@dataclass(frozen=True, slots=True)
class ReadingPosition:
    """Where a reader was: the document, the current paragraph, the line at the top, the selected actor, the mention."""

    document: str
    paragraph: int
    top: int
    selected: str | None
    mention: Mention | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The positions before and after the present one. It does not change: each step returns a new History."""

    behind: tuple[ReadingPosition, ...] = ()
    ahead: tuple[ReadingPosition, ...] = ()

    longest = 500

    def leave(self, position: ReadingPosition) -> History:
        """Leave a position by a jump: `back` returns to it, and positions ahead are dropped."""
        if self.behind and self.behind[-1] == position:
            return replace(self, ahead=())
        return History((*self.behind[-self.longest + 1 :], position), ())

    def back(self, here: ReadingPosition) -> tuple[History, ReadingPosition] | None:
        """One position back, `here` then being ahead; None at the beginning."""
        if not self.behind:
            return None
        return History(self.behind[:-1], (*self.ahead, here)), self.behind[-1]

    def forward(self, here: ReadingPosition) -> tuple[History, ReadingPosition] | None:
        """One position forward, `here` then being behind; None at the end."""
        if not self.ahead:
            return None
        return History((*self.behind, here), self.ahead[:-1]), self.ahead[-1]
