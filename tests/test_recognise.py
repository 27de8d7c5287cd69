"""The trained recogniser and its like: any text gets its mentions, and nothing is loaded that is not needed."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.cast import recognisers
from search.cast.article import build_mention_contexts
from search.cast.encoder import read_encoder
from search.cast.recognisers import build_recogniser, choose_recogniser
from search.cast.resolve import find_cast
from search.cast.tokens import tokenise
from search.cast.trees import Trees
from search.cast.windows import build_windows, get_special_pieces, split_words, window_pieces
from search.errors import UnknownRecogniserError
from search.text import make_safe_line
from tests.test_cast import build_document

mixed = st.sampled_from(
    "Mr President of for al- Assad Bashar the The Syrian UK (UN) he She it who they said “ ” . , ' ’s - 漢字 é".split()
)


def found_in(*paragraphs: str) -> dict[str, tuple[str, str]]:
    """Text → kind and type, as the trained recogniser sees it."""
    found = build_recogniser("trained").recognise(tokenise(build_document(*paragraphs)))
    return {each.text: (each.kind, each.type) for each in found}


def test_names_nominals_and_pronouns_are_found():
    found = found_in("The president of Kenya, William Ruto, said on Monday that he would meet the farmers in Nairobi.")
    assert found["William Ruto"] == ("name", "person")
    assert found["Kenya"] == found["Nairobi"] == ("name", "place")
    assert found["The president"] == ("nominal", "person")
    assert found["the farmers"] == ("nominal", "person")
    assert found["he"] == ("pronoun", "person")


def test_a_nationality_is_a_name_and_means_its_country():
    cast = find_cast(build_document("The Syrian army left Syria."), build_recogniser("trained"))
    syrian = next(mention for mention in cast.mentions if mention.text == "Syrian")
    assert syrian.link
    assert (syrian.link.why, cast.actors[syrian.link.actor].name) == ("demonym", "Syria")


@settings(max_examples=40)
@given(st.lists(st.lists(mixed, max_size=25).map(" ".join) | st.text(max_size=60), min_size=1, max_size=5))
def test_any_text_has_a_cast_whose_mentions_point_at_it(texts):
    document = build_document(*(make_safe_line(text) for text in texts))
    cast = find_cast(document, build_recogniser("trained"))
    for mention in cast.mentions:
        assert document.paragraphs[mention.paragraph].text[mention.start : mention.end] == mention.text != ""
        assert mention.link is None or mention.link.actor in cast.actors
        assert mention.link is None or 0 < mention.link.confidence <= 1


@pytest.mark.parametrize("lengths", [(3, 5, 2), (900,), (10, 700, 10), (0, 4, 0), (223, 223, 1), (2000, 2000)])
def test_every_word_is_read_once_in_a_window_of_bounded_length(lengths):
    texts = [" ".join(["Aleppo"] * length) for length in lengths]
    tokenizer = read_encoder()._tokenizer
    paragraphs = split_words(tokenizer, texts)
    windows = build_windows(paragraphs, get_special_pieces(tokenizer))
    assert [word for window in windows for word in window.words] == [
        (paragraph, word) for paragraph, length in enumerate(lengths) for word in range(length)
    ]
    assert all(len(window.ids) <= window_pieces + 1 for window in windows)
    for window in windows:
        for (paragraph, word), position in zip(window.words, window.positions, strict=True):
            assert window.ids[position] == paragraphs[paragraph].pieces[word][0]


def test_the_words_of_a_long_paragraph_are_read_with_others_on_either_side():
    tokenizer = read_encoder()._tokenizer
    first, second = build_windows(split_words(tokenizer, [" ".join(["Homs"] * 1000)]), get_special_pieces(tokenizer))[
        :2
    ]
    assert first.positions[-1] < len(first.ids) - 15
    assert second.positions[0] > 15


def test_trees_are_walked_as_they_were_grown(tmp_path):
    # One tree: feature 1 at most 0.5 → leaf 1 (value 2), else feature 0 at most 3 → leaf 3 (-1), else leaf 4 (0.5).
    infinite = np.inf
    np.savez(
        tmp_path / "trees.npz",
        feature=[[1, 0, 0, 0, 0]], threshold=[[0.5, infinite, 3.0, infinite, infinite]],
        left=[[1, 1, 3, 3, 4]], right=[[2, 1, 4, 3, 4]], value=[[0, 2.0, 0, -1.0, 0.5]], base=0.0, depth=2,
    )  # fmt: skip
    rows = np.array([[0, 0.5], [3, 1], [4, 1]], dtype=np.float32)
    assert Trees(tmp_path / "trees.npz")(rows) == pytest.approx(1 / (1 + np.exp([-2.0, 1.0, -0.5])))


def test_who_speaks_is_known_to_what_is_said():
    document = tokenise(build_document("“I will not go,” said Angela Rayner. “We stay.”"))
    found = [each for each in build_recogniser("trained").recognise(document) if each.text in {"I", "Angela Rayner"}]
    quoted, speaker = build_mention_contexts(document, found)
    assert quoted.quote in speaker.speaks


def test_rules_serve_where_onnxruntime_is_not(monkeypatch):
    monkeypatch.setattr(recognisers, "find_spec", lambda name: None if name == "onnxruntime" else object())
    name, note = choose_recogniser("trained")
    assert name == "rules"
    assert note
    assert "onnxruntime" in note
    assert build_recogniser("trained").name == "rules"


def test_a_spacy_pipeline_serves_as_well(tmp_path):
    import spacy

    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns(  # type: ignore[attr-defined] # spaCy gives components no type
        [
            {"label": "PERSON", "pattern": "Mr Hakan Fidan"},
            {"label": "GPE", "pattern": "Doha"},
            {"label": "DATE", "pattern": "Monday"},
            {"label": "ORG", "pattern": "the SDF's"},
            {"label": "NORP", "pattern": "Syrian"},
        ]
    )
    pipeline.to_disk(tmp_path / "pipeline")
    recogniser = build_recogniser(f"spacy:{tmp_path / 'pipeline'}")
    found = recogniser.recognise(
        tokenise(build_document("On Monday Mr Hakan Fidan flew to Doha.", "It was the SDF's Syrian base."))
    )
    assert [(each.paragraph, each.text, each.type) for each in found] == [
        (0, "Hakan Fidan", "person"), (0, "Doha", "place"), (1, "SDF", "organisation"), (1, "Syrian", "nationality"),
    ]  # fmt: skip
    assert "Hakan Fidan" in {
        actor.name for actor in find_cast(build_document("Mr Hakan Fidan."), recogniser).actors.values()
    }


def test_a_pipeline_that_is_not_there_is_one_clear_error(monkeypatch):
    with pytest.raises(UnknownRecogniserError, match="no_such_pipeline"):
        build_recogniser("spacy:no_such_pipeline")
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(UnknownRecogniserError, match=r"newscast\[spacy\]"):
        build_recogniser("spacy:en_core_web_sm")


def test_a_name_ends_at_a_hyphen():
    assert found_in("The Lima-based company hired a Paris-trained cook.")["Lima"] == ("name", "place")


def test_a_particle_belongs_to_the_name_behind_it():
    assert {"al-Qaeda"} <= found_in("The group is an alias of al-Qaeda. It was banned.").keys()


def test_a_family_is_nobody_in_particular():
    cast = find_cast(
        build_document("Angela Merkel came to Berlin with her sister.", "Later the Merkels ate at home."),
        build_recogniser("trained"),
    )
    merkel = next(actor for actor in cast.actors.values() if actor.name == "Angela Merkel")
    assert "Merkels" not in merkel.aliases


def test_an_apposition_means_the_name_beside_it():
    cast = find_cast(
        build_document("The head of the bank, Christine Lagarde, resigned. Dmitry Peskov, the spokesman, did not."),
        build_recogniser("trained"),
    )
    linked = {mention.text: mention.link for mention in cast.mentions}
    assert linked["The head"] and linked["Christine Lagarde"]  # noqa: PT018 # for the type checker
    assert linked["The head"].actor == linked["Christine Lagarde"].actor
    assert linked["the spokesman"] and linked["Dmitry Peskov"]  # noqa: PT018 # likewise
    assert linked["the spokesman"].actor == linked["Dmitry Peskov"].actor


@pytest.mark.parametrize("word", ["5f4dcc3b5aa765d61d8327deb882cf99", "aGVsbG8gd29ybGQ+/Zm9v=", "x" * 99, "1,234.5"])
@pytest.mark.parametrize("space", ["", " "])
def test_long_words_fit_into_windows_and_each_is_read_once(word, space):
    tokenizer = read_encoder()._tokenizer
    paragraphs = split_words(tokenizer, [space.join([word] * 200), "Homs fell."])
    windows = build_windows(paragraphs, get_special_pieces(tokenizer))
    read = [word for window in windows for word in window.words]
    assert read == [(index, word) for index, words in enumerate(paragraphs) for word in range(len(words))]
    assert max(len(window.ids) for window in windows) <= window_pieces + 1
    pieces = sum(len(each) for words in paragraphs for each in words.pieces)
    assert sum(len(window.ids) for window in windows) < 5 * pieces + 20
