"""Names of one Document put together by rules: which of them are the same actor, with a reason for each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

from search.cast.gazetteer import read_gazetteer
from search.cast.names import (
    build_key,
    find_initials,
    find_tokens,
    fold_acronym,
    is_acronym,
    kind_words,
    left_out_words,
    strip_possessive,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from search.cast.recognise import RecognisedMention
    from search.model import ActorType, Document, Why

_Key = TypeVar("_Key")
_longest_shouted_acronym = 5
"""Letters; more capitals than that, alone in a dateline, are a shouted place."""

_ADJECTIVES = ("ish", "ese", "ian", "ean", "ic", "ist")
"""Endings of words like "Jewish", which is no short form of the Jewish Agency."""


_longest_name = 20
"""Words; a longer run of capitals is a list or a headline, and no other name is part of it."""


@dataclass(eq=False, slots=True)
class NameGroup:
    """Mentions of one name, and then of one actor; `first` is where it is mentioned first, under any of its names."""

    key: str
    tokens: tuple[str, ...]
    place: str | None
    first: tuple[int, int]
    names: list[RecognisedMention] = field(default_factory=list)
    joined: list[tuple[NameGroup, Why]] = field(default_factory=list)
    types: Counter[ActorType] = field(default_factory=Counter)
    """How many of its own names were taken for what."""
    has_acronym: bool = False
    """Is an acronym of it among its names?"""
    is_acronym: bool = True
    """Is it only ever written as one, like "HTS"?"""

    def add(self, name: RecognisedMention) -> None:
        """One more mention of this name."""
        self.names.append(name)
        self.first = min(self.first, name.position)
        if name.mention_type != "other":  # which only says that the recogniser did not know
            self.types[name.mention_type] += 1
        self.is_acronym = self.is_acronym and not self.place and is_acronym(name.text)

    def join(self, other: NameGroup, why: Why) -> None:
        """Take in another name of the same actor."""
        self.joined.append((other, why))
        self.first = min(self.first, other.first)
        self.has_acronym = self.has_acronym or why == "acronym"

    @property
    def all_names(self) -> list[RecognisedMention]:
        """Its own names and those of the groups joined to it."""
        return [*self.names, *(name for other, _ in self.joined for name in other.all_names)]

    @property
    def type(self) -> ActorType:
        """What most of its mentions were taken for."""
        if self.place:
            return "place"
        most = max(self.types, key=lambda type_: (self.types[type_], type_)) if self.types else "other"
        # People have no acronyms.
        return "organisation" if most == "person" and self.has_acronym else most

    @property
    def known_type(self) -> ActorType:
        """Its type or, if that is not known, that of a name joined to it."""
        if self.type != "other":
            return self.type
        return next((other.type for other, _ in self.joined if other.type != "other"), "other")

    @property
    def is_full_name(self) -> bool:
        """Is it a person's, of more than one word?"""
        return self.type == "person" and len(self.tokens) > 1


def group_names(document: Document, names: Iterable[RecognisedMention]) -> list[NameGroup]:
    """The names of a document put together by actor, in the order of their first mentions."""
    groups = _group_by_name(names)
    for rule in (_join_longer_names, _join_single_names, _join_partial_names):
        groups = rule(groups)
    groups = _join_acronyms(groups, _find_introduced(document, groups))
    return sorted(groups, key=lambda group: group.first)


def _group_by_name(names: Iterable[RecognisedMention]) -> list[NameGroup]:
    gazetteer = read_gazetteer()
    groups: dict[str, NameGroup] = {}
    for name in names:
        # A person or an organisation called like a place ("Jordan") was typed as one by what stands around it.
        place = gazetteer.find(strip_possessive(name.text)) if name.type in {"place", "nationality", "other"} else None
        key = f"place:{place}" if place else build_key(name.text)
        group = groups.get(key)
        if group is None:
            group = groups[key] = NameGroup(key, find_tokens(name.text), place, name.position)
        group.add(name)
    return list(groups.values())


def _join(groups: list[NameGroup], find_target: Callable[[NameGroup], tuple[NameGroup, Why] | None]) -> list[NameGroup]:
    """The groups, each that has a target joined to it; a target's own target is followed."""
    targets = {id(group): found for group in groups if (found := find_target(group))}
    kept = []
    for group in groups:
        found = targets.get(id(group))
        if found is None:
            kept.append(group)
            continue
        target, why = found
        seen = {id(group)}
        while id(target) in targets and id(target) not in seen:
            seen.add(id(target))
            target = targets[id(target)][0]
        target.join(group, why)
    return kept


