"""Names of one Document put together by rules: which of them are the same actor, with a reason for each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
from search.model import ActorType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from search.cast.recognise import Found
    from search.model import Document, Why

_longest_shouted_acronym = 5
"""Letters; more capitals than that, alone in a dateline, are a shouted place."""

_ADJECTIVES = ("ish", "ese", "ian", "ean", "ic", "ist")
"""Endings of words like "Jewish", which is no short form of the Jewish Agency."""


@dataclass(eq=False, slots=True)
class NameGroup:
    """Mentions of one name, and then of one actor."""

    key: str
    tokens: tuple[str, ...]
    place: str | None
    names: list[Found] = field(default_factory=list)
    joined: list[tuple[NameGroup, Why]] = field(default_factory=list)

    @property
    def all_names(self) -> list[Found]:
        """Its own names and those of the groups joined to it."""
        return [*self.names, *(name for other, _ in self.joined for name in other.all_names)]

    @property
    def first(self) -> tuple[int, int]:
        """Where it is mentioned first."""
        return min(name.place for name in self.all_names)

    @property
    def has_acronym(self) -> bool:
        """Is an acronym of it among its names?"""
        return any(why == "acronym" for _, why in self.joined)

    @property
    def type(self) -> ActorType:
        """What most of its mentions were taken for; "other" only says that the recogniser did not know."""
        if self.place:
            return "place"
        counts = Counter[ActorType](name.mention_type for name in self.names if name.mention_type != "other")
        most = max(counts, key=lambda type_: (counts[type_], type_)) if counts else "other"
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

    @property
    def is_acronym(self) -> bool:
        """Is it only ever written as one, like "HTS"?"""
        return not self.place and all(is_acronym(name.text) for name in self.names)


def group_names(document: Document, names: Iterable[Found]) -> list[NameGroup]:
    """The names of a document put together by actor, in order of appearance."""
    groups = _group_by_name(names)
    for rule in (_join_longer_names, _join_single_names, _join_partial_names):
        groups = rule(groups)
    groups = _join_acronyms(groups, _find_introduced(document, groups))
    return sorted(groups, key=lambda group: group.first)


def _group_by_name(names: Iterable[Found]) -> list[NameGroup]:
    gazetteer = read_gazetteer()
    groups: dict[str, NameGroup] = {}
    for name in names:
        # A person or an organisation called like a place ("Jordan") was typed as one by what stands around it.
        place = gazetteer.find(strip_possessive(name.text)) if name.type in {"place", "nationality", "other"} else None
        key = f"place:{place}" if place else build_key(name.text)
        group = groups.get(key)
        if group is None:
            group = groups[key] = NameGroup(key, find_tokens(name.text), place)
        group.names.append(name)
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
        target.joined.append((group, why))
    return kept


def _join_longer_names(groups: list[NameGroup]) -> list[NameGroup]:
    """ "Mohammad al-Jalali" is "Mohammad Ghazi al-Jalali": same ends, nothing that the longer one lacks.

    "Kishida Fumio" is "Fumio Kishida", whichever comes later.
    """
    full = [group for group in groups if group.is_full_name]

    def find(group: NameGroup) -> tuple[NameGroup, Why] | None:
        if not group.is_full_name:
            return None
        longer = [
            other for other in full if _is_longer(group.tokens, other.tokens)
            or (group.tokens == other.tokens[::-1] != other.tokens and other.first < group.first)
        ]  # fmt: skip
        return (longer[0], "alias") if len(longer) == 1 else None

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
    firms = [group for group in groups if group.type == "organisation" and len(group.tokens) > 1]

    def find(group: NameGroup) -> tuple[NameGroup, Why] | None:
        if len(group.tokens) != 1 or group.place or group.type not in {"person", "other"}:
            return None
        (token,) = group.tokens
        for position, why in ((-1, "surname"), (0, "alias")):
            found = [other for other in full if other.tokens[position] == token]
            if found:
                target = _find_known(found, group)
                # "Ford", where the Ford Motor Company was named before any Ford.
                if target and any(firm.tokens[0] == token and firm.first < target.first for firm in firms):
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
    places = {group.tokens for group in groups if group.type == "place"}

    def find(group: NameGroup) -> tuple[NameGroup, Why] | None:
        if group.place or group.type not in {"organisation", "other"} or group.is_acronym:
            return None
        found = [other for other in longer if _is_part(group.tokens, other.tokens, places)]
        target = _find_known(found, group)
        return (target, "alias") if target else None

    return _join(groups, find)


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
            bracketed = text[: name.start].endswith((" (", " (the ")) and text[name.end : name.end + 1] in {
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

    def find(group: NameGroup) -> tuple[NameGroup, Why] | None:
        if not group.is_acronym or len(group.tokens) != 1:
            return None
        acronym = fold_acronym(group.names[0].text)
        target = by_key.get(introduced.get(acronym, ""))
        if target is not None and target is not group:
            return target, "acronym"
        found = [
            other
            for other in groups
            if other is not group and _may_have_acronym(other)
            and any(acronym in find_initials(name.text) for name in other.names)
        ]  # fmt: skip
        return (found[0], "acronym") if len(found) == 1 else None

    return _join(groups, find)


def _may_have_acronym(group: NameGroup) -> bool:
    """Organisations and the like; what looks like a person may be one, unless a part of the name is used alone."""
    if group.place or len(group.tokens) < 2:
        return False
    return group.type != "person" or (len(group.tokens) > 2 and not group.joined)


def find_why(group: NameGroup) -> Iterator[tuple[Found, Why]]:
    """Each name of the group with the reason why it is this actor's."""
    for name in group.names:
        yield name, _find_reason(group, name)
    for other, reason in group.joined:
        for name, _ in find_why(other):
            yield name, reason


def _find_reason(group: NameGroup, name: Found) -> Why:
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
