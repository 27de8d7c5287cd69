"""Finds names by rules: when an article is added, and where the trained recogniser cannot run.

The word lists are our own: no published list is their source.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from search.cast.gazetteer import read_gazetteer
from search.cast.names import calendar, is_acronym, is_title, particles, strip_possessive
from search.cast.recognise import RecognisedMention
from search.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.cast.tokens import TokenisedDocument, TokenisedParagraph
    from search.model import ActorType


_WORD = re.compile(r"(?:[^\W_]\.){2,}|[^\W_]+(?:[-'’&.][^\W_]+)*['’]?")
_ORGANISATION = frozenset(
    "academy administration agency airlines alliance army assembly association authority bank board brigade "
    "brigades bureau cabinet church club coalition college command commission committee company confederation "
    "congress corp corporation council court department federation force forces foundation front fund government "
    "group guard guards hospital inc institute institution international league limited ltd media ministry movement "
    "museum navy network news observatory office organisation organization parliament partnership party police "
    "press senate service services society team times tribunal union united university watch airways air post "
    "guardian journal fc state hayat tahrir jabhat harakat jaysh liwa helmets crescent".split()
)
_PLACE = frozenset(
    "airport avenue base bay beach bridge camp canal city coast county crossing desert district embassy gulf "
    "heights hills island islands lake mountain mountains north ocean palace peninsula port prison province region "
    "river road sea south square street strip town valley village mosque cathedral temple hotel monastery".split()
)
_BEFORE_PLACE = frozenset("mount lake cape fort port gulf river camp".split())
_ALSO_SURNAMES = frozenset("jordan georgia chad israel santiago london paris lima victoria jerusalem".split())
_EVENT = frozenset(
    "conference cup day election elections festival games olympics spring summit war championship championships "
    "marathon".split()
)
_GENERIC = (_ORGANISATION | _PLACE | _EVENT) - {"congress", "senate", "parliament"}
"""Words that alone, even with a capital, are not a name: "the Government", "the State"."""

_FUNCTION = frozenset(
    "a about after again all also although an and another any are as at be because been before but by can could "
    "despite did do during each even every few for from had has have he her here his how however i if in indeed "
    "into is it its just last many meanwhile more most much my neither no nor not now of on once one only or other "
    "our over per she since so some still such than that the their then there these they this those though through "
    "to today together tomorrow under until up was we were what when where whether which while who whose why will "
    "with within without would yes yesterday yet you your according earlier later i'm i've we've we're it's he's "
    "she's they've they're you'll you've don't two three four five six seven eight nine ten".split()
)
_INSIDE = frozenset("of de del della di da do dos du la le van von der den bin ben ibn bint al el".split())
_calendar_or_inside = calendar | _INSIDE
_WHERE = frozenset("in near across outside throughout inside around".split())


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as these rules need it: "al-Assad's" and "U.S." are one each.

    `folded` is without a possessive. A word is initial at the start of a sentence or a quotation. `before` is the
    folded word before it in the paragraph.
    """

    text: str
    folded: str
    start: int
    end: int
    before: str
    is_initial: bool
    is_capital: bool
    is_function: bool
    is_possessive: bool


def _build_word(text: str, start: int, before: str, *, is_initial: bool) -> _Word:
    bare = strip_possessive(text) if "'" in text or "’" in text else text
    folded = fold(bare)
    head, _, tail = text.partition("-")
    is_capital = text[0].isupper() or (tail[:1].isupper() and fold(head) in particles)
    # "WHO" inside a sentence is not the function word "who".
    is_function = folded in _FUNCTION and (is_initial or len(text) == 1 or not text.isupper())
    return _Word(text, folded, start, start + len(text), before, is_initial, is_capital, is_function, bare != text)


