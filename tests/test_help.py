"""`newscast help`: the manual, in a checkout, in a wheel, on a terminal and over SSH."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import fields

import click
import pytest
from textual.binding import Binding

from tests.conftest import root
from tests.terminal import Terminal, newscast
from tests.test_commands import run
from tui.app import NewscastApp
from tui.cli import cli
from tui.commands import annotate_documents
from tui.doctor_command import doctor
from tui.help_command import topics
from tui.screens.reader import ReaderScreen
from tui.search_command import search_library
from tui.settings import Settings

pages = {topic: (root / "docs" / f"{topic}.md").read_text("utf-8") for topic in topics}


def test_without_a_topic_each_has_a_line():
    done = run("help")
    assert [line.split()[:3] for line in done.stdout.splitlines()] == [["newscast", "help", topic] for topic in topics]
    assert done.returncode == 0


@pytest.mark.parametrize("topic", topics)
def test_a_topic_prints_its_page(topic):
    done = run("help", topic)
    assert (done.returncode, done.stdout.rstrip("\n"), done.stderr) == (0, pages[topic].rstrip("\n"), "")


def test_an_unknown_topic_is_one_line_with_the_list():
    done = run("help", "cookery")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"newscast: no topic “cookery”; the topics of newscast help are {', '.join(topics)}\n"


def test_on_a_terminal_a_page_goes_through_the_pager(tmp_path):
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\ncat >/dev/null; echo paged\n")
    pager.chmod(0o755)
    terminal = Terminal(newscast("help", "queries"), environment={"PAGER": str(pager)})
    terminal.wait_for("paged")
    assert terminal.wait_for_exit() == 0
    assert "Queries" not in terminal.text
    terminal.end()


def test_a_shell_is_offered_the_topics():
    done = run(_NEWSCAST_COMPLETE="bash_complete", COMP_WORDS="newscast help se", COMP_CWORD="2")
    assert done.stdout.split() == ["plain,settings", "plain,server"]


def test_a_wheel_has_the_pages(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    # The wheel's packages alone: -P and another folder keep the checkout out.
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tui", "help", "cast"], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.rstrip("\n") == pages["cast"].rstrip("\n")


def test_a_source_distribution_has_the_pages(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path],
        cwd=root, check=True, capture_output=True,
    )  # fmt: skip
    (built,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(built) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"{folder}/{topic}.md" for topic in topics for folder in ("docs", "tui/docs")} <= inside


def test_help_is_there_over_ssh(server):
    listed, page, unknown = server.run("help"), server.run("help", "queries"), server.run("help", "cookery")
    assert listed.stdout.decode() == run("help").stdout
    assert page.stdout.decode().rstrip("\n") == pages["queries"].rstrip("\n")
    assert (unknown.returncode, unknown.stdout, unknown.stderr.count(b"\n")) == (2, b"", 1)


def test_the_page_on_settings_names_every_key_and_every_setting():
    bindings = [*(each for _, part in ReaderScreen.key_groups for each in part), *NewscastApp.BINDINGS]
    names = {each.id for each in bindings if isinstance(each, Binding) and not re.search(r"_[2-8]$", each.id or "")}
    assert [name for name in sorted(filter(None, names)) if f"`{name}`" not in pages["settings"]] == []
    lines = pages["settings"].splitlines()
    shown = tomllib.loads("\n".join(line.strip() for line in lines if line.startswith("    ")))
    assert {*shown, "serve"} == {setting.name for setting in fields(Settings)}
    assert [shown[name] for name in ("theme", "text_width", "recogniser")] == ["terminal", 84, "trained"]


def test_the_page_on_commands_names_every_command_and_option():
    for name in cli.list_commands(click.Context(cli)):
        assert f"newscast {name}" in pages["commands"]
    given = {
        option for command in (cli, search_library, doctor, annotate_documents) for each in command.params
        for option in each.opts if option.startswith("--")
    }  # fmt: skip
    said = pages["commands"] + pages["library"]
    assert [option for option in sorted(given - {"--help", "--version"}) if option not in said] == []


def test_the_pages_that_a_page_links_to_are_there():
    for path in (root / "README.md", root / "ARCHITECTURE.md", root / "CONTRIBUTING.md", *root.glob("docs/**/*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
