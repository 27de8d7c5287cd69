"""The codec by which Whoosh reads newscast's segments: `whoosh.index.open_dir(LIBRARY/fulltext)` opens the index.

It only reads. newscast writes the index from its store, and overwrites what others write to it.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from heapq import merge
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache
from whoosh.codec.base import Automata, Codec, FieldCursor, PerDocumentReader, TermsReader
from whoosh.reading import TermInfo, TermNotFound

from search.fulltext.field_values import FieldValues, short_fields
from search.fulltext.matcher import TextMatcher, TextPostings
from search.fulltext.schema import form_mark
from search.fulltext.segment import Segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from whoosh.codec.base import Segment as WhooshSegment
    from whoosh.columns import Column, ColumnReader
    from whoosh.fields import FieldType
    from whoosh.filedb.filestore import FileStorage
    from whoosh.formats import Format
    from whoosh.matching import Matcher
    from whoosh.scoring import BaseScorer

    from search.fulltext.matcher import Term

_mark = form_mark.encode()
_most_known = 64  # terms


class NewscastCodec(Codec):  # type: ignore[misc] # Whoosh's classes are untyped
    """Gives Whoosh the readers of one segment."""

    def __init__(self) -> None:
        self._opened: SegmentFields | None = None

    def terms_reader(self, storage: FileStorage, segment: WhooshSegment) -> SegmentTerms:
        """Open the terms of a segment."""
        return SegmentTerms(self._open(storage, segment))

    def per_document_reader(self, storage: FileStorage, segment: WhooshSegment) -> SegmentDocuments:
        """Open the documents of a segment."""
        return SegmentDocuments(self._open(storage, segment))

    def automata(self, storage: FileStorage, segment: WhooshSegment) -> FormAutomata:  # noqa: ARG002 - Whoosh's signature
        """Return what finds misspelt words."""
        return FormAutomata()

    def _open(self, storage: FileStorage, segment: WhooshSegment) -> SegmentFields:
        """Open the segment's file once for both readers."""
        path, deleted = Path(storage.folder) / segment.file_name, segment.deleted_docs()
        opened = self._opened
        if opened is None or (opened.segment.path, opened.segment.deleted_documents) != (path, deleted):
            self._opened = opened = SegmentFields(Segment(path, deleted))
        return opened


class FormAutomata(Automata):  # type: ignore[misc]
    """Finds terms that differ by a few letters. The mark of a form is not one of them."""

    def terms_within(self, fieldcur: TermCursor, uterm: str, maxdist: int, prefix: int = 0) -> Iterator[str]:
        """The terms at most `maxdist` letters off that have the first `prefix` letters in common."""
        fixed = prefix + 1 if uterm.startswith(form_mark) else prefix
        found: Iterator[str] = super().terms_within(fieldcur, uterm, maxdist, fixed)
        return found


class SegmentFields:
    """What both readers know of a segment: its file, and the values of its short fields."""

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        self.values = FieldValues(segment)

    @cached_property
    def _document_of_row(self) -> dict[int, int]:
        return {row: document for document, row in enumerate(self.segment.rows)}

    def list_documents(self, rows: Sequence[int]) -> list[int]:
        """Translate rows into numbers of documents within the segment."""
        return list(map(self._document_of_row.__getitem__, rows))

    def read_lengths(self, name: str) -> Sequence[int]:
        """Read how many words each document has in a field."""
        return self.segment.lengths if name == "text" else self.values.read_postings(name).lengths


