"""What every command needs first: the settings, the library's folder, and the reader's own database."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from search import (
    FullTextDamagedError,
    Library,
    LibraryLockedError,
    LibraryOutdatedError,
    LibraryUnreadableError,
    NewscastError,
)
from tui.output import say, show_progress
from tui.settings import (
    Settings,
    check_user,
    find_library_folder,
    find_reader_database,
    find_settings_file,
    read_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from search import Marks, Searches

Answer = TypeVar("Answer")
Command = TypeVar("Command", bound="Callable[..., Any]")
_given = "newscast."  # begins the keys of click's meta under which the options are kept


@dataclass(frozen=True, slots=True)
class Setup:
    """The settings, the library's folder, the person's own database, and whether the library may be written to.

    Without a key for `idle_timeout` seconds the reader ends by itself; 0 is for ever.
    """

    settings: Settings
    folder: Path
    reader_database: Path
    read_only: bool = False
    idle_timeout: int = 0


def find_setup(context: click.Context) -> Setup:
    """What the settings file and the options say, wherever on the command line they stood. Raises SettingsError.

    A setup that was given to the program itself, as `newscast serve` does, cannot be changed by options.
    """
    chosen = {name.removeprefix(_given): value for name, value in context.meta.items() if name.startswith(_given)}
    if isinstance(context.obj, Setup):
        if chosen:
            raise click.UsageError(f"--{min(chosen).replace('_', '-')} is for the server to say")
        return context.obj
    settings = read_settings(find_settings_file())
    user = chosen.get("user")
    return Setup(
        settings,
        find_library_folder(settings, chosen.get("library")),
        find_reader_database(check_user(user) if user is not None else None),
        read_only=bool(chosen.get("read_only")),
    )


def _keep(context: click.Context, option: click.Parameter, value: str | bool | None) -> None:  # noqa: FBT001 - click's signature
    key = f"{_given}{option.name}"
    is_typed = context.get_parameter_source(option.name or "") is click.core.ParameterSource.COMMANDLINE
    if value == "":
        raise click.BadParameter("it must not be empty", context, option)
    if value and is_typed:
        context.meta[key] = value
    # What the environment says is the server's own; a command over SSH has no environment of its own.
    elif value and not isinstance(context.obj, Setup):
        context.meta.setdefault(key, value)


def setup_options(command: Command) -> Command:
    """--library, --user and --read-only, for the program and for each of its commands."""
    for add in (
        click.option(
            "--library", metavar="DIR", envvar="NEWSCAST_LIBRARY", help="The library's folder.", expose_value=False,
            callback=_keep,
        ),
        click.option(
            "--user", metavar="NAME", help="Use the marks, positions and searches of this reader; one word.",
            expose_value=False, callback=_keep,
        ),
        click.option(
            "--read-only", is_flag=True, help="Write nothing to the library.", expose_value=False, callback=_keep
        ),
    ):  # fmt: skip
        command = add(command)
    return command


def open_as_it_is(setup: Setup) -> Library:
    """Open the library read-only; migrate it first if an older version wrote it. Raises NewscastError."""
    try:
        return Library(setup.folder, read_only=True)
    except LibraryOutdatedError:
        if setup.read_only:
            raise
        Library(setup.folder).close()  # opening it for writing migrates it
        return Library(setup.folder, read_only=True)


@contextmanager
def open_for_reading(setup: Setup) -> Iterator[Library]:
    """Open the library read-only, and update its index unless another process is writing. Raises NewscastError."""
    with open_as_it_is(setup) as library:
        if library.is_behind() and setup.read_only:
            say("newscast: the full-text index is out of date; it does not find all articles")
        elif library.is_behind():
            try:
                for _ in show_progress(library.repair()):
                    pass
            except LibraryLockedError:
                say("newscast: documents are being added; the newest may not be found yet")
            except LibraryUnreadableError as error:
                say(f"newscast: the full-text index cannot be updated, so some articles cannot be found: {error}")
        if library.loss:
            say(f"newscast: {library.loss}")
        yield library


def ask(setup: Setup, library: Library, question: Callable[[], Answer]) -> Answer:
    """Ask the library a question; if its full-text index is damaged, rebuild it and ask again.

    Raises NewscastError; FullTextDamagedError if the index is damaged and may not be written.
    """
    try:
        return question()
    except FullTextDamagedError as error:
        if setup.read_only:
            raise
        try:
            for _ in show_progress(library.repair()):
                pass
        except NewscastError as obstacle:
            raise NewscastError(f"{error}; it cannot be rebuilt: {obstacle}") from obstacle
        say(f"newscast: {error}; it was rebuilt from the articles")
    return question()


def open_for_writing(setup: Setup) -> Library:
    """Open the library for writing. Raises NewscastError; UsageError with --read-only."""
    if setup.read_only:
        raise click.UsageError("with --read-only nothing can be added or changed")
    library = Library(setup.folder, recogniser=setup.settings.recogniser)
    if library.note:
        say(f"newscast: {library.note}")
    return library


def say_marks_note(marks: Marks | Searches) -> None:
    """Print why a person's marks, positions and searches cannot be saved."""
    if marks.note:
        say(f"newscast: {marks.note}")
