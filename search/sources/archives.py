"""ZIP and tar archives, read member by member; nothing is written to disk, and no link is followed."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from lzma import LZMAError
from typing import TYPE_CHECKING

from search.errors import SourceRefusedError
from search.sources.members import Member, is_hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.sources.budget import Budget, Counted
    from search.sources.formats import Format

_ENCRYPTED = 0x1
_OFFICE = ("xl/workbook.xml", "ppt/presentation.xml", "visio/document.xml")
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."


def find_zip_format(origin: str, archive: zipfile.ZipFile) -> Format | None:
    """The format of the one document that a ZIP archive is, None if it holds files; refuses spreadsheets and slides."""
    names = archive.NameToInfo
    if "word/document.xml" in names:
        return "DOCX"
    kind = _read_mimetype(archive) if "mimetype" in names else ""
    if kind.startswith(f"{_OPEN_DOCUMENT}text"):
        return "ODT"
    if kind == "application/epub+zip" or "META-INF/container.xml" in names:
        return "EPUB"
    if kind.startswith(_OPEN_DOCUMENT) or any(name in names for name in _OFFICE):
        raise SourceRefusedError(origin, "a spreadsheet, slides or a drawing, not an article")
    return None


def _read_mimetype(archive: zipfile.ZipFile) -> str:
    with archive.open("mimetype") as file:
        return file.read(100).decode("ascii", "replace").strip()


def read_zip(archive: zipfile.ZipFile, budget: Budget) -> Iterator[Member]:
    """The files in a ZIP archive, in its order, hidden ones left out."""
    for info in archive.infolist():
        if info.is_dir() or is_hidden(info.filename):
            continue
        budget.count_member()
        yield _read_zip_member(archive, info, budget)


def _read_zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> Member:
    if info.flag_bits & _ENCRYPTED:
        return Member(info.filename, refusal="locked with a password")
    try:
        with archive.open(info) as file:
            return Member(info.filename, budget.read(file))
    except (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, OSError) as error:
        return Member(info.filename, refusal=f"damaged in the archive: {error}")
    except (NotImplementedError, ValueError) as error:
        return Member(info.filename, refusal=f"cannot be unpacked: {error}")


def read_tar(stream: Counted, budget: Budget) -> Iterator[Member]:
    """The regular files in a tar archive, in its order, hidden ones left out; a link is refused."""
    with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload] # all that it needs is read()
        for info in archive:
            # tarfile keeps what it has read, which it needs for links alone.
            archive.members = []
            if info.isdir() or is_hidden(info.name):
                continue
            budget.count_member()
            file = archive.extractfile(info) if info.isreg() else None
            yield Member(info.name, budget.read(file)) if file else Member(info.name, refusal="a link or a device")
