"""What a query says, as a tree of frozen data; `str` of a tree is the query that is parsed to it again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

ActorField = Literal["actor", "person", "org", "place"]
State = Literal["unread", "read", "starred"]
_SIMPLE = re.compile(r"[\w#./-]+")


@dataclass(frozen=True, slots=True)
class Words:
    """A word, or a phrase; with `within`, several words at most that far from each other.

    In quotes, a word with a capital letter is taken as written. `in_title` asks for them in the title alone.
    """

    words: tuple[str, ...]
    is_quoted: bool = False
    within: int | None = None
    in_title: bool = False

    @property
    def is_as_written(self) -> bool:
        """Does the case and the ending of any word count?"""
        return self.is_quoted and any(word != word.lower() for word in self.words)

    def __str__(self) -> str:
        body = f'"{" ".join(self.words)}"' if self.is_quoted else "-".join(self.words)
        slop = "" if self.within is None else f"~{self.within}"
        return f"{'title:' if self.in_title else ''}{body}{slop}"


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin with this."""

    word: str
    in_title: bool = False

    def __str__(self) -> str:
        return f"{'title:' if self.in_title else ''}{self.word}*"


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Words that are one letter off at most, or two from eight letters on."""

    word: str
    in_title: bool = False

    @property
    def distance(self) -> int:
        """How many letters off they may be."""
        return 1 if len(self.word) < 8 else 2

    def __str__(self) -> str:
        return f"{'title:' if self.in_title else ''}{self.word}~"


@dataclass(frozen=True, slots=True)
class Mentions:
    """Articles that mention an actor, by any of its names or its id."""

    field: ActorField
    name: str

    def __str__(self) -> str:
        return f"{self.field}:{_quote(self.name)}"


@dataclass(frozen=True, slots=True)
class Dated:
    """Articles published from one day to another, both with them; None is open."""

    since: date | None
    until: date | None

    def __str__(self) -> str:
        if self.since is not None and self.since == self.until:
            return f"date:{self.since}"
        return f"date:{self.since or ''}..{self.until or ''}"


@dataclass(frozen=True, slots=True)
class OfSource:
    """Articles whose source has these words."""

    name: str

    def __str__(self) -> str:
        return f"source:{_quote(self.name)}"


@dataclass(frozen=True, slots=True)
class OfUrl:
    """Articles whose address contains this."""

    part: str

    def __str__(self) -> str:
        return f"url:{_quote(self.part)}"


@dataclass(frozen=True, slots=True)
class OfState:
    """Articles that the reader has read, not read, or starred."""

    state: State

    def __str__(self) -> str:
        return f"is:{self.state}"


@dataclass(frozen=True, slots=True)
class Not:
    """Articles that do not answer this."""

    node: Node

    def __str__(self) -> str:
        return f"-{_bracket(self.node, (All, Any))}"


@dataclass(frozen=True, slots=True)
class InParagraph:
    """Articles that have a paragraph that answers all of this."""

    node: Node

    def __str__(self) -> str:
        return f"para:({self.node})"


@dataclass(frozen=True, slots=True)
class All:
    """Articles that answer all of these, at least two."""

    nodes: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(map(str, self.nodes))


@dataclass(frozen=True, slots=True)
class Any:
    """Articles that answer any of these, at least two."""

    nodes: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(_bracket(node, (All,)) for node in self.nodes)


Leaf = Words | Prefix | Fuzzy | Mentions | Dated | OfSource | OfUrl | OfState
Node = Leaf | Not | InParagraph | All | Any


def _quote(value: str) -> str:
    return value if _SIMPLE.fullmatch(value) else f'"{value}"'


def list_wanted(node: Node | None) -> list[Leaf]:
    """List the leaves in order, without those that are excluded."""
    match node:
        case None | Not():
            return []
        case All() | Any():
            return [leaf for each in node.nodes for leaf in list_wanted(each)]
        case InParagraph():
            return list_wanted(node.node)
        case _:
            return [node]


def _bracket(node: Node, kinds: tuple[type, ...]) -> str:
    return f"({node})" if isinstance(node, kinds) else str(node)


def join_all(nodes: list[Node]) -> Node | None:
    """Join nodes with AND, without needless brackets; None if there are none."""
    flat = [part for node in nodes for part in (node.nodes if isinstance(node, All) else (node,))]
    return All(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None


def join_any(nodes: list[Node]) -> Node:
    """Join nodes with OR, without needless brackets."""
    flat = [part for node in nodes for part in (node.nodes if isinstance(node, Any) else (node,))]
    return Any(tuple(flat)) if len(flat) > 1 else flat[0]


def negate(node: Node) -> Node:
    """Negate a node; a double negation is dropped."""
    return node.node if isinstance(node, Not) else Not(node)
