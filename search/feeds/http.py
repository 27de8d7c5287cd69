"""One request over http or https: to an address that may be asked, within limits of time and size."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import unquote

import urllib3
from urllib3.exceptions import DecodeError, HTTPError, LocationValueError
from urllib3.util import Timeout, Url, make_headers, parse_url

from search.errors import NewscastError
from search.text import make_safe_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from search.model import FeedErrorKind

largest_response = 15 * 1024**2
"""Bytes, after decompression."""
longest_fetch = 60.0
"""Seconds that a response may take in all."""
_connect_timeout, _read_timeout = 10.0, 20.0
_chunk = 65_536
_ports = {"http": 80, "https": 443}
_embedded = ip_network("64:ff9b::/96")
"""IPv6 addresses that lead to the IPv4 address in their last four bytes."""


class FetchError(NewscastError):
    """A request that gave no usable response: `kind` says whose fault it is, in a line without a password."""

    def __init__(self, reason: str, kind: FeedErrorKind) -> None:
        super().__init__(reason)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for; `etag` and `modified` are what the server said of the copy that is known."""

    url: str
    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered; the names of `headers` are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def find_host(url: str) -> str:
    """The host that an address names. Raises FetchError where it is none of the web."""
    return _split(url).host or ""


def fetch(request: Request, *, private_addresses: bool = False) -> Response:
    """Ask once, and follow no redirect. Raises FetchError."""
    parts = _split(request.url)
    addresses = _resolve(parts, private_addresses=private_addresses)
    try:
        with _open_pool(parts, addresses[0]) as pool:
            return _ask(pool, parts, request)
    except DecodeError as error:
        raise FetchError("cannot be decompressed", "format") from error
    except (HTTPError, OSError, ValueError) as error:
        raise FetchError(f"cannot be fetched: {_explain(error)}", "network") from error


def _split(url: str) -> Url:
    try:
        parts = parse_url(url.strip())
    except LocationValueError as error:
        raise FetchError("a malformed address", "format") from error
    if parts.scheme not in _ports or not parts.host:
        raise FetchError("neither an http nor an https address", "format")
    return parts


def _resolve(parts: Url, *, private_addresses: bool) -> list[str]:
    """The addresses of a host that may be asked. Whoever answers for its name cannot answer otherwise afterwards."""
    host = (parts.host or "").strip("[]")
    try:
        found = socket.getaddrinfo(host, parts.port or _ports[parts.scheme or ""], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"{host}: no such host can be found", "network") from error
    addresses = [str(address[0]) for *_, address in found]
    allowed = [address for address in addresses if private_addresses or is_public(address)]
    if not allowed:
        raise FetchError(
            f"{host} is this machine or in its private network; the setting private_addresses allows that", "network"
        )
    return allowed


def is_public(address: str) -> bool:
    """Is this an address of the internet, and not of the machine itself, its private network, or many machines?"""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _embedded:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def _open_pool(parts: Url, address: str) -> urllib3.HTTPConnectionPool:
    """A connection to this very address that asks for, and believes only, the host by its name."""
    timeout = Timeout(connect=_connect_timeout, read=_read_timeout)
    host = (parts.host or "").strip("[]")
    if parts.scheme == "https":
        return urllib3.HTTPSConnectionPool(
            address, parts.port or 443, timeout=timeout, retries=False, cert_reqs="CERT_REQUIRED",
            server_hostname=host, assert_hostname=host,
        )  # fmt: skip
    return urllib3.HTTPConnectionPool(address, parts.port or 80, timeout=timeout, retries=False)


def _ask(pool: urllib3.HTTPConnectionPool, parts: Url, request: Request) -> Response:
    headers = {
        "Host": parts.netloc or "",
        "User-Agent": build_user_agent(),
        "Accept": "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
    }
    if parts.auth:
        headers |= make_headers(basic_auth=unquote(parts.auth))
    if request.etag:
        headers["If-None-Match"] = request.etag
    if request.modified:
        headers["If-Modified-Since"] = request.modified
    began = time.monotonic()
    response = pool.urlopen(
        "GET", parts.request_uri, headers=headers, redirect=False, preload_content=False, assert_same_host=False
    )
    try:
        known = {name.lower(): make_safe_line(value) for name, value in response.headers.items()}
        body = b"" if response.status == 304 else _read_body(response, began)
        return Response(request.url, response.status, known, body)
    finally:
        response.close()


def _read_body(response: urllib3.BaseHTTPResponse, began: float) -> bytes:
    """The body as it is after decompression, which is measured while it is read."""
    chunks: list[bytes] = []
    size = 0
    while chunk := response.read1(_chunk, decode_content=True):
        chunks.append(chunk)
        size += len(chunk)
        if size > largest_response:
            raise FetchError(f"larger than {largest_response // 1024**2} MB", "format")
        if time.monotonic() - began > longest_fetch:
            raise FetchError(f"takes longer than {longest_fetch:.0f} seconds", "network")
    return b"".join(chunks)


@cache
def build_user_agent() -> str:
    """The project's name and version and, where its package names one, its address."""
    try:
        about = metadata("newscast")
    except PackageNotFoundError:
        return "newscast"
    pages = [line.partition(",")[2].strip() for line in about.get_all("Project-URL") or []]
    return f"newscast/{about['Version']}" + (f" (+{pages[0]})" if pages else "")


def _explain(error: Exception) -> str:
    """What went wrong, without the objects that urllib3 names."""
    reason = getattr(error, "reason", None) or error
    text = make_safe_line(str(reason.args[-1] if isinstance(reason, HTTPError) and reason.args else reason))
    return text.rpartition(">: ")[2][:160] or type(error).__name__
