"""Budget: how much work one query may cost. Work is counted, not timed: the same query always gets the same answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.fulltext import build_plain
from search.query.syntax import All, Any, Fuzzy, InParagraph, Node, Not, Prefix, Words

if TYPE_CHECKING:
    from search.fulltext.index_reader import IndexReader

most_read = 3_000
"""At most so many articles are read for a part of a query that the index cannot decide."""
most_steps = 600_000
"""Steps for each kind of work; one takes some 0.3 µs, so that no kind takes much longer than 0.2 s."""
_forms_to_a_step = 8
_steps_to_a_form = 4


class BudgetSpentError(Exception):
    """A part of a query has no steps left; its evaluation is then narrowed. Never leaves search.query."""


class Budget:
    """The steps of one kind of work for one query, of which each part of the query gets a share.

    Steps that a part leaves go to the parts after it, so that the first one cannot use up all of them.
    """

    def __init__(self, parts: int = 1, steps: int = most_steps) -> None:
        self._parts, self._steps = parts, steps
        self.left = steps // max(1, parts)

    def begin_part(self) -> None:
        """Give the next part of the query its share."""
        self.left = self._steps // max(1, self._parts)
        self._parts -= 1

    def spend(self, steps: int) -> None:
        """Spend steps. Raises BudgetSpentError if fewer are left."""
        if steps > self.left:
            raise BudgetSpentError
        self.left -= steps
        self._steps -= steps

    def spend_on(self, count: int, each: int) -> int:
        """Spend `each` steps on each of up to `count` things; return for how many of them the steps were enough."""
        done = min(count, self.left // max(1, each))
        self.spend(done * each)
        return done


def afford(node: Node | None, reader: IndexReader) -> tuple[Node | None, str | None]:
    """Replace the prefixes and misspelt words that cost too much with plain words; return the query and a note."""
    budget = Budget()
    too_many: list[str] = []

    def replace(node: Node) -> Node:
        match node:
            case All() | Any():
                return type(node)(tuple(map(replace, node.nodes)))
            case Not() | InParagraph():
                return type(node)(replace(node.node))
            case Prefix() | Fuzzy():
                try:
                    budget.spend(_count_steps(node, reader))
                except BudgetSpentError:
                    too_many.append(node.word)
                    return Words((node.word,), in_title=node.in_title)
        return node

    afforded = replace(node) if node is not None else None
    note = f"too much for one search: {len(too_many)} of the words with * or ~ were searched as plain words"
    return afforded, note if too_many else None


def _count_steps(node: Prefix | Fuzzy, reader: IndexReader) -> int:
    if isinstance(node, Prefix):
        return _steps_to_a_form * reader.count_forms_by_prefix(build_plain(node.word))
    return count_steps_of_near(reader) * node.distance


def count_steps_of_near(reader: IndexReader) -> int:
    """Count the steps of finding the words one letter off."""
    return reader.count_forms() // _forms_to_a_step


def count_phrases(node: Node | None) -> int:
    """Count the parts of a query that need the positions of words."""
    match node:
        case All() | Any():
            return sum(map(count_phrases, node.nodes))
        case Not() | InParagraph():
            return count_phrases(node.node)
        case Words():
            return int(len(node.words) > 1 or node.in_title)
    return 0


def count_looks(node: Node | None) -> int:
    """Count the parts of a query that need the articles' texts."""
    match node:
        case All() | Any():
            return sum(map(count_looks, node.nodes))
        case Not():
            return count_looks(node.node)
        case InParagraph():
            return 1 + count_looks(node.node)
        case Words():
            return int(node.is_as_written)
        case Prefix() | Fuzzy():
            return int(node.in_title)
    return 0
