"""What every recogniser is given and returns. `recognisers.py` says which recognisers there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from search.cast.tokens import TokenisedDocument
    from search.model import ActorType, MentionKind

RecognisedType = Literal["person", "organisation", "place", "nationality", "event", "work", "other"]


@dataclass(frozen=True, slots=True)
class RecognisedMention:
    """A span of a paragraph that may mean an actor.

    `start`, `end` and `head`, the span of the head word, are offsets in the paragraph. `probability` is from 0 to 1.
    `vectors` are the network's query and key for this mention; None if another recogniser found it.
    """

    paragraph: int
    start: int
    end: int
    text: str
    kind: MentionKind
    type: RecognisedType
    head: tuple[int, int]
    probability: float = 1.0
    vectors: tuple[NDArray[np.float32], NDArray[np.float32]] | None = field(default=None, compare=False)

    @property
    def position(self) -> tuple[int, int]:
        """The paragraph and the start: sorts mentions in reading order."""
        return self.paragraph, self.start

    @property
    def mention_type(self) -> ActorType:
        """The type that the Mention gets; a nationality becomes "other"."""
        return "other" if self.type == "nationality" else self.type


class Recogniser(Protocol):
    """Finds the mentions in a document; `name` is its name in the settings."""

    name: str

    def recognise(self, document: TokenisedDocument) -> tuple[RecognisedMention, ...]:
        """Return the mentions in reading order; names do not overlap each other, nominals may contain names."""
        ...
