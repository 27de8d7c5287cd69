"""Trains the link branch of the network, whose vectors say which earlier mention a mention refers to.

A mention chooses among all earlier ones or none (mention ranking, Durrett and Klein, 2013; Lee et al., 2017). The
shared lower layers stay as they are, so the other heads do not change.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import nn

from search.cast.windows import build_windows, get_special_pieces, split_words
from training.network import LinkBranch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tokenizers import Tokenizer
    from torch import Tensor

    from training.gold import GoldArticle
    from training.network import Network

_kinds = {"name": 0, "nominal": 1, "pronoun": 2}
_distances = 9
_farthest = 250
"""Mentions; an earlier mention is not an antecedent."""


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """How to train the branch; `folds` is the number of parts for cross-fitting."""

    epochs: int = 12
    folds: int = 4
    layer_rate: float = 1e-4
    head_rate: float = 1e-3
    bias_rate: float = 3e-2
    warmup: int = 60
    seed: int = 0


@dataclass(frozen=True, slots=True)
class LinkExample:
    """An article for the branch: the states of the shared layers, and where the head word of each mention is.

    `states` and `mask` are (windows, pieces, hidden) and (windows, pieces); `heads` (mentions, 2) holds window and
    piece. Of pairs (mentions, mentions), `same` says which earlier mention is of the same actor, `pairs` numbers their
    kinds and distance (-1 where there is no pair), `texts` says whether their words are the same.
    """

    states: Tensor
    mask: Tensor
    heads: Tensor
    same: Tensor
    pairs: Tensor
    texts: Tensor


@torch.no_grad()
def build_link_example(gold: GoldArticle, network: Network, tokenizer: Tokenizer) -> LinkExample:
    """Run the shared layers over an article once; they do not change while the branch learns."""
    paragraphs = split_words(tokenizer, [paragraph.text for paragraph in gold.document.paragraphs])
    windows = build_windows(paragraphs, get_special_pieces(tokenizer))
    length = max(len(window.ids) for window in windows)
    ids = torch.zeros(len(windows), length, dtype=torch.long)
    cases, mask = torch.zeros_like(ids), torch.zeros_like(ids)
    piece_of: dict[tuple[int, int], tuple[int, int]] = {}
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = torch.tensor(window.ids)
        cases[row, : len(window.ids)] = torch.tensor(window.cases)
        mask[row, : len(window.ids)] = 1
        for word, position in zip(window.words, window.positions, strict=True):
            piece_of[word] = (row, position)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states = network.encode_shared(ids, cases, mask)
    heads = []
    for found in gold.found:
        words = paragraphs[found.paragraph]
        last = [row for row, (start, end) in enumerate(words.spans) if start < found.head[1] and end > found.head[0]]
        heads.append(piece_of[(found.paragraph, last[-1] if last else 0)])
    count = len(heads)
    kinds = torch.tensor([_kinds[found.kind] for found in gold.found])
    steps = torch.arange(count)[:, None] - torch.arange(count)[None, :]
    distance = torch.clamp(steps, min=1).float().log2().long().clamp(max=_distances - 1)
    texts = [found.text.lower() for found in gold.found]
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    text_of = torch.tensor([numbers[text] for text in texts])
    actors = {actor: number for number, actor in enumerate(dict.fromkeys(gold.actors))}
    actor_of = torch.tensor([actors[actor] for actor in gold.actors])
    earlier = (steps > 0) & (steps <= _farthest)
    return LinkExample(
        states.to(torch.bfloat16),
        mask,
        torch.tensor(heads),
        (actor_of[:, None] == actor_of[None, :]) & earlier,
        torch.where(earlier, (kinds[:, None] * 3 + kinds[None, :]) * _distances + distance, -1),
        text_of[:, None] == text_of[None, :],
    )


class PairBias(nn.Module):
    """A score of a pair by distance, kinds and equal words alone, so that the vectors need not learn these."""

    def __init__(self) -> None:
        super().__init__()
        self.by_distance = nn.Embedding(9 * _distances, 1)
        self.by_text = nn.Embedding(9 * 2, 1)
        nn.init.zeros_(self.by_distance.weight)
        nn.init.zeros_(self.by_text.weight)

    def forward(self, pairs: Tensor, texts: Tensor) -> Tensor:
        """Return the scores (mentions, mentions) of pairs (mentions, mentions)."""
        pairs = pairs.clamp(min=0)
        by_text = pairs // _distances * 2 + texts.long()
        return (self.by_distance(pairs) + self.by_text(by_text)).squeeze(-1)


def find_link_loss(branch: LinkBranch, bias: PairBias, example: LinkExample) -> Tensor:
    """Return the mean of -log of the probability of the true antecedents, or of none, over the mentions."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        queries, keys = branch(example.states, example.mask)
    rows, columns = example.heads[:, 0], example.heads[:, 1]
    query, key = queries[rows, columns].float(), keys[rows, columns].float()
    scores = query @ key.T + bias(example.pairs, example.texts)
    scores = scores.masked_fill(example.pairs < 0, -1e9)
    none = torch.zeros(len(scores), 1)
    is_new = ~example.same.any(dim=1, keepdim=True)
    allowed = torch.cat([is_new, example.same], dim=1)
    scores = torch.cat([none, scores], dim=1)
    return (scores.logsumexp(1) - scores.masked_fill(~allowed, -1e9).logsumexp(1)).mean()


