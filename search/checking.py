"""Checking a Library: for lost articles whenever it is opened, and for any damage on demand."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from search.errors import FullTextDamagedError, LibraryUnreadableError
from search.folding import CopyFinder
from search.fulltext import FullText
from search.model import Health
from search.origins import find_outermost
from search.store import Actors, Checksums, Damage, Documents, Loss, Losses, WriterLock, begin

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from search.store import DamagedDocument

_most_named = 10


def find_database(folder: Path, *, read_only: bool) -> Path:
    """Return where the database of the library in `folder` is; create the folder if it is missing, unless `read_only`.

    Raises LibraryUnreadableError if the folder cannot be created, or if there is no database and `read_only`.
    """
    database = folder / "library.db"
    if read_only:
        if not database.exists():
            raise LibraryUnreadableError(_describe_missing(folder))
        return database
    try:
        (folder / "fulltext").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryUnreadableError(f"{folder}: cannot be written to: {error.strerror}") from error
    return database


def _describe_missing(folder: Path) -> str:
    """Say that a folder has no database and, if its index is still there, how many articles are missing."""
    state = FullText(folder / "fulltext").read_state()
    if state is None or not state.documents:
        return f"no library in {folder}; create one with: newscast add PATH"
    return (
        f"{folder}: library.db is missing, and with it the {state.documents:,} articles that the full-text index knew;"
        " put it back, or add the articles' files: newscast add PATH"
    )


def find_loss(connection: sqlite3.Connection, fulltext: FullText) -> Loss | None:
    """Find out whether the index knows more documents than the database has; None if not. Quick at any size."""
    # The index is written after the database, so that reading it first shows it ahead only after a loss.
    state = fulltext.read_state()
    documents, revision = Documents(connection).count(), Documents(connection).read_newest_revision()
    if state is None or (state.revision, state.documents) <= (revision, documents) or state.revision < revision:
        return None
    return Loss(documents, revision, state.documents, state.revision)


def find_known_loss(connection: sqlite3.Connection, fulltext: FullText) -> Loss | None:
    """Return a loss that was recorded earlier, or a new one; None if there is none."""
    return Losses(connection).find() or find_loss(connection, fulltext)


def note_loss(connection: sqlite3.Connection, fulltext: FullText, folder: Path) -> None:
    """If articles were lost, copy all that is left and record the loss. Raises LibraryLockedError."""
    if find_loss(connection, fulltext) is None:
        return
    with WriterLock(folder):
        loss = find_loss(connection, fulltext)
        if loss is not None:
            evidence = keep_evidence(folder)
            with begin(connection):
                Losses(connection).write(replace(loss, evidence=str(evidence)))


def keep_evidence(folder: Path) -> Path:
    """Copy the database, its log and the index into a new folder, and return that. Raises LibraryUnreadableError."""
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
            f"{folder}: the database is damaged, and a copy of it cannot be made: {error.strerror};"
            " nothing was changed; free some space and try again"
        ) from error
    return evidence


def set_aside_database(folder: Path) -> Path:
    """Move a database that cannot be opened into a new folder beside it, and return that folder.

    Raises LibraryLockedError while another process is writing, LibraryUnreadableError if the files cannot be moved.
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
    """Run SQLite's own check, compare every checksum, and check that the index has the same documents."""
    damage = Damage(connection)
    problems = [f"the database is damaged: {problem}" for problem in damage.check_database()]
    try:
        if loss := find_known_loss(connection, fulltext):
            problems.append(str(loss))
        texts, casts, actors = damage.find_texts(), damage.find_casts(), damage.count_actors()
        copies = CopyFinder(connection).count_damage()
        counts = Actors(connection).count()
        wanted = Documents(connection).read_revisions()
    except sqlite3.DatabaseError as error:
        return Health(0, 0, 0, 0, tuple(problems or [f"the database is damaged: {error}"]))
    problems += name_damaged(texts, "{} is damaged; restore it with: newscast add {}")
    gone = {each.number for each in texts}
    problems += name_damaged([each for each in casts if each.number not in gone], "the cast of {} ({}) is damaged")
    problems += name_damaged(
        damage.find_removed(), "{}, which was removed, is damaged; restore it with: newscast add {}"
    )
    if actors:
        problems.append(
            "1 actor does not match its articles" if actors == 1 else f"{actors:,} actors do not match their articles"
        )
    if copies:
        some = "1 article" if copies == 1 else f"{copies:,} articles"
        problems.append(f"the database says wrongly of {some} which is a copy of which")
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
        problems.append(f"the full-text index is out of date: it lacks {lacking:,} of {len(wanted):,} documents")
    return Health(len(wanted), counts[1], counts[0], len(indexed), tuple(problems))


def describe_cast_damage(identifier: str, number: int, connection: sqlite3.Connection) -> str | None:
    """Describe the damage to the cast of the document in this row, and what to do; None if it is whole."""
    if Checksums(connection).is_cast_whole(number):
        return None
    return f"the cast of article {identifier} is damaged; find it again with: newscast doctor --repair"


def name_damaged(damaged: Sequence[DamagedDocument], text: str) -> list[str]:
    """Format a line for each of the first few documents, and one for all others."""
    lines = [text.format(f"article {each.identifier}", find_outermost(each.origin)) for each in damaged[:_most_named]]
    if len(damaged) > _most_named:
        others = len(damaged) - _most_named
        lines.append(f"the same is true of {others:,} more article{'' if others == 1 else 's'}")
    return lines


def build_stamp() -> str:
    """Return the present time as part of a file's name."""
    return f"{datetime.now(UTC).astimezone():%Y-%m-%dT%H-%M-%S-%f}"
