"""The ranker: scores the candidates of a mention by their features."""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np

from search.cast.features import build_features
from search.cast.trees import Trees

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from search.cast.article import MentionContext
    from search.cast.features import Candidate, Similar
    from search.cast.recognise import RecognisedMention
    from search.model import MentionKind

least_sure: dict[MentionKind, float] = {"name": 0.7, "nominal": 0.75, "pronoun": 0.5}
"""The least probability to link a mention: a wrong jump costs a reader more trust than a missing one."""


class Similarity:
    """The network's similarity of the mentions of an article: the later one's query times the earlier one's key.

    `found` are the mentions, in the order of their indexes.
    """

    def __init__(self, found: Sequence[RecognisedMention]) -> None:
        width = next((len(each.vectors[0]) for each in found if each.vectors), 0)
        nothing = np.zeros(width, dtype=np.float32)
        self._queries = [each.vectors[0] if each.vectors else None for each in found]
        self._keys = np.array([each.vectors[1] if each.vectors else nothing for each in found])

    def of(self, context: MentionContext) -> Similar | None:
        """Return a function from earlier mentions to similarities; None if the network has not read this mention."""
        query = self._queries[context.index]
        if query is None:
            return None

        def ask(indexes: Sequence[int]) -> list[float]:
            similarities: list[float] = (self._keys[list(indexes)] @ query).tolist()
            return similarities

        return ask


_slope, _offset = 0.45, 0.35
"""Platt scaling (Platt, 1999), fitted on the dev sets of GUM, MEANTIME and our own gold: the trees are too sure."""


def calibrate(probability: float) -> float:
    """Return how often a link with this probability is right, from 0 to 1."""
    odds = math.log(max(probability, 1e-6) / max(1 - probability, 1e-6))
    return 1 / (1 + math.exp(-(_slope * odds + _offset)))


class Ranker:
    """Chooses the likeliest candidate with the trees in a file."""

    def __init__(self, path: Path) -> None:
        self._trees = Trees(path)

    def choose(self, context: MentionContext, candidates: list[Candidate], similarity: Similarity) -> tuple[int, float]:
        """Return the index of the likeliest candidate, and its probability."""
        features = np.array(build_features(context, candidates, similarity.of(context)), dtype=np.float32)
        probabilities = self._trees(features)
        best = int(probabilities.argmax())
        return best, float(probabilities[best])


@cache
def read_ranker() -> Ranker:
    """Read the ranker of this installation, once."""
    with as_file(files("search.cast") / "network" / "ranker.npz") as path:
        return Ranker(path)
