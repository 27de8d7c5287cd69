"""Groups the names of one document by actor, by rules, with a reason for each name."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

from search.cast.gazetteer import read_gazetteer
from search.cast.name_group import NameGroup
from search.cast.names import (
    build_key,
    build_key_of_tokens,
    find_initials,
    fold_acronym,
    is_acronym,
    kind_words,
    left_out_words,
    strip_possessive,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from search.cast.article import MentionContext
    from search.cast.tokens import TokenisedDocument
    from search.model import Why

_Key = TypeVar("_Key")
_longest_acronym = 5
"""Letters; a longer word in capitals is a place in a dateline, or part of a headline."""
_ADJECTIVES = ("ish", "ese", "ian", "ean", "ic", "ist")
"""Endings of words like "Jewish", which is not a short form of the Jewish Agency."""
_longest_name = 20
"""Words; a longer run of capitals is a list or a headline, and no other name is part of it."""


def group_names(document: TokenisedDocument, names: Iterable[MentionContext]) -> list[NameGroup]:
    """Group the names of a document by actor; groups come in the order of their first mentions."""
    groups = _group_by_name(names)
    for rule in (_join_longer_names, _join_single_names, _join_partial_names):
        groups = rule(groups)
    groups = _join_acronyms(document, groups)
    return sorted(groups, key=lambda group: group.first)


def _group_by_name(names: Iterable[MentionContext]) -> list[NameGroup]:
    gazetteer = read_gazetteer()
    groups: dict[str, NameGroup] = {}
    for name in names:
        mention = name.mention
        # A person called Jordan has a type by context: only these types may be the place.
        may_be_place = mention.type in {"place", "nationality", "other"}
        place = gazetteer.find(strip_possessive(mention.text)) if may_be_place else None
        key = f"place:{place}" if place else build_key_of_tokens(name.words)
        group = groups.get(key)
        if group is None:
            group = groups[key] = NameGroup(key, name.words, place, mention.position)
        group.add(name)
    return list(groups.values())


def _join(groups: list[NameGroup], find_target: Callable[[NameGroup], tuple[NameGroup, Why] | None]) -> list[NameGroup]:
    """Join each group that has a target to it, or to the target's own target; return the groups that remain."""
    targets = {id(group): found for group in groups if (found := find_target(group))}
    remaining = []
    for group in groups:
        found = targets.get(id(group))
        if found is None:
            remaining.append(group)
            continue
        target, why = found
        seen = {id(group)}
        while id(target) in targets and id(target) not in seen:
            seen.add(id(target))
            target = targets[id(target)][0]
        target.join(group, why)
    return remaining


def _index(
    groups: Iterable[NameGroup], build_keys: Callable[[NameGroup], Iterable[_Key]]
) -> dict[_Key, list[NameGroup]]:
    """Map each key to the groups that have it, so that a rule need not compare each group with each other."""
    found: dict[_Key, list[NameGroup]] = {}
    for group in groups:
        if len(group.tokens) <= _longest_name:
            for key in set(build_keys(group)):
                found.setdefault(key, []).append(group)
    return found


def _join_longer_names(groups: list[NameGroup]) -> list[NameGroup]:
    """Join a person's name to the one longer name with the same first and last word and all its other words.

    "Mohammad al-Jalali" is "Mohammad Ghazi al-Jalali". Of "Kishida Fumio" and "Fumio Kishida", the later is joined to
    the earlier.
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
    """Join a single word to the one person here with that surname, else with that first name.

    Where two persons have it, the word stays alone.
    """
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
                # The Ford Motor Company was named before any person called Ford.
                if target and token in firms and firms[token] < target.first:
                    return None
                return (target, why) if target else None  # type: ignore[return-value] # mypy widens the literals
        return None

    return _join(groups, find)


def _find_known(owners: list[NameGroup], short: NameGroup) -> NameGroup | None:
    """Return the one owner of a short name; of several, the only one named in full before the short name came up."""
    known = [owner for owner in owners if owner.first < short.first]
    found = owners if len(owners) == 1 else known
    return found[0] if len(found) == 1 else None


def _join_partial_names(groups: list[NameGroup]) -> list[NameGroup]:
    """Join part of an organisation's name to the one organisation here that has it.

    "Amnesty" is "Amnesty International", and "the Council" is the Security Council.
    """
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
    """Yield all beginnings and ends of a name."""
    for length in range(1, len(tokens)):
        yield tokens[:length]
        yield tokens[length:]


def _is_part(short: tuple[str, ...], long: tuple[str, ...], places: set[tuple[str, ...]]) -> bool:
    """Does the longer name only add a word that is often left out, or say of whom or of where it is?

    "Google" is not "Google Maps", nor "Jewish" the "Jewish Agency". `places` are the names of places in the article.
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


