"""Who may be meant, by rule: before anything learned is asked."""

from __future__ import annotations

import pytest

from evaluation.markup import parse_markup
from search.cast.apposition import find_appositions
from search.cast.article import build_mention_contexts
from search.cast.features import Candidate
from search.cast.references import find_options
from search.cast.tokens import tokenise
from training.gold import build_gold

types = {"ann": "person", "bob": "person", "bank": "organisation", "kenya": "place"}


def contexts_of(text: str):
    """The document of a marked-up text, and its mentions as resolving sees them."""
    gold = build_gold(parse_markup("d", text, types))
    document = tokenise(gold.document)
    return document, build_mention_contexts(document, gold.found)


@pytest.mark.parametrize(
    "text",
    [
        "[ann=Ann Lee], [ann~the head] of the bank, left.",
        "[ann~The head], [ann=Ann Lee], left.",
        "[ann~The head] of the bank, [ann=Ann Lee], left.",
        "We met [ann~student] [ann=Ann Lee].",
        "[bank=Acme], [bank~a bank], was closed.",
    ],
)
def test_what_stands_beside_a_name_in_apposition_is_the_same(text):
    assert find_appositions(*contexts_of(text)) == {1: 0}


@pytest.mark.parametrize(
    "text",
    [
        "After the fall of [ann=Ann Lee], [bob~the minister] said nothing.",
        "[bob~The ministers], [ann=Ann Lee], left.",
        "[bank~The bank], [ann=Ann Lee], left.",
        "They met in [kenya~an office] in [kenya=Kenya].",
    ],
)
def test_what_only_stands_near_a_name_is_not(text):
    assert find_appositions(*contexts_of(text)) == {}


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("[ann=Ann] said: “[bob.He] will stay.”", False),
        ("[ann=Ann] said: “[ann.I] will stay.”", True),
        ("[ann=Ann] said that [ann.she] will stay.", True),
        ("“[ann.I] know that [bob.he] will stay,” somebody said.", False),
        ("[bank~The bank] said that [ann.she] will stay.", False),
        ("[ann~[ann.her] head] left.", False),
    ],
)
def test_whom_a_mention_may_mean_at_all(text, may_be):
    _, (first, second) = contexts_of(text)
    candidate = Candidate()
    candidate.add(first)
    assert bool(find_options(second, [candidate])) is may_be
