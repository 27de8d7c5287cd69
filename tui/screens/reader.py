"""ReaderScreen: results, article and cast, side by side or by turns, as the terminal has room for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from search import NewscastError
from tui.panes import Panes, fit_panes
from tui.screens.dialogs import ActorsScreen, MentionsScreen
from tui.screens.help import HelpScreen
from tui.screens.listing import Listing
from tui.screens.live_updates import LiveUpdatesScreen
from tui.screens.opening import OpeningPosition
from tui.screens.reading import ReadingScreen
from tui.screens.refusals import RefusalsScreen
from tui.screens.results import ResultsScreen, no_articles
from tui.screens.saved import SavedScreen
from tui.screens.visits import build_visit, find_reading_position
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
    from collections.abc import Iterable, Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.timer import Timer

    from search import Library, Marks, Searches, Visit
    from tui.history import ReadingPosition
    from tui.panes import PaneName
    from tui.settings import Settings

_short = 16  # lines; under it there is no line of keys or months
_step = 4  # columns that a key widens a pane by
_pane_names: dict[PaneName, str] = {"results": "list", "text": "text", "cast": "cast"}
_of_the_article = frozenset(
    "select_number select_following select_at_cursor walk walk_on correct mentions toggle_names_only".split()
)
_keep_after = 1.0  # seconds after the first move, and not once for each

_key_line = (
    (("help",), "help"), (("leave",), "back, quit"), (("search",), "search"), (("open",), "open"),
    (("next", "previous"), "move"), (("select_1", "select_9"), "select"),
    (("next_mention", "previous_mention"), "walk"),
    (("next_anywhere", "previous_anywhere"), "other articles"), (("back",), "where you were"), (("facets",), "facets"),
    (("next_match", "previous_match"), "matches"), (("mentions",), "mentions"), (("actors",), "actors"),
    (("wider", "narrower"), "width"), (("saved",), "saved"), (("star",), "star"),
)  # fmt: skip
"""The bindings in the line at the bottom, by id, and what it says of them: those that matter most come first."""


class ReaderScreen(LiveUpdatesScreen):
    """Where news is searched, read and walked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "toggle_cast", "hide or show the cast", id="toggle_cast"),
        Binding("h,left", "focus_pane(-1)", "to the pane on the left", id="pane_left"),
        Binding("l,right", "focus_pane(1)", "to the pane on the right", id="pane_right"),
        Binding(">", "widen(1)", "make this pane wider", id="wider"),
        Binding("<", "widen(-1)", "make this pane narrower", id="narrower"),
        Binding("?", "help", "these keys", id="help"),
        Binding(":", "app.command_palette", "command palette", id="palette"),
        Binding("q", "leave", "back one level, at the root quit", id="leave"),
    ]

    def __init__(
        self, library: Library, marks: Marks, searches: Searches, settings: Settings, paths: Sequence[str]
    ) -> None:
        super().__init__(library, marks, Listing(library, marks, searches))
        self._settings, self._paths = settings, paths
        self._last: tuple[Visit, ReadingPosition] | None = None
        self._visit: Visit | None = None
        self._keeping: Timer | None = None
        self._widths: dict[str, int] = {}
        self._noted: str | None = None  # what was said of the marks

    def compose(self) -> ComposeResult:
        """The search bar above, three panes, the lines below."""
        with Horizontal(id="top"):
            yield SearchBar(id="search")
            yield SearchNote(id="note")
        with Horizontal(id="middle"):
            yield FacetList("nothing to narrow by", id="facets")
            yield RowList(no_articles, id="results")
            yield ReadingPane(self._settings.text_width, id="reading")
        yield MonthsLine(id="months")
        yield ProgressLine(id="progress")
        yield StatusLine(id="status")
        yield KeyLine(self._find_keys(), id="keys")

    def _find_keys(self) -> list[tuple[str, str]]:
        """The first key of each binding in the line at the bottom."""
        return [(("–" if what == "select" else " ").join(map(self.find_key, names)), what) for names, what in _key_line]

    def find_key(self, name: str) -> str:
        """The first key of a binding, as the settings have it and as a reader knows it."""
        key = next(each.key for _, part in self.list_bindings() for each in part if each.id == name)
        return self.app.get_key_display(Binding(self._settings.keys.get(name, key).split(",")[0], ""))

    @classmethod
    def list_bindings(cls) -> list[tuple[str, list[Binding]]]:
        """Every binding of the reader, by what it is for."""
        parts = (
            ("Search and results", ResultsScreen), ("What comes and goes", LiveUpdatesScreen), ("Panes", cls),
            ("Actors and places", ReadingScreen),
            ("In the article", Article), ("In the list", RowList), ("In the facets", FacetList),
            ("In the cast panel", CastPanel), ("In the search bar", SearchBar), ("In the list of actors", ActorsScreen),
            ("In the list of mentions", MentionsScreen), ("In the saved searches", SavedScreen),
            ("In the list of refusals", RefusalsScreen), ("Here", HelpScreen),
        )  # fmt: skip
        return [(name, [each for each in owner.BINDINGS if isinstance(each, Binding)]) for name, owner in parts]

    def list_commands(self) -> Iterable[SystemCommand]:
        """The screen's actions for the command palette."""
        for binding in (*ResultsScreen.BINDINGS, *LiveUpdatesScreen.BINDINGS, *self.BINDINGS, *ReadingScreen.BINDINGS):
            if isinstance(binding, Binding) and binding.id != "palette" and binding.show:
                action = binding.action
                yield SystemCommand(binding.description, f"key {binding.key}", lambda action=action: self._run(action))

    def _run(self, action: str) -> None:
        self.call_later(self.run_action, action)

    _panes: Panes

    # Start, size, adding

    async def on_mount(self) -> None:
        """The first page and the first article are there at the first paint."""
        self._widths = await asyncio.to_thread(self.marks.read_widths)
        self._adapt(self.app.size.width, self.app.size.height)
        self.set_focus(self.results)
        try:
            await self._begin()
        except NewscastError as error:
            self.meet(error)

    async def _begin(self) -> None:
        await self.search("")
        is_ready = self.library.read_only or (not self.library.is_behind() and self.library.is_annotated())
        if self._paths or not is_ready:
            self.add(self._paths)
        await self.watch_library()
        self._noted = self.marks.note
        notes = "; ".join(filter(None, (self.library.note, self.marks.note)))
        if notes:
            self.say(notes)
        else:
            await self._offer_return()

    async def on_unmount(self) -> None:
        """The last position is kept, too."""
        await self.keep_position()
        await self._keep_visit()

    # From one session to the next

    async def _offer_return(self) -> None:
        """Say where this person was last; the key that goes back goes there."""
        visit = await asyncio.to_thread(self.marks.read_visit)
        found = await asyncio.to_thread(find_reading_position, self.library, visit) if visit else None
        if visit and found:
            position, words = found
            self._last = visit, position
            self.say(f"{self.find_key('back')} back to {words}")

    def action_go_back(self) -> None:
        """To the position visited before, at first to that of the last session."""
        if self._last is not None and self.is_preview:
            (visit, position), self._last = self._last, None
            self._return(visit, position)
        else:
            super().action_go_back()

    @work(exclusive=True, group="return")
    async def _return(self, visit: Visit, position: ReadingPosition) -> None:
        if visit.query.strip():
            with self.prevent(Input.Changed):
                self.search_bar.value = visit.query
            await self.search(visit.query)
        await self.point_at(position.document, visit.position)
        self.jump(
            position.document,
            OpeningPosition("position", selected=position.selected, position=position),
            remember=False,
        )

    def _note_position(self) -> None:
        super()._note_position()
        here = self.here()
        if here is not None and not self.is_preview:
            self._visit = build_visit(self.listing.typed, here, self.results.index)
            if self._keeping is None:
                self._keeping = self.set_timer(_keep_after, self._start_keeping)

    @work(group="visit")
    async def _start_keeping(self) -> None:
        await self._keep_visit()
        if self.marks.note not in {None, self._noted}:
            self._noted = self.marks.note
            self.say(self.marks.note or "")

    async def _keep_visit(self) -> None:
        """However the session may end, the next one knows where this one was."""
        visit, self._visit, self._keeping = self._visit, None, None
        if visit is not None:
            await asyncio.to_thread(self.marks.write_visit, visit)

    def on_resize(self, event: events.Resize) -> None:
        """Panes by the terminal's size."""
        self._adapt(event.size.width, event.size.height)

    def _adapt(self, width: int, height: int) -> None:
        panes = self._panes = fit_panes(width, height, self._settings.text_width, self._widths)
        was_hidden = self.is_article_hidden
        is_narrow, takes_turns = panes.arrangement == "narrow", panes.arrangement != "wide"
        self.set_class(is_narrow, "narrow")
        self.set_class(takes_turns, "turns")
        self.set_class(height < _short, "short")
        if self.focused is not None:
            # What has the keys is what one sees when the panes begin to take turns.
            self.set_class(self.focused in {self.pane.article, self.pane.panel}, "reading")
        self.results.styles.width = "1fr" if takes_turns else panes.results
        self.results.set_compact(takes_turns)
        self.facets.styles.width = "1fr" if is_narrow else panes.facets
        self.pane.fit(panes.text, panes.cast, (1 if height < _short else panes.strip) if is_narrow else None)
        if was_hidden and not self.is_article_hidden and self.focused is self.results:
            self.preview()  # the article that comes into sight is the one of the current row

    @work(exclusive=True, group="widths")
    async def action_widen(self, direction: int) -> None:
        """Make the pane that has the keys wider (1) or narrower (-1), and keep that."""
        pane = self._find_pane_to_widen()
        if pane is None:
            self.say("this pane has the whole width: there is nothing to share")
            return
        before, size = self._panes.width_of(pane), self.app.size
        wished = fit_panes(
            size.width, size.height, self._settings.text_width, {**self._widths, pane: before + direction * _step}
        )
        columns = wished.width_of(pane)
        if columns == before:
            self.say(f"the {_pane_names[pane]} cannot be {'wider' if direction > 0 else 'narrower'} in this terminal")
            return
        self._widths[pane] = columns
        self._adapt(size.width, size.height)
        self.say(f"the {_pane_names[pane]} has {columns} columns")
        await asyncio.to_thread(self.marks.write_width, pane, columns)

    def _find_pane_to_widen(self) -> PaneName | None:
        """The pane that has the keys, if its width can be chosen."""
        if self.focused is self.pane.article:
            return "text"
        if self.focused is self.pane.panel:
            return "cast" if self._panes.arrangement != "narrow" else None
        return "results" if self._panes.arrangement == "wide" else None

    # Between the panes

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key for the article does nothing while the list hides the article."""
        if action in _of_the_article and self.is_article_hidden:
            return False
        return super().check_action(action, parameters)

    def action_leave(self) -> None:
        """Back one level: article, results of a search, all articles, out."""
        bar = self.search_bar
        if self.focused is not self.results:
            self.show_results()
        elif bar.value:
            bar.value = ""
        else:
            self.app.exit()

    def action_focus_pane(self, direction: int) -> None:
        """Left: results, article, cast: right."""
        facets = [self.facets] if self.has_class("faceted") else []
        cast = [] if self.has_class("castless") else [self.pane.panel]
        panes = [*facets, self.results, self.pane.article, *cast]
        at = panes.index(self.focused) if self.focused in panes else panes.index(self.results)
        target = panes[min(max(0, at + direction), len(panes) - 1)]
        if target is self.results:
            self.show_results()
        elif self.is_preview and self.pane.document is not None:
            self.jump(self.pane.document.id, OpeningPosition("stay"))
        else:
            self.set_focus(target)

    def show_article(self) -> None:
        """Bring the article to the front and the keys to it."""
        self.add_class("reading")
        self.remove_class("faceted")
        self.set_focus(self.pane.article)

    def show_results(self) -> None:
        """Bring the results to the front and the keys to them."""
        self.remove_class("reading")
        self.set_focus(self.results)
        self.say("")

    def action_toggle_cast(self) -> None:
        """Room for the text, or for the cast."""
        self.toggle_class("castless")
        if self.focused is self.pane.panel:
            self.set_focus(self.pane.article)

    def action_help(self) -> None:
        """All keys."""
        anywhere = [each for each in self.app.BINDINGS if isinstance(each, Binding)]
        self.app.push_screen(HelpScreen([*self.list_bindings(), ("Anywhere", anywhere)], self._settings.keys))

    def describe_position(self) -> str:
        """Where one is, in the article or in the list."""
        in_list = self.focused in {self.results, self.facets, self.search_bar}
        if self.pane.document is None or (in_list and (self.takes_turns or self.is_preview)):
            return self.listing.describe(self.results.index)
        return super().describe_position()
