"""In the reader: what goes wrong is a line, the place is kept, and reading goes on."""

from __future__ import annotations

import asyncio
import shutil
from threading import Event

import pytest
from textual import events

from search import Cast, Library, Marks, Query
from search.store import WriterLock
from tests.pilot import open_reader, wait_for
from tui.controllers.refusals import Refusals
from tui.crash_log import CrashLog
from tui.screens.reader import ReaderScreen
from tui.screens.refusals import RefusalsScreen
from tui.widgets import Article, CastPanel, ReadingPane, RowList, SearchBar


def remove(folder, title):
    """Another process removes an article; its id."""
    with Library(folder, recogniser="rules") as library:
        (hit, *_) = library.search(Query(f'title:"{title}"')).hits
        library.remove([hit.summary.id])
        return hit.summary.id


async def test_an_index_that_vanishes_is_built_again_and_the_search_repeated(seeded):
    async with open_reader(seeded) as reader:
        await reader.search("homs")
        shutil.rmtree(seeded / "fulltext")
        await reader.search("homs hama")


async def test_the_article_that_is_read_stays_when_the_index_was_built_again(seeded):
    async with open_reader(seeded) as reader:
        await reader.open("damascus")
        await reader.press("G")
        document = reader.document
        shutil.rmtree(seeded / "fulltext")
        await reader.press("n")
        await wait_for(reader.pilot, (seeded / "fulltext" / "state.json").exists)
        await wait_for(reader.pilot, lambda: not reader.app.screen.has_class("adding"))
        await reader.press()
        assert reader.document is document


async def test_a_damaged_index_that_may_not_be_mended_is_a_line(seeded):
    async with open_reader(seeded, read_only=True) as reader:
        await reader.press("j", "j")
        shutil.rmtree(seeded / "fulltext")
        await reader.press("slash", *"saydnaya")
        await reader.wait_for("newscast doctor --repair")
        await reader.press("escape", "j")
        assert "4 of 17" in reader.status
        await reader.press("enter")
        await reader.wait_for("¶ 1 of")


async def test_an_article_that_another_process_removes_stays_to_be_read(seeded):
    async with open_reader(seeded) as reader:
        await reader.open("saydnaya")
        await asyncio.to_thread(remove, seeded, "The doors of Saydnaya")
        await reader.press("j", "1", "]", "m")
        await reader.press("escape", "s", "u", "x", "p", "p", "}")
        assert "The doors of Saydnaya" in reader.text
        await reader.press("g")
        assert reader.status.startswith("¶ 1 of")


async def test_to_open_a_removed_article_is_a_line_and_the_list_closes_up(seeded):
    async with open_reader(seeded, (80, 24)) as reader:
        await reader.press("j", "j")
        rows = reader.app.screen.query_one("#results", RowList)
        kept = reader.current.key
        await asyncio.to_thread(remove, seeded, "Türkiye sees its hour")
        await reader.press("j", "enter")
        assert reader.status == "this article has been removed from the library"
        await wait_for(reader.pilot, lambda: rows.count == 16)
        await reader.press("k")
        assert reader.current.key == kept


async def test_a_selected_actor_that_vanishes_is_released(seeded, monkeypatch):
    async with open_reader(seeded) as reader:
        await reader.open("barbaric regime")
        await reader.press("g")
        await reader.select("Keir Starmer")
        # As if the article had been annotated again, and nobody were found.
        monkeypatch.setattr(Library, "cast", lambda *arguments: Cast((), {}))
        monkeypatch.setattr(Library, "documents_of", lambda library, actor: [])
        await reader.app.screen.reading.refresh_cast()  # type: ignore[attr-defined]
        await reader.wait_for("is no longer among the actors")
        await reader.press("]", "}", "m")
        assert "no actor is selected" in reader.status


async def test_an_actor_that_is_chosen_when_it_has_vanished_is_a_line(seeded, monkeypatch):
    async with open_reader(seeded) as reader:
        await reader.press("a")
        await reader.wait_for("Bashar al-Assad")
        monkeypatch.setattr(Library, "documents_of", lambda library, actor: [])
        await reader.press("enter")
        await reader.wait_for("this actor is no longer in the library")


