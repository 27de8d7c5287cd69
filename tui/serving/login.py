"""Who has logged in, and what an administrator is told of a session."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Login:
    """Who has proved which key, from where."""

    user: str
    fingerprint: str
    address: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """What the server's administrator is told of a session."""

    process: int
    user: str
    fingerprint: str
    address: str
    since: str
    """In UTC, to the second, as ISO 8601 has it."""
    size: str
    """Of the terminal, as 80x24; "" is a command."""
