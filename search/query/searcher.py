"""The searcher, which answers queries over one Library."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from search.model import Hit, Query, Results
from search.query.budget import afford
from search.query.evaluate import QueryEvaluator
from search.query.highlight import Highlighter, build_highlighter, list_highlighted
from search.query.parse import Parsed, parse_query, shorten
from search.query.rank import list_stems, rank_by_date, rank_by_score
from search.query.suggest import few, suggest
from search.query.syntax import Mentions, Words, list_wanted
from search.store import Folds, Rows
from search.text import find_word_texts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable

    from search.fulltext import FullText
    from search.fulltext.index_reader import IndexReader, RowSet
    from search.model import Document, Match
    from search.query.syntax import Node
    from search.store import Actors, Documents, Marks

_first_page = 100
"""Rows. If you page past them, all rows are ranked."""
_most_aliases, _most_names = 20, 200
_longest_note = 300  # characters


@dataclass(slots=True)
class _Answer:
    """The answer to one query: its rows, the best of them in order (`ranked`), and the highlighter of its words."""

    key: tuple[object, ...]
    parsed: Parsed
    reader: IndexReader
    rows: RowSet
    stems: list[str]
    highlighter: Highlighter
    note: str | None
    ranked: list[tuple[int, float]]
    left_out: frozenset[int]
    folded: frozenset[int]


class Searcher:
    """Answers queries over one Library. It keeps the last answer, because you read it page by page."""

    def __init__(
        self, connection: sqlite3.Connection, documents: Documents, actors: Actors, fulltext: FullText
    ) -> None:
        self._documents, self._actors, self._fulltext = documents, actors, fulltext
        self._rows, self._folds = Rows(connection), Folds(connection)
        self._last: _Answer | None = None

    def search(self, query: Query, marks: Marks | None, offset: int, limit: int) -> Results:
        """Return one page of results, `limit` hits from `offset` on. An empty query finds all documents, newest first.

        Raises FullTextDamagedError.
        """
        parsed = _parse(query)
        if parsed.node is None and parsed.sort is None:
            return self._list_all(query, parsed, offset, limit)
        while True:
            answer = self._answer(parsed, marks, folds=query.folds)
            page = self._rank(answer, offset, limit)
            hits = self._build_hits(page, answer)
            if answer.left_out == self._documents.list_damaged():
                break
        return Results(query, len(answer.rows), offset, tuple(hits.values()), answer.note, len(answer.folded))

    def list_copies(self, query: Query, marks: Marks | None, number: int) -> tuple[Hit, ...]:
        """List the hits that are folded below the document in this row, in the order of the query."""
        parsed = _parse(query)
        answer = self._answer(parsed, marks, folds=query.folds)
        copies = frozenset(row for row, _ in self._folds.read_copies().get(number, ()))
        page = self._put_in_order(copies & answer.rows, answer, len(copies))
        hits = self._build_hits(page, answer)
        if parsed.node is None:
            return tuple(replace(hit, snippet=None) for hit in hits.values())
        return tuple(hits.values())

    def _list_all(self, query: Query, parsed: Parsed, offset: int, limit: int) -> Results:
        """Return a page of all documents, newest first."""
        while True:
            left_out = self._documents.list_damaged()
            folded = self._folds.list_folded(left_out) if query.folds else frozenset()
            numbers = self._folds.list_shown(offset, limit, folded | left_out if left_out else folded)
            found = self._documents.read_summaries(numbers)
            if left_out == self._documents.list_damaged():
                break
        copies = self._list_copies(found, folded)
        hits = tuple(Hit(summary, 0.0, None, (), copies.get(number, ())) for number, summary in found.items())
        note = _join(parsed.note, _note(left_out))
        total = self._documents.count() - len(left_out)
        return Results(query, total, offset, hits, note, len(folded))

    def _build_hits(self, page: list[tuple[int, float]], answer: _Answer) -> dict[int, Hit]:
        """Build a Hit for each row with its score."""
        found = self._documents.read_with_texts([number for number, _ in page])
        copies = self._list_copies(found, answer.folded)
        return {
            number: Hit(
                found[number][0],
                score,
                answer.highlighter.build_snippet(found[number][1]),
                answer.highlighter.find_in_title(found[number][0].title),
                copies.get(number, ()),
            )
            for number, score in page
            if number in found  # the document may be removed since the index was written
        }

    def _list_copies(self, numbers: Iterable[int], folded: RowSet) -> dict[int, tuple[str, ...]]:
        """List the folded copies of each of these rows, as ids by row."""
        if not folded:
            return {}
        copies = self._folds.read_copies()
        return {
            number: tuple(name for row, name in copies[number] if row in folded)
            for number in numbers
            if number in copies
        }

    def suggest(self, query: Query, marks: Marks | None) -> str | None:
        """Suggest another spelling of a query that has few results or none; None if there is no better one."""
        parsed = _parse(query)
        if parsed.node is None:
            return None
        answer = self._answer(parsed, marks, folds=query.folds)
        return suggest(parsed, answer.reader, self._actors) if len(answer.rows) <= few else None

    def list_rows(self, query: Query, marks: Marks | None) -> RowSet:
        """List the rows of all results."""
        parsed = _parse(query)
        if parsed.node is None:
            return self._rows.list_all()
        return self._answer(parsed, marks, folds=query.folds).rows

    def find_matches(self, query: Query, document: Document) -> tuple[Match, ...]:
        """Find the query's words in the document, in reading order."""
        highlighter = self._find_highlighter(query)
        return highlighter.find_matches(document) if highlighter else ()

    def find_title_matches(self, query: Query, document: Document) -> tuple[tuple[int, int], ...]:
        """Find the query's words in the document's title, as offsets of start and end."""
        highlighter = self._find_highlighter(query)
        return highlighter.find_in_title(document.title or "") if highlighter else ()

    def find_best_match(self, query: Query, document: Document) -> Match | None:
        """Find the match at which to begin reading: the first one in the best paragraph; None without a match."""
        highlighter = self._find_highlighter(query)
        return highlighter.find_best_match(document) if highlighter else None

    def _find_highlighter(self, query: Query) -> Highlighter | None:
        parsed = _parse(query)
        if parsed.node is None:
            return None
        if self._last is not None and str(self._last.parsed) == str(parsed):
            return self._last.highlighter
        reader = self._fulltext.reader
        node, _ = afford(parsed.node, reader)
        return self._build_highlighter(node, reader, QueryEvaluator(reader, self._rows, self._actors, None, node))

    def _answer(self, parsed: Parsed, marks: Marks | None, *, folds: bool = False) -> _Answer:
        reader = self._fulltext.reader
        left_out = self._documents.list_damaged()
        stamps = self._rows.read_stamp(), marks.read_stamp() if marks else None
        key = (str(parsed), id(reader), *stamps, left_out, folds)
        if self._last is not None and self._last.key == key:
            return self._last
        node, narrowed = afford(parsed.node, reader)
        evaluator = QueryEvaluator(reader, self._rows, self._actors, marks, node)
        rows = evaluator.evaluate(node) if node is not None else self._rows.list_all()
        damaged = rows & left_out
        notes = _join(narrowed, *dict.fromkeys(evaluator.notes), parsed.note, _note(damaged))
        rows = rows - damaged if damaged else rows
        stems = list_stems(node, reader) if parsed.sort in {None, "relevance"} else []
        highlighter = self._build_highlighter(node, reader, evaluator)
        folded = self._folds.find_folded(rows) if folds else frozenset()
        self._last = _Answer(key, parsed, reader, rows, stems, highlighter, notes, [], left_out, folded)
        return self._last

    def _build_highlighter(self, node: Node | None, reader: IndexReader, evaluator: QueryEvaluator) -> Highlighter:
        """Build a highlighter of the query's words and of the names of its actors."""
        names = (
            Words(words, is_quoted=True)
            for leaf in list_wanted(node)
            if isinstance(leaf, Mentions)
            for actor in evaluator.find_actors(leaf)
            for alias in islice(actor.aliases, _most_aliases)
            if (words := tuple(find_word_texts(alias)))
        )
        return build_highlighter([*list_highlighted(node), *islice(dict.fromkeys(names), _most_names)], reader)

    def _rank(self, answer: _Answer, offset: int, limit: int) -> list[tuple[int, float]]:
        shown = len(answer.rows) - len(answer.folded)
        last = min(offset + limit, shown)
        if len(answer.ranked) < last:
            answer.ranked = self._rank_shown(answer, last if last <= _first_page else shown)
        return answer.ranked[offset:last]

    def _rank_shown(self, answer: _Answer, count: int) -> list[tuple[int, float]]:
        """Rank the rows that are not folded, and return the first `count` of them with their scores."""
        wanted = count + count // 2 if answer.folded else count
        while True:
            ranked = self._put_in_order(answer.rows, answer, wanted)
            shown = [pair for pair in ranked if pair[0] not in answer.folded] if answer.folded else ranked
            if len(shown) >= count or wanted >= len(answer.rows):
                return shown[:count]
            wanted *= 2

    def _put_in_order(self, rows: RowSet, answer: _Answer, count: int) -> list[tuple[int, float]]:
        """Return the first `count` of these rows in the order of the query, with their scores."""
        if answer.stems:
            return rank_by_score(rows, answer.stems, answer.reader, count)
        return rank_by_date(rows, self._rows.read_days(), count, oldest_first=answer.parsed.sort == "old")


def _parse(query: Query) -> Parsed:
    parsed = parse_query(query.text, as_you_type=query.as_you_type)
    return replace(parsed, sort=query.sort) if query.sort else parsed


def _note(damaged: Collection[int]) -> str | None:
    if not damaged:
        return None
    some = "1 article that is" if len(damaged) == 1 else f"{len(damaged):,} articles that are"
    return f"left out {some} damaged: run newscast doctor"


def _join(*notes: str | None) -> str | None:
    return shorten("; ".join(filter(None, notes)), _longest_note) or None
