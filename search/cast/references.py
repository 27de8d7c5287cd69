"""Nominals and pronouns of an article: whom mentioned before each of them means, as far as that can be told."""

from __future__ import annotations

from itertools import islice, takewhile
from typing import TYPE_CHECKING, Protocol

from search.cast.features import Candidate, get_type, person_type, thing_types, unknown_type
from search.cast.lexicon import general_nouns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from search.cast.article import MentionContext

_pronoun_sentences = 6
_nominal_mentions = 40
_most_candidates = 25
_farthest_candidate = 5_000
"""Actors mentioned since; whom an article of that many has left behind is not looked for."""


class Choose(Protocol):
    """Picks the candidate that a mention means, by its place in the list; None if it is somebody new."""

    def __call__(self, context: MentionContext, candidates: list[Candidate]) -> int | None:
        """Candidates are in order of first mention."""
        ...


def cluster_mentions(
    contexts: Sequence[MentionContext],
    groups: Mapping[int, int],
    choose: Choose | None,
    known: Mapping[int, int] | None = None,
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
    for context in contexts:
        group = groups.get(context.index)
        candidate = named.get(group) if group is not None else None
        if candidate is None and context.index in known:
            owner = owners[known[context.index]]
            candidate = owner if context.mention.kind != "name" or not owner.names else None
        if candidate is None and choose is not None:
            options = find_options(context, reversed(candidates.values()))
            chosen = choose(context, options) if options else None
            candidate = options[chosen] if chosen is not None else None
        if candidate is None:
            candidate = Candidate()
        candidates.pop(id(candidate), None)
        candidates[id(candidate)] = candidate
        candidate.add(context)
        owners.append(candidate)
        if group is not None:
            named[group] = candidate
    return sorted(candidates.values(), key=_find_first)


def find_options(context: MentionContext, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The plausible candidates: those mentioned lately and, for a nominal, those that share a word with it.

    A person is nothing but a person, and a thing is only ever meant by its own word again. The candidates are given in
    order of their last mention, the latest first, and returned in order of their first.
    """
    type_ = get_type(context)
    near = takewhile(lambda candidate: _is_within_reach(context, candidate), islice(candidates, _farthest_candidate))
    options = (
        candidate for candidate in near
        if _may_mean(context, candidate, type_) and _is_plausible(context, candidate, type_)
    )  # fmt: skip
    return sorted(islice(options, _most_candidates), key=_find_first)


def _find_first(candidate: Candidate) -> int:
    return candidate.contexts[0].index


def _is_within_reach(context: MentionContext, candidate: Candidate) -> bool:
    """May it, or a candidate that was mentioned last before it, be plausible?"""
    if context.mention.kind == "name":
        return context.index - candidate.last.index <= _nominal_mentions
    if context.mention.kind == "pronoun":
        # Who "I", "we" and "you" are may last a whole article.
        reach = _pronoun_sentences if context.pronoun is None or context.pronoun.person not in {1, 2} else 60
        return context.sentence - candidate.last.sentence <= reach
    return True


def _may_mean(context: MentionContext, candidate: Candidate, type_: int) -> bool:
    if unknown_type not in {type_, candidate.type} and (type_ == person_type) != (candidate.type == person_type):
        return False
    last = candidate.last.mention
    if last.paragraph == context.mention.paragraph and last.end > context.mention.start:
        return False  # What lies inside a nominal is not what the nominal means: "his brother".
    return not (context.quote >= 0 and context.pronoun and _speaks_of_another(context, candidate))


def _is_plausible(context: MentionContext, candidate: Candidate, type_: int) -> bool:
    if context.mention.kind == "name":
        return not candidate.names
    if context.mention.kind == "pronoun":
        return True
    is_thing = type_ in thing_types
    if context.index - candidate.last.index <= _nominal_mentions and not is_thing:
        return True
    return (
        context.head in candidate.heads
        or context.head in candidate.tokens
        or context.head in candidate.titles
        or (context.head in general_nouns and bool(candidate.names))
    )


def _speaks_of_another(context: MentionContext, candidate: Candidate) -> bool:
    """In one quotation "I" is who speaks, and "he" is not."""
    assert context.pronoun
    person = context.pronoun.person
    if person == 3 and context.quote in candidate.quotes:
        return True
    other = {1: 3, 3: 1}.get(person)
    return any(
        earlier.quote == context.quote and earlier.pronoun is not None and earlier.pronoun.person == other
        for earlier in candidate.contexts[-8:]
    )
