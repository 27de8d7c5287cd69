"""A query with one more term that its answers must have, or must not have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from search.language.parse import parse_query
from search.language.syntax import All, join_all, negate

if TYPE_CHECKING:
    from search.model import Query


def narrow_query(query: Query, term: str, *, is_excluded: bool) -> str:
    """The query's text with the term, which then stands there once, whatever was said of it before."""
    parsed = parse_query(query.text, as_you_type=query.as_you_type)
    wanted = parse_query(term).node
    if wanted is None:
        return str(parsed)
    nodes = parsed.node.nodes if isinstance(parsed.node, All) else (parsed.node,) if parsed.node else ()
    kept = [node for node in nodes if node not in {wanted, negate(wanted)}]
    return str(replace(parsed, node=join_all([*kept, negate(wanted) if is_excluded else wanted])))
