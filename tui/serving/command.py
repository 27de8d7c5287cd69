"""`newscast serve`: the command."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import click

from search import Library, NewscastError
from tui.output import say
from tui.serving.control import describe_sessions, end_sessions
from tui.serving.fork_client import ForkClient
from tui.setup import find_setup, open_as_it_is, setup_options


def _list_sessions(context: click.Context, parameter: click.Parameter, given: bool) -> None:  # noqa: ARG001, FBT001 - click's signature
    if given:
        for line in describe_sessions():
            click.echo(line)
        context.exit()


def _end_sessions(context: click.Context, parameter: click.Parameter, whose: str | None) -> None:  # noqa: ARG001 - click's signature
    if whose is not None:
        count = end_sessions(whose)
        if not count:
            raise NewscastError(f"{whose} has no session; newscast serve --sessions lists those that are open")
        say(f"{count:,} ended")
        context.exit()


@click.command()
@setup_options
@click.option("--address", help="Address to listen on; every address of the machine by default.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on; 2222 by default, 0 for any free one.")
@click.option(
    "--authorized-keys", metavar="FILE", help="Who may read: a public key on each line, with a name after it."
)
@click.option("--host-key", metavar="FILE", help="Host key file; created if missing.")
@click.option("--watch", "folders", metavar="DIR", multiple=True, help="Add the files that arrive in that folder.")
@click.option("--json-log", is_flag=True, default=None, help="Log lines as JSON.")
@click.option("--sessions", is_flag=True, callback=_list_sessions, expose_value=False, help="List the open sessions.")
@click.option(
    "--end", metavar="NAME|PID", callback=_end_sessions, expose_value=False, help="End a reader's sessions, or one."
)
@click.pass_context
def serve(context: click.Context, /, folders: tuple[str, ...], **given: str | int | bool | None) -> None:
    """Serve the reader over SSH, to whoever's public key is in a file.

    The settings file's table [serve] says the same and more; --sessions and --end ask a server that runs. ssh -p 2222
    HOST opens the reader; ssh -p 2222 HOST search QUERY prints JSON, as show, actors and mentions do.
    """
    setup = find_setup(context)
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = replace(setup.settings, serve=replace(setup.settings.serve, **chosen))  # type: ignore[arg-type]
    setup = replace(setup, settings=settings, folder=setup.folder.resolve())
    for folder in folders:
        if not Path(folder).is_dir():
            raise click.UsageError(f"--watch {folder}: no such folder")
    missing = [name for name in ("asyncssh", "watchfiles") if find_spec(name) is None]
    if missing:
        raise NewscastError(f'serving needs {" and ".join(missing)}: pip install "newscast[serve]"')
    if folders and not (setup.folder / "library.db").exists():
        Library(setup.folder).close()  # the first articles are on their way
    open_as_it_is(setup).close()
    # Fork before a thread, an event loop or asyncssh exists.
    fork_client = ForkClient(setup)
    from tui.serving.log import Log
    from tui.serving.server import NewsServer

    log = Log(as_json=setup.settings.serve.json_log)
    log.take_over()
    context.exit(asyncio.run(NewsServer(setup, fork_client, log).run([str(Path(each).resolve()) for each in folders])))
