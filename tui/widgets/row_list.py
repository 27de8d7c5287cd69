"""RowList: any number of rows of one or two lines, of which only those in sight are asked for."""

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
    """What a row shows: a title with `glyph` before it, in which `title_spans` are marked, and a detail with `spans`.

    The detail is below the title; where rows have one line, `aside` stands to the right of the title instead. `ending`
    follows either, and is not clipped.
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
    """A list that draws lines. It knows how many rows there are, and asks for those that it lacks."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row-list--title", "row-list--bold", "row-list--detail", "row-list--match", "row-list--current"
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "next row", id="next"),
        Binding("k,up", "move(-1)", "previous row", id="previous"),
        Binding("space,pagedown", "page(1)", "page down", id="page_down"),
        Binding("b,pageup", "page(-1)", "page up", id="page_up"),
        Binding("g,home", "go(0)", "first", id="first"),
        Binding("G,end", "go(-1)", "last", id="last"),
        Binding("enter", "choose", "open", id="open"),
    ]

    @dataclass
    class Wanted(Message):
        """Rows are in sight that were not given yet: from `first`, `count` of them."""

        rows: RowList
        first: int
        count: int

    @dataclass
    class Pointed(Message):
        """Another row is current."""

        rows: RowList
        index: int

    @dataclass
    class Chosen(Message):
        """The row was chosen, by Enter or by a click."""

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
        """Another list, of which the first rows are given."""
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
        """Give rows without marked spans a single line; the current row stays current and in sight."""
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
        """The same list with more in it: the current row stands at `index` now, and stays where it is on the screen."""
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
        """More rows at the end."""
        self._rows.update(enumerate(rows, self.count))
        self.count += len(rows)
        self._resize_content()
        self.refresh()

    def fill(self, first: int, rows: Sequence[ListRow]) -> None:
        """The rows that were asked for."""
        self._rows.update(enumerate(rows, first))
        self._asked = None
        self.refresh()
        self._ask()

    def replace_row(self, row: ListRow) -> None:
        """A row has changed."""
        for index, known in self._rows.items():
            if known.key == row.key:
                self._rows[index] = row
                self._redraw(index)
                return

    @property
    def current(self) -> ListRow | None:
        """The row at the marker, once it is known."""
        return self._rows.get(self.index)

    @property
    def first_in_sight(self) -> int:
        """The row at the top."""
        return self.scroll_offset.y // self._height

    @property
    def rows_in_sight(self) -> int:
        """How many rows fit."""
        return max(1, -(-self.size.height // self._height))

    def action_move(self, step: int) -> None:
        """To the next or previous row."""
        self.action_go(min(max(0, self.index + step), max(0, self.count - 1)))

    def action_page(self, direction: int) -> None:
        """As many rows on or back as are in sight."""
        self.action_move(direction * max(1, self.size.height // self._height - 1))

    def action_go(self, index: int) -> None:
        """To a row; -1 is the last one."""
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
        """Open what the row stands for."""
        if self.current is not None:
            self.post_message(self.Chosen(self, self.index, self.current))

    def on_click(self, event: events.Click) -> None:
        """A click on a row chooses it."""
        index = (event.y + self.scroll_offset.y) // self._height
        if index < self.count:
            self.action_go(index)
            self.action_choose()

    def on_resize(self) -> None:
        """Another size: the current row stays in sight."""
        self._resize_content()
        self._show_current()
        self._ask()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel was turned."""
        super().watch_scroll_y(old_value, new_value)
        self._ask()

    def _resize_content(self) -> None:
        self.virtual_size = Size(self.size.width, self.count * self._height)

    def _show_current(self) -> None:
        top, height = self.scroll_offset.y, self.size.height
        line = self.index * self._height
        # Scrolling by half a screen costs a thin line one repaint in many keys, not one a key.
        if line < top:
            self.scroll_to(y=max(0, line + self._height - height // 2), animate=False, force=True, immediate=True)
        elif line + self._height > top + height:
            self.scroll_to(y=line - height // 2, animate=False, force=True, immediate=True)
        self._point()

    def _ask(self) -> None:
        """Ask for the rows that are in sight and lacking, unless that question is already under way."""
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
        """Put the terminal's cursor where the attention is, for screen readers."""
        if self.has_focus:
            y = self.index * self._height - self.scroll_offset.y
            self.app.cursor_position = self.content_region.offset + Offset(
                0, min(max(0, y), max(0, self.size.height - 1))
            )

    def on_focus(self) -> None:
        """The keys come here."""
        self._point()

    def _redraw(self, index: int, *, marker_only: bool = False) -> None:
        y = index * self._height - self.scroll_offset.y
        width = 1 if marker_only else self.size.width
        shown = Region(0, y, width, self._height).intersection(Region(0, 0, self.size.width, self.size.height))
        if shown:
            self.refresh(shown)

    def render_line(self, y: int) -> Strip:
        """One line of the screen: the marker, then the row's title or detail."""
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
        """What is shown of a text, with the spans of the text marked."""
        match = plain + self.get_component_rich_style("row-list--match", partial=True)
        segments: list[Segment] = []
        at = 0
        for start, end in spans:
            if start >= len(shown):
                break
            segments += [Segment(shown[at:start], plain), Segment(shown[start:end], match)]
            at = min(end, len(shown))
        return [*segments, Segment(shown[at:], plain)]
