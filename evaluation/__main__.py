"""`python -m evaluation` prints how well newscast finds the cast, one line a corpus."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.markup import read_gold
from evaluation.score import LinkScore, all_kinds, name_kinds, score_links, score_names
from search import annotate, annotate_across, build_json, parse_json

if TYPE_CHECKING:
    from collections.abc import Sequence

own_gold = Path(__file__).parent.parent / "tests" / "gold"
_corpora = ("worldwide", "gum", "gmb", "meantime")
_linked = frozenset({"gum", "gold"})
_linked_across = frozenset({"meantime", "gold"})
_header = (
    f"{'':16} {'names F1':>13} {'names':>37} {'all mentions':>37}\n"
    f"{'':16} {'typed':>6} {'span':>6} {'CoNLL':>7} {'jump P':>8} {'R':>6} {'F1':>6}"
    f" {'':6} {'CoNLL':>7} {'jump P':>8} {'R':>6} {'F1':>6} {'words/CPU s':>16}"
)


@dataclass(frozen=True, slots=True)
class Run:
    """Annotated documents, and the speed in words per second of processor time."""

    documents: list[dict[str, Any]]
    speed: float


def annotate_fields(gold: Sequence[dict[str, Any]], recogniser: str, *, across: bool) -> Run:
    """Annotate the gold documents without their mentions."""
    bare = [{key: value for key, value in each.items() if key != "mentions"} for each in gold]
    documents = [parse_json(json.dumps(each)) for each in bare]
    words = sum(len(text.split()) for each in gold for text in each["paragraphs"])
    started = time.process_time()
    run = (annotate_across if across else annotate)(documents, recogniser=recogniser)
    annotated = [build_json(document, cast) for document, cast in run]
    return Run(annotated, words / (time.process_time() - started))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure the cast on the dev sets and on our own gold.")
    parser.add_argument("--data", type=Path, default=Path("../shared/cast-data"), help="the annotated corpora")
    parser.add_argument("--recogniser", default="trained")
    parser.add_argument("--only", action="append", choices=[*_corpora, "gold"], help="one corpus alone")
    arguments = parser.parse_args()
    chosen = arguments.only or [*_corpora, "gold"]
    print(f"{_header}\n")
    for name in chosen:
        if name == "gold":
            gold = list(read_gold(own_gold))
        elif (arguments.data / name).is_dir():
            lines = (arguments.data / name / "dev.jsonl").read_text("utf-8").splitlines()
            gold = [json.loads(line) for line in lines]
        else:
            print(f"{name:16} left out: no folder {arguments.data / name}")
            continue
        _print_rows(name, gold, arguments.recogniser)


def _print_rows(name: str, gold: list[dict[str, Any]], recogniser: str) -> None:
    run = annotate_fields(gold, recogniser, across=False)
    typed, span = (score_names(gold, run.documents, typed=typed).f1 for typed in (True, False))
    links = f"{'–':>29} {'':6} {'–':>29}"
    if name in _linked:
        links = _format_links(*(score_links(gold, run.documents, kinds) for kinds in (name_kinds, all_kinds)))
    print(f"{name:16} {100 * typed:6.1f} {100 * span:6.1f} {links} {run.speed:16.0f}", flush=True)
    if name in _linked_across:
        run = annotate_fields(gold, recogniser, across=True)
        scores = (score_links(gold, run.documents, kinds, across=True) for kinds in (name_kinds, all_kinds))
        print(f"{name + ', across':16} {'':13} {_format_links(*scores)}", flush=True)


def _format_links(names: LinkScore, everything: LinkScore) -> str:
    return f"{'':6} ".join(
        f"{100 * score.conll:7.1f} {100 * score.jump.precision:8.1f} {100 * score.jump.recall:6.1f}"
        f" {100 * score.jump.f1:6.1f}"
        for score in (names, everything)
    )


if __name__ == "__main__":
    main()
