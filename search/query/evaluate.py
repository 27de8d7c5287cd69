"""The tree of a query → the rows of the documents that answer it, exactly."""

from __future__ import annotations

from functools import singledispatchmethod
from typing import TYPE_CHECKING, Literal

from search.fulltext import build_plain, build_stem
from search.query.budget import Budget, BudgetSpentError, count_looks, count_phrases, most_read
from search.query.highlight import Highlighter, build_highlighter
from search.query.paragraphs import ParagraphTester, relax
from search.query.parse import shorten
from search.query.phrases import find_rows_of_phrase
from search.query.rank import rank_by_date
from search.query.syntax import (
    All,
    Any,
    Dated,
    Fuzzy,
    InParagraph,
    Mentions,
    Node,
    Not,
    OfSource,
    OfState,
    OfUrl,
    Prefix,
    Words,
)
from search.text import find_word_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from search.fulltext.index_reader import IndexReader, RowSet
    from search.model import Actor, ActorType
    from search.store import Actors, Marks, Rows

    Steps = Callable[[int], int]

_to_a_text = 16  # steps to read one
_rows_to_a_step, _names_to_a_step = 4, 2
_actor_types: dict[str, ActorType] = {"person": "person", "org": "organisation", "place": "place"}
_most_named = 3
_cost: dict[type, float] = {
    Mentions: 0.1, OfSource: 0.1, OfUrl: 0.1, OfState: 0.1, Prefix: 1, Fuzzy: 1, Dated: 1
}  # fmt: skip
"""The cost of each kind of node, as a share of all documents; cheap ones are evaluated first."""