def _index(
    groups: Iterable[NameGroup], build_keys: Callable[[NameGroup], Iterable[_Key]]
) -> dict[_Key, list[NameGroup]]:
    """Key → the groups that have it: what a name may be joined to is looked up, not looked for."""
    found: dict[_Key, list[NameGroup]] = {}
    for group in groups:
        if len(group.tokens) <= _longest_name:
            for key in set(build_keys(group)):
                found.setdefault(key, []).append(group)
    return found


def _join_longer_names(groups: list[NameGroup]) -> list[NameGroup]:
    """ "Mohammad al-Jalali" is "Mohammad Ghazi al-Jalali": same ends, nothing that the longer one lacks.

    "Kishida Fumio" is "Fumio Kishida", whichever comes later.
    """
    full = [group for group in groups if group.is_full_name]
    by_word = _index(full, lambda group: [(group.tokens[-1], word) for word in (*group.tokens, group.tokens[0][:1])])
    by_tokens = _index(full, lambda group: [group.tokens])

    def find(group: NameGroup) -> tuple[NameGroup, Why] | None:
        if not group.is_full_name:
            return None
        alike = min((by_word.get((group.tokens[-1], word), []) for word in group.tokens[:-1]), key=len)
        turned = [
            other for other in by_tokens.get(group.tokens[::-1], ())
            if group.tokens != other.tokens and other.first < group.first
        ]  # fmt: skip
        longer = (other for other in alike if _is_longer(group.tokens, other.tokens))
        found = list(islice(chain(turned, longer), 2))
        return (found[0], "alias") if len(found) == 1 else None

    return _join(groups, find)


