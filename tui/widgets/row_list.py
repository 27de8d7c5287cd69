"""RowList: a list of rows of one or two lines; it asks only for the rows in sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.render import clip

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from rich.style import Style
    from textual import events

_narrowest_for_aside = 40


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row: `glyph`, a title with `title_spans` marked, and a detail with `spans` marked; spans are in characters.

    The detail is below the title. In rows of one line, `aside` is shown to the right of the title instead. `ending`
    follows the detail or `aside`, and is not clipped.
    """

    key: str
    title: str
    detail: str
    spans: tuple[tuple[int, int], ...] = ()
    aside: str = ""
    glyph: str = " "
    is_bold: bool = False
    title_spans: tuple[tuple[int, int], ...] = ()
    ending: str = ""


class RowList(ScrollView, can_focus=True):
    """A list as one widget that draws lines. It knows the number of rows, and asks for those that it lacks."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row-list--title", "row-list--bold", "row-list--detail", "row-list--match", "row-list--current"
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "next row", id="next"),
        Binding("k,up", "move(-1)", "previous row", id="previous"),
        Binding("space,pagedown", "page(1)", "page down", id="page_down"),
        Binding("b,pageup", "page(-1)", "page up", id="page_up"),
        Binding("g,home", "go(0)", "first row", id="first"),
        Binding("G,end", "go(-1)", "last row", id="last"),
        Binding("enter", "choose", "open", id="open"),
    ]

    @dataclass
    class Wanted(Message):
        """The list needs `count` rows from row `first` on, counted from 0; `fill` gives them."""

        rows: RowList
        first: int
        count: int

    @dataclass
    class Pointed(Message):
        """Another row has become current; `index` is its number from 0 on."""

        rows: RowList
        index: int

    @dataclass
    class Chosen(Message):
        """The reader has chosen a row, by Enter or by a click."""

        rows: RowList
        index: int
        row: ListRow

    def __init__(self, empty: str, *, id: str) -> None:
        super().__init__(id=id)
        self.empty = empty
        self._rows: dict[int, ListRow] = {}
        self._asked: tuple[int, int] | None = None
        self._height = 2
        self._is_compact = False
        self.count = 0
        self.index = 0

    def reset(self, count: int, rows: Sequence[ListRow], *, index: int = 0) -> None:
        """Show another list of `count` rows, of which the first ones are given."""
        self.count = count
        self._height = self._find_height(rows)
        self._rows = dict(enumerate(rows))
        self._asked = None
        self.index = min(index, max(0, count - 1))
        self._resize_content()
        self.scroll_to(y=0, animate=False, force=True, immediate=True)
        self._show_current()
        self.refresh()
        self._ask()

    def set_compact(self, is_compact: bool) -> None:  # noqa: FBT001 - a setter
        """Give rows without marked spans one line each, or two; the current row stays in sight."""
        self._is_compact = is_compact
        height = self._find_height(self._rows.values())
        if height != self._height:
            above = self.index - self.first_in_sight
            self._height = height
            self._resize_content()
            top = max(0, self.index - above) * height
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
            self._show_current()
            self.refresh()
            self._ask()

    def _find_height(self, rows: Collection[ListRow]) -> int:
        return 1 if self._is_compact and rows and not any(row.spans for row in rows) else 2

    def grow(self, count: int, first: int, rows: Sequence[ListRow], index: int) -> None:
        """Show the list with more or fewer rows; the current row becomes row `index`, in the same place on screen."""
        if not self.count:
            self.reset(count, rows, index=index)
            return
        shift = (index - self.index) * self._height
        self.count, self.index = count, index
        self._rows = dict(enumerate(rows, first))
        self._asked = None
        self._resize_content()
        if shift:
            self.scroll_to(y=self.scroll_offset.y + shift, animate=False, force=True, immediate=True)
        self.refresh()
        self._ask()

    def extend(self, rows: Sequence[ListRow]) -> None:
        """Add rows at the end."""
        self._rows.update(enumerate(rows, self.count))
        self.count += len(rows)
        self._resize_content()
        self.refresh()

    def fill(self, first: int, rows: Sequence[ListRow]) -> None:
        """Give rows that the list has asked for, from row `first` on."""
        self._rows.update(enumerate(rows, first))
        self._asked = None
        self.refresh()
        self._ask()

    def replace_row(self, row: ListRow) -> None:
        """Replace the row that has the same key, if the list has it."""
        for index, known in self._rows.items():
            if known.key == row.key:
                self._rows[index] = row
                self._redraw(index)
                return

    @property
    def current(self) -> ListRow | None:
        """The row at the marker; None until it has been given."""
        return self._rows.get(self.index)

    @property
    def first_in_sight(self) -> int:
        """The number of the row at the top, from 0 on."""
        return self.scroll_offset.y // self._height

    @property
    def rows_in_sight(self) -> int:
        """How many rows fit on the screen."""
        return max(1, -(-self.size.height // self._height))

    def action_move(self, step: int) -> None:
        """Move down (positive) or up (negative) by so many rows."""
        self.action_go(min(max(0, self.index + step), max(0, self.count - 1)))

    def action_page(self, direction: int) -> None:
        """Move a page down (1) or up (-1)."""
        self.action_move(direction * max(1, self.size.height // self._height - 1))

    def action_go(self, index: int) -> None:
        """Go to a row, counted from 0; -1 is the last one."""
        if not self.count:
            return
        old, self.index = self.index, index if index >= 0 else self.count - 1
        if old != self.index:
            self._show_current()
            for changed in (old, self.index):
                self._redraw(changed, marker_only=True)
            self._ask()
            self.post_message(self.Pointed(self, self.index))

    def action_choose(self) -> None:
        """Choose the current row."""
        if self.current is not None:
            self.post_message(self.Chosen(self, self.index, self.current))

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the mouse."""
        index = (event.y + self.scroll_offset.y) // self._height
        if index < self.count:
            self.action_go(index)
            self.action_choose()

    def on_resize(self) -> None:
        """Keep the current row in sight."""
        self._resize_content()
        self._show_current()
        self._ask()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for the rows that a mouse wheel has brought into sight."""
        super().watch_scroll_y(old_value, new_value)
        self._ask()

    def _resize_content(self) -> None:
        self.virtual_size = Size(self.size.width, self.count * self._height)

    def _show_current(self) -> None:
        top, height = self.scroll_offset.y, self.size.height
        line = self.index * self._height
        # Scrolling by half a screen repaints the list once in many keys; over a slow line, once a key is too much.
        if line < top:
            self.scroll_to(y=max(0, line + self._height - height // 2), animate=False, force=True, immediate=True)
        elif line + self._height > top + height:
            self.scroll_to(y=line - height // 2, animate=False, force=True, immediate=True)
        self._point()

    def _ask(self) -> None:
        """Ask for the rows in sight that are missing, unless they have been asked for."""
        first = max(0, self.first_in_sight)
        last = min(self.count, first + self.rows_in_sight + 1)
        lacking = [index for index in range(first, last) if index not in self._rows]
        if not lacking:
            return
        wanted = lacking[0], lacking[-1] - lacking[0] + 1
        if wanted != self._asked:
            self._asked = wanted
            self.post_message(self.Wanted(self, *wanted))

    def _point(self) -> None:
        """Put the terminal's cursor at the current row: screen readers follow it."""
        if self.has_focus:
            y = self.index * self._height - self.scroll_offset.y
            self.app.cursor_position = self.content_region.offset + Offset(
                0, min(max(0, y), max(0, self.size.height - 1))
            )

    def on_focus(self) -> None:
        """Show the terminal's cursor where the reader is."""
        self._point()

    def _redraw(self, index: int, *, marker_only: bool = False) -> None:
        y = index * self._height - self.scroll_offset.y
        width = 1 if marker_only else self.size.width
        shown = Region(0, y, width, self._height).intersection(Region(0, 0, self.size.width, self.size.height))
        if shown:
            self.refresh(shown)

    def render_line(self, y: int) -> Strip:
        """Return line `y` of the screen as a strip: the marker, then the row's title or detail."""
        return self._build_line(y + self.scroll_offset.y).apply_style(self.rich_style)

    def _build_line(self, line: int) -> Strip:
        index, is_detail = divmod(line, self._height)
        if not self.count and line == 1:
            return Strip([Segment(clip(f"  {self.empty}", self.size.width))]).adjust_cell_length(self.size.width)
        row = self._rows.get(index)
        if index >= self.count or row is None:
            return Strip.blank(self.size.width)
        style = self.get_component_rich_style
        marker = Segment("▌", style("row-list--current", partial=True)) if index == self.index else Segment(" ")
        segments = [marker]
        width = self.size.width - 3
        if not is_detail:
            look = style("row-list--bold" if row.is_bold else "row-list--title", partial=True)
            segments += [Segment(f"{row.glyph} "), *self._build_title(row, width, look)]
        else:
            segments.append(Segment("  "))
            segments += self._build_detail(row, width)
        return Strip(segments).adjust_cell_length(self.size.width)

    def _build_title(self, row: ListRow, width: int, look: Style) -> list[Segment]:
        if self._height > 1 or not (row.aside or row.ending) or width < _narrowest_for_aside:
            return self._build_marked(clip(row.title, width), row.title_spans, look)
        ending = f" {row.ending}" if row.ending else ""
        aside = clip(row.aside, width * 2 // 5 - cell_len(ending)) + ending
        room = width - cell_len(aside) - 2
        title = clip(row.title, room)
        gap = " " * (room - cell_len(title) + 2)
        return [
            *self._build_marked(title, row.title_spans, look),
            Segment(gap + aside, self.get_component_rich_style("row-list--detail", partial=True)),
        ]

    def _build_detail(self, row: ListRow, width: int) -> list[Segment]:
        plain = self.get_component_rich_style("row-list--detail", partial=True)
        ending = f" {row.ending}" if row.ending else ""
        detail = self._build_marked(clip(row.detail, width - cell_len(ending)), row.spans, plain)
        return [*detail, Segment(ending, plain)] if ending else detail

    def _build_marked(self, shown: str, spans: Sequence[tuple[int, int]], plain: Style) -> list[Segment]:
        """Return the shown part of a text, with the spans of the text marked."""
        match = plain + self.get_component_rich_style("row-list--match", partial=True)
        segments: list[Segment] = []
        at = 0
        for start, end in spans:
            if start >= len(shown):
                break
            segments += [Segment(shown[at:start], plain), Segment(shown[start:end], match)]
            at = min(end, len(shown))
        return [*segments, Segment(shown[at:], plain)]
