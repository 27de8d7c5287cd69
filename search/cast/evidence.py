"""Evidence for a mention being somebody mentioned before, as numbers that the ranker weighs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeAlias

from search.cast.lexicon import general_nouns, pronouns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from search.cast.article import Member
    from search.cast.recognise import FoundType

_kinds = {"name": 0, "nominal": 1, "pronoun": 2}
_types: dict[FoundType, int] = {
    "person": 0, "organisation": 1, "place": 2, "nationality": 2, "event": 3, "work": 4, "other": 4,
}  # fmt: skip
_general = {"": 0, "country": 1, "place": 2, "organisation": 3, "person": 4}
_genders = {"": 0, "male": 1, "female": 2, "thing": 3}
_recent_members = 8
_most_modifiers = 64
"""Wordings of nominals with one head that are compared; no article calls somebody by more."""
Similar: TypeAlias = "Callable[[Sequence[int]], list[float]]"
"""Indexes of earlier mentions → what the network says to each."""
unknown = -9.0
"""Where there is nothing to compare, below all that a comparison gives."""

person_type, unknown_type = 0, 5
thing_types = frozenset({3, 4})
"""Numbers of types, beside those in `_types`."""


def find_type(member: Member) -> int:
    """The number of a mention's type; of a pronoun, only what the word itself tells."""
    if member.found.kind != "pronoun":
        return _types[member.found.type]
    pronoun = member.pronoun
    is_person = pronoun is not None and (pronoun.gender in {"male", "female"} or pronoun.person in {1, 2})
    return _types["person"] if is_person else unknown_type


@dataclass(eq=False, slots=True)
class Candidate:
    """An actor of the article as far as it is known: its mentions so far, in reading order, and what they tell."""

    members: list[Member] = field(default_factory=list)
    names: list[Member] = field(default_factory=list)
    nominals: list[Member] = field(default_factory=list)
    pronouns: Counter[str] = field(default_factory=Counter)
    persons: Counter[int] = field(default_factory=Counter)
    types: Counter[int] = field(default_factory=Counter)
    genders: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)
    heads: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    quotes: set[int] = field(default_factory=set)
    wordings: set[tuple[str, ...]] = field(default_factory=set)
    modifiers: dict[str, dict[frozenset[str], None]] = field(default_factory=dict)
    """Head of a nominal → the modifiers that it had, the newest last."""
    type: int = unknown_type
    """The number of the type that most mentions have."""

    @property
    def last(self) -> Member:
        """The mention before which nothing newer is known."""
        return self.members[-1]

    def add(self, member: Member) -> None:
        """One more mention of this actor."""
        self.members.append(member)
        self.wordings.add(member.words)
        kind = member.found.kind
        if kind == "name":
            self.names.append(member)
            self.tokens |= set(member.words)
            self.titles |= set(member.titles)
            self.countries |= member.countries
        elif kind == "nominal":
            self.nominals.append(member)
            self.heads.add(member.head)
            modifiers = self.modifiers.setdefault(member.head, {})
            modifiers[member.modifiers] = None
            if len(modifiers) > _most_modifiers:
                del modifiers[next(iter(modifiers))]
            self.countries |= member.countries
        else:
            self.pronouns[member.words[0]] += 1
        if member.pronoun:
            self.persons[member.pronoun.person] += 1
        if (type_ := find_type(member)) != unknown_type:
            self.types[type_] += 1
            self.type = max(self.types, key=lambda type_: (self.types[type_], -type_))
        if member.gender:
            self.genders[member.gender] += 1
        if member.number:
            self.numbers[member.number] += 1
        self.quotes |= set(member.speaks)


feature_names = (
    "kind", "type", "candidate_type", "same_type", "type_share", "last_kind", "words", "determiner",
    "general_noun", "same_head", "head_in_name", "head_in_title", "same_text", "same_modifiers", "other_modifiers",
    "same_country", "other_country", "gender", "gender_match", "number_match", "pronoun_person",
    "pronoun_gender", "same_pronoun", "pronouns_1", "pronouns_2", "pronouns_3", "names", "nominals", "pronouns", "size",
    "share", "sentences", "mentions", "paragraphs", "name_sentences", "rank", "last_rank", "in_last_sentence",
    "apposition", "adjacent", "quoted", "last_quoted", "same_quote", "speaker", "speaks", "candidates",
    "sentence", "similar_last", "similar_best", "similar_mean", "similar_rank", "similar_lead", "recency",
)  # fmt: skip
"""What the numbers of `build_features` are, in their order."""


