"""Searching in the reader: what narrows the results, what was asked before, what is saved; the newest letter wins."""

from __future__ import annotations

import time

import pytest

from search import Library, Marks, Query, Searches
from tests.pilot import Reader, open_reader, wait_for
from tui.render import build_months_line
from tui.widgets import FacetList, ReadingPane, RowList, SearchBar


def results(reader: Reader) -> RowList:
    return reader.app.screen.query_one("#results", RowList)


def facets(reader: Reader) -> FacetList:
    return reader.app.screen.query_one(FacetList)


def query(reader: Reader) -> str:
    return reader.app.screen.query_one(SearchBar).value


async def type_text(reader: Reader, text: str) -> None:
    await reader.press(*("space" if letter == " " else letter for letter in text))


async def go_to_facet(reader: Reader, term: str) -> None:
    """Put the marker on a term."""
    await wait_for(reader.pilot, lambda: term in [row.key for row in facets(reader)._rows.values()])
    rows = facets(reader)._rows
    target = next(index for index, row in rows.items() if row.key == term)
    while facets(reader).index != target:
        await reader.press("j" if facets(reader).index < target else "k")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_enter_on_a_facet_narrows_and_minus_excludes(seeded, size):
    with Library(seeded, recogniser="rules") as library:
        wanted = {facet.key: facet.count for facet in library.facets(Query("syria", as_you_type=True)).places}
    async with open_reader(seeded, size) as reader:
        await reader.search("syria")
        everything = results(reader).count
        await reader.press("f")
        await go_to_facet(reader, "place:#russia")
        await reader.press("enter")
        await wait_for(reader.pilot, lambda: results(reader).count == wanted["russia"])
        assert query(reader) == "syria* place:#russia "
        await go_to_facet(reader, "place:#russia")
        await reader.press("minus")
        await wait_for(reader.pilot, lambda: results(reader).count == everything - wanted["russia"])
        assert query(reader) == "syria* -place:#russia "
        await reader.press("q")
        assert reader.app.focused is results(reader)
        assert not facets(reader).display


async def test_a_facet_is_put_behind_what_was_typed(seeded):
    searches = Searches(None)
    searches.save("open", '"fall of')
    async with open_reader(seeded, searches=searches) as reader:
        await reader.search("@open since:999w NOT (modi")
        await reader.press("f")
        await go_to_facet(reader, "place:#syria")
        await reader.press("enter")
        await wait_for(reader.pilot, lambda: "place" in query(reader))
        assert query(reader) == "@open since:999w NOT (modi*) place:#syria "
        await reader.wait_for("for “@open since:999w NOT (modi*) place:#syria”")
        assert results(reader).count > 0


async def test_a_saved_search_that_leads_back_to_itself_is_said_and_listed(seeded):
    searches = Searches(None)
    searches.save("round", "syria @round")
    searches.save("open", '"fall of')
    async with open_reader(seeded, searches=searches) as reader:
        await reader.press("slash")
        await type_text(reader, "@round ")
        await reader.wait_for("@round → @round: these searches")
        await reader.press("escape", "at")
        await reader.wait_for("0 unread of 0 · syria @round")
        with Library(seeded, read_only=True) as library:
            total = library.search(Query('"fall of"')).total
        await reader.wait_for(f'{total} unread of {total} · "fall of')


async def test_what_a_query_of_another_search_engine_means_is_found(seeded):
    async with open_reader(seeded) as reader:
        with Library(seeded, read_only=True) as library:
            without = library.search(Query("-syria")).total
        await reader.press("slash")
        await type_text(reader, "NOT syria ")
        await reader.wait_for(f"of {without} articles for “NOT syria”")
        await type_text(reader, "AND asylum OR homs ")
        await reader.wait_for("OR binds before AND; use brackets to change that")


async def test_a_line_of_months_says_when(seeded):
    async with open_reader(seeded) as reader:
        assert "█" not in reader.text
        await reader.search("syria")
        await reader.wait_for(" 2024-11 ▂█ 2024-12")


@pytest.mark.parametrize(
    ("months", "line"),
    [
        ([], ""),
        ([("2024-12", 3)], " 2024-12 █"),
        ([("2024-10", 8), ("2024-12", 1)], " 2024-10 █ ▁ 2024-12"),
        ([("2000-01", 1), ("2024-12", 2)], " 2000-01 ▄                    █ 2024-12"),
    ],
)
def test_months_are_bars_as_high_as_their_articles_are_many(months, line):
    assert build_months_line(months, 40) == line


async def test_a_misspelt_word_is_corrected_by_tab(seeded):
    async with open_reader(seeded) as reader:
        await reader.press("slash")
        await type_text(reader, "damascsu")
        await reader.wait_for("did you mean damascus? Tab")
        await reader.press("tab")
        await reader.wait_for("for “damascus”")
        assert results(reader).count > 1


