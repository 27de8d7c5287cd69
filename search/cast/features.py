"""Builds the features by which the ranker decides whether a mention means an actor mentioned before."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeAlias

from search.cast.lexicon import general_nouns, pronouns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from search.cast.article import MentionContext
    from search.cast.recognise import RecognisedType

_kinds = {"name": 0, "nominal": 1, "pronoun": 2}
_types: dict[RecognisedType, int] = {
    "person": 0, "organisation": 1, "place": 2, "nationality": 2, "event": 3, "work": 4, "other": 4,
}  # fmt: skip
_general = {"": 0, "country": 1, "place": 2, "organisation": 3, "person": 4}
_genders = {"": 0, "male": 1, "female": 2, "thing": 3}
_recent_contexts = 8
_most_modifiers = 64
"""The most wordings of nominals with one head that are compared."""
Similar: TypeAlias = "Callable[[Sequence[int]], list[float]]"
"""Maps indexes of earlier mentions to the network's similarity with each."""
unknown = -9.0
"""A similarity where there is nothing to compare: below all others."""

person_type, unknown_type = 0, 5
thing_types = frozenset({3, 4})
"""Classes of types, as in `_types`; `unknown_type` is one more."""


def get_type(context: MentionContext) -> int:
    """Return the class of a mention's type; a pronoun's type counts only if the word itself tells it."""
    if context.mention.kind != "pronoun":
        return _types[context.mention.type]
    pronoun = context.pronoun
    is_person = pronoun is not None and (pronoun.gender in {"male", "female"} or pronoun.person in {1, 2})
    return _types["person"] if is_person else unknown_type


@dataclass(eq=False, slots=True)
class Candidate:
    """An actor of an article: its mentions so far, in reading order, and what they say about it."""

    contexts: list[MentionContext] = field(default_factory=list)
    names: list[MentionContext] = field(default_factory=list)
    nominals: list[MentionContext] = field(default_factory=list)
    pronouns: Counter[str] = field(default_factory=Counter)
    persons: Counter[int] = field(default_factory=Counter)
    types: Counter[int] = field(default_factory=Counter)
    genders: Counter[str] = field(default_factory=Counter)
    grammatical_numbers: Counter[str] = field(default_factory=Counter)
    heads: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    quotes: set[int] = field(default_factory=set)
    wordings: set[tuple[str, ...]] = field(default_factory=set)
    modifiers: dict[str, dict[frozenset[str], None]] = field(default_factory=dict)
    """Maps the head of a nominal to the modifiers that it had, the newest last."""
    type: int = unknown_type
    """The class of the type that most mentions have."""

    @property
    def last(self) -> MentionContext:
        """The last mention so far."""
        return self.contexts[-1]

    def add(self, context: MentionContext) -> None:
        """Add the next mention of this actor."""
        self.contexts.append(context)
        self.wordings.add(context.words)
        kind = context.mention.kind
        if kind == "name":
            self.names.append(context)
            self.tokens |= set(context.words)
            self.titles |= set(context.titles)
            self.countries |= context.countries
        elif kind == "nominal":
            self.nominals.append(context)
            self.heads.add(context.head)
            modifiers = self.modifiers.setdefault(context.head, {})
            modifiers[context.modifiers] = None
            if len(modifiers) > _most_modifiers:
                del modifiers[next(iter(modifiers))]
            self.countries |= context.countries
        else:
            self.pronouns[context.words[0]] += 1
        if context.pronoun:
            self.persons[context.pronoun.person] += 1
        if (type_ := get_type(context)) != unknown_type:
            self.types[type_] += 1
            self.type = max(self.types, key=lambda type_: (self.types[type_], -type_))
        if context.gender:
            self.genders[context.gender] += 1
        if context.grammatical_number:
            self.grammatical_numbers[context.grammatical_number] += 1
        self.quotes |= set(context.speaks)


feature_names = (
    "kind", "type", "candidate_type", "same_type", "type_share", "last_kind", "words", "determiner",
    "general_noun", "same_head", "head_in_name", "head_in_title", "same_text", "same_modifiers", "other_modifiers",
    "same_country", "other_country", "gender", "gender_match", "number_match", "pronoun_person",
    "pronoun_gender", "same_pronoun", "pronouns_1", "pronouns_2", "pronouns_3", "names", "nominals", "pronouns", "size",
    "share", "sentences", "mentions", "paragraphs", "name_sentences", "rank", "last_rank", "in_last_sentence",
    "apposition", "adjacent", "quoted", "last_quoted", "same_quote", "speaker", "speaks", "candidates",
    "sentence", "similar_last", "similar_best", "similar_mean", "similar_rank", "similar_lead", "recency",
)  # fmt: skip
"""The names of the features, in the order of `build_features`."""


