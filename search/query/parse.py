"""What a reader types → a tree. Any string is a query: what it cannot parse is searched as words.

The grammar is the table in grammar.py. NOT binds what follows it, OR its two neighbours; all else is joined by "and".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, get_args

from search.model import Sort
from search.query.dates import parse_dates
from search.query.pieces import find_operator, is_followed, list_pieces, longest_query, straighten
from search.query.syntax import (
    ActorField,
    Dated,
    Fuzzy,
    InParagraph,
    Leaf,
    Mentions,
    Node,
    OfSource,
    OfState,
    OfUrl,
    Prefix,
    State,
    Words,
    join_all,
    join_any,
    negate,
)
from search.text import find_word_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

shortest_prefix = 2
_shortest_fuzzy = 3
_most_leaves = 64
_most_words = 256
_longest_note = 300
_longest_quoted = 40
_deepest = 16
_widest_window = 1_000

_NEAR = re.compile(r"(?:NEAR|ADJ|WITHIN|W|N)(?:/\d+|\d*)|NEAR", re.ASCII)
_INNER = re.compile(r"\w[*?]\w")
_actor_fields: dict[str, ActorField] = {
    "actor": "actor", "person": "person", "org": "org", "organisation": "org", "organization": "org", "place": "place"
}  # fmt: skip
_date_fields = {"date": "{}", "since": "{}..", "until": "..{}"}
_fields = {"title", "source", "url", "is", "sort", "para", *_actor_fields, *_date_fields}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed query: its tree (None finds everything), its order, and a note on how an odd query was read."""

    node: Node | None
    sort: Sort | None = None
    note: str | None = None

    def __str__(self) -> str:
        parts = (str(self.node) if self.node is not None else "", f"sort:{self.sort}" if self.sort else "")
        return " ".join(filter(None, parts))


def parse_query(text: str, *, as_you_type: bool = False, today: date | None = None) -> Parsed:
    """The tree of a query; `as_you_type` takes a last word that is still being typed as a prefix."""
    safe = straighten(text[:longest_query]).strip() + (" " if text[-1:].isspace() else "")
    parser = _Parser(safe, today or date.today(), as_you_type=as_you_type)  # noqa: DTZ011 - the reader's own day
    node = parser.parse()
    if len(text) > longest_query:
        parser.notes.append(f"only the first {longest_query:,} characters were read")
    note = "; ".join(dict.fromkeys(parser.notes))
    return Parsed(node, parser.sort, shorten(note, _longest_note) or None)


