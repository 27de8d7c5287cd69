"""Reading actors: by name, of one document, and the documents of one actor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from search.errors import NotFoundError
from search.model import Actor, ActorType, Cast, Document, Link, Mention, MentionKind, Summary, Why
from search.store.documents import build_summary, summary_columns
from search.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

_ACTOR = "actors.number, actors.id, actors.name, actors.type, actors.mentions, actors.documents"
_HAS_NAME = "actors.number IN (SELECT actor FROM actor_names WHERE true"
_most_alike = 50
_most_words = 32
"""No name has as many words. SQLite allows a thousand conditions in a query."""
_kinds, _types, _reasons = (frozenset(get_args(words)) for words in (MentionKind, ActorType, Why))
_IN_ORDER = "ORDER BY actors.documents DESC, actors.mentions DESC, actors.id"


class Actors:
    """Reads the actors and mentions of one Library; `Links` writes them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def count(self) -> tuple[int, int]:
        """Count the actors that have a name, and the mentions."""
        actors = self._connection.execute("SELECT count(*) FROM actors WHERE is_named").fetchone()[0]
        mentions = self._connection.execute("SELECT count(*) FROM mentions").fetchone()[0]
        return int(actors), int(mentions)

    def estimate(self) -> int:
        """Return a number that is at least that of all actors. Takes the same time at any size."""
        return int(self._connection.execute("SELECT coalesce(max(number), 0) FROM actors").fetchone()[0])

    def list_actors(self, text: str, offset: int, limit: int) -> tuple[int, list[Actor]]:
        """List the actors that have all words of `text` in a name, the most frequent first.

        Returns the number of all such actors, and one page of them.
        """
        words = list(dict.fromkeys(fold(text).split()))
        if len(words) > _most_words:
            return 0, []
        where = "WHERE " + " AND ".join(["is_named", *[f"{_HAS_NAME} AND instr(folded, ?) > 0)"] * len(words)])
        total = self._connection.execute(f"SELECT count(*) FROM actors {where}", words).fetchone()[0]
        rows = self._connection.execute(
            f"SELECT {_ACTOR} FROM actors {where} {_IN_ORDER} LIMIT ? OFFSET ?",
            [*words, limit, offset],
        ).fetchall()
        return total, [self._build_actor(row) for row in rows]

    def find_actors(self, name: str, type_: ActorType | None) -> tuple[Actor, ...]:
        """Find the actors with this name, else the one with this id, else those with these words in a name.

        The most frequent come first. With `type_`, only actors of that type. "#id" finds the actor with that id only.
        """
        return self.find_called(name, type_) or (() if name.startswith("#") else self._find_with(name, type_))

    def find_called(self, name: str, type_: ActorType | None) -> tuple[Actor, ...]:
        """Find the actors with this name, else the one with this id. Quick at any size."""
        called = (f"{_HAS_NAME} AND folded = ?)", [fold(name)])
        return self._find([("id = ?", [name[1:]])] if name.startswith("#") else [called, ("id = ?", [name])], type_)

    def _find_with(self, name: str, type_: ActorType | None) -> tuple[Actor, ...]:
        words = list(dict.fromkeys(fold(name).split()))
        if not words or len(words) > _most_words:
            return ()
        return self._find([(" AND ".join([f"{_HAS_NAME} AND instr(folded, ?) > 0)"] * len(words)), words)], type_)

    def _find(self, conditions: Sequence[tuple[str, list[str]]], type_: ActorType | None) -> tuple[Actor, ...]:
        """Try the conditions one after the other, and return what the first one finds that finds anything."""
        for condition, values in conditions:
            rows = self._connection.execute(
                f"SELECT {_ACTOR} FROM actors WHERE is_named AND {condition}{' AND type = ?' if type_ else ''}"
                f" {_IN_ORDER} LIMIT ?",
                [*values, *([type_] if type_ else []), _most_alike],
            ).fetchall()
            if rows:
                return tuple(self._build_actor(row) for row in rows)
        return ()

    def read_actor(self, name: str) -> Actor:
        """Read the actor with this id, else the one with this name.

        Raises NotFoundError if there is none, or if several have the name; it then lists their ids.
        """
        row = self._connection.execute(f"SELECT {_ACTOR} FROM actors WHERE id = ?", [name]).fetchone()
        if row:
            return self._build_actor(row)
        rows = self._connection.execute(
            f"SELECT DISTINCT {_ACTOR} FROM actor_names JOIN actors ON actors.number = actor"
            f" WHERE folded = ? {_IN_ORDER} LIMIT 6",
            [fold(name)],
        ).fetchall()
        if len(rows) == 1:
            return self._build_actor(rows[0])
        if rows:
            raise NotFoundError(
                f'several actors are called "{name}": give one of the ids {", ".join(row[1] for row in rows)}'
            )
        raise NotFoundError(f'no actor "{name}"; newscast actors lists them')

    def read_cast(self, document: Document, number: int, first: int = 0, last: int = 1_000_000_000) -> Cast:
        """Read the actors of the document in row `number`, and its mentions in paragraphs `first` to `last`."""
        rows = self._connection.execute(
            "SELECT paragraph, start, end, mentions.kind, mentions.type, actors.id, why, confidence FROM mentions"
            " LEFT JOIN document_actors ON document_actors.number = document_actor"
            " LEFT JOIN actors ON actors.number = actor"
            " WHERE mentions.document = ? AND paragraph BETWEEN ? AND ? ORDER BY paragraph, start, end DESC",
            [number, first, last],
        ).fetchall()
        # A long article repeats a few links thousands of times.
        links = {found: Link(*found) for found in {row[5:] for row in rows} if found[0] and found[1] in _reasons}
        built = (_build_mention(document, row[:5], links.get(row[5:])) for row in rows)
        mentions = tuple(mention for mention in built if mention is not None)
        actors = self._connection.execute(
            f"SELECT DISTINCT {_ACTOR} FROM document_actors JOIN actors ON actors.number = actor WHERE document = ?",
            [number],
        ).fetchall()
        return Cast(mentions, {row[1]: self._build_actor(row) for row in actors})

    def list_documents(self, actor: str) -> list[tuple[int, Summary]]:
        """List the documents that mention an actor, oldest first, each as its row and summary."""
        rows = self._connection.execute(
            f"SELECT DISTINCT documents.number, {summary_columns} FROM actors"
            " JOIN document_actors ON actor = actors.number JOIN documents ON documents.number = document"
            " WHERE actors.id = ? ORDER BY published, documents.number",
            [actor],
        )
        return [(row[0], build_summary(row[1:])) for row in rows.fetchall()]

    def _build_actor(self, row: tuple[Any, ...]) -> Actor:
        number, identifier, name, kind, mentions, documents = row
        aliases = self._connection.execute(
            "SELECT name FROM actor_names WHERE actor = ? ORDER BY uses DESC, name", [number]
        ).fetchall()
        known: ActorType = kind if kind in _types else "other"
        return Actor(str(identifier), str(name), known, tuple(str(alias[0]) for alias in aliases), mentions, documents)


def _build_mention(document: Document, row: tuple[Any, ...], link: Link | None) -> Mention | None:
    """Build a mention; None if a damaged row has an impossible position or an unknown kind."""
    paragraph, start, end, kind, type_ = row
    if kind not in _kinds or type_ not in _types or not all(isinstance(each, int) for each in row[:3]):
        return None
    text = document.paragraphs[paragraph].text if 0 <= paragraph < len(document.paragraphs) else ""
    if not 0 <= start < end <= len(text):
        return None
    return Mention(paragraph, start, end, text[start:end], kind, type_, link)
