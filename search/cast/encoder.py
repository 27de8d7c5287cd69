"""Runs the shipped network over paragraphs.

Only this module loads onnxruntime (through `runtime.py`) and tokenizers, which cost time and memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np

from search.cast.runtime import load_onnxruntime
from search.cast.windows import Words, build_windows, get_special_pieces, split_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class EncodedParagraph:
    """What the network says of each word of a paragraph.

    `names`, `references` and `joined` are logits (words, labels), in the order of `labels.py`; `queries` and `keys`
    are vectors (words, dimensions).
    """

    words: Words
    names: NDArray[np.float32]
    references: NDArray[np.float32]
    joined: NDArray[np.float32]
    queries: NDArray[np.float32]
    keys: NDArray[np.float32]


class Encoder:
    """Encodes paragraphs with the network in a folder (`network.onnx`, `tokenizer.json`)."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        onnxruntime = load_onnxruntime()
        options = onnxruntime.SessionOptions()
        # One core leaves the other to the reader, and the same input gives the same bytes.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "network.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._special = get_special_pieces(self._tokenizer)

    def encode(self, texts: Sequence[str]) -> list[EncodedParagraph]:
        """Encode texts in this order; short neighbours share a window, so each is context for the next."""
        paragraphs = split_words(self._tokenizer, texts)
        outputs: list[list[NDArray[np.float32]]] = []
        for window in build_windows(paragraphs, self._special):
            ids = np.array([window.ids], dtype=np.int64)
            cases = np.array([window.cases], dtype=np.int64)
            read = self._session.run(None, {"ids": ids, "cases": cases})
            outputs.append([output[0, list(window.positions)] for output in read])
        if not outputs:
            return [EncodedParagraph(words, *[np.zeros((0, 1), np.float32)] * 5) for words in paragraphs]
        joined = [np.concatenate(parts) for parts in zip(*outputs, strict=True)]
        ends = np.cumsum([len(words) for words in paragraphs])
        return [
            EncodedParagraph(words, *(part[end - len(words) : end] for part in joined))
            for words, end in zip(paragraphs, ends, strict=True)
        ]


@cache
def read_encoder() -> Encoder:
    """Read the encoder of this installation, once."""
    with as_file(files("search.cast") / "network") as folder:
        return Encoder(folder)
