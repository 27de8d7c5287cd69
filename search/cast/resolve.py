"""Second stage, one Document: which of its names are the same actor, with a reason for each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from search.cast.gazetteer import read_gazetteer
from search.cast.names import build_key, find_initials, find_tokens, fold_acronym, is_acronym, is_title
from search.model import Actor, ActorType, Cast, Document, Link, Mention, Why
from search.text import find_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_longest_shouted_acronym = 5
"""Letters; more capitals than that, alone in a dateline, are a shouted place."""

_ADJECTIVES = ("ish", "ese", "ian", "ean", "ic", "ist")
"""Endings of words like "Jewish", which is no short form of the Jewish Agency."""

_CONFIDENCE: dict[Why, float] = {
    "name": 0.98, "alias": 0.9, "surname": 0.92, "acronym": 0.95, "title": 0.93, "demonym": 0.97
}  # fmt: skip


@dataclass(eq=False, slots=True)
class _Group:
    """Mentions of one name, and then of one actor."""

    key: str
    tokens: tuple[str, ...]
    place: str | None
    mentions: list[Mention] = field(default_factory=list)
    joined: list[tuple[_Group, Why]] = field(default_factory=list)

    @property
    def type(self) -> ActorType:
        """What most of its mentions were taken for; "other" only says that the recogniser did not know."""
        if self.place:
            return "place"
        if any(why == "acronym" for _, why in self.joined):
            return "organisation"
        counts = Counter[ActorType](mention.type for mention in self.mentions if mention.type != "other")
        return max(counts, key=lambda name: (counts[name], name)) if counts else "other"

    @property
    def is_known(self) -> bool:
        return any(mention.type != "other" for mention in self.mentions)

    @property
    def is_full_name(self) -> bool:
        return self.type == "person" and len(self.tokens) > 1

    @property
    def is_acronym(self) -> bool:
        return not self.place and all(is_acronym(mention.text) for mention in self.mentions)


def resolve(document: Document, mentions: Iterable[Mention]) -> Cast:
    """The mentions of a document linked to its actors; the actors' ids are "1", "2" … in order of appearance."""
    groups = _group_by_name(mentions)
    for rule in (_join_longer_names, _join_single_names, _join_partial_names):
        groups = rule(groups)
    groups = _join_acronyms(groups, _find_introduced(document, groups))
    linked: list[Mention] = []
    actors: dict[str, Actor] = {}
    groups.sort(key=lambda group: min(mention.place for mention in _all_mentions(group)))
    for number, group in enumerate(groups, 1):
        mine = sorted(_link_group(document, group, str(number)), key=lambda mention: mention.place)
        linked += mine
        actors[str(number)] = _build_actor(str(number), group, mine)
    linked.sort(key=lambda mention: mention.place)
    return Cast(tuple(linked), actors)


def _group_by_name(mentions: Iterable[Mention]) -> list[_Group]:
    gazetteer = read_gazetteer()
    groups: dict[str, _Group] = {}
    for mention in mentions:
        # A person or an organisation called like a place ("Jordan") was typed as one by what stands around it.
        place = gazetteer.find(mention.text) if mention.type in {"place", "other"} else None
        key = f"place:{place}" if place else build_key(mention.text)
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group(key, find_tokens(mention.text), place)
        group.mentions.append(mention)
    return list(groups.values())


def _join(groups: list[_Group], find_target: Callable[[_Group], tuple[_Group, Why] | None]) -> list[_Group]:
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


def _join_longer_names(groups: list[_Group]) -> list[_Group]:
    """ "Mohammad al-Jalali" is "Mohammad Ghazi al-Jalali": same ends, nothing that the longer one lacks."""
    full = [group for group in groups if group.is_full_name]

    def find(group: _Group) -> tuple[_Group, Why] | None:
        if not group.is_full_name:
            return None
        longer = [
            other
            for other in full
            if len(other.tokens) > len(group.tokens)
            and other.tokens[-1] == group.tokens[-1]
            and _is_initial_or_same(group.tokens[0], other.tokens)
            and set(group.tokens[1:]) <= set(other.tokens)
        ]
        return (longer[0], "alias") if len(longer) == 1 else None

    return _join(groups, find)


def _is_initial_or_same(first: str, tokens: tuple[str, ...]) -> bool:
    return first in tokens[:-1] or (len(first) == 1 and tokens[0].startswith(first))


def _join_single_names(groups: list[_Group]) -> list[_Group]:
    """ "Assad" is the one person here of that surname, "Angela" the one of that first name; of two, neither."""
    full = [group for group in groups if group.is_full_name]

    def find(group: _Group) -> tuple[_Group, Why] | None:
        if len(group.tokens) != 1 or group.place or group.type not in {"person", "other"}:
            return None
        (token,) = group.tokens
        for position, why in ((-1, "surname"), (0, "alias")):
            found = [other for other in full if other.tokens[position] == token]
            if found:
                return (found[0], why) if len(found) == 1 else None  # type: ignore[return-value] # mypy widens the literals
        return None

    return _join(groups, find)


