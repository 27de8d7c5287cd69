"""The controllers, each without a screen: see `tests.view`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from search import FullTextDamagedError, Library, Marks, Query
from tests.pilot import open_reader
from tests.view import Controllers
from tui.controllers.opening import OpeningPosition
from tui.screens.bindings import bind_controllers

if TYPE_CHECKING:
    pass


@pytest.fixture
async def controllers(library):
    return Controllers(library)


async def test_an_answer_that_comes_after_a_later_question_is_dropped(controllers, monkeypatch):
    search, may_go_on = controllers.listing.search, asyncio.Event()

    async def answer_slowly(query, limit):
        if query.text == "homs":
            await may_go_on.wait()
        return await search(query, limit)

    monkeypatch.setattr(controllers.listing, "search", answer_slowly)
    early = asyncio.ensure_future(controllers.search.search("homs"))
    await asyncio.sleep(0)
    await controllers.search.search("ankara")
    titles = [row.title for row in controllers.rows.known.values()]
    may_go_on.set()
    await early
    assert controllers.listing.typed == "ankara"
    assert [row.title for row in controllers.rows.known.values()] == titles


async def test_a_search_previews_its_first_result_only_where_the_article_is_on_the_screen(controllers):
    controllers.view.panes.takes_turns = True
    await controllers.search.search("")
    assert controllers.pane.document is not None  # the first article is ready below the list
    shown = controllers.pane.document
    await controllers.search.search("ankara")
    assert controllers.pane.document is shown
    controllers.view.panes.takes_turns = False
    await controllers.search.search("homs")
    assert controllers.pane.document.id == controllers.rows.known[0].key


async def test_the_walk_goes_on_into_other_articles_and_says_where_it_ends(controllers):
    await controllers.open("saydnaya")
    actor = next(each.id for each in controllers.pane.cast.actors.values() if each.name == "Bashar al-Assad")
    controllers.selection.select(actor)
    await controllers.view.finish()
    visited = [controllers.pane.document.id]
    for _ in range(500):
        controllers.selection.action_walk_on(1)
        await controllers.view.finish()
        if "no later article" in controllers.said:
            break
        if controllers.pane.document.id != visited[-1]:
            visited.append(controllers.pane.document.id)
    assert "<previous_anywhere> goes back" in controllers.said
    assert len(visited) > 1
    assert len(visited) == len(set(visited))


async def test_walking_without_a_selected_actor_says_which_keys_select_one(controllers):
    await controllers.open("saydnaya")
    controllers.selection.action_walk(1)
    assert controllers.said.startswith("no actor is selected")


async def test_back_returns_to_the_position_and_forward_again(controllers, library):
    await controllers.open("saydnaya")
    controllers.pane.article.paragraph = 2
    here = controllers.reading.find_position()
    other = library.search(Query("ankara")).hits[0].summary.id
    controllers.reading.jump(other, OpeningPosition("saved"))
    await controllers.view.finish()
    there = controllers.reading.find_position()
    controllers.reading.go_back()
    await controllers.view.finish()
    assert controllers.reading.find_position() == here
    controllers.reading.action_go_forward()
    await controllers.view.finish()
    assert controllers.reading.find_position().document == there.document


def add_one(library, folder):
    """Somebody else adds the newest article of all."""
    (folder / "more.txt").write_text("Harbour opens\n2031-05-01\n\nThe harbour of Elmsworth opens on Monday.\n")
    for _ in library.add([str(folder / "more.txt")]):
        pass


async def test_what_others_add_is_counted_and_does_not_move_the_current_row(controllers, library, tmp_path):
    await controllers.search.search("")
    await controllers.live_updates.begin()
    controllers.rows.index = 3
    current = controllers.rows.current.key
    add_one(library, tmp_path)
    controllers.live_updates.look()
    await controllers.view.finish()
    assert controllers.view.line.noted == "1 new"
    assert controllers.rows.current.key == current
    assert controllers.rows.index == 4
    controllers.live_updates.note_pointed(0)
    assert controllers.view.line.noted == ""


async def test_an_article_that_is_removed_while_it_is_read_leaves_the_list_in_front_and_is_not_news(controllers):
    await controllers.search.search("")
    await controllers.live_updates.begin()
    total = controllers.rows.count
    await controllers.open("ankara")
    controllers.view.panes.takes_turns = True
    await controllers.search.search("")
    controllers.view.panes.is_list_focused = False
    controllers.removing.action_remove()
    await controllers.view.finish()
    assert "<undo_remove> brings it back" in controllers.said
    assert controllers.view.panes.is_list_focused
    assert controllers.reading.is_preview  # no key goes back to it
    assert controllers.rows.count == total - 1
    controllers.removing.action_undo_remove()
    await controllers.view.finish()
    assert controllers.said.endswith("back in the library")
    assert (controllers.rows.count, controllers.view.line.noted) == (total, "")


async def test_after_a_removal_of_ones_own_what_others_add_is_still_counted(controllers, library, tmp_path):
    await controllers.search.search("")
    await controllers.live_updates.begin()
    controllers.removing.action_remove()
    await controllers.view.finish()
    add_one(library, tmp_path)
    controllers.live_updates.look()
    await controllers.view.finish()
    assert controllers.view.line.noted == "1 new"


async def test_a_star_is_put_on_the_article_that_has_the_keys(controllers):
    await controllers.open("ankara")
    controllers.view.panes.takes_turns = True
    await controllers.search.search("homs")
    read, listed = controllers.pane.document.id, controllers.rows.current.key
    controllers.view.panes.is_list_focused = True
    controllers.articles.action_star()
    await controllers.view.finish()
    assert (controllers.rows.current.glyph, controllers.said) == ("★", "starred")
    assert controllers.articles.find_document() == listed
    controllers.view.panes.is_list_focused = False
    assert controllers.articles.find_document() == read
    assert read != listed


async def test_a_damaged_index_of_a_library_that_is_read_only_is_told_with_what_mends_it(seeded):
    with Library(seeded, read_only=True, recogniser="rules") as library:
        controllers = Controllers(library)
        controllers.adding.meet(FullTextDamagedError("damaged"))
        assert "newscast doctor --repair" in controllers.said
        assert not controllers.view.is_adding


async def test_the_next_session_offers_the_position_of_the_last_one(library, tmp_path):
    marks = Marks(tmp_path / "reader.db")
    last = Controllers(library, marks)
    await last.open("saydnaya")
    last.pane.article.paragraph = 2
    last.last_visit.note()
    await last.view.finish()
    following = Controllers(library, marks)
    await following.search.search("")
    await following.last_visit.offer_return()
    assert following.said.startswith("<back> back to “")
    following.last_visit.action_go_back()
    await following.view.finish()
    assert following.view.bar.value == "saydnaya"
    assert following.reading.find_position() == last.reading.find_position()
    marks.close()


async def test_every_key_calls_an_action_of_a_controller_that_the_screen_has(seeded):
    async with open_reader(seeded) as reader:
        for binding in bind_controllers():
            name, action = binding.action.removeprefix("control('").split("'")[0], binding.action.split("'")[3]
            assert callable(getattr(getattr(reader.app.screen, name), f"action_{action}")), binding
