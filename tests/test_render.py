"""Pure rendering: text becomes lines and runs that lose and add nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from search import Document, Link, Mention, Paragraph
from search.text import make_safe_line
from tui.history import History, ReadingPosition
from tui.layout import ArticleLayout
from tui.render import Look, build_runs, clip, describe_duration, describe_link, shorten_status, wrap
from tui.walk import count_before, find_next

texts = st.text(st.one_of(st.characters(), st.sampled_from("ab  中😀")), max_size=200).map(make_safe_line)


@given(texts, st.integers(1, 40))
def test_wrapped_lines_hold_the_whole_text_and_fit(text, width):
    spans = wrap(text, width)
    assert "".join(text[start:end] for start, end in spans).replace(" ", "") == text.replace(" ", "")
    for start, end in spans:
        assert cell_len(text[start:end].rstrip()) <= width or end - start == 1


@given(texts, st.integers(0, 30))
def test_clipped_text_fits(text, width):
    assert cell_len(clip(text, width)) <= width


def mention(start: int, end: int, actor: str = "a") -> Mention:
    return Mention(0, start, end, "", "name", "person", Link(actor, "name", 1.0))


def test_runs_mark_mentions_matches_and_the_selected_actor():
    runs = build_runs(
        "Assad met Fidan.", 0, 16, [mention(0, 5), mention(10, 15, "b")], [(6, 12)], selected="b", cursor=None
    )
    assert [(run.text, run.look.type, run.look.is_selected, run.look.is_match) for run in runs] == [
        ("Assad", "person", False, False),
        (" ", None, False, False),
        ("met ", None, False, True),
        ("Fi", "person", True, True),
        ("dan", "person", True, False),
        (".", None, False, False),
    ]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=5), st.integers(0, 20), st.integers(0, 20))
def test_runs_hold_just_the_line(spans, start, length):
    text = "abcdefghij" * 4
    mentions = [mention(left, left + size) for left, size in sorted(spans)]
    runs = build_runs(text, start, start + length, mentions, [(3, 8)], selected="a", cursor=None)
    assert "".join(run.text for run in runs) == text[start : start + length]


def build(*paragraphs: str, title: str | None = None) -> Document:
    return Document("d", title, None, None, None, None, tuple(Paragraph(i, text) for i, text in enumerate(paragraphs)))


def test_every_character_has_its_line():
    document = build("one two three four five", "six seven")
    layout = ArticleLayout(document, 9)
    for paragraph in document.paragraphs:
        for index in range(len(paragraph.text)):
            line = layout.find(layout.find_line(paragraph.index, index))
            assert line is not None
            assert line.paragraph == paragraph.index
            assert line.start <= index <= line.end


def test_a_title_made_of_the_first_words_is_not_shown_twice():
    assert not ArticleLayout(build("A first line of words", title="A first line…"), 40).title_lines
    assert ArticleLayout(build("Text.", title="Headline"), 40).title_lines


@given(st.lists(st.integers(1, 60), min_size=1, max_size=30), st.data())
def test_a_layout_has_the_same_lines_in_whatever_order_they_are_asked_for(lengths, data):
    document = build(*(" ".join(["word"] * length) for length in lengths), title="A headline")
    whole, asked = ArticleLayout(document, 20), ArticleLayout(document, 20)
    whole.wrap_paragraphs(len(lengths))
    lines = [whole.find(index) for index in range(whole.measure())]
    for _ in range(5):
        paragraph = data.draw(st.integers(0, len(lengths) - 1))
        assert asked.first_line(paragraph) == whole.first_line(paragraph)
        assert asked.last_line(paragraph) == whole.last_line(paragraph)
    assert [asked.find(index) for index in range(len(lines) + 1)] == [*lines, None]
    assert asked.measure() == len(lines)


def test_a_layout_wraps_no_more_than_what_is_asked_for():
    layout = ArticleLayout(build(*(f"paragraph {number}" for number in range(2_000))), 40)
    assert layout.find(30) is not None
    assert layout.wrapped <= 16
    assert layout.measure() == 4_002  # with the byline and the blank line below it
    assert layout.wrapped <= 16
    layout.first_line(100)
    assert layout.wrapped == 101


def test_history_goes_back_and_forward_to_the_same_positions():
    positions = [ReadingPosition("d", index, 0, None) for index in range(3)]
    history = History().leave(positions[0]).leave(positions[1])
    moved = history.back(positions[2])
    assert moved is not None
    assert moved[1] == positions[1]
    again = moved[0].forward(positions[1])
    assert again is not None
    assert again[1] == positions[2]
    assert History().back(positions[0]) is None


def test_a_walk_finds_the_nearest_mention_on_either_side():
    mentions = [mention(5, 6), mention(9, 10)]
    assert find_next(mentions, (0, 5), 1) == mentions[1]
    assert find_next(mentions, (0, 9), -1) == mentions[0]
    assert find_next(mentions, (0, 9), 1) is None
    assert count_before(mentions, (0, 5)) == 1


def build_mention(start, end, kind, confidence):
    text = "its leader, he said"[start:end]
    return Mention(0, start, end, text, kind, "person", Link("a", "nominal", confidence))


def test_a_nominal_is_lit_once_its_actor_is_selected():
    mentions = [build_mention(0, 10, "nominal", 0.9)]
    unselected, selected = (
        build_runs("its leader, he said", 0, 19, mentions, (), selected=actor, cursor=None) for actor in (None, "a")
    )
    assert [run.look for run in unselected] == [Look()]
    assert selected[0] == ("its leader", Look("person", is_selected=True))


def test_an_uncertain_link_looks_uncertain():
    runs = build_runs(
        "its leader, he said", 0, 19, [build_mention(12, 14, "pronoun", 0.6)], (), selected="a", cursor=None
    )
    assert ("he", Look("person", is_selected=True, is_uncertain=True)) in runs


def test_of_mentions_in_each_other_the_selected_one_is_lit():
    inner = Mention(0, 0, 3, "its", "pronoun", "organisation", Link("b", "pronoun", 0.9))
    mentions = [build_mention(0, 10, "nominal", 0.9), inner]
    runs = build_runs("its leader, he said", 0, 19, mentions, (), selected="b", cursor=None)
    assert [run.text for run in runs if run.look.is_selected] == ["its"]
    runs = build_runs("its leader, he said", 0, 19, mentions, (), selected="a", cursor=None)
    assert [run.text for run in runs if run.look.is_selected] == ["its leader"]


def test_why_and_how_sure_is_said_in_words():
    assert describe_link(build_mention(12, 14, "pronoun", 0.6)) == "“he” · nominal · 60 %?"


@pytest.mark.parametrize(("seconds", "said"), [(12.4, "12 s"), (89, "89 s"), (150, "2 min")])
def test_a_duration_is_said_roughly(seconds, said):
    assert describe_duration(seconds) == said


@pytest.mark.parametrize(
    ("width", "line", "shown"),
    [
        (40, "removed, U brings it back: “A headline that goes on and on”", "removed, U brings it back: “A headline…”"),
        (40, "⌫ back to “A headline that goes on” · ¶ 12 · Hakan Fidan", "⌫ back to “A headline…” · ¶ 12"),
        (40, "¶ 1 of 2 · Hakan Fidan 1 of 3 here · “he” · 71 %", "¶ 1 of 2 · Hakan Fidan 1 of 3 here"),
        (40, "the last mention of the United Nations here; } goes on", "the last mention of the Unit…; } goes on"),
        (20, "a line without any part to leave out", "a line without any…"),
        (80, "names only", "names only"),
    ],
)
def test_a_long_status_line_is_shortened_around_the_keys_that_it_names(width, line, shown):
    assert shorten_status(line, width) == shown


@given(st.text(st.sampled_from("ab “”·;中"), max_size=60), st.integers(0, 50))
def test_a_shortened_status_line_fits(line, width):
    assert cell_len(shorten_status(line, width)) <= width
