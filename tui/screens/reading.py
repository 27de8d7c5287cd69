"""ReadingScreen: one document being read, its actors selected and walked, and the way back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.screen import Screen

from search import NewscastError, NotFoundError
from tui.history import History, ReadingPosition
from tui.screens.dialogs import ActorsScreen, MentionsScreen
from tui.screens.linking import copy_link, open_link
from tui.screens.opening import OpeningPosition, go_to_opening_position, read_cast, read_document
from tui.screens.writing import Correcting
from tui.walk import describe_end, describe_end_here
from tui.widgets import Article, CastPanel, ReadingPane, StatusLine

if TYPE_CHECKING:
    from search import Document, Library, Mark, Marks
    from tui.screens.listing import Listing

_nothing_selected = "no actor is selected: press 1–9, Tab or *"


class ReadingScreen(Screen[None]):
    """What can be done with a document; ReaderScreen adds where it comes from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                str(number), f"select_number({number - 1})", f"select actor {number}", id=f"select_{number}", show=False
            )
            for number in range(1, 10)
        ),
        Binding("tab", "select_following(1)", "select the next actor of this paragraph", id="select_next"),
        Binding("shift+tab", "select_following(-1)", "select the previous actor", id="select_previous"),
        Binding("*", "select_at_cursor", "select the actor at the cursor", id="select_at_cursor"),
        Binding("escape", "release", "release the selected actor", id="release"),
        Binding("]", "walk(1)", "next mention in this article", id="next_mention"),
        Binding("[", "walk(-1)", "previous mention in this article", id="previous_mention"),
        Binding("}", "walk_on(1)", "next mention, on into other articles", id="next_anywhere"),
        Binding("{", "walk_on(-1)", "previous mention, on into other articles", id="previous_anywhere"),
        Binding("p", "toggle_names_only", "names only, or nominals and pronouns, too", id="names_only"),
        Binding("x", "correct", "this mention means somebody else; again: undo", id="correct"),
        Binding("backspace,alt+left", "go_back", "back to where you were", id="back"),
        Binding("alt+right", "go_forward", "forward again", id="forward"),
        Binding("a", "actors", "the actors of the library", id="actors"),
        Binding("m", "mentions", "all mentions of the selected actor", id="mentions"),
        Binding("o", "open_link", "open the link or the file (over SSH: show it)", id="open_link"),
        Binding("y", "copy_link", "copy the link, or the path of the file", id="copy_link"),
    ]

    def __init__(self, library: Library, marks: Marks, listing: Listing) -> None:
        super().__init__()
        self.library, self.marks, self.listing = library, marks, listing
        self.is_preview = True
        self._history = History()
        self._walked: tuple[str, ...] = ()
        self._notice = ""
        self._stopped: tuple[str, int] | None = None
        self._correcting = Correcting(library)
        self._opening = 0
        self._is_moved = False

    # What ReaderScreen does with its panes

    def show_article(self) -> None:
        """Bring the article to the front and the keys to it."""
        raise NotImplementedError

    def show_mark(self, document: str, mark: Mark) -> None:
        """Show what was done with a document."""
        raise NotImplementedError

    def find_key(self, name: str) -> str:
        """The first key of a binding, as the settings have it and as a reader knows it."""
        raise NotImplementedError

    def find_meant(self) -> str | None:
        """The id of the document that a key for a whole article means."""
        raise NotImplementedError

    @property
    def pane(self) -> ReadingPane:
        """The document and its cast."""
        return self.query_one(ReadingPane)

    # Opening

    @work(exclusive=True, group="open")
    async def jump(self, identifier: str, opening_position: OpeningPosition, *, remember: bool = True) -> None:
        """Open a document as a reader does: it is read now, and the way back is kept."""
        here = self.here()
        if remember and here is not None and not self.is_preview:
            self._history = self._history.leave(here)
        if await self.open(identifier, opening_position, preview=False):
            self.show_article()
            self.show_status()

    async def open(self, identifier: str, opening_position: OpeningPosition, *, preview: bool) -> bool:
        """Read a document and show it where it opens; False if it is gone, or another one was to be opened since."""
        self._opening += 1
        opening = self._opening
        await self.keep_position()
        query = self.listing.query
        try:
            opened = await asyncio.to_thread(
                read_document,
                self.library,
                self.marks,
                identifier,
                query,
                opening_position,
                mark_read=not preview,
            )
        except NotFoundError:
            self.say("this article has been removed from the library")
            return False
        if opening != self._opening:
            return False
        selected = (
            opening_position.selected
            if opening_position.selected is not None or opening_position.kind == "position"
            else self.pane.selected
        )
        self.pane.article.set_title_matches(opened.title_matches)
        if opening_position.kind == "stay" and opened.document == self.pane.document:
            self.pane.set_matches(opened.matches)
        else:
            self.pane.show(opened.document, opened.cast, opened.matches, selected)
            go_to_opening_position(self.pane, opened, opening_position)
            if opened.is_partial:
                self._read_cast()
        self.is_preview = preview
        if not preview:
            self._notice = ""
        self._note_position()
        await self._find_walked()
        self.show_status()
        if not preview:
            self.show_mark(opened.document.id, opened.mark)
        if opened.trouble is not None:
            self.meet(opened.trouble)
        return True

    @work(exclusive=True, group="cast")
    async def _read_cast(self) -> None:
        await asyncio.sleep(0.1)  # the article is drawn first: both need the interpreter
        await self.renew_cast()
        self.show_status()

    async def renew_cast(self) -> bool:
        """Show the cast of the document as it is now; if its text is another one, show that, say so and give False."""
        document = self.pane.document
        if document is None:
            return True
        cast = await asyncio.to_thread(read_cast, self.library, document)
        if self.pane.document is not document:
            return True
        if cast is not None:
            self.pane.set_cast(cast)
        else:
            here, self._is_moved = self.here(), True
            await self.open(
                document.id,
                OpeningPosition("position", selected=self.pane.selected, position=here),
                preview=self.is_preview,
            )
            self.say("this article has changed: this is its new text")
        if self.pane.selected is not None and not self.pane.mentions:
            await self._find_walked()
        return cast is not None

    def meet(self, error: NewscastError) -> None:
        """An error that was to be expected: say it; the position is kept."""
        self.say(str(error))

    async def keep_position(self) -> None:
        """Where reading stopped is kept, to be found again another day."""
        if self._stopped is not None:
            await asyncio.to_thread(self.listing.keep_paragraph, *self._stopped)

    def _note_position(self) -> None:
        document = self.pane.document
        self._stopped = (document.id, self.pane.article.paragraph) if document and not self.is_preview else None

    def here(self) -> ReadingPosition | None:
        """The position to come back to."""
        document, article = self.pane.document, self.pane.article
        if document is None:
            return None
        return ReadingPosition(document.id, article.paragraph, article.top, self.pane.selected, article.cursor)

    # The cast

    def action_select_number(self, number: int) -> None:
        """Select the actor with this number."""
        self._select(self.pane.find_actor(number))

    def action_select_following(self, step: int) -> None:
        """Select the next actor of the paragraph."""
        self._select(self.pane.find_following_actor(step))

    def action_select_at_cursor(self) -> None:
        """Select the actor of the mention that one is at."""
        self._select(self.pane.find_actor_at_cursor())

    @on(Article.Clicked)
    def _select_clicked(self, message: Article.Clicked) -> None:
        message.stop()
        if message.mention.link:
            self._select(message.mention.link.actor)

    @on(CastPanel.Chosen)
    def _select_chosen(self, message: CastPanel.Chosen) -> None:
        message.stop()
        self._select(message.actor)

    def action_toggle_names_only(self) -> None:
        """Names alone, or everything."""
        self.pane.toggle_names_only()
        self.say("names only" if self.pane.names_only else "names, nominals and pronouns")

    @work(exclusive=True, group="correct")
    async def action_correct(self) -> None:
        """Unlink the mention at the cursor, or link it again as it was."""
        document, mention = self.pane.document, self.pane.article.cursor
        if document is None or mention is None:
            self.say("no mention is at the cursor: walk to one with ]")
            return
        said = await self._correcting.correct(document.id, mention)
        if await self.renew_cast():
            await self._find_walked()
            self.say(said)

    def action_release(self) -> None:
        """No actor is selected any more."""
        if self.pane.selected is not None:
            self._walked = ()
            self.pane.select(None)

    @work(exclusive=True, group="select")
    async def _select(self, actor: str | None) -> None:
        if actor is None:
            self.say("no such actor in this paragraph")
            return
        self.pane.select(actor)
        await self._find_walked()
        self.say("")

    async def _find_walked(self) -> None:
        """The articles that the selected actor is in, in the order of walking."""
        actor, name = self.pane.selected, self.pane.selected_name
        summaries = await asyncio.to_thread(self.library.documents_of, actor) if actor is not None else []
        if actor != self.pane.selected:
            return
        self._walked = tuple(summary.id for summary in summaries)
        if actor is not None and not summaries:
            self.pane.release()
            self.say(f"{name} is no longer among the actors of the library")

    def action_walk(self, direction: int) -> None:
        """From mention to mention in this article."""
        here = self.here()
        if self.pane.selected is None:
            self.say(_nothing_selected)
        elif self.pane.walk(direction):
            self.remember(here)
        else:
            key = self.find_key("next_anywhere" if direction > 0 else "previous_anywhere")
            self.say(describe_end_here(self.pane.selected_name, direction, key))

    def action_walk_on(self, direction: int) -> None:
        """From mention to mention, on into other articles by date."""
        document, here = self.pane.document, self.here()
        if self.pane.selected is None or document is None:
            self.say(_nothing_selected)
            return
        if self.pane.walk(direction):
            self.remember(here)
            return
        at = self._walked.index(document.id) + direction if document.id in self._walked else 0
        if 0 <= at < len(self._walked):
            self.jump(self._walked[at], OpeningPosition("actor", direction))
        else:
            key = self.find_key("previous_anywhere" if direction > 0 else "next_anywhere")
            self.say(describe_end(self.pane.selected_name, direction, len(self._walked), key))

    # Positions visited

    def remember(self, position: ReadingPosition | None) -> None:
        """Keep the way back to a position."""
        if position is not None:
            self._history = self._history.leave(position)

    def action_go_back(self) -> None:
        """To the position visited before."""
        here = self.here()
        moved = self._history.back(here) if here else None
        self._go_to_visited(moved, "nothing to go back to")

    def action_go_forward(self) -> None:
        """To the position that one came back from."""
        here = self.here()
        moved = self._history.forward(here) if here else None
        self._go_to_visited(moved, "nothing to go forward to")

    def _go_to_visited(self, moved: tuple[History, ReadingPosition] | None, otherwise: str) -> None:
        if moved is None:
            self.say(otherwise)
            return
        self._history, position = moved
        document = self.pane.document
        if document is not None and document.id == position.document and not self.is_preview:
            if self.pane.selected != position.selected:
                self._select(position.selected) if position.selected is not None else self.action_release()
            self.pane.return_to(position.paragraph, position.top, position.mention)
        else:
            self.jump(
                position.document,
                OpeningPosition("position", selected=position.selected, position=position),
                remember=False,
            )

    @work
    async def action_actors(self) -> None:
        """Choose among all actors of the library."""
        actor = await self.app.push_screen_wait(ActorsScreen(self.library))
        walked = await asyncio.to_thread(self.library.documents_of, actor) if actor is not None else []
        if walked:
            self.jump(walked[-1].id, OpeningPosition("actor", selected=actor))
        elif actor is not None:
            self.say("this actor is no longer in the library")

    @work
    async def action_mentions(self) -> None:
        """Choose among all mentions of the selected actor."""
        selected = self.pane.selected
        if selected is None:
            self.say(_nothing_selected)
            return
        in_context = await self.app.push_screen_wait(MentionsScreen(self.library, selected, self.pane.selected_name))
        if in_context is not None:
            self.jump(in_context.document.id, OpeningPosition("mention", selected=selected, mention=in_context.mention))

    # The link

    @work(exclusive=True, group="link")
    async def action_open_link(self) -> None:
        """Open the article's link or file in a program of the desktop; over SSH, show it."""
        document = await self._read_meant()
        if document is not None:
            self.say(await open_link(self.app, self.library, document))

    @work(exclusive=True, group="link")
    async def action_copy_link(self) -> None:
        """Copy the article's link, or the path of its file."""
        document = await self._read_meant()
        if document is not None:
            self.say(await copy_link(self.app, self.library, document))

    async def _read_meant(self) -> Document | None:
        """The document of the current row while the list has the keys, else the one that is read."""
        identifier, shown = self.find_meant(), self.pane.document
        if identifier is None or (shown is not None and shown.id == identifier):
            return shown
        return await asyncio.to_thread(self.library.document, identifier)

    # Status

    @on(ReadingPane.Changed)
    def _follow(self, message: ReadingPane.Changed) -> None:
        message.stop()
        self._note_position()
        if self._is_moved or self.is_preview:
            # By newscast and not by a key in the article: what was said last stays.
            self._is_moved = False
            self.show_status()
        else:
            self.say("")

    def say(self, notice: str) -> None:
        """Say what has just happened, until the next key; "" says where one is."""
        self._notice = notice
        self.show_status()

    def show_status(self) -> None:
        """Say what is to be said."""
        self.query_one(StatusLine).say(self._notice or self.describe_position())

    def describe_position(self) -> str:
        """Where one is: the paragraph, the mention of the selected actor, its article."""
        document = self.pane.document
        if document is None:
            return ""
        at = self._walked.index(document.id) + 1 if document.id in self._walked else 0
        return self.pane.describe_position(at, len(self._walked))
