"""Frame: a terminal's screen as cells. Output changes it, and `build_update` turns one frame into another."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size

_token = re.compile(
    r"\x1b\[(?P<numbers>[0-9;]*)(?P<final>[Hm])"
    r"|(?P<control>\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_].*?\x1b\\|\x1b.)"
    r"|(?P<newline>\r?\n)|(?P<text>[^\x1b\r\n]+)",
    re.DOTALL,
)
_sgr = re.compile(r"[34]8;5;\d+|[34]8;2;\d+;\d+;\d+|\d+")
_colour = re.compile(r"[34]8;.*|(?:[34]|9|10)[0-79]")
_farthest = 4  # unchanged cells to write again between two changes, because a move would take more bytes
_shortest_blank = 4  # blank cells at a line's end from which on erasing takes fewer bytes than writing


class Cell(NamedTuple):
    """A column of a line: its character with combining marks, "" after a wide one, and its SGR numbers."""

    text: str
    style: str


blank = Cell(" ", "")


class Frame:
    """The cells and the cursor of a terminal's screen."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.lines = [[blank] * width for _ in range(height)]
        self.cursor = (0, 0)
        """Column and line."""
        self._style = ""

    def copy(self) -> Frame:
        """Return another frame with the same cells."""
        other = Frame(0, 0)
        other.width, other.height, other.cursor = self.width, self.height, self.cursor
        other.lines = [line.copy() for line in self.lines]
        return other

    def paint(self, output: str) -> list[str]:
        """Change the cells as a terminal would; return the control sequences that are neither style nor cursor."""
        controls: list[str] = []
        for token in _token.finditer(output):
            if token["text"] is not None:
                self._write(token["text"])
            elif token["final"] == "H":
                row, _, column = token["numbers"].partition(";")
                self.cursor = (int(column or 1) - 1, int(row or 1) - 1)
            elif token["final"] == "m":
                self._style = _add_style(self._style, token["numbers"])
            elif token["newline"] is not None:
                self.cursor = (0, self.cursor[1] + 1)
            else:
                controls.append(token["control"])
        return controls

    def _write(self, text: str) -> None:
        x, y = self.cursor
        if not 0 <= y < self.height or x >= self.width:
            return
        if cell_len(text) == len(text) and text.isprintable():
            cells = [Cell(character, self._style) for character in text[: self.width - x]]
        else:
            cells = self._build_cells(text)[: self.width - x]
        self.lines[y][x : x + len(cells)] = cells
        self.cursor = (x + len(cells), y)

    def _build_cells(self, text: str) -> list[Cell]:
        cells: list[Cell] = []
        for character in text:
            width = get_character_cell_size(character)
            if width:
                cells += [Cell(character, self._style), *[Cell("", self._style)] * (width - 1)]
            elif cells:
                at = next(index for index in range(len(cells) - 1, -1, -1) if cells[index].text)
                cells[at] = Cell(cells[at].text + character, self._style)
        return cells


def _add_style(before: str, numbers: str) -> str:
    if numbers in {"", "0"}:
        return ""
    if numbers.startswith("0;"):
        before, numbers = "", numbers[2:]
    # 39 and 49 select the terminal's own colours, which a style without colours has anyway.
    return ";".join(filter(None, (before, *(each for each in _sgr.findall(numbers) if each not in {"39", "49"}))))


def drop_colours(style: str) -> str:
    """Return the SGR numbers without colours."""
    return ";".join(each for each in _sgr.findall(style) if not _colour.fullmatch(each))


def drop_italics(style: str) -> str:
    """Return the SGR numbers without italics.

    Bold and underline that are combined with italics go, too: alone they mean another type of actor.
    """
    numbers = _sgr.findall(style)
    if "3" not in numbers:
        return style
    # In reverse video bold and underline stay.
    return ";".join(each for each in numbers if each not in ({"3"} if "7" in numbers else {"1", "3", "4"}))


def build_update(shown: Frame, wanted: Frame) -> str:
    """Return the output that turns one frame into another of the same size, and ends with the plain style."""
    update = _Update(shown.cursor)
    for y, (old, new) in enumerate(zip(shown.lines, wanted.lines, strict=True)):
        if old != new:
            _update_line(update, y, old, new)
    update.set_style("")
    update.move(*wanted.cursor)
    return "".join(update.parts)


def _update_line(update: _Update, y: int, old: list[Cell], new: list[Cell]) -> None:
    if any(len(cell.text) != 1 or cell.text > "\u2fff" for line in (old, new) for cell in line):
        # Terminals disagree about the width of these characters, so no move may rely on a column of this line.
        spans = [(0, len(new))]
    else:
        spans = _find_spans(old, new)
    filled = len(new)
    while filled and new[filled - 1] == blank:
        filled -= 1
    for start, end in spans:
        erases = end > filled and end - max(start, filled) >= _shortest_blank
        update.move(start, y)
        update.write(new[start : min(end, filled) if erases else end])
        if erases:
            update.move(max(start, filled), y)
            update.erase()


def _find_spans(old: list[Cell], new: list[Cell]) -> list[tuple[int, int]]:
    """Return the spans [start, end) in which the lines differ, joined where the gap is small."""
    changed = [x for x, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    cuts = [after for before, after in pairwise(changed) if after - before > _farthest]
    starts = [changed[0], *cuts]
    ends = [changed[changed.index(cut) - 1] + 1 for cut in cuts] + [changed[-1] + 1]
    return list(zip(starts, ends, strict=True))


class _Update:
    """The output so far, and the cursor and style that it leaves."""

    def __init__(self, cursor: tuple[int, int]) -> None:
        self.parts: list[str] = []
        self._cursor, self._style = cursor, ""

    def move(self, x: int, y: int) -> None:
        if (x, y) == self._cursor:
            return
        if y == self._cursor[1] and x > self._cursor[0]:
            step = x - self._cursor[0]
            self.parts.append(f"\x1b[{step}C" if step > 1 else "\x1b[C")
        elif y == self._cursor[1] and x == 0:
            self.parts.append("\r")
        else:
            self.parts.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H")
        self._cursor = (x, y)

    def set_style(self, style: str) -> None:
        if style != self._style:
            self.parts.append(f"\x1b[{'0;' if self._style and style else ''}{style}m")
            self._style = style

    def write(self, cells: list[Cell]) -> None:
        for cell in cells:
            self.set_style(cell.style)
            self.parts.append(cell.text)
        x, y = self._cursor
        self._cursor = (x + len(cells), y)

    def erase(self) -> None:
        """Erase to the end of the line."""
        self.set_style("")
        self.parts.append("\x1b[K")
