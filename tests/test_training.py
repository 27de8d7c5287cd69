"""Training examples: they contain only what the corpora annotate."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.markup import parse_markup
from search.cast.encoder import read_encoder
from search.cast.features import feature_names
from search.cast.labels import name_labels, reference_labels
from training.corpora import corpora
from training.examples import build_examples, unknown
from training.gold import build_gold
from training.ranker import build_pairs

by_name = {corpus.name: corpus for corpus in corpora}
types = {"ann": "person", "kenya": "place", "group": "organisation", "misc": "misc"}


def labels_of(corpus: str, text: str) -> list[tuple[set[str], str, int]]:
    """Return for each word of a marked-up text its allowed name labels, its reference, and whether it is joined."""
    document = parse_markup("d", text, types)
    (example,) = build_examples(document, by_name[corpus], read_encoder()._tokenizer)
    return [
        (
            {name_labels[index] for index in np.flatnonzero(names)},
            "unknown" if reference == unknown else reference_labels[reference],
            int(joined),
        )
        for names, reference, joined in zip(example.names, example.references, example.joined, strict=True)
    ]


def test_what_is_annotated_is_learned():
    words = labels_of("worldwide", "[ann=Ann Lee] left [kenya=Kenya].")
    assert [each[0] for each in words] == [{"B-person"}, {"I-person"}, {"O"}, {"B-place"}, {"O"}]


def test_a_class_that_may_be_several_allows_each_of_them():
    (allowed, _, _), *_ = labels_of("worldwide", "[misc=Ramadan] began.")
    assert allowed == {"B-event", "B-work", "B-other"}


def test_what_a_corpus_leaves_unsaid_is_not_learned():
    words = labels_of("gum", "The Kenyan army left.")
    assert words[1][0] == {"O", "B-nationality", "I-nationality"}
    assert words[2][0] == {"O"}


def test_nominals_and_pronouns_are_learned_where_they_are_annotated():
    words = labels_of("gum", "[group~The armed group] said [group.it] left.")
    assert [each[1] for each in words] == [
        "O", "O", "nominal-organisation", "O", "pronoun-organisation", "O", "O",
    ]  # fmt: skip
    assert [each[2] for each in words] == [0, 1, 1, 0, 0, 0, 0]
    assert {each[1] for each in labels_of("worldwide", "The armed group left.")} == {"unknown"}


def test_a_title_is_no_part_of_a_name():
    words = labels_of("re3d", "[ann=President Ann Lee] left.")
    assert [each[0] & {"B-person", "I-person"} for each in words[:3]] == [set(), {"B-person"}, {"I-person"}]


def test_the_ranker_learns_whom_each_mention_means():
    document = parse_markup(
        "d", "[ann=Ann] met [group~the group]. [ann.She] said [group.it] was [group~a group].", types
    )
    pairs = build_pairs([build_gold(document, weight=2.0)])
    assert pairs.rows.shape == (len(pairs.answers), len(feature_names))
    kinds = pairs.rows[:, feature_names.index("kind")]
    # She may be Ann, it Ann or the group, a group the group: nothing else is weighed.
    assert pairs.answers.tolist() == [True, False, True, True]
    assert kinds.tolist() == [2, 2, 2, 1]
    assert set(pairs.weights.tolist()) == {2.0}


def test_no_corpus_is_trained_on_whose_licence_forbids_it():
    assert not {"gmb", "ecb"} & by_name.keys()


def test_every_feature_has_a_name_of_its_own():
    assert len(set(feature_names)) == len(feature_names)


@pytest.mark.parametrize("corpus", corpora, ids=lambda corpus: corpus.name)
def test_what_can_be_trained_on_is_there(corpus, shared_folder):
    assert corpus.read(shared_folder / "cast-data")
