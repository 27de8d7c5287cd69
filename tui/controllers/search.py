"""SearchController: searching, what narrows the results, previews, and from match to match through the results."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from search import Query, narrow_query
from tui.controllers.facets import build_facet_rows
from tui.controllers.opening import OpeningPosition

if TYPE_CHECKING:
    from tui.controllers.reading import ReadingController
    from tui.controllers.result_list import ResultList
    from tui.controllers.view import ReaderView
    from tui.widgets import FacetList, ListRow, MonthsLine, ReadingPane, SearchBar, SearchNote

no_articles = "no articles yet: newscast add PATH"
_preview_delay = 0.12  # seconds; while a key is held down nothing is opened
_few = 5  # hits; of fewer, the Library is asked what was perhaps meant
_facets_delay = 0.2  # seconds; while somebody types, no facets are counted


@dataclass(frozen=True, slots=True)
class SearchWidgets:
    """What shows a query and its answers, beside the list."""

    bar: SearchBar
    note: SearchNote
    facets: FacetList
    months: MonthsLine
    pane: ReadingPane


class SearchController:
    """The query in the search bar, and its results."""

    BINDINGS: ClassVar[list[Binding]] = [
        Binding("n", "match(1)", "next match, on into the next article", id="next_match"),
        Binding("N", "match(-1)", "previous match", id="previous_match"),
    ]

    def __init__(
        self, view: ReaderView, results: ResultList, reading: ReadingController, widgets: SearchWidgets
    ) -> None:
        self._view, self._results, self._reading, self._widgets = view, results, reading, widgets
        self.listing = results.listing
        self._suggestion: str | None = None
        self._asking = 0
        self._first_rows = 100

    # Searching

    def set_height(self, lines: int) -> None:
        """Read as many rows at first as two screens of so many lines may show."""
        self._first_rows = 2 * lines

    def begin_typing(self) -> None:
        """Offer what was asked before, and select the query: what is typed replaces it."""
        self._widgets.bar.set_history(self.listing.list_history())
        self._widgets.bar.select_query()

    def search_as_typed(self, text: str) -> None:
        """Search; a later letter cancels this search."""
        self._view.start("search", partial(self.search, text))

    async def search(self, text: str, *, is_again: bool = False) -> None:
        """Ask, and show the first results; without a panel of its own the article waits until it is opened.

        An answer that comes after a later question is dropped. If the question is asked again, the article stays.
        """
        self._asking += 1
        asking = self._asking
        page = await self.listing.search(Query(text, as_you_type=True), self._first_rows)
        if asking != self._asking:
            return
        self._results.show(page, "nothing found" if text.strip() else no_articles)
        self._suggestion = None
        self._widgets.note.say(page.note or "")
        self.count_facets()
        is_shown = self._widgets.pane.document is not None and (
            self._view.panes.takes_turns or (is_again and not self._reading.is_preview)
        )
        if page.rows and not is_shown:
            await self._reading.open(page.rows[0].key, self._opening_position, preview=True)
        self._view.status.say("")
        if page.total < _few and page.asked.is_expanded:
            self._view.start("suggest", partial(self._suggest, self.listing.query))

    async def _suggest(self, query: Query) -> None:
        found = await self.listing.suggest(query)
        if found is not None and query == self.listing.query:
            self._suggestion = found
            self._widgets.note.say(f"did you mean {found}? Tab")

    def accept_suggestion(self) -> None:
        """Search the suggested spelling."""
        if self._suggestion is not None:
            self._replace_query(self._suggestion)

    def clear(self) -> None:
        """Ask nothing: list all articles."""
        self._widgets.bar.value = ""

    async def repeat(self, text: str) -> None:
        """Search a query that was asked before, and show it in the search bar."""
        self._widgets.bar.show_query(text)
        await self.search(text)

    async def search_again(self) -> None:
        """Repeat the search, if anything is asked; the article that is read stays."""
        if self._widgets.bar.value.strip():
            await self.search(self._widgets.bar.value, is_again=True)

    def _replace_query(self, text: str) -> None:
        self._widgets.bar.value = text
        self._widgets.bar.action_end()

    @property
    def _opening_position(self) -> OpeningPosition:
        return OpeningPosition("best" if self.listing.query.text.strip() else "saved")

    def open_first_result(self, text: str) -> None:
        """Open the first result of what was typed; Enter may come before the answer to the last letter."""
        if text.strip():
            self._view.start("search", partial(self._search_and_open, text))

    async def _search_and_open(self, text: str) -> None:
        if self.listing.typed != text:
            await self.search(text)
        if self.listing.typed == text:
            self._results.rows.action_choose()

    def open_chosen(self, row: ListRow) -> None:
        """Open the article of a row."""
        self._remember()
        self._reading.jump(row.key, self._opening_position)

    def _remember(self) -> None:
        """Keep what was typed in the history of queries."""
        remember = partial(asyncio.to_thread, self.listing.searches.remember, self.listing.typed)
        self._view.start("remember", remember, is_exclusive=False)

    # Previews

    def preview(self) -> None:
        """Show the current row's article, once the keys rest."""
        self._view.start("open", self._preview)

    async def _preview(self) -> None:
        await asyncio.sleep(_preview_delay)
        row = self._results.current
        if row is not None:
            await self._reading.open(row.key, self._opening_position, preview=True)

    def follow_pointer(self) -> None:
        """Another row is current: show its article, where there is room for both."""
        self._view.status.say("")
        if not self._view.panes.takes_turns:
            self.preview()

    # What narrows the results

    def count_facets(self) -> None:
        """Count who, where from and when, once nobody types."""
        self._view.start("facets", partial(self._count_facets, self.listing.query))

    async def _count_facets(self, query: Query) -> None:
        is_asked = bool(query.text.strip())
        if not is_asked and not self._view.panes.has_facets:
            self._view.set_dated(False)
            return
        await asyncio.sleep(_facets_delay)
        facets = await self.listing.count_facets(query)
        if query is not self.listing.query:
            return
        self._view.set_dated(is_asked and bool(facets.months))
        self._widgets.months.show([(each.key, each.count) for each in facets.months])
        self._widgets.facets.show(build_facet_rows(facets))

    def narrow(self, term: str, *, is_excluded: bool) -> None:
        """Narrow the results to a term of the query language, or leave out what answers it."""
        self._remember()
        typed = replace(self.listing.query, text=self._widgets.bar.value)
        # A space after the query says that its last word is whole.
        self._replace_query(f"{narrow_query(typed, term, is_excluded=is_excluded)} ")

    @property
    def query_to_save(self) -> str:
        """The present query in whole words; "" where nothing is asked."""
        query = self.listing.query
        return narrow_query(query, "", is_excluded=False) if query.text.strip() else ""

    def search_saved(self, name: str) -> None:
        """Search a saved search, "@name"."""
        self._widgets.bar.value = f"{name} "
        self._view.panes.show_results()
        self._view.status.say(f"searched {name}")

    # Matches

    def action_match(self, direction: int) -> None:
        """Go to the next match (1) or the one before (-1), on into the next article of the results."""
        here = self._reading.find_position()
        if not self.listing.query.text.strip():
            self._view.status.say("no search yet: press /")
        elif not self._reading.is_preview and self._widgets.pane.step_match(direction):
            self._reading.remember(here)
        else:
            self._view.start("next_result", partial(self._match_on, 0 if self._reading.is_preview else direction))

    async def _match_on(self, direction: int) -> None:
        key = await self._results.read_key(self._results.rows.index + direction)
        if key is not None:
            self._reading.jump(key, OpeningPosition("match", direction or 1))
        else:
            self._view.status.say(
                "the last match of the last result" if direction > 0 else "the first match of the first result"
            )
