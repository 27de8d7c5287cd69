"""In the reader: press keys, and check the screen."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from search import Library, Mark, Marks, Query, Searches
from tests import hostile
from tests.pilot import open_reader, wait_for
from tui.settings import Settings, SettingsError
from tui.widgets import CastPanel, ReadingPane, RowList

sizes = pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])


@sizes
async def test_it_opens_with_the_newest_article_first(seeded, size):
    async with open_reader(seeded, size) as reader:
        assert "1 of 17 articles" in reader.status
        assert reader.text.index("Two weeks after") < reader.text.index("The family that left")


@sizes
async def test_a_search_shows_results_as_one_types(seeded, size):
    async with open_reader(seeded, size) as reader:
        await reader.press("slash", "s", "a", "y", "d")
        await reader.wait_for("1 of 1 article for “sayd”")
        assert "The doors of Saydnaya" in reader.text


@sizes
async def test_a_hit_opens_at_its_first_match(seeded, size):
    async with open_reader(seeded, size) as reader:
        await reader.open("captagon")
        assert reader.status.startswith("¶ 3 of 6")
        assert "Captagon" in reader.text


@sizes
async def test_selecting_an_actor_lights_its_mentions_and_counts_them(seeded, size):
    async with open_reader(seeded, size) as reader:
        await reader.open("barbaric regime")
        await reader.press("g")
        await reader.select("Keir Starmer")
        assert reader.status == "¶ 1 of 6 · Keir Starmer 1 of 2 here, 1 of 1 article"
        await reader.press("]")
        assert reader.status == "¶ 5 of 6 · Keir Starmer 2 of 2 here, 1 of 1 article · “Starmer” · surname · 95 %"
        assert "▶" in reader.text


async def test_paragraph_keys_move_the_marker_and_the_cast(seeded):
    async with open_reader(seeded) as reader:
        await reader.open("captagon")
        await reader.press("g")
        assert reader.status.startswith("¶ 1 of 6")
        await reader.press("j", "j")
        assert reader.status.startswith("¶ 3 of 6")
        assert "Maher al-Assad" in reader.text
        await reader.press("k")
        assert "Asma al-Assad" in reader.text
        await reader.press("G")
        assert reader.status.startswith("¶ 6 of 6")


async def test_a_paragraph_longer_than_the_screen_is_read_to_its_end(build_library):
    library = build_library(a="Word and word and so on. " * 150 + "The very end of it.\n\nAnother paragraph.")
    async with open_reader(library.folder, (40, 12)) as reader:
        await reader.press("enter")
        await reader.wait_for("¶ 1 of 2")
        for _ in range(60):
            if "The very end of it." in reader.text.replace("\n   ", " ").replace("\n▌  ", " "):
                break
            await reader.press("j")
        assert reader.status.startswith("¶ 1 of 2")
        await reader.press("j")
        assert reader.status.startswith("¶ 2 of 2")


async def test_the_panel_names_the_words_used_and_selects_by_enter_and_mouse(seeded):
    async with open_reader(seeded) as reader:
        await reader.open("barbaric regime")
        await reader.press("g", "j")
        panel = reader.app.screen.query_one(CastPanel)
        assert "“Rayner”" in reader.text
        await reader.press("right", "enter")
        assert panel.selected == panel._rows[0][0].id
        await reader.pilot.click(CastPanel, offset=(6, 2))
        await reader.press()
        assert panel.selected == panel._rows[1][0].id


async def test_a_click_on_a_mention_selects_its_actor(build_library):
    library = build_library(a="In the evening Hakan Fidan spoke.\n\nNobody heard him say a word.")
    async with open_reader(library.folder) as reader:
        await reader.press("enter")
        await reader.wait_for("¶ 1 of")
        lines = reader.text.splitlines()
        y = next(index for index, line in enumerate(lines) if "▌" in line and "Hakan Fidan spoke" in line)
        await reader.pilot.click(offset=(lines[y].rindex("Hakan") + 2, y))
        await reader.press()
        assert "Hakan Fidan" in reader.status


async def test_release_and_star_and_read_marks(seeded):
    marks = Marks(None)
    async with open_reader(seeded, marks=marks) as reader:
        await reader.press("j", "j", "s")
        assert "starred" in reader.status
        key = reader.app.screen.query_one("#results", RowList).current.key  # type: ignore[union-attr]
        assert marks.read([key])[key] == Mark(is_starred=True)
        await reader.press("enter")
        await wait_for(reader.pilot, lambda: marks.read([key])[key].is_read)
        await reader.press("u", "1", "escape")
        assert not marks.read([key])[key].is_read
        assert "here," not in reader.status


async def test_reading_goes_on_where_it_stopped(seeded):
    marks = Marks(None)
    async with open_reader(seeded, marks=marks) as reader:
        await reader.open("captagon")
        await reader.press("g", "j", "j", "j", "q", "q")
    async with open_reader(seeded, marks=marks) as reader:
        with Library(seeded, recogniser="rules") as library:
            (hit,) = library.search(Query("captagon")).hits
        for _ in range(17):
            if reader.app.screen.query_one("#results", RowList).current.key == hit.summary.id:  # type: ignore[union-attr]
                break
            await reader.press("j")
        await reader.press("enter")
        assert reader.status.startswith("¶ 4 of 6")


async def test_enter_in_the_list_of_actors_chooses_what_was_typed_however_fast(seeded):
    async with open_reader(seeded) as reader:
        await reader.press("a")
        dialog = reader.app.screen
        dialog.query_one(Input).value = "starmer"
        dialog.query_one(Input).post_message(Input.Submitted(dialog.query_one(Input), "starmer"))
        await wait_for(reader.pilot, lambda: reader.app.screen is not dialog)
        await reader.wait_for("Keir Starmer 1 of")


async def test_all_actors_are_listed_narrowed_and_opened(seeded):
    async with open_reader(seeded) as reader:
        await reader.press("a")
        await reader.wait_for("Bashar al-Assad")
        await reader.press(*"lammy")
        await reader.wait_for("David Lammy")
        await reader.press("enter")
        await reader.wait_for("David Lammy 1 of")


async def test_all_mentions_are_listed_and_jumped_to(seeded):
    async with open_reader(seeded) as reader:
        await reader.open("captagon")
        await reader.press("g")
        await reader.select("Bashar al-Assad")
        await reader.press("m")
        await reader.wait_for("mentions of Bashar al-Assad")
        await reader.press("j", "j", "enter")
        await reader.wait_for("Bashar al-Assad 2 of 2 here, 2 of 17 articles")


async def test_help_shows_every_binding(seeded):
    async with open_reader(seeded, (120, 60)) as reader:
        await reader.press("question_mark")
        await reader.wait_for("newscast: keys")
        for name in ("next_match", "next_anywhere", "select_at_cursor", "toggle_cast"):
            assert name in reader.text
        await reader.press(*["space"] * 7)
        for name in ("redraw", "suspend"):
            assert name in reader.text
        await reader.press("escape")
        assert "newscast: keys" not in reader.text


async def test_keys_can_be_remapped(seeded):
    settings = Settings(recogniser="rules", keys={"next": "ctrl+n", "help": "f1"})
    async with open_reader(seeded, settings=settings) as reader:
        await reader.press("ctrl+n")
        assert "2 of 17" in reader.status
        await reader.press("j")
        assert "2 of 17" in reader.status
        assert "^n k move" in reader.text
        await reader.press("f1")
        await reader.wait_for("newscast: keys")


def test_a_key_or_theme_that_does_not_exist_is_an_error(library):
    from tui.app import NewscastApp

    with pytest.raises(SettingsError, match="no key binding"):
        NewscastApp(library, Marks(None), Searches(None), Settings(keys={"nosuch": "x"}))
    with pytest.raises(SettingsError, match="no theme"):
        NewscastApp(library, Marks(None), Searches(None), Settings(theme="nosuch"))


async def test_narrow_list_and_article_are_two_screens_and_q_goes_back(seeded):
    async with open_reader(seeded, (80, 24)) as reader:
        await reader.press("enter")
        await reader.wait_for("¶ 1 of")
        assert "The family that left" not in reader.text
        await reader.press("q")
        assert "The family that left" in reader.text
        await reader.press("q")
        assert not reader.app.is_running or reader.app._exit


async def test_the_cast_can_be_hidden(seeded):
    async with open_reader(seeded, (80, 24)) as reader:
        await reader.press("enter", "c")
        assert not reader.app.screen.query_one(CastPanel).display
        await reader.press("c")
        assert reader.app.screen.query_one(CastPanel).display


async def test_a_resize_keeps_the_paragraph_in_sight(seeded):
    async with open_reader(seeded, (120, 40)) as reader:
        await reader.open("captagon")
        for size in ((60, 20), (40, 10), (200, 60), (80, 24)):
            await reader.pilot.resize_terminal(*size)
            await reader.pilot.pause()
            assert "Captagon" in reader.text


async def test_a_link_is_shown_over_ssh_and_opened_at_home(seeded, monkeypatch):
    opened = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("tui.app.NewscastApp.open_url", lambda self, url: opened.append(url))
    async with open_reader(seeded) as reader:
        await reader.open("baron hotel")
        await reader.press("o")
        assert opened == ["https://harbourmonthly.example/2024/12/20/letter-from-aleppo"]
        monkeypatch.setenv("SSH_CONNECTION", "1")
        await reader.press("o")
        assert len(opened) == 1
        assert opened[0] in reader.status


async def test_a_query_that_is_odd_is_explained(seeded):
    async with open_reader(seeded) as reader:
        await reader.press("slash", *"foo:bar")
        await reader.wait_for("no field “foo”")


async def test_a_library_opened_read_only_is_left_as_it_is(seeded):
    (seeded / "fulltext" / "state.json").unlink()
    async with open_reader(seeded, read_only=True) as reader:
        await reader.search("captagon")
        assert not reader.app.screen.has_class("adding")
    assert not (seeded / "fulltext" / "state.json").exists()


async def test_nothing_found_is_said(seeded):
    async with open_reader(seeded) as reader:
        await reader.press("slash", *"xyzzy")
        await reader.wait_for("no articles for “xyzzy”")


async def test_hostile_text_is_text_in_every_list(tmp_path):
    path = tmp_path / "hostile.txt"
    path.write_bytes(hostile.article.encode("utf-8", "surrogatepass"))
    with Library(tmp_path / "library", recogniser="rules") as library:
        list(library.add([str(path)]))
    async with open_reader(tmp_path / "library") as reader:
        await reader.press("enter")
        await reader.wait_for("[bold]bold[/bold]")
        await reader.press("1", "m", "escape", "a", "escape", "right", "right", "enter")
        await reader.press("slash", *"fidan")
        await reader.wait_for("for “fidan”")


@pytest.mark.parametrize("size", [10, None], ids=["shorter", "of the same size"])
async def test_a_damaged_index_is_mended_while_one_reads(seeded, size):
    for segment in (seeded / "fulltext").glob("*.seg"):
        segment.write_bytes(b"x" * (size or segment.stat().st_size))
    async with open_reader(seeded) as reader:
        await wait_for(reader.pilot, lambda: not reader.app.screen.has_class("adding"), 30)
        await reader.search("saydnaya")
        assert "1 of 1 article" in reader.status


trained = Settings(recogniser="trained")


def by_kind(reader) -> set[str]:
    """Return the kinds of the selected actor's mentions in the current article."""
    return {mention.kind for mention in reader.app.screen.query_one(ReadingPane).mentions}


