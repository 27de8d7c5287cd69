"""Pictures of the reader. `make snapshots` updates them; look at them before you commit them."""

from __future__ import annotations

import pytest

from search import Library, Marks, Searches
from tests.pilot import screen_text, wait_for
from tui.app import NewscastApp
from tui.settings import Settings


@pytest.fixture
def app(seeded):
    with Library(seeded, recogniser="rules") as library:
        yield NewscastApp(library, Marks(None), Searches(None), Settings(recogniser="rules"))


def until(*keys: str, shows: str):
    """Return a function that presses keys and waits until the screen shows a text."""

    async def press(pilot):
        await wait_for(pilot, lambda: "of 17 articles" in screen_text(pilot.app) or "¶" in screen_text(pilot.app))
        await pilot.press(*keys)
        await wait_for(pilot, lambda: shows in screen_text(pilot.app))
        await pilot.pause()

    return press


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["narrow", "middle", "wide"])
def test_an_article_with_a_selected_actor(snap_compare, app, size):
    reading = until("slash", *"captagon", "enter", shows="¶ 3 of 6")

    async def select(pilot):
        await reading(pilot)
        await until("g", "tab", "tab", shows="Bashar al-Assad 1 of 1 here")(pilot)

    assert snap_compare(app, run_before=select, terminal_size=size)


def test_the_list(snap_compare, app):
    assert snap_compare(app, run_before=until("j", "j", shows="3 of 17 articles"), terminal_size=(80, 24))


def test_a_search(snap_compare, app):
    found = until("slash", *"captagon", shows="2024-12 █")
    assert snap_compare(app, run_before=found, terminal_size=(120, 40))


def test_help(snap_compare, app):
    assert snap_compare(app, run_before=until("question_mark", shows="newscast: keys"), terminal_size=(120, 60))
