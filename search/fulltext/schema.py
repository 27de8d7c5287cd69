"""The schema of the index in Whoosh: its fields, and the analyzer that turns text into terms.

The field `text` holds the words of the title and of the text, `title` only the words of the title. Each word becomes
two terms: its stem, for words and phrases, and its form (`form_mark`, then the folded word), for prefixes, patterns
and ranges. Whoosh's query parser asks for the right term by itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from whoosh.analysis import Analyzer, IDAnalyzer, Token
from whoosh.columns import NumericColumn
from whoosh.fields import DATETIME, ID, TEXT, Schema
from whoosh.util.times import datetime_to_long

from search.fulltext.terms import build_plain, build_stem
from search.text import find_words, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.fulltext.stored_fields import StoredFields

form_mark = "="
"""The prefix of forms in a field that also has stems. No word contains it."""
_undated = datetime.fromisoformat("9999-12-31")
"""The date by which Whoosh sorts and groups documents without a date."""


class WordAnalyzer(Analyzer):  # type: ignore[misc] # Whoosh's classes are untyped
    """Splits text into words as newscast does. With `has_stems`, each word gives its stem and its marked form."""

    def __init__(self, *, has_stems: bool) -> None:
        self.has_stems = has_stems

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WordAnalyzer) and other.has_stems == self.has_stems

    def __hash__(self) -> int:
        return hash(self.has_stems)

    def __call__(self, value: str, **options: Any) -> Iterator[Token]:  # noqa: ANN401 - Whoosh's, handed on
        """Yield the tokens of a text; with `tokenize=False`, one token for all of it. `options` are Whoosh's."""
        positions, chars = options.pop("positions", False), options.pop("chars", False)
        start_pos, start_char = options.pop("start_pos", 0), options.pop("start_char", 0)
        words = find_words(value) if options.pop("tokenize", True) else None
        token = Token(positions, chars, **options)
        token.boost, token.stopped = 1.0, False
        for index, (word, start, end) in enumerate([(value, 0, len(value))] if words is None else words):
            token.original = word
            if positions:
                token.pos = start_pos + index
            if chars:
                token.startchar, token.endchar = start_char + start, start_char + end
            for term in self._build_terms(word, is_whole=words is None, is_query=token.mode == "query"):
                token.text = term
                yield token

    def _build_terms(self, word: str, *, is_whole: bool, is_query: bool) -> tuple[str, ...]:
        if not self.has_stems:
            return (build_plain(word),)
        form = form_mark + (fold(word) if is_whole else build_plain(word))
        if is_whole:
            return (form,)
        return (build_stem(word),) if is_query else (build_stem(word), form)


def build_schema() -> Schema:
    """Build the schema of the index."""
    return Schema(
        text=TEXT(analyzer=WordAnalyzer(has_stems=True), multitoken_query="phrase"),
        title=TEXT(analyzer=WordAnalyzer(has_stems=True), multitoken_query="phrase", stored=True, sortable=True),
        date=DATETIME(stored=True, sortable=NumericColumn("Q", default=datetime_to_long(_undated))),
        source=TEXT(analyzer=WordAnalyzer(has_stems=False), multitoken_query="phrase", stored=True, sortable=True),
        url=ID(analyzer=IDAnalyzer(lowercase=True), stored=True, sortable=True),
        id=ID(unique=True, stored=True, sortable=True),
    )


def build_values(fields: StoredFields) -> dict[str, Any]:
    """Build the values of a document's stored fields for Whoosh; a field without a value is left out."""
    values: dict[str, Any] = {name: value for name, value in fields._asdict().items() if value is not None}
    if fields.date:
        values["date"] = datetime.fromisoformat(fields.date)
    return values
