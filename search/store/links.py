"""Links from document actors to actors of the Library: what linking reads and writes."""

from __future__ import annotations

import json
from itertools import count as count_from
from typing import TYPE_CHECKING

from search.actor_lookup import LibraryActor, Short, ShortDocumentActor
from search.store.checksums import build_actor_checksum, build_link_checksum
from search.store.derived import described
from search.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from search.actor_lookup import NameForms
    from search.model import Actor, Mention

_most_namesakes = 1_000
"""At most so many people of one surname are compared with a longer or shorter form of a name."""


class Links:
    """Actors, document actors and mentions, as linking reads and writes them in the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._created: list[tuple[int, str]] = []

    def find_by_keys(self, keys: Iterable[str], *, is_person: bool) -> list[LibraryActor]:
        """Find the actors that have a name with one of these keys."""
        return self._find("key", keys, is_person=is_person)

    def find_by_short(self, short: str, *, is_person: bool) -> list[LibraryActor]:
        """Find the actors with a full name that this short name can stand for."""
        return self._find("short", [short], is_person=is_person)

    def find_by_ends(self, first: str, last: str) -> list[LibraryActor]:
        """Find people whose full name begins and ends with these words, among the most frequent of that surname."""
        rows = self._connection.execute(
            "SELECT DISTINCT asked.actor, asked.uses FROM"
            " (SELECT actor, uses FROM actor_keys WHERE kind = 'short' AND key = ? LIMIT ?) AS asked"
            " JOIN actors ON actors.number = asked.actor AND is_person"
            " JOIN actor_keys AS names ON names.actor = asked.actor AND names.kind = 'key'"
            " AND names.key >= ? || ' ' AND names.key < ? || '!'",  # what begins with that word and a space
            [last, _most_namesakes, first, first],
        )
        return [self._read_actor(number, uses) for number, uses in rows.fetchall()]

    def _read_actor(self, number: int, documents: int) -> LibraryActor:
        names = self._connection.execute("SELECT key FROM actor_keys WHERE actor = ? AND kind = 'key'", [number])
        return LibraryActor(number, documents, tuple(row[0] for row in names))

    def _find(self, kind: str, keys: Iterable[str], *, is_person: bool) -> list[LibraryActor]:
        found: dict[int, LibraryActor] = {}
        for key in keys:
            for number, documents in self._connection.execute(
                "SELECT actors.number, actor_keys.uses FROM actor_keys JOIN actors ON actors.number = actor_keys.actor"
                " WHERE kind = ? AND key = ? AND is_person = ?",
                [kind, key, is_person],
            ).fetchall():
                found[number] = self._read_actor(number, documents)
        return list(found.values())

    def has_full_in_document(self, document: int, short: str, *, is_person: bool) -> bool:
        """Does the document have a full name that this short name can stand for?"""
        rows = self._connection.execute(
            "SELECT shorts FROM document_actors WHERE document = ? AND is_person = ? AND short IS NULL",
            [document, is_person],
        )
        return any(short in _read_list(row[0]) for row in rows)

    def list_shorts(self, document: int) -> set[Short]:
        """List the short names that can stand for the full names in a document."""
        rows = self._connection.execute("SELECT shorts, is_person FROM document_actors WHERE document = ?", [document])
        return {Short(short, bool(is_person)) for shorts, is_person in rows for short in _read_list(shorts)}

    def score_cooccurrence(self, document: int, actor: int) -> float:
        """Score, from 0 up, how well this actor fits the document's other actors and date.

        Each actor of the document that occurs elsewhere with this one adds to the score, a rare one more than a
        frequent one. An article about this actor one day away adds half as much as an actor, one a month away almost
        nothing.
        """
        (cooccurrence,) = self._connection.execute(
            "SELECT total(2.0 / actors.documents) FROM actors WHERE number IN"
            " (SELECT actor FROM document_actors WHERE document = ?1 AND short IS NULL) AND is_named AND EXISTS"
            " (SELECT 1 FROM document_actors AS theirs"
            " JOIN document_actors AS others ON others.document = theirs.document"
            " WHERE theirs.actor = ?2 AND theirs.short IS NULL AND theirs.document > 0 AND theirs.document <> ?1"
            " AND others.actor = actors.number)",
            [document, actor],
        ).fetchone()
        (days,) = self._connection.execute(
            "SELECT min(abs(julianday(theirs.published) - julianday(own.published))) FROM documents AS own"
            " JOIN document_actors ON actor = ? AND short IS NULL JOIN documents AS theirs ON theirs.number = document"
            " WHERE own.number = ? AND own.published <> '' AND theirs.published <> ''",
            [actor, document],
        ).fetchone()
        return float(cooccurrence) + (1 / (1 + days) if days is not None else 0.0)

    def find_short_document_actors(self, short: str, *, is_person: bool) -> list[ShortDocumentActor]:
        """Find the document actors that have only this short name."""
        rows = self._connection.execute(
            "SELECT document_actors.number, document, actor, is_full FROM document_actors"
            " JOIN actors ON actors.number = actor"
            " WHERE short = ? AND document_actors.is_person = ? ORDER BY document_actors.number",
            [short, is_person],
        )
        return [ShortDocumentActor(row[0], row[1], row[2], bool(row[3])) for row in rows.fetchall()]

    def create_actor(self, actor: Actor, slug: str, forms: NameForms) -> int:
        """Create an actor whose id is made from its name; return its row."""
        number = self._insert_actor(
            self._find_free_id(slug), actor.name, actor.type, forms.is_person, forms.is_full, is_named=True
        )
        self._created.append((number, slug))
        return number

    def create_nameless_actor(self, document: int, actor: Actor) -> int:
        """Create an actor without a name, which only this document has; return its row."""
        return self._insert_actor(
            f"{document}.{actor.id}", actor.name, actor.type, actor.type == "person", 0, is_named=False
        )

    def _insert_actor(self, identifier: str, name: str, type_: str, *flags: int, is_named: bool) -> int:
        cursor = self._connection.execute(
            "INSERT INTO actors (id, name, type, is_person, is_full, is_named, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [identifier, name, type_, *flags, is_named, build_actor_checksum(identifier, *flags, is_named)],
        )
        return int(cursor.lastrowid or 0)

    def _find_free_id(self, slug: str) -> str:
        taken = {
            row[0]
            for row in self._connection.execute(
                "SELECT id FROM actors WHERE id = ? OR (id > ? AND id < ?)", [slug, f"{slug}-", f"{slug}."]
            )
        }
        return next(name for count in count_from(1) if (name := slug if count == 1 else f"{slug}-{count}") not in taken)

    def add_document_actor(self, document: int, actor: int, local: Actor, forms: NameForms) -> None:
        """Record that this actor is in this document, with these names."""
        self._connection.execute(
            "INSERT INTO document_actors"
            " (document, local, actor, name, type, is_person, short, names, keys, shorts, mentions)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                document,
                local.id,
                actor,
                local.name,
                local.type,
                forms.is_person,
                None if forms.is_full or not forms.shorts else forms.shorts[0],
                json.dumps(local.aliases),
                json.dumps(forms.keys),
                json.dumps(forms.shorts if forms.is_full else ()),
                local.mentions,
            ],
        )
        number = int(self._connection.execute("SELECT last_insert_rowid()").fetchone()[0])
        self._count(number, actor, 1)

    def move_document_actor(self, document_actor: int, actor: int) -> None:
        """Link a document actor to another actor; drop the old actor if it has no document left."""
        old, document = self._connection.execute(
            "SELECT actor, document FROM document_actors WHERE number = ?", [document_actor]
        ).fetchone()
        self._count(document_actor, old, -1)
        self._connection.execute(
            "UPDATE checksums SET links = links + ? WHERE document = ?",
            [build_link_checksum(document_actor, actor) - build_link_checksum(document_actor, old), document],
        )
        self._connection.execute("UPDATE document_actors SET actor = ? WHERE number = ?", [actor, document_actor])
        self._count(document_actor, actor, 1)
        self.drop_unused([old])

    def merge_actor(self, actor: int, into: int) -> None:
        """Link all document actors of one actor to another, because an article says that they are the same."""
        if actor != into:
            rows = self._connection.execute("SELECT number FROM document_actors WHERE actor = ?", [actor]).fetchall()
            for (document_actor,) in rows:
                self.move_document_actor(document_actor, into)

    def copy_actor(self, document_actor: int, slug: str) -> int:
        """Create an actor from one document actor; return its row."""
        name, kind, is_person = self._connection.execute(
            "SELECT name, type, is_person FROM document_actors WHERE number = ?", [document_actor]
        ).fetchone()
        return self._insert_actor(self._find_free_id(slug), name, kind, is_person, 0, is_named=True)

    def write_mentions(self, document: int, mentions: Iterable[Mention]) -> None:
        """Write the mentions of a document, each with its link to a document actor."""
        numbers = dict(
            self._connection.execute(
                "SELECT local, number FROM document_actors WHERE document = ?", [document]
            ).fetchall()
        )
        self._connection.executemany(
            "INSERT INTO mentions (document, paragraph, start, end, kind, type, document_actor, why, confidence)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    document,
                    mention.paragraph,
                    mention.start,
                    mention.end,
                    mention.kind,
                    mention.type,
                    numbers[mention.link.actor] if mention.link else None,
                    mention.link.why if mention.link else None,
                    mention.link.confidence if mention.link else None,
                )
                for mention in mentions
            ],
        )

    def set_aside(self, document: int) -> None:
        """Drop a document's mentions, and set its document actors aside while its cast is linked again.

        Linking still finds their actors by name, so that these keep their ids. Actors without a name belong to this
        document only, and are dropped at once.
        """
        self._connection.execute("DELETE FROM mentions WHERE document = ?", [document])
        nameless = self._connection.execute(
            "SELECT number FROM actors WHERE NOT is_named AND number IN"
            " (SELECT actor FROM document_actors WHERE document = ?)",
            [document],
        ).fetchall()
        for table, column in (("actor_descriptions", "actor"), ("actors", "number")):
            self._connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", nameless)
        self._connection.execute(
            "DELETE FROM document_actors WHERE document = ? AND actor NOT IN (SELECT number FROM actors)", [document]
        )
        self._connection.execute("UPDATE document_actors SET document = ? WHERE document = ?", [-document, document])
        self._created.clear()

    def drop_set_aside(self, document: int) -> None:
        """Drop what was set aside, and the actors that have no document left."""
        rows = self._connection.execute(
            "SELECT number, actor FROM document_actors WHERE document = ?", [-document]
        ).fetchall()
        for document_actor, actor in rows:
            self._count(document_actor, actor, -1)
            self._connection.execute("DELETE FROM document_actors WHERE number = ?", [document_actor])
        self.drop_unused(actor for _, actor in rows)
        # An actor that had the wrong type before ("Tice", a place) gets the id that this one gives up.
        for number, slug in self._created:
            self._rename_actor(number, slug)
        self._created.clear()

    def _rename_actor(self, number: int, slug: str) -> None:
        row = self._connection.execute(
            "SELECT is_person, is_full, is_named FROM actors WHERE number = ? AND id <> ?", [number, slug]
        ).fetchone()
        if row is not None:
            self._connection.execute(
                "UPDATE OR IGNORE actors SET id = ?, checksum = ? WHERE number = ?",
                [slug, build_actor_checksum(slug, *row), number],
            )

    def drop_unused(self, actors: Iterable[int]) -> None:
        """Drop those of the actors that have no document."""
        for actor in actors:
            gone = self._connection.execute("DELETE FROM actors WHERE number = ? AND documents = 0", [actor]).rowcount
            if gone:
                self._connection.execute("DELETE FROM actor_names WHERE actor = ?", [actor])
                self._connection.execute("DELETE FROM actor_keys WHERE actor = ?", [actor])
                self._connection.execute("DELETE FROM actor_descriptions WHERE actor = ?", [actor])

    def _count(self, document_actor: int, actor: int, sign: int) -> None:
        """Add a document actor to its actor's counts, names and keys; with `sign` -1 subtract it."""
        names, keys, shorts, mentions, *described = self._connection.execute(
            "SELECT names, keys, shorts, mentions, name, type, short IS NULL FROM document_actors WHERE number = ?",
            [document_actor],
        ).fetchone()
        self._connection.execute(
            "UPDATE actors SET documents = documents + ?, mentions = mentions + ? WHERE number = ?",
            [sign, sign * mentions, actor],
        )
        for name in _read_list(names):
            self._connection.execute(
                "INSERT INTO actor_names (actor, name, folded, uses) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET uses = uses + excluded.uses",
                [actor, name, fold(name), sign],
            )
        for kind, values in (("key", _read_list(keys)), ("short", _read_list(shorts))):
            self._connection.executemany(
                "INSERT INTO actor_keys (kind, key, actor, uses) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET uses = uses + excluded.uses",
                [(kind, value, actor, sign) for value in values],
            )
        self._connection.execute(
            "INSERT INTO actor_descriptions (actor, name, type, is_full, uses) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET uses = uses + excluded.uses",
            [actor, *described, sign],
        )
        if sign < 0:
            self._connection.execute("DELETE FROM actor_names WHERE actor = ? AND uses <= 0", [actor])
            self._connection.execute("DELETE FROM actor_keys WHERE actor = ? AND uses <= 0", [actor])
            self._connection.execute("DELETE FROM actor_descriptions WHERE actor = ? AND uses <= 0", [actor])
        self._describe(actor)

    def _describe(self, actor: int) -> None:
        """Give the actor the name and type that most of its documents say, full names first."""
        self._connection.execute(f"UPDATE actors SET {described} WHERE number = ?", [actor])


def _read_list(text: str) -> list[str]:
    """Parse a stored list of names; a damaged one, which its checksum reports, gives an empty list."""
    try:
        return [str(each) for each in json.loads(text)]
    except (ValueError, TypeError):
        return []
