"""HelpScreen: every key, generated from the bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from search import grammar
from tui.screens.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

_keys_width, _name_width = 16, 24
_query_width = 42
_marks_help = """
Marks in the text
  ▌ current paragraph   ▶ where you are   • a mention of the taken actor   / a match of the search
  ◆ person  ■ organisation  ▲ place  ◇ event  □ work  · other
"""


class HelpScreen(Dialog[None]):
    """The keys with what they do and the name by which settings remap them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,?", "dismiss", "close", id="close_help"),
        Binding("j,down", "scroll(1)", "down", id="next"),
        Binding("k,up", "scroll(-1)", "up", id="previous"),
        Binding("space,pagedown", "scroll(10)", "page down", id="page_down"),
        Binding("b,pageup", "scroll(-10)", "page up", id="page_up"),
    ]

    def __init__(self, bindings: Sequence[tuple[str, Sequence[Binding]]], remapped: Mapping[str, str]) -> None:
        super().__init__()
        self._parts, self._remapped = bindings, remapped

    def compose(self) -> ComposeResult:
        """One block of keys a place."""
        with VerticalScroll(id="help"):
            yield Static(Content("\n".join(self._build_lines())), markup=False)

    def _build_lines(self) -> list[str]:
        lines = ["newscast: keys, what they do, and their names for the settings file", ""]
        for part, bindings in self._parts:
            lines.append(part)
            for binding in bindings:
                if binding.id and binding.id.startswith("take_") and binding.id[5:].isdigit():
                    continue
                keys = self._remapped.get(binding.id or "", binding.key)
                shown = " ".join(self.app.get_key_display(Binding(key, "")) for key in keys.split(","))
                lines.append(
                    f"  {shown:<{_keys_width}} {binding.description:<42} {binding.id or '':<{_name_width}}".rstrip()
                )
            if part.startswith("Actors"):
                lines.append(f"  {'1 … 9':<{_keys_width}} {'take the actor with that number':<42} take_1 … take_9")
            lines.append("")
        lines.append("The query language")
        lines += [f"  {written:<{_query_width}} {meaning}" for written, meaning in grammar]
        return [*lines, *_marks_help.rstrip("\n").split("\n")]

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
