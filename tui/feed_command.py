"""`newscast feed`: what the library is subscribed to."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any, cast

import click

from search import Feed, Marks, NewscastError, hide_password, name_feed
from tui.completion import complete_feed
from tui.output import json_option, print_json, say
from tui.setup import find_feed_settings, find_setup, open_for_reading, open_for_writing, setup_options

if TYPE_CHECKING:
    from search import FullTextChoice

_largest_list = 15 * 1024**2  # bytes
_intervals = click.IntRange(0, 30 * 24 * 60)


@click.group()
@setup_options
def feed() -> None:
    """Subscribe to feeds, list and change them; "newscast refresh" fetches what is new."""


@feed.command("add")
@setup_options
@json_option
@click.option("--name", metavar="NAME", help="What you call it; without, its own title.")
@click.option("--folder", metavar="A/B", default="", help="The folder that it goes into.")
@click.argument("urls", nargs=-1, required=True, metavar="URL …")
@click.pass_context
def add_feed(context: click.Context, as_json: bool, name: str | None, folder: str, urls: tuple[str, ...]) -> None:  # noqa: FBT001 - click passes by name
    """Subscribe to feeds. Of a page that names several, the addresses are listed to choose from."""
    setup = find_setup(context)
    failures = 0
    with open_for_writing(setup) as library:
        feeds = library.feeds(find_feed_settings(setup.settings))
        for url in urls:
            try:
                found = feeds.add(url, name=name, folder=_split_folder(folder))
            except NewscastError as error:
                failures += 1
                say(f"newscast: {error}")
                if as_json:
                    print_json({"url": hide_password(url), "outcome": "failed", "title": None, "reason": str(error)})
                continue
            failures += found.outcome == "offered"
            for offer in found.offered:
                _print_offer(offer.url, offer.title, as_json=as_json)
            if found.offered:
                say(f"{found.url} names {len(found.offered)} feeds: add the one that you want")
            elif found.feed:
                _print_added(found.feed, found.outcome, len(found.additions), as_json=as_json)
    if failures:
        context.exit(1)


def _print_offer(url: str, title: str | None, *, as_json: bool) -> None:
    if as_json:
        print_json({"url": url, "outcome": "offered", "title": title, "reason": None})
    else:
        click.echo(f"{url}  {title or ''}".rstrip())


def _print_added(found: Feed, outcome: str, articles: int, *, as_json: bool) -> None:
    if as_json:
        print_json({"url": hide_password(found.url), "outcome": outcome, "title": name_feed(found), "reason": None})
    else:
        said = f"{articles:,} articles" if outcome == "subscribed" else "it is here already"
        say(f"{name_feed(found)}: {said}")


@feed.command("list")
@setup_options
@json_option
@click.pass_context
def list_feeds(context: click.Context, as_json: bool) -> None:  # noqa: FBT001 - as in add
    """List the feeds: unread articles, when each was and will be fetched, and what went wrong last."""
    setup = find_setup(context)
    with open_for_reading(setup) as library, closing(Marks(setup.reader_database)) as marks:
        feeds = library.feeds()
        unread = feeds.count_unread(marks)
        found = feeds.list_feeds()
    for each in sorted(found, key=lambda each: (each.folder, name_feed(each).casefold())):
        if as_json:
            print_json(_build_feed_json(each, unread.get(each.number, 0)))
        else:
            _print_feed(each, unread.get(each.number, 0))


def _build_feed_json(found: Feed, unread: int) -> dict[str, Any]:
    return {
        "number": found.number,
        "url": hide_password(found.url),
        "name": name_feed(found),
        "folder": found.folder,
        "site": found.site,
        "unread": unread,
        "fetched": _build_time(found.fetched),
        "due": None if found.is_stopped else _build_time(max(found.due, found.not_before)),
        "error": found.error,
        "error_kind": found.error_kind,
        "stopped": found.is_stopped,
        "full_text": found.full_text,
        "interval": found.interval,
    }


def _build_time(seconds: float) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else None


def _print_feed(found: Feed, unread: int) -> None:
    name = " / ".join((*found.folder, name_feed(found)))
    due = "stopped" if found.is_stopped else f"due {_show_time(max(found.due, found.not_before))}"
    click.echo(f"{found.number:4}  {unread:6,} unread  fetched {_show_time(found.fetched)}  {due}  {name}")
    if found.error:
        click.echo(f"      {found.error_kind} error: {found.error}")


def _show_time(seconds: float) -> str:
    if not seconds:
        return "never" + " " * 11
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone():%Y-%m-%d %H:%M}"


@feed.command("remove")
@setup_options
@json_option
@click.argument("name", metavar="FEED", shell_complete=complete_feed)
@click.pass_context
def remove_feed(context: click.Context, as_json: bool, name: str) -> None:  # noqa: FBT001 - as in add
    """Unsubscribe from FEED (its number, address or name); its articles stay."""
    with open_for_writing(find_setup(context)) as library:
        gone = library.feeds().remove(name)
    if as_json:
        print_json(_build_feed_json(gone, 0))
    say(f"{name_feed(gone)}: removed; its articles stay")


@feed.command("rename")
@setup_options
@json_option
@click.argument("name", metavar="FEED", shell_complete=complete_feed)
@click.argument("other", metavar="NAME")
@click.pass_context
def rename_feed(context: click.Context, as_json: bool, name: str, other: str) -> None:  # noqa: FBT001 - as in add
    """Call FEED by another NAME; "" gives it its own title back."""
    with open_for_writing(find_setup(context)) as library:
        changed = library.feeds().change(name, name=other)
    _say_changed(changed, as_json=as_json)


@feed.command("set")
@setup_options
@json_option
@click.option("--folder", metavar="A/B", help='Put it into this folder; "" into none.')
@click.option("--full-text", type=click.Choice(["auto", "always", "never", "default"]), help="Fetch whole articles.")
@click.option("--interval", type=_intervals, metavar="MINUTES", help="Between two fetches; 0 follows its changes.")
@click.argument("name", metavar="FEED", shell_complete=complete_feed)
@click.pass_context
def set_feed(context: click.Context, /, as_json: bool, name: str, **chosen: Any) -> None:  # noqa: FBT001, ANN401 - as in add
    """Change what holds for FEED alone."""
    folder, interval = chosen["folder"], chosen["interval"]
    with open_for_writing(find_setup(context)) as library:
        changed = library.feeds().change(
            name,
            folder=None if folder is None else _split_folder(folder),
            full_text=cast("FullTextChoice", chosen["full_text"]),
            interval=None if interval is None else interval * 60,
        )
    _say_changed(changed, as_json=as_json)


def _say_changed(changed: Feed, *, as_json: bool) -> None:
    if as_json:
        print_json(_build_feed_json(changed, 0) | {"unread": None})
    else:
        _print_feed(changed, 0)


@feed.command("import")
@setup_options
@json_option
@click.argument("file", metavar="FILE.opml", type=click.File("rb"))
@click.pass_context
def import_feeds(context: click.Context, as_json: bool, file: IO[bytes]) -> None:  # noqa: FBT001 - as in add
    """Subscribe to the feeds of an OPML list, as other readers export it; "-" is standard input."""
    data = file.read(_largest_list + 1)
    if len(data) > _largest_list:
        raise NewscastError(f"{file.name}: larger than {_largest_list // 1024**2} MB")
    with open_for_writing(find_setup(context)) as library:
        found = library.feeds().import_opml(file.name, data)
    for each in found:
        if as_json and each.feed:
            print_json({"url": each.url, "outcome": each.outcome, "title": name_feed(each.feed), "reason": None})
    new = sum(each.outcome == "subscribed" for each in found)
    say(f"{new:,} feeds subscribed, {len(found) - new:,} known; fetch them with: newscast refresh")


@feed.command("export")
@setup_options
@json_option
@click.pass_context
def export_feeds(context: click.Context, as_json: bool) -> None:  # noqa: FBT001 - as in add
    """Print the feeds as an OPML list for other readers, with any passwords in their addresses."""
    with open_for_reading(find_setup(context)) as library:
        feeds = library.feeds()
        if not as_json:
            sys.stdout.buffer.write(feeds.export_opml())
            return
        for each in feeds.list_feeds():
            print_json({"url": each.url, "name": name_feed(each), "site": each.site, "folder": each.folder})


def _split_folder(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.split("/"))))
