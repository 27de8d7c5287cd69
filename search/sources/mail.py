"""A mail, or a page that a browser saved as one file (MHTML): subject, sender, date and text."""

from __future__ import annotations

from contextlib import suppress
from email import message_from_bytes, policy
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from typing import TYPE_CHECKING

from search.errors import SourceRefusedError
from search.sources.blocks import find_blocks
from search.sources.decode import decode
from search.sources.draft import Draft
from search.sources.html import parse_html
from search.sources.plain import parse_plain
from search.text import make_safe_line, split_paragraphs

if TYPE_CHECKING:
    from datetime import date
    from email.message import MIMEPart


def parse_mail(origin: str, data: bytes) -> Draft:
    """What the mail says; of its HTML the article, as of a page, else its plain text, else all that is in the HTML."""
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    html, plain = message.get_body(("html",)), message.get_body(("plain",))
    if html is not None and (address := _find_page(message, html)):
        page = parse_html(origin, _read_text(origin, html))
        return Draft(page.paragraphs, page.title, page.source, page.url or address, page.published, page.language)
    text = _parse_text(origin, html, plain)
    return Draft(
        text.paragraphs,
        title=_read_header(origin, message, "subject") or None,
        source=_find_sender(origin, message),
        url=text.url,
        published=_find_date(origin, message) or text.published,
        language=text.language,
    )


def _parse_text(origin: str, html: MIMEPart | None, plain: MIMEPart | None) -> Draft:
    if html is None:
        if plain is None:
            raise SourceRefusedError(origin, "a mail without text")
        return _parse_plain(origin, plain)
    markup = _read_text(origin, html)
    try:
        return parse_html(origin, markup)
    except SourceRefusedError:
        if plain is not None:
            return _parse_plain(origin, plain)
        return Draft(tuple(part for block in find_blocks(markup) for part in split_paragraphs(block.text)))


def _parse_plain(origin: str, part: MIMEPart) -> Draft:
    draft = parse_plain(_read_text(origin, part))
    # The subject is the title, so the first line is a line like others.
    return Draft((draft.title, *draft.paragraphs) if draft.title else draft.paragraphs, url=draft.url)


def _read_text(origin: str, part: MIMEPart) -> str:
    """The text of a part; what is not in the encoding that it names is read as a page would be."""
    data = part.get_payload(decode=True)
    text = decode(origin, data, charset=part.get_content_charset()) if isinstance(data, bytes) and data else ""
    is_flowed = part.get_content_type() == "text/plain" and part.get_param("format") == "flowed"
    return text.replace(" \r\n", " ").replace(" \n", " ") if is_flowed else text


def _find_page(message: EmailMessage, html: MIMEPart) -> str | None:
    """The address of the page that a browser saved."""
    address = message.get("Snapshot-Content-Location")
    if address is None and message.get_content_type() == "multipart/related":
        address = html.get("Content-Location")
    return make_safe_line(str(address)) if address and str(address).startswith("http") else None


def _read_header(origin: str, message: EmailMessage, name: str) -> str:
    """A field of the header; one that is written in bytes that should be encoded is decoded as a text would be."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")
    data = raw.encode("utf-8", "surrogateescape")
    if not data.isascii():
        return make_safe_line(decode(origin, data))
    return make_safe_line(str(message.get(name, "")))


def _find_sender(origin: str, message: EmailMessage) -> str | None:
    """The name of who sent it, else the host of the address."""
    field = message.get("from")
    text = _read_header(origin, message, "from")
    if text.isascii() and isinstance(field, AddressHeader) and field.addresses:
        name, address = field.addresses[0].display_name, field.addresses[0].addr_spec
    else:
        name, address = parseaddr(text)
    return make_safe_line(name) or make_safe_line(address.rpartition("@")[2]) or None


def _find_date(origin: str, message: EmailMessage) -> date | None:
    """The day on which it was sent, where the sender is."""
    with suppress(ValueError, TypeError):
        return parsedate_to_datetime(_read_header(origin, message, "date")).date()
    return None
