"""Second stage: links the mentions of one document to its actors, names by rules, the rest by the ranker."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from search.cast.apposition import find_appositions
from search.cast.article import build_mention_contexts
from search.cast.names import strip_possessive
from search.cast.naming import choose_name, find_reasons, group_names
from search.cast.references import cluster_mentions
from search.cast.tokens import tokenise
from search.model import Actor, ActorType, Cast, Link, Mention

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.cast.article import MentionContext
    from search.cast.features import Candidate
    from search.cast.name_group import NameGroup
    from search.cast.recognise import RecognisedMention, Recogniser
    from search.cast.tokens import TokenisedDocument
    from search.model import Document, Why

_confidence: dict[Why, float] = {
    "name": 0.96, "alias": 0.82, "surname": 0.95, "acronym": 0.96, "title": 0.97, "demonym": 0.9
}  # fmt: skip
_unknown_type = 0.7
"""Confidence in a name without a known type."""
_apposed = 0.95
"""Confidence in an apposition."""
_things = frozenset({"event", "other", "work"})


@dataclass(frozen=True, slots=True)
class _Named:
    """The group that the rules put a name into, and why."""

    group: int
    why: Why


def find_cast(document: Document, recogniser: Recogniser) -> Cast:
    """Find the mentions and actors of one document."""
    tokenised = tokenise(document)
    return resolve(tokenised, recogniser.recognise(tokenised))


def resolve(document: TokenisedDocument, found: Sequence[RecognisedMention]) -> Cast:
    """Link the mentions of a document, given in reading order, to its actors.

    The ids of the actors are "1", "2" …, in the order of first mentions. A person, organisation or place mentioned
    once without a name has no actor and stays unlinked; another thing mentioned so is left out.
    """
    contexts = build_mention_contexts(document, found)
    groups = group_names(document, [context for context in contexts if context.mention.kind == "name"])
    named = {name.index: _Named(index, why) for index, group in enumerate(groups) for name, why in find_reasons(group)}
    numbers = {index: name.group for index, name in named.items()}
    candidates, sure = _cluster(contexts, numbers, find_appositions(document, contexts))
    mentions: list[Mention] = []
    actors: dict[str, Actor] = {}
    for candidate in candidates:
        if candidate.names or len(candidate.contexts) > 1:
            identifier = str(len(actors) + 1)
            group = groups[numbers[candidate.names[0].index]] if candidate.names else None
            linked = [_link(context, identifier, named, sure, group) for context in candidate.contexts]
            actors[identifier] = _build_actor(identifier, candidate, group)
            mentions += linked
        elif (lone := candidate.last.mention).type not in _things:
            mentions.append(_build_mention(lone, None))
    mentions.sort(key=lambda mention: (mention.paragraph, mention.start, -mention.end))
    return Cast(tuple(mentions), actors)


def _cluster(
    contexts: list[MentionContext], groups: dict[int, int], appositions: dict[int, int]
) -> tuple[list[Candidate], dict[int, float]]:
    """Cluster the mentions; return the clusters, and the confidence of nominals and pronouns by index."""
    sure = dict.fromkeys(appositions, _apposed)
    if all(context.mention.kind == "name" for context in contexts):
        return cluster_mentions(contexts, groups, None), sure  # the ranker decides nothing, so do not load it
    from search.cast.ranker import Similarity, calibrate, least_sure, read_ranker

    ranker, similarity = read_ranker(), Similarity([context.mention for context in contexts])

    def choose(context: MentionContext, candidates: list[Candidate]) -> int | None:
        best, probability = ranker.choose(context, candidates, similarity)
        if probability < least_sure[context.mention.kind]:
            return None
        sure[context.index] = calibrate(probability)
        return best

    return cluster_mentions(contexts, groups, choose, appositions), sure


def _link(
    context: MentionContext,
    actor: str,
    named: dict[int, _Named],
    sure: dict[int, float],
    group: NameGroup | None,
) -> Mention:
    found = context.mention
    if found.kind != "name":
        return _build_mention(found, Link(actor, found.kind, round(sure.get(context.index, found.probability), 2)))
    why = named[context.index].why
    if why == "surname" and context.titles:
        why = "title"
    kind: ActorType = group.known_type if group else "other"
    mention = _build_mention(found, Link(actor, why, _unknown_type if kind == "other" else _confidence[why]))
    if why == "name" and not (group and group.has_acronym):
        return mention
    # The full name tells the type of a surname or an acronym.
    return replace(mention, type="other" if why == "demonym" else kind)


def _build_mention(found: RecognisedMention, link: Link | None) -> Mention:
    return Mention(found.paragraph, found.start, found.end, found.text, found.kind, found.mention_type, link)


def _build_actor(identifier: str, candidate: Candidate, group: NameGroup | None) -> Actor:
    names = list(dict.fromkeys(strip_possessive(context.mention.text) for context in candidate.names))
    if group is not None:
        return Actor(
            identifier, group.place or choose_name(names), group.known_type, tuple(names), len(candidate.contexts), 1
        )
    nominals = [context.mention.text for context in candidate.nominals] or [""]
    types = Counter[ActorType](context.mention.mention_type for context in candidate.contexts)
    return Actor(identifier, max(nominals, key=len), types.most_common(1)[0][0], (), len(candidate.contexts), 1)
