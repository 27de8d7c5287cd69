"""The query language: one parser for the search bar, the commands, saved searches and filters."""

from search.language.grammar import grammar
from search.language.narrow import narrow_query, restrict_query
from search.language.parse import Parsed, parse_query, shorten
from search.language.pieces import close_query
from search.language.saved import expand_saved
from search.language.syntax import (
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
    "Words",
    "close_query",
    "expand_saved",
    "grammar",
    "list_wanted",
    "narrow_query",
    "parse_query",
    "restrict_query",
    "shorten",
]
