"""`newscast watch`: adds files as they arrive in a folder."""

from __future__ import annotations

import signal
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from search import Library, LibraryLockedError, NewscastError
from tui.output import say
from tui.setup import find_setup, open_for_writing, setup_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_calm = 400  # milliseconds without a change, after which a file counts as written
_patience = 1_000  # milliseconds to the next look at what another writer kept from being added


@click.command()
@setup_options
@click.argument("folders", nargs=-1, required=True, metavar="DIR …", type=click.Path(exists=True, file_okay=False))
@click.pass_context
def watch(context: click.Context, folders: tuple[str, ...]) -> None:
    """Add the files in these folders, and then each file that is added or changed there, until you stop it."""
    setup = find_setup(context)
    stopped = Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    with open_for_writing(setup) as library:
        if library.note:
            say(f"newscast: {library.note}")
        waiting: dict[str, None] = dict.fromkeys(folders)
        for changed in _watch(folders, stopped):
            waiting.update(dict.fromkeys(changed))
            if waiting and _add(library, list(waiting), stopped):
                waiting.clear()


def _watch(folders: Sequence[str], stopped: Event) -> Iterator[list[str]]:
    """Which files have changed, at once (none of them may have) and then time and again. Raises NewscastError."""
    try:
        from watchfiles import Change
        from watchfiles import watch as watch_files
    except ImportError as error:
        raise NewscastError('watching needs watchfiles: pip install "newscast[serve]"') from error
    roots = [Path(folder).resolve() for folder in folders]

    def is_wanted(change: Change, name: str) -> bool:
        path = Path(name)
        root = next((root for root in roots if path.is_relative_to(root)), path.parent)
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        return change is not Change.deleted and not hidden

    # The first round comes when the watch is on already: what lands while the folders are gone through is not missed.
    for changes in watch_files(
        *folders, watch_filter=is_wanted, step=_calm, rust_timeout=_patience, yield_on_timeout=True, stop_event=stopped,
        raise_interrupt=True,
    ):  # fmt: skip
        yield sorted(name for _, name in changes if Path(name).is_file())


def _add(library: Library, paths: Sequence[str], stopped: Event) -> bool:
    """Add files and print the outcome; return False while another process is writing."""
    counts = dict.fromkeys(("added", "changed", "refused"), 0)
    try:
        for step in library.add(paths):
            for addition in step.additions:
                if addition.outcome == "refused" and Path(addition.origin).is_dir():
                    continue  # nothing has landed there yet
                if addition.outcome in counts:
                    counts[addition.outcome] += 1
                if addition.outcome == "refused":
                    say(f"refused: {addition.origin}: {addition.reason}")
            if stopped.is_set():
                break
    except LibraryLockedError:
        return False
    if any(counts.values()):
        say(", ".join(f"{count:,} {outcome}" for outcome, count in counts.items() if count))
    return True
