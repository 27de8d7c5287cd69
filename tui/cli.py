"""The `newscast` command: runs a command, or opens the reader if none is named."""

from __future__ import annotations

import codecs
import contextlib
import os
import shlex
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

import click

from search import NewscastError, make_safe_line
from tui.completion import complete_path
from tui.output import describe_crash, describe_os_error, say, shorten
from tui.setup import Setup, find_setup, setup_options
from tui.streams import OutputError, Streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

_commands = {
    "add": ("tui.commands", "add"),
    "search": ("tui.search_command", "search_library"),
    "show": ("tui.commands", "show"),
    "actors": ("tui.commands", "actors"),
    "mentions": ("tui.commands", "mentions"),
    "annotate": ("tui.commands", "annotate_documents"),
    "feed": ("tui.feed_command", "feed"),
    "refresh": ("tui.refresh_command", "refresh"),
    "remove": ("tui.remove_command", "remove"),
    "undo": ("tui.remove_command", "undo"),
    "doctor": ("tui.doctor_command", "doctor"),
    "watch": ("tui.watch_command", "watch"),
    "serve": ("tui.serving.command", "serve"),
    "help": ("tui.help_command", "show_help"),
}
"""Command → its module, and its name there."""
out_of_memory = 71
"""The exit status when there is not enough memory."""
no_screen = frozenset({"", "dumb", "unknown"})
"""The values of TERM for terminals that cannot show the reader."""


class ReaderGroup(click.Group):
    """A group of commands that opens the reader if none is named: `newscast news/` is `newscast read news/`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert the command `read` if the arguments name no command. Raises UsageError."""
        index = 0
        while index < len(args) and args[index].startswith("-") and args[index] != "-":
            if args[index] in {"--help", "-h", "--version"}:
                return super().parse_args(ctx, args)
            index += 2 if args[index] in {"--library", "--user"} else 1
        if index >= len(args) and ctx.resilient_parsing:
            return super().parse_args(ctx, args)  # the shell is completing a word that may become a command
        if index >= len(args) or args[index] not in {*self.commands, *_commands}:
            if index < len(args) and not ctx.resilient_parsing:
                _check_first_word(ctx, args[index:])
            args = [*args[:index], "read", *args[index:]]
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            command = next((word for word in args if word in _commands), None)
            if command is None:
                raise
            option = make_safe_line(error.option_name)
            raise click.UsageError(
                f"newscast itself has no option “{option}”; put it after the command: newscast {command} {option}",
                ctx,
            ) from error

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands, options and files that complete a word."""
        found = super().shell_complete(ctx, incomplete)
        return found if incomplete.startswith("-") else [*complete_path(ctx, None, incomplete), *found]

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in the order in which help lists them."""
        return list(_commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command. It is imported only when it is called, so that each command starts quickly."""
        if cmd_name not in _commands:
            return super().get_command(ctx, cmd_name)
        module, name = _commands[cmd_name]
        found: click.Command = getattr(import_module(module), name)
        return found


def _check_first_word(context: click.Context, words: Sequence[str]) -> None:
    """Raise UsageError if the first word is neither an option, an address nor an existing file."""
    first, *others = words
    if first.startswith("-") or "://" in first or os.path.lexists(first):
        return
    said = make_safe_line(first)
    if near := get_close_matches(first.lower(), _commands, 1):
        meant = make_safe_line(shlex.join(["newscast", near[0], *others]))
        raise click.UsageError(f"no file or command “{said}”; did you mean “{meant}”?", context)
    raise click.UsageError(f"no file, folder or command “{said}”", context)


@click.group(cls=ReaderGroup, context_settings={"help_option_names": ["-h", "--help"]})
@setup_options
@click.version_option(package_name="newscast")
def cli() -> None:
    """A terminal newsreader that knows the cast.

    newscast [PATH|URL …] opens the reader, and adds the paths that you give. newscast reads settings.toml in your
    configuration folder, or the file that NEWSCAST_SETTINGS names.
    """


@cli.command(hidden=True)
@setup_options
@click.argument("paths", nargs=-1, metavar="[PATH|URL …]", shell_complete=complete_path)
@click.pass_context
def read(context: click.Context, paths: tuple[str, ...]) -> None:
    """Open the reader."""
    setup = find_setup(context)
    if setup.read_only and paths:
        raise click.UsageError("--read-only forbids adding; leave it out, or name no path")
    context.exit(_open_reader(setup, paths))


def _open_reader(setup: Setup, paths: tuple[str, ...]) -> int:
    _check_terminal(paths)
    from tui.app import run_reader

    return run_reader(setup, paths)


def _check_terminal(paths: tuple[str, ...]) -> None:
    """Raise NewscastError if the terminal cannot show the reader, or UsageError for an unknown option."""
    if "-" in paths:
        raise NewscastError("the reader needs standard input for its keys; add the text first: newscast add -")
    for name in paths:
        if name.startswith("-"):
            raise click.UsageError(f"no such option: {make_safe_line(name)}")
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise NewscastError("the reader needs a terminal; newscast search, show, actors and mentions need none")
    if os.environ.get("TERM", "") in no_screen:
        raise NewscastError(
            f"the terminal (TERM={os.environ.get('TERM', '')}) cannot show a screen; try TERM=xterm-256color"
        )
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and codecs.lookup(stream.encoding or "ascii").name != "utf-8":
            raise NewscastError("the terminal's encoding is not UTF-8; set LANG=C.UTF-8 or PYTHONUTF8=1")


def main(arguments: Sequence[str] | None = None, setup: Setup | None = None) -> None:
    """Run the command line and exit with the status that docs/commands.md lists.

    Options cannot change a given `setup`. With a setup and no arguments it opens the reader.
    """
    streams = Streams()
    try:
        status = streams.finish(_run(arguments, setup))
    except OutputError as error:
        status = 141 if error.has_no_reader else 1
        with contextlib.suppress(OutputError):
            if not error.has_no_reader:
                click.echo(f"newscast: {error}", err=True)
    except KeyboardInterrupt:
        status = 130
    streams.give_up()
    sys.exit(status)


def _run(arguments: Sequence[str] | None, setup: Setup | None) -> int:
    """Run the command line, print an error as one line on standard error, and return the exit status."""
    try:
        if setup is not None and not arguments:
            return _open_reader(setup, ())
        status = cli.main(arguments, prog_name="newscast", standalone_mode=False, obj=setup)
    except OutputError:
        raise
    except click.Abort:
        return 130
    except MemoryError:
        say("newscast: not enough memory")
        return out_of_memory
    except Exception as error:  # noqa: BLE001 - every error becomes one line
        say(f"newscast: {_describe(error, has_help=setup is None)}")
        return 2 if isinstance(error, click.UsageError) else 1
    return status if isinstance(status, int) else 0


def _describe(error: Exception, *, has_help: bool) -> str:
    match error:
        case click.UsageError():
            text = shorten(error.format_message().strip().removesuffix("."))
            command = error.ctx.command_path if error.ctx else "newscast"
            return f"{text}; see {command} --help" if has_help and "newscast " not in text else text
        case click.ClickException():
            return shorten(error.format_message())
        case NewscastError():
            return shorten(str(error))
        case UnicodeEncodeError():
            return f"this is not UTF-8: {error.object!r:.100}"
        case OSError():
            return describe_os_error(error)
    return describe_crash(error)


if __name__ == "__main__":
    main()
