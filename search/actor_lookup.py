"""The terms in which the cast asks for the actors of a Library, and the store answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.model import Actor


@dataclass(frozen=True, slots=True)
class LibraryActor:
    """An actor of the Library as linking sees it: its row, the articles that it is in by such a name, its keys."""

    number: int
    documents: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameForms:
    """How an actor's names are looked up: by `keys`, and by `shorts`, the short names that its full ones answer to."""

    keys: tuple[str, ...]
    shorts: tuple[str, ...]
    is_full: bool
    is_person: bool


class Short(NamedTuple):
    """A short name that full names answer to."""

    name: str
    is_person: bool


@dataclass(frozen=True, slots=True)
class ShortDocumentActor:
    """An actor of a Document that has only a short name there, and the actor that it is linked to."""

    number: int
    document: int
    actor: int
    actor_is_full: bool


class ActorLookup(Protocol):
    """What linking asks of the Library; each answer costs the same however many articles there are."""

    def find_by_keys(self, keys: Iterable[str], *, is_person: bool) -> list[LibraryActor]:
        """Actors that have a name with one of these keys."""
        ...

    def find_by_short(self, short: str, *, is_person: bool) -> list[LibraryActor]:
        """Actors with a full name that answer to this short one."""
        ...

    def find_by_ends(self, first: str, last: str) -> list[LibraryActor]:
        """People with a full name that begins and ends with these words; of very many of that surname, some."""
        ...

    def has_full_in_document(self, document: int, short: str, *, is_person: bool) -> bool:
        """Does the document have a full name of its own that answers to this short one?"""
        ...

    def score_cooccurrence(self, document: int, actor: int) -> float:
        """How much the document's other actors and its date speak for this actor being in it, from 0 on."""
        ...

    def find_short_document_actors(self, short: str, *, is_person: bool) -> list[ShortDocumentActor]:
        """The document actors that have only this short name."""
        ...

    def create_actor(self, actor: Actor, slug: str, forms: NameForms) -> int:
        """A new actor; its row."""
        ...

    def create_nameless_actor(self, document: int, actor: Actor) -> int:
        """A new actor that only this document has, under no name; its row."""
        ...

    def add_document_actor(self, document: int, actor: int, local: Actor, forms: NameForms) -> None:
        """That this actor is in this document, under these names."""
        ...

    def move_document_actor(self, document_actor: int, actor: int) -> None:
        """Link a document actor to another actor."""
        ...

    def merge_actor(self, actor: int, into: int) -> None:
        """Link all document actors of one actor to another, since an article says that they are the same."""
        ...

    def copy_actor(self, document_actor: int, slug: str) -> int:
        """A new actor made of what one document actor says; its row."""
        ...
