"""Pure functions that divide a terminal among the list, the text and the cast. The text comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

PaneName = Literal["results", "text", "cast"]

two_panes, three_panes = 100, 130
"""Columns from which on the cast stands beside the article, and the list beside both."""
_frame = 5  # columns of the article that are not text: padding, gutter and margin
_readable = 60  # columns that the list and the cast leave to the text
_narrowest = 20
_results, _cast = (33, 64), (32, 48)  # at first, and at most while nobody asked for more
_facets = 34
_strip_share = 8  # a strip of the cast below the text takes an eighth of the lines
_strip_lines = (3, 8)


@dataclass(frozen=True, slots=True)
class Panes:
    """How a terminal is divided.

    "narrow" shows the list or the article with a strip of the cast below it, "middle" the list or the article with the
    cast beside it, "wide" all three.

    Widths are in columns, of panes with their borders; `text` is the longest line of text.
    """

    arrangement: Literal["narrow", "middle", "wide"]
    results: int
    text: int
    cast: int
    facets: int
    strip: int

    def width_of(self, pane: PaneName) -> int:
        """How wide a pane is."""
        return {"results": self.results, "text": self.text, "cast": self.cast}[pane]


def fit_panes(width: int, height: int, text_width: int, wishes: Mapping[str, int]) -> Panes:
    """Divide a terminal: the text gets up to its wish, at least 60 columns of it; the list and the cast share the rest.

    `wishes` are the widths that the reader has set by keys; `text_width` is the text's where there is none.
    """
    text = max(_narrowest, wishes.get("text", text_width))
    strip = min(max(_strip_lines[0], height // _strip_share), _strip_lines[1])
    if width < two_panes:
        return Panes("narrow", width, max(1, min(text, width - _frame + 1)), width, width, strip)
    least = min(_readable, text)
    if width < three_panes:
        room = width - _frame
        cast = wishes.get("cast", min(max(_cast[0], room - text), _cast[1]))
        cast = min(max(_narrowest, cast), room - least)
        return Panes("middle", width, min(text, room - cast), cast, _facets, strip)
    results, cast = _share(width - _frame, text, least, wishes)
    facets = max(_narrowest, min(_facets, width - _frame - least - results))
    return Panes("wide", results, min(text, width - _frame - results - cast), cast, facets, strip)


def _share(room: int, text: int, least: int, wishes: Mapping[str, int]) -> tuple[int, int]:
    """Compute the widths of the list and the cast beside the text."""
    results = max(_narrowest, wishes.get("results", _results[0]))
    cast = max(_narrowest, wishes.get("cast", _cast[0]))
    # The text takes room from both.
    results = max(_narrowest, min(results, room - least - min(cast, _cast[0])))
    cast = max(_narrowest, min(cast, room - least - results))
    spare = max(0, room - text - results - cast)
    if "results" not in wishes:
        share = spare if "cast" in wishes else spare * 3 // 5
        results = max(results, min(results + share, _results[1]))
        spare = max(0, room - text - results - cast)
    if "cast" not in wishes:
        cast = max(cast, min(cast + spare, _cast[1]))
    return results, cast
