"""ReaderScreen: the list, the article and its cast; hands keys and messages to the controllers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Input

from search import NewscastError
from tui.controllers import (
    AddingController,
    ArticleController,
    LastVisitController,
    Listing,
    LiveUpdatesController,
    ReadingController,
    RemovingController,
    ResultList,
    SearchController,
    SearchWidgets,
    SelectionController,
    Status,
)
from tui.controllers.search import no_articles
from tui.screens.bindings import ReaderKeys, bind_controllers, list_bindings
from tui.screens.dialog_keys import DialogsController
from tui.screens.help import HelpScreen
from tui.screens.layout import PaneLayout, PaneWidgets
from tui.widgets import (
    Article,
    CastPanel,
    FacetList,
    KeyLine,
    MonthsLine,
    ProgressLine,
    ReadingPane,
    RowList,
    SearchBar,
    SearchNote,
    StatusLine,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

    from search import Library, Marks, Searches
    from tui.settings import Settings


_of_the_article = frozenset(
    "select_number select_following select_at_cursor walk walk_on correct toggle_names_only mentions".split()
)
"""The actions that do nothing while the list hides the article."""


class ReaderScreen(Screen[None]):
    """Where news is searched, read and walked: one screen, which is what its controllers know as ReaderView."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority it acts before the next key is handed on: what is typed after it goes to the search bar.
        Binding("/", "search", "a new search, as you type", id="search", priority=True),
        Binding("f", "toggle_facets", "who, where from and when: narrow the results", id="facets"),
        Binding("?", "help", "these keys", id="help"),
        Binding(":", "app.command_palette", "command palette", id="palette"),
        Binding("q", "leave", "back one level, at the root quit", id="leave"),
    ]
    key_groups = list_bindings(BINDINGS)
    """Every key of the reader, by what it is for."""
    BINDINGS += bind_controllers()

    def __init__(
        self, library: Library, marks: Marks, searches: Searches, settings: Settings, paths: Sequence[str]
    ) -> None:
        super().__init__()
        self._library, self._marks, self._settings, self._paths = library, marks, settings, paths
        self.keys = ReaderKeys(self.key_groups, settings.keys, self.app.get_key_display)
        self._build_widgets(settings.text_width)
        self._build_controllers(Listing(library, marks, searches))

    def _build_widgets(self, text_width: int) -> None:
        self.search_bar, self.search_note = SearchBar(id="search"), SearchNote(id="note")
        self.facets = FacetList("nothing to narrow by", id="facets")
        self.rows = RowList(no_articles, id="results")
        self.pane = ReadingPane(text_width, id="reading")
        self.months = MonthsLine(id="months")
        self.progress_line, self.status_line = ProgressLine(id="progress"), StatusLine(id="status")
        self.status = Status(self.status_line, self.progress_line, self.describe_position)

    def _build_controllers(self, listing: Listing) -> None:
        library, marks, pane = self._library, self._marks, self.pane
        self.results = ResultList(listing, self.rows)
        self.reading = ReadingController(self, library, marks, self.results, pane)
        self.selection = SelectionController(self, library, pane, self.reading)
        self.search = SearchController(
            self, self.results, self.reading,
            SearchWidgets(self.search_bar, self.search_note, self.facets, self.months, pane),
        )  # fmt: skip
        self.articles = ArticleController(self, library, self.results, pane)
        self.live_updates = LiveUpdatesController(self, library, self.results, self.reading, self.search)
        self.adding = AddingController(self, library, self.reading, self.search, self.live_updates)
        self.removing = RemovingController(self, library, self.articles, self.reading, self.live_updates)
        self.last_visit = LastVisitController(self, library, marks, self.results, self.reading, self.search)
        self.dialogs = DialogsController(self, self, library, self.search, self.selection, self.articles, self.adding)
        self.panes = PaneLayout(
            self, self, marks, self.reading, PaneWidgets(self.facets, self.rows, pane), self._settings.text_width
        )

    def compose(self) -> ComposeResult:
        """The search bar above, three panes, the lines below."""
        self.panes.set_classes()
        with Horizontal(id="top"):
            yield self.search_bar
            yield self.search_note
        with Horizontal(id="middle"):
            yield self.facets
            yield self.rows
            yield self.pane
        yield self.months
        yield self.progress_line
        yield self.status_line
        yield KeyLine(self.keys.list_in_line(), id="keys")

    # Keys

    def find_key(self, name: str) -> str:
        """The first key of a binding, as the settings have it and as a reader knows it."""
        return self.keys.find(name)

    def action_control(self, controller: str, action: str, *arguments: object) -> None:
        """Call the action of a controller that a key is bound to."""
        getattr(getattr(self, controller), f"action_{action}")(*arguments)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key for the article does nothing while the list hides the article."""
        name = parameters[1] if action == "control" else action
        if name in _of_the_article and self.panes.is_article_hidden:
            return False
        return super().check_action(action, parameters)

    # From start to end

    async def on_mount(self) -> None:
        """The first page and the first article are there at the first paint."""
        self.search.set_height(self.app.size.height)
        await self.panes.begin()
        self.set_focus(self.rows)
        try:
            await self._begin()
        except NewscastError as error:
            self.meet(error)

    async def _begin(self) -> None:
        await self.search.search("")
        library = self._library
        if self._paths or not (library.read_only or (not library.is_behind() and library.is_annotated())):
            self.adding.add(self._paths)
        await self.live_updates.begin()
        self.set_interval(self.live_updates.seconds_between_looks, self.live_updates.look)
        notes = "; ".join(filter(None, (library.note, self._marks.note)))
        if notes:
            self.status.say(notes)
        else:
            await self.last_visit.offer_return()

    async def on_unmount(self) -> None:
        """The last position is kept, too."""
        await self.reading.keep_position()
        await self.last_visit.keep()

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the panes; an article that comes into sight is the one of the current row."""
        self.search.set_height(event.size.height)
        was_hidden = self.panes.is_article_hidden
        self.panes.fit()
        if was_hidden and not self.panes.is_article_hidden and self.panes.is_list_focused:
            self.search.preview()

    # What the controllers ask: see ReaderView

    @property
    def is_adding(self) -> bool:
        """Is this reader adding articles?"""
        return self.has_class("adding")

    def start(self, group: str, work: Callable[[], Awaitable[object]], *, is_exclusive: bool = True) -> None:
        """Run work in the background; if it is exclusive, it cancels unfinished work of the same group."""
        self.run_worker(work, group=group, exclusive=is_exclusive)

    def call_later_by(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back once, after so many seconds."""
        self.set_timer(seconds, callback)

    def describe_position(self) -> str:
        """Where the reader is, in the article or in the list."""
        in_list = self.focused in {self.rows, self.facets, self.search_bar}
        if self.pane.document is None or (in_list and (self.panes.takes_turns or self.reading.is_preview)):
            return self.results.listing.describe(self.rows.index)
        return self.reading.walked.describe_position()

    def meet(self, error: NewscastError) -> None:
        """Tell the reader of an error that was to be expected."""
        self.adding.meet(error)

    def set_dated(self, is_dated: bool) -> None:  # noqa: FBT001 - a setter
        """Show or hide the line of months."""
        self.set_class(is_dated, "dated")

    def set_adding(self, is_adding: bool) -> None:  # noqa: FBT001 - a setter
        """Show or hide the line of progress."""
        self.set_class(is_adding, "adding")

    def note_position(self) -> None:
        """The position in the article has changed."""
        self.last_visit.note()

    def open_url(self, url: str) -> None:
        """Open an address in the desktop's browser."""
        self.app.open_url(url)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text by the terminal."""
        self.app.copy_to_clipboard(text)

    # The screen's own keys

    def action_search(self) -> None:
        """Type a new query, or change the old one; in the search bar itself a "/" is a letter."""
        bar = self.search_bar
        if self.focused is bar:
            bar.replace("/", *sorted(bar.selection))
            return
        self.panes.hide_panes_over_results()
        self.set_focus(bar)
        self.search.begin_typing()

    def action_toggle_facets(self) -> None:
        """Show the facets beside the results, or in a narrow terminal instead of them."""
        if self.panes.has_facets and self.focused is self.facets:
            self.panes.close_facets()
            return
        self.panes.show_facets()
        self.search.count_facets()

    def action_help(self) -> None:
        """Show all keys."""
        anywhere = [each for each in self.app.BINDINGS if isinstance(each, Binding)]
        self.app.push_screen(HelpScreen([*self.key_groups, ("Anywhere", anywhere)], self._settings.keys))

    def action_leave(self) -> None:
        """Go back one level: article, results of a search, all articles, out."""
        if not self.panes.is_list_focused:
            self.panes.show_results()
        elif self.search_bar.value:
            self.search.clear()
        else:
            self.app.exit()

    # What the widgets say

    @on(Input.Changed, "#search")
    def _search_as_typed(self, message: Input.Changed) -> None:
        message.stop()
        self.search.search_as_typed(message.value)

    @on(Input.Submitted, "#search")
    def _open_first_result(self, message: Input.Submitted) -> None:
        message.stop()
        self.set_focus(self.rows)
        self.search.open_first_result(message.value)

    @on(SearchBar.SuggestionAccepted)
    def _accept_suggestion(self, message: SearchBar.SuggestionAccepted) -> None:
        message.stop()
        self.search.accept_suggestion()

    @on(SearchBar.Left)
    def _leave_search(self, message: SearchBar.Left) -> None:
        message.stop()
        self.panes.show_results()

    @on(RowList.Wanted)
    def _fetch_wanted(self, message: RowList.Wanted) -> None:
        message.stop()
        if message.rows is self.rows:
            self.start("fetch", partial(self.live_updates.fetch, message.first, message.count))

    @on(RowList.Pointed)
    def _follow_pointer(self, message: RowList.Pointed) -> None:
        message.stop()
        if message.rows is self.rows:
            self.live_updates.note_pointed(message.index)
            self.search.follow_pointer()

    @on(RowList.Chosen)
    def _open_chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        if message.rows is self.rows:
            self.search.open_chosen(message.row)

    @on(FacetList.Left)
    def _leave_facets(self, message: FacetList.Left) -> None:
        message.stop()
        self.panes.close_facets()

    @on(FacetList.Narrowed)
    def _narrow(self, message: FacetList.Narrowed) -> None:
        message.stop()
        self.search.narrow(message.term, is_excluded=message.is_excluded)

    @on(Article.Clicked)
    def _select_clicked(self, message: Article.Clicked) -> None:
        message.stop()
        if message.mention.link:
            self.selection.select(message.mention.link.actor)

    @on(CastPanel.Chosen)
    def _select_chosen(self, message: CastPanel.Chosen) -> None:
        message.stop()
        self.selection.select(message.actor)

    @on(ReadingPane.Changed)
    def _follow_reading(self, message: ReadingPane.Changed) -> None:
        message.stop()
        self.reading.follow()
