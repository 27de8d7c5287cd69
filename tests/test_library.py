"""A library keeps what you add, reports what happened to each file, and rebuilds its indexes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from search import Library, LibraryLockedError, LibraryUnreadableError, Mark, Marks, NotFoundError, Query
from search.store import WriterLock
from tests.conftest import root, seeds

outcomes = ("added", "changed", "skipped", "refused")


def add(library: Library, *paths: Path) -> dict[str, int]:
    additions = [addition for step in library.add([str(path) for path in paths]) for addition in step.additions]
    return {outcome: count for outcome in outcomes if (count := sum(each.outcome == outcome for each in additions))}


def describe(folder: Path) -> tuple[object, ...]:
    """Return everything that two libraries of the same articles have in common."""
    with Library(folder, read_only=True) as library:
        ids = [hit.summary.id for hit in library.search(Query(""), 0, 10_000).hits]
        casts = [(identifier, library.document(identifier), library.cast(identifier)) for identifier in ids]
        found = [
            sorted((hit.summary.id, hit.snippet) for hit in library.search(Query(text), 0, 10_000).hits)
            for text in ("assad", "the", "united nations", "pre*")
        ]
        return ids, casts, library.actors(), found


def test_every_article_is_added_and_a_second_time_skipped(tmp_path):
    with Library(tmp_path / "library", recogniser="rules") as library:
        assert add(library, seeds) == {"added": 17}
        assert add(library, seeds) == {"skipped": 17}
        assert library.search(Query("")).total == 17


def test_the_same_text_elsewhere_is_skipped(tmp_path, library):
    copy = tmp_path / "moved.txt"
    shutil.copy(next(seeds.glob("01*")), copy)
    assert add(library, copy) == {"skipped": 1}


def test_a_changed_file_replaces_its_document_and_keeps_its_id_and_marks(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Bashar al-Assad spoke in Damascus about bread.")
    with Library(tmp_path / "library", recogniser="rules") as library:
        add(library, path)
        (before,) = library.search(Query("bread")).hits
        marks = Marks(None)
        marks.write(before.summary.id, Mark(is_read=True, is_starred=True, paragraph=0))
        path.write_text("Hakan Fidan spoke in Ankara about water.")
        assert add(library, path) == {"changed": 1}
        assert library.search(Query("bread")).total == 0
        (after,) = library.search(Query("water")).hits
        assert after.summary.id == before.summary.id
        assert marks.read([after.summary.id])[after.summary.id].is_starred
        assert [actor.name for actor in library.actors()[1]] == ["Ankara", "Hakan Fidan"]


def test_a_refused_file_does_not_stop_the_others(tmp_path):
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_text("")
    (articles / "b.jpg").write_bytes(b"\x00\x01" * 500)
    os.mkfifo(articles / "c")
    (articles / "d.txt").write_text("An article about Homs.")
    with Library(tmp_path / "library", recogniser="rules") as library:
        assert add(library, articles) == {"added": 1, "refused": 3}


def test_a_second_writer_is_told_who_writes(library):
    with WriterLock(library.folder), pytest.raises(LibraryLockedError, match=f"process {os.getpid()}"):
        add(library, seeds)


def test_a_reader_does_not_wait_for_a_writer(seeded):
    writer = sqlite3.connect(seeded / "library.db")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE documents SET title = 'half done'")
    with WriterLock(seeded), Library(seeded, read_only=True) as library:
        assert library.search(Query("")).hits[0].summary.title != "half done"
    writer.close()


def test_searching_goes_on_while_another_process_adds(tmp_path):
    articles = tmp_path / "articles"
    articles.mkdir()
    for number in range(400):
        (articles / f"{number:03}.txt").write_text(f"Article {number} about Homs and what is said of it.")
    with Library(tmp_path / "library", recogniser="rules") as library:
        list(library.add([str(articles / "000.txt")]))
        command = [sys.executable, "-m", "tui.cli", "--library", tmp_path / "library", "add", articles]
        process = subprocess.Popen(command, cwd=root, stderr=subprocess.DEVNULL)
        totals = []
        while process.poll() is None:
            totals.append(library.search(Query("homs"), 0, 3).total)
        totals.append(library.search(Query("homs"), 0, 3).total)
    assert totals == sorted(totals)
    assert len(set(totals)) > 2
    assert totals[-1] == 400


def test_an_index_that_is_behind_is_noticed_and_brought_level(seeded, tmp_path):
    shutil.copytree(seeded / "fulltext", tmp_path / "older")
    (tmp_path / "zebra.txt").write_text("An article about a zebra.")
    with Library(seeded, recogniser="rules") as library:
        add(library, tmp_path / "zebra.txt")
    shutil.rmtree(seeded / "fulltext")
    shutil.copytree(tmp_path / "older", seeded / "fulltext")
    with Library(seeded, recogniser="rules") as library:
        assert library.is_behind()
        list(library.repair())
        assert not library.is_behind()
        assert library.search(Query("zebra")).total == 1


@pytest.mark.parametrize("damage", ["delete", "truncate", "scribble", "state"])
def test_a_damaged_index_is_noticed_and_built_again(seeded, damage):
    (segment,) = (seeded / "fulltext").glob("*.seg")
    if damage == "delete":
        segment.unlink()
    elif damage == "truncate":
        segment.write_bytes(segment.read_bytes()[:1000])
    elif damage == "scribble":
        segment.write_bytes(random.Random(1).randbytes(segment.stat().st_size))
    else:
        (seeded / "fulltext" / "state.json").write_text("{")
    with Library(seeded, recogniser="rules") as library:
        assert library.is_behind() == (damage != "scribble")  # only reading every byte would tell
        assert library.health().problems
        list(library.repair())
        assert library.health().problems == ()
        assert library.search(Query("saydnaya")).total == 1


def test_an_index_of_an_older_newscast_is_built_again(seeded, monkeypatch):
    monkeypatch.setattr("search.fulltext.index.schema_version", 99)
    monkeypatch.setattr("search.indexing.schema_version", 99)
    with Library(seeded, recogniser="rules") as library:
        assert library.is_behind()
        list(library.repair())
        assert not library.is_behind()


def test_a_library_of_a_newer_newscast_is_refused(seeded):
    with sqlite3.connect(seeded / "library.db") as database:
        database.execute("PRAGMA user_version = 999")
    with pytest.raises(LibraryUnreadableError, match="newer newscast"):
        Library(seeded)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "library.db").write_text("hello" * 500)
    with pytest.raises(LibraryUnreadableError, match="not a database"):
        Library(tmp_path)


def test_a_library_that_is_not_there_is_not_made_by_reading(tmp_path):
    with pytest.raises(LibraryUnreadableError, match="newscast add"):
        Library(tmp_path / "nowhere", read_only=True)
    assert not (tmp_path / "nowhere").exists()


def test_a_document_is_found_by_the_beginning_of_its_id(library):
    identifier = library.search(Query("")).hits[0].summary.id
    assert library.document(identifier[:6]).id == identifier
    with pytest.raises(NotFoundError, match="no document"):
        library.document("zzz")
    with pytest.raises(NotFoundError):
        library.document("")


def test_the_list_of_all_is_newest_first_and_undated_last(build_library):
    library = build_library(
        a="Text without a date.", b="HOMS, 7 December 2024 — Second.", c="DAMASCUS, 8 December 2024 — First."
    )
    assert [hit.summary.title for hit in library.search(Query("")).hits] == [
        "First.",
        "Second.",
        "Text without a date.",
    ]
    ids = [hit.summary.id for hit in library.search(Query("")).hits]
    assert [library.position(identifier) for identifier in ids] == [0, 1, 2]


def test_killed_at_any_moment_and_run_again_it_is_as_if_never_killed(tmp_path, shared_folder):
    articles = tmp_path / "articles"
    shutil.unpack_archive(shared_folder / "news" / "worldwide-newswire.tar.gz", articles, filter="data")
    for path in sorted(articles.rglob("*.txt"))[150:]:
        path.unlink()
    shutil.copytree(seeds, articles / "seeds")
    command = [sys.executable, "-m", "tui.cli", "--library"]
    subprocess.run([*command, tmp_path / "clean", "add", articles], cwd=root, check=True, capture_output=True)
    chance = random.Random(5)
    for _ in range(4):
        process = subprocess.Popen(
            [*command, tmp_path / "killed", "add", "--json", articles],
            cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        time.sleep(chance.uniform(0.3, 1.5))
        process.send_signal(signal.SIGKILL)
        said = [line for line in process.communicate()[0].splitlines(keepends=True) if line.endswith("}\n")]
        if (tmp_path / "killed" / "library.db").exists():
            with Library(tmp_path / "killed", read_only=True) as library:
                assert library.search(Query("")).total >= sum('"added"' in line for line in said)
    subprocess.run([*command, tmp_path / "killed", "add", articles], cwd=root, check=True, capture_output=True)
    assert describe(tmp_path / "killed") == describe(tmp_path / "clean")
    with Library(tmp_path / "killed") as library:
        assert library.health().problems == ()


def find_titles(library: Library, query: str) -> list[str]:
    return sorted(hit.summary.title for hit in library.search(Query(query), 0, 100).hits)


@pytest.fixture
def bread_and_water(tmp_path):
    """A folder with two articles, a.txt and b.txt, and a library of them."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text("Bread is dear in Homs.")
    (folder / "b.txt").write_text("Water is dear in Hama.")
    with Library(tmp_path / "library", recogniser="rules") as library:
        add(library, folder)
        yield folder, library


