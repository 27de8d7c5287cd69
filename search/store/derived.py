"""Tables derived from the document actors: counts, names, keys and descriptions of actors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.store.checksums import build_actor_checksum
from search.text import fold

if TYPE_CHECKING:
    import sqlite3

_LIST = "json_each(CASE WHEN json_valid({0}) THEN {0} ELSE '[]' END)"
_KEYS = (
    "SELECT '{0}', value, actor, count(*) FROM document_actors, "
    f"{_LIST.format('{0}s')} WHERE document > 0 GROUP BY actor, value"
)
_TABLES = {
    "actor_names (actor, name, folded, uses)": (
        f"SELECT actor, value, fold(value), count(*) FROM document_actors, {_LIST.format('names')}"
        " WHERE document > 0 GROUP BY actor, value"
    ),
    "actor_keys (kind, key, actor, uses)": f"{_KEYS.format('key')} UNION ALL {_KEYS.format('short')}",
    "actor_descriptions (actor, name, type, is_full, uses)": (
        "SELECT actor, name, type, short IS NULL, count(*) FROM document_actors WHERE document > 0"
        " GROUP BY actor, name, type, short IS NULL"
    ),
}
"""Each derived table with its columns, and the query that computes its rows."""
_COUNTS = (
    "SELECT actor, count(*) AS found, sum(mentions) AS mentioned FROM document_actors WHERE document > 0 GROUP BY actor"
)

_NAME = (
    "coalesce((SELECT name FROM actor_descriptions WHERE actor = actors.number GROUP BY name"
    " ORDER BY max(is_full) DESC, sum(uses) DESC, length(name) DESC, name LIMIT 1), name)"
)
_TYPE = (
    "coalesce((SELECT type FROM actor_descriptions WHERE actor = actors.number GROUP BY type"
    " ORDER BY sum(uses) DESC, type = 'other', type LIMIT 1), type)"
)
described = f"name = {_NAME}, type = {_TYPE}"
"""An actor's name and type: what most of its documents say, full names first."""


class Derived:
    """The derived tables of one Library."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.create_function("fold", 1, lambda text: fold(str(text)), deterministic=True)

    def find_damage(self) -> set[int]:
        """Find the rows of actors that differ from what their documents say."""
        found = self._find_changed_identities()
        for table, wanted in (*_TABLES.items(), ("actors (number, documents, mentions)", _COUNTS)):
            name, columns = table.split(" ", 1)
            held = f"SELECT {columns.strip('()')} FROM {name}"
            place = columns.strip("()").split(", ").index("number" if name == "actors" else "actor")
            for one, other in ((wanted, held), (held, wanted)):
                rows = self._connection.execute(f"SELECT * FROM ({one}) EXCEPT SELECT * FROM ({other})")
                found.update(row[place] for row in rows)
        wrong = self._connection.execute(f"SELECT number FROM actors WHERE name IS NOT {_NAME} OR type IS NOT {_TYPE}")
        return found | {row[0] for row in wrong}

    def _find_changed_identities(self) -> set[int]:
        rows = self._connection.execute("SELECT number, checksum, id, is_person, is_full, is_named FROM actors")
        return {row[0] for row in rows if row[1] != build_actor_checksum(*row[2:])}

    def rebuild(self) -> None:
        """Rebuild all derived tables, in the caller's transaction."""
        for number in self._find_changed_identities():
            self._restore_identity(number)
        for table, wanted in _TABLES.items():
            self._connection.execute(f"DELETE FROM {table.split()[0]}")
            self._connection.execute(f"INSERT INTO {table} {wanted}")
        self._connection.execute("DELETE FROM actors WHERE number NOT IN (SELECT actor FROM document_actors)")
        self._connection.execute(
            f"UPDATE actors SET documents = found, mentions = mentioned FROM ({_COUNTS}) WHERE number = actor"
        )
        self._connection.execute(f"UPDATE actors SET {described}")

    def _restore_identity(self, number: int) -> None:
        """Give an actor what the first of its documents says; it keeps its id if that can be read."""
        (identifier,) = self._connection.execute("SELECT id FROM actors WHERE number = ?", [number]).fetchone()
        row = self._connection.execute(
            "SELECT is_person, short IS NULL AND names <> '[]', names <> '[]' FROM document_actors WHERE actor = ?"
            " ORDER BY number LIMIT 1",
            [number],
        ).fetchone()
        if row is None:
            return
        if not isinstance(identifier, str) or "\ufffd" in identifier:
            identifier = f"actor-{number}"
        self._connection.execute(
            "UPDATE actors SET id = ?, is_person = ?, is_full = ?, is_named = ?, checksum = ? WHERE number = ?",
            [identifier, *row, build_actor_checksum(identifier, *row), number],
        )
