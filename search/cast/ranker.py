"""The ranker: weighs each candidate's features, and chooses one only if it is sure enough."""

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
"""From which probability on a mention is linked: a jump to the wrong person costs more trust than a missing one."""


class Similarity:
    """How far the network takes mentions of an article for one: the later one's query times the earlier one's key."""

    def __init__(self, found: Sequence[RecognisedMention]) -> None:
        width = next((len(each.vectors[0]) for each in found if each.vectors), 0)
        nothing = np.zeros(width, dtype=np.float32)
        self._queries = [each.vectors[0] if each.vectors else None for each in found]
        self._keys = np.array([each.vectors[1] if each.vectors else nothing for each in found])

    def of(self, context: MentionContext) -> Similar | None:
        """How to ask it of earlier mentions, by their indexes; None for a mention that the network has not read."""
        query = self._queries[context.index]
        if query is None:
            return None

        def ask(indexes: Sequence[int]) -> list[float]:
            said: list[float] = (self._keys[list(indexes)] @ query).tolist()
            return said

        return ask


_slope, _offset = 0.45, 0.35
"""The trees are surer of themselves than they should be: fitted to how often they were right on the dev sets of GUM,
MEANTIME and our own gold (Platt, 1999)."""


def calibrate(probability: float) -> float:
    """How sure a link of that probability really is."""
    odds = math.log(max(probability, 1e-6) / max(1 - probability, 1e-6))
    return 1 / (1 + math.exp(-(_slope * odds + _offset)))


class Ranker:
    """Chooses, with the trees in a file."""

    def __init__(self, path: Path) -> None:
        self._trees = Trees(path)

    def choose(self, context: MentionContext, candidates: list[Candidate], similarity: Similarity) -> tuple[int, float]:
        """The place of the likeliest candidate, and its probability; `similarity` is of the article's mentions."""
        rows = np.array(build_features(context, candidates, similarity.of(context)), dtype=np.float32)
        probabilities = self._trees(rows)
        best = int(probabilities.argmax())
        return best, float(probabilities[best])


@cache
def read_ranker() -> Ranker:
    """The ranker of this installation, loaded once."""
    with as_file(files("search.cast") / "network" / "ranker.npz") as path:
        return Ranker(path)
