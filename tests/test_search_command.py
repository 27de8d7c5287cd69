"""`newscast search`: hits, snippets, facets, saved searches, and what it says of odd queries."""

from __future__ import annotations

import json
import shutil
from contextlib import closing

import pytest

from search import Searches
from tests.test_commands import lines, run
from tui.settings import find_reader_database


def test_search_gives_hits_with_snippets(seeded):
    (hit,) = lines(run("--library", seeded, "search", "--json", "captagon"))
    assert (hit["title"], hit["date"]) == ("The family that left: one plane, several roads", "2024-12-13")
    start, end = hit["snippet"]["matches"][0]
    assert hit["snippet"]["text"][start:end] == "Captagon"


def test_search_takes_words_apart_or_together_and_a_minus_behind_dashes(seeded):
    together = run("search", "--library", seeded, "--json", "united nations -council")
    apart = run("--library", seeded, "search", "--json", "--", "united", "nations", "-council")
    assert together.stdout == apart.stdout
    assert together.stdout


def test_a_search_mends_an_index_that_was_left_behind(seeded):
    (seeded / "fulltext" / "state.json").unlink()
    assert len(lines(run("--library", seeded, "search", "--json", "captagon"))) == 1


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        (["-modi"], "newscast search -- -modi"),
        (["russia", "-modi"], "newscast search russia -- -modi"),
        (["-homs"], "newscast search -- -homs"),  # not -h, which is help
        (["--limit", "3", "-x"], "newscast search --limit 3 -- -x"),
    ],
)
def test_search_says_how_to_write_what_begins_with_a_minus(seeded, arguments, written):
    done = run("--library", seeded, "search", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert written in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_search_takes_a_minus_behind_dashes_and_in_quotes(seeded):
    assert run("--library", seeded, "search", "--", "-russia").stdout
    assert (
        run("--library", seeded, "search", "--", "-russia").stdout
        == run("--library", seeded, "search", " -russia").stdout
    )
    assert run("search", "-h").stdout.startswith("Usage: ")


def test_a_saved_search_may_be_excluded_and_stand_in_another(seeded):
    def find(query: str) -> list[str]:
        return [hit["id"] for hit in lines(run("--library", seeded, "search", "--json", "--limit", 100, "--", query))]

    run("search", "--save", "drugs", "captagon OR asylum")
    run("search", "--save", "open", '"fall of')
    assert find("syria -@drugs") == find("syria -(captagon OR asylum)")
    assert find("(@drugs syria)") == find("(captagon OR asylum) syria")
    assert find("@open syria") == find('"fall of" syria')
    with closing(Searches(find_reader_database())) as searches:
        searches.save("all", "@drugs OR @open")
        searches.save("round", "syria @round")
    assert find("@all") == find('captagon OR asylum OR "fall of"')
    done = run("--library", seeded, "search", "@round")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("newscast: @round → @round: these searches contain each other")
    listed = run("--library", seeded, "search", "--json", "--saved")
    assert [json.loads(line)["name"] for line in listed.stdout.splitlines()] == ["all", "drugs", "open"]
    assert "@round" in listed.stderr


def test_an_order_is_not_swallowed_by_an_open_quotation_mark(seeded):
    whole = lines(run("--library", seeded, "search", "--json", "--sort", "old", '"the'))
    assert whole == lines(run("--library", seeded, "search", "--json", "--sort", "old", '"the"'))
    assert whole == lines(run("--library", seeded, "search", "--json", "--sort", "old", "the sort:date"))
    assert [hit["date"] for hit in whole] == sorted(hit["date"] for hit in whole)


def test_search_gives_facets_with_exact_counts_behind_the_hits(seeded):
    *hits, last = lines(run("--library", seeded, "search", "--json", "--facets", "--limit", 3, "syria"))
    assert len(hits) == 3
    assert set(last["facets"]) == {"persons", "organisations", "places", "sources", "months"}
    russia = next(each for each in last["facets"]["places"] if each["key"] == "russia")
    narrowed = lines(run("--library", seeded, "search", "--json", "--limit", 100, "syria place:#russia"))
    assert len(narrowed) == russia["count"] < last["total"]


def test_search_is_sorted_and_paged(seeded):
    whole = lines(run("--library", seeded, "search", "--json", "--sort", "old", "--limit", 100, "syria"))
    assert [hit["date"] for hit in whole] == sorted(hit["date"] for hit in whole)
    page = lines(run("--library", seeded, "search", "--json", "--sort", "old", "--limit", 2, "--offset", 3, "syria"))
    assert page == whole[3:5]


def test_a_search_is_saved_listed_asked_again_and_forgotten(seeded):
    saved = run("--library", seeded, "search", "--json", "--save", "drugs", "captagon OR asylum")
    assert "saved as @drugs" in saved.stderr
    assert lines(run("--library", seeded, "search", "--json", "@drugs")) == lines(saved)
    (listed,) = lines(run("--library", seeded, "search", "--json", "--saved"))
    assert listed == {
        "name": "drugs",
        "query": "captagon OR asylum",
        "total": len(lines(saved)),
        "unread": listed["total"],
    }
    assert "--save drugs 'captagon OR asylum'" in run("search", "--forget", "drugs").stderr
    gone = run("--library", seeded, "search", "@drugs")
    assert (gone.returncode, gone.stdout) == (1, "")
    assert gone.stderr == "newscast: no saved search “drugs”; newscast search --saved lists them\n"


def test_a_name_that_is_none_is_wrong_use(seeded):
    done = run("--library", seeded, "search", "--save", "two words", "syria")
    assert done.returncode == 2
    assert "is not a valid name" in done.stderr


def test_search_says_what_was_perhaps_meant(seeded):
    done = run("--library", seeded, "search", "damascsu")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "0 articles\ndid you mean: damascus\n"


def test_an_option_before_the_command_is_shown_where_it_belongs(seeded):
    done = run("--json", "search", "captagon", NEWSCAST_LIBRARY=str(seeded))
    assert done.returncode == 2
    assert "newscast search --json" in done.stderr


def test_a_search_that_may_not_update_the_index_says_that_it_does_not_find_all(seeded, tmp_path):
    older = shutil.copytree(seeded / "fulltext", tmp_path / "older")
    (tmp_path / "new.txt").write_text("Quinces are cheap in Homs.")
    assert run("--library", seeded, "add", tmp_path / "new.txt").returncode == 0
    shutil.rmtree(seeded / "fulltext")
    shutil.copytree(older, seeded / "fulltext")
    done = run("--library", seeded, "--read-only", "search", "quinces")
    assert done.returncode == 0
    assert "the full-text index is out of date; it does not find all articles" in done.stderr
