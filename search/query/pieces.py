"""A query's text in pieces: words, quotes, brackets and operators, and what closes a text that is left open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from search.text import make_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

longest_query = 4_000
"""Characters; what is longer is cut, and the note says so."""

_PIECE = re.compile(
    r"(?P<either>\|+)|(?P<both>&&+)"
    r"|(?P<sign>[-!+\u2212\u2013]?)(?:(?P<field>[A-Za-z]+):(?=[^\s)]))?"
    r'(?:(?P<open>\()|"(?P<quoted>[^"]*)(?:(?P<end>")(?:~(?P<within>\d+)(?![^\s()]))?|$)'
    r'|(?P<word>(?:(?!&&)[^\s"()|])+))'
    r"|(?P<close>\))|\S"
)
_FOLLOWING = re.compile(r"\s*[^\s)|&]")
_CURLY = str.maketrans("“”„‟", '""""')


def list_pieces(text: str) -> Iterator[re.Match[str]]:
    """The pieces of a query that was straightened, in their order."""
    return _PIECE.finditer(text)


def straighten(text: str) -> str:
    """The text made safe, on one line, with straight quotation marks for curly ones.

    Where there are straight ones, they may hold the others, which then stay.
    """
    text = make_safe(text).replace("\n", " ")
    return text if '"' in text else text.translate(_CURLY)


def find_operator(piece: re.Match[str]) -> str | None:
    """OR, AND or NOT, however people of other search engines write it; None for any other piece."""
    if piece["either"]:
        return "OR"
    if piece["both"]:
        return "AND"
    return piece[0] if piece[0] in {"OR", "AND", "NOT"} else None


def is_followed(piece: re.Match[str]) -> bool:
    """Does something stand after the piece that an operator could bind?"""
    return _FOLLOWING.match(piece.string, piece.end()) is not None


def close_query(text: str) -> str:
    """The same query with its last quotation mark and its brackets closed, so that more may be put after it.

    An operator at the end goes, since it would bind what is put after it.
    """
    text = straighten(text[:longest_query])
    pieces = list(list_pieces(text))
    while len(pieces) > 1 and find_operator(pieces[-1]) and not pieces[-2]["open"]:
        text = text[: pieces.pop().start()]
    parts: list[str] = []
    at = depth = 0
    end = ""
    for piece in pieces:
        if piece["close"] and not depth:  # it closes nothing
            parts += [text[at : piece.start()], " "]
            at = piece.end()
        elif piece["open"] or piece["close"]:
            depth += 1 if piece["open"] else -1
        elif piece["quoted"] is not None and not piece["end"]:
            end = '"'
    return f"{''.join(parts)}{text[at:]}".strip() + end + ")" * depth