async def test_the_panel_says_why_and_how_sure(annotated):
    async with open_reader(annotated, settings=trained) as reader:
        await reader.open("barbaric regime")
        await reader.press("g", "j")
        assert "“Rayner” · title · 97 %" in reader.text
        assert "“his deputy” · 95 %" in reader.text  # no room for the reason here
    async with open_reader(annotated, (200, 60), settings=trained) as reader:
        await reader.open("barbaric regime")
        await reader.press("g", "j")
        assert "“his deputy” · nominal · 95 %" in reader.text


async def test_a_mention_is_said_to_mean_somebody_else_and_that_is_taken_back(annotated):
    async with open_reader(annotated, settings=trained) as reader:
        await reader.open("barbaric regime")
        await reader.press("g")
        await reader.select("Keir Starmer")
        await reader.press("]")
        pane = reader.app.screen.query_one(ReadingPane)
        before = pane.mentions
        await reader.press("x")
        assert "“he” unlinked. Press x again to undo" in reader.status
        assert len(pane.mentions) == len(before) - 1
        await reader.press("x")
        assert "“he” linked again" in reader.status
        assert pane.mentions == before


async def test_articles_are_read_while_their_cast_is_found(seeded):
    async with open_reader(seeded, settings=trained) as reader:
        await reader.open("barbaric regime")
        await reader.press("g")
        await reader.select("Keir Starmer")
        await wait_for(reader.pilot, lambda: "pronoun" in by_kind(reader), seconds=60)
        await wait_for(reader.pilot, lambda: not reader.app.screen.has_class("adding"), seconds=60)


