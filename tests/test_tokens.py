"""A document is cut into words and sentences once, and every stage gets the words of any stretch from that."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.cast.recognisers import build_recogniser
from search.cast.resolve import find_cast
from search.cast.tokens import tokenise
from search.text import find_words, fold
from tests.test_cast import build_document

texts = st.text(st.sampled_from("abÉß '’-. “(1"), max_size=30)


def count_characters(monkeypatch: pytest.MonkeyPatch, function: str) -> list[int]:
    """A list that grows by one number for each text that a stage of the cast gives to this function of `text`."""
    lengths: list[int] = []
    for name, module in list(sys.modules.items()):
        if name.startswith("search.cast.") and hasattr(module, function):
            original = getattr(module, function)

            def count(text, original=original):
                lengths.append(len(text))
                return original(text)

            monkeypatch.setattr(module, function, count)
    return lengths


@pytest.mark.parametrize("recogniser", ["rules", "trained"])
@pytest.mark.parametrize("function", ["find_words", "find_sentences"])
def test_a_document_is_cut_once(monkeypatch, recogniser, function):
    document = build_document(
        "President Bashar al-Assad left Syria. “He will not return,” said Angela Rayner.",
        "Mr Assad's office, the Syrian Defence Ministry (SDM) and the U.S. Congress were silent.",
    )
    chosen = build_recogniser(recogniser)
    find_cast(document, chosen)  # imports what the stages need
    cut = count_characters(monkeypatch, function)
    find_cast(document, chosen)
    assert cut == [len(paragraph.text) for paragraph in document.paragraphs]


@given(texts, st.integers(0, 30), st.integers(0, 30))
def test_the_words_of_a_stretch_are_those_of_its_text(text, start, end):
    (paragraph,) = tokenise(build_document(text)).paragraphs
    spans = paragraph.get_spans(start, end)
    assert all(text[first:last] == word for word, first, last in spans)
    assert paragraph.get_words(start, end) == tuple(word for word, _, _ in spans)
    assert paragraph.get_folded(start, end) == tuple(fold(word) for word, _, _ in spans)
    # Of "a'b'c" the stretch "b'c" is two words here, and one word by itself.
    letters = "".join(word for word, _, _ in find_words(text[start:end]))
    assert "".join(word for word, _, _ in spans).replace("'", "").replace("’", "") == letters.replace("'", "").replace(
        "’", ""
    )


def test_a_word_that_a_stretch_cuts_counts_with_the_part_inside():
    (paragraph,) = tokenise(build_document("In Egypt’s army")).paragraphs
    assert paragraph.get_words(0, 8) == ("In", "Egypt")
    assert paragraph.get_folded(8, 15) == ("s", "army")
