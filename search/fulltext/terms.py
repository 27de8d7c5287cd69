"""Words as the index knows them: folded, and stemmed by Porter's algorithm for English (Porter2, by PyStemmer)."""

from __future__ import annotations

from functools import lru_cache

import Stemmer

from search.text import fold

_longest_term = 64
"""Characters. A longer word is cut, so that it is found by its beginning."""

_stemmer = Stemmer.Stemmer("english", 0)  # the cache below also saves the folding


@lru_cache(maxsize=100_000)
def build_stem(word: str) -> str:
    """The term that a word is indexed as."""
    stem: str = _stemmer.stemWord(build_plain(word).removesuffix("'s"))
    return stem


@lru_cache(maxsize=100_000)
def build_plain(word: str) -> str:
    """The word as prefixes are compared with: folded, not stemmed."""
    return fold(word)[:_longest_term]
