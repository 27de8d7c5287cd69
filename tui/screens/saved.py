"""SavedScreen: lists the saved searches with their unread articles, and saves the present search."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.screens.dialog import Dialog
from tui.widgets import ListRow, RowList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from search import SavedSearch
    from tui.controllers.listing import Listing


class SavedScreen(Dialog[str | None]):
    """Returns the chosen search as "@name"."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,@", "close", "close", id="close_saved"),
        Binding("s", "name", "save the present search", id="save_search"),
        Binding("d", "forget", "delete the search (u: undo)", id="forget_search"),
        Binding("u", "restore", "bring back the search deleted last", id="restore_search"),
    ]

    def __init__(self, listing: Listing, query: str) -> None:
        super().__init__()
        self._listing, self._query = listing, query
        self._forgotten: SavedSearch | None = None

    def compose(self) -> ComposeResult:
        """A field for the name, the list, and a line that says what the keys do."""
        with Vertical(id="dialog", classes="list"):
            yield Input(
                placeholder=f"a name for {self._query}", compact=True, id="name", select_on_focus=False, max_length=200
            )
            what = "s saves the present search" if self._query else "press / and search, then @ and s"
            yield RowList(f"no saved searches yet: {what}", id="choices")
            yield Static(Content(""), id="said", markup=False)

    def begin(self) -> None:
        """List the saved searches."""
        self.query_one(Input).cursor_blink = False
        self._close_name()
        self._list()

    @work
    async def _list(self) -> None:
        await self._show()

    async def _show(self) -> None:
        found = await self._listing.list_saved()
        if not self.is_open:
            return
        rows = [
            ListRow(each.name, f"@{each.name}", f"{unread:,} unread of {total:,} · {each.query}", is_bold=unread > 0)
            for each, total, unread in found
        ]
        self.query_one(RowList).reset(len(rows), rows)
        saves = f"s saves {self._query}, " if self._query else ""
        self._say(f"Enter searches, {saves}d deletes one" if rows else "")

    def _say(self, text: str) -> None:
        if self.is_open:
            self.query_one("#said", Static).update(Content(text))

    def action_name(self) -> None:
        """Type a name for the present search."""
        if not self._query:
            self._say("there is no search to save: press / first")
            return
        name = self.query_one(Input)
        name.display = True
        self.set_focus(name)
        self._say(f"Enter saves {self._query}")

    def _close_name(self) -> None:
        """Go back from the name to the list."""
        self.set_focus(self.query_one(RowList))
        self.query_one(Input).display = False

    @on(Input.Submitted)
    @work
    async def _save(self, message: Input.Submitted) -> None:
        message.stop()
        try:
            before = self._listing.searches.save(message.value.strip(), self._query)
        except ValueError as error:
            self._say(str(error))
            return
        self._forgotten = before
        self._close_name()
        await self._show()
        again = f"; it was {before.query} before. Press u to undo" if before else ""
        self._say(f"saved as @{message.value.strip()}{again}")

    @work
    async def action_forget(self) -> None:
        """Delete the current search."""
        current = self.query_one(RowList).current
        if current is not None:
            self._forgotten = self._listing.searches.forget(current.key)
            await self._show()
            self._say(f"@{current.key} deleted. Press u to undo")

    @work
    async def action_restore(self) -> None:
        """Bring back the search that was deleted or replaced last."""
        forgotten, self._forgotten = self._forgotten, None
        if forgotten is not None:
            self._listing.searches.save(forgotten.name, forgotten.query)
            await self._show()
            self._say(f"@{forgotten.name} is back")

    @on(RowList.Chosen)
    def _choose(self, message: RowList.Chosen) -> None:
        message.stop()
        self.dismiss(f"@{message.row.key}")

    @on(RowList.Pointed)
    def _stop(self, message: RowList.Pointed) -> None:
        message.stop()

    def action_close(self) -> None:
        """Close without a choice; from the name, go back to the list."""
        if self.focused is self.query_one(Input):
            self._close_name()
            self._say("")
        else:
            self.dismiss(None)