def build_features(member: Member, candidates: list[Candidate], ask: Similar | None) -> list[list[float]]:
    """A row of evidence for each candidate; `ask` tells what the network says to earlier mentions."""
    similar = _find_similarities(candidates, ask)
    best = sorted((max(values) if values else unknown for values in similar), reverse=True)
    order = sorted(range(len(candidates)), key=lambda index: -candidates[index].last.index)
    recency = {index: place for place, index in enumerate(order)}
    total = sum(len(candidate.members) for candidate in candidates)
    rows = []
    for index, (candidate, values) in enumerate(zip(candidates, similar, strict=True)):
        top = max(values) if values else unknown
        others = best[1] if len(best) > 1 and top == best[0] else best[0]
        rows.append(
            [
                *_describe(member, candidate, total, len(candidates)),
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
    """What the network says to each candidate's newest mentions, in reading order, as far as it read them."""
    if ask is None:
        return [[] for _ in candidates]
    newest = [
        [earlier.index for earlier in candidate.members[-_recent_members:] if earlier.found.vectors is not None]
        for candidate in candidates
    ]
    said = iter(ask(list(chain.from_iterable(newest))))
    return [list(islice(said, len(indexes))) for indexes in newest]


def _describe(member: Member, candidate: Candidate, total: int, count: int) -> list[float]:
    last, found = candidate.last, member.found
    kind, type_ = _kinds[found.kind], find_type(member)
    is_nominal = found.kind == "nominal"
    own = pronouns.get(member.words[0]) if found.kind == "pronoun" else None
    modifiers = member.modifiers if is_nominal else frozenset()
    same_head = candidate.modifiers.get(member.head, {}) if is_nominal else {}
    same_modifiers = max((len(modifiers & other) for other in same_head), default=0)
    other_modifiers = min((len(modifiers ^ other) if modifiers and other else 0 for other in same_head), default=-1)
    near = last.found.paragraph == found.paragraph and last.index == member.index - 1
    gap = member.gap.strip().lower() if near else ""
    return [
        kind,
        type_,
        candidate.type,
        type_ == candidate.type,
        candidate.types[type_] / max(1, candidate.types.total()),
        _kinds[last.found.kind],
        len(member.words),
        member.determiner,
        _general[general_nouns.get(member.head, "")] if is_nominal else 0,
        bool(same_head) if is_nominal else member.head in candidate.heads,
        member.head in candidate.tokens,
        member.head in candidate.titles if is_nominal else bool(set(member.titles) & candidate.heads),
        member.words in candidate.wordings,
        same_modifiers,
        other_modifiers,
        bool(member.countries & candidate.countries),
        bool(member.countries and candidate.countries and not member.countries & candidate.countries),
        _genders[member.gender],
        _match(member.gender, candidate.genders),
        _match(member.number, candidate.numbers),
        own.person if own else -1,
        _genders[own.gender] if own else -1,
        candidate.pronouns[member.words[0]] if own else -1,
        candidate.persons[1],
        candidate.persons[2],
        candidate.persons[3],
        len(candidate.names),
        len(candidate.nominals),
        candidate.pronouns.total(),
        len(candidate.members),
        len(candidate.members) / max(1, total),
        member.sentence - last.sentence,
        min(60, member.index - last.index),
        found.paragraph - last.found.paragraph,
        member.sentence - candidate.names[-1].sentence if candidate.names else -1,
        member.rank,
        last.rank,
        sum(1 for other in candidate.members[-_recent_members:] if other.sentence >= member.sentence - 1),
        near and gap in {",", "–", "—", "-", "(", ", the", ", a", ", an"} and found.kind != "pronoun",
        near and gap == "",
        member.quote >= 0,
        last.quote >= 0,
        member.quote >= 0 and last.quote == member.quote,
        member.quote >= 0 and member.quote in candidate.quotes,
        bool(member.speaks),
        count,
        member.sentence,
    ]


def _match(value: str, seen: Counter[str]) -> int:
    """1 if it agrees with what was seen, -1 if it does not, 0 if nothing is known."""
    if not value or not seen:
        return 0
    return 1 if value in seen else -1
