"""The full-text index: it stores which documents contain which words. Only this package imports Whoosh."""

from search.fulltext.index import FullText, IndexState, room_alone, room_among_many, schema_version
from search.fulltext.terms import build_plain, build_stem

__all__ = [
    "FullText",
    "IndexState",
    "build_plain",
    "build_stem",
    "room_alone",
    "room_among_many",
    "schema_version",
]
