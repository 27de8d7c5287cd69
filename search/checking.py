"""Checking a Library: losses, at each opening, and on demand a thorough look at all of it."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from search.errors import FullTextDamagedError, LibraryUnreadableError
from search.folding import CopyFinder
from search.fulltext import FullText
from search.model import Health
from search.store import Actors, Damage, Documents, Loss, Losses, WriterLock, begin

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from search.store import DamagedDocument

_most_named = 10


def describe_missing(folder: Path) -> str:
    """Why there is no database in a library's folder, as far as its index tells."""
    state = FullText(folder / "fulltext").read_state()
    if state is None or not state.documents:
        return f"no library in {folder}: newscast add PATH makes one"
    return (
        f"{folder}: library.db is missing, and with it the {state.documents:,} articles that the full-text index knew;"
        " put it back, or add the articles' files: newscast add PATH"
    )


def find_loss(connection: sqlite3.Connection, fulltext: FullText) -> Loss | None:
    """What the database lacks and its index knows; None where the index is level or behind. Quick at any size."""
    # The index is written after the database: read in this order, it is ahead only after a loss.
    state = fulltext.read_state()
    documents, revision = Documents(connection).count(), Documents(connection).read_newest_revision()
    if state is None or (state.revision, state.documents) <= (revision, documents) or state.revision < revision:
        return None
    return Loss(documents, revision, state.documents, state.revision)


def read_loss(connection: sqlite3.Connection, fulltext: FullText) -> Loss | None:
    """A loss that was noticed before, or is found."""
    return Losses(connection).read() or find_loss(connection, fulltext)


def keep_loss(loss: Loss, connection: sqlite3.Connection, folder: Path) -> None:
    """Copy all that is left before anybody writes, and keep that there was a loss."""
    evidence = keep_evidence(folder)
    with begin(connection):
        Losses(connection).write(
            Loss(loss.documents, loss.revision, loss.known_documents, loss.known_revision, str(evidence))
        )


def keep_evidence(folder: Path) -> Path:
    """Copies of the database, its log and the index, in a new folder. Raises LibraryUnreadableError."""
    evidence = folder / f"damaged-{build_stamp()}"
    try:
        evidence.mkdir()
        for path in (folder / "library.db", folder / "library.db-wal"):
            if path.exists():
                shutil.copy2(path, evidence)
        if (folder / "fulltext").exists():
            shutil.copytree(folder / "fulltext", evidence / "fulltext")
    except OSError as error:
        shutil.rmtree(evidence, ignore_errors=True)
        raise LibraryUnreadableError(
            f"{folder}: articles were lost, and what is left cannot be copied: {error.strerror};"
            " nothing was changed; make room and try again"
        ) from error
    return evidence


def set_aside_database(folder: Path) -> Path:
    """Move a library's database, which cannot be opened, into a new folder beside it, and return that folder.

    Raises LibraryLockedError while somebody else is writing, LibraryUnreadableError where it cannot be moved.
    """
    with WriterLock(folder):
        aside = folder / f"damaged-{build_stamp()}"
        try:
            aside.mkdir()
            for name in ("library.db-wal", "library.db-shm", "library.db"):
                if (folder / name).exists():
                    (folder / name).rename(aside / name)
        except OSError as error:
            raise LibraryUnreadableError(f"{folder}: cannot be written to: {error.strerror}") from error
    return aside


def check_library(connection: sqlite3.Connection, fulltext: FullText) -> Health:
    """A thorough look: SQLite's own check, each checksum, every file of the index, and whether both hold the same."""
    damage = Damage(connection)
    problems = [f"the database is damaged: {problem}" for problem in damage.check_database()]
    try:
        if loss := read_loss(connection, fulltext):
            problems.append(str(loss))
        texts, casts, actors = damage.find_texts(), damage.find_casts(), damage.count_actors()
        copies = CopyFinder(connection).count_damage()
        counts = Actors(connection).count()
        wanted = Documents(connection).read_revisions()
    except sqlite3.DatabaseError as error:
        return Health(0, 0, 0, 0, tuple(problems or [f"the database is damaged: {error}"]))
    problems += name_damaged(texts, "{} is damaged; bring it back with: newscast add {}")
    gone = {each.number for each in texts}
    problems += name_damaged([each for each in casts if each.number not in gone], "the cast of {} ({}) is damaged")
    problems += name_damaged(damage.find_removed(), "{}, which was removed, is damaged; bring it back by its file, {}")
    if actors:
        problems.append(f"{actors:,} actors are not what their articles say")
    if copies:
        problems.append(f"{copies:,} records of which article is a copy of which are wrong")
    problems += [f"the full-text index is damaged: {name}" for name in fulltext.find_damage()]
    indexed: dict[int, int] = {}
    try:
        indexed = fulltext.read_revisions()
    except FullTextDamagedError as error:
        if not any(str(error) in problem for problem in problems):
            problems.append(str(error))
    whole = {number: revision for number, revision in wanted.items() if number not in gone}
    lacking = len(whole.items() - indexed.items())
    if lacking or indexed.keys() - wanted.keys():
        problems.append(
            f"the full-text index is behind: {lacking} of {len(wanted)} documents are not in it as they are"
        )
    return Health(len(wanted), counts[1], counts[0], len(indexed), tuple(problems))


def name_damaged(damaged: Sequence[DamagedDocument], text: str) -> list[str]:
    """A line for each of the first few, and one for all others."""
    lines = [text.format(f"article {each.identifier}", each.origin) for each in damaged[:_most_named]]
    if len(damaged) > _most_named:
        others = text.format(f"{len(damaged) - _most_named:,} more articles", "their files")
        lines.append(others)
    return lines


def build_stamp() -> str:
    """The time, to name a file by that is made."""
    return f"{datetime.now(UTC).astimezone():%Y-%m-%dT%H-%M-%S-%f}"
