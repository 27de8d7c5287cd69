"""Words in, documents out. Whoosh lives here and nowhere else, and nothing of it leaves."""

from search.fulltext.index import FullText, FullTextDamagedError, IndexState, schema_version
from search.fulltext.matches import build_snippet, find_matches
from search.fulltext.parse import Parsed, parse_query

__all__ = [
    "FullText",
    "FullTextDamagedError",
    "IndexState",
    "Parsed",
    "build_snippet",
    "find_matches",
    "parse_query",
    "schema_version",
]
