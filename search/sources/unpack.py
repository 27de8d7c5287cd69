"""A file that holds others → what is in it, archives in archives included. It runs in a process of its own."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections import Counter
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING

from search.errors import SourceRefusedError
from search.origins import name_member
from search.sources.archives import find_zip_format, read_tar, read_zip
from search.sources.budget import Budget, BudgetSpentError, Counted
from search.sources.epub import read_epub
from search.sources.files import largest_document, largest_file, open_file
from search.sources.kinds import compressed, containers, find_kind, head_size
from search.sources.mbox import read_mbox
from search.sources.members import Member
from search.sources.raw import Raw
from search.sources.tasks import explain
from search.sources.warc import read_warc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from search.sources.kinds import Kind
    from search.sources.tasks import Unpacking

    Opened = io.BufferedReader | io.BytesIO

_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError)


def unpack(task: Unpacking) -> Iterator[Raw | SourceRefusedError]:
    """What is in the file that the task names, each by itself, and a refusal for what is not read."""
    try:
        with io.BytesIO(task.data or b"") if task.path is None else open_file(task.path) as file:
            is_empty = True
            for found in _Unpacker(Budget(task.caps)).unpack(task.origin, file):
                is_empty = False
                yield found
        if is_empty:
            yield SourceRefusedError(task.origin, "an archive without articles")
    except BudgetSpentError as spent:
        yield SourceRefusedError(task.origin, f"{spent}; the rest was left out")
    except SourceRefusedError as refusal:
        yield refusal


class _Unpacker:
    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def unpack(self, origin: str, file: Opened, depth: int = 1) -> Iterator[Raw | SourceRefusedError]:
        """What is in one container, `depth` - 1 others around it."""
        if depth > self._budget.caps.depth:
            yield SourceRefusedError(origin, f"in more than {self._budget.caps.depth} archives, one within the other")
            return
        try:
            if _peek(file) == "ZIP":
                yield from self._unpack_zip(origin, file, depth)
            else:
                yield from self._take_all(origin, self._read_stream(origin, file), depth)
        except _DAMAGED as error:
            yield SourceRefusedError(origin, f"damaged or cut off ({explain(error)}); what could be read was taken")

    def _unpack_zip(self, origin: str, file: Opened, depth: int) -> Iterator[Raw | SourceRefusedError]:
        with zipfile.ZipFile(file) as archive:
            form = find_zip_format(origin, archive)
            if form not in {"DOCX", "ODT"}:
                read = read_zip(archive, self._budget) if form is None else read_epub(origin, archive, self._budget)
                yield from self._take_all(origin, read, depth)
                return
        file.seek(0)
        data = self._budget.read(file)
        yield _refuse_size(origin) if data is None else Raw(origin, data, form=form)

    def _read_stream(self, origin: str, file: io.BufferedIOBase) -> Iterator[Member]:
        kind = _peek(file)
        if kind in compressed:
            file = _decompress(file, kind)
            kind = _peek(file)
        if kind == "tar":
            return read_tar(Counted(file, self._budget), self._budget)
        if kind == "mbox":
            return read_mbox(Counted(file, self._budget), self._budget)
        if kind == "WARC":
            return read_warc(origin, Counted(file, self._budget), self._budget)
        return iter([Member(PurePath(origin).stem, self._budget.read(file))])

    def _take_all(self, origin: str, members: Iterable[Member], depth: int) -> Iterator[Raw | SourceRefusedError]:
        """What the members of a container give; of those of one name, the later ones get a number."""
        names = Counter[str]()
        for member in members:
            names[member.name] += 1
            number = f" ({names[member.name]})" if names[member.name] > 1 else ""
            yield from self._take(name_member(origin, member.name + number), member, depth)

    def _take(self, origin: str, member: Member, depth: int) -> Iterator[Raw | SourceRefusedError]:
        """A member as it is, or what is in it."""
        data = member.data
        suffix = PurePosixPath(member.name).suffix.lower() if member.suffix is None else member.suffix
        if data is None:
            yield SourceRefusedError(origin, member.refusal) if member.refusal else _refuse_size(origin)
        elif not data.strip():
            yield SourceRefusedError(origin, "empty")
        elif member.form is None and find_kind(data[:head_size], suffix) in containers:
            yield from self.unpack(origin, io.BytesIO(data), depth + 1)
        else:
            yield Raw(origin, data, suffix, member.charset, member.url, member.form, member.stated)


def _peek(file: io.BufferedIOBase) -> Kind:
    """The kind of what a file holds, which is still to be read."""
    head = file.read(head_size)
    file.seek(0)
    return find_kind(head)


def _decompress(file: io.BufferedIOBase, kind: Kind) -> io.BufferedIOBase:
    """The bytes in a compressed file, decompressed as they are read."""
    if kind == "gzip":
        return gzip.GzipFile(fileobj=file)
    return bz2.BZ2File(file) if kind == "bzip2" else lzma.LZMAFile(file)  # type: ignore[arg-type] # read and seek are enough


def _refuse_size(origin: str) -> SourceRefusedError:
    texts, others = largest_file // 1024**2, largest_document // 1024**2
    return SourceRefusedError(origin, f"larger than {texts} MB (a text) or {others} MB (other formats)")
