"""Queries: parsing them, evaluating them, and ranking, highlighting and suggesting."""

from search.query.grammar import grammar
from search.query.narrow import narrow_query, restrict_query
from search.query.parse import Parsed, parse_query, shorten
from search.query.pieces import close_query
from search.query.saved import expand_saved, expand_saved_searches
from search.query.searcher import Searcher
from search.query.syntax import (
    All,
    Any,
    Dated,
    Fuzzy,
    InParagraph,
    Leaf,
    Mentions,
    Node,
    Not,
    OfSource,
    OfState,
    OfUrl,
    Prefix,
    Words,
    list_wanted,
)

__all__ = [
    "All",
    "Any",
    "Dated",
    "Fuzzy",
    "InParagraph",
    "Leaf",
    "Mentions",
    "Node",
    "Not",
    "OfSource",
    "OfState",
    "OfUrl",
    "Parsed",
    "Prefix",
    "Searcher",
    "Words",
    "close_query",
    "expand_saved",
    "expand_saved_searches",
    "grammar",
    "list_wanted",
    "narrow_query",
    "parse_query",
    "restrict_query",
    "shorten",
]
