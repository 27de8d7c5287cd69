"""Trains the ranker: gradient-boosted trees over pairs of mention and candidate, written as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from search.cast.article import build_mention_contexts
from search.cast.features import build_features
from search.cast.ranker import Similarity
from search.cast.references import cluster_mentions
from search.cast.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray
    from sklearn.ensemble import HistGradientBoostingClassifier

    from search.cast.article import MentionContext
    from search.cast.features import Candidate
    from training.gold import GoldArticle


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs for training: `rows` (pairs, features), `answers` whether the mention means the candidate, and weights."""

    rows: NDArray[np.float32]
    answers: NDArray[np.bool_]
    weights: NDArray[np.float32]


def build_pairs(articles: Iterable[GoldArticle]) -> Pairs:
    """Build pairs of each mention with its candidates, as if all mentions before it were linked correctly."""
    rows: list[list[float]] = []
    answers: list[bool] = []
    weights: list[float] = []
    for article in articles:
        contexts = build_mention_contexts(tokenise(article.document), article.found)
        numbers = {actor: number for number, actor in enumerate(dict.fromkeys(article.actors))}
        actors = {id(context.mention): numbers[actor] for context, actor in zip(contexts, article.actors, strict=True)}
        # Rules group names at run time; here the gold actors do.
        groups = {context.index: actors[id(context.mention)] for context in contexts if context.mention.kind == "name"}

        similarity = Similarity([context.mention for context in contexts])

        def choose(
            context: MentionContext,
            candidates: list[Candidate],
            actors: dict[int, int] = actors,
            similarity: Similarity = similarity,
        ) -> int | None:
            rows.extend(build_features(context, candidates, similarity.of(context)))
            is_own = [actors[id(each.last.mention)] == actors[id(context.mention)] for each in candidates]
            answers.extend(is_own)
            return is_own.index(True) if any(is_own) else None

        cluster_mentions(contexts, groups, choose)
        weights += [article.weight] * (len(rows) - len(weights))
    return Pairs(np.array(rows, np.float32), np.array(answers), np.array(weights, np.float32))


def train_trees(pairs: Pairs) -> HistGradientBoostingClassifier:
    """Train trees for the probability that a mention means a candidate."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=220, learning_rate=0.08, max_leaf_nodes=24, max_depth=7, min_samples_leaf=30, l2_regularization=2.0,
        max_features=0.6, random_state=0, early_stopping=False,
    )  # fmt: skip
    return model.fit(pairs.rows, pairs.answers, sample_weight=pairs.weights)


def write_trees(model: HistGradientBoostingClassifier, path: Path) -> None:
    """Write the trees in the format of `search.cast.trees.Trees`."""
    trees = [predictor.nodes for (predictor,) in model._predictors]  # noqa: SLF001 # scikit-learn has no public way
    nodes = max(map(len, trees))
    feature, left, right = (np.zeros((len(trees), nodes), dtype=np.int16) for _ in range(3))
    threshold = np.full((len(trees), nodes), np.inf, dtype=np.float32)
    value = np.zeros((len(trees), nodes), dtype=np.float32)
    for row, tree in enumerate(trees):
        count, own = len(tree), np.arange(len(tree))
        leaf = tree["is_leaf"].astype(bool)
        feature[row, :count] = np.where(leaf, 0, tree["feature_idx"])
        threshold[row, :count] = np.where(leaf, np.inf, tree["num_threshold"])
        left[row, :count] = np.where(leaf, own, tree["left"])
        right[row, :count] = np.where(leaf, own, tree["right"])
        value[row, :count] = np.where(leaf, tree["value"], 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path, feature=feature, threshold=threshold, left=left, right=right, value=value,
        base=float(np.ravel(model._baseline_prediction)[0]),  # noqa: SLF001 # as above
        depth=max(int(tree["depth"].max()) for tree in trees),
    )  # fmt: skip
