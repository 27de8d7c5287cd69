"""What a reader types → a tree. Any string is a query: what is no grammar is searched as words.

The grammar is the table in grammar.py. OR binds its two neighbours; all else is joined by "and".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, get_args

from search.language.dates import parse_dates
from search.language.syntax import (
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
from search.text import find_word_texts, make_safe_line

if TYPE_CHECKING:
    from collections.abc import Iterator

Sort = Literal["date", "old", "relevance"]

shortest_prefix = 2
_shortest_fuzzy = 3
_longest_query = 4_000
_most_leaves = 64
_deepest = 16
_widest_window = 1_000

_PIECE = re.compile(
    r"(?P<minus>-?)(?:(?P<field>[A-Za-z]+):(?=[^\s)]))?"
    r'(?:(?P<open>\()|"(?P<quoted>[^"]*)(?:"(?:~(?P<within>\d{1,4})(?![^\s()]))?|$)|(?P<word>[^\s"()]+))'
    r"|(?P<close>\))|\S"
)
_actor_fields: dict[str, ActorField] = {
    "actor": "actor", "person": "person", "org": "org", "organisation": "org", "organization": "org", "place": "place"
}  # fmt: skip
_date_fields = {"date": "{}", "since": "{}..", "until": "..{}"}
_fields = {"title", "source", "url", "is", "sort", "para", *_actor_fields, *_date_fields}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was asked, None for everything; in which order; and in half a line what was made of an odd query."""

    node: Node | None
    sort: Sort | None = None
    note: str | None = None

    def __str__(self) -> str:
        parts = (str(self.node) if self.node is not None else "", f"sort:{self.sort}" if self.sort else "")
        return " ".join(filter(None, parts))


def parse_query(text: str, *, as_you_type: bool = False, today: date | None = None) -> Parsed:
    """The tree of a query; `as_you_type` takes a last word that is still being typed as a prefix."""
    text = make_safe_line(text[:_longest_query]) + (" " if text[-1:].isspace() else "")
    parser = _Parser(text, today or date.today(), as_you_type=as_you_type)  # noqa: DTZ011 - the reader's own day
    node = parser.parse()
    return Parsed(node, parser.sort, "; ".join(dict.fromkeys(parser.notes)) or None)


class _Parser:
    def __init__(self, text: str, today: date, *, as_you_type: bool) -> None:
        self._text, self._today, self._as_you_type = text, today, as_you_type
        self.notes: list[str] = []
        self.sort: Sort | None = None
        self._leaves = 0

    def parse(self) -> Node | None:
        pieces = _PIECE.finditer(self._text)
        nodes = []
        # A bracket that was never opened closes nothing: go on behind it.
        while (group := self._parse_group(pieces, field=None, depth=0)) is not None:
            nodes += [group] if not isinstance(group, str) else []
        if self._leaves > _most_leaves:
            self.notes.append(f"only the first {_most_leaves} words were searched")
        return join_all(nodes)

    def _parse_group(self, pieces: Iterator[re.Match[str]], field: str | None, depth: int) -> Node | str | None:
        """The nodes up to the closing bracket, joined; "" for an empty group, None at the end of the text."""
        nodes: list[Node] = []
        joins = seen = False
        for piece in pieces:
            seen = True
            if piece["close"]:
                break
            if piece[0] == "OR" and nodes:
                joins = True
                continue
            node = self._parse_piece(piece, pieces, field, depth)
            if node is None:
                continue
            if joins:
                nodes[-1] = join_any([nodes[-1], node])
            else:
                nodes.append(node)
            joins = False
        joined = join_all(nodes)
        return joined if joined is not None else ("" if seen else None)

    def _parse_piece(
        self, piece: re.Match[str], pieces: Iterator[re.Match[str]], field: str | None, depth: int
    ) -> Node | None:
        own = (piece["field"] or "").lower()
        if own and own not in _fields:
            return self._negate_if(piece, self._build_unknown(piece, own, pieces, field, depth))
        if piece["open"]:
            return self._negate_if(piece, self._parse_bracket(own, pieces, field, depth))
        if piece["word"] is None and piece["quoted"] is None:
            return None
        self._leaves += 1
        if self._leaves > _most_leaves:
            return None
        unfinished = self._as_you_type and piece.end() == len(self._text) and piece["quoted"] is None
        return self._negate_if(piece, self._build_leaf(piece, own or field or "", unfinished=unfinished))

    def _negate_if(self, piece: re.Match[str], node: Node | None) -> Node | None:
        return negate(node) if node is not None and piece["minus"] else node

    def _parse_bracket(self, own: str, pieces: Iterator[re.Match[str]], field: str | None, depth: int) -> Node | None:
        if depth >= _deepest:
            self.notes.append("too many brackets in each other: the inner ones were left out")
            return None
        if own and own not in {"title", "para"}:
            self.notes.append(f"“{own}:” takes no brackets")
        inner = self._parse_group(pieces, "title" if own == "title" else field, depth + 1)
        if inner is None or isinstance(inner, str):
            return None
        return InParagraph(inner) if own == "para" and not isinstance(inner, InParagraph) else inner

    def _build_unknown(
        self, piece: re.Match[str], own: str, pieces: Iterator[re.Match[str]], field: str | None, depth: int
    ) -> Node | None:
        """A field that there is not: its name is a word like the others."""
        self._leaves += 1
        in_title = field == "title"
        name: Node = Words((own,), in_title=in_title)
        if piece["open"]:
            self.notes.append(f"no field “{own}”: searched as a word")
            inner = self._parse_bracket("", pieces, field, depth)
            return join_all([name, *([inner] if inner is not None else [])])
        body = piece["quoted"] if piece["quoted"] is not None else piece["word"]
        if not body.startswith("//"):
            self.notes.append(f"no field “{own}”: searched as a word")
        words = find_word_texts(body)
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
            self.notes.append(f"“{field}:{value}” says nothing: searched as words")
            words = (field, *find_word_texts(value))
            return Words(words)
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
                self.notes.append(f"no order “{value}”: there are {', '.join(get_args(Sort))}")
        return None

    def _build_words(self, piece: re.Match[str], *, in_title: bool, unfinished: bool) -> Leaf | None:
        quoted, body = piece["quoted"], piece["word"] or ""
        if quoted is not None:
            words = tuple(find_word_texts(quoted))
            within = min(int(piece["within"]), _widest_window) if piece["within"] and len(words) > 1 else None
            return Words(words, is_quoted=True, within=within, in_title=in_title) if words else None
        words = tuple(find_word_texts(body))
        if not words:
            return None
        if words == ("OR",):  # with nothing to bind
            words = ("or",)
        if len(words) == 1 and (body.endswith("*") or unfinished) and not body.endswith("~"):
            if len(words[0]) >= shortest_prefix:
                return Prefix(words[0], in_title)
            if body.endswith("*"):
                self.notes.append(f"“{words[0]}*” is too short: searched as a word")
        elif body.endswith(("*", "~")) and len(words) > 1:
            self.notes.append(f"“{body}”: only one word can end so: searched as words")
        elif body.endswith("~"):
            if len(words[0]) >= _shortest_fuzzy:
                return Fuzzy(words[0], in_title)
            self.notes.append(f"“{body}” is too short: searched as a word")
        return Words(words, in_title=in_title)
