"""Builds training examples from annotated documents: windows of words with their labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from search.cast.gazetteer import read_gazetteer
from search.cast.labels import name_labels, reference_labels
from search.cast.names import is_title
from search.cast.windows import Window, Words, build_windows, get_special_pieces, split_words
from training.corpora import find_outermost

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from training.corpora import Corpus

_name = {label: index for index, label in enumerate(name_labels)}
_reference = {label: index for index, label in enumerate(reference_labels)}
_reference_types = {"person": "person", "organisation": "organisation", "place": "place", "event": "event"}
_longest_nominal = 8
"""Words; a longer nominal of a corpus is a clause."""
unknown = -1
"""The label of a word whose label the corpus does not tell."""


@dataclass(frozen=True, slots=True)
class Example:
    """A window with the labels of its words.

    `names` (words, labels) says which name labels are allowed. `references` (words) holds labels; `joined` (words) is 1
    for a word that belongs to the nominal of the word before. Both are -1 where the label is unknown.
    """

    window: Window
    names: NDArray[np.bool_]
    references: NDArray[np.int64]
    joined: NDArray[np.int64]


def build_examples(document: dict[str, Any], corpus: Corpus, tokenizer: Tokenizer) -> list[Example]:
    """Build the windows of a document with their labels."""
    texts = document["paragraphs"]
    paragraphs = split_words(tokenizer, texts)
    labels = [
        _label_paragraph(texts[index], words, [m for m in document["mentions"] if m["paragraph"] == index], corpus)
        for index, words in enumerate(paragraphs)
    ]
    examples = []
    for window in build_windows(paragraphs, get_special_pieces(tokenizer)):
        rows = [tuple(part[word] for part in labels[paragraph]) for paragraph, word in window.words]
        names, references, joined = zip(*rows, strict=True)
        examples.append(Example(window, np.array(names), np.array(references), np.array(joined)))
    return examples


def _label_paragraph(
    text: str, words: Words, mentions: list[dict[str, Any]], corpus: Corpus
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    names = np.zeros((len(words), len(name_labels)), dtype=np.bool_)
    names[:, _name["O"]] = True
    for type_ in corpus.unsaid:
        for index, (start, _) in enumerate(words.spans):
            if text[start].isupper():
                names[index, [_name[f"B-{type_}"], _name[f"I-{type_}"]]] = True
    _label_names(names, text, words, mentions, corpus)
    if not corpus.has_references:
        nothing = np.full(len(words), unknown, dtype=np.int64)
        return names, nothing, nothing
    references, joined = _label_references(names, text, words, mentions)
    return names, references, joined


def _label_names(
    names: NDArray[np.bool_], text: str, words: Words, mentions: list[dict[str, Any]], corpus: Corpus
) -> None:
    known = [mention for mention in mentions if mention["kind"] == "name" and mention["type"] in corpus.types]
    for mention in find_outermost(known):
        types = corpus.types[mention["type"]]
        if corpus.unsaid and read_gazetteer().find_demonym(mention["text"]):
            types |= {"nationality"}
        indexes = _find_overlapping(words, mention["start"], mention["end"])
        if mention["type"] == "person":
            indexes = _strip_titles(indexes, text, words)
        for position, index in enumerate(indexes):
            names[index] = False
            names[index, [_name[f"{'I' if position else 'B'}-{type_}"] for type_ in types]] = True


def _strip_titles(indexes: list[int], text: str, words: Words) -> list[int]:
    """Return the words of a person's name after the titles; all words if there are only titles."""
    for position, index in enumerate(indexes):
        start, end = words.spans[index]
        if text[start:end] != "." and not is_title(text[start:end]):
            return indexes[position:]
    return indexes


def _label_references(
    names: NDArray[np.bool_], text: str, words: Words, mentions: list[dict[str, Any]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    references = np.full(len(words), _reference["O"], dtype=np.int64)
    joined = np.zeros(len(words), dtype=np.int64)
    for mention in mentions:
        if mention["kind"] == "name" or mention["type"] == "time" or not mention["type"]:
            continue
        indexes = _find_overlapping(words, mention["start"], mention["end"])
        heads = _find_overlapping(words, *(mention.get("head") or (mention["start"], mention["end"])))
        if not indexes or not heads or len(indexes) > _longest_nominal:
            continue
        type_ = _reference_types.get(mention["type"], "other")
        references[heads[-1]] = _reference[f"{mention['kind']}-{type_}"]
        inside = [index for index in indexes if index <= heads[-1]]
        joined[inside[1:]] = 1
        start, _ = words.spans[heads[-1]]
        if mention["kind"] == "nominal" and text[start].isupper() and start > 0:
            # A nominal with a capital may as well be a name, as "the Senate": schemes differ.
            names[inside] = True
    return references, joined


def _find_overlapping(words: Words, start: int, end: int) -> list[int]:
    return [index for index, (first, last) in enumerate(words.spans) if first < end and last > start]
