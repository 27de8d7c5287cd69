"""The mentions of one name in a document, and the groups of other names that rules join to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from search.cast.names import is_acronym

if TYPE_CHECKING:
    from search.cast.article import MentionContext
    from search.model import ActorType, Why


@dataclass(eq=False, slots=True)
class NameGroup:
    """The mentions of one name; the rules then join the groups of one actor.

    `key` and `tokens` are those of the name, `place` the gazetteer's name of a place. `first` is the position of the
    actor's first mention, under any of its names.
    """

    key: str
    tokens: tuple[str, ...]
    place: str | None
    first: tuple[int, int]
    names: list[MentionContext] = field(default_factory=list)
    joined: list[tuple[NameGroup, Why]] = field(default_factory=list)
    types: Counter[ActorType] = field(default_factory=Counter)
    """How many of its own mentions have each known type."""
    has_acronym: bool = False
    """Is an acronym of it joined to it?"""
    is_acronym: bool = True
    """Are all its own mentions acronyms, like "HTS"?"""

    def add(self, name: MentionContext) -> None:
        """Add a mention of this name."""
        mention = name.mention
        self.names.append(name)
        self.first = min(self.first, mention.position)
        if mention.mention_type != "other":  # "other" may mean that the recogniser did not know
            self.types[mention.mention_type] += 1
        self.is_acronym = self.is_acronym and not self.place and is_acronym(mention.text)

    def join(self, other: NameGroup, why: Why) -> None:
        """Join the group of another name of the same actor to this one."""
        self.joined.append((other, why))
        self.first = min(self.first, other.first)
        self.has_acronym = self.has_acronym or why == "acronym"

    @property
    def all_names(self) -> list[MentionContext]:
        """Its own mentions and those of the groups joined to it."""
        return [*self.names, *(name for other, _ in self.joined for name in other.all_names)]

    @property
    def type(self) -> ActorType:
        """The type that most of its own mentions have."""
        if self.place:
            return "place"
        most = max(self.types, key=lambda type_: (self.types[type_], type_)) if self.types else "other"
        # A person has no acronym.
        return "organisation" if most == "person" and self.has_acronym else most

    @property
    def known_type(self) -> ActorType:
        """Its type or, if that is not known, that of a name joined to it."""
        if self.type != "other":
            return self.type
        return next((other.type for other, _ in self.joined if other.type != "other"), "other")

    @property
    def is_full_name(self) -> bool:
        """Is it the name of a person, of more than one word?"""
        return self.type == "person" and len(self.tokens) > 1
