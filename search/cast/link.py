"""Third stage: links each actor of a document to an actor of the library.

Full names decide. A short name (a surname alone, an acronym) goes to the one actor whose full name has it. Two people
never become one because they share a surname: a short name with several owners stays an actor of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.actor_lookup import NameForms, Short
from search.cast.gazetteer import read_gazetteer
from search.cast.lexicon import general_nouns
from search.cast.names import build_key, build_slug, fold_acronym, is_acronym, is_general, left_out_words, peoples

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.actor_lookup import ActorLookup, LibraryActor
    from search.model import Actor, Cast

_least_cooccurrence = 0.5
"""Half the score of an actor that occurs only in this article and in one of the owner's."""
_most_owners = 8
_DOMINANCE = 5
"""A surname with several owners goes to the one with this many times the articles of any other."""

_no_forms = NameForms((), (), is_full=False, is_person=False)


def find_forms(actor: Actor) -> NameForms:
    """Return the forms of an actor's names; for a place in the gazetteer, only its usual name."""
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
        # "The Council" is the Security Council only in an article that says so.
        full = [build_key(name) for name in actor.aliases if not is_acronym(name)]
        full = [key for key in full if not (is_general(key) or _says_not_whose(key, full))] or (
            [] if acronyms else full
        )
        shorts = acronyms
        keys = dict.fromkeys([*full, *acronyms])
    return NameForms(tuple(full or keys), tuple(dict.fromkeys(shorts)), is_full=bool(full), is_person=is_person)


def _says_not_whose(key: str, keys: Iterable[str]) -> bool:
    """Does this key leave out of whom or where it is, which another of these keys says? It may then mean several."""
    rests = [
        *(longer.removesuffix(f" {key}") for longer in keys if longer.endswith(f" {key}")),
        *(longer.removeprefix(f"{key} ") for longer in keys if longer.startswith(f"{key} ")),
    ]
    return any(not left_out_words.issuperset(rest.split()) for rest in rests)


