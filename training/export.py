"""Exports the trained network as newscast ships it: one ONNX file in eight bits, and the tokeniser."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from search.cast.runtime import load_onnxruntime
from training.network import shared_layers

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from training.network import LinkBranch, Network


class _Shipped(nn.Module):
    """Both branches over the shared layers; no padding, since newscast reads window by window."""

    def __init__(self, network: Network, branch: LinkBranch) -> None:
        super().__init__()
        self.network, self.branch = network, branch

    def forward(self, ids: Tensor, cases: Tensor) -> tuple[Tensor, ...]:
        shared = self.network.encode_shared(ids, cases, None)
        states = shared
        for layer in self.network.layers[shared_layers:]:
            states = layer(states, None)
        queries, keys = self.branch(shared, None)
        network = self.network
        return (
            network.head_names(states), network.head_references(states), network.head_joined(states), queries, keys
        )  # fmt: skip


def write_version(folder: Path) -> None:
    """Write a hash of the model's files, which tells a library which model found a cast."""
    digest = blake2b(digest_size=6)
    for name in ("network.onnx", "tokenizer.json", "ranker.npz"):
        digest.update((folder / name).read_bytes())
    (folder / "version").write_text(f"{digest.hexdigest()}\n", "utf-8")


def prune_vocabulary(network: Network, tokeniser: Path) -> dict[str, Any]:
    """Drop the pieces that English news does not need from the network, in place; return the new tokeniser's fields.

    They are a tenth of the vocabulary: unused entries, and letters of scripts that the encoder was hardly trained on.
    A word with such a letter becomes unknown.
    """
    fields: dict[str, Any] = json.loads(tokeniser.read_text("utf-8"))
    kept = {
        piece: number
        for piece, number in fields["model"]["vocab"].items()
        if not piece.startswith("[unused") and all(map(_is_kept, piece))
    }
    network.words = nn.Embedding.from_pretrained(network.words.weight[sorted(kept.values())])
    numbers = {number: new for new, number in enumerate(sorted(kept.values()))}
    fields["model"]["vocab"] = {piece: numbers[number] for piece, number in kept.items()}
    for added in fields["added_tokens"]:
        added["id"] = numbers[added["id"]]
    for special in fields["post_processor"]["special_tokens"].values():
        special["ids"] = [numbers[number] for number in special["ids"]]
    fields["truncation"] = fields["padding"] = None
    return fields


def _is_kept(letter: str) -> bool:
    """Latin letters, and the block of quotes, dashes and currencies."""
    return ord(letter) < 0x0250 or 0x2000 <= ord(letter) < 0x20D0


def export(network: Network, branch: LinkBranch, tokeniser: Path, folder: Path, work: Path) -> None:
    """Write `network.onnx` and `tokenizer.json` into the folder.

    Weights are quantised per channel with reduced range; without that the names lose more than a point of F1.
    """
    load_onnxruntime()
    from onnxruntime.quantization import QuantType, quantize_dynamic

    fields = prune_vocabulary(network, tokeniser)
    network.eval()
    branch.eval()
    folder.mkdir(parents=True, exist_ok=True)
    ids = torch.ones(1, 16, dtype=torch.long)
    outputs = ["names", "references", "joined", "queries", "keys"]
    whole = work / "network.onnx"
    torch.onnx.export(
        _Shipped(network, branch), (ids, ids), str(whole), input_names=["ids", "cases"], output_names=outputs,
        dynamic_axes={name: {1: "pieces"} for name in ("ids", "cases", *outputs)}, opset_version=17, dynamo=False,
    )  # fmt: skip
    quantize_dynamic(whole, folder / "network.onnx", weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    (folder / "tokenizer.json").write_text(json.dumps(fields, ensure_ascii=False, separators=(",", ":")), "utf-8")
