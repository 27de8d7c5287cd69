"""The work that an article makes grows with its length, not with the square of it, whatever stands in it."""

from __future__ import annotations

import sys
from functools import cache

import pytest

from search import Library
from search.cast.article import build_mention_contexts
from search.cast.consistency import make_consistent
from search.cast.features import Candidate
from search.cast.recognise import RecognisedMention
from search.cast.recognisers import build_recogniser
from search.cast.references import cluster_mentions
from search.cast.resolve import find_cast
from search.cast.tokens import tokenise
from search.model import Document, Paragraph
from search.sources.markdown import parse_markdown

_size = 4_000
"""Characters; calls of functions repeat exactly, so that little suffices to see how they grow."""


@cache
def name(number):
    syllables = [consonant + vowel for consonant in "bdfgklmnprst" for vowel in "aeiou"]
    parts = [syllables[number // 3600 % 60], syllables[number // 60 % 60], syllables[number % 60]]
    return "".join(parts).capitalize()


shapes = {
    "one actor": lambda number: "Bashar Assad met Assad.\n",
    "one surname": lambda number: f"{name(number)} Smith spoke.\n",
    "one first name": lambda number: f"John {name(number)} spoke.\n",
    "longer names": lambda number: f"John {name(number)} Smith spoke. J {name(number)} Smith left.\n",
    "organisations": lambda number: f"The Council of {name(number)} and the {name(number)} Council met the Council.\n",
    "acronyms": lambda number: f"The {name(number)} World Bank said WB{name(number)[0]} of HTS.\n",
    "quotations": lambda number: "“He,” said John. “Assad” ",
    "quotations in one paragraph": lambda number: '"a" Assad said ',
    "titles": lambda number: "President ",
    "capitals": lambda number: f"{name(number)} ",
    "appositions": lambda number: f"the leader, {name(number)} {name(number + 7)}, left. ",
}


def build_text(shape, size):
    text, number = "", 0
    while len(text) < size:
        text += shapes[shape](number)
        number += 1
    return text


def count_calls(function, *arguments):
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        function(*arguments)
    finally:
        sys.setprofile(None)
    return calls


def build_document(text):
    lines = text.split("\n")
    return Document("d", None, None, None, None, None, tuple(Paragraph(*each) for each in enumerate(lines)))


@pytest.mark.parametrize("shape", shapes)
def test_finding_names_is_linear(shape):
    recogniser = build_recogniser("rules")
    once, twice = (
        count_calls(find_cast, build_document(build_text(shape, size)), recogniser) for size in (_size, 2 * _size)
    )
    assert twice < 2.6 * once


@pytest.mark.parametrize("unit", ["# a #", "**a ", "[", "- a\n", "`a ", "> ", "![", "<a "])
def test_parsing_markdown_is_linear(unit):
    once, twice = (count_calls(parse_markdown, unit * (size // len(unit))) for size in (_size, 2 * _size))
    assert twice < 2.6 * once + 500


def find_nominals(count):
    text = "The man left. " * count
    found = tuple(
        RecognisedMention(
            0, 14 * index, 14 * index + 7, "The man", "nominal", "person", (14 * index + 4, 14 * index + 7)
        )
        for index in range(count)
    )
    return build_mention_contexts(tokenise(build_document(text)), found)


@pytest.mark.parametrize("chosen", [0, None])
def test_putting_nominals_together_is_linear(chosen):
    """Whether each is the same man or another one."""
    once, twice = (
        count_calls(cluster_mentions, find_nominals(count), {}, lambda context, candidates: chosen)
        for count in (300, 600)
    )
    assert twice < 2.6 * once


def test_looking_for_overlooked_names_is_linear():
    def run(count):
        texts = [f"{name(number)} met {name(number + 1)}." for number in range(count)]
        found = [
            [RecognisedMention(index, 0, 6, text[:6], "name", "person", (0, 6))] for index, text in enumerate(texts)
        ]
        return make_consistent(texts, found)

    once, twice = (count_calls(run, count) for count in (300, 600))
    assert twice < 2.6 * once
    assert [each.text for each in run(3)[0]] == [name(0), name(1)]


def test_what_an_actor_is_called_is_kept_once():
    candidate = Candidate()
    for context in find_nominals(500):
        candidate.add(context)
    assert len(candidate.wordings) == 1
    assert len(candidate.modifiers["man"]) == 1


def test_linking_people_of_one_surname_is_linear(tmp_path):
    def add(count):
        (tmp_path / "a.txt").write_text("".join(f"{name(number)} Smith spoke.\n" for number in range(count)))
        with Library(tmp_path / str(count), recogniser="rules") as library:
            list(library.add([str(tmp_path / "a.txt")]))

    add(1)  # what is imported on first use is no work of the article
    once, twice = (count_calls(add, count) for count in (150, 300))
    assert twice < 2.6 * once
