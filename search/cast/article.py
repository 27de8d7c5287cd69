"""An article as resolving sees it: each mention with its sentence, its words, its grammar, and who is speaking."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from search.cast.gazetteer import read_gazetteer
from search.cast.lexicon import (
    Gender,
    GrammaticalNumber,
    Pronoun,
    build_singular,
    determiners,
    get_name_gender,
    get_noun_gender,
    is_plural,
    pronouns,
)
from search.cast.names import build_tokens, strip_possessive, titles
from search.cast.quotations import Quotations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.cast.recognise import RecognisedMention
    from search.cast.tokens import TokenisedDocument, TokenisedParagraph

_before, _words_before = 48, 4
"""Characters and words before a mention in which its title, nationality or determiner may stand."""
_farthest_gap = 24
"""Characters between two mentions that count as near each other."""
_possessor = 6
"""The class of a determiner like "Syria's", after those in `determiners`."""


class Wording(NamedTuple):
    """What the words of a mention, and those before it, say.

    `words` are folded; of a name they are its tokens. `head` is the folded head word, of a nominal in the singular.
    `determiner` is the class of a nominal's determiner, 0 if it has none. `titles` stand before a person's name.
    `countries` are those that the words name, as in "the Syrian leader".
    """

    words: tuple[str, ...]
    head: str
    determiner: int
    pronoun: Pronoun | None
    gender: Gender
    grammatical_number: GrammaticalNumber
    titles: tuple[str, ...]
    countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class MentionContext:
    """A mention in its article.

    `index` counts the mentions of the article, `sentence` its sentences, `rank` the mentions before this one in its
    sentence. `quote` is the index in the article of the quotation that holds the mention, -1 for none; `speaks` are
    the indexes of the quotations of which it is the speaker. `gap` is the text between the mention before it and this
    one, if both are in one paragraph and near each other. The other fields are those of `Wording`.
    """

    index: int
    mention: RecognisedMention
    sentence: int
    rank: int
    quote: int
    speaks: tuple[int, ...]
    gap: str
    words: tuple[str, ...]
    head: str
    determiner: int
    pronoun: Pronoun | None
    gender: Gender
    grammatical_number: GrammaticalNumber
    titles: tuple[str, ...]
    countries: frozenset[str]

    @property
    def modifiers(self) -> frozenset[str]:
        """The words of a nominal between its determiner and its head."""
        return frozenset(self.words[:-1]).difference(determiners, {"s"})


def build_mention_contexts(document: TokenisedDocument, found: Sequence[RecognisedMention]) -> list[MentionContext]:
    """Build the context of each mention of an article, in reading order."""
    contexts: list[MentionContext] = []
    sentences_before = quotes_before = 0
    by_paragraph: dict[int, list[RecognisedMention]] = {}
    for mention in found:
        by_paragraph.setdefault(mention.paragraph, []).append(mention)
    for paragraph in document.paragraphs:
        mentions = by_paragraph.get(paragraph.index, [])
        quotations = Quotations(paragraph)
        speaks: dict[int, tuple[int, ...]] = {}
        for quote, speaker in quotations.find_speakers(mentions).items():
            speaks[id(speaker)] = (*speaks.get(id(speaker), ()), quotes_before + quote)
        ranks: dict[int, int] = {}
        for position, mention in enumerate(mentions):
            sentence = bisect_right(paragraph.sentences, mention.start) - 1
            rank = ranks[sentence] = ranks.get(sentence, -1) + 1
            inside = quotations.find(mention.start)
            contexts.append(
                MentionContext(
                    len(contexts), mention, sentences_before + sentence, rank,
                    -1 if inside is None else quotes_before + inside, speaks.get(id(mention), ()),
                    _get_gap(paragraph.text, mentions, position), *_build_wording(paragraph, mention),
                )
            )  # fmt: skip
        sentences_before += len(paragraph.sentences)
        quotes_before += len(quotations)
    return contexts


def _get_gap(text: str, mentions: list[RecognisedMention], position: int) -> str:
    if not position:
        return ""
    before, mention = mentions[position - 1], mentions[position]
    return text[before.end : mention.start] if 0 <= mention.start - before.end <= _farthest_gap else ""


def _build_wording(paragraph: TokenisedParagraph, mention: RecognisedMention) -> Wording:
    window = max(paragraph.step_back(mention.start, _words_before), mention.start - _before), mention.start
    before, before_folded = paragraph.get_words(*window), paragraph.get_folded(*window)
    own_titles = tuple(word for word in before_folded if word in titles)
    head = "-".join(paragraph.get_folded(*mention.head))
    if mention.kind == "name":
        # A possessive is cut off first: in "U.S.'s" it would be a word.
        end = mention.start + len(strip_possessive(mention.text))
        words = build_tokens(paragraph.get_folded(mention.start, end)) or (mention.text,)
        gender, grammatical_number = _find_grammar_of_name(mention, words, before_folded)
        is_person = mention.type == "person"
        return Wording(
            words, words[-1], 0, None, gender, grammatical_number, own_titles if is_person else (),
            _find_countries(before[-3:]),
        )  # fmt: skip
    words = paragraph.get_folded(mention.start, mention.end) or (mention.text,)
    countries = _find_countries([*before[-1:], *mention.text.split()[:-1]])
    if mention.kind == "pronoun":
        pronoun = pronouns.get(words[0])
        gender, grammatical_number = (pronoun.gender, pronoun.grammatical_number) if pronoun else ("", "")
        return Wording(words, head, 0, pronoun, gender, grammatical_number, (), countries)
    singular = build_singular(head)
    return Wording(
        words, singular, _get_determiner(mention, words, before_folded), None,
        get_noun_gender(singular) or ("" if mention.type == "person" else "thing"),
        "plural" if is_plural(head) else "singular", (), countries,
    )  # fmt: skip


def _find_grammar_of_name(
    mention: RecognisedMention, words: tuple[str, ...], before: tuple[str, ...]
) -> tuple[Gender, GrammaticalNumber]:
    """Return the gender and number of a name; a person's gender by title, else by given name."""
    if mention.type != "person":
        return "thing", "singular"
    told = [gender for word in before[-3:] if word in titles and (gender := get_noun_gender(word))]
    if told:
        return told[0], "singular"
    return get_name_gender(words[0]) if len(words) > 1 else "", "singular"


def _get_determiner(mention: RecognisedMention, words: tuple[str, ...], before: tuple[str, ...]) -> int:
    """Return the class of a nominal's determiner: its first word, a possessive in it, or the word before it."""
    first = determiners.get(words[0], 0) if len(words) > 1 else 0
    if first:
        return first
    if "'s" in mention.text or "’s" in mention.text:
        return _possessor
    return determiners.get(before[-1], 0) if before else 0


def _find_countries(words: Sequence[str]) -> frozenset[str]:
    """Return the countries whose names or demonyms are among these words."""
    gazetteer = read_gazetteer()
    return frozenset(found for word in words if word[0].isupper() and (found := gazetteer.find(word)))
