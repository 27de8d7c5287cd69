"""newscast migrates the databases of older versions without loss when it opens them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from search import Library, Marks, Query, Visit
from tests.conftest import older_names


def test_a_library_whose_tables_have_their_old_names_keeps_its_casts(seeded):
    with Library(seeded, recogniser="rules") as library:
        (hit,) = library.search(Query("captagon")).hits
        cast = library.cast(hit.summary.id)
    with closing(sqlite3.connect(seeded / "library.db")) as database:
        database.executescript(f"{older_names} PRAGMA user_version = 8")
    with Library(seeded, recogniser="rules") as library:
        assert library.cast(hit.summary.id) == cast
        assert library.health().problems == ()


def test_the_selected_actor_of_an_older_visit_is_kept(tmp_path):
    with closing(Marks(tmp_path / "reader.db")) as marks:
        marks.write_visit(Visit("", "a", 1, 0, "keir-starmer"))
    with closing(sqlite3.connect(tmp_path / "reader.db")) as database:
        database.executescript("ALTER TABLE visit RENAME COLUMN selected TO taken; PRAGMA user_version = 4")
    with closing(Marks(tmp_path / "reader.db")) as marks:
        visit = marks.read_visit()
    assert visit is not None
    assert visit.selected == "keir-starmer"