def build_features(context: MentionContext, candidates: list[Candidate], ask: Similar | None) -> list[list[float]]:
    """Build the features of a mention with each candidate: lists (candidates, features).

    `ask` returns the network's similarity of the mention with earlier ones; None if the network has not read it.
    """
    similar = _find_similarities(candidates, ask)
    best = sorted((max(values) if values else unknown for values in similar), reverse=True)
    order = sorted(range(len(candidates)), key=lambda index: -candidates[index].last.index)
    recency = {index: rank for rank, index in enumerate(order)}
    total = sum(len(candidate.contexts) for candidate in candidates)
    rows = []
    for index, (candidate, values) in enumerate(zip(candidates, similar, strict=True)):
        top = max(values) if values else unknown
        others = best[1] if len(best) > 1 and top == best[0] else best[0]
        rows.append(
            [
                *_describe(context, candidate, total, len(candidates)),
                values[-1] if values else unknown,
                top,
                sum(values) / len(values) if values else unknown,
                float(best.index(top)),
                top - others if len(best) > 1 else -unknown,
                float(recency[index]),
            ]
        )
    return rows


def _find_similarities(candidates: list[Candidate], ask: Similar | None) -> list[list[float]]:
    """Return the similarities with each candidate's newest mentions that the network has read, in reading order."""
    if ask is None:
        return [[] for _ in candidates]
    newest = [
        [earlier.index for earlier in candidate.contexts[-_recent_contexts:] if earlier.mention.vectors is not None]
        for candidate in candidates
    ]
    similarities = iter(ask(list(chain.from_iterable(newest))))
    return [list(islice(similarities, len(indexes))) for indexes in newest]


def _describe(context: MentionContext, candidate: Candidate, total: int, count: int) -> list[float]:
    last, found = candidate.last, context.mention
    kind, type_ = _kinds[found.kind], get_type(context)
    is_nominal = found.kind == "nominal"
    own = pronouns.get(context.words[0]) if found.kind == "pronoun" else None
    modifiers = context.modifiers if is_nominal else frozenset()
    same_head = candidate.modifiers.get(context.head, {}) if is_nominal else {}
    same_modifiers = max((len(modifiers & other) for other in same_head), default=0)
    other_modifiers = min((len(modifiers ^ other) if modifiers and other else 0 for other in same_head), default=-1)
    near = last.mention.paragraph == found.paragraph and last.index == context.index - 1
    gap = context.gap.strip().lower() if near else ""
    return [
        kind,
        type_,
        candidate.type,
        type_ == candidate.type,
        candidate.types[type_] / max(1, candidate.types.total()),
        _kinds[last.mention.kind],
        len(context.words),
        context.determiner,
        _general[general_nouns.get(context.head, "")] if is_nominal else 0,
        bool(same_head) if is_nominal else context.head in candidate.heads,
        context.head in candidate.tokens,
        context.head in candidate.titles if is_nominal else bool(set(context.titles) & candidate.heads),
        context.words in candidate.wordings,
        same_modifiers,
        other_modifiers,
        bool(context.countries & candidate.countries),
        bool(context.countries and candidate.countries and not context.countries & candidate.countries),
        _genders[context.gender],
        _match(context.gender, candidate.genders),
        _match(context.grammatical_number, candidate.grammatical_numbers),
        own.person if own else -1,
        _genders[own.gender] if own else -1,
        candidate.pronouns[context.words[0]] if own else -1,
        candidate.persons[1],
        candidate.persons[2],
        candidate.persons[3],
        len(candidate.names),
        len(candidate.nominals),
        candidate.pronouns.total(),
        len(candidate.contexts),
        len(candidate.contexts) / max(1, total),
        context.sentence - last.sentence,
        min(60, context.index - last.index),
        found.paragraph - last.mention.paragraph,
        context.sentence - candidate.names[-1].sentence if candidate.names else -1,
        context.rank,
        last.rank,
        sum(1 for other in candidate.contexts[-_recent_contexts:] if other.sentence >= context.sentence - 1),
        near and gap in {",", "–", "—", "-", "(", ", the", ", a", ", an"} and found.kind != "pronoun",
        near and gap == "",
        context.quote >= 0,
        last.quote >= 0,
        context.quote >= 0 and last.quote == context.quote,
        context.quote >= 0 and context.quote in candidate.quotes,
        bool(context.speaks),
        count,
        context.sentence,
    ]


def _match(value: str, seen: Counter[str]) -> int:
    """Return 1 if the value was seen before, -1 if only others were, 0 if nothing is known."""
    if not value or not seen:
        return 0
    return 1 if value in seen else -1