class SegmentDocuments(PerDocumentReader):  # type: ignore[misc]
    """The documents of a segment: which are deleted, their lengths, their stored fields, their columns."""

    def __init__(self, fields: SegmentFields) -> None:
        self._fields, self._segment = fields, fields.segment

    def doc_count(self) -> int:
        """How many documents are not deleted."""
        return self._segment.count_live()

    def doc_count_all(self) -> int:
        """How many documents there are, with the deleted ones."""
        return self._segment.header.documents

    def has_deletions(self) -> bool:
        """Is any document deleted?"""
        return bool(self._segment.deleted_documents)

    def is_deleted(self, docnum: int) -> bool:
        """Is this document deleted?"""
        return docnum in self._segment.deleted_documents

    def deleted_docs(self) -> frozenset[int]:
        """The deleted documents."""
        return self._segment.deleted_documents

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The stored fields of a document; a field without a value is left out."""
        return dict(self._fields.values.read(docnum))

    def supports_columns(self) -> bool:
        """Can documents be sorted by their fields?"""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Can they be sorted by this one?"""
        return fieldname in short_fields

    def list_columns(self) -> tuple[str, ...]:
        """The fields that documents can be sorted by."""
        return short_fields

    def column_reader(self, fieldname: str, column: Column) -> ColumnReader:
        """The values of a field in all documents."""
        return self._fields.values.read_column(fieldname, column)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """How many words a document has in a field."""
        return self._fields.read_lengths(fieldname)[docnum] or default

    def field_length(self, fieldname: str) -> int:
        """How many words all documents have in a field."""
        return sum(self._fields.read_lengths(fieldname))

    def min_field_length(self, fieldname: str) -> int:
        """The fewest words that a document has in a field."""
        return min(self._fields.read_lengths(fieldname), default=0)

    def max_field_length(self, fieldname: str) -> int:
        """The most words that a document has in a field."""
        return max(self._fields.read_lengths(fieldname), default=0)


