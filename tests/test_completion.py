"""Completion: what a shell offers after the words of a command line, by a real bash where that matters."""

from __future__ import annotations

import os
import shutil
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
    """Return what completion offers for the last of these words."""

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
def typed_and_completed(seeded) -> list[tuple[str, str]]:
    """Pairs of a line before Tab and the line after it."""
    with Library(seeded, read_only=True) as library:
        identifier = library.search(Query(""), 0, 1).hits[0].summary.id
    return [
        ("newscast ment", "newscast mentions"),
        ("newscast mentions bashar", "newscast mentions bashar-al-assad"),
        (f"newscast show {identifier[:6]}", f"newscast show {identifier}"),
        ("newscast search @dru", "newscast search @drugs"),
        ("newscast add see", "newscast add seeds/"),
        ("newscast see", "newscast seeds/"),
    ]


def write_completion(shell: str, folder: Path) -> Path:
    """What `eval` is given in that shell, as a file; skips where there is no such shell, or no command."""
    if not script.exists() or shutil.which(shell) is None:
        pytest.skip(f"needs {shell}, and the command")
    run("search", "--save", "drugs", "captagon OR asylum")
    path = folder / f"completion.{shell}"
    path.write_text(run(_NEWSCAST_COMPLETE=f"{shell}_source").stdout)
    return path


@pytest.mark.parametrize(
    ("shell", "name", "before"),
    [
        ("bash", ".bashrc", "bind 'set bell-style none'; bind 'set enable-bracketed-paste off'"),
        ("zsh", ".zshrc", "autoload -Uz compinit; compinit -u -D"),
    ],
)
def test_a_real_shell_completes(shell, name, before, seeded, tmp_path, typed_and_completed):
    completion = write_completion(shell, tmp_path)
    (tmp_path / name).write_text(
        f"PATH={script.parent}:$PATH\nPS1='ready> '\n{before}\ncd {seeds.parent}\nsource {completion}\n"
    )
    options = ["--noprofile", "--rcfile", str(tmp_path / name)] if shell == "bash" else []
    environment = {"ZDOTDIR": str(tmp_path), "NEWSCAST_LIBRARY": str(seeded)}
    terminal = Terminal([shell, *options, "-i"], (200, 24), environment)
    try:
        terminal.wait_for("ready>")
        for typed, completed in typed_and_completed:
            terminal.send(f"{typed}\t".encode())
            terminal.wait_for(completed)
            terminal.send(b"\x15")  # forget the line
    finally:
        terminal.end()


def test_a_real_fish_completes(seeded, tmp_path, typed_and_completed):
    completion = write_completion("fish", tmp_path)
    for typed, completed in typed_and_completed:
        code = f"set -x PATH {script.parent} $PATH; source {completion}; cd {seeds.parent}; complete -C '{typed}'"
        done = subprocess.run(
            ["fish", "-c", code], env={**os.environ, "NEWSCAST_LIBRARY": str(seeded)}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        offered = [line.split("\t")[0] for line in done.stdout.splitlines()]
        assert completed.split()[-1] in offered
