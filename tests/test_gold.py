"""The quality of the trained recogniser on the seeds, annotated by hand. A test fails if a change lowers it."""

from __future__ import annotations

import json

import pytest

from evaluation.__main__ import annotate_fields, own_gold
from evaluation.markup import parse_markup, read_gold
from evaluation.score import Rate, all_kinds, name_kinds, score_links, score_names
from search.sources import parse_raw, read_file
from tests.conftest import seeds


@pytest.fixture(scope="module")
def gold():
    return list(read_gold(own_gold))


@pytest.fixture(scope="module")
def within(gold):
    return annotate_fields(gold, "trained", across=False).documents


@pytest.fixture(scope="module")
def across(gold):
    return annotate_fields(gold, "trained", across=True).documents


def reaches(rate: Rate, f1: float, precision: float) -> bool:
    """Does the rate reach these percentages? Print it."""
    assert (100 * rate.f1, 100 * rate.precision) >= (f1, 0), rate
    assert 100 * rate.precision >= precision, rate
    return True


def test_the_gold_is_the_text_of_the_seeds(gold):
    texts = {path.stem: parse_raw(read_file(str(path))).paragraphs for path in seeds.iterdir()}
    assert {each["id"]: each["paragraphs"] for each in gold} == {
        name: [paragraph.text for paragraph in paragraphs] for name, paragraphs in texts.items()
    }


def test_names_are_found(gold, within):
    assert score_names(gold, within).f1 >= 0.92


def test_names_are_linked_within_articles(gold, within):
    assert reaches(score_links(gold, within, name_kinds).jump, 95, 98)


def test_names_are_linked_across_articles(gold, across):
    assert reaches(score_links(gold, across, name_kinds, across=True).jump, 93, 97)


def test_nominals_and_pronouns_are_linked(gold, within):
    assert reaches(score_links(gold, within, all_kinds).jump, 66, 84)


def test_the_same_input_gives_the_same_bytes(gold, within):
    again = annotate_fields(gold[:3], "trained", across=False).documents
    assert json.dumps(again) == json.dumps(within[:3])


def test_a_perfect_answer_scores_all_and_an_empty_one_nothing(gold):
    assert score_names(gold, gold).f1 == 1
    assert score_links(gold, gold, all_kinds).jump == Rate(1, 1)
    empty = [{**each, "mentions": []} for each in gold]
    assert score_links(gold, empty, all_kinds).jump == Rate(0, 0)


def test_a_jump_to_somebody_else_costs_precision():
    types = {"a": "person", "b": "person"}
    true = parse_markup("d", "[a=Ann] met [b=Bob]. [a.She] left, and [b=Bob] stayed.", types)
    wrong = parse_markup("d", "[a=Ann] met [b=Bob]. [b.She] left, and [b=Bob] stayed.", types)
    assert score_links([true], [true], all_kinds).jump == Rate(1, 1)
    assert score_links([true], [wrong], all_kinds).jump == Rate(0, 0)


def test_the_measures_are_those_that_everybody_uses(shared_folder, gold, across):
    import importlib.util

    spec = importlib.util.spec_from_file_location("score_cast", shared_folder / "tools" / "score_cast.py")
    assert spec
    assert spec.loader
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    types = ("person", "organisation", "place")
    for kinds in (name_kinds, all_kinds):
        theirs = scorer.link(gold, across, kinds, types, cross=True)
        ours = score_links(gold, across, kinds, across=True)
        assert theirs["conll"] == pytest.approx(ours.conll)
        assert theirs["jump"] == pytest.approx((ours.jump.precision, ours.jump.recall, ours.jump.f1))
    assert scorer.ner(gold, across, types)["all"][2] == pytest.approx(score_names(gold, across).f1)
