"""Splits a query into pieces (words, quotations, brackets, operators), and closes what a query leaves open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from search.text import make_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

longest_query = 4_000
"""Characters. A longer query is cut, and a note says so."""

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
    """List the pieces of a query in order. Pass it through `straighten` first."""
    return _PIECE.finditer(text)


def straighten(text: str) -> str:
    """Make a query safe, put it on one line, and replace curly quotation marks with straight ones.

    If it has straight ones, the curly ones stay, because they may be inside a quotation.
    """
    text = make_safe(text).replace("\n", " ")
    return text if '"' in text else text.translate(_CURLY)


def find_operator(piece: re.Match[str]) -> str | None:
    """Return OR, AND or NOT for an operator in the spelling of any search engine; None for any other piece."""
    if piece["either"]:
        return "OR"
    if piece["both"]:
        return "AND"
    return piece[0] if piece[0] in {"OR", "AND", "NOT"} else None


def is_followed(piece: re.Match[str]) -> bool:
    """Does something follow the piece that an operator can bind?"""
    return _FOLLOWING.match(piece.string, piece.end()) is not None


def close_query(text: str) -> str:
    """Close the last quotation mark and the brackets of a query, so that you can append to it.

    An operator at the end is removed, because it would bind what you append.
    """
    text = straighten(text[:longest_query])
    pieces = list(list_pieces(text))
    while len(pieces) > 1 and find_operator(pieces[-1]) and not pieces[-2]["open"]:
        text = text[: pieces.pop().start()]
    parts: list[str] = []
    at = depth = 0
    end = ""
    for piece in pieces:
        if piece["close"] and not depth:  # no bracket is open
            parts += [text[at : piece.start()], " "]
            at = piece.end()
        elif piece["open"] or piece["close"]:
            depth += 1 if piece["open"] else -1
        elif piece["quoted"] is not None and not piece["end"]:
            end = '"'
    return f"{''.join(parts)}{text[at:]}".strip() + end + ")" * depth
