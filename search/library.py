"""Library: a folder of documents, their cast and their full-text index. The one object a caller opens."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from search.access import LibraryAccess
from search.cast.recognisers import choose_recogniser
from search.checking import check_library, describe_cast_damage, find_database, find_known_loss, find_loss, note_loss
from search.concordance import list_mentions_in_context
from search.errors import LibraryLockedError
from search.finishing import finish_documents, is_finished
from search.fulltext import FullText, room_alone, room_among_many
from search.indexing import update_index
from search.query import Searcher
from search.store import (
    Actors,
    Checksums,
    Copies,
    Corrections,
    Documents,
    FacetCounter,
    begin,
    open_library_database,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from search.feeds import Feeds
    from search.model import (
        Actor,
        Cast,
        Document,
        Facets,
        FeedSettings,
        Health,
        Hit,
        Match,
        Mention,
        MentionInContext,
        Progress,
        Query,
        Results,
        Summary,
    )
    from search.store import Marks


class Library:
    """A library of documents that can be searched. Threads may share it; all data that it returns is frozen.

    One Library at a time may write to a folder, while any number read from it. The full-text index is derived from
    the database: `is_behind` says whether it is out of date, `repair` updates it.

    Every method raises LibraryUnreadableError if the database cannot be read or written. `document`, `cast`, `damage`,
    `correct` and `remove` take an id or any beginning of an id that only one document has; they raise NotFoundError if
    there is no such document, and DocumentDamagedError if its text is damaged.
    """

    def __init__(self, folder: Path, *, read_only: bool = False, recogniser: str = "trained") -> None:
        """Open the library in `folder`, which is created if it is missing, unless `read_only`.

        `recogniser` is "trained", "rules", or "spacy:" and the name of a spaCy pipeline.
        """
        database = find_database(folder, read_only=read_only)
        self.folder, self.read_only, self.recogniser = folder, read_only, recogniser
        self._connection = open_library_database(str(database), read_only=read_only)
        self._access = LibraryAccess(folder)
        self._documents = Documents(self._connection)
        self._actors = Actors(self._connection)
        self._fulltext = FullText(folder / "fulltext", room_among_many if read_only else room_alone)
        self._facet_counter = FacetCounter(database)
        self._searcher = Searcher(self._connection, self._documents, self._actors, self._fulltext)
        if not read_only:
            # Copy what is left before anything is written, and before this connection closes and deletes the log.
            with suppress(LibraryLockedError, sqlite3.DatabaseError):  # a damaged database is reported when it is read
                note_loss(self._connection, self._fulltext, folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every file."""
        with self._access.reading():
            self._fulltext.close()
            self._facet_counter.close()
            self._connection.close()

    def add(self, paths: Iterable[str]) -> Iterator[Progress]:
        """Add files, folders and web addresses; "-" is standard input.

        Yields a Progress after each step; the documents in its `additions` are then safe on disk. Rules find the names
        in a document as it is added. When all are added, the recogniser finds their whole cast. Raises
        LibraryLockedError while another process is writing.
        """
        from search.adding import add_documents
        from search.error_log import keep_error_log
        from search.origins import is_url
        from search.sources import locate

        located = [path if is_url(path) else locate(path) for path in paths]
        with self._access.writing(), keep_error_log(self.error_log):
            yield from self._catch_up()
            yield from add_documents(located, self._connection, self._fulltext)
            yield from self._catch_up()  # if adding has found the index damaged
            yield from finish_documents(self._connection, self.recogniser)

    def annotate(self) -> Iterator[Progress]:
        """Compare the documents that were never compared, and find the cast of those new to this recogniser.

        You may stop after any step; the next call continues there. Raises LibraryLockedError while another process is
        writing.
        """
        from search.error_log import keep_error_log

        with self._access.writing(), keep_error_log(self.error_log):
            yield from finish_documents(self._connection, self.recogniser)

    @property
    def error_log(self) -> Path:
        """The log file: what `add` refused and why, and the tracebacks of unexpected errors."""
        return self.folder / "errors.log"

    @property
    def note(self) -> str | None:
        """A warning to show first: articles were lost, or another recogniser replaces the chosen one; else None."""
        return "; ".join(filter(None, (self.loss, choose_recogniser(self.recogniser)[1]))) or None

    def is_annotated(self) -> bool:
        """Has this version of the recogniser seen all documents, and were all compared? Quick in any library."""
        with self._access.reading():
            return is_finished(self._connection, self.recogniser)

    def correct(self, identifier: str, mention: Mention, *, is_right: bool) -> bool:
        """Unlink a mention from its actor, or with `is_right` link it again. Returns whether anything changed.

        The correction stays when the cast is found again. Raises LibraryLockedError while another process is writing.
        """
        with self._access.writing(), self._access.reading(), begin(self._connection):
            corrections = Corrections(self._connection)
            number = self._documents.read(identifier).number
            is_changed = (corrections.restore if is_right else corrections.unlink)(number, mention)
            Checksums(self._connection).write_cast(number)
            return is_changed

    def remove(self, identifiers: Sequence[str]) -> tuple[Summary, ...]:
        """Remove these documents, all or none; `undo_remove` restores them. Returns their summaries.

        Raises LibraryLockedError while another process is writing.
        """
        from search.removing import remove_documents

        with self._access.writing(), self._access.reading():
            for _ in self._catch_up():
                pass
            return remove_documents(identifiers, self._connection, self._fulltext)

    def undo_remove(self) -> tuple[Summary, ...]:
        """Restore the documents of the last removal, with their ids and corrections. Returns their summaries.

        The next call undoes the removal before that. Returns () if there is nothing to undo. Raises LibraryLockedError
        while another process is writing.
        """
        from search.removing import undo_removal

        with self._access.writing(), self._access.reading():
            for _ in self._catch_up():
                pass
            return undo_removal(self._connection, self._fulltext)

    def feeds(self, settings: FeedSettings | None = None, clock: Callable[[], float] = time.time) -> Feeds:
        """Return the feeds that this library is subscribed to; `clock` gives seconds since 1970."""
        from search.feeds import Access, Feeds

        access = Access(
            self._connection, self._fulltext, self.folder, self.recogniser, self.error_log,
            self._access.reading, self._access.writing, self._catch_up,
        )  # fmt: skip
        return Feeds(access, settings, clock)

    def search(self, query: Query, offset: int = 0, limit: int = 20, *, marks: Marks | None = None) -> Results:
        """Search, and return up to `limit` hits, starting with number `offset`, which counts from 0.

        An empty query finds all documents, newest first. `is:read`, `is:unread` and `is:starred` need `marks`.
        """
        with self._access.reading():
            return self._searcher.search(query, marks, offset, limit)

    def copies(self, query: Query, identifier: str, *, marks: Marks | None = None) -> tuple[Hit, ...]:
        """List the hits of a query that are copies of the document with this id. Raises NotFoundError."""
        with self._access.reading():
            return self._searcher.list_copies(query, marks, self._documents.read(identifier).number)

    def original(self, identifier: str) -> str | None:
        """Return the id of the document that this one is a copy of; None if it is no copy. Raises NotFoundError."""
        with self._access.reading():
            return Copies(self._connection).read_original_id(self._documents.read(identifier).number)

    def suggest(self, query: Query, *, marks: Marks | None = None) -> str | None:
        """Suggest a query with other spelling if this one has at most two hits; None if there is no better one."""
        with self._access.reading():
            return self._searcher.suggest(query, marks)

    def facets(self, query: Query, limit: int = 10, *, marks: Marks | None = None) -> Facets:
        """Count the persons, organisations, places, sources and months in all hits of a query.

        Returns the `limit` most frequent of each kind, and every month.
        """
        with self._access.reading():
            rows = self._searcher.list_rows(query, marks)
        try:
            return self._facet_counter.count(rows, limit)
        except sqlite3.Error as error:
            raise self._access.build_error(error) from error

    def document(self, identifier: str) -> Document:
        """Return a document with its text."""
        with self._access.reading():
            return self._documents.read(identifier).document

    def origin(self, identifier: str) -> str:
        """Return where the document with this id came from: a path, an address, or "stdin:" and a hash.

        The origin of a member of an archive reads as "/news.zip!/folder/a.txt". Raises NotFoundError.
        """
        with self._access.reading():
            return self._documents.read_origin(identifier)

    def cast(self, identifier: str, first: int = 0, last: int = 1_000_000_000) -> Cast:
        """Return a document's actors, and its mentions in the paragraphs from `first` to `last`, both included."""
        with self._access.reading():
            stored = self._documents.read(identifier)
            return self._actors.read_cast(stored.document, stored.number, first, last)

    def position(self, identifier: str, *, folds: bool = False) -> int:
        """Return a document's position in the list of all documents, counted from 0; 0 if it is not in the library.

        With `folds`, copies are not counted, and a copy has the position of its original.
        """
        with self._access.reading():
            return self._documents.read_position(identifier, folds=folds)

    def size(self) -> int:
        """Return the number of documents; cached until somebody writes."""
        with self._access.reading():
            return self._documents.count()

    def matches(self, query: Query, document: Document) -> tuple[Match, ...]:
        """Find the query's words in a document's paragraphs, in reading order."""
        with self._access.reading():
            return self._searcher.find_matches(query, document)

    def title_matches(self, query: Query, document: Document) -> tuple[tuple[int, int], ...]:
        """Find the query's words in a document's title: the start and end of each, in characters."""
        with self._access.reading():
            return self._searcher.find_title_matches(query, document)

    def best_match(self, query: Query, document: Document) -> Match | None:
        """Find where to begin reading: the first match in the paragraph that has most of the query's words.

        Returns None if the paragraphs contain none of them.
        """
        with self._access.reading():
            return self._searcher.find_best_match(query, document)

    def actors(self, text: str = "", offset: int = 0, limit: int = 1_000_000) -> tuple[int, list[Actor]]:
        """List the actors that have all words of `text` in a name, the most frequent first.

        Returns the number of all such actors, and up to `limit` of them from number `offset` on.
        """
        with self._access.reading():
            return self._actors.list_actors(text, offset, limit)

    def actor(self, name: str) -> Actor:
        """Return the actor with this id or name. Raises NotFoundError if none has it, or if several have this name."""
        with self._access.reading():
            return self._actors.read_actor(name)

    def documents_of(self, actor: str) -> list[Summary]:
        """List the documents that mention the actor with this id, oldest first."""
        with self._access.reading():
            return [summary for _, summary in self._actors.list_documents(actor)]

    def mentions_in_context(self, actor: str) -> Iterator[MentionInContext]:
        """Read every mention of the actor with this id, with its sentence: oldest document first, in reading order.

        Documents that are damaged are left out.
        """
        yield from list_mentions_in_context(actor, self._actors, self._documents, self._access)

    def is_behind(self) -> bool:
        """Is the full-text index out of date? Takes the same time in a library of any size."""
        with self._access.reading():
            return not self._fulltext.is_current(self._documents.count(), self._documents.read_newest_revision())

    @property
    def loss(self) -> str | None:
        """One line that says how many articles the database has lost, and what to do; None if it has lost none."""
        with self._access.reading():
            loss = find_known_loss(self._connection, self._fulltext)
        return str(loss) if loss else None

    def damage(self, identifier: str) -> str | None:
        """Return one line that says that a document's cast is damaged, and what to do; None if it is not."""
        with self._access.reading():
            number = self._documents.read(identifier).number
            return describe_cast_damage(identifier, number, self._connection)

    def health(self) -> Health:
        """Check the database, every document with its cast, and the full-text index. Reads all of them."""
        with self._access.reading():
            return check_library(self._connection, self._fulltext)

    def mend(self) -> tuple[str, ...]:
        """Set aside what is damaged in the database. Returns a line for each thing that was done.

        Call `repair` afterwards. Raises LibraryLockedError while another process is writing.
        """
        from search.repairing import mend_store

        with self._access.writing(), self._access.reading():
            return tuple(mend_store(self._connection, self.folder))

    def repair(self) -> Iterator[Progress]:
        """Update the full-text index, or rebuild it if it is damaged. Yields a Progress after each step.

        Raises LibraryLockedError while another process is writing.
        """
        if self.read_only and find_loss(self._connection, self._fulltext):
            with Library(self.folder):
                pass  # opening it for writing keeps copies of what is left
        with self._access.writing():
            yield from self._catch_up(rebuild=bool(self._fulltext.find_damage()))

    def _catch_up(self, *, rebuild: bool = False) -> Iterator[Progress]:
        if rebuild or self.is_behind():
            yield from update_index(self._documents, self._fulltext, rebuild=rebuild)
