"""A web server on loopback that answers as a test says, the feeds that it serves, and a library that fetches them."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from search import FeedSettings, Library, Query

start = datetime(2024, 6, 1, 12, tzinfo=UTC).timestamp()


@dataclass
class Reply:
    """What the server answers. With `length` it claims another length than the body has."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None


@dataclass
class Asked:
    path: str
    headers: Mapping[str, str]


class FeedServer:
    """Answers each path with its Reply, or with what a function makes of the request; others with 404."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply | Callable[[Asked], Reply]] = {}
        self.asked: list[Asked] = []
        self.lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()})
                with outer.lock:
                    outer.asked.append(asked)
                reply = outer.replies.get(self.path, Reply(status=404))
                reply = reply(asked) if callable(reply) else reply
                body = reply.body.encode() if isinstance(reply.body, str) else reply.body
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.status != 304:
                    self.send_header("Content-Length", str(len(body) if reply.length is None else reply.length))
                self.end_headers()
                if reply.status != 304:
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        class QuietServer(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """A client that leaves early is no news."""

        self._server = QuietServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def encrypt(self, certificate: Path) -> None:
        """Speak TLS from now on, with the key and certificate in this file."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def rss(*items: str, head: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>The Wire</title>'
        f"<link>/</link>{head}{''.join(items)}</channel></rss>"
    )


def item(number: int, text: str = "", **fields: str) -> str:
    """An item with an id, link, title, date and text, of which `fields` replace some; "" leaves one out."""
    values = {
        "guid": f"id-{number}",
        "link": f"/articles/{number}",
        "title": f"Headline {number}",
        "pubDate": f"Mon, {1 + number % 28:02} Jan 2024 10:00:00 +0000",
        "description": text or f"Report {number} from Aleppo.",
    } | fields
    return "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in values.items() if value) + "</item>"


def feed_with(*items, **headers):
    return Reply(rss(*items), headers={name.replace("_", "-"): value for name, value in headers.items()})


class Desk:
    """A library, its feeds and a clock that a test turns."""

    def __init__(self, folder, server):
        self.library = Library(folder, recogniser="rules")
        self.server = server
        self.now = start
        self.settings = FeedSettings("never", private_addresses=True, pause=0)

    @property
    def feeds(self):
        return self.library.feeds(self.settings, lambda: self.now)

    def add(self, path="/feed", reply=None):
        if reply is not None:
            self.server.replies[path] = reply
        return self.feeds.add(f"{self.server.url}{path}")

    def refresh(self, *names, everything=True):
        return [result for step in self.feeds.refresh(names, everything=everything) for result in step.feeds]

    def feed(self, path="/feed"):
        return self.feeds.find(f"{self.server.url}{path}")

    def titles(self):
        return [hit.summary.title for hit in self.library.search(Query(""), 0, 1_000).hits]
