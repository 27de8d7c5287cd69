"""The engine of newscast: documents in, answers out. Open a Library and ask it."""

from search.annotating import annotate, annotate_across
from search.errors import (
    InvalidDocumentError,
    LibraryLockedError,
    LibraryOutdatedError,
    LibraryUnreadableError,
    NewscastError,
    NotFoundError,
    SourceRefusedError,
)
from search.fulltext import FullTextDamagedError
from search.jsonl import build_json, build_mention_json, parse_json
from search.language import grammar, narrow_query
from search.library import Library
from search.model import (
    Actor,
    ActorType,
    Addition,
    Cast,
    Document,
    FacetCount,
    Facets,
    Health,
    Hit,
    Link,
    Match,
    Mention,
    Paragraph,
    Progress,
    Query,
    Results,
    Sighting,
    Snippet,
    Summary,
)
from search.store import Mark, Marks, SavedSearch, Searches, Visit
from search.text import make_safe, make_safe_line

__all__ = [
    "Actor",
    "ActorType",
    "Addition",
    "Cast",
    "Document",
    "FacetCount",
    "Facets",
    "FullTextDamagedError",
    "Health",
    "Hit",
    "InvalidDocumentError",
    "Library",
    "LibraryLockedError",
    "LibraryOutdatedError",
    "LibraryUnreadableError",
    "Link",
    "Mark",
    "Marks",
    "Match",
    "Mention",
    "NewscastError",
    "NotFoundError",
    "Paragraph",
    "Progress",
    "Query",
    "Results",
    "SavedSearch",
    "Searches",
    "Sighting",
    "Snippet",
    "SourceRefusedError",
    "Summary",
    "Visit",
    "annotate",
    "annotate_across",
    "build_json",
    "build_mention_json",
    "grammar",
    "make_safe",
    "make_safe_line",
    "narrow_query",
    "parse_json",
]