@pytest.mark.parametrize("width", [20, 40, 80, 100, 120, 140, 160, 200])
async def test_the_line_of_keys_shows_whole_keys_and_the_most_important_ones_first(seeded, width):
    async with open_reader(seeded, (width, 24)) as reader:
        shown = reader.text.splitlines()[-1].strip()
        keys = ["? help", "q back, quit", "/ search", "enter open", "j k move", "1–9 select", "] [ walk"]
        everything = [f"{key} {what}" for key, what in reader.app.screen.keys.list_in_line()]  # type: ignore[attr-defined]
        assert [item.casefold().replace("⏎", "enter") for item in everything][: len(keys)] == keys
        assert shown.split("   ") == everything[: len(shown.split("   "))]
        assert len(shown.split("   ")) >= {20: 1, 40: 3, 80: 6, 100: 7}.get(width, 8)


async def test_the_help_outlives_a_terminal_of_one_column(seeded):
    async with open_reader(seeded) as reader:
        await reader.press("question_mark")
        await reader.wait_for("newscast: keys")
        await reader.pilot.resize_terminal(1, 1)
        await reader.pilot.resize_terminal(80, 24)
        await reader.wait_for("newscast: keys")


@pytest.mark.parametrize("width", [60, 80, 100, 140])
async def test_the_help_has_no_broken_lines_and_every_name(seeded, width):
    async with open_reader(seeded, (width, 40)) as reader:
        await reader.press("question_mark")
        await reader.wait_for("newscast: keys")
        shown = reader.app.screen.query_one("#help Static").visual.plain.split("\n")  # type: ignore[attr-defined]
        room = reader.app.screen.query_one("#help").scrollable_content_region.width
        assert width == 60 or [line for line in shown if len(line) > room] == []
        for name in ("next_match", "select_1 … select_9", "wider", "close_help"):
            assert [line for line in shown if line.rstrip().endswith(name)]
