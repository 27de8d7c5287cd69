"""Text from outside is made safe once, and words and sentences have offsets into it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text import find_sentences, find_words, fold, make_safe, make_safe_line, split_paragraphs

odd_characters = "\x00\x07\x1b\x7f\x85\x9b\x9d\u061c\u200b\u200d\u202e\u2066\ufeff\ufff9\U000e0041\ud800\u0301\u0327"
any_text = st.text(st.one_of(st.characters(), st.sampled_from(odd_characters + "[]();m?0123\\\n\r ")))


def is_harmless(character: str) -> bool:
    return character == "\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


# Format characters that are part of a script's letters, and neither turn nor hide anything.
letters_of_their_script = {
    *"\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2",
    "\U000110bd",
    "\U000110cd",
}
letters_of_their_script |= {chr(code) for code in range(0x13430, 0x13440)}


@given(any_text)
def test_safe_text_has_no_character_that_a_terminal_obeys(text):
    assert all(is_harmless(character) for character in make_safe(text) if character not in letters_of_their_script)


@given(any_text)
def test_making_safe_twice_changes_nothing(text):
    once = make_safe(text)
    assert make_safe(once) == once


@given(any_text)
def test_no_more_than_two_combining_marks_stand_in_a_row(text):
    run = 0
    for character in unicodedata.normalize("NFD", make_safe("e" + text)):
        run = run + 1 if unicodedata.combining(character) else 0
        assert run <= 2


@pytest.mark.parametrize(
    ("outside", "safe"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]52;c;ZXZpbA==\x07copied", "copied"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jcleared", "cleared"),
        ("\x1bP1$r0m\x1b\\answer", "answer"),
        ("one\r\ntwo\u2028three\x85four", "one\ntwo\nthree\nfour"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("zero\u200bwidth\U000e0041", "zerowidth"),
        ("e" + "\u0301" * 300, "\u00e9\u0301"),
        ("\ud83d alone", "\ufffd alone"),
        ("a\tb\u00a0c", "a b c"),
        ("[bold]not markup[/nope]", "[bold]not markup[/nope]"),
    ],
)
def test_what_a_terminal_would_obey_goes_and_the_rest_stays(outside, safe):
    assert make_safe(outside) == safe


def test_a_safe_line_is_one_line():
    assert make_safe_line(" a\n b\x1b[2J  c ") == "a b c"


@given(any_text)
def test_sentences_and_words_point_at_the_text(text):
    safe = make_safe_line(text)
    sentences = find_sentences(safe)
    assert all(0 <= start <= end <= len(safe) for start, end in sentences)
    assert [start for start, _ in sentences] == sorted({start for start, _ in sentences})
    assert all(safe[start:end] == word for word, start, end in find_words(safe))


def test_an_abbreviation_ends_no_sentence():
    text = "Mr. Kato met Gen. Smith in the U.S. Capitol. He left on Dec. 8. Nobody saw him."
    assert [text[start:end] for start, end in find_sentences(text)] == [
        "Mr. Kato met Gen. Smith in the U.S. Capitol.",
        "He left on Dec. 8.",
        "Nobody saw him.",
    ]


def test_a_line_is_a_paragraph_unless_lines_are_wrapped():
    assert split_paragraphs("One line.\nAnother one.\n\nA third.") == ["One line.", "Another one.", "A third."]
    wrapped = (
        "The army of the country announced that its troops had left\n"
        "the city, in order to spare the lives of civilians, and the\n"
        "fighters drove in.\n\nThe second paragraph is short."
    )
    assert len(split_paragraphs(wrapped)) == 2


def test_a_line_too_long_to_read_is_cut_at_sentences():
    paragraphs = split_paragraphs("A sentence of some words. " * 1_000)
    assert len(paragraphs) > 4
    assert all(len(paragraph) <= 5_000 and paragraph.endswith(".") for paragraph in paragraphs)


def test_folding_drops_case_accents_and_typographic_apostrophes():
    assert fold("Erdoğan’s Türkiye İÇİN Łódź") == "erdogan's turkiye icin lodz"
