"""Bytes → text: which encoding, and whether it is text at all."""

from __future__ import annotations

import codecs
import re

from search.errors import SourceRefusedError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LIKELY = (
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "koi8_r",
    "shift_jis",
    "euc_jp",
    "euc_kr",
    "gb18030",
    "big5",
)
"""What old news pages are found in; guessing among every encoding there is finds EBCDIC in French."""

_CENTRAL_AND_TURKISH = frozenset(
    {"Croatian", "Czech", "Hungarian", "Polish", "Romanian", "Slovak", "Slovene", "Turkish"}
)

_not_of_pages = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
"""Encodings that Python knows and no page is written in; punycode takes time with the square of the length."""

_DECLARED = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})""", re.IGNORECASE)
_CONTROLS = bytes(range(9)) + bytes(range(14, 27)) + bytes(range(28, 32)) + b"\x7f"
_SAMPLE = 65_536


def decode(origin: str, data: bytes, *, charset: str | None = None) -> str:
    """The text in `data`; `charset` is what its sender said. Refuses what is binary."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_as(origin, data, encoding)
    _refuse_binary(origin, data)
    try:
        return data.decode()
    except UnicodeDecodeError:
        declared = charset or _find_declared(data)
        return _decode_as(origin, data, declared if _is_codec(declared) else _guess(origin, data))


def _refuse_binary(origin: str, data: bytes) -> None:
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if b"\0" in sample or controls * 20 > len(sample):
        raise SourceRefusedError(origin, "binary, not text")


def _find_declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:4096])
    return found[1].decode("ascii", "replace") if found else None


def _is_codec(name: str | None) -> bool:
    try:
        codec = codecs.lookup(name or "")
        "".encode(name or "")  # raises LookupError for a codec that is not of text, such as base64
    except (LookupError, ValueError):
        return False
    return codec.name not in _not_of_pages


def _guess(origin: str, data: bytes) -> str:
    """The likeliest of the usual encodings, judged by the first lines that are not ASCII."""
    from charset_normalizer import from_bytes

    odd = next(index for index, byte in enumerate(data) if byte >= 0x80)
    start = max(0, odd - 4096)
    best = from_bytes(data[start : start + 16_384], cp_isolation=list(_LIKELY)).best()
    if best is None:
        raise SourceRefusedError(origin, "neither UTF-8 nor any usual encoding")
    # Western text often has too few accents to tell Windows' code pages apart; the Western one is by far the commonest.
    if best.encoding in {"cp1250", "cp1254"} and best.language not in _CENTRAL_AND_TURKISH:
        return "cp1252"
    return best.encoding


def _decode_as(origin: str, data: bytes, encoding: str | None) -> str:
    try:
        return data.decode(encoding or "utf-8", "replace")
    except (LookupError, UnicodeError) as error:
        raise SourceRefusedError(origin, f"cannot be read as {encoding}") from error
