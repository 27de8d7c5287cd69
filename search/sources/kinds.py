"""What kind of file bytes are, told by what they begin with."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["PDF", "ZIP", "tar", "gzip", "bzip2", "xz", "WARC", "mbox", "mail", "text"]

head_size = 4096
"""Bytes that find_kind looks at."""
compressed = frozenset[Kind]({"gzip", "bzip2", "xz"})
containers = frozenset[Kind]({"ZIP", "tar", "WARC", "mbox"}) | compressed
"""The kinds that may hold more than one article."""

_SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"WARC/1.", "WARC"),
)
_PDF = re.compile(rb"%PDF-\d")
_MBOX = re.compile(rb"From \S+ .*\d\d:\d\d.*\n(?:>?From .*\n)?[!-9;-~]+:")
_FIELD = re.compile(rb"([!-9;-~]+):.*(?:\r?\n|$)(?:[ \t].*(?:\r?\n|$))*")
_MAIL_FIELDS = frozenset(
    b"from to cc subject date sender received return-path reply-to message-id mime-version content-type delivered-to"
    b" list-id dkim-signature envelope-to".split()
)
_FEWEST_FIELDS = 3
_MAIL_SUFFIXES = frozenset({".eml", ".mht", ".mhtml"})


def find_kind(head: bytes, suffix: str = "") -> Kind:
    """The kind of a file that begins with these bytes; its suffix tells a short mail from text that looks like one."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[257:262] == b"ustar":
        return "tar"
    # Some programs write a line or two before it.
    if _PDF.search(head, 0, 1024):
        return "PDF"
    if _MBOX.match(head):
        return "mbox"
    return "mail" if _is_mail(head[:head_size], suffix) else "text"


def _is_mail(head: bytes, suffix: str) -> bool:
    """Does it begin with the header of a mail: its sender, and other fields that mails alone have?"""
    found = set[bytes]()
    at = 0
    while field := _FIELD.match(head, at):
        found.add(field[1].lower())
        at = field.end()
    fields = found & _MAIL_FIELDS
    return b"from" in fields and len(fields) >= (1 if suffix in _MAIL_SUFFIXES else _FEWEST_FIELDS)