class QueryEvaluator:
    """Evaluates one query. `notes` says how it was narrowed; `actors` are those that its names mean.

    A document that was not looked at, because no steps were left, is not in the results, not even of an exclusion.
    """

    def __init__(
        self, reader: IndexReader, rows: Rows, actors: Actors, marks: Marks | None, query: Node | None
    ) -> None:
        self._reader, self._rows, self._actors, self._marks = reader, rows, actors, marks
        self._named: list[str] = []
        self.actors: dict[Mentions, tuple[Actor, ...]] = {}
        self._positions, self._texts = Budget(count_phrases(query)), Budget(count_looks(query))
        self._scans = Budget()
        self._not_seen: set[int] = set()
        self._least_seen: int | None = None
        self._found: dict[Node, RowSet] = {}
        self._not_looked_up: set[Mentions] = set()

    @property
    def notes(self) -> list[str]:
        """How the query was narrowed, in half lines."""
        if self._least_seen is None:
            return self._named
        if self._least_seen == most_read:
            return [f"only the newest {most_read:,} of what may match were looked at", *self._named]
        seen = f"only the newest {self._least_seen:,} of what may match" if self._least_seen else "no articles"
        return [f"too much for one search: for a part of it {seen} were looked at", *self._named]

    def evaluate(self, node: Node, within: RowSet | None = None) -> RowSet:
        """The rows that answer, of those `within` if that is given."""
        found = self._evaluate(node, within)
        return found if within is None or found is within else found & within

    @singledispatchmethod
    def _evaluate(self, node: Node, _within: RowSet | None) -> RowSet:
        raise TypeError(f"no way to evaluate {node!r}")

    @_evaluate.register(All)
    def _evaluate_all(self, node: All, within: RowSet | None) -> RowSet:
        found = within
        for each in sorted(node.nodes, key=self._estimate):
            found = self.evaluate(each, found)
            if not found:
                break
        return found or frozenset()

    @_evaluate.register(Any)
    def _evaluate_any(self, node: Any, within: RowSet | None) -> RowSet:
        return frozenset().union(*(self.evaluate(each, within) for each in node.nodes))

    @_evaluate.register(Not)
    def _evaluate_not(self, node: Not, within: RowSet | None) -> RowSet:
        before, self._not_seen = self._not_seen, set()
        found = (
            (self._rows.list_all() if within is None else within) - self.evaluate(node.node, within) - self._not_seen
        )
        self._not_seen |= before
        return found

    @_evaluate.register(Mentions)
    @_evaluate.register(OfSource)
    @_evaluate.register(OfUrl)
    @_evaluate.register(Dated)
    def _evaluate_by_store(self, node: Mentions | OfSource | OfUrl | Dated, _within: RowSet | None) -> RowSet:
        try:
            if node not in self._found:
                self._found[node] = self._ask_store(node)
        except BudgetSpentError:
            self._note_unseen(self._rows.list_all(), 0)
            return frozenset()
        return self._found[node]

    def _ask_store(self, node: Mentions | OfSource | OfUrl | Dated) -> RowSet:
        """Raises BudgetSpentError."""
        match node:
            case Mentions():
                actors = self.find_actors(node)
                if node in self._not_looked_up:
                    raise BudgetSpentError
                return self._rows.find_by_actors(actor.id for actor in actors)
            case OfSource():
                return self._rows.find_by_source(node.name)
            case Dated():
                return self._rows.find_by_dates(node.since, node.until)
        self._scans.spend(len(self._rows.read_days()) // _rows_to_a_step)
        return self._rows.find_by_url(node.part)

    def _note_unseen(self, rows: RowSet, seen: int) -> None:
        self._not_seen |= rows
        self._least_seen = seen if self._least_seen is None else min(seen, self._least_seen)

    def _estimate(self, node: Node) -> int:
        """Estimate the number of rows; costly nodes get a high one, to be evaluated when few rows are left."""
        match node:
            case Words() if not node.is_as_written:
                return min(len(self._reader.read_posting_list(build_stem(word)).rows) for word in node.words)
            case Any():
                return sum(map(self._estimate, node.nodes))
            case All():
                return min(map(self._estimate, node.nodes))
            case _:
                return round(self._reader.count * _cost.get(type(node), 8))

    @_evaluate.register(Words)
    def _evaluate_words(self, node: Words, within: RowSet | None) -> RowSet:
        stems = [build_stem(word) for word in node.words]
        if len(stems) == 1 and not node.in_title:
            found: RowSet = self._reader.read_rows(stems[0])
        else:
            self._positions.begin_part()
            try:
                found = find_rows_of_phrase(
                    self._reader, stems, node.within, within, in_title=node.in_title, choosing=self
                )
            except BudgetSpentError:
                self._note_unseen(self._rows.list_all(), 0)
                return frozenset()
        if not node.is_as_written:
            return found
        highlighter = build_highlighter([node], self._reader)
        return self._keep(
            found,
            within,
            lambda title, text: highlighter.is_in_title(title) or highlighter.is_in(text),
            highlighter.count_steps,
        )

    @_evaluate.register(Prefix)
    def _evaluate_prefix(self, node: Prefix, within: RowSet | None) -> RowSet:
        prefix = build_plain(node.word)
        found = self._reader.read_prefix(prefix, within)
        if self._reader.has_many_forms(prefix):
            self._named.append(f"“{shorten(prefix)}*” stands for too many words: the most frequent were looked for")
        return self._keep_titled(found, within, lambda word: word.startswith(prefix)) if node.in_title else found

    @_evaluate.register(Fuzzy)
    def _evaluate_fuzzy(self, node: Fuzzy, within: RowSet | None) -> RowSet:
        word = build_plain(node.word)
        found = self._reader.read_near(word, node.distance)
        if not node.in_title:
            return found
        forms = self._reader.find_near(word, node.distance)
        return self._keep_titled(found, within, lambda other: other in forms)

    def _keep_titled(self, found: RowSet, within: RowSet | None, is_right: Callable[[str], bool]) -> RowSet:
        return self._keep(
            found,
            within,
            lambda title, _: any(is_right(build_plain(word)) for word in find_word_texts(title)),
            lambda _: _to_a_text,
        )

    def spend(self, steps: int) -> None:
        """Take so many steps for looking at positions. Raises BudgetSpentError."""
        self._positions.spend(steps)

    def choose(self, rows: RowSet, steps: int) -> RowSet:
        """As many of these rows, the newest, as there are steps left for looking at their positions."""
        count = self._positions.spend_on(len(rows), steps)
        return rows if count == len(rows) else frozenset(self._choose(rows, count))

    def _choose(self, found: RowSet, count: int) -> list[int]:
        """So many of these rows, the newest first; the others are noted as not seen."""
        newest = [number for number, _ in rank_by_date(found, self._rows.read_days(), count)]
        if len(newest) < len(found):
            self._note_unseen(found - set(newest), count)
        return newest

    def _keep(self, found: RowSet, within: RowSet | None, is_right: Callable[[str, str], bool], steps: Steps) -> RowSet:
        """Those whose title and text, looked at, are right; `steps` is what that costs for a text of some length."""
        self._texts.begin_part()

        def look(_: int, title: str, text: str) -> bool:
            self._texts.spend(steps(len(title) + len(text)))
            return is_right(title, text)

        return self._look(self._choose(found if within is None else found & within, most_read), look)

    def _look(self, chosen: list[int], is_right: Callable[[int, str, str], bool]) -> RowSet:
        """Those of these rows, the newest first, whose number, title and text are right, as far as the steps go."""
        kept: set[int] = set()
        seen = 0
        try:
            for number, title, text in self._rows.read_texts(chosen):
                self._texts.spend(_to_a_text)
                if is_right(number, title, text):
                    kept.add(number)
                seen += 1
        except BudgetSpentError:
            self._note_unseen(set(chosen[seen:]), seen)
        return kept

    @_evaluate.register(OfState)
    def _evaluate_state(self, node: OfState, within: RowSet | None) -> RowSet:
        what: Literal["starred", "read"] = "starred" if node.state == "starred" else "read"
        if OfState(what) not in self._found:
            marked = self._marks.list_marked(what) if self._marks else ()
            self._found[OfState(what)] = self._rows.find_by_ids(marked)
        found = self._found[OfState(what)]
        if node.state == "unread":
            return (self._rows.list_all() if within is None else within) - found
        return found

    def find_actors(self, node: Mentions) -> tuple[Actor, ...]:
        """Find the actors that a name in the query means; if there are several, note the most frequent."""
        if node not in self.actors:
            type_ = _actor_types.get(node.field)
            found = self._actors.find_called(node.name, type_)
            try:
                if not found:
                    self._scans.spend(self._actors.estimate() * len(node.name.split()) // _names_to_a_step)
                    found = self._actors.find_actors(node.name, type_)
            except BudgetSpentError:
                self._not_looked_up.add(node)
            self.actors[node] = found
            if not found and node not in self._not_looked_up:
                self._named.append(f"no {node.field} “{shorten(node.name)}”")
            elif len(found) > 1:
                offered = ", ".join(f"{node.field}:#{actor.id}" for actor in found[:_most_named])
                more = " …" if len(found) > _most_named else ""
                self._named.append(f"“{shorten(node.name)}” may be {len(found)} actors: {offered}{more}")
        return self.actors[node]

    @_evaluate.register(InParagraph)
    def _evaluate_in_paragraph(self, node: InParagraph, within: RowSet | None) -> RowSet:
        needed = relax(node.node)
        if needed is not None:
            found = self.evaluate(needed, within)
        else:
            found = self._rows.list_all() if within is None else within
        self._texts.begin_part()
        chosen = self._choose(found, most_read)
        tester = ParagraphTester(self, chosen, self._texts.spend)
        # As in _evaluate_not: an exclusion says nothing of documents that were not looked at.
        before, self._not_seen = self._not_seen, set()
        found = self._look(chosen, lambda number, _, text: tester.holds(node.node, number, text)) - self._not_seen
        self._not_seen |= before
        return found

    def find_paragraphs(self, node: Mentions, numbers: Iterable[int]) -> dict[int, set[int]]:
        """The paragraphs of these documents in which the actors of a name are mentioned."""
        return self._rows.find_paragraphs_by_actors([actor.id for actor in self.find_actors(node)], numbers)

    def build_highlighter(self, node: Words | Prefix | Fuzzy) -> Highlighter:
        """What finds the words of one leaf in a text."""
        return build_highlighter([node], self._reader)
