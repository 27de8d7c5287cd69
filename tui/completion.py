"""Shell completion: files, ids of articles and actors, saved searches."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from search import Library, NewscastError, Query, Searches
from tui.setup import find_setup

if TYPE_CHECKING:
    import click

_most = 40


def complete_path(context: click.Context, parameter: click.Parameter | None, typed: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Let the shell complete files."""
    return [CompletionItem(typed, type="file")]


def complete_actor(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:  # noqa: ARG001 - as above
    """The ids of actors."""
    try:
        with Library(find_setup(context).folder, read_only=True) as library:
            _, found = library.actors(typed.replace("-", " "), 0, _most)
    except (NewscastError, OSError):
        return []
    return [CompletionItem(actor.id, help=actor.name) for actor in found if actor.id.startswith(typed)]


def complete_document(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:  # noqa: ARG001 - as above
    """The ids of articles, the newest first."""
    try:
        with Library(find_setup(context).folder, read_only=True) as library:
            everything = (hit.summary for hit in library.search(Query(""), 0, 1_000_000).hits)
            found = list(islice((each for each in everything if each.id.startswith(typed)), _most))
    except (NewscastError, OSError):
        return []
    return [CompletionItem(summary.id, help=summary.title) for summary in found]


def complete_query(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The names of saved searches, each with its @."""
    before = context.params.get(parameter.name or "") or ("",)
    # Bash passes the @ as a separate word, but replaces both words with the completion.
    wanted = f"@{typed}" if before[-1] == "@" else typed
    if not wanted.startswith("@"):
        return []
    try:
        with closing(Searches(find_setup(context).reader_database)) as searches:
            saved = searches.list_saved()
    except (NewscastError, OSError):
        return []
    return [CompletionItem(f"@{each.name}", help=each.query) for each in saved if f"@{each.name}".startswith(wanted)]
