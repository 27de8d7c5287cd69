"""TerminalKind: what a terminal supports, by its name (TERM) and by whether it is remote."""

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
    """Whether a terminal is remote, and whether it has a second screen, colours and italics."""

    is_remote: bool = False
    has_alternate_screen: bool = True
    has_colours: bool = True
    has_italics: bool = True

    @property
    def frame_interval(self) -> float:
        """The least time between two frames, in seconds."""
        return 1 / 15 if self.is_remote else 1 / 60

    def is_understood(self, control: str) -> bool:
        """May newscast send this control sequence? It never requests reports of motion, focus or modes."""
        return (_usual if self.has_alternate_screen else _everywhere).fullmatch(control) is not None


def find_terminal_kind() -> TerminalKind:
    """Return the kind of the terminal in which this process runs."""
    name = os.environ.get("TERM", "")
    return TerminalKind(
        is_remote=bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY")),
        has_alternate_screen=_old.fullmatch(name) is None,
        has_colours=_colourless.fullmatch(name) is None,
        has_italics=_upright.fullmatch(name) is None,
    )