async def test_an_article_that_changes_while_it_is_read_is_shown_again(tmp_path, seeded):
    source = tmp_path / "news.txt"
    source.write_text("\n\n".join(f"Bashar al-Assad spoke of reform {number}." for number in range(30)))
    with Library(seeded, recogniser="rules") as library:
        list(library.add([str(source)]))
    async with open_reader(seeded) as reader:
        await reader.open("reform")
        await reader.press("G", "1")
        source.write_text("Bashar al-Assad spoke of nothing.\n\nThe hall was empty.")
        with Library(seeded, recogniser="rules") as library:
            await asyncio.to_thread(list, library.add([str(source)]))
        await reader.press("x")
        await reader.wait_for("this article has changed")
        assert "The hall was empty" in reader.text
        await reader.press("backspace", "backspace", "backspace", "j", "k")
        assert "¶" in reader.status


@pytest.mark.parametrize("keys", [("/", "h"), ("j", "enter"), ("a",), ("@",)])
async def test_a_library_that_cannot_be_read_is_a_line(seeded, keys):
    async with open_reader(seeded) as reader:
        (seeded / "library.db").write_bytes(b"x" * (seeded / "library.db").stat().st_size)
        for name in ("library.db-wal", "library.db-shm"):
            (seeded / name).unlink(missing_ok=True)
        await reader.press(*("slash" if key == "/" else "at" if key == "@" else key for key in keys))
        await reader.press("escape", "escape")
        assert reader.app.is_running
        assert reader.app.failure is None


async def test_a_writer_elsewhere_is_a_line(seeded):
    async with open_reader(seeded) as reader:
        await reader.open("barbaric regime")
        await reader.press("g", "1", "]")
        with WriterLock(seeded):
            await reader.press("x")
        assert "articles are being added or annotated" in reader.status


async def test_an_error_of_its_own_is_a_line_and_a_log(seeded, tmp_path, monkeypatch):
    log = tmp_path / "crash.log"
    async with open_reader(seeded, log=CrashLog(log)) as reader:
        with monkeypatch.context() as broken:
            broken.setattr(Library, "search", lambda *arguments, **named: int("no number"))
            await reader.press("slash", *"say")
            await reader.wait_for("an error of newscast itself, ValueError, ended this step")
        await reader.press("d")
        await reader.wait_for("1 of 1 article for “sayd”")
    assert log.read_text().count("Traceback") == 1
    assert "ValueError: invalid literal" in log.read_text()


def test_the_log_is_dated_and_bounded(tmp_path):
    log = tmp_path / "crash.log"
    kept = CrashLog(log)
    for number in range(3_000):
        kept.keep(ValueError(f"number {number} " + "x" * 300))
    assert "number 2999 " in log.read_text()
    assert log.read_text().startswith("20")
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 500_000


def test_a_log_that_cannot_be_written_is_said(tmp_path):
    assert "could not be written" in CrashLog(tmp_path / "none" / "crash.log").keep(ValueError("x"))


class Gate:
    """Holds up those calls of a method for which `holds` says so, until it is opened."""

    def __init__(self, monkeypatch, owner, name, holds):
        self.reached, self._opened, method = Event(), Event(), getattr(owner, name)

        def call(owner, *arguments, **named):
            answer = method(owner, *arguments, **named)
            if not self._opened.is_set() and holds(*arguments):
                self.reached.set()
                assert self._opened.wait(20)
            return answer

        monkeypatch.setattr(owner, name, call)

    def open(self):
        self._opened.set()


async def test_growth_that_was_asked_for_before_a_search_does_not_change_its_list(seeded, monkeypatch):
    async with open_reader(seeded, (80, 24)) as reader:
        rows = reader.app.screen.query_one("#results", RowList)
        gate = Gate(monkeypatch, Library, "position", lambda *_: True)
        await asyncio.to_thread(remove, seeded, "Türkiye sees its hour")
        await wait_for(reader.pilot, gate.reached.is_set)
        await reader.pilot.press("slash", *"saydnaya")
        await reader.wait_for("1 of 1 article for “saydnaya”")
        gate.open()
        await reader.press()
        assert rows.count == 1
        assert "1 of 1 article for “saydnaya”" in reader.status


async def test_rows_of_an_older_search_do_not_fill_a_newer_list(build_library, monkeypatch):
    library = build_library(**{f"a{number:03}": f"Homs number {number} and Hama." for number in range(200)})
    async with open_reader(library.folder, (80, 24)) as reader:
        rows = reader.app.screen.query_one("#results", RowList)
        gate = Gate(monkeypatch, Library, "search", lambda query, first, *_: query.text == "homs" and first > 100)
        await reader.press("slash", *"homs")
        await reader.wait_for("of 200 articles for “homs”")
        await reader.pilot.press("escape", "G")
        await wait_for(reader.pilot, gate.reached.is_set)
        await reader.pilot.press("slash", "end", "space", *"sort:old")
        await reader.wait_for("of 200 articles for “homs sort:old”")
        known = dict(rows._rows)
        gate.open()
        await reader.press()
        assert rows._rows == known


