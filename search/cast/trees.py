"""Evaluates gradient-boosted trees that scikit-learn trained, without scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class Trees:
    """A sum of regression trees (Friedman, 2001) through the logistic function.

    The file holds arrays of (trees, nodes): `feature`, `threshold`, `left`, `right`, `value`; the children of a leaf
    are the leaf itself. `base` is the sum without trees, `depth` the longest path from a root to a leaf.
    """

    def __init__(self, path: Path) -> None:
        with np.load(path) as arrays:
            count, nodes = arrays["feature"].shape
            roots = np.arange(count) * nodes
            self._feature = arrays["feature"].ravel().astype(np.intp)
            self._threshold = arrays["threshold"].ravel()
            sides = [(arrays[side] + roots[:, None]).ravel().astype(np.intp) for side in ("right", "left")]
            self._children = np.stack(sides, axis=1).ravel()
            self._value = arrays["value"].ravel()
            self._roots = roots
            self._base, self._depth = float(arrays["base"]), int(arrays["depth"])

    def __call__(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of each row of (rows, features)."""
        values = rows.ravel()
        first = np.arange(0, rows.size, rows.shape[1])[:, None]
        nodes = np.repeat(self._roots[None], len(rows), axis=0)
        for _ in range(self._depth):
            goes_left = values.take(first + self._feature.take(nodes)) <= self._threshold.take(nodes)
            nodes = self._children.take(2 * nodes + goes_left)
        totals = self._base + self._value.take(nodes).sum(axis=1)
        return np.asarray(1 / (1 + np.exp(-totals)), dtype=np.float64)
