"""Scores how well names are found and linked, and whether a jump leads to the right mention.

Documents are in the format of `newscast annotate`. Name F1 counts exact spans, without a leading article and a
possessive. Links are measured by MUC (Vilain et al., 1995), B-cubed (Bagga and Baldwin, 1998), CEAF-e (Luo, 2005),
whose mean F1 is the CoNLL score (Pradhan et al., 2012); actors with one mention count. A jump is right if the mention
after this one of the predicted actor is of the same true actor (precision), and if it is the very next one (recall).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

core_types = ("person", "organisation", "place")
name_kinds = frozenset({"name"})
all_kinds = frozenset({"name", "nominal", "pronoun"})
_ARTICLE = re.compile(r"(?:the|a|an)\s+(?=.)", re.IGNORECASE)
_RELATIVE = re.compile(r",| of | in | for | who | which | that | at | from ")

Fields = dict[str, Any]
Clusters = list[set["Hashable"]]


@dataclass(frozen=True, slots=True)
class Rate:
    """Precision, recall and their harmonic mean, from 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """2PR / (P + R)."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class LinkScore:
    """How well mentions were found and linked."""

    mentions: Rate
    conll: float
    jump: Rate


def score_names(gold: Sequence[Fields], predicted: Sequence[Fields], *, typed: bool = True) -> Rate:
    """Score outermost names: people, organisations and places by span and type, or all names by span alone."""
    by_id = {document["id"]: document for document in predicted}
    right = found = wanted = 0
    for document in gold:
        true, answer = _find_names(document), _find_names(by_id[document["id"]])
        if typed:
            true = {span: type_ for span, type_ in true.items() if type_ in core_types}
            answer = {span: type_ for span, type_ in answer.items() if type_ in core_types}
            right += sum(true.get(span) == type_ for span, type_ in answer.items())
        else:
            right += len(true.keys() & answer.keys())
        found += len(answer)
        wanted += len(true)
    return _build_rate(right, found, wanted)


def _find_names(document: Fields) -> dict[tuple[int, int, int], str]:
    names: dict[tuple[int, int, int], str] = {}
    paragraph, end = -1, -1
    for mention in sorted(document["mentions"], key=_get_position):
        if mention["kind"] != "name" or mention["type"] == "time":
            continue
        if mention["paragraph"] == paragraph and mention["end"] <= end:
            continue
        paragraph, end = mention["paragraph"], mention["end"]
        names[_trim(document, mention)] = mention["type"]
    return names


def _trim(document: Fields, mention: Fields) -> tuple[int, int, int]:
    """Return (paragraph, start, end) of a mention without a leading article and a possessive."""
    start, end = mention["start"], mention["end"]
    text = document["paragraphs"][mention["paragraph"]][start:end]
    article = _ARTICLE.match(text)
    if text.endswith(("'s", "’s")) and len(text) > 2:
        end -= 2
    return mention["paragraph"], start + (article.end() if article else 0), end


def _get_position(mention: Fields) -> tuple[int, int, int]:
    return mention["paragraph"], mention["start"], -mention["end"]


def score_links(
    gold: Sequence[Fields], predicted: Sequence[Fields], kinds: frozenset[str], *, across: bool = False
) -> LinkScore:
    """Score the links of people, organisations and places among mentions of these kinds.

    `across` scores all documents as one; otherwise each document has its own actors. Actors are compared by their
    mentions, so their ids may differ.
    """
    by_id = {document["id"]: document for document in predicted}
    parts = [_Part.build(document, by_id[document["id"]], kinds) for document in gold]
    counts = [sum(part.counts[index] for part in parts) for index in range(3)]
    if across:
        parts = [_Part.join(parts)]
    rates = [_measure(parts, measure) for measure in (_find_muc, _find_b_cubed)]
    conll = (sum(rate.f1 for rate in rates) + _find_ceaf(parts).f1) / 3
    return LinkScore(_build_rate(*counts), conll, _score_jumps(parts))


@dataclass(frozen=True, slots=True)
class _Part:
    """Mentions in reading order with their actors, true and predicted; matching mentions have the same key."""

    true: Sequence[tuple[Hashable, str]]
    answer: Sequence[tuple[Hashable, str]]
    counts: tuple[int, int, int]

    @classmethod
    def build(cls, gold: Fields, predicted: Fields, kinds: frozenset[str]) -> _Part:
        pairs = align(gold, predicted)
        wanted = {
            index for index, mention in enumerate(gold["mentions"])
            if mention["kind"] in kinds and mention["type"] in core_types
        }  # fmt: skip
        kept = {
            index
            for index, mention in enumerate(predicted["mentions"])
            if mention["kind"] in kinds and (pairs[index] in wanted if index in pairs else _may_count(mention))
        }
        true = [
            (("gold", gold["id"], index), gold["mentions"][index]["actor"])
            for index in sorted(wanted, key=lambda index: _get_position(gold["mentions"][index]))
        ]
        answer = [
            (
                ("gold", gold["id"], pairs[index]) if index in pairs else ("own", gold["id"], index),
                predicted["mentions"][index]["actor"],
            )
            for index in sorted(kept, key=lambda index: _get_position(predicted["mentions"][index]))
        ]
        return cls(true, answer, (sum(pairs.get(index) in wanted for index in kept), len(kept), len(wanted)))

    @classmethod
    def join(cls, parts: Iterable[_Part]) -> _Part:
        parts = list(parts)
        return cls(
            [pair for part in parts for pair in part.true], [pair for part in parts for pair in part.answer], (0, 0, 0)
        )

    def clusters(self) -> tuple[Clusters, Clusters]:
        return _build_clusters(self.true), _build_clusters(self.answer)


def _may_count(mention: Fields) -> bool:
    """May a predicted mention without a true one count as wrong? A name of another type may not."""
    return mention["kind"] != "name" or mention["type"] in core_types


def align(gold: Fields, predicted: Fields) -> dict[int, int]:
    """Map each predicted mention to a true one, by index: of the same span, else one around it whose head it covers."""
    pairs: dict[int, int] = {}
    spans: dict[tuple[int, int, int], int] = {}
    for index, mention in enumerate(gold["mentions"]):
        spans.setdefault(_trim(gold, mention), index)
    matched: set[int] = set()
    for index, mention in enumerate(predicted["mentions"]):
        found = spans.get(_trim(gold, mention))
        if found is not None and found not in matched:
            pairs[index] = found
            matched.add(found)
    for index, mention in enumerate(predicted["mentions"]):
        if index in pairs:
            continue
        fitting = [
            (full[1] - full[0], other)
            for other, true in enumerate(gold["mentions"])
            if other not in matched and (full := _fits(mention, true))
        ]
        if fitting:
            _, pairs[index] = min(fitting)
            matched.add(pairs[index])
    return pairs


def _fits(mention: Fields, true: Fields) -> tuple[int, int] | None:
    """Return the full span of the true mention if the other lies in it and covers its head; else None."""
    if mention["paragraph"] != true["paragraph"]:
        return None
    start, end = true.get("full") or (true["start"], true["end"])
    first, last = true.get("head") or _guess_head(true)
    inside = mention["start"] >= min(start, true["start"]) - 4 and mention["end"] <= max(end, true["end"]) + 2
    return (start, end) if inside and mention["start"] <= first and mention["end"] >= last else None


def _guess_head(mention: Fields) -> tuple[int, int]:
    """Return the span of the last word before any qualifier."""
    text = _RELATIVE.split(mention["text"])[0].rstrip() or mention["text"]
    end = mention["start"] + len(text)
    return end - len(text.split(" ")[-1]), end


def _build_clusters(pairs: Iterable[tuple[Hashable, str]]) -> Clusters:
    clusters: dict[str, set[Hashable]] = defaultdict(set)
    for key, actor in pairs:
        clusters[actor].add(key)
    return list(clusters.values())


def _measure(parts: Iterable[_Part], measure: Callable[[Clusters, Clusters], tuple[float, float]]) -> Rate:
    """Sum a measure over the parts, from answer to truth for precision and from truth to answer for recall."""
    sums = [0.0, 0.0, 0.0, 0.0]
    for part in parts:
        true, answer = part.clusters()
        for index, value in enumerate((*measure(answer, true), *measure(true, answer))):
            sums[index] += value
    return Rate(sums[0] / sums[1] if sums[1] else 0.0, sums[2] / sums[3] if sums[3] else 0.0)


def _find_owners(clusters: Clusters) -> Mapping[Hashable, int]:
    return {key: number for number, cluster in enumerate(clusters) for key in cluster}


def _find_muc(ours: Clusters, theirs: Clusters) -> tuple[float, float]:
    owners = _find_owners(theirs)
    kept = links = 0
    for cluster in ours:
        pieces = {owners.get(key, ("alone", key)) for key in cluster}
        kept += len(cluster) - len(pieces)
        links += len(cluster) - 1
    return kept, links


def _find_b_cubed(ours: Clusters, theirs: Clusters) -> tuple[float, float]:
    owners = _find_owners(theirs)
    share = sum(
        len(cluster & theirs[owners[key]]) / len(cluster) for cluster in ours for key in cluster if key in owners
    )
    return share, sum(map(len, ours))


def _find_ceaf(parts: Iterable[_Part]) -> Rate:
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    total, answers, truths = 0.0, 0, 0
    for part in parts:
        true, answer = part.clusters()
        owners = _find_owners(answer)
        similar = np.zeros((len(true), len(answer)))
        for row, cluster in enumerate(true):
            for column in {owners[key] for key in cluster if key in owners}:
                other = answer[column]
                similar[row, column] = 2 * len(cluster & other) / (len(cluster) + len(other))
        rows, columns = linear_sum_assignment(-similar)
        total += float(similar[rows, columns].sum())
        answers += len(answer)
        truths += len(true)
    return Rate(total / answers if answers else 0.0, total / truths if truths else 0.0)


def _score_jumps(parts: Iterable[_Part]) -> Rate:
    offered = right = wanted = reached = 0
    for part in parts:
        actor_of = dict(part.true)
        following = dict(_find_jumps(part.answer))
        offers = [(key, following[key]) for key, _ in part.true if key in following]
        offered += len(offers)
        right += sum(actor_of.get(target) == actor_of[key] for key, target in offers)
        jumps = _find_jumps(part.true)
        wanted += len(jumps)
        reached += sum(following.get(key) == target for key, target in jumps)
    return _build_rate_of(right, offered, reached, wanted)


def _find_jumps(pairs: Iterable[tuple[Hashable, str]]) -> list[tuple[Hashable, Hashable]]:
    """Return each mention with the next one of its actor."""
    last: dict[str, Hashable] = {}
    jumps = []
    for key, actor in pairs:
        if actor in last:
            jumps.append((last[actor], key))
        last[actor] = key
    return jumps


def _build_rate(right: int, found: int, wanted: int) -> Rate:
    return _build_rate_of(right, found, right, wanted)


def _build_rate_of(right: int, offered: int, reached: int, wanted: int) -> Rate:
    return Rate(right / offered if offered else 0.0, reached / wanted if wanted else 0.0)
