"""The full-text index of a Library: derived from the store, and able to tell when it is behind or damaged."""

from __future__ import annotations

import json
import os
import shutil
import zlib
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from search.errors import NewscastError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from whoosh.index import Index
    from whoosh.searching import Searcher

    from search.fulltext.parse import Parsed
    from search.model import Document

schema_version = 1
"""Raise it when anything that decides the index's content changes: an older index is then built anew."""

_state_file = "state.json"
_writer_memory = 64  # MB, before Whoosh spills to disk


class FullTextDamagedError(NewscastError):
    """The index cannot be read; it can be built anew from the store."""


@dataclass(frozen=True, slots=True)
class IndexState:
    """What the last whole commit left: of how many documents, up to which revision, in files of which size and CRC."""

    schema: int
    documents: int
    revision: int
    files: dict[str, tuple[int, int]]


class FullText:
    """The index in one folder. Whoever writes holds the Library's lock; readers come and go."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index: Index | None = None
        self._searcher: Searcher | None = None

    def close(self) -> None:
        """Let go of every file."""
        if self._searcher is not None:
            self._searcher.close()
        if self._index is not None:
            self._index.close()
        self._searcher = self._index = None

    def is_current(self, documents: int, revision: int) -> bool:
        """Does the index stand at this state of the store, with all its files? Costs the same at any size."""
        state = self.read_state()
        if (
            state is None
            or state.schema != schema_version
            or (state.documents, state.revision) != (documents, revision)
        ):
            return False
        return all(self._size(name) == size for name, (size, _) in state.files.items())

    def read_state(self) -> IndexState | None:
        """What the last whole commit left; None without one."""
        try:
            data = json.loads((self._folder / _state_file).read_text("utf-8"))
            files = {str(name): (int(size), int(crc)) for name, (size, crc) in data["files"].items()}
            return IndexState(int(data["schema"]), int(data["documents"]), int(data["revision"]), files)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def find_damage(self) -> list[str]:
        """The files whose content is not what was written, by their CRC. Reads them all."""
        state = self.read_state()
        if state is None:
            return [_state_file]
        return [name for name, (_, crc) in state.files.items() if self._crc(name) != crc]

    def read_revisions(self) -> dict[int, int]:
        """The row and revision of every document in the index."""
        with self._guard():
            return {
                int(fields["number"]): fields["revision"]
                for fields in self._open_searcher().reader().all_stored_fields()
            }

    def clear(self) -> None:
        """Start again with an empty index."""
        from whoosh.index import create_in

        from search.fulltext.schema import build_schema

        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        create_in(str(self._folder), build_schema())
        self._write_state(0, 0)

    def write(self, documents: Iterable[tuple[int, int, Document]], *, gone: Iterable[int] = ()) -> None:
        """Index documents, each as (row, revision, document), in place of their older selves; drop those `gone`."""
        with self._guard():
            writer = self._open_index().writer(limitmb=_writer_memory)
            try:
                for number in gone:
                    writer.delete_by_term("number", str(number))
                for number, revision, document in documents:
                    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
                    title = document.title or ""
                    writer.update_document(
                        number=str(number),
                        revision=revision,
                        title=title,
                        text=text,
                        title_words=title,
                        text_words=text,
                    )
            except BaseException:
                writer.cancel()
                raise
            writer.commit()

    def mark_current(self, documents: int, revision: int) -> None:
        """Note, after a write, that the index now stands at this state of the store."""
        self._write_state(documents, revision)

    def search(self, parsed: Parsed, offset: int, limit: int) -> tuple[int, list[tuple[int, float]], bool]:
        """How many documents match, a page of their rows with their scores, best first, and whether it was narrowed."""
        from search.fulltext.compile import compile_query

        with self._guard():
            searcher = self._open_searcher()
            query, narrowed = compile_query(parsed, searcher.reader())
            found = searcher.search(query, limit=offset + limit)
            page = [(int(hit["number"]), float(hit.score or 0.0)) for hit in found[offset : offset + limit]]
            # len() is exact; it runs the query again when the top was found without seeing all.
            return len(found), page, narrowed

    def _open_index(self) -> Index:
        if self._index is None:
            from whoosh.index import open_dir

            self._index = open_dir(str(self._folder))
        return self._index

    def _open_searcher(self) -> Searcher:
        """A searcher on the newest commit. Whoosh is imported at the first search, not at the reader's start."""
        # Not refresh(): it keeps readers of old segments, and with them documents that have been deleted since.
        if self._searcher is not None and not self._searcher.up_to_date():
            self._searcher.close()
            self._searcher = None
        if self._searcher is None:
            from whoosh.scoring import BM25F

            self._searcher = self._open_index().searcher(weighting=BM25F())
        return self._searcher

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Whatever Whoosh raises on a damaged file, as one error; the next call opens the index anew."""
        try:
            yield
        except (KeyboardInterrupt, SystemExit, GeneratorExit, NewscastError):
            raise
        except Exception as error:
            self._searcher = self._index = None
            raise FullTextDamagedError(f"the full-text index cannot be read: {error!r}") from error

    def _write_state(self, documents: int, revision: int) -> None:
        old = self.read_state()
        known = old.files if old else {}
        names = sorted(path.name for path in self._folder.iterdir() if path.suffix in {".seg", ".toc"})
        # Whoosh never changes a file that it has written, so that only new ones need to be read.
        files = {
            name: known[name]
            if name in known and known[name][0] == self._size(name)
            else (self._size(name), self._crc(name))
            for name in names
        }
        state: dict[str, Any] = asdict(IndexState(schema_version, documents, revision, files))
        new = self._folder / f"{_state_file}.new"
        with new.open("w", encoding="utf-8") as file:
            json.dump(state, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._folder / _state_file)

    def _size(self, name: str) -> int:
        try:
            return (self._folder / name).stat().st_size
        except OSError:
            return -1

    def _crc(self, name: str) -> int:
        try:
            with (self._folder / name).open("rb") as file:
                value = 0
                while block := file.read(1 << 20):
                    value = zlib.crc32(block, value)
                return value
        except OSError:
            return -1
