"""Turns words into terms of the index: folds them, and stems them by Porter's algorithm for English (Porter2)."""

from __future__ import annotations

from functools import lru_cache

import Stemmer

from search.text import fold

_longest_term = 64
"""Characters. Longer words are cut, in documents and in queries."""

_stemmer = Stemmer.Stemmer("english", 0)  # the cache below also saves the folding


@lru_cache(maxsize=100_000)
def build_stem(word: str) -> str:
    """Return the stem under which a word is indexed."""
    stem: str = _stemmer.stemWord(build_plain(word).removesuffix("'s"))
    return stem


@lru_cache(maxsize=100_000)
def build_plain(word: str) -> str:
    """Return the form of a word: folded and not stemmed. Prefixes are compared with it."""
    return fold(word)[:_longest_term]
