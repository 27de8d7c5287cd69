"""Did you mean: a query with a word that is nowhere replaced by one that is, of the texts or of an actor's name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from search.fulltext import build_plain
from search.language import All, Any, InParagraph, Mentions, Node, Parsed, Prefix, Words

if TYPE_CHECKING:
    from search.fulltext.index_reader import IndexReader
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
    better = _improve(parsed.node, reader, actors)
    return str(replace(parsed, node=better)) if better != parsed.node else None


def _improve(node: Node, reader: IndexReader, actors: Actors) -> Node:
    match node:
        case All() | Any():
            return type(node)(tuple(_improve(each, reader, actors) for each in node.nodes))
        case InParagraph():
            return InParagraph(_improve(node.node, reader, actors))
        case Words() if not node.is_as_written:
            return replace(node, words=tuple(_find_better(word, reader) for word in node.words))
        case Prefix():
            better = _find_better(node.word, reader)
            has_any = next(iter(reader.read_prefix(build_plain(node.word))), None) is not None
            return node if has_any or better == node.word else Words((better,), in_title=node.in_title)
        case Mentions() if not actors.find_actors(node.name, None):
            name = " ".join(_find_better(word, reader) for word in node.name.split())
            _, found = actors.list_actors(name, 0, 1)
            return replace(node, name=found[0].name) if found and '"' not in found[0].name else node
        case _:
            return node


def _find_better(word: str, reader: IndexReader) -> str:
    """The most frequent word that is nearest to this one, if this one is rare."""
    plain = build_plain(word)
    own = reader.count_form(plain)
    if len(plain) < _shortest or own > few:
        return word
    for distance in (1, 2):
        if distance == 2 and len(plain) < 6:
            break
        near = [(reader.count_form(form), form) for form in reader.find_near(plain, distance) if form != plain]
        if near and max(near)[0] > _much * own:
            return max(near)[1]
    return word
