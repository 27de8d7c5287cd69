"""Article: one document as lines, with its mentions marked and one paragraph current."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.render import Layout, Line, Look, build_layout, build_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events

    from search import Cast, Document, Match, Mention

_gutter = 3
_overlap = 2  # lines of a page that stay in sight on the next one


class Article(ScrollView, can_focus=True):
    """A document as a widget that draws lines: a widget a paragraph would take seconds to open a long one."""

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
        Binding("g,home", "first", "first", id="first"),
        Binding("G,end", "last", "last", id="last"),
    ]

    @dataclass
    class Moved(Message):
        """Another paragraph is current."""

        paragraph: int

    @dataclass
    class Clicked(Message):
        """A mention was clicked on."""

        mention: Mention

    def __init__(self, text_width: int, *, id: str) -> None:
        super().__init__(id=id)
        self._text_width = text_width
        self._document: Document | None = None
        self._mentions: dict[int, list[Mention]] = {}
        self._matches: dict[int, list[tuple[int, int]]] = {}
        self._title_matches: tuple[tuple[int, int], ...] = ()
        self._page: Layout | None = None
        self._strips: dict[int, Strip] = {}
        self.paragraph = 0
        self.selected: str | None = None
        self.cursor: Mention | None = None

    # What the screen tells it

    def show(self, document: Document, cast: Cast, matches: Sequence[Match], selected: str | None) -> None:
        """Show a document from its beginning."""
        is_laid_out = document == self._document and self._page is not None
        self._document = document
        self._mentions = _by_paragraph(cast)
        self._matches = {}
        for match in matches:
            self._matches.setdefault(match.paragraph, []).append((match.start, match.end))
        self.paragraph, self.selected, self.cursor = 0, selected, None
        if is_laid_out:
            self._strips.clear()
            self.refresh()
        else:
            self._page = None  # in a terminal too narrow for any text there is no other one
            self._lay_out()
        self.scroll_to(y=0, animate=False, force=True, immediate=True)

    def set_cast(self, cast: Cast) -> None:
        """Mark more mentions; what is in sight and stays the same is not drawn again."""
        before, self._mentions = self._mentions, _by_paragraph(cast)
        changed = {index for index in before | self._mentions if before.get(index) != self._mentions.get(index)}
        if self._page is not None:
            self._redraw_lines(index for index in self._strips.copy() if self._page.lines[index].paragraph in changed)

    def set_matches(self, matches: Sequence[Match]) -> None:
        """Mark other matches."""
        self._matches = {}
        for match in matches:
            self._matches.setdefault(match.paragraph, []).append((match.start, match.end))
        self._strips.clear()
        self.refresh()

    def set_title_matches(self, spans: Sequence[tuple[int, int]]) -> None:
        """Mark other matches in the title."""
        if tuple(spans) != self._title_matches:
            self._title_matches = tuple(spans)
            if self._page is not None:
                self._redraw_lines(index for index, line in enumerate(self._page.lines) if line.kind == "title")

    def select(self, actor: str | None) -> None:
        """Light the mentions of an actor, and of no other."""
        changed = {self.selected, actor} - {None}
        self.selected = actor
        self._redraw_mentions(
            mention for mentions in self._mentions.values() for mention in mentions
            if mention.link and mention.link.actor in changed
        )  # fmt: skip

    def put_cursor(self, mention: Mention | None) -> None:
        """Show which mention one is at, and go there."""
        old, self.cursor = self.cursor, mention
        self._redraw_mentions(filter(None, (old, mention)))
        if mention is not None:
            self.go_to(mention.paragraph, mention.start)

    def go_to(self, paragraph: int, character: int = 0) -> None:
        """Make a paragraph current, and scroll no more than is needed to see that character and what follows."""
        self._make_current(paragraph)
        if self._page is None:
            return
        line = self._page.find_line(paragraph, character)
        height, top = self.size.height, self.scroll_offset.y
        # A line at the very edge is read better with its neighbours.
        wanted = min(line + 2, self._page.last_line(paragraph)) if character else self._page.last_line(paragraph)
        if line < top or wanted >= top + height:
            start = self._page.first[paragraph] if character == 0 else line
            self._scroll(start - (height // 3 if wanted - start < height - height // 3 else 0))

    def return_to(self, paragraph: int, top: int, mention: Mention | None = None) -> None:
        """Make a paragraph current with that line at the top: the exact place where one was."""
        old, self.cursor = self.cursor, mention
        self._redraw_mentions(filter(None, (old, mention)))
        self._make_current(paragraph)
        self._scroll(top)

    @property
    def top(self) -> int:
        """The line at the top."""
        return self.scroll_offset.y

    # Keys

    def action_next(self) -> None:
        """To the next paragraph, or on within one that is longer than the screen."""
        if self._page is None:
            return
        hidden = self._page.last_line(self.paragraph) - (self.top + self.size.height - 1)
        if hidden > 0:
            self._scroll(self.top + min(hidden, max(1, self.size.height - _overlap)))
        elif self.paragraph + 1 < len(self._page.first):
            self.go_to(self.paragraph + 1)

    def action_previous(self) -> None:
        """To the previous paragraph, or back within one that is longer than the screen."""
        if self._page is None:
            return
        hidden = self.top - self._page.first[self.paragraph]
        if hidden > 0:
            self._scroll(self.top - min(hidden, max(1, self.size.height - _overlap)))
        elif self.paragraph > 0:
            self.go_to(self.paragraph - 1)
        else:
            self._scroll(0)

    def action_page(self, direction: int) -> None:
        """A page on or back; the first paragraph that begins on it becomes current."""
        if self._page is None:
            return
        target = self.top + direction * max(1, self.size.height - _overlap)
        reached = min(max(0, target), max(0, len(self._page.lines) - self.size.height))
        if reached == self.top:
            self._make_current(0 if direction < 0 else len(self._page.first) - 1)
            return
        self._scroll(reached)
        below = bisect_right(self._page.first, reached - 1)
        within = below < len(self._page.first) and self._page.first[below] < reached + self.size.height
        self._make_current(below if within else max(0, below - 1))

    def action_first(self) -> None:
        """To the first paragraph."""
        self.return_to(0, 0)

    def action_last(self) -> None:
        """To the last paragraph."""
        if self._page is not None:
            self.return_to(len(self._page.first) - 1, len(self._page.lines))

    # Drawing

    def _point(self) -> None:
        """Put the terminal's cursor where the attention is, for screen readers: the mention, or the paragraph's bar."""
        if not self.has_focus or self._page is None:
            return
        line, column = self._page.first[self.paragraph], 0
        if self.cursor is not None and self.cursor.paragraph == self.paragraph:
            line = self._page.find_line(self.paragraph, self.cursor.start)
            column = _gutter + cell_len(self._text_of(self.paragraph)[self._page.lines[line].start : self.cursor.start])
        y = min(max(0, line - self.top), max(0, self.size.height - 1))
        self.app.cursor_position = self.content_region.offset + Offset(column, y)

    def on_focus(self) -> None:
        """The keys come here."""
        self._point()

    def _text_of(self, paragraph: int) -> str:
        assert self._document is not None
        return self._document.paragraphs[paragraph].text

    def _make_current(self, paragraph: int) -> None:
        if self._page is None:
            return
        old, self.paragraph = self.paragraph, paragraph
        if old != paragraph:
            for index in (old, paragraph):
                first = self._page.first[index]
                self._redraw_lines(range(first, self._page.last_line(index) + 1), gutter_only=True)
        self._point()
        self.post_message(self.Moved(paragraph))

    def _scroll(self, y: int) -> None:
        self.scroll_to(y=max(0, y), animate=False, force=True, immediate=True)
        self._point()

    def _lay_out(self) -> None:
        if self._document is None or self.size.width <= _gutter:
            return
        width = min(self._text_width, self.size.width - _gutter - 1)
        self._page = build_layout(self._document, max(1, width))
        self._strips.clear()
        self.virtual_size = Size(self.size.width, len(self._page.lines))
        self.refresh()

    def on_resize(self) -> None:
        """Break the lines to the new width."""
        self._lay_out_in_place()

    def set_text_width(self, width: int) -> None:
        """Break the lines at another width."""
        if width != self._text_width:
            self._text_width = width
            self._lay_out_in_place()

    def _lay_out_in_place(self) -> None:
        """Break the lines, and keep what one is at where it was on the screen: the mention, or the paragraph."""
        if self._page is None or self.size.width == 0:
            self._lay_out()
            return
        character = self._find_anchor()
        above = self._page.find_line(self.paragraph, character) - self.top
        self._lay_out()
        line = self._page.find_line(self.paragraph, character)
        # What follows in the paragraph is kept in sight, too, if there is room.
        room = self.size.height - 1 - (self._page.last_line(self.paragraph) - line)
        self._scroll(line - min(max(0, above), max(0, room)))

    def _find_anchor(self) -> int:
        """The character of the current paragraph that stays where it is."""
        assert self._page is not None
        if self.cursor is not None and self.cursor.paragraph == self.paragraph:
            return self.cursor.start
        first = self._page.first[self.paragraph]
        # Of a paragraph that begins above the screen, it is the first in sight.
        return self._page.lines[min(self.top, self._page.last_line(self.paragraph))].start if self.top > first else 0

    def notify_style_update(self) -> None:
        """Another theme: every line looks different."""
        self._strips.clear()
        super().notify_style_update()

    def _redraw_mentions(self, mentions: Iterable[Mention]) -> None:
        if self._page is None:
            return
        for mention in mentions:
            first = self._page.find_line(mention.paragraph, mention.start)
            last = self._page.find_line(mention.paragraph, mention.end - 1)
            self._redraw_lines(range(first, last + 1))

    def _redraw_lines(self, lines: Iterable[int], *, gutter_only: bool = False) -> None:
        for line in lines:
            self._strips.pop(line, None)
            y = line - self.top
            if 0 <= y < self.size.height:
                self.refresh(Region(0, y, 1 if gutter_only else self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """One line of the screen: the gutter, then the text."""
        index = y + self.top
        if self._page is None or index >= len(self._page.lines):
            return Strip.blank(self.size.width, self.rich_style)
        if index not in self._strips:
            self._strips[index] = self._build_strip(self._page.lines[index]).apply_style(self.rich_style)
        return self._strips[index]

    def _build_strip(self, line: Line) -> Strip:
        assert self._page is not None
        if line.kind == "title":
            return self._build_title_strip(line)
        if line.kind != "text":
            text = self._page.byline[line.start : line.end] if line.kind == "byline" else ""
            style = self._style(f"article--{line.kind}") if text else None
            return Strip([Segment(" " * _gutter), Segment(text, style)]).adjust_cell_length(self.size.width)
        matches = self._matches.get(line.paragraph, ())
        runs = build_runs(
            self._text_of(line.paragraph),
            line.start,
            line.end,
            [m for m in self._mentions.get(line.paragraph, ()) if m.end > line.start and m.start < line.end],
            [span for span in matches if span[1] > line.start and span[0] < line.end],
            selected=self.selected,
            cursor=self.cursor,
        )
        bar = Segment("▌", self._style("article--current")) if line.paragraph == self.paragraph else Segment(" ")
        glyph = _find_glyph(runs)
        segments = [bar, Segment(glyph, self._style("article--glyph") if glyph != " " else None), Segment(" ")]
        segments += [Segment(run.text, self._style_of(run.look)) for run in runs]
        return Strip(segments).adjust_cell_length(self.size.width)

    def _build_title_strip(self, line: Line) -> Strip:
        assert self._page is not None
        spans = [span for span in self._title_matches if span[1] > line.start and span[0] < line.end]
        title = self._style("article--title")
        runs = build_runs(self._page.title, line.start, line.end, [], spans, selected=None, cursor=None)
        segments = [Segment(run.text, title + (self._style_of(run.look) or Style.null())) for run in runs]
        return Strip([Segment(" " * _gutter), *segments]).adjust_cell_length(self.size.width)

    def _style_of(self, look: Look) -> Style | None:
        names = [f"article--{look.type}"] if look.type else []
        shown = (
            (look.is_selected, "selected"), (look.is_uncertain, "uncertain"), (look.is_match, "match"),
            (look.is_cursor, "cursor"),
        )  # fmt: skip
        for wanted, name in shown:
            names += [f"article--{name}"] if wanted else []
        return sum((self._style(name) for name in names[1:]), self._style(names[0])) if names else None

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)

    def on_click(self, event: events.Click) -> None:
        """A click makes the paragraph current, one on a mention selects its actor."""
        if self._page is None or not 0 <= (index := event.y + self.top) < len(self._page.lines):
            return
        line = self._page.lines[index]
        if line.kind != "text":
            return
        self._make_current(line.paragraph)
        character = line.start + event.x - _gutter
        under = [
            mention for mention in self._mentions.get(line.paragraph, ())
            if mention.link and mention.start <= character < mention.end
        ]  # fmt: skip
        if under:
            self.post_message(self.Clicked(min(under, key=lambda mention: mention.end - mention.start)))


def _by_paragraph(cast: Cast) -> dict[int, list[Mention]]:
    mentions: dict[int, list[Mention]] = {}
    for mention in cast.mentions:
        mentions.setdefault(mention.paragraph, []).append(mention)
    return mentions


def _find_glyph(runs: Iterable[tuple[str, Look]]) -> str:
    """What the gutter says of a line, for eyes and terminals without colour."""
    looks = [look for _, look in runs]
    if any(look.is_cursor for look in looks):
        return "▷" if any(look.is_cursor and look.is_uncertain for look in looks) else "▶"
    if any(look.is_selected for look in looks):
        return "•" if any(look.is_selected and not look.is_uncertain for look in looks) else "◦"
    return "/" if any(look.is_match for look in looks) else " "
