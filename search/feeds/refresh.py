"""A refresh: feeds are fetched without the Library's lock, and written some at a time with it.

What a step reports is on disk, and what a server said of a copy is written with the entries of that copy. So a refresh
that is killed loses nothing that was reported, and the next one fetches again what was not.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from search.adding import Adder
from search.errors import LibraryLockedError, SourceRefusedError
from search.feeds.fetching import Fetched, Fetching
from search.feeds.http import FetchError, Request, Response
from search.feeds.pages import PageTaker
from search.feeds.parse import FeedTask
from search.feeds.schedule import find_pace, find_retry_after, plan_next, plan_retry
from search.feeds.taking import Taker
from search.finishing import finish_documents
from search.model import Feed, FeedResult, Progress
from search.sources import Limits, Parser
from search.store import EntryRows, FeedRows, WriterLock, begin
from search.text import hide_password

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from search.feeds.access import Access
    from search.feeds.entry import ParsedFeed
    from search.model import Addition, FeedOutcome, FeedSettings

parser_limits = Limits(seconds=4, memory=300 * 1024**2)
_feeds_per_step = 32
_patience = 10.0
"""Seconds to wait for another writer; whoever adds a big folder writes for longer, and then the refresh ends."""


@dataclass(frozen=True, slots=True)
class _Visit:
    """What a fetch of a feed came to: entries, news that nothing changed, or an error."""

    feed: Feed
    headers: Mapping[str, str]
    moved_to: str | None = None
    parsed: ParsedFeed | None = None
    body_hash: str | None = None
    error: FetchError | None = None
    is_gone: bool = False


class Refresher:
    """Fetches feeds of one Library, and keeps what came. `clock` gives seconds since 1970, `chance` 0 to 1."""

    def __init__(
        self, access: Access, settings: FeedSettings, clock: Callable[[], float], chance: Callable[[], float]
    ) -> None:
        self._access, self._settings = access, settings
        self._clock, self._chance = clock, chance
        self._feeds = FeedRows(access.connection)

    def refresh(self, feeds: Sequence[Feed]) -> Iterator[Progress]:
        """Fetch these feeds, then the pages of their teasers, then find the cast of what was added."""
        with (
            WriterLock(self._access.folder, "refresh"),
            Parser(parser_limits) as parser,
            Fetching[object](
                self._settings.threads, self._settings.pause, private_addresses=self._settings.private_addresses
            ) as fetching,
        ):
            for feed in feeds:
                fetching.ask(feed, Request(feed.url, feed.etag, feed.modified))
            yield Progress(0, len(feeds), "refreshing feeds")
            done = 0
            while not fetching.is_empty():
                received = fetching.receive(_feeds_per_step)
                if received:
                    results, additions = self._keep([self._read(fetched, parser) for fetched in received])
                    done += len(received)
                    yield Progress(done, len(feeds), "refreshing feeds", additions, results)
            yield from self._take_pages(feeds, fetching)
        with self.writing():
            yield from self._access.catch_up()
            yield from finish_documents(self._access.connection, self._access.recogniser)

    def keep_first(self, feed: Feed, response: Response, parsed: ParsedFeed) -> tuple[Addition, ...]:
        """Keep the entries of a feed that was fetched to subscribe to it."""
        visit = _Visit(feed, response.headers, parsed=parsed, body_hash=_hash(response.body))
        return self._keep([visit])[1]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The Library's lock, for which it waits a while. Raises LibraryLockedError."""
        end = time.monotonic() + _patience
        with ExitStack() as stack:
            while True:
                try:
                    stack.enter_context(self._access.writing())
                    break
                except LibraryLockedError:
                    if time.monotonic() > end:
                        raise
                time.sleep(0.1)
            yield

    def _read(self, fetched: Fetched[object], parser: Parser) -> _Visit:
        """What a fetch came to, before anything of it is written."""
        feed, response = fetched.subject, fetched.response
        assert isinstance(feed, Feed)
        if response is None:
            return _Visit(feed, {}, fetched.moved_to, error=fetched.error or FetchError("no answer", "network"))
        visit = _Visit(feed, response.headers, fetched.moved_to)
        if response.status not in {200, 304}:
            is_gone = response.status == 410
            said = "this feed is gone for good (410)" if is_gone else str(response.status)
            return replace(visit, error=FetchError(f"the server answered {said}", "server"), is_gone=is_gone)
        body_hash = _hash(response.body)
        if response.status == 304 or body_hash == feed.body_hash:
            return visit
        try:
            parsed = parse_response(response, parser, self._clock())
        except SourceRefusedError as refusal:
            return replace(visit, error=FetchError(refusal.reason, "format"))
        return replace(visit, parsed=parsed, body_hash=body_hash)

    def _keep(self, visits: Sequence[_Visit]) -> tuple[tuple[FeedResult, ...], tuple[Addition, ...]]:
        """Write what came of these feeds in one transaction, then bring the index level."""
        results: list[FeedResult] = []
        additions: list[Addition] = []
        with self.writing(), self._access.reading():
            for _ in self._access.catch_up():
                pass
            adder = Adder(self._access.connection, self._access.fulltext)
            taker = Taker(self._access.connection, adder, self._settings.full_text)
            with begin(self._access.connection):
                for visit in visits:
                    feed = self._feeds.find(visit.feed.number)
                    if feed is not None:  # else it was removed while it was fetched
                        result, some = self._keep_one(replace(visit, feed=feed), taker)
                        results.append(result)
                        additions += some
            adder.write_index()
            for _ in adder.merge_index():
                pass
        return tuple(results), tuple(additions)

    def _keep_one(self, visit: _Visit, taker: Taker) -> tuple[FeedResult, list[Addition]]:
        feed, now = visit.feed, self._clock()
        if visit.error is None and visit.moved_to and visit.moved_to != feed.url:
            other = self._feeds.find_url(visit.moved_to)
            if other is not None:
                shown = hide_password(other.url)
                error = FetchError(f"has moved to {shown}, which is a feed here already: remove one of them", "server")
                return self._keep_error(replace(visit, error=error)), []
            self._feeds.update(feed.number, url=visit.moved_to)
            feed = replace(feed, url=visit.moved_to)
        if visit.error is not None:
            return self._keep_error(visit), []
        additions = taker.take(feed, visit.parsed, now) if visit.parsed else []
        outcome: FeedOutcome = "fetched" if visit.parsed else "unchanged"
        counts = [sum(each.outcome == name for each in additions) for name in ("added", "changed")]
        if visit.parsed and visit.parsed.is_cut_off:
            error = FetchError("cut off before its end; its whole entries were kept", "format")
            failed = self._keep_error(replace(visit, feed=feed, error=error))
            return replace(failed, added=counts[0], changed=counts[1]), additions
        pace = find_pace(feed.pace, has_news=counts[0] > 0)
        feed = replace(feed, pace=pace)
        values: dict[str, object] = {
            "pace": pace, "fetched": now, "not_before": 0.0, "error": None, "error_kind": None, "failures": 0,
            "is_stopped": False, "due": plan_next(feed, visit.parsed, visit.headers, now, self._chance()),
        }  # fmt: skip
        for name, header in (("etag", "etag"), ("modified", "last-modified")):
            # A 304 may bring new ones; what it does not name holds on.
            if header in visit.headers or visit.parsed:
                values[name] = visit.headers.get(header)
        if visit.parsed:
            values |= {"title": visit.parsed.title, "site": visit.parsed.site, "body_hash": visit.body_hash}
        self._feeds.update(feed.number, **values)
        return FeedResult(feed.number, hide_password(feed.url), outcome, counts[0], counts[1]), additions

    def _keep_error(self, visit: _Visit) -> FeedResult:
        feed, error, now = visit.feed, visit.error, self._clock()
        assert error is not None
        failures = feed.failures + 1
        until = find_retry_after(visit.headers, now)
        due = plan_retry(error.kind, failures, now, self._chance())
        self._feeds.update(
            feed.number, error=str(error), error_kind=error.kind, failures=failures, fetched=now,
            due=max(due, until or 0.0), not_before=until or 0.0, is_stopped=visit.is_gone,
        )  # fmt: skip
        outcome: FeedOutcome = "stopped" if visit.is_gone else "failed"
        return FeedResult(feed.number, hide_password(feed.url), outcome, error=str(error), error_kind=error.kind)

    def _take_pages(self, feeds: Sequence[Feed], fetching: Fetching[object]) -> Iterator[Progress]:
        """Fetch the pages of these feeds' teasers, and put their articles in the teasers' place."""
        with self._access.reading():
            wanted = EntryRows(self._access.connection).list_wanted([feed.number for feed in feeds])
        if not wanted:
            return
        for entry in wanted:
            fetching.ask(entry, Request(entry.link or ""))
        done = 0
        with Parser() as parser:
            pages = PageTaker(self._access.connection, parser)
            while not fetching.is_empty():
                read = [pages.read(fetched) for fetched in fetching.receive(_feeds_per_step)]
                if not read:
                    continue
                with self.writing(), self._access.reading():
                    adder = Adder(self._access.connection, self._access.fulltext)
                    with begin(self._access.connection):
                        additions = [each for page in read if (each := pages.keep(page, adder)) is not None]
                    adder.write_index()
                    for _ in adder.merge_index():
                        pass
                done += len(read)
                yield Progress(done, len(wanted), "fetching articles", tuple(additions))


def parse_response(response: Response, parser: Parser, now: float) -> ParsedFeed:
    """The feed in a response. Raises SourceRefusedError where there is none."""
    kind = response.headers.get("content-type", "")
    # The links of a feed that asks for a password go to others without it.
    url = hide_password(response.url)
    return parser.ask(FeedTask(url, url, response.body, kind, now))


def _hash(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()
