"""Finds the antecedents of nominals and pronouns, and so the mentions of each actor of an article."""

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
"""Actors mentioned since; an actor before that many others is not a candidate."""


class Choose(Protocol):
    """Chooses the candidate that a mention means."""

    def __call__(self, context: MentionContext, candidates: list[Candidate]) -> int | None:
        """Return the index of a candidate, None for a new actor; candidates come in order of first mention."""
        ...


def cluster_mentions(
    contexts: Sequence[MentionContext],
    groups: Mapping[int, int],
    choose: Choose | None,
    known: Mapping[int, int] | None = None,
) -> list[Candidate]:
    """Put the mentions of an article, in reading order, into clusters of one actor each.

    `groups` maps the index of each name to its group: names of one group are one actor, names of two groups are two.
    The first name of a group may join a cluster without a name, as in "a man … Ahmed Mohamed". `known` maps the index
    of a mention to the earlier one that it surely means. Without `choose`, each other mention is a new actor.

    Returns the clusters in the order of their first mentions.
    """
    known = known or {}
    owners: list[Candidate] = []
    candidates: dict[int, Candidate] = {}  # by id, in the order of their last mentions
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
    """Return the plausible candidates: those mentioned lately and, for a nominal, those that share a word with it.

    A person can only mean a person; a thing needs the same word again. `candidates` come in the order of their last
    mentions, the latest first; the result is in the order of first mentions, at most 25.
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
    """May this candidate, or one whose last mention is earlier, be plausible?"""
    if context.mention.kind == "name":
        return context.index - candidate.last.index <= _nominal_mentions
    if context.mention.kind == "pronoun":
        # "I", "we" and "you" may keep their meaning through a whole article.
        reach = _pronoun_sentences if context.pronoun is None or context.pronoun.person not in {1, 2} else 60
        return context.sentence - candidate.last.sentence <= reach
    return True


def _may_mean(context: MentionContext, candidate: Candidate, type_: int) -> bool:
    if unknown_type not in {type_, candidate.type} and (type_ == person_type) != (candidate.type == person_type):
        return False
    last = candidate.last.mention
    if last.paragraph == context.mention.paragraph and last.end > context.mention.start:
        return False  # In "his brother", "his" is not the brother.
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
    """Does this pronoun exclude the candidate, because in a quotation "I" is the speaker and "he" is not?"""
    assert context.pronoun
    person = context.pronoun.person
    if person == 3 and context.quote in candidate.quotes:
        return True
    other = {1: 3, 3: 1}.get(person)
    return any(
        earlier.quote == context.quote and earlier.pronoun is not None and earlier.pronoun.person == other
        for earlier in candidate.contexts[-8:]
    )
