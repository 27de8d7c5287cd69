"""What Whoosh indexes of a document: title and text as stems with positions, and as plain words for prefixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whoosh.analysis import Token, Tokenizer
from whoosh.fields import ID, KEYWORD, STORED, TEXT, Schema

from search.fulltext.terms import build_plain, build_stem
from search.text import find_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TITLE_BOOST = 2.0


class _Words(Tokenizer):  # type: ignore[misc] # Whoosh's classes are untyped
    """newscast's words as Whoosh's tokens; `make_term` says in which form."""

    make_term: Callable[[str], str]

    def __call__(self, value: str, *, positions: bool = False, mode: str = "", **_: Any) -> Iterator[Token]:  # noqa: ANN401 - Whoosh passes what its other tokenizers take
        token = Token(positions, mode=mode)
        token.boost, token.stopped = 1.0, False
        make_term = type(self).make_term
        for position, (word, _start, _end) in enumerate(find_words(value)):
            token.text = make_term(word)
            token.pos = position
            yield token


class StemTokenizer(_Words):
    """Stems, for words and phrases."""

    make_term = staticmethod(build_stem)


class PlainTokenizer(_Words):
    """Words unstemmed, for prefixes."""

    make_term = staticmethod(build_plain)


def build_schema() -> Schema:
    """The fields: `number` and `revision` are the store's, stored; no text is, since the store has it."""
    return Schema(
        number=ID(stored=True, unique=True),
        revision=STORED(),
        title=TEXT(analyzer=StemTokenizer(), field_boost=_TITLE_BOOST),
        text=TEXT(analyzer=StemTokenizer()),
        title_words=KEYWORD(analyzer=PlainTokenizer()),
        text_words=KEYWORD(analyzer=PlainTokenizer()),
    )
