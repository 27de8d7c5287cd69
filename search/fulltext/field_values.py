"""The short fields of a segment as Whoosh searches and sorts them.

A segment holds the values of `title`, `date`, `source`, `url` and `id`, but no postings of them: newscast asks its
store for these. Whoosh's own fields make the postings from the values when a search first needs them.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from whoosh.columns import ColumnReader
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo

from search.fulltext.schema import build_schema, build_values, form_mark
from search.fulltext.stored_fields import block_documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from whoosh.columns import Column
    from whoosh.fields import FieldType
    from whoosh.formats import Format
    from whoosh.scoring import BaseScorer

    from search.fulltext.segment import Segment

short_fields = ("date", "id", "source", "title", "url")


class FieldValues:
    """The stored values of a segment's documents, numbered from 0, and for each short field its postings and column."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._schema = build_schema()
        self._block: tuple[int, list[dict[str, Any]]] = -1, []
        self._postings: dict[str, FieldPostings] = {}

    def read(self, document: int) -> dict[str, Any]:
        """Read the stored fields of one document."""
        block, at = divmod(document, block_documents)
        if self._block[0] != block:
            self._block = block, [build_values(fields) for fields in self._segment.read_stored_fields(block)]
        return self._block[1][at]

    def read_column(self, name: str, column: Column) -> ValuesColumn:
        """Read the values of one field as Whoosh sorts them."""
        field = self._schema[name]
        values = [None if value is None else field.to_column_value(value) for value in self._list_values(name)]
        return ValuesColumn(values, column.default_value())

    def read_postings(self, name: str) -> FieldPostings:
        """Read the postings of one field."""
        if name not in self._postings:
            self._postings[name] = FieldPostings(name, self._schema[name], self._list_values(name))
        return self._postings[name]

    def _list_values(self, name: str) -> Iterator[Any]:
        return (self.read(document).get(name) for document in range(self._segment.header.documents))


class ValuesColumn(ColumnReader):  # type: ignore[misc] # Whoosh's classes are untyped
    """A column of values in memory. A document without one has the default.

    Where the values are numbers, documents without one come last, however they are sorted.
    """

    def __init__(self, values: Sequence[Any], default: Any) -> None:  # noqa: ANN401 - numbers or bytes
        self._values, self._default = values, default
        self._is_reversed = False

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, docnum: int) -> Any:  # noqa: ANN401
        value = self._values[docnum]
        return self._default if value is None else value

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self)))

    def sort_key(self, docnum: int) -> Any:  # noqa: ANN401
        """What documents are sorted by."""
        if not self._is_reversed:
            return self[docnum]
        value = self._values[docnum]
        return 0 if value is None else -value

    def load(self) -> list[Any]:
        """All values."""
        return list(self)

    def set_reverse(self) -> None:
        """Sort in descending order, which only numbers can."""
        self._is_reversed = True


class FieldPostings:
    """The postings of one field, made from its value in each document by Whoosh's field."""

    def __init__(self, name: str, field: FieldType, values: Iterator[Any]) -> None:
        self._name = name
        self._found: dict[bytes, list[tuple[int, float, bytes]]] = {}
        self.lengths: list[int] = []
        for document, value in enumerate(values):
            length = 0
            for term, frequency, weight, encoded in () if value is None else field.index(value):
                self._found.setdefault(term, []).append((document, weight, encoded))
                length += 0 if term.startswith(form_mark.encode()) else frequency
            self.lengths.append(length)

    def __contains__(self, term: bytes) -> bool:
        return term in self._found

    @cached_property
    def terms(self) -> list[bytes]:
        """The terms in ascending order."""
        return sorted(self._found)

    def read_info(self, term: bytes) -> TermInfo:
        """Read the statistics of a term. Raises KeyError."""
        info = TermInfo()
        for document, weight, _ in self._found[term]:
            info.add_posting(document, weight, self.lengths[document])
        return info

    def build_matcher(self, term: bytes, format_: Format, scorer: BaseScorer | None) -> ListMatcher:
        """Build the matcher of a term. Raises KeyError."""
        info = self.read_info(term)
        documents, weights, encoded = zip(*self._found[term], strict=True)
        return ListMatcher(documents, weights, list(encoded), format_, scorer, term=(self._name, term), terminfo=info)