class RuleRecogniser:
    """Finds names by capitals, the gazetteer, titles, and words in names of organisations."""

    name = "rules"

    def __init__(self) -> None:
        self._gazetteer = read_gazetteer()

    def recognise(self, document: TokenisedDocument) -> tuple[RecognisedMention, ...]:
        """Return the names in the document, in reading order, each with a type by its words and the word before."""
        paragraphs = [list(_find_words(paragraph)) for paragraph in document.paragraphs]
        ordinary = {word.folded for words in paragraphs for word in words if word.text[0].islower()}
        attested = {word.folded for words in paragraphs for word in words if word.is_capital and not word.is_initial}
        mentions: list[RecognisedMention] = []
        for paragraph, words in zip(document.paragraphs, paragraphs, strict=True):
            if paragraph.text.isupper():
                continue
            for run in _find_runs(words):
                for name, kind in self._divide(run, ordinary - attested, attested):
                    start, end = name[0].start, name[-1].start + len(strip_possessive(name[-1].text))
                    text = paragraph.text[start:end]
                    head = (name[-1].start, end)
                    mentions.append(RecognisedMention(paragraph.index, start, end, text, "name", kind, head))
        return tuple(mentions)

    def _divide(
        self, run: list[_Word], ordinary: set[str], attested: set[str]
    ) -> Iterator[tuple[list[_Word], ActorType]]:
        """Yield the names in one capitalised run: "British Prime Minister Keir Starmer" has two."""
        run = self._trim(run, ordinary)
        titled = [index for index, word in enumerate(run) if is_title(word.text)]
        organisation = any(word.folded in _ORGANISATION for word in run)
        if titled and not organisation:
            if run[: titled[0]]:
                yield from self._divide(run[: titled[0]], ordinary, attested)
            after = run[titled[-1] + 1 :]
            if after[1:] and after[0].folded in {"of", "for"}:  # "the President of Ukraine"
                yield from self._divide(after[1:], ordinary, attested)
            elif after and after[-1].folded not in _INSIDE:
                yield after, "place" if self._find_place(after) else "person"
            return
        if not organisation and len(run) > 2 and self._find_place(run[:1]) and not self._find_place(run):
            yield run[:1], "place"
            run = run[1:]
        of = next((index for index, word in enumerate(run) if word.folded == "of"), 0)
        if of > 1 and organisation and self._find_type(run[:of]) == "person":
            yield run[:of], "person"
            run = run[of + 1 :]
        if run and self._is_name(run, attested):
            yield run, self._find_type(run)

    def _trim(self, run: list[_Word], ordinary: set[str]) -> list[_Word]:
        """Return the run without words that have a capital for another reason: first words, days, months."""
        start, end = 0, len(run)
        if run[0].is_initial and not self._find_place(run):
            while start < end and _is_only_first(run[start], ordinary):
                start += 1
        first = run[start] if end - start > 2 else None
        if first and first.is_initial and run[start + 1].folded == "of" and first.folded not in _GENERIC:
            start += 2  # "Fighters of …", but "University of …"
        while start < end and (run[start].is_function or run[start].folded in calendar):
            start += 1
        while start < end and (run[end - 1].is_function or run[end - 1].folded in _calendar_or_inside):
            end -= 1
        return run[start:end]

    def _is_name(self, run: list[_Word], attested: set[str]) -> bool:
        """Is this run a name? Several words are; one is if it is known or has a capital inside some sentence."""
        if len(run) > 1 or self._find_place(run):
            return True
        word = run[0]
        known = not word.is_initial or word.folded in attested or is_acronym(strip_possessive(word.text))
        return known and len(word.text) > 1 and word.folded not in _GENERIC

    def _find_type(self, run: list[_Word]) -> ActorType:
        words = [word.folded for word in run]
        if self._find_place(run) or (len(run) > 1 and self._is_part_of_place(words)):
            return "place"
        for vocabulary, kind in _VOCABULARIES:
            if words[-1] in vocabulary or (kind == "organisation" and not vocabulary.isdisjoint(words)):
                return kind
        is_dateline = run[0].start == 0 and len(run[0].text) > 3 and all(word.text.isupper() for word in run)
        if run[0].before in _WHERE or is_dateline:
            return "place"
        single = len(run) == 1
        if is_acronym(strip_possessive(run[0].text)) or (
            not single and ("of" in words or self._gazetteer.find(words[0]))
        ):
            return "organisation"
        return "other" if single or len(run) > 4 else "person"

    def _is_part_of_place(self, words: list[str]) -> bool:
        """Do these words name a place by one of them, as "Lake Chad"? Not by "Jordan", which is a surname too."""
        named = words[-1] not in _ALSO_SURNAMES and self._gazetteer.find_place(words[-1].title()) is not None
        return named or words[0] in _BEFORE_PLACE

    def _find_place(self, run: list[_Word]) -> str | None:
        if len(run) > self._gazetteer.longest:
            return None
        return self._gazetteer.find(strip_possessive(" ".join(word.text for word in run)))


_VOCABULARIES: tuple[tuple[frozenset[str], ActorType], ...] = (
    (_EVENT, "event"),
    (_PLACE, "place"),
    (_ORGANISATION, "organisation"),
)


def _is_only_first(word: _Word, ordinary: set[str]) -> bool:
    """Does this word have a capital only because it begins a sentence?"""
    return word.is_function or (word.is_initial and word.folded in ordinary)


def _joins(run: list[_Word], word: _Word) -> bool:
    if word.folded == "for":  # "the Observatory for Human Rights"
        return any(before.folded in _ORGANISATION for before in run)
    return word.folded in _INSIDE or (word.is_capital and not word.is_function)


def _find_words(paragraph: TokenisedParagraph) -> Iterator[_Word]:
    text, starts = paragraph.text, paragraph.sentences
    before: _Word | None = None
    for found in _WORD.finditer(text):
        end = before.end if before else 0
        gap = text[end : found.start()]
        following = bisect_left(starts, end)
        begins_sentence = following < len(starts) and starts[following] <= found.start()
        is_initial = before is None or begins_sentence or "“" in gap or '"' in gap
        before = _build_word(found[0], found.start(), before.folded if before else "", is_initial=is_initial)
        yield before


def _find_runs(words: list[_Word]) -> Iterator[list[_Word]]:
    """Yield runs of capitalised words with only spaces between; "of", "al" or "bin" may be inside."""
    run: list[_Word] = []
    for word, following in pairwise([*words, _build_word(".", 0, "", is_initial=True)]):
        joins = _joins(run, word) if run else word.is_capital
        if joins:
            run.append(word)
        gap = following.start - word.end
        dotted = gap == 2 and (len(word.text) == 1 or is_title(word.text))
        adjacent = gap == 1 or dotted
        if not joins or not adjacent or word.is_possessive or (following.is_initial and not dotted):
            while run and not run[-1].is_capital:
                run.pop()
            if run:
                yield run
            run = []
