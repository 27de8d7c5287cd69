"""Article: shows one document as lines, marks its mentions and matches, and has one current paragraph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.layout import ArticleLayout
from tui.widgets.article_lines import LineBuilder, gutter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events

    from search import Cast, Document, Match, Mention

_overlap = 2  # lines of a page that stay in sight on the next one
_wrapped_at_once = 200  # paragraphs; between two such steps, keys are handled


class Article(ScrollView, can_focus=True):
    """A document as one widget that draws lines; with a widget for each paragraph, long documents would open slowly."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "article--title", "article--byline", "article--current", "article--glyph", "article--person",
        "article--organisation", "article--place", "article--event", "article--work", "article--other",
        "article--selected", "article--cursor", "article--match", "article--uncertain",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "next", "next paragraph", id="next"),
        Binding("k,up", "previous", "previous paragraph", id="previous"),
        Binding("space,pagedown", "page(1)", "page down", id="page_down"),
        Binding("b,pageup", "page(-1)", "page up", id="page_up"),
        Binding("g,home", "first", "first paragraph", id="first"),
        Binding("G,end", "last", "last paragraph", id="last"),
    ]

    @dataclass
    class Moved(Message):
        """Another paragraph has become current; `paragraph` is its index."""

        paragraph: int

    @dataclass
    class Clicked(Message):
        """The reader has clicked on a mention."""

        mention: Mention

    def __init__(self, text_width: int, *, id: str) -> None:
        super().__init__(id=id)
        self._text_width = text_width
        self._document: Document | None = None
        self._layout: ArticleLayout | None = None
        self._builder = LineBuilder(lambda name: self.get_component_rich_style(name, partial=True))
        self._strips: dict[int, Strip] = {}
        self.paragraph = 0
        self.selected: str | None = None
        self.cursor: Mention | None = None

    # What the screen tells it

    def show(self, document: Document, cast: Cast, matches: Sequence[Match], selected: str | None) -> None:
        """Show a document from its beginning, with the mentions of `selected`, an actor's id, highlighted."""
        if document != self._document:
            self._document, self._layout = document, None
        self._builder.set_cast(cast)
        self._builder.set_matches(matches)
        self.paragraph, self.selected, self.cursor = 0, selected, None
        self._lay_out()
        self.scroll_to(y=0, animate=False, force=True, immediate=True)

    def set_cast(self, cast: Cast) -> None:
        """Mark the mentions of another cast; redraw only the lines that change."""
        changed = self._builder.set_cast(cast)
        if self._layout is not None:
            found = ((index, self._layout.find(index)) for index in self._strips.copy())
            self._redraw_lines(index for index, line in found if line is not None and line.paragraph in changed)

    def set_matches(self, matches: Sequence[Match]) -> None:
        """Mark the matches of another search."""
        self._builder.set_matches(matches)
        self._strips.clear()
        self.refresh()

    def set_title_matches(self, spans: Sequence[tuple[int, int]]) -> None:
        """Mark matches in the title, each from a first character to the one after its last."""
        if tuple(spans) != self._builder.title_matches:
            self._builder.title_matches = tuple(spans)
            if self._layout is not None:
                self._redraw_lines(self._layout.title_lines)

    def select(self, actor: str | None) -> None:
        """Highlight the mentions of an actor, given by its id, and of no other actor."""
        changed = {each for each in (self.selected, actor) if each is not None}
        self.selected = actor
        if self._layout is not None:
            self._redraw_mentions(self._builder.find_mentions(changed, self._layout.wrapped))

    def put_cursor(self, mention: Mention | None) -> None:
        """Go to a mention and mark it as the one that the reader is at; None marks none."""
        self._mark_cursor(mention)
        if mention is not None:
            self.go_to(mention.paragraph, mention.start)

    def go_to(self, paragraph: int, character: int = 0) -> None:
        """Make a paragraph current; scroll only as far as that character and what follows it need."""
        self._make_current(paragraph)
        if self._layout is None:
            return
        line, last = self._layout.find_line(paragraph, character), self._layout.last_line(paragraph)
        height, top = self.size.height, self.scroll_offset.y
        # A line at the very edge is read better with its neighbours.
        wanted = min(line + 2, last) if character else last
        if line < top or wanted >= top + height:
            start = self._layout.first_line(paragraph) if character == 0 else line
            self._scroll(start - (height // 3 if wanted - start < height - height // 3 else 0))

    def return_to(self, paragraph: int, top: int, mention: Mention | None = None) -> None:
        """Make a paragraph current and show line `top`, counted from 0, as the first one on the screen."""
        self._mark_cursor(mention)
        self._make_current(paragraph)
        self._scroll(top)

    @property
    def top(self) -> int:
        """The number of the first line on the screen, counted from 0."""
        return self.scroll_offset.y

    # Keys

    def action_next(self) -> None:
        """Go to the next paragraph, or further down in one that is longer than the screen."""
        if self._layout is None or self._document is None:
            return
        hidden = self._layout.last_line(self.paragraph) - (self.top + self.size.height - 1)
        if hidden > 0:
            self._scroll(self.top + min(hidden, max(1, self.size.height - _overlap)))
        elif self.paragraph + 1 < len(self._document.paragraphs):
            self.go_to(self.paragraph + 1)

    def action_previous(self) -> None:
        """Go to the previous paragraph, or further up in one that is longer than the screen."""
        if self._layout is None:
            return
        hidden = self.top - self._layout.first_line(self.paragraph)
        if hidden > 0:
            self._scroll(self.top - min(hidden, max(1, self.size.height - _overlap)))
        elif self.paragraph > 0:
            self.go_to(self.paragraph - 1)
        else:
            self._scroll(0)

    def action_page(self, direction: int) -> None:
        """Scroll a page down (1) or up (-1); the first paragraph that begins on it becomes current."""
        if self._layout is None or self._document is None:
            return
        height = self.size.height
        reached = self._layout.clamp_top(self.top + direction * max(1, height - _overlap), height)
        if reached == self.top:
            self._make_current(0 if direction < 0 else len(self._document.paragraphs) - 1)
            return
        self._scroll(reached)
        self._make_current(self._layout.find_paragraph_from(reached, height))

    def action_first(self) -> None:
        """Go to the first paragraph."""
        self.return_to(0, 0)

    def action_last(self) -> None:
        """Go to the last paragraph."""
        if self._layout is not None and self._document is not None:
            last = len(self._document.paragraphs) - 1
            self.return_to(last, self._layout.last_line(last))

    # Lines

    def _lay_out(self) -> None:
        """Break the document into lines, unless it is already broken at this width."""
        if self._document is None or self.size.width <= gutter:
            return
        width = max(1, min(self._text_width, self.size.width - gutter - 1))
        if self._layout is None or self._layout.document is not self._document or self._layout.width != width:
            self._layout = ArticleLayout(self._document, width)
        self._strips.clear()
        self._wrap_to(self.size.height)
        self._measure()
        self.refresh()
        if not self._layout.is_complete:
            self.call_after_refresh(self._wrap_rest, self._layout)

    def _wrap_rest(self, layout: ArticleLayout) -> None:
        """Wrap more paragraphs, a few at a time, until all lines of this layout are known."""
        if layout is not self._layout or layout.is_complete:
            return
        layout.wrap_paragraphs(layout.wrapped + _wrapped_at_once)
        if layout.is_complete:
            self._measure()
        else:
            self.call_later(self._wrap_rest, layout)

    def _wrap_to(self, line: int) -> None:
        """Wrap paragraphs down to a line; the article grows where its length was estimated too short."""
        assert self._layout is not None
        before = self._layout.is_complete
        self._layout.wrap_lines(line)
        if self._layout.is_complete != before or line > self.virtual_size.height:
            self._measure()

    def _measure(self) -> None:
        assert self._layout is not None
        self.virtual_size = Size(self.size.width, self._layout.measure())

    def on_resize(self) -> None:
        """Break the lines at the new width."""
        self._lay_out_in_place()

    def set_text_width(self, width: int) -> None:
        """Break the lines at another width, in columns."""
        if width != self._text_width:
            self._text_width = width
            self._lay_out_in_place()

    def _lay_out_in_place(self) -> None:
        """Lay out the document, and keep the mention or paragraph that the reader is at where it was on the screen."""
        if self._layout is None or self.size.width == 0:
            self._lay_out()
            return
        character = self._find_anchor()
        above = self._layout.find_line(self.paragraph, character) - self.top
        self._lay_out()
        line = self._layout.find_line(self.paragraph, character)
        # What follows in the paragraph stays in sight, too, if there is room.
        room = self.size.height - 1 - (self._layout.last_line(self.paragraph) - line)
        self._scroll(line - min(max(0, above), max(0, room)))

    def _find_anchor(self) -> int:
        """Return the character of the current paragraph that stays where it is."""
        assert self._layout is not None
        if self.cursor is not None and self.cursor.paragraph == self.paragraph:
            return self.cursor.start
        if self.top <= self._layout.first_line(self.paragraph):
            return 0
        # Of a paragraph that begins above the screen, it is the first in sight.
        line = self._layout.find(min(self.top, self._layout.last_line(self.paragraph)))
        return line.start if line is not None else 0

    def _scroll(self, y: int) -> None:
        if self._layout is not None:
            self._wrap_to(max(0, y) + self.size.height)
        self.scroll_to(y=max(0, y), animate=False, force=True, immediate=True)
        self._point()

    # Drawing

    def _point(self) -> None:
        """Put the terminal's cursor at the mention, or at the current paragraph's bar: screen readers follow it."""
        if not self.has_focus or self._layout is None or self._document is None:
            return
        index, column = self._layout.first_line(self.paragraph), 0
        if self.cursor is not None and self.cursor.paragraph == self.paragraph:
            index = self._layout.find_line(self.paragraph, self.cursor.start)
            line = self._layout.find(index)
            before = self._document.paragraphs[self.paragraph].text[line.start if line else 0 : self.cursor.start]
            column = gutter + cell_len(before)
        y = min(max(0, index - self.top), max(0, self.size.height - 1))
        self.app.cursor_position = self.content_region.offset + Offset(column, y)

    def on_focus(self) -> None:
        """Show the terminal's cursor where the reader is."""
        self._point()

    def _make_current(self, paragraph: int) -> None:
        if self._layout is None:
            return
        old, self.paragraph = self.paragraph, paragraph
        if old != paragraph:
            for index in (old, paragraph):
                lines = range(self._layout.first_line(index), self._layout.last_line(index) + 1)
                self._redraw_lines(lines, gutter_only=True)
        self._point()
        self.post_message(self.Moved(paragraph))

    def _mark_cursor(self, mention: Mention | None) -> None:
        old, self.cursor = self.cursor, mention
        self._redraw_mentions(filter(None, (old, mention)))

    def notify_style_update(self) -> None:
        """Redraw every line: another theme has other styles."""
        self._strips.clear()
        super().notify_style_update()

    def _redraw_mentions(self, mentions: Iterable[Mention]) -> None:
        if self._layout is None:
            return
        for mention in mentions:
            first = self._layout.find_line(mention.paragraph, mention.start)
            last = self._layout.find_line(mention.paragraph, mention.end - 1)
            self._redraw_lines(range(first, last + 1))

    def _redraw_lines(self, lines: Iterable[int], *, gutter_only: bool = False) -> None:
        for line in lines:
            self._strips.pop(line, None)
            y = line - self.top
            if 0 <= y < self.size.height:
                self.refresh(Region(0, y, 1 if gutter_only else self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Return line `y` of the screen as a strip: the gutter, then the text."""
        index = y + self.top
        line = self._layout.find(index) if self._layout is not None else None
        if self._layout is None or line is None:
            return Strip.blank(self.size.width, self.rich_style)
        if index not in self._strips:
            is_current = line.paragraph == self.paragraph
            strip = self._builder.build(
                self._layout, line, selected=self.selected, cursor=self.cursor, is_current=is_current
            )
            self._strips[index] = strip.adjust_cell_length(self.size.width).apply_style(self.rich_style)
        return self._strips[index]

    def on_click(self, event: events.Click) -> None:
        """Make the paragraph under the mouse current; report a click on a mention."""
        line = self._layout.find(event.y + self.top) if self._layout is not None and event.y >= 0 else None
        if line is None or line.kind != "text":
            return
        self._make_current(line.paragraph)
        under = self._builder.find_mention_at(line.paragraph, line.start + event.x - gutter)
        if under is not None:
            self.post_message(self.Clicked(under))
