"""`newscast refresh`: fetches the feeds that are due."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from search import name_feed
from tui.completion import complete_feed
from tui.output import json_option, print_json, say, show_progress
from tui.setup import find_feed_settings, find_setup, open_for_writing, setup_options

if TYPE_CHECKING:
    from search import FeedResult


@click.command()
@setup_options
@json_option
@click.option("--all", "everything", is_flag=True, help="Fetch all feeds, also those that are not due.")
@click.argument("names", nargs=-1, metavar="[FEED …]", shell_complete=complete_feed)
@click.pass_context
def refresh(context: click.Context, as_json: bool, everything: bool, names: tuple[str, ...]) -> None:  # noqa: FBT001 - click passes by name
    """Fetch the feeds that are due, or each FEED (its number, address or name), and add what is new."""
    setup = find_setup(context)
    results: list[FeedResult] = []
    articles: Counter[str] = Counter()
    with open_for_writing(setup) as library:
        feeds = library.feeds(find_feed_settings(setup.settings))
        for step in show_progress(feeds.refresh(names, everything=everything)):
            results += step.feeds
            articles.update(addition.outcome for addition in step.additions if step.what == "refreshing feeds")
            if as_json:
                for result in step.feeds:
                    _print_result(result)
        known = {each.number: name_feed(each) for each in feeds.list_feeds()}
    failed = [result for result in results if result.error]
    for result in failed:
        say(f"{known.get(result.feed, result.url)}: {result.error}")
    say(f"{len(results):,} feeds fetched, {articles['added']:,} articles added, {articles['changed']:,} changed")
    if failed and len(failed) == len(results):
        context.exit(1)


def _print_result(result: FeedResult) -> None:
    print_json(
        {
            "url": result.url,
            "outcome": result.outcome,
            "added": result.added,
            "changed": result.changed,
            "error": result.error,
            "error_kind": result.error_kind,
        }
    )
