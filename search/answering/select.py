"""The tree of a query → the rows of the documents that answer it, exactly."""

from __future__ import annotations

from functools import singledispatchmethod
from itertools import islice
from typing import TYPE_CHECKING

from search.answering.phrases import find_rows_of_phrase
from search.answering.seek import Seeker, build_seeker
from search.fulltext import build_plain, build_stem
from search.language import (
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

most_read = 3_000
"""Documents whose text is looked at where the index cannot tell: some tenths of a second."""
_narrowed = f"only the newest {most_read:,} of what may match were looked at"
_actor_types: dict[str, ActorType] = {"person": "person", "org": "organisation", "place": "place"}
_most_named = 3
_dearness: dict[type, float] = {
    Mentions: 0.1, OfSource: 0.1, OfUrl: 0.1, OfState: 0.1, Prefix: 1, Fuzzy: 1, Dated: 1
}  # fmt: skip
"""How late each kind is looked at among others, as a share of all documents."""


class Selector:
    """Selects for one query; `notes` says what was made of it, `actors` whom its names mean."""

    def __init__(self, reader: IndexReader, rows: Rows, actors: Actors, marks: Marks | None) -> None:
        self._reader, self._rows, self._actors, self._marks = reader, rows, actors, marks
        self.notes: list[str] = []
        self.actors: dict[Mentions, tuple[Actor, ...]] = {}

    def select(self, node: Node, within: RowSet | None = None) -> RowSet:
        """The rows that answer, of those `within` if that is given."""
        found = self._select(node, within)
        return found if within is None or found is within else found & within

    @singledispatchmethod
    def _select(self, node: Node, _within: RowSet | None) -> RowSet:
        raise TypeError(f"no way to select {node!r}")

    @_select.register(All)
    def _select_all(self, node: All, within: RowSet | None) -> RowSet:
        found = within
        for each in sorted(node.nodes, key=self._estimate):
            found = self.select(each, found)
            if not found:
                break
        return found or frozenset()

    @_select.register(Any)
    def _select_any(self, node: Any, within: RowSet | None) -> RowSet:
        return frozenset().union(*(self.select(each, within) for each in node.nodes))

    @_select.register(Not)
    def _select_not(self, node: Not, within: RowSet | None) -> RowSet:
        return (self._rows.list_all() if within is None else within) - self.select(node.node, within)

    @_select.register(Mentions)
    def _select_mentions(self, node: Mentions, _within: RowSet | None) -> RowSet:
        return self._rows.find_by_actors(actor.id for actor in self.find_actors(node))

    @_select.register(OfSource)
    def _select_of_source(self, node: OfSource, _within: RowSet | None) -> RowSet:
        return self._rows.find_by_source(node.name)

    @_select.register(OfUrl)
    def _select_of_url(self, node: OfUrl, _within: RowSet | None) -> RowSet:
        return self._rows.find_by_url(node.part)

    def _estimate(self, node: Node) -> int:
        """About how many rows; what is dear to find comes last, when few are left to look at."""
        match node:
            case Words() if not node.is_as_written:
                return min(len(self._reader.read_posting_list(build_stem(word)).rows) for word in node.words)
            case Any():
                return sum(map(self._estimate, node.nodes))
            case All():
                return min(map(self._estimate, node.nodes))
            case _:
                return round(self._reader.count * _dearness.get(type(node), 8))

    @_select.register(Words)
    def _select_words(self, node: Words, within: RowSet | None) -> RowSet:
        stems = [build_stem(word) for word in node.words]
        if len(stems) == 1 and not node.in_title:
            found: RowSet = self._reader.read_rows(stems[0])
        else:
            found = find_rows_of_phrase(self._reader, stems, node.within, within, in_title=node.in_title)
        if not node.is_as_written:
            return found
        seeker = build_seeker([node], self._reader)
        return self._keep(
            found,
            within,
            lambda title, text: seeker.is_in(title) or (not node.in_title and seeker.is_in(text)),
        )

    @_select.register(Prefix)
    def _select_prefix(self, node: Prefix, within: RowSet | None) -> RowSet:
        prefix = build_plain(node.word)
        found = self._reader.read_prefix(prefix, within)
        if self._reader.has_many_forms(prefix):
            self.notes.append(f"“{prefix}*” stands for too many words: the most frequent were looked for")
        return self._keep_titled(found, within, lambda word: word.startswith(prefix)) if node.in_title else found

    @_select.register(Fuzzy)
    def _select_fuzzy(self, node: Fuzzy, within: RowSet | None) -> RowSet:
        word = build_plain(node.word)
        found = self._reader.read_near(word, node.distance)
        if not node.in_title:
            return found
        forms = self._reader.find_near(word, node.distance)
        return self._keep_titled(found, within, lambda other: other in forms)

    def _keep_titled(self, found: RowSet, within: RowSet | None, is_right: Callable[[str], bool]) -> RowSet:
        return self._keep(
            found, within, lambda title, _: any(is_right(build_plain(word)) for word in find_word_texts(title))
        )

    def _keep(self, found: RowSet, within: RowSet | None, is_right: Callable[[str, str], bool]) -> RowSet:
        """Those whose title and text, looked at, are right."""
        chosen = self._choose(found if within is None else found & within)
        return {number for number, title, text in self._rows.read_texts(chosen) if is_right(title, text)}

    def _choose(self, found: RowSet) -> list[int]:
        if len(found) > most_read:
            self.notes.append(_narrowed)
        return list(islice(sorted(found, reverse=True), most_read))

    @_select.register(Dated)
    def _select_dated(self, node: Dated, _within: RowSet | None) -> RowSet:
        return self._rows.find_by_dates(node.since, node.until)

    @_select.register(OfState)
    def _select_state(self, node: OfState, within: RowSet | None) -> RowSet:
        marked = self._marks.list_marked("starred" if node.state == "starred" else "read") if self._marks else ()
        found = self._rows.find_by_ids(marked)
        if node.state == "unread":
            return (self._rows.list_all() if within is None else within) - found
        return found

    def find_actors(self, node: Mentions) -> tuple[Actor, ...]:
        """Whom a name in the query means; of several, the note offers the most frequent."""
        if node not in self.actors:
            found = self._actors.find_actors(node.name, _actor_types.get(node.field))
            self.actors[node] = found
            if not found:
                self.notes.append(f"no {node.field} “{node.name}”")
            elif len(found) > 1:
                offered = ", ".join(f"{node.field}:#{actor.id}" for actor in found[:_most_named])
                more = " …" if len(found) > _most_named else ""
                self.notes.append(f"“{node.name}” may be {len(found)} actors: {offered}{more}")
        return self.actors[node]

    @_select.register(InParagraph)
    def _select_in_paragraph(self, node: InParagraph, within: RowSet | None) -> RowSet:
        needed = _relax(node.node)
        if needed is not None:
            found = self.select(needed, within)
        else:
            found = self._rows.list_all() if within is None else within
        chosen = self._choose(found)
        tester = _ParagraphTester(self, chosen)
        return {
            number
            for number, _, text in self._rows.read_texts(chosen)
            if tester.find(node.node, number, text.split("\n"))
        }

    def find_paragraphs(self, node: Mentions, numbers: Iterable[int]) -> dict[int, set[int]]:
        """The paragraphs of these documents in which the actors of a name are mentioned."""
        return self._rows.find_paragraphs_by_actors([actor.id for actor in self.find_actors(node)], numbers)

    def build_seeker(self, node: Words | Prefix | Fuzzy) -> Seeker:
        """What finds the words of one leaf in a text."""
        return build_seeker([node], self._reader)


def _relax(node: Node) -> Node | None:
    """What documents must answer for a paragraph of theirs to: the same without what is excluded."""
    match node:
        case Not():
            return None
        case All():
            kept = [relaxed for each in node.nodes if (relaxed := _relax(each)) is not None]
            return All(tuple(kept)) if len(kept) > 1 else kept[0] if kept else None
        case Any():
            relaxed_nodes = [_relax(each) for each in node.nodes]
            return Any(tuple(each for each in relaxed_nodes if each is not None)) if None not in relaxed_nodes else None
        case _:
            return node


class _ParagraphTester:
    """Finds in which paragraphs of a document a node holds."""

    def __init__(self, selector: Selector, numbers: list[int]) -> None:
        self._selector, self._numbers = selector, numbers
        self._seekers: dict[Words | Prefix | Fuzzy, Seeker] = {}
        self._mentions: dict[Mentions, dict[int, set[int]]] = {}
        self._whole: dict[Node, RowSet] = {}

    def find(self, node: Node, number: int, paragraphs: list[str]) -> set[int]:
        """The indices of the paragraphs that answer."""
        match node:
            case All():
                return set.intersection(*(self.find(each, number, paragraphs) for each in node.nodes))
            case Any():
                return set().union(*(self.find(each, number, paragraphs) for each in node.nodes))
            case Not():
                return set(range(len(paragraphs))) - self.find(node.node, number, paragraphs)
            case Words() | Prefix() | Fuzzy() if not node.in_title:
                if node not in self._seekers:
                    self._seekers[node] = self._selector.build_seeker(node)
                seeker = self._seekers[node]
                return {index for index, text in enumerate(paragraphs) if seeker.is_in(text)}
            case Mentions():
                if node not in self._mentions:
                    self._mentions[node] = self._selector.find_paragraphs(node, self._numbers)
                return self._mentions[node].get(number, set())
            case _:
                if node not in self._whole:
                    self._whole[node] = self._selector.select(node, frozenset(self._numbers))
                return set(range(len(paragraphs))) if number in self._whole[node] else set()
