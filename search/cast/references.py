"""Nominals and pronouns of an article: whom mentioned before each of them means, as far as that can be told."""

from __future__ import annotations

from itertools import islice, takewhile
from typing import TYPE_CHECKING, Protocol

from search.cast.evidence import Candidate, find_type, person_type, thing_types, unknown_type
from search.cast.lexicon import general_nouns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from search.cast.article import Member

_pronoun_sentences = 6
_nominal_mentions = 40
_most_candidates = 25
_farthest_candidate = 5_000
"""Actors mentioned since; whom an article of that many has left behind is not looked for."""


class Choose(Protocol):
    """Picks the candidate that a mention means, by its place in the list; None if it is somebody new."""

    def __call__(self, member: Member, candidates: list[Candidate]) -> int | None:
        """Candidates are in order of first mention."""
        ...


def gather(
    members: Sequence[Member], groups: Mapping[int, int], choose: Choose | None, known: Mapping[int, int] | None = None
) -> list[Candidate]:
    """The actors of an article: mentions taken in reading order, each put to whom it means.

    `groups` says of names, by their index, which are one; two of those groups are never joined. A name that comes for
    the first time may still turn out to be somebody mentioned before without a name ("a man … Ahmed Mohamed").
    `known` says of mentions, by their index, which earlier one each surely means. Without `choose`, each other mention
    is somebody new.
    """
    known = known or {}
    owners: list[Candidate] = []
    candidates: dict[int, Candidate] = {}  # by id, the one that was mentioned last at the end
    named: dict[int, Candidate] = {}
    for member in members:
        group = groups.get(member.index)
        candidate = named.get(group) if group is not None else None
        if candidate is None and member.index in known:
            owner = owners[known[member.index]]
            candidate = owner if member.found.kind != "name" or not owner.names else None
        if candidate is None and choose is not None:
            options = find_options(member, reversed(candidates.values()))
            chosen = choose(member, options) if options else None
            candidate = options[chosen] if chosen is not None else None
        if candidate is None:
            candidate = Candidate()
        candidates.pop(id(candidate), None)
        candidates[id(candidate)] = candidate
        candidate.add(member)
        owners.append(candidate)
        if group is not None:
            named[group] = candidate
    return sorted(candidates.values(), key=_find_first)


def find_options(member: Member, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates worth weighing: those mentioned lately and, for a nominal, those that share a word with it.

    A person is nothing but a person, and a thing is only ever meant by its own word again. The candidates are given in
    order of their last mention, the latest first, and returned in order of their first.
    """
    type_ = find_type(member)
    near = takewhile(lambda candidate: _is_within_reach(member, candidate), islice(candidates, _farthest_candidate))
    options = (
        candidate for candidate in near
        if _may_mean(member, candidate, type_) and _is_worth_weighing(member, candidate, type_)
    )  # fmt: skip
    return sorted(islice(options, _most_candidates), key=_find_first)


def _find_first(candidate: Candidate) -> int:
    return candidate.members[0].index


def _is_within_reach(member: Member, candidate: Candidate) -> bool:
    """May it, or a candidate that was mentioned last before it, be worth weighing?"""
    if member.found.kind == "name":
        return member.index - candidate.last.index <= _nominal_mentions
    if member.found.kind == "pronoun":
        # Who "I", "we" and "you" are may last a whole article.
        reach = _pronoun_sentences if member.pronoun is None or member.pronoun.person not in {1, 2} else 60
        return member.sentence - candidate.last.sentence <= reach
    return True


def _may_mean(member: Member, candidate: Candidate, type_: int) -> bool:
    if unknown_type not in {type_, candidate.type} and (type_ == person_type) != (candidate.type == person_type):
        return False
    last = candidate.last.found
    if last.paragraph == member.found.paragraph and last.end > member.found.start:
        return False  # What lies inside a nominal is not what the nominal means: "his brother".
    return not (member.quote >= 0 and member.pronoun and _speaks_of_another(member, candidate))


def _is_worth_weighing(member: Member, candidate: Candidate, type_: int) -> bool:
    if member.found.kind == "name":
        return not candidate.names
    if member.found.kind == "pronoun":
        return True
    is_thing = type_ in thing_types
    if member.index - candidate.last.index <= _nominal_mentions and not is_thing:
        return True
    return (
        member.head in candidate.heads
        or member.head in candidate.tokens
        or member.head in candidate.titles
        or (member.head in general_nouns and bool(candidate.names))
    )


def _speaks_of_another(member: Member, candidate: Candidate) -> bool:
    """In one quotation "I" is who speaks, and "he" is not."""
    assert member.pronoun
    person = member.pronoun.person
    if person == 3 and member.quote in candidate.quotes:
        return True
    other = {1: 3, 3: 1}.get(person)
    return any(
        earlier.quote == member.quote and earlier.pronoun is not None and earlier.pronoun.person == other
        for earlier in candidate.members[-8:]
    )
