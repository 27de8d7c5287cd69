"""What every theme renders can be read, on dark and light backgrounds, and types differ by more than colour."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from rich.color import Color, ColorSystem, ColorType
from rich.color_triplet import ColorTriplet
from rich.style import Style
from textual.pilot import Pilot

from tests.pilot import Reader, open_reader, wait_for
from tui.settings import Settings
from tui.terminal.frame import drop_italics
from tui.terminal.kinds import find_terminal_kind
from tui.themes import list_themes, own_themes
from tui.widgets import Article, CastPanel

Palette = tuple[str, str, str]
"""The terminal's own text, its background, and its sixteen colours."""
# xterm: the defaults in its manual page and XTerm-col.ad. VGA: drivers/tty/vt/vt.c of Linux, default_red, _grn, _blu.
# Solarized: the table of values at ethanschoonover.com/solarized. The plain ones are black and white with either.
_xterm = (
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
)
_vga = "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff"
_solarized = (
    "073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3"
)
palettes: dict[str, Palette] = {
    "xterm, light": ("000000", "ffffff", _xterm),
    "xterm, dark": ("e5e5e5", "000000", _xterm),
    "Linux console": ("aaaaaa", "000000", _vga),
    "Solarized dark": ("839496", "002b36", _solarized),
    "Solarized light": ("657b83", "fdf6e3", _solarized),
    "plain white": ("000000", "ffffff", _vga),
    "plain black": ("ffffff", "000000", _xterm),
}
dark = ("xterm, dark", "Linux console", "Solarized dark", "plain black")
enough = 4.5
_borders = re.compile(r"[\s│─╭╮╰╯\u2580-\u258b\u258d-\u259f]+")
"""What is drawn, not written."""