def _is_longer(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    return (
        len(long) > len(short)
        and long[-1] == short[-1]
        and _is_initial_or_same(short[0], long)
        and set(short[1:]) <= set(long)
    )


def _is_initial_or_same(first: str, tokens: tuple[str, ...]) -> bool:
    return first in tokens[:-1] or (len(first) == 1 and tokens[0].startswith(first))


def _join_single_names(groups: list[NameGroup]) -> list[NameGroup]:
    """ "Assad" is the one person here of that surname, "Angela" the one of that first name; of two, neither."""
    full = [group for group in groups if group.is_full_name]
    by_surname = _index(full, lambda group: group.tokens[-1:])
    by_first_name = _index(full, lambda group: group.tokens[:1])
    firms: dict[str, tuple[int, int]] = {}
    for group in groups:
        if group.type == "organisation" and len(group.tokens) > 1:
            firms[group.tokens[0]] = min(group.first, firms.get(group.tokens[0], group.first))

    def find(group: NameGroup) -> tuple[NameGroup, Why] | None:
        if len(group.tokens) != 1 or group.place or group.type not in {"person", "other"}:
            return None
        (token,) = group.tokens
        for owners, why in ((by_surname.get(token), "surname"), (by_first_name.get(token), "alias")):
            if owners:
                target = _find_known(owners, group)
                # "Ford", where the Ford Motor Company was named before any Ford.
                if target and token in firms and firms[token] < target.first:
                    return None
                return (target, why) if target else None  # type: ignore[return-value] # mypy widens the literals
        return None

    return _join(groups, find)


def _find_known(owners: list[NameGroup], short: NameGroup) -> NameGroup | None:
    """The one owner of a short name; of several, the one who alone had been named in full when it was first used."""
    known = [owner for owner in owners if owner.first < short.first]
    found = owners if len(owners) == 1 else known
    return found[0] if len(found) == 1 else None


def _join_partial_names(groups: list[NameGroup]) -> list[NameGroup]:
    """ "Amnesty" is "Amnesty International" and "the Council" the Security Council, if only one name here is so."""
    longer = [group for group in groups if len(group.tokens) > 1 and group.type == "organisation"]
    by_part = _index(longer, lambda group: _find_parts(group.tokens))
    places = {group.tokens for group in groups if group.type == "place"}

    def find(group: NameGroup) -> tuple[NameGroup, Why] | None:
        if group.place or group.type not in {"organisation", "other"} or group.is_acronym:
            return None
        found = [other for other in by_part.get(group.tokens, ()) if _is_part(group.tokens, other.tokens, places)]
        target = _find_known(found, group)
        return (target, "alias") if target else None

    return _join(groups, find)


def _find_parts(tokens: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """What a name begins with, and what it ends with."""
    for length in range(1, len(tokens)):
        yield tokens[:length]
        yield tokens[length:]


def _is_part(short: tuple[str, ...], long: tuple[str, ...], places: set[tuple[str, ...]]) -> bool:
    """Does the longer name only add a word that is often left out, or say whose council it is, or where from?

    "Google" is no part of "Google Maps" in this sense, nor "Jewish" of the "Jewish Agency". `places` are the article's.
    """
    if len(long) <= len(short):
        return False
    if long[: len(short)] == short:
        rest = long[len(short) :]
        is_whose = rest[0] in {"of", "for"} and short[-1] in kind_words
        return is_whose or (left_out_words.issuperset(rest) and not short[-1].endswith(_ADJECTIVES))
    if long[-len(short) :] != short:
        return False
    before = long[: -len(short)]
    is_from_there = before in places or read_gazetteer().find(" ".join(before)) is not None
    return is_from_there or (len(short) == 1 and short[0] in kind_words)


def _find_introduced(document: Document, groups: list[NameGroup]) -> dict[str, str]:
    """Acronyms in brackets behind the name that they stand for, as "… (UNSC)": folded acronym → key of the name."""
    owner = {(name.paragraph, name.end): group.key for group in groups for name in group.all_names}
    introduced: dict[str, str] = {}
    for group in groups:
        for name in group.names:
            text = document.paragraphs[name.paragraph].text
            bracketed = text.endswith((" (", " (the "), 0, name.start) and text[name.end : name.end + 1] in {
                ")",
                ",",
                ";",
            }
            if not (bracketed and is_acronym(name.text)):
                continue
            end = text.rfind(" (", 0, name.start)
            key = owner.get((name.paragraph, end)) or owner.get((name.paragraph, end - 2))
            if key and key != group.key and not key.startswith("place:"):
                introduced.setdefault(fold_acronym(name.text), key)
    return introduced


def _join_acronyms(groups: list[NameGroup], introduced: dict[str, str]) -> list[NameGroup]:
    """ "UNSC" is the name that introduced it in brackets, else the one name here with these initials."""
    by_key = {group.key: group for group in groups}
    by_initials = _index(
        (group for group in groups if _may_have_acronym(group)),
        lambda group: {initials for text in {name.text for name in group.names} for initials in find_initials(text)},
    )

    def find(group: NameGroup) -> tuple[NameGroup, Why] | None:
        if not group.is_acronym or len(group.tokens) != 1:
            return None
        acronym = fold_acronym(group.names[0].text)
        target = by_key.get(introduced.get(acronym, ""))
        if target is not None and target is not group:
            return target, "acronym"
        found = [other for other in by_initials.get(acronym, ()) if other is not group]
        return (found[0], "acronym") if len(found) == 1 else None

    return _join(groups, find)


def _may_have_acronym(group: NameGroup) -> bool:
    """Organisations and the like; what looks like a person may be one, unless a part of the name is used alone."""
    if group.place or len(group.tokens) < 2:
        return False
    return group.type != "person" or (len(group.tokens) > 2 and not group.joined)


def find_why(group: NameGroup) -> Iterator[tuple[RecognisedMention, Why]]:
    """Each name of the group with the reason why it is this actor's."""
    for name in group.names:
        yield name, _find_reason(group, name)
    for other, reason in group.joined:
        for name, _ in find_why(other):
            yield name, reason


def _find_reason(group: NameGroup, name: RecognisedMention) -> Why:
    text = strip_possessive(name.text)
    if group.place is None or build_key(text) == build_key(group.place):
        return "name"
    if read_gazetteer().find_place(text) is None:
        return "demonym"
    return "acronym" if is_acronym(text) else "alias"


def choose_name(names: list[str]) -> str:
    """The longest; one shouted in a dateline only if there is no other, and then not shouted."""
    quiet = [name for name in names if not name.isupper() or is_acronym(name)]
    best = max(quiet or names, key=lambda name: (len(name), not name.isupper()))
    return best.title() if best.isupper() and len(best) > _longest_shouted_acronym else best
