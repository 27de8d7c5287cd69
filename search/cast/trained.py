"""The trained recogniser: finds names, nominals and pronouns by what the network says of each word."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, cast

import numpy as np

from search.cast.consistency import make_consistent
from search.cast.encoder import EncodedParagraph, read_encoder
from search.cast.labels import name_labels, name_types, reference_labels
from search.cast.names import calendar, is_title, particles
from search.cast.recognise import RecognisedMention, RecognisedType
from search.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from search.cast.tokens import TokenisedDocument
    from search.model import MentionKind

_least_reference = 0.4
"""The least probability of a nominal's head or a pronoun; the ranker decides again whether to link it."""
_least_typed = 0.6
"""The least probability of a name's type; below it, the type is "other"."""
_longest_nominal = 8
"""Words before the head."""
_outside = name_labels.index("O")


class TrainedRecogniser:
    """Finds names with types, nominals and pronouns with the network that newscast ships."""

    name = "trained"

    def __init__(self) -> None:
        self._encoder = read_encoder()

    def recognise(self, document: TokenisedDocument) -> tuple[RecognisedMention, ...]:
        """Return the mentions in reading order."""
        texts = [paragraph.text for paragraph in document.paragraphs]
        encoded = self._encoder.encode(texts)
        names = make_consistent(texts, [find_names(index, text, encoded[index]) for index, text in enumerate(texts)])
        found = [
            mention
            for index, text in enumerate(texts)
            for mention in (*names[index], *find_references(index, text, encoded[index], names[index]))
        ]
        return tuple(sorted(found, key=lambda mention: (mention.paragraph, mention.start, -mention.end)))


def find_names(paragraph: int, text: str, encoded: EncodedParagraph) -> list[RecognisedMention]:
    """Return the names in a paragraph; a run of words has the type with the highest mean probability."""
    if not len(encoded.words):
        return []
    probabilities = _softmax(encoded.names)
    begins, insides = probabilities[:, 1::2], probabilities[:, 2::2]
    types = begins + insides
    is_inside = probabilities[:, _outside] < 0.5
    found: list[RecognisedMention] = []
    for first, last in _find_runs(is_inside, begins, insides):
        weights = types[first:last].sum(axis=0)
        type_ = cast("RecognisedType", name_types[int(weights.argmax())])
        sure = float(weights.max() / (last - first))
        if sure < _least_typed:
            type_ = "other"
        mention = _find_name(paragraph, text, encoded, (first, last), type_, sure)
        if mention is not None and not (found and mention.start < found[-1].end):
            found.append(mention)
    return found


def _find_runs(
    is_inside: NDArray[np.bool_], begins: NDArray[np.float32], insides: NDArray[np.float32]
) -> Iterator[tuple[int, int]]:
    """Yield runs of words inside names as (first, last + 1), split where a new name begins."""
    is_begin = begins.sum(axis=1) > insides.sum(axis=1)
    first: int | None = None
    for index in range(len(is_inside) + 1):
        inside = index < len(is_inside) and is_inside[index]
        if first is not None and (not inside or is_begin[index]):
            yield first, index
            first = None
        if inside and first is None:
            first = index


def _find_name(
    paragraph: int, text: str, encoded: EncodedParagraph, run: tuple[int, int], type_: RecognisedType, sure: float
) -> RecognisedMention | None:
    spans = encoded.words.spans
    first, last = run
    while first < last and not _is_wordy(text, spans[first]):
        first += 1
    while last > first and not _may_end(text, spans[last - 1]):
        last -= 1
    while (
        type_ == "person"
        and last - first > 1
        and (is_title(text[slice(*spans[first])]) or text[slice(*spans[first])] == ".")
    ):
        first += 1
    if first == last or (type_ != "person" and all(fold(text[slice(*span)]) in calendar for span in spans[first:last])):
        return None
    first = _include_particle(text, spans, first)
    start, end = spans[first][0], spans[last - 1][1]
    return RecognisedMention(
        paragraph, start, end, text[start:end], "name", type_, spans[last - 1], sure,
        (encoded.queries[last - 1], encoded.keys[last - 1]),
    )  # fmt: skip


def _include_particle(text: str, spans: tuple[tuple[int, int], ...], first: int) -> int:
    """Return the first word of a name with the particle before it: "al-Qaeda", where the network found "Qaeda"."""
    if first < 2 or text[slice(*spans[first - 1])] != "-" or spans[first - 2][1] + 1 != spans[first][0]:
        return first
    return first - 2 if fold(text[slice(*spans[first - 2])]) in particles else first


def _is_wordy(text: str, span: tuple[int, int]) -> bool:
    return any(character.isalnum() for character in text[slice(*span)])


def _may_end(text: str, span: tuple[int, int]) -> bool:
    """May a name end in this: a word, a bracket or a sign, the full stop of "U.S." or "Jr."?"""
    piece = text[slice(*span)]
    before = text[max(0, span[0] - 3) : span[0]]
    return _is_wordy(text, span) or piece in "!)®™" or (piece == "." and ("." in before or before[-2:] in {"Jr", "Sr"}))


def find_references(
    paragraph: int, text: str, encoded: EncodedParagraph, names: list[RecognisedMention]
) -> Iterator[RecognisedMention]:
    """Yield the nominals and pronouns in a paragraph that are not inside its names."""
    if not len(encoded.words):
        return
    probabilities = _softmax(encoded.references)
    best = probabilities[:, 1:].argmax(axis=1) + 1
    sure = 1 - probabilities[:, 0]
    joins = encoded.joined[:, 1] > encoded.joined[:, 0]
    starts = [name.start for name in names]
    spans = encoded.words.spans
    for head in np.flatnonzero(sure > _least_reference).tolist():
        start, end = spans[head]
        before = bisect_left(starts, end) - 1  # names do not overlap: only this one may hold the word
        if (before >= 0 and names[before].end > start) or not _is_wordy(text, spans[head]):
            continue
        kind, type_ = reference_labels[best[head]].split("-")
        first = head
        while kind == "nominal" and first and joins[first] and head - first < _longest_nominal:
            first -= 1
        while first < head and not _is_wordy(text, spans[first]):
            first += 1
        start = spans[first][0]
        yield RecognisedMention(
            paragraph, start, end, text[start:end], cast("MentionKind", kind), cast("RecognisedType", type_),
            spans[head], float(sure[head]), (encoded.queries[head], encoded.keys[head]),
        )  # fmt: skip


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return cast("NDArray[np.float32]", powers / powers.sum(axis=1, keepdims=True))
