"""What is removed is gone until it is brought back, and then it is as it was."""

from __future__ import annotations

import sqlite3

import pytest

from search import Library, LibraryLockedError, LibraryUnreadableError, Mark, Marks, NotFoundError, Query
from search.store import WriterLock
from tests.conftest import older_names, seeds
from tests.test_commands import lines, run
from tests.test_library import add, describe


def find_ids(library: Library, query: str) -> list[str]:
    return [hit.summary.id for hit in library.search(Query(query), 0, 100).hits]


def test_a_removed_article_is_in_no_answer_list_or_cast(library):
    (identifier,) = find_ids(library, "captagon")
    (gone,) = library.remove([identifier[:8]])
    assert gone.id == identifier
    assert find_ids(library, "captagon") == []
    assert library.search(Query("")).total == library.size() == 16
    assert all(each.id != identifier for actor in library.actors()[1] for each in library.documents_of(actor.id))
    with pytest.raises(NotFoundError):
        library.document(identifier)
    assert library.health().problems == ()


def test_what_is_brought_back_is_as_it_was_with_its_corrections_and_marks(annotated, tmp_path):
    marks = Marks(tmp_path / "reader.db")
    with Library(annotated, recogniser="rules") as library:
        (identifier,) = find_ids(library, "captagon")
        mention = next(each for each in library.cast(identifier).mentions if each.link)
        library.correct(identifier, mention, is_right=False)
        marks.write(identifier, Mark(is_starred=True))
    before = describe(annotated)
    with Library(annotated, recogniser="rules") as library:
        library.remove([identifier])
    with Library(annotated, recogniser="rules") as library:
        assert [each.id for each in library.undo_remove()] == [identifier]
        assert library.health().problems == ()
    assert describe(annotated) == before
    assert marks.read([identifier])[identifier].is_starred
    with Library(annotated, recogniser="rules") as library:
        assert library.correct(identifier, mention, is_right=True)
        assert mention in library.cast(identifier).mentions


def test_removals_are_undone_one_after_the_other_the_last_one_first(seeded):
    with Library(seeded, recogniser="rules") as library:
        first, second, third = find_ids(library, "")[:3]
        library.remove([first, second, first])
        library.remove([third])
    with Library(seeded, recogniser="rules") as library:
        assert [each.id for each in library.undo_remove()] == [third]
        assert {each.id for each in library.undo_remove()} == {first, second}
        assert library.undo_remove() == ()
        assert library.size() == 17


def test_of_several_ids_of_which_one_is_unknown_none_is_removed(library):
    with pytest.raises(NotFoundError, match="no document"):
        library.remove([find_ids(library, "captagon")[0], "zzz"])
    assert library.size() == 17
    assert library.undo_remove() == ()


def test_the_file_of_a_removed_article_is_skipped_and_says_how_to_get_it_back(library):
    library.remove(find_ids(library, "captagon"))
    additions = [each for step in library.add([str(seeds)]) for each in step.additions]
    assert {each.outcome for each in additions} == {"skipped"}
    (reason,) = {each.reason for each in additions if each.reason}
    assert "newscast undo" in reason


def test_a_changed_file_of_a_removed_article_is_added(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Bread is dear in Homs.")
    with Library(tmp_path / "library", recogniser="rules") as library:
        add(library, path)
        library.remove(find_ids(library, "bread"))
        path.write_text("Water is dear in Homs.")
        assert add(library, path) == {"added": 1}
        assert len(find_ids(library, "water")) == 1
        assert library.undo_remove() == ()


def test_a_row_that_a_removed_article_may_come_back_to_is_not_given_to_another(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(f"Article {name * 3} about Homs.")
    with Library(tmp_path / "library", recogniser="rules") as library:
        add(library, tmp_path / "a.txt")
        library.remove(find_ids(library, "aaa"))
        add(library, tmp_path / "b.txt")
        library.undo_remove()
        assert len(find_ids(library, "aaa")) == len(find_ids(library, "bbb")) == 1
        assert library.health().problems == ()


def test_an_index_that_was_behind_is_level_after_a_removal(seeded):
    with Library(seeded, recogniser="rules") as library:
        (seeded / "fulltext" / "state.json").unlink()
        library.remove(find_ids(library, "captagon"))
        assert not library.is_behind()
        assert library.health().problems == ()


def test_while_somebody_writes_nothing_is_removed(library):
    with WriterLock(library.folder):
        with pytest.raises(LibraryLockedError):
            library.remove(find_ids(library, "captagon"))
        with pytest.raises(LibraryLockedError):
            library.undo_remove()


def test_the_commands_say_what_is_gone_and_what_is_back(seeded):
    (hit,) = lines(run("--library", seeded, "search", "--json", "captagon"))
    removed = run("--library", seeded, "remove", "--json", hit["id"][:8])
    (line,) = lines(removed)
    assert (line["id"], line["title"]) == (hit["id"], hit["title"])
    assert "1 article removed; bring it back with: newscast undo" in removed.stderr
    assert lines(run("--library", seeded, "search", "--json", "captagon")) == []
    back = run("--library", seeded, "undo")
    assert hit["title"] in back.stdout
    again = run("--library", seeded, "undo")
    assert (again.returncode, again.stdout) == (1, "")
    assert "nothing to undo" in again.stderr


def test_a_library_of_the_version_before_goes_on_counting_its_revisions(seeded):
    with sqlite3.connect(seeded / "library.db") as database:
        database.executescript(
            older_names + "DROP TABLE removed; DROP TABLE counters; DROP TABLE checksums; DROP TABLE losses;"
            " ALTER TABLE actors DROP COLUMN checksum; PRAGMA user_version = 4"
        )
    with Library(seeded, recogniser="rules") as library:
        assert not library.is_behind()
        library.remove(find_ids(library, "captagon"))
        assert library.health().problems == ()


def test_a_removed_article_that_is_damaged_is_named_and_can_be_added(seeded):
    with Library(seeded, recogniser="rules") as library:
        library.remove(find_ids(library, "captagon"))
    with sqlite3.connect(seeded / "library.db") as database:
        database.execute("UPDATE removed SET document = replace(document, 'aptagon', 'aptagen')")
    with Library(seeded, recogniser="rules") as library:
        assert "which was removed, is damaged" in library.health().problems[0]
        with pytest.raises(LibraryUnreadableError, match="doctor --repair"):
            library.undo_remove()
        assert "newscast add" in library.mend()[0]
        list(library.repair())
        assert library.health().problems == ()
        assert add(library, seeds) == {"added": 1, "skipped": 16}
        assert len(find_ids(library, "captagon")) == 1
