"""HelpScreen: every key, generated from the bindings."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from search import grammar
from tui.screens.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events
    from textual.app import ComposeResult

_keys_width, _description_width, _name_width = 16, 50, 24
_narrowest, _widest = 20, 116
_frame = 5  # columns of border, padding and scrollbar in newscast.tcss
_query_width = 42
_marks_help = """
Marks beside the text
  ▌ current paragraph               ▶ where you are
  • a mention of the selected actor ▷ ◦ an uncertain one
  / a match of the search

Actors, by a mark in the panel and a style in the text
  ◆ person: bold                    ◇ event: bold italic
  ■ organisation: underlined        □ work: italic
  ▲ place: bold and underlined      · other: plain
"""


class HelpScreen(Dialog[None]):
    """Lists each key with what it does, and the name by which the settings remap it."""

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
        """One text that scrolls."""
        with VerticalScroll(id="help"):
            yield Static("", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Build the lines again for the new width."""
        room = max(_narrowest, min(event.size.width * 94 // 100, _widest) - _frame)
        self.query_one(Static).update(Content("\n".join(self._build_lines(room))))

    def _build_lines(self, room: int) -> list[str]:
        """The help in lines of at most `room` cells. Names that do not fit beside the keys are listed below them."""
        has_names = room >= _keys_width + _description_width + _name_width
        lines = [f"newscast: keys, what they do{', and their names for the settings file' if has_names else ''}", ""]
        names: list[str] = []
        for part, bindings in self._parts:
            lines.append(part)
            names.append(part)
            rows = [
                (self._show_keys(each), each.description, each.id or "") for each in bindings if not _is_digit(each)
            ]
            rows += [("1 … 9", "select the actor with that number", "select_1 … select_9")] * part.startswith("Actors")
            for keys, description, name in rows:
                shown = name if has_names else ""
                lines.append(f"  {keys:<{_keys_width}} {description:<{_description_width}} {shown}".rstrip())
                names.append(f"  {keys:<{_keys_width}} {name}")
            lines.append("")
        lines.append("The query language")
        for written, meaning in grammar:
            lines += wrap(f"{written:<{_query_width}} {meaning}", room, initial_indent="  ", subsequent_indent=" " * 6)
        lines += _marks_help.rstrip("\n").split("\n")
        return lines if has_names else [*lines, "", "The names of the keys for the settings file", *names]

    def _show_keys(self, binding: Binding) -> str:
        keys = self._remapped.get(binding.id or "", binding.key)
        return " ".join(self.app.get_key_display(Binding(key, "")) for key in keys.split(","))

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def _is_digit(binding: Binding) -> bool:
    return bool(binding.id and binding.id.startswith("select_") and binding.id.removeprefix("select_").isdigit())