def _join_partial_names(groups: list[_Group]) -> list[_Group]:
    """ "Amnesty" is "Amnesty International", if only one name here begins so."""
    longer = [group for group in groups if len(group.tokens) > 1 and group.type in {"organisation", "event", "work"}]

    def find(group: _Group) -> tuple[_Group, Why] | None:
        if len(group.tokens) != 1 or group.place or group.type not in {"organisation", "other"} or group.is_acronym:
            return None
        if group.tokens[0].endswith(_ADJECTIVES):
            return None
        found = [other for other in longer if other.tokens[0] == group.tokens[0] and other is not group]
        return (found[0], "alias") if len(found) == 1 else None

    return _join(groups, find)


def _find_introduced(document: Document, groups: list[_Group]) -> dict[str, str]:
    """Acronyms in brackets behind the name that they stand for, as "… (UNSC)": folded acronym → key of the name."""
    owner = {(mention.paragraph, mention.end): group.key for group in groups for mention in _all_mentions(group)}
    introduced: dict[str, str] = {}
    for group in groups:
        for mention in group.mentions:
            text = document.paragraphs[mention.paragraph].text
            bracketed = text[: mention.start].endswith((" (", " (the ")) and text[mention.end : mention.end + 1] in {
                ")",
                ",",
                ";",
            }
            if not (bracketed and is_acronym(mention.text)):
                continue
            end = text.rfind(" (", 0, mention.start)
            key = owner.get((mention.paragraph, end)) or owner.get((mention.paragraph, end - 2))
            if key and key != group.key and not key.startswith("place:"):
                introduced.setdefault(fold_acronym(mention.text), key)
    return introduced


def _join_acronyms(groups: list[_Group], introduced: dict[str, str]) -> list[_Group]:
    """ "UNSC" is the name that introduced it in brackets, else the one name here with these initials."""
    by_key = {group.key: group for group in groups}

    def find(group: _Group) -> tuple[_Group, Why] | None:
        if not group.is_acronym or len(group.tokens) != 1:
            return None
        acronym = fold_acronym(group.mentions[0].text)
        target = by_key.get(introduced.get(acronym, ""))
        if target is not None and target is not group:
            return target, "acronym"
        found = [
            other
            for other in groups
            if other is not group and _may_have_acronym(other)
            and any(acronym in find_initials(mention.text) for mention in other.mentions)
        ]  # fmt: skip
        return (found[0], "acronym") if len(found) == 1 else None

    return _join(groups, find)


def _may_have_acronym(group: _Group) -> bool:
    """Organisations and the like; what looks like a person may be one, unless a part of the name is used alone."""
    if group.place or len(group.tokens) < 2:
        return False
    return group.type != "person" or (len(group.tokens) > 2 and not group.joined)


def _all_mentions(group: _Group) -> list[Mention]:
    return [*group.mentions, *(mention for other, _ in group.joined for mention in _all_mentions(other))]


def _link_group(
    document: Document, group: _Group, actor: str, why: Why | None = None, kind: ActorType | None = None
) -> list[Mention]:
    # What a surname or an acronym is, its full name tells.
    kind = kind or _find_type(group)
    linked = []
    for mention in group.mentions:
        reason = why or _find_reason(group, mention)
        if reason == "surname" and _follows_title(document, mention):
            reason = "title"
        confidence = _CONFIDENCE[reason] if group.is_known or why else 0.7
        type_ = kind if mention.type == "other" else mention.type
        linked.append(replace(mention, type=type_, link=Link(actor, reason, confidence)))
    for other, reason in group.joined:
        linked += _link_group(document, other, actor, reason, kind)
    return linked


def _find_reason(group: _Group, mention: Mention) -> Why:
    if group.place is None or build_key(mention.text) == build_key(group.place):
        return "name"
    if read_gazetteer().find_place(mention.text) is None:
        return "demonym"
    return "acronym" if is_acronym(mention.text) else "alias"


def _follows_title(document: Document, mention: Mention) -> bool:
    before = document.paragraphs[mention.paragraph].text[max(0, mention.start - 24) : mention.start]
    words = [word for word, _, _ in find_words(before)]
    return bool(words) and words[-1][0].isupper() and is_title(words[-1])


def _build_actor(number: str, group: _Group, mentions: list[Mention]) -> Actor:
    names = list(dict.fromkeys(mention.text for mention in mentions))
    return Actor(number, group.place or _choose_name(names), _find_type(group), tuple(names), len(mentions), 1)


def _find_type(group: _Group) -> ActorType:
    if group.type != "other":
        return group.type
    return next((other.type for other, _ in group.joined if other.type != "other"), "other")


def _choose_name(names: list[str]) -> str:
    """The longest; one shouted in a dateline only if there is no other, and then not shouted."""
    quiet = [name for name in names if not name.isupper() or is_acronym(name)]
    best = max(quiet or names, key=len)
    return best.title() if best.isupper() and len(best) > _longest_shouted_acronym else best
