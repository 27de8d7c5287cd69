"""CastPanel: lists the actors of the current paragraph, numbered in order of first mention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.render import clip, describe_link, type_glyphs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from search import Actor, Mention


class _Piece(NamedTuple):
    """A piece of a line and the names of its styles."""

    text: str
    look: tuple[str, ...] = ()


class CastPanel(Widget, can_focus=True):
    """The actors of a paragraph, below each other in a column or beside each other in a strip."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "cast-panel--number", "cast-panel--words", "cast-panel--current", "cast-panel--selected", "cast-panel--person",
        "cast-panel--organisation", "cast-panel--place", "cast-panel--event", "cast-panel--work", "cast-panel--other",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "next actor", id="next"),
        Binding("k,up", "move(-1)", "previous actor", id="previous"),
        Binding("enter", "choose", "select the actor", id="open"),
    ]

    @dataclass
    class Chosen(Message):
        """The reader has chosen an actor, by Enter or by a click; `actor` is its id."""

        actor: str

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._rows: tuple[tuple[Actor, tuple[Mention, ...]], ...] = ()
        self._lines: list[list[_Piece]] = []
        self._owners: list[list[tuple[int, int, int]]] = []
        self._is_strip = False
        self.selected: str | None = None
        self.index = 0

    def set_strip(self, is_strip: bool) -> None:  # noqa: FBT001 - a setter
        """Show the actors beside each other, for a strip below the article, or below each other."""
        if is_strip != self._is_strip:
            self._is_strip = is_strip
            self._rebuild()

    def show(self, rows: Sequence[tuple[Actor, tuple[Mention, ...]]], selected: str | None) -> None:
        """Show actors, each with the mentions that call it by other words; redraw only the lines that change."""
        if tuple(rows) != self._rows:
            self.index = 0
        self._rows, self.selected = tuple(rows), selected
        self._rebuild()

    def action_move(self, step: int) -> None:
        """Move the marker down (1) or up (-1) by one actor."""
        self.index = min(max(0, self.index + step), max(0, len(self._rows) - 1))
        self._rebuild()

    def action_choose(self) -> None:
        """Choose the actor at the marker."""
        if self._rows:
            self.post_message(self.Chosen(self._rows[self.index][0].id))

    def on_click(self, event: events.Click) -> None:
        """Choose the actor under the mouse."""
        if event.y < len(self._owners):
            for start, end, index in self._owners[event.y]:
                if start <= event.x < end:
                    self.post_message(self.Chosen(self._rows[index][0].id))

    def on_focus(self) -> None:
        """Show the marker: the panel has the keys."""
        self._rebuild()

    def on_blur(self) -> None:
        """Hide the marker: another widget has the keys."""
        self._rebuild()

    def on_resize(self) -> None:
        """Arrange the actors in the new size."""
        self._rebuild()

    def _rebuild(self) -> None:
        before = self._lines
        self._lines, self._owners = [], []
        if self.size.width:
            (self._build_strip_lines if self._is_strip else self._build_column)()
        for y in range(max(len(before), len(self._lines))):
            if before[y : y + 1] != self._lines[y : y + 1]:
                self.refresh(Region(0, y, self.size.width, 1))

    def _build_column(self) -> None:
        width = self.size.width
        for index, (actor, words) in enumerate(self._rows):
            head, name = self._build_name(index, actor)
            self._lines.append([head, *name])
            self._owners.append([(0, width, index)])
            for mention in words:
                text = f"    {describe_link(mention, width - 4)}"
                self._lines.append([_Piece(text, ("words",))])
                self._owners.append([(0, width, index)])

    def _build_strip_lines(self) -> None:
        line: list[_Piece] = []
        owners: list[tuple[int, int, int]] = []
        at = 0
        for index, (actor, words) in enumerate(self._rows):
            head, name = self._build_name(index, actor)
            used = ", ".join(f"“{mention.text}”" for mention in words)
            item = [head, *name] + ([_Piece(clip(f" {used}", 40), ("words",))] if words else [])
            length = sum(cell_len(piece.text) for piece in item)
            if line and at + 2 + length > self.size.width:
                self._lines.append(line)
                self._owners.append(owners)
                line, owners, at = [], [], 0
            if line:
                line.append(_Piece("  "))
                at += 2
            line += item
            owners.append((at, at + length, index))
            at += length
        if line:
            self._lines.append(line)
            self._owners.append(owners)
        if len(self._lines) > self.size.height > 0:
            hidden = sum(len(owners) for owners in self._owners[self.size.height :])
            self._lines, self._owners = self._lines[: self.size.height], self._owners[: self.size.height]
            self._lines[-1] = [*self._lines[-1], _Piece(f"  +{hidden} more", ("words",))]

    def _build_name(self, index: int, actor: Actor) -> tuple[_Piece, list[_Piece]]:
        marked = self.has_focus and index == self.index
        number = str(index + 1) if index < 9 else "·"
        head = _Piece(f"{'▶' if marked else ' '}{number} ", ("current" if marked else "number",))
        name = clip(actor.name, max(8, self.size.width - 6))
        look = (actor.type, "selected") if actor.id == self.selected else (actor.type,)
        return head, [_Piece(f"{type_glyphs[actor.type]} "), _Piece(name, look)]

    def _style(self, names: tuple[str, ...]) -> Style:
        styles = (self.get_component_rich_style(f"cast-panel--{name}", partial=True) for name in names)
        return sum(styles, Style.null())

    def render_line(self, y: int) -> Strip:
        """Return line `y` of the panel as a strip."""
        segments = [Segment(text, self._style(look)) for text, look in (self._lines[y] if y < len(self._lines) else ())]
        return Strip(segments).adjust_cell_length(self.size.width).apply_style(self.rich_style)
