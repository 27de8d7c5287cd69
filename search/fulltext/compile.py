"""Clauses → Whoosh's queries, bounded in what they may cost."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from whoosh import query

from search.fulltext.parse import Leaf, Parsed, Prefix

if TYPE_CHECKING:
    from whoosh.reading import IndexReader

most_expansions = 512
"""Words that a prefix may stand for in one field; of more, the first are taken."""


def compile_query(parsed: Parsed, reader: IndexReader) -> tuple[query.Query, bool]:
    """The Whoosh query for these clauses, and whether a prefix in it was narrowed."""
    narrowed = False
    wanted: list[query.Query] = []
    unwanted: list[query.Query] = []
    for clause in parsed.clauses:
        choices: list[query.Query] = []
        for leaf in clause.leaves:
            compiled, cut = _compile_leaf(leaf, reader)
            choices += compiled
            narrowed = narrowed or cut
        (unwanted if clause.is_negative else wanted).append(_any(choices))
    found = query.And(wanted) if len(wanted) > 1 else wanted[0] if wanted else query.Every()
    return (query.AndNot(found, _any(unwanted)) if unwanted else found), narrowed


def _compile_leaf(leaf: Leaf, reader: IndexReader) -> tuple[list[query.Query], bool]:
    fields = (leaf.field,) if leaf.field else ("title", "text")
    if isinstance(leaf, Prefix):
        return _expand(leaf.text, fields, reader)
    if len(leaf.stems) == 1:
        return [query.Term(field, leaf.stems[0]) for field in fields], False
    return [query.Phrase(field, list(leaf.stems)) for field in fields], False


def _expand(prefix: str, fields: tuple[str, ...], reader: IndexReader) -> tuple[list[query.Query], bool]:
    found: list[query.Query] = []
    narrowed = False
    for field in fields:
        words = list(islice(reader.expand_prefix(f"{field}_words", prefix.encode()), most_expansions + 1))
        narrowed = narrowed or len(words) > most_expansions
        terms: list[query.Query] = [query.Term(f"{field}_words", word.decode()) for word in words[:most_expansions]]
        if terms:
            found.append(query.ConstantScoreQuery(_any(terms)))
    return found, narrowed


def _any(queries: list[query.Query]) -> query.Query:
    if not queries:
        return query.NullQuery
    return queries[0] if len(queries) == 1 else query.Or(queries)
