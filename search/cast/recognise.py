"""First stage, Document → who is mentioned in it: what every recogniser gives, and which ones there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, Protocol

from search.errors import UnknownRecogniserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from search.model import ActorType, Document, MentionKind

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

    def recognise(self, document: Document) -> tuple[RecognisedMention, ...]:
        """The mentions in reading order; names do not overlap each other, nominals may hold names."""
        ...


def find_recogniser(name: str) -> tuple[str, str | None]:
    """The recogniser that can serve here, and why it is not the one asked for, if it is not."""
    needed = ("onnxruntime", "tokenizers", "numpy")
    if name == "trained" and any(find_spec(module) is None for module in needed):
        return "rules", "names are found by rules alone: the trained recogniser needs onnxruntime, which is not here"
    return name, None


def find_version(name: str) -> str:
    """What a cast found by this recogniser is marked with; another one after a better model was installed."""
    if name == "trained":
        from importlib.resources import files

        return f"trained {(files('search.cast') / 'network' / 'version').read_text('utf-8').strip()}"
    return name


def build_recogniser(name: str) -> Recogniser:
    """The recogniser of that name in the settings, or the rules where it cannot run. Raises UnknownRecogniserError."""
    name, _ = find_recogniser(name)
    if name == "rules":
        from search.cast.rules import RuleRecogniser

        return RuleRecogniser()
    if name == "trained":
        from search.cast.trained import TrainedRecogniser

        return TrainedRecogniser()
    if name.startswith("spacy:"):
        from search.cast.pipeline import PipelineRecogniser

        return PipelineRecogniser(name.removeprefix("spacy:"))
    raise UnknownRecogniserError(f'no recogniser "{name}": there are "trained", "rules" and "spacy:PIPELINE"')
