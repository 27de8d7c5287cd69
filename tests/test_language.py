"""The query language: any string is a query, and a tree prints as the query that is parsed to it again."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import Query, grammar, narrow_query
from search.language import Dated, parse_query
from tests.conftest import root

today = date(2026, 11, 23)  # a Monday

odd_text = st.text(st.one_of(st.characters(), st.sampled_from('abABé½İ "-*:()[]~^\\/+&|!?\x1b\u202e’')), max_size=40)
pieces = st.sampled_from([
    "(", ")", "-", "OR", "title:", "para:(", "actor:", "assad", "Assad", '"Fall of Damascus"', '"a b"~10', "as*",
    "asad~",
    "date:2024", "date:..2023", "since:7d", "is:unread", "is:x", "sort:date", "foo:bar", "foo:(", "http://x.y/z", '"',
    "al-Assad", "U.N.", "~", "*", "x*", "source:voa", "url:a/b", "para:assad", 'date:"last week"', "-(", "title:(",
    'actor:"#bashar-al-assad"', "the", "war",
])  # fmt: skip
queries = st.one_of(odd_text, st.lists(pieces, max_size=12).map(" ".join), st.lists(pieces, max_size=12).map("".join))


@settings(max_examples=1_000)
@given(queries, st.booleans())
def test_a_tree_prints_as_the_query_that_is_parsed_to_it(text, as_you_type):
    parsed = parse_query(text, as_you_type=as_you_type)
    again = parse_query(str(parsed))
    assert (again.node, again.sort) == (parsed.node, parsed.sort)
    assert str(again) == str(parsed)


@given(queries)
def test_what_is_searched_is_safe_for_a_terminal(text):
    parsed = parse_query(text)
    assert not any(ord(letter) < 32 or letter in "\x7f\u202e" for letter in f"{parsed}{parsed.note}")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("assad  damascus", "assad damascus"),
        ("a OR b c", "a OR b c"),
        ("(a b) OR c", "(a b) OR c"),
        ("-(a OR b)", "-(a OR b)"),
        ("--a", "-a"),
        ("((a) b)", "a b"),
        ("a ) b", "a b"),
        ("(a b", "a b"),
        ('"fall of damascus', '"fall of damascus"'),
        ('"rebels damascus"~10', '"rebels damascus"~10'),
        ("al-Assad", "al-Assad"),
        ("title:(war OR peace)", "title:war OR title:peace"),
        ("para:(actor:assad moscow)", "para:(actor:assad moscow)"),
        ("organisation:UN", "org:UN"),
        ('person:"Bashar al-Assad"', 'person:"Bashar al-Assad"'),
        ("kenya sort:old", "kenya sort:old"),
        ("", ""),
        ("OR", "or"),
    ],
)
def test_the_grammar(text, printed):
    assert str(parse_query(text)) == printed


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("date:2024-12-08", date(2024, 12, 8), date(2024, 12, 8)),
        ("date:2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("date:2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("date:2024-12-01..2024-12-08", date(2024, 12, 1), date(2024, 12, 8)),
        ("date:2024-12-08..2024-12-01", date(2024, 12, 1), date(2024, 12, 8)),
        ("date:..2023", None, date(2023, 12, 31)),
        ("date:2023..", date(2023, 1, 1), None),
        ("date:yesterday", date(2026, 11, 22), date(2026, 11, 22)),
        ("date:7d", date(2026, 11, 16), today),
        ("date:2w", date(2026, 11, 9), today),
        ("date:1m", date(2026, 10, 23), today),
        ("date:1y", date(2025, 11, 23), today),
        ("date:99999y", date.min, today),
        ('date:"last week"', date(2026, 11, 16), date(2026, 11, 22)),
        ('date:"this week"', date(2026, 11, 23), date(2026, 11, 29)),
        ('date:"last month"', date(2026, 10, 1), date(2026, 10, 31)),
        ('date:"last year"', date(2025, 1, 1), date(2025, 12, 31)),
        ("since:2024-12", date(2024, 12, 1), None),
        ("until:2024-12", None, date(2024, 12, 31)),
        ("until:yesterday", None, date(2026, 11, 22)),
    ],
)
def test_days_as_people_write_them(text, since, until):
    assert parse_query(text, today=today).node == Dated(since, until)


@pytest.mark.parametrize(
    ("text", "printed", "note"),
    [
        ("foo:bar", "foo-bar", "no field “foo”: searched as a word"),
        ("date:soon", "date-soon", "“date:soon” says nothing: searched as words"),
        ("is:lost", "is-lost", "“is:lost” says nothing: searched as words"),
        ("sort:size", "", "no order “size”: there are date, old, relevance"),
        ("a*", "a", "“a*” is too short: searched as a word"),
        ("ab~", "ab", "“ab~” is too short: searched as a word"),
        ("al-Assad~", "al-Assad", "“al-Assad~”: only one word can end so: searched as words"),
        ("http://x.y", "http-x-y", None),
    ],
)
def test_what_cannot_be_parsed_is_searched_as_words_and_says_so(text, printed, note):
    parsed = parse_query(text)
    assert (str(parsed), parsed.note) == (printed, note)


def test_only_so_many_words_are_searched():
    parsed = parse_query(" ".join(f"word{number}" for number in range(200)))
    assert len(str(parsed).split()) == 64
    assert parsed.note == "only the first 64 words were searched"


def test_readme_has_the_grammar_in_one_table():
    readme = (root / "README.md").read_text("utf-8")
    assert [meaning for _, meaning in grammar if f"| {meaning} |" not in readme] == []
    assert [written for written, _ in grammar if written.split()[0].rstrip(",") not in readme] == []


def test_what_the_table_says_is_understood():
    for written, _ in grammar:
        if "…" not in written:
            assert parse_query(written).note is None


def test_brackets_may_be_deep():
    parsed = parse_query("(" * 500 + "a" + ")" * 500)
    assert parsed.note == "too many brackets in each other: the inner ones were left out"


@pytest.mark.parametrize(
    ("text", "term", "is_excluded", "narrowed"),
    [
        ("presid", "person:#joe-biden", False, "presid* person:#joe-biden"),
        ("war OR peace ", "place:#syria", True, "war OR peace -place:#syria"),
        ("war -place:#syria ", "place:#syria", False, "war place:#syria"),
        ("war place:#syria ", "place:#syria", False, "war place:#syria"),
        ('"fall of', "date:2024-12", False, '"fall of" date:2024-12-01..2024-12-31'),
        ("", "source:VOA", True, "-source:VOA"),
    ],
)
def test_a_query_is_narrowed_by_a_term(text, term, is_excluded, narrowed):
    assert narrow_query(Query(text, as_you_type=True), term, is_excluded=is_excluded) == narrowed
