"""The commands: JSON Lines on stdout and nothing else there, messages on stderr, exit status 0, 1 or 2."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import hostile
from tests.conftest import older_names, root, seeds
from tests.terminal import Terminal, newscast


def run(*arguments: object, text: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui.cli", *map(str, arguments)],
        cwd=root, input=text, capture_output=True, text=True, encoding="utf-8", env={**os.environ, **environment},
        check=False,
    )  # fmt: skip


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_add_says_what_became_of_each_file(tmp_path):
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_text("An article about Homs.")
    (articles / "b.txt").write_text("")
    first = run("--library", tmp_path / "library", "add", "--json", articles)
    assert [(line["outcome"], line["reason"]) for line in lines(first)] == [("added", None), ("refused", "empty")]
    assert "refused: " in first.stderr
    assert "1 added, 0 changed, 0 skipped, 1 refused" in first.stderr
    second = run("--library", tmp_path / "library", "add", "--json", articles)
    assert [line["outcome"] for line in lines(second)] == ["skipped", "refused"]


def test_add_of_nothing_but_refusals_has_failed(tmp_path):
    done = run("--library", tmp_path / "library", "add", tmp_path / "nowhere.txt")
    assert done.returncode == 1
    assert "no such file or directory" in done.stderr


def test_add_reads_standard_input(tmp_path):
    done = run("--library", tmp_path / "library", "add", "--json", "-", text="HOMS, 7 December 2024 — It rained.\n")
    (line,) = lines(done)
    shown = lines(run("--library", tmp_path / "library", "show", "--json", line["id"]))
    assert shown[0]["date"] == "2024-12-07"


def test_show_gives_a_document_whose_mentions_point_at_its_text(seeded):
    (hit,) = lines(run("--library", seeded, "search", "--json", "captagon"))
    (document,) = lines(run("--library", seeded, "show", "--json", hit["id"][:8]))
    assert set(document) == {"id", "title", "source", "date", "url", "paragraphs", "mentions"}
    for mention in document["mentions"]:
        assert document["paragraphs"][mention["paragraph"]][mention["start"] : mention["end"]] == mention["text"]
        assert mention["kind"] in {"name", "nominal", "pronoun"}
        assert 0 < mention["confidence"] <= 1


def test_actors_and_mentions_agree(seeded):
    (actor,) = lines(run("--library", seeded, "actors", "--json", "lammy"))
    assert (actor["name"], actor["type"]) == ("David Lammy", "person")
    walked = lines(run("--library", seeded, "mentions", "--json", actor["id"]))
    assert len(walked) == actor["mentions"]
    assert walked == lines(run("--library", seeded, "mentions", "--json", "David", "Lammy"))
    assert all(line["text"] in line["sentence"] for line in walked)


def test_an_actor_that_is_not_there_is_one_line(seeded):
    done = run("--library", seeded, "mentions", "nobody")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == 'newscast: no actor "nobody"; newscast actors lists them\n'


def test_annotate_keeps_documents_their_order_and_needs_no_library(tmp_path):
    documents = [
        {
            "id": "2",
            "title": None,
            "source": None,
            "date": "2024-12-08",
            "url": None,
            "paragraphs": ["Mr Fidan\x1b[2J left.", ""],
        },
        {"id": "1", "title": "T", "source": "S", "date": None, "url": None, "paragraphs": ["Hakan Fidan\nspoke."]},
    ]
    text = "".join(json.dumps(document) + "\n" for document in documents)
    done = run("annotate", text=text, NEWSCAST_LIBRARY=str(tmp_path / "library"))
    annotated = lines(done)
    assert [document["id"] for document in annotated] == ["2", "1"]
    assert annotated[0]["paragraphs"] == ["Mr Fidan left.", ""]
    assert annotated[1]["paragraphs"] == ["Hakan Fidan spoke."]
    assert annotated[0]["mentions"][0]["actor"] != annotated[1]["mentions"][0]["actor"]
    assert not (tmp_path / "library").exists()
    across = lines(run("annotate", "--across", "-", text=text))
    assert across[0]["mentions"][0]["actor"] == across[1]["mentions"][0]["actor"] == "hakan-fidan"


@pytest.mark.parametrize("line", ["{", "[]", "7", '{"id": "x"}', '{"id": "x", "paragraphs": [1]}', "[" * 100_000])
def test_annotate_names_a_line_that_is_no_document_and_goes_on(line):
    done = run("annotate", text=f'{line}\n{{"id": "a", "paragraphs": ["Homs."]}}\n')
    assert done.returncode == 1
    assert "line 1: " in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_doctor_finds_and_mends(seeded):
    assert lines(run("--library", seeded, "doctor", "--json"))[0]["problems"] == []
    (segment,) = (seeded / "fulltext").glob("*.seg")
    segment.write_bytes(b"x")
    assert run("--library", seeded, "doctor").returncode == 1
    assert "no problems" in run("--library", seeded, "doctor", "--repair").stdout
    assert run("--library", seeded, "doctor").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["nosuch", "--nosuch"], 2),
        (["search"], 2),
        (["add"], 2),
        (["show", "x", "--limit", "z"], 2),
        (["search", "x"], 1),
    ],
)
def test_wrong_use_is_2_and_failure_is_1(tmp_path, arguments, status):
    done = run(*arguments, NEWSCAST_LIBRARY=str(tmp_path / "none"))
    assert (done.returncode, done.stdout) == (status, "")
    assert "Traceback" not in done.stderr


def test_the_reader_without_a_terminal_says_so(seeded):
    done = run("--library", seeded)
    assert done.returncode == 1
    assert "needs a terminal" in done.stderr


def test_hostile_text_leaves_the_commands_as_text(tmp_path):
    path = tmp_path / "\x1b[31mname.txt"
    path.write_bytes(hostile.article.encode("utf-8", "surrogatepass"))
    library = tmp_path / "library"
    outputs = [run("--library", library, "add", path), run("--library", library, "add", tmp_path / "\x1b[2Jnone")]
    outputs += [
        run("--library", library, *rest) for rest in (["search", "fidan"], ["actors"], ["mentions", "hakan-fidan"])
    ]
    for done in outputs:
        assert "\x1b" not in done.stdout + done.stderr
        assert "\u202e" not in done.stdout


def test_a_reader_that_goes_away_is_no_error(seeded):
    command = f"{sys.executable} -m tui.cli --library {seeded} actors | head -n 1"
    done = subprocess.run(["bash", "-c", command], cwd=root, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert "Bashar al-Assad" in done.stdout


def test_a_locale_without_unicode_is_no_error(seeded):
    done = run("--library", seeded, "search", "erdogan", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_the_library_is_found_by_option_environment_and_settings(tmp_path, seeded):
    (tmp_path / "settings.toml").write_text(f'library = "{seeded}"\n')
    for done in (
        run("--library", seeded, "search", "captagon"),
        run("search", "--library", seeded, "captagon"),
        run("search", "captagon", NEWSCAST_LIBRARY=str(seeded)),
        run("search", "captagon", NEWSCAST_SETTINGS=str(tmp_path / "settings.toml")),
    ):
        assert "The family that left" in done.stdout


def test_an_option_wins_over_a_variable_wherever_it_stands(tmp_path, seeded):
    none = str(tmp_path / "none")
    for arguments in (["--library", seeded, "search", "captagon"], ["search", "--library", seeded, "captagon"]):
        assert "The family that left" in run(*arguments, NEWSCAST_LIBRARY=none).stdout
    done = run("--library", tmp_path / "other", "search", "captagon", NEWSCAST_LIBRARY=str(seeded))
    assert done.stderr == f"newscast: no library in {tmp_path / 'other'}; create one with: newscast add PATH\n"
    both = run("--library", tmp_path / "other", "search", "--library", seeded, "captagon", NEWSCAST_LIBRARY=none)
    assert "The family that left" in both.stdout


def test_an_option_wins_over_the_settings(tmp_path, seeded):
    (tmp_path / "settings.toml").write_text(f'library = "{tmp_path / "none"}"\n')
    settings = str(tmp_path / "settings.toml")
    assert run("--library", seeded, "search", "captagon", NEWSCAST_SETTINGS=settings).stdout
    assert run("search", "captagon", NEWSCAST_SETTINGS=settings, NEWSCAST_LIBRARY=str(seeded)).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serach", "foo bar"], "no file or command “serach”; did you mean “newscast search 'foo bar'”?"),
        (["Actors"], "no file or command “Actors”; did you mean “newscast actors”?"),
        (["--library", "x", "doctr", "--repair"], "did you mean “newscast doctor --repair”?"),
        (["nowhere.txt"], "no file, folder or command “nowhere.txt”"),
        (["zzz\x1b[2J"], "no file, folder or command “zzz”"),
    ],
)
def test_a_first_word_that_is_nothing_is_asked_back(tmp_path, arguments, said):
    done = run(*arguments, NEWSCAST_LIBRARY=str(tmp_path / "none"))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("argument", [str(seeds), "https://example.org/serach", "-"])
def test_a_file_an_address_and_a_dash_are_for_the_reader(argument, tmp_path):
    done = run(argument, NEWSCAST_LIBRARY=str(tmp_path / "none"))
    assert done.returncode == 1
    assert "needs" in done.stderr


def test_actors_says_that_there_is_none(seeded):
    for arguments in (["zzzz"], ["--json", "zzzz"]):
        done = run("--library", seeded, "actors", *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "newscast: no actor has “zzzz” in a name\n"


def test_mentions_prints_each_sentence_once(annotated):
    objects = lines(run("--library", annotated, "mentions", "--json", "bashar-al-assad"))
    printed = run("--library", annotated, "mentions", "bashar-al-assad").stdout.splitlines()
    places = [(each["document"], each["paragraph"], each["sentence"]) for each in objects]
    assert len(set(places)) < len(places)
    assert printed == [
        f"{document} ¶{paragraph + 1}  {sentence}" for document, paragraph, sentence in dict.fromkeys(places)
    ]


def test_on_a_terminal_all_mentions_of_a_sentence_are_bold(annotated):
    objects = lines(run("--library", annotated, "mentions", "--json", "bashar-al-assad"))
    places = [(each["document"], each["paragraph"], each["sentence"]) for each in objects]
    twice = next(place for place in places if places.count(place) > 1)
    names = [each["text"] for each, place in zip(objects, places, strict=True) if place == twice]
    terminal = Terminal(newscast("--library", str(annotated), "mentions", "bashar-al-assad"), (400, 24))
    try:
        terminal.wait_for_exit()
        line = next(
            line
            for line in terminal.written.decode().splitlines()
            if re.sub("\x1b\\[[0-9;]*m", "", line).endswith(twice[2])
        )
        assert re.findall("\x1b\\[1m(.*?)\x1b\\[0m", line) == names
    finally:
        terminal.end()


def test_a_mention_within_another_is_printed_once(annotated):
    (hit,) = lines(run("--library", annotated, "search", "--json", "captagon"))
    (document,) = lines(run("--library", annotated, "show", "--json", hit["id"]))
    terminal = Terminal(newscast("--library", str(annotated), "show", hit["id"]), (80, 24))
    try:
        terminal.wait_for_exit()
        shown = re.sub("\x1b\\[[0-9;]*m", "", terminal.written.decode()).splitlines()
        assert [paragraph for paragraph in document["paragraphs"] if paragraph not in shown] == []
    finally:
        terminal.end()


def test_settings_that_are_not_understood_are_one_line(tmp_path):
    (tmp_path / "settings.toml").write_text("colour = 'red'\n")
    done = run("search", "x", NEWSCAST_SETTINGS=str(tmp_path / "settings.toml"))
    assert done.returncode == 1
    assert 'no setting "colour"' in done.stderr


def test_the_seeds_are_all_articles():
    assert len([path for path in Path(seeds).iterdir() if not path.name.startswith(".")]) >= 15


def test_a_name_of_several_actors_offers_them(build_library):
    library = build_library(
        a="One\n\nJohn Smith spoke in Homs. Smith left.", b="Two\n\nMary Smith sang in Hama. Smith sang again."
    )
    library.close()
    done = run("--library", library.folder, "search", "--json", "person:smith")
    assert len(lines(done)) == 2
    assert "“smith” may be 2 actors: person:#john-smith, person:#mary-smith" in done.stderr
    (hit,) = lines(run("--library", library.folder, "search", "--json", "person:#mary-smith"))
    assert hit["title"] == "Two"


@pytest.mark.parametrize(
    ("command", "status"), [(["search", "captagon"], 0), (["actors"], 0), (["doctor"], 1), (["doctor", "--repair"], 0)]
)
def test_a_library_of_an_older_newscast_is_brought_up_to_date_by_any_command(seeded, command, status):
    with sqlite3.connect(seeded / "library.db") as connection:
        connection.executescript(
            older_names + "DROP INDEX documents_by_source; DROP INDEX documents_by_url; DROP TABLE actor_descriptions;"
            "DROP TABLE counters; DROP TABLE removed; DROP TABLE checksums; DROP TABLE losses;"
            "ALTER TABLE actors DROP COLUMN checksum;"
            "PRAGMA user_version = 2;"
        )
    connection.close()
    for path in (seeded / "fulltext").iterdir():
        path.write_bytes(b"what another version understood")
    done = run("--library", seeded, *command)
    assert done.returncode == status, done.stderr
    assert done.stdout
