"""Setup: what each command needs first, from the settings file and the options; and opening the library."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from search import (
    FeedSettings,
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

    from search import FullTextChoice, Marks, Searches

Answer = TypeVar("Answer")
Command = TypeVar("Command", bound="Callable[..., Any]")
_given = "newscast."  # prefix of the options' keys in click's meta


@dataclass(frozen=True, slots=True)
class Setup:
    """The settings, the library's folder, the reader's own database, and whether the library is read-only.

    The reader ends after `idle_timeout` seconds without a key; 0 turns this off.
    """

    settings: Settings
    folder: Path
    reader_database: Path
    read_only: bool = False
    idle_timeout: int = 0


def find_setup(context: click.Context) -> Setup:
    """Build the setup from the settings file and the options, before or after the command. Raises SettingsError.

    Options cannot change a setup that `newscast serve` has given: that raises UsageError.
    """
    chosen = {name.removeprefix(_given): value for name, value in context.meta.items() if name.startswith(_given)}
    if isinstance(context.obj, Setup):
        if chosen:
            raise click.UsageError(f"only the server can set --{min(chosen).replace('_', '-')}; leave it out")
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
    # Over SSH the environment is the server's, so a variable there is not the client's choice.
    elif value and not isinstance(context.obj, Setup):
        context.meta.setdefault(key, value)


def setup_options(command: Command) -> Command:
    """Add the options --library, --user and --read-only to a command and return it."""
    for add in (
        click.option(
            "--library", metavar="DIR", envvar="NEWSCAST_LIBRARY", help="The library's folder.", expose_value=False,
            callback=_keep,
        ),
        click.option(
            "--user", metavar="NAME", help="Keep marks, positions and searches under this name; one word.",
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
        Library(setup.folder).close()  # migrates it
        return Library(setup.folder, read_only=True)


@contextmanager
def open_for_reading(setup: Setup) -> Iterator[Library]:
    """Open the library read-only, and update its index unless another process is writing. Raises NewscastError."""
    with open_as_it_is(setup) as library:
        if library.is_behind() and setup.read_only:
            say("newscast: the full-text index is out of date, so it does not find all articles")
        elif library.is_behind():
            try:
                for _ in show_progress(library.repair()):
                    pass
            except LibraryLockedError:
                say("newscast: another process is adding articles; searches may not find the newest yet")
            except LibraryUnreadableError as error:
                say(f"newscast: cannot update the full-text index, so searches miss some articles: {error}")
        if library.loss:
            say(f"newscast: {library.loss}")
        yield library


def ask(setup: Setup, library: Library, question: Callable[[], Answer]) -> Answer:
    """Return the answer to a question about the library; if the full-text index is damaged, rebuild it first.

    Raises NewscastError; FullTextDamagedError if the index is damaged and the setup is read-only.
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
            raise NewscastError(f"{error}; newscast cannot rebuild it: {obstacle}") from obstacle
        say(f"newscast: {error}; newscast rebuilt it from the articles")
    return question()


def open_for_writing(setup: Setup) -> Library:
    """Open the library for writing. Raises NewscastError; UsageError with --read-only."""
    if setup.read_only:
        raise click.UsageError("--read-only forbids adding and changing; leave it out")
    library = Library(setup.folder, recogniser=setup.settings.recogniser)
    if library.note:
        say(f"newscast: {library.note}")
    return library


def find_feed_settings(settings: Settings) -> FeedSettings:
    """What the settings say of feeds."""
    return FeedSettings(cast("FullTextChoice", settings.full_text), settings.private_addresses)


def say_marks_note(marks: Marks | Searches) -> None:
    """Print the note about a reader's database, if there is one."""
    if marks.note:
        say(f"newscast: {marks.note}")
