"""Palette: Textual's command palette, made safe against clicks in a terminal that has shrunk."""

from __future__ import annotations

from textual import events
from textual.command import CommandPalette
from textual.errors import NoWidget


class Palette(CommandPalette):
    """Textual's own raises an error when a click lies outside the new size of the terminal."""

    async def on_event(self, event: events.Event) -> None:
        """Drop a click where no widget is."""
        if isinstance(event, events.MouseEvent):
            try:
                self.get_widget_at(int(event.screen_x), int(event.screen_y))
            except NoWidget:
                return
        await super().on_event(event)