async def test_an_odd_query_says_what_was_made_of_it(seeded):
    async with open_reader(seeded) as reader:
        await reader.press("slash")
        await type_text(reader, "foo:syria")
        await reader.wait_for("no field “foo”: searched as a word")


async def test_up_in_the_search_bar_brings_back_what_was_asked(seeded):
    searches = Searches(None)
    async with open_reader(seeded, searches=searches) as reader:
        await reader.open("captagon")
        await reader.press("q", "slash")
        await type_text(reader, "asylum")
        await reader.press("enter")
        await reader.wait_for("¶ ")
        await reader.press("q", "slash")
        await reader.press("up")
        assert query(reader) == "captagon"
        await reader.press("down")
        assert query(reader) == "asylum"
        await reader.press("down")
        assert reader.app.focused is results(reader)
    assert searches.list_history() == ["asylum", "captagon"]


async def test_a_search_is_saved_under_a_name_and_asked_again(seeded):
    searches = Searches(None)
    async with open_reader(seeded, searches=searches) as reader:
        await reader.search("captagon OR asylum")
        total = results(reader).count
        await reader.press("at", "s")
        await type_text(reader, "drugs")
        await reader.press("enter")
        await reader.wait_for("saved as @drugs")
        await reader.wait_for(f"{total} unread of {total} · captagon OR asylum*")
        await reader.press("d")
        await reader.wait_for("@drugs deleted. Press u to undo")
        assert searches.list_saved() == []
        await reader.press("u")
        await reader.wait_for("@drugs is back")
        await reader.press("enter")
        await reader.wait_for(f"1 of {total} articles for “@drugs”")


async def test_a_query_with_brackets_may_be_saved(seeded):
    async with open_reader(seeded) as reader:
        await reader.press("slash")
        for letter in 'url:"[/x][b]"':
            await reader.pilot.press({"[": "left_square_bracket", "]": "right_square_bracket"}.get(letter, letter))
        await reader.wait_for('for “url:"[/x][b]"”')
        await reader.press("escape", "at", "s")
        await reader.wait_for('a name for url:"[/x][b]"')


async def test_an_unknown_saved_search_is_said_to_be_none(seeded):
    async with open_reader(seeded) as reader:
        await reader.press("slash")
        await type_text(reader, "@nosuch")
        await reader.wait_for("no saved search “nosuch”")


async def test_what_is_read_is_no_longer_among_the_unread(seeded):
    marks = Marks(None)
    async with open_reader(seeded, marks=marks) as reader:
        await reader.search("is:unread")
        before = results(reader).count
        await reader.press("enter")
        await reader.wait_for("¶ 1")
        await reader.press("q", "q")
        await reader.search("is:unread")
        assert results(reader).count == before - 1
        await reader.press("q")
        await reader.search("is:read")
        assert results(reader).count == 1


async def test_an_older_answer_never_paints_over_a_newer_one(seeded, monkeypatch):
    answer = Library.search
    came: list[str] = []

    def hesitate(self, asked, *arguments, **options):
        found = answer(self, asked, *arguments, **options)
        if asked.text == "as":
            time.sleep(0.5)
        came.append(asked.text)
        return found

    monkeypatch.setattr(Library, "search", hesitate)
    async with open_reader(seeded) as reader:
        bar = reader.app.screen.query_one(SearchBar)
        await reader.pilot.press("slash")
        bar.value = "as"  # quicker than anybody types
        await reader.pilot.pause(0.1)
        bar.value = "captagon"
        await reader.wait_for("1 article for “captagon”")
        await wait_for(reader.pilot, lambda: "as" in came)
        await reader.pilot.pause(0.2)
        assert came.index("as") > came.index("captagon")
        assert results(reader).count == 1
        assert "1 article for “captagon”" in reader.text


async def test_scrolling_fetches_what_the_list_shows_and_no_more(build_library, monkeypatch):
    library = build_library(**{f"article{number:03}": f"Article {number}\n\nThe text of it." for number in range(300)})
    library.close()
    asked: list[tuple[int, int]] = []
    answer = Library.search

    def note(self, query, offset=0, limit=20, **options):
        asked.append((offset, limit))
        return answer(self, query, offset, limit, **options)

    monkeypatch.setattr(Library, "search", note)
    async with open_reader(library.folder, (120, 40)) as reader:
        shown = results(reader).rows_in_sight + 1
        asked.clear()
        await reader.press("G")
        await wait_for(reader.pilot, lambda: results(reader).current)
        assert asked == [(300 - shown, shown)] or asked == [(300 - shown + 1, shown - 1)]


