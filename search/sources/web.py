"""A web page by its address → bytes."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

from search.errors import SourceRefusedError
from search.sources.files import largest_file
from search.sources.raw import Raw
from search.text import make_safe_line

_TIMEOUT = 20  # seconds
_HEADERS = {"User-Agent": "newscast", "Accept": "text/html, text/plain, text/markdown"}


def is_url(text: str) -> bool:
    """Is this an address of the web, rather than a path?"""
    return text.lower().startswith(("http://", "https://"))


def read_page(url: str) -> Raw:
    """What an http or https address gives; refuses what cannot be fetched or is too large."""
    address = quote(make_safe_line(url), safe=":/?#[]@!$&'()*+,;=%~")
    opener = urllib.request.build_opener()
    request = urllib.request.Request(address, headers=_HEADERS)  # noqa: S310 - is_url let http and https through alone
    try:
        with opener.open(request, timeout=_TIMEOUT) as response:
            data: bytes = response.read(largest_file + 1)
            charset = response.headers.get_content_charset()
            kind = response.headers.get_content_type()
    except urllib.error.HTTPError as error:
        raise SourceRefusedError(url, f"the server answered {error.code}") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise SourceRefusedError(url, f"cannot be fetched: {_explain(error)}") from error
    if len(data) > largest_file:
        raise SourceRefusedError(url, f"larger than {largest_file // 1024**2} MB")
    suffix = ".html" if "html" in kind else PurePosixPath(urlsplit(address).path).suffix.lower()
    return Raw(address, data, suffix, charset, address)


def _explain(error: Exception) -> str:
    """Say why a page could not be fetched."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    match reason:
        case socket.gaierror():
            return "no server of this name is known"
        case TimeoutError():
            return f"the server did not answer within {_TIMEOUT} seconds"
        case ssl.SSLCertVerificationError():
            return f"the server's certificate is not valid: {reason.verify_message}"
        case OSError() if reason.strerror:
            return reason.strerror.lower()
    return make_safe_line(str(reason))
