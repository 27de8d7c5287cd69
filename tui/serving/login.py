"""Data about logins and open sessions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Login:
    """A reader who has proved a key: the name, the key's fingerprint, and the client's address."""

    user: str
    fingerprint: str
    address: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """An open session, as `newscast serve --sessions` lists it."""

    process: int
    user: str
    fingerprint: str
    address: str
    since: str
    """When it started: UTC in ISO 8601, to the second."""
    size: str
    """The size of the terminal, such as 80x24; "" for a command."""
