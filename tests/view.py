"""All controllers of the reader without a screen: a view and widgets that only remember what they were told."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING

from search import Cast, Library, Marks, NewscastError, Searches
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
from tui.walk import find_next

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from search import Document
    from tui.widgets import ListRow


class Line:
    """A status line."""

    def __init__(self) -> None:
        self.said = self.noted = ""

    def say(self, text: str) -> None:
        self.said = text

    def note(self, text: str) -> None:
        self.noted = text


class Rows:
    """A list of rows without a screen."""

    def __init__(self) -> None:
        self.known: dict[int, ListRow] = {}
        self.count = self.index = self.first_in_sight = 0
        self.rows_in_sight, self.empty = 20, ""

    @property
    def current(self):
        return self.known.get(self.index)

    def reset(self, count, rows, *, index=0):
        self.count, self.known, self.index = count, dict(enumerate(rows)), index

    def grow(self, count, first, rows, index):
        self.count, self.known, self.index = count, dict(enumerate(rows, first)), index

    def fill(self, first, rows):
        self.known.update(enumerate(rows, first))

    def replace_row(self, row):
        self.known = {at: row if known.key == row.key else known for at, known in self.known.items()}

    def action_go(self, index):
        self.index = index


class Pane:
    """A reading pane without a screen: where its reader is, and who is selected."""

    def __init__(self) -> None:
        self.document: Document | None = None
        self.cast = Cast((), {})
        self.selected: str | None = None
        self.article = SimpleNamespace(
            paragraph=0, top=0, cursor=None, set_title_matches=lambda spans: None, go_to=self._go_to
        )

    def _go_to(self, paragraph, start=0):
        self.article.paragraph = paragraph

    @property
    def selected_name(self):
        return self.cast.actors[self.selected].name if self.selected in self.cast.actors else self.selected or ""

    @property
    def mentions(self):
        return self.cast.of_actor(self.selected) if self.selected else ()

    def show(self, document, cast, matches, selected):
        self.document, self.cast, self.selected = document, cast, selected
        self.article.paragraph, self.article.cursor = 0, None

    def set_cast(self, cast):
        self.cast = cast

    def select(self, actor):
        self.selected, self.article.cursor = actor, None

    def walk(self, direction):
        cursor = self.article.cursor
        found = find_next(self.mentions, cursor.position if cursor else (self.article.paragraph, -1), direction)
        if found is not None:
            self.article.paragraph, self.article.cursor = found.paragraph, found
        return found is not None

    def walk_from_end(self, direction):
        self.article.cursor = self.mentions[0 if direction > 0 else -1]

    def go_to_match(self, match):
        self.article.paragraph = match.paragraph

    def return_to(self, paragraph, top, mention):
        self.article.paragraph, self.article.top, self.article.cursor = paragraph, top, mention

    def describe_position(self, article, articles):
        return f"¶ {self.article.paragraph + 1}, {article} of {articles}"


class View:
    """A ReaderView: its work is awaited by `finish`."""

    def __init__(self) -> None:
        self.line, self.bar = Line(), SimpleNamespace(value="", show_query=self._show_query)
        self.status = Status(self.line, SimpleNamespace(show=lambda *step: None), lambda: "here")  # type: ignore[arg-type]
        self.panes = SimpleNamespace(
            takes_turns=False, has_facets=False, is_list_focused=True, show_article=self._show_article,
            show_results=self._show_results,
        )  # fmt: skip
        self.is_adding = False
        self.met: list[NewscastError] = []
        self._work: dict[str, list[asyncio.Task[object]]] = {}

    def _show_query(self, text):
        self.bar.value = text

    def _show_article(self):
        self.panes.is_list_focused = False

    def _show_results(self):
        self.panes.is_list_focused = True

    def start(self, group: str, work: Callable[[], Awaitable[object]], *, is_exclusive: bool = True) -> None:
        tasks = self._work.setdefault(group, [])
        if is_exclusive:
            for task in tasks:
                task.cancel()
        tasks.append(asyncio.ensure_future(work()))

    async def finish(self) -> None:
        """Until all work is done."""
        while tasks := [task for group in self._work.values() for task in group if not task.done()]:
            await asyncio.wait(tasks)

    def call_later_by(self, seconds, callback):
        callback()

    def meet(self, error):
        self.met.append(error)

    def note_position(self):
        pass

    def set_dated(self, is_dated):
        pass

    def set_adding(self, is_adding):
        self.is_adding = is_adding

    def find_key(self, name):
        return f"<{name}>"


class Controllers:
    """All of them on a library."""

    def __init__(self, library: Library, marks: Marks | None = None) -> None:
        self.view, self.rows, self.pane = View(), Rows(), Pane()
        marks = marks or Marks(None)
        view, pane = self.view, self.pane
        quiet = SimpleNamespace(say=lambda text: None, show=lambda rows: None)
        self.listing = Listing(library, marks, Searches(None))
        self.results = ResultList(self.listing, self.rows)  # type: ignore[arg-type]
        self.reading = ReadingController(view, library, marks, self.results, pane)  # type: ignore[arg-type]
        self.selection = SelectionController(view, library, pane, self.reading)  # type: ignore[arg-type]
        widgets = SearchWidgets(view.bar, quiet, quiet, quiet, pane)  # type: ignore[arg-type]
        self.search = SearchController(view, self.results, self.reading, widgets)  # type: ignore[arg-type]
        self.articles = ArticleController(view, library, self.results, pane)  # type: ignore[arg-type]
        self.live_updates = LiveUpdatesController(view, library, self.results, self.reading, self.search)  # type: ignore[arg-type]
        self.adding = AddingController(view, library, self.reading, self.search, self.live_updates)  # type: ignore[arg-type]
        self.removing = RemovingController(view, library, self.articles, self.reading, self.live_updates)  # type: ignore[arg-type]
        self.last_visit = LastVisitController(view, library, marks, self.results, self.reading, self.search)  # type: ignore[arg-type]

    async def open(self, text: str) -> None:
        """Search, and read the first result."""
        await self.search.search(text)
        self.search.open_chosen(self.rows.current)
        await self.view.finish()

    @property
    def said(self) -> str:
        """The status line."""
        return self.view.line.said
