"""Third stage, the Library: which of its actors an actor of one Document is.

Full names decide; a short name (a surname alone, an acronym) goes to the one actor with a full name that answers to
it. Two people are never joined because they share a surname: a short name with several owners stays by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.cast.gazetteer import read_gazetteer
from search.cast.names import build_key, build_slug, fold_acronym, is_acronym
from search.known_actors import NameForms

if TYPE_CHECKING:
    from search.known_actors import KnownActors
    from search.model import Actor, Cast

_DOMINANCE = 5
"""A surname with several owners goes to one that is in this many times as many articles as any other."""


def find_forms(actor: Actor) -> NameForms:
    """The forms of an actor's names; of a place in the table of facts, its usual name alone."""
    place = read_gazetteer().find_place(actor.name) if actor.type == "place" else None
    if place:
        return NameForms((build_key(place),), (), is_full=True, is_person=False)
    is_person = actor.type == "person"
    keys = dict.fromkeys(build_key(name) for name in actor.aliases)
    if is_person:
        full = [key for key in keys if " " in key]
        shorts = [key.split()[-1] for key in full] or list(keys)
    else:
        acronyms = [fold_acronym(name) for name in actor.aliases if is_acronym(name)]
        full = [build_key(name) for name in actor.aliases if not is_acronym(name)]
        shorts = acronyms
        keys = dict.fromkeys([*full, *acronyms])
    return NameForms(tuple(full or keys), tuple(dict.fromkeys(shorts)), is_full=bool(full), is_person=is_person)


class Linker:
    """Links the cast of one Document after the other to the actors of the Library."""

    def __init__(self, known: KnownActors) -> None:
        self._known = known

    def link(self, document: int, cast: Cast) -> None:
        """Give every actor of this document its actor of the Library, and short names elsewhere theirs anew."""
        actors = [(actor, find_forms(actor)) for actor in cast.actors.values()]
        actors.sort(key=lambda pair: not pair[1].is_full)  # full names first: a short one may mean them
        for actor, own_forms in actors:
            forms = self._find_person_forms(document, actor) or own_forms
            number = self._find_actor(document, forms)
            is_new = number is None
            if number is None:
                number = self._known.create_actor(actor, build_slug(actor.name), forms)
            self._known.add_appearance(document, number, actor, forms)
            if is_new and forms.is_full:
                for short in forms.shorts:
                    self._link_shorts(short, is_person=forms.is_person)

    def _find_person_forms(self, document: int, actor: Actor) -> NameForms | None:
        """A single word of unknown type, as a surname, if a person of the Library answers to it."""
        keys = tuple({build_key(name) for name in actor.aliases})
        if actor.type != "other" or len(keys) != 1 or " " in keys[0]:
            return None
        # Without a key to look for, only an owner of the surname is found, not whoever has it alone.
        owner = self._find_owner(document, keys[0], (), is_person=True)
        return NameForms(keys, keys, is_full=False, is_person=True) if owner is not None else None

    def _find_actor(self, document: int, forms: NameForms) -> int | None:
        if not forms.is_full:
            return self._find_owner(document, forms.shorts[0], forms.keys, is_person=forms.is_person)
        found = self._known.find_by_keys(forms.keys, is_person=forms.is_person)
        if not found:
            # What one article takes for a person may be an organisation in another: several words of a name decide.
            long = [key for key in forms.keys if " " in key]
            found = self._known.find_by_keys(long, is_person=not forms.is_person)
        if found:
            return max(found, key=lambda actor: (actor.documents, -actor.number)).number
        if not forms.is_person:
            return None
        alike = [
            actor
            for short in forms.shorts
            for actor in self._known.find_by_short(short, is_person=True)
            if any(_is_longer_or_shorter(key, other) for key in forms.keys for other in actor.keys)
        ]
        return alike[0].number if len(alike) == 1 else None

    def _find_owner(self, document: int, short: str, keys: tuple[str, ...], *, is_person: bool) -> int | None:
        """The actor that a short name means: its one owner, or one with far more articles than any other."""
        if self._known.has_full_in_document(document, short, is_person=is_person):
            return None
        owners = sorted(
            self._known.find_by_short(short, is_person=is_person),
            key=lambda actor: (-actor.documents, actor.number),
        )
        if owners:
            first, *others = owners
            clear = not others or first.documents >= _DOMINANCE * others[0].documents
            return first.number if clear else None
        found = self._known.find_by_keys(keys, is_person=is_person)
        return found[0].number if found else None

    def _link_shorts(self, short: str, *, is_person: bool) -> None:
        """A new owner of a short name: whoever has only that name is linked anew."""
        for appearance in self._known.find_short_appearances(short, is_person=is_person):
            number = self._find_owner(appearance.document, short, (short,), is_person=is_person)
            if number is None and appearance.actor_is_full:
                number = self._known.copy_actor(appearance.number, short)
            if number not in {None, appearance.actor}:
                self._known.move_appearance(appearance.number, number)


def _is_longer_or_shorter(key: str, other: str) -> bool:
    """ "mohammad ghazi jalali" and "mohammad jalali": same first and last word, one has all the words of the other."""
    one, two = key.split(), other.split()
    if len(one) < 2 or len(two) < 2 or (one[0], one[-1]) != (two[0], two[-1]):
        return False
    return set(one) <= set(two) or set(two) <= set(one)
