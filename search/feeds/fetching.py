"""Many requests at once, by threads, politely: each host has one at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from queue import Empty, Queue
from threading import Thread
from typing import TYPE_CHECKING, Generic, Self, TypeVar
from urllib.parse import urljoin, urlsplit

from search.feeds.http import FetchError, Request, Response, fetch, find_host, longest_fetch
from search.feeds.turns import Turns
from search.text import hide_password

if TYPE_CHECKING:
    from types import TracebackType

Subject = TypeVar("Subject")

_redirects = frozenset({301, 302, 303, 307, 308})
_lasting = frozenset({301, 308})
_most_redirects = 5
_patience = longest_fetch + 60
"""Seconds after which a request is given up that does not end by itself, as when a server sends its headers slowly."""


@dataclass(frozen=True, slots=True)
class Fetched(Generic[Subject]):
    """What came of one request and its redirects: a response, or why there is none.

    `moved_to` is where the subject is for good, if a server said so.
    """

    subject: Subject
    request: Request
    response: Response | None = None
    error: FetchError | None = None
    redirects: int = 0
    moved_to: str | None = None
    is_lasting: bool = True


class Fetching(Generic[Subject]):
    """A pool of threads that fetch; it lasts for a refresh."""

    def __init__(self, threads: int, pause: float, *, private_addresses: bool) -> None:
        self._threads = threads
        self._private_addresses = private_addresses
        self._turns: Turns[Fetched[Subject]] = Turns(pause)
        self._begun: dict[str, tuple[float, Fetched[Subject]]] = {}
        self._asked: Queue[tuple[str, Fetched[Subject]] | None] = Queue()
        self._answered: Queue[tuple[str, Fetched[Subject], Fetched[Subject]]] = Queue()
        self._workers: list[Thread] = []
        self._failed: list[Fetched[Subject]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for _ in self._workers:
            self._asked.put(None)

    def is_empty(self) -> bool:
        """Is nothing left to wait for?"""
        return not (self._turns or self._begun or self._failed)

    def ask(self, subject: Subject, request: Request) -> None:
        """Let a request wait for its turn."""
        self._queue(Fetched(subject, request))

    def receive(self, most: int) -> list[Fetched[Subject]]:
        """What has come meanwhile, at most so many; waits a moment where that is nothing."""
        self._start()
        received, self._failed = self._failed[:most], self._failed[most:]
        wait = 0.0 if received else self._find_wait()
        while len(received) < most:
            try:
                host, asked, fetched = self._answered.get(timeout=wait) if wait else self._answered.get_nowait()
            except Empty:
                break
            wait = 0.0
            if self._begun.get(host, (0.0, None))[1] is not asked:
                continue  # it was given up
            del self._begun[host]
            self._turns.finish(host, time.monotonic())
            received += self._follow(fetched)
            self._start()
        return received + self._give_up()

    def _find_wait(self) -> float:
        due = self._turns.next_time() if len(self._begun) < self._threads else None
        return 0.5 if due is None else max(0.001, min(0.5, due - time.monotonic()))

    def _start(self) -> None:
        """Begin whatever may begin now."""
        now = time.monotonic()
        while len(self._begun) < self._threads and (turn := self._turns.take(now)):
            host, fetched = turn
            self._begun[host] = now, fetched
            self._asked.put(turn)
            if len(self._workers) < min(self._threads, len(self._begun)):
                # A daemon, since a request that does not end must not keep the program from ending.
                self._workers.append(Thread(target=self._work, daemon=True))
                self._workers[-1].start()

    def _work(self) -> None:
        while turn := self._asked.get():
            host, asked = turn
            try:
                answered = replace(asked, response=fetch(asked.request, private_addresses=self._private_addresses))
            except FetchError as error:
                answered = replace(asked, error=error)
            except Exception as error:  # noqa: BLE001 - whatever it is, it costs one request
                answered = replace(asked, error=FetchError(f"cannot be fetched: {type(error).__name__}", "network"))
            self._answered.put((host, asked, answered))

    def _queue(self, fetched: Fetched[Subject]) -> None:
        try:
            self._turns.add(find_host(fetched.request.url), fetched)
        except FetchError as error:
            self._failed.append(replace(fetched, error=error))

    def _follow(self, fetched: Fetched[Subject]) -> list[Fetched[Subject]]:
        """The same if it is an answer; a redirect waits for its turn as every request does."""
        followed = follow_redirect(fetched)
        if followed is None or followed.error:
            return [followed or fetched]
        self._queue(followed)
        return []

    def _give_up(self) -> list[Fetched[Subject]]:
        late = [host for host, (begun, _) in self._begun.items() if time.monotonic() - begun > _patience]
        given_up = []
        for host in late:
            _, fetched = self._begun.pop(host)
            self._turns.finish(host, time.monotonic())
            given_up.append(replace(fetched, error=FetchError("its server sends too slowly", "network")))
            # Its thread is lost to the others.
            self._workers.append(Thread(target=self._work, daemon=True))
            self._workers[-1].start()
        return given_up


def follow_redirect(fetched: Fetched[Subject]) -> Fetched[Subject] | None:
    """The next request of a redirect, or why there is none; None for any other answer."""
    response = fetched.response
    if response is None or response.status not in _redirects or "location" not in response.headers:
        return None
    if fetched.redirects >= _most_redirects:
        return replace(fetched, response=None, error=FetchError("redirected too often", "server"))
    try:
        target = _keep_password(response.url, urljoin(response.url, response.headers["location"]))
    except ValueError:
        target = ""
    if not target.lower().startswith(("http://", "https://")):
        shown = hide_password(target)[:100]
        return replace(
            fetched, response=None, error=FetchError(f"redirected to {shown}, which is not the web", "server")
        )
    is_lasting = fetched.is_lasting and response.status in _lasting
    return replace(
        fetched,
        request=replace(fetched.request, url=target),
        response=None,
        redirects=fetched.redirects + 1,
        moved_to=target if is_lasting else fetched.moved_to,
        is_lasting=is_lasting,
    )


def _keep_password(url: str, target: str) -> str:
    """The target of a redirect, with the password of the address that redirects if it is of the same server."""
    before, after = urlsplit(url), urlsplit(target)
    credentials, _, host = before.netloc.rpartition("@")
    is_same = (before.scheme, host) == (after.scheme, after.netloc)
    return after._replace(netloc=f"{credentials}@{host}").geturl() if credentials and is_same else target


def fetch_now(url: str, *, private_addresses: bool) -> tuple[Fetched[None], Response]:
    """Fetch one address at once, and follow its redirects. Raises FetchError where that gives nothing."""
    fetched: Fetched[None] = Fetched(None, Request(url))
    while True:
        response = fetch(fetched.request, private_addresses=private_addresses)
        fetched = replace(fetched, response=response)
        followed = follow_redirect(fetched)
        if followed is None:
            break
        if followed.error:
            raise followed.error
        fetched = followed
    if response.status != 200:
        raise FetchError(f"the server answered {response.status}", "server")
    return fetched, response
