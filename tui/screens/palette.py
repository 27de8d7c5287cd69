"""Palette: Textual's command palette, which does not end the reader in a terminal that is made tiny."""

from __future__ import annotations

from textual import events
from textual.command import CommandPalette
from textual.errors import NoWidget


class Palette(CommandPalette):
    """Textual's own ends with an error at a click that is outside the terminal's new size."""

    async def on_event(self, event: events.Event) -> None:
        """Drop a click where there is nothing."""
        if isinstance(event, events.MouseEvent):
            try:
                self.get_widget_at(int(event.screen_x), int(event.screen_y))
            except NoWidget:
                return
        await super().on_event(event)
