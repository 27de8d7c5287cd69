"""The annotated corpora: what each says of a word, and what it leaves unsaid."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

anything = frozenset({"event", "work", "other"})
"""Names that most corpora put into one class."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of annotated documents and its scheme.

    `types` maps its types of names to those that newscast may mean by them; what is missing there is no name for
    newscast. `unsaid` are types that it does not annotate, or not throughout: a capitalised word outside its names may
    be one of those. With `has_references`, nominals and pronouns are annotated, too, with `has_links` who is meant, and
    `weights` says by genre how much that counts.
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
        """How much the links of this document count: newscast reads news."""
        return self.weights.get(document.get("genre", ""), self.weights.get("", 1.0))

    def read(self, folder: Path) -> list[dict[str, Any]]:
        """The documents of this corpus that may be learned from."""
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
"""What is learned from. GMB is not: its makers offer it "for research purposes", which is no licence to build on."""


def read_documents(path: Path) -> list[dict[str, Any]]:
    """The documents of a file in JSON Lines."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def find_outermost(mentions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The mentions that lie in no other one."""
    last: dict[str, Any] | None = None
    for mention in sorted(mentions, key=lambda mention: (mention["paragraph"], mention["start"], -mention["end"])):
        if last and last["paragraph"] == mention["paragraph"] and mention["end"] <= last["end"]:
            continue
        last = mention
        yield mention