def test_a_file_that_is_now_a_copy_of_another_loses_its_old_text(bread_and_water):
    folder, library = bread_and_water
    shutil.copy(folder / "a.txt", folder / "b.txt")
    assert add(library, folder) == {"skipped": 1, "changed": 1}
    assert find_titles(library, "") == ["Bread is dear in Homs."]
    assert find_titles(library, "water") == []
    assert [actor.name for actor in library.actors()[1]] == ["Homs"]
    assert library.health().problems == ()
    assert add(library, folder) == {"skipped": 2}


def test_a_copy_stays_findable_when_its_original_goes(bread_and_water):
    folder, library = bread_and_water
    (folder / "a.txt").replace(folder / "b.txt")
    assert add(library, folder) == {"changed": 1}
    assert add(library, folder) == {"skipped": 1}
    assert find_titles(library, "") == ["Bread is dear in Homs."]


def test_two_files_that_change_places_lose_nothing(bread_and_water):
    folder, library = bread_and_water
    ids = {hit.summary.title[:5]: hit.summary.id for hit in library.search(Query("")).hits}
    (folder / "a.txt").rename(folder / "c")
    (folder / "b.txt").rename(folder / "a.txt")
    (folder / "c").rename(folder / "b.txt")
    assert add(library, folder) == {"changed": 2}
    assert find_titles(library, "") == ["Bread is dear in Homs.", "Water is dear in Hama."]
    assert library.document(ids["Bread"]).paragraphs[0].text.startswith("Water")
    assert library.health().problems == ()


def test_three_files_that_change_places_lose_nothing(bread_and_water):
    folder, library = bread_and_water
    (folder / "c.txt").write_text("Fire is dear in Homs.")
    add(library, folder)
    texts = {name: (folder / f"{name}.txt").read_text() for name in "abc"}
    for name, other in zip("abc", "bca", strict=True):
        (folder / f"{name}.txt").write_text(texts[other])
    assert add(library, folder) == {"changed": 3}
    assert find_titles(library, "") == sorted(texts.values())


def test_a_file_that_is_now_a_copy_of_a_removed_article_loses_its_old_text(bread_and_water):
    folder, library = bread_and_water
    (bread,) = library.search(Query("bread")).hits
    library.remove([bread.summary.id])
    shutil.copy(folder / "a.txt", folder / "b.txt")
    assert add(library, folder) == {"skipped": 1, "changed": 1}
    assert find_titles(library, "") == []
    library.undo_remove()
    assert find_titles(library, "") == ["Bread is dear in Homs."]
