"""What a reader types → clauses. Any string is a query: what is no grammar is searched as words.

    word word       both            "a phrase"      the words in a row
    word OR word    either          prefix*         words that begin so
    -word           without         title:word      in the title

OR binds its two neighbours; words joined by a hyphen or a dot ("al-Assad", "U.N.") stand for a phrase.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from search.fulltext.terms import build_plain, build_stem
from search.text import find_words, make_safe_line

shortest_prefix = 2
_longest_query = 2_000
_most_clauses = 64
_fields = frozenset({"title"})

_PIECE = re.compile(r'(?P<minus>-?)(?:(?P<field>[A-Za-z]+):(?=\S))?(?:"(?P<quoted>[^"]*)(?:"|$)|(?P<word>[^\s"]+))|\S')


@dataclass(frozen=True, slots=True)
class Words:
    """Stems in a row: one for a word, more for a phrase; `field` None is title or text."""

    stems: tuple[str, ...]
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin with this folded text."""

    text: str
    field: str | None = None


Leaf = Words | Prefix


@dataclass(frozen=True, slots=True)
class Clause:
    """Any of its leaves, or none of them where it is negative."""

    leaves: tuple[Leaf, ...]
    is_negative: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """All clauses must hold; `note` is half a line on what was made of an odd query."""

    clauses: tuple[Clause, ...]
    note: str | None = None

    @property
    def sought(self) -> tuple[Leaf, ...]:
        """What a reader would like to see marked in a text."""
        return tuple(leaf for clause in self.clauses if not clause.is_negative for leaf in clause.leaves)


def parse_query(text: str, *, as_you_type: bool = False) -> Parsed:
    """The clauses in a query; `as_you_type` takes a last word that is still being typed as a prefix."""
    text = make_safe_line(text[:_longest_query]) + (" " if text[-1:].isspace() else "")
    clauses: list[Clause] = []
    notes: list[str] = []
    joins = False
    for piece in _PIECE.finditer(text):
        if piece[0] == "OR" and clauses and not clauses[-1].is_negative:
            joins = True
            continue
        unfinished = as_you_type and piece.end() == len(text) and piece["quoted"] is None
        leaf = _build_leaf(piece, notes, unfinished=unfinished)
        if leaf is None:
            continue
        if joins and not piece["minus"]:
            clauses[-1] = Clause((*clauses[-1].leaves, leaf))
        else:
            clauses.append(Clause((leaf,), bool(piece["minus"])))
        joins = False
    if len(clauses) > _most_clauses:
        notes.append(f"only the first {_most_clauses} words were searched")
    return Parsed(tuple(clauses[:_most_clauses]), "; ".join(dict.fromkeys(notes)) or None)


def _build_leaf(piece: re.Match[str], notes: list[str], *, unfinished: bool) -> Leaf | None:
    field = (piece["field"] or "").lower() or None
    body = piece["quoted"] if piece["quoted"] is not None else piece["word"] or ""
    if field and field not in _fields:
        if "//" not in body:
            notes.append(f"no field “{field}”: searched as words")
        body, field = f"{field} {body}", None
    words = [word for word, _, _ in find_words(body)]
    if not words:
        return None
    starred = piece["quoted"] is None and body.endswith("*")
    if len(words) == 1 and (starred or unfinished):
        prefix = build_plain(words[0])
        if len(prefix) >= shortest_prefix:
            return Prefix(prefix, field)
        if starred:
            notes.append(f"“{prefix}*” is too short: searched as a word")
    return Words(tuple(build_stem(word) for word in words), field)
