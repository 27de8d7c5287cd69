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
    """A stretch of a paragraph that may mean an actor: `head` is its head word, `probability` how sure that is.

    `vectors` are the network's query and key, by which a later mention looks for an earlier one; None without them.
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
        """Where it stands in reading order."""
        return self.paragraph, self.start

    @property
    def mention_type(self) -> ActorType:
        """The type as a Mention has it; a nationality is none of its own."""
        return "other" if self.type == "nationality" else self.type


class Recogniser(Protocol):
    """Finds the mentions in a Document. `name` is what the settings call it."""

    name: str

    def recognise(self, document: TokenisedDocument) -> tuple[RecognisedMention, ...]:
        """The mentions in reading order; names do not overlap each other, nominals may hold names."""
        ...