class Linker:
    """Links the casts of documents, one at a time, to the actors of the library."""

    def __init__(self, known: ActorLookup) -> None:
        self._known = known

    def link(self, document: int, cast: Cast) -> None:
        """Link every actor of this document to an actor of the library; `document` is its row number."""
        for actor in cast.actors.values():
            if not actor.aliases:
                nameless = self._known.create_nameless_actor(document, actor)
                self._known.add_document_actor(document, nameless, actor, _no_forms)
        actors = [(actor, find_forms(actor)) for actor in cast.actors.values() if actor.aliases]
        actors.sort(key=lambda pair: not pair[1].is_full)  # full names first: a short one may mean one of them
        number: int | None
        for actor, own_forms in actors:
            forms = _find_unknown_forms(actor) or own_forms
            number = self._find_actor(document, forms)
            if number is None and actor.type == "other":
                number = self._find_by_keys(forms.keys, is_person=False)
            if number is None:
                number = self._known.create_actor(actor, build_slug(actor.name), forms)
            self._known.add_document_actor(document, number, actor, forms)

    def find_shorts(self, cast: Cast) -> set[Short]:
        """Return the short names of the full names in this cast."""
        every = (find_forms(actor) for actor in cast.actors.values() if actor.aliases)
        return {Short(short, forms.is_person) for forms in every if forms.is_full for short in forms.shorts}

    def link_shorts(self, shorts: Iterable[Short]) -> None:
        """Link again the document actors that have only one of these names, whose owners have changed."""
        for short in sorted(shorts):
            for document_actor in self._known.find_short_document_actors(short.name, is_person=short.is_person):
                number = self._find_owner(document_actor.document, short.name, (short.name,), is_person=short.is_person)
                if number is None and document_actor.actor_is_full:
                    number = self._known.copy_actor(document_actor.number, short.name)
                if number not in {None, document_actor.actor}:
                    self._known.move_document_actor(document_actor.number, number)

    def find_sole_owners(self, shorts: Iterable[Short]) -> dict[Short, int | None]:
        """Map each short name to the actor that it means in every article; None if that depends on the article."""
        return {short: self._find_sole_owner(short) for short in shorts}

    def _find_sole_owner(self, short: Short) -> int | None:
        owners = self._find_owners(short.name, is_person=short.is_person)
        is_clear = len(owners) == 1 or (owners and owners[0].documents >= _DOMINANCE * owners[1].documents)
        return owners[0].number if is_clear else None

    def _find_owners(self, short: str, *, is_person: bool) -> list[LibraryActor]:
        """Return the actors whose full names have this short name, the one in most articles first."""
        return sorted(
            self._known.find_by_short(short, is_person=is_person), key=lambda actor: (-actor.documents, actor.number)
        )

    def _find_actor(self, document: int, forms: NameForms) -> int | None:
        if not forms.is_full:
            return self._find_owner(document, forms.shorts[0], forms.keys, is_person=forms.is_person)
        found = self._known.find_by_keys(forms.keys, is_person=forms.is_person)
        if found and not forms.is_person:
            # An article that uses both names of an organisation says that they are one. This fails for people.
            for other in found:
                self._known.merge_actor(other.number, _choose_most_frequent(found))
        if not found:
            # The same long name with another type is the same actor: one of the types is wrong.
            long = [key for key in forms.keys if " " in key]
            found = self._known.find_by_keys(long, is_person=not forms.is_person)
        if found:
            return _choose_most_frequent(found)
        if not forms.is_person:
            return None
        alike = {
            actor.number
            for key in forms.keys
            for actor in self._known.find_by_ends(key.split()[0], key.split()[-1])
            if any(_is_longer_or_shorter(key, other) for other in actor.keys)
        }
        return alike.pop() if len(alike) == 1 else None

    def _find_by_keys(self, keys: tuple[str, ...], *, is_person: bool) -> int | None:
        found = self._known.find_by_keys(keys, is_person=is_person)
        return _choose_most_frequent(found) if found else None

    def _find_owner(self, document: int, short: str, keys: tuple[str, ...], *, is_person: bool) -> int | None:
        """Return the actor that a short name means in an article.

        This is its only owner, or the owner with far more articles than any other, or the owner who occurs most with
        the article's other actors.
        """
        if self._known.has_full_in_document(document, short, is_person=is_person):
            return None
        owners = self._find_owners(short, is_person=is_person)
        if owners:
            return self._find_sole_owner(Short(short, is_person)) or self._find_owner_by_cooccurrence(document, owners)
        return self._find_by_keys(keys, is_person=is_person)

    def _find_owner_by_cooccurrence(self, document: int, owners: list[LibraryActor]) -> int | None:
        """Return the owner with by far the best score of co-occurrence and date; None if there is none."""
        scored = sorted(
            (
                (self._known.score_cooccurrence(document, owner.number), -owner.number)
                for owner in owners[:_most_owners]
            ),
            reverse=True,
        )
        (best, number), (second, _) = scored[:2]
        return -number if best >= _least_cooccurrence and best >= 2 * second else None


def _choose_most_frequent(found: list[LibraryActor]) -> int:
    return max(found, key=lambda actor: (actor.documents, -actor.number)).number


def _find_unknown_forms(actor: Actor) -> NameForms | None:
    """Return the forms of a single word of unknown type that may be a surname; None if it cannot be one."""
    keys = tuple({build_key(name) for name in actor.aliases})
    if actor.type != "other" or len(keys) != 1 or " " in keys[0] or not all(map(_may_be_surname, actor.aliases)):
        return None
    return NameForms(keys, keys, is_full=False, is_person=True)


def _may_be_surname(name: str) -> bool:
    key = build_key(name)
    is_word = key in peoples or key in general_nouns or is_general(key)
    return len(key) > 2 and name[0].isupper() and not (is_acronym(name) or is_word)


def _is_longer_or_shorter(key: str, other: str) -> bool:
    """Do two keys have the same first and last word, and one of them all words of the other?

    "mohammad ghazi jalali" and "mohammad jalali" do.
    """
    one, two = key.split(), other.split()
    if len(one) < 2 or len(two) < 2 or (one[0], one[-1]) != (two[0], two[-1]):
        return False
    return set(one) <= set(two) or set(two) <= set(one)
