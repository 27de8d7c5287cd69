"""SelectionController: selects an actor, walks from mention to mention of it, and corrects a mention."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from tui.controllers.opening import OpeningPosition
from tui.controllers.writing import Correcting
from tui.walk import describe_end, describe_end_here

if TYPE_CHECKING:
    from search import Library, MentionInContext
    from tui.controllers.reading import ReadingController
    from tui.controllers.view import ReaderView
    from tui.widgets import ReadingPane

nothing_selected = "no actor is selected: press 1–9, Tab or *"


class SelectionController:
    """The selected actor of the reading pane."""

    BINDINGS: ClassVar[list[Binding]] = [
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
        Binding("x", "correct", "unlink this mention; again: undo", id="correct"),
    ]

    def __init__(self, view: ReaderView, library: Library, pane: ReadingPane, reading: ReadingController) -> None:
        self._view, self._library, self.pane, self._reading = view, library, pane, reading
        self._correcting = Correcting(library)

    # Selecting

    def select(self, actor: str | None) -> None:
        """Select an actor by its id; None says that there is none."""
        self._view.start("select", partial(self._select, actor))

    async def _select(self, actor: str | None) -> None:
        if actor is None:
            self._view.status.say("no such actor in this paragraph")
            return
        self.pane.select(actor)
        await self._reading.walked.find()
        self._view.status.say("")

    def action_select_number(self, number: int) -> None:
        """Select the actor with this number in the panel, counted from 0."""
        self.select(self.pane.find_actor(number))

    def action_select_following(self, step: int) -> None:
        """Select the next actor of the paragraph (1), or the one before (-1)."""
        self.select(self.pane.find_following_actor(step))

    def action_select_at_cursor(self) -> None:
        """Select the actor of the mention at the cursor."""
        self.select(self.pane.find_actor_at_cursor())

    def action_release(self) -> None:
        """Select no actor."""
        if self.pane.selected is not None:
            self._reading.walked.clear()
            self.pane.select(None)

    def action_toggle_names_only(self) -> None:
        """Show and walk names only, or everything."""
        self.pane.toggle_names_only()
        self._view.status.say("names only" if self.pane.names_only else "names, nominals and pronouns")

    # Walking

    def action_walk(self, direction: int) -> None:
        """Walk to the next mention in this article (1), or the one before (-1)."""
        here = self._reading.find_position()
        if self.pane.selected is None:
            self._view.status.say(nothing_selected)
        elif self.pane.walk(direction):
            self._reading.remember(here)
        else:
            key = self._view.find_key("next_anywhere" if direction > 0 else "previous_anywhere")
            self._view.status.say(describe_end_here(self.pane.selected_name, direction, key))

    def action_walk_on(self, direction: int) -> None:
        """Walk to the next mention (1) or the one before (-1), on into other articles by date."""
        document, here = self.pane.document, self._reading.find_position()
        if self.pane.selected is None or document is None:
            self._view.status.say(nothing_selected)
            return
        if self.pane.walk(direction):
            self._reading.remember(here)
            return
        beside = self._reading.walked.find_beside(document.id, direction)
        if beside is not None:
            self._reading.jump(beside, OpeningPosition("actor", direction))
        else:
            key = self._view.find_key("previous_anywhere" if direction > 0 else "next_anywhere")
            self._view.status.say(describe_end(self.pane.selected_name, direction, len(self._reading.walked), key))

    async def go_to_actor(self, actor: str) -> None:
        """Open the newest article that an actor is in, at its first mention, with the actor selected."""
        walked = await asyncio.to_thread(self._library.documents_of, actor)
        if walked:
            self._reading.jump(walked[-1].id, OpeningPosition("actor", selected=actor))
        else:
            self._view.status.say("this actor is no longer in the library")

    def go_to_mention(self, actor: str, in_context: MentionInContext) -> None:
        """Open the article of a mention at the mention, with its actor selected."""
        opening_position = OpeningPosition("mention", selected=actor, mention=in_context.mention)
        self._reading.jump(in_context.document.id, opening_position)

    # Correcting

    def action_correct(self) -> None:
        """Unlink the mention at the cursor, or link it again as it was."""
        self._view.start("correct", self._correct)

    async def _correct(self) -> None:
        document, mention = self.pane.document, self.pane.article.cursor
        if document is None or mention is None:
            self._view.status.say("no mention is at the cursor: walk to one with ]")
            return
        said = await self._correcting.correct(document.id, mention)
        if await self._reading.refresh_cast():
            await self._reading.walked.find()
            self._view.status.say(said)
