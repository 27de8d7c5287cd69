"""`newscast remove` and `newscast undo`: remove articles from the library, and restore them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from search import NewscastError
from tui.output import json_option, print_json, say
from tui.setup import find_setup, open_for_writing, setup_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search import Summary


@click.command()
@setup_options
@json_option
@click.argument("documents", nargs=-1, required=True, metavar="ID …")
@click.pass_context
def remove(context: click.Context, as_json: bool, documents: tuple[str, ...]) -> None:  # noqa: FBT001 - click passes by name
    """Remove articles from the library; the beginning of an id is enough. "newscast undo" restores them."""
    with open_for_writing(find_setup(context)) as opened:
        gone = opened.remove(documents)
    _print_summaries(gone, as_json=as_json)
    them = "it" if len(gone) == 1 else "them"
    say(f"{_count(gone)} removed; bring {them} back with: newscast undo")


@click.command()
@setup_options
@json_option
@click.pass_context
def undo(context: click.Context, as_json: bool) -> None:  # noqa: FBT001 - as in remove
    """Restore the articles of the last "newscast remove"."""
    with open_for_writing(find_setup(context)) as opened:
        brought = opened.undo_remove()
    if not brought:
        raise NewscastError("nothing to undo: no article was removed")
    _print_summaries(brought, as_json=as_json)
    say(f"{_count(brought)} restored")


def _count(summaries: Sequence[Summary]) -> str:
    return f"{len(summaries):,} article{'' if len(summaries) == 1 else 's'}"


def _print_summaries(summaries: Sequence[Summary], *, as_json: bool) -> None:
    for summary in summaries:
        day = summary.published.isoformat() if summary.published else None
        if as_json:
            print_json({"id": summary.id, "title": summary.title, "source": summary.source, "date": day})
        else:
            click.echo(f"{summary.id}  {day or ' ' * 10}  {summary.title}")
