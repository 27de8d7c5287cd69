"""FacetList: lists the actors, sources and months of the results, to narrow the results by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.widgets.row_list import ListRow, RowList

if TYPE_CHECKING:
    from collections.abc import Sequence


class FacetList(RowList):
    """Rows for the terms of a query, under headings that narrow nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "show only results with the current one", id="narrow_to"),
        Binding("minus,x", "exclude", "show only results without it", id="exclude"),
        Binding("escape,q", "leave", "close the facets", id="close_facets"),
    ]

    @dataclass
    class Narrowed(Message):
        """The reader wants only results with this term, or only results without it."""

        term: str
        is_excluded: bool

    @dataclass
    class Left(Message):
        """The reader has closed the facets."""

    def show(self, rows: Sequence[ListRow]) -> None:
        """Show facets; the marker stays on its term, or near where that term was."""
        terms = [row.key for row in rows]
        current = self.current.key if self.current else ""
        near = [*range(self.index, len(terms)), *reversed(range(min(self.index, len(terms))))]
        nearest = next((index for index in near if terms[index]), 0)
        self.set_compact(is_compact=True)
        self.reset(len(rows), rows, index=terms.index(current) if current and current in terms else nearest)

    def action_choose(self) -> None:
        """Ask for only the results with the current term."""
        self._narrow(is_excluded=False)

    def action_exclude(self) -> None:
        """Ask for only the results without the current term."""
        self._narrow(is_excluded=True)

    def _narrow(self, *, is_excluded: bool) -> None:
        if self.current is not None and self.current.key:
            self.post_message(self.Narrowed(self.current.key, is_excluded))

    def action_leave(self) -> None:
        """Close the facets."""
        self.post_message(self.Left())
