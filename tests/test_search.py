"""Search: results, their order and their snippets; any string is a query."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import Library, Query
from search.text import fold


def titles(library: Library, text: str, *, as_you_type: bool = False) -> set[str]:
    return {hit.summary.title for hit in library.search(Query(text, as_you_type), 0, 100).hits}


@pytest.fixture
def small(build_library):
    return build_library(
        rebels="Rebels near Homs\n\nThe rebels were running towards the capital, a witness said in the city.",
        runner="A runner wins\n\nA runner from Zürich won the race of the capital yesterday, in good weather.",
        ships="Ships leave Tartus\n\nThe fleet left its harbour for the open sea, and Moscow is silent about it.",
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("capital", {"Rebels near Homs", "A runner wins"}),
        ("capital witness", {"Rebels near Homs"}),
        ("witness OR fleet", {"Rebels near Homs", "Ships leave Tartus"}),
        ("capital -witness", {"A runner wins"}),
        ("-capital", {"Ships leave Tartus"}),
        ('"open sea"', {"Ships leave Tartus"}),
        ('"sea open"', set()),
        ("har*", {"Ships leave Tartus"}),
        ("title:homs", {"Rebels near Homs"}),
        ("title:capital", set()),
        ("title:run*", {"A runner wins"}),
        ("zurich", {"A runner wins"}),
        ("ZÜRICH", {"A runner wins"}),
        ("runs", {"Rebels near Homs"}),
        ("harbours", {"Ships leave Tartus"}),
        ("homs capital witness race OR sea", set()),
    ],
)
def test_the_language_means_what_it_says(small, query, found):
    assert titles(small, query) == found


def test_as_one_types_the_last_word_is_a_prefix(small):
    assert titles(small, "har", as_you_type=True) == {"Ships leave Tartus"}
    assert titles(small, "har ", as_you_type=True) == set()
    assert titles(small, "har") == set()


def test_a_title_counts_more_than_text(build_library):
    library = build_library(
        a="On bread and water\n\nA text about Damascus with some more words in it to read.",
        b="Damascus\n\nA text about bread with some more words in it to read at night.",
    )
    assert [hit.summary.title for hit in library.search(Query("damascus")).hits] == ["Damascus", "On bread and water"]


def test_a_prefix_of_one_letter_is_searched_as_a_word_and_says_so(small):
    results = small.search(Query("h*"))
    assert results.total == 0
    assert results.note == "“h*” is too short: searched as a word"


def test_an_unknown_field_is_searched_as_a_word_and_says_so(small):
    assert small.search(Query("author:smith")).note == "no field “author”: searched as a word"


def test_matches_of_a_snippet_point_at_the_words(library):
    for text in ("assad", "prison*", '"White Helmets"', "russia bases"):
        for hit in library.search(Query(text)).hits:
            if hit.snippet:
                for start, end in hit.snippet.matches:
                    word = fold(hit.snippet.text[start:end])
                    assert word.startswith(("assad", "prison", "white helmets", "russia", "base"))


def test_a_snippet_shows_the_paragraph_with_most_of_the_query(library):
    (hit,) = library.search(Query("captagon capital")).hits
    assert hit.snippet is not None
    assert "Captagon" in hit.snippet.text
    assert len(hit.snippet.matches) == 2


def test_a_hit_by_its_title_alone_has_the_beginning_of_its_text_as_snippet(small):
    (hit,) = small.search(Query("title:homs")).hits
    assert hit.snippet is not None
    assert hit.snippet.text.startswith("The rebels were running")
    assert hit.snippet.matches == ()


def test_pages_of_results_are_parts_of_one_whole(library):
    whole = [hit.summary.id for hit in library.search(Query("syria"), 0, 100).hits]
    pages = [hit.summary.id for start in range(0, 20, 3) for hit in library.search(Query("syria"), start, 3).hits]
    assert pages == whole
    assert library.search(Query("syria"), 0, 3).total == len(whole)


def test_results_outlive_the_library(seeded):
    with Library(seeded, recogniser="rules") as library:
        results = library.search(Query("moscow"))
    assert results.hits[0].snippet is not None
    assert "moscow" in results.hits[0].snippet.text.lower()


odd_queries = st.text(
    st.one_of(st.characters(), st.sampled_from('abAB "-*:()[]~^\\/+&|!?OR title: \x1b\u202e')), max_size=60
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(odd_queries, st.booleans())
def test_any_string_is_a_query(library, text, as_you_type):
    results = library.search(Query(text, as_you_type), 0, 5)
    assert len(results.hits) == min(5, results.total)


def test_random_queries_over_the_vocabulary_raise_nothing(library):
    chance = random.Random(3)
    words = [
        "assad",
        "the",
        "OR",
        "-he",
        '"',
        '"of the"',
        "a*",
        "title:",
        "title:*",
        "*",
        "--",
        "x" * 5000,
        "“",
        "al-",
        "U.N.",
    ]
    for _ in range(300):
        library.search(Query(" ".join(chance.choices(words, k=chance.randrange(9)))), 0, 3)
