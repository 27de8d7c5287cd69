"""PaneLayout: which panes the screen shows, how wide they are, and which of them has the keys."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from tui.controllers.opening import OpeningPosition
from tui.panes import fit_panes

if TYPE_CHECKING:
    from textual.screen import Screen

    from search import Marks
    from tui.controllers import ReaderView, ReadingController
    from tui.panes import PaneName
    from tui.widgets import FacetList, ReadingPane, RowList

_short = 16  # lines; under it there is no line of keys or months
_step = 4  # columns that a key widens a pane by
_pane_names: dict[PaneName, str] = {"results": "list", "text": "text", "cast": "cast"}


@dataclass(frozen=True, slots=True)
class PaneWidgets:
    """The panes, from left to right; the reading pane holds the article and its cast."""

    facets: FacetList
    results: RowList
    reading: ReadingPane


class PaneLayout:
    """Arranges the panes by the terminal's size. What is shown is said to the style sheet by classes of the screen."""

    BINDINGS: ClassVar[list[Binding]] = [
        Binding("c", "toggle_cast", "hide or show the cast", id="toggle_cast"),
        Binding("h,left", "focus_pane(-1)", "to the pane on the left", id="pane_left"),
        Binding("l,right", "focus_pane(1)", "to the pane on the right", id="pane_right"),
        Binding(">", "widen(1)", "make this pane wider", id="wider"),
        Binding("<", "widen(-1)", "make this pane narrower", id="narrower"),
    ]

    def __init__(
        self, screen: Screen[None], view: ReaderView, marks: Marks, reading: ReadingController, widgets: PaneWidgets,
        text_width: int,
    ) -> None:  # fmt: skip
        """`screen` and `view` are the same object: the one as Textual knows it, the other as controllers do."""
        self._screen, self._view, self._marks, self._reading = screen, view, marks, reading
        self._widgets, self._text_width = widgets, text_width
        self._widths: dict[str, int] = {}
        self.panes = fit_panes(80, 24, text_width, {})

    async def begin(self) -> None:
        """Read the widths that the reader has set, and arrange the panes."""
        self._widths = await asyncio.to_thread(self._marks.read_widths)
        self.fit()

    # What is shown

    @property
    def takes_turns(self) -> bool:
        """Is either the list or the article on the screen, and not both?"""
        return self.panes.arrangement != "wide"

    @property
    def is_article_hidden(self) -> bool:
        """Does the list lie over the article?"""
        return self.takes_turns and not self._screen.has_class("reading")

    @property
    def has_facets(self) -> bool:
        """Are the facets on the screen?"""
        return self._screen.has_class("faceted")

    @property
    def is_list_focused(self) -> bool:
        """Do keys go to the list?"""
        return self._screen.focused is self._widgets.results

    def fit(self) -> None:
        """Arrange the panes by the size of the terminal."""
        width, height = self._screen.app.size
        panes = self.panes = fit_panes(width, height, self._text_width, self._widths)
        is_narrow, takes_turns = panes.arrangement == "narrow", self.takes_turns
        self._screen.set_class(is_narrow, "narrow")
        self._screen.set_class(takes_turns, "turns")
        self._screen.set_class(height < _short, "short")
        reading, results, facets = self._widgets.reading, self._widgets.results, self._widgets.facets
        if self._screen.focused is not None:
            # What has the keys is what one sees when the panes begin to take turns.
            self._screen.set_class(self._screen.focused in {reading.article, reading.panel}, "reading")
        results.styles.width = "1fr" if takes_turns else panes.results
        results.set_compact(takes_turns)
        facets.styles.width = "1fr" if is_narrow else panes.facets
        reading.fit(panes.text, panes.cast, (1 if height < _short else panes.strip) if is_narrow else None)

    # Bringing a pane to the front

    def show_article(self) -> None:
        """Bring the article to the front, and the keys to it."""
        self._screen.add_class("reading")
        self._screen.remove_class("faceted")
        self._screen.set_focus(self._widgets.reading.article)

    def show_results(self) -> None:
        """Bring the results to the front, and the keys to them."""
        self._screen.remove_class("reading")
        self._screen.set_focus(self._widgets.results)
        self._view.status.say("")

    def hide_panes_over_results(self) -> None:
        """Take away what lies over the results."""
        self._screen.remove_class("reading")
        self._screen.remove_class("faceted")

    def show_facets(self) -> None:
        """Bring the facets to the side of the results, or in a narrow terminal over them, and the keys to them."""
        self._screen.remove_class("reading")
        self._screen.add_class("faceted")
        self._screen.set_focus(self._widgets.facets)

    def close_facets(self) -> None:
        """Take the facets away, and give the keys to the results."""
        self._screen.remove_class("faceted")
        self.show_results()

    def action_toggle_cast(self) -> None:
        """Hide the cast, or show it."""
        self._screen.toggle_class("castless")
        if self._screen.focused is self._widgets.reading.panel:
            self._screen.set_focus(self._widgets.reading.article)

    def action_focus_pane(self, direction: int) -> None:
        """Give the keys to the pane on the right (1) or on the left (-1)."""
        reading, results = self._widgets.reading, self._widgets.results
        facets = [self._widgets.facets] if self.has_facets else []
        cast = [] if self._screen.has_class("castless") else [reading.panel]
        panes = [*facets, results, reading.article, *cast]
        focused = self._screen.focused
        at = panes.index(focused) if focused in panes else panes.index(results)
        target = panes[min(max(0, at + direction), len(panes) - 1)]
        if target is results:
            self.show_results()
        elif self._reading.is_preview and reading.document is not None:
            self._reading.jump(reading.document.id, OpeningPosition("stay"))
        else:
            self._screen.set_focus(target)

    # Widths

    def action_widen(self, direction: int) -> None:
        """Make the pane that has the keys wider (1) or narrower (-1), and keep that for the next session."""
        pane = self._find_pane_to_widen()
        if pane is None:
            self._view.status.say("this pane has the whole width: there is nothing to share")
            return
        before, size = self.panes.width_of(pane), self._screen.app.size
        wishes = {**self._widths, pane: before + direction * _step}
        columns = fit_panes(size.width, size.height, self._text_width, wishes).width_of(pane)
        if columns == before:
            change = "wider" if direction > 0 else "narrower"
            self._view.status.say(f"the {_pane_names[pane]} cannot be {change} in this terminal")
            return
        self._widths[pane] = columns
        self.fit()
        self._view.status.say(f"the {_pane_names[pane]} has {columns} columns")
        self._view.start("widths", partial(asyncio.to_thread, self._marks.write_width, pane, columns))

    def _find_pane_to_widen(self) -> PaneName | None:
        """The pane that has the keys, if its width can be chosen."""
        focused = self._screen.focused
        if focused is self._widgets.reading.article:
            return "text"
        if focused is self._widgets.reading.panel:
            return "cast" if self.panes.arrangement != "narrow" else None
        return "results" if self.panes.arrangement == "wide" else None