async def test_enter_opens_what_was_typed_and_not_what_was_listed_before(seeded, monkeypatch):
    async with open_reader(seeded) as reader:
        gate = Gate(monkeypatch, Marks, "read", lambda documents: len(documents) == 1)
        await reader.pilot.press("slash")
        reader.app.screen.query_one(SearchBar).value = "saydnaya"
        await wait_for(reader.pilot, gate.reached.is_set)
        await reader.pilot.press("enter")
        gate.open()
        await reader.wait_for("¶ ")
        assert reader.document.title == "The doors of Saydnaya"


async def test_a_late_preview_does_not_replace_what_was_opened(seeded, monkeypatch):
    async with open_reader(seeded, (200, 60)) as reader:
        with Library(seeded, recogniser="rules") as library:
            first, second, *_ = [hit.summary.id for hit in library.search(Query("damascus")).hits]
        gate = Gate(monkeypatch, Library, "document", lambda identifier: identifier == first)
        await reader.pilot.press("slash", *"damascus")
        await wait_for(reader.pilot, lambda: gate.reached.is_set() and reader.current.key == first)
        await reader.pilot.press("escape", "j", "enter")
        await wait_for(reader.pilot, lambda: reader.document.id == second)
        gate.open()
        await reader.press()
        assert reader.document.id == second


async def test_marks_of_nominals_go_with_the_key_that_leaves_names_alone(seeded, monkeypatch):
    async with open_reader(seeded) as reader:
        await reader.open("barbaric regime")
        pane, article = reader.app.screen.query_one(ReadingPane), reader.app.screen.query_one(Article)
        whole = pane._cast or Cast((), {})
        pane.set_cast(Cast((), {}))
        await reader.press()
        bare = [article.render_line(y) for y in range(article.size.height)]
        pane.set_cast(whole)
        await reader.press()
        assert [article.render_line(y) for y in range(article.size.height)] != bare
        pane.set_cast(Cast((), {}))
        await reader.press()
        assert [article.render_line(y) for y in range(article.size.height)] == bare
        assert not reader.app.screen.query_one(CastPanel)._rows


@pytest.mark.parametrize("keys", [("a", "enter", "escape"), ("at", "escape", "q"), ("exclamation_mark", "q", "escape")])
async def test_a_dialog_that_is_closed_twice_leaves_the_reader_there(seeded, keys):
    async with open_reader(seeded) as reader:
        await reader.press(keys[0])
        dialog = reader.app.screen
        dialog.dismiss(None)
        dialog.dismiss(None)
        await wait_for(reader.pilot, lambda: dialog not in reader.app.screen_stack)
        assert isinstance(reader.app.screen, ReaderScreen)
        await reader.press(*keys)
        await wait_for(reader.pilot, lambda: isinstance(reader.app.screen, ReaderScreen))


async def test_keys_that_come_before_a_dialog_is_there_do_no_harm(seeded):
    async with open_reader(seeded) as reader:
        for key in "a@!?":
            reader.app.screen.focus()
            for typed in (key, "escape", "s", "q", "u", "d", "/"):
                reader.app.simulate_key(typed)
            await reader.press("escape", "escape", "escape")
            assert isinstance(reader.app.screen, ReaderScreen)


async def test_a_dialog_below_another_does_not_close_that_one(seeded):
    async with open_reader(seeded) as reader:
        await reader.press("a")
        below = reader.app.screen
        reader.app.push_screen(RefusalsScreen(Refusals()))
        await reader.wait_for("everything was added")
        below.dismiss(None)
        await reader.press()
        assert isinstance(reader.app.screen, RefusalsScreen)
        await reader.press("escape", "escape")
        assert isinstance(reader.app.screen, ReaderScreen)


async def test_a_click_that_comes_when_the_terminal_is_smaller_does_no_harm(seeded):
    async with open_reader(seeded) as reader:
        await reader.press("colon")
        palette = reader.app.screen
        palette.post_message(
            events.Click(palette, 500, 500, 0, 0, 1, shift=False, meta=False, ctrl=False, screen_x=500, screen_y=500)
        )
        await reader.press("escape", "j")
        assert "2 of 17" in reader.status
