"""`python -m training` trains the model of the cast on annotated corpora."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from tokenizers import Tokenizer

from training.corpora import corpora
from training.examples import build_examples
from training.export import export, write_version
from training.gold import build_gold
from training.links import LinkPlan, add_cross_fitted_vectors, build_link_example, train_links
from training.network import LinkBranch, Network, read_encoder
from training.ranker import build_pairs, train_trees, write_trees
from training.train import Plan, train

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.corpora import Corpus

shipped = Path(__file__).parent.parent / "search" / "cast" / "network"


def main() -> None:
    """Train as the arguments say, and write the model to where newscast ships it from."""
    parser = argparse.ArgumentParser(description="Train the model of the cast.")
    parser.add_argument("--data", type=Path, default=Path("../shared/cast-data"), help="the annotated corpora")
    parser.add_argument(
        "--work", type=Path, default=Path(".training"), help="checkpoints, from which an interrupted run continues"
    )
    parser.add_argument("--output", type=Path, default=shipped, help="where the model goes")
    parser.add_argument("--without", action="append", default=[], metavar="CORPUS", help="leave a corpus out")
    parser.add_argument("--epochs", type=float, default=Plan().epochs, help="of names, nominals and pronouns")
    parser.add_argument("--link-epochs", type=int, default=LinkPlan().epochs, help="of who is meant, in each fold")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    known = {corpus.name for corpus in corpora}
    if unknown := set(arguments.without) - known:
        parser.error(f"no corpus {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    if not arguments.data.is_dir():
        parser.error(f"no annotated data in {arguments.data}: name its folder with --data")
    torch.set_num_threads(arguments.threads)
    arguments.work.mkdir(parents=True, exist_ok=True)
    chosen = [corpus for corpus in corpora if corpus.name not in arguments.without]
    torch.manual_seed(Plan().seed)  # new heads begin at random
    network, tokeniser = read_encoder()
    tokenizer = Tokenizer.from_file(str(tokeniser))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    _train_network(network, chosen, tokenizer, arguments)
    branch = _train_references(network, chosen, tokenizer, arguments)
    export(network, branch, tokeniser, arguments.output, arguments.work)
    write_version(arguments.output)
    print(f"written to {arguments.output}")


def _train_network(
    network: Network, chosen: Sequence[Corpus], tokenizer: Tokenizer, arguments: argparse.Namespace
) -> None:
    """Train names, nominals and pronouns, or read the trained network from the work folder."""
    done = arguments.work / "network.pt"
    if done.exists():
        network.load_state_dict(torch.load(done, weights_only=True))
        return
    named = [corpus for corpus in chosen if corpus.has_names]
    examples = [
        example
        for corpus in named
        for document in corpus.read(arguments.data)
        for example in build_examples(document, corpus, tokenizer)
    ]
    words = sum(len(example.names) for example in examples)
    print(f"names: {words:,} words in {len(examples):,} windows of {', '.join(corpus.name for corpus in named)}")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    started = said = time.monotonic()
    for step in train(network, examples, Plan(epochs=arguments.epochs), arguments.work / "checkpoint.pt", device):
        if (now := time.monotonic()) - said > 10 or step.done == step.total:
            said = now
            print(
                f"names: step {step.done} of {step.total}, loss {step.loss:.4f}, {step.speed:.0f} words/s,"
                f" {(now - started) / 60:.0f} min so far, {step.left / 60:.0f} min left",
                flush=True,
            )
    network.to("cpu")
    torch.save(network.state_dict(), done)


def _train_references(
    network: Network, chosen: Sequence[Corpus], tokenizer: Tokenizer, arguments: argparse.Namespace
) -> LinkBranch:
    """Train whom nominals and pronouns mean: the link branch, then the trees of the ranker."""
    network.eval()
    torch.manual_seed(LinkPlan().seed)  # the same result whether the network was trained or read
    articles = [
        build_gold(document, corpus.weigh(document))
        for corpus in chosen
        if corpus.has_links
        for document in corpus.read(arguments.data)
    ]
    examples = [build_link_example(article, network, tokenizer) for article in articles]
    plan = LinkPlan(epochs=arguments.link_epochs)
    crossed = add_cross_fitted_vectors(articles, examples, network, plan, say=lambda line: print(line, flush=True))
    pairs = build_pairs(crossed)
    print(f"references: {len(pairs.answers):,} pairs from {len(articles)} articles", flush=True)
    write_trees(train_trees(pairs), arguments.output / "ranker.npz")
    branch = LinkBranch(network)
    for epoch, loss in enumerate(train_links(branch, examples, plan), 1):
        print(f"references: epoch {epoch} of {plan.epochs}, loss {loss:.3f}", flush=True)
    torch.save(branch.state_dict(), arguments.work / "branch.pt")
    return branch


if __name__ == "__main__":
    main()
