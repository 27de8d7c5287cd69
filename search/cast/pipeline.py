"""Finds names with any installed spaCy pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.cast.names import is_title
from search.cast.recognise import RecognisedMention, RecognisedType
from search.errors import UnknownRecogniserError

if TYPE_CHECKING:
    from search.cast.tokens import TokenisedDocument, TokenisedParagraph

_types: dict[str, RecognisedType] = {
    "PERSON": "person", "PER": "person", "ORG": "organisation", "GPE": "place", "LOC": "place", "FAC": "place",
    "NORP": "nationality", "EVENT": "event", "WORK_OF_ART": "work", "PRODUCT": "other", "LAW": "other",
    "LANGUAGE": "other", "MISC": "other",
}  # fmt: skip
"""Labels of OntoNotes and CoNLL, without dates and amounts."""


class PipelineRecogniser:
    """Finds the entities of a spaCy pipeline, given by name or folder.

    Raises UnknownRecogniserError if spaCy or the pipeline is missing.
    """

    def __init__(self, pipeline: str) -> None:
        try:
            import spacy
        except ImportError as error:
            raise UnknownRecogniserError(
                f'"spacy:{pipeline}" needs spaCy: pip install "newscast[spacy]", and the pipeline itself'
            ) from error
        try:
            self._pipeline = spacy.load(pipeline)
        except (OSError, ValueError) as error:
            raise UnknownRecogniserError(
                f'spaCy has no pipeline "{pipeline}" here: python -m spacy download {pipeline}'
            ) from error
        self.name = f"spacy:{pipeline}"

    def recognise(self, document: TokenisedDocument) -> tuple[RecognisedMention, ...]:
        """Return the names in the document; spaCy's pipelines find neither nominals nor pronouns."""
        texts = [paragraph.text for paragraph in document.paragraphs]
        return tuple(
            found
            for paragraph, parsed in zip(document.paragraphs, self._pipeline.pipe(texts), strict=True)
            for entity in parsed.ents
            if (type_ := _types.get(entity.label_))
            and (found := _find_name(paragraph, entity.start_char, entity.end_char, type_))
        )


def _find_name(paragraph: TokenisedParagraph, start: int, end: int, type_: RecognisedType) -> RecognisedMention | None:
    """Return the entity without its article, its title and its possessive; None if it has no words."""
    text, words = paragraph.text, paragraph.get_spans(start, end)
    while len(words) > 1 and (words[0][0].lower() == "the" or (type_ == "person" and is_title(words[0][0]))):
        del words[0]
    if not words:
        return None
    start, end = words[0][1], max(words[-1][2], end if text[end - 1] == "." else 0)
    if text[start:end].endswith(("'s", "’s")):
        end -= 2
    head = (max(start, text.rfind(" ", start, end) + 1), end)
    return RecognisedMention(paragraph.index, start, end, text[start:end], "name", type_, head)
