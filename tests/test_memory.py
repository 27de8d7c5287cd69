"""What a process does so that its forks share as much of its memory as can be."""

from __future__ import annotations

from types import FunctionType

from tui.serving.memory import fill_holes, gather, note_calls
from tui.serving.rehearsal import rehearse
from tui.settings import Settings
from tui.setup import Setup


def make_functions(count):
    functions = []
    for number in range(count):
        names: dict[str, FunctionType] = {}
        exec(
            f"def add(value, _={number}):\n    def within():\n        return value + {number}\n    return within()",
            names,
        )
        functions.append(names["add"])
    return functions


def measure_span(functions):
    places = [id(function.__code__) for function in functions]
    return max(places) - min(places)


def test_the_calls_of_a_run_are_noted_in_their_order():
    def first():
        return 1

    def second():
        return first() + 1

    assert note_calls(lambda: (second(), first()))[-2:] == [second.__code__, first.__code__]


def test_what_is_gathered_lies_close_together_and_does_what_it_did():
    functions = make_functions(2_000)
    called = functions[::50]
    spread = measure_span(called)
    gather(note_calls(lambda: [function(1) for function in called]))
    assert measure_span(called) < spread / 4
    assert [function(1) for function in called] == list(range(1, 2_000, 50))


def test_what_was_not_called_stays_where_it_is():
    called, other = make_functions(2)
    before = id(other.__code__)
    gather(note_calls(lambda: called(1)))
    assert id(other.__code__) == before


def test_nothing_new_goes_between_what_is_there():
    there = [bytes(200) for _ in range(20_000)]
    del there[::2]
    pages = {id(each) >> 12 for each in there}
    filling = fill_holes()
    made = [bytes(200) for _ in range(5_000)]
    assert not {id(each) >> 12 for each in made} & pages
    assert filling


def test_a_rehearsal_that_fails_says_why_and_stops_nothing(tmp_path):
    setup = Setup(Settings(recogniser="rules"), tmp_path / "none", tmp_path / "reader.db")
    assert "no library in" in (rehearse(setup) or "")
