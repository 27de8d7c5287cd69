"""Pages that a crawler kept (WARC): the answers that are HTML, by warcio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.errors import SourceRefusedError
from search.sources.members import Member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.sources.budget import Budget, Counted

_HTML = ("text/html", "application/xhtml+xml")


def read_warc(origin: str, stream: Counted, budget: Budget) -> Iterator[Member]:
    """The pages that were answered with 200 and HTML, each called by its address; all other records are passed over."""
    try:
        from warcio.archiveiterator import ArchiveIterator
    except ImportError as error:
        raise SourceRefusedError(origin, "reading WARC needs warcio: pip install warcio") from error
    for record in ArchiveIterator(stream):
        budget.count_member()
        if record.rec_type != "response" or record.http_headers is None:
            continue
        kind = record.http_headers.get_header("Content-Type") or ""
        if record.http_headers.get_statuscode() != "200" or not kind.lower().startswith(_HTML):
            continue
        address = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
        _, _, charset = kind.lower().partition("charset=")
        data = budget.read(record.content_stream())
        yield Member(address, data, suffix=".html", charset=charset.strip(" \"';") or None, url=address)
