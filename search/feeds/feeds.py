"""Feeds: what a Library is subscribed to. The one object through which a caller uses feeds."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from search.error_log import keep_error_log
from search.errors import NewscastError, NotFoundError, SourceRefusedError
from search.feeds.http import FetchError, find_host
from search.model import Addition, Feed, FeedOrigin, FeedSettings
from search.store import EntryRows, FeedRows, begin
from search.text import hide_password, make_safe_line, name_feed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from search.feeds.access import Access
    from search.feeds.discover import NamedFeed
    from search.model import FullTextChoice, Progress
    from search.sources import Parser
    from search.store import Marks


@dataclass(frozen=True, slots=True)
class Subscription:
    """What came of subscribing to an address: the feed, or those that the page there `offered` instead."""

    url: str
    outcome: Literal["subscribed", "known", "offered"]
    feed: Feed | None = None
    offered: tuple[NamedFeed, ...] = ()
    additions: tuple[Addition, ...] = ()


class Feeds:
    """The feeds of one Library. `clock` gives seconds since 1970, `chance` a number from 0 to 1 for the jitter."""

    def __init__(
        self,
        access: Access,
        settings: FeedSettings | None = None,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._access, self._settings = access, settings or FeedSettings()
        self._clock, self._chance = clock, chance
        self._feeds, self._entries = FeedRows(access.connection), EntryRows(access.connection)

    def list_feeds(self) -> list[Feed]:
        """All feeds, in the order in which they were subscribed to."""
        with self._access.reading():
            return self._feeds.list_feeds()

    def count_unread(self, marks: Marks | None) -> dict[int, int]:
        """How many articles of each feed, by its number, are unread; feeds without any are left out."""
        with self._access.reading():
            documents = self._entries.list_documents()
        read = set(marks.list_marked("read")) if marks else set()
        return {feed: count for feed, ids in documents.items() if (count := sum(each not in read for each in ids))}

    def find_origin(self, document: str) -> FeedOrigin | None:
        """The feed that the article with this id came from, and what its text is; None for one from elsewhere."""
        with self._access.reading():
            entry = self._entries.find_by_document(document)
            feed = self._feeds.find(entry.feed) if entry else None
        if entry is None or feed is None:
            return None
        text: Literal["feed", "page", "teaser"] = (
            "page" if entry.page == "taken" else "teaser" if entry.page in {"wanted", "refused"} else "feed"
        )
        return FeedOrigin(feed.number, name_feed(feed), entry.added, text, entry.page_note)

    def find(self, name: str) -> Feed:
        """The feed with this number, address or name. Raises NotFoundError."""
        feeds = self.list_feeds()
        exact = [feed for feed in feeds if name in {str(feed.number), feed.url, hide_password(feed.url)}]
        called = [feed for feed in feeds if name.casefold() == name_feed(feed).casefold()]
        for found in (exact, called):
            if len(found) > 1:
                raise NotFoundError(
                    f"more than one feed is called “{name}”: give its number; newscast feed list shows it"
                )
            if found:
                return found[0]
        raise NotFoundError(f"no feed “{make_safe_line(name)}”; newscast feed list shows them")

    def add(self, url: str, *, name: str | None = None, folder: Sequence[str] = ()) -> Subscription:
        """Subscribe to the feed at this address and add its entries; of a page with several, offer them.

        Raises NewscastError where there is no feed, LibraryLockedError while somebody else is writing.
        """
        from search.feeds.fetching import fetch_now
        from search.feeds.refresh import Refresher, parse_response, parser_limits
        from search.sources import Parser

        url = read_address(url)
        if known := self._find_url(url):
            return Subscription(hide_password(url), "known", known)
        refresher = Refresher(self._access, self._settings, self._clock, self._chance)
        with Parser(parser_limits) as parser, keep_error_log(self._access.error_log):
            try:
                fetched, response = fetch_now(url, private_addresses=self._settings.private_addresses)
                parsed = parse_response(response, parser, self._clock())
            except FetchError as error:
                raise NewscastError(f"{hide_password(url)}: {error}") from error
            except SourceRefusedError as refusal:
                offered = self._discover(response.url, response.body, parser)
                if not offered:
                    raise NewscastError(f"{hide_password(url)}: {refusal.reason}, and it names no feed") from refusal
                if len(offered) == 1:
                    return self.add(offered[0].url, name=name, folder=folder)
                return Subscription(hide_password(url), "offered", offered=offered)
            address = fetched.moved_to or url
            if known := self._find_url(address):
                return Subscription(hide_password(address), "known", known)
            feed = self._write(Feed(0, address, title=parsed.title, name=name, folder=tuple(folder)))
            additions = refresher.keep_first(feed, response, parsed)
        return Subscription(hide_password(address), "subscribed", self.find(str(feed.number)), additions=additions)

    def remove(self, name: str) -> Feed:
        """Unsubscribe; the feed's articles stay. Raises NotFoundError, LibraryLockedError."""
        feed = self.find(name)
        with self._access.writing(), self._access.reading(), begin(self._access.connection):
            self._feeds.remove(feed.number)
        return feed

    def change(
        self,
        feed: str,
        *,
        name: str | None = None,
        folder: Sequence[str] | None = None,
        full_text: FullTextChoice | Literal["default"] | None = None,
        interval: int | None = None,
    ) -> Feed:
        """Give a feed another name ("" is its own title), folder, choice of full text or interval; None leaves one.

        `interval` is in seconds, 0 to follow how often the feed changes. Raises NotFoundError, LibraryLockedError.
        """
        found = self.find(feed)
        values: dict[str, object] = {}
        if name is not None:
            values["name"] = make_safe_line(name) or None
        if folder is not None:
            values["folder"] = tuple(filter(None, map(make_safe_line, folder)))
        if full_text is not None:
            values["full_text"] = None if full_text == "default" else full_text
        if interval is not None:
            values |= {"interval": interval or None, "due": min(found.due, self._clock() + (interval or found.pace))}
        if values:
            with self._access.writing(), self._access.reading(), begin(self._access.connection):
                self._feeds.update(found.number, **values)
        return self.find(str(found.number))

    def import_opml(self, origin: str, data: bytes) -> list[Subscription]:
        """Subscribe to the feeds of an OPML list, which the next refresh fetches. Raises SourceRefusedError."""
        from search.feeds.opml import parse_opml

        outlines = parse_opml(origin, data)
        done: list[Subscription] = []
        with self._access.writing(), self._access.reading(), begin(self._access.connection):
            for outline in outlines:
                try:
                    url = read_address(outline.url)
                except NewscastError:
                    continue  # a list may hold what is no feed of the web, such as a saved search
                known = self._feeds.find_url(url)
                feed = known or self._feeds.add(
                    Feed(0, url, name=outline.name, site=outline.site, folder=outline.folder)
                )
                done.append(Subscription(hide_password(url), "known" if known else "subscribed", feed))
        return done

    def export_opml(self) -> bytes:
        """All feeds as OPML 2.0, with folders as nested outlines."""
        from search.feeds.opml import build_opml

        return build_opml(self.list_feeds())

    def refresh(self, names: Sequence[str] = (), *, everything: bool = False) -> Iterator[Progress]:
        """Fetch the feeds that are due, or those that are named, or all; step by step, as `Library.add`.

        A server that asked for patience gets it all the same. Raises NotFoundError, LibraryLockedError while somebody
        else is writing or refreshing.
        """
        from search.feeds.refresh import Refresher

        now = self._clock()
        if names:
            feeds = list({feed.number: feed for feed in map(self.find, names)}.values())
        else:
            with self._access.reading():
                feeds = self._feeds.list_feeds() if everything else self._feeds.list_due(now)
            feeds = [feed for feed in feeds if not feed.is_stopped]
        feeds = [feed for feed in feeds if feed.not_before <= now]
        with keep_error_log(self._access.error_log):
            yield from Refresher(self._access, self._settings, self._clock, self._chance).refresh(feeds)

    def _find_url(self, url: str) -> Feed | None:
        with self._access.reading():
            return self._feeds.find_url(url)

    def _write(self, feed: Feed) -> Feed:
        with self._access.writing(), self._access.reading(), begin(self._access.connection):
            return self._feeds.find_url(feed.url) or self._feeds.add(feed)

    def _discover(self, url: str, data: bytes, parser: Parser) -> tuple[NamedFeed, ...]:
        from search.feeds.discover import PageTask

        try:
            return parser.ask(PageTask(hide_password(url), url, data))
        except SourceRefusedError:
            return ()


def read_address(text: str) -> str:
    """An address as a reader types it: "feed:" and white space go, a host alone gets https. Raises NewscastError."""
    url = make_safe_line(text)
    if url.lower().startswith("feed:"):
        url = url[5:].lstrip("/")
    if "://" not in url:
        url = f"https://{url}"
    try:
        find_host(url)
    except FetchError as error:
        raise NewscastError(f"{hide_password(url)}: {error}") from error
    return url
