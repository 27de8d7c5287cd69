"""In the reader: remove and restore articles, list refusals, open and copy links and files."""

from __future__ import annotations

import pytest

from search import Library, Query
from search.store import WriterLock
from tests.pilot import open_reader, wait_for
from tui.links import find_link
from tui.widgets import RowList


def titles(folder):
    with Library(folder, read_only=True) as library:
        return [hit.summary.title for hit in library.search(Query(""), limit=100).hits]


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_a_removed_article_is_gone_and_the_list_keeps_its_place(seeded, size):
    async with open_reader(seeded, size) as reader:
        rows = reader.app.screen.query_one("#results", RowList)
        await reader.press("j", "j")
        gone, below = reader.current, rows._rows[3]
        await reader.press("D")
        await wait_for(reader.pilot, lambda: rows.count == 16)
        assert reader.status == f"removed, U brings it back: “{gone.title}”"
        assert (rows.index, reader.current.key) == (2, below.key)
        assert gone.title not in titles(seeded)
        await reader.press("U")
        await wait_for(reader.pilot, lambda: rows.count == 17)
        assert reader.status == f"“{gone.title}” is back in the library"
        assert (rows.index, reader.current.key) == (2, gone.key)
        assert gone.title in titles(seeded)


async def test_the_first_and_the_last_row_can_be_removed(seeded):
    async with open_reader(seeded, (80, 24)) as reader:
        rows = reader.app.screen.query_one("#results", RowList)
        await reader.press("D", "G", "D")
        await wait_for(reader.pilot, lambda: rows.count == 15)
        assert rows.index == 14
        await reader.press("U", "U")
        await wait_for(reader.pilot, lambda: rows.count == 17)
        assert rows.index == 0
        await reader.press("U")
        assert "nothing to bring back" in reader.status


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_the_article_that_is_read_can_be_removed(seeded, size):
    async with open_reader(seeded, size) as reader:
        await reader.open("saydnaya")
        await reader.press("D")
        await reader.wait_for("removed, U brings it back: “The doors of Saydnaya”")
        assert reader.app.screen.focused is reader.app.screen.query_one("#results", RowList)
        await reader.press("U")
        await reader.wait_for("“The doors of Saydnaya” is back in the library")
        await reader.press("enter")
        assert reader.document.title == "The doors of Saydnaya"


async def test_what_was_removed_by_oneself_is_no_news_when_it_comes_back(seeded):
    async with open_reader(seeded) as reader:
        await reader.press("D", "U")
        assert " new" not in reader.text.splitlines()[-2]


async def test_a_read_only_library_keeps_its_articles(seeded):
    async with open_reader(seeded, read_only=True) as reader:
        await reader.press("D")
        assert reader.status == "this library is opened to be read only"
        await reader.press("U")
        assert reader.status == "this library is opened to be read only"
    assert len(titles(seeded)) == 17


async def test_nothing_is_removed_while_somebody_writes(seeded):
    async with open_reader(seeded) as reader:
        with WriterLock(seeded):
            await reader.press("D")
        assert "articles are being added or annotated" in reader.status
    assert len(titles(seeded)) == 17


async def test_refused_files_are_listed_with_the_reason(tmp_path):
    (tmp_path / "good.txt").write_text("An article about Homs.\n")
    (tmp_path / "empty.txt").write_text("")
    paths = [str(tmp_path / name) for name in ("good.txt", "empty.txt", "missing.txt")]
    async with open_reader(tmp_path / "library", paths=paths) as reader:
        await reader.wait_for("1 added, 2 refused; ! shows what was refused")
        await reader.press("exclamation_mark")
        await reader.wait_for("2 not added")
        lines = [line.strip(" ▌▕▏│") for line in reader.text.splitlines()]
        for name, reason in (("empty.txt", "empty"), ("missing.txt", "no such file or directory")):
            at = next(index for index, line in enumerate(lines) if line.endswith(name))
            assert reason in lines[at + 1]
        await reader.press("j", "enter", "escape")
        assert "2 not added" not in reader.text


async def test_without_refusals_that_is_said(seeded):
    async with open_reader(seeded) as reader:
        await reader.press("exclamation_mark")
        await reader.wait_for("everything was added")


@pytest.fixture
def desktop(tmp_path, monkeypatch):
    """A desktop whose xdg-open records what it gets."""
    noted = tmp_path / "opened"
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "xdg-open").write_text(f'#!/bin/sh\nprintf %s "$1" > {noted}.new && mv {noted}.new {noted}\n')
    (folder / "xdg-open").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("sys.platform", "linux")
    return noted


@pytest.fixture
def article(tmp_path):
    """A library of one article from a file, and the file."""
    path = tmp_path / "a town.txt"
    path.write_text("An article about Homs.\n")
    with Library(tmp_path / "library", recogniser="rules") as library:
        list(library.add([str(path)]))
    return tmp_path / "library", path


async def test_the_file_of_an_article_is_opened_on_a_desktop(article, desktop):
    folder, path = article
    async with open_reader(folder) as reader:
        await reader.press("enter", "o")
        await wait_for(reader.pilot, desktop.exists)
        assert desktop.read_text() == str(path)
        assert reader.status == f"opened {path}"
        path.unlink()
        desktop.unlink()
        await reader.press("o")
        assert reader.status == f"{path} does not exist"
    assert not desktop.exists()


@pytest.mark.parametrize("environment", [{"SSH_CONNECTION": "10.0.0.1 0 - 0"}, {"DISPLAY": ""}])
async def test_the_path_is_shown_over_ssh_and_without_a_desktop(article, desktop, monkeypatch, environment):
    folder, path = article
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with open_reader(folder) as reader:
        await reader.press("enter", "o")
        assert reader.status == str(path)
    assert not desktop.exists()


async def test_the_path_of_an_article_is_copied(article):
    folder, path = article
    async with open_reader(folder) as reader:
        await reader.press("enter", "y")
        assert reader.app.clipboard == str(path)
        assert reader.status == f"copied {path}"


async def test_a_path_with_control_characters_is_copied_as_one_line(tmp_path):
    path = tmp_path / "a\nrm -rf x\x1b]0;b\x07.txt"
    path.write_text("An article about Homs.\n")
    with Library(tmp_path / "library", recogniser="rules") as library:
        list(library.add([str(path)]))
    async with open_reader(tmp_path / "library") as reader:
        await reader.press("enter", "y")
        assert reader.app.clipboard.isprintable()


async def test_an_article_from_standard_input_has_no_link(tmp_path, monkeypatch):
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"An article about Homs.\n")))
    with Library(tmp_path / "library", recogniser="rules") as library:
        list(library.add(["-"]))
    async with open_reader(tmp_path / "library") as reader:
        for key in ("o", "y"):
            await reader.press("enter", key)
            assert "neither an address nor a file" in reader.status


async def test_a_key_in_the_list_means_the_article_of_its_row(seeded):
    async with open_reader(seeded, (80, 24)) as reader:
        await reader.press("enter", "q", "j", "y")
        with Library(seeded, read_only=True) as library:
            second = library.search(Query("")).hits[1].summary.id
            link = find_link(library.document(second), library.origin(second))
        assert link is not None
        assert reader.app.clipboard == link.text


async def test_a_key_for_the_article_does_nothing_while_the_list_hides_it(seeded):
    async with open_reader(seeded, (80, 24)) as reader:
        await reader.press("enter", "1", "q", "x")
        assert "linked to nobody" not in reader.status
        await reader.press("right_curly_bracket")
        assert isinstance(reader.app.screen.focused, RowList)