class SegmentTerms(TermsReader):  # type: ignore[misc]
    """The terms of a segment and their postings. Those of `text` are stems, and forms after their mark."""

    def __init__(self, fields: SegmentFields) -> None:
        self._fields, self._segment = fields, fields.segment
        self._known: LRUCache[bytes, tuple[TextPostings, TermInfo]] = LRUCache(_most_known)

    def indexed_field_names(self) -> tuple[str, ...]:
        """The fields that have terms, in ascending order."""
        return tuple(sorted((*short_fields, "text")))

    def __contains__(self, term: Term) -> bool:
        name, text = term
        if name != "text":
            return name in short_fields and text in self._fields.values.read_postings(name)
        return self._find(text) is not None

    def _find(self, text: bytes) -> int | None:
        """The index of a term of `text` among the stems, or with the mark among the forms."""
        is_form = text.startswith(_mark)
        return self._segment.forms.find(text.removeprefix(_mark)) if is_form else self._segment.stems.find(text)

    def terms(self) -> Iterator[Term]:
        """All terms, field by field."""
        return chain.from_iterable(
            ((name, text) for text in self._list_terms(name, b"")) for name in self.indexed_field_names()
        )

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Term]:
        """The terms from one on: those of its field, then those of the fields after it."""
        later = (name for name in self.indexed_field_names() if name > fieldname)
        return chain(
            ((fieldname, text) for text in self._list_terms(fieldname, prefix)),
            chain.from_iterable(((name, text) for text in self._list_terms(name, b"")) for name in later),
        )

    def _list_terms(self, name: str, first: bytes) -> Iterator[bytes]:
        """The terms of a field that do not come before `first`, in ascending order."""
        if name != "text":
            terms = self._fields.values.read_postings(name).terms if name in short_fields else []
            return (terms[index] for index in range(bisect_left(terms, first), len(terms)))
        stems, forms = self._segment.stems, self._segment.forms
        if first.startswith(_mark):
            first_form = forms.find_first(first.removeprefix(_mark))
        else:
            first_form = 0 if first < _mark else len(forms)
        return merge(
            (stems[index] for index in range(stems.find_first(first), len(stems))),
            (_mark + forms[index] for index in range(first_form, len(forms))),
        )

    def items(self) -> Iterator[tuple[Term, TermInfo]]:
        """All terms with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, TermInfo]]:
        """The terms from one on with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def cursor(self, fieldname: str, fieldobj: FieldType) -> TermCursor:
        """Walk over the terms of a field."""
        return TermCursor(self, fieldname, fieldobj)

    def frequency(self, fieldname: str, text: bytes) -> float:
        """How often a term occurs. Raises KeyError."""
        return float(self.term_info(fieldname, text).weight())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """How many documents have a term. Raises KeyError."""
        return int(self.term_info(fieldname, text).doc_frequency())

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """The statistics of a term. Raises KeyError."""
        if fieldname in short_fields:
            return self._fields.values.read_postings(fieldname).read_info(text)
        return self._read_text(fieldname, text)[1]

    def matcher(self, fieldname: str, text: bytes, format_: Format, scorer: BaseScorer | None = None) -> Matcher:
        """The postings of a term. Raises TermNotFound."""
        try:
            if fieldname in short_fields:
                return self._fields.values.read_postings(fieldname).build_matcher(text, format_, scorer)
            return TextMatcher((fieldname, text), *self._read_text(fieldname, text), format_, scorer)
        except KeyError as error:
            raise TermNotFound(f"{fieldname}:{text!r}") from error

    def _read_text(self, fieldname: str, text: bytes) -> tuple[TextPostings, TermInfo]:
        """Read a term of `text` and its statistics, which Whoosh asks for several times in one search."""
        if text not in self._known:
            index = self._find(text) if fieldname == "text" else None
            if index is None:
                raise KeyError(fieldname, text)
            postings = self._read_postings(text, index)
            self._known[text] = postings, self._build_info(postings)
        return self._known[text]

    def _build_info(self, postings: TextPostings) -> TermInfo:
        documents = postings.documents
        lengths = list(map(self._segment.lengths.__getitem__, documents))
        return TermInfo(
            weight=sum(postings.frequencies), df=len(documents), minlength=min(lengths, default=0),
            maxlength=max(lengths, default=0), maxweight=max(postings.frequencies, default=0),
            minid=min(documents, default=None), maxid=max(documents, default=0),
        )  # fmt: skip

    def _read_postings(self, text: bytes, index: int) -> TextPostings:
        if text.startswith(_mark):
            documents = self._fields.list_documents(self._segment.read_rows_of_form(index))
            return TextPostings(documents, [1] * len(documents), None)
        rows, _, ends, positions = self._segment.read_postings(index)
        starts = [0, *ends]

        def read_positions(at: int) -> list[int]:
            # Half of a position is the number of the word; a title and a text, and two paragraphs, have a gap between.
            return [position >> 1 for position in positions[starts[at] : ends[at]]]

        return TextPostings(
            self._fields.list_documents(rows), [end - start for start, end in pairwise(starts)], read_positions
        )


class TermCursor(FieldCursor):  # type: ignore[misc]
    """A position among the terms of one field, which Whoosh moves to find words with a spelling mistake."""

    def __init__(self, terms: SegmentTerms, fieldname: str, fieldobj: FieldType) -> None:
        self._terms, self._name, self._field = terms, fieldname, fieldobj
        self.first()

    def first(self) -> str | None:
        """Go to the first term."""
        return self.find(b"")

    def find(self, string: str | bytes) -> str | None:
        """Go to the first term that does not come before this one."""
        text = string if isinstance(string, bytes) else self._field.to_bytes(string)
        self._rest = self._terms.terms_from(self._name, text)
        return self.next()

    def next(self) -> str | None:
        """Go to the next term."""
        name, text = next(self._rest, (None, b""))
        self._term = text if name == self._name else None
        return self.text()

    def text(self) -> str | None:
        """The term as text; None after the last one."""
        return None if self._term is None else str(self._field.from_bytes(self._term))

    def term_info(self) -> TermInfo | None:
        """Its statistics."""
        return None if self._term is None else self._terms.term_info(self._name, self._term)

    def is_valid(self) -> bool:
        """Is there a term here?"""
        return self._term is not None
