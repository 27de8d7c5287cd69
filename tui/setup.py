"""What every command needs first: the settings, and which library is meant."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from search import Library, LibraryLockedError, LibraryOutdatedError
from tui.output import say, show_progress
from tui.settings import Settings, find_library_folder, find_settings_file, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Command = TypeVar("Command", bound="Callable[..., Any]")


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


def open_as_it_is(setup: Setup) -> Library:
    """The library to be read, of whatever version. Raises NewscastError."""
    try:
        return Library(setup.folder, read_only=True)
    except LibraryOutdatedError:
        Library(setup.folder).close()  # to open it so brings it up to date
        return Library(setup.folder, read_only=True)


@contextmanager
def open_for_reading(setup: Setup) -> Iterator[Library]:
    """The library, its index level with its documents if nobody is writing just now. Raises NewscastError."""
    with open_as_it_is(setup) as library:
        if library.is_behind():
            try:
                for _ in show_progress(library.repair()):
                    pass
            except LibraryLockedError:
                say("newscast: documents are being added; the newest may not be found yet")
        yield library
