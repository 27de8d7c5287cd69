"""Checks a client's request: the reader on a terminal, a command that prints JSON, or a page of the manual."""

from __future__ import annotations

import shlex

from search import NewscastError
from tui.serving.environment import is_terminal

_json_commands = ("search", "show", "actors", "mentions")
_commands = (*_json_commands, "help")
_longest_command = 8_192  # characters


def find_arguments(term: str | None, command: str | None) -> list[str]:
    """Return newscast's arguments for a request, from the name of its terminal and its command, if any.

    Raises NewscastError for a request that the server does not allow.
    """
    if command is None:
        if term is None:
            raise NewscastError(f"the reader needs a terminal: ssh -t; or give a command: {', '.join(_commands)}")
        if not is_terminal(term):
            raise NewscastError("this terminal (TERM) cannot show a screen; try TERM=xterm-256color ssh …")
        return []
    if len(command) > _longest_command:
        raise NewscastError(f"the command is too long; it may have {_longest_command:,} characters")
    try:
        name, *arguments = shlex.split(command)
    except ValueError:
        name, arguments = "", []
    if name not in _commands:
        raise NewscastError(f"unknown command; the server runs {', '.join(_commands)}")
    if term is not None:
        raise NewscastError(f"{name} needs no terminal: leave out -t")
    return [name, "--json", *arguments] if name in _json_commands else [name, *arguments]