def luminance(colour: ColorTriplet) -> float:
    """The relative luminance that WCAG 2.2 defines."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def triplet(code: str) -> ColorTriplet:
    return ColorTriplet(*bytes.fromhex(code))


def find_shown(colour: Color | None, own: str, palette: Palette) -> ColorTriplet:
    """What a terminal with that palette shows for a colour."""
    if colour is None or colour.type is ColorType.DEFAULT:
        return triplet(own)
    if colour.number is not None and colour.number < 16:
        return triplet(palette[2].split()[colour.number])
    return colour.get_truecolor()


def find_pair(style: Style, palette: Palette, *, rounded: bool) -> tuple[ColorTriplet, ColorTriplet]:
    """The colours of the text and of what is behind it; `rounded` as a terminal of 256 colours shows them."""
    colours = [style.color, style.bgcolor]
    if rounded:
        colours = [colour and colour.downgrade(ColorSystem.EIGHT_BIT) for colour in colours]
    text, ground = (find_shown(colour, own, palette) for colour, own in zip(colours, palette[:2], strict=True))
    return (ground, text) if style.reverse else (text, ground)


def list_runs(reader: Reader) -> Iterator[tuple[str, Style]]:
    """Everything on the screen, with how it looks."""
    width, height = reader.app.size
    for strip in reader.app.screen._compositor.render_strips()[:height]:
        for segment in strip.crop(0, width):
            yield segment.text, segment.style or Style.null()


def find_unreadable(reader: Reader, name: str) -> list[str]:
    """What cannot be read in that theme, on whichever terminal it is made for."""
    theme = next(theme for theme in list_themes() if theme.name == name)
    suitable = {"terminal": list(palettes), "terminal-dark": dark, "terminal-light": set(palettes) - set(dark)}
    found = []
    for text, style in set(list_runs(reader)):
        if not theme.ansi and (style.bgcolor is None or style.bgcolor.is_default):
            found.append(f"{name}: the terminal's background behind {text!r}")
        if _borders.fullmatch(text):
            continue
        if style.dim:
            found.append(f"{name}: {text!r} is dim, which terminals make as faint as they like")
        for which in suitable.get(name, ["plain black"]):  # other themes have colours of their own alone
            palette = palettes[which]
            # No theme is to blame for a palette whose own text is fainter than that: Solarized light has 4.1:1.
            wanted = min(enough, contrast(triplet(palette[0]), triplet(palette[1])))
            for rounded in (False, True):
                ratio = contrast(*find_pair(style, palette, rounded=rounded))
                if ratio < wanted - 0.005:
                    found.append(f"{name}, {which}{', 256 colours' * rounded}: {ratio:.2f}:1 for {text!r} in {style}")
    return found


async def read(reader: Reader) -> None:
    await reader.search("assad")
    await reader.press("enter")
    await reader.wait_for("¶ ")
    await reader.press("g", "tab", "]", "]")


async def narrow(reader: Reader) -> None:
    await reader.search("assad")
    await reader.press("f")
    await reader.wait_for("persons")
    await reader.press("slash", "f", "slash")


async def ask_for_help(reader: Reader) -> None:
    await reader.press("question_mark")
    await reader.wait_for("newscast: keys")


async def list_actors(reader: Reader) -> None:
    await reader.press("a")
    await reader.wait_for("type a name")


async def name_a_search(reader: Reader) -> None:
    await reader.search("assad")
    await reader.press("at", "s")
    await reader.wait_for("a name for")


async def open_palette(reader: Reader) -> None:
    await reader.press("colon")
    await reader.wait_for("copy the link")


async def be_warned(reader: Reader) -> None:
    reader.app.notify("Still there?", severity="warning", timeout=100, markup=False)
    await reader.wait_for("Still there?")


few = {"terminal", "terminal-light", "textual-light", "nord", "solarized-dark"}
states = (read, narrow, ask_for_help, list_actors, name_a_search, open_palette, be_warned)


@pytest.mark.parametrize("state", states, ids=lambda state: state.__name__)
async def test_all_text_can_be_read_in_every_theme(annotated, state):
    async with open_reader(annotated, (150, 40), Settings()) as reader:
        await state(reader)
        unreadable: list[str] = []
        # To choose a theme closes the palette, and to open it takes long: a few will do.
        themes = [theme for theme in list_themes() if state is not open_palette or theme.name in few]
        for theme in themes:
            if state is open_palette:
                await reader.press("escape")
            await choose(reader.pilot, theme.name)
            if state is open_palette:
                await state(reader)
            unreadable += find_unreadable(reader, theme.name)
    assert not unreadable, "\n".join(unreadable[:40])


async def choose(pilot: Pilot[None], name: str) -> None:
    pilot.app.theme = name
    await pilot.pause()
    await wait_for(pilot, lambda: pilot.app.screen.has_class(f"-theme-{name}") or pilot.app.has_class(f"-theme-{name}"))
    await pilot.pause()


def test_the_themes_that_are_offered_are_those_that_were_looked_at():
    names = [theme.name for theme in list_themes()]
    assert names[:3] == ["terminal", "terminal-dark", "terminal-light"]
    assert {"nord", "textual-light", "solarized-light"} < set(names)
    assert len(own_themes) == 3


@pytest.mark.parametrize("plain", [False, True], ids=["colour", "NO_COLOR"])
async def test_types_of_actors_differ_by_more_than_colour(seeded, monkeypatch, plain):
    if plain:
        monkeypatch.setenv("NO_COLOR", "1")
    async with open_reader(seeded) as reader:
        for widget, name in ((Article, "article"), (CastPanel, "cast-panel")):
            shown = reader.app.screen.query_one(widget)
            styles = [
                shown.get_component_rich_style(f"{name}--{kind}", partial=True).without_color
                for kind in ("person", "organisation", "place", "event", "work", "other")
            ]
            assert len({str(style) for style in styles}) == 6


def test_a_terminal_without_italics_shows_no_type_as_another():
    assert drop_italics("1;3") == ""
    assert drop_italics("3") == ""
    assert drop_italics("1;4") == "1;4"
    assert drop_italics("1;3;4;7") == "1;4;7"
    assert drop_italics("38;5;3;1") == "38;5;3;1"


@pytest.mark.parametrize(
    ("name", "has_italics"), [("xterm-256color", True), ("linux", True), ("vt100", False), ("vt220-w", False)]
)
def test_which_terminals_have_italics(monkeypatch, name, has_italics):
    monkeypatch.setenv("TERM", name)
    assert find_terminal_kind().has_italics is has_italics
