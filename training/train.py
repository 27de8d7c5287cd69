"""Trains the network for names, nominals and pronouns, with checkpoints, as a generator of its progress."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from search.cast.labels import case_count
from training.examples import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from training.examples import Example
    from training.network import Network

_lower, _acronym, _title, _camel, _mixed = 1, 2, 3, 4, 6
_mask_piece = 103


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train: everything that changes the result, except the data."""

    epochs: float = 5
    batch: int = 16
    encoder_rate: float = 2e-4
    head_rate: float = 1e-3
    warmup: int = 100
    decay: float = 0.01
    reference_weight: float = 1.0
    recased: float = 0.02
    """Share of windows read as if all in capitals, and as if in title case: headlines."""
    hidden: float = 0.05
    """Share of pieces hidden from the encoder."""
    hidden_names: float = 0.12
    """The same within names, so that the network learns from their context, too."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """The progress of training: steps done and in all, the running loss, words per second, seconds left."""

    done: int
    total: int
    loss: float
    speed: float
    left: float


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of some windows: input (windows x pieces), and of each word its row, column and labels."""

    ids: Tensor
    cases: Tensor
    mask: Tensor
    rows: Tensor
    columns: Tensor
    names: Tensor
    references: Tensor
    joined: Tensor


def train(network: Network, examples: list[Example], plan: Plan, checkpoint: Path, device: str) -> Iterator[Step]:
    """Train the network in place; start from the checkpoint if there is one, and write it every five minutes."""
    torch.manual_seed(plan.seed)
    network.to(device)
    network.words.weight.requires_grad_(requires_grad=False)
    optimizer = _build_optimizer(network, plan)
    batches_per_epoch = math.ceil(len(examples) / plan.batch)
    total = int(plan.epochs * batches_per_epoch)
    done = _read_checkpoint(checkpoint, network, optimizer)
    begun = done
    loss, words, started, saved = 0.0, 0, time.monotonic(), time.monotonic()
    network.train()
    while done < total:
        epoch, first = divmod(done, batches_per_epoch)
        order = _order_batches(examples, plan.batch, seed=plan.seed + epoch)
        for number in range(first, min(len(order), total - epoch * batches_per_epoch)):
            chosen = [examples[index] for index in order[number]]
            batch = build_batch(chosen, device, random.Random(f"{plan.seed}/{done}"), plan)  # noqa: S311 # no secret
            _set_rates(optimizer, plan, done / total, done)
            now = _take_step(network, optimizer, batch, plan)
            loss = now if not words else 0.98 * loss + 0.02 * now
            words += len(batch.rows)
            done += 1
            if time.monotonic() - saved > 300:
                _write_checkpoint(checkpoint, network, optimizer, done)
                saved = time.monotonic()
            passed = time.monotonic() - started
            yield Step(done, total, loss, words / passed, passed / (done - begun) * (total - done))
    network.eval()


def _build_optimizer(network: Network, plan: Plan) -> torch.optim.Optimizer:
    groups = []
    for is_head in (False, True):
        for is_matrix in (False, True):
            chosen = [
                parameter
                for name, parameter in network.named_parameters()
                if parameter.requires_grad
                and name.startswith(("head_", "cases")) == is_head
                and (parameter.ndim > 1) == is_matrix
            ]
            rate = plan.head_rate if is_head else plan.encoder_rate
            groups.append({"params": chosen, "peak": rate, "weight_decay": plan.decay if is_matrix else 0.0})
    return torch.optim.AdamW(groups, lr=plan.encoder_rate, fused=True)


def _set_rates(optimizer: torch.optim.Optimizer, plan: Plan, share: float, done: int) -> None:
    """Up over the first steps, then down to nothing in a straight line."""
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * min(1.0, (done + 1) / plan.warmup) * (1 - share)


def _order_batches(examples: list[Example], size: int, *, seed: int) -> list[list[int]]:
    """Batches of windows of like length, in random order."""
    shuffled = list(range(len(examples)))
    choice = random.Random(seed)  # noqa: S311 # no secret
    choice.shuffle(shuffled)
    pool = size * 20
    batches = []
    for start in range(0, len(shuffled), pool):
        alike = sorted(shuffled[start : start + pool], key=lambda index: len(examples[index].window.ids))
        batches += [alike[at : at + size] for at in range(0, len(alike), size)]
    choice.shuffle(batches)
    return batches


def build_batch(examples: list[Example], device: str, choice: random.Random, plan: Plan) -> Batch:
    """Pad the windows to one length, recase and hide some."""
    length = max(len(example.window.ids) for example in examples)
    ids = np.zeros((len(examples), length), dtype=np.int64)
    cases = np.zeros_like(ids)
    mask = np.zeros_like(ids)
    for row, example in enumerate(examples):
        own = len(example.window.ids)
        ids[row, :own] = example.window.ids
        cases[row, :own] = _recase(np.array(example.window.cases), choice, plan.recased)
        mask[row, :own] = 1
        in_names = {
            each for each, is_name in zip(example.window.positions, ~example.names[:, 0], strict=True) if is_name
        }
        hidden = [
            column
            for column in range(1, own - 1)
            if choice.random() < (plan.hidden_names if column in in_names else plan.hidden)
        ]
        ids[row, hidden] = _mask_piece
    rows = np.concatenate([np.full(len(e.window.positions), row) for row, e in enumerate(examples)])
    columns = np.concatenate([e.window.positions for e in examples])
    parts = (
        ids, cases, mask, rows, columns,
        np.concatenate([e.names for e in examples]),
        np.concatenate([e.references for e in examples]),
        np.concatenate([e.joined for e in examples]),
    )  # fmt: skip
    return Batch(*(torch.from_numpy(part).to(device) for part in parts))


def _recase(cases: NDArray[np.int64], choice: random.Random, share: float) -> NDArray[np.int64]:
    table = np.arange(case_count)
    drawn = choice.random()
    if drawn < share:
        table[[_lower, _title, _camel, _mixed]] = _acronym
    elif drawn < 2 * share:
        table[_lower] = _title
    return table[cases]


def _take_step(network: Network, optimizer: torch.optim.Optimizer, batch: Batch, plan: Plan) -> float:
    with torch.autocast(batch.ids.device.type, dtype=torch.bfloat16):
        outputs = network(batch.ids, batch.cases, batch.mask)
    names, references, joined = (output[batch.rows, batch.columns].float() for output in outputs)
    loss = find_name_loss(names, batch.names)
    if (batch.references != unknown).any():
        share = (batch.references != unknown).float().mean()
        loss = loss + plan.reference_weight * share * (
            functional.cross_entropy(references, batch.references, ignore_index=unknown)
            + functional.cross_entropy(joined, batch.joined, ignore_index=unknown)
        )
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def find_name_loss(logits: Tensor, allowed: Tensor) -> Tensor:
    """Return the mean of -log of the summed probability of all allowed labels: a marginal likelihood."""
    return (logits.logsumexp(-1) - logits.masked_fill(~allowed, -1e9).logsumexp(-1)).mean()


def _write_checkpoint(path: Path, network: Network, optimizer: torch.optim.Optimizer, done: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    torch.save({"network": network.state_dict(), "optimizer": optimizer.state_dict(), "done": done}, new)
    new.replace(path)


def _read_checkpoint(path: Path, network: Network, optimizer: torch.optim.Optimizer) -> int:
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["done"])
