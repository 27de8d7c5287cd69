"""Words in, rows of documents out. Whoosh lives here and nowhere else, and nothing of it leaves."""

from search.fulltext.index import FullText, IndexState, schema_version
from search.fulltext.kept import room_alone, room_among_many
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
