"""Lists to choose from: the actors of the library, the mentions of one actor, the copies of an article."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.render import build_byline, type_glyphs
from tui.screens.dialog import Dialog
from tui.widgets import ListRow, RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from search import Actor, Library, MentionInContext

_page = 100
_lead = 40  # characters of a sentence before its mention


class ActorsScreen(Dialog[str | None]):
    """Lists the actors whose names have the words you type; returns the id of the chosen one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "close", id="close_actors"),
        Binding("/", "filter", "narrow the list", id="narrow"),
    ]

    def __init__(self, library: Library) -> None:
        super().__init__()
        self._library = library
        self._text = ""

    def compose(self) -> ComposeResult:
        """A filter above the list."""
        with Vertical(id="dialog", classes="list"):
            yield Input(
                placeholder="the actors of the library: type a name", compact=True, id="filter", select_on_focus=False,
                max_length=200,
            )  # fmt: skip
            yield RowList("no such actor", id="choices")

    def begin(self) -> None:
        """List all actors, the most frequent first."""
        self.query_one(Input).cursor_blink = False
        self.set_focus(self.query_one(Input))
        self._start("")

    @on(Input.Changed)
    def _narrow(self, message: Input.Changed) -> None:
        message.stop()
        self._start(message.value)

    @work(exclusive=True, group="narrow")
    async def _start(self, text: str) -> None:
        await self._list(text)

    async def _list(self, text: str) -> None:
        total, actors = await asyncio.to_thread(self._library.actors, text, 0, _page)
        if not self.is_open:
            return
        self._text = text
        self.query_one(RowList).reset(total, [_build_actor_row(actor) for actor in actors])

    @on(RowList.Wanted)
    @work(exclusive=True, group="fetch")
    async def _fetch(self, message: RowList.Wanted) -> None:
        text = self._text
        _, actors = await asyncio.to_thread(self._library.actors, text, message.first, message.count)
        if text == self._text:
            message.rows.fill(message.first, [_build_actor_row(actor) for actor in actors])

    @on(Input.Submitted)
    @work(exclusive=True, group="narrow")
    async def _choose_first(self, message: Input.Submitted) -> None:
        """Choose the first actor of those that were typed; Enter may come before the list is narrowed to them."""
        message.stop()
        if self._text != message.value:
            await self._list(message.value)
        if self.is_open:
            self.query_one(RowList).action_choose()

    def key_down(self) -> None:
        """Go from the filter into the list."""
        if not self.is_open:
            return
        self.set_focus(self.query_one(RowList))

    @on(RowList.Chosen)
    def _choose(self, message: RowList.Chosen) -> None:
        message.stop()
        self.dismiss(message.row.key)

    def action_filter(self) -> None:
        """Go back to the filter."""
        self.set_focus(self.query_one(Input))

    def action_close(self) -> None:
        """Close without a choice."""
        self.dismiss(None)


class MentionsScreen(Dialog["MentionInContext | None"]):
    """Lists every mention of an actor with its sentence, in reading order; returns the chosen one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,m", "close", "close", id="close_mentions")]

    def __init__(self, library: Library, actor: str, name: str) -> None:
        super().__init__()
        self._library, self._actor, self._actor_name = library, actor, name
        self._mentions_in_context: list[MentionInContext] = []

    def compose(self) -> ComposeResult:
        """The actor's name above the list."""
        with Vertical(id="dialog", classes="list"):
            yield Static(Content(f"mentions of {self._actor_name}"), markup=False)
            yield RowList("no mentions", id="choices")

    def begin(self) -> None:
        """Read the mentions, and list each page of them once it is read."""
        self.set_focus(self.query_one(RowList))
        self._read()

    @work(exclusive=True)
    async def _read(self) -> None:
        stream = self._library.mentions_in_context(self._actor)
        rows = self.query_one(RowList)
        while chunk := await asyncio.to_thread(lambda: list(islice(stream, _page))):
            if not self.is_open:
                return
            first = len(self._mentions_in_context)
            self._mentions_in_context += chunk
            built = [_build_mention_row(index, in_context) for index, in_context in enumerate(chunk, first)]
            if first:
                rows.extend(built)
            else:
                rows.reset(len(built), built)

    @on(RowList.Chosen)
    def _choose(self, message: RowList.Chosen) -> None:
        message.stop()
        self.dismiss(self._mentions_in_context[message.index])

    def action_close(self) -> None:
        """Close without a choice."""
        self.dismiss(None)


class CopiesScreen(Dialog["ListRow | None"]):
    """Lists the copies that are folded below an article; returns the row of the chosen one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,plus", "close", "close", id="close_copies")]

    def __init__(self, title: str, copies: Sequence[ListRow]) -> None:
        super().__init__()
        self._article_title, self._copies = title, copies

    def compose(self) -> ComposeResult:
        """The article's title above the list."""
        with Vertical(id="dialog", classes="list"):
            yield Static(Content(f"copies of “{self._article_title}”"), markup=False)
            yield RowList("no copies", id="choices")

    def begin(self) -> None:
        """List the copies."""
        rows = self.query_one(RowList)
        self.set_focus(rows)
        rows.reset(len(self._copies), self._copies)

    @on(RowList.Chosen)
    def _choose(self, message: RowList.Chosen) -> None:
        message.stop()
        self.dismiss(message.row)

    def action_close(self) -> None:
        """Close without a choice."""
        self.dismiss(None)


def _build_actor_row(actor: Actor) -> ListRow:
    counts = f"{actor.documents:,} article{'s' if actor.documents != 1 else ''}, {actor.mentions:,} mentions"
    aliases = [alias for alias in actor.aliases if alias != actor.name]
    detail = " · ".join(filter(None, (counts, actor.type, ", ".join(aliases))))
    return ListRow(actor.id, actor.name, detail, glyph=type_glyphs[actor.type], is_bold=True)


def _build_mention_row(index: int, in_context: MentionInContext) -> ListRow:
    cut = max(0, in_context.start - _lead)
    cut = in_context.sentence.find(" ", cut) + 1 if cut else 0
    head = "…" if cut else ""
    span = in_context.start - cut + len(head), in_context.end - cut + len(head)
    summary = in_context.document
    title = f"{build_byline(summary)} · ¶ {in_context.mention.paragraph + 1} · {summary.title}"
    return ListRow(str(index), title, head + in_context.sentence[cut:], (span,))
