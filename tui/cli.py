"""The `newscast` command: without a command's name it is the reader."""

from __future__ import annotations

import codecs
import io
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from search import NewscastError, make_safe_line
from tui.setup import Setup, find_setup, setup_options

if TYPE_CHECKING:
    from collections.abc import Sequence

_commands = {
    "add": ("tui.commands", "add"),
    "search": ("tui.search_command", "search_library"),
    "show": ("tui.commands", "show"),
    "actors": ("tui.commands", "actors"),
    "mentions": ("tui.commands", "mentions"),
    "annotate": ("tui.commands", "annotate_documents"),
    "remove": ("tui.remove_command", "remove"),
    "undo": ("tui.remove_command", "undo"),
    "doctor": ("tui.doctor_command", "doctor"),
    "watch": ("tui.watch_command", "watch"),
    "serve": ("tui.serving.command", "serve"),
}
"""Each command's module and name there."""
no_screen = frozenset({"", "dumb", "unknown"})
"""What TERM says where no reader can be shown."""


class ReaderGroup(click.Group):
    """A group whose nameless command opens the reader: `newscast news/` is `newscast read news/`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the reader's name where no command's is."""
        index = 0
        while index < len(args) and args[index].startswith("-") and args[index] != "-":
            if args[index] in {"--help", "-h", "--version"}:
                return super().parse_args(ctx, args)
            index += 2 if args[index] in {"--library", "--user"} else 1
        if index >= len(args) or args[index] not in {*self.commands, *_commands}:
            args = [*args[:index], "read", *args[index:]]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order in which one comes to need them."""
        return list(_commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command is imported when it is called: what the others need costs it nothing."""
        if cmd_name not in _commands:
            return super().get_command(ctx, cmd_name)
        module, name = _commands[cmd_name]
        found: click.Command = getattr(import_module(module), name)
        return found


@click.group(cls=ReaderGroup, context_settings={"help_option_names": ["-h", "--help"]})
@setup_options
@click.version_option(package_name="newscast")
def cli() -> None:
    """A terminal newsreader that knows the cast.

    newscast [PATH|URL …] opens the reader; given paths are added first. The settings are in settings.toml in the
    user's configuration folder, or where NEWSCAST_SETTINGS says.
    """


@cli.command(hidden=True)
@setup_options
@click.argument("paths", nargs=-1, metavar="[PATH|URL …]")
@click.pass_context
def read(context: click.Context, paths: tuple[str, ...]) -> None:
    """Open the reader."""
    setup = find_setup(context)
    if setup.read_only and paths:
        raise click.UsageError("with --read-only nothing can be added")
    context.exit(_open_reader(setup, paths))


def _open_reader(setup: Setup, paths: tuple[str, ...]) -> int:
    _check_terminal(paths)
    from tui.app import run_reader

    return run_reader(setup, paths)


def _check_terminal(paths: tuple[str, ...]) -> None:
    """Refuse, in one line, what the reader cannot be shown on. Raises NewscastError."""
    if "-" in paths:
        raise NewscastError("the reader needs standard input for its keys; add the text first: newscast add -")
    for name in paths:
        if name.startswith("-"):
            raise click.UsageError(f"no such option: {make_safe_line(name)}")
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise NewscastError("the reader needs a terminal; newscast search, show, actors and mentions do without one")
    if os.environ.get("TERM", "") in no_screen:
        raise NewscastError(
            f"the terminal (TERM={os.environ.get('TERM', '')}) cannot show a screen; try TERM=xterm-256color"
        )
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and codecs.lookup(stream.encoding or "ascii").name != "utf-8":
            raise NewscastError("the terminal's encoding is not UTF-8; set LANG=C.UTF-8 or PYTHONUTF8=1")


def main(arguments: Sequence[str] | None = None, setup: Setup | None = None) -> None:
    """Run the command line and exit with 0 done, 1 failed, 2 usage, 128+n on signal n.

    A `setup` that is given is not for the command line to change; with no arguments it is the reader at once.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a locale cannot show is no reason to stop
            stream.reconfigure(errors="backslashreplace")
    try:
        if setup is not None and not arguments:
            status = _open_reader(setup, ())
        else:
            status = cli.main(arguments, prog_name="newscast", standalone_mode=False, obj=setup)
        sys.stdout.flush()
    except click.UsageError as error:
        if setup is None:
            error.show()
        else:
            click.echo(f"newscast: {make_safe_line(error.format_message())}", err=True)
        status = 2
    except (NewscastError, click.ClickException) as error:
        text = error.format_message() if isinstance(error, click.ClickException) else str(error)
        click.echo(f"newscast: {make_safe_line(text)}", err=True)
        status = 1
    except (KeyboardInterrupt, click.Abort):
        status = 130
    except BrokenPipeError:
        status = 141
    _let_go_of_streams()
    sys.exit(status if isinstance(status, int) else 0)


def _let_go_of_streams() -> None:
    """Whoever read the output may have gone, or the terminal: Python is not to complain, and change the exit status."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    main()
