"""How the reader looks. `make snapshots` takes the pictures anew; look at them before you commit them."""

from __future__ import annotations

import pytest

from search import Library, Marks
from tui.app import NewscastApp
from tui.settings import Settings


@pytest.fixture
def app(seeded):
    with Library(seeded) as library:
        yield NewscastApp(library, Marks(None), Settings())


reading = ["slash", *"captagon", "enter", "wait:300", "g", "tab", "tab", "wait:300"]


@pytest.mark.parametrize(("name", "size"), [("narrow", (80, 24)), ("middle", (120, 40)), ("wide", (200, 60))])
def test_an_article_with_a_taken_actor(snap_compare, app, name, size):
    assert snap_compare(app, press=reading, terminal_size=size)


def test_the_list(snap_compare, app):
    assert snap_compare(app, press=["j", "j", "wait:300"], terminal_size=(80, 24))


def test_a_search(snap_compare, app):
    assert snap_compare(app, press=["slash", *"russia", "wait:500"], terminal_size=(120, 40))


def test_help(snap_compare, app):
    assert snap_compare(app, press=["question_mark", "wait:300"], terminal_size=(120, 60))