def train_links(branch: LinkBranch, examples: Sequence[LinkExample], plan: LinkPlan) -> Iterator[float]:
    """Train the branch in word, an article a step; yields the mean loss of each epoch."""
    torch.manual_seed(plan.seed)
    choice = random.Random(plan.seed)  # noqa: S311 # no secret
    bias = PairBias()
    optimizer = torch.optim.AdamW(
        [
            {"params": branch.layers.parameters(), "lr": plan.layer_rate, "peak": plan.layer_rate},
            {
                "params": [*branch.head_query.parameters(), *branch.head_key.parameters()],
                "lr": plan.head_rate,
                "peak": plan.head_rate,
            },
            {"params": bias.parameters(), "lr": plan.bias_rate, "peak": plan.bias_rate},
        ],
        weight_decay=0.01,
        fused=True,
    )
    total, done = plan.epochs * len(examples), 0
    branch.train()
    for _ in range(plan.epochs):
        losses = []
        for index in choice.sample(range(len(examples)), len(examples)):
            share = min(1.0, (done + 1) / plan.warmup) * (1 - done / total)
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * share
            loss = find_link_loss(branch, bias, examples[index])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(branch.parameters(), 1.0)
            optimizer.step()
            losses.append(float(loss.detach()))
            done += 1
        yield math.fsum(losses) / len(losses)
    branch.eval()


@torch.no_grad()
def add_vectors(gold: GoldArticle, example: LinkExample, branch: LinkBranch) -> GoldArticle:
    """Return the article with the vectors of each mention."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        queries, keys = branch(example.states, example.mask)
    rows, columns = example.heads[:, 0], example.heads[:, 1]
    query, key = queries[rows, columns].float().numpy(), keys[rows, columns].float().numpy()
    found = tuple(replace(each, vectors=(query[index], key[index])) for index, each in enumerate(gold.found))
    return replace(gold, found=found)


def add_cross_fitted_vectors(
    articles: Sequence[GoldArticle],
    examples: Sequence[LinkExample],
    network: Network,
    plan: LinkPlan,
    say: Callable[[str], None],
) -> list[GoldArticle]:
    """Return the articles with vectors of branches that were trained on others, as the trees will get them later."""
    crossed = list(articles)
    for fold in range(plan.folds):
        kept_out = set(range(fold, len(articles), plan.folds))
        branch = LinkBranch(network)
        seen = [example for index, example in enumerate(examples) if index not in kept_out]
        for epoch, loss in enumerate(train_links(branch, seen, plan), 1):
            say(f"references: fold {fold + 1} of {plan.folds}, epoch {epoch} of {plan.epochs}, loss {loss:.3f}")
        for index in kept_out:
            crossed[index] = add_vectors(articles[index], examples[index], branch)
    return crossed
