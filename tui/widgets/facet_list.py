"""FacetList: who, where from and when in the results, to narrow them by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.widgets.row_list import ListRow, RowList

if TYPE_CHECKING:
    from collections.abc import Sequence


class FacetList(RowList):
    """Rows that stand for terms of a query, under headings that stand for nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "only results with it", id="narrow_to"),
        Binding("minus,x", "exclude", "only results without it", id="exclude"),
        Binding("escape,q", "leave", "close the facets", id="close_facets"),
    ]

    @dataclass
    class Narrowed(Message):
        """The results are to have this term, or not to have it."""

        term: str
        is_excluded: bool

    @dataclass
    class Left(Message):
        """The reader is done with facets."""

    def show(self, rows: Sequence[ListRow]) -> None:
        """Other facets: the marker stays on the same term, else near where that was."""
        terms = [row.key for row in rows]
        current = self.current.key if self.current else ""
        near = [*range(self.index, len(terms)), *reversed(range(min(self.index, len(terms))))]
        nearest = next((index for index in near if terms[index]), 0)
        self.set_compact(is_compact=True)
        self.reset(len(rows), rows, index=terms.index(current) if current and current in terms else nearest)

    def action_choose(self) -> None:
        """Narrow the results to the current term."""
        self._narrow(is_excluded=False)

    def action_exclude(self) -> None:
        """Leave out what has the current term."""
        self._narrow(is_excluded=True)

    def _narrow(self, *, is_excluded: bool) -> None:
        if self.current is not None and self.current.key:
            self.post_message(self.Narrowed(self.current.key, is_excluded))

    def action_leave(self) -> None:
        """Back to the results."""
        self.post_message(self.Left())
