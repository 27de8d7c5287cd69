"""A slow matcher that does not use the index: it tests one stored document against the tree of a query."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING

import Stemmer

from search.query import All, Any, Dated, Fuzzy, InParagraph, Mentions, Not, OfSource, OfUrl, Prefix, Words

if TYPE_CHECKING:
    from search import Cast, Document
    from search.query import Node

_stemmer = Stemmer.Stemmer("english")


def matches(node: Node, document: Document, cast: Cast) -> bool:  # noqa: C901, PLR0911 - one case for each kind of node
    """Does the document match?"""
    match node:
        case All():
            return all(matches(each, document, cast) for each in node.nodes)
        case Any():
            return any(matches(each, document, cast) for each in node.nodes)
        case Not():
            return not matches(node.node, document, cast)
        case InParagraph():
            return any(_holds_in(node.node, index, document, cast) for index in range(len(document.paragraphs)))
        case Dated():
            day = document.published
            return day is not None and (node.since or date.min) <= day <= (node.until or date.max)
        case OfSource():
            return set(_fold(node.name).split()) <= set(_fold(document.source or "").split())
        case OfUrl():
            return node.part.lower() in (document.url or "").lower()
        case Mentions():
            return bool(_list_paragraphs(node, cast))
        case Words() | Prefix() | Fuzzy():
            texts = [paragraph.text for paragraph in document.paragraphs]
            if node.in_title:
                return _stands_in(node, [document.title or ""])
            return _stands_in(node, [document.title or ""]) or _stands_in(node, texts)
    raise AssertionError(node)


def _holds_in(node: Node, index: int, document: Document, cast: Cast) -> bool:
    match node:
        case All():
            return all(_holds_in(each, index, document, cast) for each in node.nodes)
        case Any():
            return any(_holds_in(each, index, document, cast) for each in node.nodes)
        case Not():
            return not _holds_in(node.node, index, document, cast)
        case Mentions():
            return index in _list_paragraphs(node, cast)
        case Words() | Prefix() | Fuzzy() if not node.in_title:
            return _stands_in(node, [document.paragraphs[index].text])
        case _:
            return matches(node, document, cast)


def _list_paragraphs(node: Mentions, cast: Cast) -> set[int]:
    wanted = {"person": "person", "org": "organisation", "place": "place"}.get(node.field)
    chosen = {
        actor.id
        for actor in cast.actors.values()
        if wanted in {None, actor.type} and _fold(node.name) in {_fold(alias) for alias in actor.aliases}
    }
    return {mention.paragraph for mention in cast.mentions if mention.link and mention.link.actor in chosen}


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


def _stem(word: str) -> str:
    return str(_stemmer.stemWord(_fold(word).removesuffix("'s")))


def _stands_in(leaf: Words | Prefix | Fuzzy, texts: list[str]) -> bool:
    """Are the words in one text? For words near each other, all texts count, with a gap of one word between two."""
    words = [re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text) for text in texts]
    match leaf:
        case Prefix():
            return any(_fold(word).startswith(_fold(leaf.word)) for text in words for word in text)
        case Fuzzy():
            return any(_distance(_fold(leaf.word), _fold(word)) <= leaf.distance for text in words for word in text)
        case Words() if leaf.within is None:
            length = len(leaf.words)
            return any(
                all(_is_word(leaf, wanted, word) for wanted, word in zip(leaf.words, text[at:], strict=False))
                for text in words
                for at in range(len(text) - length + 1)
            )
        case Words():
            return _stand_near(leaf, words)


def _is_word(leaf: Words, wanted: str, word: str) -> bool:
    if leaf.is_quoted and wanted != wanted.lower():
        return word == wanted
    return _stem(word) == _stem(wanted)


def _stand_near(leaf: Words, words: list[list[str]]) -> bool:
    places: list[tuple[int, str]] = []
    at = 0
    for text in words:
        places += [(at + index, word) for index, word in enumerate(text)]
        at += len(text) + 1
    for first, _ in places:
        window = [word for place, word in places if first <= place <= first + (leaf.within or 0)]
        if all(any(_is_word(leaf, wanted, word) for word in window) for wanted in leaf.words):
            return True
    return False


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        previous, row[0] = row[0], number
        for index, another in enumerate(other, 1):
            previous, row[index] = row[index], min(row[index] + 1, row[index - 1] + 1, previous + (letter != another))
    return row[-1]
