"""The trained recogniser: what the network says of each word → names, nominals and pronouns."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, cast

import numpy as np

from search.cast.consistency import make_consistent
from search.cast.encoder import Reading, read_encoder
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
"""The probability from which on a word is taken for a nominal's head or a pronoun; linking weighs it again."""
_least_typed = 0.6
"""The probability from which on a name's type is believed; below it, newscast says only that it is a name."""
_longest_nominal = 8
_outside = name_labels.index("O")


class TrainedRecogniser:
    """Names with types, nominals and pronouns, as the network that newscast ships learned them."""

    name = "trained"

    def __init__(self) -> None:
        self._encoder = read_encoder()

    def recognise(self, document: TokenisedDocument) -> tuple[RecognisedMention, ...]:
        """The mentions in reading order."""
        texts = [paragraph.text for paragraph in document.paragraphs]
        readings = self._encoder.read(texts)
        names = make_consistent(texts, [find_names(index, text, readings[index]) for index, text in enumerate(texts)])
        found = [
            mention
            for index, text in enumerate(texts)
            for mention in (*names[index], *find_references(index, text, readings[index], names[index]))
        ]
        return tuple(sorted(found, key=lambda mention: (mention.paragraph, mention.start, -mention.end)))


def find_names(paragraph: int, text: str, reading: Reading) -> list[RecognisedMention]:
    """The names in a paragraph: runs of words, each of the type that its words together speak for."""
    if not len(reading.words):
        return []
    probabilities = _softmax(reading.names)
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
        mention = _build_name(paragraph, text, reading, (first, last), type_, sure)
        if mention is not None and not (found and mention.start < found[-1].end):
            found.append(mention)
    return found


def _find_runs(
    is_inside: NDArray[np.bool_], begins: NDArray[np.float32], insides: NDArray[np.float32]
) -> Iterator[tuple[int, int]]:
    """Stretches of words inside names, parted where a new name begins."""
    is_begin = begins.sum(axis=1) > insides.sum(axis=1)
    first: int | None = None
    for index in range(len(is_inside) + 1):
        inside = index < len(is_inside) and is_inside[index]
        if first is not None and (not inside or is_begin[index]):
            yield first, index
            first = None
        if inside and first is None:
            first = index


def _build_name(
    paragraph: int, text: str, reading: Reading, run: tuple[int, int], type_: RecognisedType, sure: float
) -> RecognisedMention | None:
    spans = reading.words.spans
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
    first = _take_in_particle(text, spans, first)
    start, end = spans[first][0], spans[last - 1][1]
    return RecognisedMention(
        paragraph, start, end, text[start:end], "name", type_, spans[last - 1], sure,
        (reading.queries[last - 1], reading.keys[last - 1]),
    )  # fmt: skip


def _take_in_particle(text: str, spans: tuple[tuple[int, int], ...], first: int) -> int:
    """The first word of a name that may be joined to a particle: "al-Qaeda", found as "Qaeda"."""
    if first < 2 or text[slice(*spans[first - 1])] != "-" or spans[first - 2][1] + 1 != spans[first][0]:
        return first
    return first - 2 if fold(text[slice(*spans[first - 2])]) in particles else first


def _is_wordy(text: str, span: tuple[int, int]) -> bool:
    return any(character.isalnum() for character in text[slice(*span)])


def _may_end(text: str, span: tuple[int, int]) -> bool:
    """Does a name end in this? A word, a bracket that belongs to it, the full stop of "U.S." or "Jr."."""
    piece = text[slice(*span)]
    before = text[max(0, span[0] - 3) : span[0]]
    return _is_wordy(text, span) or piece in "!)®™" or (piece == "." and ("." in before or before[-2:] in {"Jr", "Sr"}))


def find_references(
    paragraph: int, text: str, reading: Reading, names: list[RecognisedMention]
) -> Iterator[RecognisedMention]:
    """The nominals and pronouns in a paragraph that are no part of its names."""
    if not len(reading.words):
        return
    probabilities = _softmax(reading.references)
    best = probabilities[:, 1:].argmax(axis=1) + 1
    sure = 1 - probabilities[:, 0]
    joins = reading.joined[:, 1] > reading.joined[:, 0]
    starts = [name.start for name in names]
    spans = reading.words.spans
    for head in np.flatnonzero(sure > _least_reference).tolist():
        start, end = spans[head]
        before = bisect_left(starts, end) - 1  # of names that do not overlap, only this one may hold the word
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
            spans[head], float(sure[head]), (reading.queries[head], reading.keys[head]),
        )  # fmt: skip


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return cast("NDArray[np.float32]", powers / powers.sum(axis=1, keepdims=True))