def _find_introduced(document: TokenisedDocument, groups: list[NameGroup]) -> dict[str, str]:
    """Map each folded acronym that stands in brackets after a name, as "… (UNSC)", to the key of that name."""
    owner = {(each.mention.paragraph, each.mention.end): group.key for group in groups for each in group.all_names}
    introduced: dict[str, str] = {}
    for group in groups:
        for name in (each.mention for each in group.names):
            text = document.paragraphs[name.paragraph].text
            is_bracketed = text.endswith((" (", " (the "), 0, name.start) and text.startswith((")", ",", ";"), name.end)
            if not (is_bracketed and is_acronym(name.text)):
                continue
            end = text.rfind(" (", 0, name.start)
            key = owner.get((name.paragraph, end)) or owner.get((name.paragraph, end - 2))
            if key and key != group.key and not key.startswith("place:"):
                introduced.setdefault(fold_acronym(name.text), key)
    return introduced


def _join_acronyms(document: TokenisedDocument, groups: list[NameGroup]) -> list[NameGroup]:
    """Join an acronym to the name that it follows in brackets, else to the one name here with these initials."""
    introduced = _find_introduced(document, groups)
    by_key = {group.key: group for group in groups}
    by_initials = _index(
        (group for group in groups if _may_have_acronym(group)),
        lambda group: _find_all_initials(document, group),
    )

    def find(group: NameGroup) -> tuple[NameGroup, Why] | None:
        if not group.is_acronym or len(group.tokens) != 1:
            return None
        acronym = fold_acronym(group.names[0].mention.text)
        target = by_key.get(introduced.get(acronym, ""))
        if target is not None and target is not group:
            return target, "acronym"
        found = [other for other in by_initials.get(acronym, ()) if other is not group]
        return (found[0], "acronym") if len(found) == 1 else None

    return _join(groups, find)


def _find_all_initials(document: TokenisedDocument, group: NameGroup) -> set[str]:
    """Return the acronyms that the spellings of a name may have."""
    spellings = {name.mention.text: name.mention for name in group.names}.values()
    return {
        initials
        for name in spellings
        for initials in find_initials(document.paragraphs[name.paragraph].get_words(name.start, name.end))
    }


def _may_have_acronym(group: NameGroup) -> bool:
    """May this name have an acronym? A person's may not, unless the type may be wrong.

    It may be wrong if the name has three words and no part of it is used alone.
    """
    if group.place or len(group.tokens) < 2:
        return False
    return group.type != "person" or (len(group.tokens) > 2 and not group.joined)


def find_reasons(group: NameGroup) -> Iterator[tuple[MentionContext, Why]]:
    """Yield each mention of the group with the reason why it belongs to this actor."""
    for name in group.names:
        yield name, _get_reason(group, name)
    for other, reason in group.joined:
        for name, _ in find_reasons(other):
            yield name, reason


def _get_reason(group: NameGroup, name: MentionContext) -> Why:
    if group.place is None or build_key_of_tokens(name.words) == build_key(group.place):
        return "name"
    text = strip_possessive(name.mention.text)
    if read_gazetteer().find_place(text) is None:
        return "demonym"
    return "acronym" if is_acronym(text) else "alias"


def choose_name(names: list[str]) -> str:
    """Return the longest name; one in capitals only if there is no other, and then in title case."""
    quiet = [name for name in names if not name.isupper() or is_acronym(name)]
    best = max(quiet or names, key=lambda name: (len(name), not name.isupper()))
    return best.title() if best.isupper() and len(best) > _longest_acronym else best
