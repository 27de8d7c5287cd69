"""A mailbox in one file (mbox): its mails, one after the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from search.sources.files import largest_document
from search.sources.members import Member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.sources.budget import Budget, Counted

_FROM = re.compile(rb"From .*\d\d:\d\d")
_QUOTED = re.compile(rb">+From ")
_IDENTIFIER = re.compile(rb"(?im)^message-id:[ \t]*(?:\r?\n[ \t]+)?<?([^\s<>]{1,200})")
_OF_THE_MAILBOX = re.compile(
    rb"(?i)(?:status|x-status|x-keywords|x-uid|x-imap|x-imapbase|content-length|lines|x-mozilla-[\w-]*|x-gmail-labels):"
)
"""Fields that a mail program writes when a mail is read or sorted: with them, it would seem to have changed."""


def read_mbox(stream: Counted, budget: Budget) -> Iterator[Member]:
    """The mails of the mailbox, each called by its id, without the marks of the mail program."""
    lines: list[bytes] = []
    number = size = 0
    is_blank, in_header = True, False
    while line := stream.readline():
        if is_blank and _FROM.match(line):
            if number:
                yield _build_mail(lines, number, size)
            budget.count_member()
            number += 1
            lines, size, in_header, is_blank = [], 0, True, False
            continue
        is_blank = not line.strip()
        in_header = in_header and not is_blank
        if in_header and _OF_THE_MAILBOX.match(line):
            continue
        size += len(line)
        if size <= largest_document:
            lines.append(line[1:] if _QUOTED.match(line) else line)
    if number:
        yield _build_mail(lines, number, size)


def _build_mail(lines: list[bytes], number: int, size: int) -> Member:
    # The last blank line parts it from the next mail.
    data = b"".join(lines).rstrip(b"\r\n") + b"\n"
    header = data.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found = _IDENTIFIER.search(header)
    name = found[1].decode("utf-8", "replace").replace("/", "_") if found else f"mail {number}"
    return Member(name, data if size <= largest_document else None, suffix=".eml", form="mail")
