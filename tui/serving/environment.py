"""The environment variables that a client may set: those that describe its terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.cli import no_screen

if TYPE_CHECKING:
    from collections.abc import Mapping

_allowed = re.compile(r"TERM|COLORTERM|NO_COLOR|LANG|LC_[A-Z]{1,20}")
_value = re.compile(r"[A-Za-z0-9_.,:@+-]{1,64}")
_terminal = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,40}")


def is_allowed(name: str) -> bool:
    """May a client set this variable?"""
    return _allowed.fullmatch(name) is not None


def check_environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a session gets: those with an allowed name and a safe value."""
    return {name: value for name, value in given.items() if is_allowed(name) and _value.fullmatch(value)}


def is_terminal(name: str) -> bool:
    """Is this the name of a terminal that can show a screen? It becomes a file name, so it must be a safe word."""
    return name not in no_screen and _terminal.fullmatch(name) is not None
