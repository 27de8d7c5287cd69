"""ResultsScreen: searching, the results, what narrows them, and from match to match through them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widgets import Input

from search import Query, narrow_query
from tui.screens.facets import build_facet_rows
from tui.screens.opening import OpeningPosition
from tui.screens.reading import ReadingScreen
from tui.screens.saved import SavedScreen
from tui.widgets import FacetList, MonthsLine, RowList, SearchBar, SearchNote

if TYPE_CHECKING:
    from search import Mark

_preview_delay = 0.12  # seconds; while a key is held down nothing is opened
no_articles = "no articles yet: newscast add PATH"
_few = 5  # hits; of fewer, the Library is asked what was perhaps meant
_facets_delay = 0.2  # seconds; while somebody types, no facets are counted


class ResultsScreen(ReadingScreen):
    """What can be done with a query and its answers; ReaderScreen lays them out."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority it acts before the next key is handed on: what is typed behind it belongs into the search bar.
        Binding("/", "search", "a new search, as you type", id="search", priority=True),
        Binding("n", "match(1)", "next match, on into the next article", id="next_match"),
        Binding("N", "match(-1)", "previous match", id="previous_match"),
        Binding("f", "toggle_facets", "who, where from and when: narrow the results", id="facets"),
        Binding("@", "saved", "saved searches; save this one", id="saved"),
        Binding("s", "star", "star or unstar", id="star"),
        Binding("u", "mark_unread", "mark unread or read", id="mark_unread"),
    ]
    _suggestion: str | None = None
    _asking = 0

    async def show_growth(self) -> None:
        """Show what others have added or removed, without moving whoever reads."""
        raise NotImplementedError

    def show_results(self) -> None:
        """Bring the results to the front and the keys to them."""
        raise NotImplementedError

    @property
    def takes_turns(self) -> bool:
        """Is either the list or the article on the screen, and not both?"""
        return self.has_class("turns")

    @property
    def is_article_hidden(self) -> bool:
        """Does the list lie over the article?"""
        return self.takes_turns and not self.has_class("reading")

    @property
    def results(self) -> RowList:
        """The list."""
        return self.query_one("#results", RowList)

    @property
    def facets(self) -> FacetList:
        """What narrows it."""
        return self.query_one(FacetList)

    @property
    def search_bar(self) -> SearchBar:
        """Where the query stands."""
        return self.query_one(SearchBar)

    # Searching

    def action_search(self) -> None:
        """Type a new query, or change the old one; in the search bar itself a "/" is a letter."""
        bar = self.search_bar
        if self.focused is bar:
            bar.replace("/", *sorted(bar.selection))
            return
        self.remove_class("reading")
        self.remove_class("faceted")
        bar.set_history(self.listing.list_history())
        self.set_focus(bar)
        bar.select_query()

    @on(Input.Changed, "#search")
    def _search_as_typed(self, message: Input.Changed) -> None:
        message.stop()
        self._start_search(message.value)

    @work(exclusive=True, group="search")
    async def _start_search(self, text: str) -> None:
        await self.search(text)

    async def search(self, text: str, *, is_again: bool = False) -> None:
        """Ask, and show the first results; without a panel of its own the article waits until it is opened.

        An answer that comes after a later question is dropped. If the question is asked again, the article stays.
        """
        self._asking += 1
        asking = self._asking
        page = await self.listing.search(Query(text, as_you_type=True), 2 * self.app.size.height)
        if asking != self._asking:
            return
        self.listing.take(page)
        self.results.empty = "nothing found" if text.strip() else no_articles
        self.results.reset(page.total, page.rows)
        self._suggestion = None
        self.query_one(SearchNote).say(page.note or "")
        self._count_facets(self.listing.query)
        is_shown = self.pane.document is not None and (self.takes_turns or (is_again and not self.is_preview))
        if page.rows and not is_shown:
            await self.open(page.rows[0].key, self._opening_position, preview=True)
        self.say("")
        if page.total < _few and page.asked.is_expanded:
            self._suggest(self.listing.query)

    @work(exclusive=True, group="suggest")
    async def _suggest(self, query: Query) -> None:
        found = await self.listing.suggest(query)
        if found is not None and query == self.listing.query:
            self._suggestion = found
            self.query_one(SearchNote).say(f"did you mean {found}? Tab")

    @on(SearchBar.SuggestionAccepted)
    def _accept_suggestion(self, message: SearchBar.SuggestionAccepted) -> None:
        message.stop()
        if self._suggestion is not None:
            self.search_bar.value = self._suggestion
            self.search_bar.action_end()

    @property
    def _opening_position(self) -> OpeningPosition:
        return OpeningPosition("best" if self.listing.query.text.strip() else "saved")

    @on(Input.Submitted, "#search")
    def _open_first_result(self, message: Input.Submitted) -> None:
        message.stop()
        self.set_focus(self.results)
        if message.value.strip():
            self._search_and_open(message.value)

    @work(exclusive=True, group="search")
    async def _search_and_open(self, text: str) -> None:
        """Enter may come before the answer to the last letter has."""
        if self.listing.typed != text:
            await self.search(text)
        if self.listing.typed == text:
            self.results.action_choose()

    @on(SearchBar.Left)
    def _leave_search(self, message: SearchBar.Left) -> None:
        message.stop()
        self.show_results()

    # The list

    @on(RowList.Wanted)
    def _fetch_wanted(self, message: RowList.Wanted) -> None:
        message.stop()
        if message.rows is self.results:
            self._fetch(message.first, message.count)

    @work(exclusive=True, group="fetch")
    async def _fetch(self, first: int, count: int) -> None:
        page = await self.listing.fetch(first, count)
        if page.total != self.results.count:
            await self.show_growth()
        elif self.listing.accept(page):
            self.results.fill(first, page.rows)

    @on(RowList.Pointed)
    def _follow_pointer(self, message: RowList.Pointed) -> None:
        message.stop()
        if message.rows is not self.results:
            return
        self.say("")
        if not self.takes_turns:
            self.preview()

    @work(exclusive=True, group="open")
    async def preview(self) -> None:
        """Show the current row's article, once the keys rest."""
        await asyncio.sleep(_preview_delay)
        row = self.results.current
        if row is not None:
            await self.open(row.key, self._opening_position, preview=True)

    @on(RowList.Chosen)
    def _open_chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        if message.rows is self.results:
            self._remember()
            self.jump(message.row.key, self._opening_position)

    async def point_at(self, document: str, position: int) -> None:
        """Make the row of a document current, which was at that position, and open nothing."""
        results = self.results
        page = await self.listing.fetch_around(document, position, results.rows_in_sight, 2 * results.rows_in_sight)
        if page.total and self.listing.accept(page):
            index = page.position if page.position is not None else min(position, page.total - 1)
            results.grow(page.total, page.first, page.rows, index)

    @work(group="remember")
    async def _remember(self) -> None:
        """Keep what was typed, to be found again."""
        await asyncio.to_thread(self.listing.searches.remember, self.listing.typed)

    def show_mark(self, document: str, mark: Mark) -> None:
        """Show in the list what was done with a document."""
        row = self.listing.build_row(document, mark)
        if row is not None:
            self.results.replace_row(row)

    # What narrows it

    @work(exclusive=True, group="facets")
    async def _count_facets(self, query: Query) -> None:
        """Who, where from and when, once nobody types."""
        is_asked = bool(query.text.strip())
        if not is_asked and not self.has_class("faceted"):
            self.remove_class("dated")
            return
        await asyncio.sleep(_facets_delay)
        facets = await self.listing.count_facets(query)
        if query is not self.listing.query:
            return
        self.set_class(is_asked and bool(facets.months), "dated")
        self.query_one(MonthsLine).show([(each.key, each.count) for each in facets.months])
        self.facets.show(build_facet_rows(facets))

    def action_toggle_facets(self) -> None:
        """The facets beside the results, or in a narrow terminal instead of them."""
        if self.has_class("faceted") and self.focused is self.facets:
            self.close_facets()
            return
        self.remove_class("reading")
        self.add_class("faceted")
        self.set_focus(self.facets)
        self._count_facets(self.listing.query)

    def close_facets(self) -> None:
        """Back to the results alone."""
        self.remove_class("faceted")
        self.show_results()

    @on(FacetList.Left)
    def _leave_facets(self, message: FacetList.Left) -> None:
        message.stop()
        self.close_facets()

    @on(FacetList.Narrowed)
    def _narrow(self, message: FacetList.Narrowed) -> None:
        message.stop()
        self._remember()
        typed = replace(self.listing.query, text=self.search_bar.value)
        narrowed = narrow_query(typed, message.term, is_excluded=message.is_excluded)
        # With a space behind it the last word is whole.
        self.search_bar.value = f"{narrowed} "
        self.search_bar.action_end()

    @work
    async def action_saved(self) -> None:
        """Choose a saved search, or save this one."""
        query = self.listing.query
        saved = SavedScreen(self.listing, narrow_query(query, "", is_excluded=False) if query.text.strip() else "")
        chosen = await self.app.push_screen_wait(saved)
        if chosen is not None:
            self.search_bar.value = f"{chosen} "
            self.show_results()
            self.say(f"searched {chosen}")

    # Matches and marks

    def action_match(self, direction: int) -> None:
        """From match to match, on into the next article of the results."""
        here = self.here()
        if not self.listing.query.text.strip():
            self.say("no search yet: press /")
        elif not self.is_preview and self.pane.step_match(direction):
            self.remember(here)
        else:
            self._match_on(0 if self.is_preview else direction)

    @work(exclusive=True, group="next_result")
    async def _match_on(self, direction: int) -> None:
        at = self.results.index + direction
        page = await self.listing.fetch(at, 1) if 0 <= at < self.results.count else None
        if page is not None and page.rows:
            if self.listing.accept(page):
                self.results.action_go(at)
                self.jump(page.rows[0].key, OpeningPosition("match", direction or 1))
        else:
            self.say("the last match of the last result" if direction > 0 else "the first match of the first result")

    def action_star(self) -> None:
        """Star the article, or take the star away."""
        self._change_mark("star")

    def action_mark_unread(self) -> None:
        """Mark the article unread, or read."""
        self._change_mark("unread")

    def find_meant(self) -> str | None:
        """The article that a key means: that of the current row, or the one that is read."""
        row, document = self.results.current, self.pane.document
        return row.key if self.focused is self.results and row else document.id if document else None

    @work(exclusive=True, group="mark")
    async def _change_mark(self, what: str) -> None:
        identifier = self.find_meant()
        if identifier is not None:
            mark, said = await asyncio.to_thread(self.listing.change_mark, identifier, what)
            self.show_mark(identifier, mark)
            self.say(said)
