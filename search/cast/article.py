"""An article as resolving sees it: each mention with its sentence, its words, its grammar, and who is speaking."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, TypeVar

from search.cast.gazetteer import read_gazetteer
from search.cast.lexicon import (
    Gender,
    GrammaticalNumber,
    Pronoun,
    build_singular,
    determiners,
    find_name_gender,
    find_noun_gender,
    is_plural,
    pronouns,
    speaking,
)
from search.cast.names import find_tokens, is_title
from search.text import find_sentences, find_words, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from search.cast.recognise import RecognisedMention
    from search.model import Document

_Each = TypeVar("_Each")
_QUOTE = re.compile(r"[“\"][^”\"]*(?:[”\"]|$)")
_BEFORE = 48
"""Characters before a mention in which its title, nationality or determiner may stand."""


@dataclass(frozen=True, slots=True)
class MentionContext:
    """A mention in its article.

    `sentence` counts through the article, `rank` the mentions before it in its sentence; `quote` numbers the quotation
    that it stands in (-1 for none), `speaks` those that it is the speaker of.
    """

    index: int
    mention: RecognisedMention
    sentence: int
    rank: int
    words: tuple[str, ...]
    head: str
    determiner: int
    pronoun: Pronoun | None
    gender: Gender
    number: GrammaticalNumber
    titles: tuple[str, ...]
    countries: frozenset[str]
    quote: int
    speaks: tuple[int, ...]
    gap: str
    """What stands between the mention before it and this one, if both are of one paragraph and near."""

    @property
    def modifiers(self) -> frozenset[str]:
        """The words of a nominal between its determiner and its head."""
        return frozenset(self.words[:-1]).difference(determiners, {"s"})


def build_mention_contexts(document: Document, found: Sequence[RecognisedMention]) -> list[MentionContext]:
    """The mentions of an article, in reading order, with what surrounds them."""
    contexts: list[MentionContext] = []
    sentences_before = quotes_before = 0
    by_paragraph: dict[int, list[RecognisedMention]] = {}
    for mention in found:
        by_paragraph.setdefault(mention.paragraph, []).append(mention)
    for paragraph in document.paragraphs:
        starts = [start for start, _ in find_sentences(paragraph.text)]
        quotes = [match.span() for match in _QUOTE.finditer(paragraph.text)]
        mine = by_paragraph.get(paragraph.index, [])
        spoken: dict[int, list[int]] = {}
        for number, speaker in _find_speakers(paragraph.text, quotes, mine).items():
            spoken.setdefault(id(speaker), []).append(quotes_before + number)
        ranks: dict[int, int] = {}
        for place, mention in enumerate(mine):
            sentence = bisect_right(starts, mention.start) - 1
            rank = ranks[sentence] = ranks.get(sentence, -1) + 1
            quote = _find_quote(quotes, mention.start)
            gap = _find_gap(paragraph.text, mine, place)
            contexts.append(
                _build_mention_context(
                    len(contexts), paragraph.text, mention, (sentences_before + sentence, rank),
                    (quote + quotes_before if quote >= 0 else -1, tuple(spoken.get(id(mention), ()))), gap,
                )
            )  # fmt: skip
        sentences_before += max(1, len(starts))
        quotes_before += len(quotes)
    return contexts


def _build_mention_context(
    index: int,
    text: str,
    mention: RecognisedMention,
    place: tuple[int, int],
    speech: tuple[int, tuple[int, ...]],
    gap: str,
) -> MentionContext:
    before = [word for word, _, _ in find_words(text[max(0, mention.start - _BEFORE) : mention.start])][-4:]
    if mention.kind == "name":
        words = find_tokens(mention.text)
    else:
        words = tuple(fold(word) for word, _, _ in find_words(mention.text))
    words = words or (fold(mention.text),)
    pronoun = pronouns.get(words[0]) if mention.kind == "pronoun" else None
    head = fold(text[slice(*mention.head)])
    titles: tuple[str, ...] = ()
    if mention.kind == "name" and mention.type == "person":
        titles = tuple(fold(word) for word in before if is_title(word))
    gender, number = _find_grammar(mention, words, head, pronoun, before)
    near = before[-3:] if mention.kind == "name" else [*before[-1:], *mention.text.split()[:-1]]
    return MentionContext(
        index, mention, *place, words,
        head if mention.kind == "pronoun" else build_singular(head) if mention.kind == "nominal" else words[-1],
        _find_determiner(mention, words, before), pronoun, gender, number, titles, _find_countries(near),
        *speech, gap,
    )  # fmt: skip


def _find_grammar(
    mention: RecognisedMention, words: tuple[str, ...], head: str, pronoun: Pronoun | None, before: list[str]
) -> tuple[Gender, GrammaticalNumber]:
    if pronoun:
        return pronoun.gender, pronoun.number
    if mention.kind == "pronoun":
        return "", ""
    if mention.kind == "nominal":
        is_thing = mention.type != "person"
        return find_noun_gender(build_singular(head)) or ("thing" if is_thing else ""), (
            "plural" if is_plural(head) else "singular"
        )
    if mention.type == "person":
        titles = [find_noun_gender(fold(word)) for word in before[-3:] if is_title(word)]
        told: list[Gender] = [gender for gender in titles if gender]
        if not told and len(words) > 1:
            told = [find_name_gender(words[0])]
        return told[0] if told else "", "singular"
    return "thing", "singular"


def _find_determiner(mention: RecognisedMention, words: tuple[str, ...], before: list[str]) -> int:
    if mention.kind != "nominal":
        return 0
    first = determiners.get(words[0], 0) if len(words) > 1 else 0
    return (
        first
        or ("'s" in mention.text or "’s" in mention.text) * 6
        or (determiners.get(fold(before[-1]), 0) if before else 0)
    )


def _find_countries(words: Sequence[str]) -> frozenset[str]:
    """The countries whose names or demonyms are among these words: "the Syrian leader" is of Syria."""
    gazetteer = read_gazetteer()
    return frozenset(found for word in words if word[0].isupper() and (found := gazetteer.find(word)))


def _find_gap(text: str, mentions: list[RecognisedMention], place: int) -> str:
    if not place:
        return ""
    before, mention = mentions[place - 1], mentions[place]
    return text[before.end : mention.start] if 0 <= mention.start - before.end <= 24 else ""


def _find_quote(quotes: list[tuple[int, int]], position: int) -> int:
    """The number of the quotation that this character stands in, -1 for none."""
    number = bisect_right(quotes, position, key=itemgetter(0)) - 1
    return number if number >= 0 and position < quotes[number][1] else -1


def _find_speakers(
    text: str, quotes: list[tuple[int, int]], mentions: list[RecognisedMention]
) -> dict[int, RecognisedMention]:
    """Quotation → the mention beside a verb of speaking just before or after it."""
    speakers: dict[int, RecognisedMention] = {}
    outside = [mention for mention in mentions if _find_quote(quotes, mention.start) < 0]
    by_end = sorted(range(len(outside)), key=lambda place: outside[place].end)
    for number, (start, end) in enumerate(quotes):
        following = _slice(outside, end, end + 60, lambda mention: mention.start)
        near = sorted(_slice(by_end, start - 90, start, lambda place: outside[place].end))
        preceding = [outside[place] for place in near]
        for mention in following:
            if _is_beside_speaking(text, mention, end, min(len(text), mention.end + 40)):
                speakers[number] = mention
                break
        else:
            for mention in preceding:
                if _is_beside_speaking(text, mention, max(0, mention.start - 30), start):
                    speakers[number] = mention
                    break
    return speakers


def _slice(ordered: list[_Each], first: int, last: int, key: Callable[[_Each], int]) -> list[_Each]:
    """Those of an ordered list whose keys are from `first` to `last`."""
    return ordered[bisect_left(ordered, first, key=key) : bisect_right(ordered, last, key=key)]


def _is_beside_speaking(text: str, mention: RecognisedMention, start: int, end: int) -> bool:
    """Does a verb of speaking stand right before or, with at most an apposition between, after the mention?"""
    before = [fold(word) for word, _, _ in find_words(text[start : mention.start])]
    after = [fold(word) for word, _, _ in find_words(text[mention.end : end])]
    if mention.kind == "pronoun" and fold(mention.text) not in {"he", "she", "they", "i", "we"}:
        return False
    near_before = before[-3:]
    return bool(speaking & set(near_before)) or bool(speaking & set(after[:3])) or "according" in near_before
