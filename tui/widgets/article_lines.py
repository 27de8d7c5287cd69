"""LineBuilder: draws one line of an article, with its gutter, mentions and matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.render import Look, build_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from search import Cast, Match, Mention
    from tui.layout import ArticleLayout, Line

gutter = 3
"""Columns to the left of the text: the bar of the current paragraph, a mark, a space."""


class LineBuilder:
    """Builds the strips of an article's lines; knows what is marked in it, but no screen.

    `style` returns the style of one of Article's component classes.
    """

    def __init__(self, style: Callable[[str], Style]) -> None:
        self._style = style
        self._mentions: dict[int, list[Mention]] = {}
        self._matches: dict[int, list[tuple[int, int]]] = {}
        self.title_matches: tuple[tuple[int, int], ...] = ()

    def set_cast(self, cast: Cast) -> set[int]:
        """Mark the mentions of a cast; return the paragraphs whose mentions have changed."""
        before, self._mentions = self._mentions, {}
        for mention in cast.mentions:
            self._mentions.setdefault(mention.paragraph, []).append(mention)
        return {index for index in before | self._mentions if before.get(index) != self._mentions.get(index)}

    def set_matches(self, matches: Sequence[Match]) -> None:
        """Mark the matches of a search in the text."""
        self._matches = {}
        for match in matches:
            self._matches.setdefault(match.paragraph, []).append((match.start, match.end))

    def find_mentions(self, actors: set[str], paragraphs: int) -> list[Mention]:
        """Return the mentions of these actors in the first `paragraphs` paragraphs."""
        return [
            mention for index, mentions in self._mentions.items() if index < paragraphs for mention in mentions
            if mention.link and mention.link.actor in actors
        ]  # fmt: skip

    def find_mention_at(self, paragraph: int, character: int) -> Mention | None:
        """Return the shortest linked mention that holds this character; None where there is none."""
        under = [
            mention for mention in self._mentions.get(paragraph, ())
            if mention.link and mention.start <= character < mention.end
        ]  # fmt: skip
        return min(under, key=lambda mention: mention.end - mention.start, default=None)

    def build(
        self, layout: ArticleLayout, line: Line, *, selected: str | None, cursor: Mention | None, is_current: bool
    ) -> Strip:
        """Build a line as wide as its text; `selected` is an actor's id, `cursor` the mention that the reader is at."""
        if line.kind == "title":
            return self._build_title(layout.title, line)
        if line.kind == "blank":
            return Strip([])
        if line.kind == "byline":
            byline = layout.byline[line.start : line.end]
            return Strip([Segment(" " * gutter), Segment(byline, self._style("article--byline"))])
        runs = build_runs(
            layout.document.paragraphs[line.paragraph].text,
            line.start,
            line.end,
            [m for m in self._mentions.get(line.paragraph, ()) if m.end > line.start and m.start < line.end],
            _find_within(line, self._matches.get(line.paragraph, ())),
            selected=selected,
            cursor=cursor,
        )
        bar = Segment("▌", self._style("article--current")) if is_current else Segment(" ")
        mark = find_gutter_mark([run.look for run in runs])
        segments = [bar, Segment(mark, self._style("article--glyph") if mark != " " else None), Segment(" ")]
        return Strip([*segments, *(Segment(run.text, self._find_style(run.look)) for run in runs)])

    def _build_title(self, text: str, line: Line) -> Strip:
        spans = _find_within(line, self.title_matches)
        runs = build_runs(text, line.start, line.end, [], spans, selected=None, cursor=None)
        title = self._style("article--title")
        segments = [Segment(run.text, title + (self._find_style(run.look) or Style.null())) for run in runs]
        return Strip([Segment(" " * gutter), *segments])

    def _find_style(self, look: Look) -> Style | None:
        names = [f"article--{look.type}"] if look.type else []
        shown = (
            (look.is_selected, "selected"), (look.is_uncertain, "uncertain"), (look.is_match, "match"),
            (look.is_cursor, "cursor"),
        )  # fmt: skip
        names += [f"article--{name}" for is_shown, name in shown if is_shown]
        return sum((self._style(name) for name in names[1:]), self._style(names[0])) if names else None


def _find_within(line: Line, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    return [span for span in spans if span[1] > line.start and span[0] < line.end]


def find_gutter_mark(looks: Sequence[Look]) -> str:
    """Return the mark in the gutter for a line with these looks, for screen readers and terminals without colour."""
    if any(look.is_cursor for look in looks):
        return "▷" if any(look.is_cursor and look.is_uncertain for look in looks) else "▶"
    if any(look.is_selected for look in looks):
        return "•" if any(look.is_selected and not look.is_uncertain for look in looks) else "◦"
    return "/" if any(look.is_match for look in looks) else " "
