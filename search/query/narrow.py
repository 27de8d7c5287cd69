"""Adding a term to a query, which otherwise stays as you typed it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from search.query.parse import parse_query
from search.query.pieces import close_query
from search.query.syntax import All, join_all, negate

if TYPE_CHECKING:
    from search.model import Query
    from search.query.parse import Parsed


def narrow_query(query: Query, term: str, *, is_excluded: bool) -> str:
    """The query's text with a term that answers must have, or must not have (`is_excluded`).

    The term then stands there once, whatever was said of it before. Without a term it is the query as typed, closed.
    """
    parsed = parse_query(query.text, as_you_type=query.as_you_type)
    wanted = parse_query(term).node
    if wanted is None:
        return _close_typed(query, parsed)
    nodes = parsed.node.nodes if isinstance(parsed.node, All) else (parsed.node,) if parsed.node else ()
    signed, node = (f"-{term}", negate(wanted)) if is_excluded else (term, wanted)
    narrowed = replace(parsed, node=join_all([*(each for each in nodes if each not in {wanted, negate(wanted)}), node]))
    typed = _close_typed(query, parsed)
    without = re.sub(rf"(?<!\S)-?{re.escape(term)}(?!\S)\s*", "", typed)
    for text in (f"{typed} {signed}", f"{without.strip()} {signed}"):
        if _means(text, narrowed):
            return text.strip()
    return str(narrowed)


def restrict_query(text: str, term: str) -> str:
    """Build a query that finds those results of the query `text` that also have the term."""
    return f"{term} ({close_query(text)})" if text.strip() else term


def _close_typed(query: Query, parsed: Parsed) -> str:
    """The query as typed, closed; with an asterisk if its last word was still being typed."""
    closed = close_query(query.text)
    return next((text for text in (closed, close_query(f"{query.text}*")) if _means(text, parsed)), str(parsed))


def _means(text: str, parsed: Parsed) -> bool:
    again = parse_query(text)
    return (again.node, again.sort) == (parsed.node, parsed.sort)
