"""The ranker: weighs the evidence for each candidate, and takes one only if it is sure enough."""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np

from search.cast.evidence import build_features
from search.cast.trees import Trees

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from search.cast.article import Member
    from search.cast.evidence import Candidate
    from search.cast.recognise import Found
    from search.model import MentionKind

least_sure: dict[MentionKind, float] = {"name": 0.7, "nominal": 0.75, "pronoun": 0.5}
"""From which probability on a mention is linked: a jump to the wrong person costs more trust than a missing one."""


def find_similar(found: Sequence[Found]) -> list[list[float] | None]:
    """For each mention what the network says to every mention of the article: its query times their keys.

    None for a mention that the network has not read; 0 to such a one.
    """
    width = next((len(each.vectors[0]) for each in found if each.vectors), 0)
    nothing = np.zeros(width, dtype=np.float32)
    queries = np.array([each.vectors[0] if each.vectors else nothing for each in found])
    keys = np.array([each.vectors[1] if each.vectors else nothing for each in found])
    rows: list[list[float]] = (queries @ keys.T).tolist() if width else [[]] * len(found)
    return [row if each.vectors else None for each, row in zip(found, rows, strict=True)]


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

    def choose(
        self, member: Member, candidates: list[Candidate], similar: list[list[float] | None]
    ) -> tuple[int, float]:
        """The place of the likeliest candidate, and its probability; `similar` is of the article's mentions."""
        rows = np.array(build_features(member, candidates, similar[member.index]), dtype=np.float32)
        probabilities = self._trees(rows)
        best = int(probabilities.argmax())
        return best, float(probabilities[best])


@cache
def read_ranker() -> Ranker:
    """The ranker of this installation, loaded once."""
    with as_file(files("search.cast") / "network" / "ranker.npz") as path:
        return Ranker(path)
