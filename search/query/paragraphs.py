"""`para:`: in which paragraphs of a document a part of a query holds, which only the document's text tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from search.query.highlight import Highlighter, lower
from search.query.syntax import All, Any, Fuzzy, Mentions, Node, Not, Prefix, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from search.fulltext.index_reader import RowSet

_to_a_paragraph = 2  # steps


def relax(node: Node) -> Node | None:
    """Build the condition that a document must meet if one of its paragraphs meets `node`: exclusions are dropped."""
    match node:
        case Not():
            return None
        case All():
            kept = [relaxed for each in node.nodes if (relaxed := relax(each)) is not None]
            return All(tuple(kept)) if len(kept) > 1 else kept[0] if kept else None
        case Any():
            relaxed_nodes = [relax(each) for each in node.nodes]
            return Any(tuple(each for each in relaxed_nodes if each is not None)) if None not in relaxed_nodes else None
        case _:
            return node


class Evaluator(Protocol):
    """What a ParagraphTester asks of the evaluator of the whole query."""

    def evaluate(self, node: Node, within: RowSet | None = None) -> RowSet:
        """Find the rows that answer a node, of those `within` if that is given."""
        ...

    def find_paragraphs(self, node: Mentions, numbers: Iterable[int]) -> dict[int, set[int]]:
        """Find the paragraphs of these documents in which the actors of a name are mentioned."""
        ...

    def build_highlighter(self, node: Words | Prefix | Fuzzy) -> Highlighter:
        """Build what finds the words of one leaf in a text."""
        ...


class ParagraphTester:
    """Finds in which paragraphs of documents a node holds; `spend` is told beforehand what it costs, in steps."""

    def __init__(self, evaluator: Evaluator, numbers: Sequence[int], spend: Callable[[int], None]) -> None:
        self._evaluator, self._numbers, self._spend = evaluator, numbers, spend
        self._highlighters: dict[Words | Prefix | Fuzzy, Highlighter] = {}
        self._mentions: dict[Mentions, dict[int, set[int]]] = {}
        self._whole: dict[Node, RowSet] = {}

    def holds(self, node: Node, number: int, text: str) -> bool:
        """Does it hold in any paragraph of this text, each a line of it? Raises what `spend` raises."""
        paragraphs = [(paragraph, lower(paragraph)) for paragraph in text.split("\n")]
        return bool(self._find(node, number, paragraphs))

    def _find(self, node: Node, number: int, paragraphs: Sequence[tuple[str, str | None]]) -> set[int]:
        """The indices of the paragraphs that answer."""
        match node:
            case All():
                found = self._find(node.nodes[0], number, paragraphs)
                for each in node.nodes[1:]:
                    if not found:
                        break
                    found = found & self._find(each, number, paragraphs)
                return found
            case Any():
                return set().union(*(self._find(each, number, paragraphs) for each in node.nodes))
            case Not():
                return set(range(len(paragraphs))) - self._find(node.node, number, paragraphs)
            case Words() | Prefix() | Fuzzy() if not node.in_title:
                return self._look(node, paragraphs)
            case Mentions():
                if node not in self._mentions:
                    self._mentions[node] = self._evaluator.find_paragraphs(node, self._numbers)
                return self._mentions[node].get(number, set())
            case _:
                if node not in self._whole:
                    self._whole[node] = self._evaluator.evaluate(node, frozenset(self._numbers))
                return set(range(len(paragraphs))) if number in self._whole[node] else set()

    def _look(self, leaf: Words | Prefix | Fuzzy, paragraphs: Sequence[tuple[str, str | None]]) -> set[int]:
        if leaf not in self._highlighters:
            self._highlighters[leaf] = self._evaluator.build_highlighter(leaf)
        highlighter = self._highlighters[leaf]
        length = sum(len(text) for text, _ in paragraphs)
        self._spend(_to_a_paragraph * len(paragraphs) + highlighter.count_steps(length))
        return {index for index, (text, lowered) in enumerate(paragraphs) if highlighter.is_in(text, lowered)}
