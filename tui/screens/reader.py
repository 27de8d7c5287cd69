"""ReaderScreen: results, article and cast. Under 100 columns the results and the article take turns."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from tui.screens.dialogs import ActorsScreen, MentionsScreen
from tui.screens.growing import GrowingScreen
from tui.screens.help import HelpScreen
from tui.screens.landing import Landing
from tui.screens.listing import Listing
from tui.screens.reading import ReadingScreen
from tui.screens.results import ResultsScreen, no_articles
from tui.screens.saved import SavedScreen
from tui.screens.visits import build_visit, find_place
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
    from tui.history import Place
    from tui.settings import Settings

_narrow, _roomy, _short = 100, 160, 16
_keep_after = 1.0  # seconds after the first move, and not once for each

_key_line = (
    (("search",), "search"), (("open",), "open"), (("next", "previous"), "move"), (("take_1", "take_9"), "take"),
    (("next_mention", "previous_mention"), "walk"), (("next_anywhere", "previous_anywhere"), "other articles"),
    (("facets",), "facets"), (("next_match", "previous_match"), "matches"), (("back",), "back"),
    (("actors",), "actors"), (("mentions",), "mentions"), (("help",), "help"), (("leave",), "quit"),
)  # fmt: skip
"""Which bindings the line at the bottom shows, by id, and what it says of them."""


class ReaderScreen(GrowingScreen):
    """Where news is searched, read and walked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "toggle_cast", "hide or show the cast", id="toggle_cast"),
        Binding("h,left", "focus_pane(-1)", "to the pane on the left", id="pane_left"),
        Binding("l,right", "focus_pane(1)", "to the pane on the right", id="pane_right"),
        Binding("?", "help", "these keys", id="help"),
        Binding(":", "app.command_palette", "command palette", id="palette"),
        Binding("q", "leave", "back one level, at the root quit", id="leave"),
    ]

    def __init__(
        self, library: Library, marks: Marks, searches: Searches, settings: Settings, paths: Sequence[str]
    ) -> None:
        super().__init__(library, marks, Listing(library, marks, searches))
        self._settings, self._paths = settings, paths
        self._last: tuple[str, Place] | None = None
        self._visit: Visit | None = None
        self._keeping: Timer | None = None
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
        return [(("–" if what == "take" else " ").join(map(self._find_key, names)), what) for names, what in _key_line]

    def _find_key(self, name: str) -> str:
        """The first key of a binding, as the settings have it and as a reader knows it."""
        key = next(each.key for _, part in self.list_bindings() for each in part if each.id == name)
        return self.app.get_key_display(Binding(self._settings.keys.get(name, key).split(",")[0], ""))

    @classmethod
    def list_bindings(cls) -> list[tuple[str, list[Binding]]]:
        """Every binding of the reader, by what it is for."""
        parts = (
            ("Search and results", ResultsScreen), ("What is new", GrowingScreen), ("Panes", cls),
            ("Actors and places", ReadingScreen),
            ("In the article", Article), ("In the list", RowList), ("In the facets", FacetList),
            ("In the cast panel", CastPanel), ("In the search bar", SearchBar), ("In the list of actors", ActorsScreen),
            ("In the list of mentions", MentionsScreen), ("In the saved searches", SavedScreen), ("Here", HelpScreen),
        )  # fmt: skip
        return [(name, [each for each in owner.BINDINGS if isinstance(each, Binding)]) for name, owner in parts]

    def list_commands(self) -> Iterable[SystemCommand]:
        """The screen's actions for the command palette."""
        for binding in (*ResultsScreen.BINDINGS, *GrowingScreen.BINDINGS, *self.BINDINGS, *ReadingScreen.BINDINGS):
            if isinstance(binding, Binding) and binding.id != "palette" and binding.show:
                action = binding.action
                yield SystemCommand(binding.description, f"key {binding.key}", lambda action=action: self._run(action))

    def _run(self, action: str) -> None:
        self.call_later(self.run_action, action)

    # Start, size, adding

    async def on_mount(self) -> None:
        """The first page and the first article are there at the first paint."""
        self.set_class(self.app.no_color, "plain")
        self._adapt(self.app.size.width, self.app.size.height)
        self.set_focus(self.results)
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
        """The last place is kept, too."""
        await self.keep_place()
        await self._keep_visit()

    # From one session to the next

    async def _offer_return(self) -> None:
        """Say where this person was last; the key that goes back goes there."""
        visit = await asyncio.to_thread(self.marks.read_visit)
        found = await asyncio.to_thread(find_place, self.library, visit) if visit else None
        if visit and found:
            place, words = found
            self._last = visit.query, place
            self.say(f"{self._find_key('back')} back to {words}")

    def action_go_back(self) -> None:
        """To the place visited before, at first to that of the last session."""
        if self._last is not None and self.is_preview:
            (query, place), self._last = self._last, None
            self._return(query, place)
        else:
            super().action_go_back()

    @work(exclusive=True, group="return")
    async def _return(self, query: str, place: Place) -> None:
        if query.strip():
            with self.prevent(Input.Changed):
                self.search_bar.value = query
            await self.search(query)
        self.jump(place.document, Landing("place", taken=place.taken, place=place), remember=False)

    def _note_place(self) -> None:
        super()._note_place()
        here = self.here()
        if here is not None and not self.is_preview:
            self._visit = build_visit(self.listing.typed, here)
            if self._keeping is None:
                self._keeping = self.set_timer(_keep_after, self._keep_visit_in_time)

    async def _keep_visit_in_time(self) -> None:
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
        self.set_class(width < _narrow, "narrow")
        self.set_class(width >= _roomy, "roomy")
        self.set_class(height < _short, "short")
        self.results.set_compact(width < _narrow)

    # Between the panes

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
            self.jump(self.pane.document.id, Landing("stay"))
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

    def describe_place(self) -> str:
        """Where one is, in the article or in the list."""
        in_list = self.focused in {self.results, self.facets, self.search_bar}
        if self.pane.document is None or (in_list and (self.is_narrow or self.is_preview)):
            return self.listing.describe(self.results.index)
        return super().describe_place()
