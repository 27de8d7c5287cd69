"""The query language: any string is a query, and a tree prints as the query that is parsed to it again."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import Query, grammar, narrow_query
from search.errors import SavedSearchError
from search.query import All, Dated, Words, close_query, expand_saved, parse_query
from search.query.syntax import join_all
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
    ("text", "printed"),
    [
        ("war NOT peace", "war -peace"),
        ("NOT war", "-war"),
        ("war AND NOT peace", "war -peace"),
        ("war OR NOT peace", "war OR -peace"),
        ("NOT (war OR peace)", "-(war OR peace)"),
        ("NOT -war", "war"),
        ("NOT NOT war", "war"),
        ("war !peace", "war -peace"),
        ("!(war peace)", "-(war peace)"),
        ("war \u2212peace", "war -peace"),
        ("war -peace", "war -peace"),
        ("war AND peace", "war peace"),
        ("war && peace", "war peace"),
        ("war&&peace", "war peace"),
        ("+war +actor:assad", "war actor:assad"),
        ("war | peace", "war OR peace"),
        ("war || peace", "war OR peace"),
        ("war|peace|truce", "war OR peace OR truce"),
        ("source:bbc|voa", "source:bbc OR source:voa"),
        ("title:war|peace homs", "title:war OR title:peace homs"),
        ("(war AND peace) OR homs", "(war peace) OR homs"),
        ("“fall of damascus”", '"fall of damascus"'),
        ("AT&T", "AT-T"),
        ("war NOT", "war"),
        ("war AND", "war"),
        ("| war", "war"),
        ("title:NOT", "title:not"),
        ("a OR b) OR c", "a OR b OR c"),
    ],
)
def test_operators_of_other_search_engines_are_understood(text, printed):
    parsed = parse_query(text)
    assert (str(parsed), parsed.note) == (printed, None)


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
        ("a AND b OR c", "a b OR c", "OR binds before AND; use brackets to change that"),
        ("AND war", "and war", "nothing stands before AND: searched as a word"),
        (
            "a NEAR/5 b",
            "a NEAR-5 b",
            '“NEAR/5” was searched as words: "rebels damascus"~10 finds words near each other',
        ),
        ("wom*n", "wom-n", "“wom*n”: * ends a word, and ? is none: searched as words"),
        ('"a b"~99999', '"a b"~1000', "words are looked for within 1,000 of each other at most"),
    ],
)
def test_what_cannot_be_parsed_is_searched_as_words_and_says_so(text, printed, note):
    parsed = parse_query(text)
    assert (str(parsed), parsed.note) == (printed, note)


def test_only_so_many_words_are_searched():
    parsed = parse_query(" ".join(f"word{number}" for number in range(200)))
    assert len(str(parsed).split()) == 64
    assert parsed.note == "only the first 64 words were searched"


def test_only_so_many_words_of_phrases_are_searched():
    parsed = parse_query('"' + "the " * 900 + '" war')
    assert len(str(parsed).split()) == 256
    assert parsed.note == "only the first 256 words of the phrases were searched"


def test_a_query_is_read_up_to_a_length_and_says_so():
    assert parse_query("war" + " " * 10_000 + "peace").note == "only the first 4,000 characters were read"


def test_the_note_stays_half_a_line():
    parsed = parse_query(" ".join(f"field{'x' * 60}{chr(97 + number)}:word" for number in range(20)))
    assert len(parsed.note or "") <= 300


@given(queries, queries)
def test_a_closed_query_means_the_same_and_lets_more_be_put_after_it(text, more):
    closed = parse_query(close_query(text))
    assert (closed.node, closed.sort) == (parse_query(text).node, parse_query(text).sort)
    both = parse_query(f"({close_query(text)}) (sort:old {close_query(more)} title:behind)")
    last = both.node.nodes[-1] if isinstance(both.node, All) else both.node
    assert last == Words(("behind",), in_title=True)


@given(queries, st.sampled_from(["place:#syria", 'source:"Voice of America"', "date:2024-12"]), st.booleans())
def test_narrowing_adds_a_term_and_changes_nothing_else(text, term, is_excluded):
    narrowed = parse_query(narrow_query(Query(text, as_you_type=True), term, is_excluded=is_excluded))
    wanted = parse_query(f"-{term}" if is_excluded else term).node
    before = parse_query(text, as_you_type=True)
    kept = before.node.nodes if isinstance(before.node, All) else (before.node,) if before.node else ()
    assert wanted is not None
    assert narrowed.node == join_all([*kept, wanted])
    assert narrowed.sort == before.sort


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("@drugs", "captagon OR asylum"),
        (" @drugs ", "captagon OR asylum"),
        ("-@drugs", "-(captagon OR asylum)"),
        ("NOT @drugs", "NOT (captagon OR asylum)"),
        ("(@drugs syria)", "((captagon OR asylum) syria)"),
        ("para:(@drugs)", "para:((captagon OR asylum))"),
        ("title:@drugs", "title:(captagon OR asylum)"),
        ("@open syria", '("fall of") syria'),
        ("@nested", "(captagon OR asylum) -(captagon OR asylum)"),
        ('"@drugs"', '"@drugs"'),
        ("me@drugs source:@drugs", "me@drugs source:@drugs"),
    ],
)
def test_a_saved_search_is_expanded_wherever_it_stands(text, expanded):
    saved = {"drugs": "captagon OR asylum", "open": '"fall of', "nested": "@drugs -@drugs"}
    assert expand_saved(text, saved) == expanded


@pytest.mark.parametrize(
    ("saved", "message"),
    [
        ({"a": "x @a"}, "@a → @a"),
        ({"a": "-@b", "b": "(@c", "c": "@b"}, "@b → @c → @b"),
        ({"a": "@b @b", **{chr(98 + at): f"@{chr(99 + at)} @{chr(99 + at)} war" for at in range(20)}}, "deep"),
        ({"a": "@b @b @b @b", "b": "@c @c @c @c", "c": "war " * 500}, "is longer than 4,000 characters"),
    ],
)
def test_saved_searches_that_lead_nowhere_are_one_clear_line(saved, message):
    with pytest.raises(SavedSearchError, match=re.escape(message)) as error:
        expand_saved("@a", saved)
    assert "\n" not in str(error.value)


def test_the_manual_has_the_grammar_in_one_table():
    page = (root / "docs" / "queries.md").read_text("utf-8")
    assert [meaning for _, meaning in grammar if f"| {meaning} |" not in page.replace("\\|", "|")] == []
    assert [written for written, _ in grammar if written.split()[0].rstrip(",") not in page] == []


def test_what_the_table_says_is_understood():
    for written, _ in grammar:
        if "…" not in written:
            assert parse_query(written).note is None


def test_brackets_may_be_deep():
    parsed = parse_query("(" * 500 + "a" + ")" * 500)
    assert parsed.note == "brackets nested too deep: the inner ones were ignored"


@pytest.mark.parametrize(
    ("text", "term", "is_excluded", "narrowed"),
    [
        ("presid", "person:#joe-biden", False, "presid* person:#joe-biden"),
        ("war OR peace ", "place:#syria", True, "war OR peace -place:#syria"),
        ("war -place:#syria ", "place:#syria", False, "war place:#syria"),
        ("war place:#syria ", "place:#syria", False, "war place:#syria"),
        ('"fall of', "date:2024-12", False, '"fall of" date:2024-12'),
        ("-war  date:7d (ab", "source:VOA", False, "-war  date:7d (ab*) source:VOA"),
        ("@drugs", "place:#syria", False, "@drugs place:#syria"),
        ("-@drugs ", "place:#syria", True, "-@drugs -place:#syria"),
        ("war OR ", "place:#syria", False, "war place:#syria"),
        ("NOT war AND peace ", "place:#syria", False, "NOT war AND peace place:#syria"),
        ("“fall of damascus", "place:#syria", False, '"fall of damascus" place:#syria'),
        ("war -place:#syria ", "", False, "war -place:#syria"),
        ("", "source:VOA", True, "-source:VOA"),
    ],
)
def test_a_query_is_narrowed_by_a_term(text, term, is_excluded, narrowed):
    assert narrow_query(Query(text, as_you_type=True), term, is_excluded=is_excluded) == narrowed


def test_an_operator_alone_is_a_word_and_the_note_says_so():
    assert parse_query("NOT").note == "nothing stands after NOT: searched as a word"
    assert parse_query("OR").note == "nothing stands before OR: searched as a word"