def shorten(text: str, length: int = _longest_quoted) -> str:
    """Cut a text to the length that a note has room for."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


@dataclass(slots=True)
class _Group:
    """The nodes between two brackets, and the operators read so far."""

    nodes: list[Node] = field(default_factory=list)
    joins: bool = False
    negates: bool = False
    operators: set[str] = field(default_factory=set)

    def add(self, node: Node) -> None:
        """Append a node, as the operators before it say."""
        node = negate(node) if self.negates else node
        if self.joins:
            self.nodes[-1] = join_any([self.nodes[-1], node])
        else:
            self.nodes.append(node)
        self.joins = self.negates = False


class _Parser:
    def __init__(self, text: str, today: date, *, as_you_type: bool) -> None:
        self._text, self._today, self._as_you_type = text, today, as_you_type
        self.notes: list[str] = []
        self.sort: Sort | None = None
        self._leaves = self._words = 0
        self._last: re.Match[str] | None = None
        self._shared_field: tuple[int, str] = (-1, "")

    def parse(self) -> Node | None:
        node = self._parse_group(list_pieces(self._text), field="", depth=0)
        if self._leaves > _most_leaves:
            self.notes.append(f"only the first {_most_leaves} words were searched")
        if self._words > _most_words:
            self.notes.append(f"only the first {_most_words} words of the phrases were searched")
        return node

    def _parse_group(self, pieces: Iterator[re.Match[str]], field: str, depth: int) -> Node | None:
        """The nodes up to the closing bracket, joined. A bracket that was never opened closes nothing."""
        group = _Group()
        for piece in pieces:
            if piece["close"] and depth:
                break
            if not self._take_operator(piece, group):
                node = self._parse_piece(piece, pieces, field, depth)
                if node is not None:
                    group.add(node)
            self._last = piece
        if {"AND", "OR"} <= group.operators:
            self.notes.append("OR binds before AND; use brackets to change that")
        return join_all(group.nodes)

    def _take_operator(self, piece: re.Match[str], group: _Group) -> bool:
        """Note what an operator does to what follows it; False for what is none, or binds nothing here."""
        operator = find_operator(piece)
        if operator is None:
            return False
        is_word = piece[0].isalpha()
        if operator == "NOT":
            if not is_followed(piece):
                if is_word and not group.nodes:
                    self.notes.append("nothing stands after NOT: searched as a word")
                return bool(group.nodes)
            group.negates = not group.negates
        elif not group.nodes:
            if is_word:
                self.notes.append(f"nothing stands before {piece[0]}: searched as a word")
            return not is_word
        else:
            group.joins = group.joins or operator == "OR"
            if piece["either"] and self._last is not None and self._last.end() == piece.start():
                self._shared_field = piece.end(), self._last["field"] or ""  # source:bbc|voa
        group.operators.add(operator)
        return True

    def _parse_piece(
        self, piece: re.Match[str], pieces: Iterator[re.Match[str]], field: str, depth: int
    ) -> Node | None:
        at, shared = self._shared_field
        own = (piece["field"] or (shared if at == piece.start() else "")).lower()
        if own and own not in _fields:
            return _negate_if(piece, self._build_unknown(piece, own, pieces, field, depth))
        if piece["open"]:
            return _negate_if(piece, self._parse_bracket(own, pieces, field, depth))
        if piece["word"] is None and piece["quoted"] is None:
            return None
        self._leaves += 1
        if self._leaves > _most_leaves:
            return None
        unfinished = self._as_you_type and piece.end() == len(self._text) and piece["quoted"] is None
        return _negate_if(piece, self._build_leaf(piece, own or field, unfinished=unfinished))

    def _parse_bracket(self, own: str, pieces: Iterator[re.Match[str]], field: str, depth: int) -> Node | None:
        if depth >= _deepest:
            self.notes.append("brackets nested too deep: the inner ones were ignored")
            return None
        if own and own not in {"title", "para"}:
            self.notes.append(f"“{own}:” takes no brackets")
        inner = self._parse_group(pieces, "title" if own == "title" else field, depth + 1)
        return InParagraph(inner) if own == "para" and inner and not isinstance(inner, InParagraph) else inner

    def _build_unknown(
        self, piece: re.Match[str], own: str, pieces: Iterator[re.Match[str]], field: str, depth: int
    ) -> Node | None:
        """Search the name of an unknown field as a word."""
        self._leaves += 1
        in_title = field == "title"
        name: Node | None = Words((own,), in_title=in_title) if self._leaves <= _most_leaves else None
        if piece["open"]:
            self.notes.append(f"no field “{shorten(own)}”: searched as a word")
            inner = self._parse_bracket("", pieces, field, depth)
            return join_all([each for each in (name, inner) if each is not None])
        if name is None:
            return None
        body = piece["quoted"] if piece["quoted"] is not None else piece["word"]
        if not body.startswith("//"):
            self.notes.append(f"no field “{shorten(own)}”: searched as a word")
        words = self._take_words(body)
        if piece["quoted"] is not None:
            return join_all([name, *([Words(tuple(words), is_quoted=True, in_title=in_title)] if words else [])])
        return Words((own, *words), in_title=in_title)

    def _build_leaf(self, piece: re.Match[str], field: str, *, unfinished: bool) -> Leaf | None:
        body = piece["quoted"] if piece["quoted"] is not None else piece["word"]
        if field in {"", "title", "para"}:
            return self._build_words(piece, in_title=field == "title", unfinished=unfinished)
        if not (value := " ".join(body.split())):
            return None
        leaf = self._build_filter(field, value)
        if leaf is None and field != "sort":
            self.notes.append(f"“{shorten(f'{field}:{value}')}” says nothing: searched as words")
            return Words((field, *self._take_words(value)))
        return leaf

    def _build_filter(self, field: str, value: str) -> Leaf | None:
        """What a field's value means; None if it means nothing."""
        if field in _actor_fields:
            return Mentions(_actor_fields[field], value)
        if field in _date_fields:
            found = parse_dates(_date_fields[field].format(value) if ".." not in value else value, self._today)
            return Dated(*found) if found else None
        if field == "source":
            return OfSource(value)
        if field == "url":
            return OfUrl(value)
        if field == "is" and value.lower() in get_args(State):
            return OfState(value.lower())  # type: ignore[arg-type] # just looked up
        if field == "sort":
            if value.lower() in get_args(Sort):
                self.sort = value.lower()  # type: ignore[assignment] # just looked up
            else:
                self.notes.append(f"no order “{shorten(value)}”: there are {', '.join(get_args(Sort))}")
        return None

    def _build_words(self, piece: re.Match[str], *, in_title: bool, unfinished: bool) -> Leaf | None:
        quoted, body = piece["quoted"], piece["word"] or ""
        words = tuple(self._take_words(body if quoted is None else quoted))
        if not words:
            return None
        if quoted is not None:
            within = self._find_within(piece) if len(words) > 1 else None
            return Words(words, is_quoted=True, within=within, in_title=in_title)
        if words in {("OR",), ("AND",), ("NOT",)}:  # with nothing to bind
            words = (words[0].lower(),)
        said = shorten(body)
        if _NEAR.fullmatch(body):
            self.notes.append(f'“{said}” was searched as words: "rebels damascus"~10 finds words near each other')
        elif _INNER.search(body):
            self.notes.append(f"“{said}”: * ends a word, and ? is none: searched as words")
        elif body.endswith(("*", "~")) and len(words) > 1:
            self.notes.append(f"“{said}”: only one word can end so: searched as words")
        elif body.endswith(("*", "~")) or (unfinished and len(words) == 1 and not body.startswith("@")):
            return self._build_inexact(words[0], body, in_title=in_title)
        return Words(words, in_title=in_title)

    def _build_inexact(self, word: str, body: str, *, in_title: bool) -> Leaf:
        """The beginning of words, or a word with a letter that may be wrong; a word where it is too short for that."""
        if body.endswith("~"):
            if len(word) >= _shortest_fuzzy:
                return Fuzzy(word, in_title)
        elif len(word) >= shortest_prefix:
            return Prefix(word, in_title)
        if body.endswith(("~", "*")):
            self.notes.append(f"“{shorten(word)}{body[-1]}” is too short: searched as a word")
        return Words((word,), in_title=in_title)

    def _take_words(self, text: str) -> list[str]:
        """The words of a text, as many of them as are searched."""
        words = find_word_texts(text)
        left = max(0, _most_words - self._words)
        self._words += len(words)
        return words[:left]

    def _find_within(self, piece: re.Match[str]) -> int | None:
        if piece["within"] is None:
            return None
        if len(piece["within"]) > 4 or int(piece["within"]) > _widest_window:
            self.notes.append(f"words are looked for within {_widest_window:,} of each other at most")
            return _widest_window
        return int(piece["within"])


def _negate_if(piece: re.Match[str], node: Node | None) -> Node | None:
    return negate(node) if node is not None and piece["sign"] not in {"", "+"} else node
