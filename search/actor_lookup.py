"""The interface through which `cast` looks up the actors of a library, which `store` implements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.model import Actor


@dataclass(frozen=True, slots=True)
class LibraryActor:
    """An actor of the library: its row number, the articles in which it has a name of the kind asked for, its keys."""

    number: int
    documents: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameForms:
    """How an actor's names are looked up: by `keys`, and by `shorts`, the short names of its full names."""

    keys: tuple[str, ...]
    shorts: tuple[str, ...]
    is_full: bool
    is_person: bool


class Short(NamedTuple):
    """A short name, such as a surname or an acronym."""

    name: str
    is_person: bool


@dataclass(frozen=True, slots=True)
class ShortDocumentActor:
    """An actor of a document that has only a short name there, and the actor that it is linked to."""

    number: int
    document: int
    actor: int
    actor_is_full: bool


class ActorLookup(Protocol):
    """What linking asks of the library; the time of an answer does not grow with the number of articles."""

    def find_by_keys(self, keys: Iterable[str], *, is_person: bool) -> list[LibraryActor]:
        """Return the actors that have a name with one of these keys."""
        ...

    def find_by_short(self, short: str, *, is_person: bool) -> list[LibraryActor]:
        """Return the actors whose full names have this short name."""
        ...

    def find_by_ends(self, first: str, last: str) -> list[LibraryActor]:
        """Return the people whose full names begin and end with these words; some, if there are very many."""
        ...

    def has_full_in_document(self, document: int, short: str, *, is_person: bool) -> bool:
        """Does a full name in the document itself have this short name?"""
        ...

    def score_cooccurrence(self, document: int, actor: int) -> float:
        """Score how likely this actor is in the document, by its other actors and its date; 0 or more."""
        ...

    def find_short_document_actors(self, short: str, *, is_person: bool) -> list[ShortDocumentActor]:
        """Return the document actors that have only this short name."""
        ...

    def create_actor(self, actor: Actor, slug: str, forms: NameForms) -> int:
        """Create an actor; return its row number."""
        ...

    def create_nameless_actor(self, document: int, actor: Actor) -> int:
        """Create an actor without a name, which only this document has; return its row number."""
        ...

    def add_document_actor(self, document: int, actor: int, local: Actor, forms: NameForms) -> None:
        """Record that this actor is in this document under these names."""
        ...

    def move_document_actor(self, document_actor: int, actor: int) -> None:
        """Link a document actor to another actor."""
        ...

    def merge_actor(self, actor: int, into: int) -> None:
        """Link all document actors of one actor to another, because an article says that they are the same."""
        ...

    def copy_actor(self, document_actor: int, slug: str) -> int:
        """Create an actor from one document actor; return its row number."""
        ...