async def test_an_article_opens_at_its_best_match(build_library):
    filler = "\n\n".join(f"Paragraph {number} of a long text, in which nothing happens." for number in range(40))
    text = f"A title\n\nThe harbour is quiet.\n\n{filler}\n\nIn the harbour of Tartus a fleet left.\n\n{filler}"
    library = build_library(a=text)
    library.close()
    async with open_reader(library.folder) as reader:
        await reader.open("harbour fleet")
        await reader.wait_for("a fleet left")
        assert reader.app.screen.query_one(ReadingPane).article.paragraph == 41
        await reader.press("N", "N")
        assert reader.app.screen.query_one(ReadingPane).article.paragraph == 0


async def test_a_slash_begins_a_new_query_and_an_arrow_key_goes_on_with_the_old_one(seeded):
    async with open_reader(seeded) as reader:
        await reader.search("captagon")
        await reader.press("slash")
        await type_text(reader, "asylum")
        assert query(reader) == "asylum"
        await reader.press("escape", "slash", "end")
        await type_text(reader, " x")
        assert query(reader) == "asylum x"
        await reader.press("escape", "slash", "escape")
        assert query(reader) == "asylum x"
        await reader.press("slash", "slash")
        assert query(reader) == "/"


async def test_the_saved_searches_do_with_s_what_they_say_of_it(seeded):
    async with open_reader(seeded) as reader:
        await reader.search("captagon")
        await reader.press("at")
        await reader.wait_for("no saved searches yet: s saves the present search")
        await reader.press("s")
        await reader.wait_for("a name for captagon")
        await reader.press("s", "s", "escape")
        await reader.wait_for("no saved searches yet")
        await reader.press("s", "home", "x", "enter")
        await reader.wait_for("saved as @xss")
        await reader.wait_for("@xss")
        await reader.press("escape", "slash", "backspace", "escape", "at")
        await reader.wait_for("Enter searches, d deletes one")
        await reader.press("s")
        await reader.wait_for("there is no search to save: press / first")


async def test_facets_keep_the_query_as_it_was_typed(seeded):
    searches = Searches(None)
    searches.save("drugs", "captagon OR asylum")
    async with open_reader(seeded, searches=searches) as reader:
        await reader.search("@drugs")
        await reader.press("f")
        await go_to_facet(reader, "place:#syria")
        await reader.press("enter")
        await reader.wait_for("for “@drugs place:#syria”")
        assert query(reader) == "@drugs place:#syria "


async def test_two_facets_in_quick_succession_both_narrow(seeded):
    async with open_reader(seeded) as reader:
        await reader.press("f")
        await go_to_facet(reader, "place:#syria")
        for _ in range(2):  # before the answer to the first has come
            facets(reader).action_choose()
            facets(reader).action_move(1)
        await reader.press()
        assert query(reader).startswith("place:#syria place:#")


def find_lit(reader: Reader, word: str, line: str) -> bool:
    """Is that word, on the line of the screen that holds the other words, underlined?"""
    strips = reader.app.screen._compositor.render_strips()
    found = [strip for strip in strips if line in strip.text]
    lit = [bool(run.style and run.style.underline) for strip in found for run in strip if word in run.text]
    return bool(lit) and all(lit)


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
@pytest.mark.parametrize("asked", ["doors", "title:doors"])
async def test_a_match_in_the_title_is_lit_in_the_list_and_above_the_article(seeded, size, asked):
    async with open_reader(seeded, size) as reader:
        await reader.search(asked)
        assert find_lit(reader, "doors", "▌● The doors of Saydnaya")
        await reader.press("enter")
        await reader.wait_for("¶ ")
        await reader.press("g")
        assert find_lit(reader, "doors", "   The doors of Saydnaya"), reader.text
        await reader.press("q", "slash", "backspace")
        await reader.wait_for("of 17 articles")
        await reader.wait_for("The doors of Saydnaya")
        assert not find_lit(reader, "doors", "The doors of Saydnaya")


@pytest.mark.parametrize("asked", ["", "syria"])
@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_back_after_a_restart_brings_the_list_along(seeded, size, asked):
    marks = Marks(None)
    async with open_reader(seeded, size, marks=marks) as reader:
        if asked:
            await reader.search(asked)
        await reader.press("j", "j", "j", "enter")
        await reader.wait_for("¶ ")
        key = results(reader).current.key  # type: ignore[union-attr]
    async with open_reader(seeded, size, marks=marks) as reader:
        await reader.wait_for("back to “")
        await reader.press("backspace")
        await reader.wait_for("¶ ")
        assert results(reader).current.key == key  # type: ignore[union-attr]
        await reader.press("q")
        assert reader.status.startswith("4 of " if size[0] == 80 else "¶ ")
