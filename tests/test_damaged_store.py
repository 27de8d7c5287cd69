"""Damage in library.db is detected. It loses only the article that it is in, and adding its file restores that."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from search import DocumentDamagedError, Library, NewscastError, Query
from tests.conftest import older_names, seeds
from tests.test_commands import run
from tests.test_library import add, describe

changes = {
    "text": "UPDATE documents SET text = replace(text, 'Damascus', 'Damaskus') WHERE number = 3",
    "title": "UPDATE documents SET title = 'Another title' WHERE number = 3",
    "source": "UPDATE documents SET source = 'Another' WHERE number = 3",
    "date": "UPDATE documents SET published = '2023-01-01' WHERE number = 3",
    "address": "UPDATE documents SET url = 'http://example.org' WHERE number = 3",
    "id": "UPDATE documents SET id = 'a' || id WHERE number = 3",
    "origin": "UPDATE documents SET origin = origin || 'x' WHERE number = 3",
    "hash": "UPDATE documents SET content_hash = 'x' WHERE number = 3",
    "mention's place": "UPDATE mentions SET end = end - 1 WHERE document = 3 AND paragraph = 1",
    "mention's type": "UPDATE mentions SET type = 'work' WHERE document = 3 AND paragraph = 1",
    "mention's reason": "UPDATE mentions SET why = 'manual' WHERE document = 3 AND paragraph = 1",
    "mention's confidence": "UPDATE mentions SET confidence = confidence - 1e-9 WHERE document = 3 AND paragraph = 1",
    "mention's actor": (
        "UPDATE mentions SET document_actor = (SELECT max(number) FROM document_actors WHERE document = 3)"
        " WHERE document = 3 AND paragraph = 1"
    ),
    "mention lost": "DELETE FROM mentions WHERE document = 3 AND paragraph = 1",
    "link": "UPDATE document_actors SET actor = (SELECT max(number) FROM actors) WHERE number = 30",
    "link to nobody": "UPDATE document_actors SET actor = 999999 WHERE number = 30",
    "document_actor's name": "UPDATE document_actors SET name = 'Somebody' WHERE number = 30",
    "document_actor's names": "UPDATE document_actors SET names = '{' WHERE number = 30",
    "actor's name": "UPDATE actors SET name = 'Somebody' WHERE number = 5",
    "actor's type": "UPDATE actors SET type = 'work' WHERE number = 5",
    "actor's id": "UPDATE actors SET id = 'somebody' WHERE number = 5",
    "actor's kind": "UPDATE actors SET is_full = 1 - is_full WHERE number = 5",
    "actor's counts": "UPDATE actors SET mentions = mentions + 1 WHERE number = 5",
    "actor's alias": "DELETE FROM actor_names WHERE actor = 5",
    "how an alias is looked up": "UPDATE actor_names SET folded = 'somebody' WHERE actor = 5",
    "actor's key": "UPDATE actor_keys SET key = 'somebody' WHERE actor = 5",
    "actor's description": "UPDATE actor_descriptions SET uses = uses + 1 WHERE actor = 5",
    "checksum": "UPDATE checksums SET text = x'00' WHERE document = 3",
}


def change(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "library.db")) as database, database:
        assert database.execute(statement).rowcount > 0


def list_articles(folder: Path) -> list[str]:
    """List every article with its cast, in an order that does not change when an article is added again."""
    with Library(folder, read_only=True) as library:
        ids = [hit.summary.id for hit in library.search(Query(""), 0, 100).hits]
        return sorted(repr((library.document(each), library.cast(each))) for each in ids)


@pytest.mark.parametrize("what", changes)
def test_each_change_is_noticed_repaired_and_gone_when_the_files_are_added(seeded, what):
    change(seeded, changes[what])
    with Library(seeded, recogniser="rules") as library:
        assert library.health().problems
        assert library.mend()
        list(library.repair())
        assert library.health().problems == ()
        add(library, seeds)
        assert library.health().problems == ()
        assert library.size() == 17


@pytest.mark.parametrize("what", ["text", "hash", "mention lost", "link", "document_actor's names", "checksum"])
def test_adding_its_file_restores_a_damaged_article_without_a_repair(seeded, seeded_folder, what):
    change(seeded, changes[what])
    with Library(seeded, recogniser="rules") as library:
        outcomes = add(library, seeds)
        assert outcomes["changed"] == 1
    assert list_articles(seeded) == list_articles(seeded_folder)
    with Library(seeded) as library:
        assert library.health().problems == ()


@pytest.mark.parametrize(
    "damage",
    ["published = '2024-99-99'", "published = x'3230'", "title = x'ff'", "text = CAST(x'ff' AS TEXT)", "text = x'00'"],
)
def test_a_row_that_cannot_be_decoded_costs_its_article_alone(seeded, damage):
    with closing(sqlite3.connect(seeded / "library.db")) as database:
        identifier, origin = database.execute("SELECT id, origin FROM documents WHERE number = 3").fetchone()
    change(seeded, f"UPDATE documents SET {damage} WHERE number = 3")
    with Library(seeded, read_only=True) as library:
        for query in ("the", "the sort:date", "actor:assad OR the"):
            results = library.search(Query(query), 0, 100)
            assert identifier not in {hit.summary.id for hit in results.hits}, query
            assert results.total == len(results.hits) == 16, query
            assert "left out 1 article" in (results.note or ""), query
        for query in ("", "date:2024", "para:(syria the)", "source:reuters"):
            results = library.search(Query(query), 0, 100)
            assert results.total == len(results.hits), query
        library.facets(Query("the"))
        with pytest.raises(DocumentDamagedError):
            library.document(identifier)
    shown = run("--library", seeded, "show", identifier)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert f"article {identifier} is damaged; restore it with: newscast add {origin}" in shown.stderr


def test_show_says_that_a_cast_is_damaged(seeded):
    change(seeded, changes["mention lost"])
    with closing(sqlite3.connect(seeded / "library.db")) as database:
        (identifier,) = database.execute("SELECT id FROM documents WHERE number = 3").fetchone()
    shown = run("--library", seeded, "show", identifier)
    assert shown.returncode == 1
    assert "the cast of article" in shown.stderr
    assert shown.stdout


def test_the_doctor_names_what_is_damaged_and_says_where_it_is_kept(seeded):
    change(seeded, changes["text"])
    named = run("--library", seeded, "doctor")
    assert re.search(r"article \w+ is damaged; restore it with: newscast add \S+", named.stdout)
    repaired = run("--library", seeded, "doctor", "--repair")
    (kept,) = seeded.glob("damaged-*.jsonl")
    assert str(kept) in repaired.stdout
    assert "Damaskus" in kept.read_text()
    assert repaired.stdout.endswith("no problems\n")
    assert repaired.returncode == 0
    assert run("--library", seeded, "doctor").stdout.endswith("no problems\n")


def test_corrections_survive_that_a_damaged_cast_is_found_again(seeded):
    with Library(seeded, recogniser="rules") as library:
        with closing(sqlite3.connect(seeded / "library.db")) as database:
            (identifier,) = database.execute("SELECT id FROM documents WHERE number = 3").fetchone()
        mention = next(each for each in library.cast(identifier).mentions if each.link)
        library.correct(identifier, mention, is_right=False)
        assert library.health().problems == ()
    change(seeded, changes["mention's type"])
    with Library(seeded, recogniser="rules") as library:
        library.mend()
        found = next(each for each in library.cast(identifier).mentions if each.position == mention.position)
        assert found.link is None


def test_no_flipped_bit_or_zeroed_stretch_gives_a_wrong_answer_that_the_doctor_calls_whole(seeded, tmp_path):
    whole, data, choice = describe(seeded), (seeded / "library.db").read_bytes(), random.Random(7)
    unopenable: list[str] = []
    for number in range(40):
        folder = Path(shutil.copytree(seeded, tmp_path / f"copy{number}"))
        at, length = choice.randrange(len(data)), choice.choice([0, 0, 0, 200, 4096])
        changed = bytes(length) if length else bytes([data[at] ^ 1 << choice.randrange(8)])
        (folder / "library.db").write_bytes((data[:at] + changed + data[at + len(changed) :])[: len(data)])
        try:
            answers: object = describe(folder)
        except NewscastError:
            answers = None
        try:
            with Library(folder, recogniser="rules") as library:
                problems = library.health().problems
                assert problems or answers == whole, f"at {at}"
                if problems:
                    library.mend()
                    list(library.repair())
                    add(library, seeds)
                    assert library.health().problems == (), f"at {at}"
                    assert library.size() == 17, f"at {at}"
        except NewscastError as error:
            unopenable.append(str(error))
        shutil.rmtree(folder)
    assert all("doctor --repair sets it aside" in error for error in unopenable)  # the schema itself


def test_an_older_library_gets_its_checksums(seeded):
    with closing(sqlite3.connect(seeded / "library.db")) as database:
        database.executescript(
            older_names + "DROP TABLE removed; DROP TABLE counters; DROP TABLE checksums; DROP TABLE losses;"
            " ALTER TABLE actors DROP COLUMN checksum; PRAGMA user_version = 4"
        )
    with Library(seeded) as library:
        assert library.health().problems == ()
    change(seeded, changes["text"])
    with Library(seeded) as library:
        assert library.health().problems
