"""What the terminal at hand understands, by its name (TERM) and by where it is."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

_old = re.compile(r"(linux|vt\d+|ansi|cons25|xterm-mono|sun)(?:[-.].*)?")
_colourless = re.compile(r"(vt1\d\d|vt220|xterm-mono)(?:[-.].*)?")
_upright = re.compile(r"(vt\d+|ansi|cons25|xterm-mono|sun)(?:[-.].*)?")
_everywhere = re.compile(r"\x1b\[\?(?:25|7)[hl]")
_usual = re.compile(
    r"\x1b\[\?(?:25|7|1049|1000|1006|2004)[hl]|\x1b\[[<>][0-9;]*u|\x1b\]52;[a-z]*;[A-Za-z0-9+/=]*(?:\x07|\x1b\\)"
)


@dataclass(frozen=True, slots=True)
class TerminalKind:
    """Whether it is at the end of a line, has a second screen to draw on, has colours, and has italics."""

    is_remote: bool = False
    has_alternate_screen: bool = True
    has_colours: bool = True
    has_italics: bool = True

    @property
    def frame_interval(self) -> float:
        """Seconds from one frame to the next at least."""
        return 1 / 15 if self.is_remote else 1 / 60

    def is_understood(self, control: str) -> bool:
        """May this be sent to it? Reports of the mouse's motion, of focus and of modes are never asked for."""
        return (_usual if self.has_alternate_screen else _everywhere).fullmatch(control) is not None


def find_terminal_kind() -> TerminalKind:
    """The terminal that this process runs in."""
    name = os.environ.get("TERM", "")
    return TerminalKind(
        is_remote=bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY")),
        has_alternate_screen=_old.fullmatch(name) is None,
        has_colours=_colourless.fullmatch(name) is None,
        has_italics=_upright.fullmatch(name) is None,
    )
