"""Did you mean: replaces a rare word of a query with a similar frequent one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from search.fulltext import build_plain
from search.query.budget import Budget, BudgetSpentError, count_steps_of_near
from search.query.syntax import All, Any, InParagraph, Mentions, Node, Prefix, Words

if TYPE_CHECKING:
    from search.fulltext.index_reader import IndexReader
    from search.query.parse import Parsed
    from search.store import Actors

few = 2
"""Hits up to which a suggestion is looked for."""
_much = 20
"""How many times as frequent another word must be than one that is there itself."""
_shortest = 4


def suggest(parsed: Parsed, reader: IndexReader, actors: Actors) -> str | None:
    """The query with its rare words replaced; None if nothing is better."""
    if parsed.node is None:
        return None
    better = _Improver(reader, actors).improve(parsed.node)
    return str(replace(parsed, node=better)) if better != parsed.node else None


class _Improver:
    """Replaces rare words by frequent ones that are near, as many as one search has steps for."""

    def __init__(self, reader: IndexReader, actors: Actors) -> None:
        self._reader, self._actors = reader, actors
        self._budget = Budget()

    def improve(self, node: Node) -> Node:
        match node:
            case All() | Any():
                return type(node)(tuple(map(self.improve, node.nodes)))
            case InParagraph():
                return InParagraph(self.improve(node.node))
            case Words() if not node.is_as_written:
                return replace(node, words=tuple(map(self._find_better, node.words)))
            case Prefix():
                better = self._find_better(node.word)
                has_any = self._reader.count_forms_by_prefix(build_plain(node.word)) > 0
                return node if has_any or better == node.word else Words((better,), in_title=node.in_title)
            case Mentions():
                return self._improve_name(node)
            case _:
                return node

    def _improve_name(self, node: Mentions) -> Node:
        try:
            self._budget.spend(self._actors.estimate())
        except BudgetSpentError:
            return node
        if self._actors.find_actors(node.name, None):
            return node
        name = " ".join(map(self._find_better, node.name.split()))
        _, found = self._actors.list_actors(name, 0, 1)
        return replace(node, name=found[0].name) if found and '"' not in found[0].name else node

    def _find_better(self, word: str) -> str:
        """The most frequent word that is nearest to this one, if this one is rare."""
        plain = build_plain(word)
        own = self._reader.count_form(plain)
        if len(plain) < _shortest or own > few:
            return word
        for distance in (1, 2):
            if distance == 2 and len(plain) < 6:
                break
            try:
                self._budget.spend(count_steps_of_near(self._reader) * distance)
            except BudgetSpentError:
                break
            near = [(self._reader.count_form(form), form) for form in self._reader.find_near(plain, distance)]
            best = max((each for each in near if each[1] != plain), default=(0, ""))
            if best[0] > _much * own:
                return best[1]
        return word
