"""The annotated corpora: what each annotates, and what it does not."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

anything = frozenset({"event", "work", "other"})
"""Types of names that most corpora put into one class."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of annotated documents and its scheme.

    `types` maps its types of names to the types of newscast that they may be; names of other types are ignored.
    `unsaid` are types that it does not annotate, or not everywhere: a capitalised word outside its names may have one
    of them. `has_references` says whether it annotates nominals and pronouns, `has_links` whether it says whom mentions
    mean. `weights` maps a genre to the weight of its links in training, "" to the weight of other genres.
    """

    name: str
    licence: str
    types: dict[str, frozenset[str]]
    unsaid: frozenset[str] = frozenset()
    has_references: bool = False
    has_names: bool = True
    has_links: bool = False
    files: tuple[str, ...] = ("train.jsonl",)
    weights: dict[str, float] = field(default_factory=dict)

    def weigh(self, document: dict[str, Any]) -> float:
        """Return the weight of this document's links; news weighs most, because newscast reads news."""
        return self.weights.get(document.get("genre", ""), self.weights.get("", 1.0))

    def read(self, folder: Path) -> list[dict[str, Any]]:
        """Read the documents of this corpus for training."""
        return [document for name in self.files for document in read_documents(folder / self.name / name)]


_core = {kind: frozenset({kind}) for kind in ("person", "organisation", "place")}
_nationality = frozenset({"nationality"})

corpora = (
    Corpus(
        "worldwide",
        "published by Stanford for training, without a licence file; texts are the newspapers'",
        {**_core, "norp": _nationality, "misc": anything, "product": frozenset({"work", "other"})},
    ),
    Corpus(
        "gum",
        "annotations CC BY 4.0, texts CC BY or CC BY-SA by genre",
        {
            **_core,
            "event": frozenset({"event"}),
            **dict.fromkeys(("abstract", "object"), frozenset({"work", "other"})),
            **dict.fromkeys(("animal", "plant", "substance"), frozenset({"other"})),
        },
        unsaid=_nationality,
        has_references=True,
        has_links=True,
        weights={"news": 4.0, "bio": 2.0, "speech": 1.0, "conversation": 0.5, "vlog": 0.5},
    ),
    Corpus("wikigold", "CC BY 4.0", {**_core, "misc": anything | _nationality}),
    Corpus("uner_ewt", "CC BY-SA 4.0", _core, unsaid=anything | _nationality, files=("dev.jsonl",)),
    Corpus(
        "re3d",
        "OGL, US public domain, CC BY, CC BY-SA by source",
        {**_core, "nationality": _nationality, "object": anything},
        unsaid=anything,
    ),
    Corpus("meantime", "CC BY 4.0", {}, has_names=False, has_links=True, weights={"": 3.0}),
)
"""The corpora to train on. GMB is not one: its makers offer it only "for research purposes"."""


def read_documents(path: Path) -> list[dict[str, Any]]:
    """Read the documents of a file in JSON Lines."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def find_outermost(mentions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the mentions that are not inside another one."""
    last: dict[str, Any] | None = None
    for mention in sorted(mentions, key=lambda mention: (mention["paragraph"], mention["start"], -mention["end"])):
        if last and last["paragraph"] == mention["paragraph"] and mention["end"] <= last["end"]:
            continue
        last = mention
        yield mention
