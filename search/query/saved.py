"""Expanding saved searches: each @name is replaced with the query that was saved under it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from search.errors import NotFoundError, SavedSearchError
from search.query.pieces import close_query, list_pieces, longest_query, straighten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from search.store import Searches

_NAME = re.compile(r"@([\w.-]+)")
_deepest = 8


def expand_saved_searches(text: str, searches: Searches) -> str:
    """The text with each @name replaced by the query that this person saved. Raises what expand_saved raises."""
    return expand_saved(text, {each.name: each.query for each in searches.list_saved()}) if "@" in text else text


def expand_saved(text: str, saved: Mapping[str, str]) -> str:
    """The text with the query of each saved search in brackets in place of its @name.

    Raises NotFoundError for an unknown name, SavedSearchError for searches that contain each other.
    """
    whole = _NAME.fullmatch(text.strip())
    if whole and whole[1] in saved:
        return _expand(close_query(saved[whole[1]]), saved, (whole[1],))
    return _expand(straighten(text), saved, ())


def _expand(text: str, saved: Mapping[str, str], inside: tuple[str, ...]) -> str:
    """`inside` are the searches, each saved within the one before it, that the text comes from."""
    parts: list[str] = []
    at = length = 0
    for piece in list_pieces(text):
        match = _NAME.match(piece["word"] or "")
        if match is None or (piece["field"] or "").lower() not in {"", "title", "para"}:
            continue
        start = piece.start("word")
        parts += [text[at:start], f"({_expand_name(match[1], saved, inside)})"]
        at = start + match.end()
        length += len(parts[-1])
        if length > longest_query:
            raise SavedSearchError(f"“@{match[1]}” with the searches in it is longer than {longest_query:,} characters")
    return "".join([*parts, text[at:]])


def _expand_name(name: str, saved: Mapping[str, str], inside: tuple[str, ...]) -> str:
    if name not in saved:
        raise NotFoundError(f"no saved search “{name}”; newscast search --saved lists them")
    chain = (*inside, name)
    if name in inside:
        loop = " → ".join(f"@{each}" for each in chain[inside.index(name) :])
        raise SavedSearchError(f"{loop}: these searches contain each other; save one of them again")
    if len(chain) > _deepest:
        raise SavedSearchError(f"“@{chain[0]}” holds saved searches more than {_deepest} deep")
    return _expand(close_query(saved[name]), saved, chain)
