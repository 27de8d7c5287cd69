"""What was damaged on disk gives no wrong answer, runs no code of others, and is mended or named."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
from whoosh.fields import ID, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from search import Library, Query
from search.fulltext.commits import Commits
from tests.test_commands import lines, run
from tests.test_library import add


def zero(path: Path, start: int, end: int) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:start] + bytes(end - start) + data[end:])


def test_a_search_mends_an_index_that_turns_out_to_be_damaged(seeded):
    whole = run("--library", seeded, "search", "--json", "damascus")
    (segment,) = (seeded / "fulltext").glob("*.seg")
    zero(segment, 4096, segment.stat().st_size - 4096)
    searched = [run("--library", seeded, "search", "--json", text) for text in ("damascus", "damascsu~")]
    assert searched[0].stdout == whole.stdout
    assert any("it was rebuilt from the articles" in done.stderr for done in searched)
    assert run("--library", seeded, "doctor").stdout.endswith("no problems\n")


def test_with_read_only_a_damaged_index_is_an_error_and_no_wrong_answer(seeded):
    (segment,) = (seeded / "fulltext").glob("*.seg")
    zero(segment, 4096, segment.stat().st_size)
    before = segment.read_bytes()
    done = run("--library", seeded, "--read-only", "search", "damascus")
    assert (done.returncode, done.stdout) == (1, "")
    assert "the full-text index is damaged" in done.stderr or "cannot be read" in done.stderr
    assert segment.read_bytes() == before


def test_adding_to_a_library_whose_index_is_damaged_ends_with_a_whole_one(seeded, tmp_path):
    (segment,) = (seeded / "fulltext").glob("*.seg")
    zero(segment, 4096, segment.stat().st_size)
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(f"A zebra is in {name}.")
    with Library(seeded, recogniser="rules") as library:
        assert add(library, tmp_path / "a.txt", tmp_path / "b.txt") == {"added": 2}
        assert library.search(Query("zebra")).total == 2
        assert library.search(Query("captagon")).total == 1
        assert library.health().problems == ()


class Harmful:
    """What runs a command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (self.command,)


@pytest.mark.parametrize("place", ["schema", "segments"])
def test_a_library_that_somebody_else_made_runs_no_code_of_theirs(seeded, tmp_path, place):
    folder, trace = seeded / "fulltext", tmp_path / "trace"
    harm = Harmful(f"touch {trace}")
    schema = Schema(text=ID())
    if place == "schema":
        schema.harm = harm
    commit = Commits(folder).read()
    segments = [harm] if place == "segments" else list(commit.segments)
    TOC(schema, segments, commit.generation + 1).write(FileStorage(str(folder)), "MAIN")
    done = run("--library", seeded, "search", "--json", "captagon")
    assert not trace.exists()
    assert len(lines(done)) == 1
    assert run("--library", seeded, "doctor").stdout.endswith("no problems\n")
    pickle.loads(pickle.dumps(harm))  # it would have
    assert trace.exists()
