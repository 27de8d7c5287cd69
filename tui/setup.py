"""What every command needs first: the settings, and which library is meant."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

import click

from search import Library, LibraryLockedError, make_safe_line
from tui.settings import Settings, find_library_folder, find_settings_file, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from search import Progress

Command = TypeVar("Command", bound="Callable[..., Any]")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Setup:
    """The settings and the library's folder."""

    settings: Settings
    folder: Path


def find_setup(context: click.Context) -> Setup:
    """What the settings file and --library say, wherever on the command line it stood. Raises SettingsError."""
    settings = read_settings(find_settings_file())
    given = next((each.params["library"] for each in _lineage(context) if each.params.get("library")), None)
    return Setup(settings, find_library_folder(settings, given))


def _lineage(context: click.Context | None) -> Iterator[click.Context]:
    while context is not None:
        yield context
        context = context.parent


def library_option(command: Command) -> Command:
    """--library, for the program and for each of its commands."""
    return click.option(
        "--library", metavar="DIR", envvar="NEWSCAST_LIBRARY", help="The library's folder.", expose_value=True
    )(command)


def say(text: str) -> None:
    """A line for the person at the terminal: on stderr, safe, whatever is in it."""
    click.echo(make_safe_line(text), err=True)


def show_progress(steps: Iterable[Progress]) -> Iterator[Progress]:
    """The same steps, with a bar on stderr for each kind of work if that is a terminal."""
    if not sys.stderr.isatty():
        yield from steps
        return
    for what, some in groupby(steps, key=lambda step: step.what):
        with click.progressbar(length=1, label=what, file=sys.stderr, show_pos=True) as bar:
            for step in some:
                bar.length = max(1, step.total)
                bar.update(step.done - bar.pos)
                yield step


def show_count(items: Iterable[Item], what: str) -> Iterator[Item]:
    """The same items, counted on stderr while stdout goes elsewhere; how many there will be is not known."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from items
        return
    with click.progressbar(items, label=what, file=sys.stderr, show_pos=True, show_percent=False) as bar:
        yield from bar


@contextmanager
def open_for_reading(setup: Setup) -> Iterator[Library]:
    """The library, its index level with its documents if nobody is writing just now. Raises NewscastError."""
    with Library(setup.folder, read_only=True) as library:
        if library.is_behind():
            try:
                for _ in show_progress(library.repair()):
                    pass
            except LibraryLockedError:
                say("newscast: documents are being added; the newest may not be found yet")
        yield library
