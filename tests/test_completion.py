"""Completion: what a shell offers behind the words of a command line, by a real bash where that matters."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from search import Library, Query
from tests.conftest import seeds
from tests.terminal import Terminal
from tests.test_commands import run

script = Path(sys.executable).with_name("newscast")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_comes_with_the_command(shell):
    done = run(_NEWSCAST_COMPLETE=f"{shell}_source")
    assert "_NEWSCAST_COMPLETE" in done.stdout


@pytest.fixture
def offer(seeded):
    """What is offered for the last of these words; the others stand before it."""

    def ask(*words: str, shell: str = "bash") -> list[str]:
        done = run(
            NEWSCAST_LIBRARY=str(seeded), _NEWSCAST_COMPLETE=f"{shell}_complete",
            COMP_WORDS=" ".join(("newscast", *words)), COMP_CWORD=words[-1] if shell == "fish" else str(len(words)),
        )  # fmt: skip
        return [line for line in done.stdout.splitlines() if line]

    return ask


def test_commands_are_offered_and_files_for_the_reader(offer):
    assert offer("se") == ["file,se", "plain,search", "plain,serve"]
    assert {"plain,add", "plain,mentions", "plain,doctor"} <= set(offer(""))
    assert "plain,--library" in offer("--li")


def test_ids_of_actors_and_articles_are_offered(offer, seeded):
    assert offer("mentions", "bash") == ["plain,bashar-al-assad"]
    with Library(seeded, read_only=True) as library:
        ids = [hit.summary.id for hit in library.search(Query(""), 0, 100).hits]
    assert offer("show", ids[3][:5]) == [f"plain,{ids[3]}"]
    assert offer("show", "") == [f"plain,{each}" for each in ids]


def test_saved_searches_are_offered(offer):
    run("search", "--save", "drugs", "captagon OR asylum")
    run("search", "--save", "drought", "rain")
    assert offer("search", "@dr") == ["plain,@drought", "plain,@drugs"]
    assert offer("search", "syria", "@dru") == ["plain,@drugs"]
    assert offer("search", "@", "dru") == ["plain,@drugs"]  # as bash parts it
    assert offer("search", "dru") == []


def test_files_are_offered_where_files_are_taken(offer):
    assert offer("add", "see") == ["file,see"]
    assert offer("annotate", "see") == ["file,see"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_offered_the_same_with_words_about_it(offer, shell):
    said = "\n".join(offer("mentions", "bash", shell=shell))
    assert "bashar-al-assad" in said
    assert "Bashar al-Assad" in said


def test_a_library_that_is_not_there_offers_nothing(tmp_path):
    done = run(
        NEWSCAST_LIBRARY=str(tmp_path / "none"), _NEWSCAST_COMPLETE="bash_complete", COMP_WORDS="newscast show a",
        COMP_CWORD="2",
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")
    assert not (tmp_path / "none").exists()


@pytest.fixture
def bash(seeded, tmp_path):
    """A bash that completes newscast, on a terminal."""
    knows = subprocess.run(["bash", "-c", "type compopt"], capture_output=True, check=False)
    if not script.exists() or knows.returncode:
        pytest.skip("needs the command, and a bash that completes")
    completion = tmp_path / "completion.bash"
    completion.write_text(run(_NEWSCAST_COMPLETE="bash_source").stdout)
    start = tmp_path / "rc"
    start.write_text(
        f"PATH={script.parent}:$PATH\nPS1='ready> '\nbind 'set bell-style none'\n"
        "bind 'set enable-bracketed-paste off'\n"
        f"export NEWSCAST_LIBRARY={seeded}\ncd {seeds.parent}\nsource {completion}\n"
    )
    terminal = Terminal(["bash", "--noprofile", "--rcfile", str(start), "-i"], (200, 24))
    terminal.wait_for("ready>")
    yield terminal
    terminal.end()


def test_a_real_bash_completes(bash):
    run("search", "--save", "drugs", "captagon OR asylum")
    for typed, completed in (
        ("newscast ment\t", "newscast mentions"),
        ("newscast mentions bashar\t", "newscast mentions bashar-al-assad"),
        ("newscast show 0ae36\t", "newscast show 0ae362847aaa"),
        ("newscast search @dru\t", "newscast search @drugs"),
        ("newscast add see\t", "newscast add seeds/"),
        ("newscast see\t", "newscast seeds/"),
    ):
        bash.send(typed.encode())
        bash.wait_for(completed)
        assert not re.search(r"Traceback|command not found", bash.text)
        bash.send(b"\x15")  # forget the line
