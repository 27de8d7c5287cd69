"""The terms in which the cast asks for the actors of a Library, and the store answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.model import Actor


@dataclass(frozen=True, slots=True)
class KnownActor:
    """An actor of the Library as linking sees it: its row, its articles, the keys of its names."""

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


@dataclass(frozen=True, slots=True)
class ShortAppearance:
    """An actor of a Document that has only a short name there, and the actor that it is linked to."""

    number: int
    document: int
    actor: int
    actor_is_full: bool


class KnownActors(Protocol):
    """What linking asks of the Library; each answer costs the same however many articles there are."""

    def find_by_keys(self, keys: Iterable[str], *, is_person: bool) -> list[KnownActor]:
        """Actors that have a name with one of these keys."""
        ...

    def find_by_short(self, short: str, *, is_person: bool) -> list[KnownActor]:
        """Actors with a full name that answer to this short one."""
        ...

    def has_full_in_document(self, document: int, short: str, *, is_person: bool) -> bool:
        """Does the document have a full name of its own that answers to this short one?"""
        ...

    def find_short_appearances(self, short: str, *, is_person: bool) -> list[ShortAppearance]:
        """The appearances of actors that have only this short name in their document."""
        ...

    def create_actor(self, actor: Actor, slug: str, forms: NameForms) -> int:
        """A new actor; its row."""
        ...

    def add_appearance(self, document: int, actor: int, local: Actor, forms: NameForms) -> None:
        """That this actor is in this document, under these names."""
        ...

    def move_appearance(self, appearance: int, actor: int) -> None:
        """Link an appearance to another actor."""
        ...

    def copy_actor(self, appearance: int, slug: str) -> int:
        """A new actor made of what one appearance says; its row."""
        ...
