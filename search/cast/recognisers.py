"""Which recognisers there are, and which one serves here: the first of the three stages of finding a cast."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from search.errors import UnknownRecogniserError

if TYPE_CHECKING:
    from search.cast.recognise import Recogniser


def choose_recogniser(name: str) -> tuple[str, str | None]:
    """Return the name of the recogniser that can run here, and a message if that is not the one you asked for."""
    needed = ("onnxruntime", "tokenizers", "numpy")
    if name == "trained" and any(find_spec(module) is None for module in needed):
        return "rules", "only rules find names: the trained recogniser needs onnxruntime, which is not installed"
    return name, None


def read_version(name: str) -> str:
    """Read the version that marks a cast found by this recogniser; it changes with the model."""
    if name == "trained":
        from importlib.resources import files

        return f"trained {(files('search.cast') / 'network' / 'version').read_text('utf-8').strip()}"
    return name


def build_recogniser(name: str) -> Recogniser:
    """Build the recogniser with this name in the settings, or the rules where it cannot run.

    Raises UnknownRecogniserError.
    """
    name, _ = choose_recogniser(name)
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
