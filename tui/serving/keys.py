"""Who may read: the public keys in an authorized_keys file, each with its reader's name.

The lines are parsed here, and asyncssh reads the keys: docs/decisions/authorized-keys.md says why.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncssh

from search import NewscastError
from tui.serving.trusted_file import read_trusted_file
from tui.settings import SettingsError, check_user

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_option = r"""[A-Za-z0-9-]+(?:="(?:[^"\\]|\\.)*")?"""
_line = re.compile(
    rf"(?:(?P<options>{_option}(?:,{_option})*)\s+)?"
    r"(?P<key>(?:ssh|ecdsa|sk)-\S+\s+[A-Za-z0-9+/=]+)(?:\s+(?P<comment>.*))?"
)
_harmless = frozenset(
    "restrict pty no-pty no-port-forwarding no-agent-forwarding no-x11-forwarding no-user-rc".split()
)  # what they forbid is forbidden to all, and a terminal is what everybody comes for
_unsafe = re.compile(r"[^A-Za-z0-9._-]+")
_longest_name = 32


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: a key, whose it is, and what that name was made of."""

    name: str
    key: asyncssh.SSHKey
    origin: str


class AuthorizedKeys:
    """The keys of a file, read again whenever it has changed; `report` is told of each line that is not understood."""

    def __init__(self, path: Path, report: Callable[[str], None]) -> None:
        self._path, self._report = path, report
        self._stamp: tuple[int, ...] | None = None
        self._error = ""
        self._lines: Sequence[Line] = ()

    def read(self) -> None:
        """Read the file. Raises NewscastError if it is missing, or if others may write to it."""
        try:
            stamp = self._find_stamp()
            text = read_trusted_file(self._path)
        except OSError as error:
            raise NewscastError(
                f"{self._path}: {error.strerror}; put in it a public key for each reader, a line each, with the "
                "reader's name after it"
            ) from error
        self._stamp, self._lines = stamp, self._parse(text)

    def find_name(self, key: asyncssh.SSHKey) -> str | None:
        """Return the reader's name; None for an unknown key, and for every key while the file cannot be trusted."""
        if not self.refresh():
            return None
        return next((line.name for line in self._lines if line.key == key), None)

    def refresh(self) -> bool:
        """Read the file if it has changed, and return whether it can be trusted; report once if not."""
        try:
            if self._find_stamp() != self._stamp:
                self.read()
        except (OSError, NewscastError) as error:
            self._stamp, self._lines = None, ()
            if str(error) != self._error:
                self._report(f"nobody can log in: {error}")
            self._error = str(error)
            return False
        self._error = ""
        return True

    def _find_stamp(self) -> tuple[int, ...]:
        status = self._path.stat()
        return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev

    def _parse(self, text: str) -> Sequence[Line]:
        lines: list[Line] = []
        origins: dict[str, str] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip() and not line.lstrip().startswith("#"):
                try:
                    parsed = parse_line(line.strip())
                    _check_origin(parsed, origins.setdefault(parsed.name, parsed.origin))
                    lines.append(parsed)
                except (ValueError, SettingsError, asyncssh.KeyImportError) as error:
                    self._report(f"{self._path}:{number}: {error}")
        return lines


def _check_origin(line: Line, first: str) -> None:
    """Two people whose comments make one name would have each other's marks. Raises ValueError."""
    if line.origin != first:
        raise ValueError(
            f'“{line.origin}” and “{first}”, further up, both make the name {line.name}; put name="…" before the key'
        )


def parse_line(text: str) -> Line:
    """Parse a line of an authorized_keys file. Raises ValueError, SettingsError or asyncssh.KeyImportError."""
    match = _line.fullmatch(text)
    if match is None:
        raise ValueError("this is not a public key; a line is: ssh-ed25519 AAAA… NAME")
    named = None
    for option in re.findall(_option, match["options"] or ""):
        name, _, value = option.partition("=")
        if name.lower() == "name":
            named = value.strip('"')
        elif name.lower() not in _harmless:
            # To ignore an option would allow what it forbids.
            raise ValueError(f"the option {name} is not known here, and the key is not accepted")
    key = asyncssh.import_public_key(match["key"])
    if named is not None:
        return Line(check_user(named), key, named)
    comment = (match["comment"] or "").strip()
    name = make_name(comment)
    if not name:
        raise SettingsError('whose key is it? put a name after it, or name="…" before it')
    return Line(check_user(name), key, comment)


def make_name(comment: str) -> str:
    """The reader's name in a key's comment: accents go, all but letters, digits, "." and "_" becomes "-".

    "alice@laptop of 2024" makes alice-laptop-of-2024. It is cut off at 32 characters, and is "" if nothing is left.
    """
    plain = unicodedata.normalize("NFKD", comment).encode("ascii", "ignore").decode()
    return _unsafe.sub("-", plain).lstrip("._-")[:_longest_name].rstrip("-")
