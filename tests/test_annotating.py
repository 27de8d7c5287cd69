"""Re-annotation: it works step by step, keeps its progress if interrupted, and keeps your corrections."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from search import Library, LibraryLockedError, Query
from search.store import WriterLock
from tests.conftest import seeds
from tests.test_commands import lines, run


def read_casts(library: Library) -> dict[str, list[tuple[int, int, int, str | None]]]:
    """Article → its mentions, each with the name of its actor."""
    casts = {}
    for hit in library.search(Query(""), 0, 100).hits:
        cast = library.cast(hit.summary.id)
        casts[hit.summary.id] = [
            (each.paragraph, each.start, each.end, cast.actors[each.link.actor].name if each.link else None)
            for each in cast.mentions
        ]
    return casts


def test_names_are_there_before_the_rest(tmp_path):
    with Library(tmp_path / "library") as library:
        steps = library.add([str(seeds)])
        seen = []
        for step in steps:
            seen.append(step.what)
            if step.what == "finding the cast":
                break
        kinds = {
            mention.kind
            for hit in library.search(Query("Aleppo")).hits
            for mention in library.cast(hit.summary.id).mentions
        }
        assert kinds == {"name"}
        assert not library.is_annotated()
        steps.close()  # type: ignore[attr-defined] # it is a generator
        for _ in library.annotate():
            pass
        kinds = {
            mention.kind
            for hit in library.search(Query("Aleppo")).hits
            for mention in library.cast(hit.summary.id).mentions
        }
        assert kinds == {"name", "nominal", "pronoun"}
        assert library.is_annotated()


def test_annotating_goes_on_where_it_was_killed(annotated, tmp_path):
    folder = tmp_path / "killed"
    with Library(folder, recogniser="rules") as library:
        for _ in library.add([str(seeds)]):
            pass
    code = (
        "import sys; from pathlib import Path; from search import Library\n"
        "for step in Library(Path(sys.argv[1])).annotate(): print(step.done, flush=True)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, folder], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    done = 0
    while done < 4:
        done = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with Library(folder) as library:
        steps = list(library.annotate())
        assert 0 < steps[0].total < 17
        with Library(annotated, read_only=True) as whole:
            assert read_casts(library) == read_casts(whole)
        assert not library.health().problems


def test_an_actor_is_called_and_taken_for_what_its_articles_say_now(seeded):
    with Library(seeded) as library:
        for _ in range(2):
            library._connection.execute("UPDATE documents SET annotated_by = ''")
            for _ in library.annotate():
                pass
        nobody_s = "SELECT count(*) FROM actor_descriptions WHERE actor NOT IN (SELECT number FROM actors)"
        assert library._connection.execute(nobody_s).fetchone() == (0,)
        stale = library._connection.execute(
            "SELECT name, type FROM actors WHERE NOT EXISTS (SELECT 1 FROM document_actors"
            " WHERE actor = actors.number AND name = actors.name) OR NOT EXISTS (SELECT 1 FROM document_actors"
            " WHERE actor = actors.number AND type = actors.type)"
        ).fetchall()
    assert stale == []


def test_an_actor_keeps_its_id_when_the_cast_is_found_again(seeded):
    with Library(seeded, recogniser="rules") as library:
        before = {(actor.name, actor.type): actor.id for actor in library.actors()[1]}
    with Library(seeded) as library:
        for _ in library.annotate():
            pass
        after = {(actor.name, actor.type): actor.id for actor in library.actors()[1]}
    shared = before.keys() & after.keys()
    assert len(shared) > 80
    assert {key: after[key] for key in shared} == {key: before[key] for key in shared}


def test_whoever_has_no_name_is_in_the_article_and_in_no_list(annotated):
    with Library(annotated) as library:
        named = {actor.id for actor in library.actors()[1]}
        nameless = [
            actor
            for hit in library.search(Query(""), 0, 100).hits
            for actor in library.cast(hit.summary.id).actors.values()
            if not actor.aliases
        ]
        assert nameless
        assert not named & {actor.id for actor in nameless}
        assert all(library.actor(actor.id) == actor for actor in nameless)


def find_pronoun(library: Library):
    """Find an article and a linked pronoun in it."""
    for hit in library.search(Query(""), 0, 100).hits:
        for mention in library.cast(hit.summary.id).mentions:
            if mention.kind == "pronoun" and mention.link:
                return hit.summary.id, mention
    raise AssertionError


def test_a_correction_outlives_a_better_model_and_can_be_taken_back(annotated):
    with Library(annotated) as library:
        document, mention = find_pronoun(library)
        actor = library.actor(mention.link.actor)
        assert library.correct(document, mention, is_right=False)
        assert library.actor(actor.id).mentions == actor.mentions - 1
        assert mention not in library.cast(document).mentions
        library._connection.execute("UPDATE documents SET annotated_by = 'an older one'")
        for _ in library.annotate():
            pass
        assert mention not in library.cast(document).mentions
        assert library.actor(actor.id).mentions == actor.mentions - 1
        assert library.correct(document, mention, is_right=True)
        assert mention in library.cast(document).mentions
        assert library.actor(actor.id) == actor
        assert not library.correct(document, mention, is_right=True)


def test_nothing_is_corrected_while_somebody_else_writes(annotated):
    with Library(annotated) as library:
        document, mention = find_pronoun(library)
        with WriterLock(annotated), pytest.raises(LibraryLockedError):
            library.correct(document, mention, is_right=False)


def test_doctor_annotates_what_another_recogniser_has_seen(seeded, tmp_path):
    (tmp_path / "trained.toml").write_text('recogniser = "trained"\n')
    before = lines(run("--library", seeded, "doctor", "--json"))[0]
    (after,) = lines(
        run("--library", seeded, "doctor", "--annotate", "--json", NEWSCAST_SETTINGS=str(tmp_path / "trained.toml"))
    )
    assert after["mentions"] > before["mentions"]
    assert after["problems"] == []


def test_adding_one_by_one_gives_the_cast_of_adding_all_at_once(annotated, tmp_path):
    with Library(tmp_path / "one") as library:
        for path in sorted(seeds.iterdir(), reverse=True):
            for _ in library.add([str(path)]):
                pass
        with Library(annotated) as whole:
            ours, theirs = read_casts(library), read_casts(whole)
    by_text = [sorted(json.dumps(cast) for cast in casts.values()) for casts in (ours, theirs)]
    assert by_text[0] == by_text[1]
