"""Library: a folder of documents, their cast and their full-text index. The one object a caller opens."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from threading import RLock
from typing import TYPE_CHECKING, Self

from search.cast.recognise import find_recogniser, find_version
from search.checking import check_library, describe_missing, find_loss, keep_loss, read_loss
from search.errors import DocumentDamagedError, LibraryDamagedError, LibraryLockedError, LibraryUnreadableError
from search.fulltext import FullText, room_alone, room_among_many
from search.indexing import bring_level
from search.model import MentionInContext
from search.query import Searcher
from search.store import (
    Actors,
    Checksums,
    Copies,
    Corrections,
    Documents,
    FacetCounter,
    WriterLock,
    begin,
    is_corrupt,
    open_library_database,
)
from search.text import find_sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from search.model import (
        Actor,
        Cast,
        Document,
        Facets,
        Health,
        Hit,
        Match,
        Mention,
        Progress,
        Query,
        Results,
        Summary,
    )
    from search.store import Marks


class Library:
    """Documents in, answers out. Threads may share it; what it returns is frozen.

    One Library at a time writes to a folder, any number read it meanwhile. The full-text index is derived: `is_behind`
    says whether it lacks anything, `repair` brings it level.
    """

    def __init__(self, folder: Path, *, read_only: bool = False, recogniser: str = "trained") -> None:
        """Open the library in `folder`, made there if need be. Raises LibraryUnreadableError."""
        database = folder / "library.db"
        if read_only and not database.exists():
            raise LibraryUnreadableError(describe_missing(folder))
        if not read_only:
            try:
                (folder / "fulltext").mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise LibraryUnreadableError(f"{folder}: cannot be written to: {error.strerror}") from error
        self.folder, self.read_only, self.recogniser = folder, read_only, recogniser
        self._connection = open_library_database(str(database), read_only=read_only)
        self._database = database
        self._opened = _identify(database)
        self._lock = RLock()
        self._counted: tuple[tuple[int, int], int] | None = None
        self._documents = Documents(self._connection)
        self._actors, self._copies = Actors(self._connection), Copies(self._connection)
        self._fulltext = FullText(folder / "fulltext", room_among_many if read_only else room_alone)
        self._facet_counter = FacetCounter(database)
        self._searcher = Searcher(self._connection, self._documents, self._actors, self._fulltext)
        if not read_only:
            # Before anything is written, or this connection closes and with it the log.
            with suppress(LibraryLockedError, sqlite3.DatabaseError):  # whoever asks is told of a damaged database
                self._keep_loss()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every file."""
        with self._lock:
            self._fulltext.close()
            self._facet_counter.close()
            self._connection.close()

    def add(self, paths: Iterable[str]) -> Iterator[Progress]:
        """Add files, folders, addresses ("-" is standard input), step by step; what a step reports is safe on disk.

        Names are found by rules at once; then the recogniser finds the whole cast, if it is another one. Raises
        LibraryLockedError while somebody else is writing.
        """
        from search.adding import add_documents
        from search.error_log import keep_error_log
        from search.folding import fold_documents
        from search.reannotate import reannotate_documents
        from search.sources import is_url, locate

        located = [path if is_url(path) else locate(path) for path in paths]
        with self._writing(), keep_error_log(self.error_log):
            yield from self._catch_up()
            yield from add_documents(located, self._connection, self._fulltext)
            yield from self._catch_up()  # where the index turned out to be damaged meanwhile
            yield from fold_documents(self._connection)
            yield from reannotate_documents(self._connection, self.recogniser)

    def annotate(self) -> Iterator[Progress]:
        """Find copies among documents that were never compared, and the cast of all that this recogniser has not seen.

        It can be broken off at any step and goes on there. Raises LibraryLockedError while somebody else is writing.
        """
        from search.error_log import keep_error_log
        from search.folding import fold_documents
        from search.reannotate import reannotate_documents

        with self._writing(), keep_error_log(self.error_log):
            yield from fold_documents(self._connection)
            yield from reannotate_documents(self._connection, self.recogniser)

    @property
    def error_log(self) -> Path:
        """Where `add` keeps what it refused and why, and `add` and `annotate` the errors that nobody foresaw."""
        return self.folder / "errors.log"

    @property
    def note(self) -> str | None:
        """What its user should know before all else: that articles were lost, or that another recogniser serves."""
        return "; ".join(filter(None, (self.loss, find_recogniser(self.recogniser)[1]))) or None

    def is_annotated(self) -> bool:
        """Has this recogniser seen all documents, and were all compared with the others? Quick at any size."""
        with self._reading():
            if self._copies.has_uncompared():
                return False
            return not self._documents.has_unannotated(find_version(find_recogniser(self.recogniser)[0]))

    def correct(self, identifier: str, mention: Mention, *, is_right: bool) -> bool:
        """Link a mention to nobody, for good, or take that back (`is_right`); False if nothing changes.

        Raises LibraryLockedError while somebody else is writing.
        """
        with self._writing(), self._reading(), begin(self._connection):
            corrections = Corrections(self._connection)
            number = self._documents.read(identifier).number
            is_changed = (corrections.restore if is_right else corrections.unlink)(number, mention)
            Checksums(self._connection).write_cast(number)
            return is_changed

    def remove(self, identifiers: Sequence[str]) -> tuple[Summary, ...]:
        """Take these documents out; each is an id or the beginning of one. `undo_remove` brings them back.

        Raises NotFoundError, then nothing is removed; LibraryLockedError while somebody else is writing.
        """
        from search.removing import remove_documents

        with self._writing(), self._reading():
            for _ in self._catch_up():
                pass
            return remove_documents(identifiers, self._connection, self._fulltext)

    def undo_remove(self) -> tuple[Summary, ...]:
        """Bring back what the last removal took out, with ids and corrections; the next call undoes the one before.

        Nothing where no removal is left. Raises LibraryLockedError while somebody else is writing.
        """
        from search.removing import undo_removal

        with self._writing(), self._reading():
            for _ in self._catch_up():
                pass
            return undo_removal(self._connection, self._fulltext)

    def search(self, query: Query, offset: int = 0, limit: int = 20, *, marks: Marks | None = None) -> Results:
        """A page of what answers the query; of an empty one, all documents, newest first. `marks` say what is read."""
        with self._reading():
            return self._searcher.search(query, marks, offset, limit)

    def copies(self, query: Query, identifier: str, *, marks: Marks | None = None) -> tuple[Hit, ...]:
        """The answers to the query that are copies of the document with this id. Raises NotFoundError."""
        with self._reading():
            return self._searcher.list_copies(query, marks, self._documents.read(identifier).number)

    def suggest(self, query: Query, *, marks: Marks | None = None) -> str | None:
        """A query that was perhaps meant, where this one has few answers or none; None if none is better."""
        with self._reading():
            return self._searcher.suggest(query, marks)

    def facets(self, query: Query, limit: int = 10, *, marks: Marks | None = None) -> Facets:
        """The most frequent persons, organisations, places and sources of all that answers, and its months."""
        with self._reading():
            rows = self._searcher.list_rows(query, marks)
        try:
            return self._facet_counter.count(rows, limit)
        except sqlite3.Error as error:
            raise self._build_error(error) from error

    def document(self, identifier: str) -> Document:
        """The document with this id, or with the one id that begins so. Raises NotFoundError."""
        with self._reading():
            return self._documents.read(identifier).document

    def origin(self, identifier: str) -> str:
        """Where the document with this id came from: a path, an address, or "stdin:…". Raises NotFoundError."""
        with self._reading():
            return self._documents.read_origin(identifier)

    def cast(self, identifier: str, first: int = 0, last: int = 1_000_000_000) -> Cast:
        """Who is in that document, with the mentions in its paragraphs from `first` to `last`."""
        with self._reading():
            stored = self._documents.read(identifier)
            return self._actors.read_cast(stored.document, stored.number, first, last)

    def position(self, identifier: str, *, folds: bool = False) -> int:
        """Where the document, or the one that it is folded below, stands in the list of all, from 0 on."""
        with self._reading():
            return self._documents.find_position(identifier, folds=folds)

    def size(self) -> int:
        """How many documents there are; asking again costs next to nothing until somebody has written."""
        with self._reading():
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
            stamp = version, self._connection.total_changes
            if self._counted is None or self._counted[0] != stamp:
                self._counted = stamp, self._documents.count()
            return self._counted[1]

    def matches(self, query: Query, document: Document) -> tuple[Match, ...]:
        """Where the query's words stand in the document, in reading order."""
        with self._reading():
            return self._searcher.find_matches(query, document)

    def title_matches(self, query: Query, document: Document) -> tuple[tuple[int, int], ...]:
        """Where the query's words stand in the document's title: the start and end of each."""
        with self._reading():
            return self._searcher.find_title_matches(query, document)

    def best_match(self, query: Query, document: Document) -> Match | None:
        """Where to begin reading a document that answers the query; None where no word of it stands."""
        with self._reading():
            return self._searcher.find_best_match(query, document)

    def actors(self, text: str = "", offset: int = 0, limit: int = 1_000_000) -> tuple[int, list[Actor]]:
        """How many actors have these words in their names, and a page of them, the most frequent first."""
        with self._reading():
            return self._actors.list_actors(text, offset, limit)

    def actor(self, name: str) -> Actor:
        """The actor with this id or, if there is only one, this name. Raises NotFoundError."""
        with self._reading():
            return self._actors.find_actor(name)

    def documents_of(self, actor: str) -> list[Summary]:
        """The documents that the actor with this id appears in, oldest first: the order in which they are walked."""
        with self._reading():
            return [summary for _, summary in self._actors.list_documents(actor)]

    def mentions_in_context(self, actor: str) -> Iterator[MentionInContext]:
        """Every mention of the actor with this id in reading order, the oldest document first, with its sentence."""
        with self._reading():
            documents = self._actors.list_documents(actor)
        for number, summary in documents:
            with self._reading():
                try:
                    document = self._documents.read_number(number).document
                except DocumentDamagedError:
                    continue  # the doctor names it
                mentions = self._actors.read_cast(document, number).of_actor(actor)
            for mention in mentions:
                text = document.paragraphs[mention.paragraph].text
                start, end = next(
                    (span for span in find_sentences(text) if span[0] <= mention.start < span[1]),
                    (0, len(text)),
                )
                end = max(end, mention.end)
                yield MentionInContext(summary, mention, text[start:end], mention.start - start, mention.end - start)

    def is_behind(self) -> bool:
        """Does the full-text index lack anything that the store has? Quick at any size."""
        with self._reading():
            return not self._fulltext.is_current(self._documents.count(), self._documents.read_newest_revision())

    @property
    def loss(self) -> str | None:
        """That articles were lost, with numbers and what to do, in a line; None if none were. Quick at any size."""
        with self._reading():
            loss = read_loss(self._connection, self._fulltext)
        return str(loss) if loss else None

    def damage(self, identifier: str) -> str | None:
        """What is damaged of the document with this id, beside its text, and what to do; None where it is whole."""
        with self._reading():
            number = self._documents.read(identifier).number
            if Checksums(self._connection).is_cast_whole(number):
                return None
        return f"the cast of article {identifier} is damaged; find it again with: newscast doctor --repair"

    def health(self) -> Health:
        """A thorough look: the database, each document and its cast, the index, and whether both hold the same."""
        with self._reading():
            return check_library(self._connection, self._fulltext)

    def mend(self) -> tuple[str, ...]:
        """Set aside what is damaged in the store, and say in plain words what was done. `repair` the index afterwards.

        Raises LibraryLockedError while somebody else is writing.
        """
        from search.repairing import mend_store

        with self._writing(), self._reading():
            return tuple(mend_store(self._connection, self.folder))

    def repair(self) -> Iterator[Progress]:
        """Bring the full-text index level with the store, or build it again where it is damaged."""
        if self.read_only and find_loss(self._connection, self._fulltext):
            with Library(self.folder):
                pass  # to open it so keeps the evidence
        with self._writing():
            yield from self._catch_up(rebuild=bool(self._fulltext.find_damage()))

    def _keep_loss(self) -> None:
        if find_loss(self._connection, self._fulltext) is None:
            return
        with WriterLock(self.folder):
            loss = find_loss(self._connection, self._fulltext)
            if loss is not None:
                keep_loss(loss, self._connection, self.folder)

    def _catch_up(self, *, rebuild: bool = False) -> Iterator[Progress]:
        if rebuild or self.is_behind():
            yield from bring_level(self._documents, self._fulltext, rebuild=rebuild)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """One thread at a time, and a broken database as one clear error."""
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise self._build_error(error) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """The Library's lock, and whatever keeps from writing as one clear error."""
        with WriterLock(self.folder):
            if _identify(self._database) != self._opened:
                raise LibraryUnreadableError(
                    f"{self._database} was removed or replaced while it was open; nothing was written: start again"
                )
            try:
                yield
            except sqlite3.Error as error:
                raise self._build_error(error) from error
            except OSError as error:
                raise LibraryUnreadableError(f"{self.folder}: cannot be written to: {error.strerror}") from error

    def _build_error(self, error: sqlite3.Error) -> LibraryUnreadableError:
        said = f"{self.folder}{os.sep}library.db: {error}"
        return (
            LibraryDamagedError(f"{said}; newscast doctor says more")
            if is_corrupt(error)
            else LibraryUnreadableError(said)
        )


def _identify(path: Path) -> tuple[int, int] | None:
    """Which file lies at this path; None for none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
