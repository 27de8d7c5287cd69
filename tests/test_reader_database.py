"""What a person's own database cannot keep is said once, and reading goes on without it."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from search import Library, Mark, Marks, Query, Searches, Visit, expand_saved_searches
from tests.conftest import seeds
from tests.pilot import open_reader
from tests.test_commands import lines, run


def use(marks: Marks) -> None:
    marks.write("a", Mark(is_read=True))
    marks.write_visit(Visit("bread", "a", 0, 0))
    assert marks.list_marked("read")[-1:] == ["a"]
    assert marks.read_visit() is not None


@pytest.fixture
def path(tmp_path):
    """A person's database with 2,000 marks in it."""
    path = tmp_path / "state" / "reader.db"
    Marks(path).close()
    with sqlite3.connect(path) as database:
        database.executemany(
            "INSERT INTO marks (document, is_starred) VALUES (?, 1)",
            [(f"document{number}",) for number in range(2_000)],
        )
    database.close()
    return path


@pytest.mark.parametrize("damage", ["header", "middle", "text"])
def test_a_damaged_database_is_set_aside_and_a_new_one_begun(path, damage):
    data = path.read_bytes()
    if damage == "text":
        path.write_text("hello" * 500)
    else:
        at = 0 if damage == "header" else 8192
        path.write_bytes(data[:at] + bytes(4096) + data[at + 4096 :])
    broken = path.read_bytes()
    marks = Marks(path)
    assert marks.note is not None
    assert str(path) in marks.note
    (aside,) = path.parent.glob("reader-damaged-*.db")
    assert aside.read_bytes() == broken
    assert aside.name in marks.note
    use(marks)
    marks.close()
    again = Marks(path)
    assert again.note is None
    assert again.list_marked("read") == ["a"]


def test_a_database_damaged_while_it_is_read_does_not_end_a_search(path, seeded):
    marks = Marks(path)
    path.write_bytes(path.read_bytes()[:4096] + bytes(path.stat().st_size - 4096))
    with Library(seeded, read_only=True) as library:
        assert library.search(Query("damascus is:unread"), marks=marks).total
    use(marks)


def test_a_state_folder_that_cannot_be_made_keeps_marks_in_memory(tmp_path):
    (tmp_path / "state").write_text("a file")
    marks = Marks(tmp_path / "state" / "newscast" / "reader.db")
    assert str(tmp_path / "state" / "newscast") in (marks.note or "")
    assert "not kept" in (marks.note or "")
    use(marks)
    searches = Searches(tmp_path / "state" / "newscast" / "reader.db")
    searches.save("bread", "bread")
    searches.remember("bread")
    assert (searches.list_history(), expand_saved_searches("@bread", searches)) == (["bread"], "bread")


def test_a_search_says_once_that_marks_are_not_kept(seeded, own_home):
    (own_home / "newscast").rename(own_home / "settings")
    (own_home / "newscast").write_text("a file where the state folder would be")
    done = run("--library", seeded, "search", "--json", "is:unread captagon", NEWSCAST_SETTINGS=str(own_home / "none"))
    assert len(lines(done)) == 1
    assert len(re.findall("not kept", done.stderr)) == 1


async def test_the_reader_says_that_marks_are_not_kept_and_reads_on(seeded, tmp_path):
    (tmp_path / "state").write_text("a file")
    async with open_reader(seeded, marks=Marks(tmp_path / "state" / "reader.db")) as reader:
        assert "not kept" in reader.status
        await reader.press("enter", "s")
        assert "starred" in reader.status


async def test_the_reader_says_what_was_lost(seeded):
    (seeded / "library.db").unlink()
    async with open_reader(seeded) as reader:
        assert "library.db has lost articles: it had 0" in reader.status


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 2 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=False, capture_output=True
    ).returncode:
        pytest.skip("to mount a small disk takes the rights of root")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


def test_what_was_kept_is_still_there_where_nothing_can_be_written(small_disk, path):
    shutil.copy(path, small_disk)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    marks = Marks(small_disk / "reader.db")
    assert len(marks.list_marked("starred")) == 2_000
    use(marks)
    assert "not kept" in (marks.note or "")


def test_a_library_on_a_read_only_disk_is_searched(small_disk, seeded):
    shutil.copytree(seeded, small_disk / "library")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    (hit,) = lines(run("--library", small_disk / "library", "search", "--json", "--facets", "captagon"))[:1]
    assert hit["title"]


def test_on_a_full_disk_marks_are_kept_in_memory(small_disk):
    marks = Marks(small_disk / "reader.db")
    marks.write("old", Mark(is_starred=True))
    fill(small_disk)
    for number in range(500):
        marks.write(f"document{number}", Mark(is_read=True))
    assert "reader.db: database or disk is full" in (marks.note or "")
    assert marks.list_marked("starred") == ["old"]
    assert len(marks.list_marked("read")) == 500


def test_on_a_full_disk_a_library_is_searched(small_disk, seeded):
    library = small_disk / "library"
    shutil.copytree(seeded, library)
    fill(small_disk)
    assert len(lines(run("--library", library, "search", "--json", "captagon"))) == 1
    (library / "fulltext" / "state.json").unlink()
    behind = run("--library", library, "search", "captagon")
    assert len(re.findall("newscast: ", behind.stderr)) <= 2
    assert "Traceback" not in behind.stderr


@pytest.mark.parametrize("room", [300, 500, 700, 900])
def test_a_disk_that_is_full_while_adding_is_one_line_and_a_whole_library(small_disk, tmp_path, room):
    for number, path in enumerate(sorted(seeds.iterdir()) * 6):
        shutil.copy(path, tmp_path / f"{number:03}{path.suffix}")
        with (tmp_path / f"{number:03}{path.suffix}").open("a") as file:
            file.write(f"\n\nAnd this is number {number}.\n")
    (small_disk / "filler").write_bytes(bytes((2048 - room) * 1024))
    articles = [str(path) for path in sorted(tmp_path.glob("*.*"))]
    done = run("--library", small_disk / "library", "add", *articles)
    assert done.returncode == 1
    assert len(re.findall("newscast: ", done.stderr)) == 1
    assert re.search("full|No space left", done.stderr)
    assert "rollback" not in done.stderr
    (small_disk / "filler").unlink()
    with Library(small_disk / "library", recogniser="rules") as library:
        assert sqlite3.connect(small_disk / "library" / "library.db").execute("PRAGMA integrity_check").fetchone() == (
            "ok",
        )
        list(library.repair())
        assert library.health().problems == ()


def test_a_search_that_cannot_be_saved_is_not_said_to_be(seeded, own_home):
    state = own_home / "newscast-state"
    state.write_text("a file")
    done = run("--library", seeded, "search", "--save", "homs", "homs", XDG_STATE_HOME=str(state))
    assert done.returncode == 1
    assert done.stderr.startswith("newscast: @homs is not saved: ")
    assert len(done.stderr.splitlines()) == 1
