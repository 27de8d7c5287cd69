"""The themes: the terminal's own colours, and Textual's themes made readable, with a colour for each type of actor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.color import ColorSystem
from textual.color import BLACK, WHITE, Color
from textual.theme import BUILTIN_THEMES, Theme

if TYPE_CHECKING:
    from collections.abc import Mapping

_types = ("person", "organisation", "place", "event", "work", "other")
_contrast = 4.5
"""Of text, to 1: level AA of the Web Content Accessibility Guidelines 2.2."""
_steps = 20  # from a colour to black or white
_muted = 0.35  # of the way from the text's colour to the background's


def _build_terminal_theme(name: str, *, dark: bool, accent: str, match: Mapping[str, str], types: str) -> Theme:
    """A theme on the terminal's own background, with its own colour for text."""
    variables = {
        "ansi-background": "ansi_default", "ansi-foreground": "ansi_default", "veil": "transparent",
        "text-muted": "ansi_default", "text-disabled": "ansi_default", "foreground-muted": "ansi_default",
        "input-cursor-background": "ansi_default", "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse", "input-selection-background": "ansi_default",
        "input-selection-foreground": "ansi_default", "block-cursor-foreground": "ansi_default",
        "block-cursor-background": "ansi_default", "block-cursor-text-style": "bold reverse",
        "block-cursor-blurred-text-style": "bold reverse", "border": "ansi_default", "border-blurred": "ansi_default",
        **dict(zip(_types, types.split(), strict=True)), **match,
    }  # fmt: skip
    return Theme(
        name=name, ansi=True, dark=dark, primary=accent, secondary=accent, warning=accent, error=accent,
        success=accent, accent=accent, foreground="ansi_default", background="ansi_default", surface="ansi_default",
        panel="ansi_default", boost="ansi_default", variables=variables,
    )  # fmt: skip


_on_yellow = {"match": "#000000", "match-background": "#ffd700", "match-style": "none"}
own_themes = (
    # No colour of the sixteen is readable on every background, so that text styles alone tell types apart.
    _build_terminal_theme(
        "terminal", dark=True, accent="ansi_default", types=" ".join(["ansi_default"] * len(_types)),
        match={"match": "ansi_default", "match-background": "ansi_default", "match-style": "underline reverse"},
    ),
    # These colours are among the 240 that palettes leave alone.
    _build_terminal_theme(
        "terminal-dark", dark=True, accent="#5fd7ff", match=_on_yellow,
        types="#5fd7ff #d7afff #87ff87 #ffafaf #ffd787 ansi_default",
    ),
    _build_terminal_theme(
        "terminal-light", dark=False, accent="#005faf", match=_on_yellow,
        types="#005f87 #870087 #005f00 #af0000 #5f00af ansi_default",
    ),
)  # fmt: skip
"""Themes in the terminal's own colours: for any background, for a dark one and for a light one."""


def list_themes() -> list[Theme]:
    """The themes to choose from. Textual's own two for sixteen colours are not among them: `terminal` is for that."""
    return [*own_themes, *(theme for theme in BUILTIN_THEMES.values() if not theme.ansi)]


def build_variables(theme: Theme, variables: Mapping[str, str]) -> dict[str, str]:
    """The colours of a theme for text: each is readable on the one background that everything has."""
    if theme.ansi:
        return {**variables, **theme.variables}
    background = Color.parse(variables["background"])
    foreground = make_readable(Color.parse(variables["foreground"]), background)
    grounds = {name: background.hex for name in variables if name.split("-")[0] in {"surface", "panel", "boost"}}
    sources = dict(zip(_types, ("primary", "accent", "success", "error", "warning"), strict=False))
    colours = {name: make_readable(Color.parse(variables[source]), background) for name, source in sources.items()}
    tinted = {
        f"{beginning}{name}": make_readable(Color.parse(variables[name]), background)
        for name in ("primary", "secondary", "accent", "success", "error", "warning")
        for beginning in ("", "text-")
    }
    muted = make_readable(foreground.blend(background, _muted), background)
    warning = Color.parse(variables["warning"])
    on_match = max(BLACK, WHITE, key=lambda colour: find_contrast(colour, warning))
    shown = {
        **colours, **tinted, "other": foreground, "foreground": foreground, "text": foreground, "veil": background,
        "text-muted": muted, "text-disabled": muted, "foreground-muted": muted, "foreground-disabled": muted,
        "match": on_match,
        "match-background": make_readable(warning, on_match),
        "block-cursor-foreground": background, "block-cursor-background": foreground,
        "block-cursor-blurred-foreground": background, "block-cursor-blurred-background": foreground,
        "input-selection-foreground": background, "input-selection-background": foreground,
        "input-cursor-foreground": background, "input-cursor-background": foreground,
    }  # fmt: skip
    return {**variables, **grounds, **{name: colour.hex for name, colour in shown.items()}, "match-style": "none"}


def make_readable(colour: Color, background: Color) -> Color:
    """Return the colour, moved towards black or white until it is readable, also on terminals with 256 colours."""
    farthest = max(BLACK, WHITE, key=lambda end: find_contrast(end, background))
    shades = (colour.blend(farthest, step / _steps, alpha=1.0) for step in range(_steps + 1))
    return next((shade for shade in shades if _is_readable(shade, background)), farthest)


def _is_readable(colour: Color, background: Color) -> bool:
    pairs = ((colour, background), (_round(colour), _round(background)))
    return all(find_contrast(*pair) >= _contrast for pair in pairs)


def _round(colour: Color) -> Color:
    """What a terminal of 256 colours shows."""
    return Color(*colour.rich_color.downgrade(ColorSystem.EIGHT_BIT).get_truecolor())


def find_contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted(map(_find_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _find_luminance(colour: Color) -> float:
    parts = (part / 255 for part in colour.rgb)
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
