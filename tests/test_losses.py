"""What the database has lost and its index knew of is said, with numbers, and no trace of it is destroyed."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from search import Library, LibraryUnreadableError, Query
from tests.conftest import seeds
from tests.pilot import open_reader
from tests.test_commands import lines, run
from tests.test_library import add

names = sorted(seeds.glob("*.txt"))


def lose(folder: Path, how: str) -> None:
    """Leave a library of five articles whose index knows of all seventeen."""
    held = folder.parent / "held"
    with Library(held, recogniser="rules") as library:
        add(library, *names[:5])
    older = (held / "library.db").read_bytes()
    # With another connection open, the log is not put into the database at the end.
    with closing(sqlite3.connect(held / "library.db")) as other:
        other.execute("SELECT count(*) FROM documents").fetchone()
        with Library(held, recogniser="rules") as library:
            add(library, seeds)
        shutil.copytree(held, folder)
    log = folder / "library.db-wal"
    (folder / "library.db-shm").unlink()
    if how == "cut":
        log.write_bytes(log.read_bytes()[:5_000])
    elif how == "flipped":
        data = bytearray(log.read_bytes())
        data[3_000] ^= 1
        log.write_bytes(data)
    else:
        log.unlink()
        if how == "older":
            (folder / "library.db").write_bytes(older)
        else:
            (folder / "library.db").unlink()
            if how == "empty":
                (folder / "library.db").touch()


@pytest.fixture(params=["cut", "flipped", "older", "empty", "deleted"])
def lossy(request, tmp_path):
    """A library that has lost articles, and how many it still has."""
    folder = tmp_path / "library"
    lose(folder, request.param)
    return folder, 0 if request.param in {"empty", "deleted"} else 5


def read_evidence(folder: Path) -> list[dict[str, int]]:
    return [json.loads(path.read_text()) for path in folder.glob("damaged-*/fulltext/state.json")]


def test_a_search_and_the_doctor_say_what_was_lost(lossy):
    folder, left = lossy
    if not left and not (folder / "library.db").exists():
        missing = run("--library", folder, "search", "damascus")
        assert missing.returncode == 1
        assert "library.db is missing, and with it the 17 articles" in missing.stderr
        Library(folder).close()
    searched = run("--library", folder, "search", "--json", "damascus")
    said = f"it had {left} (revision {left}) when its full-text index knew 17"
    assert said in searched.stderr
    assert "newscast add" in searched.stderr
    doctor = run("--library", folder, "doctor", "--json")
    assert doctor.returncode == 1
    assert any(said in problem for problem in json.loads(doctor.stdout)["problems"])
    (state,) = read_evidence(folder)
    assert state["documents"] == 17


def test_adding_again_restores_what_was_lost_and_a_repair_says_it_for_the_last_time(lossy):
    folder, left = lossy
    added = run("--library", folder, "add", seeds)
    assert f"{17 - left} added" in added.stderr
    assert "has lost articles" in added.stderr
    with Library(folder, read_only=True) as library:
        assert library.search(Query("captagon")).total == 1
        assert library.loss
    repaired = run("--library", folder, "doctor", "--repair")
    assert "repaired: library.db has lost articles" in repaired.stdout
    assert repaired.stdout.endswith("no problems\n")
    again = run("--library", folder, "doctor")
    assert again.stdout.endswith("no problems\n")
    assert "lost" not in run("--library", folder, "search", "damascus").stderr
    (state,) = read_evidence(folder)  # kept once, and by no repair destroyed
    assert state["documents"] == 17


@pytest.mark.parametrize("how", ["cut", "flipped"])
def test_what_was_left_of_a_log_is_kept(tmp_path, how):
    folder = tmp_path / "library"
    lose(folder, how)
    log = (folder / "library.db-wal").read_bytes()
    run("--library", folder, "search", "damascus")
    (kept,) = folder.glob("damaged-*/library.db-wal")
    assert kept.read_bytes() == log


def test_with_read_only_a_loss_is_said_and_nothing_is_written(tmp_path):
    folder = tmp_path / "library"
    lose(folder, "older")
    before = {path: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}
    done = run("--library", folder, "--read-only", "search", "damascus")
    assert "has lost articles: it had 5" in done.stderr
    assert {path: path.read_bytes() for path in before} == before
    assert not list(folder.glob("damaged-*"))


def test_who_has_no_room_for_the_evidence_changes_nothing(tmp_path, monkeypatch):
    folder = tmp_path / "library"
    lose(folder, "older")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("search.checking.shutil.copy2", fail)
    with pytest.raises(LibraryUnreadableError, match="a copy of it cannot be made"):
        Library(folder)
    assert not list(folder.glob("damaged-*"))


def test_a_removal_is_no_loss_even_of_the_newest_article(seeded):
    with Library(seeded, recogniser="rules") as library:
        newest = library.search(Query("")).total
        for _ in range(3):
            library.remove([library.search(Query("")).hits[0].summary.id])
        assert library.loss is None
    # Killed between the two commits of a removal, too.
    with Library(seeded, recogniser="rules") as library:
        shutil.copytree(seeded / "fulltext", seeded / "before")
        library.remove([hit.summary.id for hit in library.search(Query("")).hits])
    shutil.rmtree(seeded / "fulltext")
    (seeded / "before").rename(seeded / "fulltext")
    with Library(seeded, recogniser="rules") as library:
        assert library.loss is None
        assert newest == 17
    assert lines(run("--library", seeded, "search", "--json", "damascus")) == []
    assert not list(seeded.glob("damaged-*"))


def test_a_database_that_cannot_be_opened_is_set_aside_by_repair_and_its_articles_come_back(seeded):
    database = seeded / "library.db"
    damaged = database.read_bytes()[:5_000]
    database.write_bytes(damaged)
    refused = run("--library", seeded, "doctor")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.endswith("newscast doctor --repair sets it aside\n")
    repaired = run("--library", seeded, "doctor", "--repair")
    assert "repaired: library.db could not be opened and was moved to" in repaired.stdout
    assert any(path.read_bytes() == damaged for path in seeded.glob("damaged-*/library.db"))
    assert "17 added" in run("--library", seeded, "add", seeds).stderr
    assert run("--library", seeded, "doctor").stdout.endswith("no problems\n")


def test_a_database_whose_schema_is_damaged_is_set_aside_by_repair(seeded):
    with closing(sqlite3.connect(seeded / "library.db")) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'kind TEXT', 'kjnd TEXT') WHERE name = 'mentions'"
        )
        connection.commit()
    assert run("--library", seeded, "doctor").returncode == 1
    run("--library", seeded, "doctor", "--repair")
    run("--library", seeded, "add", seeds)
    assert run("--library", seeded, "doctor", "--repair").stdout.endswith("no problems\n")
    assert "17 skipped" in run("--library", seeded, "add", seeds).stderr


def test_a_library_that_is_replaced_while_it_is_open_is_not_written_to(seeded, tmp_path):
    with Library(seeded, recogniser="rules") as library:
        shutil.move(seeded, tmp_path / "moved")
        shutil.copytree(tmp_path / "moved", seeded)
        with pytest.raises(LibraryUnreadableError, match="removed or replaced while newscast had it open"):
            library.remove([library.search(Query("")).hits[0].summary.id])
    with Library(seeded, read_only=True) as library:
        assert library.size() == 17


async def test_the_reader_makes_no_new_library_in_place_of_one_that_is_gone(seeded):
    async with open_reader(seeded) as reader:
        shutil.rmtree(seeded)
        await reader.press("slash", *"homs")
        await reader.wait_for("the library was removed while articles were being added")
    assert not (seeded / "library.db").exists()
