"""Pure: Paragraph + Mentions + matches → lines of styled runs. Knows no widget and no colour."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search import Actor, ActorType, Document, Mention, Summary

type_glyphs: dict[str, str] = {
    "person": "◆", "organisation": "■", "place": "▲", "event": "◇", "work": "□", "other": "·"
}  # fmt: skip
"""What tells an actor's type where colour does not."""

_undated = "undated"
_bars = " ▁▂▃▄▅▆▇█"
_narrowest_bars = 30
_source_width = 14
_quoted = re.compile("“([^”]*)”")
_shortest_quote = 12  # columns; what is shorter says too little


@dataclass(frozen=True, slots=True)
class Look:
    """Why a run of characters looks as it does; the widget's styles say how."""

    type: ActorType | None = None
    is_selected: bool = False
    is_cursor: bool = False
    is_match: bool = False
    is_uncertain: bool = False


class Run(NamedTuple):
    """Characters that look alike."""

    text: str
    look: Look


def wrap(text: str, width: int) -> list[tuple[int, int]]:
    """A text's lines of at most `width` cells, broken at spaces, as (start, end) of its characters."""
    spans: list[tuple[int, int]] = []
    start = 0
    narrow = cell_len(text) == len(text)
    while start < len(text):
        end = min(len(text), start + width) if narrow else _fit(text, start, width)
        if end < len(text) and text[end] != " ":
            space = text.rfind(" ", start + 1, end)
            end = space if space > 0 else end
        spans.append((start, end))
        start = end + 1 if end < len(text) and text[end] == " " else end
    return spans or [(0, 0)]


def _fit(text: str, start: int, width: int) -> int:
    """How far the characters from `start` fit into that many cells; at least one does."""
    cells = 0
    for index in range(start, len(text)):
        cells += cell_len(text[index])
        if cells > width and index > start:
            return index
    return len(text)


def build_byline(document: Document | Summary) -> str:
    """Where an article comes from and when, in half a line."""
    day = document.published
    return " · ".join(filter(None, (document.source, f"{day.day} {day:%B %Y}" if day else _undated)))


def build_short_byline(summary: Summary) -> str:
    """The same in a column of a list: the source is clipped before the date is."""
    day = summary.published
    return " · ".join(
        filter(None, (clip(summary.source or "", _source_width), f"{day.day} {day:%b %Y}" if day else ""))
    )


def build_runs(  # noqa: PLR0913 - what a line shows is just this much
    text: str,
    start: int,
    end: int,
    mentions: Sequence[Mention],
    matches: Sequence[tuple[int, int]],
    *,
    selected: str | None,
    cursor: Mention | None,
) -> list[Run]:
    """The characters from `start` to `end` of a paragraph as runs; mentions and matches are the paragraph's."""
    cuts = {start, end}
    for span in ((mention.start, mention.end) for mention in mentions):
        cuts.update(min(max(edge, start), end) for edge in span)
    for span in matches:
        cuts.update(min(max(edge, start), end) for edge in span)
    edges = sorted(cuts)
    runs: list[Run] = []
    for left, right in pairwise(edges):
        around = [mention for mention in mentions if mention.start <= left < mention.end]
        look = _build_look(around, selected, cursor, is_match=any(first <= left < last for first, last in matches))
        if runs and runs[-1].look == look:
            runs[-1] = Run(runs[-1].text + text[left:right], look)
        else:
            runs.append(Run(text[left:right], look))
    return runs


def _build_look(around: list[Mention], selected: str | None, cursor: Mention | None, *, is_match: bool) -> Look:
    """How characters in these mentions look: names by type, nominals and pronouns if their actor is selected."""
    lit = [mention for mention in around if mention.link and mention.link.actor == selected]
    names = [mention for mention in around if mention.kind == "name"]
    shown = min(lit or names, key=lambda mention: mention.end - mention.start, default=None)
    return Look(
        shown.type if shown else None,
        is_selected=bool(lit),
        is_cursor=cursor is not None and cursor in around,
        is_match=is_match,
        is_uncertain=any(mention.link.is_uncertain for mention in lit if mention.link),
    )


def build_cast_rows(mentions: Sequence[Mention], actors: dict[str, Actor]) -> list[tuple[Actor, tuple[Mention, ...]]]:
    """The actors of a paragraph in order of first mention, named ones first, each with the words used for it there.

    Whoever is only ever "he" or "they" is left out: there is nothing to call them by.
    """
    found: dict[str, dict[str, Mention]] = {}
    for mention in mentions:
        if mention.link and mention.link.actor in actors:
            words = found.setdefault(mention.link.actor, {})
            if mention.text != actors[mention.link.actor].name:
                words.setdefault(mention.text.casefold(), mention)
    rows = [(actors[actor], tuple(words.values())) for actor, words in found.items() if actors[actor].name]
    return sorted(rows, key=lambda row: not row[0].aliases)


def describe_link(mention: Mention, width: int = 200) -> str:
    """Why a mention means its actor, and how sure that is: "“the Syrian leader” · nominal · 71 %".

    Where that is too wide, the words are clipped, and before that the reason is left out.
    """
    words = f"“{mention.text}”"
    if mention.link is None:
        return clip(words, width)
    sure = f" · {mention.link.confidence * 100:.0f} %{'?' if mention.link.is_uncertain else ''}"
    for tail in (f" · {mention.link.why}{sure}", sure):
        if cell_len(words + tail) <= width:
            return words + tail
    return clip(words, width - len(sure)) + sure if width > 2 * len(sure) else clip(words, width)


def describe_duration(seconds: float) -> str:
    """About how long that is: "40 s", "3 min"."""
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


def build_months_line(months: Sequence[tuple[str, int]], width: int) -> str:
    """A bar for each month from the first to the last ("2024-12", how many), of as many as fit several in one."""
    if not months or width < _narrowest_bars:
        return ""
    first, last = months[0][0], months[-1][0]
    start = _count_months(first)
    counts = [0] * (_count_months(last) - start + 1)
    for month, count in months:
        counts[_count_months(month) - start] = count
    room = width - len(first) - len(last) - 4
    share = -(-len(counts) // room)
    bars = [sum(counts[at : at + share]) for at in range(0, len(counts), share)]
    most = max(bars)
    line = "".join(_bars[-(-count * (len(_bars) - 1) // most)] for count in bars)
    return f" {first} {line} {last}" if first != last else f" {first} {line}"


def _count_months(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7])


def clip(text: str, width: int) -> str:
    """The text in at most `width` cells, with an ellipsis where something is left out."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    kept = text[: _fit(text, 0, width - 1)].rstrip()
    return f"{kept}…" if cell_len(kept) < width else "…"


def shorten_status(text: str, width: int) -> str:
    """Return a status line in at most `width` columns, so that the keys it names stay visible.

    It clips what is quoted; then it leaves out the last parts between "·"; then it clips what is before the last ";",
    and in the end the end of the line.
    """
    excess = cell_len(text) - width
    if excess > 0 and (quoted := max(_quoted.findall(text), key=len, default="")):
        room = max(_shortest_quote, cell_len(quoted) - excess)
        text = text.replace(f"“{quoted}”", f"“{clip(quoted, room)}”", 1)
    while cell_len(text) > width and " · " in text:
        text = text.rpartition(" · ")[0]
    before, _, last = text.rpartition("; ")
    room = width - cell_len(last) - 2
    if before and cell_len(text) > width and room >= _shortest_quote:
        return f"{clip(before, room)}; {last}"
    return clip(text, width)
