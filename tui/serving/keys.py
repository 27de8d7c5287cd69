"""Who may read: the public keys in an authorized_keys file, each with its reader's name."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncssh

from search import NewscastError
from tui.settings import SettingsError, check_user

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_line = re.compile(
    r"""(?:(?P<options>(?:[^\s"]|"(?:[^"\\]|\\.)*")+)\s+)?"""
    r"(?P<key>(?:ssh|ecdsa|sk)-\S+\s+[A-Za-z0-9+/=]+)(?:\s+(?P<comment>.*))?"
)
_option = re.compile(r"""(?P<name>[A-Za-z0-9-]+)(?:="(?P<value>(?:[^"\\]|\\.)*)")?(?:,|$)""")
_harmless = frozenset(
    "restrict pty no-pty no-port-forwarding no-agent-forwarding no-x11-forwarding no-user-rc".split()
)  # what they forbid is forbidden to all, and a terminal is what everybody comes for


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: a key, and whose it is."""

    name: str
    key: asyncssh.SSHKey


class AuthorizedKeys:
    """The keys of a file, read again whenever it has changed; `report` is told of each line that is not understood."""

    def __init__(self, path: Path, report: Callable[[str], None]) -> None:
        self._path, self._report = path, report
        self._stamp: tuple[int, ...] | None = None
        self._lines: list[Line] = []

    def check(self) -> None:
        """Is there a file that only its owner can change? Raises NewscastError."""
        try:
            mode = self._path.stat().st_mode
        except OSError as error:
            raise NewscastError(
                f"{self._path}: {error.strerror}; put in it a public key for each reader, a line each, with the "
                "reader's name behind it"
            ) from error
        if mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise NewscastError(f"{self._path}: others may write to it; chmod go-w {self._path}")

    def find_name(self, key: asyncssh.SSHKey) -> str | None:
        """Whose key that is; None for a stranger."""
        self._read_if_changed()
        return next((line.name for line in self._lines if line.key == key), None)

    def _read_if_changed(self) -> None:
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino, status.st_mode)
            if stamp == self._stamp:
                return
            self.check()
            text = self._path.read_text("utf-8", errors="replace")
        except (OSError, NewscastError) as error:
            self._stamp, self._lines = None, []
            self._report(f"nobody can log in: {error}")
            return
        self._stamp, self._lines = stamp, list(self._parse(text))

    def _parse(self, text: str) -> list[Line]:
        lines: list[Line] = []
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip() and not line.lstrip().startswith("#"):
                try:
                    lines.append(parse_line(line.strip()))
                except (ValueError, SettingsError, asyncssh.KeyImportError) as error:
                    self._report(f"{self._path}, line {number}: {error}")
        return lines


def parse_line(text: str) -> Line:
    """A line of an authorized_keys file. Raises ValueError or SettingsError where it is not to be trusted."""
    match = _line.fullmatch(text)
    if match is None:
        raise ValueError("no public key")
    named = None
    for name, value in _parse_options(match["options"] or ""):
        if name == "name":
            named = value
        elif name not in _harmless:
            # An option that is passed over would allow what it was written to forbid.
            raise ValueError(f"the option {name} is not known here, and the key not taken")
    key = asyncssh.import_public_key(match["key"])
    comment = (match["comment"] or "").strip()
    if named is None and not comment:
        raise SettingsError('whose key is it? put a name behind it, or name="…" before it')
    return Line(check_user(named if named is not None else comment), key)


def _parse_options(text: str) -> list[tuple[str, str]]:
    options: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _option.match(text, at)
        if match is None:
            raise ValueError("its options cannot be read")
        options.append((match["name"].lower(), match["value"] or ""))
        at = match.end()
    return options
