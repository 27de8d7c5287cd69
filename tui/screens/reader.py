"""ReaderScreen: results, article and cast. Under 100 columns the results and the article take turns."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from search import FullTextDamagedError, Library, Mark, Marks, Query
from tui.indexer import Step, add_in_background
from tui.render import describe_duration
from tui.screens.dialogs import ActorsScreen, MentionsScreen
from tui.screens.help import HelpScreen
from tui.screens.landing import Landing
from tui.screens.listing import Listing
from tui.screens.reading import ReadingScreen
from tui.widgets import Article, CastPanel, KeyLine, ProgressLine, ReadingPane, RowList, SearchBar, StatusLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events
    from textual.app import ComposeResult

    from tui.settings import Settings

_narrow, _roomy, _short = 100, 160, 16
_preview_delay = 0.12  # seconds; while a key is held down nothing is opened

_key_line = (
    (("search",), "search"), (("open",), "open"), (("next", "previous"), "move"), (("take_1", "take_9"), "take"),
    (("next_mention", "previous_mention"), "walk"), (("next_anywhere", "previous_anywhere"), "other articles"),
    (("next_match", "previous_match"), "matches"), (("back",), "back"), (("actors",), "actors"),
    (("mentions",), "mentions"), (("help",), "help"), (("leave",), "quit"),
)  # fmt: skip
"""Which bindings the line at the bottom shows, by id, and what it says of them."""


class ReaderScreen(ReadingScreen):
    """Where news is searched, read and walked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority it acts before the next key is handed on: what is typed behind it belongs into the search bar.
        Binding("/", "search", "search as you type", id="search", priority=True),
        Binding("n", "match(1)", "next match, on into the next article", id="next_match"),
        Binding("N", "match(-1)", "previous match", id="previous_match"),
        Binding("s", "star", "star or unstar", id="star"),
        Binding("u", "mark_unread", "mark unread or read", id="mark_unread"),
        Binding("c", "toggle_cast", "hide or show the cast", id="toggle_cast"),
        Binding("h,left", "focus_pane(-1)", "to the pane on the left", id="pane_left"),
        Binding("l,right", "focus_pane(1)", "to the pane on the right", id="pane_right"),
        Binding("?", "help", "these keys", id="help"),
        Binding(":", "app.command_palette", "command palette", id="palette"),
        Binding("q", "leave", "back one level, at the root quit", id="leave"),
    ]

    def __init__(self, library: Library, marks: Marks, settings: Settings, paths: Sequence[str]) -> None:
        super().__init__(library, marks, Listing(library, marks))
        self._settings, self._paths = settings, paths
        self._was_mended = False

    def compose(self) -> ComposeResult:
        """The search bar above, three panes, the lines below."""
        yield SearchBar(id="search")
        with Horizontal(id="middle"):
            yield RowList("no articles yet: newscast add PATH", id="results")
            yield ReadingPane(self._settings.text_width, id="reading")
        yield ProgressLine(id="progress")
        yield StatusLine(id="status")
        yield KeyLine(self._find_keys(), id="keys")

    def _find_keys(self) -> list[tuple[str, str]]:
        """The first key of each binding in the line at the bottom, as the settings have it."""
        bindings = [binding for _, part in self.list_bindings() for binding in part]
        keys = {each.id: self._settings.keys.get(each.id or "", each.key).split(",")[0] for each in bindings}
        shown = {name: self.app.get_key_display(Binding(key, "")) for name, key in keys.items()}
        return [
            (("–" if what == "take" else " ").join(map(shown.__getitem__, names)), what) for names, what in _key_line
        ]

    @property
    def results(self) -> RowList:
        """The list."""
        return self.query_one("#results", RowList)

    @property
    def is_narrow(self) -> bool:
        """Do the list and the article take turns?"""
        return self.has_class("narrow")

    @classmethod
    def list_bindings(cls) -> list[tuple[str, list[Binding]]]:
        """Every binding of the reader, by what it is for."""
        parts = (
            ("Search and results", cls), ("Actors and places", ReadingScreen), ("In the article", Article),
            ("In the list", RowList), ("In the cast panel", CastPanel), ("In the search bar", SearchBar),
            ("In the list of actors", ActorsScreen), ("In the list of mentions", MentionsScreen), ("Here", HelpScreen),
        )  # fmt: skip
        return [(name, [each for each in owner.BINDINGS if isinstance(each, Binding)]) for name, owner in parts]

    def list_commands(self) -> Iterable[SystemCommand]:
        """The screen's actions for the command palette."""
        for binding in (*self.BINDINGS, *ReadingScreen.BINDINGS):
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
        await self._search("")
        is_ready = self.library.read_only or (not self.library.is_behind() and self.library.is_annotated())
        if self._paths or not is_ready:
            self._add(self._paths)
        if self.library.note:
            self.say(self.library.note)

    async def on_unmount(self) -> None:
        """The last place is kept, too."""
        await self.keep_place()

    def on_resize(self, event: events.Resize) -> None:
        """Panes by the terminal's size."""
        self._adapt(event.size.width, event.size.height)

    def _adapt(self, width: int, height: int) -> None:
        self.set_class(width < _narrow, "narrow")
        self.set_class(width >= _roomy, "roomy")
        self.set_class(height < _short, "short")
        self.results.set_compact(width < _narrow)

    @work(exclusive=True, group="add")
    async def _add(self, paths: Sequence[str]) -> None:
        """Add paths, or without any mend the index; what is ready is shown and can be read meanwhile."""
        self.add_class("adding")
        bar, last, shown = self.query_one(ProgressLine), Step(0, 0, "", {}), 0
        async for step in add_in_background(self.library.folder, self._settings.recogniser, paths):
            last = step
            refused = step.counts.get("refused", 0)
            notes = [f"· {refused:,} refused"] if refused else []
            notes += [f"· {describe_duration(step.left)} left"] if step.left is not None and step.left > 1 else []
            bar.show(step.what, step.done, step.total, " ".join(notes))
            news = step.counts.get("added", 0) + step.counts.get("changed", 0)
            if news > shown:
                shown = news
                await self._show_growth()
            else:
                await self._show_new_cast()
        self.remove_class("adding")
        await self._show_growth()
        counts = ", ".join(f"{count:,} {outcome}" for outcome, count in last.counts.items())
        if not paths and self.listing.query.text.strip():
            await self._search(self.listing.query.text)
        self.say(last.error or (counts if paths else ""))

    async def _show_new_cast(self) -> None:
        """The article that is being read may have been annotated just now."""
        document = self.pane.document
        if document is None:
            return
        cast = await asyncio.to_thread(self.library.cast, document.id)
        if self.pane.document is document:
            self.pane.set_cast(cast)

    async def _show_growth(self) -> None:
        """More articles than before: the list grows around the row that one is at."""
        if self.listing.query.text.strip():
            return
        current, total = self.results.current, await self.listing.count()
        index = await self.listing.find_position(current.key) if current else 0
        first = max(0, self.results.first_in_sight + index - self.results.index)
        rows = await self.listing.fetch(first, 2 * self.results.rows_in_sight)
        self.results.grow(total, first, rows, index)
        if self.pane.document is None and rows:
            await self.open(rows[0].key, Landing("saved"), preview=True)
        self.show_status()

    # Search and results

    @on(Input.Changed, "#search")
    def _search_as_typed(self, message: Input.Changed) -> None:
        message.stop()
        self._start_search(message.value)

    @work(exclusive=True, group="search")
    async def _start_search(self, text: str) -> None:
        await self._search(text)

    async def _search(self, text: str) -> None:
        """Ask, and show the first results; without a panel of its own the article waits until it is opened."""
        query = Query(text, as_you_type=True)
        try:
            total, rows, note = await self.listing.search(query, 2 * self.app.size.height)
        except FullTextDamagedError as error:
            self.listing.query = query
            if self._was_mended or self.library.read_only or self.has_class("adding"):
                self.say(f"{error}; newscast doctor --repair mends it")
            else:
                self._was_mended = True
                self.say("the full-text index is damaged and is being built anew")
                self._add(())
            return
        self.results.reset(total, rows)
        if rows and (not self.is_narrow or self.pane.document is None):
            await self.open(rows[0].key, self._landing, preview=True)
        self.say(f"{self.listing.describe(0)} · {note}" if note else "")

    @property
    def _landing(self) -> Landing:
        return Landing("match" if self.listing.query.text.strip() else "saved")

    @on(Input.Submitted, "#search")
    def _open_first_result(self, message: Input.Submitted) -> None:
        message.stop()
        self.set_focus(self.results)
        if message.value.strip():
            self._search_and_open(message.value)

    @work(exclusive=True, group="search")
    async def _search_and_open(self, text: str) -> None:
        """Enter may come before the answer to the last letter has."""
        if self.listing.query.text != text:
            await self._search(text)
        self.results.action_choose()

    @on(SearchBar.Left)
    def _leave_search(self, message: SearchBar.Left) -> None:
        message.stop()
        self.show_results()

    @on(RowList.Wanted)
    def _fetch_wanted(self, message: RowList.Wanted) -> None:
        message.stop()
        self._fetch(message.first, message.count)

    @work(exclusive=True, group="fetch")
    async def _fetch(self, first: int, count: int) -> None:
        try:
            self.results.fill(first, await self.listing.fetch(first, count))
        except FullTextDamagedError as error:
            self.say(str(error))

    @on(RowList.Pointed)
    def _follow_pointer(self, message: RowList.Pointed) -> None:
        message.stop()
        self.say("")
        if not self.is_narrow:
            self._preview()

    @work(exclusive=True, group="open")
    async def _preview(self) -> None:
        await asyncio.sleep(_preview_delay)
        row = self.results.current
        if row is not None:
            await self.open(row.key, self._landing, preview=True)

    @on(RowList.Chosen)
    def _open_chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        self.jump(message.row.key, self._landing)

    # Between the panes

    def action_search(self) -> None:
        """Type a query; in the search bar itself a "/" is a letter."""
        bar = self.query_one(SearchBar)
        if self.focused is bar:
            bar.insert_text_at_cursor("/")
            return
        self.remove_class("reading")
        self.set_focus(bar)
        bar.action_end()

    def action_leave(self) -> None:
        """Back one level: article, results of a search, all articles, out."""
        bar = self.query_one(SearchBar)
        if self.focused is not self.results:
            self.show_results()
        elif bar.value:
            bar.value = ""
        else:
            self.app.exit()

    def action_focus_pane(self, direction: int) -> None:
        """Left: results, article, cast: right."""
        panes = [self.results, self.pane.article, *([] if self.has_class("castless") else [self.pane.panel])]
        at = next((index for index, pane in enumerate(panes) if pane is self.focused), 0)
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
        self.set_focus(self.pane.article)

    def show_results(self) -> None:
        """Bring the results to the front and the keys to them."""
        self.remove_class("reading")
        self.set_focus(self.results)
        self.say("")

    def show_mark(self, document: str, mark: Mark) -> None:
        """Show in the list what was done with a document."""
        row = self.listing.build_row(document, mark)
        if row is not None:
            self.results.replace_row(row)

    def action_toggle_cast(self) -> None:
        """Room for the text, or for the cast."""
        self.toggle_class("castless")
        if self.focused is self.pane.panel:
            self.set_focus(self.pane.article)

    def action_help(self) -> None:
        """All keys."""
        self.app.push_screen(HelpScreen(self.list_bindings(), self._settings.keys))

    def describe_place(self) -> str:
        """Where one is, in the article or in the list."""
        in_list = self.focused in {self.results, self.query_one(SearchBar)}
        if self.pane.document is None or (in_list and (self.is_narrow or self.is_preview)):
            return self.listing.describe(self.results.index)
        return super().describe_place()

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
        try:
            rows = await self.listing.fetch(at, 1) if 0 <= at < self.results.count else []
        except FullTextDamagedError as error:
            self.say(str(error))
            return
        if rows:
            self.results.action_go(at)
            self.jump(rows[0].key, Landing("match", direction or 1))
        else:
            self.say("the last match of the last result" if direction > 0 else "the first match of the first result")

    def action_star(self) -> None:
        """Star the article, or take the star away."""
        self._change_mark("star")

    def action_mark_unread(self) -> None:
        """Mark the article unread, or read."""
        self._change_mark("unread")

    @work(exclusive=True, group="mark")
    async def _change_mark(self, what: str) -> None:
        row, document = self.results.current, self.pane.document
        identifier = row.key if self.focused is self.results and row else document.id if document else None
        if identifier is not None:
            mark, said = await asyncio.to_thread(self.listing.change_mark, identifier, what)
            self.show_mark(identifier, mark)
            self.say(said)
